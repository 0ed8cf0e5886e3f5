"""The kernel of sight: XDraw (Franklin, Ray and Mehta 1994) in four quadrants, sixteen cells a step, verdicts as bits.

The horizon moves outward row by row, interpolated between the two nearest cells of the row before. Up and down run on
the ground as it lies; left and right on its transpose, and their bitmaps are turned in squares of 64 by 64 bits.

Rows of the ground are padded to whole words (`sheet`), so a step may run over the edge of the cone or of the frame:
what it computes there is masked, and nothing inside depends on it, since the horizon moves away from the column.
"""

from __future__ import annotations

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps.bits import WORD, Bits, words
from tansiq.gaps.lanes import LANES, advance_left, advance_middle, advance_right
from tansiq.kernels import njit

Heights = NDArray[np.float32]
Ints = NDArray[np.int64]
Halves = NDArray[np.uint16]

PER_WORD: Final = WORD // LANES
AHEAD: Final = 6
"""How many rows ahead the ground is asked for: what memory takes longer than a row's arithmetic."""
FLIP: Final = 0 if sys.byteorder == "little" else PER_WORD - 1
"""Where in a word its first sixteen cells stand."""


def sheet(ground: Heights) -> Heights:
    """float32[rows, cols] laid out for the kernel: rows padded with zeros to whole words."""
    rows, cols = ground.shape
    laid = np.zeros((rows, words(cols) * WORD), np.float32)
    laid[:, :cols] = ground
    return laid


