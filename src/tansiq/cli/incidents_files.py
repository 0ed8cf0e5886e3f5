"""Reports of incidents beside each other on the command line: pairs, the file of an event, grades, findings, times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle, answer_said, fields_of, say
from tansiq.cli.output import answer, local_time, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request

if TYPE_CHECKING:
    from tansiq.desk.incidents_board import Times
    from tansiq.incidents.file import IncidentFile
    from tansiq.incidents.pairs import Pair
    from tansiq.node.node import Node

incident = typer.Typer(
    name="incident",
    help="Incidents: texts read, files taken in and given out, reports of one event, grades, findings, times.",
    no_args_is_help=True,
)

Which = Annotated[str, typer.Argument(metavar="INCIDENT", help="A report of an incident: party/id.")]
Since = Annotated[str, typer.Option(help="From this time (thirty days before the end unless it is given).")]
Until = Annotated[str, typer.Option(help="Up to this time (now unless it is given).")]


@incident.command("pairs")
@refusals_in_words
def listed(circle: Circle = "", since: Since = "", until: Until = "") -> None:
    """List reports of different parties that may be of one event, with why."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    found = board.candidates(node.office, circle or only_shared_circle(node), *_times(node, since, until))
    lines = (line for pair in found.pairs for line in _pair(pair))
    own = (f"made twice? {one.one}  {one.other}  {one.points:+.1f}" for one in found.doubles)
    waits = (f"{one.one}  {one.other}: {one.state}" for one in found.spoken)
    days = f"{local_time(found.window.since)} to {local_time(found.window.until)}"
    answer(msgspec.to_builtins(found), f"looked at {found.looked_at} reports of {days}", *lines, *own, *waits)


