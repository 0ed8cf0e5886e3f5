"""Rasters that others made, as one lattice of square-cornered pixels: checked before anything is read, read by windows.

Only GeoTIFF (a COG is one) is opened, by its own driver, without its companions on disk and without the network. What
a file declares is checked against limits first: a hostile file costs a refusal, not the memory.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import rasterio
from msgspec import Struct
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.errors import RasterioError, RasterioIOError
from rasterio.transform import Affine
from rasterio.windows import Window

from tansiq.errors import MalformedInput, Unavailable
from tansiq.geo.crs import DEGREE_M, E7, HOME, read_crs
from tansiq.geo.layers import Extent, not_written

TILE: Final = 512
MAX_PIXELS: Final = 1 << 31
"""Pixels of all files together, and of a layer: four times a whole country at 30 m."""

MAX_SIDE: Final = 1 << 21
MAX_BLOCK: Final = 64 << 20
"""Bytes that one compressed piece of a file may unpack to; a reader must hold a piece whole."""

CACHE_MB: Final = 64
FINEST_M: Final = 0.2
COARSEST_M: Final = 5_000.0
ALIGNED: Final = 0.02
"""By how much of a pixel two files of one lattice may miss each other: rounding of their corners."""

WHOLE: Final = 1e-9

_ENVIRONMENT: Final[dict[str, Any]] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_CACHEMAX": CACHE_MB,
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "GTIFF_IGNORE_READ_ERRORS": False,
}


class Lattice(Struct, frozen=True):
    """Pixels of one raster or of several side by side.

    `x0`, `y0` are the western and northern edge, `dx`, `dy` the sides of a pixel, in the unit of `crs` (an EPSG code or
    WKT; x is east, whatever order the code states).
    """

    crs: str
    x0: float
    y0: float
    dx: float
    dy: float
    rows: int
    cols: int


class Piece(Struct, frozen=True):
    """A file's place in the lattice (first row and column, negative where it begins outside) and its stated datum."""

    path: Path
    row: int
    col: int
    lattice: Lattice
    datum: str


