"""How close two volumes come, when and where: exact for what stands, and for two that move at even speed.

Volumes a and b are `metres` apart where some place of a at a time t₁ and some place of b at a time t₂, with
|t₁ - t₂| at most the buffer of time, are that far from one another, half-widths taken off. What stands is in all its
places at all times of its window. Two moving segments: the square of their distance is a convex quadratic in
(t₁, t₂), so its least value over the strip |t₁ - t₂| ≤ buffer lies where the paths cross or on the strip's border,
and on each of at most six straight parts of that border it is a quadratic in one variable.

Distances are those of `movements.measure`; of two segments that keep abreast for up to a tenth of a degree of
latitude they may be too large by 5 × 10⁻⁴ in high latitudes, since the length of a degree changes on the way.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.kernels import njit
from tansiq.movements.measure import NOUGHT, between, bounds_of, lengths
from tansiq.movements.outline import AREA, HALF_TURN, METRES_LAT, MOVING, TURN
from tansiq.movements.pieces import COUNT, FIRST, HALF, HIGH, KIND, LOW, MAX_CUT, VOLUME, Pieces, pack
from tansiq.movements.volumes import Activity, Volume
from tansiq.records.values import Point

MAX_METRES: Final = 100_000
MAX_SECONDS: Final = 366 * 86_400

DISTANCE, WHEN_A, WHEN_B, PLACE = 0, 1, 2, 3
"""Columns of an answer: metres, ms of the one and of the other, then two places (longitude, latitude, E7)."""
COLUMNS: Final = 7
HAIR: Final = 1e-3
"""Metres that are looked at beyond the closest so far."""
ROOM: Final = MAX_CUT + 1
"""Vertices of one piece at most, the first of a ring repeated."""

Floats = NDArray[np.float64]
Table = NDArray[Any]


class Buffer(Struct, frozen=True):
    """How near is too near: metres on the ground, seconds in time."""

    metres: int
    seconds: int

    def __post_init__(self) -> None:
        """A buffer below 0, beyond 100 km or beyond a year is refused (`movements.buffer`)."""
        if not (0 <= self.metres <= MAX_METRES and 0 <= self.seconds <= MAX_SECONDS):
            raise MalformedInput(
                "movements.buffer",
                metres=self.metres,
                seconds=self.seconds,
                metres_limit=MAX_METRES,
                seconds_limit=MAX_SECONDS,
            )


class Approach(Struct, frozen=True):
    """The closest that two volumes come: metres between their edges (0: they overlap), when (ms) and where each is.

    A place of a corridor or route is one of its path; where an area and another shape overlap it is one that both have.
    """

    metres: float
    own_time: int
    other_time: int
    own_place: Point
    other_place: Point


def approach(own: Volume, other: Volume, buffer: Buffer) -> Approach | None:
    """How close two volumes come; None where not within the buffer, or where their height bands do not meet."""
    found = closest(pack([Activity("own", "a", (own,))]), pack([Activity("other", "b", (other,))]), buffer)
    return None if found is None else answer(found.row)


class Closest(NamedTuple):
    """The two pieces that come closest, and how: float64[7]."""

    own: int
    other: int
    row: Floats


def closest(own: Pieces, held: Pieces, buffer: Buffer) -> Closest | None:
    """The first pair of pieces of those that come closest; None where none is within the buffer."""
    row = np.empty(COLUMNS)
    first, second = _closest(
        own.facts, own.times, own.points, own.boxes, held.facts, held.times, held.points, held.boxes,
        float(buffer.metres), buffer.seconds * 1000, row,
    )  # fmt: skip
    return None if first < 0 else Closest(first, second, row)


def answer(row: Floats) -> Approach:
    """A row of `Closest`, or of an index, as a struct."""
    metres, own, other, *place = row.tolist()
    lon, lat, far, high = (round(one) for one in place)
    return Approach(metres, round(own), round(other), (_on_globe(lon), lat), (_on_globe(far), high))


def _on_globe(longitude: int) -> int:
    return (longitude + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN


@njit(cache=True, nogil=True)
def _closest(
    facts: Table, times: Table, points: Table, boxes: Table, held: Table, held_times: Table, held_points: Table,
    held_boxes: Table, metres: float, buffer: int, best: Floats,
) -> tuple[int, int]:  # fmt: skip
    """The two pieces, -1 where none are within the buffer, and their answer in `best`.

    Volumes that follow one another are passed over as a whole where they do not meet in time: a daily round of a year
    has hundreds of thousands of pieces.
    """
    ax, ay, bx, by = np.empty(ROOM), np.empty(ROOM), np.empty(ROOM), np.empty(ROOM)
    box_a, box_b, row = np.empty(4), np.empty(4), np.empty(COLUMNS)
    own_ends, other_ends = _volumes_of(facts), _volumes_of(held)
    high = int(np.ceil(metres / METRES_LAT)) + 1
    first, second = -1, -1
    best[DISTANCE] = np.inf
    for a in range(len(own_ends) - 1):
        for b in range(len(other_ends) - 1):
            i0, i1, j0, j1 = own_ends[a], own_ends[a + 1], other_ends[b], other_ends[b + 1]
            if times[i0, 0] - buffer >= held_times[j1 - 1, 1] or held_times[j0, 0] - buffer >= times[i1 - 1, 1]:
                continue
            for i in range(i0, i1):
                loaded, count = False, 0
                for j in range(j0, j1):
                    # by latitude alone, which has no seam
                    if boxes[i, 1] - high > held_boxes[j, 4] or held_boxes[j, 1] - high > boxes[i, 4]:
                        continue
                    if not meet(facts[i], times[i], held[j], held_times[j], buffer):
                        continue
                    if not loaded:
                        loaded, count = True, load(points, facts[i], 0, ax, ay, box_a)
                    shift = shift_of(points[facts[i, FIRST], 0], held_points[held[j, FIRST], 0])
                    many = load(held_points, held[j], shift, bx, by, box_b)
                    compare_pieces(
                        facts[i], times[i], ax, ay, count, box_a, held[j], held_times[j], bx, by, many, box_b, metres,
                        buffer, row,
                    )  # fmt: skip
                    if row[DISTANCE] < best[DISTANCE]:
                        best[:] = row
                        first, second = i, j
                        if row[DISTANCE] == 0.0:
                            return first, second
                        # what is further away than the closest so far need not be looked at exactly
                        metres = min(metres, row[DISTANCE] + HAIR)
                        high = int(np.ceil(metres / METRES_LAT)) + 1
    return first, second


@njit(cache=True, nogil=True)
def _volumes_of(facts: Table) -> Table:
    """Where each volume begins in its pieces, and the end of the last."""
    begins = np.empty(len(facts) + 1, np.int64)
    count = 0
    for i in range(len(facts)):
        if i == 0 or facts[i, VOLUME] != facts[i - 1, VOLUME]:
            begins[count] = i
            count += 1
    begins[count] = len(facts)
    return begins[: count + 1]


@njit(cache=True, nogil=True)
def meet(fact: Table, time: Table, held: Table, held_time: Table, buffer: int) -> bool:
    """Whether two pieces meet in time, within `buffer` ms, and in height."""
    return bool(
        (time[0] - buffer < held_time[1])
        & (held_time[0] - buffer < time[1])
        & (fact[LOW] <= held[HIGH])
        & (held[LOW] <= fact[HIGH])
    )


@njit(cache=True, nogil=True)
def shift_of(longitude: int, other: int) -> int:
    """What to add to the longitudes of a shape, to lie on the same side of the 180th meridian as another one."""
    far = np.int64(other) - np.int64(longitude)
    return -TURN if far > HALF_TURN else TURN if far < -HALF_TURN else 0


@njit(cache=True, nogil=True)
def load(points: Table, fact: Table, shift: int, x: Floats, y: Floats, box: Floats) -> int:
    """The vertices of a piece, of a polygon the first one again at the end, and its bounds; how many."""
    first, count = fact[FIRST], fact[COUNT]
    west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
    for i in range(count):
        lon, lat = float(points[first + i, 0] + shift), float(points[first + i, 1])
        x[i], y[i] = lon, lat
        west, east, south, north = min(west, lon), max(east, lon), min(south, lat), max(north, lat)
    box[0], box[1], box[2], box[3] = west, east, south, north
    if fact[KIND] == AREA:
        x[count], y[count] = x[0], y[0]
        count += 1
    return int(count)


@njit(cache=True, nogil=True)
def compare_pieces(
    fact: Table, time: Table, ax: Floats, ay: Floats, count: int, box_a: Floats, held: Table, held_time: Table,
    bx: Floats, by: Floats, many: int, box_b: Floats, metres: float, buffer: int, out: Floats,
) -> None:  # fmt: skip
    """The closest approach of two loaded pieces that meet in time and height, to `out`; infinity where not near."""
    a0, a1, b0, b1 = time[0], time[1], held_time[0], held_time[1]
    halves = float(fact[HALF] + held[HALF])
    limit = metres + halves
    if fact[KIND] == MOVING and held[KIND] == MOVING:
        _both_move(ax, ay, a0, a1, bx, by, b0, b1, buffer, limit, out)
    elif held[KIND] == MOVING:
        _one_moves(bx, by, b0, b1, ax, ay, count, fact[KIND] == AREA, box_a, a0, a1, buffer, limit, out)
        out[WHEN_A], out[WHEN_B] = out[WHEN_B], out[WHEN_A]
        out[3], out[4], out[5], out[6] = out[5], out[6], out[3], out[4]
    elif fact[KIND] == MOVING:
        _one_moves(ax, ay, a0, a1, bx, by, many, held[KIND] == AREA, box_b, b0, b1, buffer, limit, out)
    else:
        out[DISTANCE] = between(
            ax, ay, count, fact[KIND] == AREA, box_a, bx, by, many, held[KIND] == AREA, box_b, limit, out[PLACE:]
        )  # fmt: skip
        # the first moment of both; where they only come within the buffer, the ends that face each other
        out[WHEN_A], out[WHEN_B] = min(max(a0, b0), a1), min(max(a0, b0), b1)
    out[DISTANCE] = max(0.0, out[DISTANCE] - halves)


@njit(cache=True, nogil=True)
def _one_moves(
    x: Floats, y: Floats, t0: int, t1: int, bx: Floats, by: Floats, count: int, filled: bool, box: Floats, b0: int,
    b1: int, buffer: int, limit: float, out: Floats,
) -> None:  # fmt: skip
    """A segment that is passed between t0 and t1, and a shape that stands from b0 to b1."""
    begin, end = max(t0, b0 - buffer), min(t1, b1 + buffer)
    took = max(1, t1 - t0)
    u, v = (begin - t0) / took, (end - t0) / took
    px, py, around = np.empty(2), np.empty(2), np.empty(4)
    px[0], px[1] = x[0] + u * (x[1] - x[0]), x[0] + v * (x[1] - x[0])
    py[0], py[1] = y[0] + u * (y[1] - y[0]), y[0] + v * (y[1] - y[0])
    bounds_of(px, py, 2, around)
    out[DISTANCE] = between(px, py, 2, False, around, bx, by, count, filled, box, limit, out[PLACE:])
    along_x, along_y = px[1] - px[0], py[1] - py[0]
    length = along_x * along_x + along_y * along_y
    part = ((out[3] - px[0]) * along_x + (out[4] - py[0]) * along_y) / length if length > 0.0 else 0.0
    moment = begin + min(1.0, max(0.0, part)) * (end - begin)
    out[WHEN_A] = moment
    out[WHEN_B] = min(max(moment, float(b0)), float(b1))


@njit(cache=True, nogil=True)
def _both_move(
    ax: Floats, ay: Floats, a0: int, a1: int, bx: Floats, by: Floats, b0: int, b1: int, buffer: int, limit: float,
    out: Floats,
) -> None:  # fmt: skip
    """Two segments that are passed between a0 and a1, and between b0 and b1."""
    # times from a0 on, so that nothing is lost in fractions
    last, first, end, late = float(a1 - a0), float(b0 - a0), float(b1 - a0), float(buffer)
    state = np.empty(8)
    state[0], state[1] = ax[0], ay[0]
    state[2], state[3] = (ax[1] - ax[0]) / max(1.0, last), (ay[1] - ay[0]) / max(1.0, last)
    took = max(1.0, end - first)
    state[6], state[7] = (bx[1] - bx[0]) / took, (by[1] - by[0]) / took
    state[4], state[5] = bx[0] - first * state[6], by[0] - first * state[7]
    start = max(limit, NOUGHT) ** 2 * 1.000001
    best = np.array([start, 0.0, 0.0])
    turn = state[3] * state[6] - state[2] * state[7]
    if turn != 0.0:
        wx, wy = state[4] - state[0], state[5] - state[1]
        one, two = (wy * state[6] - wx * state[7]) / turn, (wy * state[2] - wx * state[3]) / turn
        if 0.0 <= one <= last and first <= two <= end and abs(one - two) <= late:
            best[0], best[1], best[2] = 0.0, one, two
    for side in range(2):
        gap = late if side else -late
        begin, stop = max(0.0, first - gap), min(last, end - gap)
        if begin <= stop:
            _along(state, begin, begin + gap, stop, stop + gap, best)
        if late > 0.0:
            fixed = last if side else 0.0
            begin, stop = max(first, fixed - late), min(end, fixed + late)
            if begin <= stop:
                _along(state, fixed, begin, fixed, stop, best)
            fixed = end if side else first
            begin, stop = max(0.0, fixed - late), min(last, fixed + late)
            if begin <= stop:
                _along(state, begin, fixed, stop, fixed, best)
    metres = np.sqrt(best[0])
    out[DISTANCE] = np.inf
    if best[0] == start or (metres > limit and metres >= NOUGHT):
        return
    out[DISTANCE] = 0.0 if metres < NOUGHT else metres
    out[WHEN_A], out[WHEN_B] = a0 + best[1], a0 + best[2]
    out[3], out[4] = state[0] + state[2] * best[1], state[1] + state[3] * best[1]
    out[5], out[6] = state[4] + state[6] * best[2], state[5] + state[7] * best[2]


@njit(cache=True, nogil=True)
def _along(state: Floats, one: float, two: float, one_end: float, two_end: float, best: Floats) -> None:
    """The least distance while (t₁, t₂) goes straight from (one, two) to its end; kept in `best` where it is less."""
    x = state[4] + state[6] * two - state[0] - state[2] * one
    y = state[5] + state[7] * two - state[1] - state[3] * one
    middle = (state[5] + state[7] * two + state[1] + state[3] * one) * 0.5
    over, onward = one_end - one, two_end - two
    ex, ey = state[6] * onward - state[2] * over, state[7] * onward - state[3] * over
    rise = (state[7] * onward + state[3] * over) * 0.5
    part = 0.5
    for _ in range(2):
        east, north = lengths(middle + part * rise)
        ee, nn = east * east, north * north
        length = ex * ex * ee + ey * ey * nn
        part = min(1.0, max(0.0, -(x * ex * ee + y * ey * nn) / length)) if length > 0.0 else 0.0
    for place in (0.0, part, 1.0):
        east, north = lengths(middle + place * rise)
        dx, dy = (x + place * ex) * east, (y + place * ey) * north
        square = dx * dx + dy * dy
        if square < best[0]:
            best[0], best[1], best[2] = square, one + place * over, two + place * onward
