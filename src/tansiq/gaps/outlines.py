"""The outline of a piece of ground out of its runs: corners are found, paired along rows and columns, and followed.

A polygon with sides along two axes is determined by its corners (O'Rourke 1988): along each row and each column they
pair up in turn. Where two cells of a piece meet at a corner only, the outline passes that point twice, each time around
ground that is not of the piece; so holes touch but never cross, and the polygon is valid.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from tansiq.geo.grid import Grid
from tansiq.kernels import njit

Cells = NDArray[np.int32]
Ints = NDArray[np.int64]


def outline(grid: Grid, row: Cells, col0: Cells, col1: Cells) -> shapely.Polygon:
    """The outline (m) of cells that hang together over their sides, with its holes. Runs come row by row."""
    line, col, early_h, early_v = _corners(row.astype(np.int64), col0.astype(np.int64), col1.astype(np.int64))
    along = np.lexsort((early_h, col, line))
    across = np.lexsort((early_v, line, col))
    order, ring = _follow(along, _partners(along), _partners(across))
    points = np.stack([grid.x0 + col[order] * grid.cell, grid.y0 - line[order] * grid.cell], axis=1)
    # the topmost corner is never one of a hole
    rings = shapely.linearrings(points, indices=ring)
    return shapely.Polygon(rings[0], rings[1:])


def _corners(row: Ints, col0: Ints, col1: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Line and column of every corner, and its place among equals along its row and along its column."""
    width = int(col1.max()) + 1
    below = np.concatenate([row * width + col0, row * width + col1])
    begins = np.concatenate([np.ones(len(row), bool), np.zeros(len(row), bool)])
    keys = np.concatenate([below, below + width])
    begin, above = np.tile(begins, 2), np.repeat([False, True], len(below))
    order = np.lexsort((above, keys))
    keys, begin = keys[order], begin[order]
    twin = np.flatnonzero(keys[1:] == keys[:-1])
    single = np.ones(len(keys), bool)
    single[twin] = single[twin + 1] = False
    # of a pair the run below the line comes first; where both begin or both end, the side just goes on
    touching = twin[begin[twin] != begin[twin + 1]]
    falls = begin[touching]  # the lower run begins where the upper one ends
    alone = keys[single]
    meet = keys[touching]
    places = np.concatenate([alone, meet, meet])
    zero, one = np.zeros(len(alone), np.int64), np.ones(len(meet), np.int64)
    early_h = np.concatenate([zero, one * 0, one])
    early_v = np.concatenate([zero, np.where(falls, 1, 0), np.where(falls, 0, 1)])
    return places // width, places % width, early_h, early_v


def _partners(order: Ints) -> Ints:
    """The other end of each corner's side: corners pair up in turn."""
    found = np.empty(len(order), np.int64)
    found[order[::2]], found[order[1::2]] = order[1::2], order[::2]
    return found


@njit(cache=True, nogil=True)
def _follow(starts: Ints, along: Ints, across: Ints) -> tuple[Ints, Ints]:
    """The corners ring by ring, and the ring of each; the first ring begins at the first of `starts`."""
    count = len(starts)
    order, ring = np.empty(count, np.int64), np.empty(count, np.int64)
    done = np.zeros(count, np.bool_)
    rings, place = 0, 0
    for start in starts:
        if done[start]:
            continue
        one = start
        while not done[one]:
            other = along[one]
            done[one] = done[other] = True
            order[place], order[place + 1] = one, other
            ring[place] = ring[place + 1] = rings
            place += 2
            one = across[other]
        rings += 1
    return order, ring
