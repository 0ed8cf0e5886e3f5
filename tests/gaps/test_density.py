"""The smooth picture keeps its mass, says its bandwidth, and pretends no more."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from nodes import refused
from tansiq.gaps import density


def drawn(x: density.Metres, y: density.Metres, bandwidth_m: float | None = None) -> density.Picture:
    """A picture on a frame of 80 by 60 km with cells of 500 m."""
    return density.picture(x, y, x0=0.0, y0=60_000.0, cell=500.0, shape=(120, 160), bandwidth_m=bandwidth_m)


def test_all_incidents_are_in_the_picture_and_none_twice() -> None:
    chance = np.random.default_rng(2)
    x, y = chance.uniform(30_000, 50_000, 300), chance.uniform(20_000, 40_000, 300)
    found = drawn(x, y, 3000.0)
    assert found.density.sum() * 0.25 == pytest.approx(300.0, rel=1e-3)
    assert (found.incidents, found.bandwidth_m, found.chosen) == (300, 3000.0, "user")


def test_it_is_the_kernel_density_of_the_textbook() -> None:
    x, y = np.array([40_250.0, 44_250.0, 36_750.0]), np.array([30_250.0, 30_250.0, 33_750.0])
    found = drawn(x, y, 4000.0)
    at_x, at_y = np.arange(160) * 500.0 + 250.0, 60_000.0 - np.arange(120) * 500.0 - 250.0
    kernel = sum(
        np.outer(stats.norm.pdf(at_y, north, 4000.0), stats.norm.pdf(at_x, east, 4000.0))
        for east, north in zip(x, y, strict=True)
    )
    assert found.density == pytest.approx(np.asarray(kernel) * 1e6, abs=2e-4 * float(np.max(kernel)) * 1e6)


def test_a_bandwidth_that_is_not_given_is_chosen_and_said() -> None:
    chance = np.random.default_rng(2)
    x, y = chance.normal(40_000, 6000, 400), chance.normal(30_000, 6000, 400)
    found = drawn(x, y)
    assert found.chosen == "silverman"
    assert found.bandwidth_m == pytest.approx(6000 * 400 ** (-1 / 6), abs=350)
    assert found.bandwidth_m % 100 == 0


def test_what_lies_outside_is_left_out_and_nothing_is_an_answer() -> None:
    outside = drawn(np.array([-1.0, 90_000.0]), np.array([100.0, 100.0]))
    assert outside.incidents == 0
    assert not outside.density.any()
    assert drawn(np.zeros(0), np.zeros(0)).incidents == 0


def test_frames_and_bandwidths_that_cannot_be_are_refused() -> None:
    x = np.array([100.0])
    with refused("density.frame"):
        density.picture(x, x, x0=0.0, y0=0.0, cell=1.0, shape=(100_000, 100_000))
    for width in (0.0, -5.0, float("nan"), 1e9):
        with refused("density.bandwidth"):
            drawn(x, x, width)
