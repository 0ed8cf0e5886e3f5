"""Pieces of open ground the slow way: masks of the whole frame, labels and distances of SciPy, outlines of GDAL."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import features
from rasterio.transform import Affine
from scipy import ndimage

from tansiq.gaps import bits, openings
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.geo.grid import Grid

BANDS = ((112, "constant"), (56, "half"), (1, "seldom"))
SIDES = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])


class Piece(NamedTuple):
    """What `openings.find` says of a gap."""

    id: str
    band: str
    mask: NDArray[np.bool_]
    cells: int
    cell_hours: int
    open_cells: tuple[int, ...]
    worst: int
    depth_m: int | None


def pieces(cover: Cover, area: Bits, grid: Grid, weights: NDArray[np.int64]) -> list[Piece]:
    """Every gap, however small, in the order of its box."""
    week = openings.hours_open(cover, area, weights)
    opens = [bits.unpack(cover.open(number, area), grid.cols) for number in range(cover.classes)]
    found, above = [], 256
    for least, band in BANDS:
        labels, count = ndimage.label((week >= least) & (week < above), structure=SIDES)
        above = least
        for number in range(1, count + 1):
            found.append(_piece(labels == number, band, week, opens, cover, grid))
    found.sort(key=lambda one: -one.cell_hours)
    return sorted(found, key=lambda one: (*(int(part.min()) for part in np.nonzero(one.mask)), one.band))


def _piece(
    mask: NDArray[np.bool_],
    band: str,
    week: NDArray[np.uint8],
    opens: list[NDArray[np.bool_]],
    cover: Cover,
    grid: Grid,
) -> Piece:
    counts = tuple(int((one & mask).sum()) for one in opens)
    worst = int(np.argmax(counts))
    covered = bits.unpack(cover.anyone(worst), grid.cols)
    far = ndimage.distance_transform_edt(~covered if covered.any() else np.pad(opens[worst] & mask, 1))
    far = far if covered.any() else far[1:-1, 1:-1]
    row, col = np.unravel_index(int(np.argmax(np.where(opens[worst] & mask, far, -1.0))), mask.shape)
    depth = round(float(far[row, col]) * grid.cell) if covered.any() else None
    hours = int(week[mask].sum(dtype=np.int64))
    return Piece(f"{band[0]}-{row}-{col}", band, mask, int(mask.sum()), hours, counts, worst, depth)


def outline(mask: NDArray[np.bool_], grid: Grid) -> shapely.Polygon:
    """The outline (m) of a piece of the frame."""
    corner = Affine(grid.cell, 0, grid.x0, 0, -grid.cell, grid.y0)
    shapes = features.shapes(mask.astype(np.uint8), mask=mask, connectivity=4, transform=corner)
    return shapely.geometry.shape(next(iter(shapes))[0])
