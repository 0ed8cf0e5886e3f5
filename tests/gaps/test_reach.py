"""Travel time: against two slow Dijkstras, cases whose answer is known, and what may never happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nodes import refused
from tansiq.gaps import bits, ground, mobility, reach
from tansiq.gaps.ground import Ground
from tansiq.gaps.reach import Sources

from .terrain import rough
from .travel import FOREVER, bases, by_graph, by_heap

CELL = 30.0
Floats = NDArray[np.float32]


def uniform(rows: int, cols: int, pace: float = 1.0) -> Ground:
    """Level ground of one pace (s/m)."""
    return ground.of_pace(np.full((rows, cols), pace, np.float32), CELL)


def layers(rows: int, cols: int, seed: int, relief: float = 300.0, walls: float = 0.1) -> tuple[Floats, Floats]:
    """A pace for every cell, some of them not passable, and terrain."""
    random = np.random.default_rng(seed)
    pace = random.choice(np.array([0.06, 0.4, 1.0, 3.0], np.float32), (rows, cols))
    pace[random.random((rows, cols)) < walls] = np.inf
    return pace.astype(np.float32), rough(rows, cols, seed, relief)


def hills(pace: Floats, terrain: Floats) -> Ground:
    """Ground for someone on foot who climbs no more than 60 %."""
    return ground.of_pace(pace, CELL, terrain, slope=mobility.lines(mobility.ON_FOOT), limits=(0.6, 0.6))


def scattered(rows: int, cols: int, seed: int, count: int) -> Sources:
    """Bases anywhere that set out within ten minutes."""
    random = np.random.default_rng(seed)
    places = random.integers(0, rows, count), random.integers(0, cols, count)
    start = (random.integers(0, 600 * 8, count) / 8).astype(np.float32)
    return Sources(places[0].astype(np.int32), places[1].astype(np.int32), start)


sizes = st.tuples(st.integers(1, 90), st.integers(1, 90))
cases = st.tuples(sizes, st.integers(0, 10_000), st.integers(1, 6), st.sampled_from([8, 16]))


@settings(max_examples=25, deadline=None)
@given(cases, st.sampled_from([FOREVER, 1200.0]))
def test_times_are_those_of_dijkstra_to_the_last_tick(
    case: tuple[tuple[int, int], int, int, int], cutoff: float
) -> None:
    (rows, cols), seed, count, neighbours = case
    one = hills(*layers(rows, cols, seed))
    sources = scattered(rows, cols, seed, count)
    found = reach.travel_time(one, sources, cutoff, neighbours=neighbours)
    assert (found == by_heap(one, sources, cutoff, neighbours).astype(np.float32)).all()


@settings(max_examples=15, deadline=None)
@given(cases)
def test_times_and_the_nearest_base_are_those_of_scipy(case: tuple[tuple[int, int], int, int, int]) -> None:
    (rows, cols), seed, count, neighbours = case
    one = hills(*layers(rows, cols, seed))
    sources = scattered(rows, cols, seed, count)
    each, least = by_graph(one, sources, neighbours)
    found = reach.reach(one, sources, FOREVER, neighbours=neighbours)
    assert np.allclose(found.time_s, least, rtol=1e-6, atol=1e-3)
    first = np.where(np.isfinite(least), np.argmin(each, axis=0), reach.NOBODY)
    assert (found.nearest == first).all()
    assert (found.time_s == reach.travel_time(one, sources, FOREVER, neighbours=neighbours)).all()


def test_on_level_uniform_ground_time_is_distance() -> None:
    found = reach.travel_time(uniform(201, 201), bases((100, 100)), FOREVER)
    y, x = np.mgrid[:201, :201]
    distance = np.hypot(y - 100, x - 100) * CELL
    assert (found >= distance - 0.1).all()
    assert (found <= distance * 1.028 + 0.1).all()
    assert found[100, 200] == 3000.0
    assert found[0, 0] == pytest.approx(3000 * np.sqrt(2), abs=0.1)
    assert found[50, 200] == pytest.approx(1500 * np.sqrt(5), abs=0.1)


def test_eight_neighbours_go_round_where_sixteen_go_straight() -> None:
    one, base = uniform(101, 101), bases((50, 50))
    eight, sixteen = (reach.travel_time(one, base, FOREVER, neighbours=count) for count in (8, 16))
    assert (sixteen <= eight).all()
    assert eight[25, 100] == pytest.approx(CELL * (25 * np.sqrt(2) + 25), abs=0.1)


def test_everyone_goes_through_the_gate_in_a_wall() -> None:
    pace = np.ones((61, 61), np.float32)
    pace[:, 30] = np.inf
    pace[10, 30] = 1.0
    found = reach.travel_time(ground.of_pace(pace, CELL), bases((30, 0)), FOREVER, neighbours=8)
    assert np.isinf(np.delete(found[:, 30], 10)).all()
    to_gate = found[10, 29]
    assert to_gate == pytest.approx(octile(20, 29), abs=0.1)
    assert found[30, 60] == pytest.approx(to_gate + 2 * CELL + octile(20, 29), abs=0.1)
    pace[10, 30] = np.inf
    shut = reach.travel_time(ground.of_pace(pace, CELL), bases((30, 0)), FOREVER)
    assert np.isinf(shut[:, 30:]).all()


def octile(down: int, right: int) -> float:
    """Eight neighbours' distance (m)."""
    return float(CELL * (max(down, right) - min(down, right) + min(down, right) * np.sqrt(2)))


