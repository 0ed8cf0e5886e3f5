"""The engine as states ask it: volumes of records as volumes of the engine, every repetition one of its own.

A volume that the engine refuses is held and shown, and can be compared with nothing. Answers are remembered: the same
two plans are looked at again with every record that comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.movements import volumes as shapes
from tansiq.movements.approach import Buffer, answer, closest
from tansiq.movements.look import Meeting
from tansiq.movements.nearby import Indexes
from tansiq.movements.outline import HALF_TURN
from tansiq.movements.pieces import HIGH, LOW, VOLUME, Pieces, pack, times_of
from tansiq.movements.repetition import repeated
from tansiq.movements.volumes import Area, Band, Corridor, Route, Window
from tansiq.records.kinds.activity import LONGEST_MS, Volume
from tansiq.records.kinds.activity import Window as RecordWindow
from tansiq.records.kinds.terms import Buffers

MINUTE_MS: Final = 60_000
DOT: Final = 5
"""Half a side (E7) of the square, 11 cm across, by which a point is looked for."""

MOST_CORNERS: Final = 100_000
"""Of one plan with all its repetitions, some 100 bytes each in memory: a daily way of 270 points for a year."""

KEPT: Final = 20_000
"""Pairs, and volumes, that are remembered; beyond that all are let go."""
KEPT_PIECES: Final = 1_000_000
"""Pieces of the volumes that are remembered, some 100 MB."""

Place = tuple[int, int]


def volumes_of(volume: Volume) -> list[shapes.Volume]:
    """The volumes of the engine for a volume of a record, one for each time that it takes place."""
    band = None if volume.band is None else Band(volume.band.low_m, volume.band.high_m)
    start, end = volume.first
    half = ((volume.width_m or 0) + 1) // 2
    one: shapes.Volume
    if volume.route is not None:
        path = [(lon, lat) for lon, lat, _ in volume.route]
        one = Route(path, [at for _, _, at in volume.route], half, band)
    elif volume.path is not None:
        one = Corridor(volume.path, half, Window(start, end), band)
    else:
        one = Area(volume.ring or (), Window(start, end), band)
    if volume.repeat is None:
        return [one]
    step = volume.repeat.every_minutes * MINUTE_MS
    return repeated(one, [Window(start + n * step, end + n * step) for n in range(volume.repeat.times)])


def check_volumes(volumes: Sequence[Volume]) -> None:
    """Refuse what cannot be compared (`movements.…`), what goes on for longer than a year, and what has too many
    corners with all its repetitions (`activities.…`).
    """
    _packed(volumes)


def _packed(volumes: Sequence[Volume]) -> tuple[list[shapes.Volume], Pieces]:
    corners = sum(map(_corners, volumes))
    if corners > MOST_CORNERS:
        raise MalformedInput("activities.too_many_corners", count=corners, limit=MOST_CORNERS)
    flat = [one for volume in volumes for one in volumes_of(volume)]
    pieces = pack([shapes.Activity("draft", "draft", flat)])
    first, last = min(volume.start for volume in volumes), max(volume.end for volume in volumes)
    if last - first > LONGEST_MS:
        raise MalformedInput("activities.too_long", days=(last - first) // 86_400_000)
    return flat, pieces


def _corners(volume: Volume) -> int:
    """The corners of a volume, counted once for every time that it takes place."""
    times = 1 if volume.repeat is None else volume.repeat.times
    return times * len(volume.ring or volume.path or volume.route or ())


class _Shape(Struct):
    """A volume of a record as the engine compares it: every time that it takes place, and all of them as pieces."""

    key: bytes
    volumes: list[shapes.Volume]
    pieces: Pieces


class Engine:
    """Looks for the states of one node. One thread at a time."""

    def __init__(self) -> None:
        self._shapes: dict[bytes, _Shape | None] = {}
        self._pieces = 0
        self._met: dict[tuple[bytes, bytes, Buffers], Meeting | None] = {}

    def fit(self, volumes: Sequence[Volume]) -> bool:
        """Whether the engine takes all of them."""
        found = [self._shape(one) for one in volumes]
        times = sum(len(shape.volumes) for shape in found if shape is not None)
        many = times > shapes.MAX_VOLUMES or sum(map(_corners, volumes)) > MOST_CORNERS
        return bool(volumes) and None not in found and not many

    def meet(self, one: Sequence[Volume], other: Sequence[Volume], buffers: Buffers) -> list[Meeting]:
        """Which volumes of two plans meet."""
        found = []
        theirs = [self._shape(volume) for volume in other]
        for a, mine in enumerate(map(self._shape, one)):
            for b, their in enumerate(theirs):
                met = None if mine is None or their is None else self._meeting(mine, their, buffers)
                if met is not None:
                    found.append(msgspec.structs.replace(met, one=a, other=b))
        return found

    def at_point(self, volumes: Sequence[Volume], point: Place, distance_m: int) -> list[int]:
        """Which volumes come so close to a point."""
        lon, lat = point
        square = [(lon - DOT, lat - DOT), (lon + DOT, lat - DOT), (lon + DOT, lat + DOT), (lon - DOT, lat + DOT)]
        return self.in_ring(volumes, square, distance_m)

    def in_ring(self, volumes: Sequence[Volume], ring: Sequence[Place], distance_m: int) -> list[int]:
        """Which volumes come so close to an area; none where the area cannot be compared."""
        found = []
        for number, volume in enumerate(volumes):
            still = Volume(ring=list(ring), window=RecordWindow(volume.start, volume.end))
            if self.meet([volume], [still], Buffers(distance_m, 0, 0)):
                found.append(number)
        return found

    def nearby(self) -> Indexes:
        """Room for plans and places, empty."""
        return Indexes(self._volumes)

    def _volumes(self, volumes: Sequence[Volume]) -> list[shapes.Volume]:
        return [one for shape in map(self._shape, volumes) if shape is not None for one in shape.volumes]

    def _shape(self, volume: Volume) -> _Shape | None:
        key = msgspec.json.encode(volume)
        if key not in self._shapes:
            shape = _shape_of(key, volume)
            self._pieces += 0 if shape is None else len(shape.pieces.facts)
            if len(self._shapes) >= KEPT or self._pieces > KEPT_PIECES:
                self._shapes.clear()
                self._met.clear()  # whose keys are those of the volumes
                self._pieces = 0 if shape is None else len(shape.pieces.facts)
            self._shapes[key] = shape
        return self._shapes[key]

    def _meeting(self, one: _Shape, other: _Shape, buffers: Buffers) -> Meeting | None:
        # looked at in one order, so that both sides get the same numbers to the last metre
        first, second = (other, one) if other.key < one.key else (one, other)
        pair = (first.key, second.key, buffers)
        if pair not in self._met:
            if len(self._met) > KEPT:
                self._met.clear()
            self._met[pair] = _closest(first, second, buffers)
        return self._met[pair]


def _shape_of(key: bytes, volume: Volume) -> _Shape | None:
    try:
        return _Shape(key, *_packed([volume]))
    except MalformedInput:
        return None


def _closest(one: _Shape, other: _Shape, buffers: Buffers) -> Meeting | None:
    """The closest approach of all the times that two volumes take place; the first of those that are as close."""
    found = closest(one.pieces, _taller(other, buffers.height_m), Buffer(buffers.distance_m, buffers.minutes * 60))
    if found is None:
        return None
    near = answer(found.row)
    mine = shapes.window_of(one.volumes[one.pieces.facts[found.own, VOLUME]])
    theirs = shapes.window_of(other.volumes[other.pieces.facts[found.other, VOLUME]])
    window = _together(mine, theirs)
    lon = (near.own_place[0] + near.other_place[0]) // 2
    lat = (near.own_place[1] + near.other_place[1]) // 2
    if abs(near.own_place[0] - near.other_place[0]) > HALF_TURN:
        lon = near.own_place[0]  # on either side of the 180th meridian the middle of the two is on the far side
    at = min(near.own_time, near.other_time)
    return Meeting(0, 0, window.start, window.end, round(near.metres), at, lon, lat)


def _taller(shape: _Shape, metres: int) -> Pieces:
    """The pieces of a volume with so much more height above and below, where it has a band at all."""
    if not metres or all(volume.band is None for volume in shape.volumes):
        return shape.pieces
    facts = shape.pieces.facts.copy()
    facts[:, LOW] -= metres
    facts[:, HIGH] += metres
    return msgspec.structs.replace(shape.pieces, facts=facts, times=times_of(facts))


def _together(one: Window, other: Window) -> Window:
    """From when to when both are out, or the moment between them where they only come within the buffer of time."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Window(min(start, end), max(start, end))
