"""What a plan takes up: volumes in space, height and time, and which of them are refused.

A volume is an area (polygon), a corridor (path with a half-width, taken up during its whole window) or a route (path
with a time at every vertex: a disc of the half-width that moves along it at even speed between vertices). Edges are
straight in longitude and latitude, as in RFC 7946 section 3.1.1. A repetition comes as one volume a time
(`movements.repetition`).

Degrees are WGS 84 × 10⁷, (longitude, latitude) as in `records.values.Point`; a shape may cross the 180th meridian:
from one vertex to the next the shorter way is meant. Times are Unix milliseconds, windows are [start, end).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.records.values import Point

E7: Final = 10_000_000
HALF_TURN: Final = 180 * E7
TURN: Final = 360 * E7

MAX_VERTICES: Final = 2000
MAX_VOLUMES: Final = 1000
"""Volumes of one activity, its repetitions counted."""
MAX_HALF_WIDTH: Final = 50_000
MAX_LATITUDE: Final = 84
"""Degrees north or south, as in UTM: beyond it longitudes say little about lengths."""
MAX_WIDTH: Final = 60
"""Degrees of longitude that one volume may reach over."""
LATEST: Final = 253_402_300_799_999
"""The last millisecond of the year 9999."""


class Window(Struct, frozen=True):
    """From `start` until just before `end` (Unix ms)."""

    start: int
    end: int


class Band(Struct, frozen=True):
    """Heights from `low` to `high`, both belonging to it: whole metres above mean sea level."""

    low: int
    high: int


class Area(Struct, frozen=True, tag="area"):
    """A polygon; `ring` goes round it once, in either sense, and may repeat its first point. No band: any height."""

    ring: Sequence[Point]
    window: Window
    band: Band | None = None


class Corridor(Struct, frozen=True, tag="corridor"):
    """All that lies within `half_width` metres of `path`, during the whole window."""

    path: Sequence[Point]
    half_width: int
    window: Window
    band: Band | None = None


class Route(Struct, frozen=True, tag="route"):
    """A disc of `half_width` metres that is at `path[i]` at `times[i]` (ms, each later than the one before).

    Two equal points in a row are a halt. Its window is [times[0], times[-1]).
    """

    path: Sequence[Point]
    times: Sequence[int]
    half_width: int
    band: Band | None = None


Volume = Area | Corridor | Route


class Activity(Struct, frozen=True):
    """A plan of one party: `id` names it among all activities, `owner` is the party."""

    id: str
    owner: str
    volumes: Sequence[Volume]


def window_of(volume: Volume) -> Window:
    """When a volume is taken up."""
    return Window(volume.times[0], volume.times[-1]) if isinstance(volume, Route) else volume.window


def points_of(volume: Volume) -> Sequence[Point]:
    """Its vertices as they were given; a ring without the repetition of its first point."""
    if not isinstance(volume, Area):
        return volume.path
    return volume.ring[:-1] if len(volume.ring) > 1 and volume.ring[0] == volume.ring[-1] else volume.ring


def check(activity: Activity) -> None:
    """Refuse an activity that has no volumes or too many, or one that is refused by `unwrapped`."""
    if not activity.volumes:
        raise MalformedInput("movements.no_volumes")
    if len(activity.volumes) > MAX_VOLUMES:
        raise MalformedInput("movements.too_many_volumes", count=len(activity.volumes), limit=MAX_VOLUMES)
    for volume in activity.volumes:
        unwrapped(volume)


def unwrapped(volume: Volume) -> NDArray[np.int64]:
    """The vertices as int64[n, 2] (longitude, latitude, E7) of a volume that is fit to be compared; others are refused.

    Longitudes go on beyond 180° where the volume crosses it, and the middle of the volume lies in [-180°, 180°).

    Refused are (`movements.…`) too few or too many vertices, places off the globe or beyond 84° of latitude, shapes
    wider than 60° of longitude or round a pole, outlines that cross or touch themselves, paths without length, reversed
    windows, times that do not rise, bands upside down and half-widths beyond 50 km.
    """
    points = points_of(volume)
    _check_counts(volume, len(points))
    _check_times(volume)
    _check_band(volume.band)
    if not isinstance(volume, Area) and not 0 <= volume.half_width <= MAX_HALF_WIDTH:
        raise MalformedInput("movements.half_width", metres=volume.half_width, limit=MAX_HALF_WIDTH)
    place = np.array(points, np.int64)
    if np.abs(place[:, 0]).max() > HALF_TURN or np.abs(place[:, 1]).max() > HALF_TURN // 2:
        raise MalformedInput("movements.off_globe")
    if np.abs(place[:, 1]).max() > MAX_LATITUDE * E7:
        raise MalformedInput("movements.latitude", limit=MAX_LATITUDE)
    place[:, 0] = _short_way(place[:, 0])
    wide = int(place[:, 0].max() - place[:, 0].min())
    if isinstance(volume, Area):
        _check_ring(place)
    elif not np.any(place != place[0]):
        raise MalformedInput("movements.no_length")
    if wide > MAX_WIDTH * E7:
        raise MalformedInput("movements.too_wide", degrees=-(-wide // E7), limit=MAX_WIDTH)
    middle = (int(place[:, 0].max()) + int(place[:, 0].min())) // 2
    place[:, 0] -= (middle + HALF_TURN) // TURN * TURN
    return place


def _check_counts(volume: Volume, count: int) -> None:
    if isinstance(volume, Area) and count < 3:
        raise MalformedInput("movements.ring_short", count=count)
    if count < 2:
        raise MalformedInput("movements.path_short", count=count)
    if count > MAX_VERTICES:
        raise MalformedInput("movements.too_many_vertices", count=count, limit=MAX_VERTICES)
    if isinstance(volume, Route) and len(volume.times) != count:
        raise MalformedInput("movements.times_count", times=len(volume.times), count=count)


def _check_times(volume: Volume) -> None:
    if isinstance(volume, Route):
        for step, (before, after) in enumerate(pairwise(volume.times), start=2):
            if after <= before:
                raise MalformedInput("movements.times_order", step=step)
    window = window_of(volume)
    if window.end <= window.start:
        raise MalformedInput("movements.window_reversed")
    if window.start < 0 or window.end > LATEST:
        raise MalformedInput("movements.window_beyond")


def _check_band(band: Band | None) -> None:
    if band is not None and band.high < band.low:
        raise MalformedInput("movements.band_reversed", low=band.low, high=band.high)
    if band is not None and not -100_000 <= band.low <= band.high <= 100_000:
        raise MalformedInput("movements.band_beyond")


def _check_ring(place: NDArray[np.int64]) -> None:
    # the way back to the first point counts too: a ring that does not come back to its own longitude holds a pole
    if abs(int(place[0, 0] - place[-1, 0])) > HALF_TURN:
        raise MalformedInput("movements.pole")
    polygon = shapely.Polygon(place)
    if not polygon.is_valid or not polygon.area:
        raise MalformedInput("movements.self_crossing")


def _short_way(longitudes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Longitudes of which none is more than half a turn from the one before."""
    steps = np.diff(longitudes)
    turns = -((steps + HALF_TURN) // TURN)
    return longitudes + np.concatenate([[0], np.cumsum(turns)]) * TURN
