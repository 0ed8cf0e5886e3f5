"""Incident rates: intervals that hold what they promise, priors that are said, and ranks that no side steers unseen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nodes import refused
from tansiq.gaps import rates
from tansiq.gaps.rates import Prior, Reports

counts_and_effort = st.lists(st.tuples(st.integers(0, 40), st.floats(0.5, 500.0)), min_size=3, max_size=40).map(
    lambda rows: (np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
)


def test_a_stated_prior_gives_the_gamma_of_the_textbook() -> None:
    found = rates.estimate(np.array([7]), np.array([10.0]), prior=Prior("stated", 2.0, 5.0), level=0.95)
    assert found.rate[0] == pytest.approx(9 / 15, rel=1e-5)
    low, high = stats.gamma(9, scale=1 / 15).interval(0.95)
    assert (found.low[0], found.high[0]) == (pytest.approx(low, rel=1e-5), pytest.approx(high, rel=1e-5))


def test_the_learned_prior_is_near_the_one_that_the_cells_were_drawn_from() -> None:
    chance = np.random.default_rng(3)
    effort = chance.uniform(50, 500, 4000)
    found = rates.learned(chance.poisson(chance.gamma(2.0, 1 / 40.0, 4000) * effort), effort)
    assert found.kind == "empirical"
    assert found.shape == pytest.approx(2.0, rel=0.1)
    assert found.shape / found.per == pytest.approx(2.0 / 40.0, rel=0.05)


def test_no_other_shape_and_mean_make_the_counts_likelier() -> None:
    chance = np.random.default_rng(4)
    effort = chance.uniform(1, 9, 200)
    counts = chance.poisson(chance.gamma(1.5, 0.7, 200) * effort)
    found = rates.learned(counts, effort)

    def likely(shape: float, per: float) -> float:
        return float(stats.nbinom.logpmf(counts, shape, per / (per + effort)).sum())

    best = likely(found.shape, found.per)
    for shape in np.geomspace(0.2, 20, 25):
        for per in np.geomspace(0.05, 20, 25):
            assert likely(shape, per) <= best + 1e-4


def test_nine_of_ten_intervals_hold_the_true_rate() -> None:
    chance = np.random.default_rng(8)
    truth = chance.gamma(1.2, 0.05, 3000)
    effort = chance.uniform(5, 200, 3000)
    found = rates.estimate(chance.poisson(truth * effort), effort, level=0.9)
    held = ((found.low <= truth) & (truth <= found.high)).mean()
    assert 0.87 < held < 0.93


@settings(deadline=None)
@given(counts_and_effort)
def test_every_rate_lies_in_its_interval_and_a_cell_never_looked_at_has_none(
    data: tuple[rates.Ints, rates.Floats],
) -> None:
    counts, effort = np.append(data[0], 0), np.append(data[1], 0.0)
    found = rates.estimate(counts, effort)
    assert np.isnan([found.rate[-1], found.low[-1], found.high[-1]]).all()
    assert (found.low[:-1] <= found.rate[:-1]).all() or found.prior.kind == "weak"
    assert (found.low[:-1] <= found.high[:-1]).all()
    assert (found.high[:-1] > 0).all()


@settings(deadline=None)
@given(counts_and_effort)
def test_twice_the_looking_for_the_same_finds_is_half_the_rate(data: tuple[rates.Ints, rates.Floats]) -> None:
    one, half = rates.estimate(*data), rates.estimate(data[0], data[1] * 2.0)
    assert half.rate == pytest.approx(one.rate / 2.0, rel=2e-3)


def test_no_incident_anywhere_is_a_rate_with_an_upper_end_and_not_zero() -> None:
    found = rates.estimate(np.zeros(5, np.int64), np.array([1.0, 10.0, 100.0, 1000.0, 0.0]))
    assert found.prior == Prior("weak", 0.5, 0.0)
    assert (found.high[:4] > 0).all()
    assert (np.diff(found.high[:4]) < 0).all()
    assert np.isnan(found.rate[4])


def test_cells_that_differ_by_no_more_than_chance_are_called_alike() -> None:
    effort = np.full(300, 100.0)
    found = rates.estimate(np.full(300, 4), effort)
    assert found.prior.kind == "alike"
    assert found.rate == pytest.approx(0.04, rel=1e-3)


def test_a_little_looked_at_cell_leans_on_the_others_and_a_well_looked_at_one_does_not() -> None:
    counts = np.array([10, 12, 8, 11, 9, 3, 60])
    effort = np.array([100.0, 100.0, 100.0, 100.0, 100.0, 2.0, 100.0])
    found = rates.estimate(counts, effort)
    assert found.rate[5] < 0.7 * 3 / 2.0
    assert found.rate[6] == pytest.approx(0.6, rel=0.05)


def test_ranks_put_equals_on_the_better_place_and_the_unknown_on_none() -> None:
    assert rates.ranks(np.array([0.3, np.nan, 0.5, 0.3, 0.1])).tolist() == [2, 0, 1, 2, 4]


def test_a_side_that_invents_reports_is_seen_in_the_ranks_without_it() -> None:
    effort = np.full(6, 100.0)
    honest = Reports(np.array([9, 1, 2, 1, 0, 3]), effort)
    steering = Reports(np.array([1, 1, 1, 90, 1, 1]), effort)
    found = rates.ranks_without({"a": honest, "b": steering})
    assert found[""][3] == 1
    assert found["b"][3] > 1
    assert found["b"][0] == 1
    assert found["a"][3] == 1


def test_a_side_that_leaves_takes_its_effort_along() -> None:
    mine = Reports(np.array([5, 5, 1]), np.array([10.0, 10.0, 10.0]))
    theirs = Reports(np.array([0, 0, 0]), np.array([0.0, 990.0, 0.0]))
    found = rates.ranks_without({"mine": mine, "theirs": theirs}, prior=Prior("stated", 0.5, 0.1))
    assert found[""].tolist() == [1, 3, 2]
    assert found["theirs"].tolist() == [1, 1, 3]
    assert found["mine"].tolist() == [0, 1, 0]


def test_what_is_exposed_weighs_in_the_rank() -> None:
    one = Reports(np.array([8, 4, 2]), np.full(3, 10.0))
    found = rates.ranks_without({"a": one}, weight=np.array([1.0, 1.0, 100.0]))
    assert found[""].tolist() == [2, 3, 1]
    assert found["a"].tolist() == [0, 0, 0]


def test_figures_are_rounded_to_six_digits() -> None:
    assert rates.rounded(np.array([123456.789, 0.0, 1.23456789e-9])).tolist() == [123457.0, 0.0, 1.23457e-9]


def test_figures_that_cannot_be_are_refused() -> None:
    for counts, effort in (
        (np.array([1]), np.array([1.0, 2.0])),
        (np.array([-1]), np.array([1.0])),
        (np.array([1]), np.array([-1.0])),
        (np.array([1]), np.array([np.inf])),
    ):
        with refused("rates.shape"):
            rates.estimate(counts, effort)
    with refused("rates.shape"):
        rates.together({})
    with refused("rates.effort"):
        rates.estimate(np.array([0, 1]), np.array([1.0, 0.0]))
    with refused("rates.level"):
        rates.estimate(np.array([1]), np.array([1.0]), level=1.0)
    with refused("rates.prior"):
        rates.estimate(np.array([1]), np.array([1.0]), prior=Prior("stated", 0.0, 1.0))
