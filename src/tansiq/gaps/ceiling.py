"""What no choice of sites can exceed, at once: the Lagrangian bound of the covering problem.

For any prices u between 0 and w on filling a cell, no choice is worth more than what the cells keep, Σ (w - u) room,
and the best choice by prices alone, which the rules let one read off a sorted list (Galvao and ReVelle 1996). The
prices descend by subgradients with Polyak's step towards the bound of the linear program; wherever they stop, the
bound holds. The last word is said in whole numbers, so rounding cannot break it.

Where sites cost and parties have numbers at the same time, each is bounded with the other left out, and the lower of
the two holds.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps.search import Ints, Table
from tansiq.kernels import njit

STEPS: Final = 220
LONG: Final = 1500
"""Steps where a proof that takes seconds can gain by better prices."""
SCALE: Final = 1 << 10
"""Prices are rounded to 1/1024 of a weight before the bound is taken."""

MOMENTUM: Final = 0.5
PATIENCE: Final = 8
LITTLE: Final = 1e-4
EASE: Final = 0.6
"""After 8 steps that close less than a ten-thousandth of the gap, the step shrinks to three fifths."""

Floats = NDArray[np.float64]


def bound(table: Table, left: Ints, value: int, steps: int = STEPS) -> int:
    """No choice fills more than this (weight × parts).

    `left` is the room that a choice of worth `value` leaves (below 0: filled over); it sets where the prices start.
    """
    free = int((table.weights * table.room).sum())
    if free == 0 or len(table.costs) == 0 or table.slots == 0:
        return min(free, value)
    kept, worth = _priced_out(table, left, value, steps)
    return max(value, min(free, (kept + _most(table, worth)) // SCALE))


def needless(table: Table, left: Ints, value: int, steps: int = LONG) -> NDArray[np.bool_]:
    """Sites that no choice better than `value` holds: with them forced in, the bound falls to `value` or below.

    Only where nothing but the number of sites binds; elsewhere no site is named. (Reduced-cost fixing.)
    """
    sites = len(table.costs)
    none = np.zeros(sites, np.bool_)
    if table.slots == 0 or table.slots >= sites or _tied(table) or _priced(table):
        return none
    kept, worth = _priced_out(table, left, value, steps)
    best = np.sort(worth)[::-1][: table.slots]
    forced = kept + int(best.sum()) - int(best[-1]) + np.minimum(worth, best[-1])
    return np.asarray(forced // SCALE <= value)


def _priced_out(table: Table, left: Ints, value: int, steps: int) -> tuple[int, Ints]:
    """What cells keep at good prices, and what each site is worth by them, in 1/1024 of a weight."""
    prices = _descend(table, left, float(value), steps, _tied(table), _priced(table))
    whole = np.clip(np.rint(prices * SCALE).astype(np.int64), 0, table.weights * SCALE)
    return int(((table.weights * SCALE - whole) * table.room).sum()), _worth(table, whole)


def _tied(table: Table) -> bool:
    """Whether parties bound the choice."""
    have = np.bincount(table.party, minlength=len(table.least))
    return bool(table.least.any() or (table.most < np.minimum(have, table.slots)).any())


def _priced(table: Table) -> bool:
    """Whether the budget can bind at all."""
    return int(np.sort(table.costs)[::-1][: table.slots].sum()) > table.budget


def _most(table: Table, worth: Ints) -> int:
    """The most that the rules let one pick by worth alone (or a little over: the last site of a budget in part)."""
    order = np.argsort(-worth, kind="stable")
    picked = _by_numbers(table, order, np.zeros(len(worth)))
    answer = int(worth[picked > 0].sum())
    return min(answer, _by_budget(table, worth)) if _priced(table) else answer


def _by_budget(table: Table, worth: Ints) -> int:
    """The fractional knapsack, rounded up."""
    order = np.argsort(-(worth / table.costs), kind="stable")
    answer, money = 0, table.budget
    for site in order.tolist():
        cost, gain = int(table.costs[site]), int(worth[site])
        if cost > money:
            # ratios are floats: a hair is added so that a tie taken in the wrong order cannot lower the bound
            return answer + -(-gain * money // cost) + 1 + (answer >> 48)
        answer, money = answer + gain, money - cost
    return answer


@njit(cache=True, nogil=True)
def _worth(table: Table, prices: Ints) -> Ints:
    worth = np.zeros(len(table.costs), np.int64)
    for site in range(len(worth)):
        for entry in range(table.starts[site], table.starts[site + 1]):
            worth[site] += table.parts[entry] * prices[table.cells[entry]]
    return worth


@njit(cache=True, nogil=True)
def _by_numbers(table: Table, order: Ints, picked: Floats) -> Floats:
    """The best sites by an order, within the numbers of the parties and of all: a matroid, so greedy is exact."""
    have = np.zeros(len(table.least), np.int64)
    owed = table.least.sum()
    slots = table.slots
    for site in order:
        if slots == 0:
            break
        party = table.party[site]
        due = have[party] < table.least[party]
        if have[party] >= table.most[party] or (not due and slots <= owed):
            continue
        picked[site] = 1.0
        have[party] += 1
        slots -= 1
        if due:
            owed -= 1
    return picked


@njit(cache=True, nogil=True)
def _pick(table: Table, worth: Floats, tied: bool, priced: bool, picked: Floats) -> float:
    """Fill `picked` with the best choice by worth under the tighter of the rules; its worth."""
    picked[:] = 0.0
    if tied:
        _by_numbers(table, np.argsort(-worth, kind="mergesort"), picked)
    else:
        _largest(worth, min(table.slots, len(worth)), picked)
    total = float((worth * picked).sum())
    if not priced:
        return total
    parts = np.zeros(len(worth))
    money = float(table.budget)
    for site in np.argsort(-(worth / table.costs), kind="mergesort"):
        parts[site] = min(1.0, money / table.costs[site])
        money -= parts[site] * table.costs[site]
        if money <= 0.0:
            break
    answer = float((worth * parts).sum())
    if answer < total:
        picked[:] = parts
        return answer
    return total


@njit(cache=True, nogil=True)
def _largest(worth: Floats, count: int, picked: Floats) -> None:
    """Mark the `count` largest, equals from the lower index on."""
    edge = np.partition(worth, len(worth) - count)[len(worth) - count]
    slots = count
    for site in range(len(worth)):
        if worth[site] > edge:
            picked[site] = 1.0
            slots -= 1
    for site in range(len(worth)):
        if slots > 0 and worth[site] == edge:
            picked[site] = 1.0
            slots -= 1


@njit(cache=True, nogil=True)
def _value_at(
    table: Table, prices: Floats, tied: bool, priced: bool, worth: Floats, picked: Floats, slope: Floats
) -> float:
    """The bound at these prices; `picked` becomes the choice by prices and `slope` the subgradient."""
    for site in range(len(worth)):
        total = 0.0
        for entry in range(table.starts[site], table.starts[site + 1]):
            total += table.parts[entry] * prices[table.cells[entry]]
        worth[site] = total
    answer = _pick(table, worth, tied, priced, picked)
    for cell in range(len(prices)):
        answer += (table.weights[cell] - prices[cell]) * table.room[cell]
        slope[cell] = -float(table.room[cell])
    for site in range(len(worth)):
        if picked[site] > 0.0:
            for entry in range(table.starts[site], table.starts[site + 1]):
                slope[table.cells[entry]] += picked[site] * table.parts[entry]
    return answer


@njit(cache=True, nogil=True)
def _turn(table: Table, prices: Floats, slope: Floats, course: Floats) -> float:
    """Bend the course towards the slope, without what only pushes out of the box; its square."""
    square = 0.0
    for cell in range(len(prices)):
        out_below = prices[cell] <= 0.0 and slope[cell] > 0.0
        out_above = prices[cell] >= table.weights[cell] and slope[cell] < 0.0
        course[cell] = (0.0 if out_below or out_above else slope[cell]) + MOMENTUM * course[cell]
        square += course[cell] * course[cell]
    return square


@njit(cache=True, nogil=True)
def _descend(table: Table, left: Ints, value: float, steps: int, tied: bool, priced: bool) -> Floats:
    """Prices (float64[cells], 0 to the weight) after `steps` subgradient steps; those of the lowest bound met."""
    cells, sites = len(table.room), len(table.costs)
    prices = np.where(left > 0, table.weights, 0).astype(np.float64)
    best = prices.copy()
    lowest = np.inf
    pull = 1.0
    stale = 0
    worth, picked = np.zeros(sites), np.zeros(sites)
    slope, course = np.zeros(cells), np.zeros(cells)
    for _ in range(steps):
        answer = _value_at(table, prices, tied, priced, worth, picked, slope)
        stale = 0 if answer < lowest - LITTLE * abs(lowest - value) else stale + 1
        if answer < lowest:
            lowest = answer
            best[:] = prices
        if stale >= PATIENCE:
            pull *= EASE
            stale = 0
        square = _turn(table, prices, slope, course)
        if square == 0.0 or answer <= value:
            break
        step = pull * (answer - value) / square
        for cell in range(cells):
            prices[cell] = min(max(0.0, prices[cell] - step * course[cell]), float(table.weights[cell]))
    return best
