"""Terms of reference on the command line: propose, accept, decline, what holds, what changed between two versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tansiq.cli.accord_saying import give_word
from tansiq.cli.movements_saying import As, Circle, say
from tansiq.cli.output import answer, local_time, refusals_in_words
from tansiq.cli.set_up import open_node, read_file
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.errors import MalformedInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tansiq.accord.terms_change import Change
    from tansiq.desk.accord_terms import Diff, TermsPage

terms = typer.Typer(
    name="terms", help="Terms of reference: what holds, propose, accept, compare.", no_args_is_help=True
)

Theirs = Annotated[str, typer.Argument(metavar="TERMS", help="Another party's terms: party/id.")]


@terms.command("propose")
@refusals_in_words
def propose(
    file: Annotated[Path, typer.Argument(help="A JSON object: version, parties, lead, roles, quorums, complaints …")],
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
def accept(which: Theirs, circle: Circle = "", as_: As = "") -> None:
    """Accept terms as this node holds them now."""
    give_word(which, "accepted", "", circle, as_)


@terms.command("decline")
@refusals_in_words
def decline(
    which: Theirs, reason: Annotated[str, typer.Option(help="Why.")], circle: Circle = "", as_: As = ""
) -> None:
    """Decline terms."""
    give_word(which, "declined", reason, circle, as_)


@terms.command("show")
@refusals_in_words
def show(circle: Circle = "", as_: As = "") -> None:
    """Show what holds in a circle, every version, and whose word stands on it."""
    from tansiq.desk import accord_terms  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    found = accord_terms.page(node.office, circle or only_shared_circle(node), author_of(node, as_))
    answer(msgspec.to_builtins(found), *_page_lines(found))


@terms.command("diff")
@refusals_in_words
def diff(
    after: Annotated[str, typer.Argument(help="A version: party/id; left out, the latest.")] = "",
    before: Annotated[str, typer.Argument(help="The version before; left out, what is in force.")] = "",
    circle: Circle = "",
) -> None:
    """Show what changed between two versions, rule by rule, and whom it concerns."""
    from tansiq.desk import accord_terms  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    found = accord_terms.diff(node.office, circle or only_shared_circle(node), after, before)
    answer(msgspec.to_builtins(found), *_diff_lines(found))


def _page_lines(found: TermsPage) -> Iterator[str]:
    if found.in_force is None:
        yield "no terms are in force: what Tansiq does without them holds"
    for one in found.terms:
        for version in one.versions:
            waits = ", ".join(word.party for word in version.words if word.verdict != "accepted")
            state = "in force" if version.in_force else f"waits for {waits}" if waits else "accepted"
            yield f"{version.ref}  version {version.number}  {local_time(version.said)}  {state}"
            if version.in_force:
                yield from _rule_lines(version.fields)


def _rule_lines(fields: dict[str, Any]) -> Iterator[str]:
    from tansiq.accord.terms_change import SUBJECT  # noqa: PLC0415 - as above

    for part in SUBJECT:
        rules = fields.get(part) or []
        for number, rule in enumerate([rules] if isinstance(rules, dict) else rules, 1):
            yield f"  {part} {number}: {_rule(rule)}"


def _diff_lines(found: Diff) -> Iterator[str]:
    yield f"{found.before or 'nothing'} → {found.after}"
    yield from (_change_line(one) for one in found.changes)
    concerned = msgspec.to_builtins(found.affected)
    yield from (f"concerns {name}: {', '.join(some)}" for name, some in concerned.items() if some)


def _change_line(one: Change) -> str:
    number = f"{one.before or '-'} → {one.after or '-'}"
    match one.how:
        case "added":
            return f"+ {one.part} {one.after}: {_rule(one.new)}"
        case "removed":
            return f"- {one.part} {one.before}: {_rule(one.old)}"
        case "moved":
            return f"  {one.part} {number}: {_rule(one.new)}"
    return f"~ {one.part} {number}: {_rule(one.old)} → {_rule(one.new)}"


def _rule(rule: Any) -> str:
    if not isinstance(rule, dict):
        return str(rule)
    return ", ".join(
        f"{name} {'/'.join(map(str, one)) if isinstance(one, list) else one}" for name, one in rule.items()
    )
