"""Movements on the command line: announce, check a draft, answer, look; terms of reference, positions, the hotline."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tansiq.circles.gate import Author
from tansiq.cli.fields import parse_fields, parse_time
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk import saying
from tansiq.desk.saying import LabelRequest, Reference, ReleaseRequest, SayRequest
from tansiq.errors import MalformedInput
from tansiq.node.node import Node
from tansiq.records.kind import kind_named
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.movements import Checked, CollisionView, Overview
    from tansiq.movements.collisions import Collision
    from tansiq.movements.positions import Position
    from tansiq.movements.states import Party, Plan

COLLIDES = 10
"""The exit code of `check` where a draft meets plans of others; 0 where it does not, 2 where it cannot be read."""

FILE_HELP = "GeoJSON, GPX, CSV or a list of MGRS references or degrees; - reads a list from standard input."
LARGEST = 4 << 20

activity = typer.Typer(name="activity", help="Activities: announce, change, end, cancel, answer.", no_args_is_help=True)
terms = typer.Typer(name="terms", help="Terms of reference: propose, accept, decline.", no_args_is_help=True)
handover = typer.Typer(name="handover", help="Positions that are given up.", no_args_is_help=True)

Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
As = Annotated[str, typer.Option("--as", help=AS_HELP)]
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
    preview: Annotated[bool, typer.Option("--preview", help="Only show what each party would see.")] = False,
) -> None:
    """Announce a plan to a circle. Plans of others that it meets are listed in it."""
    node = open_node()
    beside = {"width_m": width, "low_m": low, "high_m": high, "every_minutes": every, "times": times}
    volumes = _volumes(node, file, mgrs, begins, ends, beside)
    fields = {"activity": kind, "ask": ask, "volumes": volumes, **_fields(node, "activity", field)}
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
        columns = door.preview(node.office, asked, author)
        answer(
            msgspec.to_builtins(columns),
            *(f"{one.party}: {'nothing' if one.fields is None else ', '.join(one.fields)}" for one in columns),
        )
        return
    said = door.announce(node.office, asked, author)
    _said(node, said, "said")


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
    fields = _fields(node, "activity", field)
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
    asked = door.read_request(door.AnswerRequest, said)
    _said(node, door.respond(node.office, asked, author_of(node, as_)), "answered")


@activity.command("accept")
@refusals_in_words
def accept_conditions(
    answer_: Annotated[str, typer.Argument(metavar="ANSWER", help="The answer with conditions: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Accept the conditions of an answer to an own plan."""
    _consent(answer_, "accepted", "", circle, as_)


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
    answer(msgspec.to_builtins(found), *_checked_lines(found))
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
        answer(msgspec.to_builtins(one), *_collision_page(one))
        return
    found = movements.overview(node.office, chosen, when)
    if which:
        found = msgspec.structs.replace(found, plans=tuple(one for one in found.plans if one.ref == which))
    answer(msgspec.to_builtins(found), *_overview_lines(found))


