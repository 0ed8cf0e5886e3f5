"""What a draft's cover rests on beside counted posts: what was told otherwise, reach and presence, kept once made."""

from __future__ import annotations

from tansiq.gaps import arrival, bits, cache, cover, presence, timetable
from tansiq.gaps.analysis import cutoff
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Known
from tansiq.gaps.covering import Look, patrolled, reached, released_cover
from tansiq.gaps.inputs import Base, Inputs, Patrol
from tansiq.gaps.layers import Layers
from tansiq.gaps.question import Options
from tansiq.geo.grid import Grid

TimesKey = tuple[tuple[Base, ...], tuple[int, ...], tuple[str, ...]]


class Bearings:
    """The ground of one frame, and what follows from it; `look` sweeps posts."""

    def __init__(self, grid: Grid, layers: Layers, options: Options, memory: Cache | None, threads: int | None) -> None:
        self.grid = grid
        name = b"" if layers.terrain is None else cache.digest(layers.terrain)
        self.look = Look(grid, layers.terrain, options, (Cache() if memory is None else memory, name), threads)
        self._options = options
        self._times: dict[TimesKey, Arrival] = {}
        self._within: dict[tuple[TimesKey, int], Known] = {}
        self._corridors: dict[Patrol, Bits] = {}
        self._grounds = arrival.Grounds(grid, layers, options.condition)

    def released(self, inputs: Inputs, party: str, hour: int) -> Known | None:
        """The cover that a party released as cells; None where it did not."""
        for one in inputs.released:
            if one.party == party:
                return released_cover(self.grid, one, hour)
        return None

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

    def _corridor(self, patrol: Patrol) -> Bits:
        if patrol not in self._corridors:
            self._corridors[patrol] = presence.corridor(self.grid, patrol.path, patrol.half_m)
        return self._corridors[patrol]

    def _arrival(self, inputs: Inputs, party: str, hour: int) -> Arrival | None:
        bases, ready, closed = key = _times_key(inputs, party, hour)
        if not any(one >= 0 for one in ready):
            return None
        if key not in self._times:
            limit = cutoff(inputs, self._options)
            self._times[key] = arrival.arrival(self.grid, bases, hour, self._grounds, closed, reached(inputs), limit)
        return self._times[key]


def _times_key(inputs: Inputs, party: str, hour: int) -> TimesKey:
    bases = tuple(one for one in inputs.bases if one.party == party)
    return bases, tuple(base.ready_s[hour] for base in bases), inputs.closed
