"""Reads a whole text: every find with its words, its meaning and its certainty, in the order of the text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.incidents.reading.actors import read_actors, read_persons
from tansiq.incidents.reading.counts import read_counts
from tansiq.incidents.reading.dates import Dated, dateline, read_dates
from tansiq.incidents.reading.finds import Certainty, Find, Meaning, PersonRead, Reading, TimeRead
from tansiq.incidents.reading.flat import Flat, lay_flat
from tansiq.incidents.reading.kinds import read_kinds
from tansiq.incidents.reading.places import Placed, read_places
from tansiq.incidents.reading.talks import read_concerns, read_meetings, read_steps
from tansiq.incidents.reading.times import read_times
from tansiq.records.values import Language

MOST_SIGNS: Final = 20_000
"""Of a text: a long news report has a third of that."""

_SORANI: Final = re.compile("[ەۆێڕڵڤپچگژ]|هێز|لە")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_LATIN: Final = re.compile("[A-Za-z]")


def read_text(text: str, reference: dt.date | None = None) -> Reading:
    """Read a report; *yesterday* counts from the text's own date where it carries one, else from `reference`.

    Refuses an empty text (`reading.empty`), one over 20 000 signs (`reading.too_long`) and one with control signs
    (`reading.not_text`).
    """
    if len(text) > MOST_SIGNS:
        raise MalformedInput("reading.too_long", signs=len(text), limit=MOST_SIGNS)
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in text):
        raise MalformedInput("reading.not_text")
    if not text.strip():
        raise MalformedInput("reading.empty")
    flat = lay_flat(text)
    day = dateline(flat) or reference
    return Reading(language_of(text), day.isoformat() if day else None, _finds(flat, day))


def language_of(text: str) -> Language:
    """The language that most of the letters are in; of Arabic letters Sorani, where its own letters are frequent."""
    arabic = len(_ARABIC.findall(text))
    if len(_LATIN.findall(text)) > arabic:
        return "en"
    return "ckb" if len(_SORANI.findall(text)) * 20 > arabic else "ar"


def _finds(flat: Flat, day: dt.date | None) -> list[Find]:
    found: list[Find] = []

    def add(start: int, end: int, certainty: Certainty, *meanings: Meaning) -> None:
        first, last = flat.span(start, end)
        found.append(Find(first, last, flat.text[first:last], certainty, list(meanings)))

    actors = read_actors(flat)
    places = read_places(flat, [(start, end) for start, end, _ in actors])
    dates = _apart(read_dates(flat, day), places)
    for place in _without(places, dates):
        add(place.start, place.end, place.certainty, *place.meanings)
    for date in dates:
        add(date.start, date.end, date.certainty, *date.meanings)
    taken = [*((one.start, one.end) for one in dates), *((one.start, one.end) for one in places)]
    for time in read_times(flat):
        if all(time.end <= start or end <= time.start for start, end in taken):
            add(time.start, time.end, time.certainty, *(TimeRead(minute) for minute in time.minutes))
    for start, end, actor in actors:
        add(start, end, "certain", actor)
    counts = read_counts(flat)
    for start, end, kind in read_kinds(flat, [one.start for one in counts if one.read.most]):
        add(start, end, "likely" if kind.denied else "certain", kind)
    for count in counts:
        add(count.start, count.end, count.certainty, count.read)
    for met in read_meetings(flat):
        add(met.start, met.end, "likely", met.read)
    for step in read_steps(flat):
        add(step.start, step.end, "likely", step.read)
    for start, end, concern in read_concerns(flat):
        add(start, end, "certain", concern)
    for start, end in read_persons(flat):
        add(start, end, "likely", PersonRead())
    return sorted(found, key=lambda one: (one.start, -one.end))


def _apart(dates: list[Dated], places: list[Placed]) -> list[Dated]:
    """Dates that are not digits of a position, nor letters of a longer name."""
    return [
        one
        for one in dates
        if not any(
            _share(one, other) and (other.end - other.start > one.end - one.start or not other.meanings[0].id)
            for other in places
            if other.meanings
        )
    ]


def _without(places: list[Placed], dates: list[Dated]) -> list[Placed]:
    """Places that are not words of a date: `ربيع` of a year is no town."""
    return [one for one in places if not any(_share(one, other) for other in dates)]


def _share(one: Placed | Dated, other: Placed | Dated) -> bool:
    return one.start < other.end and other.start < one.end
