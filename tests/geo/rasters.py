"""Rasters as others would write them, made by rasterio for tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

SECOND = 1 / 3600


def write(
    path: Path,
    values: NDArray[Any],
    *,
    crs: str | None = "EPSG:4326",
    at: Affine | None = None,
    nodata: float | None = None,
    bands: int = 1,
    **how: Any,
) -> Path:
    """A GeoTIFF of `values`, its north-western corner at 43.5° E, 36° N and pixels of 1″ unless `at` says otherwise."""
    at = Affine(SECOND, 0, 43.5, 0, -SECOND, 36.0) if at is None else at
    facts = {"driver": "GTiff", "dtype": values.dtype, "count": bands, "crs": crs, "transform": at, "nodata": nodata}
    with rasterio.open(path, "w", height=values.shape[0], width=values.shape[1], **facts, **how) as raster:
        for band in range(1, bands + 1):
            raster.write(values, band)
    return path


def plane(rows: int, cols: int, height: Callable[[NDArray[np.float64], NDArray[np.float64]], Any]) -> Any:
    """float32[rows, cols] of a function of the pixels' middles, counted in pixels from the north-western corner."""
    y, x = np.meshgrid(np.arange(rows) + 0.5, np.arange(cols) + 0.5, indexing="ij")
    return np.asarray(height(x, y), np.float32)
