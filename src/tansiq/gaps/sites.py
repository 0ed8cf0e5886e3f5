"""What is asked of further posts and what is answered, without the engine: a desk shows it before it loads one."""

from __future__ import annotations

from msgspec import Struct


class Asked(Struct, frozen=True):
    """At most `count` posts for `budget` post-hours a week (None: no limit); each party gets at least the part
    `fairness` (0 to 1) of an equal share of them."""

    count: int
    budget: int | None
    fairness: float


class Kind(Struct, frozen=True):
    """A post as it is assumed: height of the eye, range by day and by night (m)."""

    height_m: float
    day_m: float
    night_m: float


class Site(Struct, frozen=True):
    """A chosen site in degrees: what it closes after those before it (km² × hours a week), its side, its hours."""

    lon: float
    lat: float
    gain_km2h: float
    party: str
    hours: str
