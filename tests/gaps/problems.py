"""Problems of siting for tests: small ones of any shape, and what brute force says of them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from tansiq.gaps.siting import Cover, Problem, Rules, allowed, value_of


def problem(
    fills: list[dict[int, int]],
    room: list[int],
    *,
    weights: list[int] | None = None,
    costs: list[int] | None = None,
    party: list[int] | None = None,
    rules: Rules,
) -> Problem:
    """A problem from what each site fills: {cell: parts}."""
    starts = np.cumsum([0, *map(len, fills)]).astype(np.int64)
    cells = np.array([cell for fill in fills for cell in fill], np.int32)
    parts = np.array([part for fill in fills for part in fill.values()], np.int32)
    return Problem(
        Cover(starts, cells, parts),
        np.array(room, np.int64),
        np.array(weights or [1] * len(room), np.int64),
        np.array(costs or [1] * len(fills), np.int64),
        np.array(party or [0] * len(fills), np.int32),
        rules,
    )


def best_by_trying_all(one: Problem) -> int | None:
    """The value of the best choice that keeps the rules; None where none does."""
    sites = range(one.cover.sites)
    choices = (choice for size in range(one.cover.sites + 1) for choice in combinations(sites, size))
    return max((value_of(one, choice) for choice in choices if allowed(one, choice)), default=None)


@st.composite
def problems(draw: st.DrawFn, *, priced: bool | None = None, fair: bool | None = None) -> Problem:
    """Up to nine sites of up to three parties over up to twelve cells, with or without costs and numbers of parties."""
    cells, sites = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    room = draw(st.lists(st.integers(0, 5), min_size=cells, max_size=cells))
    fill = st.dictionaries(st.integers(0, cells - 1), st.integers(1, 6), max_size=5)
    party = draw(st.lists(st.integers(0, 2), min_size=sites, max_size=sites))
    priced = draw(st.booleans()) if priced is None else priced
    fair = draw(st.booleans()) if fair is None else fair
    least: tuple[int, ...] = ()
    most: tuple[int, ...] = ()
    if fair:
        least = tuple(draw(st.integers(0, min(2, party.count(one)))) for one in range(3))
        most = tuple(one + draw(st.integers(0, 3)) for one in least)
    costs = draw(st.lists(st.integers(1, 7), min_size=sites, max_size=sites)) if priced else [1] * sites
    dear = sum(sorted(costs)[-max(1, sum(least)) :])
    budget = draw(st.integers(dear, dear + 12)) if priced else None
    return problem(
        draw(st.lists(fill, min_size=sites, max_size=sites)),
        room,
        weights=draw(st.lists(st.integers(0, 9), min_size=cells, max_size=cells)),
        costs=costs,
        party=party,
        rules=Rules(draw(st.integers(max(1, sum(least)), 6)), budget, least, most),
    )


def scattered(cells: int, sites: int, count: int, seed: int = 5) -> Problem:
    """Sites by chance along a strip, each covering whole cells within some kilometres."""
    chance = np.random.default_rng(seed)
    place = np.c_[chance.uniform(0, 100, cells), chance.uniform(0, 40, cells)]
    site = np.c_[chance.uniform(0, 100, sites), chance.uniform(0, 40, sites)]
    reach = chance.uniform(3, 8, sites)
    near = np.hypot(*(site[:, None, :] - place[None, :, :]).transpose(2, 0, 1)) <= reach[:, None]
    return problem(
        [dict.fromkeys(np.flatnonzero(row).tolist(), 1) for row in near],
        [1] * cells,
        weights=(np.round(chance.lognormal(2, 1, cells)).astype(int) + 1).tolist(),
        party=(np.arange(sites) % 2).tolist(),
        rules=Rules(count),
    )
