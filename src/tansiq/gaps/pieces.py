"""Open ground parted into its pieces by runs of cells, so that rows that did not change need not be looked at again.

A run is what lies side by side in a row with the same band of hours open; runs of neighbouring rows that overlap belong
together. The pieces are those of `openings.find`, without outline and depth: what a what-if shows while a post is
dragged. Kernels take and return arrays.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from tansiq.gaps.bits import WORD, Bits
from tansiq.gaps.openings import BANDS, MOST
from tansiq.gaps.runs import LEAST

Ints = NDArray[np.int64]

FULL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
ODD: Final = np.uint64(0x5555555555555555)
PAIRS: Final = np.uint64(0x3333333333333333)
NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
BYTES: Final = np.uint64(0x0101010101010101)
MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Steele and others 2014 (SplitMix): the odd constant and the two below scatter a counter over all 64 bits."""
MIX_ONE: Final = np.uint64(0xBF58476D1CE4E5B9)
MIX_TWO: Final = np.uint64(0x94D049BB133111EB)


class Runs(Struct, frozen=True):
    """Runs from west to east and north to south: those of row r are `start[r]` to `start[r + 1]`.

    `first` and `last` are columns (the last one not in it), `band` 1 and on as in `openings.BANDS`, `hours` the sum of
    the hours that its cells lie open.
    """

    start: Ints
    first: Ints
    last: Ints
    band: Ints
    hours: Ints


class Piece(Struct, frozen=True):
    """A gap in short. `key` follows from its cells alone; `open_cells` by class of hours."""

    key: str
    band: str
    row0: int
    col0: int
    cells: int
    cell_hours: int
    open_cells: tuple[int, ...]


class Pieces(Struct, frozen=True):
    """The pieces that are large enough, the largest by ground and hours first; how many were not, and their part."""

    pieces: list[Piece]
    left_out: int
    left_out_cell_hours: int


def band_table() -> Ints:
    """The band of each number of hours open a week: 0 for none, else one more than its place in `BANDS`."""
    table = np.zeros(256, np.int64)
    for place, least in reversed(list(enumerate(LEAST, start=1))):
        table[least:] = place
    return table


def runs_of(week: NDArray[np.uint8]) -> Runs:
    """The runs of all rows of uint8[rows, cols], the hours that each cell lies open."""
    return Runs(*_scan(week, 0, week.shape[0], band_table()))


def renewed(runs: Runs, week: NDArray[np.uint8], row0: int, rows: int) -> Runs:
    """The runs where only `rows` rows from `row0` on have changed."""
    start, first, last, band, hours = _scan(week, row0, row0 + rows, band_table())
    before, after = int(runs.start[row0]), int(runs.start[row0 + rows])
    shifted = np.concatenate(
        [runs.start[:row0], start + before, runs.start[row0 + rows + 1 :] - after + before + len(first)]
    )
    parts = [
        np.concatenate([old[:before], new, old[after:]])
        for old, new in ((runs.first, first), (runs.last, last), (runs.band, band), (runs.hours, hours))
    ]
    return Runs(shifted, *parts)


def pieces_of(runs: Runs, opens: Bits, smallest: float) -> Pieces:
    """The pieces with at least `smallest` cells. `opens` is uint64[classes, rows, words] of open ground."""
    label, count = _label(runs.start, runs.first, runs.last, runs.band)
    table, keys = _sums(runs.start, runs.first, runs.last, runs.band, runs.hours, label, count)
    row0, col0, band, cells, cell_hours = table.T
    large = np.flatnonzero(cells >= smallest)
    order = large[np.lexsort((band[large], col0[large], row0[large], -cell_hours[large]))]
    kept = order[:MOST]
    place = np.full(len(table), -1, np.int64)
    place[kept] = np.arange(len(kept))
    counts = _open_cells(runs.start, runs.first, runs.last, place[label], opens, len(kept))
    found = []
    for at, one in enumerate(kept.tolist()):
        first_row, first_col, _, size, ground = table[one].tolist()
        key, name = f"{keys[one]:016x}", BANDS[band[one] - 1]
        found.append(Piece(key, name, first_row, first_col, size, ground, tuple(counts[at].tolist())))
    return Pieces(found, len(table) - len(kept), int(cell_hours.sum() - cell_hours[kept].sum()))


