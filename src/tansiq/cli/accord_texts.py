"""Texts of agreements on the command line: look, compare, offer wordings, take positions."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import typer

from tansiq.cli.accord_texts_lines import difference_lines, history_lines, list_line, text_lines
from tansiq.cli.movements_saying import As, Circle, answer_said
from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request
from tansiq.errors import MalformedInput

text = typer.Typer(name="text", help="Texts of agreements: clauses, wordings, positions.", no_args_is_help=True)

Text = Annotated[str, typer.Argument(help="party/id of the agreement.")]
Key = Annotated[str, typer.Argument(help="The key of the clause.")]
Words = Annotated[list[str] | None, typer.Option("--text", help="ar=…, ckb=…, en=…; once for each language.")]
Heading = Annotated[list[str] | None, typer.Option("--heading", help="ar=…, ckb=…, en=….")]
Term = Annotated[list[str] | None, typer.Option("--term", help="The term that a definition defines: ar=…, en=….")]


@text.command("list")
@refusals_in_words
def list_(circle: Circle = "") -> None:
    """The texts of a circle, with how many clauses are agreed."""
    from tansiq.desk import accord_texts as texts  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    found = texts.listing(node.office, circle or only_shared_circle(node))
    answer(msgspec.to_builtins(found), *map(list_line, found.texts))


@text.command()
@refusals_in_words
def show(
    agreement: Text,
    circle: Circle = "",
    language: Annotated[list[str] | None, typer.Option("--language", help="Only these: ar, ckb, en.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only clauses that are open.")] = False,
) -> None:
    """A text with its brackets, positions and open points."""
    from tansiq.accord.clauses import LANGUAGES  # noqa: PLC0415 - as above
    from tansiq.desk import accord_texts as texts  # noqa: PLC0415 - as above

    node = open_node()
    found = texts.text_view(node.office, circle or only_shared_circle(node), agreement)
    view = msgspec.json.decode(found, type=texts.TextView)
    wanted = [one for one in LANGUAGES if not language or one in language]
    answer(msgspec.json.decode(found), *text_lines(view, wanted, open_only))


@text.command()
@refusals_in_words
def offer(
    agreement: Text,
    key: Annotated[str, typer.Argument(help="The key of the clause; left out: a new one.")] = "",
    words: Words = None,
    heading: Heading = None,
    term: Term = None,
    order: Annotated[str, typer.Option(help="Its number: 3.2.")] = "",
    part: Annotated[str, typer.Option(help="preamble, definition, article, clause, final, annex.")] = "",
    against: Annotated[str, typer.Option(help="party/id of the very wording that was looked at.")] = "",
    strike: Annotated[bool, typer.Option("--strike", help="Leave the clause out.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take an own wording back.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Although it was worded anew meanwhile.")] = False,
    concordant: Annotated[list[str] | None, typer.Option(help="Languages that were compared and say the same.")] = None,
    note: Annotated[str, typer.Option(help="Why it is worded so.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Offer a wording of a clause, or a new clause; what is not given stays as this party worded it."""
    from tansiq.desk import accord_texts as texts  # noqa: PLC0415 - as above
    from tansiq.desk import accord_texts_door as door  # noqa: PLC0415 - as above

    node = open_node()
    here = circle or only_shared_circle(node)
    said: dict[str, Any] = {
        "circle": here,
        "key": key or None,
        "heading": _by_language(heading),
        "term": _by_language(term),
        "text": _by_language(words),
        "order": _order(order),
        "part": part or None,
        "status": "struck" if strike else "withdrawn" if withdraw else "offered",
        "concordant": concordant or [],
        "note": note or None,
        "revision": against or None,
        "anyway": anyway,
    }
    if key:
        history = texts.clause_view(node.office, here, agreement, key).history
        own = [one for one in history if one.party == node.config.party]
        before = own[-1] if own else next((one for one in history if one.ref == against), None)
        if own and not anyway:
            said["own"] = own[-1].ref
        for name in ("heading", "term", "text"):
            kept = {} if before is None else getattr(before, name)
            said[name] = {**kept, **(said[name] or {})} or None
    ref, clause = door.offer(node.office, agreement, read_request(door.OfferRequest, said), author_of(node, as_))
    answer({**msgspec.to_builtins(ref), "key": clause}, f"offered: {ref.ref} (clause {clause})")


