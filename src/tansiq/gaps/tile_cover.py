"""The cover of one tile: sight over the ground between it and its posts, reach from the times of all tiles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from tansiq.gaps import covering, frame, tile_reach, tiles
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import WORD
from tansiq.gaps.covering import Look, Sights, reached
from tansiq.gaps.inputs import Post
from tansiq.gaps.sight import Footprint
from tansiq.gaps.sweeps import TICKS
from tansiq.gaps.tiles import Field, Job, Tile
from tansiq.geo.grid import Grid


def cover_file(job: Job, tile: int) -> Path:
    """Where the cover of a tile is kept: uint64[2, parties, classes, rows, words], covered and unknown."""
    return job.folder / f"cover-{tile}.npy"


def cover(job: Job, number: int) -> None:
    """Work out the cover of a tile and keep it."""
    tile = job.tiles[number]
    core = tiles.window(job, tile.row0, tile.col0, tile.rows, tile.cols)
    posts, ground = _seeing(job, tile)
    sights = _sights(job, tile, posts, ground)
    inputs = replace(job.inputs, posts=tuple(posts))
    first = np.array(job.first, np.int64)

    def arrivals(party: str, hour: int) -> Arrival | None:
        numbers = job.arrivals[party][job.first.index(hour)]
        return _arrival(job, tile, [job.fields[one] for one in numbers]) if numbers else None

    found = covering.cover_of(core, inputs, first, sights, arrivals, _silent)
    tiles.keep(cover_file(job, number), np.stack([found.covered, found.unknown]))


def _silent(stage: str, part: float) -> None:
    """A task in a tile tells nobody how far it is."""


def _seeing(job: Job, tile: Tile) -> tuple[list[Post], Grid]:
    """The posts whose range touches a tile, and the ground that holds them and the tile, whole words wide."""
    grid = job.tiles.grid
    if not job.inputs.posts:
        return [], tiles.window(job, tile.row0, tile.col0, tile.rows, tile.cols)
    rows, cols = frame.cells_of(grid, [post.place for post in job.inputs.posts])
    ranges = np.array([int(max(post.day_m, post.night_m) // grid.cell) for post in job.inputs.posts])
    touch = (rows + ranges >= tile.row0) & (rows - ranges < tile.row0 + tile.rows)
    touch &= (cols + ranges >= tile.col0) & (cols - ranges < tile.col0 + tile.cols)
    chosen = np.flatnonzero(touch)
    top = int(min(tile.row0, rows[chosen].min(initial=tile.row0)))
    left = int(min(tile.col0, cols[chosen].min(initial=tile.col0))) // WORD * WORD
    bottom = int(max(tile.row0 + tile.rows, rows[chosen].max(initial=0) + 1))
    right = int(max(tile.col0 + tile.cols, cols[chosen].max(initial=0) + 1))
    right = min(grid.cols, -(-right // WORD) * WORD)
    return [job.inputs.posts[at] for at in chosen], tiles.window(job, top, left, bottom - top, right - left)


def _sights(job: Job, tile: Tile, posts: Sequence[Post], ground: Grid) -> Sights:
    """What of the tile each of these posts sees."""
    if not posts:
        return {}
    terrain, _ = job.source.read(ground)
    found = Look(ground, terrain, job.options, threads=1).sights(posts, _silent)
    grid = job.tiles.grid
    row = tile.row0 - round((grid.y0 - ground.y0) / grid.cell)
    word = (tile.col0 - round((ground.x0 - grid.x0) / grid.cell)) // WORD
    return {key: _cut(one, row, word, tile) for key, one in found.items()}


def _cut(one: Footprint, row: int, word: int, tile: Tile) -> Footprint:
    """The part of a footprint that lies in a tile, which begins at this row and word of its ground."""
    width = -(-tile.cols // WORD)
    top, bottom = max(one.row0, row), min(one.row0 + one.seen.shape[0], row + tile.rows)
    left, right = max(one.word0, word), min(one.word0 + one.seen.shape[1], word + width)
    part: Any = np.s_[
        max(0, top - one.row0) : max(0, bottom - one.row0), max(0, left - one.word0) : max(0, right - one.word0)
    ]
    if bottom <= top or right <= left:
        part, top, left = np.s_[:0, :0], row, word
    unknown = None if one.unknown is None else one.unknown[part]
    return Footprint(top - row, left - word, one.seen[part], unknown)


def _arrival(job: Job, tile: Tile, fields: Sequence[Field]) -> Arrival:
    """Seconds from the call in a tile, and by the rule's minutes what may be reached beyond that."""
    shape = (tile.rows, tile.cols)
    seconds = np.full(shape, np.inf, np.float32)
    maybe = {minutes: np.zeros(shape, bool) for minutes in reached(job.inputs)}
    for field in fields:
        ticks = tile_reach.ticks(job, field, tile.number)
        if ticks is None:
            continue
        if field.loose:
            for minutes in maybe:
                maybe[minutes] |= ticks <= minutes * 60 * TICKS
            continue
        time_s = (ticks * np.float32(1.0 / TICKS)).astype(np.float32)
        time_s[ticks >= tile_reach.never(field)] = np.inf
        seconds = np.minimum(seconds, time_s)
    return Arrival(seconds, maybe)
