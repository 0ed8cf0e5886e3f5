"""Slow and plain ways to the same travel times, and small grounds."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from tansiq.gaps import ground
from tansiq.gaps.edges import MOVES
from tansiq.gaps.ground import Ground
from tansiq.gaps.reach import Sources
from tansiq.gaps.sweeps import CLOSED, TICKS
from tansiq.geo.grid import Grid

FOREVER = 900_000.0
KNIGHTS = [3, 4, 5, 6, 11, 12, 13, 14]


def bases(*places: tuple[int, int], start: float = 0.0) -> Sources:
    """Bases at cells that set out at once, or all after `start` seconds."""
    rows, cols = np.array(places, np.int32).reshape(-1, 2).T
    return Sources(rows, cols, np.full(len(places), start, np.float32))


def frame(rows: int, cols: int, cell: float = 30.0) -> Grid:
    """A grid in zone 38 north."""
    return Grid(32638, 300_000.0, 3_900_000.0, cell, rows, cols)


def at(grid: Grid, *cells: tuple[float, float]) -> NDArray[np.float64]:
    """A line through (row, column), whole numbers in the middles of cells, in metres."""
    rows, cols = np.array(cells, float).T
    return np.stack([grid.x0 + (cols + 0.5) * grid.cell, grid.y0 - (rows + 0.5) * grid.cell], axis=1)


def moves(one: Ground, neighbours: int, *, loose: bool = False) -> NDArray[np.int64]:
    """int64[rows, cols, 16] of ticks into each cell, without knight's moves where eight are asked for."""
    found = ground.costs(one, loose=loose).astype(np.int64)
    if neighbours == 8:
        found[:, :, KNIGHTS] = int(CLOSED)
    return found


def by_heap(
    one: Ground, sources: Sources, cutoff_s: float, neighbours: int, *, loose: bool = False
) -> NDArray[np.float64]:
    """Dijkstra (1959) with a heap, cell by cell."""
    into = moves(one, neighbours, loose=loose)
    best: dict[tuple[int, int], int] = {}
    heap = [
        (round(float(start) * TICKS), int(row), int(col))
        for row, col, start in zip(sources.rows, sources.cols, sources.start_s, strict=True)
    ]
    heapq.heapify(heap)
    limit = int(cutoff_s * TICKS)
    while heap:
        when, row, col = heapq.heappop(heap)
        if (row, col) in best or when > limit:
            continue
        best[row, col] = when
        for move, (down, right) in enumerate(MOVES.tolist()):
            y, x = row - down, col - right
            if 0 <= y < one.rows and 0 <= x < one.cols and (y, x) not in best and into[y, x, move] < CLOSED:
                heapq.heappush(heap, (when + int(into[y, x, move]), y, x))
    out = np.full((one.rows, one.cols), np.inf)
    for (row, col), when in best.items():
        out[row, col] = when / TICKS
    return out


def by_graph(one: Ground, sources: Sources, neighbours: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """SciPy's Dijkstra on a sparse graph: the time from every source, float64[sources, rows, cols], and the least."""
    into = moves(one, neighbours)
    rows, cols = one.rows, one.cols
    y, x = np.mgrid[:rows, :cols]
    parts = []
    for move, (down, right) in enumerate(MOVES.tolist()):
        fits = (y + down >= 0) & (y + down < rows) & (x + right >= 0) & (x + right < cols) & (into[:, :, move] < CLOSED)
        parts.append((((y + down) * cols + x + right)[fits], (y * cols + x)[fits], into[:, :, move][fits]))
    start, end, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    graph = coo_array((weight.astype(float), (start, end)), shape=(rows * cols, rows * cols)).tocsr()
    found = dijkstra(graph, indices=sources.rows.astype(int) * cols + sources.cols)
    each = found.reshape(-1, rows, cols) / TICKS + sources.start_s[:, None, None]
    return each, each.min(axis=0)