@njit(cache=True, nogil=True)
def _scan(week: NDArray[np.uint8], top: int, bottom: int, table: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    cols = week.shape[1]
    start = np.zeros(bottom - top + 1, np.int64)
    for row in range(top, bottom):
        count, before = 0, 0
        for col in range(cols):
            band = table[week[row, col]]
            if band != before:
                count += band != 0
                before = band
        start[row - top + 1] = start[row - top] + count
    size = start[-1]
    first, last = np.empty(size, np.int64), np.empty(size, np.int64)
    bands, hours = np.empty(size, np.int64), np.zeros(size, np.int64)
    for row in range(top, bottom):
        at, before = start[row - top] - 1, 0
        for col in range(cols):
            value = week[row, col]
            band = table[value]
            if band != before:
                if before != 0:
                    last[at] = col
                if band != 0:
                    at += 1
                    first[at], bands[at] = col, band
                before = band
            if band != 0:
                hours[at] += value
        if before != 0:
            last[at] = cols
    return start, first, last, bands, hours


@njit(cache=True, nogil=True)
def _root(parent: Ints, one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one


@njit(cache=True, nogil=True)
def _scattered(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * MIX_ONE
    value = (value ^ (value >> np.uint64(27))) * MIX_TWO
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _label(start: Ints, first: Ints, last: Ints, band: Ints) -> tuple[Ints, int]:
    """The piece of each run, numbered by the run of it that comes first in the frame, and how many there are."""
    size = len(first)
    parent = np.arange(size)
    for row in range(1, len(start) - 1):
        above, here = start[row - 1], start[row]
        while above < start[row] and here < start[row + 1]:
            if first[above] < last[here] and first[here] < last[above] and band[above] == band[here]:
                one, other = _root(parent, above), _root(parent, here)
                parent[max(one, other)] = min(one, other)
            if last[above] < last[here]:
                above += 1
            else:
                here += 1
    label, count = np.empty(size, np.int64), 0
    for run in range(size):
        root = _root(parent, run)
        label[run] = count if root == run else label[root]
        count += root == run
    return label, count


@njit(cache=True, nogil=True)
def _sums(
    start: Ints, first: Ints, last: Ints, band: Ints, hours: Ints, label: Ints, count: int
) -> tuple[Ints, NDArray[np.uint64]]:
    """Of each piece the first row and column, band, cells and cell-hours; a hash of its cells."""
    table, keys = np.zeros((count, 5), np.int64), np.zeros(count, np.uint64)
    for row in range(len(start) - 1):
        for run in range(start[row], start[row + 1]):
            piece = label[run]
            if table[piece, 3] == 0:
                table[piece, 0], table[piece, 1], table[piece, 2] = row, first[run], band[run]
                keys[piece] = _scattered(np.uint64(band[run]) + MIX)
            table[piece, 1] = min(table[piece, 1], first[run])
            table[piece, 3] += last[run] - first[run]
            table[piece, 4] += hours[run]
            cells = (np.uint64(row) << np.uint64(40)) | (np.uint64(first[run]) << np.uint64(20)) | np.uint64(last[run])
            keys[piece] += _scattered((cells + np.uint64(1)) * MIX)
    return table, keys


@njit(cache=True, nogil=True)
def _ones(word: np.uint64) -> np.uint64:
    word = word - ((word >> np.uint64(1)) & ODD)
    word = (word & PAIRS) + ((word >> np.uint64(2)) & PAIRS)
    word = (word + (word >> np.uint64(4))) & NIBBLES
    return (word * BYTES) >> np.uint64(56)


@njit(cache=True, nogil=True)
def _open_cells(start: Ints, first: Ints, last: Ints, piece: Ints, opens: Bits, count: int) -> Ints:
    """How many cells of each piece lie open in each class of hours; `piece` is -1 for runs of none."""
    found = np.zeros((count, len(opens)), np.int64)
    for row in range(len(start) - 1):
        for run in range(start[row], start[row + 1]):
            if piece[run] < 0:
                continue
            low, high = first[run], last[run] - 1
            for word in range(low // WORD, high // WORD + 1):
                mask = FULL
                if word == low // WORD:
                    mask &= FULL << np.uint64(low % WORD)
                if word == high // WORD:
                    mask &= FULL >> np.uint64(WORD - 1 - high % WORD)
                for number in range(len(opens)):
                    found[piece[run], number] += _ones(opens[number, row, word] & mask)
    return found


@njit(cache=True, nogil=True)
def settle(
    covered: Bits, unknown: Bits, area: Bits, number: int, row0: int, rows: int, word0: int, words: int, opens: Bits
) -> Ints:
    """Bring the open ground of a class of hours up to date in a window.

    Returns cells of the area in that window: open, unknown, covered by all, then covered by each party.
    """
    parties = len(covered)
    found = np.zeros(parties + 3, np.int64)
    for row in range(row0, row0 + rows):
        for word in range(word0, word0 + words):
            ground = area[row, word]
            if ground == 0:
                continue
            anyone, everyone, maybe = np.uint64(0), ground, np.uint64(0)
            for party in range(parties):
                one = covered[party, number, row, word]
                anyone |= one
                everyone &= one
                maybe |= unknown[party, number, row, word]
                found[3 + party] += _ones(one & ground)
            unsure = maybe & ~anyone & ground
            free = ground & ~(anyone | unsure)
            opens[number, row, word] = free
            found[0] += _ones(free)
            found[1] += _ones(unsure)
            found[2] += _ones(everyone)
    return found


@njit(cache=True, nogil=True)
def count_hours(
    opens: Bits, weights: Ints, row0: int, rows: int, word0: int, words: int, week: NDArray[np.uint8]
) -> None:
    """Bring the hours that the cells of a window lie open up to date; `weights` are the hours of each class."""
    cols = week.shape[1]
    for row in range(row0, row0 + rows):
        for word in range(word0, word0 + words):
            left, right = word * WORD, min(cols, (word + 1) * WORD)
            every = 0
            week[row, left:right] = 0
            for number in range(len(opens)):
                free = opens[number, row, word]
                if free == FULL:
                    every += weights[number]
                elif free != 0:
                    for bit in range(right - left):
                        week[row, left + bit] += np.uint8(
                            np.int64((free >> np.uint64(bit)) & np.uint64(1)) * weights[number]
                        )
            if every:
                for col in range(left, right):
                    week[row, col] += np.uint8(every)
