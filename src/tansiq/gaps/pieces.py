"""Open ground parted into its pieces again and again: rows that did not change are not looked at twice.

The pieces are those of `openings.find`, without outline and depth: what a what-if shows while a post is dragged.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import runs as row_runs
from tansiq.gaps.bits import WORD, Bits
from tansiq.gaps.openings import BANDS, MOST
from tansiq.gaps.runs import FULL, Runs, ones
from tansiq.kernels import njit

Ints = NDArray[np.int64]

MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Steele and others 2014 (SplitMix): this odd constant and the two below scatter a counter over all 64 bits."""
MIX_ONE: Final = np.uint64(0xBF58476D1CE4E5B9)
MIX_TWO: Final = np.uint64(0x94D049BB133111EB)


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


def renewed(runs: Runs, week: NDArray[np.uint8], row0: int, rows: int) -> Runs:
    """The runs of uint8[rows, cols], the hours that cells lie open, where only `rows` rows from `row0` on changed."""
    before, after = np.searchsorted(runs.row, [row0, row0 + rows]).tolist()
    fresh = row_runs.of_week(week[row0 : row0 + rows], row0)
    return Runs(
        *(
            np.concatenate([getattr(runs, name)[:before], getattr(fresh, name), getattr(runs, name)[after:]])
            for name in Runs.__struct_fields__
        )
    )


def pieces_of(runs: Runs, opens: Bits, smallest: float) -> Pieces:
    """The pieces with at least `smallest` cells. `opens` is uint64[classes, rows, words] of open ground."""
    roots, label = np.unique(row_runs.roots(runs.row, runs.col0, runs.col1, runs.band), return_inverse=True)
    count = len(roots)
    cells = np.bincount(label, weights=runs.cells, minlength=count).astype(np.int64)
    hours = np.bincount(label, weights=runs.hours, minlength=count).astype(np.int64)
    col0 = np.full(count, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(col0, label, runs.col0)
    row0, band = runs.row[roots], runs.band[roots]
    large = np.flatnonzero(cells >= smallest)
    kept = large[np.lexsort((band[large], col0[large], row0[large], -hours[large]))][:MOST]
    place = np.full(count, -1, np.int64)
    place[kept] = np.arange(len(kept))
    counts = np.zeros((len(opens), len(kept)), np.int64)
    for number, opened in enumerate(opens):
        row_runs.count_open(opened, 0, runs.row, runs.col0, runs.col1, place[label], counts[number])
    keys = _keys(runs.row, runs.col0, runs.col1, runs.band, label, count)
    found = [
        Piece(
            f"{keys[one]:016x}",
            BANDS[band[one]],
            int(row0[one]),
            int(col0[one]),
            int(cells[one]),
            int(hours[one]),
            tuple(counts[:, at].tolist()),
        )
        for at, one in enumerate(kept.tolist())
    ]
    return Pieces(found, count - len(kept), int(hours.sum() - hours[kept].sum()))


@njit(cache=True, nogil=True)
def _scattered(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * MIX_ONE
    value = (value ^ (value >> np.uint64(27))) * MIX_TWO
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _keys(
    row: NDArray[np.int32],
    col0: NDArray[np.int32],
    col1: NDArray[np.int32],
    band: NDArray[np.uint8],
    label: Ints,
    count: int,
) -> NDArray[np.uint64]:
    """A hash of the cells and the band of each piece."""
    keys = np.zeros(count, np.uint64)
    for run in range(len(row)):
        cells = (np.uint64(row[run]) << np.uint64(40)) | (np.uint64(col0[run]) << np.uint64(20)) | np.uint64(col1[run])
        keys[label[run]] += _scattered((cells + np.uint64(1)) * MIX + np.uint64(band[run]))
    return keys


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
                found[3 + party] += ones(one & ground)
            unsure = maybe & ~anyone & ground
            free = ground & ~(anyone | unsure)
            opens[number, row, word] = free
            found[0] += ones(free)
            found[1] += ones(unsure)
            found[2] += ones(everyone)
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
