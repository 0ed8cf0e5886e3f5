"""Plans on the command line: announce, check a draft, change, answer, look, and the hotline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_lines import checked_lines, collision_page, hit_line, overview_lines
from tansiq.cli.movements_saying import As, Circle, Preview, answer_columns, answer_said, fields_of, give_consent, say
from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request
from tansiq.desk.saying import LabelRequest, ReleaseRequest
from tansiq.errors import MalformedInput
from tansiq.node.node import Node

COLLIDES = 10
"""The exit code of `check` where a draft meets plans of others; 0 where it does not, 2 where it cannot be read."""

FILE_HELP = "GeoJSON, GPX, CSV or a list of MGRS references or degrees; - reads a list from standard input."
LARGEST = 4 << 20

activity = typer.Typer(name="activity", help="Activities: announce, change, end, cancel, answer.", no_args_is_help=True)

File = Annotated[Path | None, typer.Argument(help=FILE_HELP)]
Mgrs = Annotated[str, typer.Option(help="A list of MGRS references or degrees instead of a file, parted by ;")]
From = Annotated[str, typer.Option("--from", help="Begins: 2020-10-13T14:30+03:00, now, -15m.")]
To = Annotated[str, typer.Option("--to", help="Ends.")]
Width = Annotated[int | None, typer.Option(help="Whole width in metres: the points are a way.")]
Low = Annotated[int | None, typer.Option(help="Lowest height, metres above the sea.")]
High = Annotated[int | None, typer.Option(help="Highest height, metres above the sea.")]
Every = Annotated[int | None, typer.Option(help="Again every so many minutes.")]
Times = Annotated[int | None, typer.Option(help="So many times in all.")]
Type = Annotated[
    str, typer.Option("--type", help="patrol, convoy, exercise, engineering, relief, drone, joint, other.")
]
Field = Annotated[list[str] | None, typer.Option("--field", "-f", help="name=value, for instance names.en=Relief.")]


def _volumes(
    node: Node, file: Path | None, mgrs: str, begins: str, ends: str, beside: dict[str, int | None]
) -> list[dict[str, Any]]:
    from tansiq.movements.reading import Beside, read_volumes  # noqa: PLC0415 - the engine is only loaded here

    now = node.office.clock()
    given = Beside(
        from_=parse_time(begins, now) if begins else None,
        to=parse_time(ends, now) if ends else None,
        width_m=beside["width_m"],
        low_m=beside["low_m"],
        high_m=beside["high_m"],
        every_minutes=beside["every_minutes"],
        times=beside["times"],
    )
    if mgrs:
        return read_volumes(mgrs.encode(), "list", given)
    if file is None:
        raise MalformedInput("movements.no_volumes")
    if str(file) == "-":
        return read_volumes(sys.stdin.buffer.read(LARGEST + 1), "list", given)
    return read_volumes(read_file(file, LARGEST), file.name, given)


@activity.command()
@refusals_in_words
def announce(
    file: File = None,
    mgrs: Mgrs = "",
    begins: From = "",
    ends: To = "",
    width: Width = None,
    low: Low = None,
    high: High = None,
    every: Every = None,
    times: Times = None,
    kind: Type = "patrol",
    ask: Annotated[str, typer.Option(help="inform, acknowledge, no_objection, joint.")] = "no_objection",
    asks: Annotated[list[str] | None, typer.Option(help="A party that is asked in any case.")] = None,
    together: Annotated[list[str] | None, typer.Option(help="A party that takes part.")] = None,
    field: Field = None,
    circle: Circle = "",
    tlp: Annotated[str, typer.Option(help="RED, AMBER+STRICT, AMBER, GREEN, CLEAR.")] = "AMBER",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Announce a plan to a circle. Plans of others that it meets are listed in it."""
    node = open_node()
    beside = {"width_m": width, "low_m": low, "high_m": high, "every_minutes": every, "times": times}
    volumes = _volumes(node, file, mgrs, begins, ends, beside)
    fields = {"activity": kind, "ask": ask, "volumes": volumes, **fields_of(node, "activity", field)}
    fields |= {"asks": asks} if asks else {}
    fields |= {"together": together} if together else {}
    _announce(node, circle, fields, as_, tlp, preview=preview)


def _announce(
    node: Node, circle: str, fields: dict[str, Any], as_: str, tlp: str, *, preview: bool, revises: str | None = None
) -> None:
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - the engine is only loaded here

    author = author_of(node, as_)
    release = ReleaseRequest(circle or only_shared_circle(node), LabelRequest(tlp=tlp))
    asked = door.AnnounceRequest(release, fields, revises)
    if preview:
        answer_columns(door.preview(node.office, asked, author))
        return
    said = door.announce(node.office, asked, author)
    answer_said(said, "said")


