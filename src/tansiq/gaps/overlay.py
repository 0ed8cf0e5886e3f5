"""Many bitmaps laid over each other: their union, how many of them hold a cell, and both for every hour of the week.

A set of windows is one flat array of words and a row for each window: `frames` int64[n, 5] as in `xdraw.windows` (first
row, rows, first word, words, where it begins in the flat array). Work goes by tiles that stay in the cache; a tile
belongs to one thread, so the order of threads changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps.bits import WORD, Bits, words
from tansiq.gaps.lanes import add_words, read_counts, take_words, unite_words
from tansiq.kernels import njit

Ints = NDArray[np.int64]
Planes = NDArray[np.uint64]

TILE_ROWS: Final = 64
TILE_WORDS: Final = 32
OCTET: Final = 8
HALF: Final = 32
BAND: Final = 16


def spread(work: Callable[[int], None], pieces: int, threads: int | None) -> None:
    """Do `work` for 0 to `pieces` - 1; the kernels let go of the interpreter, so plain threads are enough."""
    teams = max(1, min(threads or os.cpu_count() or 1, pieces))
    if teams == 1:
        for piece in range(pieces):
            work(piece)
        return
    with ThreadPoolExecutor(teams) as pool:
        list(pool.map(work, range(pieces)))


def union(bits: Bits, frames: Ints, rows: int, cols: int) -> Bits:
    """The cells that any window holds, as a bitmap of the whole frame."""
    out = np.zeros((rows, words(cols)), np.uint64)
    _unite(bits, frames, out)
    return out


def counts(bits: Bits, frames: Ints, rows: int, cols: int, threads: int | None = None) -> NDArray[np.uint16]:
    """How many windows hold each cell: uint16[rows, cols]."""
    out = np.empty((rows, cols), np.uint16)
    digits = max(1, len(frames).bit_length())
    spread(lambda band: _count_band(bits, frames, digits, band * TILE_ROWS, out), -(-rows // TILE_ROWS), threads)
    return out


def by_class(
    bits: Bits, frames: Ints, groups: Ints, active: NDArray[np.bool_], rows: int, cols: int, threads: int | None = None
) -> Bits:
    """The union of the active windows for every class of hours: uint64[classes, rows, words].

    `groups` int64[n] is the group of each window, ascending; `active` bool[classes, groups] says which groups are on.
    """
    out = np.empty((len(active), rows, words(cols)), np.uint64)
    spread(lambda band: _unite_band(bits, frames, groups, active, band * BAND, out), -(-rows // BAND), threads)
    return out


@njit(cache=True, nogil=True)
def _unite(bits: Bits, frames: Ints, out: Bits) -> None:
    for number in range(len(frames)):
        row0, height, word0, width, start = frames[number]
        for row in range(height):
            line = out[row0 + row, word0 : word0 + width]
            more = bits[start + row * width : start + (row + 1) * width]
            for word in range(width):
                line[word] |= more[word]


@njit(cache=True, nogil=True)
def _count_band(bits: Bits, frames: Ints, digits: int, top: int, out: NDArray[np.uint16]) -> None:
    """Rows `top` to `top + TILE_ROWS` of the counts, tile by tile."""
    rows, cols = out.shape
    bottom = min(rows, top + TILE_ROWS)
    stride = TILE_WORDS + OCTET
    planes = np.empty(digits * TILE_ROWS * stride, np.uint64)
    piece = np.empty(HALF, np.uint16)
    for left in range(0, -(-cols // WORD), TILE_WORDS):
        right = left + TILE_WORDS
        planes[:] = 0
        for number in range(len(frames)):
            row0, height, word0, width, start = frames[number]
            first, last = max(left, word0), min(right, word0 + width)
            if first >= last:
                continue
            for row in range(max(top, row0), min(bottom, row0 + height)):
                source = start + (row - row0) * width - word0
                at = (row - top) * digits * stride - left
                for word in range(first, last, OCTET):
                    count = min(OCTET, last - word)
                    add_words(planes, at + word, stride, digits, bits, source + word, count)
        flat = out.reshape(-1)
        for row in range(top, bottom):
            for start in range(left * WORD, min(cols, right * WORD), HALF):
                at = (row - top) * digits * stride + start // WORD - left
                if start + HALF <= cols:
                    read_counts(planes, at, stride, digits, np.uint64(start % WORD), flat, row * cols + start)
                else:
                    read_counts(planes, at, stride, digits, np.uint64(start % WORD), piece, 0)
                    out[row, start:] = piece[: cols - start]


@njit(cache=True, nogil=True)
def _gather(
    bits: Bits, frames: Ints, groups: Ints, count: int, top: int, bottom: int, width: int
) -> tuple[Ints, Ints, Ints, Bits]:
    """The union of every group in a band: its first word and the one after its last, where it begins, and the words."""
    left, right = np.full(count, width, np.int64), np.zeros(count, np.int64)
    for number in range(len(frames)):
        row0, height, word0, wide, _ = frames[number]
        if row0 < bottom and row0 + height > top:
            group = groups[number]
            left[group], right[group] = min(left[group], word0), max(right[group], word0 + wide)
    begin = np.zeros(count + 1, np.int64)
    for group in range(count):
        begin[group + 1] = begin[group] + max(0, right[group] - left[group]) * BAND
    held = np.zeros(begin[count], np.uint64)
    for number in range(len(frames)):
        row0, height, word0, wide, start = frames[number]
        group = groups[number]
        for row in range(max(top, row0), min(bottom, row0 + height)):
            at = begin[group] + (row - top) * (right[group] - left[group]) + word0 - left[group]
            source = start + (row - row0) * wide
            for word in range(wide):
                held[at + word] |= bits[source + word]
    return left, right, begin, held


@njit(cache=True, nogil=True)
def _unite_band(
    bits: Bits, frames: Ints, groups: Ints, active: NDArray[np.bool_], top: int, out: NDArray[np.uint64]
) -> None:
    """Rows `top` to `top + BAND` of the union of every class, by way of the union of every group.

    The unions of groups lie as narrow as they are, so that all of them stay in the cache for all classes.
    """
    rows, width = out.shape[1], out.shape[2]
    bottom = min(rows, top + BAND)
    count = active.shape[1]
    left, right, begin, held = _gather(bits, frames, groups, count, top, bottom, width)
    stride = width + OCTET
    part = np.empty(BAND * stride, np.uint64)
    for hours in range(len(active)):
        part[:] = 0
        for group in range(count):
            wide = right[group] - left[group]
            if not active[hours, group] or wide <= 0:
                continue
            for row in range(bottom - top):
                at, source = row * stride + left[group], begin[group] + row * wide
                for word in range(0, wide, OCTET):
                    unite_words(part, at + word, held, source + word, min(OCTET, wide - word))
        for row in range(top, bottom):
            line = out[hours, row]
            for word in range(width):
                line[word] = part[(row - top) * stride + word]


@njit(cache=True, nogil=True)
def disc(row0: int, height: int, word0: int, width: int, row: int, col: int, radius: int) -> Bits:
    """The cells within `radius` of (row, col) in a window of `height` rows and `width` words."""
    out = np.zeros((height, width), np.uint64)
    every = ~np.uint64(0)
    for line in range(height):
        away = row0 + line - row
        if abs(away) > radius:
            continue
        half = int(np.sqrt(float(radius * radius - away * away)))
        low, high = max(0, col - half - word0 * WORD), min(width * WORD - 1, col + half - word0 * WORD)
        for word in range(low // WORD, high // WORD + 1):
            out[line, word] = every
        out[line, low // WORD] &= every << np.uint64(low % WORD)
        out[line, high // WORD] &= every >> np.uint64(WORD - 1 - high % WORD)
    return out


def planes_for(digits: int, rows: int, cols: int) -> Planes:
    """Counts of 0 to 2^digits - 1 for every cell, all 0: uint64[rows and some, digits, words].

    The digits of a row lie side by side: planes a round number of pages apart would fall on the same lines of the
    cache. The spare rows take what a step of eight words runs over the last one.
    """
    width = words(cols)
    return np.zeros((rows + -(-OCTET // width), digits, width), np.uint64)


@njit(cache=True, nogil=True)
def add(planes: Planes, row0: int, word0: int, part: Bits) -> bool:
    """Add a window uint64[h, w] to the counts in `planes`; whether one ran over the last digit."""
    _, digits, width = planes.shape
    over = False
    flat, given = planes.reshape(-1), part.reshape(-1)
    for row in range(part.shape[0]):
        for word in range(0, part.shape[1], OCTET):
            count = min(OCTET, part.shape[1] - word)
            at = (row0 + row) * digits * width + word0 + word
            over |= add_words(flat, at, width, digits, given, row * part.shape[1] + word, count)
    return over


@njit(cache=True, nogil=True)
def take(planes: Planes, row0: int, word0: int, part: Bits) -> bool:
    """Take a window from the counts in `planes`; whether one fell below 0."""
    _, digits, width = planes.shape
    under = False
    flat, given = planes.reshape(-1), part.reshape(-1)
    for row in range(part.shape[0]):
        for word in range(0, part.shape[1], OCTET):
            count = min(OCTET, part.shape[1] - word)
            at = (row0 + row) * digits * width + word0 + word
            under |= take_words(flat, at, width, digits, given, row * part.shape[1] + word, count)
    return under


@njit(cache=True, nogil=True)
def refresh(planes: Planes, row0: int, word0: int, height: int, width: int, held: Bits) -> bool:
    """Bring a window of `held`, the cells whose count is not 0, up to date; whether it was not."""
    digits = planes.shape[1]
    changed = np.uint64(0)
    for row in range(row0, row0 + height):
        for word in range(word0, word0 + width):
            some = planes[row, 0, word]
            for digit in range(1, digits):
                some |= planes[row, digit, word]
            changed |= held[row, word] ^ some
            held[row, word] = some
    return bool(changed != 0)


@njit(cache=True, nogil=True)
def read(planes: Planes, rows: int, cols: int) -> NDArray[np.uint16]:
    """The counts of all cells: uint16[rows, cols]."""
    _, digits, width = planes.shape
    flat = planes.reshape(-1)
    wide = np.empty((rows, width * WORD), np.uint16)
    for row in range(rows):
        for start in range(0, width * WORD, HALF):
            at = row * digits * width + start // WORD
            place = row * width * WORD + start
            read_counts(flat, at, width, digits, np.uint64(start % WORD), wide.reshape(-1), place)
    return wide[:, :cols].copy()
