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

from tansiq.gaps import exposure, frame
from tansiq.gaps.answer import Gap
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.gaps.expected import Labels, counted
from tansiq.gaps.inputs import Event
from tansiq.geo.grid import Grid

WEEK_HOURS: Final = 168


def with_found_rates(
    gaps: Sequence[Gap],
    events: Sequence[Event],
    cover: Cover,
    weights: NDArray[np.int64],
    area: Bits,
    grid: Grid,
    labels: Labels,
    days: int,
) -> list[Gap]:
    """The gaps with the rate of found incidents per 100 km² and year of watching; `events` are those that count.

    `labels` numbers the gaps in the order given, `weights` are the hours of each class.
    """
    inside = np.sum(
        [
            counted(cover.anyone(number) & area, labels, len(gaps) + 1) * int(weights[number])
            for number in range(cover.classes)
        ],
        axis=0,
    )
    watched = inside * (grid.cell_area / 1e6) / WEEK_HOURS
    rows, cols = frame.cells_of(grid, [one.place for one in events if one.found])
    there = (rows >= 0) & (rows < grid.rows) & (cols >= 0) & (cols < grid.cols)
    rows, cols = rows[there], cols[there]
    within = (area[rows, cols // 64] >> (cols % 64).astype(np.uint64)) & np.uint64(1)
    counts = np.bincount(labels[rows, cols][within == 1], minlength=len(gaps) + 1)
    looked = watched > 0
    rates = exposure.rates_of(counts[looked], watched[looked] * (days / exposure.YEAR_DAYS))
    of = dict(zip(np.flatnonzero(looked).tolist(), rates, strict=True))
    return [
        replace(
            gap,
            incidents=replace(
                gap.incidents, watched=round(float(inside[number]) * grid.cell_area / 1e6, 2), found_rate=of.get(number)
            ),
        )
        for number, gap in enumerate(gaps, start=1)
    ]
