"""Exposure: how much is at stake in a gap, with its parts, and how the order changes without a side's reports.

exposure = open ground × hours × rate of incidents × what lies in it. The rate (`gaps.rates`) is that of incidents that
were reported to somebody, over ground and time; those that a side found by watching stand apart, because a side finds
them where it looks (Ensign and others 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import rates

YEAR_DAYS: Final = 365.0
ROAD_KM: Final = 10.0
"""So many kilometres of road weigh as much as one settlement."""

UNIT_KM2: Final = 100.0


class Rate(Struct, frozen=True):
    """Incidents per 100 km² and year with their credible interval; `prior` says on what small gaps lean."""

    mean: float
    low: float
    high: float
    level: float
    prior: str


def rates_of(counts: NDArray[np.int64], km2_years: NDArray[np.float64]) -> list[Rate]:
    """The rate of each piece of an area, given all of them: int64[n] and float64[n] of km² × years.

    Where there is too little to learn a prior from, it is the rate of the whole area with the weight of one incident
    (`whole_area`): then ground counts, and no gap is taken for safe because nothing was told of it.
    """
    prior = rates.learned(counts, km2_years)
    if prior.kind == "weak":
        prior = rates.Prior("whole_area", 1.0, float(km2_years.sum()) / (0.5 + int(counts.sum())))
    found = rates.estimate(counts, km2_years, prior=prior)

    def per_100_km2(one: float) -> float:
        return round(UNIT_KM2 * float(one), 3)

    return [
        Rate(per_100_km2(mean), per_100_km2(low), per_100_km2(high), found.level, prior.kind)
        for mean, low, high in zip(found.rate, found.low, found.high, strict=True)
    ]


class Parts(Struct, frozen=True):
    """What the exposure of a gap is made of: km² × hours a week, incidents per 100 km² and year, what lies in it."""

    area_hours: float
    rate: float
    at_stake: float

    @property
    def exposure(self) -> float:
        """All of it together."""
        return round(self.area_hours * self.rate * self.at_stake / 100.0, 3)


def at_stake(settlements: int, roads_km: float) -> float:
    """1 for bare ground, 1 more for every settlement and every 10 km of road."""
    return round(1.0 + settlements + roads_km / ROAD_KM, 3)


def ranks(parts: Sequence[Parts], ids: Sequence[str]) -> list[int]:
    """The place of each gap in the order of exposure, from 1; where equal, the larger by ground and hours first."""
    order = sorted(range(len(parts)), key=lambda n: (-parts[n].exposure, -parts[n].area_hours, ids[n]))
    found = [0] * len(parts)
    for place, number in enumerate(order, start=1):
        found[number] = place
    return found
