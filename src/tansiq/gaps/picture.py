"""A class of hours as a picture in Web Mercator, as web maps and image viewers take it.

Every pixel takes the cell under its middle; nothing is blended, so an unknown cell is never half covered.
"""

from __future__ import annotations

import io
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tansiq.gaps import bits
from tansiq.gaps.answer import Answer
from tansiq.gaps.cover import NOBODY, UNKNOWN
from tansiq.gaps.expected import Expected
from tansiq.gaps.frame import bounds
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

MOST_PIXELS: Final = 4096
"""Along a side."""

LARGE: Final = 50_000_000
"""Cells of a frame of which a picture is an overview, half as wide."""

Colour = tuple[int, int, int, int]
OPEN: Final[Colour] = (200, 32, 48, 165)
SEVERAL: Final[Colour] = (38, 128, 88, 115)
UNSURE: Final[Colour] = (70, 70, 78, 190)
UNSURE_GROUND: Final[Colour] = (150, 150, 158, 90)
PARTIES: Final[tuple[Colour, ...]] = (
    (38, 98, 178, 115),
    (206, 140, 24, 115),
    (128, 72, 160, 115),
    (32, 142, 160, 115),
    (160, 96, 48, 115),
    (96, 120, 40, 115),
    (168, 60, 120, 115),
)
SEEN: Final[tuple[tuple[int, Colour], ...]] = (
    (95, (38, 128, 88, 115)),
    (50, (168, 190, 60, 140)),
    (5, (232, 150, 40, 150)),
    (0, (200, 32, 48, 165)),
)
"""The least percentage of draws in which ground is seen, and the colour from there on."""

STRIPE: Final = 6
"""Pixels from one stripe of unknown ground to the next."""

Pixels = NDArray[np.uint8]


class Warp:
    """Which cell lies under the middle of each pixel: worked out once for an answer, used for all its pictures.

    `bounds` are west, south, east, north in degrees; `rows`, `cols` int64 of the picture's shape, -1 outside.
    """

    def __init__(self, grid: Grid) -> None:
        most = MOST_PIXELS if grid.rows * grid.cols <= LARGE else MOST_PIXELS // 2
        west, south, east, north = bounds(grid)
        top, bottom = _mercator(north), _mercator(south)
        across = math.radians(east - west)
        width = min(most, grid.cols)
        height = min(most, max(1, round(width * (top - bottom) / across)))
        lon = west + (np.arange(width) + 0.5) * (east - west) / width
        lat = np.degrees(np.arctan(np.sinh(top - (np.arange(height) + 0.5) * (top - bottom) / height)))
        lons, lats = np.meshgrid(np.rint(lon * grids.E7).astype(np.int64), np.rint(lat * grids.E7).astype(np.int64))
        rows, cols = grids.cells_of(grid, *grids.to_metres(grid, lons, lats))
        outside = (rows < 0) | (rows >= grid.rows) | (cols < 0) | (cols >= grid.cols)
        self.bounds = (west, south, east, north)
        self.rows = np.where(outside, -1, rows)
        self.cols = np.where(outside, -1, cols)


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def colours(answer: Answer, number: int, warp: Warp, party: str | None = None) -> Pixels:
    """uint8[height, width, 4] of a class of hours, transparent outside of the area.

    Without a party: ground that nobody covers, that one party alone covers, that several do, unknown ground striped.
    With one: what it covers, and where that is not known.
    """
    none = 254
    cover, cols = answer.cover, answer.grid.cols
    if party is None:
        seen = cover.states(number, warp.rows, warp.cols)
    else:
        place = answer.inputs.parties.index(party)
        seen = np.full(warp.rows.shape, none, np.uint8)
        seen[bits.holds(cover.covered[place, number], cols, warp.rows, warp.cols)] = 1 << place
        seen[bits.holds(cover.unknown[place, number], cols, warp.rows, warp.cols)] = UNKNOWN
    seen[~bits.holds(answer.area, cols, warp.rows, warp.cols)] = none
    table = np.zeros((256, 4), np.uint8)
    for state in range(1, 1 << len(answer.inputs.parties)):
        alone = state.bit_count() == 1
        table[state] = PARTIES[state.bit_length() - 1] if alone else SEVERAL
    table[NOBODY], table[UNKNOWN], table[none] = OPEN, UNSURE_GROUND, (0, 0, 0, 0)
    return _striped(table, seen)


def sight_colours(answer: Answer, found: Expected, number: int, warp: Warp) -> Pixels:
    """uint8[height, width, 4]: how probable it is that ground of the area is seen by somebody in a class of hours."""
    none = 254
    cols = answer.grid.cols
    seen = found.percent(number, answer.grid.shape)[warp.rows, warp.cols]
    seen[bits.holds(found.doubt(number), cols, warp.rows, warp.cols)] = UNKNOWN
    seen[~bits.holds(answer.area, cols, warp.rows, warp.cols)] = none
    table = np.zeros((256, 4), np.uint8)
    for least, colour in reversed(SEEN):
        table[least:101] = colour
    table[UNKNOWN] = UNSURE_GROUND
    return _striped(table, seen)


def _striped(table: NDArray[np.uint8], seen: NDArray[np.uint8]) -> Pixels:
    pixels = table[seen]
    y, x = np.indices(seen.shape)
    pixels[(seen == UNKNOWN) & ((x + y) % STRIPE < 2)] = UNSURE
    return pixels


def png(pixels: Pixels, mark: str = "") -> bytes:
    """The pixels as a PNG; `mark` is written across its top edge."""
    image = Image.fromarray(pixels, "RGBA")
    if mark:
        draw = ImageDraw.Draw(image)
        size = max(12, image.width // 24)
        draw.rectangle((0, 0, image.width, size + 8), fill=(255, 214, 0, 255))
        draw.text((8, 4), mark, fill=(0, 0, 0, 255), font_size=size)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()