def test_nobody_slips_through_a_diagonal_wall_of_single_cells() -> None:
    pace = np.ones((40, 40), np.float32)
    pace[np.arange(40), np.arange(40)] = np.inf
    for neighbours in (8, 16):
        found = reach.travel_time(ground.of_pace(pace, CELL), bases((30, 5)), FOREVER, neighbours=neighbours)
        assert np.isinf(found[np.triu_indices(40)]).all()
        assert np.isfinite(found[np.tril_indices(40, -1)]).all()


def test_up_takes_longer_than_down() -> None:
    terrain = np.repeat(np.arange(40, dtype=np.float32)[::-1, None] * 5, 40, axis=1)
    one = hills(np.ones((40, 40), np.float32), terrain)
    up = reach.travel_time(one, bases((39, 20)), FOREVER)[0, 20]
    down = reach.travel_time(one, bases((0, 20)), FOREVER)[39, 20]
    assert up > down * 1.3


def test_what_is_too_steep_is_gone_round() -> None:
    terrain = np.zeros((41, 41), np.float32)
    terrain[:, 20:] = 45.0
    terrain[40, 10:] = np.linspace(0, 45, 31, dtype=np.float32)
    one = hills(np.ones((41, 41), np.float32), terrain)
    found = reach.travel_time(one, bases((0, 10)), FOREVER)
    assert found[0, 25] > 2 * 35 * CELL
    terrain[40, :20] = 0.0
    terrain[40, 20:] = 45.0
    assert np.isinf(
        reach.travel_time(hills(np.ones((41, 41), np.float32), terrain), bases((0, 10)), FOREVER)[:, 20:]
    ).all()


def test_a_base_that_sets_out_late_comes_later_and_leaves_the_near_ground_to_another() -> None:
    places = bases((5, 0), (5, 20))
    late = Sources(places.rows, places.cols, np.array([0.0, 300.0], np.float32))
    one = uniform(11, 21)
    found = reach.reach(one, late, FOREVER)
    assert found.time_s[5, 20] == 300.0
    assert found.nearest[5, 14] == 0
    assert found.nearest[5, 16] == 1
    assert found.nearest[5, 15] == 0, "as near: the first is named"


def test_nothing_beyond_the_cut_off_is_reached_and_all_within_it() -> None:
    one, base = uniform(80, 150), bases((40, 75))
    everything = reach.travel_time(one, base, FOREVER)
    found = reach.travel_time(one, base, 900.0)
    assert (np.isfinite(found) == (everything <= 900.0)).all()
    assert (found[np.isfinite(found)] == everything[np.isfinite(found)]).all()
    assert (bits.unpack(reach.within(everything, 15), 150) == np.isfinite(found)).all()


def test_ground_that_is_not_known_is_not_crossed_and_what_lies_behind_is_unknown() -> None:
    pace = np.ones((30, 60), np.float32)
    pace[:, 30] = np.nan
    found = reach.reach(ground.of_pace(pace, CELL), bases((15, 10)), FOREVER)
    assert np.isfinite(found.time_s[:, :30]).all()
    assert np.isinf(found.time_s[:, 30:]).all()
    assert found.unknown[:, 30:].all()
    assert not found.unknown[:, :30].any()
    near = reach.reach(ground.of_pace(pace, CELL), bases((15, 10)), 25 * CELL)
    assert not near.unknown[:, 36:].any()
    assert near.unknown[15, 33]


