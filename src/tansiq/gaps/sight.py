"""Sight: which ground a post sees, as a bitmap of its own, so that any set of posts at any hour is a union of words.

The kernel is XDraw (`gaps.xdraw`), after the recurrence of Franklin, Ray and Mehta (1994); `gaps.exact` computes the
same by a ray to every cell (R3) and is its measure.

Curvature and refraction lower a cell at distance d by (1 - k) d² / 2R. No fast-math: every operation is the plain IEEE
one, so two machines give the same bits.

Voids (NaN) are bounded from both sides: as walls no sight passes, as holes all does. What is seen past walls is seen;
what only holes would let through is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import hours, overlay, xdraw
from tansiq.gaps.bits import WORD, Bits, full, pack, words

EARTH_M: Final = 6_371_000.0
REFRACTION: Final = 0.13
"""The part of curvature that refraction takes back in mean daylight (Brunner 1984); gaps.md asks for both."""

WALL: Final = np.float32(1e6)
MAX_RANGE_CELLS: Final = 4000
NEAR: Final = 128
TOGETHER: Final = 16
"""Posts are swept in bands of `NEAR` rows, `TOGETHER` at a time on a thread."""

Heights = NDArray[np.float32]
Cells = NDArray[np.int32]


class Posts(Struct, frozen=True):
    """Observers: row and column of the cell, height of the eye above ground (m), range (m)."""

    rows: Cells
    cols: Cells
    height_m: Heights
    range_m: Heights


class Footprint(Struct, frozen=True):
    """What one post sees: a window of the frame's bitmap that begins at row `row0` and word `word0`.

    `unknown` is ground whose sight voids leave open; None where no void is in range.
    """

    row0: int
    word0: int
    seen: Bits
    unknown: Bits | None = None


class Terrain(Struct, frozen=True):
    """Elevation (m) made ready: sheets of the ground and of its transpose with walls in place of voids.

    `voids` is where they are, as a bitmap, and `holes` the two sheets with holes in their place; None where no void is.
    """

    rows: int
    cols: int
    heights: Heights
    transposed: Heights
    voids: Bits | None = None
    holes: tuple[Heights, Heights] | None = None


def ready(terrain: Heights) -> Terrain:
    """Make float32[rows, cols] of metres, NaN where unknown, ready for any number of posts."""
    rows, cols = terrain.shape
    voids = np.isnan(terrain)
    if not voids.any():
        return Terrain(rows, cols, xdraw.sheet(terrain), xdraw.sheet(terrain.T))
    walls, holes = np.where(voids, WALL, terrain), np.where(voids, -WALL, terrain)
    opened = (xdraw.sheet(holes), xdraw.sheet(holes.T))
    return Terrain(rows, cols, xdraw.sheet(walls), xdraw.sheet(walls.T), pack(voids), opened)


def footprints(
    terrain: Terrain,
    cell: float,
    posts: Posts,
    *,
    target_m: float,
    refraction: float = REFRACTION,
    threads: int | None = None,
) -> list[Footprint]:
    """The footprint of every post: seen ground within range, targets standing `target_m` above it.

    A post whose own cell is a void sees nothing and leaves all in range unknown. Raises MalformedInput for a post
    outside of the terrain (`sight.outside`) and for a range over 4000 cells (`sight.range`).
    """
    radii = radii_of((terrain.rows, terrain.cols), cell, posts)
    if len(radii) == 0:
        return []
    sweep = _Sweep(
        np.stack((posts.rows, posts.cols, radii), axis=1).astype(np.int64),
        posts.height_m.astype(np.float32),
        np.float32((1.0 - refraction) * cell * cell / (2.0 * EARTH_M)),
        np.float32(target_m),
        threads,
    )
    prints = sweep.over(terrain, terrain.heights, terrain.transposed)
    if terrain.voids is None or terrain.holes is None:
        return prints
    return _with_unknown(terrain, terrain.voids, terrain.holes, sweep, prints)


def night(one: Footprint, row: int, col: int, radius: int) -> Footprint:
    """The footprint of the post at (row, col) with a range of `radius` cells, smaller than that which it was made for.

    What lies nearer hides what lies farther and never the other way round, so the smaller disc of it is what a sweep
    of that range would find.
    """
    height, width = one.seen.shape
    inside = overlay.disc(one.row0, height, one.word0, width, row, col, radius)
    unknown = None if one.unknown is None else one.unknown & inside
    return Footprint(one.row0, one.word0, one.seen & inside, unknown)


def union(prints: Sequence[Footprint], rows: int, cols: int) -> Bits:
    """The ground that any of the posts sees, as a bitmap of the whole frame."""
    return overlay.union(*_flat(prints), rows, cols)


def counts(prints: Sequence[Footprint], rows: int, cols: int, threads: int | None = None) -> NDArray[np.uint16]:
    """How many posts see each cell: uint16[rows, cols].

    Bitmaps are added by half adders of 512 cells, one plane of bits for each binary digit of the count.
    """
    return overlay.counts(*_flat(prints), rows, cols, threads)


class Hourly(Struct, frozen=True):
    """Sight by the hours of the week: `classes` uint8[168] is the class of each hour, hours of one class being equal.

    `seen` uint64[classes, rows, words] is what some post sees; `unknown`, where voids leave anything open, what none
    is known to see and one might.
    """

    classes: NDArray[np.uint8]
    seen: Bits
    unknown: Bits | None = None


def by_hours(
    prints: Sequence[Footprint], schedules: hours.Weeks, rows: int, cols: int, threads: int | None = None
) -> Hourly:
    """The union of the posts on duty for every hour of the week; `schedules` is bool[posts, 168].

    A post with another range by night comes twice: its footprint with the hours of the day, `night` of it with those
    of the night (`hours.parted`). One party at a time: whose posts see a cell is asked of each party's own answer.
    """
    found = hours.classes(schedules)
    groups = hours.groups(found.on)
    order = np.argsort(groups.of, kind="stable")
    active = np.ascontiguousarray(found.on[groups.first].T)

    def unite(chosen: list[int], of: Sequence[Footprint]) -> Bits:
        return overlay.by_class(*_flat(of), groups.of[chosen], active, rows, cols, threads)

    seen = unite(list(order), [prints[number] for number in order])
    open_ones = [number for number in order if prints[number].unknown is not None]
    if not open_ones:
        return Hourly(found.of, seen)
    doubts = [Footprint(prints[n].row0, prints[n].word0, _doubt(prints[n])) for n in open_ones]
    return Hourly(found.of, seen, unite(open_ones, doubts) & ~seen)


def _doubt(one: Footprint) -> Bits:
    return np.zeros_like(one.seen) if one.unknown is None else one.unknown


def radii_of(shape: tuple[int, int], cell: float, posts: Posts) -> Cells:
    """The range of every post in whole cells; refused like `footprints`."""
    rows, cols = shape
    outside = (posts.rows < 0) | (posts.rows >= rows) | (posts.cols < 0) | (posts.cols >= cols)
    if outside.any():
        raise MalformedInput("sight.outside", post=int(np.flatnonzero(outside)[0]))
    reach = np.floor(posts.range_m / np.float32(cell))
    if not (reach <= MAX_RANGE_CELLS).all():
        raise MalformedInput("sight.range", cells=f"{reach.max():.0f}", limit=MAX_RANGE_CELLS)
    radii: Cells = np.maximum(0, reach).astype(np.int32)
    return radii


class _Sweep(Struct, frozen=True):
    """What a sweep takes besides the ground; `places` int64[posts, 3] holds row, column and radius (cells)."""

    places: NDArray[np.int64]
    eyes: Heights
    coefficient: np.float32
    target: np.float32
    threads: int | None

    def over(self, terrain: Terrain, heights: Heights, transposed: Heights) -> list[Footprint]:
        """The footprints on two sheets. Neighbours are swept one after the other: they share ground in the cache."""
        rows, cols, radii = self.places.T
        frames = xdraw.windows(terrain.rows, terrain.cols, rows, cols, radii)
        found = np.zeros(int(frames[-1, 4] + frames[-1, 1] * frames[-1, 3]), np.uint64)
        order = np.lexsort((cols, rows // NEAR))
        pieces = [order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER)]

        def sweep(piece: int) -> None:
            xdraw.sweep(
                heights, transposed, terrain.cols, self.places, self.eyes, frames, self.coefficient, self.target,
                pieces[piece], found,
            )  # fmt: skip

        overlay.spread(sweep, len(pieces), self.threads)
        return [
            Footprint(row0, word0, found[start : start + height * width].reshape(height, width))
            for row0, height, word0, width, start in frames.tolist()
        ]

    def of(self, chosen: NDArray[np.int64]) -> _Sweep:
        """The same for some of the posts."""
        return _Sweep(self.places[chosen], self.eyes[chosen], self.coefficient, self.target, self.threads)


def _with_unknown(
    terrain: Terrain, voids: Bits, holes: tuple[Heights, Heights], sweep: _Sweep, prints: list[Footprint]
) -> list[Footprint]:
    """Once more with holes in place of walls, for the posts that have a void in range."""
    inside = [
        overlay.disc(one.row0, one.seen.shape[0], one.word0, one.seen.shape[1], *place)
        for one, place in zip(prints, sweep.places.tolist(), strict=True)
    ]
    void = [_window(voids, one) for one in prints]
    near = [number for number in range(len(prints)) if (void[number] & inside[number]).any()]
    if not near:
        return prints
    answer = list(prints)
    opened = sweep.of(np.array(near)).over(terrain, *holes)
    for number, hole in zip(near, opened, strict=True):
        one, row, col = prints[number], sweep.places[number, 0], sweep.places[number, 1]
        blind = bool(voids[row, col // WORD] >> np.uint64(col % WORD) & np.uint64(1))
        seen = np.zeros_like(one.seen) if blind else one.seen & ~void[number]
        maybe = inside[number] if blind else (hole.seen | void[number]) & inside[number] & ~seen
        # `disc` knows no frame: words of the frame end with its last column
        answer[number] = Footprint(one.row0, one.word0, seen, maybe & _window(_frame(terrain), one))
    return answer


def _frame(terrain: Terrain) -> Bits:
    return np.broadcast_to(full(1, terrain.cols), (terrain.rows, words(terrain.cols)))


def _window(bits: Bits, one: Footprint) -> Bits:
    """The part of a bitmap of the frame where a footprint lies."""
    height, width = one.seen.shape
    return bits[one.row0 : one.row0 + height, one.word0 : one.word0 + width]


def _flat(prints: Sequence[Footprint]) -> tuple[Bits, NDArray[np.int64]]:
    """Footprints as `overlay` takes them. Those of one sweep lie in one array already and are not copied."""
    if not prints:
        return np.zeros(0, np.uint64), np.zeros((0, 5), np.int64)
    shapes = np.array([(one.row0, one.seen.shape[0], one.word0, one.seen.shape[1]) for one in prints], np.int64)
    whole = prints[0].seen.base
    if (
        whole is not None
        and whole.ndim == 1
        and all(one.seen.base is whole and one.seen.flags.c_contiguous for one in prints)
    ):
        begin = whole.__array_interface__["data"][0]
        starts = np.array([one.seen.__array_interface__["data"][0] - begin for one in prints], np.int64) // 8
    else:
        whole = np.concatenate([one.seen.ravel() for one in prints])
        sizes = shapes[:, 1] * shapes[:, 3]
        starts = np.cumsum(sizes) - sizes
    return whole, np.column_stack((shapes, starts))
