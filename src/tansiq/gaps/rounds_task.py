"""What daily rounds are laid by: whence they may set out, the places they may pass, and the times between those.

Ground that is open and lacks a passing alone (`gaps.lacking`) is parted into squares, each with one place that is
driven to. Rounds set out from the bases of a side from which most of it is near, or from its posts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps import arrival, bits, lacking, rounds_limit, ways
from tansiq.gaps.analysis import Cancelled, Stopped
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.frame import cells_of
from tansiq.gaps.ground import Ground
from tansiq.gaps.lacking import Lacking
from tansiq.gaps.layers import Layers
from tansiq.gaps.sites import PatrolsAsked
from tansiq.gaps.timetable import HOURS
from tansiq.gaps.tours import STAY_S
from tansiq.geo.grid import Grid

MOST_ROUNDS: Final = 12
LONGEST_H: Final = 12
WIDTH_M: Final = 800
"""Of a corridor where no patrol is told from whose middle it could be taken."""

MOST_PLACES: Final = 140
MOST_STARTS: Final = 4
"""Of a party: the bases from which most open ground is near."""

MOST_POSTS: Final = 12
"""Of a party, that are looked at as starts."""

MOST_CELLS: Final = 90_000
"""Of the frame on which ways are sought; the answer's own cells are finer where that is too many."""

HOUR_S: Final = 3600
BY_PREFERENCE: Final = ("car", "offroad", "truck", "tracked", "foot")

Ints = NDArray[np.int64]


class Start(Struct, frozen=True):
    """Where rounds set out: whose, which record, how it moves, and which of the places of its means it is."""

    party: str
    ref: str
    mobility: str
    place: int


class Net(Struct, frozen=True):
    """Places and the times between them for one means of moving: row and column on the frame of ways, s."""

    ground: Ground
    moves: NDArray[np.int32]
    rows: Ints
    cols: Ints
    seconds: Ints


class Task(Struct, frozen=True):
    """Everything that rounds are laid by. `squares` numbers the squares of the area's cells, -1 outside; place n of
    every net stands in square n."""

    asked: PatrolsAsked
    grid: Grid
    coarse: Grid
    lacking: Lacking
    squares: NDArray[np.int64]
    places: int
    nets: dict[str, Net]
    starts: tuple[Start, ...]
    width_m: int
    parties: tuple[str, ...]
    ceiling: int


def task(
    answer: Answer,
    layers: Layers,
    coarse: Grid,
    coarse_layers: Layers,
    asked: PatrolsAsked,
    *,
    cancelled: Cancelled = lambda: False,
    memory: Cache | None = None,
) -> Task:
    """What rounds are laid by. `coarse` is `ways_grid` of the answer's grid and `coarse_layers` the ground on it.

    Raises MalformedInput `further.patrols_asked` for what cannot be asked, NotFound `further.no_start` where no side
    tells a base or post from which one could set out, those of `lacking.passing`, and Stopped.
    """
    fits = 1 <= asked.count <= MOST_ROUNDS and 1 <= asked.longest_h <= LONGEST_H and 0.0 <= asked.fairness <= 1.0
    if not fits or (asked.budget is not None and asked.budget < 1):
        raise MalformedInput("further.patrols_asked", count=asked.count, limit=MOST_ROUNDS, hours=LONGEST_H)
    short = lacking.passing(answer, layers, cancelled=cancelled, memory=memory)
    squares, rows, cols = _squares(answer, coarse, short)
    told = _told_starts(answer, coarse)
    if not told:
        raise NotFound("further.no_start")
    grounds = arrival.Grounds(coarse, coarse_layers, answer.options.condition)
    longest = asked.longest_h * HOUR_S
    nets: dict[str, Net] = {}
    starts: list[Start] = []
    for means in sorted({one[2] for one in told}):
        mine = [one for one in told if one[2] == means]
        ground = grounds.of(means, answer.inputs.closed)
        all_rows = np.array([*rows, *(one[3] for one in mine)], np.int64)
        all_cols = np.array([*cols, *(one[4] for one in mine)], np.int64)

        def look(part: float) -> None:
            if cancelled():
                raise Stopped("gaps.stopped")

        seconds = ways.between(ground, all_rows, all_cols, float(longest), look)
        nets[means] = Net(ground, ways.moves_of(ground), all_rows, all_cols, seconds)
        starts += [Start(one[0], one[1], means, len(rows) + number) for number, one in enumerate(mine)]
    prizes = prizes_of(short, squares, len(rows), np.zeros_like(short.open), within(short))
    chosen = _nearest_starts(answer, starts, nets, prizes, longest)
    if not chosen:
        raise NotFound("further.no_start")
    width = _width(answer)
    most = rounds_limit.ceiling(answer, short, asked, width, [nets[one.mobility].ground for one in chosen])
    return Task(asked, answer.grid, coarse, short, squares, len(rows), nets, chosen, width, answer.inputs.parties, most)


def ways_grid(grid: Grid) -> Grid:
    """The frame on which ways are sought: the answer's, in cells so much larger that there are not too many."""
    factor = max(1, math.ceil(math.sqrt(grid.rows * grid.cols / MOST_CELLS)))
    return Grid(
        grid.epsg, grid.x0, grid.y0, grid.cell * factor, math.ceil(grid.rows / factor), math.ceil(grid.cols / factor)
    )