@incident.command("same")
@refusals_in_words
def same(
    which: Which,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The other report: party/id.")],
    apart: Annotated[str, typer.Option("--not", help="They are not of one event, for this reason.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that two reports are of one event, or with --not that they are not."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    node = open_node()
    word = "not_same" if apart else "same"
    given = {"circle": circle or only_shared_circle(node), "one": which, "other": other, "word": word}
    asked = read_request(door.SameRequest, {**given, "reason": apart or None})
    answer_said(door.say_same(node.office, asked, author_of(node, as_)), word)


@incident.command("file")
@refusals_in_words
def shown(
    which: Which,
    pdf: Annotated[Path | None, typer.Option(help="Write the sheet of it to this file, to print.")] = None,
    sheet: Annotated[str, typer.Option(help="Language of the sheet: ar, ckb, en.")] = "ar",
    circle: Circle = "",
) -> None:
    """Show the file of an event: each side's account field by field, its state, its findings."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - as above

    node = open_node()
    chosen = circle or only_shared_circle(node)
    found = board.file_of(node.office, chosen, which)
    if pdf is not None:
        if sheet not in ("ar", "ckb", "en"):
            raise typer.BadParameter("ar, ckb or en", param_hint="--sheet")
        from tansiq.desk.incidents_sheet import paper  # noqa: PLC0415 - as above
        from tansiq.reports.paper_pdf import pdf as written  # noqa: PLC0415 - as above

        language = cast("Literal['ar', 'ckb', 'en']", sheet)
        pdf.write_bytes(written(paper(node.office, chosen, which, language)))
    answer(msgspec.to_builtins(found), *_file(found.file))


@incident.command("grade")
@refusals_in_words
def grade(
    which: Which,
    source: Annotated[str, typer.Option(help="The source: A to F.")] = "",
    info: Annotated[int, typer.Option(help="The information: 1 to 6.")] = 0,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Grade another party's report, source and information each by itself."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    node = open_node()
    given = {"source_grade": source.upper() or None, "info_grade": info or None, "reason": reason or None}
    asked = read_request(
        door.GradeRequest, {"circle": circle or only_shared_circle(node), "about": which, **given}
    )  # fmt: skip
    answer_said(door.grade(node.office, asked, author_of(node, as_)), "graded")


@incident.command("finding")
@refusals_in_words
def finding(
    which: Annotated[str, typer.Argument(metavar="INCIDENT", help="The report; with a word on it, the finding.")],
    field: Annotated[list[str] | None, typer.Argument(help="step=verified, action.en=…, number=2, date=… …")] = None,
    close: Annotated[bool, typer.Option("--close", help="Close an own finding.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Assent to another's finding.")] = False,
    decline: Annotated[str, typer.Option(help="Decline another's finding, for this reason.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say what was found; close an own finding; assent to another's or decline it."""
    from tansiq.desk import incidents_door as door  # noqa: PLC0415 - as above

    node = open_node()
    chosen = circle or only_shared_circle(node)
    if close:
        answer_said(door.close(node.office, chosen, which, author_of(node, as_)), "closed")
    elif accept or decline:
        verdict = "declined" if decline else "accepted"
        given = {"circle": chosen, "finding": which, "verdict": verdict, "reason": decline or None}
        answer_said(door.assent(node.office, read_request(door.AssentRequest, given), author_of(node, as_)), verdict)
    else:
        say(node, "finding", fields_of(node, "finding", field), chosen, as_, about=which)


@incident.command("times")
@refusals_in_words
def times(circle: Circle = "", since: Since = "", until: Until = "") -> None:
    """Show how soon each side told of incidents, by the terms of reference."""
    from tansiq.desk import incidents_board as board  # noqa: PLC0415 - as above

    node = open_node()
    found = board.times(node.office, circle or only_shared_circle(node), *_times(node, since, until))
    answer(msgspec.to_builtins(found), *_side_lines(found))


def _times(node: Node, since: str, until: str) -> tuple[int | None, int | None]:
    now = node.office.clock()
    return (parse_time(since, now) if since else None, parse_time(until, now) if until else None)


def _pair(pair: Pair) -> Iterator[str]:
    yield f"{pair.one}  {pair.other}  {pair.points:+.1f}"
    for part in pair.parts:
        facts = ", ".join(f"{name} {value:g}" for name, value in part.facts.items())
        yield f"    {part.name} {part.points:+.1f}  {facts}  {' '.join(part.values)}"


def _file(file: IncidentFile) -> Iterator[str]:
    circular = " (one source)" if file.circular else ""
    yield f"{', '.join(file.refs)}: {file.state}{circular}"
    if file.confirmed_by:
        yield f"  one event, say {', '.join(file.confirmed_by)}"
    if file.changed_since:
        yield f"  a report has changed since the word of {', '.join(file.changed_since)}"
    for spoken in file.words:
        said = "; ".join(f"{one.party} {one.word}" + (f" ({one.reason})" if one.reason else "") for one in spoken.words)
        yield f"  {spoken.one}  {spoken.other}: {spoken.state}  {said}"
    for row in file.rows:
        says = "; ".join(f"{one.party} {one.value}" for one in row.says if one.value is not None)
        yield f"  {row.field}: {row.standing}  {says}"
    for account in file.accounts:
        grades = ", ".join(f"{one.party} {one.source or '?'}{one.info or '?'}" for one in account.grades)
        versions = f"{len(account.editions)} versions"
        yield f"  {account.ref} of {account.party}, {local_time(account.said)}, {versions}: {grades}"
    for link in file.sources.links:
        yield f"  {link.ref} stems from {link.of}: {', '.join(reason.name for reason in link.reasons)}"
    for one in file.findings:
        state = "counts" if one.counted is not None else one.why
        missing = f"; not named: {', '.join(one.missing)}" if one.missing else ""
        past = "; said to be closed, which it is not" if one.closed_unnamed else ""
        yield f"  {one.ref} {one.step} by {one.party}, {one.status}: {state}{missing}{past}"


def _side_lines(found: Times) -> Iterator[str]:
    for one in found.sides:
        middle = "" if one.median_minutes is None else f", half within {one.median_minutes} min"
        counts = f"{one.in_time} of {one.due} in time, {one.late} late, {one.missing} missing"
        yield f"{one.party} {one.stage}: {counts}{middle}"
    for day in found.daily:
        yield f"{day.party} daily: {day.in_time} of {day.due} in time, {day.late} late, {day.missing} missing"
    for report in found.coming:
        for clock in report.clocks:
            if clock.said is None and clock.due > found.at:
                yield f"{report.ref} of {report.party}: {clock.stage} due by {local_time(clock.due)}"
