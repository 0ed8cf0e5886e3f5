"""The kernel that reads heights at the cells of a frame: positions between knots, and four pixels around each.

Every operation is the plain IEEE one in a stated order, as in the array form that the tests hold against it, so that a
country reads the ground that a small area reads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def heights(
    knots_x: Numbers,
    knots_y: Numbers,
    tops: Ints,
    part_down: Numbers,
    lefts: Ints,
    part_across: Numbers,
    fine: float,
    pixels: NDArray[np.int16],
    row0: int,
    col0: int,
    height: int,
    width: int,
    nodata: int,
    unit: float,
    hundredths: float,
    out: NDArray[np.float32],
) -> None:
    """Heights into `out` float32[rows, cols], rounded to 1/`hundredths` m, NaN where not known.

    `knots_x`, `knots_y` are positions among the middles of pixels at knots; cell (r, c) lies `part_down[r]` of the way
    from knot row `tops[r]` to the next, and so across; positions are rounded to 1/`fine` of a pixel. `pixels` are a
    window of a raster of `height` by `width` that begins at (row0, col0) and holds all that is near; `nodata` is the
    lowest number there is.
    """
    for row in range(out.shape[0]):
        top, v = tops[row], part_down[row]
        for col in range(out.shape[1]):
            left, u = lefts[col], part_across[col]
            upper = knots_x[top, left] * (1 - u) + knots_x[top, left + 1] * u
            lower = knots_x[top + 1, left] * (1 - u) + knots_x[top + 1, left + 1] * u
            x = np.rint((upper * (1 - v) + lower * v) * fine) / fine
            upper = knots_y[top, left] * (1 - u) + knots_y[top, left + 1] * u
            lower = knots_y[top + 1, left] * (1 - u) + knots_y[top + 1, left + 1] * u
            y = np.rint((upper * (1 - v) + lower * v) * fine) / fine
            at_col, at_row = int(np.floor(x)), int(np.floor(y))
            if at_col < -1 or at_col >= width or at_row < -1 or at_row >= height:
                out[row, col] = np.nan
                continue
            right, down = x - at_col, y - at_row
            if at_col >= 0 and at_row >= 0 and at_col + 1 < width and at_row + 1 < height:
                line, place = at_row - row0, at_col - col0
                p00, p01 = pixels[line, place], pixels[line, place + 1]
                p10, p11 = pixels[line + 1, place], pixels[line + 1, place + 1]
            else:
                p00 = _pixel(pixels, at_row, at_col, row0, col0, height, width, nodata)
                p01 = _pixel(pixels, at_row, at_col + 1, row0, col0, height, width, nodata)
                p10 = _pixel(pixels, at_row + 1, at_col, row0, col0, height, width, nodata)
                p11 = _pixel(pixels, at_row + 1, at_col + 1, row0, col0, height, width, nodata)
            if min(p00, p01, p10, p11) > nodata:
                north = p00 * unit * (1 - right) + p01 * unit * right
                south = p10 * unit * (1 - right) + p11 * unit * right
                found = north * (1 - down) + south * down
            else:
                # neither a void nor the edge is interpolated over: the nearest pixel alone counts
                if down >= 0.5:
                    p00, p01 = p10, p11
                nearest = p01 if right >= 0.5 else p00
                found = np.nan if nearest == nodata else nearest * unit
            out[row, col] = np.float32(np.rint(found * hundredths) / hundredths)


@njit(cache=True, nogil=True, inline="always")
def _pixel(
    pixels: NDArray[np.int16], row: int, col: int, row0: int, col0: int, height: int, width: int, nodata: int
) -> int:
    if row < 0 or col < 0 or row >= height or col >= width:
        return nodata
    return int(pixels[row - row0, col - col0])
