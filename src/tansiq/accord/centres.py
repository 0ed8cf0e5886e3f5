"""One centre out of what each side states of it: states and dates side by side, where they differ, what may come next.

A centre is the first statement of it and every statement about that one, of whichever party. It is at work only once
every side says so.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.geo.apart import metres_apart
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.centre import Centre as CentreBody
from tansiq.records.values import BAGHDAD, Place

State = Literal["agreed", "preparing", "active", "suspended", "closed"]
Point = Literal["state", "since", "place", "names"]

NEXT: Final[Mapping[State | None, tuple[State, ...]]] = {
    None: ("agreed",),
    "agreed": ("preparing", "closed"),
    "preparing": ("active", "suspended", "closed"),
    "active": ("suspended", "closed"),
    "suspended": ("preparing", "active", "closed"),
    "closed": (),
}
"""What may follow on a state. What a side says against it stands as it was said, and is marked."""

STATES: Final[tuple[State, ...]] = ("agreed", "preparing", "active", "suspended", "closed")

_DAY_MS: Final = 86_400_000
_AHEAD_MS: Final = BAGHDAD * 60_000
_EPOCH_DAY: Final = datetime.date(1970, 1, 1).toordinal()


class Date(Struct, frozen=True):
    """A side's date of a state (ms), known to the day or to the month."""

    party: str
    since: int
    precision: Literal["day", "month"]
    ref: str


class Dates(Struct, frozen=True):
    """The dates that the sides give for one state; they differ where no day fits all of them."""

    state: State
    given: tuple[Date, ...]
    differ: bool


class Stand(Struct, frozen=True):
    """A party's latest word on a centre; without `ref` it has said nothing. `side` is False for a facilitator."""

    party: str
    side: bool
    ref: str | None = None
    revision: str | None = None
    state: State | None = None
    since: int | None = None
    precision: Literal["day", "month"] | None = None
    said: int | None = None
    place: Place | None = None
    names: dict[str, str] = {}
    reason: str | None = None
    next: tuple[State, ...] = ()


class Step(Struct, frozen=True):
    """One statement in the history; `lawful` is False where it left a step of the life cycle out."""

    party: str
    ref: str
    revision: str
    said: int
    state: State | None
    since: int | None
    precision: Literal["day", "month"] | None
    lawful: bool
    place: Place | None = None
    reason: str | None = None


class Centre(Struct, frozen=True):
    """A centre as the circle was told of it. `state` is that of every side, None where they differ or one is silent."""

    ref: str
    party: str
    names: dict[str, str]
    place: Place | None
    stands: tuple[Stand, ...]
    state: State | None
    at_work: bool
    silent: tuple[str, ...]
    differ: tuple[Point, ...]
    dates: tuple[Dates, ...]
    history: tuple[Step, ...]
    refs: tuple[str, ...]
    """Every statement that belongs to it: what is about any of them is about the centre."""


def centres(told: Told, sides: Sequence[str]) -> list[Centre]:
    """Every centre of a circle, in the order in which they were stated first."""
    clusters: dict[str, list[Thing]] = {}
    for thing in told.of_kind("centre"):
        clusters.setdefault(_root(told, thing), []).append(thing)
    found = [_centre(told, root, things, sides) for root, things in clusters.items()]
    return sorted(found, key=lambda one: (min(step.said for step in one.history), one.ref))


def centre_of(told: Told, sides: Sequence[str], ref: str) -> Centre | None:
    """The centre of which this is a statement, in any of its versions."""
    thing = told.thing_of(ref)
    if thing is None or thing.kind != "centre":
        return None
    root = _root(told, thing)
    return _centre(told, root, [one for one in told.of_kind("centre") if _root(told, one) == root], sides)


def about_centre(told: Told, kind: str, centre: Centre) -> list[Thing]:
    """The things of a kind that are about any statement of the centre, by reference."""
    found = {thing.ref: thing for ref in centre.refs for thing in told.about(kind, ref)}
    return [found[ref] for ref in sorted(found)]


def in_order(things: Iterable[Thing]) -> list[Thing]:
    """Things of one party by the place of their latest version in its ledger: the last one stands."""
    return sorted(things, key=lambda one: place_in_ledger(one.now))


def place_in_ledger(version: Version) -> tuple[int, int]:
    """Epoch and index: the order in which one party says things, by no clock."""
    return version.said.ledger.epoch, version.said.index


def _root(told: Told, thing: Thing) -> str:
    """The first statement that a chain of `about` leads to; of a ring its least reference."""
    seen = [thing.ref]
    while thing.about is not None:
        other = told.thing_of(thing.about)
        if other is None or other.kind != "centre":
            break
        if other.ref in seen:
            return min(seen[seen.index(other.ref) :])
        seen.append(other.ref)
        thing = other
    return thing.ref


