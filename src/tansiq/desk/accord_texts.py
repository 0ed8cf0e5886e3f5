"""Texts as the desks show them: the list, one text with its brackets, one clause with its whole history.

What was worked out for one turn of the table is kept; of a clause that nobody spoke of since it is kept for longer.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.accord.agreed import digest
from tansiq.accord.amending import against, text_before
from tansiq.accord.bracketed import Field, at_the_table, bracketed, differences, in_order
from tansiq.accord.clauses import LANGUAGES, Clash, ClauseState, Content, Offer, Taken
from tansiq.accord.compare import Bracket, Piece, difference
from tansiq.accord.concordance import Discord
from tansiq.accord.glossary import Glossary, TermWarning
from tansiq.accord.signing import stand
from tansiq.accord.texts import Memo, Point, TextState, agreed_text, discords_of, glossary_of, open_points, text_of
from tansiq.desk.accord_board import MOST_CIRCLES, Table, table_of
from tansiq.desk.office import Office, circle_named
from tansiq.errors import MalformedInput, NotFound
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.agreement import Agreement, Force
from tansiq.records.kinds.comment import Comment
from tansiq.records.values import Language, Names

Words = dict[Language, str]
Run = str | list[tuple[tuple[int, ...], str]]
"""Words that all wordings have, or what stands in each (numbers of wordings, words)."""

MOST_ANSWERS: Final = 32


class TextLine(Struct, frozen=True):
    """A text in the list: how many of its clauses are agreed, left out, open."""

    ref: str
    party: str
    revision: str
    names: Names | None
    path: str | None
    sides: tuple[str, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    amends: str | None
    status: str
    said: int
    counts: dict[str, int]
    signed_at: int | None
    """When the last of its parties signed (ms, as it states); None while one is missing."""


class TextList(Struct, frozen=True):
    """The texts of a circle at a turn."""

    turn: int
    texts: list[TextLine]


class Position(Struct, frozen=True, omit_defaults=True):
    """A party's position on a wording; `revision` is the very record that it answers."""

    party: str
    verdict: str | None
    ref: str
    revision: str
    at: int
    condition: dict[Language, str] = {}
    reason: str | None = None
    concordant: tuple[Language, ...] = ()
    discordant: tuple[Language, ...] = ()


class WordingView(Struct, frozen=True, omit_defaults=True):
    """A wording at stake: who offers it, who would sign it, what was said on it, what stands against its languages."""

    ref: str
    thing: str
    parties: tuple[str, ...]
    stands: tuple[str, ...]
    order: tuple[int, ...]
    struck: bool = False
    positions: list[Position] = []
    discords: list[Discord] = []
    warnings: list[TermWarning] = []


class ClauseRow(Struct, frozen=True, omit_defaults=True):
    """A clause as it stands in the text; `shown` are the wordings whose words are in the brackets."""

    key: str
    order: tuple[int, ...]
    part: str
    state: str
    shown: tuple[int, ...]
    wordings: list[WordingView]
    heading: dict[Language, list[Run]] = {}
    term: dict[Language, list[Run]] = {}
    text: dict[Language, list[Run]] = {}
    stale: list[Position] = []
    clashes: tuple[Clash, ...] = ()
    versions: int = 0
    comments: int = 0
    moved: bool = False