@settings(max_examples=20, deadline=None)
@given(cases, st.integers(0, 3), st.booleans())
def test_turning_or_mirroring_the_ground_turns_or_mirrors_the_answer(
    case: tuple[tuple[int, int], int, int, int], turns: int, mirrored: bool
) -> None:
    (rows, cols), seed, count, neighbours = case
    pace, terrain = layers(rows, cols, seed)
    sources = scattered(rows, cols, seed, count)

    def turned(layer: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.ascontiguousarray(np.rot90(layer[:, ::-1] if mirrored else layer, turns))

    where = np.full((rows, cols), -1)
    places = []
    for number in range(count):
        where[:] = -1
        where[sources.rows[number], sources.cols[number]] = 1
        places.append(np.argwhere(turned(where) == 1)[0])
    there = np.array(places, np.int32).T
    plain = reach.reach(hills(pace, terrain), sources, FOREVER, neighbours=neighbours)
    other = reach.reach(
        hills(turned(pace), turned(terrain)),  # type: ignore[arg-type]  # the turned layers keep their kind
        Sources(there[0], there[1], sources.start_s),
        FOREVER,
        neighbours=neighbours,
    )
    assert (turned(plain.time_s) == other.time_s).all()
    assert (turned(plain.nearest) == other.nearest).all()


@settings(max_examples=20, deadline=None)
@given(cases)
def test_one_more_base_never_slows_anyone(case: tuple[tuple[int, int], int, int, int]) -> None:
    (rows, cols), seed, count, neighbours = case
    one = hills(*layers(rows, cols, seed))
    more = scattered(rows, cols, seed, count + 1)
    fewer = Sources(more.rows[:-1], more.cols[:-1], more.start_s[:-1])
    before = reach.travel_time(one, fewer, FOREVER, neighbours=neighbours)
    assert (reach.travel_time(one, more, FOREVER, neighbours=neighbours) <= before).all()


@settings(max_examples=20, deadline=None)
@given(cases, st.floats(0.01, 0.6))
def test_learning_what_unknown_ground_is_confirms_what_was_reached_and_reaches_no_more_than_was_left_open(
    case: tuple[tuple[int, int], int, int, int], share: float
) -> None:
    (rows, cols), seed, count, neighbours = case
    pace, terrain = layers(rows, cols, seed)
    sources = scattered(rows, cols, seed, count)
    blind = pace.copy()
    hidden = np.random.default_rng(seed).random(pace.shape) < share
    # what is the best pace there is must stay in sight, else ground may turn out better than anything known
    hidden[pace == 0.06] = False
    blind[hidden] = np.nan
    cutoff = 1500.0
    known = reach.reach(hills(pace, terrain), sources, cutoff, neighbours=neighbours)
    left = reach.reach(hills(blind, terrain), sources, cutoff, neighbours=neighbours)
    assert (known.time_s <= left.time_s).all()
    assert not known.unknown.any()
    assert not (left.unknown & np.isfinite(left.time_s)).any()
    starts = np.zeros(pace.shape, bool)
    starts[sources.rows, sources.cols] = True
    if (pace == 0.06).any():
        assert (np.isinf(known.time_s) | np.isfinite(left.time_s) | left.unknown)[~(starts & hidden)].all()
    assert np.isinf(left.time_s[hidden & ~starts]).all()


def test_parties_side_by_side_get_what_each_gets_alone() -> None:
    one = hills(*layers(130, 170, 3))
    parties = [scattered(130, 170, seed, 3) for seed in range(5)]
    for threads in (1, 4):
        together = reach.of_parties(one, parties, FOREVER, threads=threads)
        for sources, found in zip(parties, together, strict=True):
            alone = reach.reach(one, sources, FOREVER)
            assert (alone.time_s == found.time_s).all()
            assert (alone.nearest == found.nearest).all()


def test_two_parties_together_are_the_better_of_both() -> None:
    one = hills(*layers(100, 90, 4))
    a, b = scattered(100, 90, 1, 3), scattered(100, 90, 2, 4)
    rows, cols = np.concatenate([a.rows, b.rows]), np.concatenate([a.cols, b.cols])
    both = Sources(rows, cols, np.concatenate([a.start_s, b.start_s]))
    apart = [reach.travel_time(one, sources, FOREVER) for sources in (a, b)]
    assert (reach.travel_time(one, both, FOREVER) == np.minimum(*apart)).all()


def test_without_a_base_nothing_is_reached() -> None:
    found = reach.reach(uniform(5, 5), bases(), FOREVER)
    assert np.isinf(found.time_s).all()
    assert (found.nearest == reach.NOBODY).all()


def test_what_cannot_be_computed_is_refused() -> None:
    one = uniform(10, 10)
    for wrong in ((-1, 0), (0, -1), (10, 0), (0, 10)):
        with refused("reach.outside"):
            reach.travel_time(one, bases((1, 1), wrong), FOREVER)
    for start in (-1.0, float("nan"), float("inf")):
        with refused("reach.start"):
            reach.travel_time(one, bases((1, 1), start=start), FOREVER)
    for cutoff in (-1.0, float("nan"), float("inf"), 2e6):
        with refused("reach.cutoff"):
            reach.travel_time(one, bases((1, 1)), cutoff)
    with refused("reach.neighbours"):
        reach.travel_time(one, bases((1, 1)), FOREVER, neighbours=4)
    with refused("reach.sources"):
        many = np.zeros(reach.MAX_SOURCES + 1, np.int32)
        reach.travel_time(one, Sources(many, many, many.astype(np.float32)), FOREVER)
    with refused("reach.pace"):
        ground.of_pace(np.zeros((3, 3), np.float32), CELL)
