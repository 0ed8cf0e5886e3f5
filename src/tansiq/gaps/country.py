"""An analysis over tiles: the answer of one frame, to the last bit, on ground that would not fit into one.

Tiles are computed by a crew (`tiles.Crew`): threads of this process or the workers of a cluster. What they find lies
in files; the bitmaps of the answer are mapped from them, and gaps are found in strips of rows. Nothing here holds more
than a tile for each worker, a strip, and what the gaps themselves take.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.gaps import ENGINE, analysis, bits, frame, tile_cover, tile_reach, tiles
from tansiq.gaps.analysis import Cancelled, Progress, Stopped, cutoff
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.gaps.covering import Covered, classes_of, reached
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.gaps.sweeps import TICKS
from tansiq.gaps.tiles import SIDE_M, Crew, Field, Job, Source, Tiles
from tansiq.geo.grid import Grid

CELL_BYTES: Final = 80
"""What a worker holds of each cell at most: its ground with roads and unknown cells, times, sheets of sight."""

HALO_M: Final = 20_000.0
"""Ground around a tile from which posts of 10 km see into it, on both sides together."""


class Way(Struct, frozen=True):
    """How it is done: by whom, with files between in a folder that every worker sees, in tiles of which side (m)."""

    crew: Crew
    folder: Path
    side_m: float = SIDE_M
    threads: int | None = None


def analyse(
    inputs: Inputs,
    layers: Layers,
    source: Source,
    options: Options,
    way: Way,
    progress: Progress = lambda stage, part: None,
    cancelled: Cancelled = lambda: False,
    *,
    before: Inputs | None = None,
) -> Answer:
    """The answer that `analysis.analyse` gives. `layers` are the lines and places of the whole frame; what rasters they
    hold is not looked at: `source` reads them a part at a time.

    The bitmaps of the answer lie in the way's folder and stay readable while the answer lives. Refused like
    `tiles.cut`; raises Stopped (`gaps.stopped`) soon after `cancelled` says so.
    """
    grid = frame.frame_of(inputs, options.cell)
    divided = tiles.cut(grid, way.side_m)

    def step(stage: str, part: float) -> None:
        if cancelled():
            raise Stopped("gaps.stopped")
        progress(stage, part)

    now = covered(inputs, layers, source, options, divided, way, step)
    then = None if before is None else covered(before, layers, source, options, divided, way, step)
    return analysis.answer(grid, layers, options, now, then, step, way.threads, rasters=source.held)


def disk_of(grid: Grid, parties: int, classes: int, fields: int) -> int:
    """What the files between tasks take at most, in bytes: bitmaps of the answer, and times for each kind of reach."""
    cells = grid.rows * grid.cols
    return cells * (4 * fields + 2 * parties * classes // 8)


def memory_of(grid: Grid, side_m: float, workers: int, parties: int, classes: int) -> int:
    """What an analysis in tiles takes at most, in bytes: workers with a tile each, a strip, bitmaps in passing."""
    across = min(side_m + HALO_M, grid.cols * grid.cell) / grid.cell
    down = min(side_m + HALO_M, grid.rows * grid.cell) / grid.cell
    tile = across * down * (CELL_BYTES + parties * classes / 4)
    return int(workers * tile + 4 * bits.words(grid.cols) * 8 * grid.rows + (400 << 20))


def covered(
    inputs: Inputs,
    layers: Layers,
    source: Source,
    options: Options,
    divided: Tiles,
    way: Way,
    step: Progress,
) -> Covered:
    """The cover that follows from inputs: sight, reach and presence, its bitmaps in files of the way's folder."""
    grid = divided.grid
    folder = way.folder / f"files-{secrets.token_hex(6)}"  # what another run left is never read
    folder.mkdir(parents=True)
    step("sight", 0.0)
    here = frame.near(grid, inputs)
    number, first = classes_of(here)
    fields, arrivals = _fields(grid, here, first, options)
    hours = tuple(first.tolist())
    job = Job(ENGINE, folder, divided, source, here, options, hours, layers.roads, layers.barriers, fields, arrivals)
    tile_reach.spread_out(job, fields, way.crew, lambda part: step("reach", part))
    minutes = reached(here)
    if minutes and fields and source.voids:
        loose = tile_reach.loose_fields(job, max(minutes), way.crew)
        job = replace(job, fields=(*fields, *loose), arrivals=_with(arrivals, fields, loose))
        tile_reach.spread_out(job, loose, way.crew, lambda part: step("reach", part))
    found = _laid_together(job, way.crew, step)

    def seconds(party: str, kind: int, cell: tuple[int, int]) -> float:
        return _seconds(job, [job.fields[one] for one in arrivals[party][kind]], cell)

    return Covered(inputs, number, first, found, seconds)


