"""Squares of the MGRS grid as rings on the ground: the corners of many at once, each in the UTM zone of its middle."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import pyproj
from numpy.typing import NDArray

E7: Final = 1e7
ZONE_DEG: Final = 6
NORTH: Final = 32_600
SOUTH: Final = 32_700


def corners(lat: NDArray[np.int64], lon: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """Of squares with their middle at `lat`, `lon` (E7) and a side of `size` metres: float64[n, 4, 2], longitude and
    latitude in degrees, from the south-west by the north-west, so clockwise on a map.
    """
    found = np.zeros((len(lat), 4, 2))
    zone = np.minimum(60, np.floor((lon / E7 + 180) / ZONE_DEG).astype(np.int64) + 1)
    code = np.where(lat >= 0, NORTH, SOUTH) + zone
    for epsg in np.unique(code):
        some = np.flatnonzero(code == epsg)
        there, back = _transformers(int(epsg))
        east, north = there.transform(lon[some] / E7, lat[some] / E7)
        side = size[some].astype(np.float64)
        west, south = np.floor(east / side) * side, np.floor(north / side) * side
        for number, (right, up) in enumerate(((0, 0), (0, 1), (1, 1), (1, 0))):
            found[some, number, 0], found[some, number, 1] = back.transform(west + right * side, south + up * side)
    return found


@cache
def _transformers(epsg: int) -> tuple[pyproj.Transformer, pyproj.Transformer]:
    there = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    return there, pyproj.Transformer.from_crs(epsg, 4326, always_xy=True)