def _centre(told: Told, root: str, things: list[Thing], sides: Sequence[str]) -> Centre:
    said: dict[str, list[tuple[Thing, Version]]] = {}
    for thing in things:
        said.setdefault(thing.party, []).extend((thing, one) for one in thing.versions)
    for chain in said.values():
        chain.sort(key=lambda one: place_in_ledger(one[1]))
    stands = [_stand(party, chain, side=party in sides) for party, chain in said.items()]
    stands += [Stand(party, True, next=NEXT[None]) for party in sides if party not in said]
    stands.sort(key=lambda one: (not one.side, one.party))
    counted = [one for one in stands if one.side] or stands
    states = {one.state for one in counted}
    state = next(iter(states)) if len(states) == 1 else None
    history = sorted(
        (step for party, chain in said.items() for step in _steps(party, chain)),
        key=lambda one: (one.said, one.revision),
    )
    dates = _dates(history, [one.party for one in counted])
    first = next((thing for thing in things if thing.ref == root), things[0])
    names, place = _named(first, stands)
    return Centre(
        root,
        first.party,
        names,
        place,
        tuple(stands),
        state,
        state == "active",
        tuple(one.party for one in counted if one.state is None),
        _differences(counted, dates),
        dates,
        tuple(history),
        tuple(sorted(thing.ref for thing in things)),
    )


def _stand(party: str, chain: list[tuple[Thing, Version]], *, side: bool) -> Stand:
    thing, version = chain[-1]
    body = body_of(version, CentreBody) or CentreBody()
    return Stand(
        party,
        side,
        thing.ref,
        version.said.id,
        body.state,
        body.since,
        body.since_precision or ("day" if body.since is not None else None),
        version.said.at,
        body.place,
        names_of(body),
        body.reason,
        NEXT[body.state],
    )


def _steps(party: str, chain: list[tuple[Thing, Version]]) -> list[Step]:
    steps: list[Step] = []
    before: State | None = None
    for thing, version in chain:
        body = body_of(version, CentreBody) or CentreBody()
        # a side may speak of a centre for the first time when it is far on
        lawful = before is None or body.state in (before, None) or body.state in NEXT[before]
        steps.append(
            Step(
                party,
                thing.ref,
                version.said.id,
                version.said.at,
                body.state,
                body.since,
                body.since_precision or ("day" if body.since is not None else None),
                lawful,
                body.place,
                body.reason,
            )
        )
        before = body.state or before
    return steps


def _dates(history: Sequence[Step], parties: Sequence[str]) -> tuple[Dates, ...]:
    """For every state the latest date of each party that gave one."""
    found: list[Dates] = []
    for state in STATES:
        given = []
        for party in parties:
            dated = [one for one in history if one.party == party and one.state == state and one.since is not None]
            if dated and (last := dated[-1]).since is not None:
                given.append(Date(party, last.since, last.precision or "day", last.revision))
        if given:
            found.append(Dates(state, tuple(given), _differ(given)))
    return tuple(found)


def _differ(given: Sequence[Date]) -> bool:
    """Whether no day fits all dates: each is a day, or the days of a month."""
    spans = [_span(one) for one in given]
    return max(first for first, _ in spans) > min(last for _, last in spans)


def _span(one: Date) -> tuple[datetime.date, datetime.date]:
    """First and last day of a date by Baghdad's clock."""
    day = datetime.date.fromordinal(min(_EPOCH_DAY + (one.since + _AHEAD_MS) // _DAY_MS, datetime.date.max.toordinal()))
    if one.precision == "day":
        return day, day
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _differences(stands: Sequence[Stand], dates: Sequence[Dates]) -> tuple[Point, ...]:
    spoken = [one for one in stands if one.state is not None]
    places = [one.place for one in spoken if one.place is not None]
    found: list[Point] = []
    if len({one.state for one in spoken}) > 1:
        found.append("state")
    if any(one.differ for one in dates):
        found.append("since")
    if any(_apart(one, other) for number, one in enumerate(places) for other in places[number + 1 :]):
        found.append("place")
    if _names_differ([one.names for one in spoken]):
        found.append("names")
    return tuple(found)


def _names_differ(names: Sequence[Mapping[str, str]]) -> bool:
    return any(len({one[lang].strip() for one in names if one.get(lang)}) > 1 for lang in ("en", "ar", "ckb"))


def _apart(one: Place, other: Place) -> bool:
    """Whether two places lie farther apart than both are accurate."""
    return metres_apart(one.lat, one.lon, other.lat, other.lon) > one.accuracy + other.accuracy


def _named(first: Thing, stands: Sequence[Stand]) -> tuple[dict[str, str], Place | None]:
    """Name and place as the party that stated it first says them now, else as another does."""
    own = [one for one in stands if one.party == first.party] + list(stands)
    names = next((one.names for one in own if one.names), {})
    return names, next((one.place for one in own if one.place is not None), None)


def names_of(body: CentreBody) -> dict[str, str]:
    """The names of a statement by language."""
    return {} if body.names is None else {key: text for key, text in msgspec.to_builtins(body.names).items() if text}
