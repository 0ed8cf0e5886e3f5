"""Rasters of a country for tests, in the folder of a run: read a part at a time, as a node's layers are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps.layers import Layers
from tansiq.geo.grid import Grid


class Rasters(Struct, frozen=True):
    """Arrays of a frame in files, as a `tiles.Source`."""

    grid: Grid
    terrain: Path | None
    landcover: Path | None
    voids: bool

    @property
    def held(self) -> tuple[str, ...]:
        """Which of both there are."""
        return tuple(name for name in ("terrain", "landcover") if getattr(self, name) is not None)

    def read(self, grid: Grid) -> tuple[NDArray[np.float32] | None, NDArray[np.uint8] | None]:
        """The part of both that lies under a part of the frame."""
        row, col = round((self.grid.y0 - grid.y0) / grid.cell), round((grid.x0 - self.grid.x0) / grid.cell)
        part = np.s_[row : row + grid.rows, col : col + grid.cols]
        terrain = None if self.terrain is None else np.load(self.terrain, mmap_mode="r")[part].copy()
        landcover = None if self.landcover is None else np.load(self.landcover, mmap_mode="r")[part].copy()
        return terrain, landcover


def rasters(folder: Path, grid: Grid, layers: Layers) -> Rasters:
    """The rasters of layers, written to a folder."""
    paths: list[Path | None] = []
    voids = False
    for name in ("terrain", "landcover"):
        array = getattr(layers, name)
        path = folder / f"{name}.npy"
        if array is not None:
            np.save(path, array)
            voids |= bool((array == 0).any() if name == "landcover" else np.isnan(array).any())
        paths.append(None if array is None else path)
    return Rasters(grid, paths[0], paths[1], voids)
