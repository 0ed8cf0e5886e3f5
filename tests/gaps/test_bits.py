"""Bitmaps say just what their masks say."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tansiq.gaps import bits

masks = arrays.arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 200)))


@given(masks)
def test_a_mask_comes_back_from_its_bitmap(mask: bits.Mask) -> None:
    packed = bits.pack(mask)
    assert packed.shape == (mask.shape[0], bits.words(mask.shape[1]))
    assert (bits.unpack(packed, mask.shape[1]) == mask).all()
    assert bits.count(packed) == mask.sum()


@given(masks, st.data())
def test_a_union_of_bitmaps_is_the_bitmap_of_the_union(mask: bits.Mask, data: st.DataObject) -> None:
    other = data.draw(arrays.arrays(bool, mask.shape))
    assert (bits.pack(mask) | bits.pack(other) == bits.pack(mask | other)).all()


@given(st.integers(1, 4), st.integers(1, 300))
def test_full_and_empty_are_all_and_none(rows: int, cols: int) -> None:
    assert bits.count(bits.full(rows, cols)) == rows * cols
    assert bits.count(bits.empty(rows, cols)) == 0
    assert (bits.full(rows, cols) == bits.pack(np.ones((rows, cols), bool))).all()


@given(masks, st.integers(0, 2**32 - 1))
def test_single_cells_are_asked_for_without_unpacking_and_none_lies_outside(mask: bits.Mask, seed: int) -> None:
    rows, cols = np.random.default_rng(seed).integers(-3, np.array(mask.shape)[:, None] + 3, (2, 40))
    inside = (rows >= 0) & (rows < mask.shape[0]) & (cols >= 0) & (cols < mask.shape[1])
    found = bits.holds(bits.pack(mask), mask.shape[1], rows, cols)
    assert not found[~inside].any()
    assert (found[inside] == mask[rows[inside], cols[inside]]).all()
