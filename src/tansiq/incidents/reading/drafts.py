"""Drafts of records from what was found: an officer completes and confirms them, none becomes a record by itself.

A draft holds only what the text says. Where it says a thing in two ways, or not at all, the field stays empty or has
the nearer one, and a question stands beside it. Each field knows the words that it came from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from tansiq.incidents.reading.events import Event, day_of, events_of, place_of
from tansiq.incidents.reading.finds import (
    ActorRead,
    ConcernRead,
    CountRead,
    DayRead,
    Find,
    MeetingRead,
    PersonRead,
    PlaceRead,
    Reading,
    Side,
    Span,
    Standing,
    StepRead,
)
from tansiq.incidents.reading.flat import Flat, lay_flat
from tansiq.incidents.reading.moments import DAY_MS, interval_of, start_of
from tansiq.incidents.reading.sentences import clause_around, sentences
from tansiq.records.kind import Body
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.commitment import Commitment, Due
from tansiq.records.kinds.incident import Incident
from tansiq.records.kinds.log import LogEntry
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.values import Count, Language, Names, Place, Texts

DraftKind = Literal["incident", "log", "meeting", "commitment", "area"]
Question = Literal[
    "place_none",
    "place_several",
    "place_unlisted",
    "place_doubtful",
    "when_none",
    "when_doubtful",
    "when_today",
    "kind_several",
    "count_least",
    "person",
    "asked_only",
    "planned_only",
    "ground_to_draw",
    "nothing_read",
    "parties_none",
]
_MOST_TEXT: Final = 8000
_LONGEST_NAME: Final = 120
_AFTER: Final = 45
_LISTED_GAP: Final = 12
_SPOKE_BEFORE: Final = 80
_CAPITALS: Final[dict[str, Side]] = {"baghdad": "federal", "erbil": "region"}


class Source(Struct, frozen=True):
    """A field of a draft, and the words that it came from."""

    field: str
    start: int
    end: int


class Draft(Struct, frozen=True):
    """A record as a form would be opened with it.

    `spans` are the sentences that it speaks of; `choices` the places among which the officer chooses; `owing` and
    `invited` the bodies that the desk turns into parties where it knows them.
    """

    kind: DraftKind
    fields: dict[str, Any]
    spans: list[Span]
    sources: list[Source]
    questions: list[Question]
    choices: list[PlaceRead]
    owing: list[Side]
    invited: list[Side]


def drafts_of(text: str, reading: Reading) -> list[Draft]:
    """The drafts, in the order in which the text comes to speak of them; a text without any is one entry of the log."""
    flat = lay_flat(text)
    parts = [Span(*flat.span(first, last)) for first, last in sentences(flat)]
    found = [
        *(_incident(text, reading, event) for event in events_of(text, reading.finds, parts)),
        *_meetings(flat, reading, parts),
        *_commitments(text, reading),
        *_areas(flat, reading, parts),
    ]
    return sorted(found, key=lambda one: one.spans[0].start) or [_entry(text, reading)]


def _within(finds: Iterable[Find], spans: Sequence[Span]) -> list[Find]:
    return [one for one in finds if any(span.start <= one.start < span.end for span in spans)]


def _means(finds: Iterable[Find], kind: type[Any]) -> list[Find]:
    return [one for one in finds if one.meanings and isinstance(one.meanings[0], kind)]


def _source(field: str, find: Find) -> Source:
    return Source(field, find.start, find.end)


def _draft(
    kind: DraftKind,
    body: Body,
    spans: list[Span],
    sources: list[Source],
    questions: Iterable[Question],
    choices: Sequence[PlaceRead] = (),
    owing: Sequence[Side] = (),
    invited: Sequence[Side] = (),
) -> Draft:
    fields = {name: value for name, value in msgspec.to_builtins(body).items() if value is not None}
    return Draft(
        kind, fields, spans, sources, list(dict.fromkeys(questions)), list(choices), list(owing), list(invited)
    )


def _persons(finds: list[Find]) -> list[Question]:
    return ["person"] if _means(finds, PersonRead) else []


def _text_of(text: str, spans: Sequence[Span]) -> str:
    return " ".join(" ".join(text[span.start : span.end].split()) for span in spans)[:_MOST_TEXT]


def _where(finds: list[Find], near: int) -> tuple[Place | None, list[Source], list[Question], list[PlaceRead]]:
    """The place of a draft: a position before a name, the name nearest to a sign; what else it may be as choices."""
    chosen, others = place_of(finds, near)
    if chosen is None:
        unlisted = any(one.certainty == "unlisted" for one in finds)
        return None, [], ["place_unlisted" if unlisted else "place_none"], []
    read = chosen.meanings[0]
    choices = [one for find in [chosen, *others] for one in find.meanings if isinstance(one, PlaceRead)]
    choices = list({(one.id, one.lat, one.lon): one for one in choices}.values())
    questions: list[Question] = []
    typed = isinstance(read, PlaceRead) and not read.id
    # a position says where; the names beside it are offered, in case it is that of something else
    if chosen.certainty == "ambiguous" or (len(choices) > 1 and not typed):
        questions.append("place_several")
    if chosen.certainty == "likely":
        questions.append("place_doubtful")
    if not isinstance(read, PlaceRead) or chosen.certainty == "ambiguous" or read.lat is None or read.lon is None:
        return None, [_source("place", chosen)], questions or ["place_none"], choices
    names = read.names if read.id else None
    named = Names(names.en, names.ar, names.ckb) if names else None
    place = Place(read.lat, read.lon, read.accuracy, named, read.id or None)
    return place, [_source("place", chosen)], questions, choices if len(choices) > 1 else []


def _incident(text: str, reading: Reading, event: Event) -> Draft:
    finds = _within(reading.finds, event.spans)
    place, sources, questions, choices = _where(finds, event.at)
    when, precision, from_words, doubts = interval_of(finds, event.at, reading.reference)
    sources += [
        Source("category", event.kinds[0].start, event.kinds[0].end),
        *(_source("when", one) for one in from_words),
    ]
    questions += doubts
    if len(event.categories) > 1:
        questions.append("kind_several")
    counts: dict[str, Count] = {}
    for one in _means(finds, CountRead):
        read = one.meanings[0]
        if isinstance(read, CountRead) and (read.of not in counts or counts[read.of].max == 0):
            counts[read.of] = Count(read.least, read.most)
            sources.append(_source(read.of, one))
            questions += ["count_least"] if read.open else []
    body = Incident(
        category=event.categories[0],
        place=place,
        when=when,
        when_precision=precision,
        killed=counts.get("killed"),
        wounded=counts.get("wounded"),
        text=_text_of(text, event.spans),
        lang=reading.language,
    )
    return _draft("incident", body, event.spans, sources, [*questions, *_persons(finds)], choices)


def _meetings(flat: Flat, reading: Reading, parts: list[Span]) -> list[Draft]:
    text = flat.text
    found: list[Draft] = []
    for met in _means(reading.finds, MeetingRead):
        read = met.meanings[0]
        sentence = next((part for part in parts if part.start <= met.start < part.end), Span(met.start, met.end))
        finds = _within(reading.finds, [sentence])
        if not isinstance(read, MeetingRead):
            continue
        clause = Span(*flat.span(*clause_around(flat, *flat.within(met.start, met.end))))
        place, sources, questions, choices = _where(_clause_finds(text, finds, met), met.start)
        when, _, words, doubts = interval_of(_clause_finds(text, finds, met), met.start, None)
        sides = _sides(_means(finds, ActorRead))
        sources += [Source("status", met.start, met.end), *(_source("when", one) for one in words)]
        body = Meeting(
            number=read.number,
            status=read.status,
            when=when,
            place=place,
            note=_text_of(text, [clause]),
            lang=reading.language,
        )
        asked = [*questions, *doubts, *_persons(_within(reading.finds, [clause]))]
        found += [_draft("meeting", body, [clause], sources, asked, choices, invited=sides)] * read.count
    return found


def _clause_finds(text: str, finds: list[Find], met: Find) -> list[Find]:
    """The finds that stand between a meeting's neighbours: a second meeting of the sentence has its own."""
    others = [one for one in _means(finds, MeetingRead) if one.start != met.start]
    low = max((one.end for one in others if one.end <= met.start), default=0)
    high = min((one.start for one in others if one.start >= met.end), default=len(text))
    return [one for one in finds if low <= one.start and one.end <= high]


