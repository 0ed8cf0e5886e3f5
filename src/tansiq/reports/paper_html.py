"""A page as one HTML file that asks nobody for anything: its styles, fonts and pictures are in it, and no script.

Everything is said that the PDF says, in the same order. Addresses of the desk (`#/…`) lead into the desk that shows it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final

from tansiq.records.values import Language
from tansiq.reports.paper import (
    Block,
    Box,
    Cell,
    Heading,
    Items,
    Note,
    Paper,
    Paragraph,
    Picture,
    Span,
    Table,
    Tile,
    Tiles,
    clean,
    direction,
    missing_notes,
    numeral,
)
from tansiq.reports.paper_pdf import FONTS

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:"
"""What the page may load: nothing; it stands in the page itself, and the node says it again when it serves it."""


def html(paper: Paper, desk: str = "") -> str:
    """The whole page as text of one file; `desk` is where the desk is served that addresses (`#/…`) lead into."""
    if missing := missing_notes(paper):
        raise ValueError(f"figures without records: {missing}")
    writer = _Writer(paper, desk)
    mark = f'<div class="mark">{_text(paper.mark)}</div>' if paper.mark else ""
    digest = f"<code>SHA-256 {escape(paper.digest)}</code>" if paper.digest else ""
    subtitle = f'<p class="quiet">{_text(paper.subtitle)}</p>' if paper.subtitle else ""
    return (
        f'<!doctype html>\n<html lang="{paper.lang}" dir="{direction(paper.lang)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><base target="_top">'
        f"<title>{_text(paper.title)}</title><style>{_faces()}{_style()}</style></head><body>{mark}"
        f"<header><b>{_text(paper.label)}</b><span>{_text(paper.title)}</span></header><main>"
        f"<h1>{_text(paper.title)}</h1>{subtitle}{writer.blocks(paper.blocks)}{writer.notes()}</main>"
        f"<footer>{digest}<b>{_text(paper.label)}</b></footer></body></html>\n"
    )


def _text(words: str) -> str:
    return escape(clean(words)).replace("\n", "<br>")


@cache
def _style() -> str:
    return (files(__package__) / "paper.css").read_text(encoding="utf-8")


@cache
def _faces() -> str:
    """The faces for text in Arabic script and Latin; without them the reader's own are used."""
    made = []
    for family in ("Arabic", "Latin"):
        for style, weight in (("Regular", 400), ("Bold", 700)):
            path = FONTS / f"Tansiq-{family}-{style}.ttf"
            if path.exists():
                data = base64.b64encode(path.read_bytes()).decode()
                made.append(
                    f"@font-face{{font-family:Tansiq{family};font-weight:{weight};"
                    f"src:url(data:font/ttf;base64,{data})}}"
                )
    return "".join(made)


