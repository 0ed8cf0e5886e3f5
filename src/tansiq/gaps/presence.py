"""Presence: the ground that patrols pass, as bitmaps of corridors; when they pass is a matter of `gaps.timetable`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps.bits import Bits, pack
from tansiq.geo.grid import Grid, ring_metres


def corridor(grid: Grid, path: Sequence[tuple[int, int]], half_m: float) -> Bits:
    """The cells whose middle lies within `half_m` of a path of (longitude, latitude × 10⁷), as a bitmap of the frame.

    A corridor narrower than a cell still takes the cells that its path runs through the middle half of, so that it
    does not fall apart on coarse frames. What lies outside of the frame is left out.
    """
    points = ring_metres(grid, path)
    found = np.zeros(grid.shape, bool)
    half = max(half_m, grid.cell / 2)
    for start, end in pairwise(points):
        row0, col0, mask = _near(grid, start, end, half)
        found[row0 : row0 + mask.shape[0], col0 : col0 + mask.shape[1]] |= mask
    return pack(found)


def touches(grid: Grid, path: Sequence[tuple[int, int]], half_m: float) -> bool:
    """Whether the corridor has any cell of the frame; only the ground around its path is looked at."""
    half = max(half_m, grid.cell / 2)
    return any(_near(grid, start, end, half)[2].any() for start, end in pairwise(ring_metres(grid, path)))


def _near(
    grid: Grid, start: NDArray[np.float64], end: NDArray[np.float64], half: float
) -> tuple[int, int, NDArray[np.bool_]]:
    """First row and column of a window, and its cells whose middle lies within `half` metres of a segment."""
    left, right = sorted((start[0], end[0]))
    low, high = sorted((start[1], end[1]))
    col0 = max(0, int(np.floor((left - half - grid.x0) / grid.cell)))
    col1 = min(grid.cols, int(np.floor((right + half - grid.x0) / grid.cell)) + 1)
    row0 = max(0, int(np.floor((grid.y0 - high - half) / grid.cell)))
    row1 = min(grid.rows, int(np.floor((grid.y0 - low + half) / grid.cell)) + 1)
    if col0 >= col1 or row0 >= row1:
        return 0, 0, np.zeros((0, 0), bool)
    x = grid.x0 + (np.arange(col0, col1) + 0.5) * grid.cell - start[0]
    y = (grid.y0 - (np.arange(row0, row1) + 0.5) * grid.cell - start[1])[:, None]
    along = end - start
    length = float(along @ along)
    part = np.clip((x * along[0] + y * along[1]) / length, 0.0, 1.0) if length else np.zeros((row1 - row0, col1 - col0))
    aside_x, aside_y = x - part * along[0], y - part * along[1]
    return row0, col0, np.asarray(aside_x * aside_x + aside_y * aside_y <= half * half)


def runs_of(mask: NDArray[np.bool_]) -> list[int]:
    """The lengths of False and True in turn, row by row, the first of False: as released coverage spells cells."""
    flat = mask.reshape(-1)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flat))))
    return [int(length) for length in np.diff(np.concatenate(([0], edges, [flat.size])))]


def mask_of(runs: Sequence[int], rows: int, cols: int) -> NDArray[np.bool_] | None:
    """bool[rows, cols] of lengths as `runs_of` gives them; None where they do not fill the frame exactly."""
    if sum(runs) != rows * cols:
        return None
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(rows, cols)
