"""How well places and times fit: against sums over the ground, and in the order that anybody would give them."""

from __future__ import annotations

import numpy as np
import pytest

from tansiq.incidents.fits import place_fit, time_fit

FINE = np.arange(-60_000.0, 60_000.0, 50.0)
NOTHING = np.zeros(len(FINE))


def points(east: float, squares: tuple[float, float], accuracies: tuple[float, float]) -> float:
    made = [np.array([one]) for one in (east, 0.0, *squares, *accuracies)]
    return float(place_fit(made[0], made[1], (made[2], made[3]), (made[4], made[5]))[0][0])


@pytest.mark.parametrize("squares", [(0, 0), (1000, 0), (10_000, 0), (1000, 10_000), (10_000, 10_000)])
@pytest.mark.parametrize("accuracies", [(0, 0), (500, 0), (2000, 3000)])
def test_the_ground_over_which_two_places_fit_is_the_sum_of_how_well_they_fit(
    squares: tuple[float, float], accuracies: tuple[float, float]
) -> None:
    given = tuple(np.full(len(FINE), one) for one in squares), tuple(np.full(len(FINE), one) for one in accuracies)
    fit, area = place_fit(FINE, NOTHING, given[0], given[1])  # type: ignore[arg-type]  # two of two each
    along = float(np.sum(np.exp2(fit))) * 50
    # what is wrong beyond what was stated lies wider, and across it is not walked here
    assert along == pytest.approx(np.sqrt(area[0]), rel=0.12)


def test_a_point_outside_of_a_square_fits_far_worse_than_one_within() -> None:
    square, exact = (10_000, 0), (0, 250)
    assert points(4500, square, exact) == pytest.approx(points(0, square, exact), abs=0.3)
    assert points(7000, square, exact) < points(0, square, exact) - 4
    assert points(0, square, exact) == pytest.approx(0, abs=0.1)


def test_a_place_that_is_wrong_beyond_what_was_stated_is_not_out_of_the_question() -> None:
    far = points(3000, (0, 0), (500, 500))
    assert -14 < far < -4
    assert points(30_000, (0, 0), (500, 500)) < -30


def test_times_fit_the_worse_the_later_and_a_wrong_clock_is_named() -> None:
    gap = np.array([0.0, 15, 45, 120, 180, 240])
    fits, shifted = time_fit(gap, np.zeros(6), np.zeros(6))
    assert list(fits[:4]) == sorted(fits[:4], reverse=True)
    assert (shifted[4], shifted[3]) == (180, 0)
    assert fits[5] < fits[4]


def test_two_hours_beside_each_other_fit_less_than_one_within_the_other() -> None:
    beside, within = time_fit(np.zeros(2), np.array([0.0, 60.0]), np.array([60.0, 60.0]))[0]
    assert within > beside + 2
