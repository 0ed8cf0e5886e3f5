"""Requests, messages and the watch on the command line: put, take, answer, refuse, escalate; send, read, answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle, Preview, answer_columns, answer_said, fields_of
from tansiq.cli.output import answer, local_time, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request

if TYPE_CHECKING:
    from tansiq.accord.roster import OnDuty
    from tansiq.desk.incidents_watch import WatchView
    from tansiq.incidents.hotline import Word
    from tansiq.incidents.request_words import StepView
    from tansiq.incidents.requests import Clock, Side, Standing

request = typer.Typer(
    name="request",
    help="Requests for information, support, verification, passage: their clocks, and what is answered.",
    no_args_is_help=True,
)
message = typer.Typer(
    name="message", help="Messages from desk to desk: received, read, answered.", no_args_is_help=True
)
watch = typer.Typer(name="watch", help="The watch: twin log, who is on duty, calls.", no_args_is_help=True)

Which = Annotated[str, typer.Argument(metavar="REQUEST", help="A request: party/id.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Text = Annotated[str, typer.Argument(metavar="TEXT", help="In a sentence.")]
At = Annotated[str, typer.Option(help="As the clocks stand at this time.")]


@request.command("list")
@refusals_in_words
def listed(circle: Circle = "", at: At = "") -> None:
    """List the requests of both sides, those that wait first, and the same figures for each side."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = incidents_requests.board(node.office, circle or only_shared_circle(node), when)
    answer(msgspec.to_builtins(found), *(_line(one) for one in found.requests), *(_side(one) for one in found.sides))


@request.command("show")
@refusals_in_words
def show(which: Which, circle: Circle = "", at: At = "") -> None:
    """Show one request: its clocks with each side, and every step."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = incidents_requests.one(node.office, circle or only_shared_circle(node), which, when)
    answer(msgspec.to_builtins(found), _line(found), *_clocks(found), *(_step(one) for one in found.steps))


@request.command("put")
@refusals_in_words
def put(
    field: Annotated[list[str], typer.Argument(help="request_type=support to=mop text=… due=+2h place=… when=…")],
    about: Annotated[str, typer.Option(help="What it is about, an incident for instance: party/id.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Put a request: request_type=information, support, verification or passage."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    node = open_node()
    fields = fields_of(node, "request", field)
    chosen = circle or only_shared_circle(node)
    answer_said(incidents_requests.put(node.office, chosen, fields, author_of(node, as_), about or None), "put")


@request.command("take")
@refusals_in_words
def take(
    which: Which,
    owner: Annotated[str, typer.Option(help="The office that has it in hand, never a person.")] = "",
    circle: Circle = "",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Take a request in hand."""
    _take_step(which, circle, as_, preview=preview, step="taken", owner=owner or None)


