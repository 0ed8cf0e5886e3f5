"""How far each cell lies from the nearest cell of another kind, strip by strip: exact, in whole squares of cells.

The distance of Meijster, Roerdink and Hesselink (2000): first up and down each column, then along each row by the
lower envelope of parabolas. Strips are taken from the last to the first; what a strip must know of those above it was
kept on the way down. So only one strip is ever held, and the answer is that of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps import overlay
from tansiq.kernels import njit

FAR: Final = 1 << 28
"""In rows: nothing of another kind that way."""

LINES: Final = 32
"""Rows that a thread takes at a time."""

Cells = NDArray[np.int32]
Squares = NDArray[np.int64]


def squares(
    kinds: Callable[[int, int], Cells], rows: int, cols: int, height: int, *, edge: bool, threads: int | None = None
) -> Iterator[tuple[int, Squares]]:
    """First row and int64[h, cols] of each strip, the last first: squared distance to the nearest cell of another kind.

    `kinds(first, last)` answers int32[last - first, cols]; cells of kind 0 are at distance 0. With `edge` the ground
    beyond the frame is of another kind; without, there is nothing (then `FAR` squared where no other kind is at all).
    """
    tops = list(range(0, rows, height))
    before = np.full(cols, -1, np.int32)
    above = np.full(cols, 0 if edge else FAR, np.int32)
    kept = []
    for top in tops:
        kept.append((before, above))
        strip = kinds(top, min(rows, top + height))
        before, above = before.copy(), above.copy()
        _down(strip, before, above, np.empty((0, 0), np.int32))
    after = np.full(cols, -1, np.int32)
    below = np.full(cols, 0 if edge else FAR, np.int32)
    for top in reversed(tops):
        strip = kinds(top, min(rows, top + height))
        up = np.empty(strip.shape, np.int32)
        before, above = kept.pop()
        _down(strip, before.copy(), above.copy(), up)
        _up(strip, after, below, up)
        found = np.empty(strip.shape, np.int64)

        def along(piece: int, strip: Cells = strip, up: Cells = up, found: Squares = found) -> None:
            part = slice(piece * LINES, (piece + 1) * LINES)
            _rows(strip[part], up[part], edge, found[part])

        overlay.spread(along, -(-len(strip) // LINES), threads)
        yield top, found


@njit(cache=True, nogil=True)
def _down(strip: Cells, before: Cells, above: Cells, out: Cells) -> None:
    """Rows to the nearest cell of another kind above; `before` and `above` hold kind and rows of the line above."""
    rows, cols = strip.shape
    for row in range(rows):
        for col in range(cols):
            kind = strip[row, col]
            if kind == 0:
                above[col] = 0
            elif before[col] == kind or before[col] < 0:
                above[col] = min(FAR, above[col] + 1)
            else:
                above[col] = 1
            before[col] = kind
            if out.size:
                out[row, col] = above[col]


@njit(cache=True, nogil=True)
def _up(strip: Cells, after: Cells, below: Cells, out: Cells) -> None:
    """The same from below, and the nearer of both into `out`."""
    rows, cols = strip.shape
    for row in range(rows - 1, -1, -1):
        for col in range(cols):
            kind = strip[row, col]
            if kind == 0:
                below[col] = 0
            elif after[col] == kind or after[col] < 0:
                below[col] = min(FAR, below[col] + 1)
            else:
                below[col] = 1
            after[col] = kind
            out[row, col] = min(out[row, col], below[col])


@njit(cache=True, nogil=True)
def _rows(strip: Cells, near: Cells, edge: bool, out: Squares) -> None:
    rows, cols = strip.shape
    at, start = np.empty(cols + 2, np.int64), np.empty(cols + 2, np.int64)
    for row in range(rows):
        col = 0
        while col < cols:
            kind = strip[row, col]
            if kind == 0:
                out[row, col] = 0
                col += 1
                continue
            first = col
            while col < cols and strip[row, col] == kind:
                col += 1
            low = first - 1 if first > 0 or edge else first
            high = col if col < cols or edge else col - 1
            _envelope(near[row], first, col, low, high, at, start, out[row])


@njit(cache=True, nogil=True)
def _envelope(
    near: Cells, first: int, last: int, low: int, high: int, at: Squares, start: Squares, out: Squares
) -> None:
    """The least of (col - i)² + near[i]² over i from `low` to `high`, for columns `first` to `last` - 1.

    Beyond the run on either side near is 0: there something else begins.
    """
    count = 0
    for one in range(low, high + 1):
        rise = np.int64(near[one]) if first <= one < last else np.int64(0)
        if rise >= FAR:
            continue
        begin = np.int64(low)
        while count:
            other = at[count - 1]
            other_rise = np.int64(near[other]) if first <= other < last else np.int64(0)
            # from this column on the new one is the nearer
            begin = (one * one - other * other + rise * rise - other_rise * other_rise) // (2 * (one - other)) + 1
            if begin > start[count - 1]:
                break
            count -= 1
            begin = np.int64(low)
        if begin <= high:
            at[count], start[count] = one, begin
            count += 1
    if count == 0:
        for col in range(first, last):
            out[col] = np.int64(FAR) * FAR
        return
    place = 0
    for col in range(first, last):
        while place + 1 < count and start[place + 1] <= col:
            place += 1
        away = col - at[place]
        rise = np.int64(near[at[place]]) if first <= at[place] < last else np.int64(0)
        out[col] = away * away + rise * rise


@njit(cache=True, nogil=True)
def deepest(
    found: Squares,
    opened: NDArray[np.uint64],
    row0: int,
    row: Cells,
    col0: Cells,
    col1: Cells,
    piece: NDArray[np.int64],
    best: NDArray[np.int64],
) -> None:
    """Bring `best` int64[pieces, 3] (square, row, column) up to date with a strip; of equals the first row and column.

    Only cells that are set in the strip's bitmap `opened` count.
    """
    for one in range(len(row)):
        number = piece[one]
        if number < 0:
            continue
        line = row[one] - row0
        for col in range(col0[one], col1[one]):
            if not (opened[line, col // 64] >> np.uint64(col % 64)) & np.uint64(1):
                continue
            value = found[line, col]
            if value > best[number, 0] or (
                value == best[number, 0]
                and (row[one] < best[number, 1] or (row[one] == best[number, 1] and col < best[number, 2]))
            ):
                best[number, 0], best[number, 1], best[number, 2] = value, row[one], col
