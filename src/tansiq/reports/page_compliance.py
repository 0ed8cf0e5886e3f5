"""The compliance report of an agreement as a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tansiq.accord.commitments import Promise
from tansiq.accord.money import MoneyView
from tansiq.accord.readings import Reading
from tansiq.reports.book import Book
from tansiq.reports.compliance import UNMEASURED, Compliance, Kept
from tansiq.reports.copy import Copy, cell, heading, heard_table, nothing, page
from tansiq.reports.drawing import BAD, BEFORE, GOOD, NOW, WATCH, Bar, Mark, bars, timeline
from tansiq.reports.gathered import Tally
from tansiq.reports.paper import (
    Block,
    Box,
    Cell,
    Line,
    Paper,
    Paragraph,
    Picture,
    Span,
    Table,
    Tile,
    Tiles,
    Tone,
    isolated,
    line,
)

COLOURS: Final = {"kept": GOOD, "partly": WATCH, "late": BAD, "not_kept": BAD, "disputed": WATCH, "not_yet_due": NOW}
TONES: Final[dict[str, Tone]] = {
    "kept": "good",
    "partly": "watch",
    "late": "bad",
    "not_kept": "bad",
    "disputed": "watch",
}
TICKS: Final = 6


def compliance_page(facts: Compliance, copy: Copy) -> Paper:
    """The page of an agreement."""
    voice, book = copy.voice, Book(copy.told, copy.voice)
    name = voice.named(facts.agreement_names) if facts.agreement else Span(voice.say("say", "no_agreement"))
    blocks: list[Block] = [
        Paragraph((Span(name.text, name.lang, strong=True),)),
        Tiles(
            (
                Tile((book.count([one.promise.ref for one in facts.kept]),), line(voice.say("tile", "commitments"))),
                *(_tile(facts, copy, book, state) for state in ("kept", "late", "disputed")),
            )
        ),
        heading(voice.say("head", "states")),
        *_states(facts, copy, book),
        *_timeline(facts, copy),
        heading(voice.say("head", "each")),
        *(_kept(one, copy, book) for one in facts.kept),
        *_record(facts, copy, book),
        *heard_table(copy, facts.heard, book),
    ]
    return page(copy, "compliance", facts.window, facts.rule, blocks, book)


def _tile(facts: Compliance, copy: Copy, book: Book, state: str) -> Tile:
    voice = copy.voice
    found = next((one for one in facts.states if one.name == state), None)
    shown = Tally(state, 0, 0, ()) if found is None else found
    return Tile(
        (book.count(shown.refs, shown.now),),
        line(voice.say("tile", state)),
        (book.figure(voice.say("say", "before", count=shown.before), shown.refs_before),),
    )


def _states(facts: Compliance, copy: Copy, book: Book) -> list[Block]:
    voice = copy.voice
    if not facts.states:
        return [nothing(voice)]
    rows = [
        Bar(voice.value("promise", one.name), one.now, voice.number(one.now), one.before, COLOURS.get(one.name, BEFORE))
        for one in facts.states
    ]
    alt = "; ".join(f"{one.label}: {one.now} ({one.before})" for one in rows)
    table = tuple(
        (
            cell(voice.value("promise", one.name)),
            Cell((book.count(one.refs, one.now),)),
            Cell((book.count(one.refs_before, one.before),)),
        )
        for one in facts.states
    )
    head = tuple(cell(voice.say("col", one)) for one in ("state", "now", "before"))
    return [
        Picture(bars(rows, mirrored=voice.mirrored), alt, line(voice.say("say", "bars_note")), 78),
        Table((3, 1, 1), head, table),
    ]


def _timeline(facts: Compliance, copy: Copy) -> list[Block]:
    voice = copy.voice
    shown = [one for one in facts.kept if one.promise.state is not None]
    if not shown:
        return []
    starts = [one.announced or one.promise.due.from_ for one in shown]
    dates = [one.promise.due.at for one in shown if one.promise.due.at is not None]
    first, last = min(starts), max([facts.window.end, *dates])
    step = max((last - first) // TICKS, 1)
    ticks = [(first + step * n, voice.short(first + step * n, year=True)) for n in range(TICKS + 1)]
    marks = [
        Mark(
            one.promise.number or voice.name(one.names)[:18],
            start,
            one.promise.due.at,
            one.promise.fulfilled_at,
            COLOURS.get(one.promise.state or "", BEFORE),
        )
        for one, start in zip(shown, starts, strict=True)
    ]
    alt = "; ".join(
        f"{one.label}: {voice.value('promise', kept.promise.state)}" for one, kept in zip(marks, shown, strict=True)
    )
    return [
        heading(voice.say("head", "timeline"), 2),
        Picture(
            timeline(marks, first, last, ticks, mirrored=voice.mirrored),
            alt,
            line(voice.say("say", "timeline_note")),
            100,
        ),
    ]


def _kept(one: Kept, copy: Copy, book: Book) -> Box:
    """One commitment: its state and how it was come to, then the three readings and what each side replies."""
    voice, promise = copy.voice, one.promise
    name = voice.named(one.names)
    title: Line = (
        *((Span(promise.number, "en"), Span(" · ")) if promise.number else ()),
        book.link(name, promise.ref),
    )
    state = promise.state or UNMEASURED
    what = [book.figure(voice.value("promise", state), (promise.standing.revision, *promise.by), strong=True)]
    if promise.late_days:
        what.append(Span(f" · {voice.say('say', 'days_late', count=promise.late_days)}"))
    if (one.before or UNMEASURED) != state:
        what.append(
            Span(f" · {voice.say('say', 'was', state=voice.value('promise', one.before or UNMEASURED))}", tone="quiet")
        )
    due = voice.say("say", "no_date") if promise.due.at is None else voice.date(promise.due.at)
    facts = Table(
        (2, 4, 2, 4),
        (),
        (
            (
                label(copy, "owes"),
                cell(voice.listed(promise.owed_by)),
                label(copy, "state"),
                Cell(tuple(what), tone=TONES.get(state, "plain")),
            ),
            (label(copy, "due"), cell(due), label(copy, "how"), Cell(_measured(promise, copy, book))),
            (
                label(copy, "clause"),
                Cell(_clause(one, book)),
                label(copy, "spread"),
                cell("–" if promise.readings.spread is None else voice.number(promise.readings.spread)),
            ),
            (
                label(copy, "records"),
                Cell((book.count((*promise.evidence, *promise.complaints)),)),
                *((label(copy, "money"), _money(promise.money, copy, book)) if promise.money else (cell(""), cell(""))),
            ),
        ),
        ruled=False,
    )
    return Box(title, (facts, *_readings(one, copy, book)), "plain")


def _measured(promise: Promise, copy: Copy, book: Book) -> Line:
    """How it was come to, what its rule comes to, and why it cannot be measured where it cannot."""
    voice = copy.voice
    how = voice.value("check", promise.check) if promise.check else "–"
    if promise.decided:
        how += f" · {voice.value('decided', promise.decided)}"
    found: Line = (Span(how),)
    finding = promise.finding
    if finding is not None and finding.of:
        words = voice.say("finding", finding.unit, count=finding.reached, all=finding.of, needed=finding.needed)
        found = (*found, Span("\n"), book.figure(words, finding.refs))
    if promise.reason is not None:
        found = (*found, Span(f"\n{voice.value('why', promise.reason)}", tone="quiet"))
    return found


def _clause(one: Kept, book: Book) -> Line:
    return (Span("–"),) if one.clause is None else (book.figure(isolated(one.clause.order or "–"), [one.clause.ref]),)


def _money(money: MoneyView, copy: Copy, book: Book) -> Cell:
    """What is due, paid and received by now, with every word on it."""
    voice = copy.voice
    refs = [word.ref for tranche in money.tranches for word in tranche.words]
    words = voice.say(
        "say",
        "money",
        due=money.due,
        paid=money.paid,
        received=money.received,
        amount=money.amount,
        currency=money.currency,
    )
    return Cell((book.figure(words, refs),))


def label(copy: Copy, key: str) -> Cell:
    """The name of a row, in quiet letters."""
    return Cell((Span(copy.voice.say("col", key), tone="quiet"),))


def _readings(one: Kept, copy: Copy, book: Book) -> list[Block]:
    readings = one.promise.readings
    rows = [
        *(_reading(read, "self", copy, book) for read in readings.self_),
        *(_reading(read, "other", copy, book) for read in readings.other),
        *(_reading(read, "facilitator", copy, book) for read in readings.facilitator),
    ]
    return [Table((3, 3, 3, 5), (), tuple(rows))] if rows else []


def _reading(read: Reading, role: str, copy: Copy, book: Book) -> tuple[Cell, ...]:
    voice = copy.voice
    words = "–" if read.reading is None else voice.value("reading", str(read.reading))
    word = "" if read.word is None else f" · {voice.value('promise', read.word)}"
    return (
        cell(Span(voice.say("col", role), tone="quiet")),
        cell(voice.party(read.party)),
        Cell((book.figure(words + word, [read.ref]),)),
        cell(isolated(read.reason) if read.reason else ""),
    )


def _record(facts: Compliance, copy: Copy, book: Book) -> Sequence[Block]:
    voice, sides = copy.voice, facts.record.sides
    if not sides:
        return []
    rows = []
    for number, figure in enumerate(sides[0].figures):
        cells = [cell(voice.value("figure", figure.name))]
        for side in sides:
            one = side.figures[number]
            value = "–" if one.value is None else voice.number(one.value)
            if one.of is not None and one.value is not None:
                value = voice.say("say", "of", count=one.value, all=one.of)
            cells.append(Cell((book.figure(value, one.refs),)))
        rows.append(tuple(cells))
    head = (cell(""), *(cell(voice.party(one.party)) for one in sides))
    note = Paragraph(line(voice.say("say", "record_note")), "quiet")
    return [heading(voice.say("head", "record")), note, Table((3, *(2 for _ in sides)), head, tuple(rows))]
