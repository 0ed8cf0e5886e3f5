"""A page before it is PDF or HTML: headings, paragraphs, tables, pictures and the records behind its figures.

Both writers (`paper_pdf`, `paper_html`) read this and nothing else, so that a PDF and an HTML page cannot say different
things. Text is text: no markup of any kind is read out of it. See docs/decisions/paper.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct

from tansiq.records.values import Language

Tone = Literal["plain", "quiet", "good", "watch", "bad", "reserved"]
Align = Literal["start", "centre", "end"]

RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb"})
LONGEST_WORD: Final = 36
"""Letters after which a word may break anywhere: a page has an edge."""

_NOT_WRITTEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_LONG: Final = re.compile(rf"[^\s\u200b]{{{LONGEST_WORD},}}")


class Span(Struct, frozen=True):
    """A piece of a line. `lang` where it is in another language than its block: it then keeps its own direction.

    `note` is the number of the record list entry behind it; `link` is an address of the desk (`#/…`), in HTML only.
    """

    text: str
    lang: Language | None = None
    strong: bool = False
    tone: Tone = "plain"
    note: int | None = None
    link: str | None = None


Line = tuple[Span, ...]


class Heading(Struct, frozen=True, tag="heading"):
    """A heading of level 1 to 3."""

    level: int
    line: Line


class Paragraph(Struct, frozen=True, tag="paragraph"):
    """A paragraph, in the language of the page unless `lang` says another."""

    line: Line
    tone: Tone = "plain"
    lang: Language | None = None


class Items(Struct, frozen=True, tag="items"):
    """A list with bullets, or with numbers."""

    items: tuple[Line, ...]
    numbered: bool = False


class Cell(Struct, frozen=True):
    """A cell of a table; `align` is by reading direction."""

    line: Line
    lang: Language | None = None
    align: Align = "start"
    tone: Tone = "plain"


class Table(Struct, frozen=True, tag="table"):
    """Columns of relative `widths` (0: as wide as what is in it), mirrored where the page runs from right to left."""

    widths: tuple[int, ...]
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    ruled: bool = True


class Tile(Struct, frozen=True):
    """A figure that is read first: how much, of what, and a word beside it."""

    value: Line
    label: Line
    beside: Line = ()


class Tiles(Struct, frozen=True, tag="tiles"):
    """Figures beside each other."""

    tiles: tuple[Tile, ...]


class Picture(Struct, frozen=True, tag="picture"):
    """A chart or map, drawn by this program as SVG; `alt` says it in words. `width` is percent of the page's."""

    svg: str
    alt: str
    caption: Line = ()
    width: int = 100


class Box(Struct, frozen=True, tag="box"):
    """Blocks that stand apart under a title: what is reserved, a certificate, a common comment."""

    title: Line
    blocks: tuple[Block, ...]
    tone: Tone = "plain"


class PageBreak(Struct, frozen=True, tag="break"):
    """What follows begins on a new page."""


Block = Heading | Paragraph | Items | Table | Tiles | Picture | Box | PageBreak


class Source(Struct, frozen=True):
    """A record behind a figure: `party/id`, what it is in words, and where the desk opens it."""

    ref: str
    line: Line
    link: str | None = None


class Note(Struct, frozen=True):
    """The records behind the figures that carry this number."""

    number: int
    sources: tuple[Source, ...]


class Paper(Struct, frozen=True):
    """A whole page or many.

    `label` is the classification in words and stands on every page; `mark` is EXERCISE in words, where it is one;
    `digest` is what the footer shows of the content's hash. `digits` are the ten digits of page and note numbers.
    """

    title: str
    lang: Language
    blocks: tuple[Block, ...]
    subtitle: str = ""
    label: str = ""
    mark: str | None = None
    digest: str | None = None
    notes: tuple[Note, ...] = ()
    notes_title: str = ""
    page_words: str = "{page} / {pages}"
    digits: str = "0123456789"
    written_at: int = 0
    """Unix milliseconds that the PDF bears as its time: the cut-off, never a clock, so that the same is the same."""


def line(*parts: Span | str) -> Line:
    """A line of spans and plain words."""
    return tuple(one if isinstance(one, Span) else Span(one) for one in parts)


def isolated(text: str) -> str:
    """Text that keeps its own direction inside a sentence of another, and cannot turn the sentence."""
    return f"\u2068{_NOT_WRITTEN.sub('', text)}\u2069"


def clean(text: str) -> str:
    """Text as a page may hold it: no control letters, no unclosed turn of direction, no word wider than the page.

    Isolates that `isolated` made stay; others that are not in pairs are left out.
    """
    kept = []
    depth = 0
    for letter in text.replace("\r\n", "\n"):
        if letter == "\u2068":
            depth += 1
        elif letter == "\u2069":
            if not depth:
                continue
            depth -= 1
        elif _NOT_WRITTEN.match(letter):
            continue
        kept.append(letter)
    return _LONG.sub(_broken, "".join(kept) + "\u2069" * depth)


def _broken(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[at : at + LONGEST_WORD // 2] for at in range(0, len(word), LONGEST_WORD // 2))


def direction(lang: Language) -> Literal["rtl", "ltr"]:
    """Which way a language runs."""
    return "rtl" if lang in RIGHT_TO_LEFT else "ltr"


def lines_of(blocks: Iterable[Block]) -> Iterator[Line]:
    """Every line of text that blocks hold, in the order of the page."""
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            yield block.line
        elif isinstance(block, Items):
            yield from block.items
        elif isinstance(block, Table):
            for row in (block.head, *block.rows):
                yield from (cell.line for cell in row)
        elif isinstance(block, Tiles):
            for tile in block.tiles:
                yield from (tile.value, tile.label, tile.beside)
        elif isinstance(block, Picture):
            yield block.caption
        elif isinstance(block, Box):
            yield block.title
            yield from lines_of(block.blocks)


def missing_notes(paper: Paper) -> list[int]:
    """Numbers that stand behind a figure and in no list of records: none, or the page is not written."""
    held = {note.number for note in paper.notes}
    asked = {span.note for one in lines_of(paper.blocks) for span in one if span.note is not None}
    return sorted(asked - held)


def numeral(number: int, digits: str) -> str:
    """A number in the digits of a page."""
    return str(number).translate(str.maketrans("0123456789", digits))
