"""A smooth picture of where incidents were told: a picture, never a figure that ranks anything.

Gaussian kernel density on a grid, with the bandwidth that was used beside it; what it shows depends on that bandwidth
more than on anything else. Mass beyond the edge of the frame is lost, so it fades towards the edges. For figures see
`gaps.rates`, for alarms `gaps.scan`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import ndimage

from tansiq.errors import MalformedInput

CUT: Final = 4.0
"""Standard deviations at which the kernel ends."""
STEP_M: Final = 100.0
"""A bandwidth that is chosen for the user is a whole multiple of this."""
SQUARE_KM: Final = 1e6
MAX_CELLS: Final = 1 << 24
MAX_REACH_CELLS: Final = 2000

Metres = NDArray[np.float64]


class Picture(Struct, frozen=True):
    """Incidents per km² (float32[rows, cols]), the bandwidth (m) it was drawn with, and of how many incidents.

    `chosen` says whether the bandwidth was the user's or Silverman's rule of thumb.
    """

    density: NDArray[np.float32]
    bandwidth_m: float
    chosen: str
    incidents: int


def picture(
    x: Metres, y: Metres, *, x0: float, y0: float, cell: float, shape: tuple[int, int], bandwidth_m: float | None = None
) -> Picture:
    """Draw incidents at (x, y) metres on `shape` cells of `cell` metres from the north-western corner (x0, y0).

    Incidents outside of the frame are left out and not counted. Raises MalformedInput `density.frame` for a frame of no
    cells or too many, `density.bandwidth` for a bandwidth that is no length or too wide for the cells.
    """
    rows, cols = shape
    if not (cell > 0 and rows > 0 and cols > 0 and rows * cols <= MAX_CELLS):
        raise MalformedInput("density.frame", rows=rows, cols=cols, limit=MAX_CELLS)
    col, row = np.floor((np.asarray(x) - x0) / cell), np.floor((y0 - np.asarray(y)) / cell)
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    counts = np.zeros(shape)
    np.add.at(counts, (row[inside].astype(np.int64), col[inside].astype(np.int64)), 1.0)
    chosen = "silverman" if bandwidth_m is None else "user"
    width = silverman(np.asarray(x)[inside], np.asarray(y)[inside], cell) if bandwidth_m is None else bandwidth_m
    if not (np.isfinite(width) and 0 < width <= MAX_REACH_CELLS * cell / CUT):
        raise MalformedInput("density.bandwidth", metres=str(width), limit=int(MAX_REACH_CELLS * cell / CUT))
    smooth = ndimage.gaussian_filter(counts, width / cell, mode="constant", truncate=CUT)
    return Picture((smooth * (SQUARE_KM / cell**2)).astype(np.float32), float(width), chosen, int(inside.sum()))


def silverman(x: Metres, y: Metres, cell: float) -> float:
    """Silverman's rule of thumb in two dimensions (1986), up to the next 100 m and never below a cell."""
    if len(x) < 2:
        return max(cell, STEP_M)
    spread = float(np.sqrt((np.var(x, ddof=1) + np.var(y, ddof=1)) / 2.0))
    return max(cell, float(np.ceil(spread * len(x) ** (-1.0 / 6.0) / STEP_M) * STEP_M), STEP_M)
