"""Vertices made ready to be compared: longitudes that run on over the 180th meridian, faults found, long edges cut.

Edges are cut where they reach over more latitude than `STATIC_STEP` or `MOVING_STEP`, because a degree of longitude
has one length along a piece only while its latitude changes little (`movements.measure`). A cut is rounded to
10⁻⁷ degrees, so it moves an edge by less than a centimetre.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

HALF_TURN: Final = 1_800_000_000
TURN: Final = 3_600_000_000
MOST_LATITUDE: Final = 840_000_000
"""As in UTM: beyond it longitudes say little about lengths."""
MOST_WIDTH: Final = 600_000_000
"""Longitude that one volume may reach over."""

FIT, OFF_GLOBE, LATITUDE, TOO_WIDE, POLE, CROSSING, NO_LENGTH, TOO_FAST = range(8)
"""What is wrong with a shape; `FIT` is nothing."""

AREA, STATIC, MOVING = range(3)
"""Kinds of pieces: a whole polygon, a segment of a corridor, a segment of a timed route."""

STATIC_STEP: Final = 2_500_000
MOVING_STEP: Final = 1_000_000
"""Degrees of latitude (E7) that one edge may reach over."""

FASTEST: Final = 2000.0
"""Metres a second that a route may move at; beyond it a time is a slip of the pen."""

METRES_LAT: Final = 0.0110574
METRES_LON: Final = 0.0111319
"""The least length of 10⁻⁷ degrees of latitude (WGS 84, at the equator), and of longitude before cos φ."""

Whole = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _turned(ax: int, ay: int, bx: int, by: int, cx: int, cy: int) -> int:
    """The sign of the turn a → b → c; exact, since shapes that get here are at most 60° wide."""
    turn = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return 1 if turn > 0 else -1 if turn < 0 else 0


@njit(cache=True, nogil=True)
def _on(ax: int, ay: int, bx: int, by: int, px: int, py: int) -> bool:
    """Whether p, which lies on the line a b, lies between them."""
    return min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by)


@njit(cache=True, nogil=True)
def _touch(ax: int, ay: int, bx: int, by: int, cx: int, cy: int, dx: int, dy: int) -> bool:
    """Whether two segments have a point in common; exact."""
    if max(ax, bx) < min(cx, dx) or max(cx, dx) < min(ax, bx) or max(ay, by) < min(cy, dy) or max(cy, dy) < min(ay, by):
        return False
    one, two = _turned(ax, ay, bx, by, cx, cy), _turned(ax, ay, bx, by, dx, dy)
    three, four = _turned(cx, cy, dx, dy, ax, ay), _turned(cx, cy, dx, dy, bx, by)
    if one != two and three != four:
        return True
    return (
        (one == 0 and _on(ax, ay, bx, by, cx, cy))
        or (two == 0 and _on(ax, ay, bx, by, dx, dy))
        or (three == 0 and _on(cx, cy, dx, dy, ax, ay))
        or (four == 0 and _on(cx, cy, dx, dy, bx, by))
    )


@njit(cache=True, nogil=True)
def _simple(x: Whole, y: Whole, count: int) -> bool:
    """Whether a ring neither crosses nor touches itself and encloses something."""
    if count < 3:
        return False
    for i in range(count):
        j = (i + 1) % count
        k = (i + 2) % count
        ahead = (x[j] - x[i]) * (x[k] - x[j]) + (y[j] - y[i]) * (y[k] - y[j])
        if _turned(x[i], y[i], x[j], y[j], x[k], y[k]) == 0 and ahead < 0:
            return False
        for other in range(i + 2, count):
            after = (other + 1) % count
            if after != i and _touch(x[i], y[i], x[j], y[j], x[other], y[other], x[after], y[after]):
                return False
    return True


@njit(cache=True, nogil=True)
def unwrap(points: Whole, times: Whole, kind: int, x: Whole, y: Whole, t: Whole) -> tuple[int, int]:
    """Write the unwrapped vertices of one volume to `x`, `y`, `t`; how many, and what is wrong with them.

    `points` int64[n, 2] (E7), `times` int64[n] (ms, used where `kind` is MOVING). Equal vertices in a row are one,
    except for halts of a route. The middle of the shape ends in [-180°, 180°).
    """
    count = 0
    polar = False
    for i in range(len(points)):
        lon, lat = points[i, 0], points[i, 1]
        if not (-HALF_TURN <= lon <= HALF_TURN and -HALF_TURN // 2 <= lat <= HALF_TURN // 2):
            return 0, OFF_GLOBE
        polar |= abs(lat) > MOST_LATITUDE
        if count:
            lon -= (lon - x[count - 1] + HALF_TURN) // TURN * TURN
            if kind != MOVING and lon == x[count - 1] and lat == y[count - 1]:
                continue
        x[count], y[count], t[count] = lon, lat, times[i]
        count += 1
    if kind == AREA and count > 1 and x[0] == x[count - 1] and y[0] == y[count - 1]:
        count -= 1
    fault = LATITUDE if polar else _fault_of(kind, x[:count], y[:count], t[:count])
    around = ((x[:count].min() + x[:count].max()) // 2 + HALF_TURN) // TURN * TURN
    for i in range(count):
        x[i] -= around
    return count, fault


@njit(cache=True, nogil=True)
def _fault_of(kind: int, x: Whole, y: Whole, t: Whole) -> int:
    """What is wrong with unwrapped vertices."""
    count = len(x)
    west, east = x.min(), x.max()
    if kind == AREA and abs(x[count - 1] - x[0]) > HALF_TURN:
        return POLE
    if east - west > MOST_WIDTH:
        return TOO_WIDE
    if kind == AREA:
        return FIT if _simple(x, y, count) else CROSSING
    if west == east and y.min() == y.max():
        return NO_LENGTH
    if kind == MOVING:
        for i in range(1, count):
            far = math.cos(abs(y[i] * 1e-7) * math.pi / 180.0) * METRES_LON * abs(x[i] - x[i - 1])
            if far + METRES_LAT * abs(y[i] - y[i - 1]) > FASTEST * 1e-3 * (t[i] - t[i - 1]):
                return TOO_FAST
    return FIT


@njit(cache=True, nogil=True)
def pieces_of(
    kind: int,
    half: int,
    x: Whole,
    y: Whole,
    t: Whole,
    count: int,
    window: Whole,
    points: NDArray[np.int32],
    at: int,
    facts: NDArray[np.int32],
    when: Whole,
    boxes: NDArray[np.int32],
    row: int,
) -> tuple[int, int]:
    """Write the pieces of one unwrapped volume; the next free vertex and piece.

    An area is one piece, a corridor one for every segment, a route one for every segment with its own two times.
    Only the columns kind, first vertex and number of vertices of `facts` are written. `boxes` as in `movements.tree`,
    the half-width counted. With too little room nothing beyond it is written, and the counts tell how much is needed.
    """
    step = MOVING_STEP if kind == MOVING else STATIC_STEP
    room, rows = len(points), len(facts)
    first = at
    edges = count if kind == AREA else count - 1
    begun = t[0]
    for i in range(edges):
        j = (i + 1) % count
        cuts = max(1, -(-abs(y[j] - y[i]) // step))
        for cut in range(cuts):
            px = x[i] + (x[j] - x[i]) * cut // cuts
            py = y[i] + (y[j] - y[i]) * cut // cuts
            if at < room:
                points[at, 0], points[at, 1] = px, py
            if kind != AREA:
                if row < rows:
                    facts[row, 0], facts[row, 1], facts[row, 2] = kind, at, 2
                    nx = x[i] + (x[j] - x[i]) * (cut + 1) // cuts
                    ny = y[i] + (y[j] - y[i]) * (cut + 1) // cuts
                    until = t[i] + (t[j] - t[i]) * (cut + 1) // cuts
                    when[row, 0] = begun if kind == MOVING else window[0]
                    when[row, 1] = until if kind == MOVING else window[1]
                    begun = until
                    _box(min(px, nx), min(py, ny), max(px, nx), max(py, ny), when[row], half, boxes[row])
                row += 1
            at += 1
    if kind != AREA:
        if at < room:
            points[at, 0], points[at, 1] = x[count - 1], y[count - 1]
        return at + 1, row
    if row < rows:
        facts[row, 0], facts[row, 1], facts[row, 2] = kind, first, at - first
        when[row, 0], when[row, 1] = window[0], window[1]
        _box(x[:count].min(), y[:count].min(), x[:count].max(), y[:count].max(), window, 0, boxes[row])
    return at, row + 1


@njit(cache=True, nogil=True)
def _box(west: int, south: int, east: int, north: int, window: Whole, metres: float, box: NDArray[np.int32]) -> None:
    """The box around a piece with `metres` on every side, never too small; times in units of 4096 ms."""
    high = math.ceil(metres / METRES_LAT)
    most = min(max(abs(south - high), abs(north + high)), 899_000_000)
    wide = math.ceil(metres / (METRES_LON * math.cos(most * 1e-7 * math.pi / 180.0)))
    box[0], box[1], box[2] = west - wide, south - high, min(window[0] >> 12, 2_000_000_000)
    box[3], box[4], box[5] = east + wide, north + high, min(window[1] >> 12, 2_000_000_000)
