"""Ground as runs of cells along its rows, and the pieces that hang together over their sides.

A piece of a country is a few million runs where its cells would be hundreds of millions. A run is its row, its first
column and the one after its last. Pieces are joined with a forest of runs (Tarjan 1975) whose roots are always the
earliest, so their numbers do not depend on how the ground was cut up for reading.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps.bits import WORD, Bits
from tansiq.kernels import njit

LEAST: Final = np.array([112, 56, 1], np.uint8)
"""The least number of hours open a week of each band."""

FULL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
ODD: Final = np.uint64(0x5555555555555555)
PAIRS: Final = np.uint64(0x3333333333333333)
NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
BYTES: Final = np.uint64(0x0101010101010101)

Ints = NDArray[np.int64]
Cells = NDArray[np.int32]


class Runs(Struct, frozen=True):
    """Runs row by row: `row`, `col0`, `col1` int32, `band` uint8 (place in `LEAST`), `hours` int64 of cells × hours."""

    row: Cells
    col0: Cells
    col1: Cells
    band: NDArray[np.uint8]
    hours: Ints

    @property
    def cells(self) -> Ints:
        """How many cells each has."""
        return (self.col1 - self.col0).astype(np.int64)


def of_week(week: NDArray[np.uint8], row0: int) -> Runs:
    """The runs of one band in uint8[rows, cols] of hours open a week, whose first row is `row0`."""
    count = _scan(week, row0, LEAST, np.empty((0, 4), np.int32), np.empty(0, np.int64))
    found, hours = np.empty((count, 4), np.int32), np.empty(count, np.int64)
    _scan(week, row0, LEAST, found, hours)
    row, col0, col1, band = found.T
    return Runs(row.copy(), col0.copy(), col1.copy(), band.astype(np.uint8), hours)


def together(parts: list[Runs]) -> Runs:
    """Runs of one strip after the other."""
    return Runs(*(np.concatenate([getattr(one, name) for one in parts]) for name in Runs.__struct_fields__))


@njit(cache=True, nogil=True)
def _scan(week: NDArray[np.uint8], row0: int, least: NDArray[np.uint8], out: Cells, hours: Ints) -> int:
    count = 0
    band_of = np.full(256, 255, np.uint8)
    for value in range(1, 256):
        for band in range(len(least) - 1, -1, -1):
            if value >= least[band]:
                band_of[value] = band
    rows, cols = week.shape
    for row in range(rows):
        col = 0
        while col < cols:
            band = band_of[week[row, col]]
            if band == 255:
                col += 1
                continue
            first = col
            total = np.int64(0)
            while col < cols and band_of[week[row, col]] == band:
                total += week[row, col]
                col += 1
            if len(out):
                out[count, 0], out[count, 1], out[count, 2], out[count, 3] = row0 + row, first, col, band
                hours[count] = total
            count += 1
    return count


@njit(cache=True, nogil=True)
def _root(parent: Ints, one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


@njit(cache=True, nogil=True)
def roots(row: Cells, col0: Cells, col1: Cells, band: NDArray[np.uint8]) -> Ints:
    """Of every run the earliest run of its piece: int64[runs]."""
    count = len(row)
    parent = np.arange(count)
    above = 0
    for one in range(count):
        while above < one and (row[above] < row[one] - 1 or (row[above] == row[one] - 1 and col1[above] <= col0[one])):
            above += 1
        other = above
        while other < one and row[other] == row[one] - 1 and col0[other] < col1[one]:
            if band[other] == band[one]:
                first, second = _root(parent, other), _root(parent, one)
                if first < second:
                    parent[second] = first
                else:
                    parent[first] = second
            other += 1
    for one in range(count):
        parent[one] = _root(parent, one)
    return parent


@njit(cache=True, nogil=True)
def ones(word: np.uint64) -> np.uint64:
    """How many bits of a word are set."""
    word = word - ((word >> np.uint64(1)) & ODD)
    word = (word & PAIRS) + ((word >> np.uint64(2)) & PAIRS)
    word = (word + (word >> np.uint64(4))) & NIBBLES
    return (word * BYTES) >> np.uint64(56)


@njit(cache=True, nogil=True)
def count_open(opened: Bits, row0: int, row: Cells, col0: Cells, col1: Cells, piece: Ints, counts: Ints) -> None:
    """Add to `counts` int64[pieces] how many cells of each run (piece -1: passed over) are set in a strip's bitmap."""
    for one in range(len(row)):
        if piece[one] < 0:
            continue
        line = opened[row[one] - row0]
        total = np.int64(0)
        for word in range(col0[one] // WORD, (col1[one] - 1) // WORD + 1):
            value = line[word]
            if word == col0[one] // WORD:
                value &= ~np.uint64(0) << np.uint64(col0[one] % WORD)
            if word == (col1[one] - 1) // WORD:
                value &= ~np.uint64(0) >> np.uint64(WORD - 1 - (col1[one] - 1) % WORD)
            total += np.int64(ones(value))
        counts[piece[one]] += total


@njit(cache=True, nogil=True)
def sum_week(week: NDArray[np.uint8], row0: int, row: Cells, col0: Cells, col1: Cells, piece: Ints, sums: Ints) -> None:
    """Add to `sums` int64[pieces] the hours open of a strip's cells that lie in each run."""
    for one in range(len(row)):
        if piece[one] < 0:
            continue
        line = week[row[one] - row0]
        for col in range(col0[one], col1[one]):
            sums[piece[one]] += line[col]


@njit(cache=True, nogil=True)
def paint(out: Cells, row0: int, row: Cells, col0: Cells, col1: Cells, piece: Ints) -> None:
    """Give the cells of each run in a strip the number of its piece, counted from 1."""
    for one in range(len(row)):
        if piece[one] >= 0:
            out[row[one] - row0, col0[one] : col1[one]] = piece[one] + 1


@njit(cache=True, nogil=True)
def owners(starts: Ints, col0: Cells, col1: Cells, piece: Ints, rows: Ints, cols: Ints) -> Ints:
    """The piece in which each of these cells lies, -1 for none. Run `starts[r]` is the first of row r."""
    found = np.full(len(rows), -1, np.int64)
    for one in range(len(rows)):
        row, col = rows[one], cols[one]
        if not 0 <= row < len(starts) - 1:
            continue
        low, high = starts[row], starts[row + 1]
        while low < high:
            middle = (low + high) // 2
            if col1[middle] <= col:
                low = middle + 1
            else:
                high = middle
        if low < starts[row + 1] and col0[low] <= col:
            found[one] = piece[low]
    return found


@njit(cache=True, nogil=True)
def metres_in(
    starts: Ints,
    col0: Cells,
    col1: Cells,
    piece: Ints,
    path: NDArray[np.float64],
    cell: float,
    metres: NDArray[np.float64],
) -> None:
    """Add to `metres` float64[pieces] how much of a line lies in each; `path` is columns and rows from the corner."""
    one_row, one_col = np.empty(1, np.int64), np.empty(1, np.int64)
    for step in range(len(path) - 1):
        ax, ay, bx, by = path[step, 0], path[step, 1], path[step + 1, 0], path[step + 1, 1]
        length = np.sqrt((bx - ax) ** 2 + (by - ay) ** 2) * cell
        at = 0.0
        next_x, next_y = np.floor(min(ax, bx)) + 1.0, np.floor(min(ay, by)) + 1.0
        if bx < ax:
            next_x = np.ceil(ax) - 1.0
        if by < ay:
            next_y = np.ceil(ay) - 1.0
        while at < 1.0:
            to_x = (next_x - ax) / (bx - ax) if bx != ax else 2.0
            to_y = (next_y - ay) / (by - ay) if by != ay else 2.0
            to = min(1.0, max(at, min(to_x, to_y)))
            if to > at:
                middle = (at + to) / 2
                one_row[0], one_col[0] = np.floor(ay + (by - ay) * middle), np.floor(ax + (bx - ax) * middle)
                owner = owners(starts, col0, col1, piece, one_row, one_col)[0]
                if owner >= 0:
                    metres[owner] += (to - at) * length
            if to >= 1.0:
                break
            if to_x <= to_y:
                next_x += 1.0 if bx > ax else -1.0
            else:
                next_y += 1.0 if by > ay else -1.0
            at = to