def _sides(actors: list[Find]) -> list[Side]:
    sides = [one.meanings[0].side for one in actors if isinstance(one.meanings[0], ActorRead)]
    return [side for side in dict.fromkeys(sides) if side != "other"]


def _commitments(text: str, reading: Reading) -> list[Draft]:
    found: list[Draft] = []
    met = _means(reading.finds, MeetingRead)
    for step in _means(reading.finds, StepRead):
        read = step.meanings[0]
        if not isinstance(read, StepRead):
            continue
        if read.standing in {"planned", "asked"} and any(step.start <= one.start < step.end for one in met):
            continue  # it is that meeting
        span = Span(step.start, step.end)
        finds = _within(reading.finds, [span])
        days = [one for one in _means(finds, DayRead) if len(one.meanings) == 1]
        due = day_of(days[-1]) if days else None
        questions: list[Question] = _persons(finds)
        if read.standing == "asked":
            questions.append("asked_only")
        if read.standing == "planned":
            questions.append("planned_only")
        owing = _owing(reading.finds, step, read.standing)
        questions += [] if owing else ["parties_none"]
        words = _text_of(text, [span])
        announced = reading.reference
        body = Commitment(
            names=_in(reading.language, words if len(words) <= _LONGEST_NAME else words[: _LONGEST_NAME - 1] + "…"),
            text=_long_in(reading.language, words),
            announced=start_of(dt.date.fromisoformat(announced)) if announced else None,
            due=Due(by=start_of(dt.date.fromisoformat(due.last)) + DAY_MS - 1) if due else None,
            check="other_side",
            status="proposed",
            lang=reading.language,
        )
        sources = [Source("text", step.start, step.end), *(_source("due", one) for one in days[-1:])]
        found.append(_draft("commitment", body, [span], sources, questions, owing=owing))
    return found


