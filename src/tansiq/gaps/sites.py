"""What is asked of further posts and what is answered, without the engine: a desk shows it before it loads one."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tansiq.errors import MalformedInput

LARGEST: Final = 16_000_000
"""Cells of a frame on which posts or patrols are sought: all of its ground is held for that."""


def check_size(cells: int) -> None:
    """Refuse (`further.too_large`) a frame of more cells than fit."""
    if cells > LARGEST:
        raise MalformedInput("further.too_large", cells=cells, limit=LARGEST)


class Asked(Struct, frozen=True):
    """At most `count` posts for `budget` post-hours a week (None: no limit); each party gets at least the part
    `fairness` (0 to 1) of an equal share of them."""

    count: int
    budget: int | None
    fairness: float


class Kind(Struct, frozen=True):
    """A post as it is assumed: height of the eye, range by day and by night (m)."""

    height_m: int
    day_m: int
    night_m: int


class Site(Struct, frozen=True):
    """A chosen site in degrees: what it closes after those before it (km² × hours a week), its side, its hours."""

    lon: float
    lat: float
    gain_km2h: float
    party: str
    hours: str


class PatrolsAsked(Struct, frozen=True):
    """At most `count` daily rounds of at most `longest_h` hours each, for `budget` vehicle-hours a week (None: no
    limit); each party drives at least the part `fairness` (0 to 1) of an equal share of them."""

    count: int
    budget: int | None
    fairness: float
    longest_h: int


class Stop(Struct, frozen=True):
    """A place on a round in degrees, and when it is come to (s after setting out)."""

    lon: float
    lat: float
    after_s: int


class Round(Struct, frozen=True):
    """A daily round: whose, from which record, by what means, the hour of the day at which it sets out, how long it
    takes (s), where it leads (degrees), and the hours of the week in which it is under way (168 signs).

    `gain_km2h` is what it closes a week after those before it; `vehicle_hours` what it costs a week.
    """

    party: str
    base: str
    mobility: str
    start: int
    seconds: int
    stops: tuple[Stop, ...]
    path: tuple[tuple[float, float], ...]
    width_m: int
    hours: str
    gain_km2h: float
    vehicle_hours: float
