"""A frame cut into tiles: which part of it each task computes, from which ground, with which files between tasks.

A tile's cover depends on its own ground, on the ground between it and the posts that see into it, and on the travel
times at its edges. Tasks are pure: they read ground and files that other tasks wrote, and replace their own file whole.
So a task that is done twice, because a worker died, leaves what it left the first time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.bits import WORD
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.question import Options
from tansiq.gaps.sight import Heights
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

SIDE_M: Final = 60_000.0
"""The side of a tile where none is asked for."""

LARGEST: Final = 50_000_000
"""Cells of a frame that is computed whole; a larger one is cut into tiles."""

MOST_TILES: Final = 100_000

Codes = NDArray[np.uint8]


class Tile(Struct, frozen=True):
    """A part of a frame: its number, first row and column (multiples of 64), rows and columns."""

    number: int
    row0: int
    col0: int
    rows: int
    cols: int


class Tiles(Struct, frozen=True):
    """All tiles of a frame, row by row, `across` of them beside one another."""

    grid: Grid
    side: int
    down: int
    across: int

    def __len__(self) -> int:
        return self.down * self.across

    def __getitem__(self, number: int) -> Tile:
        row0, col0 = number // self.across * self.side, number % self.across * self.side
        rows, cols = min(self.side, self.grid.rows - row0), min(self.side, self.grid.cols - col0)
        return Tile(number, row0, col0, rows, cols)

    def of(self, row: int, col: int) -> int:
        """The tile in which a cell lies."""
        return row // self.side * self.across + col // self.side

    def around(self, number: int) -> Iterator[tuple[int, int, int]]:
        """The eight tiles beside one, where there are such: steps down and right, and number."""
        row, col = divmod(number, self.across)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                if (down or right) and 0 <= row + down < self.down and 0 <= col + right < self.across:
                    yield down, right, number + down * self.across + right


def cut(grid: Grid, side_m: float) -> Tiles:
    """The tiles of a frame, whole words of its bitmaps wide.

    Refused (`gaps.tile_cell`) where the cell is not a whole number of metres: only then are positions in a tile those
    in the frame, to the last bit; and (`gaps.tile_side`) for a side under 64 cells or too many tiles.
    """
    if grid.cell != int(grid.cell):
        raise MalformedInput("gaps.tile_cell", cell=str(grid.cell))
    side = round(side_m / grid.cell / WORD) * WORD
    if side < WORD or -(-grid.rows // side) * -(-grid.cols // side) > MOST_TILES:
        raise MalformedInput("gaps.tile_side", metres=f"{side_m:g}", least=f"{WORD * grid.cell:g}")
    return Tiles(grid, side, -(-grid.rows // side), -(-grid.cols // side))


class Source(Protocol):
    """The rasters of a country, read a part at a time; it travels to the workers that read.

    `voids` says whether any height or land cover of the frame may be unknown, `held` names what there is: `terrain`,
    `landcover`.
    """

    @property
    def held(self) -> tuple[str, ...]:
        """The layers that it reads."""

    @property
    def voids(self) -> bool:
        """Whether any of it may be unknown."""

    def read(self, grid: Grid) -> tuple[Heights | None, Codes | None]:
        """Heights (m, NaN unknown) and land cover on a part of the frame, each None where there is no such layer."""


class Field(Struct, frozen=True):
    """Travel times that are wanted over all tiles: class of mobility, bases by row and column, when they set out (s).

    With `loose` unknown ground counts as the best there is (pace `best`, s/m) and not as a wall.
    """

    number: int
    mobility: str
    rows: tuple[int, ...]
    cols: tuple[int, ...]
    start_s: tuple[float, ...]
    cutoff_s: float
    loose: bool = False
    best: float | None = None


class Job(Struct, frozen=True):
    """What all tasks of an analysis share; `folder` holds the files between them, and every worker must see it.

    `inputs` are those near the frame; `arrivals` names by party and class of hours the fields that count there.
    """

    engine: str
    folder: Path
    tiles: Tiles
    source: Source
    inputs: Inputs
    options: Options
    first: tuple[int, ...]
    roads: Lines | None
    barriers: Lines | None
    fields: tuple[Field, ...]
    arrivals: dict[str, tuple[tuple[int, ...], ...]]


def window(job: Job, row0: int, col0: int, rows: int, cols: int) -> Grid:
    """A part of the job's frame."""
    return grids.window(job.tiles.grid, row0, col0, rows, cols)


def lines_in(lines: Lines | None, grid: Grid, margin: int) -> Lines | None:
    """The lines whose box meets a part of a frame and `margin` cells around it, each of them whole."""
    if lines is None or not len(lines.ids):
        return lines
    first = lines.starts[:-1]
    west, south = np.minimum.reduceat(lines.xy, first).T
    east, north = np.maximum.reduceat(lines.xy, first).T
    away = margin * grid.cell
    here = (west <= grid.x0 + grid.cols * grid.cell + away) & (east >= grid.x0 - away)
    here &= (south <= grid.y0 + away) & (north >= grid.y0 - grid.rows * grid.cell - away)
    chosen = np.flatnonzero(here)
    lengths = np.diff(lines.starts)[chosen]
    points = [lines.xy[lines.starts[at] : lines.starts[at + 1]] for at in chosen]
    return Lines(
        np.concatenate(points) if points else np.empty((0, 2)),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        lines.kind[chosen],
        lines.surface[chosen],
        lines.bridge[chosen],
        tuple(lines.ids[at] for at in chosen),
    )


def keep(path: Path, array: NDArray[Any]) -> None:
    """Write an array whole or not at all."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    with made.open("wb") as file:
        np.save(file, array)
    os.replace(made, path)


Task = TypeVar("Task")
Result = TypeVar("Result")


class Crew(Protocol):
    """Whoever does the tasks of a job."""

    def run(
        self, work: Callable[[Job, Task], Result], job: Job, tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        """Every task with what came of it, in whatever order they are done."""


class Threads:
    """Threads of this process: kernels let go of the interpreter."""

    def __init__(self, count: int | None = None) -> None:
        self.count = count or os.cpu_count() or 1

    def run(
        self, work: Callable[[Job, Task], Result], job: Job, tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        """As `Crew.run`; as many tasks as threads are under way at once, and none is begun after an error."""
        waiting = iter(tasks)
        with ThreadPoolExecutor(self.count) as pool:
            under_way: dict[Future[Result], Task] = {}
            try:
                while True:
                    for task in waiting:
                        under_way[pool.submit(work, job, task)] = task
                        if len(under_way) >= self.count:
                            break
                    if not under_way:
                        return
                    done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                    for one in done:
                        yield under_way.pop(one), one.result()
            finally:
                for one in under_way:
                    one.cancel()
