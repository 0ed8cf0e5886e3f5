"""Exposure: how much is at stake in a gap, with its parts, and how the order changes without a side's reports.

exposure = open ground × hours × rate of incidents × what lies in it. The rate is that of incidents that were reported
to somebody; those that a side found by watching stand apart, because a side finds them where it looks (Ensign et al.
2018). Rates are Gamma-Poisson: the prior is a Gamma of shape 1 with the mean of the whole area, so a gap with few
incidents leans on the area, and the interval is the 95 % of the posterior.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import special

SHAPE: Final = 1.0
LEVEL: Final = 0.95
YEAR_DAYS: Final = 365.0
ROAD_KM: Final = 10.0
"""So many kilometres of road weigh as much as one settlement."""


class Rate(Struct, frozen=True):
    """Incidents per 100 km² and year: mean and 95 % interval of the posterior."""

    mean: float
    low: float
    high: float


def rate(count: int, km2_years: float, all_count: int, all_km2_years: float) -> Rate:
    """The rate on ground where `count` incidents were told in so many km² × years, given the whole area's."""
    prior_rate = SHAPE / ((all_count + 0.5) / all_km2_years)
    shape, exposure = SHAPE + count, prior_rate + km2_years
    low, high = special.gammaincinv(shape, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) / exposure * 100.0
    return Rate(round(shape / exposure * 100.0, 3), round(float(low), 3), round(float(high), 3))


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


def counts_in(
    mask: NDArray[np.bool_], row0: int, col0: int, rows: NDArray[np.int64], cols: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of these cells lie in a piece of the frame."""
    row, col = rows - row0, cols - col0
    there = (row >= 0) & (row < mask.shape[0]) & (col >= 0) & (col < mask.shape[1])
    found = np.zeros(len(rows), bool)
    found[there] = mask[row[there], col[there]]
    return found
