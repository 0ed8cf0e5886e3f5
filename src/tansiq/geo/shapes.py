"""Layers of roads, barriers, settlements and land cover as arrays on the frame of an analysis.

Coordinates are metres in the frame's zone, rounded to centimetres. A feature that only touches the frame comes whole.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyogrio.raw
import shapely
from msgspec import Struct
from numpy.typing import NDArray
from rasterio import features as burning
from rasterio.transform import Affine

from tansiq.geo import terrain
from tansiq.geo.classes import Cover
from tansiq.geo.grid import E7, Grid, to_degrees, to_metres
from tansiq.geo.layers import Extent, Layer

EDGE_POINTS: Final = 65
SLACK: Final = 0.001
"""Degrees around the frame: its edges bend between the points at which they are projected."""

Metres = NDArray[np.float64]


class Lines(Struct, frozen=True):
    """Lines: line i has the points `xy[starts[i] : starts[i + 1]]`.

    `xy` is float64[n, 2] (m, easting and northing), `starts` int64[m + 1], `kind` (`classes.Road` or `Barrier`) and
    `surface` uint8[m], `bridge` bool[m]; `ids` name a line on every node that holds the same source.
    """

    xy: Metres
    starts: NDArray[np.int64]
    kind: NDArray[np.uint8]
    surface: NDArray[np.uint8]
    bridge: NDArray[np.bool_]
    ids: tuple[str, ...]


class Places(Struct, frozen=True):
    """Settlements by a point inside: `x`, `y` (m), `kind` (`classes.Settlement`), `people` (-1: not stated)."""

    x: Metres
    y: Metres
    kind: NDArray[np.uint8]
    people: NDArray[np.int32]
    names: tuple[str, ...]
    ids: tuple[str, ...]


class _Read(Struct):
    shapes: NDArray[np.object_]
    fields: dict[str, NDArray[Any]]


def read_lines(layer: Layer, grid: Grid) -> Lines:
    """The roads or barriers that touch a frame, in the order of their ids."""
    read = _read(layer, grid)
    points, index = shapely.get_coordinates(read.shapes, return_index=True)
    counts = np.bincount(index, minlength=len(read.shapes))
    x, y = to_metres(grid, *(np.rint(points[:, at] * E7).astype(np.int64) for at in (0, 1)))
    return Lines(
        xy=np.stack([x, y], axis=1),
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        kind=read.fields["class"].astype(np.uint8),
        surface=read.fields["surface"].astype(np.uint8),
        bridge=read.fields["bridge"].astype(bool),
        ids=tuple(read.fields["id"].tolist()),
    )


def read_bridges(layer: Layer, grid: Grid) -> Lines:
    """Those of a layer's roads that are bridges."""
    lines = read_lines(layer, grid)
    chosen = np.flatnonzero(lines.bridge)
    pieces = [lines.xy[lines.starts[at] : lines.starts[at + 1]] for at in chosen]
    lengths = np.array([len(one) for one in pieces], np.int64)
    return Lines(
        xy=np.concatenate(pieces) if pieces else np.empty((0, 2)),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        kind=lines.kind[chosen],
        surface=lines.surface[chosen],
        bridge=lines.bridge[chosen],
        ids=tuple(lines.ids[at] for at in chosen),
    )


def read_places(layer: Layer, grid: Grid) -> Places:
    """The settlements that touch a frame, in the order of their ids."""
    read = _read(layer, grid)
    points = shapely.point_on_surface(read.shapes)
    x, y = to_metres(grid, *(np.rint(get(points) * E7).astype(np.int64) for get in (shapely.get_x, shapely.get_y)))
    return Places(
        x=x,
        y=y,
        kind=read.fields["class"].astype(np.uint8),
        people=read.fields["people"].astype(np.int32),
        names=tuple(read.fields["name"].tolist()),
        ids=tuple(read.fields["id"].tolist()),
    )


def read_cover(layer: Layer, grid: Grid) -> NDArray[np.uint8]:
    """What the middle of each cell is covered with: uint8[rows, cols] of `classes.Cover`, 0 where it is not known.

    Where polygons overlap, the smallest counts.
    """
    if layer.path.suffix == ".tif":
        return terrain.read_nearest(layer, grid, int(Cover.UNKNOWN))
    read = _read(layer, grid)
    if not len(read.shapes):
        return np.zeros(grid.shape, np.uint8)
    shapes = shapely.transform(read.shapes, lambda lonlat: _metres(grid, lonlat))
    largest_first = np.lexsort((read.fields["id"].astype(str), -np.round(shapely.area(shapes))))
    codes = read.fields["class"].astype(int)
    return np.asarray(
        burning.rasterize(
            [(shapes[at], int(codes[at])) for at in largest_first],
            out_shape=grid.shape,
            transform=Affine(grid.cell, 0, grid.x0, 0, -grid.cell, grid.y0),
            fill=int(Cover.UNKNOWN),
            dtype="uint8",
        )
    )


def _metres(grid: Grid, lonlat: NDArray[np.float64]) -> Metres:
    lon, lat = (np.rint(lonlat[:, at] * E7).astype(np.int64) for at in (0, 1))
    return np.stack(to_metres(grid, lon, lat), axis=1)


def _read(layer: Layer, grid: Grid) -> _Read:
    facts, _, packed, columns = pyogrio.raw.read(layer.path, bbox=bounds(grid), force_2d=True)
    fields = dict(zip(facts["fields"].tolist(), columns, strict=True))
    order = np.argsort(fields["id"].astype(str), kind="stable")
    return _Read(shapely.from_wkb(packed)[order], {name: values[order] for name, values in fields.items()})


def bounds(grid: Grid) -> Extent:
    """West, south, east, north of a frame in degrees, a little wider."""
    across = np.linspace(grid.x0, grid.x0 + grid.cols * grid.cell, EDGE_POINTS)
    down = np.linspace(grid.y0 - grid.rows * grid.cell, grid.y0, EDGE_POINTS)
    x = np.concatenate([across, across, np.full_like(down, across[0]), np.full_like(down, across[-1])])
    y = np.concatenate([np.full_like(across, down[0]), np.full_like(across, down[-1]), down, down])
    lon, lat = (one / E7 for one in to_degrees(grid, x, y))
    return float(lon.min()) - SLACK, float(lat.min()) - SLACK, float(lon.max()) + SLACK, float(lat.max()) + SLACK


__all__ = ["Lines", "Places", "bounds", "read_bridges", "read_cover", "read_lines", "read_places"]
