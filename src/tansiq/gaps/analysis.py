"""The whole question: which ground of an area nobody covers, at which hours, and what is known of each gap.

Pure: inputs, layers and options in, the answer out. The same go in, the same bytes come out, whatever the order of the
records, the number of threads or the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tansiq.errors import Conflict
from tansiq.gaps import (
    arrival,
    bits,
    cache,
    cover,
    exact,
    exposure,
    frame,
    observers,
    openings,
    presence,
    sight,
    timetable,
)
from tansiq.gaps.answer import Answer, Gap, Incidents, Nearest, km2
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover, Known
from tansiq.gaps.exposure import Parts
from tansiq.gaps.inputs import Base, Event, Inputs, Post, Released
from tansiq.gaps.layers import Layers
from tansiq.gaps.openings import Opening
from tansiq.gaps.question import Options
from tansiq.gaps.sight import Footprint, Posts
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

PLACED_M: Final = 5_000
"""An incident whose place is not known to this is in no gap."""

DAY_MS: Final = 86_400_000

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
    area = bits.pack(grids.ring_mask(grid, inputs.ring))
    work = _Work(grid, layers, options, progress, cancelled, Cache() if memory is None else memory, threads)
    here = frame.near(grid, inputs)
    number, first = classes_of(here)
    found, times = work.cover_of(here, first)
    weights = np.bincount(number, minlength=len(first))
    work.step("gaps", 0.0)
    pieces = openings.find(found, area, grid, weights, options.smallest_m2, lambda part: work.step("gaps", part))
    earlier = None
    if before is not None:
        then = frame.near(grid, before)
        earlier_number, earlier_first = classes_of(then)
        earlier_cover, _ = work.cover_of(then, earlier_first)
        earlier_weights = np.bincount(earlier_number, minlength=len(earlier_first))
        earlier = openings.hours_open(earlier_cover, area, earlier_weights)
    work.step("incidents", 0.0)
    gaps = _gaps(inputs, layers, options, grid, area, number, pieces.openings, times, earlier)
    work.step("incidents", 1.0)
    return Answer(
        inputs,
        before,
        dict(layers.digests),
        options,
        grid,
        area,
        number,
        first,
        found,
        gaps,
        missing_of(inputs, layers),
        pieces.left_out,
        km2(grid, pieces.left_out_cell_hours),
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
    return work.cover_of(frame.near(grid, inputs), first)[0]


def missing_of(inputs: Inputs, layers: Layers) -> list[str]:
    """Codes of what was not there: layers, `arrangement`, and `nothing:PARTY` for a party that told nothing."""
    found = list(layers.missing)
    if inputs.rule.ref is None:
        found.append("arrangement")
    return found + [f"nothing:{party}" for party in inputs.parties if inputs.based_on[party].told_nothing]


def classes_of(inputs: Inputs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class of every hour of the week, and the first hour of each class: hours with equal inputs are one."""
    day = timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)
    rows: list[NDArray[np.generic]] = []
    for post in inputs.posts:
        manned = timetable.week_of(post.hours)
        rows.append(manned if post.day_m == post.night_m else manned * (1 + day.astype(np.int64)))
    for patrol in inputs.patrols:
        passing = timetable.week_of(patrol.hours)
        rows += [timetable.recent(passing, within) for within in _patrolled(inputs)]
    if _reached(inputs):
        rows += [np.array(base.ready_s) for base in inputs.bases]
    rows += [timetable.week_of(text) for one in inputs.released for text, _ in one.layers]
    return timetable.classes(rows)


def _patrolled(inputs: Inputs) -> list[int]:
    return sorted({way.patrolled_hours for way in inputs.rule.ways if way.patrolled_hours is not None})


def _reached(inputs: Inputs) -> list[int]:
    return sorted({way.reached_minutes for way in inputs.rule.ways if way.reached_minutes is not None})


Times = dict[tuple[tuple[Base, ...], tuple[int, ...], tuple[str, ...]], Arrival]