class Mosaic(Struct, frozen=True):
    """Files on one lattice, in an order that does not depend on how they were named."""

    lattice: Lattice
    pieces: tuple[Piece, ...]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A GeoTIFF, open for reading; refused where it is none (`layer.not_raster`) or breaks off (`layer.damaged`)."""
    name = path.name[:80]
    with rasterio.Env(**_ENVIRONMENT):
        try:
            dataset = rasterio.open(path, driver="GTiff")
        except (RasterioError, ValueError, UnicodeDecodeError) as error:
            raise MalformedInput("layer.not_raster", file=name) from error
        try:
            yield dataset
        except RasterioIOError as error:
            raise MalformedInput("layer.damaged", file=name, reason=str(error)[:120]) from error
        finally:
            dataset.close()


def read_lattice(path: Path) -> tuple[Lattice, str]:
    """The lattice of one file and the vertical datum that its CRS states, after a row of refusals."""
    name = path.name[:80]
    with opened(path) as raster:
        if raster.count != 1:
            raise MalformedInput("layer.bands", file=name, count=raster.count)
        if raster.dtypes[0].startswith("complex"):
            raise MalformedInput("layer.numbers", file=name, type=raster.dtypes[0])
        if max(raster.shape) > MAX_SIDE or raster.height * raster.width > MAX_PIXELS:
            raise MalformedInput("layer.pixels", file=name, count=raster.height * raster.width, limit=MAX_PIXELS)
        rows, cols = raster.block_shapes[0]
        size = rows * cols * np.dtype(raster.dtypes[0]).itemsize
        if size > MAX_BLOCK:
            raise MalformedInput("layer.blocks", file=name, size=size, limit=MAX_BLOCK)
        if raster.crs is None:
            raise MalformedInput("layer.no_crs", file=name)
        at: Affine = raster.transform
        if at.is_identity:
            raise MalformedInput("layer.not_georeferenced", file=name)
        if at.b or at.d or at.a <= 0 or at.e >= 0:
            raise MalformedInput("layer.rotated", file=name)
        if not all(map(math.isfinite, at[:6])):
            raise MalformedInput("layer.not_georeferenced", file=name)
        crs, datum = read_crs(raster.crs.to_wkt(), name)
        lattice = Lattice(crs, at.c, at.f, at.a, -at.e, raster.height, raster.width)
    _check_ground(lattice, name)
    return lattice, datum


def _check_ground(lattice: Lattice, name: str) -> None:
    """Refuse degrees under a CRS in metres, metres under one in degrees, and pixels of a size that no survey has."""
    crs = CRS.from_user_input(lattice.crs)
    far = max(
        abs(lattice.x0),
        abs(lattice.y0),
        abs(lattice.x0 + lattice.dx * lattice.cols),
        abs(lattice.y0 - lattice.dy * lattice.rows),
    )
    if crs.is_projected and far <= 360 and lattice.dx < 1:
        raise MalformedInput("layer.degrees_as_metres", file=name, crs=lattice.crs[:40])
    if crs.is_geographic and far > 361:
        raise MalformedInput("layer.metres_as_degrees", file=name, crs=lattice.crs[:40])
    side = resolution(lattice)
    if not FINEST_M <= side <= COARSEST_M:
        raise MalformedInput("layer.resolution", file=name, metres=f"{side:.3g}")


def resolution(lattice: Lattice) -> float:
    """The side of a pixel at the middle of the lattice (m, the longer one)."""
    crs = CRS.from_user_input(lattice.crs)
    if crs.is_projected:
        return max(lattice.dx, lattice.dy) * float(crs.axis_info[0].unit_conversion_factor)
    return max(lattice.dy, lattice.dx * math.cos(math.radians(min(89.0, abs(_middle(lattice)))))) * DEGREE_M


def _middle(lattice: Lattice) -> float:
    return lattice.y0 - lattice.dy * lattice.rows / 2


def extent(lattice: Lattice) -> Extent:
    """West, south, east, north in degrees, rounded outward to 1e-7."""
    to_degrees = Transformer.from_crs(CRS.from_user_input(lattice.crs), 4326, always_xy=True)
    east, south = lattice.x0 + lattice.dx * lattice.cols, lattice.y0 - lattice.dy * lattice.rows
    west, south, east, north = to_degrees.transform_bounds(lattice.x0, south, east, lattice.y0)
    if not all(map(math.isfinite, (west, south, east, north))) or west > east:
        raise MalformedInput("layer.out_of_world", file="-")
    return (
        math.floor(west * E7 + WHOLE) / E7,
        math.floor(south * E7 + WHOLE) / E7,
        math.ceil(east * E7 - WHOLE) / E7,
        math.ceil(north * E7 - WHOLE) / E7,
    )


def mosaic(paths: Sequence[Path], box: Extent | None) -> Mosaic:
    """Files on one lattice, cut to a box in degrees.

    Refused where they are not on one (`layer.mixed`), where none touches the box (`layer.outside`), or where the whole
    would be too large (`layer.pixels`).
    """
    read = [(path, *read_lattice(path)) for path in paths]
    total = sum(one.rows * one.cols for _, one, _ in read)
    if total > MAX_PIXELS:
        raise MalformedInput("layer.pixels", file=paths[0].name[:80], count=total, limit=MAX_PIXELS)
    # north-western first; two files on the same ground in the order of their bytes
    read.sort(key=lambda one: (-one[1].y0, one[1].x0, one[1].rows, one[1].cols))
    read = _same_ground_by_bytes(read)
    first = read[0][1]
    pieces = []
    for path, one, datum in read:
        row, col = (first.y0 - one.y0) / first.dy, (one.x0 - first.x0) / first.dx
        if one.crs != first.crs or not _aligned(first, one, row, col):
            raise MalformedInput("layer.mixed", file=path.name[:80], other=read[0][0].name[:80])
        pieces.append(Piece(path, round(row), round(col), one, datum))
    top, left = min(one.row for one in pieces), min(one.col for one in pieces)
    bottom = max(one.row + one.lattice.rows for one in pieces)
    right = max(one.col + one.lattice.cols for one in pieces)
    _check_axes(first, paths[0].name[:80], box)
    if box is not None:
        top, left, bottom, right = _cut(first, box, (top, left, bottom, right), paths[0].name[:80])
    if (bottom - top) * (right - left) > MAX_PIXELS:
        count = (bottom - top) * (right - left)
        raise MalformedInput("layer.pixels", file=paths[0].name[:80], count=count, limit=MAX_PIXELS)
    x0, y0 = first.x0 + left * first.dx, first.y0 - top * first.dy
    whole = Lattice(first.crs, x0, y0, first.dx, first.dy, bottom - top, right - left)
    moved = [msgspec.structs.replace(one, row=one.row - top, col=one.col - left) for one in pieces]
    return Mosaic(whole, tuple(one for one in moved if _touches(one, whole)))


def _check_axes(lattice: Lattice, name: str, box: Extent | None) -> None:
    """Refuse degrees that lie on our ground only when latitude and longitude change places."""
    if not CRS.from_user_input(lattice.crs).is_geographic:
        return
    ground = box or HOME
    east, south = lattice.x0 + lattice.dx * lattice.cols, lattice.y0 - lattice.dy * lattice.rows
    if not _meets((lattice.x0, south, east, lattice.y0), ground) and _meets(
        (south, lattice.x0, lattice.y0, east), ground
    ):
        raise MalformedInput("layer.swapped_pixels", file=name)


def _meets(one: Extent, other: Extent) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _same_ground_by_bytes(read: list[tuple[Path, Lattice, str]]) -> list[tuple[Path, Lattice, str]]:
    corners = [(one.x0, one.y0) for _, one, _ in read]
    if len(set(corners)) == len(corners):
        return read
    digests = {}
    for path, _, _ in read:
        with path.open("rb") as file:
            digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return sorted(read, key=lambda one: (-one[1].y0, one[1].x0, digests[one[0]]))


def _aligned(first: Lattice, one: Lattice, row: float, col: float) -> bool:
    sides = abs(one.dx / first.dx - 1) * one.cols + abs(one.dy / first.dy - 1) * one.rows
    return sides < ALIGNED and abs(row - round(row)) < ALIGNED and abs(col - round(col)) < ALIGNED


def _cut(first: Lattice, box: Extent, held: tuple[int, int, int, int], name: str) -> tuple[int, int, int, int]:
    from_degrees = Transformer.from_crs(4326, CRS.from_user_input(first.crs), always_xy=True)
    west, south, east, north = from_degrees.transform_bounds(*box)
    if not all(map(math.isfinite, (west, south, east, north))):
        raise MalformedInput("layer.outside", file=name)
    top = max(held[0], math.floor((first.y0 - north) / first.dy) - 1)
    left = max(held[1], math.floor((west - first.x0) / first.dx) - 1)
    bottom = min(held[2], math.ceil((first.y0 - south) / first.dy) + 1)
    right = min(held[3], math.ceil((east - first.x0) / first.dx) + 1)
    if bottom <= top or right <= left:
        raise MalformedInput("layer.outside", file=name)
    return top, left, bottom, right


def _touches(piece: Piece, whole: Lattice) -> bool:
    return (
        piece.row < whole.rows
        and piece.col < whole.cols
        and piece.row + piece.lattice.rows > 0
        and piece.col + piece.lattice.cols > 0
    )


def tiles(whole: Mosaic, nodata: float | None) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """First row, first column and values of each tile, row by row; NaN where no file has a value.

    Where files overlap, the north-western one counts. Raises MalformedInput (`layer.damaged`).
    """
    with ExitStack() as stack:
        rasters = [(one, stack.enter_context(opened(one.path))) for one in whole.pieces]
        for row in range(0, whole.lattice.rows, TILE):
            for col in range(0, whole.lattice.cols, TILE):
                shape = min(TILE, whole.lattice.rows - row), min(TILE, whole.lattice.cols - col)
                tile = np.full(shape, np.nan)
                for piece, raster in rasters:
                    _lay(tile, row, col, piece, raster, nodata)
                yield row, col, tile


def _lay(tile: NDArray[np.float64], row: int, col: int, piece: Piece, raster: Any, nodata: float | None) -> None:
    """Fill what is still empty in a tile with what one file has there."""
    top, left = max(row, piece.row), max(col, piece.col)
    bottom = min(row + tile.shape[0], piece.row + piece.lattice.rows)
    right = min(col + tile.shape[1], piece.col + piece.lattice.cols)
    if bottom <= top or right <= left:
        return
    window = Window(left - piece.col, top - piece.row, right - left, bottom - top)
    try:
        read = raster.read(1, window=window, masked=True)
    except RasterioIOError as error:
        raise MalformedInput("layer.damaged", file=piece.path.name[:80], reason=str(error)[:120]) from error
    values = read.data.astype(np.float64)
    void = np.ma.getmaskarray(read) | np.isnan(values)
    if nodata is not None:
        void |= values == nodata
    values = values * raster.scales[0] + raster.offsets[0]
    values[void] = np.nan
    part = tile[top - row : bottom - row, left - col : right - col]
    np.copyto(part, values, where=np.isnan(part))


class Writer:
    """Writes a lattice as compressed tiles of 512 x 512, digests what it writes, and reads it back before it is kept.

    The digest is over the lattice and the values in the order of the tiles, so it does not depend on the compressor.
    A full disk may cut a file off without any error, and the tiles that are lost then read as voids: only reading
    shows it. Used as a context; raises Unavailable (`layer.not_written`) for what the disk did not take.
    """

    def __init__(self, path: Path, lattice: Lattice, dtype: str, nodata: int, unit: float) -> None:
        self._path = path
        self._nodata = nodata
        self._dtype = np.dtype(dtype)
        head = {"lattice": msgspec.to_builtins(lattice), "type": dtype, "nodata": nodata, "unit_m": unit}
        self._sha = hashlib.sha256(msgspec.json.encode(head, order="sorted"))
        self._again = self._sha.copy()
        self._tiles: list[Window] = []
        self._env = rasterio.Env(**_ENVIRONMENT)
        self._env.__enter__()
        try:
            self._file = _new_file(path, lattice, dtype, nodata)
        except RasterioIOError as error:
            self._env.__exit__(None, None, None)
            raise not_written(error) from error
        if unit != 1:
            self._file.scales = (unit,)  # other programs then show metres

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            self._file.close()
            if error is None:
                self._read_back()
        except RasterioIOError as failed:
            raise not_written(failed) from error or failed
        finally:
            self._env.__exit__(None, None, None)

    def write(self, row: int, col: int, values: NDArray[Any]) -> None:
        """One tile, whose first row and column are given; tiles come row by row."""
        stored = np.ascontiguousarray(values, self._dtype)
        self._sha.update(stored.astype(self._dtype.newbyteorder("<")).tobytes())
        self._tiles.append(Window(col, row, stored.shape[1], stored.shape[0]))
        if (stored != self._nodata).any():
            try:
                self._file.write(stored, 1, window=self._tiles[-1])
            except RasterioIOError as error:
                raise not_written(error) from error

    @property
    def digest(self) -> str:
        """Of what was written, in hex."""
        return self._sha.hexdigest()

    def _read_back(self) -> None:
        with rasterio.open(self._path, driver="GTiff") as file:
            for window in self._tiles:
                self._again.update(file.read(1, window=window).astype(self._dtype.newbyteorder("<")).tobytes())
        if self._again.digest() != self._sha.digest():
            raise Unavailable("layer.not_written", reason="read back")


def _new_file(path: Path, lattice: Lattice, dtype: str, nodata: int) -> Any:
    return rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=lattice.rows,
        width=lattice.cols,
        count=1,
        dtype=dtype,
        nodata=nodata,
        crs=rasterio.crs.CRS.from_wkt(CRS.from_user_input(lattice.crs).to_wkt("WKT1_GDAL")),
        transform=Affine(lattice.dx, 0.0, lattice.x0, 0.0, -lattice.dy, lattice.y0),
        tiled=True,
        blockxsize=TILE,
        blockysize=TILE,
        compress="zstd",
        predictor=2,
        sparse_ok=True,
        bigtiff="if_safer",
    )
