"""Where the text of an agreement stands: its clauses as a tree, what is agreed, what is open and why.

All of it follows from what was told in the circle and from who has to agree; the order in which it arrived makes no
difference. Where nothing is open any more the text as agreed is what the signatories sign (`tansiq.accord.agreed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_ as _is
from typing import Literal

from msgspec import Struct

from tansiq.accord.agreed import AgreedClause, AgreedText, digest
from tansiq.accord.clauses import LANGUAGES, ClauseState, Content, read_offers, read_positions, state_of, things_by_key
from tansiq.accord.concordance import Discord, discords
from tansiq.accord.glossary import Glossary, Term, agreed_terms, term_of
from tansiq.errors import NotFound
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.values import Language

Reason = Literal[
    "frame", "no_clauses", "not_accepted", "own", "crossed", "missing", "behind", "differs", "same_place", "amended"
]


class Point(Struct, frozen=True):
    """Something open: the clause (empty for the text itself), why, whose word is awaited, and in which language."""

    clause: str
    why: Reason
    parties: tuple[str, ...] = ()
    language: Language | None = None


class TextState(Struct, frozen=True):
    """The whole text; `clauses` in the order of the tree, `gone` those that nobody offers any more."""

    ref: str
    agreement: Agreement
    sides: tuple[str, ...]
    authentic: tuple[Language, ...]
    clauses: tuple[ClauseState, ...]
    gone: tuple[ClauseState, ...]

    def clause(self, key: str) -> ClauseState | None:
        """A clause by its key, also one that is gone."""
        return next((one for one in (*self.clauses, *self.gone) if one.key == key), None)


Memo = dict[tuple[str, str], tuple[tuple[object, ...], ClauseState]]
"""By agreement and key: of what a clause's state was worked out, and the state."""


def text_of(told: Told, sides: Sequence[str], agreement: str, memo: Memo | None = None) -> TextState:
    """Where a text stands between the sides of a circle; not found (`texts.not_here`) where there is none.

    The sides are those of the circle that the agreement names; all of them where it names none. With a `memo` only
    those clauses are worked out of which something was said since.
    """
    thing = told.get(agreement)
    body = None if thing is None or thing.kind != "agreement" else body_of(thing.now, Agreement)
    if body is None:
        raise NotFound("texts.not_here", ref=agreement[:80])
    named = tuple(sorted(one for one in sides if one in (body.parties or ())))
    between = named or tuple(sorted(sides))
    kept = {} if memo is None else memo
    states = [
        _state(told, between, agreement, key, things, kept) for key, things in things_by_key(told, agreement).items()
    ]
    here = sorted((one for one in states if one.state != "gone"), key=lambda one: (one.order, one.key))
    gone = sorted((one for one in states if one.state == "gone"), key=lambda one: one.key)
    authentic = tuple(one for one in LANGUAGES if one in (body.authentic or LANGUAGES))
    return TextState(agreement, body, between, authentic, tuple(here), tuple(gone))


def _state(
    told: Told, sides: tuple[str, ...], agreement: str, key: str, things: Sequence[Thing], memo: Memo
) -> ClauseState:
    positions = [one for thing in things for one in told.about("clause_position", thing.ref)]
    causes = (sides, *things, *positions)
    held = memo.get((agreement, key))
    # a thing of which more was said is another object: to compare all that it says would cost more than to work it out
    if (
        held is not None
        and held[0][0] == sides
        and len(held[0]) == len(causes)
        and all(map(_is, held[0][1:], causes[1:]))
    ):
        return held[1]
    state = state_of(key, read_offers(things), read_positions(positions), sides)
    memo[agreement, key] = causes, state
    return state


def open_points(text: TextState) -> list[Point]:
    """What keeps the text from being signed."""
    found = [] if text.agreement.names and text.agreement.path else [Point("", "frame")]
    if all(one.state == "left_out" for one in text.clauses):
        found.append(Point("", "no_clauses"))
    for clause in text.clauses:
        found += clause_points(clause, text.sides, text.authentic)
    places: dict[tuple[int, ...], str] = {}
    for clause in text.clauses:
        if clause.state == "agreed" and places.setdefault(clause.order, clause.key) != clause.key:
            found.append(Point(clause.key, "same_place"))
    return found