class TextView(Struct, frozen=True):
    """A text with all its clauses; `digest` of the text as agreed where nothing is open."""

    turn: int
    ref: str
    party: str
    revision: str
    names: Names | None
    path: str | None
    sides: tuple[str, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    amends: str | None
    force: Force | None
    status: str
    clauses: list[ClauseRow]
    gone: list[str]
    points: list[Point]
    digest: str | None
    signed_at: int | None


class OfferView(Struct, frozen=True, omit_defaults=True):
    """One version in a clause's history; `differs` from what its author looked at (`base`), by field and language.

    `unseen` are the latest offers of others that its author's node did not hold yet.
    """

    ref: str
    thing: str
    party: str
    said: int
    status: str
    order: tuple[int, ...] = ()
    part: str = ""
    heading: dict[Language, str] = {}
    term: dict[Language, str] = {}
    text: dict[Language, str] = {}
    base: str | None = None
    older: bool = False
    """What it was offered against had been worded anew before, and its author's node held that."""
    note: str | None = None
    concordant: tuple[Language, ...] = ()
    wording: int | None = None
    differs: dict[Field, dict[Language, list[Piece]]] = {}
    unseen: tuple[str, ...] = ()
    positions: list[Position] = []


class CommentView(Struct, frozen=True):
    """A comment on a clause; `revision` the very record that it speaks of."""

    ref: str
    party: str
    said: int
    text: str
    about: str
    revision: str | None
    resolved: bool


class ClauseView(Struct, frozen=True, omit_defaults=True):
    """A clause with everything that was said of it."""

    turn: int
    text: str
    authentic: tuple[Language, ...]
    sides: tuple[str, ...]
    clause: ClauseRow
    points: list[Point]
    history: list[OfferView]
    comments: list[CommentView]
    before: Literal["none", "new", "held"] = "none"
    """Of an amendment: whether the text that it amends has this clause."""
    against: dict[str, dict[Field, dict[Language, list[Piece]]]] = {}
    """By wording at stake: how it reads otherwise than the clause there."""


class Comparison(Struct, frozen=True):
    """Two texts word by word in each language, and the agreed terms that the second does not keep."""

    pieces: dict[Language, list[Piece]]
    warnings: list[TermWarning]


class Texts:
    """What was worked out of the texts of one circle, from what was told there."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.memo: Memo = {}
        self.glossaries: dict[str, tuple[object, Glossary]] = {}
        self.rows: dict[tuple[str, str], tuple[tuple[ClauseState, Glossary, object], ClauseRow]] = {}
        self.answers: dict[str, tuple[int, bytes]] = {}


class Circles:
    """The texts of a node's circles."""

    def __init__(self) -> None:
        self._texts: dict[str, Texts] = {}

    def of(self, circle: str, told: Told) -> Texts:
        """What still holds of a circle: nothing where it was read anew."""
        held = self._texts.pop(circle, None)
        if held is None or held.told is not told:
            held = Texts(told)
        self._texts[circle] = held
        while len(self._texts) > MOST_CIRCLES:
            self._texts.pop(next(iter(self._texts)))
        return held


def listing(office: Office, circle: str) -> TextList:
    """The texts of a circle, by their path, the latest amendment first."""
    named = _named(office, circle)
    with table_of(office, circle) as table:
        kept = office.memory.of(Circles).of(circle, table.told)
        lines = [
            _line(table, text_of(table.told, table.sides, thing.ref, kept.memo), named)
            for thing in table.told.of_kind("agreement")
            if body_of(thing.now, Agreement) is not None
        ]
        return TextList(table.turn, sorted(lines, key=lambda one: (one.path or "", -one.said, one.ref)))


def _named(office: Office, circle: str) -> str:
    """The id of a circle, which signatures are bound to."""
    with office.database.read() as connection:
        return circle_named(connection, circle).circle.id


def _line(table: Table, text: TextState, circle: str) -> TextLine:
    thing, body = table.told.get(text.ref), text.agreement
    now = thing.now if thing is not None else None
    counts = {"agreed": 0, "left_out": 0, "open": 0}
    for clause in text.clauses:
        counts[clause.state] = counts.get(clause.state, 0) + 1
    return TextLine(
        text.ref,
        text.ref.partition("/")[0],
        now.ref if now else text.ref,
        body.names,
        body.path,
        text.sides,
        text.authentic,
        body.prevailing,
        body.amends,
        body.status or "drafting",
        now.said.at if now else 0,
        counts,
        _signed_at(table, text.ref, circle),
    )


def _signed_at(table: Table, ref: str, circle: str) -> int | None:
    if not table.told.about("signature", ref):
        return None
    signed = stand(table.told, circle, table.sides, ref).signed
    return None if signed is None else signed.complete_at


def text_view(office: Office, circle: str, ref: str) -> bytes:
    """A text as JSON (`TextView`), from what was kept where nothing was said since; refused as `texts.not_here`."""
    named = _named(office, circle)
    with table_of(office, circle) as table:
        kept = office.memory.of(Circles).of(circle, table.told)
        held = kept.answers.get(ref)
        if held is None or held[0] != table.turn:
            if len(kept.answers) >= MOST_ANSWERS:
                kept.answers.clear()
            held = table.turn, msgspec.json.encode(_view(table, kept, ref, named))
            kept.answers[ref] = held
        return held[1]


def read_ahead(office: Office, circle: str) -> int:
    """Read the texts of a circle before anybody asks, so that the first question finds them; how many."""
    texts = listing(office, circle).texts
    for one in texts[:MOST_ANSWERS]:
        text_view(office, circle, one.ref)
    return len(texts)


def _view(table: Table, kept: Texts, ref: str, circle: str) -> TextView:
    text = text_of(table.told, table.sides, ref, kept.memo)
    line, glossary = _line(table, text, circle), _glossary(kept, text)
    agreed, points = agreed_text(table.told, table.sides, ref, kept.memo)
    return TextView(
        table.turn,
        ref,
        line.party,
        line.revision,
        line.names,
        line.path,
        text.sides,
        text.authentic,
        line.prevailing,
        line.amends,
        text.agreement.force,
        line.status,
        [_row(table.told, kept, text, clause, glossary) for clause in text.clauses],
        [one.key for one in text.gone],
        points,
        None if agreed is None else digest(agreed),
        line.signed_at,
    )


def _glossary(kept: Texts, text: TextState) -> Glossary:
    """The terms of a text; the same object for as long as its definitions stay."""
    definitions = tuple(
        wording.content.term for one in text.clauses if one.part == "definition" for wording in one.wordings
    )
    held = kept.glossaries.get(text.ref)
    if held is None or held[0] != definitions:
        held = definitions, glossary_of(text)
        kept.glossaries[text.ref] = held
    return held[1]


def _row(told: Told, kept: Texts, text: TextState, clause: ClauseState, glossary: Glossary) -> ClauseRow:
    comments = sum(len(told.about("comment", one)) for one in {offer.thing for offer in clause.offers})
    held = kept.rows.get((text.ref, clause.key))
    beside = (comments, text.authentic)
    # the state and the terms are the same objects for as long as nothing was said
    if held is not None and held[0][0] is clause and held[0][1] is glossary and held[0][2] == beside:
        return held[1]
    row = row_of(clause, text, glossary, comments)
    kept.rows[text.ref, clause.key] = (clause, glossary, beside), row
    return row


def row_of(clause: ClauseState, text: TextState, glossary: Glossary, comments: int) -> ClauseRow:
    """A clause as it stands in its text."""
    shown = bracketed(clause)
    return ClauseRow(
        key=clause.key,
        order=clause.order,
        part=clause.part,
        state=clause.state,
        shown=shown.shown,
        wordings=_wordings(clause, text, glossary),
        heading=_runs(shown.words.get("heading", {})),
        term=_runs(shown.words.get("term", {})),
        text=_runs(shown.words.get("text", {})),
        stale=[_position(one) for one in clause.stale],
        clashes=clause.clashes,
        versions=len(clause.offers),
        comments=comments,
        moved=len({one.content.order for one in clause.wordings if one.content.order}) > 1 and clause.agreed is None,
    )


def _runs(words: dict[Language, list[Bracket]]) -> dict[Language, list[Run]]:
    return {
        language: [one.common if one.common is not None else list(one.of) for one in runs]
        for language, runs in words.items()
    }


def _wordings(clause: ClauseState, text: TextState, glossary: Glossary) -> list[WordingView]:
    shown = set(at_the_table(clause))
    found = []
    against = discords_of(clause, text.authentic)
    for number, one in enumerate(clause.wordings):
        representing = next(offer for offer in one.offers if offer.ref == one.ref)
        found.append(
            WordingView(
                ref=one.ref,
                thing=representing.thing,
                parties=one.parties,
                stands=tuple(sorted(party for party, at in clause.stands_at.items() if at == number)),
                order=one.content.order,
                struck=one.content.struck,
                positions=[_position(taken) for _, taken in sorted(clause.taken[number].items())],
                discords=against[number],
                warnings=[] if number not in shown or one.content.struck else _term_warnings(one.content, glossary),
            )
        )
    return found


def _term_warnings(content: Content, glossary: Glossary) -> list[TermWarning]:
    return glossary.check(_joined(content))


def _joined(content: Content) -> Words:
    """Heading and text together: a term may stand in the one and be left out of the other."""
    return {
        language: "\n".join(filter(None, (content.words("heading", language), content.words("text", language))))
        for language in LANGUAGES
        if content.words("text", language)
    }


def _position(one: Taken) -> Position:
    return Position(
        one.party,
        one.verdict,
        one.ref,
        one.revision,
        one.at,
        one.condition,
        one.reason,
        one.concordant,
        one.discordant,
    )


def clause_view(office: Office, circle: str, ref: str, key: str) -> ClauseView:
    """A clause with its history; refused as `texts.not_here`, `texts.no_clause`."""
    named = _named(office, circle)
    with table_of(office, circle) as table:
        kept = office.memory.of(Circles).of(circle, table.told)
        text = text_of(table.told, table.sides, ref, kept.memo)
        clause = clause_in(text, key)
        row = _row(table.told, kept, text, clause, _glossary(kept, text))
        points = [one for one in open_points(text) if one.clause == key]
        comments = _comments(table.told, clause)
        history, (before, differs) = _history(clause), _before(table, named, text, clause)
        return ClauseView(table.turn, ref, text.authentic, text.sides, row, points, history, comments, before, differs)


def _before(
    table: Table, circle: str, text: TextState, clause: ClauseState
) -> tuple[Literal["none", "new", "held"], dict[str, dict[Field, dict[Language, list[Piece]]]]]:
    """Whether the text that this one amends has a clause, and how each wording at stake reads otherwise."""
    earlier = text_before(table.told, circle, table.sides, text)
    if earlier is None:
        return "none", {}
    found = next((one for one in earlier.clauses if one.key == clause.key), None)
    if found is None:
        return "new", {}
    return "held", {one.ref: against(found, earlier.authentic, one.content) for one in clause.wordings}


def clause_in(text: TextState, key: str) -> ClauseState:
    """A clause of a text; refused as `texts.no_clause`."""
    clause = text.clause(key)
    if clause is None:
        raise NotFound("texts.no_clause", key=key[:40])
    return clause


def _history(clause: ClauseState) -> list[OfferView]:
    by_ref = {one.ref: one for one in clause.offers}
    number_of = {ref: number for number, one in enumerate(clause.wordings) for ref in one.refs}
    positions: dict[str, list[Position]] = {}
    for one in (*(taken for by_party in clause.taken for taken in by_party.values()), *clause.stale):
        positions.setdefault(one.revision, []).append(_position(one))
    before: dict[str, Offer] = {}
    found = []
    for offer in in_order(clause.offers):
        base = by_ref.get(offer.base or "") or before.get(offer.thing)
        found.append(_offer(offer, base, clause, number_of.get(offer.ref), positions.get(offer.ref, [])))
        before[offer.thing] = offer
    return found


def _offer(
    offer: Offer, base: Offer | None, clause: ClauseState, wording: int | None, positions: list[Position]
) -> OfferView:
    content = offer.content
    later = [one for one in clause.offers if base is not None and one.thing == base.thing and one.place > base.place]
    known = [one for one in later if one is not offer and one.place != offer.place and offer.version.knows(one.version)]
    return OfferView(
        ref=offer.ref,
        thing=offer.thing,
        party=offer.party,
        said=offer.version.said.at,
        status="withdrawn" if content is None else "struck" if content.struck else "offered",
        order=content.order if content else (),
        part=content.part if content else "",
        heading=dict(content.heading) if content else {},
        term=dict(content.term) if content else {},
        text=dict(content.text) if content else {},
        base=base.ref if base else None,
        older=bool(known) and offer.base is not None,
        note=offer.note,
        concordant=offer.concordant,
        wording=wording,
        differs=differences(base, offer) if base is not None else {},
        unseen=_unseen(offer, clause),
        positions=positions,
    )


def _unseen(offer: Offer, clause: ClauseState) -> tuple[str, ...]:
    """The first offer of each other party that neither side's node held when the other spoke."""
    found: dict[str, str] = {}
    for one in clause.offers:
        if one.party != offer.party and not offer.version.knows(one.version) and not one.version.knows(offer.version):
            found.setdefault(one.party, one.ref)
    return tuple(sorted(found.values()))


def _comments(told: Told, clause: ClauseState) -> list[CommentView]:
    found = []
    for about in sorted({offer.thing for offer in clause.offers}):
        for thing in told.about("comment", about):
            body = body_of(thing.now, Comment)
            if body is not None and body.text:
                revision = None if body.revision is None else f"{about.partition('/')[0]}/{body.revision}"
                found.append(
                    CommentView(
                        thing.ref,
                        thing.party,
                        thing.versions[0].said.at,
                        body.text,
                        about,
                        revision,
                        bool(body.resolved),
                    )
                )
    return sorted(found, key=lambda one: (one.said, one.ref))


def compared(office: Office, circle: str, ref: str, before: Words, after: Words) -> Comparison:
    """What is being written against what it is written from, and the agreed terms that it does not keep."""
    with table_of(office, circle) as table:
        kept = office.memory.of(Circles).of(circle, table.told)
        glossary = _glossary(kept, text_of(table.told, table.sides, ref, kept.memo))
    pieces = {one: difference(before.get(one, ""), after.get(one, "")) for one in LANGUAGES}
    return Comparison({one: found for one, found in pieces.items() if found}, glossary.check(after))


def between(
    office: Office, circle: str, ref: str, key: str, one: str, other: str
) -> dict[Field, dict[Language, list[Piece]]]:
    """How one version of a clause became another, by field and language."""
    with table_of(office, circle) as table:
        kept = office.memory.of(Circles).of(circle, table.told)
        clause = clause_in(text_of(table.told, table.sides, ref, kept.memo), key)
    by_ref = {offer.ref: offer for offer in clause.offers}
    if one not in by_ref or other not in by_ref:
        raise MalformedInput("texts.not_at_stake", ref=(one if one not in by_ref else other)[:80])
    return differences(by_ref[one], by_ref[other])
