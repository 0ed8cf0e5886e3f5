"""The ground that an analysis runs on, cut to its frame: elevation, roads, barriers, settlements, land cover."""

from __future__ import annotations

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps.sight import Heights


class Roads(Struct, frozen=True):
    """Lines in metres of the frame and the class of each, as the layer names it."""

    lines: tuple[shapely.LineString, ...]
    classes: tuple[str, ...]


class Bridge(Struct, frozen=True):
    """Where a barrier can be crossed (m)."""

    id: str
    x: float
    y: float


class Layers(Struct, frozen=True):
    """What there is of the ground; None where nothing is. `digests` names each layer that was read.

    `terrain` is float32[rows, cols] in metres, NaN unknown; `landcover` uint8[rows, cols]; `settlements` float64[n, 2]
    in metres of the frame.
    """

    terrain: Heights | None = None
    roads: Roads | None = None
    barriers: Roads | None = None
    bridges: tuple[Bridge, ...] = ()
    settlements: NDArray[np.float64] | None = None
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
