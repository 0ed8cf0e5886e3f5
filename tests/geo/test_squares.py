"""Corners of squares of the grid against the references that the grid gives."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from tansiq.geo.mgrs import grid_cell
from tansiq.geo.squares import corners

WITHIN = 2_000
"""E7: two ten thousandths of a degree, some twenty metres."""


@given(
    some.integers(330_000_000, 370_000_000), some.integers(422_000_000, 478_000_000), some.sampled_from((1000, 10_000))
)
def test_what_lies_inside_the_corners_is_in_the_square_and_what_lies_outside_is_not(
    lat: int, lon: int, size: int
) -> None:
    cell = grid_cell(lat, lon, size)
    ring = np.round(corners(np.array([cell.lat]), np.array([cell.lon]), np.array([size]))[0] * 1e7).astype(int)
    middle = np.array([cell.lon, cell.lat])
    for corner in ring:
        step = (corner - middle) / 1000 * (WITHIN / 100)
        inner, outer = corner - step, corner + step
        assert grid_cell(int(inner[1]), int(inner[0]), size).mgrs == cell.mgrs
        assert grid_cell(int(outer[1]), int(outer[0]), size).mgrs != cell.mgrs


def test_corners_go_round_clockwise_from_the_south_west() -> None:
    cell = grid_cell(357_700_000, 435_800_000, 10_000)
    (west, south), (_, north), (east, _), _ = corners(np.array([cell.lat]), np.array([cell.lon]), np.array([10_000]))[0]
    assert west < east
    assert south < north
