"""The next best sites: which few posts close most open ground, within a budget and fairly between the parties.

Maximal covering (Church and ReVelle 1974) with fractions: a demand cell has `room` parts of open ground, a site fills
some of them, and what sites fill together is their sum, at most the room. Two sites that fill the same half of a cell
are counted as if they filled both: the sum is never below what the union of their bitmaps covers, so a bound on it
bounds the true ground as well, and a value over it may be taken from the bitmaps.

Whole numbers throughout, ties to the lower index, chance from a counter: the same problem gives the same answer on any
machine. At once: greedy with all gains kept up to date, then drop-and-replace search for a stated number of rounds,
and an upper bound (`gaps.ceiling`). `gaps.proof` goes on from there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from tansiq.errors import MalformedInput
from tansiq.gaps import ceiling, search
from tansiq.gaps.search import Indexes, Ints, Standing, Table

MOST_WEIGHT: Final = 1 << 40
"""Of all open ground together (weight × parts): with it no sum below leaves 64 bits."""
MOST_SITES: Final = 1 << 13
"""How many may be chosen."""
ROUNDS: Final = 200
"""Of the search after its first local optimum: about 30 ms at 2000 sites (`bench/siting.py`)."""


class Cover(Struct, frozen=True):
    """Which site fills how many parts of which cell, by sites (CSR).

    Site s fills `parts[e]` of cell `cells[e]` for e from `starts[s]` to `starts[s + 1]`: int64[sites + 1],
    int32[entries], int32[entries] above 0. No cell stands twice in a site.
    """

    starts: Ints
    cells: Indexes
    parts: Indexes

    @property
    def sites(self) -> int:
        """How many candidates there are."""
        return len(self.starts) - 1


class Rules(Struct, frozen=True):
    """What a choice may be: at most `count` sites, of total cost at most `budget` (None: costs do not bind).

    `at_least` and `at_most` bound the number of sites of each party, in the order of the parties; empty: no bound.
    """

    count: int
    budget: int | None = None
    at_least: tuple[int, ...] = ()
    at_most: tuple[int, ...] = ()


class Problem(Struct, frozen=True):
    """Open ground and candidates: `room` parts and `weights` per part of each cell, cost and party of each site."""

    cover: Cover
    room: Ints
    weights: Ints
    costs: Ints
    party: Indexes
    rules: Rules


class Guarantee(Struct, frozen=True):
    """What the greedy choice is known to reach before one looks at the data; `code` has its words at the desk.

    `cardinality`: 1 - 1/e (Nemhauser, Wolsey and Fisher 1978). `matroid`: 1/2, parties bound the choice (Fisher,
    Nemhauser and Wolsey 1978). `knapsack`: (1 - 1/e)/2, the better of greedy by cost and the best single site
    (Leskovec and others 2007). `none`: costs together with numbers or parties, where only the bound speaks.
    """

    code: str
    share: float


class Choice(Struct, frozen=True):
    """The answer: the sites chosen, what they fill (weight × parts), and no choice fills more than `bound`."""

    sites: tuple[int, ...]
    value: int
    bound: int
    greedy_value: int
    guarantee: Guarantee
    per_party: tuple[int, ...]
    cost: int

    @property
    def at_least(self) -> float:
        """The share of the best possible that this choice is proven to reach, rounded down to a tenth of a percent."""
        return share(self.value, self.bound)


def share(value: int, bound: int) -> float:
    """value / bound, rounded down to 0.001; 1 where there is nothing to fill."""
    return 1.0 if bound <= 0 else math.floor(1000 * value / bound) / 1000


def quotas(shares: Sequence[float], count: int, tolerance: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Least and most sites of each party so that its part of `count` lies within `tolerance` of its agreed share.

    Rounded so that an agreed share can always be met in whole sites: the nearest whole number is always allowed.
    """
    least = tuple(max(0, min(round(part * count), math.ceil((part - tolerance) * count - 1e-9))) for part in shares)
    most = tuple(max(round(part * count), math.floor((part + tolerance) * count + 1e-9)) for part in shares)
    return least, most


def choose(problem: Problem, *, rounds: int = ROUNDS, seed: int = 1) -> Choice:
    """The best choice found at once, with a bound on all choices.

    Raises MalformedInput: `siting.shape` for arrays that do not belong together or counts below their least,
    `siting.too_large` for more weight or sites than the arithmetic holds, `siting.quotas` and `siting.budget` where no
    choice can meet the numbers asked of each party.
    """
    table = prepared(problem)
    now = search.standing(table)
    greedy_value = _first(table, now)
    picked = search.improve(table, now, rounds, np.uint64(seed))
    search.put(table, now, picked)
    value = int(now.spent[2])
    sites = tuple(picked.tolist())
    return Choice(
        sites,
        value,
        ceiling.bound(table, now.left, value),
        greedy_value,
        guarantee(problem),
        counts_of(problem, sites),
        cost_of(problem, sites),
    )


def guarantee(problem: Problem) -> Guarantee:
    """The bound that truly applies to greedy under these rules."""
    rules, costs = problem.rules, problem.costs
    sites = problem.cover.sites
    tied = any(rules.at_least) or any(
        most < min(rules.count, int((problem.party == party).sum())) for party, most in enumerate(rules.at_most)
    )
    priced = rules.budget is not None and int(np.sort(costs)[::-1][: rules.count].sum()) > rules.budget
    if priced and len(costs) and (costs == costs[0]).all() and not tied:
        priced = False  # equal prices are a number of sites
    if not priced:
        return Guarantee("matroid", 0.5) if tied else Guarantee("cardinality", round(1 - 1 / math.e, 4))
    if tied or rules.count < sites:
        return Guarantee("none", 0.0)
    return Guarantee("knapsack", round((1 - 1 / math.e) / 2, 4))


