"""Ground that nobody covers, as strips of hours and as a table with the records behind each figure."""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.reports.book import Book
from tansiq.reports.copy import Copy, cell, heading, nothing
from tansiq.reports.cutoff import DAY_MS, Window
from tansiq.reports.drawing import Hour, strips
from tansiq.reports.ground import AreaGround, Ground
from tansiq.reports.paper import Block, Cell, Items, Line, Picture, Span, Table, Tile, line

HOUR_MS = 3_600_000
DAILY_STEP = 3
"""Hours from one time to the next over the strip of a day; over that of a week each day is named."""

LONGEST_NAME = 30


def ground_blocks(copy: Copy, book: Book, ground: Ground, window: Window) -> list[Block]:
    """Every area by hour; what could not be measured is named."""
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "ground"))]
    if not ground.areas and not ground.unmeasured:
        return [*blocks, nothing(voice)]
    if ground.areas:
        blocks += [_strips(copy, ground.areas, window), _table(copy, book, ground.areas, window)]
        blocks += _assumed(copy, book, ground.areas)
    if ground.unmeasured:
        count = len(ground.unmeasured)
        blocks.append(Items(((book.figure(voice.say("ground", "unmeasured", count=count), ground.unmeasured),),)))
    return blocks


def open_areas_tile(copy: Copy, book: Book, ground: Ground) -> Tile:
    """How many areas are covered by nobody over more than half at times, of those that were measured."""
    voice = copy.voice
    found = [one.ref for one in ground.areas if one.hours_open(one.open)]
    shown = voice.say("say", "of", count=len(found), all=len(ground.areas))
    return Tile((book.figure(shown, found),), line(voice.say("tile", "open_areas")))


def _strips(copy: Copy, areas: Sequence[AreaGround], window: Window) -> Picture:
    voice = copy.voice
    rows = [
        (
            _short(voice.name(one.names)),
            [Hour(free / one.cells, vague / one.cells) for free, vague in zip(one.open, one.unknown, strict=True)],
        )
        for one in areas
    ]
    begins = window.start - window.start % HOUR_MS
    hours = len(areas[0].open)
    if hours * HOUR_MS > DAY_MS:
        # a week begins in the middle of a day: each day is named where it begins
        ahead = 3 * HOUR_MS
        first = -(begins + ahead) % DAY_MS // HOUR_MS
        ticks = [(at, voice.short(begins + at * HOUR_MS)) for at in range(first, hours, 24)]
    else:
        ticks = [(at, voice.hour(begins + at * HOUR_MS)) for at in range(0, hours, DAILY_STEP)]
    alt = "; ".join(f"{voice.name(one.names)}: {_half_open(copy, one)}" for one in areas)
    caption = line(voice.say("ground", "note"))
    return Picture(strips(rows, ticks, mirrored=voice.mirrored), alt, caption, 100)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _half_open(copy: Copy, one: AreaGround) -> str:
    return copy.voice.say("say", "of", count=one.hours_open(one.open), all=len(one.open))


def _table(copy: Copy, book: Book, areas: Sequence[AreaGround], window: Window) -> Table:
    voice = copy.voice
    rows = []
    for one in areas:
        worst = one.open.index(max(one.open))
        begins = window.start - window.start % HOUR_MS + worst * HOUR_MS
        share = voice.say("ground", "percent", count=100 * one.open[worst] // one.cells)
        before = "–" if one.open_before is None else voice.number(one.hours_open(one.open_before))
        vague = max(one.unknown)
        rows.append(
            (
                Cell((book.link(voice.named(one.names), one.ref),)),
                Cell((book.figure(_half_open(copy, one), one.refs),)),
                Cell((book.figure(before, () if one.open_before is None else one.refs),)),
                Cell(
                    (
                        book.figure(share, one.refs),
                        *((Span(f" · {voice.time(begins)}", tone="quiet"),) if one.open[worst] else ()),
                    )
                ),
                Cell((book.figure(voice.say("ground", "percent", count=-(-100 * vague // one.cells)), one.refs),)),
            )
        )
    head = tuple(cell(voice.say("ground", one)) for one in ("area", "half_open", "half_before", "worst", "unknown"))
    return Table((4, 2, 2, 4, 2), head, tuple(rows))


def _assumed(copy: Copy, book: Book, areas: Sequence[AreaGround]) -> list[Block]:
    """What was not there to measure by, each once with the areas that it concerns."""
    voice = copy.voice
    concerned: dict[str, list[str]] = {}
    for one in areas:
        for code in one.missing:
            concerned.setdefault(code, []).append(one.ref)
    items: list[Line] = []
    for code, refs in concerned.items():
        name, _, party = code.partition(":")
        words = voice.say("ground", f"no_{name}", party=voice.party(party) if party else "")
        items.append((book.figure(words, refs),))
    return [Items(tuple(items))] if items else []
