"""The daily situation report as a page."""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.reports.book import Book
from tansiq.reports.copy import (
    Copy,
    cell,
    entries_table,
    heading,
    heard_table,
    nothing,
    page,
    range_words,
)
from tansiq.reports.drawing import BAD, GOOD, NOW, Bar, Dot, bars, map_of
from tansiq.reports.gathered import Event, Met, PlanFact, Range, Tally, Unseen
from tansiq.reports.page_ground import ground_blocks, open_areas_tile
from tansiq.reports.paper import Block, Cell, Items, Line, Paper, Paragraph, Picture, Span, Table, Tile, Tiles, line
from tansiq.reports.situation import CentreFact, Situation
from tansiq.reports.voice import Voice

MOST_ROWS = 80
"""Rows of a table; how many more there are is said, and the records list them all."""


def situation_page(facts: Situation, copy: Copy) -> Paper:
    """The page of a day."""
    voice, book = copy.voice, Book(copy.told, copy.voice)
    before = [ref for one in facts.incidents for ref in one.refs_before]
    missing = [ask for plan in facts.plans for ask in plan.asks if ask.word == "silent"]
    blocks: list[Block] = [
        Tiles(
            (
                event_tile(copy, book, facts.events, facts.incidents),
                _range_tile(copy, book, "killed", facts.killed, facts.killed_before, facts.events, before),
                _range_tile(copy, book, "wounded", facts.wounded, facts.wounded_before, facts.events, before),
                Tile(
                    (book.count([one.ref for one in facts.plans]),),
                    line(voice.say("tile", "plans")),
                    (book.figure(voice.say("say", "before", count=len(facts.plans_before)), facts.plans_before),),
                ),
                Tile((book.count([one.plan for one in missing], len(missing)),), line(voice.say("tile", "unanswered"))),
                Tile((open_overlaps(copy, book, facts.collisions),), line(voice.say("tile", "collisions"))),
                Tile((book.count([one.ref for one in facts.denials]),), line(voice.say("tile", "denials"))),
                open_areas_tile(copy, book, facts.ground),
            )
        ),
        *incident_blocks(copy, book, facts.incidents, facts.events),
        *map_block(copy, facts.events, facts.centres),
        heading(voice.say("head", "log")),
        entries_table(copy, facts.log[:MOST_ROWS], book) if facts.log else nothing(voice),
        *plan_blocks(copy, book, facts.plans, facts.collisions),
        heading(voice.say("head", "access")),
        entries_table(copy, (*facts.denials, *facts.suspensions), book)
        if facts.denials or facts.suspensions
        else nothing(voice),
        *centre_blocks(copy, book, facts.centres),
        *ground_blocks(copy, book, facts.ground, facts.window),
        *unseen_blocks(copy, book, facts.unseen, [one.ref for one in facts.denials]),
        *heard_table(copy, facts.heard, book),
    ]
    return page(copy, "situation", facts.window, facts.rule, blocks, book)


def event_tile(copy: Copy, book: Book, events: Sequence[Event], tallies: Sequence[Tally]) -> Tile:
    """How many events, with all accounts behind."""
    voice = copy.voice
    refs = [ref for one in events for ref in one.refs]
    before = [ref for one in tallies for ref in one.refs_before]
    return Tile(
        (book.count(refs, len(events)),),
        line(voice.say("tile", "incidents")),
        (book.figure(voice.say("say", "before", count=sum(one.before for one in tallies)), before),),
    )


def _range_tile(
    copy: Copy, book: Book, key: str, now: Range, before: Range, events: Sequence[Event], refs_before: Sequence[str]
) -> Tile:
    voice = copy.voice
    refs = [ref for one in events if getattr(one, key).most for ref in one.refs]
    beside: Line = (book.figure(voice.say("say", "before", count=range_words(voice, before)), refs_before),)
    if now.unknown:
        beside = (*beside, Span("\n" + voice.say("say", "unknown_more", count=now.unknown)))
    return Tile((book.figure(range_words(voice, now), refs),), line(voice.say("tile", key)), beside)


def open_overlaps(copy: Copy, book: Book, collisions: Sequence[Met]) -> Span:
    """How many overlaps wait for a word."""
    waiting = [one for one in collisions if one.open]
    return book.count([ref for one in waiting for ref in one.plans], len(waiting))


def incident_blocks(copy: Copy, book: Book, tallies: Sequence[Tally], events: Sequence[Event]) -> list[Block]:
    """Incidents by category against the time before, as bars and as a table, then each event."""
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "incidents"))]
    if not tallies:
        return [*blocks, nothing(voice)]
    rows = [Bar(voice.value("incident", one.name), one.now, voice.number(one.now), one.before) for one in tallies]
    alt = "; ".join(f"{one.label}: {one.now} ({one.before})" for one in rows)
    blocks.append(Picture(bars(rows, mirrored=voice.mirrored), alt, line(voice.say("say", "bars_note")), 78))
    blocks.append(
        Table(
            (3, 1, 1),
            tuple(cell(voice.say("col", one)) for one in ("kind", "now", "before")),
            tuple(
                (
                    cell(voice.value("incident", one.name)),
                    cell((book.count(one.refs, one.now),)),
                    cell((book.count(one.refs_before, one.before),)),
                )
                for one in tallies
            ),
        )
    )
    if events:
        head = tuple(cell(voice.say("col", one)) for one in ("when", "kind", "what", "who"))
        table = tuple(_event_row(copy, book, one) for one in events[:MOST_ROWS])
        blocks.append(Table((3, 2, 7, 3), head, table))
        blocks += _more(copy, len(events))
    return blocks


