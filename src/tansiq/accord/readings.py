"""Three readings of a commitment on the 0–3 scale of the Peace Accords Matrix: self, other, facilitator, side by side.

The scale (Kroc Institute, Peace Accords Matrix): 0 not begun, 1 minimum, 2 intermediate, 3 complete. Nothing is
averaged: the spread says how far apart those who read are.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from tansiq.accord.latest import newest
from tansiq.accord.seats import Seats
from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.assessment import Assessment


class Reading(Struct, frozen=True):
    """A party's latest assessment: its word, its reading (0 to 3) where given, as of when (ms), the very record."""

    party: str
    word: str | None
    reading: int | None
    as_of: int
    said: int
    ref: str
    reason: str | None = None


class Readings(Struct, frozen=True, rename={"self_": "self"}):
    """Those who owe, those who are owed, and the facilitator; `spread` from the lowest reading to the highest."""

    self_: tuple[Reading, ...]
    other: tuple[Reading, ...]
    facilitator: tuple[Reading, ...]
    spread: int | None


def latest_assessment(told: Told, ref: str, party: str) -> tuple[Version, Assessment] | None:
    """A party's latest assessment of a commitment, by the order of its own ledger."""
    latest = newest(told.about("assessment", ref), party)
    body = None if latest is None else body_of(latest, Assessment)
    return None if latest is None or body is None else (latest, body)


def readings(told: Told, ref: str, owed_by: Sequence[str], seats: Seats) -> Readings:
    """The latest reading of everybody; who owes and is owed at once reads itself."""
    mine: list[Reading] = []
    others: list[Reading] = []
    verified: list[Reading] = []
    for party in sorted({*seats.sides, *seats.facilitators, *owed_by}):
        found = latest_assessment(told, ref, party)
        if found is None:
            continue
        version, body = found
        one = Reading(
            party,
            body.word,
            body.reading,
            version.said.at if body.as_of is None else body.as_of,
            version.said.at,
            version.ref,
            body.reason,
        )
        (mine if party in owed_by else verified if party in seats.facilitators else others).append(one)
    given = [one.reading for one in (*mine, *others, *verified) if one.reading is not None]
    spread = max(given) - min(given) if given else None
    return Readings(tuple(mine), tuple(others), tuple(verified), spread)
