"""Travel times over tiles: each tile is settled with its neighbours' times at its rim, until no rim falls any more.

The shortest times are the only fixed point (docs/decisions/reach.md), so it does not matter in which order tiles come
to it, nor how often: what stands when nobody has news is what one frame would have given, to the last 1/1024 s. A tile
that no base reaches within the cut-off is never read. Why no margins stands in docs/decisions/country.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from scipy import ndimage

from tansiq.gaps import arrival, tiles
from tansiq.gaps.ground import Ground, Part, blocks, moves_of
from tansiq.gaps.layers import Layers
from tansiq.gaps.sweeps import BLOCK, HALO, TICKS, settle
from tansiq.gaps.tiles import Crew, Field, Job, Tile

Whole = NDArray[np.int32]
Mask = NDArray[np.bool_]


class Known(Struct, frozen=True):
    """What of a field is known before a visit: in which round the tile was last settled (-1: never), and those around.

    A visit that is done twice begins from the same files, so it wakes the same neighbours.
    """

    field: int
    own: int
    around: dict[int, int]


class Visit(Struct, frozen=True):
    """A tile in which fields have news, and the round."""

    tile: int
    step: int
    fields: tuple[Known, ...]


class Survey(Struct, frozen=True):
    """Of a tile, by class of mobility: whether any ground is unknown, and the best pace there (s/m)."""

    unknown: dict[str, bool]
    best: dict[str, float]


def times_file(job: Job, field: int, tile: int, step: int | None = None) -> Path:
    """Where the times of a tile are kept (int32, ticks), as they stand at last or stood after a round.

    There is none where nobody comes within the cut-off.
    """
    return job.folder / (f"times-{field}-{tile}.npy" if step is None else f"times-{field}-{tile}-{step}.npy")


def never(field: Field) -> int:
    """The tick after the cut-off: what no base reached."""
    return int(field.cutoff_s * TICKS) + 1


def spread_out(job: Job, fields: Sequence[Field], crew: Crew, progress: Callable[[float], None]) -> None:
    """Bring the times of these fields to their fixed point.

    Tiles like the black squares of a board go first, then the white ones, which so take in all news of the black at
    once; after that whoever has news.
    """
    active: dict[int, set[int]] = {}
    for field in fields:
        for row, col in zip(field.rows, field.cols, strict=True):
            active.setdefault(job.tiles.of(row, col), set()).add(field.number)
    step = 0
    last: dict[tuple[int, int], int] = {}
    while active:
        now = [tile for tile in sorted(active) if step >= 2 or sum(divmod(tile, job.tiles.across)) % 2 == step]
        visits = [_visit(job, tile, step, active.pop(tile), last) for tile in now]
        for done, (_, woken) in enumerate(crew.run(visit, job, visits), start=1):
            for tile, number in woken:
                active.setdefault(tile, set()).add(number)
            progress(1.0 - 0.5 ** (step + done / len(visits)))
        for one in visits:
            for known in one.fields:
                if known.own >= 0:
                    times_file(job, known.field, one.tile, known.own).unlink()
                last[known.field, one.tile] = step
        step += 1
    for (number, tile), when in last.items():
        times_file(job, number, tile, when).replace(times_file(job, number, tile))


def _visit(job: Job, tile: int, step: int, numbers: set[int], last: dict[tuple[int, int], int]) -> Visit:
    around = [other for _, _, other in job.tiles.around(tile)]
    fields = [
        Known(number, last.get((number, tile), -1), {one: last[number, one] for one in around if (number, one) in last})
        for number in sorted(numbers)
    ]
    return Visit(tile, step, tuple(fields))


def visit(job: Job, asked: Visit) -> list[tuple[int, int]]:
    """Settle fields in a tile with what is known at its rim; the neighbours that may have news by it, and of which."""
    tile, part, layers = _read(job, asked.tile)
    made: dict[tuple[str, float | None], Ground] = {}
    woken: list[tuple[int, int]] = []
    for known in asked.fields:
        field = job.fields[known.field]
        key = field.mobility, field.best
        if key not in made:
            made.clear()  # one at a time: a ground is the largest thing here
            made[key] = _ground(job, layers, field.mobility, part, field.best)
        woken += [(other, field.number) for other in _settled(job, tile, field, made[key], known, asked.step)]
    return woken


def survey(job: Job, number: int) -> Survey:
    """What unknown ground there is in a tile, and the best pace."""
    _, part, layers = _read(job, number)
    unknown, best = {}, {}
    for name in sorted({field.mobility for field in job.fields}):
        made = _ground(job, layers, name, part, None)
        unknown[name] = bool(made.unknown.any())
        best[name] = min(float(made.pace.min()), float(made.road_pace.min(initial=np.inf)))
    return Survey(unknown, best)


def loose_fields(job: Job, minutes: int, crew: Crew) -> list[Field]:
    """The fields that say what may be reached: for classes of mobility that have unknown ground somewhere."""
    names = sorted({field.mobility for field in job.fields})
    unknown, best = dict.fromkeys(names, False), dict.fromkeys(names, float("inf"))
    for _, found in crew.run(survey, job, range(len(job.tiles))):
        for name in names:
            unknown[name] |= found.unknown[name]
            best[name] = min(best[name], found.best[name])
    count = len(job.fields)
    chosen = [one for one in job.fields if unknown[one.mobility]]
    return [
        Field(count + place, one.mobility, one.rows, one.cols, one.start_s, minutes * 60.0, True, best[one.mobility])
        for place, one in enumerate(chosen)
    ]


def ticks(job: Job, field: Field, number: int) -> Whole | None:
    """The times of a field in a tile as they stand at last; None where nobody comes within the cut-off."""
    try:
        found: Whole = np.load(times_file(job, field.number, number), mmap_mode="r")
    except FileNotFoundError:
        return None
    return found


def _read(job: Job, number: int) -> tuple[Tile, Part, Layers]:
    """A tile with a halo of two cells, as far as the frame goes."""
    tile, grid = job.tiles[number], job.tiles.grid
    top, left = min(HALO, tile.row0), min(HALO, tile.col0)
    height = min(grid.rows, tile.row0 + tile.rows + HALO) - tile.row0 + top
    width = min(grid.cols, tile.col0 + tile.cols + HALO) - tile.col0 + left
    part = Part(tile.row0 - top, tile.col0 - left, height, width, top, left, tile.rows, tile.cols)
    window = tiles.window(job, part.row0, part.col0, height, width)
    terrain, landcover = job.source.read(window)
    roads, barriers = (tiles.lines_in(lines, window, 2 * HALO) for lines in (job.roads, job.barriers))
    return tile, part, Layers(terrain, roads, barriers, None, landcover)


def _ground(job: Job, layers: Layers, name: str, part: Part, best: float | None) -> Ground:
    here = replace(part, best=best)
    return arrival.ground_for(job.tiles.grid, layers, name, job.options.condition, job.inputs.closed, here)


def _settled(job: Job, tile: Tile, field: Field, made: Ground, known: Known, step: int) -> Iterable[int]:
    """Settle one field and keep its times; the neighbours that its rim may reach sooner than they know."""
    end = never(field)
    times = np.full(made.pace.shape, end, np.int32)
    core = times[HALO : tile.rows + HALO, HALO : tile.cols + HALO]
    again = known.own >= 0
    news = np.full(blocks(made), np.iinfo(np.int32).max, np.int32)
    if again:
        core[...] = np.load(times_file(job, field.number, tile.number, known.own))
    else:
        _set_out(tile, field, core, news)
    for down, right, other in job.tiles.around(tile.number):
        if other in known.around:
            rim = np.load(times_file(job, field.number, other, known.around[other]), mmap_mode="r")
            _take_in(tile, times, (down, right), rim)
    _call_blocks(times, news, tile, end)
    old = core.copy()
    codes = made.loose if field.loose and made.loose.size else made.codes
    settle(times.reshape(-1), news, moves_of(made, codes), True, np.int64(1))
    tiles.keep(times_file(job, field.number, tile.number, step), core)
    fell = core < (old if again else np.int32(end))
    return _woken(job, tile, times, fell)


def _set_out(tile: Tile, field: Field, core: Whole, news: Whole) -> None:
    """Bases in the tile begin at their times."""
    rows, cols = np.array(field.rows, np.int64) - tile.row0, np.array(field.cols, np.int64) - tile.col0
    starts = np.rint(np.array(field.start_s) * TICKS).astype(np.int32)
    here = (rows >= 0) & (rows < tile.rows) & (cols >= 0) & (cols < tile.cols)
    rows, cols, starts = rows[here], cols[here], starts[here]
    np.minimum.at(core, (rows, cols), starts)
    for below in (-HALO, 0, HALO):
        for right in (-HALO, 0, HALO):
            at = np.clip(rows + below, 0, tile.rows - 1), np.clip(cols + right, 0, tile.cols - 1)
            np.minimum.at(news, (at[0] // BLOCK, at[1] // BLOCK), starts)


def _take_in(tile: Tile, times: Whole, side: tuple[int, int], found: Whole) -> None:
    """The two outermost rows or columns of a neighbour into the halo."""
    theirs, ours = [], []
    for step, size in zip(side, (tile.rows, tile.cols), strict=True):
        theirs.append({-1: slice(-HALO, None), 0: slice(None), 1: slice(0, HALO)}[step])
        ours.append({-1: slice(0, HALO), 0: slice(HALO, HALO + size), 1: slice(HALO + size, HALO + size + HALO)}[step])
    rim = found[theirs[0], theirs[1]]
    # the last tiles may be narrower than the halo
    place = slice(ours[0].start, ours[0].start + rim.shape[0]), slice(ours[1].start, ours[1].start + rim.shape[1])
    times[place] = rim


def _call_blocks(times: Whole, news: Whole, tile: Tile, end: int) -> None:
    """Blocks beside halo cells that somebody reaches have news."""
    halo = times.copy()
    halo[HALO : HALO + tile.rows, HALO : HALO + tile.cols] = end
    rows, cols = np.nonzero(halo < end)
    found = halo[rows, cols]
    for below in (-HALO, 0, HALO):
        for right in (-HALO, 0, HALO):
            row = np.clip(rows - HALO + below, 0, tile.rows - 1) // BLOCK
            col = np.clip(cols - HALO + right, 0, tile.cols - 1) // BLOCK
            np.minimum.at(news, (row, col), found)


def _woken(job: Job, tile: Tile, times: Whole, fell: Mask) -> Iterable[int]:
    """Neighbours of which a cell may be reached from a cell of ours that fell, sooner than we know of."""
    whole = np.zeros(times.shape, bool)
    whole[HALO : HALO + tile.rows, HALO : HALO + tile.cols] = fell
    rows, cols = tile.rows + 2 * HALO, tile.cols + 2 * HALO
    for down, right, other in job.tiles.around(tile.number):
        band = tuple(
            {-1: slice(0, 2 * HALO), 0: slice(HALO, size - HALO), 1: slice(size - 2 * HALO, size)}[step]
            for step, size in zip((down, right), (rows, cols), strict=True)
        )
        if _may_reach(times[band], whole[band], (down, right)):
            yield other


def _may_reach(times: Whole, fell: Mask, side: tuple[int, int]) -> bool:
    """Whether a cell that fell is earlier than a halo cell within a knight's move of it."""
    most = np.iinfo(np.int32).max
    ours = np.where(fell, times, most)
    earliest = ndimage.minimum_filter(ours, size=2 * HALO + 1, mode="constant", cval=most)
    halo = tuple({-1: slice(0, HALO), 0: slice(None), 1: slice(-HALO, None)}[step] for step in side)
    return bool((earliest[halo] < times[halo]).any())
