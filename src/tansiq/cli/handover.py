"""Positions that are given up, and suspension, on the command line."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle, fields_of, give_consent, say
from tansiq.cli.output import refusals_in_words
from tansiq.cli.set_up import open_node

handover = typer.Typer(name="handover", help="Positions that are given up.", no_args_is_help=True)


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
    fields = {"interim": interim, **fields_of(node, "handover", field)}
    fields |= {"successor": successor, "status": "proposed"} if successor else {"status": "announced"}
    say(node, "handover", fields, circle, as_)


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
    give_consent(which, "accepted", "", circle, as_)


@handover.command("decline")
@refusals_in_words
def decline_handover(
    which: Annotated[str, typer.Argument(metavar="HANDOVER", help="Another party's hand-over: party/id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Decline a hand-over."""
    give_consent(which, "declined", reason, circle, as_)


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
    say(node, "entered", {"by": by, "at": parse_time(at, node.office.clock())}, circle, as_, about=which)


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
    say(node, "suspension", {"scope": scope, "status": "suspended", "since": now, "reason": reason}, circle, as_)


@refusals_in_words
def resume(
    which: Annotated[str, typer.Argument(metavar="SUSPENSION", help="The own suspension that ends.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say that this party takes part again."""
    node = open_node()
    fields = {"status": "resumed", "since": node.office.clock()}
    say(node, "suspension", fields, circle, as_, revises=which)


def _revise_handover(which: str, fields: dict[str, Any], circle: str, as_: str) -> None:
    say(open_node(), "handover", fields, circle, as_, revises=which)
