"""Centres on the command line: all of them, one of them, its roster against what was agreed, its twin log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.accord_centres_lines import centre_lines, list_lines, log_lines, roster_lines
from tansiq.cli.fields import parse_time
from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import CIRCLE_HELP, only_shared_circle

if TYPE_CHECKING:
    from tansiq.desk.accord_centres import CentreView

SHORT = 10
"""The exit code of `roster` where a side falls short of what was agreed."""

centre = typer.Typer(
    name="centre", help="Coordination centres: state, readiness, roster, twin log.", no_args_is_help=True
)

Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
Which = Annotated[str, typer.Argument(metavar="CENTRE", help="A side's statement of it: party/id.")]
At = Annotated[str, typer.Option(help="As it stands at this time by the records that are held.")]


@centre.command("list")
@refusals_in_words
def list_centres(circle: Circle = "", at: At = "") -> None:
    """List the centres of a circle with what each side states."""
    from tansiq.desk import accord_centres  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = accord_centres.overview(node.office, circle or only_shared_circle(node), when)
    answer(msgspec.to_builtins(found), *list_lines(found))


@centre.command("show")
@refusals_in_words
def show_centre(which: Which, circle: Circle = "", at: At = "") -> None:
    """Show one centre: states and dates side by side, readiness, hand-overs."""
    found = _view(which, circle, at)
    answer(msgspec.to_builtins(found), *centre_lines(found))


@centre.command("roster")
@refusals_in_words
def show_roster(
    which: Which,
    start: Annotated[str, typer.Option("--from", help="The first day: 2021-06-01, now, -3d.")] = "",
    days: Annotated[int, typer.Option(min=1, max=92, help="So many days.")] = 7,
    circle: Circle = "",
    at: At = "",
) -> None:
    """Show each side's strength by day beside the agreed minimum. Ends with 10 where a side falls short."""
    found = _view(which, circle, at, start, days)
    value = {"centre": found.centre.ref, "first_day": found.first_day, "rosters": found.rosters}
    answer(msgspec.to_builtins(value), *roster_lines(found))
    if any(side.shortfalls for side in found.rosters):
        raise typer.Exit(SHORT)


@centre.command("log")
@refusals_in_words
def show_log(which: Which, circle: Circle = "", at: At = "") -> None:
    """Show the twin log: both sides' entries on one axis of time, and what belongs together."""
    found = _view(which, circle, at)
    answer(msgspec.to_builtins(found.log), *log_lines(found))


def _view(which: str, circle: str, at: str, start: str = "", days: int = 7) -> CentreView:
    from tansiq.desk import accord_centres  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    now = node.office.clock()
    return accord_centres.centre_view(
        node.office,
        circle or only_shared_circle(node),
        which,
        parse_time(at, now) if at else None,
        parse_time(start, now) if start else None,
        days,
    )