class _Writer:
    """Writes the blocks of one page, which knows its notes."""

    def __init__(self, paper: Paper, desk: str) -> None:
        self.paper, self.desk = paper, desk
        self.known = {note.number: note for note in paper.notes}

    def blocks(self, blocks: Iterable[Block]) -> str:
        return "".join(self.block(one) for one in blocks)

    def block(self, block: Block) -> str:
        match block:
            case Heading():
                level = min(block.level, 3) + 1
                made = f"<h{level}>{self.line(block.line)}</h{level}>"
            case Paragraph():
                made = f"<p{_tone(block.tone)}{_language(block.lang)}>{self.line(block.line)}</p>"
            case Items():
                tag = "ol" if block.numbered else "ul"
                made = f"<{tag}>{''.join(f'<li>{self.line(one)}</li>' for one in block.items)}</{tag}>"
            case Table():
                made = self.table(block)
            case Tiles():
                made = f'<div class="tiles">{"".join(self.tile(one) for one in block.tiles)}</div>'
            case Picture():
                made = self.picture(block)
            case Box():
                title = f"<b{_tone(block.tone)}>{self.line(block.title)}</b>"
                made = f'<div class="box is-{block.tone}">{title}{self.blocks(block.blocks)}</div>'
            case _:
                made = "<hr>"
        return made

    def picture(self, picture: Picture) -> str:
        caption = f"<figcaption>{self.line(picture.caption)}</figcaption>" if picture.caption else ""
        drawn = f'<div role="img" aria-label="{escape(clean(picture.alt))}">{picture.svg}</div>'
        return f'<figure style="width:{picture.width}%;margin-inline:auto">{drawn}{caption}</figure>'

    def table(self, table: Table) -> str:
        total = sum(table.widths) or 1
        columns = "".join(
            f'<col style="width:{100 * width // total}%">' if width else "<col>" for width in table.widths
        )
        head = f"<thead><tr>{''.join(self.cell(one, 'th') for one in table.head)}</tr></thead>" if table.head else ""
        rows = "".join(f"<tr>{''.join(self.cell(one, 'td') for one in row)}</tr>" for row in table.rows)
        ruled = ' class="ruled"' if table.ruled else ""
        return (
            f'<div class="scroll"><table{ruled}><colgroup>{columns}</colgroup>{head}<tbody>{rows}</tbody></table></div>'
        )

    def cell(self, cell: Cell, tag: str) -> str:
        names = [name for name in (cell.align if cell.align != "start" else "", cell.tone) if name not in {"", "plain"}]
        named = f' class="{" ".join(names)}"' if names else ""
        return f"<{tag}{named}{_language(cell.lang)}>{self.line(cell.line)}</{tag}>"

    def tile(self, tile: Tile) -> str:
        beside = f"<span>{self.line(tile.beside)}</span>" if tile.beside else ""
        label = f'<span class="quiet">{self.line(tile.label)}</span>'
        return f'<div class="tile"><b>{self.line(tile.value)}</b>{label}{beside}</div>'

    def line(self, line: Sequence[Span]) -> str:
        return "".join(self.span(one) for one in line)

    def span(self, span: Span) -> str:
        made = _text(span.text)
        if span.lang is not None:
            made = f'<bdi lang="{span.lang}">{made}</bdi>'
        if span.strong:
            made = f"<strong>{made}</strong>"
        if span.tone != "plain":
            made = f"<span{_tone(span.tone)}>{made}</span>"
        target = self.target(span)
        if target is not None:
            made = self.linked(target, made)
        if span.note is not None:
            number = numeral(span.note, self.paper.digits)
            made += f"<sup>{self.linked(f'#note-{span.note}', number)}</sup>"
        return made

    def linked(self, target: str, made: str) -> str:
        """Links within the page stay in it, also where the desk shows it in a frame; those of the desk leave it."""
        if target.startswith("#/"):
            return f'<a href="{escape(self.desk + target)}">{made}</a>'
        return f'<a href="{escape(target)}" target="_self">{made}</a>'

    def target(self, span: Span) -> str | None:
        """Where a figure leads: to its record where it has one, else to the list of its records."""
        if span.link is not None and span.link.startswith("#/"):
            return span.link
        if span.note is None:
            return None
        sources = self.known[span.note].sources
        if len(sources) == 1 and (sources[0].link or "").startswith("#/"):
            return sources[0].link
        return f"#note-{span.note}"

    def notes(self) -> str:
        if not self.paper.notes:
            return ""
        made = "".join(self.note(one) for one in self.paper.notes)
        return f'<h2>{_text(self.paper.notes_title)}</h2><div class="notes">{made}</div>'

    def note(self, note: Note) -> str:
        sources = []
        for source in note.sources:
            ref = f"<code>{escape(source.ref)}</code>"
            if source.link is not None and source.link.startswith("#/"):
                ref = self.linked(source.link, ref)
            sources.append(f'{self.line(source.line)} <span class="quiet">{ref}</span>')
        number = numeral(note.number, self.paper.digits)
        return f'<div id="note-{note.number}"><b class="quiet">{number}</b><div>{"<br>".join(sources)}</div></div>'


def _tone(tone: str) -> str:
    return "" if tone == "plain" else f' class="{tone}"'


def _language(lang: Language | None) -> str:
    return "" if lang is None else f' lang="{lang}" dir="{direction(lang)}"'
