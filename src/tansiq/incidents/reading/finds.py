"""What is found in a text: the words, where they stand, what they mean, and how sure that is."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tansiq.geo.gazetteer import PlaceNames
from tansiq.records.values import Language

Certainty = Literal["certain", "likely", "ambiguous", "unlisted"]
"""`likely`: read with a rule that may err; `ambiguous`: several meanings, none is chosen; `unlisted`: a name
without a position."""

Category = Literal["armed_attack", "shooting", "explosion", "shelling", "raid", "clash", "sighting", "fire"]
Harm = Literal["killed", "wounded"]
Side = Literal["federal", "region", "coalition", "other"]
Standing = Literal["agreed", "promised", "planned", "asked"]


class Span(Struct, frozen=True):
    """Code points [start, end) of the text."""

    start: int
    end: int


class PlaceRead(Struct, frozen=True, tag="place", tag_field="what"):
    """A place that the words may mean. Positions are E7, accuracy metres; a region has none and is not drawn."""

    id: str
    names: PlaceNames | None
    lat: int | None
    lon: int | None
    accuracy: int
    score: int


class DayRead(Struct, frozen=True, tag="day", tag_field="what"):
    """Days `first` to `last` (ISO 8601), or a minute of the first where `minute` is known; in Baghdad's time."""

    first: str
    last: str
    precision: Literal["minute", "day", "week", "month"]
    calendar: Literal["gregorian", "hijri"] = "gregorian"
    minute: int | None = None


class TimeRead(Struct, frozen=True, tag="time", tag_field="what"):
    """A time of day: minutes since midnight in Baghdad's time."""

    minute: int


class ActorRead(Struct, frozen=True, tag="actor", tag_field="what"):
    """A body, never a person."""

    id: str
    names: PlaceNames
    side: Side


class KindRead(Struct, frozen=True, tag="kind", tag_field="what"):
    """What happened; `denied` where the text says that it did not."""

    category: Category
    denied: bool


class CountRead(Struct, frozen=True, tag="count", tag_field="what"):
    """How many were killed or wounded; `open` where the text says *at least*."""

    of: Harm
    least: int
    most: int
    open: bool = False


class MeetingRead(Struct, frozen=True, tag="meeting", tag_field="what"):
    """Meetings of which the text says that they were held or are planned; `number` where one is counted."""

    status: Literal["planned", "held"]
    count: int
    number: int | None


class StepRead(Struct, frozen=True, tag="step", tag_field="what"):
    """Something to be done, and whether it was agreed, promised, planned or only asked for."""

    standing: Standing


class ConcernRead(Struct, frozen=True, tag="concern", tag_field="what"):
    """Ground of which the text says that it is disputed, or that nobody secures it."""

    why: Literal["disputed", "vacuum"]


class PersonRead(Struct, frozen=True, tag="person", tag_field="what"):
    """Words that look like a person's name: marked so that they are left out, and never kept."""


Meaning = (
    PlaceRead
    | DayRead
    | TimeRead
    | ActorRead
    | KindRead
    | CountRead
    | MeetingRead
    | StepRead
    | ConcernRead
    | PersonRead
)


class Find(Struct, frozen=True):
    """One find. `meanings` has one entry, the best first where there are several, none where nothing may be said."""

    start: int
    end: int
    words: str
    certainty: Certainty
    meanings: list[Meaning]


class Reading(Struct, frozen=True):
    """All finds in the order of the text, its language, and the day from which *yesterday* was counted (ISO)."""

    language: Language
    reference: str | None
    finds: list[Find]
