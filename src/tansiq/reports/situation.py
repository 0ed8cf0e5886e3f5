"""The daily situation report: what was told in a circle in one day up to its cut-off, with what could not be seen."""

from __future__ import annotations

from msgspec import Struct

from tansiq.accord.centres import Centre, centres
from tansiq.accord.measures import Measures
from tansiq.accord.past import as_it_stood
from tansiq.movements.look import Look
from tansiq.picture.told import Told
from tansiq.reports.cutoff import Window
from tansiq.reports.gathered import (
    Entry,
    Event,
    Heard,
    Met,
    PlanFact,
    Range,
    Tally,
    Unseen,
    by_category,
    entries,
    events,
    heard_of,
    in_window,
    meetings_of_plans,
    movements,
    plans,
    supplemented,
    total,
    unseen,
)
from tansiq.reports.ground import Ground, ground


class CentreFact(Struct, frozen=True):
    """A centre and the state in which each side says it is; `since` in ms."""

    ref: str
    names: dict[str, str]
    lon: int | None
    lat: int | None
    states: dict[str, str | None]
    since: dict[str, int | None]
    refs: tuple[str, ...]
    at_work: bool


class Situation(Struct, frozen=True):
    """The common part of a day. `rule` is the very terms that set the cut-off, None where the default holds."""

    report: str
    circle: str
    exercise: bool
    window: Window
    rule: str | None
    parties: tuple[str, ...]
    incidents: tuple[Tally, ...]
    events: tuple[Event, ...]
    killed: Range
    wounded: Range
    killed_before: Range
    wounded_before: Range
    supplemented: tuple[str, ...]
    log: tuple[Entry, ...]
    plans: tuple[PlanFact, ...]
    plans_before: tuple[str, ...]
    collisions: tuple[Met, ...]
    denials: tuple[Entry, ...]
    suspensions: tuple[Entry, ...]
    centres: tuple[CentreFact, ...]
    ground: Ground
    heard: tuple[Heard, ...]
    unseen: Unseen


def situation(
    told: Told, circle: str, *, exercise: bool, window: Window, rule: str | None, look: Look, measures: Measures
) -> Situation:
    """The facts of a day out of everything that was told; only what was said up to the cut-off counts."""
    then = as_it_stood(told, window.end)
    found, stand = events(then), movements(then, look, window.end)
    new, before = in_window(found, window), in_window(found, window.before)
    planned = plans(then, stand, window)
    return Situation(
        "situation",
        circle,
        exercise,
        window,
        rule,
        then.parties,
        by_category(found, window),
        tuple(new),
        total(one.killed for one in new),
        total(one.wounded for one in new),
        total(one.killed for one in before),
        total(one.wounded for one in before),
        supplemented(then, window),
        entries(then, "log", window),
        planned,
        tuple(one.ref for one in plans(then, stand, window.before)),
        meetings_of_plans(stand, (one.ref for one in planned)),
        entries(then, "denial", window),
        entries(then, "suspension", window),
        tuple(centre_fact(one) for one in centres(then, then.parties)),
        ground(then, measures, window),
        heard_of(then),
        unseen(then, stand, found, window),
    )


def centre_fact(one: Centre) -> CentreFact:
    """A centre as each side states it."""
    sides = [stand for stand in one.stands if stand.side]
    return CentreFact(
        one.ref,
        dict(one.names),
        None if one.place is None else one.place.lon,
        None if one.place is None else one.place.lat,
        {stand.party: stand.state for stand in sides},
        {stand.party: stand.since for stand in sides},
        one.refs,
        one.at_work,
    )
