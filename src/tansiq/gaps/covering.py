"""What every party covers on a frame or on a part of one: sight, reach and presence laid together as the rule says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import bits, cover, exact, observers, presence, sight, timetable
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover, Known
from tansiq.gaps.inputs import Inputs, Post, Released
from tansiq.gaps.question import Options
from tansiq.gaps.sight import Footprint, Heights, Posts
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

BATCH: Final = 64
"""Posts that are computed between two looks at whether to stop."""

Sights = dict[tuple[str, bool], Footprint]
"""Footprints by the reference of the post and whether it is day."""

Arrivals = Callable[[str, int], Arrival | None]
"""When the first base of a party arrives that is called in an hour of the week; None where none sets out."""

Step = Callable[[str, float], None]

Seconds = Callable[[str, int, tuple[int, int]], float]
"""How long (s) a party's first base takes to a cell in a class of hours; inf where none comes within the cut-off."""


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


class Look:
    """How posts are swept on some ground: with the options' kernel, from memory where that is held."""

    def __init__(
        self,
        grid: Grid,
        terrain: Heights | None,
        options: Options,
        memory: tuple[Cache, bytes] | None = None,
        threads: int | None = None,
    ) -> None:
        self.grid = grid
        self.options = options
        self._terrain = terrain
        self._ready = None if terrain is None or options.exact else sight.ready(terrain)
        self._memory = memory
        self._threads = threads

    def sights(self, posts: Sequence[Post], step: Step) -> Sights:
        """The footprints of every post by day and by night."""
        step("sight", 0.0)
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
            step("sight", min(1.0, (start + BATCH) / len(posts)))
        return found

    def _prints(self, made: Posts) -> Sequence[Footprint]:
        if self._terrain is None:
            return observers.rings(self.grid, made)
        how: dict[str, Any] = {"target_m": self.options.target_m, "refraction": self.options.refraction}
        if self._ready is None:
            return exact.footprints(self._terrain, self.grid.cell, made, **how)
        how["threads"] = self._threads
        if self._memory is None:
            return sight.footprints(self._ready, self.grid.cell, made, **how)
        memory, name = self._memory
        return memory.footprints(name, self._ready, self.grid.cell, made, **how)


def cover_of(
    grid: Grid, inputs: Inputs, first: NDArray[np.int64], sights: Sights, arrivals: Arrivals, step: Step
) -> Cover:
    """The cover of all parties in every class of hours; `first` is the first hour of each."""
    rows, cols = grid.shape
    step("reach", 0.0)
    corridors = {one.ref: presence.corridor(grid, one.path, one.half_m) for one in inputs.patrols}
    shape = (len(inputs.parties), len(first), rows, bits.words(cols))
    covered, unknown = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
    released = {one.party: one for one in inputs.released}
    # of a party that released its cover only a draft is left: what was told before gave way to it
    drafted = {one.party for one in inputs.posts} | {one.party for one in inputs.patrols}
    for place, party in enumerate(inputs.parties):
        for kind, hour in enumerate(first.tolist()):
            step("cover", (place * len(first) + kind) / (len(inputs.parties) * len(first)))
            if party in released:
                known = released_cover(grid, released[party], hour)
                if party in drafted:
                    known = cover.either(known, _party(grid, inputs, party, hour, sights, corridors, arrivals))
            else:
                known = _party(grid, inputs, party, hour, sights, corridors, arrivals)
            covered[place, kind], unknown[place, kind] = known.holds, known.unknown
    return Cover(covered, unknown, cols)


def classes_of(inputs: Inputs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The class of every hour of the week, and the first hour of each class: hours with equal inputs are one."""
    day = light_of(inputs)
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


def watch(inputs: Inputs, hour: int, party: str | None = None) -> list[tuple[str, bool]]:
    """The posts of a party (None: of all) that are manned and see anything in an hour, and whether it is day."""
    light = bool(timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)[hour])
    return [
        (post.ref, light)
        for post in inputs.posts
        if party in (None, post.party) and post.hours[hour] == "1" and (post.day_m if light else post.night_m) > 0
    ]


def reached(inputs: Inputs) -> list[int]:
    """The minutes within which the rule wants ground to be reached, each once."""
    return sorted({way.reached_minutes for way in inputs.rule.ways if way.reached_minutes is not None})


def light_of(inputs: Inputs) -> timetable.Week:
    """The hours of day, by the rule: bool[168]."""
    return timetable.daylight(inputs.rule.daylight.from_, inputs.rule.daylight.to)


def patrolled(inputs: Inputs) -> list[int]:
    """The hours within which the rule wants a patrol to have passed, each once."""
    return sorted({way.patrolled_hours for way in inputs.rule.ways if way.patrolled_hours is not None})


def _party(
    grid: Grid,
    inputs: Inputs,
    party: str,
    hour: int,
    sights: Sights,
    corridors: dict[str, Bits],
    arrivals: Arrivals,
) -> Known:
    rows, cols = grid.shape
    manned = [sights[one] for one in watch(inputs, hour, party)]
    reach = {}
    for minutes in reached(inputs):
        times = arrivals(party, hour)
        reach[minutes] = cover.nowhere(rows, cols) if times is None else times.within(minutes)
    passed = {}
    for within in patrolled(inputs):
        ground = bits.empty(rows, cols)
        for patrol in inputs.patrols:
            if patrol.party == party and timetable.recent(timetable.week_of(patrol.hours), within)[hour]:
                ground |= corridors[patrol.ref]
        passed[within] = Known(ground, bits.empty(rows, cols))
    seen = cover.seen(manned, rows, cols)
    if inputs.based_on[party].told_nothing:
        seen, reach, passed = of_silent(seen, reach, passed, cols)
    return cover.by_rule(inputs.rule.ways, seen, reach, passed)


def of_silent(
    seen: Known, reach: dict[int, Known], passed: dict[int, Known], cols: int
) -> tuple[Known, dict[int, Known], dict[int, Known]]:
    """Sight, reach and presence of a party that told nothing: what a draft adds for it holds, all else is unknown."""
    reach = {minutes: cover.at_least(one, cols) for minutes, one in reach.items()}
    passed = {within: cover.at_least(one, cols) for within, one in passed.items()}
    return cover.at_least(seen, cols), reach, passed


def released_cover(grid: Grid, one: Released, hour: int) -> Known:
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
