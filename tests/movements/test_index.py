"""The index answers as comparing with everything does, whatever was inserted, removed or changed before."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movements.plans import E7, GROUNDS, HALF_TURN, HOUR, START, activities
from tansiq.errors import Conflict, NotFound, Refused
from tansiq.movements import index as indexes
from tansiq.movements.approach import Buffer, approach
from tansiq.movements.index import Hit, Index
from tansiq.movements.pieces import pack
from tansiq.movements.volumes import Activity, Area, Corridor, Route, Window

buffers = st.tuples(st.sampled_from((0, 50, 1000, 10_000)), st.sampled_from((0, 1, 600, 86_400)))


def met(hits: Sequence[Hit]) -> list[tuple[str, int, int, float]]:
    """What a check found, without times and places."""
    return [(hit.activity, hit.own, hit.other, round(hit.approach.metres, 3)) for hit in hits]


def by_comparing(activity: Activity, held: Sequence[Activity], buffer: Buffer) -> list[tuple[str, int, int, float]]:
    """The same, by comparing every volume with every other."""
    found = []
    for other in held:
        if other.owner == activity.owner or other.id == activity.id:
            continue
        for own, volume in enumerate(activity.volumes):
            for number, their in enumerate(other.volumes):
                close = approach(volume, their, buffer)
                if close is not None:
                    found.append((other.id, own, number, round(close.metres, 3)))
    return sorted(found)


@settings(max_examples=150, deadline=None)
@given(activities(), buffers)
def test_a_check_finds_what_comparing_with_everything_finds(plans: list[Activity], buffer: tuple[int, int]) -> None:
    index = Index()
    for number, plan in enumerate(plans):
        assert met(index.check_and_insert(plan, Buffer(*buffer))) == by_comparing(plan, plans[:number], Buffer(*buffer))
    for plan in plans:
        assert met(index.check(plan, Buffer(*buffer))) == by_comparing(plan, plans, Buffer(*buffer))


@settings(max_examples=100, deadline=None)
@given(activities(least=2), buffers, st.randoms())
def test_neither_the_order_nor_the_way_of_insertion_matters(
    plans: list[Activity], buffer: tuple[int, int], chance: object
) -> None:
    one_by_one, shuffled = Index(), list(plans)
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis types its random as an object
    for plan in shuffled:
        one_by_one.insert(plan)
    bulk = Index(plans)
    for plan in plans:
        assert one_by_one.check(plan, Buffer(*buffer)) == bulk.check(plan, Buffer(*buffer))


@settings(max_examples=100, deadline=None)
@given(activities(least=2), buffers)
def test_whom_i_meet_meets_me(plans: list[Activity], buffer: tuple[int, int]) -> None:
    index = Index(plans)
    seen = {(plan.id, hit.activity) for plan in plans for hit in index.check(plan, Buffer(*buffer))}
    assert seen == {(other, one) for one, other in seen}


@settings(max_examples=100, deadline=None)
@given(activities(least=2), buffers)
def test_a_further_activity_takes_no_hit_away(plans: list[Activity], buffer: tuple[int, int]) -> None:
    *before, last = plans
    index = Index(before)
    were = [met(index.check(plan, Buffer(*buffer))) for plan in before]
    index.insert(last)
    for plan, was in zip(before, were, strict=True):
        assert set(was) <= set(met(index.check(plan, Buffer(*buffer))))


@settings(max_examples=100, deadline=None)
@given(activities(least=3), buffers, st.data())
def test_after_removals_and_changes_it_is_as_if_built_from_what_is_left(
    plans: list[Activity], buffer: tuple[int, int], data: st.DataObject
) -> None:
    index = Index(plans)
    gone = data.draw(st.lists(st.sampled_from(plans), unique_by=lambda plan: plan.id, max_size=len(plans)))
    left = [plan for plan in plans if plan not in gone]
    for plan in gone:
        index.remove(plan.id)
    if left:
        other = data.draw(st.sampled_from(plans))
        changed = msgspec.structs.replace(left[0], volumes=other.volumes)
        index.replace(changed)
        left[0] = changed
    assert sorted(index) == sorted(plan.id for plan in left)
    for plan in plans:
        assert met(index.check(plan, Buffer(*buffer))) == by_comparing(plan, left, Buffer(*buffer))


@settings(max_examples=60, deadline=None)
@given(activities(least=1), buffers)
def test_a_batch_is_one_after_the_other(plans: list[Activity], buffer: tuple[int, int]) -> None:
    half = len(plans) // 2
    batch, single = Index(plans[:half]), Index(plans[:half])
    hits = batch.check_and_insert_pieces(pack(plans[half:]), Buffer(*buffer))
    for place, plan in enumerate(plans[half:]):
        expected = single.check_and_insert(plan, Buffer(*buffer))
        assert hits.of(place) == expected
        assert hits.activities(place) == sorted({hit.activity for hit in expected})


def many(count: int, seed: int) -> list[Activity]:
    """Plans of every kind over a country and a year, long and short mixed."""
    chance = np.random.default_rng(seed)
    plans = []
    for number in range(count):
        lon, lat = 42 * E7 + int(chance.integers(0, 3 * E7)), 34 * E7 + int(chance.integers(0, 2 * E7))
        if chance.random() < 0.05:
            lon = (lon + 137 * E7 + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
        begin = START + int(chance.integers(0, 60 * 24)) * HOUR
        window = Window(begin, begin + int(chance.choice([1000, HOUR, 12 * HOUR, 30 * 24 * HOUR])))
        path = [(lon, lat)]
        for _ in range(3):
            east, north = (int(step) for step in chance.integers(-E7 // 4, E7 // 4, 2))
            path.append(((path[-1][0] + east + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN, path[-1][1] + north))
        kind = number % 3
        size = int(chance.integers(1000, 500_000))
        east = (lon + size + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
        volume = (
            Area(((lon, lat), (east, lat), (east, lat + size), (lon, lat + size)), window)
            if kind == 0
            else Corridor(tuple(path), 200, window)
            if kind == 1
            else Route(tuple(path), tuple(begin + step * HOUR for step in range(4)), 100)
        )
        plans.append(Activity(f"{number:05}", "abc"[int(chance.integers(0, 3))], (volume,)))
    return plans


def test_thousands_of_plans_inserted_one_by_one_answer_as_in_bulk_and_as_in_pairs() -> None:
    plans = many(3000, 1)
    grown = Index()
    for plan in plans:
        grown.insert(plan)
    bulk, buffer = Index(plans), Buffer(2000, 3600)
    for plan in plans[::150]:
        hits = grown.check(plan, buffer)
        assert hits == bulk.check(plan, buffer)
        assert met(hits) == by_comparing(plan, plans, buffer)


def test_it_stays_right_while_plans_come_and_go_and_is_laid_together_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "WORTH_PACKING", 500)
    plans, buffer = many(2000, 2), Buffer(2000, 3600)
    index = Index(plans[:1000])
    for old, new in zip(plans[:900], plans[1000:1900], strict=True):
        index.remove(old.id)
        index.insert(new)
    for plan in plans[:500]:
        index.insert(plan)
    left = [*plans[:500], *plans[900:1900]]
    assert len(index) == len(left)
    for plan in plans[::200]:
        assert met(index.check(plan, buffer)) == by_comparing(plan, left, buffer)


def test_all_plans_can_go_and_come_back() -> None:
    plans = many(200, 3)
    index = Index(plans)
    for plan in plans:
        index.remove(plan.id)
    assert len(index) == 0
    assert index.check(plans[0], Buffer(100_000, 86_400)) == []
    for plan in plans:
        index.insert(plan)
    fresh = Index(plans)
    for plan in plans[::10]:
        assert index.check(plan, Buffer(2000, 3600)) == fresh.check(plan, Buffer(2000, 3600))


def square(lon: int, lat: int, size: int = 10_000) -> Area:
    """A small square for an hour, on either side of the 180th meridian."""
    east = (lon + size + HALF_TURN) % (2 * HALF_TURN) - HALF_TURN
    return Area(((lon, lat), (east, lat), (east, lat + size), (lon, lat + size)), Window(START, START + HOUR))


@pytest.mark.parametrize(
    ("one", "other"),
    [(HALF_TURN - 5000, -HALF_TURN), (HALF_TURN - 20_000, -HALF_TURN + 100), (-HALF_TURN, HALF_TURN - 5000)],
)
def test_over_the_180th_meridian_neighbours_meet(one: int, other: int) -> None:
    index = Index([Activity("a/1", "a", (square(one, 0),))])
    assert met(index.check(Activity("b/1", "b", (square(other, 0),)), Buffer(200, 0)))
    assert index.check(Activity("b/1", "b", (square(0, 0),)), Buffer(200, 0)) == []


def test_what_is_refused_changes_nothing() -> None:
    one = Activity("a/1", "a", (square(0, 0),))
    index = Index([one])
    crossing = Area(((0, 0), (10, 10), (10, 0), (0, 10)), Window(START, START + HOUR))
    with pytest.raises(Conflict):
        index.insert(one)
    with pytest.raises(Conflict):
        index.check_and_insert_pieces(pack([Activity("b/1", "b", (square(0, 0),)), one]), Buffer(0, 0))
    with pytest.raises(Conflict):
        Index([one, one])
    with pytest.raises(NotFound):
        index.remove("a/2")
    with pytest.raises(NotFound):
        index.replace(Activity("a/2", "a", (square(0, 0),)))
    with pytest.raises(Refused):
        index.replace(Activity("a/1", "a", (crossing,)))
    assert list(index) == ["a/1"]
    assert "b/1" not in index
    assert len(index.check(Activity("b/1", "b", (square(0, 0),)), Buffer(0, 0))) == 1


def test_ones_own_plans_and_the_plan_itself_are_not_met() -> None:
    here = (square(*GROUNDS[0]),)
    index = Index([Activity("a/1", "a", here), Activity("a/2", "a", here)])
    assert index.check(Activity("a/3", "a", here), Buffer(1000, 0)) == []
    # a plan that changes hands on the way is still itself
    assert [hit.activity for hit in index.check(Activity("a/1", "b", here), Buffer(1000, 0))] == ["a/2"]


def test_a_second_and_a_month_are_found_alike() -> None:
    lon, lat = GROUNDS[0]
    ring = square(lon, lat).ring
    month = Area(ring, Window(START, START + 30 * 24 * HOUR))
    second = Area(ring, Window(START + 20 * 24 * HOUR, START + 20 * 24 * HOUR + 1000))
    index = Index([Activity("a/month", "a", (month,)), Activity("b/second", "b", (second,))])
    assert [hit.activity for hit in index.check(Activity("c/1", "c", (second,)), Buffer(0, 0))] == [
        "a/month",
        "b/second",
    ]
    hit = index.check(Activity("b/second", "b", (second,)), Buffer(0, 0))[0]
    assert hit.approach.own_time == hit.approach.other_time == START + 20 * 24 * HOUR
