"""Openings: every open cell belongs to one gap, and what is said of a gap is true of its cells."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tansiq.gaps import bits, openings, runs
from tansiq.gaps.cover import Cover
from tansiq.geo.grid import Grid

from .pieces import outline, pieces

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


@FEW
@given(seed=st.integers(0, 10_000), nowhere=st.integers(0, 7), strip=st.sampled_from([70, 350, 1 << 23]))
def test_gaps_by_runs_and_strips_are_those_of_the_whole_frame_by_masks(seed: int, nowhere: int, strip: int) -> None:
    covered = _blobs(seed)
    covered[[number for number in range(3) if nowhere >> number & 1]] = False
    cover, area = _cover(covered, _blobs(seed + 1)), bits.pack(np.logical_or.reduce(_blobs(seed + 2)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openings, "STRIP_CELLS", strip)
        found = openings.find(cover, area, GRID, WEIGHTS, 0.0)
    expected = pieces(cover, area, GRID, WEIGHTS)
    assert len(found.openings) == len(expected)
    for one, other in zip(found.openings, expected, strict=True):
        told = (one.id, one.band, one.cells, one.cell_hours, one.open_cells, one.worst, one.depth_m)
        assert told == (
            other.id,
            other.band,
            other.cells,
            other.cell_hours,
            other.open_cells,
            other.worst,
            other.depth_m,
        )
        laid = np.zeros(GRID.shape, bool)
        rows, cols = one.mask.shape
        laid[one.row0 : one.row0 + rows, one.col0 : one.col0 + cols] = one.mask
        assert (laid == other.mask).all()
        assert one.outline.equals(outline(other.mask, GRID))


@FEW
@given(seed=st.integers(0, 10_000), share=st.floats(0.4, 0.8))
def test_outlines_of_ground_that_touches_itself_at_corners_are_valid(seed: int, share: float) -> None:
    covered = np.tile(np.random.default_rng(seed).random(GRID.shape) > share, (3, 1, 1))
    for one in openings.find(_cover(covered), ALL, GRID, WEIGHTS, 0.0).openings:
        assert one.outline.is_valid
        assert round(one.outline.area) == one.cells * 2500


@FEW
@given(seed=st.integers(0, 10_000))
def test_metres_of_a_line_in_each_gap_are_those_of_its_outline(seed: int) -> None:
    found = openings.find(_cover(_blobs(seed)), ALL, GRID, WEIGHTS, 0.0)
    path = np.random.default_rng(seed).uniform((-5, -5), (GRID.cols + 5, GRID.rows + 5), (6, 2))
    path[3] = path[2] + (7, 0)
    metres = np.zeros(len(found.openings))
    owned = found.ownership
    runs.metres_in(owned.starts, owned.runs.col0, owned.runs.col1, owned.piece, path, GRID.cell, metres)
    line = shapely.linestrings(np.stack([GRID.x0 + path[:, 0] * GRID.cell, GRID.y0 - path[:, 1] * GRID.cell], axis=1))
    lines = [shapely.linestrings(pair) for pair in zip(line.coords[:-1], line.coords[1:], strict=True)]
    for one, length in zip(found.openings, metres, strict=True):
        assert length == pytest.approx(sum(shapely.intersection(part, one.outline).length for part in lines), abs=0.01)


def test_a_very_large_outline_is_valid_in_degrees_without_being_smoothed(monkeypatch: pytest.MonkeyPatch) -> None:
    covered = np.tile(np.random.default_rng(4).random(GRID.shape) > 0.65, (3, 1, 1))
    large = max(openings.find(_cover(covered), ALL, GRID, WEIGHTS, 0.0).openings, key=lambda one: one.cells)
    assert len(large.outline.interiors) > 20
    monkeypatch.setattr(openings, "SMOOTHED", 10)
    shape = shapely.geometry.shape(openings.in_degrees(GRID, large.outline))
    assert shape.is_valid
    assert shapely.get_num_coordinates(shape) == shapely.get_num_coordinates(large.outline)


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
