"""GDAL's viewshed as fast as it goes: in the process, on its memory driver, a worker for each core.

`GDALViewshedGenerate` is called through ctypes in the library that rasterio brings. Each worker holds the ground, sums
the rasters of its share of the posts into one count for each party, as ours does, and says how long that took.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import time
from ctypes import c_char_p, c_double, c_int, c_void_p
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple

import numpy as np
import rasterio.crs
from numpy.typing import NDArray

READ, WRITE = 0, 1
BYTE, FLOAT32 = 1, 6
EDGE: Final = 2
"""GVM_Edge, the mode that `gdal_viewshed` takes."""

NORMAL: Final = 1
"""GVOT_NORMAL: visible or not."""

EPSG: Final = 32638
WEST, NORTH = 400_000.0, 3_900_000.0
START_S: Final = 120.0


class Ask(NamedTuple):
    """One round: posts by row and column, the party of each, height of eye and target (m), range (m), curvature."""

    rows: NDArray[np.int64]
    cols: NDArray[np.int64]
    parties: NDArray[np.int64]
    eye: float
    target: float
    reach: float
    curvature: float
    many: int
    """How many parties there are."""


class Told(NamedTuple):
    """Counts of each party uint16[parties, rows, cols], and the seconds of wall and processor that they took."""

    counts: NDArray[np.uint16]
    wall: float
    cpu: float


class Ground:
    """A raster in GDAL's memory driver."""

    def __init__(self, terrain: NDArray[np.float32], cell: float) -> None:
        self._gdal = library()
        self._terrain, self._cell = np.ascontiguousarray(terrain), cell
        rows, cols = terrain.shape
        memory = self._gdal.GDALGetDriverByName(b"MEM")
        self._set = self._gdal.GDALCreate(memory, b"", cols, rows, 1, FLOAT32, None)
        place = (c_double * 6)(WEST, cell, 0.0, NORTH, 0.0, -cell)
        self._gdal.GDALSetGeoTransform(self._set, place)
        # without a reference system GDAL leaves curvature out, silently
        self._gdal.GDALSetProjection(self._set, rasterio.crs.CRS.from_epsg(EPSG).to_wkt().encode())
        self._band = self._gdal.GDALGetRasterBand(self._set, 1)
        self._move(self._band, WRITE, self._terrain, FLOAT32)

    def viewshed(self, row: int, col: int, ask: Ask) -> tuple[int, int, NDArray[np.uint8]]:
        """First row and column of what is seen, and uint8[rows, cols] of 0 and 1."""
        x, y = WEST + (col + 0.5) * self._cell, NORTH - (row + 0.5) * self._cell
        found = self._gdal.GDALViewshedGenerate(
            self._band, b"MEM", b"", None, x, y, ask.eye, ask.target, 1.0, 0.0, 0.0, -1.0, ask.curvature, EDGE,
            ask.reach, None, None, NORMAL, None,
        )  # fmt: skip
        if not found:
            raise RuntimeError("GDALViewshedGenerate gave nothing")
        place = (c_double * 6)()
        self._gdal.GDALGetGeoTransform(found, place)
        shape = (self._gdal.GDALGetRasterYSize(found), self._gdal.GDALGetRasterXSize(found))
        seen = np.empty(shape, np.uint8)
        self._move(self._gdal.GDALGetRasterBand(found, 1), READ, seen, BYTE)
        self._gdal.GDALClose(found)
        return round((NORTH - place[3]) / self._cell), round((place[0] - WEST) / self._cell), seen

    def count(self, ask: Ask) -> NDArray[np.uint16]:
        """How many posts of each party see each cell."""
        total = np.zeros((ask.many, *self._terrain.shape), np.uint16)
        for row, col, party in zip(ask.rows.tolist(), ask.cols.tolist(), ask.parties.tolist(), strict=True):
            top, left, seen = self.viewshed(row, col, ask)
            total[party, top : top + seen.shape[0], left : left + seen.shape[1]] += seen
        return total

    def _move(self, band: int, way: int, data: NDArray[np.float32] | NDArray[np.uint8], kind: int) -> None:
        rows, cols = data.shape
        self._gdal.GDALRasterIO(band, way, 0, 0, cols, rows, data.ctypes.data, cols, rows, kind, 0, 0)


def library() -> ctypes.CDLL:
    """The GDAL that rasterio brings, with the types of what is called."""
    folder = Path(str(importlib.import_module("rasterio").__file__)).parent.parent / "rasterio.libs"
    gdal = ctypes.CDLL(str(next(folder.glob("libgdal*"))))
    kinds = {
        "GDALGetDriverByName": (c_void_p, [c_char_p]),
        "GDALCreate": (c_void_p, [c_void_p, c_char_p, c_int, c_int, c_int, c_int, c_void_p]),
        "GDALSetGeoTransform": (c_int, [c_void_p, c_void_p]),
        "GDALSetProjection": (c_int, [c_void_p, c_char_p]),
        "GDALGetGeoTransform": (c_int, [c_void_p, c_void_p]),
        "GDALGetRasterBand": (c_void_p, [c_void_p, c_int]),
        "GDALGetRasterXSize": (c_int, [c_void_p]),
        "GDALGetRasterYSize": (c_int, [c_void_p]),
        "GDALRasterIO": (c_int, [c_void_p, *[c_int] * 5, c_void_p, *[c_int] * 5]),
        "GDALClose": (c_int, [c_void_p]),
        "GDALViewshedGenerate": (
            c_void_p,
            [c_void_p, c_char_p, c_char_p, c_void_p, *[c_double] * 9, c_int, c_double, c_void_p, c_void_p, c_int,
             c_void_p],
        ),
    }  # fmt: skip
    for name, (result, arguments) in kinds.items():
        function = getattr(gdal, name)
        function.restype, function.argtypes = result, arguments
    gdal.GDALAllRegister()
    return gdal


def version() -> str:
    """GDAL's version."""
    return str(rasterio.__gdal_version__)


class Workers:
    """As many processes with the ground ready as there are cores."""

    def __init__(self, terrain: NDArray[np.float32], cell: float, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._lines: list[Connection] = []
        self._processes = []
        for _ in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, terrain, cell), daemon=True)
            process.start()
            self._lines.append(here)
            self._processes.append(process)
        for line in self._lines:
            if not line.poll(START_S):
                raise RuntimeError("a worker of GDAL did not start")
            line.recv()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for line in self._lines:
            line.send(None)
        for process in self._processes:
            process.join(START_S)

    def count(self, ask: Ask) -> Told:
        """The counts of all posts. The wall is the longest worker's; sending the sums and adding them is left out."""
        for number, line in enumerate(self._lines):
            part = slice(number, None, len(self._lines))
            line.send(ask._replace(rows=ask.rows[part], cols=ask.cols[part], parties=ask.parties[part]))
        told = [line.recv() for line in self._lines]
        counts = told[0].counts
        for other in told[1:]:
            counts += other.counts
        return Told(counts, max(one.wall for one in told), sum(one.cpu for one in told))


def _serve(line: Connection, terrain: NDArray[np.float32], cell: float) -> None:
    ground = Ground(terrain, cell)
    line.send("ready")
    while (ask := line.recv()) is not None:
        wall, cpu = time.perf_counter(), time.process_time()
        counts = ground.count(ask)
        line.send(Told(counts, time.perf_counter() - wall, time.process_time() - cpu))
