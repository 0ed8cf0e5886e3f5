"""What would close most of the open ground, on the command line: further posts or patrols, and a proposal of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tansiq.cli.gaps import AREA_HELP, analysed, told_progress
from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk import saying
from tansiq.desk.gaps_request import GapsRequest
from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps.sites import Asked, PatrolsAsked, check_size
from tansiq.geo.mgrs import to_mgrs

if TYPE_CHECKING:
    from tansiq.desk.gaps_question import Question
    from tansiq.gaps.answer import Answer
    from tansiq.gaps.layers import Layers

E7 = 10_000_000


@refusals_in_words
def find_next(
    area: Annotated[str, typer.Argument(help=AREA_HELP)],
    circle: Annotated[str, typer.Option(help=CIRCLE_HELP)] = "",
    posts: Annotated[int, typer.Option(help="Seek at most so many posts.")] = 0,
    patrols: Annotated[int, typer.Option(help="Seek at most so many daily patrols.")] = 0,
    longest: Annotated[int, typer.Option(help="A patrol is back within so many hours.")] = 4,
    budget: Annotated[int, typer.Option(help="Post-hours or vehicle-hours a week; 0: no limit.")] = 0,
    fairness: Annotated[float, typer.Option(help="Of an equal share each side gets at least this part, 0 to 1.")] = 0.0,
    prove: Annotated[float, typer.Option(help="Go on with the proof for so many seconds.")] = 0.0,
    cell: Annotated[float, typer.Option(help="Side of a cell in metres.")] = 90.0,
    propose: Annotated[bool, typer.Option("--propose", help="Put what is found before the circle.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="With --propose: only show what would be put.")] = False,
    as_: Annotated[str, typer.Option("--as", help=AS_HELP)] = "",
    workers: Annotated[int, typer.Option(min=0, max=256, help="Threads; 0 takes every core.")] = 0,
) -> None:
    """Find the few posts or patrols that would close most open ground, and how near that is to the best possible."""
    if bool(posts) == bool(patrols):
        raise MalformedInput("further.one_kind")
    node = open_node()
    author = author_of(node, as_) if propose else None
    chosen = circle or only_shared_circle(node)
    request = GapsRequest(chosen, area[:128], cell=cell)
    with told_progress() as progress:
        asked, layers, found = analysed(node, request, area, (0.0, workers, ""), progress)
        check_size(asked.grid.rows * asked.grid.cols)
        progress("further", 0.0)
        if posts:
            body, lines, fields = _posts(found, layers, Asked(posts, budget or None, fairness), prove)
        else:
            wanted = PatrolsAsked(patrols, budget or None, fairness, longest)
            body, lines, fields = _patrols(asked, found, layers, wanted)
    mark = "EXERCISE  " if asked.exercise else ""
    body = {"exercise": asked.exercise, "area": found.inputs.area, "digest": found.digest(), **body}
    lines = [f"{mark}{found.inputs.area}", *lines]
    if author is not None and fields:
        if found.inputs.area.startswith("file/"):
            raise NotFound("gaps.no_area", area=area[:120])
        said = saying.SayRequest("proposal", fields, [saying.ReleaseRequest(chosen)])
        if preview:
            lines.append("Nothing was put. Leave --preview out to put it before the circle.")
            body["proposal"] = fields
        else:
            refs = saying.release(node.office, said, author)
            body["refs"] = msgspec.to_builtins(refs)
            lines += [f"put before the circle as {one.ref}" for one in refs]
    answer(body, *lines)


def _posts(
    found: Answer, layers: Layers, asked: Asked, prove: float
) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    from tansiq.desk.gaps_proposal import fields_of  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.gaps import further, proof, siting  # noqa: PLC0415 - as above

    made = further.task(found, layers, asked)
    choice = further.choose(made)
    picked, bound = choice.sites, choice.bound
    value = sum(further.closed(made, picked)[1])
    if prove > 0 and math.isfinite(prove):
        proven = proof.prove(made.problem, choice, seconds=prove)
        bound = proven.bound
        again = sum(further.closed(made, proven.sites)[1])
        if again > value:
            picked, value = proven.sites, again
    sites = further.chosen(found, made, picked)
    closes = value * made.cell_km2
    certain = siting.share(value, bound)
    body = {
        "posts": msgspec.to_builtins(sites),
        "assumed": msgspec.to_builtins(made.kind),
        "closes_km2h": round(closes, 1),
        "open_km2h": round(made.open_km2h, 1),
        "bound": certain,
    }
    lines = [
        f"{number:>3}  {_mgrs(one.lon, one.lat)}  {one.party}  {one.hours.count('1')} h/week  "
        f"closes {one.gain_km2h:g} km² h"
        for number, one in enumerate(sites, start=1)
    ]
    kind = made.kind
    lines.append(f"  each {kind.height_m} m high, sees {kind.day_m} m by day and {kind.night_m} m by night")
    lines += _sums(closes, made.open_km2h, certain)
    return body, lines, fields_of(found.inputs.area, found.digest(), sites, made.kind) if sites else {}


def _patrols(
    asked: Question, found: Answer, layers: Layers, wanted: PatrolsAsked
) -> tuple[dict[str, Any], list[str], dict[str, Any]]:
    from tansiq.desk import ground  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.desk.gaps_proposal import fields_of  # noqa: PLC0415 - as above
    from tansiq.gaps import rounds, rounds_task  # noqa: PLC0415 - as above

    coarse = rounds_task.ways_grid(found.grid)
    coarse_layers = layers if coarse == found.grid else ground.read(asked.ground, coarse)
    made = rounds_task.task(found, layers, coarse, coarse_layers, wanted)
    laid = rounds.Laid((), 0, made.ceiling)
    for step in rounds.lay(made):
        laid = step
    short = made.lacking
    closes, most = laid.value * short.cell_km2, laid.ceiling * short.cell_km2
    body = {
        "patrols": msgspec.to_builtins(laid.rounds),
        "closes_km2h": round(closes, 1),
        "open_km2h": round(short.open_km2h, 1),
        "most_km2h": round(most, 1),
        "bound": laid.at_least,
    }
    lines = []
    for number, one in enumerate(laid.rounds, start=1):
        back = one.start * 60 + -(-one.seconds // 60)
        lines.append(
            f"{number:>3}  {one.party} from {one.base} by {one.mobility}, daily {one.start:02}:00 to "
            f"{back // 60 % 24:02}:{back % 60:02}, {one.vehicle_hours:g} vehicle-hours a week, "
            f"closes {one.gain_km2h:g} km² h"
        )
        for stop in one.stops:
            at = one.start * 60 + stop.after_s // 60
            lines.append(f"       {at // 60 % 24:02}:{at % 60:02}  {_mgrs(stop.lon, stop.lat)}")
    lines += _sums(closes, short.open_km2h, laid.at_least)
    lines.append(
        f"  no {wanted.count} such patrols close more than {most:.1f} km² h, whatever their way (a plain bound)"
    )
    return body, lines, fields_of(found.inputs.area, found.digest(), patrols=laid.rounds) if laid.rounds else {}


def _sums(closes: float, whole: float, certain: float) -> list[str]:
    part = 100 * closes / whole if whole else 100.0
    return [
        f"  together {closes:.1f} of {whole:.1f} km² h a week ({part:.1f} %)",
        f"  at least {100 * certain:.1f} % of the best possible",
    ]


def _mgrs(lon: float, lat: float) -> str:
    return to_mgrs(round(lat * E7), round(lon * E7), 4)
