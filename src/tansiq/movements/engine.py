"""The engine as states ask it: volumes of records as volumes of the engine, every repetition one of its own.

A volume that the engine refuses is held and shown, and can be compared with nothing. Answers are remembered: the same
two plans are looked at again with every record that comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from tansiq.errors import MalformedInput
from tansiq.movements import volumes as shapes
from tansiq.movements.approach import Approach, Buffer, approach
from tansiq.movements.look import Meeting
from tansiq.movements.outline import HALF_TURN
from tansiq.movements.pieces import pack
from tansiq.movements.repetition import repeated
from tansiq.movements.volumes import Area, Band, Corridor, Route, Window
from tansiq.records.kinds.activity import LONGEST_MS, Volume
from tansiq.records.kinds.activity import Window as RecordWindow
from tansiq.records.kinds.terms import Buffers

MINUTE_MS: Final = 60_000
DOT: Final = 5
"""Half a side (E7) of the square, 11 cm across, by which a point is looked for."""

KEPT: Final = 200_000
"""Pairs that are remembered; beyond that all are let go."""

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
    """Refuse what cannot be compared (`movements.…`), and what goes on for longer than a year."""
    flat = [one for volume in volumes for one in volumes_of(volume)]
    pack([shapes.Activity("draft", "draft", flat)])
    first, last = min(volume.start for volume in volumes), max(volume.end for volume in volumes)
    if last - first > LONGEST_MS:
        raise MalformedInput("activities.too_long", days=(last - first) // 86_400_000)


class Engine:
    """Looks for the states of one node. One thread at a time."""

    def __init__(self) -> None:
        self._shapes: dict[bytes, list[shapes.Volume] | None] = {}
        self._met: dict[tuple[bytes, bytes, Buffers], Meeting | None] = {}

    def fit(self, volumes: Sequence[Volume]) -> bool:
        """Whether the engine takes all of them."""
        return bool(volumes) and all(self._shape(msgspec.json.encode(one), one) is not None for one in volumes)

    def meet(self, one: Sequence[Volume], other: Sequence[Volume], buffers: Buffers) -> list[Meeting]:
        """Which volumes of two plans meet."""
        found = []
        keys = [msgspec.json.encode(theirs) for theirs in other]
        for a, mine in enumerate(one):
            key = msgspec.json.encode(mine)
            for b, theirs in enumerate(other):
                met = self._meeting(key, mine, keys[b], theirs, buffers)
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
            if self.fit([still]) and self.meet([volume], [still], Buffers(distance_m, 0, 0)):
                found.append(number)
        return found

    def _shape(self, key: bytes, volume: Volume) -> list[shapes.Volume] | None:
        if key not in self._shapes:
            try:
                check_volumes([volume])
                self._shapes[key] = volumes_of(volume)
            except MalformedInput:
                self._shapes[key] = None
        return self._shapes[key]

    def _meeting(self, key: bytes, one: Volume, other_key: bytes, other: Volume, buffers: Buffers) -> Meeting | None:
        # looked at in one order, so that both sides get the same numbers to the last metre
        swapped = other_key < key
        pair = (other_key, key, buffers) if swapped else (key, other_key, buffers)
        if pair not in self._met:
            if len(self._met) > KEPT:
                self._met.clear()
            first, second = (other, one) if swapped else (one, other)
            self._met[pair] = self._closest(pair[0], first, pair[1], second, buffers)
        return self._met[pair]

    def _closest(self, key: bytes, one: Volume, other_key: bytes, other: Volume, buffers: Buffers) -> Meeting | None:
        late = buffers.minutes * MINUTE_MS
        if one.start - late >= other.end or other.start - late >= one.end:
            return None
        mine, theirs = self._shape(key, one), self._shape(other_key, other)
        buffer = Buffer(buffers.distance_m, buffers.minutes * 60)
        best: tuple[Approach, Window] | None = None
        for a in mine or ():
            first = shapes.window_of(a)
            for b in theirs or ():
                second = shapes.window_of(b)
                if first.start - late >= second.end or second.start - late >= first.end:
                    continue
                near = approach(a, _taller(b, buffers.height_m), buffer)
                if near is not None and (best is None or near.metres < best[0].metres):
                    best = near, _together(first, second)
        if best is None:
            return None
        near, window = best
        lon = (near.own_place[0] + near.other_place[0]) // 2
        lat = (near.own_place[1] + near.other_place[1]) // 2
        if abs(near.own_place[0] - near.other_place[0]) > HALF_TURN:
            lon = near.own_place[0]  # on either side of the 180th meridian the middle of the two is on the far side
        at = min(near.own_time, near.other_time)
        return Meeting(0, 0, window.start, window.end, round(near.metres), at, lon, lat)


def _taller(volume: shapes.Volume, metres: int) -> shapes.Volume:
    band = volume.band
    if band is None or not metres:
        return volume
    return msgspec.structs.replace(volume, band=Band(band.low - metres, band.high + metres))


def _together(one: Window, other: Window) -> Window:
    """From when to when both are out, or the moment between them where they only come within the buffer of time."""
    start, end = max(one.start, other.start), min(one.end, other.end)
    return Window(min(start, end), max(start, end))
