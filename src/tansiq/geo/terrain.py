"""Elevation: GeoTIFFs of any make as one layer of int16 tiles, and that layer read onto the frame of an analysis.

Heights are stored in decimetres where all of them fit (below 3276 m) and in half metres otherwise; the manifest says
which. What has no value in the source has none here, at any step. A layer says what its heights are counted from and
whether roofs and trees are in them, or that nobody stated it.

Positions in the source are taken to 1/4096 of a pixel and heights are given to the centimetre, so that two machines
whose projections differ in the last bit read the same ground.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.windows import Window

from tansiq.errors import MalformedInput
from tansiq.geo import sampling
from tansiq.geo.crs import box_of
from tansiq.geo.grid import Grid
from tansiq.geo.layers import Layer, Preview, Wanted, check_room, checked_files, manifest_of, settle, staging
from tansiq.geo.rasters import (
    TILE,
    Lattice,
    Mosaic,
    Writer,
    extent,
    mosaic,
    opened,
    resolution,
    tiles,
)

LOWEST_M: Final = -500.0
HIGHEST_M: Final = 9_000.0
NODATA: Final = -32_768
DECIMETRE: Final = 0.1
HALF_METRE: Final = 0.5
FITS_M: Final = 3_276.0
"""The highest ground that decimetres in int16 can say."""

MARGIN_M: Final = 15_000.0
"""How far beyond an area ground is kept: a post outside sees in, and one inside sees out."""

FILE: Final = "elevation.tif"
GLO_30: Final = re.compile(r"Copernicus_DSM_(?:COG_)?(?:10|30|03)_[NS]\d\d_00_[EW]\d{3}_00")
BLOCK: Final = 1024
"""Rows and columns of the frame that are read at once."""

STRIDE_M: Final = 1_000.0
"""Positions are projected this far apart and interpolated between: under 2 cm off."""

FINE: Final = 4_096.0
FAR: Final = 1 << 30
CENTIMETRES: Final = 100.0

Heights = NDArray[np.float32]
Progress = Callable[[float], None]


class _Facts(Struct, frozen=True):
    lowest: float
    highest: float
    voids: float


def preview(paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Preview:
    """What these files would make as one layer of elevation; nothing is kept.

    Raises MalformedInput with the code of what is wrong (`layer.no_crs`, `layer.range`, `layer.voids_only`, …).
    """
    return _look(paths, wanted, progress)[1]


def add(root: Path, paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Layer:
    """Take files in as one layer of elevation under `root`; refused as in `preview`, then nothing is kept."""
    whole, seen = _look(paths, wanted, lambda done: progress(done / 2))
    check_room(root, whole.lattice.rows * whole.lattice.cols * 2)
    with staging(root) as made:
        with Writer(made / FILE, whole.lattice, "int16", NODATA, seen.unit_m) as writer:
            for row, col, values in _counted(whole, wanted, lambda done: progress(0.5 + done / 2)):
                writer.write(row, col, _stored(values, seen.unit_m))
        return settle(root, made, manifest_of(seen, wanted, writer.digest, FILE))


def add_heights(
    root: Path,
    lattice: Lattice,
    heights: Callable[[int, int, int, int], NDArray[np.float64]],
    wanted: Wanted,
    caveats: tuple[str, ...],
    source: str,
) -> Layer:
    """A layer of computed heights (m, below 3276), marked as synthetic; `heights` answers (row, col, rows, cols)."""
    lowest, highest = np.inf, -np.inf
    with staging(root) as made:
        with Writer(made / FILE, lattice, "int16", NODATA, DECIMETRE) as writer:
            for row, col, rows, cols in tile_windows(lattice):
                values = heights(row, col, rows, cols)
                lowest, highest = min(lowest, float(values.min())), max(highest, float(values.max()))
                writer.write(row, col, _stored(values, DECIMETRE))
        seen = Preview(
            kind="elevation",
            crs=lattice.crs,
            extent=extent(lattice),
            files=(source,),
            caveats=caveats,
            resolution_m=round(resolution(lattice), 2),
            rows=lattice.rows,
            cols=lattice.cols,
            unit_m=DECIMETRE,
            datum="synthetic",
            model="terrain",
            lowest=round(lowest, 1),
            highest=round(highest, 1),
            synthetic=True,
        )
        return settle(root, made, manifest_of(seen, wanted, writer.digest, FILE))


def tile_windows(lattice: Lattice) -> Iterator[tuple[int, int, int, int]]:
    """First row, first column, rows and columns of each tile, row by row."""
    for row in range(0, lattice.rows, TILE):
        for col in range(0, lattice.cols, TILE):
            yield row, col, min(TILE, lattice.rows - row), min(TILE, lattice.cols - col)


def _look(paths: Sequence[Path], wanted: Wanted, progress: Progress) -> tuple[Mosaic, Preview]:
    files = checked_files(paths)
    box = box_of(wanted.area, MARGIN_M) if wanted.area else None
    whole = mosaic(files, box)
    for one in whole.pieces:
        with opened(one.path) as raster:
            if raster.dtypes[0] in {"uint8", "int8"}:
                raise MalformedInput("layer.numbers", file=one.path.name[:80], type=raster.dtypes[0])
    facts = _facts(whole, wanted, progress)
    copernicus = all(GLO_30.search(path.name) for path in files)
    stated = {one.datum for one in whole.pieces} - {"unknown"}
    datum = wanted.datum.strip()[:60] or (stated.pop() if len(stated) == 1 else "EGM2008" if copernicus else "unknown")
    model: Literal["surface", "terrain", "unknown"] = wanted.model or ("surface" if copernicus else "unknown")
    return whole, Preview(
        kind="elevation",
        crs=whole.lattice.crs,
        extent=extent(whole.lattice),
        files=tuple(sorted(path.name for path in files)),
        caveats=_caveats(datum, model, facts),
        resolution_m=round(resolution(whole.lattice), 2),
        rows=whole.lattice.rows,
        cols=whole.lattice.cols,
        unit_m=DECIMETRE if facts.highest < FITS_M else HALF_METRE,
        datum=datum,
        model=model,
        lowest=round(facts.lowest, 1),
        highest=round(facts.highest, 1),
        voids=facts.voids,
    )


def _caveats(datum: str, model: str, facts: _Facts) -> tuple[str, ...]:
    found = [f"caveat.{model}_model", "caveat.datum_unknown" if datum == "unknown" else "caveat.gps_heights"]
    return (*found, *(["caveat.voids"] if facts.voids else []))


def _counted(whole: Mosaic, wanted: Wanted, progress: Progress) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    total = whole.lattice.rows * whole.lattice.cols
    done = 0
    for row, col, values in tiles(whole, wanted.nodata):
        yield row, col, values
        done += values.size
        progress(done / total)


def _facts(whole: Mosaic, wanted: Wanted, progress: Progress) -> _Facts:
    """Lowest, highest and the share of voids; refused where heights are none that the earth has."""
    lowest, highest, voids, wrong, example = np.inf, -np.inf, 0, 0, 0.0
    name = whole.pieces[0].path.name[:80] if whole.pieces else "-"
    for _, _, values in _counted(whole, wanted, progress):
        known = values[~np.isnan(values)]
        voids += values.size - known.size
        if not known.size:
            continue
        outside = (known < LOWEST_M) | (known > HIGHEST_M)
        if outside.any():
            wrong += int(outside.sum())
            example = float(known[outside][0])
        lowest, highest = min(lowest, float(known.min())), max(highest, float(known.max()))
    if wrong:
        raise MalformedInput("layer.range", file=name, count=wrong, example=f"{example:.6g}")
    if highest < lowest:
        raise MalformedInput("layer.voids_only", file=name)
    return _Facts(lowest, highest, float(np.ceil(voids / (whole.lattice.rows * whole.lattice.cols) * 1e6) / 1e6))


def _stored(values: NDArray[np.float64], unit: float) -> NDArray[np.int16]:
    steps = np.rint(values / unit)
    return np.where(np.isnan(steps), NODATA, steps).astype(np.int16)


def read(layer: Layer, grid: Grid) -> Heights:
    """Heights (m) at the middles of a frame's cells: float32[rows, cols], NaN where they are not known.

    Bilinear between the four nearest pixels; where one of them has no value, the nearest pixel alone counts, so that
    neither a void nor the edge is ever interpolated over. Cells larger than a pixel take what lies at their middle.
    """
    heights = np.full(grid.shape, np.nan, np.float32)
    with opened(layer.path) as raster:
        for block in _blocks(layer, grid, raster):
            part = heights[block.row : block.row + block.rows, block.col : block.col + block.cols]
            _bilinear(raster, block, layer.manifest.unit_m, part)
    return heights


def read_nearest(layer: Layer, grid: Grid, nothing: int) -> NDArray[np.uint8]:
    """Classes of the nearest pixel: uint8[rows, cols], `nothing` outside. For land cover."""
    found = np.full(grid.shape, nothing, np.uint8)
    with opened(layer.path) as raster:
        for row, col, x, y in _positions(layer, grid, raster):
            values, rows, cols, inside = _around(raster, np.floor(y + 0.5), np.floor(x + 0.5))
            part = found[row : row + x.shape[0], col : col + x.shape[1]]
            if values is not None:
                np.copyto(part, values[rows, cols], where=inside)
    return found


class _Block(Struct, frozen=True):
    """A block of a frame: its first row and column, its size, and how its cells lie between knots.

    `x`, `y` are where knots lie among the pixels' middles; row r lies `v[r]` of the way from knot row `tops[r]` on,
    column c `u[c]` from knot column `lefts[c]`.
    """

    row: int
    col: int
    rows: int
    cols: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    tops: NDArray[np.int64]
    v: NDArray[np.float64]
    lefts: NDArray[np.int64]
    u: NDArray[np.float64]


def _blocks(layer: Layer, grid: Grid, raster: Any) -> Iterator[_Block]:
    """The blocks of a frame in which it is read."""
    at = raster.transform
    project = Transformer.from_crs(grid.epsg, CRS.from_user_input(layer.manifest.crs), always_xy=True)
    step = max(1, int(STRIDE_M // grid.cell))
    # knots are counted from the corner of the zone, so that a part of a frame reads what the whole reads
    south, east = -round(grid.y0 / grid.cell), round(grid.x0 / grid.cell)
    block = _block(layer, grid)
    for row in range(0, grid.rows, block):
        for col in range(0, grid.cols, block):
            rows, cols = min(block, grid.rows - row), min(block, grid.cols - col)
            down, across = _knots(south + row, rows, step), _knots(east + col, cols, step)
            x, y = project.transform(*np.meshgrid((across + 0.5) * grid.cell, -(down + 0.5) * grid.cell))
            x, y = (np.asarray(x) - at.c) / at.a - 0.5, (np.asarray(y) - at.f) / at.e - 0.5
            x, y = (np.clip(np.nan_to_num(one, nan=-FAR, posinf=FAR, neginf=-FAR), -FAR, FAR) for one in (x, y))
            tops, v = _between(south + row, rows, step)
            lefts, u = _between(east + col, cols, step)
            yield _Block(row, col, rows, cols, x, y, tops, v, lefts, u)


def _positions(
    layer: Layer, grid: Grid, raster: Any
) -> Iterator[tuple[int, int, NDArray[np.float64], NDArray[np.float64]]]:
    """First row and column of each block of the frame, and where its cells' middles lie among the pixels' middles."""
    for block in _blocks(layer, grid, raster):
        x, y = (np.rint(_at_cells(block, knots) * FINE) / FINE for knots in (block.x, block.y))
        yield block.row, block.col, x, y


def _block(layer: Layer, grid: Grid) -> int:
    """How many rows and columns are read at once, so that the pixels below them stay few."""
    side = layer.manifest.resolution_m or grid.cell
    return int(min(BLOCK, max(16, 2 * BLOCK * side / grid.cell)))


def _knots(first: int, count: int, step: int) -> NDArray[np.int64]:
    return np.arange(first // step, (first + count - 1) // step + 2, dtype=np.int64) * step


def _between(first: int, count: int, step: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Of each row or column the knot before it and which part of the way to the next it lies."""
    places = np.arange(first, first + count)
    return places // step - first // step, (places % step) / step


