"""Rays: against the rule written out in whole numbers and fractions, and turned and mirrored with the ground."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tansiq.gaps import exact

from .footprints import CELL, mask, posts
from .terrain import rough

Heights = NDArray[np.float32]
EYE, TARGET = 5, 2


def between(terrain: Heights, down: bool, at: int, crossing: Fraction) -> Fraction:
    """The ground where a ray crosses a line of cell middles: by a straight line between the two beside it."""
    low = crossing.numerator // crossing.denominator
    part = crossing - low

    def height(other: int) -> Fraction:
        return Fraction(int(terrain[at, other] if down else terrain[other, at]))

    return height(low) if part == 0 else height(low) * (1 - part) + height(low + 1) * part


def seen_by_fractions(terrain: Heights, row: int, col: int) -> NDArray[np.int8]:
    """1 for seen, 0 for not, -1 where the ray grazes the ground: flat earth, whole metres, no rounding anywhere."""
    found = np.ones(terrain.shape, np.int8)
    eye = Fraction(int(terrain[row, col]) + EYE)
    for y, x in np.ndindex(*terrain.shape):
        steps = max(abs(y - row), abs(x - col))
        rise = Fraction(int(terrain[y, x]) + TARGET) - eye
        down = abs(y - row) > abs(x - col)
        for step in range(1, steps):
            part = Fraction(step, steps)
            at_y, at_x = row + (y - row) * part, col + (x - col) * part
            ground = between(terrain, True, int(at_y), at_x) if down else between(terrain, False, int(at_x), at_y)
            above = eye + rise * part - ground
            if above < 0:
                found[y, x] = 0
            elif above == 0 and found[y, x]:
                found[y, x] = -1
    return found


def seen(terrain: Heights, row: int, col: int, refraction: float = 1.0) -> NDArray[np.bool_]:
    """What a post sees by rays; with all of the earth's curve refracted away the ground is flat."""
    one = posts((row, col), height=EYE, reach=5000.0)
    return mask(exact.footprints(terrain, CELL, one, target_m=TARGET, refraction=refraction)[0], terrain.shape)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 19), st.integers(2, 23), st.integers(0, 10_000), st.sampled_from([3, 12, 60]), st.data())
def test_rays_see_what_the_rule_says_without_any_rounding(
    rows: int, cols: int, seed: int, relief: int, data: st.DataObject
) -> None:
    terrain = np.random.default_rng(seed).integers(0, relief, (rows, cols)).astype(np.float32)
    row, col = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, cols - 1))
    wanted = seen_by_fractions(terrain, row, col)
    sure = wanted >= 0
    assert (seen(terrain, row, col)[sure] == (wanted == 1)[sure]).all()


@pytest.mark.parametrize("seed", range(6))
def test_rays_turn_and_mirror_with_the_ground(seed: int) -> None:
    terrain = rough(40, 55, seed, 150.0)
    row, col = (int(place) for place in np.random.default_rng(seed).integers(0, 40, 2))
    plain = seen(terrain, row, col, 0.13)
    assert plain.any()
    assert not plain.all()
    assert (seen(terrain[::-1].copy(), 39 - row, col, 0.13) == plain[::-1]).all()
    assert (seen(terrain[:, ::-1].copy(), row, 54 - col, 0.13) == plain[:, ::-1]).all()
    assert (seen(terrain.T.copy(), col, row, 0.13) == plain.T).all()
    assert (seen(np.rot90(terrain).copy(), 54 - col, row, 0.13) == np.rot90(plain)).all()
