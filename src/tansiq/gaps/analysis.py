"""The whole question: which ground of an area nobody covers, at which hours, and what is known of each gap.

Pure: inputs, layers and options in, the answer out. The same go in, the same bytes come out, whatever the order of the
records, the number of threads or the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from tansiq.gaps import bits, exposure, frame, openings
from tansiq.gaps.answer import Answer, Gap, Incidents, Nearest, km2
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.covering import Cancelled, Covering, Progress, classes_of
from tansiq.gaps.exposure import Parts
from tansiq.gaps.inputs import Event, Inputs, Post
from tansiq.gaps.layers import Layers
from tansiq.gaps.openings import Opening
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.geo.shapes import Lines

PLACED_M: Final = 5_000
"""An incident whose place is not known to this is in no gap."""

DAY_MS: Final = 86_400_000


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
    work = Covering(grid, layers, options, progress=progress, cancelled=cancelled, memory=memory, threads=threads)
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


def missing_of(inputs: Inputs, layers: Layers) -> list[str]:
    """Codes of what was not there: layers, `arrangement`, and `nothing:PARTY` for a party that told nothing."""
    found = list(layers.missing)
    if inputs.rule.ref is None:
        found.append("arrangement")
    return found + [f"nothing:{party}" for party in inputs.parties if inputs.based_on[party].told_nothing]


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
