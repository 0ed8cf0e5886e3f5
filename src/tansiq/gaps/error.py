"""Sight under elevation error: in how many of some tens of possible grounds a cell is seen.

An elevation model is one of many grounds that its makers' accuracy allows. Copernicus GLO-30 states 90 % of the
differences between two points of a tile below 4 m where slopes exceed 20 % (Product Handbook, relative vertical
accuracy), which is 4 / 1.645 / √2 = 1.7 m for one point; a shift of the whole tile changes no sight. How far errors
hang together is not stated; 150 m, five cells, is our assumption and a parameter.

Noise is drawn by a counter: every cell of the frame hashes its own number, so two nodes, or two windows of one frame,
draw the same ground. Sums are of integers and the one scaling is IEEE double, so every machine gets the same bits.
"""

from __future__ import annotations

import math
from threading import Lock
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import overlay, sight
from tansiq.gaps.bits import Bits, empty
from tansiq.gaps.sight import Footprint, Heights, Posts
from tansiq.kernels import njit

MAX_DRAWS: Final = 1000
MAX_SIGMA: Final = 1000
MAX_HALF: Final = 9
"""Of the filter's box: what keeps sums within 32 bits."""

VARIANCE: Final = 16.0
"""Of the bits that are set among 64."""

PERCENT: Final = 100

Sums = NDArray[np.int32]


class Error(Struct, frozen=True):
    """Gaussian error of standard deviation `sigma_m` whose correlation falls to 1/e at `length_m`; so many draws."""

    sigma_m: float = 1.7
    length_m: float = 150.0
    draws: int = 40
    seed: int = 0


class Chance(Struct, frozen=True):
    """How probable sight is: `percent` uint8[rows, cols]; `unknown` where voids leave a draw open, None if nowhere."""

    percent: NDArray[np.uint8]
    unknown: Bits | None


def probability(
    terrain: Heights,
    cell: float,
    posts: Posts,
    error: Error,
    *,
    target_m: float,
    refraction: float = sight.REFRACTION,
    origin: tuple[int, int] = (0, 0),
    threads: int | None = None,
) -> Chance:
    """The percentage of draws in which some post sees a cell.

    `terrain` is float32[rows, cols] (m), NaN where unknown; `origin` its first row and column in the frame whose cells
    number the noise. Raises MalformedInput like `sight.footprints`, and `chance.draws`, `chance.sigma` or
    `chance.length` for an error model out of bounds.
    """
    if not 1 <= error.draws <= MAX_DRAWS:
        raise MalformedInput("chance.draws", draws=error.draws, limit=MAX_DRAWS)
    half_of(error, cell)
    rows, cols = terrain.shape
    radii = sight.radii_of((rows, cols), cell, posts)
    planes = overlay.planes_for(error.draws.bit_length(), rows, cols)
    doubts = empty(rows, cols)
    if len(radii):
        top, bottom = max(0, int((posts.rows - radii).min())), min(rows, int((posts.rows + radii).max()) + 1)
        left, right = max(0, int((posts.cols - radii).min())), min(cols, int((posts.cols + radii).max()) + 1)
        # whole words, so that what is found in the part lies as it is in the whole
        left -= left % 64
        part = terrain[top:bottom, left:right]
        shifted = Posts(posts.rows - np.int32(top), posts.cols - np.int32(left), posts.height_m, posts.range_m)
        turn = Lock()

        def draw(number: int) -> None:
            ground = part + noise(error, cell, number, (origin[0] + top, origin[1] + left), part.shape)
            prints = sight.footprints(
                sight.ready(ground), cell, shifted, target_m=target_m, refraction=refraction, threads=1
            )
            seen = sight.union(prints, *part.shape)
            open_ones = [Footprint(one.row0, one.word0, one.unknown) for one in prints if one.unknown is not None]
            doubt = sight.union(open_ones, *part.shape) & ~seen
            with turn:
                overlay.add(planes, top, left // 64, seen)
                doubts[top:bottom, left // 64 : left // 64 + seen.shape[1]] |= doubt

        overlay.spread(draw, error.draws, threads)
    seen = overlay.read(planes, rows, cols).astype(np.uint32)
    percent = ((seen * PERCENT + error.draws // 2) // error.draws).astype(np.uint8)
    return Chance(percent, doubts if doubts.any() else None)


def half_of(error: Error, cell: float) -> int:
    """Half the width (cells) of the box that, three times each way, correlates noise over `length_m`.

    A box of w cells three times has variance (w² - 1) / 4 and correlates as a Gaussian of twice that, which falls to
    1/e at √(w² - 1) cells.
    """
    if not 0 <= error.sigma_m <= MAX_SIGMA:
        raise MalformedInput("chance.sigma", metres=str(error.sigma_m), limit=MAX_SIGMA)
    longest = MAX_HALF * 2 * cell
    if not 0 <= error.length_m <= longest:
        raise MalformedInput("chance.length", metres=str(error.length_m), limit=round(longest))
    return round((math.sqrt((error.length_m / cell) ** 2 + 1.0) - 1.0) / 2.0)


def noise(error: Error, cell: float, draw: int, origin: tuple[int, int], shape: tuple[int, int]) -> Heights:
    """The error (m) of one draw for the cells from `origin` on: float32[shape]."""
    box = np.ones(2 * half_of(error, cell) + 1, np.int64)
    taps = np.convolve(np.convolve(box, box), box).astype(np.int32)
    scale = error.sigma_m / (math.sqrt(VARIANCE) * float((taps.astype(np.int64) ** 2).sum()))
    # uint64 again: what comes back from compiled code is a Python number, and mixed signs would become floats
    key = np.uint64(_mixed(np.uint64(error.seed % (1 << 64)), np.uint64(draw)))
    return _noise(key, origin[0], origin[1], shape[0], shape[1], taps, scale)


@njit(cache=True, nogil=True, inline="always")
def _mixed(key: np.uint64, number: np.uint64) -> np.uint64:
    """Sixty-four bits of a key and a number (the finaliser of SplitMix64, Steele et al. 2014, over a Weyl step)."""
    value = key + (number + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _noise(key: np.uint64, row0: int, col0: int, rows: int, cols: int, taps: Sums, scale: float) -> Heights:
    width = len(taps)
    half = width // 2
    white = np.empty(cols + width - 1, np.int32)
    level = np.zeros((rows + width - 1, cols), np.int32)
    for row in range(rows + width - 1):
        line = _mixed(key, np.uint64(row0 - half + row))
        for col in range(cols + width - 1):
            white[col] = _ones(_mixed(line, np.uint64(col0 - half + col))) - 32
        for tap in range(width):
            weight = taps[tap]
            for col in range(cols):
                level[row, col] += weight * white[col + tap]
    out = np.empty((rows, cols), np.float32)
    total = np.empty(cols, np.int32)
    for row in range(rows):
        total[:] = 0
        for tap in range(width):
            weight = taps[tap]
            for col in range(cols):
                total[col] += weight * level[row + tap, col]
        for col in range(cols):
            out[row, col] = np.float32(total[col] * scale)
    return out


@njit(cache=True, nogil=True, inline="always")
def _ones(value: np.uint64) -> np.int32:
    """How many bits are set (Warren, Hacker's Delight, 5-1)."""
    value -= (value >> np.uint64(1)) & np.uint64(0x5555555555555555)
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int32((value * np.uint64(0x0101010101010101)) >> np.uint64(56))
