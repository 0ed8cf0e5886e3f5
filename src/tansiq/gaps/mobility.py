"""How fast what moves over which ground: tables by mobility class, land cover, road, gradient and weather.

Land cover is in the classes of ESA WorldCover (product user manual v2.0, table 1). Never one number: every class has a
fast, a nominal (dry) and a wet value, and the true time is expected between fast and wet. Where each number comes from,
and which are our own estimates, stands in docs/decisions/mobility.md; an own raster of speeds takes their place through
`ground.of_pace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput

Condition = Literal["fast", "nominal", "wet"]
CONDITIONS: Final[tuple[Condition, ...]] = ("fast", "nominal", "wet")

KMH: Final = 3.6
FAST: Final = 1.2
"""Fast against nominal. Modelled times to 47 812 destinations were in the median 16.9 % from those of a routing service
(Nelson et al. 2019, doi 10.1038/s41597-019-0265-5): the same distance, on the side of more reach."""

TREES, SHRUBS, GRASS, CROPS, BUILT, BARE = 10, 20, 30, 40, 50, 60
SNOW, WATER, WETLAND, MANGROVE, MOSS = 70, 80, 90, 95, 100
COVERS: Final = (TREES, SHRUBS, GRASS, CROPS, BUILT, BARE, SNOW, WATER, WETLAND, MANGROVE, MOSS)
"""Classes of ESA WorldCover; 0 is no data there, and unknown ground here."""

OPEN_GROUND: Final = BARE
"""What ground is taken for where a node has no land cover at all; the answer then says that it is missing."""

Gradient = tuple[tuple[float, float], ...]
Lines = NDArray[np.float32]
SEGMENTS: Final = 5
"""Straight lines of a table of gradients: one more breakpoint, and always as many, as the kernel is written out."""

# --- gradient: pace against level ground at breakpoints, straight in between ---------------------------------------

ON_FOOT: Final[Gradient] = ((-0.6, 5.75), (-0.3, 2.01), (-0.05, 0.84), (0.1, 1.42), (0.3, 2.86), (0.6, 8.17))
"""Tobler (1993), 6 exp(-3.5 |s + 0.05|) km/h, as pace against level; chords of a convex curve, so never faster: 3 %
slower on the level, at most 10 % to gradients of 0.3 and 18 % to 0.6."""

_WHEELED: Final[Gradient] = ((-0.45, 1.9), (-0.3, 1.3), (-0.1, 1.0), (0.0, 1.0), (0.1, 1.5), (0.2, 3.0))
"""FM 5-33 (US Army 1990): speed falls in proportion to the rest of the gradability, (G - s) / G, with G = 0.3 for
trucks off the road. Downhill: own estimate."""

_GOOD_WHEELED: Final[Gradient] = ((-0.45, 1.6), (-0.3, 1.2), (-0.1, 1.0), (0.0, 1.0), (0.15, 1.5), (0.3, 3.0))
"""The same with G = 0.45, the limit that FM 34-130 (US Army 1994) draws for vehicles off the road."""

_TRACKED: Final[Gradient] = ((-0.6, 2.0), (-0.3, 1.2), (-0.1, 1.0), (0.0, 1.0), (0.2, 1.5), (0.4, 3.0))
"""The same with G = 0.6, the gradability that tracked vehicles are built for (FM 5-33)."""

_ON_ROADS: Final[Gradient] = ((-0.3, 1.6), (-0.15, 1.2), (-0.06, 1.0), (0.04, 1.0), (0.1, 1.25), (0.2, 2.0))
"""Vehicles on roads: level speed to 4 %, then slower; own estimate, kept mild because elevation models follow the
hillside and not the road's own bed."""

# --- land cover: km/h on level dry ground, 0 where the class does not go --------------------------------------------

_FOOT: Final = {TREES: 3.24, SHRUBS: 3.6, GRASS: 4.86, CROPS: 2.5, BUILT: 5.0, BARE: 3.0, SNOW: 1.62, WATER: 0.0}
_FOOT_REST: Final = {WETLAND: 2.0, MANGROVE: 1.62, MOSS: 3.24}
"""Weiss et al. (2018, doi 10.1038/nature25181), walking speeds by land cover, brought to the classes of WorldCover."""

_CAR: Final = {SHRUBS: 5.0, GRASS: 10.0, CROPS: 8.0, BUILT: 15.0, BARE: 12.0}
_OFFROAD: Final = {TREES: 5.0, SHRUBS: 12.0, GRASS: 20.0, CROPS: 15.0, BUILT: 15.0, BARE: 25.0, SNOW: 8.0, MOSS: 10.0}
_TRUCK: Final = {SHRUBS: 6.0, GRASS: 12.0, CROPS: 8.0, BUILT: 12.0, BARE: 15.0}
_TRACKS: Final = {TREES: 8.0, SHRUBS: 20.0, GRASS: 30.0, CROPS: 25.0, BUILT: 15.0, BARE: 35.0, SNOW: 15.0, MOSS: 15.0}
_TRACKS_REST: Final = {WETLAND: 5.0}
"""Vehicles off the road: own estimates; no table that is free to cite was found."""

