"""A node's layers of ground, read onto the frame of an analysis. What reads them is loaded with the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.gaps import frame
from tansiq.geo import layers as kept
from tansiq.geo.grid import Grid
from tansiq.geo.layers import Extent, Layer, LayerKind

if TYPE_CHECKING:
    from tansiq.gaps.layers import Layers
    from tansiq.geo.shapes import Lines, Places

NAMES: dict[LayerKind, str] = {
    "elevation": "terrain",
    "roads": "roads",
    "barriers": "barriers",
    "settlements": "settlements",
    "landcover": "landcover",
}


LINES: Final[tuple[LayerKind, ...]] = ("roads", "barriers")
RASTERS: Final[tuple[LayerKind, ...]] = ("elevation", "landcover")

SLACK: Final = 0.001
"""Degrees around a frame, whose edges bend between the points at which they are projected."""


def of_frame(node_folder: Path, grid: Grid) -> list[Layer]:
    """The layers that touch a frame, the finest of each kind first."""
    west, south, east, north = frame.bounds(grid)
    box = (west - SLACK, south - SLACK, east + SLACK, north + SLACK)
    found = [one for one in kept.listing(kept.folder(node_folder)) if _meets(one.manifest.extent, box)]
    return sorted(found, key=lambda one: (one.manifest.kind, one.manifest.resolution_m or 0.0, one.manifest.digest))


def digests(found: Sequence[Layer]) -> dict[str, str]:
    """The digests of layers by what they are to an analysis, several joined by `+`."""
    answer: dict[str, str] = {}
    for one in found:
        name = NAMES[one.manifest.kind]
        answer[name] = f"{answer[name]}+{one.manifest.digest}" if name in answer else one.manifest.digest
    return answer


def read(found: Sequence[Layer], grid: Grid) -> Layers:
    """The layers on a frame. Where two of a kind overlap, a coarser raster fills the voids of a finer one."""
    heights, cover = rasters(found, grid)
    return replace(features(found, grid), terrain=heights, landcover=cover)


def rasters(found: Sequence[Layer], grid: Grid) -> tuple[NDArray[np.float32] | None, NDArray[np.uint8] | None]:
    """Heights and land cover on a frame or on a part of it: a part gets what the whole would get."""
    from tansiq.geo import shapes, terrain  # noqa: PLC0415 - loaded with the first analysis

    heights = None
    for one in _of(found, "elevation"):
        part = terrain.read(one, grid)
        heights = part if heights is None else np.where(np.isnan(heights), part, heights)
    cover = None
    for one in _of(found, "landcover"):
        codes = shapes.read_cover(one, grid)
        cover = codes if cover is None else np.where(cover == 0, codes, cover)
    return heights, cover


def features(found: Sequence[Layer], grid: Grid) -> Layers:
    """Roads, barriers and settlements on a frame, and the digests of all layers."""
    from tansiq.gaps.layers import Layers  # noqa: PLC0415 - loaded with the first analysis
    from tansiq.geo import shapes  # noqa: PLC0415 - as above

    roads, barriers = ([shapes.read_lines(one, grid) for one in _of(found, kind)] for kind in LINES)
    places = [shapes.read_places(one, grid) for one in _of(found, "settlements")]
    return Layers(None, _joined(roads), _joined(barriers), _together(places), None, digests(found))


class Rasters(Struct, frozen=True):
    """The rasters of a frame in a node's folder, read a part at a time (`gaps.tiles.Source`).

    `voids` says whether any of them may be unknown somewhere on the frame.
    """

    layers: tuple[Layer, ...]
    voids: bool

    @property
    def held(self) -> tuple[str, ...]:
        """Which of `terrain` and `landcover` there are."""
        return tuple(NAMES[kind] for kind in RASTERS if _of(self.layers, kind))

    def read(self, grid: Grid) -> tuple[NDArray[np.float32] | None, NDArray[np.uint8] | None]:
        """Heights and land cover on a part of the frame."""
        return rasters(self.layers, grid)


def in_parts(found: Sequence[Layer], grid: Grid) -> Rasters:
    """The rasters of a frame, to be read a part at a time."""
    west, south, east, north = frame.bounds(grid)
    box = (west - SLACK, south - SLACK, east + SLACK, north + SLACK)
    chosen = tuple(one for one in found if one.manifest.kind in RASTERS)
    kinds = {one.manifest.kind for one in chosen}
    whole = {one.manifest.kind for one in chosen if _without_voids(one, box)}
    return Rasters(chosen, kinds != whole)


def _without_voids(one: Layer, box: Extent) -> bool:
    """Whether a raster surely has a value everywhere in a box of degrees."""
    facts = one.manifest
    inside = facts.extent[0] <= box[0] and facts.extent[1] <= box[1]
    inside &= facts.extent[2] >= box[2] and facts.extent[3] >= box[3]
    return inside and facts.crs == "EPSG:4326" and facts.rows > 0 and facts.voids == 0


def _of(found: Sequence[Layer], kind: LayerKind) -> list[Layer]:
    return [one for one in found if one.manifest.kind == kind]


def _joined(parts: Sequence[Lines]) -> Lines | None:
    if not parts:
        return None
    from tansiq.geo.shapes import Lines  # noqa: PLC0415 - loaded with the first analysis

    lengths = np.concatenate([np.diff(one.starts) for one in parts])
    return Lines(
        np.concatenate([one.xy for one in parts]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.concatenate([one.kind for one in parts]),
        np.concatenate([one.surface for one in parts]),
        np.concatenate([one.bridge for one in parts]),
        tuple(name for one in parts for name in one.ids),
    )


def _together(parts: Sequence[Places]) -> Places | None:
    if not parts:
        return None
    from tansiq.geo.shapes import Places  # noqa: PLC0415 - loaded with the first analysis

    return Places(
        np.concatenate([one.x for one in parts]),
        np.concatenate([one.y for one in parts]),
        np.concatenate([one.kind for one in parts]),
        np.concatenate([one.people for one in parts]),
        tuple(name for one in parts for name in one.names),
        tuple(name for one in parts for name in one.ids),
    )


def _meets(one: Extent, other: Extent) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
