"""Live positions against fences: who enters, who leaves, who stays; in batches of arrays.

Positions are those that a party chooses to show of its own forces; a unit is a number, never a person. A unit has
entered a fence at its first position inside while the fence stands. It has left at its first position that is more than
the margin outside, and more than it may itself be off, or that comes when the fence stands no longer: a position that
wavers on the border says nothing new. It dwells, once for each stay, at the first position that comes so long after it
entered. Positions that are not later than the last one of their unit are passed over. Height bands are not looked at:
live heights are not to be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.kernels import njit
from tansiq.movements import tree as trees
from tansiq.movements.measure import inside, to_segment
from tansiq.movements.outline import AREA, HALF_TURN, TURN
from tansiq.movements.pieces import ACTIVITY, COUNT, FIRST, HALF, KIND, MAX_CUT, pack
from tansiq.movements.tree import Tree
from tansiq.movements.volumes import Activity, Area, Corridor

ENTERS, LEAVES, DWELLS = range(3)
NONE: Final = -1

Table = NDArray[Any]


class Fence(Struct, frozen=True):
    """A fence with its name: an area or a corridor, standing during the window of its shape."""

    id: str
    shape: Area | Corridor


class Events(Struct):
    """What happened, in order of the positions: `position` int64[n] (row in the batch), `unit` and `fence` int32[n],
    `what` int8[n] (ENTERS, LEAVES, DWELLS). At one position a unit leaves before it enters.
    """

    position: Table
    unit: Table
    fence: Table
    what: Table


class _Stays(NamedTuple):
    """Who is where: from `first[unit]` a chain of stays by `following`, each with its fence, beginning, and whether it
    was told that it dwells. `last` is the time of a unit's last position; `free[0]` begins the chain of unused stays.
    """

    first: Table
    last: Table
    following: Table
    fence: Table
    since: Table
    told: Table
    free: Table


class Watch:
    """Fences and who is inside them. `margin_m`: how far out is out; `dwell_s`: how long a stay is one that dwells."""

    def __init__(self, fences: Sequence[Fence], margin_m: int = 50, dwell_s: int = 600) -> None:
        if margin_m < 0 or dwell_s < 0:
            raise MalformedInput("movements.dwell", metres=margin_m, seconds=dwell_s)
        self.ids = [fence.id for fence in fences]
        self._pieces = pack([Activity(fence.id, "", (fence.shape,)) for fence in fences])
        self._tree = trees.build(self._pieces.boxes)
        self._margin, self._dwell = float(margin_m), dwell_s * 1000
        self._stays = _stays(64, 256)

    def take(self, unit: Table, longitude: Table, latitude: Table, when: Table, reach: Table | None = None) -> Events:
        """What a batch of positions brings about. Units are numbers from 0, places E7, times ms, each [n]; `reach` (m)
        is by how much each may be off, nothing if left out.

        Refuses a place off the globe (`movements.off_globe`) or a unit below 0 (`movements.unit`), and the batch whole.
        """
        units, times = np.asarray(unit, np.int64), np.asarray(when, np.int64)
        lon, lat = np.asarray(longitude, np.int64), np.asarray(latitude, np.int64)
        if len(units) and (units.min() < 0 or units.max() >= 1 << 31):
            raise MalformedInput("movements.unit")
        if len(lon) and (np.abs(lon).max() > HALF_TURN or np.abs(lat).max() > HALF_TURN // 2):
            raise MalformedInput("movements.off_globe")
        if len(units) and units.max() >= len(self._stays.first):
            self._stays = _enlarged(self._stays, 2 * int(units.max()) + 1, len(self._stays.fence))
        found: list[tuple[Table, ...]] = []
        off = np.zeros(len(units)) if reach is None else np.asarray(reach, np.float64)
        done, size = 0, len(units) + 64
        candidates = np.empty(len(self._pieces.facts), np.int32)
        while done < len(units):
            events = (
                np.empty(size, np.int64),
                np.empty(size, np.int32),
                np.empty(size, np.int32),
                np.empty(size, np.int8),
            )
            count, done, short = _take(
                self._tree, self._pieces.facts, self._pieces.times, self._pieces.points, self._pieces.starts, units,
                lon, lat, times, self._margin, off, self._dwell, self._stays, candidates, done, *events,
            )  # fmt: skip
            found.append(tuple(column[:count] for column in events))
            if short:
                # one position may enter every fence
                more = 2 * len(self._stays.fence) + len(self.ids)
                self._stays = _enlarged(self._stays, len(self._stays.first), more)
                size = max(size, 2 * len(self.ids) + 64)
        if not found:
            return Events(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int8))
        return Events(*(np.concatenate(column) for column in zip(*found, strict=True)))

    def inside(self, unit: int) -> list[str]:
        """The fences that a unit is in by its last position, sorted."""
        found, stay = [], int(self._stays.first[unit]) if unit < len(self._stays.first) else NONE
        while stay != NONE:
            found.append(self.ids[self._stays.fence[stay]])
            stay = int(self._stays.following[stay])
        return sorted(found)


def _stays(units: int, room: int) -> _Stays:
    following = np.arange(1, room + 1, dtype=np.int32)
    following[-1] = NONE
    return _Stays(
        np.full(units, NONE, np.int32),
        np.full(units, -1, np.int64),
        following,
        np.empty(room, np.int32),
        np.empty(room, np.int64),
        np.empty(room, np.bool_),
        np.zeros(1, np.int32),
    )


def _enlarged(old: _Stays, units: int, room: int) -> _Stays:
    new = _stays(units, room)
    for larger, column in zip(new[:-1], old[:-1], strict=True):
        larger[: len(column)] = column
    if room > len(old.fence):
        # the new stays come first; behind them what was still unused
        new.following[-1] = old.free[0]
        new.free[0] = len(old.fence)
    else:
        new.free[0] = old.free[0]
    return new


@njit(cache=True, nogil=True)
def outside(points: Table, fact: Table, x: float, y: float, ring_x: Table, ring_y: Table, enough: float) -> float:
    """How far a place is outside of a piece (m), 0 inside; any number above `enough` where it is farther than that."""
    first, count, half = fact[FIRST], fact[COUNT], float(fact[HALF])
    filled = fact[KIND] == AREA
    for i in range(count):
        ring_x[i], ring_y[i] = float(points[first + i, 0]), float(points[first + i, 1])
    if filled:
        ring_x[count], ring_y[count] = ring_x[0], ring_y[0]
        count += 1
        if inside(x, y, ring_x, ring_y, count):
            return 0.0
    least = np.inf
    for i in range(count - 1):
        square, _ = to_segment(x, y, ring_x[i], ring_y[i], ring_x[i + 1], ring_y[i + 1])
        least = min(least, square)
    return max(0.0, np.sqrt(least) - half) if least <= (enough + half) ** 2 else np.inf


@njit(cache=True, nogil=True)
def _still_in(
    facts: Table, times: Table, points: Table, starts: Table, fence: int, x: float, y: float, when: int, margin: float,
    ring_x: Table, ring_y: Table,
) -> bool:  # fmt: skip
    """Whether a place is at most the margin outside of a fence that stands."""
    for piece in range(starts[fence], starts[fence + 1]):
        if not times[piece, 0] <= when < times[piece, 1]:
            return False
        far = points[facts[piece, FIRST], 0] - x
        near_x = x + TURN if far > HALF_TURN else x - TURN if far < -HALF_TURN else x
        if outside(points, facts[piece], near_x, y, ring_x, ring_y, margin) <= margin:
            return True
    return False


@njit(cache=True, nogil=True)
def _length(stays: _Stays, stay: int, most: int) -> int:
    """How many stays a chain has, at most `most`."""
    count = 0
    while stay != NONE and count < most:
        count += 1
        stay = stays.following[stay]
    return count


@njit(cache=True, nogil=True)
def _end(stays: _Stays, unit: int, before: int, stay: int) -> None:
    """Take a stay out of its unit's chain, where it comes after `before`."""
    if before == NONE:
        stays.first[unit] = stays.following[stay]
    else:
        stays.following[before] = stays.following[stay]
    stays.following[stay] = stays.free[0]
    stays.free[0] = stay


