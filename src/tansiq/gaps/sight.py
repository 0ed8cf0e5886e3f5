"""Sight: which ground a post sees, as a bitmap of its own, so that any set of posts at any hour is a union of words.

The kernel is XDraw (Franklin, Ray and Mehta 1994): the horizon moves outward ring by ring, interpolated between the two
nearest cells of the ring before, in four quadrants of which each is a run of contiguous loads; the two sideways ones
work on the transposed terrain. `gaps.exact` computes the same by a ray to every cell (R3) and is the measure of both.

Curvature and refraction lower a cell at distance d by (1 - k) d² / 2R. No fast-math: every operation is the plain IEEE
one, so two machines give the same bits.

Voids (NaN) are bounded from both sides: as walls no sight passes, as holes all does. What is seen past walls is seen;
what only holes would let through is unknown.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.bits import WORD, Bits, pack, words

EARTH_M: Final = 6_371_000.0
REFRACTION: Final = 0.13
"""The part of curvature that refraction takes back in mean daylight (Brunner 1984); gaps.md asks for both."""

WALL: Final = np.float32(1e6)
MAX_RANGE_CELLS: Final = 4000

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
    """Elevation (m) made ready: `heights` and its transpose, NaN replaced by walls, and where the voids are."""

    heights: Heights
    transposed: Heights
    voids: NDArray[np.bool_] | None


def ready(terrain: Heights) -> Terrain:
    """Make float32[rows, cols] of metres, NaN where unknown, ready for any number of posts."""
    voids = np.isnan(terrain)
    if not voids.any():
        heights = np.ascontiguousarray(terrain, np.float32)
        return Terrain(heights, np.ascontiguousarray(heights.T), None)
    heights = np.where(voids, WALL, terrain).astype(np.float32)
    return Terrain(heights, np.ascontiguousarray(heights.T), voids)


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
    radii = radii_of(terrain.heights, cell, posts)
    coefficient = np.float32((1.0 - refraction) * cell * cell / (2.0 * EARTH_M))
    if len(radii) == 0:
        return []
    seen = _many(terrain.heights, terrain.transposed, posts, radii, coefficient, target_m, threads)
    prints = _cut(terrain, posts, radii, seen)
    if terrain.voids is None:
        return prints
    return _with_unknown(terrain, terrain.voids, posts, radii, coefficient, target_m, prints, threads)


def union(prints: Sequence[Footprint], rows: int, cols: int) -> Bits:
    """The ground that any of the posts sees, as a bitmap of the whole frame."""
    out = np.zeros((rows, words(cols)), np.uint64)
    for one in prints:
        _or_into(out, one.row0, one.word0, one.seen)
    return out


def counts(prints: Sequence[Footprint], rows: int, cols: int) -> NDArray[np.uint16]:
    """How many posts see each cell: uint16[rows, cols].

    Bitmaps are added by carry-save adders, one plane of bits for each binary digit of the count.
    """
    planes = np.zeros((max(1, len(prints).bit_length()), rows, words(cols)), np.uint64)
    for one in prints:
        _add(planes, one.row0, one.word0, one.seen)
    return _read_planes(planes, cols)


def radii_of(heights: Heights, cell: float, posts: Posts) -> Cells:
    """The range of every post in whole cells; refused like `footprints`."""
    rows, cols = heights.shape
    outside = (posts.rows < 0) | (posts.rows >= rows) | (posts.cols < 0) | (posts.cols >= cols)
    if outside.any():
        raise MalformedInput("sight.outside", post=int(np.flatnonzero(outside)[0]))
    radii = np.maximum(0, np.floor(posts.range_m / np.float32(cell))).astype(np.int32)
    if len(radii) and radii.max() > MAX_RANGE_CELLS:
        raise MalformedInput("sight.range", cells=int(radii.max()), limit=MAX_RANGE_CELLS)
    return radii


def _many(
    heights: Heights,
    transposed: Heights,
    posts: Posts,
    radii: Cells,
    coefficient: np.float32,
    target_m: float,
    threads: int | None,
) -> Bits:
    """The bitmaps of all posts, each in a square of the largest range: uint64[posts, rows, words]."""
    largest = int(radii.max())
    side = 2 * largest + 1
    found = np.zeros((len(radii), side, _width(largest)), np.uint64)
    teams = max(1, min(threads or os.cpu_count() or 1, len(radii)))

    def sweep(team: int) -> None:
        _sweep_some(
            heights,
            transposed,
            posts.rows.astype(np.int64),
            posts.cols.astype(np.int64),
            posts.height_m.astype(np.float32),
            radii.astype(np.int64),
            coefficient,
            np.float32(target_m),
            largest,
            team,
            teams,
            found,
        )

    # plain threads: the kernel lets go of the interpreter, and what is not parallel for the compiler can be cached
    with ThreadPoolExecutor(teams) as pool:
        list(pool.map(sweep, range(teams)))
    return found


def _width(radius: int) -> int:
    """Words that hold a row of a window wherever in a word it begins."""
    return words(2 * radius + 1 + WORD - 1)


def _cut(terrain: Terrain, posts: Posts, radii: Cells, seen: Bits) -> list[Footprint]:
    """The windows without what lies outside of the frame."""
    rows, cols = terrain.heights.shape
    total = words(cols)
    prints = []
    for number, radius in enumerate(radii):
        top, left = int(posts.rows[number]) - int(radius), int(posts.cols[number]) - int(radius)
        first_row, last_row = max(0, top), min(rows, top + 2 * int(radius) + 1)
        word0 = left // WORD
        first, last = max(0, word0), min(total, word0 + _width(int(radius)))
        part = seen[number, first_row - top : last_row - top, first - word0 : last - word0]
        prints.append(Footprint(first_row, first, part))
    return prints


def _with_unknown(
    terrain: Terrain,
    voids: NDArray[np.bool_],
    posts: Posts,
    radii: Cells,
    coefficient: np.float32,
    target_m: float,
    prints: list[Footprint],
    threads: int | None,
) -> list[Footprint]:
    """Once more with holes in place of walls, for the posts that have a void in range."""
    rows, cols = voids.shape
    near = []
    for number, radius in enumerate(radii):
        row, col, reach = int(posts.rows[number]), int(posts.cols[number]), int(radius)
        square = voids[max(0, row - reach) : row + reach + 1, max(0, col - reach) : col + reach + 1]
        if square.any():
            near.append(number)
    if not near:
        return prints
    chosen = np.array(near)
    some = Posts(posts.rows[chosen], posts.cols[chosen], posts.height_m[chosen], posts.range_m[chosen])
    open_heights = np.where(voids, -WALL, terrain.heights).astype(np.float32)
    open_transposed = np.ascontiguousarray(open_heights.T)
    opened = _many(open_heights, open_transposed, some, radii[chosen], coefficient, target_m, threads)
    holes = _cut(terrain, some, radii[chosen], opened)
    packed = _packed_windows(voids, prints, near)
    answer = list(prints)
    for number, hole, void in zip(near, holes, packed, strict=True):
        one = prints[number]
        blind = bool(voids[posts.rows[number], posts.cols[number]])
        disc = _disc(int(radii[number]), int(posts.rows[number]), int(posts.cols[number]), one, (rows, cols))
        seen = np.zeros_like(one.seen) if blind else one.seen & ~void
        unknown = disc if blind else ((hole.seen | void) & disc & ~seen)
        answer[number] = Footprint(one.row0, one.word0, seen, unknown)
    return answer


def _packed_windows(voids: NDArray[np.bool_], prints: Sequence[Footprint], chosen: Sequence[int]) -> list[Bits]:
    packed = pack(voids)
    return [
        packed[
            prints[number].row0 : prints[number].row0 + prints[number].seen.shape[0],
            prints[number].word0 : prints[number].word0 + prints[number].seen.shape[1],
        ]
        for number in chosen
    ]


def _disc(radius: int, row: int, col: int, one: Footprint, shape: tuple[int, int]) -> Bits:
    """The cells within `radius` of (row, col) and within the frame, in the window of a footprint."""
    height, width = one.seen.shape
    y = np.arange(one.row0, one.row0 + height)[:, None] - row
    x = np.arange(one.word0 * WORD, (one.word0 + width) * WORD)[None, :] - col
    inside = (y * y + x * x <= radius * radius) & (x + col < shape[1])
    return pack(inside)


@njit(cache=True, nogil=True, inline="always")
def _quadrant(
    heights: Heights,
    row: int,
    col: int,
    step: int,
    radius: int,
    limits: NDArray[np.int64],
    eye: np.float32,
    target: np.float32,
    coefficient: np.float32,
    aside: Heights,
    drop: Heights,
    before: Heights,
    after: Heights,
    mask: NDArray[np.uint8],
    shift: int,
) -> None:
    """One quadrant: rows outward from (row, col) in direction `step`; |sideways| is at most the row's distance.

    `aside[j]` is the distance sideways of buffer place j, `drop[j]` what curvature lowers it; `mask` takes the verdicts
    by rows of the window, `shift` places to the right. Rows and columns outside of the terrain are passed over.
    """
    rows, cols = heights.shape
    first = max(-radius, -col)
    last = min(radius, cols - 1 - col)
    for distance in range(1, radius + 1):
        at = row + step * distance
        if at < 0 or at >= rows:
            break
        line = heights[at]
        inverse = np.float32(1.0) / np.float32(distance)
        base = eye + coefficient * np.float32(distance * distance)
        limit = limits[distance]
        inner = min(limit, distance - 1)
        out = mask[radius + step * distance]
        if distance == 1:
            for sideways in range(max(-limit, first), min(limit, last) + 1):
                j = radius + sideways
                after[j] = line[col + sideways] - base - drop[j]
                out[shift + j] = 1
        else:
            low, high = max(-inner, first), min(inner, last)
            # towards the observer's column: the neighbour on the right on this side, on the left on the other
            for j in range(radius + low, min(radius, radius + high + 1)):
                own = before[j]
                horizon = own + (before[j + 1] - own) * (aside[j] * inverse)
                rise = line[col - radius + j] - base - drop[j]
                slope = rise * inverse
                out[shift + j] = (rise + target) * inverse >= horizon
                after[j] = slope if slope > horizon else horizon
            for j in range(max(radius, radius + low), radius + high + 1):
                own = before[j]
                horizon = own + (before[j - 1] - own) * (aside[j] * inverse)
                rise = line[col - radius + j] - base - drop[j]
                slope = rise * inverse
                out[shift + j] = (rise + target) * inverse >= horizon
                after[j] = slope if slope > horizon else horizon
            if limit == distance:
                for side in (-1, 1):
                    sideways = side * distance
                    if first <= sideways <= last:
                        j = radius + sideways
                        horizon = before[j - side]
                        rise = line[col + sideways] - base - drop[j]
                        slope = rise * inverse
                        out[shift + j] = (rise + target) * inverse >= horizon
                        after[j] = slope if slope > horizon else horizon
        before, after = after, before


@njit(cache=True, nogil=True, inline="always")
def _pack_rows(mask: NDArray[np.uint8], as_words: Bits, rows: int, out: Bits) -> None:
    """Bytes of 0 and 1 to bits: eight at a time by one multiplication."""
    gather = np.uint64(0x0102040810204080)
    for row in range(rows):
        for word in range(out.shape[1]):
            packed = np.uint64(0)
            for part in range(8):
                eight = as_words[row, word * 8 + part]
                packed |= ((eight * gather) >> np.uint64(56)) << np.uint64(8 * part)
            out[row, word] = packed


@njit(cache=True, nogil=True, inline="always")
def _transpose_block(block: Bits) -> None:
    """A square of 64 by 64 bits along its diagonal (Warren, Hacker's Delight, 7-3)."""
    size = 32
    keep = np.uint64(0x00000000FFFFFFFF)
    while size:
        at = 0
        while at < 64:
            swap = ((block[at] >> np.uint64(size)) ^ block[at + size]) & keep
            block[at] ^= swap << np.uint64(size)
            block[at + size] ^= swap
            at = (at + size + 1) & ~size
        size >>= 1
        keep ^= keep << np.uint64(size)


@njit(cache=True, nogil=True)
def _sweep(
    heights: Heights,
    transposed: Heights,
    row: int,
    col: int,
    eye_height: np.float32,
    radius: int,
    coefficient: np.float32,
    target: np.float32,
    aside: Heights,
    drop: Heights,
    limits: NDArray[np.int64],
    before: Heights,
    after: Heights,
    mask: NDArray[np.uint8],
    mask_words: Bits,
    sideways: Bits,
    block: Bits,
    out: Bits,
) -> None:
    """The bitmap of one post into `out`, uint64[2 radius + 1, words], aligned to words of the frame."""
    side = 2 * radius + 1
    width = out.shape[1]
    shift = (col - radius) % 64
    eye = heights[row, col] + eye_height
    for place in range(side):
        distance = abs(place - radius)
        aside[place] = np.float32(distance)
        drop[place] = coefficient * np.float32(distance * distance)
    for distance in range(radius + 1):
        reach = int(np.sqrt(float(radius * radius - distance * distance)))
        limits[distance] = min(distance, reach)
    # left and right, on the transposed terrain: rows of the mask are columns of the frame
    down = -(-side // 64)
    mask[:side, : down * 64] = 0
    _quadrant(transposed, col, row, 1, radius, limits, eye, target, coefficient, aside, drop, before, after, mask, 0)
    _quadrant(transposed, col, row, -1, radius, limits, eye, target, coefficient, aside, drop, before, after, mask, 0)
    _pack_rows(mask, mask_words, side, sideways[:, :down])
    for word in range(width):
        for part in range(down):
            some = np.uint64(0)
            for bit in range(64):
                place = word * 64 + bit - shift
                value = sideways[place, part] if 0 <= place < side else np.uint64(0)
                block[bit] = value
                some |= value
            if some:
                _transpose_block(block)
                for bit in range(min(64, side - part * 64)):
                    out[part * 64 + bit, word] = block[bit]
    # up and down
    mask[:side, : width * 64] = 0
    _quadrant(heights, row, col, 1, radius, limits, eye, target, coefficient, aside, drop, before, after, mask, shift)
    _quadrant(heights, row, col, -1, radius, limits, eye, target, coefficient, aside, drop, before, after, mask, shift)
    mask[radius, shift + radius] = 1
    gather = np.uint64(0x0102040810204080)
    for line in range(side):
        for word in range(width):
            packed = np.uint64(0)
            for part in range(8):
                packed |= ((mask_words[line, word * 8 + part] * gather) >> np.uint64(56)) << np.uint64(8 * part)
            out[line, word] |= packed


@njit(cache=True, nogil=True)
def _sweep_some(
    heights: Heights,
    transposed: Heights,
    rows: NDArray[np.int64],
    cols: NDArray[np.int64],
    eyes: Heights,
    radii: NDArray[np.int64],
    coefficient: np.float32,
    target: np.float32,
    largest: int,
    team: int,
    teams: int,
    found: NDArray[np.uint64],
) -> None:
    """Every `teams`-th post from `team` on."""
    side = 2 * largest + 1
    places = -(-(side + 63) // 64) * 64
    aside = np.empty(side, np.float32)
    drop = np.empty(side, np.float32)
    limits = np.empty(largest + 1, np.int64)
    before = np.zeros(side, np.float32)
    after = np.zeros(side, np.float32)
    mask = np.zeros((side, places), np.uint8)
    mask_words = mask.view(np.uint64)
    sideways = np.zeros((side, places // 64), np.uint64)
    block = np.empty(64, np.uint64)
    for number in range(team, len(rows), teams):
        radius = radii[number]
        width = -(-(2 * radius + 1 + 63) // 64)
        _sweep(
            heights,
            transposed,
            rows[number],
            cols[number],
            eyes[number],
            radius,
            coefficient,
            target,
            aside,
            drop,
            limits,
            before,
            after,
            mask,
            mask_words,
            sideways,
            block,
            found[number, : 2 * radius + 1, :width],
        )


@njit(cache=True, nogil=True)
def _or_into(out: Bits, row0: int, word0: int, bits: Bits) -> None:
    for row in range(bits.shape[0]):
        for word in range(bits.shape[1]):
            out[row0 + row, word0 + word] |= bits[row, word]


@njit(cache=True, nogil=True)
def _add(planes: NDArray[np.uint64], row0: int, word0: int, bits: Bits) -> None:
    for row in range(bits.shape[0]):
        for word in range(bits.shape[1]):
            carry = bits[row, word]
            plane = 0
            while carry:
                held = planes[plane, row0 + row, word0 + word]
                planes[plane, row0 + row, word0 + word] = held ^ carry
                carry &= held
                plane += 1


@njit(cache=True, nogil=True)
def _read_planes(planes: NDArray[np.uint64], cols: int) -> NDArray[np.uint16]:
    digits, rows, width = planes.shape
    out = np.zeros((rows, cols), np.uint16)
    for row in range(rows):
        for word in range(width):
            some = np.uint64(0)
            for plane in range(digits):
                some |= planes[plane, row, word]
            if some:
                for bit in range(min(64, cols - word * 64)):
                    value = np.uint16(0)
                    for plane in range(digits):
                        value |= np.uint16((planes[plane, row, word] >> np.uint64(bit)) & np.uint64(1)) << plane
                    out[row, word * 64 + bit] = value
    return out
