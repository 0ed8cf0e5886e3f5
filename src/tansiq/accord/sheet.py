"""An agreement as it is set on paper: title, parties, clauses with their brackets, signatures. No layout here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.accord.frame import word
from tansiq.accord.plain import number
from tansiq.accord.texts import TextState
from tansiq.records.kinds.agreement import Force
from tansiq.records.kinds.signature import Reservation
from tansiq.records.values import Language, Names

LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")


def marks(sheet: Sheet, language: Language) -> list[str]:
    """What stands above the title: EXERCISE, DRAFT."""
    return [
        word(name, language)
        for name, stands in (("exercise", sheet.exercise), ("draft", sheet.state == "draft"))
        if stands
    ]


def name_in(names: Names, language: Language) -> str:
    """A name in this language, else in another."""
    return getattr(names, language) or names.en or names.ar or names.ckb or ""


def office_name(one: SignatureLine, language: Language) -> str:
    """The office in this language, else in another."""
    return name_in(one.office, language) or one.ref


class Said(NamedTuple):
    """One line of a clause as it is printed."""

    kind: Literal["heading", "term", "text"]
    text: str


def said(sheet: Sheet, row: ClauseRow, language: Language) -> list[Said]:
    """A clause in one language: heading, the term that it defines, its words. What all wordings share stands once;
    what they do not stands in the brackets of those who want it.
    """
    headings = [one.heading.get(language, "") for one in row.pieces]
    found = [Said("heading", one) for one in _shared_or_apart(sheet, row, headings, language)]
    terms = [one.term.get(language, "") for one in row.pieces]
    label = word("term", language)
    found += [Said("term", f"{label}: {one}") for one in _shared_or_apart(sheet, row, terms, language)]
    for piece in row.pieces:
        text = word("struck", language) if piece.struck else piece.text.get(language, "")
        if piece.parties:
            found.append(Said("text", _bracket(sheet, piece, text, language)))
        else:
            found += [Said("text", line) for line in text.splitlines() if line.strip()]
    return found


def _shared_or_apart(sheet: Sheet, row: ClauseRow, texts: Sequence[str], language: Language) -> list[str]:
    written = [(piece, text) for piece, text in zip(row.pieces, texts, strict=True) if not piece.struck]
    if len({text for _, text in written}) <= 1:
        return [text for _, text in written[:1] if text]
    return [_bracket(sheet, piece, text, language) for piece, text in written if text]


def _bracket(sheet: Sheet, piece: Piece, text: str, language: Language) -> str:
    who = ", ".join(sheet.party(party, language) for party in piece.parties)
    return f"[{who}: {text}]"


class Piece(Struct, frozen=True):
    """One wording: `parties` want it and stand before it in its bracket; none where it is agreed."""

    parties: tuple[str, ...]
    heading: dict[Language, str]
    term: dict[Language, str]
    text: dict[Language, str]
    struck: bool = False


class ClauseRow(Struct, frozen=True):
    """A clause of the tree with the wordings at stake."""

    key: str
    order: tuple[int, ...]
    part: str
    pieces: tuple[Piece, ...]

    @property
    def number(self) -> str:
        """3.2 for the second clause of the third article; a preamble bears none."""
        return "" if self.part == "preamble" else number(self.order)


class SignatureLine(Struct, frozen=True):
    """A signature that counts, as it stands on the certificate; `at` in ms."""

    party: str
    act: str
    office: Names
    method: str
    fingerprint: str
    at: int
    ref: str
    ledger: str
    index: int
    reservations: tuple[Reservation, ...]


class Changed(Struct, frozen=True):
    """A commitment that a party's reservation changes: it does not bind that party, or binds it as reserved."""

    party: str
    clause: str
    commitment: Names
    binds: bool


