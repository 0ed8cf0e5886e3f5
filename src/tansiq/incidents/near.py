"""Which reports of different parties lie near enough in place and time to be looked at, among a hundred thousand.

Two reports meet where the times that they may have happened in, with `SLACK_MS` between them, overlap, and their places
lie within reach of each other. What is then weighed in numbers is weighed for all of them at once.

The weight is the evidence that two reports are of one event against that they are of two, in powers of two (Fellegi and
Sunter 1969, "A theory for record linkage", J. Am. Stat. Assoc. 64): how well the places fit, how well the times fit,
and `crowd`: how many reports of the busier side would lie as near by chance, where and when these are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tansiq.geo.apart import DEGREE_M
from tansiq.incidents.account import DIAGONAL, HOUR_MS, MINUTE_MS, Account
from tansiq.incidents.crowd import Crowd, crowd_of, thickness
from tansiq.incidents.fits import LATE_MIN, place_fit, time_fit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SLACK_MS: Final = 4 * HOUR_MS
"""A clock that is read wrong by the three hours of Baghdad, and some time to notice."""
NEAR_M: Final = 5000
CHUNK: Final = 2_000_000
"""Pairs that are weighed at once."""
FOLLOWING: Final = 0.1
"""Of other events soon after an event and near it, as many are told: one thing often follows another."""
FOLLOWING_M: Final = 6000
FOLLOWING_MS: Final = 2 * HOUR_MS


class Near(Struct, frozen=True):
    """Two reports by number, and the three weights with what they are made of."""

    one: int
    other: int
    metres: int
    reach: int
    minutes: int
    shifted: int
    place: float
    time: float
    crowd: float
    by_chance: float

    @property
    def points(self) -> float:
        """The three together."""
        return self.place + self.time + self.crowd


class Table(Struct, frozen=True):
    """Accounts as columns: `square` is the side of a square of the grid (m), `accuracy` what was stated of a point."""

    start: Floats
    end: Floats
    lat: Floats
    lon: Floats
    radius: Floats
    square: Floats
    accuracy: Floats
    party: Ints
    crowd: Crowd


class Kinds(Struct, frozen=True):
    """The kind of each account by number, and what two kinds weigh beside each other."""

    codes: Ints
    weights: Floats


def near(accounts: Sequence[Account], kinds: Kinds, least: float, least_within: float) -> Iterator[Near]:
    """Pairs whose three weights and that of their kinds come to `least` or more; of one party, which may have told an
    event twice, to `least_within`.
    """
    table = _table(accounts)
    parties = np.unique(table.party) if len(accounts) else np.zeros(0, np.int64)
    order = {int(party): _by_start(table, int(party)) for party in parties}
    for party, ones in order.items():
        for other, others in order.items():
            bound = least_within if party == other else least
            for one in _meeting(table, ones, others, later=party >= other):
                yield from _weighed(table, kinds, *one, bound)


def _table(accounts: Sequence[Account]) -> Table:
    def column(values: Sequence[float]) -> Floats:
        return np.array(values, np.float64)

    parties = {party: at for at, party in enumerate(sorted({one.party for one in accounts}))}
    start = column([one.start or 0 for one in accounts])
    lat, lon = column([one.lat or 0 for one in accounts]), column([one.lon or 0 for one in accounts])
    party = np.array([parties[one.party] for one in accounts], np.int64)
    return Table(
        start,
        column([one.end or 0 for one in accounts]),
        lat,
        lon,
        column([one.radius for one in accounts]),
        column([one.radius / DIAGONAL if one.coarse else 0 for one in accounts]),
        column([0 if one.coarse else one.radius for one in accounts]),
        party,
        crowd_of(lat, lon, start.astype(np.int64), party),
    )


def _by_start(table: Table, party: int) -> Ints:
    numbers = np.flatnonzero(table.party == party)
    return numbers[np.argsort(table.start[numbers], kind="stable")]


def _meeting(table: Table, ones: Ints, others: Ints, *, later: bool) -> Iterator[tuple[Ints, Ints]]:
    """Pairs of which the other one begins later, or together with it where not `later`: so each is met once.

    Within one party it stands later in the order of beginning.
    """
    begins = table.start[others]
    low = np.searchsorted(begins, table.start[ones], side="right" if later else "left")
    if len(ones) and len(others) and ones[0] == others[0]:
        low = np.arange(1, len(ones) + 1)
    high = np.searchsorted(begins, table.end[ones] + SLACK_MS, side="right")
    sizes = np.maximum(high - low, 0)
    at = 0
    while at < len(ones):
        ends = np.cumsum(sizes[at:])
        upto = at + max(1, int(np.searchsorted(ends, CHUNK, side="right")))
        some = sizes[at:upto]
        total = int(some.sum())
        if total:
            one = np.repeat(ones[at:upto], some)
            offset = np.arange(total) - np.repeat(np.cumsum(some) - some, some)
            other = others[np.repeat(low[at:upto], some) + offset]
            yield one, other
        at = upto


def _weighed(table: Table, kinds: Kinds, one: Ints, other: Ints, least: float) -> Iterator[Near]:
    north = (table.lat[one] - table.lat[other]) / 1e7 * DEGREE_M
    middle = np.radians((table.lat[one] + table.lat[other]) / 2e7)
    east = (table.lon[one] - table.lon[other]) / 1e7 * DEGREE_M * np.cos(middle)
    apart = np.hypot(north, east)
    reach = table.radius[one] + table.radius[other]
    close = np.flatnonzero(apart <= 1.5 * reach + NEAR_M)
    one, other, apart, reach = one[close], other[close], apart[close], reach[close]
    place, area = place_fit(
        east[close],
        north[close],
        (table.square[one], table.square[other]),
        (table.accuracy[one], table.accuracy[other]),
    )
    lasts = table.end[one] - table.start[one], table.end[other] - table.start[other]
    between = np.maximum(table.start[one], table.start[other]) - np.minimum(table.end[one], table.end[other])
    gap = np.maximum(between, 0) / MINUTE_MS
    time, shifted = time_fit(gap, np.maximum(-between, 0) / MINUTE_MS, np.minimum(*lasts) / MINUTE_MS)
    chance = _by_chance(table, one, other, area, np.maximum(*lasts) + 2 * LATE_MIN * MINUTE_MS)
    crowd = -np.log2(chance)
    alike = kinds.weights[kinds.codes[one], kinds.codes[other]]
    for at in np.flatnonzero(place + time + crowd + alike >= least):
        yield Near(
            int(one[at]),
            int(other[at]),
            round(float(apart[at])),
            round(float(reach[at])),
            round(float(gap[at])),
            round(float(shifted[at])),
            float(place[at]),
            float(time[at]),
            float(crowd[at]),
            float(chance[at]),
        )


def _by_chance(table: Table, one: Ints, other: Ints, area: Floats, width: Floats) -> Floats:
    """How many reports would lie as near as this one where the place is known better, did they not belong together."""
    sharper = np.where(table.radius[one] <= table.radius[other], one, other)
    rate = thickness(table.crowd, sharper, table.party[one], table.party[other], area)
    circle = np.pi * FOLLOWING_M**2
    follows = FOLLOWING * np.minimum(area / circle, 1) * np.minimum(width / FOLLOWING_MS, 1)
    chance: Floats = rate * area * width + follows
    return np.maximum(chance, 1e-6)