def _event_row(copy: Copy, book: Book, one: Event) -> tuple[Cell, ...]:
    voice = copy.voice
    what: Line = (book.link(voice.named(one.names), one.refs[0]),)
    for key in ("killed", "wounded"):
        counted: Range = getattr(one, key)
        if counted.most:
            what = (
                *what,
                Span(" · "),
                book.figure(f"{voice.say('tile', key)}: {range_words(voice, counted)}", one.refs),
            )
    return (
        cell(_event_time(voice, one)),
        cell(voice.value("incident", one.category)),
        Cell(what),
        cell(voice.listed(one.parties)),
    )


def _event_time(voice: Voice, one: Event) -> str:
    if one.at is None:
        return voice.say("say", "approximate")
    return voice.time(one.at) if one.minute else voice.date(one.at)


def _more(copy: Copy, count: int) -> list[Block]:
    left = count - MOST_ROWS
    return [Paragraph(line(copy.voice.say("say", "truncated", count=left)), "quiet")] if left > 0 else []


def map_block(copy: Copy, events: Sequence[Event], centres: Sequence[CentreFact]) -> list[Block]:
    """Where it happened and where the centres are; nothing where no place was told."""
    voice = copy.voice
    dots = [Dot(one.spot.lon, one.spot.lat, one.spot.accuracy, BAD) for one in events if one.spot is not None]
    for one in centres:
        if one.lon is not None and one.lat is not None:
            dots.append(Dot(one.lon, one.lat, 0, GOOD if one.at_work else NOW, voice.name(one.names), "square"))
    drawn = map_of(dots, copy.areas, copy.outlines, voice.lang, mirrored=voice.mirrored)
    if drawn is None:
        return []
    note = voice.say("say", "map_note", notice=voice.name(copy.outlines.notice))
    return [Picture(drawn, voice.say("say", "map"), line(note))]


def plan_blocks(copy: Copy, book: Book, plans: Sequence[PlanFact], collisions: Sequence[Met]) -> list[Block]:
    """Plans with every word asked and given, then overlaps."""
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "movements"))]
    if plans:
        head = tuple(cell(voice.say("col", one)) for one in ("what", "side", "when", "state", "answered"))
        rows = tuple(
            (
                Cell((book.link(voice.named(one.names), one.ref),)),
                cell(voice.party(one.party)),
                cell("–" if one.from_ is None else voice.time(one.from_)),
                cell(voice.value("plan", one.state)),
                Cell(_asks(copy, book, one)),
            )
            for one in plans[:MOST_ROWS]
        )
        blocks.append(Table((4, 2, 3, 3, 5), head, rows))
        blocks += _more(copy, len(plans))
    else:
        blocks.append(nothing(voice))
    if collisions:
        blocks.append(heading(voice.say("head", "collisions"), 2))
        met = tuple(
            (
                Cell((book.figure(voice.listed(one.parties), one.plans),)),
                cell(voice.time(one.from_)),
                cell(voice.value("plan", "waiting" if one.open else "agreed")),
            )
            for one in collisions[:MOST_ROWS]
        )
        blocks.append(Table((4, 3, 3), tuple(cell(voice.say("col", one)) for one in ("side", "when", "state")), met))
    return blocks


def _asks(copy: Copy, book: Book, plan: PlanFact) -> Line:
    voice = copy.voice
    spans: list[Span] = []
    for one in plan.asks:
        words = f"{voice.party(one.party)}: {voice.value('word', one.word)}"
        if one.minutes is not None:
            words += f" ({voice.say('say', 'minutes', count=one.minutes)})"
        if spans:
            spans.append(Span("\n"))
        spans.append(book.figure(words, [] if one.ref is None else [one.ref]))
    return tuple(spans) or line(voice.say("say", "nobody"))


def centre_blocks(copy: Copy, book: Book, centres: Sequence[CentreFact]) -> list[Block]:
    """Each centre with what each side says of it."""
    voice = copy.voice
    blocks: list[Block] = [heading(voice.say("head", "centres"))]
    if not centres:
        return [*blocks, nothing(voice)]
    sides = sorted({party for one in centres for party in one.states})
    head = (cell(voice.say("col", "what")), *(cell(voice.party(one)) for one in sides))
    rows = []
    for one in centres:
        cells = [Cell((book.link(voice.named(one.names), one.ref),))]
        for party in sides:
            state, since = one.states.get(party), one.since.get(party)
            own = [ref for ref in one.refs if ref.startswith(f"{party}/")]
            words = voice.say("say", "not_said") if state is None else voice.value("centre", state)
            if state is not None and since is not None:
                words += f"\n{voice.date(since)}"
            cells.append(Cell((book.figure(words, own),)))
        rows.append(tuple(cells))
    return [*blocks, Table((3, *(2 for _ in sides)), head, tuple(rows))]


def unseen_blocks(copy: Copy, book: Book, unseen: Unseen, denials: Sequence[str]) -> list[Block]:
    """The standing section on what a reader must know is missing."""
    voice = copy.voice
    items: list[Line] = []
    if unseen.silent:
        items.append(line(voice.say("unseen", "silent", parties=voice.listed(unseen.silent))))
    for key, refs in (
        ("placeless", unseen.placeless),
        ("coarse", unseen.coarse),
        ("erased", unseen.erased),
        ("incomplete", unseen.incomplete),
        ("denials", denials),
    ):
        if refs:
            items.append((book.figure(voice.say("unseen", key, count=len(set(refs))), refs),))
    items.append(line(voice.say("unseen", "nothing")))
    return [heading(voice.say("head", "unseen")), Items(tuple(items))]
