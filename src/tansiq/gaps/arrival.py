"""When help arrives: travel times from a party's bases at each hour of the week, as the rule needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps import bits, frame
from tansiq.gaps.cover import Known
from tansiq.gaps.inputs import Base
from tansiq.gaps.layers import Layers
from tansiq.geo.grid import Grid, middles

FLAT_KMH: Final = {"foot": 5.0, "car": 25.0, "offroad": 30.0, "truck": 20.0, "tracked": 20.0}

Times = NDArray[np.float32]
"""Seconds from the call to the arrival: float32[rows, cols], +inf beyond the cut-off, NaN where it is not known."""


def arrival(
    grid: Grid, bases: Sequence[Base], hour: int, layers: Layers, closed: Sequence[str], cutoff: float
) -> Times:
    """Seconds until somebody of these bases arrives who is called in an hour of the week."""
    best = np.full(grid.shape, np.inf, np.float32)
    x, y = middles(grid)
    for base in bases:
        if base.ready_s[hour] < 0:
            continue
        rows, cols = frame.cells_of(grid, [base.place])
        away = np.hypot(x[None, :] - x[cols[0]], (y - y[rows[0]])[:, None])
        speed = max(FLAT_KMH[one] for one in base.mobility) / 3.6
        best = np.minimum(best, np.rint(away / speed + base.ready_s[hour]).astype(np.float32))
    best[best > cutoff] = np.inf
    return best


def within(times: Times, seconds: float) -> Known:
    """The ground that is reached in time, and the ground of which that is not known."""
    return Known(bits.pack(times <= seconds), bits.pack(np.isnan(times)))
