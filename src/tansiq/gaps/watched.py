"""Found incidents by the effort of looking: how long which ground was watched is known here, which is rare.

A side finds where it looks (Ensign and others 2018), so what was found in a gap is divided by the ground × hours of it
that somebody covered. The present week is taken to have held for as long as incidents count: what posts stood where
on each day of a year is seldom told. Ground that nobody ever watched has no rate.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.gaps import bits, exposure, frame
from tansiq.gaps.answer import Gap
from tansiq.gaps.bits import Bits
from tansiq.gaps.inputs import Event
from tansiq.gaps.openings import Found
from tansiq.geo.grid import Grid

WEEK_HOURS: Final = 168


def with_found_rates(
    gaps: Sequence[Gap],
    events: Sequence[Event],
    covered: NDArray[np.int64],
    area: Bits,
    grid: Grid,
    listed: Found,
    days: int,
) -> list[Gap]:
    """The gaps with the rate of found incidents per 100 km² and year of watching; `events` are those that count.

    `covered` int64[gaps + 1] is how many cells × hours a week somebody covers in each gap and in the rest of the area.
    """
    unit = grid.cell_area / 1e6
    rows, cols = frame.cells_of(grid, [one.place for one in events if one.found])
    within = bits.holds(area, grid.cols, rows, cols)
    owner = listed.ownership.of(rows, cols)[within]
    counts = np.bincount(np.where(owner < 0, len(gaps), owner), minlength=len(gaps) + 1)
    looked = covered > 0
    years = covered[looked].astype(np.float64) * (unit / WEEK_HOURS * days / exposure.YEAR_DAYS)
    rates = exposure.rates_of(counts[looked], years)
    of = dict(zip(np.flatnonzero(looked).tolist(), rates, strict=True))
    return [
        replace(
            gap,
            incidents=replace(
                gap.incidents, watched=round(float(covered[number]) * unit, 2), found_rate=of.get(number)
            ),
        )
        for number, gap in enumerate(gaps)
    ]
