"""Probability of sight: noise with the figures that it states, the same on every node, and sight at its two ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import bits, error, sight
from tansiq.gaps.error import Error

from .footprints import CELL, disc, posts
from .terrain import rough


def test_noise_has_the_deviation_and_the_length_that_are_stated() -> None:
    model = Error(sigma_m=1.7, length_m=150.0)
    field = error.noise(model, CELL, 3, (0, 0), (900, 900)).astype(float)
    assert abs(field.mean()) < 0.05
    assert abs(field.std() - 1.7) < 0.05
    half = error.half_of(model, CELL)
    length = np.sqrt((2 * half + 1) ** 2 - 1)
    assert abs(length - 5.0) < 0.5
    for along in (field, field.T):
        apart = round(length)
        together = (along[apart:] * along[:-apart]).mean() / field.var()
        assert abs(together - np.exp(-((apart / length) ** 2))) < 0.05
        assert abs((along[4 * apart :] * along[: -4 * apart]).mean() / field.var()) < 0.05


def test_noise_is_gaussian_to_its_tails() -> None:
    field = error.noise(Error(sigma_m=1.0, length_m=60.0), CELL, 0, (0, 0), (700, 700))
    for limit, share in ((1.0, 0.3173), (2.0, 0.0455), (3.0, 0.0027)):
        assert abs((np.abs(field) > limit).mean() - share) < 0.15 * share + 0.0005


@settings(max_examples=20, deadline=None)
@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(0, 30), st.integers(0, 30))
def test_a_window_of_the_frame_draws_what_the_frame_draws(row0: int, col0: int, down: int, right: int) -> None:
    model = Error(seed=9)
    whole = error.noise(model, CELL, 1, (row0, col0), (50, 60))
    part = error.noise(model, CELL, 1, (row0 + down, col0 + right), (20, 30))
    assert (whole[down : down + 20, right : right + 30] == part).all()


def test_draws_and_seeds_differ() -> None:
    one = error.noise(Error(seed=1), CELL, 0, (0, 0), (40, 40))
    assert not np.array_equal(one, error.noise(Error(seed=1), CELL, 1, (0, 0), (40, 40)))
    assert not np.array_equal(one, error.noise(Error(seed=2), CELL, 0, (0, 0), (40, 40)))


def mixed(key: int, number: int) -> int:
    """SplitMix64 after its paper, in whole numbers."""
    full = (1 << 64) - 1
    value = (key + (number % (1 << 64) + 1) * 0x9E3779B97F4A7C15) & full
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & full
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & full
    return value ^ value >> 31


def test_noise_is_what_whole_numbers_say_and_so_the_same_on_every_node() -> None:
    row0, col0, rows, cols, half = -2, 200, 3, 4, 2
    key = mixed(7, 5)
    edge = 3 * half
    white = np.array(
        [
            [mixed(mixed(key, row), col).bit_count() - 32 for col in range(col0 - edge, col0 + cols + edge)]
            for row in range(row0 - edge, row0 + rows + edge)
        ],
        dtype=object,
    )
    level = white
    for _ in range(3):
        wide = level.shape[1] - 2 * half
        level = np.sum([level[:, k : k + wide] for k in range(2 * half + 1)], axis=0)
        high = level.shape[0] - 2 * half
        level = np.sum([level[k : k + high] for k in range(2 * half + 1)], axis=0)
    box = np.ones(2 * half + 1, int)
    squares = int((np.convolve(np.convolve(box, box), box) ** 2).sum())
    expected = (level.astype(float) * (1.7 / (4.0 * squares))).astype(np.float32)
    assert (error.noise(Error(seed=7), CELL, 5, (row0, col0), (rows, cols)) == expected).all()


def test_without_error_probability_is_sight() -> None:
    terrain = rough(90, 150, 2, 150.0)
    places = posts((10, 20), (60, 120))
    chance = error.probability(terrain, CELL, places, Error(sigma_m=0.0, draws=3), target_m=1.7)
    seen = sight.union(sight.footprints(sight.ready(terrain), CELL, places, target_m=1.7), *terrain.shape)
    assert (chance.percent == 100 * bits.unpack(seen, 150)).all()
    assert chance.unknown is None


def test_every_draw_counts_as_plain_sight_on_its_own_ground() -> None:
    terrain = rough(120, 200, 3, 80.0)
    terrain[45:48, 110:116] = np.nan
    places = posts((50, 130), (60, 150), reach=900.0)
    model = Error(draws=7, seed=3)
    total, open_ = np.zeros(terrain.shape, int), np.zeros(terrain.shape, bool)
    for draw in range(7):
        ground = terrain + error.noise(model, CELL, draw, (5, 6), (120, 200))
        found = sight.footprints(sight.ready(ground), CELL, places, target_m=1.7)
        seen = bits.unpack(sight.union(found, *terrain.shape), 200)
        total += seen
        for one in found:
            if one.unknown is not None:
                whole = bits.empty(*terrain.shape)
                height, width = one.unknown.shape
                whole[one.row0 : one.row0 + height, one.word0 : one.word0 + width] = one.unknown
                open_ |= bits.unpack(whole, 200) & ~seen
    for threads in (1, 2):
        chance = error.probability(terrain, CELL, places, model, target_m=1.7, origin=(5, 6), threads=threads)
        assert (chance.percent == (total * 100 + 3) // 7).all()
        assert chance.unknown is not None
        assert (bits.unpack(chance.unknown, 200) == open_).all()
    assert not chance.percent[~(disc((120, 200), 50, 130, 30) | disc((120, 200), 60, 150, 30))].any()


def test_no_post_sees_nothing_for_certain() -> None:
    chance = error.probability(rough(30, 30, 1, 9.0), CELL, posts(), Error(draws=2), target_m=1.7)
    assert not chance.percent.any()


@pytest.mark.parametrize(
    ("model", "code"),
    [
        (Error(draws=0), "chance.draws"),
        (Error(draws=1001), "chance.draws"),
        (Error(sigma_m=-1.0), "chance.sigma"),
        (Error(sigma_m=float("nan")), "chance.sigma"),
        (Error(length_m=600.0), "chance.length"),
        (Error(length_m=float("nan")), "chance.length"),
    ],
)
def test_an_error_model_out_of_bounds_is_refused(model: Error, code: str) -> None:
    with refused(code):
        error.probability(rough(30, 30, 1, 9.0), CELL, posts((5, 5)), model, target_m=1.7)
