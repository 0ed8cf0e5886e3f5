"""Live positions on the command line: say where an own element is, see who shows itself, what alarms, who crossed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, complain, local_time, refusals_in_words, settings, standing
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk.request import read_request
from tansiq.errors import MalformedInput, Refused
from tansiq.geo.coordinates import read_coordinates
from tansiq.node.node import Node
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.positions import LiveView
    from tansiq.movements.live import Live

LARGEST = 4 << 20
ALARMS = 10
"""The exit code of `positions` where one of them is off its plan."""

FILE_HELP = "GPX, CSV or NMEA: its newest fix is told, never the track; - reads NMEA sentences as they come."
Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
As = Annotated[str, typer.Option("--as", help=AS_HELP)]


@refusals_in_words
def position(
    plan: Annotated[str, typer.Argument(help="An own activity: its id, or party/id.")],
    file: Annotated[Path | None, typer.Argument(help=FILE_HELP)] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude in degrees.")] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude in degrees.")] = None,
    place: Annotated[str, typer.Option("--place", help="MGRS reference or degrees, instead of --lat and --lon.")] = "",
    at: Annotated[str, typer.Option(help="When the fix was taken: now, -5m, 2020-10-13T14:30+03:00.")] = "now",
    grid: Annotated[int, typer.Option(help="Told as a square of so many metres: 100, 1000, 10000.")] = 1000,
    accuracy: Annotated[int | None, typer.Option(help="How accurate the fix is (metres).")] = None,
    valid: Annotated[int, typer.Option(help="Minutes for which it is taken to hold.")] = 30,
    stop: Annotated[bool, typer.Option("--stop", help="Show it no longer.")] = False,
    circle: Circle = "",
    as_: As = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be told.")] = False,
) -> None:
    """Tell where an own element is that is out on an own activity: a square of the grid, never a point."""
    node = open_node()
    beside: dict[str, Any] = {
        "circle": circle or only_shared_circle(node),
        "activity": plan,
        "grid": grid,
        "valid_minutes": valid,
        "stop": stop,
    }
    if accuracy is not None:
        beside["accuracy_m"] = accuracy
    if file is not None and str(file) == "-":
        _follow(node, beside, as_)
        return
    if not stop:
        beside |= _fix(file, lat, lon, place, parse_time(at, node.office.clock()), accuracy)
    _tell(node, beside, as_, preview=preview)


@refusals_in_words
def positions(
    circle: Circle = "",
    at: Annotated[str, typer.Option(help="As it stands at this time by the records that are held.")] = "",
    dwell: Annotated[int, typer.Option(help="Minutes after which a stay in a fence is told.")] = 30,
) -> None:
    """Show live positions, their alarms, and who entered, left or stayed in a fence. Ends with 10 where one alarms."""
    from tansiq.desk import positions as desk  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = desk.live_view(node.office, circle or only_shared_circle(node), when, dwell)
    answer(msgspec.to_builtins(found), *_view_lines(found))
    if any(one.alarms for one in found.positions):
        raise typer.Exit(ALARMS)


def _fix(
    file: Path | None, lat: float | None, lon: float | None, place: str, at: int, accuracy: int | None
) -> dict[str, Any]:
    from tansiq.movements.fixes import newest_fix  # noqa: PLC0415 - the engine is only loaded here

    if file is not None:
        taken = newest_fix(read_file(file, LARGEST), file.name)
        found = {"lat": taken.lat, "lon": taken.lon, "at": taken.at}
        return found if accuracy is not None or taken.accuracy_m is None else {**found, "accuracy_m": taken.accuracy_m}
    if place:
        given = read_coordinates(place)
        found = {"lat": given.lat, "lon": given.lon, "at": at}
        return found if accuracy is not None else {**found, "accuracy_m": given.accuracy}
    if lat is None or lon is None:
        raise MalformedInput("positions.no_place")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise MalformedInput("place.degrees_range")
    return {"lat": round(lat * 1e7), "lon": round(lon * 1e7), "at": at}


def _tell(node: Node, asked: dict[str, Any], as_: str, *, preview: bool = False) -> None:
    from tansiq.desk import positions as desk  # noqa: PLC0415 - the engine is only loaded here

    request = read_request(desk.PositionRequest, asked)
    author = author_of(node, as_)
    if preview:
        columns = desk.preview(node.office, request, author)
        answer(
            msgspec.to_builtins(columns),
            *(f"{one.party}: {_told(one.fields)}" for one in columns),
        )
        return
    said = desk.report(node.office, request, author)
    answer(msgspec.to_builtins(said), f"said: {said.ref} (entry {said.index} in {said.circle[:8]})")


def _told(fields: dict[str, Any] | None) -> str:
    if fields is None:
        return "nothing"
    square = fields.get("square")
    return ", ".join(fields) if square is None else f"{square['mgrs']} ({square['size']} m)"


def _follow(node: Node, asked: dict[str, Any], as_: str) -> None:
    """Every sentence as it comes; what says nothing new or comes too soon is passed over in silence."""
    from tansiq.movements.fixes import read_sentence  # noqa: PLC0415 - the engine is only loaded here

    for line in sys.stdin:
        taken = read_sentence(line)
        if taken is None:
            continue
        try:
            _tell(node, {**asked, "lat": taken.lat, "lon": taken.lon, "at": taken.at}, as_)
        except Refused as refused:
            if refused.code not in ("positions.unchanged", "positions.too_soon", "positions.older"):
                complain(wording(refused.code, refused.params, settings.language).line())
                if refused.code in ("positions.not_own", "positions.plan_over", "positions.grid", "positions.valid"):
                    raise


def _view_lines(found: LiveView) -> list[str]:
    mark = "EXERCISE " if found.exercise else ""
    lines = [line for live in found.positions for line in _live_lines(live, mark, found)]
    fences = {one.ref: _name(one.names, one.ref) for one in found.fences}
    for one in found.crossings:
        what, fence = standing("crossing_" + one.what), fences.get(one.fence, one.fence)
        plan = _name(found.names.get(one.activity, {}), one.activity)
        square = f"{one.square.mgrs} ({one.square.size} m)"
        lines.append(f"{mark}{local_time(one.at)}  {one.party} {what} {fence}  {plan}  {square}")
    return lines or [f"{mark}{standing('live_none')}"]


def _name(names: dict[str, str], otherwise: str) -> str:
    return names.get(settings.language) or next(iter(names.values()), otherwise)


def _live_lines(one: Live, mark: str, found: LiveView) -> list[str]:
    square = one.fix.square
    lines = [
        f"{mark}{one.ref}  {_name(found.names.get(one.ref, {}), '')}  {square.mgrs} ({square.size} m)  "
        f"{local_time(one.fix.at)}  {standing('live_' + one.state)}".replace("    ", "  ")
    ]
    how = ""
    if one.departure is not None:
        how = f" {one.departure.outside_m} m" if one.departure.outside_m else ""
        how += f" {abs(one.departure.minutes)} min" if one.departure.minutes else ""
    if one.alarms:
        words = ", ".join(standing("alarm_live_" + alarm) for alarm in one.alarms)
        lines.append(f"  ALARM {words}:{how or ' -'}  since {local_time(one.since or one.fix.at)}")
    if not one.compared:
        lines.append(f"  {standing('live_not_compared')}")
    return lines