@request.command("answer")
@refusals_in_words
def reply(
    which: Which,
    text: Text,
    records: Annotated[str, typer.Option(help="Records that hold the answer, with commas.")] = "",
    circle: Circle = "",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Answer a request."""
    named = [one.strip() for one in records.split(",") if one.strip()]
    _take_step(which, circle, as_, preview=preview, step="answered", text=text, records=named or None)


@request.command("refuse")
@refusals_in_words
def refuse(which: Which, reason: Text, circle: Circle = "", as_: As = "", preview: Preview = False) -> None:
    """Refuse a request, with the reason."""
    _take_step(which, circle, as_, preview=preview, step="refused", reason=reason)


@request.command("escalate")
@refusals_in_words
def escalate(
    which: Which,
    level: Annotated[str, typer.Argument(help="centre, operations, command, ministry or committee.")],
    reason: Text,
    circle: Circle = "",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Bring a request before a higher level, with the reason."""
    _take_step(which, circle, as_, preview=preview, step="escalated", level=level, reason=reason)


@request.command("withdraw")
@refusals_in_words
def withdraw(which: Which, reason: Reason = "", circle: Circle = "", as_: As = "", preview: Preview = False) -> None:
    """Withdraw an own request."""
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    node = open_node()
    chosen = circle or only_shared_circle(node)
    if preview:
        answer_columns(
            incidents_requests.preview_withdrawal(node.office, chosen, which, reason or None, author_of(node, as_))
        )
        return
    said = incidents_requests.withdraw(node.office, chosen, which, reason or None, author_of(node, as_))
    answer_said(said, "withdrawn")


@message.command("list")
@refusals_in_words
def messages(circle: Circle = "") -> None:
    """List messages, the newest first, with who has received, read and answered each."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    node = open_node()
    found = incidents_hotline.hotline(node.office, circle or only_shared_circle(node))
    answer(msgspec.to_builtins(found), *(_word(one, rings=one.ref in found.ringing) for one in found.words))


@message.command("ringing")
@refusals_in_words
def ringing() -> None:
    """List what rings here, of all circles."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    found = incidents_hotline.ringing(open_node().office)
    answer(msgspec.to_builtins(found), *(f"{one.circle[:8]} {_word(one.word, rings=True)}" for one in found.rings))


@message.command("send")
@refusals_in_words
def send(
    text: Text,
    to: Annotated[str, typer.Option(help="Parties, with commas; all others if left out.")] = "",
    urgent: Annotated[bool, typer.Option("--urgent", help="Goes out at once, and rings until it is read.")] = False,
    answers: Annotated[str, typer.Option(help="The message that it answers: party/id.")] = "",
    circle: Circle = "",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Send a message to other desks, or answer one."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    node = open_node()
    given = {
        "circle": circle or only_shared_circle(node),
        "text": text,
        "to": [one.strip() for one in to.split(",") if one.strip()],
        "urgent": urgent,
        "answers": answers or None,
    }
    asked = read_request(incidents_hotline.MessageRequest, given)
    if preview:
        answer_columns(incidents_hotline.preview(node.office, asked, author_of(node, as_)))
        return
    answer_said(incidents_hotline.send(node.office, asked, author_of(node, as_)), "sent")


@message.command("read")
@refusals_in_words
def read(
    which: Annotated[str, typer.Argument(metavar="MESSAGE", help="A message: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that a message was read here: it rings no longer."""
    from tansiq.desk import incidents_hotline  # noqa: PLC0415 - as above

    node = open_node()
    chosen = circle or only_shared_circle(node)
    answer_said(incidents_hotline.mark_read(node.office, chosen, which, author_of(node, as_)), "read")


@watch.command("show")
@refusals_in_words
def watched(circle: Circle = "", at: At = "") -> None:
    """Show the twin log of a circle, the own entries beside it, and who is on duty now."""
    from tansiq.desk import incidents_watch  # noqa: PLC0415 - as above

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = incidents_watch.watch(node.office, circle or only_shared_circle(node), when)
    answer(msgspec.to_builtins(found), *_watch(found))


@watch.command("call")
@refusals_in_words
def call(
    with_: Annotated[str, typer.Argument(metavar="PARTY", help="With whom.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was said; it stays here unless it is shared.")] = "",
    when: Annotated[str, typer.Option(help="When it took place (now unless it is given).")] = "",
    means: Annotated[str, typer.Option(help="phone, radio or in_person.")] = "phone",
    minutes: Annotated[int | None, typer.Option(help="How long it took.")] = None,
    share: Annotated[bool, typer.Option("--share", help="Tell the circle what was said, too.")] = False,
    circle: Circle = "",
    as_: As = "",
    preview: Preview = False,
) -> None:
    """Note that a call took place."""
    from tansiq.desk import incidents_watch  # noqa: PLC0415 - as above

    node = open_node()
    given: dict[str, Any] = {"circle": circle or only_shared_circle(node), "with": with_, "means": means}
    given |= {"at": parse_time(when, node.office.clock()) if when else None, "minutes": minutes}
    asked = read_request(incidents_watch.CallRequest, {**given, "text": text or None, "share": share})
    if preview:
        answer_columns(incidents_watch.preview_call(node.office, asked, author_of(node, as_)))
        return
    answer_said(incidents_watch.note_call(node.office, asked, author_of(node, as_)), "noted")


def _take_step(which: str, circle: str, as_: str, *, preview: bool, **given: Any) -> None:
    from tansiq.desk import incidents_requests  # noqa: PLC0415 - as above

    node = open_node()
    values = {"circle": circle or only_shared_circle(node), "request": which, **given}
    asked = read_request(incidents_requests.StepRequest, values)
    if preview:
        answer_columns(incidents_requests.preview_step(node.office, asked, author_of(node, as_)))
        return
    answer_said(incidents_requests.take_step(node.office, asked, author_of(node, as_)), asked.step)


def _line(one: Standing) -> str:
    waits = f", waits for {', '.join(one.waits_for)}" if one.waits_for else ""
    due = "" if one.due is None else f", due {local_time(one.due)}"
    late = f", late by {one.late_by} min" if one.late_by and one.waits_for else ""
    level = f", before the {one.level}" if one.level else ""
    return f"{one.ref} {one.request_type or '?'} by {one.party}: {one.state}{waits}{due}{late}{level}  {one.text or ''}"


def _clocks(one: Standing) -> Iterator[str]:
    for party in one.parties:
        owner = f", in hand at {party.owner}" if party.owner else ""
        yield f"  {party.party} {party.state}{owner}, asked {local_time(party.asked)}"
        yield from (_clock(clock) for clock in (party.taken, party.answered) if clock.due or clock.done)


def _clock(clock: Clock) -> str:
    due = "no time" if clock.due is None else f"due {local_time(clock.due)}"
    done = "" if clock.done is None else f", done {local_time(clock.done)}"
    late = f", late by {clock.late_by} min" if clock.late_by else ""
    rule = f" ({clock.rule.name}, version {clock.rule.version or 0})" if clock.rule else ""
    return f"    {clock.name}: {due}{rule}{done}{late}"


def _step(one: StepView) -> str:
    words = " ".join(word for word in (one.owner, one.level, one.text, one.reason) if word)
    why = f" (does not count: {one.why})" if one.why else ""
    return f"  {local_time(one.said)} {one.party} {one.step or '?'}: {words}{why}"


def _side(one: Side) -> str:
    middle = "" if one.median_minutes is None else f", half within {one.median_minutes} min"
    asked = f"{one.asked} asked of it, {one.waiting} wait, {one.answered} answered, {one.refused} refused"
    return f"{one.party}: {one.put} put; {asked}; {one.in_time} in time, {one.late} late{middle}"


def _word(one: Word, *, rings: bool) -> str:
    how = ", ".join(f"{receiver.party} {receiver.step}" for receiver in one.receivers)
    marks = f"{'urgent ' if one.urgent else ''}{'RINGS ' if rings else ''}"
    return f"{local_time(one.said)} {one.ref} {marks}{how}: {one.text or ''}"


def _watch(found: WatchView) -> Iterator[str]:
    for place in found.places:
        yield f"{place.names.get('en') or place.ref}: {'; '.join(_duty(one) for one in place.duty)}"
    lines = {line.ref: line for line in found.log.lines}
    for row in found.log.rows:
        told = " | ".join(
            " ".join(filter(None, (lines[ref].party, lines[ref].category, *lines[ref].actors, lines[ref].text)))
            for ref in row.refs
        )
        yield f"{local_time(row.at)} {row.state}: {told}"
    for line in found.own:
        yield f"{local_time(line.from_)} own: {line.category or ''} {line.text or ''}"


def _duty(one: OnDuty) -> str:
    if one.counted is None:
        return f"{one.party} no roster"
    roles = ", ".join(f"{role} {count}" for role, count in sorted(one.roles.items())) or "nobody"
    return f"{one.party} {roles}{' (short)' if one.short else ''}"
