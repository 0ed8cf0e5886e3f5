"""The whole question: which ground of an area nobody covers, at which hours, and what is known of each gap.

Pure: inputs, layers and options in, the answer out. The same go in, the same bytes come out, whatever the order of the
records, the number of threads or the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
import shapely
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.errors import Conflict
from tansiq.gaps import (
    arrival,
    bits,
    cache,
    covering,
    error,
    expected,
    exposure,
    frame,
    openings,
    runs,
    travel,
    watched,
)
from tansiq.gaps.answer import Answer, Gap, Incidents, Nearest, km2
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover
from tansiq.gaps.covering import Look, Sights, classes_of, reached, watch
from tansiq.gaps.expected import Expected
from tansiq.gaps.exposure import Parts
from tansiq.gaps.inputs import Base, Event, Inputs, Post
from tansiq.gaps.layers import Layers
from tansiq.gaps.mobility import Condition
from tansiq.gaps.openings import Found, Opening
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

PLACED_M: Final = 5_000
"""An incident whose place is not known to this is in no gap."""

DAY_MS: Final = 86_400_000

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]

Seconds = Callable[[str, int, tuple[int, int]], float]
"""How long (s) a party's first base takes to a cell in a class of hours; inf where none comes within the cut-off."""


class Stopped(Conflict):
    """Somebody asked to stop."""


def analyse(
    inputs: Inputs,
    layers: Layers,
    options: Options,
    progress: Progress = lambda stage, part: None,
    cancelled: Cancelled = lambda: False,
    *,
    before: Inputs | None = None,
    memory: Cache | None = None,
    threads: int | None = None,
) -> Answer:
    """The answer. `layers` are cut to `frame_of(inputs, options.cell)`; `before` are the inputs of a week ago.

    `memory` keeps footprints from one call to the next. Raises Stopped (`gaps.stopped`) soon after `cancelled` says so.
    """
    grid = frame.frame_of(inputs, options.cell)
    work = _Work(grid, layers, options, progress, cancelled, Cache() if memory is None else memory, threads)
    now = work.covered(inputs)
    then = None if before is None else work.covered(before)
    further = Further(work.expected, work.arrivals(inputs, now.first) if options.interval else None)
    return answer(grid, layers, options, now, then, progress, threads, further=further)


class Covered(Struct, frozen=True):
    """Inputs and the cover that follows from them: `number` is the class of each hour, `first` the first of each class.

    `seconds` answers how long a party's first base takes to a cell.
    """

    inputs: Inputs
    number: NDArray[np.int64]
    first: NDArray[np.int64]
    cover: Cover
    seconds: Seconds

    @property
    def weights(self) -> NDArray[np.int64]:
        """How many hours of the week each class has."""
        return np.bincount(self.number, minlength=len(self.first))


class Further(Struct, frozen=True):
    """What is worked out on the finished list of gaps: what elevation error leaves to expect, and travel times in every
    condition.
    """

    expected: Callable[[Covered, Found, Bits], Expected | None]
    arrivals: travel.Arrivals | None


def answer(
    grid: Grid,
    layers: Layers,
    options: Options,
    now: Covered,
    then: Covered | None,
    progress: Progress = lambda stage, part: None,
    threads: int | None = None,
    *,
    rasters: Sequence[str] = (),
    further: Further | None = None,
) -> Answer:
    """The gaps in a cover, and what is known of each; `then` is the cover of a week before.

    `rasters` are layers that were there and are not in `layers`, because they were read a part at a time.
    """
    inputs = now.inputs
    area = area_of(grid, inputs.ring)
    progress("gaps", 0.0)
    found = openings.find(
        now.cover, area, grid, now.weights, options.smallest_m2, lambda part: progress("gaps", part), threads
    )
    earlier, week_before = None, None
    count = len(found.openings)
    if then is not None:
        open_then = [bits.count(then.cover.open(kind, area)) for kind in range(then.cover.classes)]
        week_before = tuple(open_then[kind] for kind in then.number.tolist())
        earlier = openings.hours_within(then.cover, area, grid, then.weights, found.ownership, count)
    progress("incidents", 0.0)
    gaps = _gaps(now, layers, options, grid, area, found, earlier)
    hours = openings.hours_covered(now.cover, area, grid, now.weights, found.ownership, count)
    gaps = watched.with_found_rates(gaps, _counting(inputs, options), hours, area, grid, found, options.incident_days)
    progress("incidents", 1.0)
    likely = None
    if further is not None:
        if further.arrivals is not None:
            gaps = travel.with_times(gaps, inputs.parties, further.arrivals)
        likely = further.expected(now, found, area)
    return Answer(
        inputs,
        None if then is None else then.inputs,
        dict(layers.digests),
        options,
        grid,
        area,
        now.number,
        now.first,
        now.cover,
        gaps,
        [one for one in missing_of(inputs, layers) if one not in rasters],
        found.left_out,
        km2(grid, found.left_out_cell_hours),
        week_before,
        likely,
    )


