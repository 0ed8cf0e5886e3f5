"""What a copy of a report is made from besides its facts: whose it is, in which language, with which comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct

from tansiq.picture.told import Told
from tansiq.reports.book import Book
from tansiq.reports.cutoff import Window
from tansiq.reports.gathered import Entry, Heard, Range
from tansiq.reports.outlines import Outlines
from tansiq.reports.paper import (
    Align,
    Block,
    Box,
    Cell,
    Heading,
    Line,
    Paper,
    Paragraph,
    Span,
    Table,
    line,
)
from tansiq.reports.voice import Voice

Part = Literal["common", "reserved"]
"""What is printed: for all, or also what stays at its party."""

LEDGER: Final = "#/ledger"
"""Where the desk shows every record of a party: too many to be listed behind a figure."""

Ring = Sequence[tuple[int, int]]


class HeldBack(Struct, frozen=True):
    """What of an own record was not told: the field and its value as text."""

    ref: str
    field: str
    value: str


class Reserved(Struct, frozen=True):
    """One party's own part, printed only in its own copy."""

    party: str
    comment: Mapping[str, str]
    entries: tuple[Entry, ...]
    held_back: tuple[HeldBack, ...]


class Copy(Struct, frozen=True):
    """`told` is what was told by the cut-off; `label` the most restricted one of anything in it, in words."""

    voice: Voice
    told: Told
    circle_names: Mapping[str, str]
    exercise: bool
    label: str
    digest: str
    comments: tuple[tuple[str, Mapping[str, str]], ...]
    outlines: Outlines
    areas: tuple[Ring, ...] = ()
    reserved: Reserved | None = None


def page(copy: Copy, kind: str, window: Window, rule: str | None, blocks: Sequence[Block], book: Book) -> Paper:
    """The whole page: what it covers, its blocks, every side's comment, the reserved part, the records."""
    voice = copy.voice
    part = _part(copy)
    common = [
        *blocks,
        *_comments(copy),
    ]
    reserved = [] if copy.reserved is None else [_reserved(copy, copy.reserved)]
    subtitle = "\n".join(
        (
            voice.say("say", "circle", name=voice.name(copy.circle_names)),
            voice.say("say", "window", start=voice.time(window.start), end=voice.time(window.end)),
            part,
        )
    )
    cut = voice.say("say", "rule_default") if rule is None else voice.say("say", "rule_terms")
    head: list[Block] = [
        Paragraph(
            (
                book.figure(cut, [] if rule is None else [rule]),
                Span(". "),
                Span(voice.say("say", "after")),
            ),
            "quiet",
        )
    ]
    return Paper(
        voice.say("title", kind),
        voice.lang,
        (*head, *common, *reserved),
        subtitle,
        copy.label,
        voice.say("say", "exercise") if copy.exercise else None,
        copy.digest,
        book.notes,
        voice.say("say", "records"),
        voice.say("say", "page"),
        voice.ten,
        window.end,
    )


def _part(copy: Copy) -> str:
    if copy.reserved is None:
        return copy.voice.say("part", "common")
    return copy.voice.say("part", "reserved", party=copy.voice.party(copy.reserved.party))


def _comments(copy: Copy) -> list[Block]:
    voice = copy.voice
    found: list[Block] = []
    for party, words in copy.comments:
        if words:
            found.append(
                Box(
                    line(voice.say("part", "comment_of", party=voice.party(party))),
                    (Paragraph((voice.named(words),)),),
                    "plain",
                )
            )
    return [heading(voice.say("part", "comment")), *found] if found else []


def _reserved(copy: Copy, reserved: Reserved) -> Box:
    voice = copy.voice
    inner: list[Block] = [Paragraph(line(voice.say("part", "reserved_note")), "reserved")]
    if reserved.comment:
        inner.append(Paragraph((voice.named(reserved.comment),)))
    if reserved.entries:
        inner.append(Heading(3, line(voice.say("part", "own"))))
        inner.append(entries_table(copy, reserved.entries))
    if reserved.held_back:
        inner.append(Heading(3, line(voice.say("part", "held_back"))))
        rows = tuple(
            (Cell(line(Span(one.ref, "en"))), Cell(line(Span(one.field, "en"))), Cell(line(Span(one.value))))
            for one in reserved.held_back
        )
        inner.append(Table((3, 1, 3), (), rows))
    if len(inner) == 1:
        inner.append(Paragraph(line(voice.say("part", "reserved_none")), "quiet"))
    title = voice.say("part", "reserved", party=voice.party(reserved.party))
    return Box(line(title), tuple(inner), "reserved")


def entries_table(copy: Copy, entries: Sequence[Entry], book: Book | None = None, section: str = "log") -> Table:
    """A table of log entries, denials, suspensions: when, what, by whom."""
    voice = copy.voice
    head = tuple(cell(voice.say("col", one)) for one in ("when", "kind", "what", "who"))
    rows = []
    for one in entries:
        what = voice.named(one.names)
        rows.append(
            (
                cell(voice.time(one.at or one.said)),
                cell(voice.value(section, one.kind)),
                Cell((what if book is None else book.link(what, one.ref),)),
                cell(voice.party(one.party)),
            )
        )
    return Table((3, 2, 7, 3), head, tuple(rows))


def heard_table(copy: Copy, heard: Sequence[Heard], book: Book) -> list[Block]:
    """How much of each party a report rests on."""
    voice = copy.voice
    head = tuple(cell(voice.say("col", one)) for one in ("side", "records", "last"))
    rows = tuple(
        (
            cell(voice.party(one.party)),
            cell(Span(voice.number(one.records), link=LEDGER)),
            cell(voice.say("say", "not_said"))
            if one.last is None
            else Cell((book.figure(voice.time(one.last), [one.ref or ""]),)),
        )
        for one in heard
    )
    return [heading(voice.say("head", "rests")), Table((3, 1, 3), head, rows)]


def heading(words: str, level: int = 1) -> Heading:
    """A heading of plain words."""
    return Heading(level, line(words))


def cell(words: str | Span | Line, align: Align = "start") -> Cell:
    """A cell of plain words, or of what is given."""
    if isinstance(words, tuple):
        return Cell(words, align=align)
    return Cell(line(words), align=align)


def nothing(voice: Voice) -> Paragraph:
    """That nothing was told of it, which is said and not left out."""
    return Paragraph(line(voice.say("say", "nothing")), "quiet")


def range_words(voice: Voice, one: Range) -> str:
    """From the least to the most, one number where they are the same."""
    if one.least == one.most:
        return voice.number(one.most)
    return voice.say("say", "range", least=one.least, most=one.most)
