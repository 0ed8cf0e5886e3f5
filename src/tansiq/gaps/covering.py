"""Cover worked out from inputs: what a party's posts see, where it arrives in time, what its patrols pass.

One `Covering` stands for the ground of one frame; footprints, travel times and corridors that it once made are kept,
so that a change of a few posts costs those posts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tansiq.errors import Conflict
from tansiq.gaps import arrival, bits, cache, cover, exact, observers, presence, sight, timetable
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover, Known
from tansiq.gaps.inputs import Base, Inputs, Patrol, Post, Released
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.gaps.sight import Footprint, Posts
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

BATCH: Final = 64
"""Posts that are computed between two looks at whether to stop."""

Progress = Callable[[str, float], None]
Cancelled = Callable[[], bool]
Sights = dict[tuple[str, bool], Footprint]
"""Footprints by a post's reference and whether it is day."""


class Stopped(Conflict):
    """Somebody asked to stop."""


def classes_of(inputs: Inputs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class of every hour of the week, and the first hour of each class: hours with equal inputs are one."""
    day = timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)
    rows: list[NDArray[np.generic]] = []
    # a thousand posts keep a handful of timetables, and a row that is there twice parts nothing further
    for hours, alike in sorted({(post.hours, post.day_m == post.night_m) for post in inputs.posts}):
        manned = timetable.week_of(hours)
        rows.append(manned if alike else manned * (1 + day.astype(np.int64)))
    for hours in sorted({patrol.hours for patrol in inputs.patrols}):
        rows += [timetable.recent(timetable.week_of(hours), within) for within in patrolled(inputs)]
    if reached(inputs):
        rows += [np.array(base.ready_s) for base in inputs.bases]
    rows += [timetable.week_of(text) for one in inputs.released for text, _ in one.layers]
    return timetable.classes(rows)


def patrolled(inputs: Inputs) -> list[int]:
    """The hours within which the rule asks for a patrol."""
    return sorted({way.patrolled_hours for way in inputs.rule.ways if way.patrolled_hours is not None})


def reached(inputs: Inputs) -> list[int]:
    """The minutes within which the rule asks for somebody to arrive."""
    return sorted({way.reached_minutes for way in inputs.rule.ways if way.reached_minutes is not None})


def light_of(inputs: Inputs) -> NDArray[np.bool_]:
    """The hours of day, by the rule: bool[168]."""
    return timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)


TimesKey = tuple[tuple[Base, ...], tuple[int, ...], tuple[str, ...]]


class Covering:
    """Cover on one ground: what it computes on, and whom it tells how far it is."""

    def __init__(
        self,
        grid: Grid,
        layers: Layers,
        options: Options,
        *,
        progress: Progress = lambda stage, part: None,
        cancelled: Cancelled = lambda: False,
        memory: Cache | None = None,
        threads: int | None = None,
    ) -> None:
        self.grid = grid
        self.layers = layers
        self.options = options
        self._progress = progress
        self._cancelled = cancelled
        self._memory = Cache() if memory is None else memory
        self._threads = threads
        self._times: dict[TimesKey, Arrival] = {}
        self._within: dict[tuple[TimesKey, int], Known] = {}
        self._corridors: dict[Patrol, Bits] = {}
        self._grounds = arrival.Grounds(grid, layers, options.condition)
        self._ground: tuple[sight.Terrain, bytes] | None = None

    def step(self, stage: str, part: float) -> None:
        """Say how far it is, and stop where that is wanted."""
        if self._cancelled():
            raise Stopped("gaps.stopped")
        self._progress(stage, part)

    def cover_of(self, inputs: Inputs, first: NDArray[np.int64]) -> tuple[Cover, Callable[[str, int], Arrival | None]]:
        """The cover of all parties in every class of hours, and the travel times of a party in a class."""
        rows, cols = self.grid.shape
        sights = self.sights(inputs.posts)
        self.step("reach", 0.0)
        shape = (len(inputs.parties), len(first), rows, bits.words(cols))
        covered, unknown = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
        for place, party in enumerate(inputs.parties):
            for kind, hour in enumerate(first.tolist()):
                self.step("cover", (place * len(first) + kind) / (len(inputs.parties) * len(first)))
                known = self.told(inputs, party, hour)
                if known is None:
                    known = self._party(inputs, party, hour, sights)
                covered[place, kind], unknown[place, kind] = known.holds, known.unknown

        def times(party: str, kind: int) -> Arrival | None:
            return self._arrival(inputs, party, int(first[kind]))

        return Cover(covered, unknown, cols), times

    def told(self, inputs: Inputs, party: str, hour: int) -> Known | None:
        """The cover of a party that does not follow from posts: released as cells, or nothing told at all."""
        for one in inputs.released:
            if one.party == party:
                return _released(self.grid, one, hour)
        return cover.unknown_everywhere(*self.grid.shape) if inputs.based_on[party].told_nothing else None

    def sights(self, posts: Sequence[Post]) -> Sights:
        """The footprints of posts, all of them in the frame, by day and by night."""
        self.step("sight", 0.0)
        found: Sights = {}
        for start in range(0, len(posts), BATCH):
            part = posts[start : start + BATCH]
            made = observers.observers(self.grid, part, [max(post.day_m, post.night_m) for post in part])
            whole = self._prints(made)
            for number, post in enumerate(part):
                place = int(made.rows[number]), int(made.cols[number])
                for light, reach in ((True, post.day_m), (False, post.night_m)):
                    if reach == max(post.day_m, post.night_m):
                        found[post.ref, light] = whole[number]
                    else:
                        found[post.ref, light] = sight.night(whole[number], *place, int(reach // self.grid.cell))
            self.step("sight", min(1.0, (start + BATCH) / len(posts)))
        return found

    def reach(self, inputs: Inputs, party: str, hour: int) -> dict[int, Known]:
        """The ground that a party reaches when called in an hour, by the minutes of the rule."""
        found = {}
        for minutes in reached(inputs):
            times = self._arrival(inputs, party, hour)
            if times is None:
                found[minutes] = cover.nowhere(*self.grid.shape)
            else:
                key = (_times_key(inputs, party, hour), minutes)
                if key not in self._within:
                    self._within[key] = times.within(minutes)
                found[minutes] = self._within[key]
        return found

    def presence(self, inputs: Inputs, party: str, hour: int) -> dict[int, Known]:
        """The ground that a party's patrols passed lately in an hour, by the hours of the rule."""
        rows, cols = self.grid.shape
        found = {}
        for within in patrolled(inputs):
            ground = bits.empty(rows, cols)
            for patrol in inputs.patrols:
                if patrol.party == party and timetable.recent(timetable.week_of(patrol.hours), within)[hour]:
                    ground |= self._corridor(patrol)
            found[within] = Known(ground, bits.empty(rows, cols))
        return found

    def _party(self, inputs: Inputs, party: str, hour: int, sights: Sights) -> Known:
        light = bool(light_of(inputs)[hour])
        manned = [
            sights[post.ref, light]
            for post in inputs.posts
            if post.party == party and post.hours[hour] == "1" and (post.day_m if light else post.night_m) > 0
        ]
        return cover.by_rule(
            inputs.rule.ways,
            cover.seen(manned, *self.grid.shape),
            self.reach(inputs, party, hour),
            self.presence(inputs, party, hour),
        )

    def _corridor(self, patrol: Patrol) -> Bits:
        if patrol not in self._corridors:
            self._corridors[patrol] = presence.corridor(self.grid, patrol.path, patrol.half_m)
        return self._corridors[patrol]

    def _prints(self, made: Posts) -> Sequence[Footprint]:
        terrain = self.layers.terrain
        if terrain is None:
            return observers.rings(self.grid, made)
        how: dict[str, Any] = {"target_m": self.options.target_m, "refraction": self.options.refraction}
        if self.options.exact:
            return exact.footprints(terrain, self.grid.cell, made, **how)
        if self._ground is None:
            self._ground = sight.ready(terrain), cache.digest(terrain)
        ready, name = self._ground
        return self._memory.footprints(name, ready, self.grid.cell, made, threads=self._threads, **how)

    def _arrival(self, inputs: Inputs, party: str, hour: int) -> Arrival | None:
        bases, ready, closed = key = _times_key(inputs, party, hour)
        if not any(one >= 0 for one in ready):
            return None
        if key not in self._times:
            self.step("reach", 0.5)
            cutoff = 60.0 * max(self.options.reach_minutes, *reached(inputs), 0)
            self._times[key] = arrival.arrival(self.grid, bases, hour, self._grounds, closed, reached(inputs), cutoff)
        return self._times[key]


def _times_key(inputs: Inputs, party: str, hour: int) -> TimesKey:
    bases = tuple(one for one in inputs.bases if one.party == party)
    return bases, tuple(base.ready_s[hour] for base in bases), inputs.closed


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
