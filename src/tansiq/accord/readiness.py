"""Whether a centre is ready: each side's own list, points tied by their keys, and what is missing with whom.

A point is done once every side calls it ready or not needed; a list that is not there misses every point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.accord.centres import Centre, about_centre, in_order
from tansiq.accord.past import as_it_stood
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.readiness import Point, Readiness

DONE: Final = ("ready", "not_needed")


class Own(Struct, frozen=True):
    """A side's word on a point; `state` is None where the point is not in its list."""

    party: str
    state: Literal["open", "ready", "not_needed"] | None
    by: str | None = None
    due: int | None = None
    remark: str | None = None


class Row(Struct, frozen=True):
    """One point as the sides see it. `late` is True while it is open beyond the earliest date that a side gave."""

    key: str
    names: dict[str, str]
    words: tuple[Own, ...]
    done: bool
    waits_for: tuple[str, ...]
    late: bool


class SideList(Struct, frozen=True):
    """A side's list: `ref` is None where it gave none; counted are the points of all sides."""

    party: str
    ref: str | None
    revision: str | None
    said: int | None
    done: int
    of: int


class Ready(Struct, frozen=True):
    """The lists side by side. `signed_off` once every side has a list and no point waits for anybody."""

    rows: tuple[Row, ...]
    lists: tuple[SideList, ...]
    signed_off: bool
    open: tuple[str, ...]
    """The keys of the points that still wait."""


def readiness(told: Told, sides: Sequence[str], centre: Centre, at: int) -> Ready:
    """How far a centre is ready at a time (ms)."""
    lists = {party: _list_of(told, centre, party) for party in sides}
    bodies = {party: _body(thing) for party, thing in lists.items()}
    points = {party: {one.key: one for one in body.points or ()} for party, body in bodies.items()}
    rows = [_row(key, points, at) for key in _keys(bodies)]
    done = {party: sum(_own(party, points[party].get(row.key)).state in DONE for row in rows) for party in sides}
    return Ready(
        tuple(rows),
        tuple(
            SideList(
                party,
                None if thing is None else thing.ref,
                None if thing is None else thing.now.said.id,
                None if thing is None else thing.now.said.at,
                done[party],
                len(rows),
            )
            for party, thing in lists.items()
        ),
        bool(rows) and all(points.values()) and all(row.done for row in rows),
        tuple(row.key for row in rows if not row.done),
    )


def open_when_opened(told: Told, sides: Sequence[str], centre: Centre) -> dict[str, tuple[str, ...]]:
    """The keys of the points that were open when a party said that the centre is active, by that very record.

    By what had been told until then; only statements with open points, and of a party only those that opened it.
    """
    found: dict[str, tuple[str, ...]] = {}
    before: dict[str, str | None] = {}
    for step in centre.history:
        if step.state == "active" and before.get(step.party) != "active":
            ready = readiness(as_it_stood(told, step.said), sides, centre, step.said)
            if ready.open:
                found[f"{step.party}/{step.revision}"] = ready.open
        before[step.party] = step.state or before.get(step.party)
    return found


def _list_of(told: Told, centre: Centre, party: str) -> Thing | None:
    own = [one for one in about_centre(told, "readiness", centre) if one.party == party]
    return in_order(own)[-1] if own else None


def _body(thing: Thing | None) -> Readiness:
    return (None if thing is None else body_of(thing.now, Readiness)) or Readiness()


def _keys(bodies: dict[str, Readiness]) -> list[str]:
    """All keys, each where the list that has it highest puts it."""
    places: dict[str, int] = {}
    for body in bodies.values():
        for number, one in enumerate(body.points or ()):
            places[one.key] = min(number, places.get(one.key, number))
    return sorted(places, key=lambda key: (places[key], key))


def _row(key: str, points: dict[str, dict[str, Point]], at: int) -> Row:
    words = tuple(_own(party, held.get(key)) for party, held in sorted(points.items()))
    named = [held[key] for _, held in sorted(points.items()) if key in held]
    names: dict[str, str] = {}
    for one in named:
        names = {**{lang: text for lang, text in msgspec.to_builtins(one.names).items() if text}, **names}
    waits = tuple(one.party for one in words if one.state not in DONE)
    due = min((one.due for one in words if one.due is not None), default=None)
    return Row(key, names, words, not waits, waits, bool(waits) and due is not None and due < at)


def _own(party: str, point: Point | None) -> Own:
    if point is None:
        return Own(party, None)
    return Own(party, point.state, point.by, point.due, point.remark)