@njit(cache=True, nogil=True)
def _take(
    tree: Tree, facts: Table, times: Table, points: Table, starts: Table, units: Table, lon: Table, lat: Table,
    when: Table, margin: float, off: Table, dwell: int, stays: _Stays, candidates: Table, done: int,
    out_position: Table, out_unit: Table, out_fence: Table, out_what: Table,
) -> tuple[int, int, bool]:  # fmt: skip
    """Events found, the next position, and whether there was no more room for events or stays."""
    ring_x, ring_y = np.empty(MAX_CUT + 1), np.empty(MAX_CUT + 1)
    entered = np.empty(len(starts), np.int32)
    count = 0
    for at in range(done, len(units)):
        unit, x, y, moment = units[at], float(lon[at]), float(lat[at]), when[at]
        if moment <= stays.last[unit]:
            continue
        many = _entered(
            tree, facts, times, points, unit, lon[at], lat[at], moment, stays, candidates, entered, ring_x, ring_y
        )  # fmt: skip
        held = _length(stays, stays.first[unit], len(stays.fence))
        if count + held + many > len(out_what) or _length(stays, stays.free[0], many) < many:
            return count, at, True
        stays.last[unit] = moment
        before = NONE
        stay = stays.first[unit]
        while stay != NONE:
            following, fence = stays.following[stay], stays.fence[stay]
            what = NONE
            far = margin + off[at]
            if not _still_in(facts, times, points, starts, fence, x, y, moment, far, ring_x, ring_y):
                what = LEAVES
                _end(stays, unit, before, stay)
            else:
                if not stays.told[stay] and moment - stays.since[stay] >= dwell:
                    what = DWELLS
                    stays.told[stay] = True
                before = stay
            if what != NONE:
                out_position[count], out_unit[count], out_fence[count], out_what[count] = at, unit, fence, what
                count += 1
            stay = following
        for k in range(many):
            stay = stays.free[0]
            stays.free[0] = stays.following[stay]
            stays.fence[stay], stays.since[stay], stays.told[stay] = entered[k], moment, False
            stays.following[stay] = stays.first[unit]
            stays.first[unit] = stay
            out_position[count], out_unit[count], out_fence[count], out_what[count] = at, unit, entered[k], ENTERS
            count += 1
    return count, len(units), False


@njit(cache=True, nogil=True)
def _entered(
    tree: Tree, facts: Table, times: Table, points: Table, unit: int, lon: int, lat: int, moment: int, stays: _Stays,
    candidates: Table, entered: Table, ring_x: Table, ring_y: Table,
) -> int:  # fmt: skip
    """Write the fences that a place is inside of and its unit was not, in their order; how many."""
    many = 0
    for turn in range(-1, 2):
        place = lon + turn * TURN
        if not -(2**31) <= place < 2**31:
            continue
        met = trees.search(tree, place, lat, moment >> 12, place, lat, moment >> 12, candidates, 0)
        for k in range(met):
            piece = candidates[k]
            fence = facts[piece, ACTIVITY]
            if not times[piece, 0] <= moment < times[piece, 1]:
                continue
            known = False
            stay = stays.first[unit]
            while stay != NONE and not known:
                known = stays.fence[stay] == fence
                stay = stays.following[stay]
            for other in range(many):
                known |= entered[other] == fence
            if not known and outside(points, facts[piece], float(place), float(lat), ring_x, ring_y, 0.0) == 0.0:
                entered[many] = fence
                many += 1
    entered[:many].sort()
    return many
