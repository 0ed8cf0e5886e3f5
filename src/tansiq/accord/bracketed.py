"""One clause as it is read at the table: what is agreed plainly, the rest in brackets by wording and language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from tansiq.accord.clauses import LANGUAGES, ClauseState, Offer
from tansiq.accord.compare import Bracket, Piece, brackets, difference
from tansiq.accord.concordance import FIELDS
from tansiq.records.values import Language

Field = Literal["heading", "term", "text"]


class Bracketed(Struct, frozen=True):
    """`shown` are the numbers of the wordings that are at the table; `words` the runs by field and language, in which
    wordings are numbered as in the state of the clause.
    """

    shown: tuple[int, ...]
    words: dict[Field, dict[Language, list[Bracket]]]


def at_the_table(clause: ClauseState) -> tuple[int, ...]:
    """The wordings that are read: the agreed one alone, else those at which somebody stands or that clash."""
    if clause.agreed is not None:
        return (clause.agreed,)
    clashing = {ref for one in clause.clashes if one.kind in ("own", "crossed") for ref in one.refs}
    stood = set(clause.stands_at.values())
    found = tuple(
        number for number, one in enumerate(clause.wordings) if number in stood or not clashing.isdisjoint(one.refs)
    )
    return found or tuple(range(len(clause.wordings)))


def bracketed(clause: ClauseState) -> Bracketed:
    """The clause with the words that all wordings at the table have, and brackets around the others."""
    shown = at_the_table(clause)
    struck_alone = len(shown) == 1
    words: dict[Field, dict[Language, list[Bracket]]] = {}
    for field in FIELDS:
        by_language: dict[Language, list[Bracket]] = {}
        for language in LANGUAGES:
            texts = [
                "" if clause.wordings[one].content.struck and not struck_alone
                else clause.wordings[one].content.words(field, language)
                for one in shown
            ]  # fmt: skip
            runs = [_numbered(one, shown) for one in brackets(texts)]
            if runs:
                by_language[language] = runs
        if by_language:
            words[field] = by_language
    return Bracketed(shown, words)


def _numbered(run: Bracket, shown: Sequence[int]) -> Bracket:
    if run.common is not None:
        return run
    return Bracket(of=tuple((tuple(shown[one] for one in numbers), text) for numbers, text in run.of))


def in_order(offers: Sequence[Offer]) -> list[Offer]:
    """Offers so that each stands behind those that its author knew; where neither was known, by claimed time."""
    waiting: dict[str, list[Offer]] = {}
    for one in sorted(offers, key=lambda one: one.place):
        waiting.setdefault(one.party, []).append(one)
    found: list[Offer] = []
    while waiting:
        first = {party: chain[0] for party, chain in waiting.items()}
        free = [
            one
            for one in first.values()
            if not any(other is not one and one.version.knows(other.version) for other in first.values())
        ]
        # claimed times order nothing that is proven; they only part what nobody can
        chosen = min(free or list(first.values()), key=lambda one: (one.version.said.at, one.ref))
        found.append(chosen)
        chain = waiting[chosen.party]
        chain.pop(0)
        if not chain:
            del waiting[chosen.party]
    return found


def differences(before: Offer | None, after: Offer) -> dict[Field, dict[Language, list[Piece]]]:
    """How an offer's words differ from another's, where they do."""
    found: dict[Field, dict[Language, list[Piece]]] = {}
    for field in FIELDS:
        for language in LANGUAGES:
            old = "" if before is None or before.content is None else before.content.words(field, language)
            new = "" if after.content is None else after.content.words(field, language)
            if old != new:
                found.setdefault(field, {})[language] = difference(old, new)
    return found
