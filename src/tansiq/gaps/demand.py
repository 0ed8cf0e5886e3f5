"""Open ground as demand for sites: fine cells gathered into blocks of some hundred metres, cover as counts of bits.

Twenty million cells must not be the demand of a covering problem. A block of open ground has as many parts as it has
open cells; a footprint fills as many of them as it sees. Blocks without open ground are left out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.bits import WORD, Bits
from tansiq.gaps.sight import Footprint
from tansiq.gaps.siting import Cover
from tansiq.kernels import njit

Ints = NDArray[np.int64]


class Demand(Struct, frozen=True):
    """Blocks of `side` × `side` cells that hold open ground: row and column of each block, its open cells.

    `place[row, col]` is the number of a block, -1 where it holds no open ground.
    """

    side: int
    rows: Ints
    cols: Ints
    room: Ints
    place: Ints


def gather(open_ground: Bits, cols: int, side: int) -> Demand:
    """The demand of open ground (bitmap of `cols` columns) in blocks of `side` cells.

    Raises MalformedInput `siting.side` for a side that is not from 1 to 64 cells.
    """
    if not 1 <= side <= WORD:
        raise MalformedInput("siting.side", side=side, limit=WORD)
    shape = (-(-open_ground.shape[0] // side), -(-cols // side))
    counts = np.zeros(shape, np.int64)
    _count(open_ground, open_ground, 0, 0, side, counts)
    rows, columns = np.nonzero(counts)
    place = np.full(shape, -1, np.int64)
    place[rows, columns] = np.arange(len(rows))
    return Demand(side, rows, columns, counts[rows, columns], place)


def cover(demand: Demand, open_ground: Bits, prints: Sequence[Footprint]) -> Cover:
    """What each footprint sees of the open ground, by blocks."""
    starts = np.zeros(len(prints) + 1, np.int64)
    cells, parts = [], []
    counts = np.zeros(demand.place.shape, np.int64)
    for number, one in enumerate(prints):
        _count(open_ground, one.seen, one.row0, one.word0, demand.side, counts)
        top, bottom = one.row0 // demand.side, (one.row0 + one.seen.shape[0] - 1) // demand.side + 1
        window = counts[top:bottom]
        rows, cols = np.nonzero(window)
        cells.append(demand.place[rows + top, cols])
        parts.append(window[rows, cols])
        starts[number + 1] = starts[number] + len(rows)
        window[:] = 0
    none = np.zeros(0, np.int64)
    return Cover(
        starts, np.concatenate([none, *cells]).astype(np.int32), np.concatenate([none, *parts]).astype(np.int32)
    )


@njit(cache=True, nogil=True)
def _count(ground: Bits, seen: Bits, row0: int, word0: int, side: int, counts: Ints) -> None:
    """Add to each block the bits that are set in the ground and, from (row0, word0) on, in the footprint."""
    for row in range(seen.shape[0]):
        block = (row0 + row) // side
        for word in range(seen.shape[1]):
            left = seen[row, word] & ground[row0 + row, word0 + word]
            col = (word0 + word) * WORD
            while left:
                step = np.uint64(0)
                # to the lowest set bit: halves, because the compiler has no name for counting zeros here
                for width in (32, 16, 8, 4, 2, 1):
                    low = (np.uint64(1) << np.uint64(width)) - np.uint64(1)
                    if not (left >> step) & low:
                        step += np.uint64(width)
                counts[block, (col + np.int64(step)) // side] += 1
                left &= left - np.uint64(1)
