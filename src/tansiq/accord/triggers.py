"""Triggers: the day on which something happened counts once every party stated the same one; until then all stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tansiq.picture.told import Told, Version, body_of
from tansiq.records.kinds.occurrence import Occurrence
from tansiq.records.kinds.trigger import Trigger
from tansiq.records.values import BAGHDAD

DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000


class Stated(Struct, frozen=True):
    """A party's latest word: `day` is the midnight (ms) that begins the local day."""

    party: str
    day: int
    ref: str


class Occurred(Struct, frozen=True):
    """`day` where all of `parties` stated the same one; `lacking` have stated none."""

    trigger: str
    parties: tuple[str, ...]
    day: int | None
    stated: tuple[Stated, ...]
    lacking: tuple[str, ...]


def local_day(at: int, offset: int = BAGHDAD) -> int:
    """The midnight (ms) that begins the local day of a time; the offset is minutes ahead of UTC."""
    shift = offset * MINUTE_MS
    return (at + shift) // DAY_MS * DAY_MS - shift


def occurred(told: Told, trigger: str, sides: Sequence[str], offset: int = BAGHDAD) -> Occurred:
    """What was stated of a trigger. Only the latest version by the trigger's author says whose word is needed."""
    thing = told.get(trigger)
    body = None if thing is None else body_of(thing.now, Trigger)
    parties = tuple(sorted(body.parties if body is not None and body.parties else sides))
    stated = [one for party in parties if (one := _latest(told, trigger, party, offset)) is not None]
    lacking = tuple(party for party in parties if party not in {one.party for one in stated})
    withdrawn = body is None or body.status == "withdrawn"
    agreed = {one.day for one in stated} if not lacking and not withdrawn else set()
    return Occurred(trigger, parties, agreed.pop() if len(agreed) == 1 else None, tuple(stated), lacking)


def _latest(told: Told, trigger: str, party: str, offset: int) -> Stated | None:
    latest: tuple[tuple[int, int], Version] | None = None
    for thing in told.about("occurrence", trigger):
        order = (thing.now.said.ledger.epoch, thing.now.said.index)
        if thing.party == party and (latest is None or order > latest[0]):
            latest = (order, thing.now)
    body = None if latest is None else body_of(latest[1], Occurrence)
    if latest is None or body is None or body.at is None or body.status == "withdrawn":
        return None
    return Stated(party, local_day(body.at, offset), latest[1].ref)
