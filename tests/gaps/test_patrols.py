"""Patrol routes keep their hours and lengths, say their true value, and are held against all routes on small ground."""

from __future__ import annotations

from itertools import permutations

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import patrols
from tansiq.gaps.patrols import FAR, WEEK, Need, Places, Plan, Route, Team
from tansiq.gaps.siting import Cover

Case = tuple[Places, Need, Team]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A base and up to four waypoints, two classes of hours (day and night), hours closed by chance."""
    chance = np.random.default_rng(draw(st.integers(0, 100_000)))
    count, cells = draw(st.integers(2, 5)), 6
    seconds = chance.integers(200, 4000, (count, count))
    np.fill_diagonal(seconds, 0)
    hours = chance.random((count, WEEK)) < draw(st.sampled_from([0.9, 1.0]))
    hours[:, :24] |= draw(st.booleans())
    fills = [np.sort(chance.choice(cells, chance.integers(0, 4), replace=False)) for _ in range(count)]
    starts = np.cumsum([0, *map(len, fills)])
    flat = np.concatenate(fills).astype(np.int32)
    cover = Cover(starts.astype(np.int64), flat, chance.integers(1, 5, len(flat)).astype(np.int32))
    classes = (np.arange(WEEK) % 24 >= 18).astype(np.int64)
    need = Need(chance.integers(0, 6, cells), chance.integers(0, 5, (cells, 2)), classes, draw(st.integers(1, 6)))
    team = Team(0, 1, draw(st.integers(1000, 12_000)), (5, 17), draw(st.sampled_from([24, 168])))
    return Places(seconds, chance.integers(0, 900, count), hours, cover), need, team


def best_by_trying_all(case: Case) -> int:
    """The value of the best single route."""
    places, need, team = case
    best = 0
    others = [place for place in range(len(places.stay_s)) if place != team.base]
    for size in range(1, len(others) + 1):
        for middle in permutations(others, size):
            for start in team.starts:
                route = timed(places, (team.base, *middle, team.base), start)
                if patrols.allowed(places, team, route):
                    best = max(best, patrols.value_of(places, need, [team], [route]))
    return best


def timed(places: Places, order: tuple[int, ...], start: int) -> Route:
    """A route with its arrivals."""
    arrivals = [0]
    for step in range(1, len(order)):
        stay = 0 if step == 1 else int(places.stay_s[order[step - 1]])
        arrivals.append(arrivals[-1] + stay + int(places.seconds[order[step - 1], order[step]]))
    return Route(0, start, order, tuple(arrivals))


def kept(places: Places, teams: list[Team], plan: Plan) -> bool:
    """Whether every route keeps its team's rules and no team has more than its number."""
    numbers = [sum(route.team == number for route in plan.routes) for number in range(len(teams))]
    return all(have <= team.routes for have, team in zip(numbers, teams, strict=True)) and all(
        patrols.allowed(places, teams[route.team], route) for route in plan.routes
    )


@settings(max_examples=60, deadline=None)
@given(cases())
def test_a_plan_keeps_hours_and_lengths_and_says_its_true_value(case: Case) -> None:
    places, need, team = case
    teams = [team, msgspec.structs.replace(team, base=1, routes=2)]
    plan = patrols.lay(places, need, teams)
    assert kept(places, teams, plan)
    assert plan.value == patrols.value_of(places, need, teams, plan.routes) <= plan.bound
    assert plan == patrols.lay(places, need, teams)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_route_at_all_passes_the_bound(case: Case) -> None:
    places, need, team = case
    plan = patrols.lay(places, need, [team])
    best = best_by_trying_all(case)
    assert plan.value <= best <= plan.bound


