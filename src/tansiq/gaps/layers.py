"""The ground that an analysis runs on, cut to its frame: elevation, roads, barriers, settlements, land cover."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps.sight import Heights
from tansiq.geo.shapes import Lines, Places


class Layers(Struct, frozen=True):
    """What there is of the ground on a frame; None where nothing is. `digests` names the layers that were read.

    `terrain` is float32[rows, cols] in metres, NaN unknown; `landcover` uint8[rows, cols] of `classes.Cover`.
    """

    terrain: Heights | None = None
    roads: Lines | None = None
    barriers: Lines | None = None
    settlements: Places | None = None
    landcover: NDArray[np.uint8] | None = None
    digests: dict[str, str] = {}

    @property
    def missing(self) -> list[str]:
        """The codes of what there is nothing of."""
        there = {
            "terrain": self.terrain,
            "roads": self.roads,
            "barriers": self.barriers,
            "settlements": self.settlements,
            "landcover": self.landcover,
        }
        return [name for name, layer in there.items() if layer is None]

    def bridges(self) -> list[tuple[str, float, float]]:
        """The id and a point (m) of every bridge among the roads."""
        if self.roads is None:
            return []
        lines = self.roads
        found = []
        for number in np.flatnonzero(lines.bridge).tolist():
            first, last = int(lines.starts[number]), int(lines.starts[number + 1])
            x, y = lines.xy[(first + last) // 2].tolist()
            found.append((lines.ids[number], x, y))
        return found
