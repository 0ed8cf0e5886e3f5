"""An agreement as it is set on paper: title, parties, clauses with their brackets, signatures. No layout here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.accord.texts import TextState
from tansiq.records.kinds.signature import Reservation
from tansiq.records.values import Language, Names
from tansiq.wording import catalogue

LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")


def word(name: str, language: Language) -> str:
    """What the paper itself says, by name (`sheet` in the wording)."""
    return catalogue(language, "sheet")[name]["refused"]


def marks(sheet: Sheet, language: Language) -> list[str]:
    """What stands above the title: EXERCISE, DRAFT."""
    return [
        word(name, language)
        for name, stands in (("exercise", sheet.exercise), ("draft", sheet.state == "draft"))
        if stands
    ]


def office_name(one: SignatureLine, language: Language) -> str:
    """The office in this language, else in another."""
    return getattr(one.office, language) or one.office.en or one.office.ar or one.office.ckb or one.ref


def lines(sheet: Sheet, piece: Piece, language: Language) -> list[str]:
    """The lines of a wording in a language; one that is not agreed stands in its bracket with who wants it."""
    text = word("struck", language) if piece.struck else piece.text.get(language, "")
    if piece.parties:
        who = ", ".join(sheet.party(party, language) for party in piece.parties)
        return [f"[{who}: {text}]"]
    return [line for line in text.splitlines() if line.strip()]


class Piece(Struct, frozen=True):
    """One wording: `parties` want it and stand before it in its bracket; none where it is agreed."""

    parties: tuple[str, ...]
    heading: dict[Language, str]
    text: dict[Language, str]
    struck: bool = False


class ClauseRow(Struct, frozen=True):
    """A clause of the tree with the wordings at stake."""

    key: str
    order: tuple[int, ...]
    part: str
    pieces: tuple[Piece, ...]


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
    signatures: tuple[SignatureLine, ...] = ()

    def party(self, party: str, language: Language) -> str:
        """A party's name in a language, else its short name."""
        return self.party_names.get(party, {}).get(language) or party


def text_sheet(
    text: AgreedText,
    digest: str,
    names: Mapping[str, Names],
    agreement: str,
    exercise: bool,
    signed: bool,
    signatures: Sequence[SignatureLine],
) -> Sheet:
    """The sheet of a text without brackets."""
    rows = tuple(
        ClauseRow(one.key, one.order, one.part, (Piece((), one.heading or one.term, one.text),))
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
        tuple(signatures),
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
                dict(wording.content.heading or wording.content.term),
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
    )


def _words(names: Names | None) -> dict[Language, str]:
    return {one: text for one in LANGUAGES if names is not None and (text := getattr(names, one))}


def _named(names: Mapping[str, Names], parties: Sequence[str]) -> dict[str, dict[Language, str]]:
    return {party: _words(names.get(party)) for party in parties}