class _Work:
    """One run: what it computes on, whom it tells how far it is."""

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
        self.memory = memory
        self.threads = threads
        self.times: Times = {}
        self.grounds = arrival.Grounds(grid, layers, options.condition)

    def step(self, stage: str, part: float) -> None:
        """Say how far it is, and stop where that is wanted."""
        if self.cancelled():
            raise Stopped("gaps.stopped")
        self.progress(stage, part)

    def cover_of(self, inputs: Inputs, first: NDArray[np.int64]) -> tuple[Cover, Callable[[str, int], Arrival | None]]:
        """The cover of all parties in every class of hours, and the travel times of a party in a class."""
        rows, cols = self.grid.shape
        sights = self._sights(inputs)
        self.step("reach", 0.0)
        corridors = {one.ref: presence.corridor(self.grid, one.path, one.half_m) for one in inputs.patrols}
        shape = (len(inputs.parties), len(first), rows, bits.words(cols))
        covered, unknown = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
        released = {one.party: one for one in inputs.released}
        for place, party in enumerate(inputs.parties):
            for kind, hour in enumerate(first.tolist()):
                self.step("cover", (place * len(first) + kind) / (len(inputs.parties) * len(first)))
                if party in released:
                    known = _released(self.grid, released[party], hour)
                    if party in {one.party for one in inputs.posts} | {one.party for one in inputs.patrols}:
                        # only a draft adds to what was released: what was told before gave way to it
                        known = cover.either(known, self._party(inputs, party, hour, sights, corridors))
                elif inputs.based_on[party].told_nothing:
                    known = cover.unknown_everywhere(rows, cols)
                else:
                    known = self._party(inputs, party, hour, sights, corridors)
                covered[place, kind], unknown[place, kind] = known.holds, known.unknown

        def times(party: str, kind: int) -> Arrival | None:
            return self._arrival(inputs, party, int(first[kind]))

        return Cover(covered, unknown, cols), times

    def _party(
        self,
        inputs: Inputs,
        party: str,
        hour: int,
        sights: dict[tuple[str, bool], Footprint],
        corridors: dict[str, Bits],
    ) -> Known:
        rows, cols = self.grid.shape
        light = bool(timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)[hour])
        manned = [
            sights[post.ref, light]
            for post in inputs.posts
            if post.party == party and post.hours[hour] == "1" and (post.day_m if light else post.night_m) > 0
        ]
        reach = {}
        for minutes in _reached(inputs):
            times = self._arrival(inputs, party, hour)
            reach[minutes] = cover.nowhere(rows, cols) if times is None else times.within(minutes)
        passed = {}
        for within in _patrolled(inputs):
            ground = bits.empty(rows, cols)
            for patrol in inputs.patrols:
                if patrol.party == party and timetable.recent(timetable.week_of(patrol.hours), within)[hour]:
                    ground |= corridors[patrol.ref]
            passed[within] = Known(ground, bits.empty(rows, cols))
        return cover.by_rule(inputs.rule.ways, cover.seen(manned, rows, cols), reach, passed)

    def _sights(self, inputs: Inputs) -> dict[tuple[str, bool], Footprint]:
        """The footprints of every post, by its reference and whether it is day."""
        self.step("sight", 0.0)
        ground = None if self.layers.terrain is None else sight.ready(self.layers.terrain)
        name = b"" if self.layers.terrain is None else cache.digest(self.layers.terrain)
        found: dict[tuple[str, bool], Footprint] = {}
        for start in range(0, len(inputs.posts), BATCH):
            part = inputs.posts[start : start + BATCH]
            made = observers.observers(self.grid, part, [max(post.day_m, post.night_m) for post in part])
            whole = self._prints(ground, name, made)
            for number, post in enumerate(part):
                place = int(made.rows[number]), int(made.cols[number])
                for light, reach in ((True, post.day_m), (False, post.night_m)):
                    if reach == max(post.day_m, post.night_m):
                        found[post.ref, light] = whole[number]
                    else:
                        found[post.ref, light] = sight.night(whole[number], *place, int(reach // self.grid.cell))
            self.step("sight", min(1.0, (start + BATCH) / len(inputs.posts)))
        return found

    def _prints(self, ground: sight.Terrain | None, name: bytes, made: Posts) -> Sequence[Footprint]:
        if ground is None or self.layers.terrain is None:
            return observers.rings(self.grid, made)
        how: dict[str, Any] = {"target_m": self.options.target_m, "refraction": self.options.refraction}
        if self.options.exact:
            return exact.footprints(self.layers.terrain, self.grid.cell, made, **how)
        return self.memory.footprints(name, ground, self.grid.cell, made, threads=self.threads, **how)

    def _arrival(self, inputs: Inputs, party: str, hour: int) -> Arrival | None:
        bases = [one for one in inputs.bases if one.party == party]
        ready = tuple(base.ready_s[hour] for base in bases)
        if not any(one >= 0 for one in ready):
            return None
        key = (tuple(bases), ready, inputs.closed)
        if key not in self.times:
            self.step("reach", 0.5)
            cutoff = 60.0 * max(self.options.reach_minutes, *_reached(inputs), 0)
            self.times[key] = arrival.arrival(
                self.grid, bases, hour, self.grounds, inputs.closed, _reached(inputs), cutoff
            )
        return self.times[key]


BATCH: Final = 64
"""Posts that are computed between two looks at whether to stop."""


def _released(grid: Grid, one: Released, hour: int) -> Known:
    """What a party says that it covers, at the middles of our cells; outside of its frame nothing is known."""
    stated = Grid(
        one.frame.epsg, float(one.frame.x0), float(one.frame.y0), float(one.frame.cell), one.frame.rows, one.frame.cols
    )
    x, y = grids.middles(grid)
    if stated.epsg == grid.epsg:
        east, north = np.broadcast_to(x, grid.shape), np.broadcast_to(y[:, None], grid.shape)
    else:
        lon, lat = grids.to_degrees(grid, np.tile(x, grid.rows), np.repeat(y, grid.cols))
        east, north = (part.reshape(grid.shape) for part in grids.to_metres(stated, lon, lat))
    rows, cols = grids.cells_of(stated, east, north)
    there = (rows >= 0) & (rows < stated.rows) & (cols >= 0) & (cols < stated.cols)
    said = np.zeros(stated.shape, bool)
    for text, runs in one.layers:
        mask = presence.mask_of(runs, stated.rows, stated.cols)
        if text[hour] == "1" and mask is not None:
            said |= mask
    holds = np.zeros(grid.shape, bool)
    holds[there] = said[rows[there], cols[there]]
    return Known(bits.pack(holds), bits.pack(~there))


def _gaps(
    inputs: Inputs,
    layers: Layers,
    options: Options,
    grid: Grid,
    area: Bits,
    number: NDArray[np.int64],
    pieces: Sequence[Opening],
    times: Callable[[str, int], Arrival | None],
    earlier: NDArray[np.uint8] | None,
) -> list[Gap]:
    """Everything that is known of each gap."""
    events = _Events(inputs, options, grid, area, pieces)
    stakes = [_stake(layers, grid, piece) for piece in pieces]
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
    posts = {party: [one for one in inputs.posts if one.party == party] for party in inputs.parties}
    return [
        Gap(
            piece,
            "".join("1" if piece.open_cells[kind] else "0" for kind in number.tolist()),
            {party: _nearest(grid, posts[party], piece, times(party, piece.worst)) for party in inputs.parties},
            rates[""][place],
            *stakes[place],
            parts[""][place],
            ranks[""][place],
            {party: ranks[party][place] for party in inputs.parties},
            None if earlier is None else _trend(grid, piece, earlier),
        )
        for place, piece in enumerate(pieces)
    ]


class _Events:
    """The incidents of an area that have a place and lie in the time that counts, by the gap that they lie in."""

    def __init__(self, inputs: Inputs, options: Options, grid: Grid, area: Bits, pieces: Sequence[Opening]) -> None:
        start = inputs.at - options.incident_days * DAY_MS
        self.events: list[Event] = [
            one for one in inputs.events if one.accuracy <= PLACED_M and start < one.at <= inputs.at
        ]
        rows, cols = frame.cells_of(grid, [one.place for one in self.events])
        whole = bits.unpack(area, grid.cols)
        inside = exposure.counts_in(whole, 0, 0, rows, cols)
        self.here = [exposure.counts_in(one.mask, one.row0, one.col0, rows, cols) & inside for one in pieces]
        self.here.append(inside & ~np.logical_or.reduce([np.zeros(len(rows), bool), *self.here]))
        cells = [one.cells for one in pieces]
        years = options.incident_days / exposure.YEAR_DAYS
        ground = np.array([*cells, int(whole.sum()) - sum(cells)], np.float64)
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


def _stake(layers: Layers, grid: Grid, piece: Opening) -> tuple[int, float]:
    """Settlements in a gap, and kilometres of road through it."""
    settlements, kilometres = 0, 0.0
    if layers.settlements is not None:
        rows, cols = grids.cells_of(grid, layers.settlements.x, layers.settlements.y)
        settlements = int(exposure.counts_in(piece.mask, piece.row0, piece.col0, rows, cols).sum())
    if layers.roads is not None and len(layers.roads.ids):
        part = shapely.intersection(_lines(layers.roads), piece.outline)
        kilometres = round(float(shapely.length(part).sum()) / 1000.0, 1)
    return settlements, kilometres


def _lines(roads: Lines) -> NDArray[np.object_]:
    index = np.repeat(np.arange(len(roads.ids)), np.diff(roads.starts))
    return np.asarray(shapely.linestrings(roads.xy, indices=index))


def _nearest(grid: Grid, posts: Sequence[Post], piece: Opening, times: Arrival | None) -> Nearest:
    seconds = None
    if times is not None and np.isfinite(times.seconds[piece.deepest]):
        seconds = round(float(times.seconds[piece.deepest]))
    if not posts:
        return Nearest(None, None, seconds)
    lons, lats = np.array([post.place for post in posts], np.int64).T
    x, y = grids.to_metres(grid, lons, lats)
    metres = np.rint(shapely.distance(piece.outline, shapely.points(x, y))).astype(np.int64)
    place = int(np.argmin(metres))
    return Nearest(posts[place].ref, int(metres[place]), seconds)


def _trend(grid: Grid, piece: Opening, earlier: NDArray[np.uint8]) -> float:
    """How much more ground × hours of a gap (km² h a week) lies open than did before."""
    rows, cols = piece.mask.shape
    then = earlier[piece.row0 : piece.row0 + rows, piece.col0 : piece.col0 + cols][piece.mask]
    return km2(grid, piece.cell_hours - int(then.sum(dtype=np.int64)))
