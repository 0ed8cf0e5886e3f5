"""Cover: brute force on small ground, and what may never happen: unknown never covers, a post never opens ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.gaps import bits, cover, sight, timetable
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.cover import NOBODY, UNKNOWN, Known
from tansiq.gaps.edits import AddedPost, Edits, edited
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import BasedOn, Inputs, Post
from tansiq.gaps.layers import Layers
from tansiq.geo import grid as grids
from tansiq.records.kinds.arrangement import Way

from .worlds import COARSE, DAY, NIGHT, PARTIES, at, base, ground, patrol, post, world

SHAPE = (5, 70)
FEW = settings(max_examples=25, deadline=None)

kleene = st.integers(0, 2)
grounds = st.lists(kleene, min_size=SHAPE[0] * SHAPE[1], max_size=SHAPE[0] * SHAPE[1])
posts = st.builds(
    post,
    st.sampled_from(PARTIES),
    st.sampled_from("abcdefgh"),
    st.integers(0, 40),
    st.integers(0, 40),
    st.integers(100, 3000),
    st.integers(0, 1500),
    hours=st.sampled_from([timetable.ALWAYS, DAY, NIGHT]),
)


def _known(values: list[int]) -> Known:
    """0 does not hold, 1 is unknown, 2 holds."""
    table = np.array(values).reshape(SHAPE)
    return Known(bits.pack(table == 2), bits.pack(table == 1))


def _values(known: Known) -> NDArray[np.int64]:
    return bits.unpack(known.holds, SHAPE[1]) * 2 + bits.unpack(known.unknown, SHAPE[1])


def _open(answer: Answer, hour: int) -> NDArray[np.bool_]:
    return bits.unpack(answer.cover.open(int(answer.number[hour]), answer.area), answer.grid.cols)


@FEW
@given(one=grounds, other=grounds)
def test_three_values_join_as_the_least_and_the_greatest(one: list[int], other: list[int]) -> None:
    table, second = np.array(one).reshape(SHAPE), np.array(other).reshape(SHAPE)
    assert (_values(cover.either(_known(one), _known(other))) == np.maximum(table, second)).all()
    assert (_values(cover.both(_known(one), _known(other))) == np.minimum(table, second)).all()


@FEW
@given(sights=grounds, reached=grounds, passed=grounds)
def test_a_rule_holds_where_any_way_holds_with_all_that_it_names(
    sights: list[int], reached: list[int], passed: list[int]
) -> None:
    ways = (Way(seen=True, reached_minutes=30), Way(patrolled_hours=6))
    found = cover.by_rule(ways, _known(sights), {30: _known(reached)}, {6: _known(passed)})
    a, b, c = (np.array(one).reshape(SHAPE) for one in (sights, reached, passed))
    assert (_values(found) == np.maximum(np.minimum(a, b), c)).all()


def test_every_hour_is_what_posts_and_patrols_of_that_hour_cover() -> None:
    """Brute force: each hour by itself, each cell by itself, with range rings in place of sight."""
    one = world(
        post("joc", "a", 10, 12, hours=DAY),
        post("mop", "b", 28, 25, day=1100, night=900),
        patrol("mop", "p", [(0, 30), (40, 33)], "0" * 30 + "1" + "0" * 137),
        side=40,
    )
    answer = analyse(one, Layers(), COARSE)
    grid = answer.grid
    x, y = grids.middles(grid)
    for hour in (0, 5, 6, 12, 17, 18, 30, 35, 36, 167):
        light = 6 <= hour % 24 < 18
        expected = np.zeros(grid.shape, np.uint8)
        for state, each in ((1, one.posts[0]), (2, one.posts[1])):
            rows, cols = grids.cells_of(grid, *grids.to_metres(grid, *(np.array([v]) for v in each.place)))
            reach = (each.day_m if light else each.night_m) // 100
            away = (np.arange(grid.rows)[:, None] - rows[0]) ** 2 + (np.arange(grid.cols) - cols[0]) ** 2
            if each.hours[hour] == "1" and reach > 0:
                expected[away <= reach * reach] |= state
        if 30 <= hour < 36:
            (x0, y0), (x1, y1) = grids.ring_metres(grid, one.patrols[0].path)
            length = (x1 - x0) ** 2 + (y1 - y0) ** 2
            part = np.clip(((x - x0) * (x1 - x0) + (y[:, None] - y0) * (y1 - y0)) / length, 0, 1)
            aside = np.hypot(x - x0 - part * (x1 - x0), y[:, None] - y0 - part * (y1 - y0))
            expected[aside <= 300] |= 2
        assert (answer.cover.states(int(answer.number[hour]), *np.indices(answer.grid.shape)) == expected).all(), hour


@FEW
@given(some=st.lists(posts, min_size=1, max_size=4, unique_by=lambda one: one.ref), more=posts, seed=st.integers(0, 3))
def test_one_more_post_never_opens_ground(some: list[Post], more: Post, seed: int) -> None:
    few = world(*some, post("joc", "z", 1, 1), post("mop", "z", 2, 2), side=40)
    many = world(*few.posts, replace(more, ref=f"{more.party}/more"), side=40)
    layers = ground(few, seed=seed)
    before, after = analyse(few, layers, COARSE), analyse(many, layers, COARSE)
    assert before.grid == after.grid
    for hour in (0, 8, 17, 20):
        assert not (_open(after, hour) & ~_open(before, hour)).any()


@FEW
@given(some=st.lists(posts, min_size=2, max_size=5, unique_by=lambda one: one.ref))
def test_all_parties_together_cover_what_one_would_with_all_the_posts(some: list[Post]) -> None:
    parted = world(*some, post("joc", "z", 1, 1), post("mop", "z", 2, 2), side=40)
    one_party = replace(
        parted,
        parties=("joc",),
        posts=tuple(replace(one, party="joc") for one in parted.posts),
        based_on={"joc": BasedOn(posts=len(parted.posts))},
    )
    layers = ground(parted)
    many, single = analyse(parted, layers, COARSE), analyse(one_party, layers, COARSE)
    for hour in (0, 8, 17, 20):
        together = many.cover.anyone(int(many.number[hour]))
        assert (together == single.cover.covered[0, int(single.number[hour])]).all()


def _with_voids(inputs: Inputs, seed: int) -> Layers:
    layers = ground(inputs, seed=seed)
    terrain = np.array(layers.terrain)
    rng = np.random.default_rng(seed)
    for _ in range(6):
        row, col = rng.integers(0, terrain.shape[0]), rng.integers(0, terrain.shape[1])
        terrain[row : row + 12, col : col + 12] = np.nan
    return Layers(terrain=terrain, digests={"terrain": f"voids-{seed}"})


@FEW
@given(some=st.lists(posts, min_size=1, max_size=4, unique_by=lambda one: one.ref), seed=st.integers(0, 5))
def test_unknown_ground_is_never_covered_by_sight_and_never_a_gap(some: list[Post], seed: int) -> None:
    inputs = world(*some, post("joc", "z", 20, 20), post("mop", "z", 25, 25), side=40)
    layers = _with_voids(inputs, seed)
    answer = analyse(inputs, layers, COARSE)
    assert layers.terrain is not None
    voids = np.isnan(layers.terrain)
    for number in range(answer.cover.classes):
        states = answer.cover.states(number, *np.indices(answer.grid.shape))
        assert np.isin(states[voids], (NOBODY, UNKNOWN)).all()
        opened = bits.unpack(answer.cover.open(number, answer.area), answer.grid.cols)
        assert not (opened & (states == UNKNOWN)).any()
    known = analyse(inputs, ground(inputs, seed=seed), COARSE)
    for hour in (0, 12):
        # whatever lies in the voids: what is called covered is, and what is called open is
        sure = answer.cover.anyone(int(answer.number[hour]))
        assert not (sure & ~known.cover.anyone(int(known.number[hour]))).any()
        assert not (_open(answer, hour) & ~_open(known, hour)).any()


@FEW
@given(
    some=st.lists(posts, min_size=1, max_size=4, unique_by=lambda one: one.ref),
    more=st.lists(posts, min_size=1, max_size=3),
    silent=st.sets(st.sampled_from(PARTIES)),
    seed=st.integers(0, 3),
)
def test_a_draft_that_adds_posts_never_opens_ground_and_makes_known_only_what_they_cover(
    some: list[Post], more: list[Post], silent: set[str], seed: int
) -> None:
    stated = world(*(one for one in some if one.party not in silent), post("joc", "z", 1, 1), side=40)
    stated = replace(stated, based_on={**stated.based_on, "mop": BasedOn(posts=0 if "mop" in silent else 1)})
    edits = Edits(
        add=[
            AddedPost(one.party, one.place[0] / 1e7, one.place[1] / 1e7, 8, one.day_m, one.night_m, one.hours)
            for one in more
        ]
    )
    layers = _with_voids(stated, seed)
    before = analyse(stated, layers, COARSE)
    after = analyse(edited(stated, edits), layers, COARSE)
    if before.grid != after.grid:
        return
    for hour in (0, 8, 17, 20):
        assert not (_open(after, hour) & ~_open(before, hour)).any()
        then, now = int(before.number[hour]), int(after.number[hour])
        settled = before.cover.unsure(then) & ~after.cover.unsure(now)
        assert not (settled & ~after.cover.anyone(now)).any()
        assert not (before.cover.anyone(then) & ~after.cover.anyone(now)).any()


def test_of_a_party_that_told_nothing_everything_is_unknown() -> None:
    answer = analyse(world(post("joc", "a", 20, 20), side=40), Layers(), COARSE)
    states = answer.cover.states(0, *np.indices(answer.grid.shape))[bits.unpack(answer.area, answer.grid.cols)]
    assert set(states.tolist()) == {1, UNKNOWN}
    assert answer.gaps == []
    assert "nothing:mop" in answer.missing


def test_what_is_seen_but_not_reached_in_time_is_not_covered() -> None:
    ways = (Way(seen=True, reached_minutes=10),)
    far = world(
        post("joc", "a", 30, 30), base("joc", "b", 0, 0, ready=550), post("mop", "z", 1, 1, 100, 100), ways=ways
    )
    near = world(
        post("joc", "a", 30, 30), base("joc", "b", 30, 28, ready=0), post("mop", "z", 1, 1, 100, 100), ways=ways
    )
    assert bits.count(analyse(far, Layers(), COARSE).cover.covered[0]) == 0
    assert bits.count(analyse(near, Layers(), COARSE).cover.covered[0]) > 0


@pytest.mark.parametrize("exact", [False, True])
def test_cover_by_sight_is_the_union_of_the_footprints(exact: bool) -> None:
    one = world(post("joc", "a", 10, 12), post("joc", "b", 30, 20), post("mop", "z", 1, 1), side=40)
    layers = ground(one)
    answer = analyse(one, layers, replace(COARSE, exact=exact))
    grid = frame_of(one, 100.0)
    where = np.array([each.place for each in one.posts if each.party == "joc"])
    rows, cols = grids.cells_of(grid, *grids.to_metres(grid, where[:, 0], where[:, 1]))
    made = sight.Posts(
        rows.astype(np.int32), cols.astype(np.int32), np.full(2, 8, np.float32), np.full(2, 1500, np.float32)
    )
    assert layers.terrain is not None
    fast = sight.union(sight.footprints(sight.ready(layers.terrain), 100.0, made, target_m=1.7), *grid.shape)
    off = bits.count(fast ^ answer.cover.covered[0, int(answer.number[12])])
    assert off == 0 if not exact else off < bits.count(fast) // 20


def test_a_place_is_turned_into_a_cell_of_the_frame() -> None:
    grid = frame_of(world(side=40), 100.0)
    assert (grid.x0 % 100, grid.y0 % 100) == (0, 0)
    assert frame_of(world(post("joc", "a", *(20, 20)), side=40), 100.0) == grid
    assert at(0, 0) == world().ring[0]