@terms.command("propose")
@refusals_in_words
def propose_terms(
    file: Annotated[Path, typer.Argument(help="A JSON object: version, parties, lead, answer, ladder, silence …")],
    revises: Annotated[str, typer.Option(help="Own terms of which this is a new version.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Propose terms of reference; they hold once every party that they name has accepted this very version."""
    node = open_node()
    try:
        fields = msgspec.json.decode(read_file(file, 65_536), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("record.bad_fields", kind=file.name, reason=str(error)[:200]) from error
    _say(node, "terms", {"status": "proposed", **fields}, circle, as_, revises=revises or None)


@terms.command("accept")
@refusals_in_words
def accept_terms(
    which: Annotated[str, typer.Argument(metavar="TERMS", help="Another party's terms: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Accept terms as this node holds them now."""
    _consent(which, "accepted", "", circle, as_)


@terms.command("decline")
@refusals_in_words
def decline_terms(
    which: Annotated[str, typer.Argument(metavar="TERMS", help="Another party's terms: party/id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Decline terms."""
    _consent(which, "declined", reason, circle, as_)


@terms.command("show")
@refusals_in_words
def show_terms(circle: Circle = "") -> None:
    """Show the terms of a circle, who accepted them and which are in force."""
    from tansiq.desk import movements  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    found = movements.overview(node.office, circle or only_shared_circle(node)).terms
    answer(
        msgspec.to_builtins(found),
        *(
            f"{one.ref}  version {one.version}  accepted by {', '.join(one.accepted) or '-'}, "
            + ("in force" if one.in_force else f"waits for {', '.join(one.waits_for) or '-'}")
            for one in found
        ),
    )


@handover.command("announce")
@refusals_in_words
def announce_leaving(
    field: Annotated[list[str], typer.Argument(help="leaves=…, place=…, leaves_at=2023-10-22T18:00+03:00, …")],
    successor: Annotated[str, typer.Option(help="Who is to follow: a party, or joint.")] = "",
    interim: Annotated[str, typer.Option(help="Until then: nobody, joint, facilitator.")] = "nobody",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Announce that a position is given up, by whom and when; and who is proposed to follow, if that is known."""
    node = open_node()
    fields = {"interim": interim, **_fields(node, "handover", field)}
    fields |= {"successor": successor, "status": "proposed"} if successor else {"status": "announced"}
    _say(node, "handover", fields, circle, as_)


@handover.command("propose")
@refusals_in_words
def propose_successor(
    which: Annotated[str, typer.Argument(metavar="HANDOVER", help="An own hand-over.")],
    successor: Annotated[str, typer.Argument(help="A party, or joint.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Propose who follows; every party whose consent is needed is asked for it anew."""
    _revise_handover(which, {"successor": successor, "status": "proposed"}, circle, as_)


@handover.command("accept")
@refusals_in_words
def accept_handover(
    which: Annotated[str, typer.Argument(metavar="HANDOVER", help="Another party's hand-over: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Consent to a hand-over as this node holds it now."""
    _consent(which, "accepted", "", circle, as_)


@handover.command("decline")
@refusals_in_words
def decline_handover(
    which: Annotated[str, typer.Argument(metavar="HANDOVER", help="Another party's hand-over: party/id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Decline a hand-over."""
    _consent(which, "declined", reason, circle, as_)


@handover.command("done")
@refusals_in_words
def handed_over(
    which: Annotated[str, typer.Argument(metavar="HANDOVER", help="An own hand-over.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that it is handed over."""
    node = open_node()
    _revise_handover(which, {"status": "done", "done_at": node.office.clock()}, circle, as_)


@handover.command("entered")
@refusals_in_words
def entered(
    which: Annotated[str, typer.Argument(help="The hand-over or the post: party/id.")],
    by: Annotated[str, typer.Option(help="A party or another body, never a person.")],
    at: Annotated[str, typer.Option(help="When.")] = "now",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that somebody entered a position that was given up."""
    node = open_node()
    _say(node, "entered", {"by": by, "at": parse_time(at, node.office.clock())}, circle, as_, about=which)


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
    _say(node, "hotline", {"collision": collision, "text": text, "urgent": True}, chosen, as_)


@refusals_in_words
def suspend(
    reason: Annotated[str, typer.Argument(help="Why this party stops taking part.")],
    scope: Annotated[str, typer.Option(help="all, movements, joint.")] = "movements",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that this party suspends taking part. Its silence is then shown as that; `resume` ends it."""
    node = open_node()
    now = node.office.clock()
    _say(node, "suspension", {"scope": scope, "status": "suspended", "since": now, "reason": reason}, circle, as_)


@refusals_in_words
def resume(
    which: Annotated[str, typer.Argument(metavar="SUSPENSION", help="The own suspension that ends.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that this party takes part again."""
    node = open_node()
    fields = {"status": "resumed", "since": node.office.clock()}
    _say(node, "suspension", fields, circle, as_, revises=which)


def _revise_handover(which: str, fields: dict[str, Any], circle: str, as_: str) -> None:
    _say(open_node(), "handover", fields, circle, as_, revises=which)


def _consent(which: str, verdict: str, reason: str, circle: str, as_: str) -> None:
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    said = {
        "circle": circle or only_shared_circle(node),
        "about": which,
        "verdict": verdict,
        "reason": reason or None,
    }
    asked = door.read_request(door.ConsentRequest, said)
    _said(node, door.consent(node.office, asked, author_of(node, as_)), verdict)


def _fields(node: Node, kind: str, words: list[str] | None) -> dict[str, Any]:
    return parse_fields(kind_named(kind), words or [], node.office.clock())


def _say(
    node: Node,
    kind: str,
    fields: dict[str, Any],
    circle: str,
    as_: str,
    *,
    about: str | None = None,
    revises: str | None = None,
) -> None:
    author: Author = author_of(node, as_)
    release = ReleaseRequest(circle or only_shared_circle(node))
    request = SayRequest(kind, fields, [release], revises, about, urgent=True)
    _said(node, saying.release(node.office, request, author)[0], "said")


def _said(node: Node, said: Reference, word: str) -> None:
    answer(msgspec.to_builtins(said), f"{word}: {said.ref} (entry {said.index} in {said.circle[:8]})")


# How it is written on a line


def _word(key: str) -> str:
    return wording(f"standing.{key}", {}, settings.language).refused


def _when(millis: int | None) -> str:
    if millis is None:
        return "?"
    return datetime.datetime.fromtimestamp(millis / 1000).astimezone().strftime("%Y-%m-%d %H:%M")


def _overview_lines(found: Overview) -> list[str]:
    mark = "EXERCISE " if found.exercise else ""
    lines = [line for one in found.plans for line in _plan_lines(one, mark, found.names.get(one.ref, {}))]
    lines += [_collision_line(one, mark) for one in found.collisions]
    lines += [line for one in found.positions for line in _position_lines(one, mark)]
    lines += [
        f"{mark}{one.party}: {one.fields.get('status')} {one.fields.get('scope', '')} {one.fields.get('reason', '')}"
        for one in found.suspensions
    ]
    lines += [f"{mark}denied by {one.fields.get('by', '?')} ({one.ref})" for one in found.denials]
    return lines


def _plan_lines(one: Plan, mark: str, names: dict[str, str]) -> list[str]:
    name = names.get(settings.language) or next(iter(names.values()), "")
    lines = [
        f"{mark}{one.ref}  {one.activity or '?'}  {_when(one.from_)} – {_when(one.to)}  {one.ask or '?'}: "
        f"{_word(one.state)}  {name}".rstrip()
    ]
    if one.late_minutes:
        lines.append(
            f"  late by {one.late_minutes} minutes{', after it had begun' if one.after_start else ''}"
            + "".join(f" ({rule.name} {rule.number} of {rule.terms}, version {rule.version})" for rule in one.rules)
        )
    lines += [f"  {_party_line(party)}" for party in one.parties]
    lines += [f"  not listed: {ref}" for ref in one.unlisted]
    lines += [f"  crossed on the way: {ref}" for ref in one.crossed]
    if one.not_heard:
        lines.append(f"  not heard of since: {', '.join(one.not_heard)}")
    if one.missing:
        lines.append("  not all is here that its author had seen")
    return lines


def _party_line(one: Party) -> str:
    words = [f"{one.party}: {_word('word_' + one.given.word)}"]
    words += [f"“{condition}”" for condition in one.given.conditions]
    if one.given.reason:
        words.append(f"“{one.given.reason}”")
    if one.given.word == "silent":
        words.append(f"asked {_when(one.asked_at)}" + (f", due {_when(one.due)}" if one.due else ""))
    if one.late_minutes:
        words.append(f"late by {one.late_minutes} minutes")
    if one.rung:
        words.append(f"rung {one.rung}: {one.level}")
    if one.suspended:
        words.append("suspended")
    words += [f"({rule.name} {rule.number} of {rule.terms}, version {rule.version})" for rule in one.rules]
    return ", ".join(words)


def _collision_line(one: Collision, mark: str) -> str:
    waits = ", ".join(f"{wait.party} on {wait.about}" for wait in one.waits_for)
    return (
        f"{mark}collision {one.id}  {one.plans[0]} and {one.plans[1]}  {_when(one.from_)} – {_when(one.to)}  "
        f"{one.closest.distance_m} m apart at {_when(one.closest.at)}, {one.closest.lat / 1e7:.5f} "
        f"{one.closest.lon / 1e7:.5f}  " + ("settled" if one.settled else f"waits for {waits or '-'}")
    )


def _position_lines(one: Position, mark: str) -> list[str]:
    follows = one.successor or "?"
    return [
        f"{mark}position {one.ref}  {one.leaves or '?'} leaves {_when(one.leaves_at)}, {follows} follows: "
        f"{_word('position_' + one.state)}",
        *(f"  {party.party}: {party.verdict or '-'}" for party in one.consents),
        *(f"  ALARM {_word('alarm_' + alarm)}" for alarm in one.alarms),
    ]


def _collision_page(one: CollisionView) -> list[str]:
    lines = ["they meet no more"] if one.collision is None else [_collision_line(one.collision, "")]
    lines += [line for plan in one.plans for line in _plan_lines(plan, "", {})]
    lines += [
        f"{_when(line.said)}  {line.party} {line.kind} {line.ref}  "
        + str(line.fields.get("text") or line.fields.get("verdict") or line.fields.get("status") or "")
        for line in one.said
    ]
    return lines


def _checked_lines(found: Checked) -> list[str]:
    lines = []
    for hit in found.hits:
        name = hit.names.get(settings.language) or next(iter(hit.names.values()), "")
        how = "its place is not told" if hit.withheld else ""
        if hit.meeting is not None:
            how = f"{hit.meeting.distance_m} m apart at {_when(hit.meeting.at)}"
        lines.append(f"{hit.kind} {hit.ref}  {name}  {how}".rstrip())
    lines += [f"overlaps own {hit.ref}  {_when(hit.meeting.at)}" for hit in found.own if hit.meeting is not None]
    lines += [f"{minutes} minutes late in {circle[:8]}" for circle, minutes in found.late.items() if minutes]
    return lines or ["meets nothing that others have released"]
