"""The frame of an analysis: the area and as much ground around it as its posts and bases need. Loads no engine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.gaps.inputs import Inputs
from tansiq.gaps.presence import touches
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

STEP_M: Final = 5_000.0
"""The margin is a whole multiple of this, so that a post that is dragged does not move the frame."""

FARTHEST_M: Final = 25_000.0
"""Bases beyond this from the area are not waited for."""


def frame_of(inputs: Inputs, cell: float) -> Grid:
    """The frame over the area and around it, wide enough for every post that can see into it and every base near it.

    Two nodes with the same inputs lay the same frame. Refused like `grid_for`.
    """
    bare = grids.grid_for(inputs.ring, cell)
    margin = STEP_M
    for post in inputs.posts:
        away = _away(bare, post.place)
        if away <= max(post.day_m, post.night_m):
            margin = max(margin, away)
    for base in inputs.bases:
        away = _away(bare, base.place)
        if away <= FARTHEST_M:
            margin = max(margin, away)
    whole_steps = math.ceil((margin + cell) / STEP_M) * STEP_M
    return grids.grid_for(inputs.ring, cell, math.ceil(whole_steps / cell) * cell)


def _away(grid: Grid, place: tuple[int, int]) -> float:
    """Metres from a place to the rectangle of a frame; the larger of both directions."""
    x, y = grids.to_metres(grid, np.array([place[0]]), np.array([place[1]]))
    east, south = float(x[0]) - grid.x0, grid.y0 - float(y[0])
    aside_x = max(0.0, -east, east - grid.cols * grid.cell)
    aside_y = max(0.0, -south, south - grid.rows * grid.cell)
    return max(aside_x, aside_y)


def cells_of(grid: Grid, places: Iterable[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of places (longitude, latitude × 10⁷); outside of the frame they are beyond its edges."""
    lons, lats = np.array(list(places), np.int64).reshape(-1, 2).T
    return grids.cells_of(grid, *grids.to_metres(grid, lons, lats))


def inside(grid: Grid, places: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Which places lie in the frame."""
    rows, cols = cells_of(grid, places)
    return (rows >= 0) & (rows < grid.rows) & (cols >= 0) & (cols < grid.cols)


def near(grid: Grid, inputs: Inputs) -> Inputs:
    """The inputs without the posts, patrols and bases that no cell of the frame can feel. What is counted stays."""
    posts = inside(grid, [post.place for post in inputs.posts])
    bases = inside(grid, [base.place for base in inputs.bases])
    return replace(
        inputs,
        posts=tuple(post for post, there in zip(inputs.posts, posts, strict=True) if there),
        patrols=tuple(one for one in inputs.patrols if touches(grid, one.path, one.half_m)),
        bases=tuple(base for base, there in zip(inputs.bases, bases, strict=True) if there),
    )


def bounds(grid: Grid) -> list[float]:
    """West, south, east, north of a frame in degrees: the smallest box around its edge."""
    steps = np.linspace(0.0, 1.0, 33)
    width, height = grid.cols * grid.cell, grid.rows * grid.cell
    x = np.concatenate([grid.x0 + steps * width] * 2 + [np.full(33, grid.x0), np.full(33, grid.x0 + width)])
    y = np.concatenate([np.full(33, grid.y0), np.full(33, grid.y0 - height)] + [grid.y0 - steps * height] * 2)
    lon, lat = grids.to_degrees(grid, x, y)
    return [float(value) / grids.E7 for value in (lon.min(), lat.min(), lon.max(), lat.max())]
