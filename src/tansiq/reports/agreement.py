"""An agreement on paper: the languages side by side in the order of the right-to-left page, then the certificate."""

from __future__ import annotations

import datetime

from tansiq.accord.plain import number
from tansiq.accord.sheet import ClauseRow, Sheet, SignatureLine, lines, marks, office_name, word
from tansiq.records.values import Language
from tansiq.reports.paper import Block, Box, Cell, Heading, Line, Paper, Paragraph, Span, Table, isolated, line
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
    head = (Cell(()), *(Cell(line(Span(word(f"lang_{one}", one), one, strong=True)), one) for one in sheet.languages))
    rows = tuple(_row(sheet, row) for row in sheet.rows)
    blocks.append(Table((0, *([1] * columns)), head, rows))
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


def _row(sheet: Sheet, row: ClauseRow) -> tuple[Cell, ...]:
    cells = [Cell(line(Span(number(row.order), "en", strong=row.part == "article")))]
    for language in sheet.languages:
        spans: list[Span] = []
        for heading in dict.fromkeys(piece.heading.get(language, "") for piece in row.pieces):
            if heading:
                spans.append(Span(f"{heading}\n", language, strong=True))
        told = "\n".join(one for piece in row.pieces for one in lines(sheet, piece, language))
        spans.append(Span(told, language))
        cells.append(Cell(tuple(spans), language))
    return tuple(cells)


def _certificate(sheet: Sheet) -> list[Block]:
    blocks: list[Block] = [Heading(2, _in_all(sheet, "certificate"))]
    within: list[Block] = [
        Paragraph(_in_all(sheet, "digest")),
        Paragraph(line(Span(sheet.digest or "", "en")), lang="en"),
    ]
    if sheet.state != "signed":
        within.append(Paragraph(_in_all(sheet, "unsigned"), tone="watch"))
    if sheet.prevailing is not None:
        prevailing = sheet.prevailing
        within.append(Paragraph((*_in_all(sheet, "prevailing"), Span(": "), Span(word(f"lang_{prevailing}", PAGE)))))
    blocks.append(Box((), tuple(within)))
    signed = [one for one in sheet.signatures if one.act == "sign"]
    if signed:
        head = tuple(Cell(_in_all(sheet, name)) for name in ("party", "office", "key", "ledger"))
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
    found: list[Block] = []
    for each in one.reservations:
        for language in sheet.languages:
            words = getattr(each.text, language)
            if words:
                who, what = sheet.party(one.party, language), word("reserves", language)
                said = f"{who} · {what} {isolated(each.clause)}: {words}"
                found.append(Paragraph(line(Span(said, language)), tone="reserved", lang=language))
    return found


def _in_all(sheet: Sheet, name: str) -> Line:
    """A word of the paper in each of its languages."""
    spans: list[Span] = []
    for language in sheet.languages:
        spans += [Span(" · ")] if spans else []
        spans.append(Span(word(name, language), language))
    return tuple(spans)
