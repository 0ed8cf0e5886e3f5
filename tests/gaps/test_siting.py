"""The next best sites: against all choices tried, against HiGHS, and what may never happen."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import highspy
import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.gaps import ceiling, proof, siting
from tansiq.gaps.siting import Problem, Rules

from .problems import best_by_trying_all, problem, problems, scattered

few = settings(max_examples=120, deadline=None)
fewer = settings(max_examples=40, deadline=None)


@few
@given(problems())
def test_a_choice_keeps_the_rules_says_its_true_value_and_never_passes_its_bound(one: Problem) -> None:
    choice = siting.choose(one, rounds=20)
    assert siting.allowed(one, choice.sites)
    assert choice.value == siting.value_of(one, choice.sites)
    assert choice.greedy_value <= choice.value <= choice.bound
    assert choice.cost == siting.cost_of(one, choice.sites)
    assert one.rules.budget is None or choice.cost <= one.rules.budget
    assert all(have >= least for have, least in zip(choice.per_party, one.rules.at_least, strict=False))
    assert all(have <= most for have, most in zip(choice.per_party, one.rules.at_most, strict=False))


@few
@given(problems())
def test_no_choice_at_all_passes_the_bound(one: Problem) -> None:
    best = best_by_trying_all(one)
    assert best is not None
    choice = siting.choose(one, rounds=20)
    assert choice.value <= best <= choice.bound
    assert choice.at_least * best <= choice.value + 1e-9


@few
@given(problems())
def test_greedy_reaches_what_is_guaranteed(one: Problem) -> None:
    best = best_by_trying_all(one)
    assert best is not None
    choice = siting.choose(one, rounds=0)
    assert choice.greedy_value >= choice.guarantee.share * best - 1e-9


@fewer
@given(problems())
def test_the_proof_ends_at_the_best_of_all_choices(one: Problem) -> None:
    proven = proof.prove(one, siting.choose(one, rounds=0))
    assert proven.state == "proven"
    assert proven.value == proven.bound == siting.value_of(one, proven.sites) == best_by_trying_all(one)
    assert siting.allowed(one, proven.sites)
    assert proven.at_least == 1.0


@fewer
@given(problems(fair=False), st.data())
def test_one_more_candidate_never_lowers_what_can_be_reached(one: Problem, data: st.DataObject) -> None:
    cells = len(one.room)
    spans = list(pairwise(one.cover.starts.tolist()))
    fills = [dict(zip(one.cover.cells[a:b].tolist(), one.cover.parts[a:b].tolist(), strict=True)) for a, b in spans]
    extra = data.draw(st.dictionaries(st.integers(0, cells - 1), st.integers(1, 6), max_size=5))
    more = problem(
        [*fills, extra],
        one.room.tolist(),
        weights=one.weights.tolist(),
        costs=[*one.costs.tolist(), data.draw(st.integers(1, 7))],
        party=[*one.party.tolist(), 0],
        rules=one.rules,
    )
    best, best_with_more = best_by_trying_all(one), best_by_trying_all(more)
    assert best is not None
    assert best_with_more is not None
    assert best <= best_with_more <= siting.choose(more, rounds=5).bound
    assert siting.choose(one, rounds=5).value <= siting.choose(more, rounds=5).bound


@few
@given(problems(priced=False, fair=False))
def test_without_costs_and_parties_the_known_guarantee_is_one_minus_one_over_e(one: Problem) -> None:
    assert siting.choose(one, rounds=0).guarantee == siting.Guarantee("cardinality", round(1 - 1 / math.e, 4))


def test_the_guarantee_that_is_stated_is_the_one_that_applies() -> None:
    fills = [{0: 1}, {1: 1}, {2: 1}, {0: 1, 1: 1}]
    party = [0, 0, 1, 1]

    def code(rules: Rules, costs: list[int]) -> str:
        return siting.guarantee(problem(fills, [1, 1, 1], costs=costs, party=party, rules=rules)).code

    alike, unlike = [2, 2, 2, 2], [1, 2, 3, 4]
    assert code(Rules(2), unlike) == "cardinality"
    assert code(Rules(2, budget=100), unlike) == "cardinality"  # the budget never binds
    assert code(Rules(4, budget=4), alike) == "cardinality"  # equal prices are a number
    assert code(Rules(2, at_least=(1, 0)), alike) == "matroid"
    assert code(Rules(3, at_most=(1, 1)), alike) == "matroid"
    assert code(Rules(4, budget=5), unlike) == "knapsack"
    assert code(Rules(2, budget=5), unlike) == "none"
    assert code(Rules(4, budget=5, at_least=(0, 1)), unlike) == "none"


def test_greedy_by_cost_alone_would_miss_the_one_large_site_and_the_best_single_saves_it() -> None:
    fills = [{0: 1}, {1: 100}]
    one = problem(fills, [1, 100], weights=[2, 1], costs=[1, 100], rules=Rules(2, budget=100))
    assert siting.choose(one).sites == (1,)


def test_on_a_strip_of_a_thousand_cells_the_choice_is_within_two_hundredths_of_the_optimum_by_highs() -> None:
    one = scattered(1000, 150, 12)
    choice = siting.choose(one)
    proven = proof.prove(one, choice, seconds=120)
    assert proven.state == "proven"
    assert choice.value >= 0.98 * proven.value
    assert proven.value <= choice.bound <= 1.03 * proven.value


def test_a_share_agreed_between_the_parties_is_kept_and_costs_only_what_it_costs() -> None:
    one = scattered(600, 100, 10)
    lopsided = siting.choose(msgspec.structs.replace(one, weights=one.weights * (1 + np.arange(600) % 3)))
    least, most = siting.quotas((0.7, 0.3), 10, 0.05)
    assert (least, most) == ((7, 3), (7, 3))
    fair = siting.choose(msgspec.structs.replace(one, rules=Rules(10, None, least, most)))
    assert fair.per_party == (7, 3)
    assert fair.guarantee.code == "matroid"
    assert fair.value <= siting.choose(one).bound
    assert sum(lopsided.per_party) == 10


@given(st.integers(1, 40), st.floats(0.0, 0.3), st.floats(0.0, 1.0))
def test_an_agreed_share_can_always_be_met_in_whole_sites(count: int, tolerance: float, part: float) -> None:
    least, most = siting.quotas((part, 1.0 - part), count, tolerance)
    assert all(low <= high for low, high in zip(least, most, strict=True))
    assert sum(least) <= count + 1
    for low, high, agreed in zip(least, most, (part, 1.0 - part), strict=True):
        assert low <= round(agreed * count) <= high


def test_two_sites_that_fill_half_a_cell_fill_it_and_a_third_adds_nothing() -> None:
    one = problem([{0: 2}, {0: 2}, {0: 2}], [4], weights=[3], rules=Rules(3))
    choice = siting.choose(one)
    assert choice.value == choice.bound == 12
    assert len(choice.sites) == 2
    assert choice.at_least == 1.0


@fewer
@given(problems(), st.integers(1, 1000))
def test_the_same_problem_and_seed_give_the_same_answer(one: Problem, seed: int) -> None:
    assert siting.choose(one, rounds=30, seed=seed) == siting.choose(one, rounds=30, seed=seed)


def test_more_rounds_never_give_less() -> None:
    one = scattered(800, 120, 10)
    values = [siting.choose(one, rounds=rounds).value for rounds in (0, 10, 40, 160)]
    assert values == sorted(values)


def test_the_proof_tells_its_progress_and_stops_when_told_to() -> None:
    one = scattered(3000, 400, 25)
    choice = siting.choose(one, rounds=0)
    told: list[proof.Proven] = []
    stopped = proof.prove(one, choice, progress=told.append, cancelled=lambda: len(told) > 0, seconds=120)
    assert told
    assert choice.value <= stopped.value <= stopped.bound <= choice.bound
    assert stopped.at_least >= choice.at_least
    shares = [one.value / one.bound for one in told]
    assert shares == sorted(shares)
    assert proof.prove(one, choice, cancelled=lambda: True).state == "stopped"


def test_a_proof_in_the_background_can_be_asked_at_any_time_and_cancelled() -> None:
    one = scattered(3000, 400, 25)
    choice = siting.choose(one)
    running = proof.Background(one, choice)
    assert running.latest.value >= choice.value
    running.cancel()
    ended = running.wait()
    assert ended.state in {"stopped", "proven"}
    assert choice.value <= ended.value <= ended.bound <= choice.bound


def test_the_proof_refuses_a_choice_that_breaks_the_rules() -> None:
    one = problem([{0: 1}, {1: 1}], [1, 1], rules=Rules(1))
    choice = siting.choose(one)
    with refused("siting.rules"):
        proof.prove(one, msgspec.structs.replace(choice, sites=(0, 1)))


def test_nothing_to_choose_from_and_nothing_to_fill_are_answers() -> None:
    nothing = siting.choose(problem([], [3, 3], rules=Rules(2)))
    assert (nothing.sites, nothing.value, nothing.bound) == ((), 0, 0)
    filled = siting.choose(problem([{0: 1}], [0], rules=Rules(2)))
    assert (filled.sites, filled.value, filled.at_least) == ((), 0, 1.0)
    none_allowed = siting.choose(problem([{0: 1}], [1], rules=Rules(0)))
    assert none_allowed.sites == ()


def test_problems_that_cannot_be_are_refused() -> None:
    def one(**change: object) -> Problem:
        plain = problem([{0: 1}, {1: 2}], [1, 2], costs=[2, 3], party=[0, 1], rules=Rules(2))
        return msgspec.structs.replace(plain, **change)

    for wrong in (
        one(weights=np.array([1])),
        one(weights=np.array([1, -1])),
        one(room=np.array([-1, 2])),
        one(costs=np.array([0, 1])),
        one(party=np.array([0, -1], np.int32)),
        one(rules=Rules(-1)),
        one(cover=siting.Cover(np.array([0, 1, 2]), np.array([0, 2], np.int32), np.array([1, 1], np.int32))),
        one(cover=siting.Cover(np.array([0, 1, 2]), np.array([0, 1], np.int32), np.array([1, 0], np.int32))),
        one(cover=siting.Cover(np.array([0, 1, 3]), np.array([0, 1], np.int32), np.array([1, 1], np.int32))),
    ):
        with refused("siting.shape"):
            siting.choose(wrong)
    with refused("siting.too_large"):
        siting.choose(one(weights=np.array([1 << 40, 1])))
    for rules in (Rules(2, at_least=(2, 0)), Rules(1, at_least=(1, 1)), Rules(2, at_least=(1, 0), at_most=(0, 2))):
        with refused("siting.quotas"):
            siting.choose(one(rules=rules))
    with refused("siting.budget"):
        siting.choose(one(rules=Rules(2, budget=4, at_least=(1, 1))))


@pytest.mark.parametrize("count", [1, 5, 9])
def test_the_bound_says_at_once_most_of_what_the_proof_says_later(count: int) -> None:
    one = scattered(500, 80, count)
    choice = siting.choose(one)
    assert choice.at_least >= 0.9


@fewer
@given(problems(priced=True))
def test_a_larger_budget_never_lowers_the_bound_below_what_was_reached(one: Problem) -> None:
    assume(one.rules.budget is not None)
    richer = msgspec.structs.replace(one, rules=msgspec.structs.replace(one.rules, budget=(one.rules.budget or 0) + 5))
    assert siting.choose(one, rounds=5).value <= siting.choose(richer, rounds=5).bound


def test_a_second_proof_in_the_same_process_proves_as_well_as_the_first() -> None:
    one = scattered(300, 40, 6)
    choice = siting.choose(one, rounds=0)
    first, second = proof.prove(one, choice), proof.prove(one, choice)
    assert first.state == second.state == "proven"
    assert (first.sites, first.value) == (second.sites, second.value)


def test_a_proof_that_never_ran_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    one = scattered(2000, 300, 20)
    choice = siting.choose(one, rounds=0)
    monkeypatch.setattr(highspy.Highs, "run", lambda solver: None)  # as if HiGHS had given up before it began
    with refused("siting.solver"):
        proof.prove(one, choice)


@few
@given(problems())
def test_a_site_called_needless_is_in_no_better_choice(one: Problem) -> None:
    table = siting.prepared(one)
    choice = siting.choose(one, rounds=0)
    load = np.zeros(len(one.room), np.int64)
    for site in choice.sites:
        span = slice(one.cover.starts[site], one.cover.starts[site + 1])
        load[one.cover.cells[span]] += one.cover.parts[span]
    needless = np.flatnonzero(ceiling.needless(table, one.room - load, choice.value)).tolist()
    sites = range(one.cover.sites)
    for size in range(one.rules.count + 1):
        for some in combinations(sites, size):
            if set(some) & set(needless) and siting.allowed(one, some):
                assert siting.value_of(one, some) <= choice.value


def test_on_a_strip_most_sites_are_needless_to_look_at() -> None:
    one = scattered(1000, 150, 12)
    choice = siting.choose(one)
    load = np.zeros(1000, np.int64)
    for site in choice.sites:
        load[one.cover.cells[one.cover.starts[site] : one.cover.starts[site + 1]]] += 1
    assert ceiling.needless(siting.prepared(one), one.room - load, choice.value).sum() > 40
