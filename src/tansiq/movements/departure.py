"""How far a place that was told lies outside of a plan, and how much too early or too late it was there.

A place is told coarsely: all that is known is that the true one lies within `reach` metres of the middle of a square.
So a place is outside only where no place within that reach is inside, and at another time only where the plan is at no
place within that reach at that time: a square is never outside because it is large. Heights are not looked at.

Repetitions are shifted, never laid out. Distances are those of `movements.measure`; `SCALE` and `SLACK_M` stand above
what they and the lengths of a grid's squares are wrong by.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from tansiq.movements.engine import check_volumes, volumes_of
from tansiq.movements.fences import outside
from tansiq.movements.measure import lengths, to_segment
from tansiq.movements.outline import HALF_TURN, TURN
from tansiq.movements.pieces import COUNT, FIRST, HALF, Pieces, pack
from tansiq.movements.volumes import Activity
from tansiq.records.kinds.activity import Volume
from tansiq.records.values import Point

SCALE: Final = 1.002
"""A side of a square of the grid is up to a thousandth longer on the ground than it says."""
SLACK_M: Final = 1.0
MINUTE_MS: Final = 60_000

Early = Literal["before_start", "early"]
Late = Literal["late", "after_end"]


class Departure(Struct, frozen=True):
    """`outside_m` metres at least are between every place that the square may mean and the plan, 0 where it may be in.

    `minutes` before (below 0) or after its time: `early` and `late` against the plan's own time for this ground,
    `before_start` and `after_end` where the whole plan has not begun or is over. `when` is None where it is in time.
    """

    outside_m: int
    when: Early | Late | None
    minutes: int


class _Gap(NamedTuple):
    """Of one volume: metres outside, and milliseconds before (below 0) or after the nearest time that it is there."""

    metres: float
    late: int


def reach_of(side_m: int, accuracy_m: int) -> float:
    """Within how many metres of the middle of a square the true place lies: half its diagonal, and the accuracy."""
    return side_m * math.sqrt(0.5) * SCALE + accuracy_m + SLACK_M


def departure(volumes: Sequence[Volume], place: Point, reach_m: float, at: int, tolerance_ms: int) -> Departure | None:
    """How a place (E7), true within `reach_m`, stands against a plan at a time (ms); None where it keeps to the plan.

    A timed route may be early or late by the tolerance; windows are kept to the millisecond. Refuses (`movements.…`)
    volumes that cannot be compared.
    """
    gaps = [_gap(volume, place, reach_m, at, tolerance_ms) for volume in volumes]
    if not gaps or any(one.metres == 0 and one.late == 0 for one in gaps):
        return None
    there = [one for one in gaps if one.metres == 0]
    running = [one for one in gaps if one.late == 0]
    if there:
        nearest = min(there, key=lambda one: abs(one.late))
    elif running:
        nearest = min(running, key=lambda one: one.metres)
    else:
        nearest = min(gaps, key=lambda one: (abs(one.late), one.metres))
    slack = [tolerance_ms if volume.route is not None else 0 for volume in volumes]
    when: Early | Late | None = None
    if nearest.late < 0:
        begins = min(volume.start - some for volume, some in zip(volumes, slack, strict=True))
        when = "before_start" if at < begins else "early"
    elif nearest.late > 0:
        over = max(volume.end + some for volume, some in zip(volumes, slack, strict=True))
        when = "after_end" if at > over else "late"
    minutes = math.ceil(abs(nearest.late) / MINUTE_MS)
    return Departure(math.ceil(nearest.metres), when, minutes if nearest.late > 0 else -minutes)


@lru_cache(maxsize=512)
def _pieces(text: bytes) -> Pieces:
    """The pieces of one volume (JSON), at the first time that it takes place."""
    volume = msgspec.json.decode(text, type=Volume)
    check_volumes([volume])
    return pack([Activity("", "", volumes_of(msgspec.structs.replace(volume, repeat=None)))])


def _gap(volume: Volume, place: Point, reach_m: float, at: int, tolerance_ms: int) -> _Gap:
    pieces = _pieces(msgspec.json.encode(volume))
    count = len(pieces.facts)
    metres, first, last = np.empty(count), np.empty(count), np.empty(count)
    _look(pieces.facts, pieces.times, pieces.points, float(place[0]), float(place[1]), reach_m, metres, first, last)
    nearest = float(metres.min())
    start, end = volume.first
    if volume.route is None:
        return _Gap(nearest, _late(volume, start, end, at, 0))
    if nearest > 0:
        return _Gap(nearest, _late(volume, start, end, at, tolerance_ms))
    spans = [(math.floor(first[row]), math.ceil(last[row])) for row in np.flatnonzero(metres == 0)]
    late = min((_late(volume, one, other, at, tolerance_ms) for one, other in spans), key=abs)
    return _Gap(0.0, late)


def _late(volume: Volume, start: int, end: int, at: int, tolerance_ms: int) -> int:
    """Milliseconds before (below 0) or after the nearest repetition of [start, end]; 0 within the tolerance."""
    shifts = _near(volume, start, end, at)
    gaps = [at - start - shift if at < start + shift else max(0, at - end - shift) for shift in sorted(shifts)]
    least = min(gaps, key=abs)
    return 0 if abs(least) <= tolerance_ms else least


def _near(volume: Volume, start: int, end: int, at: int) -> set[int]:
    """By how much (ms) those repetitions are shifted between which a time lies, or in which it does."""
    if volume.repeat is None:
        return {0}
    step, most = volume.repeat.every_minutes * MINUTE_MS, volume.repeat.times - 1
    begun, over = (at - start) // step, -((end - at) // step)
    return {min(most, max(0, number)) * step for number in (begun, begun + 1, over, over - 1)}


@njit(cache=True, nogil=True)
def _look(
    facts: NDArray[np.int32], times: NDArray[np.int64], points: NDArray[np.int32], x: float, y: float, reach: float,
    metres: NDArray[np.float64], first: NDArray[np.float64], last: NDArray[np.float64],
) -> None:  # fmt: skip
    """Of every piece how far (m) the place is beyond its reach, and from when to when what moves may be there (ms)."""
    longest = 0
    for piece in range(len(facts)):
        longest = max(longest, facts[piece, COUNT])
    ring_x, ring_y = np.empty(longest + 1), np.empty(longest + 1)
    for piece in range(len(facts)):
        far = points[facts[piece, FIRST], 0] - x
        near_x = x + TURN if far > HALF_TURN else x - TURN if far < -HALF_TURN else x
        metres[piece] = max(0.0, outside(points, facts[piece], near_x, y, ring_x, ring_y, np.inf) - reach)
        first[piece], last[piece] = float(times[piece, 0]), float(times[piece, 1])
        if metres[piece] == 0.0 and facts[piece, COUNT] == 2:
            start = facts[piece, FIRST]
            low, high = _along(
                near_x, y, float(points[start, 0]), float(points[start, 1]), float(points[start + 1, 0]),
                float(points[start + 1, 1]), reach + facts[piece, HALF],
            )  # fmt: skip
            whole = last[piece] - first[piece]
            first[piece], last[piece] = first[piece] + low * whole, first[piece] + high * whole


@njit(cache=True, nogil=True)
def _along(px: float, py: float, bx: float, by: float, cx: float, cy: float, near: float) -> tuple[float, float]:
    """From which to which part of the segment b c it is within so many metres of p; the closest part where it never is.

    The square of the distance is a quadratic of the part, in the lengths of a degree at its closest place.
    """
    _, part = to_segment(px, py, bx, by, cx, cy)
    east, north = lengths((py + by + part * (cy - by)) * 0.5)
    ex, ey = (cx - bx) * east, (cy - by) * north
    dx, dy = (bx - px) * east, (by - py) * north
    length = ex * ex + ey * ey
    if length == 0.0:
        return 0.0, 1.0
    middle = -(dx * ex + dy * ey) / length
    beyond = middle * middle - (dx * dx + dy * dy - (near * 1.0001 + 1.0) ** 2) / length
    if beyond <= 0.0:
        return part, part
    root = np.sqrt(beyond)
    return min(part, max(0.0, middle - root)), max(part, min(1.0, middle + root))