# --- roads: km/h, by the values of OpenStreetMap's key `highway` ----------------------------------------------------

_ROADS: Final = {
    "motorway": 90.0,
    "trunk": 85.0,
    "primary": 65.0,
    "secondary": 55.0,
    "tertiary": 40.0,
    "unclassified": 25.0,
    "residential": 25.0,
    "service": 15.0,
    "living_street": 10.0,
    "track": 15.0,
}
"""The car profile of OSRM (car.lua); tracks as grade 4 of openrouteservice's table of track types."""

ROAD_KINDS: Final = tuple(_ROADS)


class Mobility(Struct, frozen=True):
    """One mobility class.

    `covers` and `roads` are km/h on level dry ground; what is not named is not passable. `wet_covers` (with `wet` for
    the others) and `wet_paved`, `wet_track` multiply speed in wet weather. `gradient` and `road_gradient` are
    (gradient, pace against level) at six breakpoints, convex; `climb` and `descent` the steepest gradients off roads.
    """

    covers: Mapping[int, float]
    roads: Mapping[str, float]
    gradient: Gradient
    road_gradient: Gradient
    climb: float
    descent: float
    wet: float
    wet_covers: Mapping[int, float]
    wet_paved: float
    wet_track: float


CLASSES: Final[Mapping[str, Mobility]] = {
    "foot": Mobility(
        _FOOT | _FOOT_REST, dict.fromkeys(_ROADS, 5.0), ON_FOOT, ON_FOOT, 1.0, 1.0, 0.8, {CROPS: 0.7}, 0.95, 0.8
    ),
    "car": Mobility(_CAR, _ROADS, _WHEELED, _ON_ROADS, 0.2, 0.25, 0.5, {CROPS: 0.0, GRASS: 0.3, BUILT: 0.8}, 0.85, 0.5),
    "offroad": Mobility(
        _OFFROAD, _ROADS | {"track": 20.0}, _GOOD_WHEELED, _ON_ROADS, 0.4, 0.45, 0.6, {CROPS: 0.3}, 0.85, 0.7
    ),
    "truck": Mobility(
        _TRUCK,
        {kind: min(speed, 60.0) for kind, speed in _ROADS.items()},
        _WHEELED,
        _ON_ROADS,
        0.25,
        0.3,
        0.4,
        {CROPS: 0.0, GRASS: 0.25, BUILT: 0.8},
        0.85,
        0.4,
    ),
    "tracked": Mobility(
        _TRACKS | _TRACKS_REST,
        {kind: min(speed, 40.0) for kind, speed in _ROADS.items()},
        _TRACKED,
        _ON_ROADS,
        0.6,
        0.6,
        0.7,
        {CROPS: 0.5, WETLAND: 0.0},
        0.9,
        0.8,
    ),
}
"""foot, car (two driven wheels), offroad (four driven wheels), truck, tracked. The wet factor of paved roads is that of
the FHWA's road weather pages (10 to 25 % slower on wet arterial roads); the others are own estimates."""


class Profile(Struct, frozen=True):
    """The numbers of a class in one condition, as the engine takes them.

    `covers` is float32[256], seconds a metre by land cover code: inf where the class does not go, NaN where unknown.
    `roads` is seconds a metre by kind of road. `slope`, `road_slope`: float32[5, 2], lines a + b s of which the largest
    multiplies the pace. `climb`, `descent`: steepest gradients off roads.
    """

    covers: NDArray[np.float32]
    roads: Mapping[str, float]
    slope: Lines
    road_slope: Lines
    climb: float
    descent: float


def profile(name: str, condition: Condition = "nominal") -> Profile:
    """The numbers of a mobility class. Raises MalformedInput `reach.mobility` for a class that there is not."""
    if name not in CLASSES:
        raise MalformedInput("reach.mobility", name=name[:40], known=", ".join(CLASSES))
    one = CLASSES[name]
    covers = np.full(256, np.nan, np.float32)
    for cover in COVERS:
        speed = one.covers.get(cover, 0.0)
        covers[cover] = _pace(speed * _factor(condition, one.wet_covers.get(cover, one.wet)))
    roads = {
        kind: _pace(speed * _factor(condition, one.wet_track if kind == "track" else one.wet_paved))
        for kind, speed in one.roads.items()
    }
    return Profile(covers, roads, lines(one.gradient), lines(one.road_gradient), one.climb, one.descent)


def lines(table: Gradient) -> Lines:
    """The straight lines through neighbouring breakpoints of a convex table: float32[5, 2], the largest of which is it.

    The first and the last go on beyond the table.
    """
    gradients, factors = np.array(table).T
    rises = np.diff(factors) / np.diff(gradients)
    return np.stack([factors[:-1] - rises * gradients[:-1], rises], axis=1).astype(np.float32)


LEVEL: Final[Lines] = np.tile(np.array([1.0, 0.0], np.float32), (SEGMENTS, 1))
"""Gradients that change nothing."""


def _pace(speed: float) -> float:
    return KMH / speed if speed > 0 else float("inf")


def _factor(condition: Condition, wet: float) -> float:
    return {"fast": FAST, "nominal": 1.0, "wet": wet}[condition]
