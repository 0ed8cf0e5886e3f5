"""Where parties say that their own elements are, and what of it has to raise the alarm on every desk.

A pure function of records and a given time. A report counts only about an activity of its own author; the newest in
its ledger counts, whatever its claimed times. It is compared with the plan as it stands now. Silence ends no alarm, nor
does ceasing to show oneself: a place that keeps to the plan does, or a plan that was changed to hold it, or its end.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.movements.affected import ENDED
from tansiq.movements.departure import MINUTE_MS, Departure, departure, reach_of
from tansiq.picture.terms import in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.consent import Consent
from tansiq.records.kinds.position_report import DEFAULT_VALID, PositionReport, Square
from tansiq.records.kinds.terms import Terms

KINDS: Final = {
    "activity": Activity,
    "area": Area,
    "consent": Consent,
    "position_report": PositionReport,
    "terms": Terms,
}
"""The kinds of records that live positions follow from."""

LiveState = Literal["current", "stale", "stopped", "over"]
"""`current`: its time has not run out. `stale`: it has, and nothing newer was told. `stopped`: its party ended the
showing. `over`: the plan was ended or cancelled, or its record erased, after it was told.
"""

Alarm = Literal["outside", "before_start", "early", "late", "after_end", "plan_over"]
"""`plan_over`: told of a plan after its own party had ended or cancelled it."""


class Fix(Struct, frozen=True):
    """One report as it was told: when the element was in which square, and until when that is taken to hold."""

    report: str
    at: int
    said: int
    until: int
    square: Square
    accuracy_m: int
    stopped: bool

    @property
    def reach_m(self) -> float:
        """Within how many metres of the middle of the square the true place lies."""
        return reach_of(self.square.size, self.accuracy_m)


class Live(Struct, frozen=True):
    """An activity whose party shows where it is. `compared` is False where the plan's place was not told.

    `since` is the time of the first fix (ms) since which it is off its plan without a break; None where it is not.
    """

    ref: str
    party: str
    fix: Fix
    reports: int
    state: LiveState
    compared: bool
    departure: Departure | None
    alarms: tuple[Alarm, ...]
    since: int | None


def live_positions(told: Told, at: int) -> list[Live]:
    """The last told place of every activity that shows itself, at a time (ms); alarms first."""
    reports = reports_of(told)
    found = [_live(told, thing, said, at) for thing in told.of_kind("activity") if (said := reports.get(thing.ref))]
    return sorted(found, key=lambda one: (not one.alarms, one.ref))


def reports_of(told: Told) -> dict[str, list[tuple[Version, Fix]]]:
    """By activity what its own party told of where it is, in the order of its ledger; nobody else's word counts."""
    found: dict[str, list[tuple[Version, Fix]]] = {}
    for thing in told.of_kind("position_report"):
        if thing.about is not None and thing.about.partition("/")[0] == thing.party:
            fixes = [(version, fix) for version in thing.versions if (fix := _fix(version)) is not None]
            found.setdefault(thing.about, []).extend(fixes)
    for reports in found.values():
        reports.sort(key=lambda one: (one[0].said.ledger.epoch, one[0].said.index))
    return found


def departure_of(told: Told, activity: Thing, fix: Fix) -> tuple[bool, Departure | None]:
    """Whether a place can be compared with the plan as it stands now, and how it departs from it."""
    body = body_of(activity.now, Activity)
    if body is None or not body.volumes:
        return False, None
    tolerance = in_force(told, activity.now).buffers.minutes * MINUTE_MS
    place = fix.square.lon, fix.square.lat
    try:
        return True, departure(body.volumes, place, fix.reach_m, fix.at, tolerance)
    except MalformedInput:
        return False, None


def _fix(version: Version) -> Fix | None:
    body = body_of(version, PositionReport)
    if body is None or body.at is None or body.square is None:
        return None
    valid = body.valid_minutes or DEFAULT_VALID
    return Fix(
        version.ref,
        body.at,
        version.said.at,
        body.at + valid * MINUTE_MS,
        body.square,
        body.accuracy_m or 0,
        body.status == "stopped",
    )


def _live(told: Told, activity: Thing, reports: list[tuple[Version, Fix]], at: int) -> Live:
    version, fix = reports[-1]
    compared, apart = departure_of(told, activity, fix)
    state: LiveState = "stopped" if fix.stopped else "current" if at < fix.until else "stale"
    alarms: list[Alarm] = []
    ended = _ended(activity)
    if activity.now.said.erased or (ended is not None and (fix.stopped or not version.knows(ended))):
        state, apart = "over", None
    elif ended is not None:
        alarms.append("plan_over")
    if apart is not None:
        alarms += ["outside"] if apart.outside_m else []
        alarms += [apart.when] if apart.when else []
    since = _since(told, activity, reports) if alarms else None
    return Live(activity.ref, activity.party, fix, len(reports), state, compared, apart, tuple(alarms), since)


def _since(told: Told, activity: Thing, reports: list[tuple[Version, Fix]]) -> int:
    """The first fix of the last run of fixes that are off the plan as it stands now."""
    since = reports[-1][1].at
    for _, fix in reversed(reports[:-1]):
        if departure_of(told, activity, fix)[1] is None:
            break
        since = fix.at
    return since


def _ended(activity: Thing) -> Version | None:
    """The record since which a plan is over; None where it is not."""
    ended: Version | None = None
    for version in reversed(activity.versions):
        body = body_of(version, Activity)
        if body is None or body.status not in ENDED:
            break
        ended = version
    return ended
