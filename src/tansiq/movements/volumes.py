"""What a plan takes up: volumes in space, height and time. `movements.pieces` says which of them are refused.

A volume is an area (polygon), a corridor (path with a half-width, taken up during its whole window) or a route (path
with a time at every vertex: a disc of the half-width that moves along it at even speed between vertices). Edges are
straight in longitude and latitude, as in RFC 7946 section 3.1.1. A repetition comes as one volume a time
(`movements.repetition`).

Degrees are WGS 84 × 10⁷, (longitude, latitude) as in `records.values.Point`; a shape may cross the 180th meridian:
from one vertex to the next the shorter way is meant. Times are Unix milliseconds, windows are [start, end).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from tansiq.records.values import Point

MAX_VERTICES: Final = 2000
MAX_VOLUMES: Final = 1000
"""Volumes of one activity, its repetitions counted."""
MAX_HALF_WIDTH: Final = 50_000
MAX_BAND: Final = 100_000
"""Metres above or below the sea."""
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