Arrivals = dict[str, tuple[tuple[int, ...], ...]]


def _fields(
    grid: Grid, inputs: Inputs, first: NDArray[np.int64], options: Options
) -> tuple[tuple[Field, ...], Arrivals]:
    """The travel times that are wanted, each once, and which of them count for a party in each class of hours."""
    end = cutoff(inputs, options)
    fields: dict[tuple[str, tuple[int, ...], tuple[int, ...], tuple[float, ...]], Field] = {}
    arrivals: Arrivals = {}
    for party in inputs.parties:
        bases = [one for one in inputs.bases if one.party == party]
        rows, cols = frame.cells_of(grid, [base.place for base in bases])
        kinds = []
        for hour in first.tolist():
            numbers = []
            for name in sorted({one for base in bases for one in base.mobility}):
                chosen = [at for at, base in enumerate(bases) if name in base.mobility and base.ready_s[hour] >= 0]
                starts = tuple(float(bases[at].ready_s[hour]) for at in chosen)
                key = (name, tuple(rows[chosen].tolist()), tuple(cols[chosen].tolist()), starts)
                if chosen:
                    field = fields.setdefault(key, Field(len(fields), *key, end))
                    numbers.append(field.number)
            kinds.append(tuple(numbers))
        arrivals[party] = tuple(kinds)
    return tuple(fields.values()), arrivals


def count_fields(grid: Grid, inputs: Inputs, options: Options) -> int:
    """How many kinds of travel times an analysis keeps at most, with those over unknown ground."""
    fields, _ = _fields(grid, inputs, classes_of(inputs)[1], options)
    return len(fields) * (2 if reached(inputs) else 1)


def _with(arrivals: Arrivals, fields: Sequence[Field], loose: Sequence[Field]) -> Arrivals:
    """The same with the loose field of each field that has one."""
    key = {(one.mobility, one.rows, one.cols, one.start_s): one.number for one in loose}
    more = {
        one.number: key[place] for one in fields if (place := (one.mobility, one.rows, one.cols, one.start_s)) in key
    }
    return {
        party: tuple((*numbers, *(more[one] for one in numbers if one in more)) for numbers in kinds)
        for party, kinds in arrivals.items()
    }


def _laid_together(job: Job, crew: Crew, step: Progress) -> Cover:
    """The cover of all tiles, as bitmaps of the whole frame in two files."""
    grid = job.tiles.grid
    shape = (len(job.inputs.parties), len(job.first), grid.rows, bits.words(grid.cols))
    paths = [job.folder / f"{name}.npy" for name in ("covered", "unknown")]
    for path in paths:
        np.lib.format.open_memmap(path, "w+", np.uint64, shape)
    made_of = crew.run(tile_cover.cover, job, range(len(job.tiles)))
    for done, (number, _) in enumerate(made_of, start=1):
        tile = job.tiles[number]
        made = np.load(tile_cover.cover_file(job, number))
        for path, part in zip(paths, made, strict=True):
            _lay(path, part, tile.row0, tile.col0 // bits.WORD)
        tile_cover.cover_file(job, number).unlink()
        step("cover", done / len(job.tiles))
    covered, unknown = (np.load(path, mmap_mode="r") for path in paths)
    return Cover(covered, unknown, grid.cols)


def _lay(path: Path, part: Bits, row: int, word: int) -> None:
    """Lay a tile into a file; the file is mapped only meanwhile, so that what is written counts to nobody's memory."""
    if part.any():
        whole = np.load(path, mmap_mode="r+")
        whole[:, :, row : row + part.shape[2], word : word + part.shape[3]] = part


def _seconds(job: Job, fields: Sequence[Field], cell: tuple[int, int]) -> float:
    """How long the first base takes to a cell; inf where none comes within the cut-off."""
    number = job.tiles.of(*cell)
    tile = job.tiles[number]
    best = np.float32(np.inf)
    for field in fields:
        ticks = tile_reach.ticks(job, field, number)
        here = None if ticks is None else ticks[cell[0] - tile.row0, cell[1] - tile.col0]
        if here is not None and here < tile_reach.never(field):
            best = min(best, np.float32(here) * np.float32(1.0 / TICKS))
    return float(best)
