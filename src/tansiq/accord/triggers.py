"""Triggers: an event starts clocks once every party whose word is needed has stated the same local day for it.

Until then every stated day stands. A party that was named once stays named: the author of a trigger cannot do without
another's word by a later version.
"""

from __future__ import annotations

from msgspec import Struct

from tansiq.accord.days import day_begins, day_of
from tansiq.accord.latest import newest
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.occurrence import Occurrence
from tansiq.records.kinds.trigger import Trigger


class Stated(Struct, frozen=True):
    """A party's word: the local day (counted from 1970) and the time (ms) that it gave, the very record, when said."""

    party: str
    day: int
    at: int
    ref: str
    said: int


class Confirmed(Struct, frozen=True):
    """How a trigger stands: `day` and `at` (ms, when that local day begins) are None until it counts.

    `waits_for` are parties that have stated nothing; `differ` whether two stated days differ.
    """

    trigger: str
    day: int | None
    at: int | None
    stated: tuple[Stated, ...]
    waits_for: tuple[str, ...]
    differ: bool
    withdrawn: bool = False


def confirmed(told: Told, trigger_ref: str) -> Confirmed:
    """How the trigger with this reference stands; one that is not there waits for every side."""
    thing = told.get(trigger_ref) or told.thing_of(trigger_ref)
    if thing is None or thing.kind != "trigger":
        return Confirmed(trigger_ref, None, None, (), told.parties, differ=False)
    needed = _needed(told, thing)
    stated = [one for party in needed if (one := _stated(told, thing.ref, party)) is not None]
    waits = tuple(party for party in needed if party not in {one.party for one in stated})
    body = body_of(thing.now, Trigger)
    withdrawn = body is None or body.status == "withdrawn"
    named = {one.day for one in stated}
    counts = not waits and len(named) == 1 and not withdrawn
    day = stated[0].day if counts else None
    at = None if day is None else day_begins(day)
    return Confirmed(thing.ref, day, at, tuple(stated), waits, len(named) > 1, withdrawn)


def _needed(told: Told, thing: Thing) -> tuple[str, ...]:
    """Whose word is needed: all that any version names, every side where none does."""
    named: set[str] = set()
    for version in thing.versions:
        body = body_of(version, Trigger)
        named.update((body.parties or ()) if body is not None else ())
    return tuple(sorted(named)) or told.parties


def _stated(told: Told, trigger: str, party: str) -> Stated | None:
    """A party's latest word on a trigger."""
    latest = newest(told.about("occurrence", trigger), party)
    body = None if latest is None else body_of(latest, Occurrence)
    if latest is None or body is None or body.at is None or body.status == "withdrawn":
        return None
    return Stated(party, day_of(body.at), body.at, latest.ref, latest.said.at)
