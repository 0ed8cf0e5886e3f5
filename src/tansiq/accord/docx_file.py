"""An agreement as DOCX (ISO/IEC 29500): the languages side by side in one table that runs from right to left.

Arabic and Sorani are real right-to-left text: paragraphs with `w:bidi`, runs with `w:rtl` and fonts of the complex
script (`w:cs`), so that a word processor shapes and edits them as what they are.
"""

from __future__ import annotations

import datetime
import io
import re
from typing import Any, Final

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from tansiq.accord.frame import frame_lines, word
from tansiq.accord.plain import RIGHT_TO_LEFT
from tansiq.accord.sheet import ClauseRow, Sheet, SignatureLine, marks, office_name, said
from tansiq.records.values import Language

FONT: Final = "Noto Sans"
ARABIC_FONT: Final = "Noto Naskh Arabic"
TAGS: Final[dict[Language, str]] = {"ar": "ar-IQ", "ckb": "ku-Arab-IQ", "en": "en-GB"}
SIZE: Final = 10
PAGE_CM: Final = (29.7, 21.0)
MARGIN_CM: Final = 1.8
NUMBER_CM: Final = 1.4
WHEN: Final = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""Of the file's own properties: the same records make the same file."""
NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(sheet: Sheet) -> bytes:
    """The bytes of the file."""
    document = Document()
    _page(document)
    for language in sheet.languages:
        if above := marks(sheet, language):
            _say(document.add_paragraph(), " · ".join(above), language, bold=True)
    for language in sheet.languages:
        _say(document.add_paragraph(), sheet.names.get(language, sheet.path), language, bold=True, size=SIZE + 5)
        parties = " — ".join(sheet.party(party, language) for party in sheet.parties)
        _say(document.add_paragraph(), parties, language)
    table = _table(document, 1 + len(sheet.languages))
    _columns(table, sheet)
    for row in sheet.rows:
        _clause(table, sheet, row)
    _signed_with(document, sheet)
    if sheet.digest:
        _signatures(document, sheet)
    document.core_properties.title = sheet.names.get("en") or sheet.path
    document.core_properties.author = "Tansiq"
    document.core_properties.created = document.core_properties.modified = WHEN
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document: Doc) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(MARGIN_CM)


def _table(document: Doc, columns: int) -> Table:
    """A table of which the first column stands at the right."""
    table: Table = document.add_table(rows=0, cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    table._tbl.tblPr.find(qn("w:tblStyle")).addnext(OxmlElement("w:bidiVisual"))  # the schema has an order
    width = (PAGE_CM[0] - 2 * MARGIN_CM - NUMBER_CM) / (columns - 1)
    for at, column in enumerate(table.columns):
        column.width = Cm(NUMBER_CM if at == 0 else width)
    return table


def _row(table: Table) -> tuple[_Cell, ...]:
    row = table.add_row()  # type: ignore[no-untyped-call]  # python-docx leaves this one without types
    cells: tuple[_Cell, ...] = row.cells
    return cells


def _columns(table: Table, sheet: Sheet) -> None:
    """The head of the table, repeated on every page: which language, and whether it binds."""
    cells = _row(table)
    for cell, language in zip(cells[1:], sheet.languages, strict=True):
        binds = word("is_authentic" if language in sheet.authentic else "is_translation", language)
        _say(cell.paragraphs[0], f"{word(f'lang_{language}', language)} · {binds}", language, bold=True)
    _put(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader", "true")


def _clause(table: Table, sheet: Sheet, row: ClauseRow) -> None:
    cells = _row(table)
    _say(cells[0].paragraphs[0], row.number, "en")
    for cell, language in zip(cells[1:], sheet.languages, strict=True):
        _words(cell, sheet, row, language)


def _words(cell: _Cell, sheet: Sheet, row: ClauseRow, language: Language) -> None:
    """Heading and text of a clause in one language; a wording that is not agreed stands in its bracket."""
    paragraphs = iter([cell.paragraphs[0]])

    def following() -> Paragraph:
        found: Paragraph = next(paragraphs, None) or cell.add_paragraph()
        return found

    for one in said(sheet, row, language):
        _say(following(), one.text, language, bold=one.kind == "heading")


def _signed_with(document: Doc, sheet: Sheet) -> None:
    """What is signed beside the clauses, each language in its column."""
    _say(document.add_paragraph(), "", "en")  # two tables that touch become one
    table = _table(document, 1 + len(sheet.languages))
    cells = _row(table)
    for cell, language in zip(cells[1:], sheet.languages, strict=True):
        _say(cell.paragraphs[0], word("signed_with", language), language, bold=True)
        for one in frame_lines(sheet, language, sheet.party):
            _say(cell.add_paragraph(), f"{one.name}: {one.value}", language)


def _signatures(document: Doc, sheet: Sheet) -> None:
    for language in sheet.languages:
        _say(document.add_paragraph(), f"{word('digest', language)}: {sheet.digest}", language)
    signed = [one for one in sheet.signatures if one.act == "sign"]
    if not signed:
        return
    for language in sheet.languages:
        _say(document.add_paragraph(), word("signatures", language), language, bold=True)
    table = _table(document, 1 + len(sheet.languages))
    for at, one in enumerate(signed, 1):
        cells = _row(table)
        _say(cells[0].paragraphs[0], str(at), "en")
        for cell, language in zip(cells[1:], sheet.languages, strict=True):
            _signature(cell, sheet, one, language)


def _signature(cell: _Cell, sheet: Sheet, one: SignatureLine, language: Language) -> None:
    _say(cell.paragraphs[0], sheet.party(one.party, language), language, bold=True)
    _say(cell.add_paragraph(), office_name(one, language), language)
    day = datetime.datetime.fromtimestamp(one.at / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%MZ")
    _say(cell.add_paragraph(), f"{day} · {one.fingerprint}", "en")
    for each in one.reservations:
        words = getattr(each.text, language) or each.text.en or each.text.ar or each.text.ckb or ""
        clause, effect = sheet.clause(each.clause, language), word(f"effect_{each.effect}", language)
        _say(cell.add_paragraph(), f"{word('reserves', language)} {clause} · {effect}: {words}", language)


def _say(paragraph: Paragraph, text: str, language: Language, *, bold: bool = False, size: int = SIZE) -> None:
    """One paragraph in one language, with its direction, fonts and language tag."""
    right = language in RIGHT_TO_LEFT
    if right:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    run = paragraph.add_run(NOT_XML.sub("", text))
    run.bold = bold
    run.font.size = Pt(size)
    properties = run._r.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for slot, font in (("ascii", FONT), ("hAnsi", FONT), ("cs", ARABIC_FONT)):
        fonts.set(qn(f"w:{slot}"), font)
    if right:
        # complex script has its own weight and size; without them Word sets the Latin ones aside
        run.font.cs_bold = bold
        _put(properties, "w:szCs", str(2 * size))
        run.font.rtl = True
    tag = _put(properties, "w:lang", TAGS[language])
    if right:
        tag.set(qn("w:bidi"), TAGS[language])


def _put(properties: Any, name: str, value: str) -> Any:
    made = OxmlElement(name)
    made.set(qn("w:val"), value)
    properties.append(made)
    return made