def windows(rows: int, cols: int, row: Ints, col: Ints, radius: Ints) -> Ints:
    """Of every post its window in the frame: first row, rows, first word, words and first word in the flat answer."""
    row0, row1 = np.maximum(0, row - radius), np.minimum(rows, row + radius + 1)
    word0, word1 = np.maximum(0, (col - radius) // WORD), np.minimum(cols - 1, col + radius) // WORD + 1
    sizes = (row1 - row0) * (word1 - word0)
    return np.stack((row0, row1 - row0, word0, word1 - word0, np.cumsum(sizes) - sizes), axis=1)


@njit(cache=True, nogil=True)
def sweep(
    heights: Heights,
    transposed: Heights,
    cols: int,
    places: Ints,
    eyes: Heights,
    frames: Ints,
    coefficient: np.float32,
    target: np.float32,
    chosen: Ints,
    found: Bits,
) -> None:
    """The bitmaps of the posts `chosen` into `found`.

    `heights` and `transposed` are sheets of a ground of `cols` columns; `places` int64[posts, 3] holds row, column and
    radius in cells, `eyes` the eye above ground (m), `frames` the windows of all posts, `coefficient` the fall (m) of
    the earth at one cell's distance. `found` is zero where these posts write.
    """
    rows = heights.shape[0]
    largest = 0
    for number in chosen:
        largest = max(largest, places[number, 2])
    reach = largest + WORD + LANES
    aside = np.empty(2 * reach + 1, np.float32)
    drop = np.empty(2 * reach + 1, np.float32)
    for place in range(2 * reach + 1):
        distance = abs(place - reach)
        aside[place] = np.float32(distance)
        drop[place] = coefficient * np.float32(distance * distance)
    limits = np.zeros(largest + 1, np.int64)
    room = (2 * largest) // WORD + 2
    horizon = np.zeros(room * WORD + 2 * LANES, np.float32)
    sideways = np.empty((room * WORD) * room, np.uint64)
    block = np.empty(WORD, np.uint64)
    known = -1
    for number in chosen:
        row, col, radius = places[number, 0], places[number, 1], places[number, 2]
        row0, height, word0, width, start = frames[number]
        if radius != known:
            known = radius
            for distance in range(radius + 1):
                half = int(np.sqrt(float(radius * radius - distance * distance)))
                limits[distance] = min(distance, half)
        eye = heights[row, col] + eyes[number]
        out = found[start : start + height * width]
        for step in (-1, 1):
            _quadrant(
                heights.reshape(-1), heights.shape[1], rows, cols, row, col, step, radius, limits, eye, target,
                coefficient, aside, drop, reach, horizon, out.view(np.uint16), row0, word0, width,
            )  # fmt: skip
        out[(row - row0) * width + col // WORD - word0] |= np.uint64(1) << np.uint64(col % WORD)
        part0 = max(0, row - radius) // WORD
        parts = min(rows - 1, row + radius) // WORD + 1 - part0
        turned = sideways[: width * WORD * parts]
        turned[:] = 0
        for step in (-1, 1):
            _quadrant(
                transposed.reshape(-1), transposed.shape[1], cols, rows, col, row, step, radius, limits, eye, target,
                coefficient, aside, drop, reach, horizon, turned.view(np.uint16), word0 * WORD, part0, parts,
            )  # fmt: skip
        _turn(turned, parts, part0 * WORD - row0, height, width, block, out)


@njit(cache=True, nogil=True, inline="always")
def _quadrant(
    ground: Heights,
    stride: int,
    rows: int,
    cols: int,
    row: int,
    col: int,
    step: int,
    radius: int,
    limits: Ints,
    eye: np.float32,
    target: np.float32,
    coefficient: np.float32,
    aside: Heights,
    drop: Heights,
    reach: int,
    horizon: Heights,
    out: Halves,
    row0: int,
    word0: int,
    width: int,
) -> None:
    """One quadrant: rows outward from (row, col) in direction `step`, sideways at most as far as outward.

    `aside[reach + k]` is |k|, `drop[reach + k]` what curvature lowers a cell k aside; `limits` how far aside the disc
    reaches at each distance. Places count columns from word `word0`; `horizon` has `LANES` more at either end. `out`
    holds `width` words a row from row `row0` on. Rows and columns outside of the frame are passed over.
    """
    origin = word0 * WORD
    middle = col - origin
    edge = cols - 1 - origin
    ahead = AHEAD * step * stride
    for distance in range(1, radius + 1):
        at = row + step * distance
        if at < 0 or at >= rows:
            break
        limit = limits[distance]
        low, high = max(0, middle - limit), min(edge, middle + limit)
        line = at * stride + origin
        verdicts = (at - row0) * width * PER_WORD
        base = eye + coefficient * np.float32(distance * distance)
        if distance == 1:
            for place in range(low, high + 1):
                horizon[LANES + place] = ground[line + place] - base - drop[reach + place - middle]
                half = (place // LANES) ^ FLIP
                out[verdicts + half] |= np.uint16(1 << (place % LANES))
            continue
        inverse = np.float32(1.0) / np.float32(distance)
        if limit == distance:
            # the outermost cell of the cone has one neighbour only: the copy makes it both
            if middle - distance >= 0:
                horizon[LANES + middle - distance] = horizon[LANES + middle - distance + 1]
            if middle + distance <= edge:
                horizon[LANES + middle + distance] = horizon[LANES + middle + distance - 1]
        first, centre, last = low // LANES, middle // LANES, high // LANES
        table = reach - middle
        # away from the column first, since each step reads its neighbour's horizon of the row before
        for chunk in range(first, centre):
            place = chunk * LANES
            out[verdicts + (chunk ^ FLIP)] = advance_left(
                ground,
                line + place,
                horizon,
                LANES + place,
                aside,
                drop,
                table + place,
                0,
                inverse,
                base,
                target,
                ahead,
            )
        for chunk in range(last, centre, -1):
            place = chunk * LANES
            out[verdicts + (chunk ^ FLIP)] = advance_right(
                ground,
                line + place,
                horizon,
                LANES + place,
                aside,
                drop,
                table + place,
                0,
                inverse,
                base,
                target,
                ahead,
            )
        place = centre * LANES
        out[verdicts + (centre ^ FLIP)] = advance_middle(
            ground, line + place, horizon, LANES + place, aside, drop, table + place, middle - place,
            inverse, base, target, ahead,
        )  # fmt: skip
        out[verdicts + (first ^ FLIP)] &= np.uint16(0xFFFF << (low % LANES))
        out[verdicts + (last ^ FLIP)] &= np.uint16(0xFFFF >> (LANES - 1 - high % LANES))


@njit(cache=True, nogil=True, inline="always")
def _turn(turned: Bits, parts: int, shift: int, height: int, width: int, block: Bits, out: Bits) -> None:
    """Add to `out` the bitmap `turned` of the transposed window, whose first column is row `shift` of the window."""
    for word in range(width):
        for part in range(parts):
            some = np.uint64(0)
            for line in range(WORD):
                value = turned[(word * WORD + line) * parts + part]
                block[line] = value
                some |= value
            if some == 0:
                continue
            _turn_block(block)
            top = shift + part * WORD
            for line in range(max(0, -top), min(WORD, height - top)):
                out[(top + line) * width + word] |= block[line]


@njit(cache=True, nogil=True, inline="always")
def _turn_block(block: Bits) -> None:
    """A square of 64 by 64 bits along its diagonal (Warren, Hacker's Delight, 7-3)."""
    size = 32
    keep = np.uint64(0x00000000FFFFFFFF)
    while size:
        for start in range(0, WORD, 2 * size):
            for at in range(start, start + size):
                swap = ((block[at] >> np.uint64(size)) ^ block[at + size]) & keep
                block[at] ^= swap << np.uint64(size)
                block[at + size] ^= swap
        size >>= 1
        keep ^= keep << np.uint64(size)
