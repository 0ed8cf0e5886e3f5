"""What a pair loses to others against the sum over every way to pair the reports, each counted."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from tansiq.incidents.matching import Edge, left


def side(ref: str) -> str:
    return ref[0]


def counted(edges: list[Edge]) -> list[float]:
    """By how many points each pair is less likely than by itself, with all ways to pair the reports before one."""
    total = 0.0
    shares = [0.0] * len(edges)
    for size in range(len(edges) + 1):
        for some in itertools.combinations(range(len(edges)), size):
            used = [ref for at in some for ref in edges[at][:2]]
            if len(used) == len(set(used)):
                weight = math.prod(2 ** edges[at][2] for at in some)
                total += weight
                for at in some:
                    shares[at] += weight
    return [math.log2(share / (total - share)) - edges[at][2] for at, share in enumerate(shares)]


def test_a_pair_without_others_loses_nothing() -> None:
    assert left([("a1", "b1", 3.0), ("a2", "b2", -1.0)], side, set()) == [0.0, 0.0]
    assert left([], side, set()) == []


@pytest.mark.parametrize("seed", range(20))
def test_where_the_pairs_make_no_ring_it_is_exact(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - weights
    chain = [("a1", "b1"), ("a2", "b1"), ("a2", "b2"), ("a3", "b2"), ("a2", "b3"), ("a4", "b3")]
    edges = [(one, other, chance.uniform(-3, 6)) for one, other in chain]
    assert left(edges, side, set()) == pytest.approx(counted(edges), abs=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_in_rings_it_is_near(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - weights
    edges = [(f"a{one}", f"b{other}", chance.uniform(-3, 6)) for one in range(3) for other in range(3)]
    assert left(edges, side, set()) == pytest.approx(counted(edges), abs=2.5)


def test_what_one_side_made_twice_and_what_another_side_told_do_not_speak_against_each_other() -> None:
    edges = [("a1", "b1", 5.0), ("a1", "b2", 5.0)]
    assert left(edges, side, set())[0] < -4
    assert left(edges, side, {("b1", "b2")}) == [0.0, 0.0]
    assert left([("a1", "b1", 5.0), ("a1", "c1", 5.0)], side, set()) == [0.0, 0.0]
