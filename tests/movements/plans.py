"""Volumes by chance, and the slow way to know how close two of them come: samples and geodesics between them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Geod

from tansiq.movements.volumes import Activity, Area, Band, Corridor, Route, Volume, Window, window_of
from tansiq.records.values import Point

E7 = 10_000_000
HALF_TURN = 180 * E7
START = 1_790_000_000_000
HOUR = 3_600_000
GEOD = Geod(ellps="WGS84")

GROUNDS = ((44 * E7, 35 * E7), (48 * E7, 36 * E7), (HALF_TURN, -17 * E7), (20 * E7, 0), (-66 * E7, 83 * E7))
"""The strip, the edge of two UTM zones, Fiji on the 180th meridian, the equator, the north of Ellesmere."""

REACH = E7 // 10


def at(ground: Point, east: int, north: int) -> Point:
    """A point that many units from the middle of a ground, on the globe as people write it."""
    return (ground[0] + east + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN, ground[1] + north


offsets = st.integers(-REACH, REACH)
starts = st.integers(0, 6 * HOUR).map(lambda ms: START + ms)
lengths = st.sampled_from((1000, 600_000, HOUR, 6 * HOUR, 30 * 24 * HOUR))
bands = st.none() | st.tuples(st.integers(-100, 3000), st.integers(0, 1000)).map(lambda b: Band(b[0], b[0] + b[1]))
windows = st.tuples(starts, lengths).map(lambda w: Window(w[0], w[0] + w[1]))


@st.composite
def areas(draw: st.DrawFn, ground: Point) -> Area:
    """Star-shaped polygons."""
    middle = draw(offsets), draw(offsets)
    radii = draw(st.lists(st.integers(1000, REACH // 2), min_size=3, max_size=8))
    corners = [
        at(
            ground,
            middle[0] + round(radius * math.cos(2 * math.pi * step / len(radii))),
            middle[1] + round(radius * math.sin(2 * math.pi * step / len(radii))),
        )
        for step, radius in enumerate(radii)
    ]
    return Area(tuple(corners), draw(windows), draw(bands))


@st.composite
def paths(draw: st.DrawFn, ground: Point) -> tuple[Point, ...]:
    """Paths that lead somewhere."""
    points = draw(st.lists(st.tuples(offsets, offsets), min_size=2, max_size=5, unique=True))
    return tuple(at(ground, *point) for point in points)


@st.composite
def corridors(draw: st.DrawFn, ground: Point) -> Corridor:
    """Corridors of up to 2 km to each side."""
    return Corridor(draw(paths(ground)), draw(st.integers(0, 2000)), draw(windows), draw(bands))


@st.composite
def routes(draw: st.DrawFn, ground: Point) -> Route:
    """Journeys, some with a halt."""
    path = draw(paths(ground))
    if draw(st.booleans()):
        path = (*path, path[-1])
    times = [draw(starts)]
    for _ in path[1:]:
        times.append(times[-1] + draw(st.integers(60_000, 2 * HOUR)))
    return Route(path, tuple(times), draw(st.integers(0, 2000)), draw(bands))


def volumes(ground: Point) -> st.SearchStrategy[Volume]:
    """Of any kind."""
    return st.one_of(areas(ground), corridors(ground), routes(ground))


@st.composite
def activities(draw: st.DrawFn, least: int = 0, most: int = 8) -> list[Activity]:
    """Plans of three parties on one ground."""
    ground = draw(st.sampled_from(GROUNDS))
    several = st.lists(volumes(ground), min_size=1, max_size=2).map(tuple)
    plans = draw(st.lists(st.tuples(st.sampled_from("abc"), several), min_size=least, max_size=most))
    return [Activity(f"{owner}/{number}", owner, some) for number, (owner, some) in enumerate(plans)]


def near_from(ground: Point, place: Point) -> tuple[float, float]:
    """A point in degrees around a ground, without the seam."""
    east = (place[0] - ground[0] + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
    return (ground[0] + east) / E7, place[1] / E7


Samples = NDArray[np.float64]
"""float64[n, 4]: longitude and latitude (degrees), from and until when (ms)."""


def samples(volume: Volume, ground: Point, steps: int = 24) -> Samples:
    """Places of a volume with the times at which it is there."""
    points = [near_from(ground, one) for one in (volume.ring if isinstance(volume, Area) else volume.path)]
    if isinstance(volume, Area):
        # towards the middle in rings: star-shaped polygons are filled by that
        middle = np.mean(points, axis=0)
        points = [
            tuple(middle + share * (np.array(one) - middle))
            for share in (1.0, 0.6, 0.2)
            for one in (*points, points[0])
        ]
    parts = np.linspace(0.0, 1.0, steps)
    window = window_of(volume)
    found = []
    for step, (one, other) in enumerate(pairwise(np.array(points))):
        line = one + parts[:, None] * (other - one)
        if isinstance(volume, Route):
            when = volume.times[step] + parts * (volume.times[step + 1] - volume.times[step])
            found.append(np.column_stack([line, when, when]))
        else:
            found.append(np.column_stack([line, np.full(steps, window.start), np.full(steps, window.end)]))
    return np.concatenate(found)


def sampled_distance(a: Volume, b: Volume, ground: Point, seconds: int) -> float:
    """Metres between the closest samples that are near in time, half-widths off; never less than the truth."""
    one, two = samples(a, ground), samples(b, ground)
    gap = np.maximum(one[:, None, 2] - two[None, :, 3], two[None, :, 2] - one[:, None, 3])
    rows, columns = np.nonzero(gap <= seconds * 1000)
    if not len(rows):
        return math.inf
    metres = GEOD.inv(one[rows, 0], one[rows, 1], two[columns, 0], two[columns, 1])[2]
    return max(0.0, float(np.min(metres)) - half(a) - half(b))


def half(volume: Volume) -> int:
    """The half-width of a volume."""
    return 0 if isinstance(volume, Area) else volume.half_width


def place_at(route: Route, when: float) -> tuple[float, float]:
    """Where a route is (degrees, beyond 180° where it runs on)."""
    points = np.array([near_from(route.path[0], one) for one in route.path])
    return float(np.interp(when, route.times, points[:, 0])), float(np.interp(when, route.times, points[:, 1]))
