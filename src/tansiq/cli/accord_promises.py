"""Commitments on the command line: how they stand, one of them, evaluation, and the kept-promise record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.accord.commitments import Promise
from tansiq.accord.days import date_of, day_of
from tansiq.accord.finding import Finding
from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, local_time, refusals_in_words, settings
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import CIRCLE_HELP, only_shared_circle
from tansiq.node.node import Node

if TYPE_CHECKING:
    from tansiq.desk.accord_promises import OnePromise

OPEN_ENDED = 10
"""The exit code where something that was chosen is late, not kept, kept in part or disputed; 0 where nothing is."""

BROKEN = ("late", "partly", "not_kept", "disputed")

promise = typer.Typer(name="promise", help="Commitments: how they stand and why.", no_args_is_help=True)

Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
At = Annotated[str, typer.Option(help="As it stood at this time by the records that are held: 2021-05-20T12:00+03:00.")]


@promise.command("list")
@refusals_in_words
def list_promises(
    party: Annotated[str, typer.Option(help="Only what this party owes.")] = "",
    state: Annotated[str, typer.Option(help="Only those in this state: kept, late, disputed …")] = "",
    circle: Circle = "",
    at: At = "",
) -> None:
    """List commitments with their states. Ends with 10 where one of them is late, in part, not kept or disputed."""
    from tansiq.desk.accord_promises import overview  # noqa: PLC0415 - the engines are only loaded here

    node = open_node()
    found = overview(node.office, circle or only_shared_circle(node), _when(node, at))
    chosen = [
        one
        for one in found.promises
        if (not party or party in one.promise.owed_by) and (not state or _state(one.promise) == state)
    ]
    lines = [f"{_line(one.promise)}  {_name(one.names, one.fields)}" for one in chosen]
    value = {**msgspec.to_builtins(found), "promises": msgspec.to_builtins(chosen)}
    answer(value, *(lines or ["no commitments"]))
    _end([one.promise for one in chosen])


@promise.command("show")
@refusals_in_words
def show_promise(
    which: Annotated[str, typer.Argument(metavar="COMMITMENT", help="party/id.")],
    circle: Circle = "",
    at: At = "",
    days: Annotated[int, typer.Option(min=1, max=120, help="So many days of its history.")] = 30,
) -> None:
    """Show one commitment: state, how it was decided, readings, rule, payments, days and causes. Ends like `list`."""
    from tansiq.desk.accord_promises import one_promise  # noqa: PLC0415 - as above

    node = open_node()
    found = one_promise(node.office, circle or only_shared_circle(node), which, _when(node, at), days)
    one = found.view.promise
    lines = [
        _line(one),
        f"  {_name(found.view.names, found.view.fields)}",
        f"  standing: {one.standing.name}" + (f" (by {one.standing.by})" if one.standing.by else ""),
        f"  decided: {one.decided or '-'}" + (f" ({one.reason})" if one.reason else ""),
    ]
    if one.finding is not None:
        lines.append(f"  rule: {finding_line(one.finding)}")
    lines += _details(found)
    answer(msgspec.to_builtins(found), *lines)
    _end([one])


def _details(found: OnePromise) -> list[str]:
    one = found.view.promise
    sides = {"self": one.readings.self_, "other": one.readings.other, "facilitator": one.readings.facilitator}
    lines = [
        f"  {name}: {read.party} {'-' if read.reading is None else read.reading}/3 {read.word or ''}"
        for name, reads in sides.items()
        for read in reads
    ]
    lines += [f"  contested by {contest.party}: {contest.reason or ''}" for contest in one.contested]
    lines += [
        f"  tranche {part.number}: {part.amount}, paid {part.paid}, received {part.received}: {part.state}"
        for part in (one.money.tranches if one.money is not None else ())
    ]
    lines += [
        f"  {date_of(day.day)}  {day.state or '-'}  {'' if day.reached is None else day.reached}" for day in found.days
    ]
    lines += [f"  {'  ' * cause.depth}{cause.kind} {cause.ref}: {cause.state}" for cause in found.causes[1:]]
    return lines + [f"  record {record.ref} ({record.kind})" for record in found.cited]


@promise.command("evaluate")
@refusals_in_words
def evaluate_promises(circle: Circle = "", at: At = "") -> None:
    """Evaluate every commitment now or as of a time: two nodes with the same records print the same digest."""
    from tansiq.desk.accord_promises import evaluation  # noqa: PLC0415 - as above

    node = open_node()
    found = evaluation(node.office, circle or only_shared_circle(node), _when(node, at))
    states: dict[str, int] = {}
    for one in found.promises:
        states[_state(one)] = states.get(_state(one), 0) + 1
    lines = [
        f"as of {local_time(found.at)} ({found.at})",
        *(f"{name}: {count}" for name, count in sorted(states.items())),
    ]
    answer(
        {
            "at": found.at,
            "digest": found.digest,
            "states": states,
            "promises": {one.ref: one.digest for one in found.promises},
        },
        *lines,
        f"digest {found.digest}",
    )
    _end(list(found.promises))


@refusals_in_words
def record(
    circle: Circle = "",
    at: At = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="Answers and reports of so many days.")] = 366,
) -> None:
    """Print the kept-promise record: the same figures for every side. Each names its records with --json."""
    from tansiq.desk.accord_promises import kept  # noqa: PLC0415 - as above

    node = open_node()
    found, cited = kept(node.office, circle or only_shared_circle(node), _when(node, at), days)
    parties = [side.party for side in found.sides]
    lines = ["".join(f"{one:>16}" for one in ["", *parties])]
    for row in zip(*(side.figures for side in found.sides), strict=True):
        lines.append("".join(f"{one:>16}" for one in [row[0].name, *map(_figure, row)]))
    answer({**msgspec.to_builtins(found), "cited": msgspec.to_builtins(cited)}, *lines, f"digest {found.digest}")


def finding_line(found: Finding) -> str:
    """What a rule came to, in one line."""
    part = f"{found.rule}: {found.reached} of {found.of}, {found.needed} promised: {found.outcome}"
    return part + (f" ({found.reason})" if found.reason else "") + f"  digest {found.digest[:16]}"


def _figure(one: object) -> str:
    value, of = getattr(one, "value", None), getattr(one, "of", None)
    return "-" if value is None else str(value) if of is None else f"{value} of {of}"


def _line(one: Promise) -> str:
    due = "no date" if one.due.at is None else date_of(day_of(one.due.at))
    late = f" +{one.late_days}d" if one.late_days else ""
    return f"{one.ref}  {_state(one)}{late}  due {due}  owed by {', '.join(one.owed_by) or '?'}"


def _state(one: Promise) -> str:
    return one.state or one.standing.name


def _name(names: dict[str, str], fields: dict[str, object]) -> str:
    texts = fields.get("text")
    for found in (names, texts if isinstance(texts, dict) else {}):
        if found:
            return str(found.get(settings.language) or next(iter(found.values())))
    return ""


def _when(node: Node, at: str) -> int | None:
    return parse_time(at, node.office.clock()) if at else None


def _end(chosen: list[Promise]) -> None:
    if any(one.state in BROKEN for one in chosen):
        raise typer.Exit(OPEN_ENDED)
