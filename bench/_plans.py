"""A year of plans by chance in a strip of 500 × 40 km: polygons of 10 corners, 0.5 to 5 km, 1 to 12 hours."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from tansiq.movements.pieces import Flat
from tansiq.movements.volumes import Activity, Area, Window

CORNERS: Final = 10
LENGTH_M: Final = 500_000
WIDTH_M: Final = 40_000
TOWN_M: Final = 20_000
HOUR: Final = 3_600_000
YEAR_H: Final = 8760
START: Final = 1_790_000_000_000
WEST, SOUTH = 420_000_000, 350_000_000
MONTH_H: Final = 720


def plans(count: int, seed: int, *, skewed: bool) -> Flat:
    """So many plans. Skewed: half in one town of 20 × 20 km, two in a hundred a month long."""
    chance = np.random.default_rng(seed)
    x, y = chance.uniform(0, LENGTH_M, count), chance.uniform(0, WIDTH_M, count)
    hours = chance.uniform(1, 12, count)
    if skewed:
        town = chance.random(count) < 0.5
        x[town] = LENGTH_M / 2 + chance.uniform(0, TOWN_M, int(town.sum()))
        y[town] = WIDTH_M / 4 + chance.uniform(0, TOWN_M, int(town.sum()))
        hours[chance.random(count) < 0.02] = MONTH_H
    angles = np.sort(chance.uniform(0, 2 * np.pi, (count, CORNERS)), axis=1)
    radius = chance.uniform(500, 5000, count)[:, None]
    # about 111 and 91 m to 0.001 degrees at 35° north
    lon = WEST + (x[:, None] + radius * np.cos(angles)) * 109.6
    lat = SOUTH + (y[:, None] + radius * np.sin(angles)) * 90.1
    begin = (START + chance.uniform(0, YEAR_H, count) * HOUR).astype(np.int64)
    points = np.stack([lon, lat], axis=-1).round().astype(np.int64).reshape(-1, 2)
    nought = np.zeros(count, np.int64)
    return Flat(
        points=points,
        times=np.zeros(len(points), np.int64),
        offsets=np.arange(count + 1, dtype=np.int64) * CORNERS,
        kinds=nought,
        halves=nought,
        windows=np.stack([begin, begin + (hours * HOUR).astype(np.int64)], axis=1),
        bands=np.tile(np.array([-100_001, 100_001], np.int64), (count, 1)),
        volumes=nought,
        activities=np.arange(count, dtype=np.int64),
    )


def projected(flat: Flat) -> NDArray[Any]:
    """The polygons in UTM zone 38N, for peers that reckon in a plane."""
    x, y = Transformer.from_crs(4326, 32638, always_xy=True).transform(flat.points[:, 0] / 1e7, flat.points[:, 1] / 1e7)
    rings = np.stack([x, y], axis=1).reshape(-1, CORNERS, 2)
    shapes: NDArray[Any] = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
    return shapes


def structs(flat: Flat, owner: str, mark: str) -> list[Activity]:
    """The same plans as structs, as a desk has them."""
    rings = flat.points.reshape(-1, CORNERS, 2).tolist()
    windows = flat.windows.tolist()
    return [
        Activity(f"{mark}/{number}", owner, (Area([(lon, lat) for lon, lat in ring], Window(*window)),))
        for number, (ring, window) in enumerate(zip(rings, windows, strict=True))
    ]
