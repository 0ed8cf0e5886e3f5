"""What movements go by, on the command line: terms of reference, positions that are given up, suspension."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle, fields_of, give_consent, say
from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import only_shared_circle
from tansiq.errors import MalformedInput

terms = typer.Typer(name="terms", help="Terms of reference: propose, accept, decline.", no_args_is_help=True)
handover = typer.Typer(name="handover", help="Positions that are given up.", no_args_is_help=True)


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
    say(node, "terms", {"status": "proposed", **fields}, circle, as_, revises=revises or None)


@terms.command("accept")
@refusals_in_words
def accept_terms(
    which: Annotated[str, typer.Argument(metavar="TERMS", help="Another party's terms: party/id.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Accept terms as this node holds them now."""
    give_consent(which, "accepted", "", circle, as_)


@terms.command("decline")
@refusals_in_words
def decline_terms(
    which: Annotated[str, typer.Argument(metavar="TERMS", help="Another party's terms: party/id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Decline terms."""
    give_consent(which, "declined", reason, circle, as_)


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
