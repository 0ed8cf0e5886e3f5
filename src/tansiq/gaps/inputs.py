"""What an analysis goes by: posts, patrols, bases, released coverage, incidents and the rule of an area.

Everything is sorted and whole numbers, so that the same records give the same bytes in whatever order they came. How
they are read out of the picture stands in `gaps.gathering`.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
from msgspec import Struct

from tansiq.records.kinds.arrangement import Daylight, Way
from tansiq.records.kinds.coverage import Frame

DEFAULT_WAYS: Final = (Way(seen=True), Way(patrolled_hours=6))
"""What counts as covered where no arrangement says it."""

DEFAULT_DAYLIGHT: Final = Daylight(6 * 60, 18 * 60)

Point = tuple[int, int]


class Post(Struct, frozen=True):
    """A manned post: place (longitude, latitude × 10⁷), eye and ranges (m), hours manned (168 signs)."""

    party: str
    ref: str
    place: Point
    height_m: int
    day_m: int
    night_m: int
    hours: str


class Patrol(Struct, frozen=True):
    """A corridor and the hours in which it is passed (168 signs)."""

    party: str
    ref: str
    path: tuple[Point, ...]
    half_m: int
    hours: str


class Base(Struct, frozen=True):
    """Where help comes from, how it moves, and how soon it sets out (seconds by hour of the week, -1 for not)."""

    party: str
    ref: str
    place: Point
    mobility: tuple[str, ...]
    ready_s: tuple[int, ...]


class Released(Struct, frozen=True):
    """Covered cells of a stated frame by hours (168 signs); runs as in the record."""

    party: str
    ref: str
    frame: Frame
    layers: tuple[tuple[str, tuple[int, ...]], ...]
    based_on: tuple[str, ...]


class Event(Struct, frozen=True):
    """What happened, as one or several parties tell it: `parties` are those who told it, `found` is one who saw it.

    `accuracy` is the radius (m) within which the place is known.
    """

    ref: str
    parties: tuple[str, ...]
    place: Point
    accuracy: int
    at: int
    found: bool


class BasedOn(Struct, frozen=True):
    """How many of a party's posts, patrols, bases and released coverages count.

    `coarse` were told with a coarse place, `withheld` without something that is needed: neither counts as cover.
    `idle` are vacated, suspended or closed: they are known to cover nothing.
    """

    posts: int = 0
    patrols: int = 0
    bases: int = 0
    coverage: int = 0
    coarse: int = 0
    withheld: int = 0
    idle: int = 0

    @property
    def told_nothing(self) -> bool:
        """Whether nothing was said from which its cover could be known."""
        return not (self.posts or self.patrols or self.bases or self.coverage or self.idle)


class Rule(Struct, frozen=True):
    """What counts as covered; `ref` is the arrangement that says it, None for the default."""

    ref: str | None
    ways: tuple[Way, ...]
    daylight: Daylight


class Inputs(Struct, frozen=True):
    """All that enters an analysis but the layers of ground. `at` (ms) is when it stands."""

    area: str
    ring: tuple[Point, ...]
    at: int
    parties: tuple[str, ...]
    rule: Rule
    posts: tuple[Post, ...]
    patrols: tuple[Patrol, ...]
    bases: tuple[Base, ...]
    released: tuple[Released, ...]
    events: tuple[Event, ...]
    based_on: dict[str, BasedOn]
    unplaced: int = 0
    closed: tuple[str, ...] = ()

    def digest(self) -> str:
        """SHA-256 (hex) of their canonical bytes."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()
