"""The kernel that reads heights gives, bit for bit, what whole arrays give."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tansiq.geo import sampling

FINE, HUNDREDTHS, NODATA, UNIT = 4096.0, 100.0, -32_768, 0.1


def _between(knots: NDArray[np.float64], v: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Positions at cells between four knots, to the fineness that is kept."""
    upper = knots[0, 0] * (1 - u) + knots[0, 1] * u
    lower = knots[1, 0] * (1 - u) + knots[1, 1] * u
    return np.asarray(np.rint((upper * (1 - v[:, None]) + lower * v[:, None]) * FINE) / FINE)


def _by_arrays(pixels: NDArray[np.int16], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
    """Bilinear within a rim of voids; the nearest pixel where one of the four is void."""
    height, width = pixels.shape
    left, top = np.floor(x), np.floor(y)
    u, v = x - left, y - top
    reached = (left >= -1) & (left < width) & (top >= -1) & (top < height)
    values = np.full((height + 2, width + 2), np.nan)
    values[1:-1, 1:-1] = np.where(pixels == NODATA, np.nan, pixels * UNIT)
    row, col = (np.where(reached, one + 1, 0).astype(np.int64) for one in (top, left))
    north = values[row, col] * (1 - u) + values[row, col + 1] * u
    south = values[row + 1, col] * (1 - u) + values[row + 1, col + 1] * u
    smooth = north * (1 - v) + south * v
    found = np.where(np.isnan(smooth), values[row + (v >= 0.5), col + (u >= 0.5)], smooth)
    found[~reached] = np.nan
    return (np.rint(found * HUNDREDTHS) / HUNDREDTHS).astype(np.float32)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), voids=st.floats(0, 0.3))
def test_heights_are_those_of_whole_arrays(seed: int, voids: float) -> None:
    chance = np.random.default_rng(seed)
    height, width = (int(one) for one in chance.integers(1, 30, 2))
    pixels = chance.integers(-3000, 30_000, (height, width)).astype(np.int16)
    pixels[chance.random(pixels.shape) < voids] = NODATA
    knots_x, knots_y = (chance.uniform(-4, size + 4, (2, 2)) for size in (width, height))
    rows, cols = (int(one) for one in chance.integers(1, 40, 2))
    v, u = np.arange(rows) / rows, np.arange(cols) / cols
    out = np.empty((rows, cols), np.float32)
    none, also = np.zeros(rows, np.int64), np.zeros(cols, np.int64)
    sampling.heights(
        knots_x, knots_y, none, v, also, u, FINE, pixels, 0, 0, height, width, NODATA, UNIT, HUNDREDTHS, out
    )
    expected = _by_arrays(pixels, _between(knots_x, v, u), _between(knots_y, v, u))
    assert np.array_equal(out, expected, equal_nan=True)
