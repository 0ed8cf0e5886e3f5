"""Blocks of open ground and what footprints fill of them are what masks say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nodes import refused
from tansiq.gaps import bits, demand, siting
from tansiq.gaps.sight import Footprint


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 40), st.integers(1, 150), st.integers(1, 20))
def test_blocks_and_cover_are_what_masks_say(data: st.DataObject, rows: int, cols: int, side: int) -> None:
    ground = data.draw(arrays.arrays(bool, (rows, cols)))
    seen = data.draw(arrays.arrays(bool, (rows, cols)))
    top = data.draw(st.integers(0, rows - 1))
    word = data.draw(st.integers(0, bits.words(cols) - 1))
    seen[:top] = False
    seen[:, : word * bits.WORD] = False
    prints = [Footprint(0, 0, bits.empty(rows, cols)), Footprint(top, word, bits.pack(seen)[top:, word:])]
    found = demand.gather(bits.pack(ground), cols, side)
    cover = demand.cover(found, bits.pack(ground), prints)
    assert found.room.sum() == ground.sum()
    assert cover.starts[1] == 0
    assert cover.parts.sum() == (ground & seen).sum()
    for block, parts in zip(cover.cells, cover.parts, strict=True):
        part = np.s_[
            found.rows[block] * side : (found.rows[block] + 1) * side,
            found.cols[block] * side : (found.cols[block] + 1) * side,
        ]
        assert parts == (ground & seen)[part].sum()
        assert found.room[block] == ground[part].sum()


def test_the_value_of_a_choice_is_never_below_what_the_union_of_its_footprints_covers() -> None:
    chance = np.random.default_rng(6)
    ground = chance.random((64, 200)) < 0.7
    seen = [np.kron(chance.random((8, 25)) < 0.3, np.ones((8, 8), bool)) for _ in range(12)]
    prints = [Footprint(0, 0, bits.pack(one)) for one in seen]
    found = demand.gather(bits.pack(ground), 200, 20)
    one = siting.Problem(
        demand.cover(found, bits.pack(ground), prints),
        found.room,
        np.ones(len(found.room), np.int64),
        np.ones(12, np.int64),
        np.zeros(12, np.int32),
        siting.Rules(4),
    )
    choice = siting.choose(one)
    union = np.any([seen[site] for site in choice.sites], axis=0) & ground
    assert union.sum() <= choice.value <= choice.bound <= ground.sum()


def test_a_side_that_cannot_be_is_refused() -> None:
    for side in (0, 65):
        with refused("siting.side"):
            demand.gather(bits.full(4, 4), 4, side)
