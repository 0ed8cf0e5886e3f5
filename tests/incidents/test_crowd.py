"""How thick reports lie against a plain count of those round each; a town is told from the valley beside it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.geo.apart import DEGREE_M, E7
from tansiq.incidents.crowd import BIN_MS, SIDES_M, crowd_of, thickness

from .generated import BEGAN, DAY

reports = st.lists(
    st.tuples(
        st.integers(355_000_000, 362_000_000),
        st.integers(435_000_000, 442_000_000),
        st.integers(BEGAN, BEGAN + 20 * DAY),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=30,
)


@given(reports)
@settings(max_examples=60, deadline=None)
def test_the_counts_are_those_of_a_plain_walk(some: list[tuple[int, int, int, int]]) -> None:
    lat, lon, start, party = (np.array(column) for column in zip(*some, strict=True))
    found = crowd_of(lat.astype(float), lon.astype(float), start, party)
    middle = np.cos(np.radians(np.median(lat) / E7))
    for number, side in enumerate(SIDES_M):
        cells = [
            (int((y / E7 + 90) * DEGREE_M // side), int((x / E7 + 180) * DEGREE_M * middle // side), at // BIN_MS)
            for y, x, at, _ in some
        ]
        for one, here in enumerate(cells):
            for who in range(int(party.max()) + 1):
                near = [
                    there
                    for there, (*_, whose) in zip(cells, some, strict=True)
                    if whose == who and all(abs(a - b) <= 1 for a, b in zip(here, there, strict=True))
                ]
                assert found.counts[number, one, who] == len(near)


def test_a_town_is_thick_and_the_valley_beside_it_is_not() -> None:
    chance = np.random.default_rng(5)
    town, valley = np.full((400, 2), (357_000_000, 435_000_000)), np.full((4, 2), (357_000_000, 438_000_000))
    where = np.vstack((town, valley)) + chance.normal(0, 100_000, (404, 2))
    at, party = BEGAN + chance.integers(0, 9 * DAY, 404), np.zeros(404, np.int64)
    crowd = crowd_of(where[:, 0], where[:, 1], at, party)
    ones, area = np.array([0, 403]), np.array([1e7, 1e7])
    thick, thin = thickness(crowd, ones, party[ones], party[ones], area)
    assert thick > 20 * thin
