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
from typer.core import TyperGroup

from tansiq.cli import gaps_lines
from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk import saying
from tansiq.desk.gaps_request import GapsRequest, ScanRequest
from tansiq.errors import MalformedInput
from tansiq.node.node import Node

if TYPE_CHECKING:
    from tansiq.desk.gaps_country import Plan
    from tansiq.desk.gaps_question import Question
    from tansiq.gaps.answer import Answer
    from tansiq.gaps.layers import Layers

AREA_HELP = "The area: its reference, its name, or a GeoJSON file with one polygon."
BETWEEN_HELP = "Two lines, by reference or name, in place of an area: the ground between them. Give it twice."


class _FindUnlessNamed(TyperGroup):
    """`tansiq gaps AREA` finds the gaps of an area; what names another command of the group is that command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `find` before words that name no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or not args else ["find", *args])


gaps = typer.Typer(
    name="gaps",
    cls=_FindUnlessNamed,
    help="Gaps: the ground that nobody covers. `tansiq gaps AREA` finds them.",
    no_args_is_help=True,
)

coverage = typer.Typer(name="coverage", help="Coverage: cells and hours in place of posts.", no_args_is_help=True)


@gaps.command("find")
@refusals_in_words
def find(
    area: Annotated[str, typer.Argument(help=AREA_HELP)] = "",
    between: Annotated[list[str] | None, typer.Option(help=BETWEEN_HELP)] = None,
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    cell: Annotated[float, typer.Option(help="Side of a cell in metres.")] = 30.0,
    hours: Annotated[str, typer.Option(help="Only gaps open in these hours of the week: 22, 18-29, 0,24,48.")] = "",
    exact: Annotated[bool, typer.Option("--exact", help="A ray to every cell: slow, exact.")] = False,
    condition: Annotated[
        str, typer.Option(help="The ground that the rule of reach holds on: fast, nominal or wet.")
    ] = "nominal",
    error_m: Annotated[
        float, typer.Option(help="Standard deviation of the elevation in metres; 0 asks for no probability of sight.")
    ] = 0.0,
    error_km: Annotated[float, typer.Option(help="Over how many kilometres that error hangs together.")] = 0.15,
    draws: Annotated[int, typer.Option(help="How many possible grounds are drawn.")] = 40,
    seed: Annotated[int, typer.Option(help="The seed of the draws.")] = 0,
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
    from tansiq.gaps import answer as answers  # noqa: PLC0415 - as above

    for path in out or []:
        gaps_export.check_ending(path)
    chosen = read_hours(hours)
    node = open_node()
    request = GapsRequest(
        circle or only_shared_circle(node),
        area[:128],
        _two_lines(between),
        cell,
        {
            "exact": exact,
            "condition": condition,
            "interval": True,
            "error_m": error_m,
            "error_km": error_km,
            "error_draws": draws,
            "error_seed": seed,
        },
        None,
        trend,
        parse_time(until, node.office.clock()) if until else None,
    )
    with told_progress() as progress:
        asked, layers, found = analysed(node, request, area, (tile * 1000.0, workers, cluster), progress)
    body = {"exercise": asked.exercise, **answers.as_json(found, layers)}
    body["gaps"] = [gap for gap in body["gaps"] if not chosen or any(gap["hours"][hour] == "1" for hour in chosen)]
    for path in out or []:
        gaps_export.write(path, found, body, body["gaps"], _shown_hour(body, chosen))
    answer(body, *gaps_lines.of_answer(body), *(f"Written: {path}" for path in out or []))


@gaps.command("scan")
@refusals_in_words
def scan(
    area: Annotated[str, typer.Argument(help=AREA_HELP)] = "",
    between: Annotated[list[str] | None, typer.Option(help=BETWEEN_HELP)] = None,
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    radius_km: Annotated[int, typer.Option(min=1, max=200, help="The widest circle that is looked at.")] = 20,
    days: Annotated[int, typer.Option(min=1, max=366, help="The longest cluster, in days.")] = 14,
    of_days: Annotated[int, typer.Option(min=14, max=3660, help="Of how many days incidents count.")] = 365,
    back: Annotated[bool, typer.Option("--back", help="Look back: a cluster may end on any day.")] = False,
    worlds: Annotated[int, typer.Option(min=19, max=9999, help="Shuffled worlds to compare with.")] = 999,
    seed: Annotated[int, typer.Option(help="The seed of the shuffling.")] = 1,
    until: Annotated[str, typer.Option(help="As the records stood at this date.")] = "",
    workers: Annotated[int, typer.Option(min=0, max=256, help="Threads; 0 takes every core.")] = 0,
) -> None:
    """Seek clusters of incidents: closer in place and time together than either alone explains."""
    from tansiq.desk import gaps_question  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.gaps import clusters  # noqa: PLC0415 - as above

    node = open_node()
    name, ring = _drawn(area)
    options = {"radius_m": radius_km * 1000, "days": days, "incident_days": of_days, "back": back}
    request = ScanRequest(
        circle or only_shared_circle(node),
        name[:128],
        _two_lines(between),
        {**options, "worlds": worlds, "seed": seed},
        parse_time(until, node.office.clock()) if until else None,
    )
    asked = gaps_question.ask_scan(node.office, request, ring)
    with told_progress() as progress:
        found = clusters.clusters(
            asked.inputs, asked.options, lambda part: progress("clusters", part), threads=workers or None
        )
    body = {"exercise": asked.exercise, **clusters.as_json(found, asked.options)}
    answer(body, *gaps_lines.of_clusters(body))


def _two_lines(between: Sequence[str] | None) -> list[str] | None:
    """The two lines that an area lies between; refused (`gaps.two_lines`) where there are more or fewer."""
    if not between:
        return None
    if len(between) != 2:
        raise MalformedInput("gaps.two_lines", count=len(between))
    return [line[:128] for line in between]


def _drawn(area: str) -> tuple[str, Any]:
    """The name and the ring of an area that a file holds; the text itself and None where it is none."""
    from tansiq.desk import gaps_question  # noqa: PLC0415 - the engine is only loaded here

    return gaps_question.read_ring(Path(area)) if area.lower().endswith((".geojson", ".json")) else (area, None)


def analysed(
    node: Node,
    request: GapsRequest,
    area: str,
    how: tuple[float, int, str],
    progress: Callable[[str, float], None],
) -> tuple[Question, Layers, Answer]:
    """What was asked, the ground that it was worked out on, and the answer. `area` may be a GeoJSON file; `how` is the
    side of a tile (m), how many workers, whose cluster."""
    from tansiq.desk import gaps_country, gaps_question, ground  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.gaps import analysis  # noqa: PLC0415 - as above

    name, ring = _drawn(area)
    if ring is not None:
        request = msgspec.structs.replace(request, area=name)
    asked: Question = gaps_question.ask(node.office, request, ring)
    progress("ground", 0.0)
    tiled = gaps_country.Asked(*how)
    if gaps_country.wanted(asked, tiled):
        if asked.options.error_m:
            raise MalformedInput("gaps.tiled_error")
        # in tiles one condition is followed, that of the rule
        asked = msgspec.structs.replace(asked, options=msgspec.structs.replace(asked.options, interval=False))
        found, layers = gaps_country.answer(node.folder.path, asked, tiled, progress, _tell_plan)
    else:
        layers = ground.read(asked.ground, asked.grid)
        found = analysis.analyse(
            asked.inputs, layers, asked.options, progress, before=asked.before, threads=tiled.workers or None
        )
    return asked, layers, found


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
def told_progress() -> Iterator[Callable[[str, float], None]]:
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
