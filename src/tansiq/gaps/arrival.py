"""When help arrives: travel times from a party's bases as the rule needs them, over the ground of the layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import bits, frame, ground, mobility, reach
from tansiq.gaps.cover import Known
from tansiq.gaps.ground import Ground
from tansiq.gaps.inputs import Base
from tansiq.gaps.layers import Layers
from tansiq.geo.classes import Barrier, Road
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

KINDS: Final[Mapping[int, str]] = {
    Road.UNKNOWN: "track",
    Road.MOTORWAY: "motorway",
    Road.TRUNK: "trunk",
    Road.PRIMARY: "primary",
    Road.SECONDARY: "secondary",
    Road.TERTIARY: "tertiary",
    Road.LOCAL: "unclassified",
    Road.TRACK: "track",
}
"""The kind of road of `mobility` for each class of a layer; a path is no road to drive on."""

STOPS_ALL: Final = frozenset(
    {Barrier.UNKNOWN, Barrier.WALL, Barrier.RIVER, Barrier.CANAL, Barrier.WATER, Barrier.CLIFF}
)
STOPS_WHEELS: Final = STOPS_ALL | {Barrier.FENCE, Barrier.DITCH, Barrier.EMBANKMENT}
"""A stream stops neither."""

Times = NDArray[np.float32]


class Arrival(Struct, frozen=True):
    """`seconds` from the call: float32[rows, cols], +inf beyond the cut-off. `maybe`, by minutes of the rule, is ground
    that may be reached in time and is not known to be, because terrain on the way is unknown.
    """

    seconds: Times
    maybe: dict[int, NDArray[np.bool_]]

    def within(self, minutes: int) -> Known:
        """The ground that is reached in time, and the ground of which that is not known."""
        holds = self.seconds <= minutes * 60
        unknown = self.maybe.get(minutes)
        return Known(bits.pack(holds), bits.pack(np.zeros_like(holds) if unknown is None else unknown & ~holds))


class Grounds:
    """The ground of a frame made ready for each class of mobility and set of closed bridges, once."""

    def __init__(self, grid: Grid, layers: Layers, condition: mobility.Condition) -> None:
        self._grid = grid
        self._layers = layers
        self._condition = condition
        self._made: dict[tuple[str, tuple[str, ...]], Ground] = {}

    def of(self, name: str, closed: tuple[str, ...]) -> Ground:
        """The ground for a class of mobility with these bridges closed."""
        if (name, closed) not in self._made:
            self._made[name, closed] = ground_for(self._grid, self._layers, name, self._condition, closed)
        return self._made[name, closed]


def ground_for(
    grid: Grid,
    layers: Layers,
    name: str,
    condition: mobility.Condition,
    closed: tuple[str, ...],
    part: ground.Part | None = None,
) -> Ground:
    """The ground of a frame, or of a part of it, for a class of mobility with these bridges closed."""
    stops = STOPS_ALL if name == "foot" else STOPS_WHEELS
    return ground.build(
        grid,
        layers.terrain,
        mobility.profile(name, condition),
        cover=layers.landcover,
        roads=_roads(layers.roads, bridges=False, closed=closed),
        barriers=[path for path, kind, _ in _parts(layers.barriers) if kind in stops],
        bridges=_roads(layers.roads, bridges=True, closed=closed),
        part=part,
    )


def arrival(
    grid: Grid,
    bases: Sequence[Base],
    hour: int,
    grounds: Grounds,
    closed: tuple[str, ...],
    minutes: Sequence[int],
    cutoff: float,
) -> Arrival:
    """Seconds until the first of these bases arrives that is called in an hour of the week, by its fastest means.

    `minutes` are those of the rule; times are followed up to `cutoff` seconds, which is no less.
    """
    seconds = np.full(grid.shape, np.inf, np.float32)
    maybe = {limit: np.zeros(grid.shape, bool) for limit in minutes}
    for name in sorted({one for base in bases for one in base.mobility}):
        chosen = [base for base in bases if name in base.mobility and base.ready_s[hour] >= 0]
        if not chosen:
            continue
        rows, cols = frame.cells_of(grid, [base.place for base in chosen])
        starts = np.array([base.ready_s[hour] for base in chosen], np.float32)
        made = grounds.of(name, closed)
        sources = reach.Sources(rows.astype(np.int32), cols.astype(np.int32), starts)
        seconds = np.minimum(seconds, reach.travel_time(made, sources, cutoff))
        if made.unknown.any():
            for limit in minutes:
                maybe[limit] |= reach.reach(made, sources, limit * 60.0).unknown
    return Arrival(seconds, maybe)


def _parts(lines: Lines | None) -> list[tuple[NDArray[np.float64], int, int]]:
    """Each line's points, its kind, its number."""
    if lines is None:
        return []
    edges = zip(lines.starts[:-1].tolist(), lines.starts[1:].tolist(), lines.kind.tolist(), strict=True)
    return [(lines.xy[first:last], kind, number) for number, (first, last, kind) in enumerate(edges)]


def _roads(lines: Lines | None, *, bridges: bool, closed: tuple[str, ...]) -> list[ground.Road]:
    if lines is None:
        return []
    return [
        ground.Road(path, KINDS[kind])
        for path, kind, number in _parts(lines)
        if kind in KINDS and bool(lines.bridge[number]) == bridges and not (bridges and lines.ids[number] in closed)
    ]
