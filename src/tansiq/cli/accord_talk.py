"""Files, meetings, bodies, understandings and the chain on the command line, and meetings as iCalendar, out and in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.saying import ReleaseRequest
from tansiq.errors import NotFound
from tansiq.node.node import Node
from tansiq.records.values import Language

file = typer.Typer(name="file", help="Negotiation files: each side's word, what waits for what.", no_args_is_help=True)
meeting = typer.Typer(
    name="meeting", help="Meetings: agenda, quorum, minutes; as iCalendar, out and in.", no_args_is_help=True
)
understanding = typer.Typer(name="understanding", help="Understandings and every party's word.", no_args_is_help=True)
body = typer.Typer(name="body", help="Bodies: who sits in them, what is proposed.", no_args_is_help=True)

RefArg = Annotated[str, typer.Argument(metavar="REF", help="party/id.")]


At = Annotated[str, typer.Option(help="As of this time; now if left out.")]


def _instant(node: Node, at: str) -> int | None:
    return parse_time(at, node.office.clock()) if at else None


def _circle(node: Node, circle: str) -> str:
    return circle or only_shared_circle(node)


@file.command("list")
@refusals_in_words
def list_files(circle: Circle = "", at: At = "") -> None:
    """List the files, what comes first before what waits for it."""
    from tansiq.cli.accord_talk_lines import file_line, word  # noqa: PLC0415 - the engine is only loaded here
    from tansiq.desk.accord_talk import files_of  # noqa: PLC0415 - as above

    node = open_node()
    found = files_of(node.office, _circle(node, circle), _instant(node, at))
    answer(msgspec.to_builtins(found), *([file_line(one) for one in found.files] or [word("none")]))


@file.command("show")
@refusals_in_words
def show_file(ref: RefArg, circle: Circle = "", at: At = "") -> None:
    """Show a file: each side's word, and what it waits for."""
    from tansiq.cli.accord_talk_lines import file_lines  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import file_ref, files_of  # noqa: PLC0415 - as above

    node = open_node()
    found = files_of(node.office, _circle(node, circle), _instant(node, at))
    one = found.get(file_ref(found, ref))
    if one is not None:
        answer(msgspec.to_builtins(one), *file_lines(one))


@meeting.command("list")
@refusals_in_words
def list_meetings(circle: Circle = "") -> None:
    """List the meetings by time."""
    from tansiq.cli.accord_talk_lines import meeting_line, word  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    node = open_node()
    found = meetings_of(node.office, _circle(node, circle)).board.meetings
    answer(msgspec.to_builtins(found), *([meeting_line(one) for one in found] or [word("none")]))


@meeting.command("show")
@refusals_in_words
def show_meeting(ref: RefArg, circle: Circle = "") -> None:
    """Show a meeting: agenda, quorum, minutes with every side's word, understandings."""
    from tansiq.cli.accord_talk_lines import meeting_lines  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    node = open_node()
    view = meetings_of(node.office, _circle(node, circle))
    found = view.board.get(ref)
    if found is None:
        raise NotFound("accord.not_here", ref=ref[:80])
    answer(msgspec.to_builtins(found), *meeting_lines(found, view))


@meeting.command("ics")
@refusals_in_words
def write_calendar(
    ref: Annotated[str, typer.Argument(metavar="[REF]", help="A meeting; left out: the feed of all.")] = "",
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; standard output if left out.")] = None,
    circle: Circle = "",
) -> None:
    """Write an invitation to a meeting, or the feed of all, as iCalendar in the chosen language."""
    from tansiq.desk import accord_calendar as door  # noqa: PLC0415 - as above

    node = open_node()
    name, data = door.write(node.office, _circle(node, circle), cast("Language", settings.language), ref or None)
    if out is None:
        sys.stdout.write(data.decode())
        return
    path = out / name if out.is_dir() else out
    path.write_bytes(data)
    answer({"file": str(path), "bytes": len(data)}, str(path))


@meeting.command("import")
@refusals_in_words
def read_calendar(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A calendar (.ics).")],
    preview: Annotated[bool, typer.Option("--preview", help="Only show what it would say.")] = False,
    described: Annotated[
        bool, typer.Option("--described", help="Say the descriptions too: look at them first, they may name people.")
    ] = False,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say the meetings of a calendar: new ones as planned, known ones as what changes of them. People are left out."""
    from tansiq.accord.calendar import MOST_BYTES  # noqa: PLC0415 - as above
    from tansiq.cli.accord_talk_lines import offered_lines  # noqa: PLC0415 - as above
    from tansiq.desk import accord_calendar as door  # noqa: PLC0415 - as above

    node = open_node()
    where = _circle(node, circle)
    data = read_file(path, MOST_BYTES)
    offered = door.look(node.office, where, data, cast("Language", settings.language))
    rows = door.rows_of(offered, described=described)
    author = author_of(node, as_)
    refs = []
    if rows and not preview:
        refs = door.take(node.office, door.TakeRequest(ReleaseRequest(where), rows), author)
    answer(
        {"offered": msgspec.to_builtins(offered), "refs": msgspec.to_builtins(refs)},
        *(line for one in offered for line in offered_lines(one, described=described)),
        *(f"said: {one.ref} (entry {one.index} in {one.circle[:8]})" for one in refs),
    )


@understanding.command("list")
@refusals_in_words
def list_understandings(circle: Circle = "") -> None:
    """List the understandings by number, with every party's word."""
    from tansiq.cli.accord_talk_lines import understanding_lines, word  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    node = open_node()
    found = meetings_of(node.office, _circle(node, circle)).board.understandings
    lines = [line for one in found for line in understanding_lines(one)]
    answer(msgspec.to_builtins(found), *(lines or [word("none")]))


@body.command("list")
@refusals_in_words
def list_bodies(circle: Circle = "") -> None:
    """List the bodies: seats and quorum of each party, and whose word a change waits for."""
    from tansiq.cli.accord_talk_lines import body_line, word  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import meetings_of  # noqa: PLC0415 - as above

    node = open_node()
    found = meetings_of(node.office, _circle(node, circle)).bodies
    answer(msgspec.to_builtins(found), *([body_line(one) for one in found] or [word("none")]))


@refusals_in_words
def chain(ref: RefArg, circle: Circle = "") -> None:
    """Show what a thing came from and what came of it, from talk to kept promise."""
    from tansiq.cli.accord_talk_lines import chain_lines  # noqa: PLC0415 - as above
    from tansiq.desk.accord_talk import chain_of  # noqa: PLC0415 - as above

    node = open_node()
    found = chain_of(node.office, _circle(node, circle), ref)
    answer(msgspec.to_builtins(found), *chain_lines(found))
