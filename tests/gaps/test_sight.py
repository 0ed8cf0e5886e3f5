"""Sight: the fast kernel against rays, cases whose answer is known, and what may never happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes import refused
from tansiq.gaps import bits, exact, hours, sight

from .footprints import CELL, disc, mask, posts
from .terrain import rough

Heights = NDArray[np.float32]


def seen(terrain: Heights, *places: tuple[int, int], height: float = 5.0, reach: float = 1500.0) -> NDArray[np.bool_]:
    """What posts at these cells see together."""
    found = sight.footprints(sight.ready(terrain), CELL, posts(*places, height=height, reach=reach), target_m=1.7)
    return bits.unpack(sight.union(found, *terrain.shape), terrain.shape[1])


terrains = st.builds(
    rough, st.integers(24, 90), st.integers(24, 150), st.integers(0, 10_000), st.sampled_from([5.0, 60.0, 400.0])
)


def test_flat_ground_is_seen_to_the_edge_of_the_range() -> None:
    flat = np.zeros((130, 170), np.float32)
    assert (seen(flat, (60, 80)) == disc(flat.shape, 60, 80, 50)).all()


def test_a_post_at_the_edge_sees_what_lies_inside() -> None:
    flat = np.zeros((70, 90), np.float32)
    for row, col in ((0, 0), (69, 89), (0, 45), (35, 89), (1, 64), (68, 63)):
        assert (seen(flat, (row, col)) == disc(flat.shape, row, col, 50)).all()


def test_nobody_sees_behind_a_wall() -> None:
    ground = np.zeros((101, 101), np.float32)
    ground[:, 60] = 50.0
    found = seen(ground, (50, 50))
    assert found[:, :61][disc(ground.shape, 50, 50, 50)[:, :61]].all()
    assert not found[:, 61:].any()


def test_over_a_ridge_only_what_stands_above_the_line_is_seen() -> None:
    ground = np.zeros((3, 120), np.float32)
    ground[:, 40] = 20.0
    ground[:, 60:] = np.linspace(0, 80, 60, dtype=np.float32)
    found = seen(ground, (1, 20), height=10.0, reach=3600.0)[1]
    line = 10.0 + (20.0 - 10.0) * (np.arange(120) - 20) / 20
    hidden = (np.arange(120) > 40) & (ground[1] + 1.7 < line - 0.5)
    open_ = (np.arange(120) > 40) & (ground[1] + 1.7 > line + 0.5)
    assert not found[hidden].any()
    assert found[open_].all()
    assert open_.any()


def test_from_the_top_of_a_cone_all_of_it_is_seen_and_from_its_foot_not_the_other_side() -> None:
    y, x = np.mgrid[:101, :101]
    cone = (300.0 - 6.0 * np.hypot(y - 50, x - 50)).astype(np.float32)
    assert (seen(cone, (50, 50)) == disc(cone.shape, 50, 50, 50)).all()
    found = seen(cone, (50, 5), reach=3000.0)
    assert not found[50, 53:96].any()


def test_the_earth_hides_what_lies_far_and_low() -> None:
    flat = np.zeros((3, 800), np.float32)
    found = seen(flat, (1, 0), height=2.0, reach=24_000.0)[1]
    horizon = np.sqrt(2 * sight.EARTH_M / (1 - sight.REFRACTION)) * (np.sqrt(2.0) + np.sqrt(1.7))
    assert found[: int(horizon / CELL) - 2].all()
    assert not found[int(horizon / CELL) + 2 :].any()


@settings(max_examples=25, deadline=None)
@given(terrains, st.data())
def test_the_fast_kernel_agrees_with_rays_but_for_a_hundredth(terrain: Heights, data: st.DataObject) -> None:
    place = (data.draw(st.integers(0, terrain.shape[0] - 1)), data.draw(st.integers(0, terrain.shape[1] - 1)))
    one = posts(place)
    fast = mask(sight.footprints(sight.ready(terrain), CELL, one, target_m=1.7)[0], terrain.shape)
    slow = mask(exact.footprints(terrain, CELL, one, target_m=1.7)[0], terrain.shape)
    within = disc(terrain.shape, *place, 50).sum()
    assert (fast != slow).sum() <= max(12, 0.03 * within)


def test_on_a_large_terrain_the_disagreement_with_rays_stays_below_a_hundredth() -> None:
    terrain = rough(260, 260, 3, 400.0)
    places = posts((100, 120), (140, 130), (128, 90), reach=3000.0)
    fast = sight.footprints(sight.ready(terrain), CELL, places, target_m=1.7)
    slow = exact.footprints(terrain, CELL, places, target_m=1.7)
    for one, other in zip(fast, slow, strict=True):
        differ = (mask(one, terrain.shape) != mask(other, terrain.shape)).sum()
        assert differ < 0.01 * np.pi * 100 * 100


@settings(max_examples=25, deadline=None)
@given(terrains, st.data())
def test_turned_and_mirrored_terrain_turns_and_mirrors_the_answer(terrain: Heights, data: st.DataObject) -> None:
    row, col = data.draw(st.integers(0, terrain.shape[0] - 1)), data.draw(st.integers(0, terrain.shape[1] - 1))
    plain = seen(terrain, (row, col))
    assert (seen(terrain[::-1].copy(), (terrain.shape[0] - 1 - row, col)) == plain[::-1]).all()
    assert (seen(terrain[:, ::-1].copy(), (row, terrain.shape[1] - 1 - col)) == plain[:, ::-1]).all()
    assert (seen(terrain.T.copy(), (col, row)) == plain.T).all()


@settings(max_examples=25, deadline=None)
@given(terrains, st.data(), st.floats(0.0, 1500.0), st.floats(0.0, 1500.0))
def test_more_range_never_sees_less(terrain: Heights, data: st.DataObject, one: float, other: float) -> None:
    place = (data.draw(st.integers(0, terrain.shape[0] - 1)), data.draw(st.integers(0, terrain.shape[1] - 1)))
    less, more = sorted((one, other))
    assert not (seen(terrain, place, reach=less) & ~seen(terrain, place, reach=more)).any()


@settings(max_examples=20, deadline=None)
@given(terrains, st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), min_size=1, max_size=6))
def test_the_union_and_the_count_say_what_the_single_posts_say(terrain: Heights, places: list[tuple[int, int]]) -> None:
    found = sight.footprints(sight.ready(terrain), CELL, posts(*places), target_m=1.7)
    single = np.array([mask(one, terrain.shape) for one in found])
    assert (sight.counts(found, *terrain.shape) == single.sum(axis=0)).all()
    assert (bits.unpack(sight.union(found, *terrain.shape), terrain.shape[1]) == single.any(axis=0)).all()


@settings(max_examples=25, deadline=None)
@given(terrains, st.data(), st.integers(0, 50))
def test_by_night_a_post_sees_what_it_sees_by_day_within_its_smaller_range(
    terrain: Heights, data: st.DataObject, radius: int
) -> None:
    row, col = data.draw(st.integers(0, terrain.shape[0] - 1)), data.draw(st.integers(0, terrain.shape[1] - 1))
    holed = terrain.copy()
    holed[::9, ::7] = np.where(data.draw(st.booleans()), np.nan, holed[::9, ::7])
    ground = sight.ready(holed)
    (by_day,) = sight.footprints(ground, CELL, posts((row, col)), target_m=1.7)
    (swept,) = sight.footprints(ground, CELL, posts((row, col), reach=radius * CELL), target_m=1.7)
    clipped = sight.night(by_day, row, col, radius)
    for unknown in (False, True):
        assert (mask(clipped, terrain.shape, unknown=unknown) == mask(swept, terrain.shape, unknown=unknown)).all()


@settings(max_examples=20, deadline=None)
@given(terrains, st.lists(st.tuples(st.integers(0, 23), st.integers(0, 23)), min_size=1, max_size=6), st.data())
def test_at_every_hour_that_ground_is_seen_which_a_post_on_duty_sees(
    terrain: Heights, places: list[tuple[int, int]], data: st.DataObject
) -> None:
    shape = terrain.shape
    holed = terrain.copy()
    if data.draw(st.booleans()):
        holed[5:8, 9:12] = np.nan
    found = sight.footprints(sight.ready(holed), CELL, posts(*places), target_m=1.7)
    chance = np.random.default_rng(data.draw(st.integers(0, 99)))
    schedules = chance.random((len(places), hours.WEEK)) < data.draw(st.sampled_from([0.0, 0.3, 0.9]))
    answer = sight.by_hours(found, schedules, *shape)
    seen = np.array([mask(one, shape) for one in found])
    doubt = np.array([mask(one, shape, unknown=True) for one in found])
    for hour in range(0, hours.WEEK, 5):
        on = schedules[:, hour]
        certain = seen[on].any(axis=0)
        assert (bits.unpack(answer.seen[answer.classes[hour]], shape[1]) == certain).all()
        if answer.unknown is None:
            assert not doubt.any()
        else:
            unknown = bits.unpack(answer.unknown[answer.classes[hour]], shape[1])
            assert (unknown == (doubt[on].any(axis=0) & ~certain)).all()


def test_footprints_of_several_sweeps_are_laid_over_each_other_like_those_of_one() -> None:
    ground = sight.ready(rough(150, 210, 8, 200.0))
    places = [(10, 20), (140, 200), (70, 100)]
    together = sight.footprints(ground, CELL, posts(*places), target_m=1.7)
    single = [sight.footprints(ground, CELL, posts(place), target_m=1.7)[0] for place in places]
    assert (sight.union(together, 150, 210) == sight.union(single, 150, 210)).all()
    assert (sight.counts(together, 150, 210) == sight.counts(single, 150, 210, threads=2)).all()
    assert not sight.union([], 150, 210).any()
    assert not sight.counts([], 150, 210).any()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 40])
def test_as_many_posts_in_one_place_count_as_many(count: int) -> None:
    flat = sight.ready(np.zeros((90, 200), np.float32))
    found = sight.footprints(flat, CELL, posts(*[(40, 130)] * count), target_m=1.7)
    assert (sight.counts(found, 90, 200) == count * disc((90, 200), 40, 130, 50)).all()


@settings(max_examples=25, deadline=None)
@given(terrains, st.data())
def test_a_void_makes_ground_unknown_and_never_seen(terrain: Heights, data: st.DataObject) -> None:
    shape = terrain.shape
    row, col = data.draw(st.integers(0, shape[0] - 1)), data.draw(st.integers(0, shape[1] - 1))
    top, left = data.draw(st.integers(0, shape[0] - 4)), data.draw(st.integers(0, shape[1] - 4))
    holed = terrain.copy()
    holed[top : top + 4, left : left + 4] = np.nan
    (found,) = sight.footprints(sight.ready(holed), CELL, posts((row, col)), target_m=1.7)
    plain = seen(terrain, (row, col))
    certain, unknown = mask(found, shape), mask(found, shape, unknown=True)
    assert not (certain & ~plain).any()  # what is called seen is seen whatever stands in the void
    assert not (plain & ~certain & ~unknown).any()  # what is seen and not called so is called unknown
    assert not (certain & unknown).any()
    assert not (certain & np.isnan(holed)).any()
    assert not (unknown & ~disc(shape, row, col, 50)).any()


def test_a_post_in_a_void_sees_nothing_and_knows_nothing() -> None:
    ground = np.zeros((80, 80), np.float32)
    ground[40, 40] = np.nan
    (found,) = sight.footprints(sight.ready(ground), CELL, posts((40, 40), reach=600.0), target_m=1.7)
    assert not mask(found, ground.shape).any()
    assert (mask(found, ground.shape, unknown=True) == disc(ground.shape, 40, 40, 20)).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_bits_on_one_thread_and_on_two(threads: int) -> None:
    terrain = sight.ready(rough(200, 230, 5, 300.0))
    places = posts(*[(int(a), int(b)) for a, b in np.random.default_rng(1).integers(0, 200, (17, 2))])
    first = sight.footprints(terrain, CELL, places, target_m=1.7, threads=1)
    again = sight.footprints(terrain, CELL, places, target_m=1.7, threads=threads)
    assert all((one.seen == other.seen).all() for one, other in zip(first, again, strict=True))


def test_posts_that_cannot_be_are_refused() -> None:
    flat = sight.ready(np.zeros((20, 20), np.float32))
    with refused("sight.outside"):
        sight.footprints(flat, CELL, posts((20, 3)), target_m=1.7)
    for reach in (1e6, np.inf, np.nan):
        with refused("sight.range"):
            sight.footprints(flat, CELL, posts((2, 3), reach=reach), target_m=1.7)
    assert sight.footprints(flat, CELL, posts(), target_m=1.7) == []