def test_on_small_ground_the_routes_are_mostly_the_best() -> None:
    found, best = 0, 0
    for seed in range(40):
        chance = np.random.default_rng(seed)
        place = chance.uniform(0, 6000, (6, 2))
        seconds = np.rint(np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)) / 5).astype(np.int64)
        cover = Cover(np.array([0, 0, 1, 2, 3, 4, 5]), np.arange(5, dtype=np.int32), np.ones(5, np.int32))
        need = Need(np.ones(5, np.int64), chance.integers(1, 9, (5, 1)), np.zeros(WEEK, np.int64), 3)
        case = Places(seconds, np.full(6, 300), np.ones((6, WEEK), bool), cover), need, Team(0, 1, 3600, (6,))
        found += patrols.lay(case[0], need, [case[2]]).value
        best += best_by_trying_all(case)
    assert 0.93 * best <= found <= best


def line(count: int) -> Places:
    """A base and waypoints along a road, ten minutes apart, each filling a cell of its own."""
    at = np.arange(count)
    cover = Cover(np.r_[0, at].astype(np.int64), at[:-1].astype(np.int32), np.ones(count - 1, np.int32))
    return Places(np.abs(at[:, None] - at[None]) * 600, np.zeros(count, np.int64), np.ones((count, WEEK), bool), cover)


def daily(cells: int, holds: int = 1) -> Need:
    """Every cell open at every hour, all alike."""
    return Need(np.ones(cells, np.int64), np.ones((cells, 1), np.int64), np.zeros(WEEK, np.int64), holds)


def test_a_round_along_a_road_goes_as_far_as_its_time_and_back() -> None:
    plan = patrols.lay(line(8), daily(7), [Team(0, 1, 6000, (8,))])
    assert {place for route in plan.routes for place in route.places} == {0, 1, 2, 3, 4, 5}
    assert plan.value == 5 * 7
    assert plan.routes[0].arrivals_s[-1] <= 6000


def test_a_waypoint_closed_at_night_is_passed_by_day() -> None:
    places = line(3)
    night = (np.arange(WEEK) % 24 < 6) | (np.arange(WEEK) % 24 >= 18)
    places.hours[1:, night] = False
    plan = patrols.lay(places, daily(2), [Team(0, 1, 7200, (2, 22, 9))])
    assert plan.routes[0].start == 9
    assert patrols.lay(places, daily(2), [Team(0, 1, 7200, (2, 22))]).routes == ()


def test_a_second_patrol_goes_where_and_when_the_first_does_not() -> None:
    plan = patrols.lay(line(3), daily(2, holds=12), [Team(0, 2, 7200, (6, 18))])
    assert sorted(route.start for route in plan.routes) == [6, 18]
    assert plan.value == plan.bound == 2 * WEEK


def test_each_side_lays_no_more_than_its_routes_and_the_side_that_adds_most_begins() -> None:
    teams = [Team(0, 1, 2400, (6,)), Team(7, 1, 4800, (6,))]
    plan = patrols.lay(line(8), daily(7), teams)
    assert [route.team for route in plan.routes] == [1, 0]


def test_where_there_is_no_way_nobody_goes() -> None:
    places = line(3)
    places.seconds[:, 2] = FAR
    plan = patrols.lay(places, daily(2), [Team(0, 3, 7200, (6,))])
    assert {place for route in plan.routes for place in route.places} == {0, 1}


def test_plans_that_cannot_be_are_refused() -> None:
    places, need = line(3), daily(2)
    for wrong, other in (
        (msgspec.structs.replace(places, stay_s=np.zeros(2, np.int64)), need),
        (msgspec.structs.replace(places, seconds=places.seconds - 1), need),
        (places, msgspec.structs.replace(need, holds=0)),
        (places, msgspec.structs.replace(need, classes=np.ones(WEEK, np.int64))),
        (places, daily(1)),
    ):
        with refused("patrols.shape"):
            patrols.lay(wrong, other, [])
    for team in (Team(3, 1, 10, (1,)), Team(0, 1, 10, (24,)), Team(0, 1, 10, (1,), 7), Team(0, -1, 10, (1,))):
        with refused("patrols.team"):
            patrols.lay(places, need, [team])
