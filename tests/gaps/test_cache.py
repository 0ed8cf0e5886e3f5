"""Footprints from memory are those of the kernel, and only what is new is computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import cache, sight
from tansiq.gaps.cache import Cache

from .footprints import CELL, mask, posts
from .terrain import rough

TERRAIN = rough(100, 140, 4, 200.0)
GROUND = cache.digest(TERRAIN)
READY = sight.ready(TERRAIN)

places = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 139)), min_size=1, max_size=6)


@settings(max_examples=20, deadline=None)
@given(places, places)
def test_what_comes_from_memory_is_what_the_kernel_finds(
    one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    held = Cache()
    for wanted in (one, other, one):
        found = held.footprints(GROUND, READY, CELL, posts(*wanted), target_m=1.7)
        plain = sight.footprints(READY, CELL, posts(*wanted), target_m=1.7)
        for a, b in zip(found, plain, strict=True):
            assert (mask(a, TERRAIN.shape) == mask(b, TERRAIN.shape)).all()
    assert held.made == len({*one, *other})


def test_one_moved_post_is_one_footprint_made() -> None:
    held = Cache()
    held.footprints(GROUND, READY, CELL, posts((1, 2), (30, 40), (70, 90)), target_m=1.7)
    held.footprints(GROUND, READY, CELL, posts((1, 2), (31, 40), (70, 90)), target_m=1.7)
    assert held.made == 4


def test_whatever_sight_follows_from_makes_another_footprint() -> None:
    held = Cache()
    other = TERRAIN.copy()
    other[0, 0] += 1
    held.footprints(GROUND, READY, CELL, posts((5, 5)), target_m=1.7)
    held.footprints(cache.digest(other), sight.ready(other), CELL, posts((5, 5)), target_m=1.7)
    held.footprints(GROUND, READY, CELL, posts((5, 5)), target_m=1.8)
    held.footprints(GROUND, READY, CELL, posts((5, 5)), target_m=1.7, refraction=0.0)
    held.footprints(GROUND, READY, CELL, posts((5, 5), height=6.0), target_m=1.7)
    held.footprints(GROUND, READY, CELL, posts((5, 5), reach=900.0), target_m=1.7)
    assert held.made == 6


def test_every_nan_is_the_same_void() -> None:
    one, other = TERRAIN.copy(), TERRAIN.copy()
    one[3, 3] = np.nan
    other[3, 3] = np.frombuffer(np.uint32(0xFFC00001).tobytes(), np.float32)[0]
    assert cache.digest(one) == cache.digest(other) != GROUND


@pytest.mark.parametrize("room", [0, 1, 3])
def test_memory_stays_within_its_bound_and_the_longest_unused_goes_first(room: int) -> None:
    size = sight.footprints(READY, CELL, posts((50, 70)), target_m=1.7)[0].seen.nbytes
    held = Cache(room * size)
    for row in (50, 51, 52, 53):
        held.footprints(GROUND, READY, CELL, posts((row, 70)), target_m=1.7)
        assert held.size <= room * size
    made = held.made
    held.footprints(GROUND, READY, CELL, posts((53, 70)), target_m=1.7)
    assert held.made == made + (room == 0)


def test_a_post_that_cannot_be_changes_nothing() -> None:
    held = Cache()
    with refused("sight.outside"):
        held.footprints(GROUND, READY, CELL, posts((1, 1), (200, 1)), target_m=1.7)
    assert (held.made, held.size) == (0, 0)
