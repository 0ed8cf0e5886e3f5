"""Whether a commitment is in force, and by whose word: `docs/decisions/commitment-in-force.md` says why so.

In force is the newest version that either every side that owes or is owed accepted, or whose clause stands in an
agreement that every party to it signed, or that the facilitator recorded, the last two only while no side that owes or
is owed declined it. A newer version that is not accepted does not put out of force what was.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from tansiq.accord.seats import Seats
from tansiq.accord.signing import stand
from tansiq.picture.consents import consent_of
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.commitment import Commitment

Name = Literal["in_force", "proposed", "declined", "withdrawn", "erased"]
Ground = Literal["consent", "clause", "facilitator"]
Clauses = Callable[[str], frozenset[str]]


class Standing(Struct, frozen=True):
    """`revision` is the very record that is in force, else the latest; `by` on what ground it is in force.

    `accepted`, `declined` and `waits_for` are sides' words on the latest version; `newer` is its record where another
    is in force.
    """

    name: Name
    revision: str
    by: Ground | None
    accepted: tuple[str, ...]
    declined: tuple[str, ...]
    waits_for: tuple[str, ...]
    newer: str | None = None


def standing(told: Told, thing: Thing, seats: Seats, clauses: Clauses) -> tuple[Standing, Commitment]:
    """How a commitment stands, and the words that count: those in force, else the latest.

    `clauses` answers which clauses of an agreement were signed by all (`signed_clauses`).
    """
    last = body_of(thing.now, Commitment)
    accepted, declined, waits = _words(told, thing, thing.now, last or Commitment(), seats)
    if last is None:
        return Standing("erased", thing.now.ref, None, accepted, declined, waits), Commitment()
    for version in reversed(thing.versions):
        body = body_of(version, Commitment)
        ground = None if body is None else _ground(told, thing, version, body, seats, clauses)
        if body is None or ground is None:
            continue
        name: Name = "withdrawn" if body.status == "withdrawn" else "in_force"
        newer = None if version is thing.now else thing.now.ref
        return Standing(name, version.ref, ground, accepted, declined, waits, newer), body
    name = "withdrawn" if last.status == "withdrawn" else "declined" if declined else "proposed"
    return Standing(name, thing.now.ref, None, accepted, declined, waits), last


def owed_to(body: Commitment, seats: Seats) -> tuple[str, ...]:
    """To whom it is owed: as it says, else the other sides."""
    return tuple(sorted(set(body.owed_to or ()))) or seats.others(body.owed_by or ())


def _words(
    told: Told, thing: Thing, version: Version, body: Commitment, seats: Seats
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Which sides that owe or are owed accepted a version, declined it, and have not spoken."""
    accepted: list[str] = []
    declined: list[str] = []
    waits: list[str] = []
    for party in sorted({*(body.owed_by or ()), *owed_to(body, seats)}):
        word = "accepted" if party == thing.party else consent_of(told, party, thing.ref, version)
        (accepted if word == "accepted" else declined if word == "declined" else waits).append(party)
    return tuple(accepted), tuple(declined), tuple(waits)


def _ground(
    told: Told, thing: Thing, version: Version, body: Commitment, seats: Seats, clauses: Clauses
) -> Ground | None:
    accepted, declined, waits = _words(told, thing, version, body, seats)
    if declined:
        return None
    if accepted and not waits:
        return "consent"
    if body.agreement is not None and body.clause is not None and body.clause in clauses(body.agreement):
        return "clause"
    return "facilitator" if thing.party in seats.facilitators else None


def signed_clauses(told: Told, seats: Seats, agreement: str) -> frozenset[str]:
    """The keys of the clauses that stand in the text of an agreement that every party to it signed.

    None where the agreement is not here, was withdrawn or has ended, or a signature that is told does not hold
    (`signing.stand`): who says that somebody signed shows it.
    """
    thing = told.get(agreement) or told.thing_of(agreement)
    body = None if thing is None else body_of(thing.now, Agreement)
    if thing is None or body is None or body.status in ("withdrawn", "ended"):
        return frozenset()
    spoke = {one.party for one in told.about("signature", thing.ref)}
    if not spoke.issuperset(body.parties or seats.sides):
        return frozenset()  # what is below checks signatures, and is asked for every hour of every day
    text = stand(told, seats.circle, seats.sides, thing.ref).text
    return frozenset(() if text is None else (one.key for one in text.clauses))
