"""Bitmaps of ground: one bit a cell, 64 cells a word, so that unions of a thousand posts run at memory speed.

`uint64[rows, words]` with `words = ceil(cols / 64)`; bit j of word k is column 64 k + j, and bits beyond the last
column are 0.
"""

from __future__ import annotations

import sys
from typing import Final

import numpy as np
from numpy.typing import NDArray

WORD: Final = 64

Bits = NDArray[np.uint64]
Mask = NDArray[np.bool_]


def words(cols: int) -> int:
    """How many words a row of `cols` cells takes."""
    return -(-cols // WORD)


def empty(rows: int, cols: int) -> Bits:
    """No cell set."""
    return np.zeros((rows, words(cols)), np.uint64)


def pack(mask: Mask) -> Bits:
    """The bitmap of bool[rows, cols]."""
    rows, cols = mask.shape
    packed = np.zeros((rows, words(cols) * (WORD // 8)), np.uint8)
    packed[:, : -(-cols // 8)] = np.packbits(mask, axis=1, bitorder="little")
    found = packed.view(np.uint64)
    return found if sys.byteorder == "little" else found.byteswap()


def unpack(bits: Bits, cols: int) -> Mask:
    """bool[rows, cols] of a bitmap."""
    plain = np.ascontiguousarray(bits if sys.byteorder == "little" else bits.byteswap())
    return np.unpackbits(plain.view(np.uint8), axis=1, count=cols, bitorder="little").astype(bool)


def count(bits: Bits) -> int:
    """How many cells are set."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def full(rows: int, cols: int) -> Bits:
    """Every cell set, and no bit beyond the last column."""
    row = np.full(words(cols), np.uint64(0xFFFFFFFFFFFFFFFF))
    if cols % WORD:
        row[-1] = np.uint64((1 << (cols % WORD)) - 1)
    return np.tile(row, (rows, 1))


def holds(bits: Bits, cols: int, row: NDArray[np.int64], col: NDArray[np.int64]) -> Mask:
    """Which of these cells are set; those outside of the bitmap are not."""
    inside = (row >= 0) & (row < len(bits)) & (col >= 0) & (col < cols)
    at_row, at_col = np.where(inside, row, 0), np.where(inside, col, 0)
    word = bits[at_row, at_col // WORD] >> (at_col % WORD).astype(np.uint64)
    return np.asarray(inside & (word & np.uint64(1)).astype(bool))
