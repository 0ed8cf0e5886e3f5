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

from typing import Any, Final

import numpy as np
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.movements.measure import NOUGHT, between, bounds_of, lengths
from tansiq.movements.outline import AREA, HALF_TURN, MOVING, TURN
from tansiq.movements.pieces import COUNT, FIRST, HALF, HIGH, KIND, LOW, MAX_CUT, Pieces, pack
from tansiq.movements.volumes import Activity, Volume
from tansiq.records.values import Point

MAX_METRES: Final = 100_000
MAX_SECONDS: Final = 366 * 86_400

DISTANCE, WHEN_A, WHEN_B, PLACE = 0, 1, 2, 3
"""Columns of an answer: metres, ms of the one and of the other, then two places (longitude, latitude, E7)."""
COLUMNS: Final = 7
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
    one, two = pack([Activity("own", "a", (own,))]), pack([Activity("other", "b", (other,))])
    pairs = [(i, j) for i in range(len(one.facts)) for j in range(len(two.facts))]
    found = compare(one, two, np.array(pairs, np.int64).reshape(-1, 2), buffer)
    best = int(np.argmin(found[:, DISTANCE]))
    return None if np.isinf(found[best, DISTANCE]) else answer(found[best])


def answer(row: Floats) -> Approach:
    """A row of `compare` as a struct."""
    metres, own, other, *place = row.tolist()
    lon, lat, far, high = (round(one) for one in place)
    return Approach(metres, round(own), round(other), (_on_globe(lon), lat), (_on_globe(far), high))


def _on_globe(longitude: int) -> int:
    return (longitude + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN


def compare(own: Pieces, held: Pieces, pairs: NDArray[np.int64], buffer: Buffer) -> Floats:
    """float64[n, 7] for the pairs int64[n, 2] of pieces, best in the order of their first; infinity where not near."""
    found = np.empty((len(pairs), COLUMNS))
    _compare_pairs(
        own.facts, own.times, own.points, held.facts, held.times, held.points, pairs, float(buffer.metres),
        buffer.seconds * 1000, found,
    )  # fmt: skip
    return found


@njit(cache=True, nogil=True)
def _compare_pairs(
    facts: Table, times: Table, points: Table, held: Table, held_times: Table, held_points: Table, pairs: Table,
    metres: float, buffer: int, found: Floats,
) -> None:  # fmt: skip
    ax, ay, bx, by = np.empty(ROOM), np.empty(ROOM), np.empty(ROOM), np.empty(ROOM)
    box_a, box_b = np.empty(4), np.empty(4)
    loaded, count = -1, 0
    for row in range(len(pairs)):
        i, j = pairs[row, 0], pairs[row, 1]
        found[row, DISTANCE] = np.inf
        if not meet(facts[i], times[i], held[j], held_times[j], buffer):
            continue
        if i != loaded:
            loaded, count = i, load(points, facts[i], 0, ax, ay, box_a)
        many = load(
            held_points, held[j], shift_of(points[facts[i, FIRST], 0], held_points[held[j, FIRST], 0]), bx, by, box_b
        )
        compare_pieces(
            facts[i], times[i], ax, ay, count, box_a, held[j], held_times[j], bx, by, many, box_b, metres, buffer,
            found[row],
        )  # fmt: skip


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