def cover_at(
    inputs: Inputs,
    layers: Layers,
    options: Options,
    grid: Grid,
    first: NDArray[np.int64],
    *,
    cancelled: Cancelled = lambda: False,
    memory: Cache | None = None,
) -> Cover:
    """The cover of all parties at some hours of the week, on a frame that is given. Raises Stopped like `analyse`."""
    work = _Work(grid, layers, options, lambda stage, part: None, cancelled, memory or Cache(), None)
    return work.cover_at(frame.near(grid, inputs), first)


STRIP: Final = 512


def area_of(grid: Grid, ring: Sequence[tuple[int, int]]) -> Bits:
    """The cells whose middle lies in a ring, as a bitmap; only a strip of them is ever unpacked."""
    parts = [
        bits.pack(grids.ring_mask(grids.window(grid, row, 0, min(STRIP, grid.rows - row), grid.cols), ring))
        for row in range(0, grid.rows, STRIP)
    ]
    return np.concatenate(parts)


def missing_of(inputs: Inputs, layers: Layers) -> list[str]:
    """Codes of what was not there: layers, `arrangement`, and `nothing:PARTY` for a party that told nothing."""
    found = list(layers.missing)
    if inputs.rule.ref is None:
        found.append("arrangement")
    return found + [f"nothing:{party}" for party in inputs.parties if inputs.based_on[party].told_nothing]


