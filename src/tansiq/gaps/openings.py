"""Openings: the pieces of ground that nobody covers, joined over the week.

Open ground is parted into three bands by how many hours of the week each cell lies open: by day and night (112 hours
and more), half the week (56 and more), seldom. A gap is ground of one band that hangs together, cell by cell over
their sides. So each open cell belongs to exactly one gap, area and hours add up, and a post that is blind by night
does not run all gaps of the area into one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from rasterio import features
from rasterio.transform import Affine
from scipy import ndimage

from tansiq.gaps import bits
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

BANDS: Final = ((112, "constant"), (56, "half"), (1, "seldom"))
"""The least number of hours open a week of each band, and its name."""

MOST: Final = 1000
"""Gaps that are listed, the largest by ground and hours; the rest is counted."""

SIDES: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
DECIMALS: Final = 6
"""Of degrees in a polygon: a decimetre."""


class Opening(Struct, frozen=True):
    """One gap. `row0`, `col0` and `mask` say which cells, `first` is a cell that stands for it: the deepest one.

    `outline` is in metres of the frame. `open_cells` counts, by class of hours, the cells that are open.
    """

    id: str
    band: str
    row0: int
    col0: int
    mask: NDArray[np.bool_]
    outline: shapely.Polygon
    open_cells: tuple[int, ...]
    cell_hours: int
    worst: int
    deepest: tuple[int, int]
    depth_m: int | None

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return int(self.mask.sum())


class Found(Struct, frozen=True):
    """The gaps, and what was too small or too much to be listed: how many, and how much of cells × hours."""

    openings: list[Opening]
    left_out: int
    left_out_cell_hours: int


def hours_open(cover: Cover, area: Bits, weights: NDArray[np.int64]) -> NDArray[np.uint8]:
    """How many hours of the week each cell of an area lies open: uint8[rows, cols]. `weights`: hours by class."""
    found = np.zeros((area.shape[0], cover.cols), np.uint8)
    for number in range(cover.classes):
        found += bits.unpack(cover.open(number, area), cover.cols).astype(np.uint8) * np.uint8(weights[number])
    return found


def find(
    cover: Cover,
    area: Bits,
    grid: Grid,
    weights: NDArray[np.int64],
    smallest_m2: float,
    progress: Callable[[float], None] = lambda _: None,
) -> Found:
    """The gaps of an area with at least `smallest_m2` of ground, in the order of their first cell."""
    week = hours_open(cover, area, weights)
    opens = [cover.open(number, area) for number in range(cover.classes)]

    @lru_cache(maxsize=4)
    def depths(number: int) -> NDArray[np.float64] | None:
        covered = bits.unpack(cover.anyone(number), cover.cols)
        if not covered.any():
            return None
        return np.asarray(ndimage.distance_transform_edt(~covered, sampling=grid.cell))

    pieces, small, small_hours = _pieces(week, smallest_m2 / grid.cell_area)
    openings = []
    for number, piece in enumerate(pieces):
        openings.append(_opening(piece, week, opens, grid, depths))
        progress((number + 1) / len(pieces))
    return Found(openings, small, small_hours)


class _Piece(Struct, frozen=True):
    """Cells of one band that hang together."""

    band: str
    row0: int
    col0: int
    mask: NDArray[np.bool_]
    cell_hours: int


def _pieces(week: NDArray[np.uint8], smallest: float) -> tuple[list[_Piece], int, int]:
    pieces: list[_Piece] = []
    small, small_hours, above = 0, 0, 256
    for least, band in BANDS:
        labels, count = ndimage.label((week >= least) & (week < above), structure=SIDES)
        above = least
        cells = np.bincount(labels.reshape(-1), minlength=count + 1)
        hours = np.bincount(labels.reshape(-1), weights=week.reshape(-1), minlength=count + 1).astype(np.int64)
        for number, part in enumerate(ndimage.find_objects(labels), start=1):
            if cells[number] < smallest:
                small += 1
                small_hours += int(hours[number])
            else:
                mask = labels[part] == number
                pieces.append(_Piece(band, part[0].start, part[1].start, mask, int(hours[number])))
    pieces.sort(key=lambda one: (-one.cell_hours, one.row0, one.col0))
    for one in pieces[MOST:]:
        small += 1
        small_hours += one.cell_hours
    kept = sorted(pieces[:MOST], key=lambda one: (one.row0, one.col0, one.band))
    return kept, small, small_hours


def _opening(
    piece: _Piece,
    week: NDArray[np.uint8],
    opens: list[Bits],
    grid: Grid,
    depths: Callable[[int], NDArray[np.float64] | None],
) -> Opening:
    rows, cols = piece.mask.shape
    part = np.s_[piece.row0 : piece.row0 + rows, piece.col0 : piece.col0 + cols]
    by_class = [bits.unpack(one[part[0]], grid.cols)[:, part[1]] & piece.mask for one in opens]
    counts = tuple(int(one.sum()) for one in by_class)
    worst = int(np.argmax(counts))
    field = depths(worst)
    inner = ndimage.distance_transform_edt(np.pad(by_class[worst], 1))[1:-1, 1:-1] if field is None else field[part]
    place = int(np.argmax(np.where(by_class[worst], inner, -1.0)))
    row, col = divmod(place, cols)
    deepest = (piece.row0 + row, piece.col0 + col)
    return Opening(
        f"{piece.band[0]}-{deepest[0]}-{deepest[1]}",
        piece.band,
        piece.row0,
        piece.col0,
        piece.mask,
        outline(grid, piece.row0, piece.col0, piece.mask),
        counts,
        piece.cell_hours,
        worst,
        deepest,
        None if field is None else round(float(field[deepest])),
    )


def outline(grid: Grid, row0: int, col0: int, mask: NDArray[np.bool_]) -> shapely.Polygon:
    """The outline (m) of cells that hang together over their sides, with its holes."""
    corner = Affine(grid.cell, 0, grid.x0 + col0 * grid.cell, 0, -grid.cell, grid.y0 - row0 * grid.cell)
    shapes = features.shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=corner)
    return shapely.geometry.shape(next(iter(shapes))[0])


def in_degrees(grid: Grid, polygon: shapely.Polygon) -> dict[str, Any]:
    """A GeoJSON geometry (degrees, RFC 7946) of an outline, smoothed by less than a cell, valid."""
    smooth = shapely.simplify(polygon, grid.cell * 0.75, preserve_topology=True)

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = grids.to_degrees(grid, points[:, 0], points[:, 1])
        return np.round(np.stack([lon, lat], axis=1) / grids.E7, DECIMALS)

    found = shapely.make_valid(shapely.transform(smooth, degrees))
    parts = [one for one in shapely.get_parts(found) if one.geom_type in ("Polygon", "MultiPolygon")]
    solid = shapely.orient_polygons(shapely.union_all(parts))
    return dict(shapely.geometry.mapping(solid))
