"""The search behind `gaps.siting`: greedy, drop-and-replace, ruin and recreate, on gains that are always up to date.

`gains[s]` is what site s would add to what is filled now. Putting in or taking out one site touches only the cells it
fills and the sites that fill the same cells, so trying every replacement for a dropped site costs a few thousand
additions instead of the whole matrix. All whole numbers; ties go to the lower index; chance is a counter's
(SplitMix64, Steele and others 2014), so neither machine nor thread changes the answer.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

Ints = NDArray[np.int64]
Indexes = NDArray[np.int32]

RUIN: Final = 4
"""At most so many sites are taken out at once, neighbours of each other."""
FOREVER: Final = 1 << 62
KICK: Final = 4
"""Every so many rounds the sites taken out are any, not neighbours."""


class Table(NamedTuple):
    """A problem for the kernels: the cover by sites (CSR) and by cells (`back_*`), and its rules as numbers.

    `parts` never exceed the cell's `room`. `by_cost` lists the sites from cheap to dear.
    """

    starts: Ints
    cells: Indexes
    parts: Ints
    back_starts: Ints
    back_sites: Indexes
    back_parts: Ints
    room: Ints
    weights: Ints
    costs: Ints
    party: Ints
    by_cost: Ints
    least: Ints
    most: Ints
    slots: int
    budget: int


class Standing(NamedTuple):
    """What is chosen, what room is left (below 0: filled over), what each site would add, sites of each party.

    `spent` holds the number of sites, their cost, and what they fill.
    """

    chosen: NDArray[np.bool_]
    left: Ints
    gains: Ints
    have: Ints
    spent: Ints


@njit(cache=True, nogil=True)
def transposed(starts: Ints, cells: Indexes, parts: Ints, count: int) -> tuple[Ints, Indexes, Ints]:
    """The cover by cells: starts, sites and parts; sites rise within a cell."""
    back = np.zeros(count + 1, np.int64)
    for cell in cells:
        back[cell + 1] += 1
    for cell in range(count):
        back[cell + 1] += back[cell]
    at = back[:-1].copy()
    sites = np.empty(len(cells), np.int32)
    filled = np.empty(len(cells), np.int64)
    for site in range(len(starts) - 1):
        for entry in range(starts[site], starts[site + 1]):
            cell = cells[entry]
            sites[at[cell]] = site
            filled[at[cell]] = parts[entry]
            at[cell] += 1
    return back, sites, filled


@njit(cache=True, nogil=True)
def standing(table: Table) -> Standing:
    """Nothing chosen."""
    sites = len(table.costs)
    gains = np.zeros(sites, np.int64)
    for site in range(sites):
        for entry in range(table.starts[site], table.starts[site + 1]):
            gains[site] += table.weights[table.cells[entry]] * table.parts[entry]
    have = np.zeros(len(table.least), np.int64)
    return Standing(np.zeros(sites, np.bool_), table.room.copy(), gains, have, np.zeros(3, np.int64))


@njit(cache=True, nogil=True)
def _move(table: Table, now: Standing, site: int, add: bool) -> None:
    """Put a site in or take it out, and bring every gain that this touches up to date."""
    sign = 1 if add else -1
    now.chosen[site] = add
    now.have[table.party[site]] += sign
    now.spent[0] += sign
    now.spent[1] += sign * table.costs[site]
    if add:
        now.spent[2] += now.gains[site]
    for entry in range(table.starts[site], table.starts[site + 1]):
        cell = table.cells[entry]
        old = max(0, now.left[cell])
        now.left[cell] -= sign * table.parts[entry]
        new = max(0, now.left[cell])
        if old == new:
            continue
        weight = table.weights[cell]
        for other in range(table.back_starts[cell], table.back_starts[cell + 1]):
            part = table.back_parts[other]
            now.gains[table.back_sites[other]] += weight * (min(part, new) - min(part, old))
    if not add:
        now.spent[2] -= now.gains[site]


@njit(cache=True, nogil=True)
def _owed(table: Table, now: Standing, dearest: Ints) -> tuple[int, int]:
    """Sites that parties must still get, and the least that these cost.

    `dearest[p]` becomes the cost of the dearest among the cheapest that party p must get, -1 where it must get none.
    """
    owed = cost = 0
    for party in range(len(table.least)):
        dearest[party] = -1
        missing = table.least[party] - now.have[party]
        if missing <= 0:
            continue
        owed += missing
        for site in table.by_cost:
            if table.party[site] == party and not now.chosen[site]:
                cost += table.costs[site]
                missing -= 1
                if missing == 0:
                    dearest[party] = table.costs[site]
                    break
    return owed, cost


@njit(cache=True, nogil=True)
def _best(table: Table, now: Standing, dearest: Ints, barred: Ints, moment: int, by_cost: bool) -> int:
    """The site that adds most (for its cost) among those that leave the rules within reach; -1 where none does."""
    owed, cost = _owed(table, now, dearest)
    slots = table.slots - now.spent[0]
    spare = table.budget - now.spent[1] - cost
    best = -1
    most = -1.0
    floor = 0
    for site in range(len(table.costs)):
        gain = now.gains[site]
        if now.chosen[site] or gain < floor or (gain == 0 and owed == 0) or barred[site] > moment:
            continue
        party = table.party[site]
        if now.have[party] >= table.most[party]:
            continue
        due = dearest[party] >= 0
        if slots - 1 < owed - (1 if due else 0):
            continue
        if (max(0, table.costs[site] - dearest[party]) if due else table.costs[site]) > spare:
            continue
        worth = gain / table.costs[site] if by_cost else float(gain)
        if worth > most:
            best = site
            most = worth
            floor = 0 if by_cost else gain + 1
    return best


@njit(cache=True, nogil=True)
def fill(table: Table, now: Standing, barred: Ints, moment: int, by_cost: bool) -> None:
    """Greedy: the best site again and again until none may be added or none adds anything."""
    dearest = np.empty(len(table.least), np.int64)
    while now.spent[0] < table.slots:
        site = _best(table, now, dearest, barred, moment, by_cost)
        if site < 0:
            return
        _move(table, now, site, True)


@njit(cache=True, nogil=True)
def put(table: Table, now: Standing, sites: Ints) -> None:
    """Make the choice exactly these sites."""
    for site in range(len(table.costs)):
        if now.chosen[site]:
            _move(table, now, site, False)
    for site in sites:
        _move(table, now, site, True)


@njit(cache=True, nogil=True)
def may_begin(table: Table, now: Standing, site: int) -> bool:
    """Whether the empty choice may begin with this site."""
    dearest = np.empty(len(table.least), np.int64)
    owed, cost = _owed(table, now, dearest)
    party = table.party[site]
    due = dearest[party] >= 0
    price = max(0, table.costs[site] - dearest[party]) if due else table.costs[site]
    slots = table.slots - 1 >= owed - (1 if due else 0)
    return table.most[party] > 0 and slots and price <= table.budget - cost


@njit(cache=True, nogil=True)
def _wake(table: Table, site: int, look: NDArray[np.bool_]) -> None:
    """A site came or went: those that fill the same cells are worth another look."""
    look[site] = True
    for entry in range(table.starts[site], table.starts[site + 1]):
        cell = table.cells[entry]
        for other in range(table.back_starts[cell], table.back_starts[cell + 1]):
            look[table.back_sites[other]] = True


@njit(cache=True, nogil=True)
def _settle(table: Table, now: Standing, look: NDArray[np.bool_], barred: Ints) -> None:
    """Drop each site that is worth a look for the one that then adds most, until none gains by it.

    `look` is all false afterwards (Bentley 1992, "don't look bits").
    """
    dearest = np.empty(len(table.least), np.int64)
    awake = True
    while awake:
        awake = False
        for site in range(len(look)):
            if not look[site]:
                continue
            look[site] = False
            if not now.chosen[site]:
                continue
            _move(table, now, site, False)
            other = _best(table, now, dearest, barred, FOREVER, False)
            if other >= 0 and now.gains[other] > now.gains[site]:
                _move(table, now, other, True)
                _wake(table, site, look)
                _wake(table, other, look)
                awake = True
            else:
                _move(table, now, site, True)
    fill(table, now, barred, FOREVER, True)  # a cheaper site may have left money for one more


@njit(cache=True, nogil=True)
def _chance(seed: np.uint64, moment: int) -> np.uint64:
    """The number that a counter gives: SplitMix64."""
    z = seed * np.uint64(0xD1342543DE82EF95) + np.uint64(moment) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def _ruin(table: Table, now: Standing, seed: np.uint64, turn: int, barred: Ints, marks: Ints) -> None:
    """Take out some sites: one by chance and those that share most cells with its surroundings, or any."""
    held = np.flatnonzero(now.chosen)
    first = held[_chance(seed, 8 * turn) % np.uint64(len(held))]
    wanted = min(len(held), 2 + int(_chance(seed, 8 * turn + 1) % np.uint64(RUIN - 1)))
    near = turn % KICK != 0
    if near:
        # neighbours: some site, chosen or not, fills a cell together with the first and a cell together with them
        for entry in range(table.starts[first], table.starts[first + 1]):
            cell = table.cells[entry]
            for link in range(table.back_starts[cell], table.back_starts[cell + 1]):
                marks[table.back_sites[link]] = turn
    _move(table, now, first, False)
    barred[first] = turn + 1 + int(_chance(seed, 8 * turn + 2) % np.uint64(2))
    for step in range(1, wanted):
        site = -1
        offset = int(_chance(seed, 8 * turn + 2 + step) % np.uint64(len(held)))
        for shift in range(len(held)):
            candidate = held[(offset + shift) % len(held)]
            if now.chosen[candidate] and (not near or _touches(table, candidate, marks, turn)):
                site = candidate
                break
        if site < 0:
            return
        _move(table, now, site, False)


@njit(cache=True, nogil=True)
def _touches(table: Table, site: int, marks: Ints, turn: int) -> bool:
    for entry in range(table.starts[site], table.starts[site + 1]):
        cell = table.cells[entry]
        for link in range(table.back_starts[cell], table.back_starts[cell + 1]):
            if marks[table.back_sites[link]] == turn:
                return True
    return False


@njit(cache=True, nogil=True)
def improve(table: Table, now: Standing, rounds: int, seed: np.uint64) -> Ints:
    """Settle the choice that stands, then `rounds` times ruin, refill and settle; the best choice found.

    A round that made it worse is taken back.
    """
    barred = np.zeros(len(table.costs), np.int64)
    marks = np.zeros(len(table.costs), np.int64)
    look = now.chosen.copy()
    _settle(table, now, look, barred)
    best = now.chosen.copy()
    value = now.spent[2]
    if now.spent[0] == 0:
        return np.flatnonzero(best)
    for turn in range(1, rounds + 1):
        _ruin(table, now, seed, turn, barred, marks)
        fill(table, now, barred, turn, False)
        if _kept(table, now):
            for site in range(len(best)):
                if best[site] != now.chosen[site]:
                    _wake(table, site, look)
            _settle(table, now, look, barred)
        if now.spent[2] >= value and _kept(table, now):
            value = now.spent[2]
            best[:] = now.chosen
        else:
            _restore(table, now, best)
    _settle(table, now, now.chosen.copy(), barred)
    return np.flatnonzero(now.chosen)


@njit(cache=True, nogil=True)
def _kept(table: Table, now: Standing) -> bool:
    """Whether every party has its least: a barred site may have been the only one left to give it."""
    return bool((now.have >= table.least).all())


@njit(cache=True, nogil=True)
def _restore(table: Table, now: Standing, wanted: NDArray[np.bool_]) -> None:
    """Back to a choice, by the difference only."""
    for add in (False, True):
        for site in range(len(wanted)):
            if now.chosen[site] != wanted[site] and wanted[site] == add:
                _move(table, now, site, add)
