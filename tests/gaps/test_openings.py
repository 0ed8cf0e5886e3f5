"""Openings: every open cell belongs to one gap, and what is said of a gap is true of its cells."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tansiq.gaps import bits, openings
from tansiq.gaps.cover import Cover
from tansiq.geo.grid import Grid

GRID = Grid(32638, 400_000.0, 3_900_000.0, 50.0, 24, 70)
WEIGHTS = np.array([84, 60, 24])
FEW = settings(max_examples=30, deadline=None)


def _cover(covered: NDArray[np.bool_], unknown: NDArray[np.bool_] | None = None) -> Cover:
    """One party, masks by class."""
    unsure = np.zeros_like(covered) if unknown is None else unknown & ~covered
    packed = [np.stack([bits.pack(one) for one in masks])[None] for masks in (covered, unsure)]
    return Cover(packed[0], packed[1], GRID.cols)


def _blobs(seed: int) -> NDArray[np.bool_]:
    rng = np.random.default_rng(seed)
    covered = np.zeros((3, *GRID.shape), bool)
    for number in range(3):
        for _ in range(12):
            row, col = rng.integers(0, GRID.rows), rng.integers(0, GRID.cols)
            covered[number, row : row + rng.integers(1, 12), col : col + rng.integers(1, 16)] = True
    return covered


ALL = bits.full(*GRID.shape)


@FEW
@given(seed=st.integers(0, 10_000))
def test_every_open_cell_belongs_to_exactly_one_gap_and_hours_add_up(seed: int) -> None:
    cover = _cover(_blobs(seed), _blobs(seed + 1))
    found = openings.find(cover, ALL, GRID, WEIGHTS, 0.0)
    week = openings.hours_open(cover, ALL, WEIGHTS)
    owners = np.zeros(GRID.shape, int)
    for one in found.openings:
        rows, cols = one.mask.shape
        owners[one.row0 : one.row0 + rows, one.col0 : one.col0 + cols] += one.mask
    assert (owners == (week > 0)).all()
    assert sum(one.cell_hours for one in found.openings) == week.sum(dtype=np.int64)
    assert len({one.id for one in found.openings}) == len(found.openings)


@FEW
@given(seed=st.integers(0, 10_000))
def test_the_outline_holds_exactly_the_ground_of_the_gap_and_is_valid_in_degrees(seed: int) -> None:
    found = openings.find(_cover(_blobs(seed)), ALL, GRID, WEIGHTS, 20_000.0)
    for one in found.openings:
        assert one.outline.is_valid
        assert round(one.outline.area) == one.cells * 2500
        shape = shapely.geometry.shape(openings.in_degrees(GRID, one.outline))
        assert shape.is_valid
        assert not shape.is_empty


def test_a_gap_is_as_deep_as_its_farthest_cell_lies_from_covered_ground() -> None:
    covered = np.ones((3, *GRID.shape), bool)
    covered[:, 5:14, 10:40] = False
    (one,) = openings.find(_cover(covered), ALL, GRID, WEIGHTS, 0.0).openings
    assert one.depth_m == 5 * 50
    assert one.deepest[0] == 9
    assert one.band == "constant"


def test_without_any_covered_ground_a_gap_has_no_depth() -> None:
    (one,) = openings.find(_cover(np.zeros((3, *GRID.shape), bool)), ALL, GRID, WEIGHTS, 0.0).openings
    assert one.depth_m is None


def test_ground_that_meets_at_a_corner_only_is_two_gaps() -> None:
    covered = np.ones((3, *GRID.shape), bool)
    covered[:, 2:4, 2:4] = False
    covered[:, 4:6, 4:6] = False
    assert len(openings.find(_cover(covered), ALL, GRID, WEIGHTS, 0.0).openings) == 2


def test_ground_that_is_open_by_night_does_not_run_gaps_of_all_hours_together() -> None:
    covered = np.ones((3, *GRID.shape), bool)
    covered[:, 2:6, 2:6] = False
    covered[:, 2:6, 20:24] = False
    covered[0, 2:6, :] = False
    found = openings.find(_cover(covered), ALL, GRID, WEIGHTS, 0.0)
    assert sorted(one.band for one in found.openings) == ["constant", "constant", "half", "half", "half"]


def test_what_is_too_small_is_counted() -> None:
    covered = np.ones((3, *GRID.shape), bool)
    covered[:, 2, 2] = False
    covered[:, 5:15, 5:15] = False
    found = openings.find(_cover(covered), ALL, GRID, WEIGHTS, 10_000.0)
    assert (len(found.openings), found.left_out, found.left_out_cell_hours) == (1, 1, 168)