def value_of(problem: Problem, sites: Sequence[int]) -> int:
    """What these sites fill together (weight × parts)."""
    load = np.zeros(len(problem.room), np.int64)
    for site in sites:
        span = slice(problem.cover.starts[site], problem.cover.starts[site + 1])
        load[problem.cover.cells[span]] += problem.cover.parts[span]
    return int((np.minimum(load, problem.room) * problem.weights).sum())


def counts_of(problem: Problem, sites: Sequence[int]) -> tuple[int, ...]:
    """How many of the sites each party has."""
    parties = max(len(problem.rules.at_least), len(problem.rules.at_most), int(problem.party.max(initial=-1)) + 1)
    return tuple(np.bincount(problem.party[list(sites)], minlength=parties).tolist())


def cost_of(problem: Problem, sites: Sequence[int]) -> int:
    """What the sites cost together."""
    return int(problem.costs[list(sites)].sum())


def allowed(problem: Problem, sites: Sequence[int]) -> bool:
    """Whether a choice keeps the rules."""
    rules, counts = problem.rules, counts_of(problem, sites)
    return (
        len(set(sites)) == len(sites) <= rules.count
        and (rules.budget is None or cost_of(problem, sites) <= rules.budget)
        and all(have >= least for have, least in zip(counts, rules.at_least, strict=False))
        and all(have <= most for have, most in zip(counts, rules.at_most, strict=False))
    )


def prepared(problem: Problem) -> Table:
    """The problem checked and laid out for the kernels: refused like `choose`."""
    cover, rules = problem.cover, problem.rules
    sites, cells = cover.sites, len(problem.room)
    parties = len(counts_of(problem, ()))
    _check_shape(problem, sites, cells, parties)
    total = float(np.dot(problem.room.astype(float), problem.weights.astype(float)))
    if total > MOST_WEIGHT or min(rules.count, sites) > MOST_SITES:
        raise MalformedInput("siting.too_large", sites=min(rules.count, sites), limit=MOST_SITES)
    least = np.array((*rules.at_least, *([0] * (parties - len(rules.at_least)))), np.int64)
    most = np.array((*rules.at_most, *([sites] * (parties - len(rules.at_most)))), np.int64)
    have = np.bincount(problem.party, minlength=parties)
    for party in range(parties):
        if least[party] > min(most[party], have[party]):
            raise MalformedInput("siting.quotas", party=party, least=int(least[party]), most=int(have[party]))
    count = min(rules.count, sites)
    if least.sum() > count:
        raise MalformedInput("siting.quotas", party=-1, least=int(least.sum()), most=count)
    by_cost = np.lexsort((np.arange(sites), problem.costs)).astype(np.int64)
    cheapest = sum(
        int(problem.costs[by_cost[problem.party[by_cost] == party][: least[party]]].sum()) for party in range(parties)
    )
    budget = int(problem.costs.sum()) if rules.budget is None else rules.budget
    if cheapest > budget:
        raise MalformedInput("siting.budget", needed=cheapest, budget=budget)
    parts = np.minimum(cover.parts, problem.room[cover.cells]).astype(np.int64)
    starts, cells32 = cover.starts.astype(np.int64), cover.cells.astype(np.int32)
    back = search.transposed(starts, cells32, parts, cells)
    return Table(
        starts,
        cells32,
        parts,
        *back,
        problem.room.astype(np.int64),
        problem.weights.astype(np.int64),
        problem.costs.astype(np.int64),
        problem.party.astype(np.int64),
        by_cost,
        least,
        np.minimum(most, have),
        count,
        budget,
    )


def _check_shape(problem: Problem, sites: int, cells: int, parties: int) -> None:
    cover = problem.cover
    lengths = (
        len(problem.weights) == cells
        and len(problem.costs) == len(problem.party) == sites
        and len(cover.cells) == len(cover.parts) == int(cover.starts[-1])
        and int(cover.starts[0]) == 0
        and bool((np.diff(cover.starts) >= 0).all())
        and parties < 64
    )
    if not lengths or problem.rules.count < 0:
        raise MalformedInput("siting.shape", sites=sites, cells=cells)
    low = (
        int(cover.cells.min(initial=0)),
        int(cover.parts.min(initial=1)) - 1,
        int(problem.room.min(initial=0)),
        int(problem.weights.min(initial=0)),
        int(problem.costs.min(initial=1)) - 1,
        int(problem.party.min(initial=0)),
    )
    if min(low) < 0 or int(cover.cells.max(initial=-1)) >= cells:
        raise MalformedInput("siting.shape", sites=sites, cells=cells)


def _first(table: Table, now: Standing) -> int:
    """Greedy by gain; where costs differ also by gain per cost and from the best single site. Leaves the best of them
    standing and gives its value."""
    unbarred = np.zeros(len(table.costs), np.int64)
    single = _best_single(table, now)
    search.fill(table, now, unbarred, 0, False)
    if not len(table.costs) or (table.costs == table.costs[0]).all():
        return int(now.spent[2])
    ways = [np.flatnonzero(now.chosen)]
    values = [int(now.spent[2])]
    for begin in ((), single):
        search.put(table, now, np.array(begin, np.int64))
        search.fill(table, now, unbarred, 0, True)
        ways.append(np.flatnonzero(now.chosen))
        values.append(int(now.spent[2]))
    best = max(range(len(ways)), key=lambda way: values[way])
    search.put(table, now, ways[best])
    return values[best]


def _best_single(table: Table, now: Standing) -> tuple[int, ...]:
    """The one site that fills most among those that a choice may begin with."""
    order = np.argsort(-now.gains, kind="stable").tolist()
    return next(((site,) for site in order if search.may_begin(table, now, site)), ())
