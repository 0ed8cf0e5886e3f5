"""The weekly joint report as a page."""

from __future__ import annotations

from tansiq.reports.book import Book
from tansiq.reports.copy import Copy, cell, entries_table, heading, heard_table, nothing, page
from tansiq.reports.drawing import BAD, GOOD, WATCH, Bar, Day, bars, calendar
from tansiq.reports.due import Due
from tansiq.reports.gathered import names_in
from tansiq.reports.page_ground import ground_blocks
from tansiq.reports.page_situation import (
    centre_blocks,
    event_tile,
    incident_blocks,
    map_block,
    open_overlaps,
    unseen_blocks,
)
from tansiq.reports.paper import Block, Cell, Line, Paper, Picture, Span, Table, Tile, Tiles, Tone, isolated, line
from tansiq.reports.weekly import Change, Weekly

STEPS = (15, 60, 240, 1440)
"""Minutes up to which answers are counted together; the rest took longer."""

CALENDAR = "#/accord/page/reports"
"""Where the desk shows what was due: a report that is missing has no record to lead to."""

COLOURS = {"issued": GOOD, "late": WATCH, "missing": BAD, "excused": BAD}


def weekly_page(facts: Weekly, copy: Copy) -> Paper:
    """The page of a week."""
    voice, book = copy.voice, Book(copy.told, copy.voice)
    gaps = [one for one in facts.due if one.standing in ("missing", "excused")]
    earlier = [ref for side in facts.sides for ref in side.announced_refs_before]
    plans = [ref for side in facts.sides for ref in side.announced_refs]
    blocks: list[Block] = [
        Tiles(
            (
                event_tile(copy, book, facts.events, facts.incidents),
                Tile(
                    (book.count(plans),),
                    line(voice.say("tile", "plans")),
                    (book.figure(voice.say("say", "before", count=len(earlier)), earlier),),
                ),
                Tile((open_overlaps(copy, book, facts.collisions),), line(voice.say("tile", "collisions"))),
                Tile((Span(voice.number(len(gaps)), link=CALENDAR),), line(voice.say("tile", "missing"))),
            )
        ),
        *_sides(facts, copy, book),
        *_answers(facts, copy, book),
        *incident_blocks(copy, book, facts.incidents, facts.events),
        *map_block(copy, facts.events, facts.centres),
        *_due(facts, copy, book),
        *_meetings(facts, copy, book),
        *_changes(facts, copy, book),
        *centre_blocks(copy, book, facts.centres),
        *ground_blocks(copy, book, facts.ground, facts.window),
        heading(voice.say("head", "access")),
        entries_table(copy, facts.denials, book) if facts.denials else nothing(voice),
        *unseen_blocks(copy, book, facts.unseen, [one.ref for one in facts.denials]),
        *heard_table(copy, facts.heard, book),
    ]
    return page(copy, "weekly", facts.window, facts.rule, blocks, book)


def _sides(facts: Weekly, copy: Copy, book: Book) -> list[Block]:
    voice = copy.voice
    names = ("side", "told", "announced", "asked", "answered", "median")
    rows = []
    for one in facts.sides:
        median = "–" if one.median_minutes is None else voice.say("say", "minutes", count=one.median_minutes)
        rows.append(
            (
                cell(voice.party(one.party)),
                Cell(
                    (
                        book.count(one.told_refs, one.told),
                        Span(" "),
                        book.figure(voice.say("say", "before", count=one.told_before), one.told_refs_before),
                    )
                ),
                Cell(
                    (
                        book.count(one.announced_refs, one.announced),
                        Span(" "),
                        book.figure(voice.say("say", "before", count=one.announced_before), one.announced_refs_before),
                    )
                ),
                Cell((book.count(one.asked_refs, one.asked),)),
                Cell((book.count(one.answered_refs, one.answered),)),
                Cell((book.figure(median, one.answered_refs),)),
            )
        )
    head = tuple(cell(voice.say("col", one)) for one in names)
    return [heading(voice.say("head", "sides")), Table((3, 3, 3, 2, 2, 2), head, tuple(rows))]