@activity.command()
@refusals_in_words
def change(
    plan: Annotated[str, typer.Argument(help="An own activity: its id, or party/id.")],
    file: File = None,
    mgrs: Mgrs = "",
    begins: From = "",
    ends: To = "",
    width: Width = None,
    low: Low = None,
    high: High = None,
    every: Every = None,
    times: Times = None,
    field: Field = None,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Change an own plan; those whom the change affects are asked again. Without a file: list anew what it meets."""
    node = open_node()
    fields = fields_of(node, "activity", field)
    if file is not None or mgrs:
        beside = {"width_m": width, "low_m": low, "high_m": high, "every_minutes": every, "times": times}
        fields["volumes"] = _volumes(node, file, mgrs, begins, ends, beside)
    _announce(node, circle, fields, as_, "AMBER", preview=False, revises=plan)


@activity.command()
@refusals_in_words
def cancel(
    plan: Annotated[str, typer.Argument(help="An own activity.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Cancel an own plan."""
    _announce(
        open_node(),
        circle,
        {"status": "cancelled", "reason": reason or None},
        as_,
        "AMBER",
        preview=False,
        revises=plan,
    )


@activity.command()
@refusals_in_words
def end(
    plan: Annotated[str, typer.Argument(help="An own activity.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that an own plan has ended."""
    _announce(open_node(), circle, {"status": "ended"}, as_, "AMBER", preview=False, revises=plan)


@activity.command("answer")
@refusals_in_words
def respond(
    plan: Annotated[str, typer.Argument(help="Another party's activity: party/id.")],
    verdict: Annotated[str, typer.Argument(help="acknowledged, clear, conditional, objection, stale.")],
    condition: Annotated[list[str] | None, typer.Option(help="A condition; may be repeated.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    anyway: Annotated[bool, typer.Option("--anyway", help="Clear although an own plan is not listed in it.")] = False,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Answer another party's plan, as this node holds it now."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    said = {
        "circle": circle or only_shared_circle(node),
        "about": plan,
        "verdict": verdict,
        "conditions": condition or [],
        "reason": reason or None,
        "anyway": anyway,
    }
    asked = read_request(door.AnswerRequest, said)
    answer_said(door.respond(node.office, asked, author_of(node, as_)), "answered")


@activity.command("accept")
@refusals_in_words
def accept_conditions(
    answer_: Annotated[str, typer.Argument(metavar="ANSWER", help="The answer with conditions: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Accept the conditions of an answer to an own plan."""
    give_consent(answer_, "accepted", "", circle, as_)


@activity.command("elsewhere")
@refusals_in_words
def meets_elsewhere(
    plan: Annotated[str, typer.Argument(help="Another party's activity: party/id.")], circle: Circle = ""
) -> None:
    """See what a plan meets in this node's other circles, which its author cannot see. Nothing leaves."""
    from tansiq.desk.movements_elsewhere import elsewhere  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    found = elsewhere(node.office, circle or only_shared_circle(node), plan)
    lines = [f"{hit.circle[:8]}  {hit_line(hit)}" for hit in found]
    answer(msgspec.to_builtins(found), *(lines or ["meets nothing that is known in other circles"]))
    if found:
        raise typer.Exit(COLLIDES)


@refusals_in_words
def check(
    file: File = None,
    mgrs: Mgrs = "",
    begins: From = "",
    ends: To = "",
    width: Width = None,
    low: Low = None,
    high: High = None,
    every: Every = None,
    times: Times = None,
    kind: Type = "patrol",
    circle: Annotated[str, typer.Option(help="Only this circle; left out: all that this node is in.")] = "",
) -> None:
    """See what a draft would meet of what others have released. Nothing leaves. Ends with 10 where it meets a plan."""
    from tansiq.desk import movements  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    beside = {"width_m": width, "low_m": low, "high_m": high, "every_minutes": every, "times": times}
    volumes = movements.read_fields({"volumes": _volumes(node, file, mgrs, begins, ends, beside)})
    found = movements.check(node.office, volumes, circle, kind)
    answer(msgspec.to_builtins(found), *checked_lines(found))
    if found.collisions:
        raise typer.Exit(COLLIDES)


@refusals_in_words
def show(
    which: Annotated[str, typer.Argument(help="A collision or an activity; left out: everything in the circle.")] = "",
    circle: Circle = "",
    at: Annotated[str, typer.Option(help="As it stands at this time by the records that are held.")] = "",
) -> None:
    """Show how plans, collisions and given-up positions stand; or one collision with all that was said about it."""
    from tansiq.desk import movements  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    chosen = circle or only_shared_circle(node)
    when = parse_time(at, node.office.clock()) if at else None
    if which and "/" not in which:
        one = movements.collision_view(node.office, chosen, which, when)
        answer(msgspec.to_builtins(one), *collision_page(one))
        return
    found = movements.overview(node.office, chosen, when)
    if which:
        found = msgspec.structs.replace(found, plans=tuple(one for one in found.plans if one.ref == which))
    answer(msgspec.to_builtins(found), *overview_lines(found))


@refusals_in_words
def hotline(
    collision: Annotated[str, typer.Argument(help="The id of the collision.")],
    text: Annotated[str, typer.Argument(help="What is to be said.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say a word about a collision to the others in the circle; it goes out at once."""
    from tansiq.desk import movements  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    chosen = circle or only_shared_circle(node)
    movements.collision_view(node.office, chosen, collision)
    say(node, "hotline", {"collision": collision, "text": text, "urgent": True}, chosen, as_)
