"""Volumes and boxes of versions, looked up once: most plans are nowhere near each other, and a box says so at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tansiq.movements.look import Look
from tansiq.movements.terms import MINUTE_MS
from tansiq.movements.told import Thing, Version
from tansiq.records.kinds.activity import Activity, Volume
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.post import Post
from tansiq.records.kinds.terms import Buffers

E7_A_METRE: Final = 10_000_000 / 110_500
"""No degree of latitude is shorter than 110.5 km."""

MOST_LATITUDE: Final = 84 * 10_000_000
HALF_TURN: Final = 180 * 10_000_000
FOR_EVER: Final = 1 << 62


class Box(NamedTuple):
    """Where and when something is at most (E7, ms), and by how many metres it reaches beyond its points."""

    west: int
    south: int
    east: int
    north: int
    start: int
    end: int
    metres: int


class Ground:
    """Of one reading of the records: nothing here changes while it is looked at."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._volumes: dict[str, Sequence[Volume] | None] = {}
        self._boxes: dict[str, Box | None] = {}

    def volumes(self, version: Version) -> Sequence[Volume] | None:
        """The volumes of an activity; None where they are not told or cannot be compared."""
        key = version.said.id
        if key not in self._volumes:
            body = version.body
            told = body.volumes if isinstance(body, Activity) else None
            self._volumes[key] = told if told and self._look.fit(told) else None
        return self._volumes[key]

    def box(self, version: Version) -> Box | None:
        """The box of a version; None where it may be anywhere."""
        key = version.said.id
        if key not in self._boxes:
            self._boxes[key] = self._box(version)
        return self._boxes[key]

    def box_of(self, thing: Thing) -> Box | None:
        """The box of all versions of a thing; None where one of them may be anywhere."""
        return joined([self.box(version) for version in thing.versions])

    def _box(self, version: Version) -> Box | None:
        body = version.body
        if isinstance(body, Activity):
            volumes = self.volumes(version)
            return None if volumes is None else joined([_volume_box(one) for one in volumes])
        if isinstance(body, Post):
            if body.place is not None:
                return _points_box([(body.place.lon, body.place.lat)], 0, FOR_EVER, body.place.accuracy)
            if body.place_coarse is not None:
                cell = body.place_coarse
                return _points_box([(cell.lon, cell.lat)], 0, FOR_EVER, cell.size)
        if isinstance(body, Area) and body.ring:
            return _points_box(body.ring, 0, FOR_EVER, 0)
        return None


def apart(one: Box | None, other: Box | None, buffers: Buffers) -> bool:
    """Whether two boxes are so far from each other that nothing in them can meet; never where one is not known."""
    if one is None or other is None:
        return False
    late = buffers.minutes * MINUTE_MS
    if one.start - late >= other.end or other.start - late >= one.end:
        return True
    reach = math.ceil((buffers.distance_m + one.metres + other.metres + 1) * E7_A_METRE)
    if one.south - reach > other.north or other.south - reach > one.north:
        return True
    far = max(abs(one.south), abs(one.north), abs(other.south), abs(other.north)) + reach
    if far >= MOST_LATITUDE:
        return False
    along = math.ceil(reach / math.cos(math.radians(far / 10_000_000)))
    return one.west - along > other.east or other.west - along > one.east


def joined(boxes: Iterable[Box | None]) -> Box | None:
    """The box around boxes; None where one is not known or there is none."""
    known = list(boxes)
    found = [one for one in known if one is not None]
    if not found or len(found) < len(known):
        return None
    whole = Box(
        min(one.west for one in found),
        min(one.south for one in found),
        max(one.east for one in found),
        max(one.north for one in found),
        min(one.start for one in found),
        max(one.end for one in found),
        max(one.metres for one in found),
    )
    # on both sides of the 180th meridian: east and west of it are not told apart here
    return None if whole.east - whole.west >= HALF_TURN else whole


def _volume_box(volume: Volume) -> Box | None:
    points = [(point[0], point[1]) for point in volume.ring or volume.path or volume.route or ()]
    return _points_box(points, volume.start, volume.end, volume.width_m or 0)


def _points_box(points: Sequence[tuple[int, int]], start: int, end: int, metres: int) -> Box | None:
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    box = Box(min(lons), min(lats), max(lons), max(lats), start, end, metres)
    # what lies at the 180th meridian may be near what lies on its other side
    near_seam = box.east > HALF_TURN - 20_000_000 or box.west < 20_000_000 - HALF_TURN
    return None if near_seam or box.east - box.west >= HALF_TURN else box
