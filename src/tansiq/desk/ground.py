"""A node's layers of ground, read onto the frame of an analysis. What reads them is loaded with the first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

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
    from tansiq.gaps.layers import Layers  # noqa: PLC0415 - loaded with the first analysis
    from tansiq.geo import shapes, terrain  # noqa: PLC0415 - as above

    by_kind = {kind: [one for one in found if one.manifest.kind == kind] for kind in NAMES}
    heights = None
    for one in by_kind["elevation"]:
        part = terrain.read(one, grid)
        heights = part if heights is None else np.where(np.isnan(heights), part, heights)
    cover = None
    for one in by_kind["landcover"]:
        codes = shapes.read_cover(one, grid)
        cover = codes if cover is None else np.where(cover == 0, codes, cover)
    lines = {kind: [shapes.read_lines(one, grid) for one in by_kind[kind]] for kind in ("roads", "barriers")}
    places = [shapes.read_places(one, grid) for one in by_kind["settlements"]]
    return Layers(
        heights, _joined(lines["roads"]), _joined(lines["barriers"]), _together(places), cover, digests(found)
    )


def _joined(parts: Sequence[Lines]) -> Lines | None:
    if not parts:
        return None
    from tansiq.geo.shapes import Lines  # noqa: PLC0415 - as above

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
    from tansiq.geo.shapes import Places  # noqa: PLC0415 - as above

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
