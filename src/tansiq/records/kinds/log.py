"""Watch log entry: what was said, done or decided on a desk's watch. Corrected only by a visible correction."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.values import (
    Cell,
    Interval,
    Language,
    LongText,
    Names,
    Origin,
    Place,
    ShortText,
    Url,
)


class LogEntry(Body, frozen=True):
    """One line of the running log; `actors`, `said_by` and `said_to` are bodies and desks, never persons.

    A `call` notes that one took place over a channel beside this one, whether or not what was said is told.
    """

    category: (
        Literal[
            "entry",
            "meeting",
            "statement",
            "decision",
            "agreement",
            "visit",
            "operation",
            "deployment",
            "patrol",
            "handover",
            "call",
        ]
        | None
    ) = None
    title: Names | None = None
    text: LongText | None = None
    lang: Language | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    when_precision: Literal["minute", "day", "month"] | None = None
    means: Literal["phone", "radio", "in_person", "system", "press"] | None = None
    said_by: ShortText | None = None
    said_to: ShortText | None = None
    actors: Annotated[list[ShortText], Meta(max_length=20)] | None = None
    grade: Annotated[str, Meta(pattern=r"^[A-F][1-6]$", max_length=2)] | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("log", LogEntry, {"place": "place_coarse"}, {"when": "when_coarse"})
