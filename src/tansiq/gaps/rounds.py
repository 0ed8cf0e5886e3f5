"""Where further joint patrols would close most of the ground that an answer leaves open: daily rounds with their bound.

A round sets out from a base (where a side tells none: from one of its posts), passes places and comes back, again every
day at the same hour. It counts as an analysis counts a patrol: its whole corridor in every hour in which it is under
way, and as many hours after as the arrangement lets a passing count, on ground that lacks nothing else
(`gaps.lacking`). So what is said to close is what the whole analysis finds closed when the rounds are added.

Rounds are laid one after the other: for each hour of setting out the places are put in that add most for their time,
and stretches are turned round where that saves time; the round that closes most for its hours is taken, and each is
laid anew beside the others as long as that closes more. Nothing promises beforehand how near this comes to the best;
`ceiling` is what no such rounds can pass, from how far anyone can drive in the time and how wide a corridor is. It is
plain and often far above the best.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps import arrival, bits, lacking, timetable, ways
from tansiq.gaps.analysis import Cancelled, Stopped
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.frame import cells_of
from tansiq.gaps.ground import Ground
from tansiq.gaps.lacking import Lacking
from tansiq.gaps.layers import Layers
from tansiq.gaps.presence import corridor
from tansiq.gaps.sites import PatrolsAsked, Round, Stop
from tansiq.gaps.siting import share
from tansiq.gaps.sweeps import TICKS
from tansiq.gaps.timetable import HOURS
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

MOST_ROUNDS: Final = 12
LONGEST_H: Final = 12
WIDTH_M: Final = 800
"""Of a corridor where no patrol is told from whose middle it could be taken."""

MOST_PLACES: Final = 140
MOST_STARTS: Final = 4
"""Of a party: the bases from which most open ground is near."""

MOST_CELLS: Final = 90_000
"""Of the frame on which ways are sought; the answer's own cells are finer where that is too many."""

STAY_S: Final = 120
"""At each place: a look round."""

DAY: Final = 24
HOUR_S: Final = 3600
PASSES: Final = 2
BY_PREFERENCE: Final = ("car", "offroad", "truck", "tracked", "foot")
POINTS: Final = 200
"""Of a path: a record holds 2000."""

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


class Laid(Struct, frozen=True):
    """Rounds, and what they close together in cell-hours of a week; no such rounds close more than `ceiling`."""

    rounds: tuple[Round, ...]
    value: int
    ceiling: int

    @property
    def at_least(self) -> float:
        """The share of the best possible that is certain, rounded down to 0.001; often far below the true one."""
        return share(self.value, self.ceiling)


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
    prizes = _prizes(short, squares, len(rows), np.zeros_like(short.open), _within(short))
    chosen = _nearest_starts(starts, nets, prizes, longest)
    if not chosen:
        raise NotFound("further.no_start")
    width = _width(answer)
    most = _ceiling(answer, short, asked, width, [nets[one.mobility].ground for one in chosen])
    return Task(asked, answer.grid, coarse, short, squares, len(rows), nets, chosen, width, answer.inputs.parties, most)


def ways_grid(grid: Grid) -> Grid:
    """The frame on which ways are sought: the answer's, in cells so much larger that there are not too many."""
    factor = max(1, math.ceil(math.sqrt(grid.rows * grid.cols / MOST_CELLS)))
    return Grid(
        grid.epsg, grid.x0, grid.y0, grid.cell * factor, math.ceil(grid.rows / factor), math.ceil(grid.cols / factor)
    )


def lay(made: Task, *, cancelled: Cancelled = lambda: False) -> Iterator[Laid]:
    """Rounds, after each that is laid and after each that is laid better; the last is the best. Ends when cancelled."""
    rounds: list[_Driven] = []
    while len(rounds) < made.asked.count and not cancelled():
        turn = _eligible(made, rounds)
        found = _best(made, rounds, turn, cancelled)
        if found is None and turn != set(made.parties) and not cancelled():
            # whoever is due can add nothing: the others go on rather than nobody
            found = _best(made, rounds, set(made.parties) - turn, cancelled)
        if found is None:
            break
        rounds.append(found)
        yield _told(made, rounds)
    for _ in range(PASSES):
        better = False
        for number in range(len(rounds)):
            others = rounds[:number] + rounds[number + 1 :]
            before = _value(made, rounds)
            parties = {rounds[number].start.party} if made.asked.fairness else set(made.parties)
            found = _best(made, others, parties, cancelled)
            if cancelled():
                return
            if found is not None and _value(made, [*others, found]) > before:
                rounds = [*others[:number], found, *others[number:]]
                better = True
                yield _told(made, rounds)
        if not better:
            return


