"""The whole question: which ground of an area nobody covers, at which hours, and what is known of each gap.

Pure: inputs, layers and options in, the answer out. The same go in, the same bytes come out, whatever the order of the
records, the number of threads or the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import numpy as np
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
    frame,
    listing,
    openings,
    travel,
    watched,
)
from tansiq.gaps.answer import Answer, km2
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover
from tansiq.gaps.covering import Covered, Look, Sights, classes_of, reached, watch
from tansiq.gaps.expected import Expected
from tansiq.gaps.inputs import Base, Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.mobility import Condition
from tansiq.gaps.openings import Found
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]


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
    gaps = listing.gaps_of(now, layers, options, grid, area, found, earlier)
    hours = openings.hours_covered(now.cover, area, grid, now.weights, found.ownership, count)
    gaps = watched.with_found_rates(
        gaps, listing.counting(inputs, options), hours, area, grid, found, options.incident_days
    )
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
"""Rows of an area that are unpacked at once."""


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
