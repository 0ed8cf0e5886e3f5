"""An agreement on paper: the languages side by side in the order of the right-to-left page, then the certificate."""

from __future__ import annotations

import datetime

from tansiq.accord.frame import frame_lines, word
from tansiq.accord.sheet import ClauseRow, Sheet, SignatureLine, marks, name_in, office_name, said
from tansiq.records.values import Language
from tansiq.reports.paper import (
    Block,
    Box,
    Cell,
    Heading,
    Line,
    PageBreak,
    Paper,
    Paragraph,
    Span,
    Table,
    isolated,
    line,
)
from tansiq.reports.paper_pdf import pdf

PAGE: Language = "ar"
"""The page runs as Arabic does; every cell has its own language."""


def write(sheet: Sheet) -> bytes:
    """The PDF of an agreement; the same records give the same bytes."""
    return pdf(paper_of(sheet))


def paper_of(sheet: Sheet) -> Paper:
    """The page before it is set."""
    blocks: list[Block] = []
    for language in sheet.languages:
        above = marks(sheet, language)
        if above:
            blocks.append(Paragraph(line(Span(" · ".join(above), language, strong=True, tone="bad")), lang=language))
    for language in sheet.languages:
        if language != PAGE:  # the page bears that one as its title
            title = sheet.names.get(language, sheet.path)
            blocks.append(Paragraph(line(Span(title, language, strong=True)), lang=language))
        parties = " — ".join(sheet.party(party, language) for party in sheet.parties)
        blocks.append(Paragraph(line(Span(parties, language)), tone="quiet", lang=language))
    columns = len(sheet.languages)
    head = (Cell(()), *(_column(sheet, one) for one in sheet.languages))
    rows = tuple(_row(sheet, row) for row in sheet.rows)
    blocks.append(Table((0, *([1] * columns)), head, rows))
    blocks.append(_signed_with(sheet))
    if sheet.digest is not None:
        blocks += _certificate(sheet)
    every = " · ".join(" · ".join(marks(sheet, language)) for language in sheet.languages if marks(sheet, language))
    return Paper(
        title=sheet.names.get(PAGE) or sheet.path,
        lang=PAGE,
        blocks=tuple(blocks),
        mark=every or None,
        digest=sheet.digest,
        page_words=word("page", PAGE),
        written_at=max((one.at for one in sheet.signatures), default=0),
    )


def _column(sheet: Sheet, language: Language) -> Cell:
    binds = word("is_authentic" if language in sheet.authentic else "is_translation", language)
    return Cell(
        line(Span(word(f"lang_{language}", language), language, strong=True), Span(f" · {binds}", language)), language
    )


def _signed_with(sheet: Sheet) -> Table:
    """What is signed beside the clauses, each language in its column."""
    head = tuple(Cell(line(Span(word("signed_with", one), one, strong=True)), one) for one in sheet.languages)
    told = [frame_lines(sheet, one, sheet.party) for one in sheet.languages]
    rows = tuple(
        tuple(
            Cell(line(Span(f"{each.name}: ", one, tone="quiet"), Span(each.value, one)), one)
            for one, each in zip(sheet.languages, same, strict=True)
        )
        for same in zip(*told, strict=True)
    )
    return Table(tuple([1] * len(sheet.languages)), head, rows)


def _row(sheet: Sheet, row: ClauseRow) -> tuple[Cell, ...]:
    cells = [Cell(line(Span(row.number, "en", strong=row.part == "article")))]
    for language in sheet.languages:
        spans: list[Span] = []
        for one in said(sheet, row, language):
            spans.append(Span(("\n" if spans else "") + one.text, language, strong=one.kind == "heading"))
        cells.append(Cell(tuple(spans), language))
    return tuple(cells)


def _certificate(sheet: Sheet) -> list[Block]:
    signed = [one for one in sheet.signatures if one.act == "sign"]
    blocks: list[Block] = [*([PageBreak()] if signed else []), Heading(2, _in_all(sheet, "certificate"))]
    within: list[Block] = [
        Paragraph(_in_all(sheet, "digest")),
        Paragraph(line(Span(sheet.digest or "", "en")), lang="en"),
    ]
    if sheet.state != "signed":
        within.append(Paragraph(_in_all(sheet, "unsigned"), tone="watch"))
    blocks.append(Box((), tuple(within)))
    if signed:
        head = tuple(Cell(_in_all(sheet, name, "\n")) for name in ("party", "office", "key", "ledger"))
        rows = tuple(_signature(sheet, one) for one in signed)
        blocks.append(Table((2, 2, 3, 3), head, rows))
        for one in signed:
            blocks += _reservations(sheet, one)
    blocks += [Paragraph(line(Span(word("verify", one), one)), tone="quiet", lang=one) for one in sheet.languages]
    return blocks


def _signature(sheet: Sheet, one: SignatureLine) -> tuple[Cell, ...]:
    day = datetime.datetime.fromtimestamp(one.at / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
    parties = Span("\n".join(isolated(sheet.party(one.party, each)) for each in sheet.languages))
    offices = Span("\n".join(isolated(name) for name in dict.fromkeys(office_name(one, x) for x in sheet.languages)))
    method = word(f"method_{one.method}", PAGE) if one.method else ""
    key = (Span(f"{method}\n"), Span(f"{one.fingerprint}\n", "en"), Span(day, "en"))
    return Cell((parties,)), Cell((offices,)), Cell(key), Cell((Span(f"{one.ledger}, {one.index}", "en"),))


def _reservations(sheet: Sheet, one: SignatureLine) -> list[Block]:
    """Each reservation in the languages of the page, in whichever of them it was worded, and what it changes."""
    found: list[Block] = []
    for each in one.reservations:
        for language in sheet.languages:
            who, what = sheet.party(one.party, language), word("reserves", language)
            clause, effect = isolated(sheet.clause(each.clause, language)), word(f"effect_{each.effect}", language)
            head = Span(f"{who} · {what} {clause} · {effect}", language, strong=True)
            words = getattr(each.text, language)
            spans = [head, *([Span(f": {words}", language)] if words else [])]
            found.append(Paragraph(tuple(spans), tone="reserved", lang=language))
            for changed in sheet.changed_by(one.party, each):
                bound = word("binds_other" if changed.binds else "binds_no", language)
                name = name_in(changed.commitment, language)
                found.append(Paragraph(line(Span(f"{name}: {bound}", language)), tone="reserved", lang=language))
    return found


def _in_all(sheet: Sheet, name: str, between: str = " · ") -> Line:
    """A word of the paper in each of its languages."""
    spans: list[Span] = []
    for language in sheet.languages:
        spans += [Span(between)] if spans else []
        spans.append(Span(word(name, language), language))
    return tuple(spans)