class _Work:
    """One run on one frame: what it computes on, whom it tells how far it is."""

    def __init__(
        self,
        grid: Grid,
        layers: Layers,
        options: Options,
        progress: Progress,
        cancelled: Cancelled,
        memory: Cache,
        threads: int | None,
    ) -> None:
        self.grid = grid
        self.layers = layers
        self.options = options
        self.progress = progress
        self.cancelled = cancelled
        self.threads = threads
        self.times: dict[tuple[tuple[Base, ...], tuple[int, ...], tuple[str, ...], Condition], Arrival] = {}
        self.grounds: dict[Condition, arrival.Grounds] = {}
        self.step("sight", 0.0)
        name = b"" if layers.terrain is None else cache.digest(layers.terrain)
        self.look = Look(grid, layers.terrain, options, (memory, name), threads)

    def step(self, stage: str, part: float) -> None:
        """Say how far it is, and stop where that is wanted."""
        if self.cancelled():
            raise Stopped("gaps.stopped")
        self.progress(stage, part)

    def covered(self, inputs: Inputs) -> Covered:
        """What follows from inputs."""
        here = frame.near(self.grid, inputs)
        number, first = classes_of(here)

        def seconds(party: str, kind: int, cell: tuple[int, int]) -> float:
            times = self._arrival(here, party, int(first[kind]), self.options.condition)
            return float("inf") if times is None else float(times.seconds[cell])

        return Covered(inputs, number, first, self.cover_at(here, first), seconds)

    def cover_at(self, here: Inputs, first: NDArray[np.int64]) -> Cover:
        """The cover at some hours of the week; all of the inputs lie near the frame."""

        def arrivals(party: str, hour: int) -> Arrival | None:
            return self._arrival(here, party, hour, self.options.condition)

        return covering.cover_of(self.grid, here, first, self.look.sights(here.posts, self.step), arrivals, self.step)

    def expected(self, now: Covered, found: Found, area: Bits) -> Expected | None:
        """What elevation error leaves to expect, where it is asked for and there is elevation. Reach is not drawn."""
        how, terrain = self.options, self.layers.terrain
        if how.error_m == 0 or terrain is None:
            return None
        made = error.Error(how.error_m, how.error_km * 1000.0, how.error_draws, how.error_seed)
        error.half_of(made, self.grid.cell)
        here = frame.near(self.grid, now.inputs)
        drawn = 0.0

        def still(stage: str, part: float) -> None:
            self.step("draws", drawn)

        def step(part: float) -> None:
            nonlocal drawn
            drawn = part
            self.step("draws", part)

        def draw(number: int) -> tuple[Cover, Sights]:
            shaken = terrain + error.noise(made, self.grid.cell, number, (0, 0), terrain.shape)
            look = Look(self.grid, shaken, replace(how, exact=False), threads=self.threads)
            sights = look.sights(here.posts, still)
            arrivals = partial(self._arrival, here, condition=how.condition)
            return covering.cover_of(self.grid, here, now.first, sights, arrivals, still), sights

        watches = [watch(here, hour) for hour in now.first.tolist()]

        def opened(cover: Cover) -> NDArray[np.int64]:
            return openings.open_cells(cover, area, self.grid, found.ownership, len(found.openings))

        return expected.expect(draw, opened, how.error_draws, self.grid.shape, watches, step)

    def arrivals(self, inputs: Inputs, first: NDArray[np.int64]) -> travel.Arrivals:
        """When help arrives of a party in a class of hours, under any condition of the ground."""
        here = frame.near(self.grid, inputs)

        def times(party: str, kind: int, condition: Condition) -> Arrival | None:
            return self._arrival(here, party, int(first[kind]), condition)

        return times

    def _arrival(self, inputs: Inputs, party: str, hour: int, condition: Condition) -> Arrival | None:
        bases = [one for one in inputs.bases if one.party == party]
        ready = tuple(base.ready_s[hour] for base in bases)
        if not any(one >= 0 for one in ready):
            return None
        key = (tuple(bases), ready, inputs.closed, condition)
        if key not in self.times:
            self.step("reach", 0.5)
            if condition not in self.grounds:
                self.grounds[condition] = arrival.Grounds(self.grid, self.layers, condition)
            # which ground may be reached in time matters under the condition of the rule alone
            minutes = reached(inputs) if condition == self.options.condition else []
            limit = cutoff(inputs, self.options)
            self.times[key] = arrival.arrival(
                self.grid, bases, hour, self.grounds[condition], inputs.closed, minutes, limit
            )
        return self.times[key]


def cutoff(inputs: Inputs, options: Options) -> float:
    """How far travel times are followed (s)."""
    return 60.0 * max(options.reach_minutes, *reached(inputs), 0)


def _gaps(
    now: Covered,
    layers: Layers,
    options: Options,
    grid: Grid,
    area: Bits,
    listed: Found,
    earlier: NDArray[np.int64] | None,
) -> list[Gap]:
    """Everything that is known of each gap."""
    inputs, pieces = now.inputs, listed.openings
    events = _Events(inputs, options, grid, area, listed)
    stakes = _stakes(layers, grid, listed)
    named = ("", *inputs.parties)
    rates = {left_out: events.rates(left_out) for left_out in named}
    parts = {
        left_out: [
            Parts(km2(grid, piece.cell_hours), one.rate.mean, exposure.at_stake(*stake))
            for piece, stake, one in zip(pieces, stakes, found, strict=True)
        ]
        for left_out, found in rates.items()
    }
    ids = [piece.id for piece in pieces]
    ranks = {left_out: exposure.ranks(found, ids) for left_out, found in parts.items()}
    nearest = {party: _Nearest(grid, [one for one in inputs.posts if one.party == party]) for party in inputs.parties}
    return [
        Gap(
            piece,
            "".join("1" if piece.open_cells[kind] else "0" for kind in now.number.tolist()),
            {
                party: nearest[party].to(piece, now.seconds(party, piece.worst, piece.deepest))
                for party in inputs.parties
            },
            rates[""][place],
            *stakes[place],
            parts[""][place],
            ranks[""][place],
            {party: ranks[party][place] for party in inputs.parties},
            None if earlier is None else km2(grid, piece.cell_hours - int(earlier[place])),
        )
        for place, piece in enumerate(pieces)
    ]


