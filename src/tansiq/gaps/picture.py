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
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import NOBODY, UNKNOWN, Cover
from tansiq.gaps.expected import Expected
from tansiq.gaps.frame import bounds
from tansiq.gaps.tiles import LARGEST
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

MOST_PIXELS: Final = 4096
"""Along a side; half as many for the overview of a frame that is cut into tiles."""

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

NONE: Final = 254
"""The state of a pixel outside of the area."""

LATTICE: Final = 32
LONGEST: Final = 65_535

Pixels = NDArray[np.uint8]
Part = tuple[slice, slice]
EVERYTHING: Final[Part] = np.s_[:, :]
"""Pixels from north to south and from west to east."""


class Warp:
    """Which cell lies under the middle of each pixel: worked out once for an answer, used for all its pictures.

    `bounds` are west, south, east, north in degrees; `rows`, `cols` int64 of the picture's shape, -1 outside. Every
    `LATTICE` pixels are projected, those between lie on straight lines: over a kilometre that is within centimetres.
    """

    def __init__(self, grid: Grid) -> None:
        most = MOST_PIXELS if grid.rows * grid.cols <= LARGEST else MOST_PIXELS // 2
        west, south, east, north = bounds(grid)
        top, bottom = _mercator(north), _mercator(south)
        across = math.radians(east - west)
        width = min(most, grid.cols)
        height = min(most, max(1, round(width * (top - bottom) / across)))
        corners_x = np.arange(-(-width // LATTICE) + 1) * LATTICE
        corners_y = np.arange(-(-height // LATTICE) + 1) * LATTICE
        lon = west + (corners_x + 0.5) * (east - west) / width
        lat = np.degrees(np.arctan(np.sinh(top - (corners_y + 0.5) * (top - bottom) / height)))
        lons, lats = np.meshgrid(np.rint(lon * grids.E7).astype(np.int64), np.rint(lat * grids.E7).astype(np.int64))
        x, y = (_between(one, height, width) for one in grids.to_metres(grid, lons, lats))
        rows, cols = grids.cells_of(grid, x, y)
        outside = (rows < 0) | (rows >= grid.rows) | (cols < 0) | (cols >= grid.cols)
        self.grid = grid
        self.bounds = (west, south, east, north)
        self.rows = np.where(outside, -1, rows)
        self.cols = np.where(outside, -1, cols)
        self._top, self._per_radian = top, height / (top - bottom)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.rows.shape
        return height, width

    def around(self, row0: int, rows: int, col0: int, cols: int) -> Part:
        """The pixels in which a window of cells lies, and a few around it."""
        corner = grids.window(self.grid, row0, col0, rows, cols)
        west, south, east, north = bounds(corner)
        height, width = self.shape
        left, right = ((edge - self.bounds[0]) / (self.bounds[2] - self.bounds[0]) * width for edge in (west, east))
        upper, lower = ((self._top - _mercator(edge)) * self._per_radian for edge in (north, south))
        return (
            slice(max(0, math.floor(upper) - 2), min(height, math.ceil(lower) + 2)),
            slice(max(0, math.floor(left) - 2), min(width, math.ceil(right) + 2)),
        )

    def states(
        self, cover: Cover, area: bits.Bits, number: int, place: int | None = None, part: Part = EVERYTHING
    ) -> NDArray[np.uint8]:
        """The state of the ground under each pixel of a part, in a class of hours: as `Cover.states`, `NONE` outside of
        the area. With the place of a party: whether it covers the ground, else `NONE`, and where that is not known.
        """
        rows, cols = self.rows[part], self.cols[part]
        if self.grid.rows * self.grid.cols > LARGEST:
            # of a country only the cells under pixels are looked up, one by one
            found = _looked_up(cover, number, place, rows, cols)
            found[~bits.holds(area, self.grid.cols, rows, cols)] = NONE
            return found
        there = rows >= 0
        if not there.any():
            return np.full(rows.shape, NONE, np.uint8)
        row0, word0 = int(rows[there].min()), int(cols[there].min()) // bits.WORD
        held = np.s_[row0 : int(rows.max()) + 1, word0 : int(cols.max()) // bits.WORD + 1]
        width = min(self.grid.cols, held[1].stop * bits.WORD) - word0 * bits.WORD
        if place is None:
            states = _laid(cover, number, held, width)
        else:
            states = np.full((held[0].stop - row0, width), NONE, np.uint8)
            states[bits.unpack(cover.covered[place, number][held], width)] = 1 << place
            states[bits.unpack(cover.unknown[place, number][held], width)] = UNKNOWN
        states[~bits.unpack(area[held], width)] = NONE
        found = states[np.where(there, rows - row0, 0), np.where(there, cols - word0 * bits.WORD, 0)]
        found[~there] = NONE
        return found


def _looked_up(
    cover: Cover, number: int, place: int | None, rows: NDArray[np.int64], cols: NDArray[np.int64]
) -> NDArray[np.uint8]:
    if place is None:
        return cover.states(number, rows, cols)
    found = np.full(rows.shape, NONE, np.uint8)
    found[bits.holds(cover.covered[place, number], cover.cols, rows, cols)] = 1 << place
    found[bits.holds(cover.unknown[place, number], cover.cols, rows, cols)] = UNKNOWN
    return found


def _laid(cover: Cover, number: int, held: Part, width: int) -> NDArray[np.uint8]:
    """The states of a window of cells: as `Cover.states`, without looking up each of them."""
    found = np.zeros((held[0].stop - held[0].start, width), np.uint8)
    unsure = np.zeros(found.shape, bool)
    for party in range(cover.covered.shape[0]):
        found |= bits.unpack(cover.covered[party, number][held], width).astype(np.uint8) << party
        unsure |= bits.unpack(cover.unknown[party, number][held], width)
    found[unsure & (found == 0)] = UNKNOWN
    return found


def _between(corners: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
    """What lies at each pixel between corners that are `LATTICE` pixels apart, by straight lines."""
    for axis, size in ((1, width), (0, height)):
        first, rest = np.divmod(np.arange(size), LATTICE)
        part = (rest / LATTICE).reshape((1, -1) if axis else (-1, 1))
        corners = corners.take(first, axis) * (1 - part) + corners.take(first + 1, axis) * part
    return corners


def runs_of(states: NDArray[np.uint8]) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Lengths and values of the runs of pixels that are alike, row after row, none longer than 65535."""
    flat = states.reshape(-1)
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(np.append(starts, flat.size))
    times = -(-lengths // LONGEST)
    found = np.full(int(times.sum()), LONGEST, np.int64)
    found[np.cumsum(times) - 1] = lengths - (times - 1) * LONGEST
    return found.astype("<u2"), np.repeat(flat[starts], times)


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def colours(answer: Answer, number: int, warp: Warp, party: str | None = None) -> Pixels:
    """uint8[height, width, 4] of a class of hours, transparent outside of the area.

    Without a party: ground that nobody covers, that one party alone covers, that several do, unknown ground striped.
    With one: what it covers, and where that is not known.
    """
    place = None if party is None else answer.inputs.parties.index(party)
    seen = warp.states(answer.cover, answer.area, number, place)
    table = np.zeros((256, 4), np.uint8)
    for state in range(1, 1 << len(answer.inputs.parties)):
        alone = state.bit_count() == 1
        table[state] = PARTIES[state.bit_length() - 1] if alone else SEVERAL
    table[NOBODY], table[UNKNOWN], table[NONE] = OPEN, UNSURE_GROUND, (0, 0, 0, 0)
    return _striped(table, seen)


def chances(found: Expected, area: Bits, number: int, warp: Warp) -> NDArray[np.uint8]:
    """uint8[height, width] of a class of hours: per cent of the draws in which somebody sees the ground, `UNKNOWN`
    where that is not known, `NONE` outside of the area.
    """
    rows, cols = warp.rows, warp.cols
    there = rows >= 0
    seen = found.percent(number, warp.grid.shape)[np.where(there, rows, 0), np.where(there, cols, 0)]
    seen[bits.holds(found.doubt(number), warp.grid.cols, rows, cols)] = UNKNOWN
    seen[~bits.holds(area, warp.grid.cols, rows, cols)] = NONE
    return seen


def shares(values: NDArray[np.float32], area: Bits, warp: Warp) -> NDArray[np.uint8]:
    """uint8[height, width]: per cent of the highest of some values (float32[rows, cols]) under each pixel, `NONE`
    outside of the area.
    """
    rows, cols = warp.rows, warp.cols
    there = rows >= 0
    highest = float(values.max(initial=0.0))
    per_cent = np.rint(values * (100.0 / highest) if highest > 0 else values).astype(np.uint8)
    seen = per_cent[np.where(there, rows, 0), np.where(there, cols, 0)]
    seen[~bits.holds(area, warp.grid.cols, rows, cols)] = NONE
    return seen


def sight_colours(found: Expected, area: Bits, number: int, warp: Warp) -> Pixels:
    """uint8[height, width, 4]: how probable it is that ground of the area is seen by somebody in a class of hours."""
    table = np.zeros((256, 4), np.uint8)
    for least, colour in reversed(SEEN):
        table[least:101] = colour
    table[UNKNOWN] = UNSURE_GROUND
    return _striped(table, chances(found, area, number, warp))


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