def _owing(finds: list[Find], step: Find, standing: Standing) -> list[Side]:
    """Whose step it is: of an agreement every side that is named, else the first that is; a capital may stand for
    its side."""
    inside = _named_sides(_within(finds, [Span(step.start, step.end)]))
    before = _named_sides(_within(finds, [Span(max(0, step.start - _SPOKE_BEFORE), step.start)]))
    if standing == "agreed":
        return list(dict.fromkeys([*before, *inside]))
    return (inside or before[-1:])[:1]


def _named_sides(finds: list[Find]) -> list[Side]:
    sides: list[Side] = []
    for one in finds:
        read = one.meanings[0] if one.meanings else None
        if isinstance(read, ActorRead) and read.side != "other":
            sides.append(read.side)
        if isinstance(read, PlaceRead) and read.id in _CAPITALS:
            sides.append(_CAPITALS[read.id])
    return list(dict.fromkeys(sides))


def _in(language: Language, words: str) -> Names:
    return Names(**{language: words})


def _long_in(language: Language, words: str) -> Texts:
    return Texts(**{language: words})


def _areas(flat: Flat, reading: Reading, parts: list[Span]) -> list[Draft]:
    text = flat.text
    found: list[Draft] = []
    known: set[str] = set()
    for concern in _means(reading.finds, ConcernRead):
        sentence = next(
            (part for part in parts if part.start <= concern.start < part.end), Span(concern.start, concern.end)
        )
        places = _listed_with(concern, _means(_within(reading.finds, [sentence]), PlaceRead))
        clause = Span(*flat.span(*clause_around(flat, *flat.within(concern.start, concern.end))))
        note = _text_of(text, [clause])
        asked: list[Question] = ["ground_to_draw", *_persons(_within(reading.finds, [clause]))]
        mark = Source("purpose", concern.start, concern.end)
        for find in places:
            read = find.meanings[0]
            if not isinstance(read, PlaceRead) or read.id in known or read.names is None:
                continue
            known.add(read.id)
            names = Names(read.names.en, read.names.ar, read.names.ckb)
            body = Area(names=names, purpose="joint_interest", note=note)
            doubt: list[Question] = ["place_doubtful"] if find.certainty != "certain" else []
            found.append(_draft("area", body, [clause], [mark, _source("names", find)], [*asked, *doubt], [read]))
        if not places and note not in known:
            known.add(note)
            found.append(
                _draft("area", Area(purpose="joint_interest", note=note), [clause], [mark], [*asked, "place_none"])
            )
    return found


def _listed_with(concern: Find, places: list[Find]) -> list[Find]:
    """The places that a sentence lists right after the word for a concern, else right before it."""
    after = [one for one in places if one.start >= concern.end]
    if after and after[0].start - concern.end <= _AFTER:
        return _chain(after)
    before = [one for one in reversed(places) if one.end <= concern.start]
    if before and concern.start - before[0].end <= _LISTED_GAP:
        return list(reversed(_chain(before)))
    return []


def _chain(places: list[Find]) -> list[Find]:
    chain = places[:1]
    for one in places[1:]:
        gap = max(one.start - chain[-1].end, chain[-1].start - one.end)
        if gap > _LISTED_GAP:
            break
        chain.append(one)
    return chain


def _entry(text: str, reading: Reading) -> Draft:
    """The whole text as an entry of the log."""
    span = Span(len(text) - len(text.lstrip()), len(text.rstrip()))
    place, sources, questions, choices = _where(reading.finds, 0)
    when, precision, words, doubts = interval_of(reading.finds, 0, reading.reference)
    body = LogEntry(
        category="entry",
        text=text.strip()[:_MOST_TEXT],
        lang=reading.language,
        place=place,
        when=when,
        when_precision=precision,
        actors=list(dict.fromkeys(_name(one, reading.language) for one in _means(reading.finds, ActorRead)))[:20]
        or None,
    )
    sources += [_source("when", one) for one in words]
    asked: list[Question] = ["nothing_read", *questions, *doubts, *_persons(reading.finds)]
    return _draft("log", body, [span], sources, asked, choices)


def _name(find: Find, language: Language) -> str:
    read = find.meanings[0]
    return getattr(read.names, language) or "" if isinstance(read, ActorRead) else ""
