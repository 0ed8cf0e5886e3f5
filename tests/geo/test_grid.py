"""The frame of an analysis: the same on every node, in metres, true to the ground."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from nodes import refused
from tansiq.geo.grid import cells_of, grid_for, middles, ring_mask, ring_metres, to_degrees, to_metres, utm_zone, window

E7 = 10_000_000
MAKHMOUR = [(437200000, 359400000), (434000000, 358200000), (436300000, 357100000), (438000000, 358500000)]


def box(lon: float, lat: float, width: float, height: float) -> list[tuple[int, int]]:
    """A rectangle in degrees as a ring."""
    corners = [(lon, lat), (lon + width, lat), (lon + width, lat + height), (lon, lat + height)]
    return [(round(x * E7), round(y * E7)) for x, y in corners]


def test_the_edges_are_whole_multiples_of_the_cell_whatever_the_margin() -> None:
    for margin in (0.0, 17.0, 5000.0):
        grid = grid_for(MAKHMOUR, 30.0, margin)
        assert (grid.x0 % 30, grid.y0 % 30) == (0, 0)
        assert grid.epsg == 32638


def test_a_wider_frame_has_the_same_cells() -> None:
    small, wide = grid_for(MAKHMOUR, 30.0), grid_for(MAKHMOUR, 30.0, 900.0)
    row, col = (int(one) for one in cells_of(wide, np.array(small.x0 + 15), np.array(small.y0 - 15)))
    assert window(wide, row, col, small.rows, small.cols) == small


@given(lon=st.floats(-179, 175), lat=st.floats(-79, 78), width=st.floats(0.001, 2.0), height=st.floats(0.001, 1.5))
def test_every_corner_lies_in_the_frame_and_comes_back_from_it(
    lon: float, lat: float, width: float, height: float
) -> None:
    ring = box(lon, lat, width, height)
    grid = grid_for(ring, 250.0)
    lons, lats = np.array(ring).T
    x, y = to_metres(grid, lons, lats)
    rows, cols = cells_of(grid, x, y)
    assert ((rows >= 0) & (rows <= grid.rows) & (cols >= 0) & (cols <= grid.cols)).all()
    again_lon, again_lat = to_degrees(grid, x, y)
    assert np.abs(again_lat - lats).max() <= 2
    assert (np.abs(again_lon - lons) * np.cos(np.radians(lats / E7))).max() <= 2


def test_the_mask_has_the_area_of_the_ring() -> None:
    grid = grid_for(box(44.0, 35.0, 0.3, 0.2), 100.0)
    area = ring_mask(grid, box(44.0, 35.0, 0.3, 0.2)).sum() * grid.cell_area
    metres = 111_132.95 - 559.85 * math.cos(math.radians(70.2))
    east = 111_412.88 * math.cos(math.radians(35.1)) - 93.5 * math.cos(math.radians(105.3))
    assert area == pytest.approx(0.2 * metres * 0.3 * east, rel=0.003)


def test_a_cell_is_inside_by_its_middle() -> None:
    ring = box(43.5, 35.7, 0.02, 0.02)
    grid = grid_for(ring, 100.0, 500.0)
    mask = ring_mask(grid, ring)
    x, y = middles(grid)
    rows, cols = np.nonzero(mask)
    lon, lat = to_degrees(grid, x[cols], y[rows])
    assert ((lon > ring[0][0] - 300) & (lon < ring[1][0] + 300) & (lat > ring[0][1] - 300)).all()
    assert not mask[0].any()


@given(st.integers(0, 2**32 - 1), st.integers(3, 9))
def test_the_mask_is_that_of_every_middle_asked_alone_and_a_part_of_it_is_the_mask_of_the_part(
    seed: int, corners: int
) -> None:
    chance = np.random.default_rng(seed)
    turns = np.sort(chance.uniform(0, 2 * math.pi, corners))
    away = chance.uniform(0.01, 0.12, corners)
    ring = [
        (round((44 + r * math.cos(t)) * E7), round((35 + r * math.sin(t)) * E7))
        for t, r in zip(turns, away, strict=True)
    ]
    polygon = shapely.Polygon(ring_metres(grid := grid_for(ring, 120.0, 600.0), ring))
    assume(polygon.is_valid)
    x, y = middles(grid)
    mask = ring_mask(grid, ring)
    assert (mask == shapely.contains_xy(polygon, *np.meshgrid(x, y))).all()
    row, col = int(chance.integers(0, grid.rows)), int(chance.integers(0, grid.cols))
    part = window(grid, row, col, min(70, grid.rows - row), min(80, grid.cols - col))
    assert (ring_mask(part, ring) == mask[row : row + part.rows, col : col + part.cols]).all()


@pytest.mark.parametrize(("lon", "lat", "epsg"), [(42.0, 36.0, 32638), (41.99, 36.0, 32637), (180.0, -1.0, 32760)])
def test_the_zone_follows_from_the_middle(lon: float, lat: float, epsg: int) -> None:
    assert utm_zone(lon, lat) == epsg


def test_what_no_frame_can_be_laid_over_is_refused() -> None:
    with refused("grid.cell"):
        grid_for(MAKHMOUR, 0.0)
    with refused("grid.cell"):
        grid_for(MAKHMOUR, math.nan)
    with refused("grid.too_wide"):
        grid_for(box(30.0, 30.0, 13.0, 1.0), 1000.0)
    with refused("grid.too_large"):
        grid_for(box(42.0, 30.0, 4.0, 6.0), 1.0)
    bow = [(437200000, 359400000), (438000000, 358500000), (438000000, 359400000), (437200000, 358500000)]
    with refused("grid.self_crossing"):
        ring_mask(grid_for(bow, 30.0), bow)
