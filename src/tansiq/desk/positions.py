"""Live positions at a desk: where elements show themselves, what alarms, who crossed which fence; and saying where
one's own element is.

The place that is given is rounded here to a square of the grid before anything is said: what is rounded away stands in
no record and no ledger. A party tells its own elements only, each about one of its own announced activities.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from tansiq.circles.gate import Author
from tansiq.desk import movements, saying
from tansiq.desk.movements_board import names_of
from tansiq.desk.office import Office, circle_named, circles
from tansiq.desk.saying import Column, LabelRequest, Reference, ReleaseRequest, SayRequest
from tansiq.desk.told import read_told
from tansiq.errors import Conflict, MalformedInput, NotAllowed
from tansiq.geo.mgrs import from_mgrs, to_mgrs
from tansiq.movements.affected import ENDED
from tansiq.movements.crossings import DEFAULT_DWELL, Crossing, Fence, crossings
from tansiq.movements.departure import MINUTE_MS
from tansiq.movements.live import KINDS, Fix, Live, departure_of, live_positions, reports_of
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.position_report import (
    DEFAULT_GRID,
    DEFAULT_VALID,
    GRIDS,
    LEAST_VALID,
    MOST_VALID,
    Square,
)
from tansiq.records.values import Latitude, Longitude, Millis

LEAST_INTERVAL_MIN: Final = 5
"""Minutes between two reports of one activity, unless the newer one begins or ends an alarm."""

AHEAD_MS: Final = 120_000
"""By how much the clock of a receiver may be ahead of this node's."""

DIGITS: Final = {100: 3, 1000: 2, 10_000: 1}
FENCES: Final = ("fence", "joint_interest", "responsibility")
"""Purposes of areas of which it is told who enters and leaves."""


class PositionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an own element is: of which own activity, the fix as it was taken, and how coarsely it is to be told.

    `stop` ends the showing and needs no place. The time of the fix is now if it is left out.
    """

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    activity: Annotated[str, Meta(max_length=128)]
    lat: Latitude | None = None
    lon: Longitude | None = None
    at: Millis | None = None
    accuracy_m: Annotated[int, Meta(ge=0, le=50_000)] = 0
    grid: int = DEFAULT_GRID
    valid_minutes: int = DEFAULT_VALID
    stop: bool = False
    label: LabelRequest = LabelRequest()


class FenceView(Struct, frozen=True):
    """An area of which it is told who enters and leaves. `own` is one that only this node knows."""

    ref: str
    names: dict[str, str]
    purpose: str
    own: bool


class LiveView(Struct, frozen=True):
    """Live positions of a circle at a time (ms), the fences, and what happened at them, newest first."""

    at: int
    circle: str
    exercise: bool
    positions: list[Live]
    crossings: list[Crossing]
    fences: list[FenceView]
    names: dict[str, dict[str, str]]


def live_view(office: Office, circle_id: str, at: int | None = None, dwell_minutes: int = DEFAULT_DWELL) -> LiveView:
    """Where elements show themselves in a circle at a time (ms), now if left out; `dwell_minutes` make a stay.

    The fences are the areas of the circle and those that this node keeps in its own circle, which nobody else sees.
    """
    when = office.clock() if at is None else at
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        told = read_told(connection, circle.id, KINDS)
        alone = {held.circle.id for held in circles(connection) if held.circle.private} - {circle.id}
        own = [read_told(connection, one, ("area",)) for one in sorted(alone)]
    areas = [(thing, False) for thing in told.of_kind("area")]
    areas += [(thing, True) for one in own for thing in one.of_kind("area")]
    fences, views = [], []
    for thing, private in areas:
        body = body_of(thing.now, Area)
        if body is None or not body.ring or body.purpose not in FENCES:
            continue
        fences.append(Fence(thing.ref, body.ring))
        views.append(FenceView(thing.ref, names_of(thing.now), body.purpose, private))
    return LiveView(
        when,
        circle.id,
        circle.exercise,
        live_positions(told, when),
        crossings(told, fences, when, dwell_minutes),
        views,
        {thing.ref: names for thing in told.of_kind("activity") if (names := names_of(thing.now))},
    )


def position_request(office: Office, asked: PositionRequest) -> SayRequest:
    """The statement by which a position is told, or its showing ended; refused (`positions.…`) where it may not be.

    Refused are an activity of another party or one that is over, a grid or a time of holding that there is not, a fix
    that is ahead of the clock, has run out or is older than the last one told; one that says nothing new, and one that
    comes sooner than five minutes after the last. What begins or ends an alarm is never too soon.
    """
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
        told = read_told(connection, circle.id, KINDS)
    activity = own_activity(told, office, asked.activity)
    reports = reports_of(told).get(activity.ref, [])
    before = reports[-1] if reports else None
    # a record of an epoch that is over cannot be revised: a new one goes on from it
    revised = before is not None and before[0].said.ledger.epoch == circle.epoch
    ref = f"{office.party}/{before[0].said.first}" if before is not None and revised else None
    if asked.stop:
        if before is None or before[1].stopped:
            raise Conflict("positions.not_showing", ref=activity.ref[:80])
        fields: dict[str, Any] = {} if revised else _fields_of(before[1])
        fields["status"] = "stopped"
    else:
        body = body_of(activity.now, Activity)
        if body is None or body.status in ENDED:
            raise Conflict("positions.plan_over", ref=activity.ref[:80])
        fix = _fix(office, asked)
        if before is not None:
            _check_news(told, activity, before[1], fix)
        fields = _fields_of(fix)
    release = ReleaseRequest(asked.circle, asked.label)
    return SayRequest("position_report", fields, [release], ref, activity.ref, urgent=True)


def preview(office: Office, asked: PositionRequest, author: Author) -> list[Column]:
    """What each party would see of a position."""
    return saying.preview(office, position_request(office, asked), author)


def report(office: Office, asked: PositionRequest, author: Author) -> Reference:
    """Tell where an own element is, or end its showing."""
    return saying.release(office, position_request(office, asked), author)[0]


def own_activity(told: Told, office: Office, ref: str) -> Thing:
    """The own activity with a reference; another party's is refused (`positions.not_own`)."""
    activity = movements.thing_named(told, ref if "/" in ref else f"{office.party}/{ref}", "activity")
    if activity.party != office.party:
        raise NotAllowed("positions.not_own", ref=activity.ref[:80])
    return activity


