"""Gaps on the command line: an area in, a list on the screen and files out; a party's own coverage, released."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk import saying
from tansiq.desk.gaps_request import GapsRequest
from tansiq.errors import MalformedInput
from tansiq.node.node import Node

if TYPE_CHECKING:
    from tansiq.desk.gaps_country import Plan
    from tansiq.desk.gaps_question import Question

AREA_HELP = "The area: its reference, its name, or a GeoJSON file with one polygon."
LISTED = 20

coverage = typer.Typer(name="coverage", help="Coverage: cells and hours in place of posts.", no_args_is_help=True)


@refusals_in_words
def find(
    area: Annotated[str, typer.Argument(help=AREA_HELP)],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    cell: Annotated[float, typer.Option(help="Side of a cell in metres.")] = 30.0,
    hours: Annotated[str, typer.Option(help="Only gaps open in these hours of the week: 22, 18-29, 0,24,48.")] = "",
    exact: Annotated[bool, typer.Option("--exact", help="A ray to every cell: slow, exact.")] = False,
    trend: Annotated[bool, typer.Option("--trend", help="Compare with the records of a week before.")] = False,
    until: Annotated[str, typer.Option(help="As the records stood at this date.")] = "",
    out: Annotated[
        list[Path] | None, typer.Option(help="Write .gpkg, .geojson, .csv or .png; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=256, help="Threads; 0 takes every core.")] = 0,
    tile: Annotated[float, typer.Option(min=0, help="Side of a tile in km; 0: in one piece unless too large.")] = 0.0,
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler, or local: workers as processes.")] = "",
) -> None:
    """Find the ground of an area that nobody covers, hour by hour of the week."""
    from tansiq.desk import gaps_export  # noqa: PLC0415 - the engine is only loaded here

    for path in out or []:
        gaps_export.check_ending(path)
    chosen = read_hours(hours)
    node = open_node()
    request = GapsRequest(
        circle or only_shared_circle(node),
        area[:128],
        cell,
        {"exact": exact},
        None,
        trend,
        parse_time(until, node.office.clock()) if until else None,
    )
    with _told_progress() as progress:
        found, body = _run(node, request, area, (tile * 1000.0, workers, cluster), progress)
    body["gaps"] = [gap for gap in body["gaps"] if not chosen or any(gap["hours"][hour] == "1" for hour in chosen)]
    for path in out or []:
        gaps_export.write(path, found, body, body["gaps"], _shown_hour(body, chosen))
    answer(body, *_lines(body), *(f"Written: {path}" for path in out or []))


def _run(
    node: Node,
    request: GapsRequest,
    area: str,
    how: tuple[float, int, str],
    progress: Callable[[str, float], None],
) -> tuple[Any, dict[str, Any]]:
    from tansiq.desk import gaps_country, gaps_question, ground  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.gaps import analysis  # noqa: PLC0415 - as above
    from tansiq.gaps import answer as answers  # noqa: PLC0415 - as above

    ring = None
    if area.lower().endswith((".geojson", ".json")):
        name, ring = gaps_question.read_ring(Path(area))
        request = msgspec.structs.replace(request, area=name)
    asked: Question = gaps_question.ask(node.office, request, ring)
    progress("ground", 0.0)
    tiled = gaps_country.Asked(*how)
    if gaps_country.wanted(asked, tiled):
        found, layers = gaps_country.answer(node.folder.path, asked, tiled, progress, _tell_plan)
    else:
        layers = ground.read(asked.ground, asked.grid)
        found = analysis.analyse(
            asked.inputs, layers, asked.options, progress, before=asked.before, threads=tiled.workers or None
        )
    return found, {"exercise": asked.exercise, **answers.as_json(found, layers)}


def _tell_plan(plan: Plan) -> None:
    """What it takes, said before it begins; nothing in a script."""
    if not settings.json:
        gib = float(1 << 30)
        typer.echo(
            f"in {plan.tiles} tiles of {plan.side_m / 1000:g} km: at most {plan.memory / gib:.1f} GiB of memory here, "
            f"{plan.disk / gib:.1f} GiB of disk while it runs",
            err=True,
        )


@contextmanager
def _told_progress() -> Iterator[Callable[[str, float], None]]:
    """A bar on the error stream where a person looks; nothing in a script."""
    console = Console(stderr=True)
    if settings.json or not console.is_terminal:
        yield lambda stage, part: None
        return
    bar = Progress(
        SpinnerColumn(), TextColumn("{task.description:<10}"), BarColumn(), TimeElapsedColumn(), console=console
    )
    with bar:
        task = bar.add_task("", total=1.0)
        yield lambda stage, part: bar.update(task, description=stage, completed=part)


def read_hours(text: str) -> list[int]:
    """Hours of the week out of `22`, `18-29`, `0,24,48`; refused as `gaps.bad_hours`."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"\s*([0-9]{1,3})(?:-([0-9]{1,3}))?\s*", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (168, 168)
        if not first <= last < 168:
            raise MalformedInput("gaps.bad_hours", text=part[:40])
        found += range(first, last + 1)
    return found


