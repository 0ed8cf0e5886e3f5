"""Nearness among many reports against a plain walk through all pairs: none is missed, none comes twice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.geo.apart import metres_apart
from tansiq.incidents import near as nearness
from tansiq.incidents.account import Account
from tansiq.incidents.near import NEAR_M, SLACK_MS, Kinds, near

from .generated import BEGAN, HOUR, MINUTE

EVERYTHING = -1e9

accounts = st.lists(
    st.builds(
        Account,
        ref=st.uuids().map(str),
        party=st.sampled_from(["joc", "mop", "coalition"]),
        said=st.just(BEGAN),
        start=st.integers(0, 40).map(lambda n: BEGAN + n * 30 * MINUTE),
        end=st.just(0),
        lat=st.integers(0, 60).map(lambda n: 355_000_000 + n * 20_000),
        lon=st.integers(0, 60).map(lambda n: 435_000_000 + n * 20_000),
        radius=st.sampled_from([100, 707, 3000, 7072]),
    ),
    max_size=24,
)
lasting = st.lists(st.sampled_from([0, HOUR, 24 * HOUR]), min_size=24, max_size=24)


def _where(one: Account) -> tuple[int, int, int, int]:
    return one.start or 0, one.end or 0, one.lat or 0, one.lon or 0


def plain(some: list[Account]) -> set[frozenset[int]]:
    """Every two that meet, found by looking at all."""
    found = set()
    for (a, one), (b, other) in combinations(enumerate(some), 2):
        (start, end, lat, lon), (other_start, other_end, other_lat, other_lon) = _where(one), _where(other)
        gap = max(start, other_start) - min(end, other_end)
        apart = metres_apart(lat, lon, other_lat, other_lon)
        if gap <= SLACK_MS and apart <= 1.5 * (one.radius + other.radius) + NEAR_M:
            found.add(frozenset((a, b)))
    return found


@pytest.mark.parametrize("chunk", [1, 7, 2_000_000])
@given(accounts, lasting)
@settings(max_examples=60, deadline=None)
def test_the_pairs_that_meet_are_those_of_a_plain_walk(chunk: int, some: list[Account], lasts: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearness, "CHUNK", chunk)
        made = [
            Account(one.ref, one.party, one.said, one.start, (one.start or 0) + time, one.lat, one.lon, one.radius)
            for one, time in zip(some, lasts, strict=False)
        ]
        kinds = Kinds(np.zeros(len(made), np.int64), np.zeros((1, 1)))
        met = [frozenset((one.one, one.other)) for one in near(made, kinds, EVERYTHING, EVERYTHING)]
    assert len(met) == len(set(met)), "none comes twice"
    assert set(met) == plain(made)
