"""What is known of each gap: incidents with their rate, settlements and roads in it, the nearest posts, its ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tansiq.gaps import bits, exposure, frame, runs
from tansiq.gaps.answer import Gap, Incidents, Nearest, km2
from tansiq.gaps.bits import Bits
from tansiq.gaps.covering import Covered
from tansiq.gaps.exposure import Parts
from tansiq.gaps.inputs import Event, Inputs, Post
from tansiq.gaps.layers import Layers
from tansiq.gaps.openings import Found, Opening
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

PLACED_M: Final = 5_000
"""An incident whose place is not known to this is in no gap."""

DAY_MS: Final = 86_400_000


def gaps_of(
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


def counting(inputs: Inputs, options: Options) -> list[Event]:
    """The incidents that have a place and lie in the time that counts."""
    start = inputs.at - options.incident_days * DAY_MS
    return [one for one in inputs.events if one.accuracy <= PLACED_M and start < one.at <= inputs.at]


class _Events:
    """The incidents of an area that count, by the gap that they lie in."""

    def __init__(self, inputs: Inputs, options: Options, grid: Grid, area: Bits, listed: Found) -> None:
        self.events = counting(inputs, options)
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