def _shown_hour(body: Mapping[str, Any], chosen: Sequence[int]) -> int:
    """The hour of the week that a picture shows: the first asked for, else the one with the most open ground."""
    if chosen:
        return chosen[0]
    opened = [body["hours"][kind]["open_km2"] for kind in body["classes"]]
    return opened.index(max(opened))


def _lines(body: Mapping[str, Any]) -> list[str]:
    mark = "EXERCISE  " if body["exercise"] else ""
    grid = body["grid"]
    lines = [
        f"{mark}{body['area']}: {grid['rows']} × {grid['cols']} cells of {grid['cell']:g} m, "
        f"{len(body['hours'])} classes of hours"
    ]
    for party, counts in body["based_on"].items():
        told = ", ".join(f"{name} {count}" for name, count in counts.items() if count) or "nothing"
        lines.append(f"  {party}: {told}")
    if body["missing"]:
        lines.append(f"  missing: {', '.join(body['missing'])}")
    opened = [body["hours"][kind]["open_km2"] for kind in body["classes"]]
    unknown = [body["hours"][kind]["unknown_km2"] for kind in body["classes"]]
    lines.append(f"  open {min(opened):g} to {max(opened):g} km², unknown up to {max(unknown):g} km²")
    for gap in body["gaps"][:LISTED]:
        near = ", ".join(
            f"{party} {one['metres']} m" for party, one in gap["nearest"].items() if one["metres"] is not None
        )
        depth = "-" if gap["depth_m"] is None else f"{gap['depth_m']} m"
        lines.append(
            f"{gap['rank']:>4}  {gap['id']:<14} {gap['area_km2']:>8.2f} km²  {gap['hours_per_week']:>5.1f} h/week  "
            f"deep {depth:>7}  incidents {gap['incidents']['count']}  {near}"
        )
    if len(body["gaps"]) > LISTED:
        lines.append(f"  and {len(body['gaps']) - LISTED} more")
    return [*lines, f"digest {body['digest']}"]


@coverage.command("release")
@refusals_in_words
def release(
    area: Annotated[str, typer.Argument(help="The area: its reference or its name in the circle that is told.")],
    circle: Annotated[str, typer.Option(help="The circle that is told.")],
    private: Annotated[str, typer.Option(help="The circle that holds the inputs; left out: the private one.")] = "",
    cell: Annotated[int, typer.Option(min=100, max=10_000, help="Side of a released cell in metres.")] = 500,
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Only show what would be told.")] = False,
) -> None:
    """Compute this party's own coverage from its private records, and tell a circle the cells and hours only."""
    from tansiq.desk import coverage as own  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    author = author_of(node, as_)
    fields = own.own_coverage(node.office, circle, area, private, cell)
    request = saying.SayRequest("coverage", fields, [saying.ReleaseRequest(circle)])
    covered = sum(sum(layer["runs"][1::2]) for layer in fields["layers"])
    summary = f"{len(fields['layers'])} classes of hours, {covered} cells × classes of {cell} m, based on " + ", ".join(
        fields["based_on"]
    )
    if preview:
        answer(fields, summary)
        return
    refs = saying.release(node.office, request, author)
    answer(msgspec.to_builtins(refs), *(f"told {one.ref}: {summary}" for one in refs))
