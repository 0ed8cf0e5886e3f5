"""A daily round as it is driven: its way through places and back, when it is where, and what it closes in the week."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import timetable, ways
from tansiq.gaps.bits import Bits
from tansiq.gaps.presence import corridor
from tansiq.gaps.rounds_task import HOUR_S, Ints, Start, Task
from tansiq.gaps.timetable import HOURS
from tansiq.gaps.tours import STAY_S
from tansiq.geo import grid as grids

DAY: Final = 24
POINTS: Final = 200
"""Of a path: a record holds 2000."""


class Driven(Struct, frozen=True):
    """A round as it is driven: places in order, seconds to each and back, its path (degrees × 10⁷) and corridor."""

    start: Start
    hour: int
    order: tuple[int, ...]
    arrivals: tuple[int, ...]
    path: tuple[tuple[int, int], ...]
    ground: Bits

    @property
    def seconds(self) -> int:
        return self.arrivals[-1]

    @property
    def week(self) -> NDArray[np.bool_]:
        """The hours in which it is under way."""
        found = np.zeros(HOURS, bool)
        for later in range(math.ceil(self.seconds / HOUR_S)):
            found[(self.hour + later + DAY * np.arange(7)) % HOURS] = True
        return found


def drive(made: Task, start: Start, hour: int, order: Sequence[int]) -> Driven:
    """The way through places and back, as the path of a patrol and its corridor."""
    net = made.nets[start.mobility]
    cells: list[tuple[int, int]] = []
    arrivals = [0]
    for here, there in pairwise(order):
        times = ways.times_from(net.ground, int(net.rows[here]), int(net.cols[here]), float(net.seconds[here, there]))
        leg = ways.back(net.moves, times, int(net.rows[there]), int(net.cols[there]))
        cells += leg if not cells else leg[1:]
        stay = 0 if len(arrivals) == 1 else STAY_S
        arrivals.append(arrivals[-1] + stay + int(net.seconds[here, there]))
    east, north = grids.middles(made.coarse)
    line = shapely.LineString([(east[col], north[row]) for row, col in cells])
    slack = made.coarse.cell / 2
    points = shapely.get_coordinates(shapely.simplify(line, slack))
    while len(points) > POINTS:
        slack *= 2
        points = shapely.get_coordinates(shapely.simplify(line, slack))
    lons, lats = grids.to_degrees(made.coarse, points[:, 0], points[:, 1])
    path = tuple((int(lon), int(lat)) for lon, lat in zip(lons, lats, strict=True))
    return Driven(start, hour, tuple(order), tuple(arrivals), path, corridor(made.grid, path, made.width_m // 2))


def length_of(seconds: Ints, order: Sequence[int] | Ints) -> int:
    ways_s = sum(int(seconds[here, there]) for here, there in pairwise(order))
    return ways_s + STAY_S * (len(order) - 2)


def done_by(made: Task, rounds: Sequence[Driven]) -> tuple[Bits, NDArray[np.int64]]:
    """What rounds close at every hour of the week, uint64[hours, rows, words]; where it is alike, once.

    Answers the bitmaps of alike hours and the number of each hour among them.
    """
    short = made.lacking
    rows: list[NDArray[np.generic]] = [short.number]
    recent = [
        (one, holds, timetable.recent(one.week, holds), ground[one.start.party])
        for one in rounds
        for holds, ground in short.closes.items()
    ]
    rows += [week for _, _, week, _ in recent]
    number, first = timetable.classes(rows)
    found = np.zeros((len(first), *short.open.shape[1:]), np.uint64)
    for place, hour in enumerate(first.tolist()):
        kind = int(short.number[hour])
        for one, _, week, ground in recent:
            if week[hour]:
                found[place] |= one.ground & ground[kind]
    return found, number


def value_of(made: Task, rounds: Sequence[Driven]) -> int:
    """What rounds close together, in cell-hours of a week."""
    if not rounds:
        return 0
    found, number = done_by(made, rounds)
    counts = np.bitwise_count(found).sum(axis=(1, 2), dtype=np.int64)
    return int(counts[number].sum())
