"""The ground between two lines: the same ring from either side, and no ring where lines cross."""

from __future__ import annotations

import shapely
from hypothesis import given
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps.strip import ring_between

from .worlds import at

SOUTH = (at(0, 0), at(20, 4), at(40, 0))
NORTH = (at(0, 20), at(22, 24), at(40, 20))


def test_the_ring_is_the_same_whichever_line_is_named_first_and_however_it_runs() -> None:
    shapes = [
        shapely.Polygon(ring_between(one, other)) for one in (SOUTH, SOUTH[::-1]) for other in (NORTH, NORTH[::-1])
    ]
    assert all(one.is_valid and one.equals(shapes[0]) for one in shapes)
    assert ring_between(SOUTH, NORTH) == ring_between(NORTH, SOUTH)
    assert shapes[0].contains(shapely.Point(at(20, 12)))
    assert not shapes[0].contains(shapely.Point(at(20, 30)))


def test_lines_that_cross_or_are_one_are_refused() -> None:
    crossing = (at(0, 20), at(20, -10), at(40, 20))
    for other in (crossing, SOUTH, SOUTH[::-1]):
        with refused("gaps.lines_cross"):
            ring_between(SOUTH, other)


@given(st.lists(st.integers(1, 9), min_size=2, max_size=12), st.lists(st.integers(11, 19), min_size=2, max_size=12))
def test_lines_on_two_sides_bound_ground_whatever_their_bends(low: list[int], high: list[int]) -> None:
    south = [at(number * 60 // (len(low) - 1), north) for number, north in enumerate(low)]
    north = [at(number * 60 // (len(high) - 1), up) for number, up in enumerate(high)]
    shape = shapely.Polygon(ring_between(south, north))
    assert shape.is_valid
    assert shape.intersects(shapely.Point(at(30, 10)))