@text.command("take-over")
@refusals_in_words
def take_over(agreement: Text, circle: Circle = "", as_: As = "") -> None:
    """In an amendment: offer the clauses of the text that it amends, those that nobody words otherwise."""
    from tansiq.desk import accord_texts_door as door  # noqa: PLC0415 - as above

    node = open_node()
    asked = read_request(door.TakeOverRequest, {"circle": circle or only_shared_circle(node)})
    said = door.take_over(node.office, agreement, asked, author_of(node, as_))
    answer({"refs": msgspec.to_builtins(said)}, f"offered: {len(said)} clauses of the text that it amends")


@text.command()
@refusals_in_words
def position(
    revision: Annotated[str, typer.Argument(help="party/id of the very wording.")],
    verdict: Annotated[str, typer.Argument(help="accept, accept_if, object, reserve; - for none.")],
    condition: Annotated[list[str] | None, typer.Option("--condition", help="ar=…, ckb=…, en=….")] = None,
    reason: Annotated[str, typer.Option(help="Why; an objection needs it.")] = "",
    concordant: Annotated[list[str] | None, typer.Option(help="Languages that say the same.")] = None,
    discordant: Annotated[list[str] | None, typer.Option(help="Languages that do not.")] = None,
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Take a position on a wording, or say which of its languages say the same."""
    from tansiq.desk import accord_texts_door as door  # noqa: PLC0415 - as above

    node = open_node()
    said = {
        "circle": circle or only_shared_circle(node),
        "revision": revision,
        "verdict": None if verdict == "-" else verdict,
        "condition": _by_language(condition),
        "reason": reason or None,
        "concordant": concordant or [],
        "discordant": discordant or [],
    }
    asked = read_request(door.PositionRequest, said)
    answer_said(door.take_position(node.office, asked, author_of(node, as_)), verdict)


@text.command()
@refusals_in_words
def history(agreement: Text, key: Key, circle: Circle = "") -> None:
    """Every version of a clause, with what it was written against, positions and comments."""
    from tansiq.desk import accord_texts as texts  # noqa: PLC0415 - as above

    node = open_node()
    found = texts.clause_view(node.office, circle or only_shared_circle(node), agreement, key)
    answer(msgspec.to_builtins(found), *history_lines(found))


@text.command()
@refusals_in_words
def diff(
    agreement: Text,
    key: Key,
    one: Annotated[str, typer.Argument(help="party/id of one version.")],
    other: Annotated[str, typer.Argument(help="party/id of the other.")],
    circle: Circle = "",
) -> None:
    """How one version of a clause became another, word by word."""
    from tansiq.desk import accord_texts as texts  # noqa: PLC0415 - as above

    node = open_node()
    found = texts.between(node.office, circle or only_shared_circle(node), agreement, key, one, other)
    answer(msgspec.to_builtins(found), *difference_lines(found))


def _by_language(given: list[str] | None) -> dict[str, str] | None:
    if not given:
        return None
    found = {}
    for one in given:
        language, equals, words = one.partition("=")
        if not equals or language not in ("ar", "ckb", "en"):
            raise MalformedInput("texts.bad_language", given=one[:40])
        found[language] = words
    return found


def _order(given: str) -> list[int] | None:
    if not given:
        return None
    if not all(one.isdecimal() and len(one) <= 4 for one in given.split(".")):
        raise MalformedInput("texts.no_place")
    return [int(one) for one in given.split(".")]