def _answers(facts: Weekly, copy: Copy, book: Book) -> list[Block]:
    """How many answers came within which time, side by side: drawn, and as a table with the answers behind."""
    voice = copy.voice
    answered = [side for side in facts.sides if side.minutes]
    if not answered:
        return []
    rows, table = [], []
    lower = -1
    for step in (*STEPS, None):
        shown = STEPS[-1] if step is None else step
        limit = voice.say("say", "minutes", count=shown) if shown < 60 else voice.say("say", "hours", count=shown // 60)
        within = f"{'>' if step is None else '≤'} {limit}"
        cells = [cell(within)]
        for side in answered:
            refs = [
                ref
                for ref, late in zip(side.answered_refs, side.answered_minutes, strict=True)
                if lower < late and (step is None or late <= step)
            ]
            rows.append(Bar(f"{voice.party(side.party)} · {within}", len(refs), voice.number(len(refs))))
            cells.append(Cell((book.count(refs, len(refs)),)))
        table.append(tuple(cells))
        lower = shown
    rows = [row for place in range(len(answered)) for row in rows[place :: len(answered)]]
    alt = "; ".join(f"{one.label}: {one.now}" for one in rows)
    head = (cell(""), *(cell(voice.party(side.party)) for side in answered))
    return [
        heading(voice.say("head", "answers")),
        Picture(bars(rows, mirrored=voice.mirrored), alt, (), 78),
        Table((2, *(2 for _ in answered)), head, tuple(table)),
    ]


def due_calendar(rows: list[Due], copy: Copy) -> Picture:
    """Reports due as a row of fields for each party: a gap is an empty frame."""
    voice = copy.voice
    parties = list(dict.fromkeys(one.party for one in rows))
    drawn = [
        (
            voice.party(party),
            [
                Day(voice.short(one.cutoff), COLOURS[one.standing], one.standing in ("issued", "late"))
                for one in rows
                if one.party == party and one.centre is None
            ],
        )
        for party in parties
    ]
    alt = "; ".join(
        f"{voice.party(one.party)} {voice.date(one.cutoff)}: {voice.value('standing', one.standing)}" for one in rows
    )
    return Picture(calendar(drawn, mirrored=voice.mirrored), alt, (), 78)


def _due(facts: Weekly, copy: Copy, book: Book) -> list[Block]:
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "due"))]
    if not facts.due:
        return [*blocks, nothing(voice)]
    sides = sorted({one.party for one in facts.due})
    rows = []
    for cutoff in sorted({one.cutoff for one in facts.due}):
        cells = [cell(voice.time(cutoff))]
        for party in sides:
            cells.append(Cell(_standings(copy, book, [o for o in facts.due if (o.cutoff, o.party) == (cutoff, party)])))
        rows.append(tuple(cells))
    head = (cell(voice.say("col", "cutoff")), *(cell(voice.party(one)) for one in sides))
    table = Table((2, *(3 for _ in sides)), head, tuple(rows))
    return [*blocks, due_calendar(list(facts.due), copy), table]


def _standings(copy: Copy, book: Book, due: list[Due]) -> Line:
    """What became of a side's reports for one cut-off, with the reason where one was given."""
    voice = copy.voice
    spans: list[Span] = []
    for one in due:
        if spans:
            spans.append(Span("\n"))
        words = book.figure(voice.value("standing", one.standing), [] if one.ref is None else [one.ref])
        tone: Tone = "plain" if one.standing == "issued" else "bad"
        spans.append(Span(words.text, tone=tone, note=words.note))
        centre = None if one.centre is None else copy.told.thing_of(one.centre)
        if centre is not None:
            spans.append(Span(f" · {isolated(voice.name(names_in(centre)))}", tone="quiet"))
        if one.reason:
            spans.append(Span(f": {isolated(one.reason)}"))
    return tuple(spans)


def _meetings(facts: Weekly, copy: Copy, book: Book) -> list[Block]:
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "meetings"))]
    if not facts.meetings:
        return [*blocks, nothing(voice)]
    rows = tuple(
        (
            cell("–" if one.at is None else voice.time(one.at)),
            Cell((book.link(voice.named(one.names), one.ref),)),
            cell(voice.value("meeting", one.status)),
        )
        for one in facts.meetings
    )
    return [*blocks, Table((3, 6, 2), tuple(cell(voice.say("col", one)) for one in ("when", "what", "state")), rows)]


def _changes(facts: Weekly, copy: Copy, book: Book) -> list[Block]:
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "changes"))]
    if not facts.changes:
        return [*blocks, nothing(voice)]
    rows = tuple(
        (
            cell(Span(one.number or "", "en")),
            Cell((book.link(voice.named(one.names), one.commitment),)),
            cell(voice.party(one.party)),
            Cell(_change(one, copy, book)),
        )
        for one in facts.changes
    )
    head = tuple(cell(voice.say("col", one)) for one in ("number", "commitment", "side", "state"))
    return [*blocks, Table((1, 6, 3, 4), head, rows)]


def _change(one: Change, copy: Copy, book: Book) -> Line:
    voice = copy.voice
    words = voice.value("change", one.what)
    if one.word is not None:
        words += f": {voice.value('promise', one.word)}"
    if one.reading is not None:
        words += f" ({voice.value('reading', str(one.reading))})"
    return (book.figure(words, [one.ref]),)
