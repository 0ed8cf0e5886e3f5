"""Which sentences speak of one event: a new one begins where a sentence says what happened somewhere else, or on
another day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, get_args

from tansiq.incidents.reading.finds import (
    Category,
    CountRead,
    DayRead,
    Find,
    KindRead,
    MeetingRead,
    PlaceRead,
    Span,
    TimeRead,
)

SHORT: Final = 1200
"""Signs up to which a text is one report, whatever its lines."""

_ORDER: Final[tuple[Category, ...]] = (
    "explosion",
    "shelling",
    "raid",
    "fire",
    "clash",
    "armed_attack",
    "shooting",
    "sighting",
)
_FACTS: Final = (PlaceRead, DayRead, TimeRead, CountRead)


@dataclass
class Event:
    """The sentences of one event, and the words that say what happened."""

    spans: list[Span] = field(default_factory=list)
    kinds: list[Find] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    facts: int = 0

    @property
    def categories(self) -> list[Category]:
        """What happened, the closest word first: an attack with mortars is shelling."""
        said = {one.category for find in self.kinds for one in find.meanings if isinstance(one, KindRead)}
        return [one for one in _ORDER if one in said] + [
            one for one in get_args(Category) if one in said and one not in _ORDER
        ]

    @property
    def at(self) -> int:
        """Where the text says what happened."""
        return self.kinds[0].start


def events_of(text: str, finds: list[Find], parts: list[Span]) -> list[Event]:
    """The events that have a place, a time or a count beside the word for what happened."""
    events: list[Event] = []
    current: Event | None = None
    waiting: list[Span] = []
    last_end = 0
    for part in parts:
        inside = [one for one in finds if part.start <= one.start < part.end and one.meanings]
        if len(text) > SHORT and "\n" in text[last_end : part.start]:
            current, waiting = None, []
        last_end = part.end
        kinds = [one for one in inside if isinstance(one.meanings[0], KindRead) and not one.meanings[0].denied]
        if any(isinstance(one.meanings[0], MeetingRead) for one in inside) and not kinds:
            current, waiting = None, []
            continue
        if not kinds:
            if current is not None:
                _take(current, part, inside, [])
            elif inside:
                waiting.append(part)
            continue
        if current is None or _elsewhere(current, inside):
            current = Event()
            events.append(current)
            for one in waiting:
                _take(current, one, [each for each in finds if one.start <= each.start < one.end and each.meanings], [])
            waiting = []
        _take(current, part, inside, kinds)
    return [one for one in events if one.facts]


def place_of(finds: list[Find], near: int) -> tuple[Find | None, list[Find]]:
    """A position, else the name nearest to a sign; and the other places."""
    places = [one for one in finds if one.meanings and isinstance(one.meanings[0], PlaceRead)]
    typed = [one for one in places if isinstance(one.meanings[0], PlaceRead) and not one.meanings[0].id]
    drawn = [one for one in places if isinstance(one.meanings[0], PlaceRead) and one.meanings[0].lat is not None]
    chosen = min(typed or drawn or places, key=lambda one: abs(one.start - near), default=None)
    return chosen, [one for one in drawn if one is not chosen]


def day_of(find: Find) -> DayRead | None:
    """The day of a find that has one."""
    read = find.meanings[0] if find.meanings else None
    return read if isinstance(read, DayRead) else None


def _elsewhere(event: Event, inside: list[Find]) -> bool:
    """Whether a sentence names only other places than an event has, or only other days."""
    places, days = _places(inside), _days(inside)
    apart = bool(places and event.places and not places & event.places)
    return bool(event.kinds) and (apart or bool(days and event.days and not days & event.days))


def _take(event: Event, part: Span, inside: list[Find], kinds: list[Find]) -> None:
    event.spans.append(part)
    event.kinds += kinds
    event.places |= _places(inside)
    event.days |= _days(inside)
    event.facts += sum(isinstance(one.meanings[0], _FACTS) for one in inside)


def _places(finds: list[Find]) -> set[str]:
    return {one.meanings[0].id for one in finds if isinstance(one.meanings[0], PlaceRead) and one.meanings[0].id}


def _days(finds: list[Find]) -> set[str]:
    return {one.meanings[0].first for one in finds if isinstance(one.meanings[0], DayRead)}
