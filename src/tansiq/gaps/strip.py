"""The ground between two lines: a ring out of two paths.

Lines only bound ground here. Which side of one is whose they do not say, so nothing counts as covered because it lies
behind one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import shapely

from tansiq.errors import MalformedInput
from tansiq.gaps.inputs import Point


def ring_between(one: Sequence[Point], other: Sequence[Point]) -> tuple[Point, ...]:
    """The ring along one line, across to the nearer end of the other, and back along that.

    The same ring whichever line is named first. Raises MalformedInput `gaps.lines_cross` for lines that cross each
    other or themselves, and so bound no one piece of ground.
    """
    first, second = sorted((tuple(one), tuple(other)))
    if _apart(first[-1], second[-1]) + _apart(first[0], second[0]) <= _apart(first[-1], second[0]) + _apart(
        first[0], second[-1]
    ):
        second = second[::-1]
    ring = (*first, *second)
    if len(set(ring)) < 3 or not shapely.Polygon(ring).is_valid:
        raise MalformedInput("gaps.lines_cross", points=len(ring))
    return ring


def _apart(one: Point, other: Point) -> float:
    """How far apart two places are, in 10⁻⁷ degrees of latitude; good enough to tell near from far."""
    east = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2e7))
    return math.hypot(east, one[1] - other[1])
