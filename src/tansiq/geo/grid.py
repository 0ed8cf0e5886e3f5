"""The frame of an analysis: square cells in metres, in the UTM zone of an area.

Two nodes lay the same frame over the same area: its edges are whole multiples of the cell, its zone follows from the
middle of the area, and positions are rounded to centimetres before anything is counted. Never degrees: at 35° N a
degree of longitude is a fifth shorter than one of latitude.

Transverse Mercator after Karney (2011), by PROJ. Inside a zone lengths are true to 0.1 %. A whole country lies in the
one zone of its middle: six degrees beyond the zone's own middle lengths are 0.4 % too long at 33° N, nine degrees
beyond 0.8 % (1.2 % at the equator). An area that reaches farther is refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from pyproj import Transformer

from tansiq.errors import MalformedInput

E7: Final = 10_000_000
CENTIMETRES: Final = 100.0
MAX_CELLS: Final = 1 << 30
ZONE_WIDTH: Final = 6
WIDEST_DEGREES: Final = 12.0
"""How far an area may reach in longitude: two zones, wherever in its own its middle is."""

BLOCK: Final = 64

NORTHERN: Final = 32_600
SOUTHERN: Final = 32_700

Metres = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Grid(Struct, frozen=True):
    """Rows from north to south, columns from west to east.

    `epsg` is the UTM zone; `x0` and `y0` (m) are the western and the northern edge, `cell` (m) the side of a cell.
    Cell (r, c) has its middle at (x0 + (c + ½) cell, y0 - (r + ½) cell).
    """

    epsg: int
    x0: float
    y0: float
    cell: float
    rows: int
    cols: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def cell_area(self) -> float:
        """The area of a cell (m²)."""
        return self.cell * self.cell


def utm_zone(lon: float, lat: float) -> int:
    """The EPSG code of the UTM zone (WGS 84) of a point in degrees; the exceptions of Norway and Svalbard apply not."""
    zone = min(60, int((lon + 180.0) // ZONE_WIDTH) + 1)
    return (NORTHERN if lat >= 0 else SOUTHERN) + zone


def grid_for(ring: Sequence[tuple[int, int]], cell: float, margin: float = 0.0) -> Grid:
    """The frame over a ring of (longitude, latitude × 10⁷), `margin` metres wider on every side.

    Raises MalformedInput: `grid.cell` for a cell that is no positive length, `grid.too_wide` for an area that reaches
    over more than its zone and half of each neighbour, `grid.too_large` for more than 2³⁰ cells.
    """
    if not (math.isfinite(cell) and cell > 0 and math.isfinite(margin) and margin >= 0):
        raise MalformedInput("grid.cell", cell=str(cell))
    lons, lats = np.asarray(ring, np.int64).T / E7
    if lons.max() - lons.min() > WIDEST_DEGREES:
        raise MalformedInput("grid.too_wide", degrees=math.ceil(lons.max() - lons.min()))
    epsg = utm_zone(float(lons.min() + lons.max()) / 2, float(lats.min() + lats.max()) / 2)
    x, y = _project(epsg, lons, lats)
    west, north = (
        math.floor((x.min() - margin) / cell) * cell,
        math.ceil((y.max() + margin) / cell) * cell,
    )
    cols = max(1, math.ceil((x.max() + margin - west) / cell))
    rows = max(1, math.ceil((north - (y.min() - margin)) / cell))
    if rows * cols > MAX_CELLS:
        raise MalformedInput("grid.too_large", cells=rows * cols, limit=MAX_CELLS)
    return Grid(epsg, west, north, cell, rows, cols)


def to_metres(grid: Grid, lon_e7: NDArray[np.int64], lat_e7: NDArray[np.int64]) -> tuple[Metres, Metres]:
    """Eastings and northings (m, rounded to centimetres) of positions in degrees × 10⁷."""
    return _project(grid.epsg, np.asarray(lon_e7) / E7, np.asarray(lat_e7) / E7)


def to_degrees(grid: Grid, x: Metres, y: Metres) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Longitudes and latitudes × 10⁷ of eastings and northings (m)."""
    lon, lat = _transformer(grid.epsg).transform(np.asarray(x, float), np.asarray(y, float), direction="INVERSE")
    return np.rint(np.asarray(lon) * E7).astype(np.int64), np.rint(np.asarray(lat) * E7).astype(np.int64)


def cells_of(grid: Grid, x: Metres, y: Metres) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Row and column of each position (m); outside of the frame they are below 0 or beyond its last."""
    cols = np.floor((np.asarray(x) - grid.x0) / grid.cell).astype(np.int64)
    rows = np.floor((grid.y0 - np.asarray(y)) / grid.cell).astype(np.int64)
    return rows, cols


def middles(grid: Grid) -> tuple[Metres, Metres]:
    """Eastings of the columns' middles and northings of the rows' (m)."""
    x: Metres = grid.x0 + (np.arange(grid.cols, dtype=np.float64) + 0.5) * grid.cell
    y: Metres = grid.y0 - (np.arange(grid.rows, dtype=np.float64) + 0.5) * grid.cell
    return x, y


def ring_metres(grid: Grid, ring: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """A ring of (longitude, latitude × 10⁷) as float64[n, 2] in metres."""
    lons, lats = np.asarray(ring, np.int64).T
    return np.stack(to_metres(grid, lons, lats), axis=1)


def ring_mask(grid: Grid, ring: Sequence[tuple[int, int]]) -> Mask:
    """Which cells have their middle inside a ring: bool[rows, cols]. A ring that crosses itself is refused."""
    polygon = shapely.Polygon(ring_metres(grid, ring))
    if not polygon.is_valid:
        raise MalformedInput("grid.self_crossing", reason=shapely.is_valid_reason(polygon)[:120])
    x, y = middles(grid)
    shapely.prepare(polygon)
    mask = np.zeros(grid.shape, bool)
    west, south, east, north = polygon.bounds
    first, last = (int(np.searchsorted(-y, -north)), int(np.searchsorted(-y, -south, side="right")))
    left, right = (int(np.searchsorted(x, west)), int(np.searchsorted(x, east, side="right")))
    half = grid.cell / 2
    for top in range(first, last, BLOCK):
        for side in range(left, right, BLOCK):
            part = np.s_[top : min(last, top + BLOCK), side : min(right, side + BLOCK)]
            across, down = x[part[1]], y[part[0]]
            box = shapely.box(across[0] - half, down[-1] - half, across[-1] + half, down[0] + half)
            # most of a country lies wholly inside or outside: points are only asked for at its edge
            if shapely.contains_properly(polygon, box):
                mask[part] = True
            elif shapely.intersects(polygon, box):
                mask[part] = shapely.contains_xy(polygon, *np.meshgrid(across, down))
    return mask


def window(grid: Grid, row0: int, col0: int, rows: int, cols: int) -> Grid:
    """A part of the frame with the same cells."""
    return Grid(grid.epsg, grid.x0 + col0 * grid.cell, grid.y0 - row0 * grid.cell, grid.cell, rows, cols)


@lru_cache(maxsize=16)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(4326, epsg, always_xy=True)


def _project(epsg: int, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[Metres, Metres]:
    x, y = _transformer(epsg).transform(lon, lat)
    return np.rint(np.asarray(x) * CENTIMETRES) / CENTIMETRES, np.rint(np.asarray(y) * CENTIMETRES) / CENTIMETRES
