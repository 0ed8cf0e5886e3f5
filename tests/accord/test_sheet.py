"""Whatever is signed is read: in the plain text that a signatory is shown, on paper, in files."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable

import msgspec
import pytest
from docx import Document

from tansiq.accord import akn, docx_file
from tansiq.accord.agreed import AgreedClause, AgreedText, canonical
from tansiq.accord.plain import plain
from tansiq.accord.sheet import Changed, ClauseRow, Piece, Sheet, SignatureLine, said, text_sheet
from tansiq.records.kinds.agreement import Force
from tansiq.records.kinds.signature import Reservation
from tansiq.records.values import Language, Names, Ref, Texts
from tansiq.reports.agreement import paper_of
from tansiq.reports.paper import Box, Paper, Table

LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")
HEADING: dict[Language, str] = {"ar": "الثغرات", "ckb": "بۆشاییەکان", "en": "Gaps"}
TERM: dict[Language, str] = {"ar": "ثغرة أمنية", "ckb": "بۆشایی ئەمنی", "en": "security gap"}
WORDS: dict[Language, str] = {
    "ar": "أرض لا يراها أحد.",
    "ckb": "زەوییەک کە کەس نایبینێت.",
    "en": "Ground that nobody sees.",
}
TRIGGER = "joc/018f6a1e000070008000000000000001"
BEFORE = "ab" * 32
TEXT = AgreedText(
    path="gaps",
    names={"ar": "اتفاق", "ckb": "ڕێککەوتن", "en": "Agreement"},
    parties=("joc", "mop"),
    authentic=LANGUAGES,
    prevailing="ckb",
    amends=BEFORE,
    clauses=(
        AgreedClause("gap", (1,), "definition", HEADING, TERM, WORDS),
        AgreedClause("gap-2", (1, 1), "clause", {}, {}, WORDS),
    ),
    force=Force("trigger", trigger=Ref(TRIGGER), days=30),
    expires_at=1_640_984_400_000,
    review_at=1_609_491_600_000,
)
NAMES = {"joc": Names(en="Command", ar="القيادة", ckb="فەرماندەیی"), "mop": Names(en="Ministry")}
SIGNED_WITH = (TRIGGER, "30", BEFORE, "2022-01-01", "2021-01-01 12:00")
OFFICE = Names(en="Office", ar="مكتب")


def sheet_of(*reservations: Reservation, changed: tuple[Changed, ...] = ()) -> Sheet:
    """The text on paper, signed by one side."""
    one = SignatureLine("mop", "sign", OFFICE, "key_file", "SHA256:x", 0, "mop/1", "mop/c/1", 3, reservations)
    return text_sheet(TEXT, "cd" * 32, NAMES, "joc/1", False, True, [one], changed)


def paper_text(sheet: Sheet) -> str:
    """All that the PDF is made of."""
    return _squeezed(msgspec.json.encode(paper_of(sheet)).decode())


def docx_text(sheet: Sheet) -> str:
    document = Document(io.BytesIO(docx_file.write(sheet)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return _squeezed("\n".join([*(one.text for one in document.paragraphs), *cells]))


def akn_text(sheet: Sheet) -> str:
    return _squeezed("\n".join(ET.fromstring(akn.write(sheet)).itertext()))  # noqa: S314 - written above


def plain_text(_: Sheet) -> str:
    return _squeezed("\n".join(plain(TEXT, language) for language in LANGUAGES))


def _squeezed(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "").replace("\u200b", "")


@pytest.mark.parametrize("read", [plain_text, paper_text, docx_text, akn_text])
def test_whatever_is_signed_is_read(read: Callable[[Sheet], str]) -> None:
    found = read(sheet_of())
    for words in (*HEADING.values(), *TERM.values(), *WORDS.values(), *SIGNED_WITH):
        assert words in found, words


def test_two_texts_that_differ_in_anything_signed_read_differently() -> None:
    others = [
        msgspec.structs.replace(TEXT, force=Force("date", date=1_609_491_600_000)),
        msgspec.structs.replace(TEXT, force=Force("trigger", trigger=Ref(TRIGGER), days=31)),
        msgspec.structs.replace(TEXT, expires_at=None),
        msgspec.structs.replace(TEXT, review_at=None),
        msgspec.structs.replace(TEXT, amends=None),
        msgspec.structs.replace(TEXT, prevailing="ar"),
        msgspec.structs.replace(TEXT, parties=("joc",)),
        msgspec.structs.replace(TEXT, clauses=TEXT.clauses[:1]),
        msgspec.structs.replace(TEXT, clauses=(msgspec.structs.replace(TEXT.clauses[0], term={}), TEXT.clauses[1])),
    ]
    for language in LANGUAGES:
        shown = {plain(one, language) for one in (TEXT, *others)}
        assert len(shown) == len({canonical(one) for one in (TEXT, *others)}) == 1 + len(others)


@pytest.mark.parametrize("at", [-1, 0, 253_402_300_799_999, 1 << 62])
def test_a_time_that_no_calendar_has_stands_as_it_is(at: int) -> None:
    shown = plain(msgspec.structs.replace(TEXT, expires_at=at), "en")
    assert ("1970-01-01" if at == 0 else f"{at} ms") in shown


def test_a_heading_that_is_not_agreed_stands_in_the_bracket_of_who_wants_it() -> None:
    row = ClauseRow(
        "gap",
        (1,),
        "definition",
        (Piece(("joc",), HEADING, TERM, WORDS), Piece(("mop",), {"en": "Holes"}, TERM, {}, struck=True)),
    )
    sheet = msgspec.structs.replace(sheet_of(), rows=(row,))
    assert [one.text for one in said(sheet, row, "en")] == [
        "Gaps",
        "Term: security gap",
        "[Command: Ground that nobody sees.]",
        "[Ministry: left out]",
    ]
    row = msgspec.structs.replace(row, pieces=(row.pieces[0], Piece(("mop",), {"en": "Holes"}, {}, WORDS)))
    assert [one.text for one in said(sheet, row, "en")] == [
        "[Command: Gaps]",
        "[Ministry: Holes]",
        "Term: [Command: security gap]",
        "[Command: Ground that nobody sees.]",
        "[Ministry: Ground that nobody sees.]",
    ]


def test_a_reservation_names_its_clause_what_it_does_and_what_it_changes() -> None:
    reserved = Reservation("gap", "excludes", Texts(ckb="ئێمە نا"))
    changed = Changed("mop", "gap-2", Names(en="Hold the gaps", ar="مسك الثغرات"), binds=False)
    told = paper_text(sheet_of(reserved, changed=(changed,)))
    for words in (
        "1 Gaps",
        "does not apply it",
        "لا يطبّقه",
        "ئێمە نا",
        "Hold the gaps: does not bind",
        "مسك الثغرات: غير ملزم",
    ):
        assert words in told, words
    assert "binds as reserved" not in told
    for read in (docx_text, akn_text):
        found = read(sheet_of(reserved))
        assert "1 Gaps · does not apply it: ئێمە نا" in found


def blocks_of(paper: Paper) -> list[object]:
    """Blocks, those within boxes too."""
    return [each for one in paper.blocks for each in (one, *(one.blocks if isinstance(one, Box) else ()))]


def test_each_column_says_whether_its_language_binds() -> None:
    sheet = msgspec.structs.replace(sheet_of(), authentic=("ar",), languages=LANGUAGES)
    tables = [one for one in blocks_of(paper_of(sheet)) if isinstance(one, Table)]
    head = ["".join(span.text for span in cell.line) for cell in tables[0].head[1:]]
    assert head == ["العربية · نص رسمي", "کوردیی سۆرانی · وەرگێڕان", "English · translation"]