def square_of(lat: int, lon: int, grid: int) -> Square:
    """The square (side in m) of the grid that holds a place (E7); refused (`positions.grid`) where there is none."""
    if grid not in GRIDS:
        raise MalformedInput("positions.grid", grid=grid)
    cell = from_mgrs(to_mgrs(lat, lon, DIGITS[grid]))
    return msgspec.convert({"lat": cell.lat, "lon": cell.lon, "size": cell.size, "mgrs": cell.mgrs}, Square)


def _fix(office: Office, asked: PositionRequest) -> Fix:
    """What is asked for, rounded to its square."""
    now = office.clock()
    at = now if asked.at is None else asked.at
    if asked.lat is None or asked.lon is None:
        raise MalformedInput("positions.no_place")
    if not LEAST_VALID <= asked.valid_minutes <= MOST_VALID:
        raise MalformedInput("positions.valid", minutes=asked.valid_minutes, least=LEAST_VALID, most=MOST_VALID)
    if at > now + AHEAD_MS:
        raise MalformedInput("positions.ahead", minutes=_minutes(at - now))
    until = at + asked.valid_minutes * MINUTE_MS
    if until <= now:
        raise MalformedInput("positions.run_out", minutes=(now - at) // MINUTE_MS)
    square = square_of(asked.lat, asked.lon, asked.grid)
    return Fix("", at, now, until, square, asked.accuracy_m, stopped=False)


def _fields_of(fix: Fix) -> dict[str, Any]:
    return {
        "status": "showing",
        "at": fix.at,
        "square": msgspec.to_builtins(fix.square),
        "accuracy_m": fix.accuracy_m,
        "valid_minutes": (fix.until - fix.at) // MINUTE_MS,
    }


def _check_news(told: Told, activity: Thing, last: Fix, fix: Fix) -> None:
    """Refuse what says nothing new and what comes too soon: every report stays in the ledger for good."""
    if fix.at < last.at:
        raise Conflict("positions.older", minutes=_minutes(last.at - fix.at))
    off, was_off = (departure_of(told, activity, one)[1] is not None for one in (fix, last))
    if last.stopped or off != was_off:
        return
    same = fix.square == last.square
    if same and fix.at < last.at + (last.until - last.at) // 2:
        raise Conflict("positions.unchanged", mgrs=fix.square.mgrs, minutes=_minutes(last.until - fix.at))
    if fix.at < last.at + LEAST_INTERVAL_MIN * MINUTE_MS:
        wait = _minutes(last.at + LEAST_INTERVAL_MIN * MINUTE_MS - fix.at)
        raise Conflict("positions.too_soon", limit=LEAST_INTERVAL_MIN, minutes=wait)


def _minutes(millis: int) -> int:
    return -(-millis // MINUTE_MS)


# msgspec learns a struct with its first reading, which must not be two threads' first at once (tansiq.node.structs)
msgspec.json.Decoder(PositionRequest)
