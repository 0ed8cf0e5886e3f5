"""Open ground under elevation error: how much to expect, between which bounds, and how probable sight is.

The whole cover is laid again on each of some tens of possible grounds (`gaps.error`). Reach and presence stay as they
are: a metre or two of height moves no road. What comes out are counts of cells, so every node has the same bytes. The
fast kernel draws, also where the answer itself was asked for with rays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import bits, overlay
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover, seen
from tansiq.gaps.sight import Footprint

LEVEL: Final = 0.9
"""The part of the draws that lies between the bounds."""

MOST_BYTES: Final = 1 << 30
"""For the counts of the map."""

PERCENT: Final = 100

Sights = Mapping[tuple[str, bool], Footprint]


class Spread(Struct, frozen=True):
    """The mean of the draws, and the bounds between which nine in ten of them lie."""

    mean: float
    low: float
    high: float


class Expected(Struct, frozen=True):
    """What the draws gave.

    `open_cells` int64[draws, classes, gaps + 1] counts open cells, last those of the area that lie in no listed gap.
    `kind` is which of the `planes` (counts of draws with sight, as of `overlay`) and `doubts` each class of hours has.
    """

    draws: int
    open_cells: NDArray[np.int64]
    kind: tuple[int, ...]
    planes: list[NDArray[np.uint64]]
    doubts: list[Bits]

    def percent(self, number: int, shape: tuple[int, int]) -> NDArray[np.uint8]:
        """In how many of a hundred draws each cell is seen by somebody in a class of hours: uint8[rows, cols]."""
        count = overlay.read(self.planes[self.kind[number]], *shape).astype(np.uint32)
        return ((count * PERCENT + self.draws // 2) // self.draws).astype(np.uint8)

    def doubt(self, number: int) -> Bits:
        """The ground whose sight voids leave open in some draw."""
        return self.doubts[self.kind[number]]


def expect(
    draw: Callable[[int], tuple[Cover, Sights]],
    opened: Callable[[Cover], NDArray[np.int64]],
    draws: int,
    shape: tuple[int, int],
    watches: Sequence[Sequence[tuple[str, bool]]],
    step: Callable[[float], None],
) -> Expected:
    """Lay the cover on `draws` grounds and count. `watches` are the posts at watch in each class of hours.

    `opened` counts the open cells of a cover: int64[classes, gaps + 1].

    `step` is told the part that is done before each draw, and may raise to stop. Raises MalformedInput
    (`chance.too_large`) where the counts of the map would take more than a gibibyte.
    """
    rows, cols = shape
    kinds: dict[tuple[tuple[str, bool], ...], int] = {}
    kind = tuple(kinds.setdefault(tuple(watch), len(kinds)) for watch in watches)
    size = len(kinds) * draws.bit_length() * rows * bits.words(cols) * 8
    if size > MOST_BYTES:
        raise MalformedInput("chance.too_large", megabytes=size >> 20, limit=MOST_BYTES >> 20)
    planes = [overlay.planes_for(draws.bit_length(), rows, cols) for _ in kinds]
    doubts = [bits.empty(rows, cols) for _ in kinds]
    counts = []
    for number in range(draws):
        step(number / draws)
        cover, sights = draw(number)
        counts.append(opened(cover))
        for place, watch in enumerate(kinds):
            known = seen([sights[key] for key in watch], rows, cols)
            overlay.add(planes[place], 0, 0, known.holds)
            doubts[place] |= known.unknown
    return Expected(draws, np.stack(counts), kind, planes, doubts)


def spread(counts: NDArray[np.int64], unit: float) -> Spread:
    """The mean and the bounds of whole numbers (one a draw) in some unit, to a hundredth of it."""
    order = np.sort(counts)
    aside = int(len(order) * (1.0 - LEVEL) / 2.0)

    def said(value: float) -> float:
        return round(value * unit, 2)

    return Spread(
        said(int(order.sum()) / len(order)), said(int(order[aside])), said(int(order[len(order) - 1 - aside]))
    )