class _Driven(Struct, frozen=True):
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


def _eligible(made: Task, rounds: Sequence[_Driven]) -> set[str]:
    """The parties whose turn it may be: those below their share first."""
    able = {one.party for one in made.starts}
    due = math.floor(made.asked.fairness * made.asked.count / max(1, len(made.parties)))
    have = {party: sum(one.start.party == party for one in rounds) for party in able}
    owed = {party for party in able if have[party] < due}
    return owed or able


def _left_s(made: Task, rounds: Sequence[_Driven]) -> int:
    """How long another round may take at most."""
    longest = made.asked.longest_h * HOUR_S
    if made.asked.budget is None:
        return longest
    return min(longest, made.asked.budget * HOUR_S // 7 - sum(one.seconds for one in rounds))


def _best(made: Task, beside: Sequence[_Driven], parties: set[str], cancelled: Cancelled) -> _Driven | None:
    """The round of one of these parties that closes most beside others, for its hours where these are counted."""
    longest = _left_s(made, beside)
    if longest < HOUR_S // 4:
        return None
    done = _done(made, beside)
    prizes = _prizes(made.lacking, made.squares, made.places, done[0], _within(made.lacking), done[1])
    tried: list[tuple[float, Start, int, list[int]]] = []
    for start in (one for one in made.starts if one.party in parties):
        net = made.nets[start.mobility]
        mine = np.zeros((len(net.rows), DAY), np.int64)
        mine[: made.places] = _by_start(prizes[start.party], math.ceil(longest / HOUR_S), _holds(made.lacking))
        for hour in range(DAY):
            if cancelled():
                return None
            order = [int(place) for place in _grown(net.seconds, mine[:, hour], start.place, longest)]
            worth = float(mine[order, hour].sum())
            if worth > 0:
                cost = 1.0 if made.asked.budget is None else _length(net.seconds, order) / HOUR_S
                tried.append((worth / cost, start, hour, order))
    best: tuple[float, _Driven] | None = None
    value = _value(made, beside)
    for _, start, hour, order in sorted(tried, key=lambda one: (-one[0], one[2], one[1].ref))[:TRIED]:
        driven = _drive(made, start, hour, order)
        if driven.seconds > longest:
            continue
        gain = float(_value(made, [*beside, driven]) - value)
        gain /= 1.0 if made.asked.budget is None else driven.seconds
        if gain > 0 and (best is None or gain > best[0]):
            best = gain, driven
    return None if best is None else best[1]


TRIED: Final = 6
"""Rounds of which the whole way is laid before one is taken."""


def _holds(short: Lacking) -> int:
    return max(short.closes)


def _within(short: Lacking) -> dict[str, Bits]:
    """The ground by party that a passing would close for the longest."""
    return short.closes[_holds(short)]


def _done(made: Task, rounds: Sequence[_Driven]) -> tuple[Bits, NDArray[np.int64]]:
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


def _value(made: Task, rounds: Sequence[_Driven]) -> int:
    """What rounds close together, in cell-hours of a week."""
    if not rounds:
        return 0
    found, number = _done(made, rounds)
    counts = np.bitwise_count(found).sum(axis=(1, 2), dtype=np.int64)
    return int(counts[number].sum())


def _told(made: Task, rounds: Sequence[_Driven]) -> Laid:
    """The rounds, that which closes most first, each with what it adds to those before it."""
    left, order = list(rounds), list[_Driven]()
    gains: list[int] = []
    while left:
        before = _value(made, order)
        best = max(left, key=lambda one: _value(made, [*order, one]))
        order.append(best)
        gains.append(_value(made, order) - before)
        left.remove(best)
    told = tuple(_round(made, one, gain) for one, gain in zip(order, gains, strict=True))
    return Laid(told, sum(gains), max(made.ceiling, sum(gains)))


def _round(made: Task, one: _Driven, gain: int) -> Round:
    net = made.nets[one.start.mobility]
    east, north = grids.middles(made.coarse)
    places = list(one.order[1:-1])
    lons, lats = grids.to_degrees(made.coarse, east[net.cols[places]], north[net.rows[places]])
    stops = tuple(
        Stop(int(lon) / grids.E7, int(lat) / grids.E7, after)
        for lon, lat, after in zip(lons, lats, one.arrivals[1:-1], strict=True)
    )
    return Round(
        one.start.party,
        one.start.ref,
        one.start.mobility,
        one.hour,
        one.seconds,
        stops,
        tuple((lon / grids.E7, lat / grids.E7) for lon, lat in one.path),
        made.width_m,
        "".join("1" if under_way else "0" for under_way in one.week),
        round(gain * made.lacking.cell_km2, 1),
        round(7 * one.seconds / HOUR_S, 1),
    )


def _drive(made: Task, start: Start, hour: int, order: Sequence[int]) -> _Driven:
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
    return _Driven(start, hour, tuple(order), tuple(arrivals), path, corridor(made.grid, path, made.width_m // 2))


def _width(answer: Answer) -> int:
    told = [2 * int(one.half_m) for one in answer.inputs.patrols]
    return 2 * round(float(np.median(told)) / 2) if told else WIDTH_M


def _told_starts(answer: Answer, coarse: Grid) -> list[tuple[str, str, str, int, int]]:
    """Party, reference, means, row and column of all from which a side could set out: its bases, else its posts."""
    found: list[tuple[str, str, str, int, int]] = []
    for party in answer.inputs.parties:
        bases = [(one.ref, one.place, one.mobility) for one in answer.inputs.bases if one.party == party]
        posts = [(one.ref, one.place, ("car",)) for one in answer.inputs.posts if one.party == party]
        for ref, place, mobility in bases or posts:
            rows, cols = cells_of(coarse, [place])
            if 0 <= rows[0] < coarse.rows and 0 <= cols[0] < coarse.cols:
                means = next(one for one in BY_PREFERENCE if one in mobility)
                found.append((party, ref, means, int(rows[0]), int(cols[0])))
    return found


def _nearest_starts(
    starts: Sequence[Start], nets: dict[str, Net], prizes: dict[str, Ints], longest: int
) -> tuple[Start, ...]:
    """Of each party the starts from which most open ground can be come to and left again in time."""
    worth = {}
    for one in starts:
        seconds = nets[one.mobility].seconds
        places = len(prizes[one.party])
        there = seconds[one.place, :places] + seconds[:places, one.place] + STAY_S <= longest
        near = 1.0 / (1.0 + seconds[one.place, :places] / HOUR_S)
        worth[one.ref] = float((prizes[one.party].sum(axis=1) * there * near).sum())
    found: list[Start] = []
    for party in sorted({one.party for one in starts}):
        mine = [one for one in starts if one.party == party and worth[one.ref] > 0]
        found += sorted(mine, key=lambda one: (-worth[one.ref], one.ref))[:MOST_STARTS]
    return tuple(found)


def _squares(answer: Answer, coarse: Grid, short: Lacking) -> tuple[NDArray[np.int64], list[int], list[int]]:
    """The area in squares with open ground: the number of each cell's square, and a coarse cell in each."""
    grid = answer.grid
    area = bits.unpack(answer.area, grid.cols)
    spacing = max(float(_width(answer)), 500.0, math.sqrt(float(area.sum()) * grid.cell_area / MOST_PLACES))
    step = max(1, math.ceil(spacing / grid.cell))
    ground = bits.unpack(
        np.bitwise_or.reduce([np.bitwise_or.reduce(one) for one in _within(short).values()]), grid.cols
    )
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


def _prizes(
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


def _by_start(prizes: Ints, under_way: int, holds: int) -> Ints:
    """What passing each place is worth by the hour of setting out: int64[places, 24]."""
    window = min(DAY, under_way + holds - 1)
    by_day = prizes.reshape(len(prizes), 7, DAY)
    # passings count into the next day, and Sunday's into Monday
    rolled = np.concatenate([by_day, np.roll(by_day, -1, axis=1)], axis=2)
    return np.stack([rolled[:, :, hour : hour + window].sum(axis=(1, 2)) for hour in range(DAY)], axis=1)


def _length(seconds: Ints, order: Sequence[int] | Ints) -> int:
    ways_s = sum(int(seconds[here, there]) for here, there in pairwise(order))
    return ways_s + STAY_S * (len(order) - 2)


@njit(cache=True, nogil=True)
def _along(seconds: Ints, order: Ints, count: int, forward: Ints, backward: Ints) -> int:
    """How long a round takes; the time up to each of its places, driven forward and back."""
    forward[0] = backward[0] = 0
    for at in range(1, count):
        forward[at] = forward[at - 1] + seconds[order[at - 1], order[at]]
        backward[at] = backward[at - 1] + seconds[order[at], order[at - 1]]
    return int(forward[count - 1]) + STAY_S * (count - 2)


@njit(cache=True, nogil=True)
def _turned(seconds: Ints, order: Ints, count: int, forward: Ints, backward: Ints) -> int:
    """Turn stretches round wherever that saves time; how long it then takes."""
    total = _along(seconds, order, count, forward, backward)
    turned = True
    while turned:
        turned = False
        for first in range(1, count - 2):
            for last in range(first + 1, count - 1):
                before, after = order[first - 1], order[last + 1]
                now = forward[last + 1] - forward[first - 1]
                then = seconds[before, order[last]] + seconds[order[first], after] + backward[last] - backward[first]
                if then < now:
                    order[first : last + 1] = order[first : last + 1][::-1].copy()
                    total = _along(seconds, order, count, forward, backward)
                    turned = True
    return total


@njit(cache=True, nogil=True)
def _best_place(seconds: Ints, prizes: Ints, order: Ints, count: int, left: int) -> tuple[int, int]:
    """The place that is worth most for its time and where in a round it takes least; -1 where none fits."""
    best, best_at, most = -1, 0, 0.0
    for place in range(len(prizes)):
        if prizes[place] <= 0:
            continue
        for at in range(1, count):
            here, there = order[at - 1], order[at]
            direct = 0 if here == there else seconds[here, there]
            added = seconds[here, place] + seconds[place, there] - direct + STAY_S
            worth = prizes[place] / (added + 1.0)
            if added <= left and worth > most:
                best, best_at, most = place, at, worth
    return best, best_at


@njit(cache=True, nogil=True)
def _grown(seconds: Ints, prizes: Ints, start: int, longest: int) -> Ints:
    """Places in the order of a round: the one that is worth most for its time is put in where it takes least, and
    stretches are turned round where that saves time, until nothing more fits."""
    order = np.full(len(prizes) + 2, start, np.int64)
    forward, backward = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    wanted = prizes.copy()
    wanted[start] = 0
    count, total = 2, 0
    while True:
        place, at = _best_place(seconds, wanted, order, count, longest - total)
        if place < 0:
            return order[:count].copy()
        order[at + 1 : count + 1] = order[at:count].copy()
        order[at] = place
        wanted[place] = 0
        count += 1
        total = _turned(seconds, order, count, forward, backward)


def _ceiling(answer: Answer, short: Lacking, asked: PatrolsAsked, width: int, grounds: Sequence[Ground]) -> int:
    """No daily rounds as asked close more (cell-hours of a week), whatever their way and whenever they set out.

    A round is under way at most so many hours and counts for so many after, so a cell is closed at most in its best
    stretch of that many hours of the day; the cells of a corridor are no more than fit into it, and it is no longer
    than one drives in the time at the best pace there is.
    """
    holds = max(short.closes)
    window = min(DAY, asked.longest_h + holds - 1)
    cols = answer.grid.cols
    ground = np.bitwise_or.reduce([one for by_party in short.closes.values() for one in by_party.values()])
    by_hour = np.zeros((DAY, *answer.grid.shape), np.int16)
    cells = [bits.unpack(one, cols) for one in ground]
    for hour in range(HOURS):
        by_hour[hour % DAY] += cells[int(short.number[hour])]
    whole = by_hour.sum(axis=0, dtype=np.int64)
    stretch = by_hour[:window].sum(axis=0, dtype=np.int64)
    best = stretch.copy()
    for hour in range(1, DAY):
        stretch += by_hour[(hour + window - 1) % DAY]
        stretch -= by_hour[hour - 1]
        best = np.maximum(best, stretch)
    seconds = asked.count * asked.longest_h * HOUR_S
    if asked.budget is not None:
        seconds = min(seconds, asked.budget * HOUR_S // 7)
    pace = max(one.cell / (float(one.least[0]) / TICKS) for one in grounds)
    reach_m = max(width / 2, answer.grid.cell / 2) + answer.grid.cell * math.sqrt(0.5)
    area = 2 * reach_m * pace * seconds + asked.count * math.pi * reach_m**2
    visits = math.floor(area / answer.grid.cell_area)
    values, many = np.unique(np.stack([whole[best > 0], best[best > 0]]), axis=1, return_counts=True)
    parts: list[tuple[int, int]] = []
    for (total, once), count in zip(values.T.tolist(), many.tolist(), strict=True):
        full = min(asked.count, total // once)
        parts.append((once, full * count))
        if full < asked.count and total % once:
            parts.append((total % once, count))
    found = 0
    for worth, count in sorted(parts, reverse=True):
        taken = min(count, visits)
        found += taken * worth
        visits -= taken
    return found


__all__ = ["Laid", "Task", "lay", "task", "ways_grid"]
