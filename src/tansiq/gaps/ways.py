"""Ways between places of a frame: how long from each to each, and the way itself, cell by cell.

Times are those of `gaps.reach`; a way is read back out of them, against the same moves, so it leads over bridges and
round barriers just as the times do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps import ground as grounds
from tansiq.gaps import reach
from tansiq.gaps.edges import MOVES
from tansiq.gaps.ground import Ground
from tansiq.gaps.sweeps import TICKS

Ints = NDArray[np.int64]
Times = NDArray[np.float32]

FAR: Final = 1 << 40
"""Seconds between places with no way between them."""


def times_from(ground: Ground, row: int, col: int, cutoff_s: float) -> Times:
    """Seconds from one cell to every other: float32[rows, cols], inf beyond the cut-off."""
    source = reach.Sources(np.array([row], np.int32), np.array([col], np.int32), np.zeros(1, np.float32))
    return reach.travel_time(ground, source, cutoff_s)


def between(
    ground: Ground, rows: Ints, cols: Ints, cutoff_s: float, look: Callable[[float], None] = lambda part: None
) -> Ints:
    """Seconds from each place to each, rounded up: int64[n, n], `FAR` beyond the cut-off. `look` is told how far."""
    found = np.full((len(rows), len(rows)), FAR, np.int64)
    for number, (row, col) in enumerate(zip(rows.tolist(), cols.tolist(), strict=True)):
        look(number / len(rows))
        seconds = times_from(ground, row, col, cutoff_s)[rows, cols]
        there = np.isfinite(seconds)
        found[number, there] = np.ceil(seconds[there]).astype(np.int64)
    return found


def back(moves: NDArray[np.int32], times: Times, row: int, col: int) -> list[tuple[int, int]]:
    """The cells from where `times` (of `times_from`) begin to a cell that they reach; `moves` are `ground.costs`."""
    way = [(row, col)]
    rows, cols = times.shape
    while times[row, col] > 0 and len(way) <= times.size:
        froms = MOVES + np.array((row, col))
        inside = (froms[:, 0] >= 0) & (froms[:, 0] < rows) & (froms[:, 1] >= 0) & (froms[:, 1] < cols)
        before = np.full(len(MOVES), np.inf)
        before[inside] = times[froms[inside, 0], froms[inside, 1]]
        total = np.where(before < times[row, col], before + moves[row, col] / TICKS, np.inf)
        best = int(np.argmin(total))
        if not np.isfinite(total[best]):
            break
        row, col = int(froms[best, 0]), int(froms[best, 1])
        way.append((row, col))
    return way[::-1]


def moves_of(ground: Ground) -> NDArray[np.int32]:
    """Every move into each cell, in ticks, as `back` reads them."""
    return grounds.costs(ground)