def clause_points(clause: ClauseState, sides: Sequence[str], authentic: Sequence[Language]) -> list[Point]:
    """What is open in one clause."""
    found: list[Point] = []
    if clause.state == "open":
        missing = tuple(side for side in sides if clause.stands_at.get(side) != leading(clause, sides))
        found.append(Point(clause.key, "not_accepted", missing or tuple(sides)))
    for one in clause.clashes:
        if one.kind == "own":
            found.append(Point(clause.key, "own", (one.refs[0].partition("/")[0],)))
        elif one.kind == "crossed":
            found.append(Point(clause.key, "crossed", tuple(sides)))
    if clause.agreed is not None:
        found += [
            Point(clause.key, one.kind, one.parties, one.language) for one in discords(clause, clause.agreed, authentic)
        ]
    return found


def leading(clause: ClauseState, sides: Sequence[str]) -> int | None:
    """The wording at which most sides stand, the first of several."""
    at = [clause.stands_at.get(side) for side in sides]
    counts = [at.count(number) for number in range(len(clause.wordings))]
    most = max(counts, default=0)
    return counts.index(most) if most else None


def discords_of(clause: ClauseState, authentic: Sequence[Language]) -> list[list[Discord]]:
    """What stands against the languages of each wording at stake."""
    return [discords(clause, number, authentic) for number in range(len(clause.wordings))]


def glossary_of(text: TextState) -> Glossary:
    """The agreed terms and those that the text itself defines, which come first."""
    defined = [
        term
        for clause in text.clauses
        if clause.part == "definition"
        for wording in clause.wordings
        if not wording.content.struck and (term := term_of(dict(wording.content.term))) is not None
    ]
    own = {words for term in defined for ways in term.words.values() for words in ways}
    return Glossary([*defined, *(one for one in agreed_terms() if not _redefined(one, own))])


def _redefined(term: Term, own: set[str]) -> bool:
    return any(words in own for ways in term.words.values() for words in ways)


def agreed_text(
    told: Told, sides: Sequence[str], agreement: str, memo: Memo | None = None
) -> tuple[AgreedText | None, list[Point]]:
    """The text as every side accepted it, and what is still open; there is a text where nothing is."""
    return _agreed(told, sides, agreement, frozenset(), {} if memo is None else memo)


def _agreed(
    told: Told, sides: Sequence[str], agreement: str, amending: frozenset[str], memo: Memo
) -> tuple[AgreedText | None, list[Point]]:
    text = text_of(told, sides, agreement, memo)
    points = open_points(text)
    amends = _amended(told, sides, text, amending, memo)
    if text.agreement.amends is not None and amends is None:
        points.append(Point("", "amended"))
    if points:
        return None, points
    names, authentic = text.agreement.names, set(text.authentic)
    clauses = [
        _agreed_clause(one.key, one.wordings[one.agreed].content, one.wordings[one.agreed].ref, authentic)
        for one in text.clauses
        if one.state == "agreed" and one.agreed is not None
    ]
    return (
        AgreedText(
            path=text.agreement.path or "",
            names={one: value for one in LANGUAGES if names and (value := getattr(names, one))},
            parties=text.sides,
            authentic=text.authentic,
            prevailing=text.agreement.prevailing,
            amends=amends,
            clauses=tuple(clauses),
            force=text.agreement.force,
            expires_at=text.agreement.expires_at,
            review_at=text.agreement.review_at,
        ),
        [],
    )


def _amended(told: Told, sides: Sequence[str], text: TextState, amending: frozenset[str], memo: Memo) -> str | None:
    """The digest of the text before; None where it is none, was never agreed, or amends this one in turn."""
    before = text.agreement.amends
    if before is None or before in (amending | {text.ref}):
        return None
    try:
        agreed, _ = _agreed(told, sides, before, amending | {text.ref}, memo)
    except NotFound:
        return None
    return None if agreed is None else digest(agreed)


def _agreed_clause(key: str, content: Content, ref: str, authentic: set[Language]) -> AgreedClause:
    return AgreedClause(
        key=key,
        order=content.order,
        part=content.part,
        heading={one: words for one, words in content.heading if one in authentic},
        term={one: words for one, words in content.term if one in authentic},
        text={one: words for one, words in content.text if one in authentic},
        ref=ref,
    )
