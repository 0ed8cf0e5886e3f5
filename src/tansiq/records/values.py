"""The values that records are made of. Integers only: nothing that is hashed may hold a float.

Degrees are WGS 84 × 10⁷ (`E7`), times are Unix milliseconds (`Millis`), lengths are metres (`Metres`).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, NewType

import msgspec
from msgspec import Meta, Struct

PartyId = NewType("PartyId", str)
CircleId = NewType("CircleId", str)
RecordId = NewType("RecordId", str)
Ref = NewType("Ref", str)
"""`<party>/<record id>`: a record of a party, in the circle at hand."""

Millis = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
Latitude = Annotated[int, Meta(ge=-900_000_000, le=900_000_000)]
Longitude = Annotated[int, Meta(ge=-1_800_000_000, le=1_800_000_000)]
Metres = Annotated[int, Meta(ge=0, le=40_000_000)]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=8000)]
Url = Annotated[str, Meta(max_length=1000)]
Language = Literal["ar", "ckb", "en"]
Origin = Literal["press", "invented"]
"""Where an exercise record comes from: a press report with its address, or made up for the exercise."""

Point = tuple[Longitude, Latitude]
Path = Annotated[list[Point], Meta(min_length=2, max_length=2000)]
Ring = Annotated[list[Point], Meta(min_length=3, max_length=2000)]


class Names(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A name in the three languages; a missing one is not known."""

    en: ShortText | None = None
    ar: ShortText | None = None
    ckb: ShortText | None = None


class Texts(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text in the three languages side by side; a missing one is not written yet."""

    en: LongText | None = None
    ar: LongText | None = None
    ckb: LongText | None = None


class Place(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A point with its stated accuracy (radius, metres)."""

    lat: Latitude
    lon: Longitude
    accuracy: Metres
    names: Names | None = None
    gazetteer: Annotated[str, Meta(max_length=64)] | None = None


class Cell(Struct, frozen=True, forbid_unknown_fields=True):
    """A square of the MGRS grid: its centre, its side, its reference."""

    lat: Latitude
    lon: Longitude
    size: Literal[1000, 10_000, 100_000]
    mgrs: Annotated[str, Meta(max_length=9)]


class Interval(Struct, frozen=True, forbid_unknown_fields=True):
    """From and to, either may be the same; an open end is None."""

    from_: Millis = msgspec.field(name="from")
    to: Millis | None = None

    def __post_init__(self) -> None:
        """An interval that ends before it begins is refused."""
        if self.to is not None and self.to < self.from_:
            raise ValueError("an interval ends before it begins")


class Count(Struct, frozen=True, forbid_unknown_fields=True):
    """How many, as a range: an honest count is rarely one number."""

    min: Annotated[int, Meta(ge=0, le=1_000_000)]
    max: Annotated[int, Meta(ge=0, le=1_000_000)]

    def __post_init__(self) -> None:
        """A range whose most is less than its least is refused."""
        if self.max < self.min:
            raise ValueError("the most is less than the least")


WEEK_MINUTES: Final = 7 * 24 * 60
BAGHDAD: Final = 180
"""Minutes by which the clocks of Baghdad and Erbil are ahead of UTC, summer and winter."""

Day = Annotated[int, Meta(ge=1, le=7)]
Minute = Annotated[int, Meta(ge=0, le=1440)]


class HourSpan(Struct, frozen=True, forbid_unknown_fields=True):
    """On these days (1 Monday … 7 Sunday) from one minute of the day to another.

    A span that does not end later than it begins runs over midnight into the next day; 0 to 1440 is the whole day.
    """

    days: Annotated[list[Day], Meta(min_length=1, max_length=7)]
    from_: Minute = msgspec.field(name="from")
    to: Minute


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """A week that repeats: spans of local time, `offset` minutes ahead of UTC. No span: never."""

    spans: Annotated[list[HourSpan], Meta(max_length=64)]
    offset: Annotated[int, Meta(ge=-840, le=840)] = BAGHDAD

    def minutes(self, offset: int = BAGHDAD) -> list[tuple[int, int]]:
        """The spans as [from, to) in minutes of the week from Monday midnight, `offset` minutes ahead of UTC.

        A span over the end of the week comes as two.
        """
        found = []
        for span in self.spans:
            length = span.to - span.from_ if span.to > span.from_ else span.to + 1440 - span.from_
            for day in span.days:
                start = ((day - 1) * 1440 + span.from_ + offset - self.offset) % WEEK_MINUTES
                found.append((start, min(start + length, WEEK_MINUTES)))
                if start + length > WEEK_MINUTES:
                    found.append((0, start + length - WEEK_MINUTES))
        return sorted(found)


Mobility = Literal["foot", "car", "offroad", "truck", "tracked"]
"""How something moves, never what it is or how many there are."""

Range = Annotated[int, Meta(ge=0, le=60_000)]
"""How far one sees (metres)."""


Tlp = Literal["RED", "AMBER+STRICT", "AMBER", "GREEN", "CLEAR"]
"""Traffic Light Protocol 2.0, FIRST, August 2022."""


class Label(Struct, frozen=True, forbid_unknown_fields=True):
    """Handling label, always visible: policy, classification, TLP 2.0, who it may go to, exercise or live.

    At the release gate a label is a rule; at the receiver it is an obligation that no program can enforce.
    """

    # `$` alone would let a line break through at the end
    policy: Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9 _-]{0,31}$(?!\n)")]
    classification: Annotated[str, Meta(pattern=r"^[A-Z][A-Z ]{0,31}$(?!\n)")]
    tlp: Tlp
    to: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=64)]
    exercise: bool
