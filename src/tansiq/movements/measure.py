"""Metres between places, segments and outlines whose edges are straight in degrees, anywhere up to 84° of latitude.

Between two points: differences of longitude and latitude times the lengths of a degree at the middle latitude on the
WGS 84 ellipsoid (Gauss's method of middle latitude). There is no zone and no seam, it does not matter which of the two
comes first, and edges that cross in degrees cross here. Against the geodesic it is wrong by about (d tan φ / R)² / 24:
at 35° of latitude 10⁻⁷ of a distance of 10 km and 10⁻⁵ of 100 km, at 60° 4 × 10⁻⁷ and 4 × 10⁻⁵, at 83° 10⁻⁵ and
10⁻³. Distances below half of 10⁻⁷ degrees are
nought.

Kernels of `movements.approach` and `movements.fences` call these; compiled ones are kept by the date of their own file.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

Floats = NDArray[np.float64]

STEP: Final = 500_000.0
SOUTH: Final = -900_000_000.0
NOUGHT: Final = 0.005
"""Metres; half of what 10⁻⁷ degrees are at the equator."""


def _lengths() -> Floats:
    """Metres of 10⁻⁷ degrees of longitude and of latitude at every twentieth of a degree (WGS 84)."""
    major, squared = 6_378_137.0, 0.006694379990141316
    latitude = np.radians((SOUTH + STEP * np.arange(3602)) * 1e-7)
    root = np.sqrt(1 - squared * np.sin(latitude) ** 2)
    unit = np.radians(1e-7)
    east = np.maximum(major / root * np.cos(latitude), 0.0) * unit
    return np.stack([east, major * (1 - squared) / root**3 * unit], axis=1)


LENGTHS: Final = _lengths()


@njit(cache=True, nogil=True)
def lengths(latitude: float) -> tuple[float, float]:
    """Metres of 10⁻⁷ degrees of longitude and of latitude at a latitude (E7)."""
    place = (latitude - SOUTH) / STEP
    row = int(place)
    part = place - row
    return (
        LENGTHS[row, 0] + part * (LENGTHS[row + 1, 0] - LENGTHS[row, 0]),
        LENGTHS[row, 1] + part * (LENGTHS[row + 1, 1] - LENGTHS[row, 1]),
    )


@njit(cache=True, nogil=True)
def to_segment(px: float, py: float, bx: float, by: float, cx: float, cy: float) -> tuple[float, float]:
    """Square of the distance (m²) of p from the segment b c, and the part of the segment at which it is closest."""
    dx, dy, ex, ey = px - bx, py - by, cx - bx, cy - by
    east, north = lengths(py)
    part = 0.0
    for _ in range(2):
        ee, nn = east * east, north * north
        length = ex * ex * ee + ey * ey * nn
        if length > 0.0:
            part = min(1.0, max(0.0, (dx * ex * ee + dy * ey * nn) / length))
        east, north = lengths((py + by + part * ey) * 0.5)
    dx = (dx - part * ex) * east
    dy = (dy - part * ey) * north
    return dx * dx + dy * dy, part


@njit(cache=True, nogil=True)
def crossing(
    ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float
) -> float:  # fmt: skip
    """The part of the segment a b at which c d crosses it, below 0 where it does not (or runs along it)."""
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    wx, wy = cx - ax, cy - ay
    turn = ux * vy - uy * vx
    one, other = wx * vy - wy * vx, wx * uy - wy * ux
    if turn < 0.0:
        turn, one, other = -turn, -one, -other
    if turn == 0.0 or one < 0.0 or one > turn or other < 0.0 or other > turn:
        return -1.0
    return one / turn


@njit(cache=True, nogil=True)
def inside(px: float, py: float, x: Floats, y: Floats, count: int) -> bool:
    """Whether p lies in a ring of `count` vertices whose last is its first; on the outline either."""
    found = False
    for i in range(count - 1):
        if (y[i] > py) != (y[i + 1] > py) and px < x[i] + (py - y[i]) / (y[i + 1] - y[i]) * (x[i + 1] - x[i]):
            found = not found
    return found


@njit(cache=True, nogil=True)
def bounds_of(x: Floats, y: Floats, count: int, bounds: Floats) -> None:
    """Write the least and the greatest longitude, the least and the greatest latitude."""
    west, east, south, north = x[0], x[0], y[0], y[0]
    for i in range(1, count):
        west, east, south, north = min(west, x[i]), max(east, x[i]), min(south, y[i]), max(north, y[i])
    bounds[0], bounds[1], bounds[2], bounds[3] = west, east, south, north


@njit(cache=True, nogil=True)
def between(
    ax: Floats, ay: Floats, many: int, round_a: bool, box_a: Floats, bx: Floats, by: Floats, count: int, round_b: bool,
    box_b: Floats, limit: float, out: Floats,
) -> float:  # fmt: skip
    """Metres between two shapes of `many` and `count` vertices, infinity where beyond `limit`.

    A ring comes with its first vertex repeated, and is filled; boxes are those of `bounds_of`. `out[:4]` receives the
    place on (or in) the one and on the other (longitude, latitude). What overlaps is 0 apart; of a single segment
    against a shape that is the first place along the segment.
    """
    if _overlap(ax, ay, many, round_a, box_a, bx, by, count, round_b, box_b, out):
        return 0.0
    # the shortest a degree can be on both; what is farther by it is farther by any
    poleward = max(abs(box_a[2]), abs(box_a[3]), abs(box_b[2]), abs(box_b[3]))
    east = lengths(poleward)[0] * 0.999999
    north = lengths(0.0)[1] * 0.999999
    start = max(limit, NOUGHT) ** 2 * 1.000001
    best = start
    best = _nearest(ax, ay, many, bx, by, count, box_b, east, north, best, out, 0)
    best = _nearest(bx, by, count, ax, ay, many, box_a, east, north, best, out, 2)
    metres = np.sqrt(best)
    if best == start or (metres > limit and metres >= NOUGHT):
        return np.inf
    return 0.0 if metres < NOUGHT else metres


@njit(cache=True, nogil=True)
def _overlap(
    ax: Floats, ay: Floats, many: int, round_a: bool, box_a: Floats, bx: Floats, by: Floats, count: int, round_b: bool,
    box_b: Floats, out: Floats,
) -> bool:  # fmt: skip
    """Whether two shapes have a place in common; it is written twice."""
    west, east, south, north = box_b[0], box_b[1], box_b[2], box_b[3]
    if box_a[1] < west or box_a[0] > east or box_a[3] < south or box_a[2] > north:
        return False
    if round_b and west <= ax[0] <= east and south <= ay[0] <= north and inside(ax[0], ay[0], bx, by, count):
        out[0], out[1], out[2], out[3] = ax[0], ay[0], ax[0], ay[0]
        return True
    if round_a and many > 2 and inside(bx[0], by[0], ax, ay, many):
        out[0], out[1], out[2], out[3] = bx[0], by[0], bx[0], by[0]
        return True
    least = 2.0
    for i in range(many - 1):
        x, y, to_x, to_y = ax[i], ay[i], ax[i + 1], ay[i + 1]
        low, high, down, up = min(x, to_x), max(x, to_x), min(y, to_y), max(y, to_y)
        if (high < west) | (low > east) | (up < south) | (down > north):
            continue
        for j in range(count - 1):
            cx, cy, dx, dy = bx[j], by[j], bx[j + 1], by[j + 1]
            if (max(cx, dx) < low) | (min(cx, dx) > high) | (max(cy, dy) < down) | (min(cy, dy) > up):
                continue
            part = crossing(x, y, to_x, to_y, cx, cy, dx, dy)
            if 0.0 <= part < least:
                least = part
                out[0], out[1] = x + part * (to_x - x), y + part * (to_y - y)
                out[2], out[3] = out[0], out[1]
                if many > 2:
                    return True
    return least <= 1.0


@njit(cache=True, nogil=True)
def _at_least(dx: float, dy: float, ex: float, ey: float, square: float) -> bool:
    """Whether the point d lies so far from the segment from 0 to e (m)."""
    length = ex * ex + ey * ey
    along = dx * ex + dy * ey
    if along <= 0.0:
        return dx * dx + dy * dy >= square
    if along >= length:
        return (dx - ex) * (dx - ex) + (dy - ey) * (dy - ey) >= square
    aside = dx * ey - dy * ex
    return aside * aside >= square * length


@njit(cache=True, nogil=True)
def _nearest(
    px: Floats, py: Floats, many: int, qx: Floats, qy: Floats, count: int, box: Floats, east: float, north: float,
    best: float, out: Floats, at: int,
) -> float:  # fmt: skip
    """The least square of a distance (m²) of the vertices p from the edges of q, where less than `best`."""
    for i in range(many):
        x, y = px[i], py[i]
        gap_x, gap_y = max(0.0, box[0] - x, x - box[1]) * east, max(0.0, box[2] - y, y - box[3]) * north
        if gap_x * gap_x + gap_y * gap_y >= best:
            continue
        for j in range(count - 1):
            gap_x = max(0.0, min(qx[j], qx[j + 1]) - x, x - max(qx[j], qx[j + 1])) * east
            gap_y = max(0.0, min(qy[j], qy[j + 1]) - y, y - max(qy[j], qy[j + 1])) * north
            if gap_x * gap_x + gap_y * gap_y >= best or _at_least(
                (x - qx[j]) * east, (y - qy[j]) * north, (qx[j + 1] - qx[j]) * east, (qy[j + 1] - qy[j]) * north, best
            ):
                continue
            square, part = to_segment(x, y, qx[j], qy[j], qx[j + 1], qy[j + 1])
            if square < best:
                best = square
                out[at], out[at + 1] = x, y
                out[2 - at] = qx[j] + part * (qx[j + 1] - qx[j])
                out[3 - at] = qy[j] + part * (qy[j + 1] - qy[j])
    return best