def holds_of(short: Lacking) -> int:
    """The longest for which a passing counts (h)."""
    return max(short.closes)


def within(short: Lacking) -> dict[str, Bits]:
    """The ground by party that a passing would close for the longest."""
    return short.closes[holds_of(short)]


def prizes_of(
    short: Lacking,
    squares: NDArray[np.int64],
    places: int,
    done: Bits,
    ground: dict[str, Bits],
    number: Ints | None = None,
) -> dict[str, Ints]:
    """Open cells left in each square at each hour of the week, by party: int64[places, 168]."""
    numbers = short.number if number is None else number
    flat = squares.reshape(-1)
    inside = flat >= 0
    found = {}
    for party, open_ground in ground.items():
        prize = np.zeros((places, HOURS), np.int64)
        for kind in np.unique(numbers).tolist():
            hours = np.flatnonzero(numbers == kind)
            left = open_ground[int(short.number[hours[0]])] & ~done[kind]
            cells = bits.unpack(left, squares.shape[1]).reshape(-1)
            prize[:, hours] = np.bincount(flat[inside], weights=cells[inside], minlength=places).astype(np.int64)[
                :, None
            ]
        found[party] = prize
    return found


def _width(answer: Answer) -> int:
    told = [2 * int(one.half_m) for one in answer.inputs.patrols]
    return 2 * round(float(np.median(told)) / 2) if told else WIDTH_M


def _told_starts(answer: Answer, coarse: Grid) -> list[tuple[str, str, str, int, int]]:
    """Party, reference, means, row and column of all from which a side could set out: its bases, and the posts that lie
    nearest to the middle of the area."""
    found: list[tuple[str, str, str, int, int]] = []
    middle = np.mean(np.array(answer.inputs.ring, np.float64), axis=0)
    for party in answer.inputs.parties:
        told = [(one.ref, one.place, one.mobility) for one in answer.inputs.bases if one.party == party]
        posts = [one for one in answer.inputs.posts if one.party == party]
        posts.sort(key=lambda one: (float(np.hypot(one.place[0] - middle[0], one.place[1] - middle[1])), one.ref))
        told += [(one.ref, one.place, ("car",)) for one in posts[:MOST_POSTS]]
        for ref, place, mobility in told:
            rows, cols = cells_of(coarse, [place])
            if 0 <= rows[0] < coarse.rows and 0 <= cols[0] < coarse.cols:
                means = next(one for one in BY_PREFERENCE if one in mobility)
                found.append((party, ref, means, int(rows[0]), int(cols[0])))
    return found


def _nearest_starts(
    answer: Answer, starts: Sequence[Start], nets: dict[str, Net], prizes: dict[str, Ints], longest: int
) -> tuple[Start, ...]:
    """Of each party the bases from which most open ground can be come to and left again in time; where there is none,
    its posts."""
    worth = {}
    for one in starts:
        seconds = nets[one.mobility].seconds
        places = len(prizes[one.party])
        there = seconds[one.place, :places] + seconds[:places, one.place] + STAY_S <= longest
        near = 1.0 / (1.0 + seconds[one.place, :places] / HOUR_S)
        worth[one.ref] = float((prizes[one.party].sum(axis=1) * there * near).sum())
    bases = {one.ref for one in answer.inputs.bases}
    found: list[Start] = []
    for party in sorted({one.party for one in starts}):
        able = [one for one in starts if one.party == party and worth[one.ref] > 0]
        mine = [one for one in able if one.ref in bases] or able
        found += sorted(mine, key=lambda one: (-worth[one.ref], one.ref))[:MOST_STARTS]
    return tuple(found)


def _squares(answer: Answer, coarse: Grid, short: Lacking) -> tuple[NDArray[np.int64], list[int], list[int]]:
    """The area in squares with open ground: the number of each cell's square, and a coarse cell in each."""
    grid = answer.grid
    area = bits.unpack(answer.area, grid.cols)
    spacing = max(float(_width(answer)), 500.0, math.sqrt(float(area.sum()) * grid.cell_area / MOST_PLACES))
    step = max(1, math.ceil(spacing / grid.cell))
    ground = bits.unpack(np.bitwise_or.reduce([np.bitwise_or.reduce(one) for one in within(short).values()]), grid.cols)
    squares = np.full(grid.shape, -1, np.int64)
    rows: list[int] = []
    cols: list[int] = []
    factor = coarse.cell / grid.cell
    for top in range(0, grid.rows, step):
        for left in range(0, grid.cols, step):
            part = np.s_[top : top + step, left : left + step]
            if ground[part].any():
                y, x = np.nonzero(ground[part])
                middle = np.argmin((y - y.mean()) ** 2 + (x - x.mean()) ** 2)
                squares[part] = len(rows)
                rows.append(min(coarse.rows - 1, int((top + int(y[middle]) + 0.5) / factor)))
                cols.append(min(coarse.cols - 1, int((left + int(x[middle]) + 0.5) / factor)))
    return squares, rows, cols