class Sheet(Struct, frozen=True):
    """A whole agreement for print. `digest` is None for a draft."""

    agreement: str
    path: str
    exercise: bool
    state: Literal["draft", "agreed", "signed"]
    names: dict[Language, str]
    parties: tuple[str, ...]
    party_names: dict[str, dict[Language, str]]
    languages: tuple[Language, ...]
    authentic: tuple[Language, ...]
    prevailing: Language | None
    digest: str | None
    rows: tuple[ClauseRow, ...]
    amends: str | None = None
    force: Force | None = None
    expires_at: int | None = None
    review_at: int | None = None
    signatures: tuple[SignatureLine, ...] = ()
    changed: tuple[Changed, ...] = ()

    def party(self, party: str, language: Language) -> str:
        """A party's name in a language, else its short name."""
        return self.party_names.get(party, {}).get(language) or party

    def clause(self, key: str, language: Language) -> str:
        """A clause by number and heading, as a reader finds it; its key where it is none of the text."""
        row = next((one for one in self.rows if one.key == key), None)
        if row is None:
            return key
        return f"{row.number} {row.pieces[0].heading.get(language, '')}".strip()

    def changed_by(self, party: str, reservation: Reservation) -> list[Changed]:
        """The commitments that one reservation changes: those of its clause and of all below it."""
        named = next((one.order for one in self.rows if one.key == reservation.clause), None)
        below = {one.key for one in self.rows if named is not None and one.order[: len(named)] == named}
        binds = reservation.effect != "excludes"
        return [one for one in self.changed if one.party == party and one.clause in below and one.binds == binds]


def text_sheet(
    text: AgreedText,
    digest: str,
    names: Mapping[str, Names],
    agreement: str,
    exercise: bool,
    signed: bool,
    signatures: Sequence[SignatureLine],
    changed: Sequence[Changed] = (),
) -> Sheet:
    """The sheet of a text without brackets."""
    rows = tuple(
        ClauseRow(one.key, one.order, one.part, (Piece((), one.heading, one.term, one.text),))
        for one in in_order(text.clauses)
    )
    return Sheet(
        agreement,
        text.path,
        exercise,
        "signed" if signed else "agreed",
        text.names,
        text.parties,
        _named(names, text.parties),
        tuple(one for one in LANGUAGES if one in text.authentic),
        text.authentic,
        text.prevailing,
        digest,
        rows,
        text.amends,
        text.force,
        text.expires_at,
        text.review_at,
        tuple(signatures),
        tuple(changed),
    )


def draft_sheet(state: TextState, names: Mapping[str, Names], agreement: str, exercise: bool) -> Sheet:
    """The sheet of a text with brackets: every wording at stake, with who wants it."""
    rows = []
    for clause in state.clauses:
        wanted: dict[int, list[str]] = {}
        for party, at in sorted(clause.stands_at.items()):
            if at is not None and party in state.sides:
                wanted.setdefault(at, []).append(party)
        pieces = [
            Piece(
                tuple(wanted.get(at, wording.parties)),
                dict(wording.content.heading),
                dict(wording.content.term),
                dict(wording.content.text),
                wording.content.struck,
            )
            for at, wording in enumerate(clause.wordings)
        ]
        if clause.agreed is not None:
            if clause.state == "left_out":
                continue
            pieces = [msgspec.structs.replace(pieces[clause.agreed], parties=())]
        rows.append(ClauseRow(clause.key, clause.order, clause.part, tuple(pieces)))
    body = state.agreement
    return Sheet(
        agreement,
        body.path or "draft",
        exercise,
        "draft",
        _words(body.names),
        state.sides,
        _named(names, state.sides),
        LANGUAGES,
        state.authentic,
        body.prevailing,
        None,
        tuple(rows),
        body.amends,
        body.force,
        body.expires_at,
        body.review_at,
    )


def _words(names: Names | None) -> dict[Language, str]:
    return {one: text for one in LANGUAGES if names is not None and (text := getattr(names, one))}


def _named(names: Mapping[str, Names], parties: Sequence[str]) -> dict[str, dict[Language, str]]:
    return {party: _words(names.get(party)) for party in parties}
