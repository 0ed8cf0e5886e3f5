"""Posts for tests, and what footprints say as masks of the whole ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps import bits
from tansiq.gaps.sight import Footprint, Posts

CELL = 30.0


def posts(*places: tuple[int, int], height: float = 5.0, reach: float = 1500.0) -> Posts:
    """Posts at cells, all of one height and range (m)."""
    rows, cols = np.array(places, np.int32).reshape(-1, 2).T
    count = len(places)
    return Posts(rows, cols, np.full(count, height, np.float32), np.full(count, reach, np.float32))


def mask(one: Footprint, shape: tuple[int, int], *, unknown: bool = False) -> NDArray[np.bool_]:
    """A footprint as a mask of the whole ground."""
    part = one.unknown if unknown else one.seen
    whole = bits.empty(*shape)
    if part is not None:
        whole[one.row0 : one.row0 + part.shape[0], one.word0 : one.word0 + part.shape[1]] = part
    return bits.unpack(whole, shape[1])


def disc(shape: tuple[int, int], row: int, col: int, radius: int) -> NDArray[np.bool_]:
    """The cells within a range."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.asarray((y - row) ** 2 + (x - col) ** 2 <= radius * radius)