def _counting(inputs: Inputs, options: Options) -> list[Event]:
    """The incidents that have a place and lie in the time that counts."""
    start = inputs.at - options.incident_days * DAY_MS
    return [one for one in inputs.events if one.accuracy <= PLACED_M and start < one.at <= inputs.at]


class _Events:
    """The incidents of an area that count, by the gap that they lie in."""

    def __init__(self, inputs: Inputs, options: Options, grid: Grid, area: Bits, listed: Found) -> None:
        self.events = _counting(inputs, options)
        rows, cols = frame.cells_of(grid, [one.place for one in self.events])
        inside = bits.holds(area, grid.cols, rows, cols)
        owner = np.where(inside, listed.ownership.of(rows, cols), -2)
        count = len(listed.openings)
        self.here = [owner == number for number in (*range(count), -1)]
        cells = [one.cells for one in listed.openings]
        years = options.incident_days / exposure.YEAR_DAYS
        ground = np.array([*cells, bits.count(area) - sum(cells)], np.float64)
        self.km2_years = np.maximum(ground, 0.0) * (grid.cell_area / 1e6 * years)

    def rates(self, left_out: str) -> list[Incidents]:
        """What lies in each gap, without the reports of one party (empty: of nobody)."""
        kept = np.array([set(one.parties) != {left_out} for one in self.events], bool)
        reported = np.array([not one.found for one in self.events], bool)
        counts = np.array([int((here & kept & reported).sum()) for here in self.here], np.int64)
        found = exposure.rates_of(counts, self.km2_years)
        return [
            Incidents(int((here & kept).sum()), int((here & kept & ~reported).sum()), rate)
            for here, rate in zip(self.here[:-1], found, strict=False)
        ]


def _stakes(layers: Layers, grid: Grid, listed: Found) -> list[tuple[int, float]]:
    """Settlements in each gap, and kilometres of road through it."""
    count, owned = len(listed.openings), listed.ownership
    settlements, metres = np.zeros(count, np.int64), np.zeros(count)
    if layers.settlements is not None:
        owner = owned.of(*grids.cells_of(grid, layers.settlements.x, layers.settlements.y))
        settlements = np.bincount(owner[owner >= 0], minlength=count)
    for path in [] if layers.roads is None else _paths(layers.roads):
        at = np.stack([(path[:, 0] - grid.x0) / grid.cell, (grid.y0 - path[:, 1]) / grid.cell], axis=1)
        runs.metres_in(owned.starts, owned.runs.col0, owned.runs.col1, owned.piece, at, grid.cell, metres)
    return [(int(many), round(float(long) / 1000.0, 1)) for many, long in zip(settlements, metres, strict=True)]


def _paths(roads: Lines) -> list[NDArray[np.float64]]:
    return [roads.xy[first:last] for first, last in zip(roads.starts[:-1], roads.starts[1:], strict=True)]


class _Nearest:
    """The posts of a party, by where they are."""

    def __init__(self, grid: Grid, posts: Sequence[Post]) -> None:
        self.posts = posts
        if posts:
            x, y = grids.to_metres(grid, *np.array([post.place for post in posts], np.int64).T)
            self.points = np.asarray(shapely.points(x, y))
            self.tree = shapely.STRtree(self.points)

    def to(self, piece: Opening, seconds: float) -> Nearest:
        """The first of those posts that are nearest to a gap, to the metre, and how long the first base takes."""
        arrives = round(seconds) if np.isfinite(seconds) else None
        if not self.posts:
            return Nearest(None, None, arrives)
        _, away = self.tree.query_nearest(piece.outline, return_distance=True, all_matches=False)
        metres = int(np.rint(away[0]))
        near = np.sort(self.tree.query(piece.outline, predicate="dwithin", distance=metres + 1.0))
        place = next(
            n for n in near.tolist() if int(np.rint(shapely.distance(piece.outline, self.points[n]))) == metres
        )
        return Nearest(self.posts[place].ref, metres, arrives)
