"""Complaints on the command line: how they stand with their clocks, and what their findings do not name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from tansiq.cli.accord_saying import give_word
from tansiq.cli.fields import parse_time
from tansiq.cli.movements_saying import As, Circle, answer_said, fields_of, say
from tansiq.cli.output import answer, local_time, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request

if TYPE_CHECKING:
    from tansiq.accord.complaints import Dispute, Due, Standing

complaint = typer.Typer(
    name="complaint", help="Complaints: how they stand, their steps, closing.", no_args_is_help=True
)

Which = Annotated[str, typer.Argument(metavar="COMPLAINT", help="A complaint: party/id.")]
At = Annotated[str, typer.Option(help="As the clocks stand at this time.")]


@complaint.command("list")
@refusals_in_words
def listed(circle: Circle = "", at: At = "") -> None:
    """List the complaints of a circle, those that wait first."""
    from tansiq.desk import accord_complaints  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = accord_complaints.overview(node.office, circle or only_shared_circle(node), when)
    disputed = (_disputed(one) for one in found.disputes)
    answer(msgspec.to_builtins(found), *(_line(one) for one in found.complaints), *disputed)


@complaint.command("show")
@refusals_in_words
def show(which: Which, circle: Circle = "", at: At = "") -> None:
    """Show one complaint: every step with its clock, what counts of what was said, and what is not named."""
    from tansiq.desk import accord_complaints  # noqa: PLC0415 - as above

    node = open_node()
    when = parse_time(at, node.office.clock()) if at else None
    found = accord_complaints.view(node.office, circle or only_shared_circle(node), which, when)
    disputed = (_disputed(one) for one in found.disputes)
    answer(msgspec.to_builtins(found), _line(found.standing), *_steps(found.standing), *disputed)


@complaint.command("step")
@refusals_in_words
def take_step(
    which: Which,
    field: Annotated[list[str], typer.Argument(help="step=finding, finding=upheld, action.en=…, number=2, by=mop …")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Take the next step: step=reply, verification, finding, recommendation or execution."""
    node = open_node()
    say(node, "complaint_step", fields_of(node, "complaint_step", field), circle, as_, about=which)


@complaint.command("confirm")
@refusals_in_words
def confirm(
    which: Annotated[str, typer.Argument(metavar="STEP", help="Another party's step: party/id.")],
    decline: Annotated[str, typer.Option(help="Decline it, for this reason.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Confirm a step of another party, or decline it."""
    give_word(which, "declined" if decline else "accepted", decline, circle, as_)


@complaint.command("close")
@refusals_in_words
def close(which: Which, circle: Circle = "", as_: As = "") -> None:
    """Close an own complaint; refused where its finding does not name action, place, number and date."""
    from tansiq.desk import accord_complaints  # noqa: PLC0415 - as above

    node = open_node()
    chosen = circle or only_shared_circle(node)
    answer_said(accord_complaints.close(node.office, chosen, which, author_of(node, as_)), "closed")


@complaint.command("dispute")
@refusals_in_words
def open_dispute(
    cause: Annotated[str, typer.Argument(metavar="CAUSE", help="What is disputed, as `complaint list` names it.")],
    name: Annotated[list[str], typer.Option(help="What the file is called, in a language: ar=…, ckb=…, en=….")],
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Open the negotiation file of a dispute: of an assessment that is disputed, or a finding that was declined."""
    from tansiq.desk import accord_complaints  # noqa: PLC0415 - as above

    node = open_node()
    names = fields_of(node, "negotiation_file", [f"names.{one}" for one in name])["names"]
    asked = {"circle": circle or only_shared_circle(node), "cause": cause, "names": names}
    request = read_request(accord_complaints.FileRequest, asked)
    answer_said(accord_complaints.open_file(node.office, request, author_of(node, as_)), "opened")


def _disputed(one: Dispute) -> str:
    file = f"; file {', '.join(one.files)}" if one.files else ""
    return f"disputed: {one.cause} ({one.kind} about {one.about}) by {', '.join(one.by)}{file}"


def _line(one: Standing) -> str:
    late = ", late" if one.late else ""
    missing = f"; not named: {', '.join(one.missing)}" if one.missing else ""
    return f"{one.ref}  {one.party} against {one.against or '?'}: {one.state}{late}{missing}"


def _steps(one: Standing) -> Iterator[str]:
    for step in one.steps:
        yield f"  {step.step}: {step.state}{_clock(step)}"
        for word in step.words:
            counts = "" if word.why is None else f" (does not count: {word.why})"
            yield f"    {word.ref} by {word.party}, {local_time(word.said)}{counts}"
    for task in one.tasks:
        yield f"  task {task.ref} of {task.by or '?'}, due {local_time(task.due)}: {task.state}"


def _clock(step: Due) -> str:
    due = "" if step.due is None else f", due {local_time(step.due)}"
    late = f", late by {step.late_by} minutes" if step.late_by else ""
    rule = step.rule
    return (
        due + late + (f" (rule {rule.number} of {rule.terms}, version {rule.version})" if rule and rule.terms else "")
    )