def _at_cells(block: _Block, knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at every cell of a block, bilinear between its knots."""
    v, u = block.v[:, None], block.u[None, :]
    upper = knots[block.tops][:, block.lefts] * (1 - u) + knots[block.tops][:, block.lefts + 1] * u
    lower = knots[block.tops + 1][:, block.lefts] * (1 - u) + knots[block.tops + 1][:, block.lefts + 1] * u
    return np.asarray(upper * (1 - v) + lower * v)


def _around(
    raster: Any, rows: NDArray[np.float64], cols: NDArray[np.float64]
) -> tuple[NDArray[Any] | None, NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The window of the raster that holds these pixels, and where in it each lies; None where none is inside."""
    height, width = raster.shape
    inside = (rows >= 0) & (rows < height) & (cols >= 0) & (cols < width)
    zero = np.zeros(rows.shape, np.int64)
    if not inside.any():
        return None, zero, zero, inside
    top, left = int(rows[inside].min()), int(cols[inside].min())
    bottom, right = int(rows[inside].max()) + 1, int(cols[inside].max()) + 1
    values = raster.read(1, window=Window(left, top, right - left, bottom - top))
    row, col = np.where(inside, rows - top, 0), np.where(inside, cols - left, 0)
    return values, row.astype(np.int64), col.astype(np.int64), inside


def _bilinear(raster: Any, block: _Block, unit: float, out: Heights) -> None:
    height, width = raster.shape
    # cells lie between the outermost knots, and need the pixel before and the one after
    first_row, first_col = (int(np.clip(np.floor(knots.min()), 0, size)) for knots, size in _sides(block, raster))
    last_row, last_col = (int(np.clip(np.floor(knots.max()) + 3, 0, size)) for knots, size in _sides(block, raster))
    if last_row <= first_row or last_col <= first_col:
        return
    pixels = raster.read(1, window=Window(first_col, first_row, last_col - first_col, last_row - first_row))
    sampling.heights(
        block.x, block.y, block.tops, block.v, block.lefts, block.u, FINE, pixels, first_row, first_col, height, width,
        NODATA, unit, CENTIMETRES, out,
    )  # fmt: skip


def _sides(block: _Block, raster: Any) -> tuple[tuple[NDArray[np.float64], int], tuple[NDArray[np.float64], int]]:
    return (block.y, raster.shape[0]), (block.x, raster.shape[1])


__all__ = ["add", "add_heights", "preview", "read", "read_nearest", "tile_windows"]
