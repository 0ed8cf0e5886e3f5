"""Openings: the pieces of ground that nobody covers, joined over the week.

Open ground is parted into three bands by how many hours of the week each cell lies open: by day and night (112 hours
and more), half the week (56 and more), seldom. A gap is ground of one band that hangs together, cell by cell over
their sides. So each open cell belongs to exactly one gap, area and hours add up, and a post that is blind by night
does not run all gaps of the area into one.

The frame is read in strips of rows and a gap is held as runs of cells, so a country takes no more memory than its gaps
have edges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import shapely
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import bits, depth, overlay, runs
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.gaps.outlines import outline
from tansiq.gaps.runs import Runs
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

BANDS: Final = ("constant", "half", "seldom")
"""The names of the bands that `runs.LEAST` parts."""

MOST: Final = 1000
"""Gaps that are listed, the largest by ground and hours; the rest is counted."""

STRIP_CELLS: Final = 1 << 23
"""Cells that are unpacked at once: some 200 MB with their distances."""

SMOOTHED: Final = 20_000
"""Corners up to which an outline is smoothed; the time that takes grows with their square."""

DECIMALS: Final = 6
"""Of degrees in a polygon: a decimetre."""


class Opening(Struct, frozen=True):
    """One gap. `row0` and `col0` are the corner of its box; `row`, `col0s`, `col1s` int32 its runs, row by row.

    `deepest` is the cell that stands for it. `outline` is in metres of the frame. `open_cells` counts, by class of
    hours, the cells that are open.
    """

    id: str
    band: str
    row0: int
    col0: int
    row: NDArray[np.int32]
    col0s: NDArray[np.int32]
    col1s: NDArray[np.int32]
    outline: shapely.Polygon
    open_cells: tuple[int, ...]
    cell_hours: int
    worst: int
    deepest: tuple[int, int]
    depth_m: int | None

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return int((self.col1s - self.col0s).sum(dtype=np.int64))

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Which cells of its box it has."""
        found = np.zeros((int(self.row[-1]) + 1 - self.row0, int(self.col1s.max()) - self.col0), bool)
        for row, first, last in zip(self.row.tolist(), self.col0s.tolist(), self.col1s.tolist(), strict=True):
            found[row - self.row0, first - self.col0 : last - self.col0] = True
        return found


class Ownership(Struct, frozen=True):
    """Which listed gap the runs of open ground belong to: `piece` int64[runs], -1 for none; `starts` as in `runs`."""

    runs: Runs
    piece: NDArray[np.int64]
    starts: NDArray[np.int64]

    def of(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.int64]:
        """The gap in which each of these cells lies, -1 for none."""
        return np.asarray(runs.owners(self.starts, self.runs.col0, self.runs.col1, self.piece, rows, cols))

    def part(self, first: int, last: int) -> tuple[Runs, NDArray[np.int64]]:
        """The runs of the rows from `first` to `last` - 1, and their gaps."""
        here = slice(int(self.starts[first]), int(self.starts[last]))
        return Runs(*(getattr(self.runs, name)[here] for name in Runs.__struct_fields__)), self.piece[here]


class Found(Struct, frozen=True):
    """The gaps, and what was too small or too much to be listed: how many, and how much of cells × hours."""

    openings: list[Opening]
    left_out: int
    left_out_cell_hours: int
    ownership: Ownership


def hours_open(cover: Cover, area: Bits, weights: NDArray[np.int64]) -> NDArray[np.uint8]:
    """How many hours of the week each cell of an area lies open: uint8[rows, cols]. `weights`: hours by class."""
    found = np.zeros((area.shape[0], cover.cols), np.uint8)
    for number in range(cover.classes):
        found += bits.unpack(cover.open(number, area), cover.cols).astype(np.uint8) * np.uint8(weights[number])
    return found


def find(
    cover: Cover,
    area: Bits,
    grid: Grid,
    weights: NDArray[np.int64],
    smallest_m2: float,
    progress: Callable[[float], None] = lambda _: None,
    threads: int | None = None,
) -> Found:
    """The gaps of an area with at least `smallest_m2` of ground, in the order of their first cell."""
    strips = _Strips(cover, area, grid, threads)
    whole = strips.runs(weights)
    progress(0.2)
    kept, piece, left_out, left_out_hours = _pieces(whole, smallest_m2 / grid.cell_area)
    starts = np.searchsorted(whole.row, np.arange(grid.rows + 1)).astype(np.int64)
    ownership = Ownership(whole, piece, starts)
    counts = strips.counts(ownership, len(kept))
    progress(0.4)
    worst = np.argmax(counts, axis=0) if len(kept) else np.empty(0, np.int64)
    deepest = np.full((len(kept), 3), -1, np.int64)
    known = np.zeros(len(kept), bool)
    for number in sorted(set(worst.tolist())):
        known[worst == number] = strips.depths(number, ownership, worst == number, deepest)
    progress(0.7)
    order = np.argsort(piece, kind="stable")
    edges = np.searchsorted(piece[order], np.arange(len(kept) + 1))
    found = []
    for number, (band, row0, col0, cell_hours) in enumerate(kept):
        mine = order[edges[number] : edges[number + 1]]
        row, col0s, col1s = whole.row[mine], whole.col0[mine], whole.col1[mine]
        square, at_row, at_col = deepest[number].tolist()
        found.append(
            Opening(
                f"{BANDS[band][0]}-{at_row}-{at_col}",
                BANDS[band],
                row0,
                col0,
                row,
                col0s,
                col1s,
                outline(grid, row, col0s, col1s),
                tuple(counts[:, number].tolist()),
                cell_hours,
                int(worst[number]),
                (at_row, at_col),
                round(float(np.sqrt(square)) * grid.cell) if known[number] else None,
            )
        )
        progress(0.7 + 0.3 * (number + 1) / len(kept))
    return Found(found, left_out, left_out_hours, ownership)


def hours_within(
    cover: Cover, area: Bits, grid: Grid, weights: NDArray[np.int64], ownership: Ownership, count: int
) -> NDArray[np.int64]:
    """Cells × hours that lie open in each gap by another cover of the same frame: int64[count]."""
    found = np.zeros(count, np.int64)
    for first, last, part, ground in _Strips(cover, area, grid, None):
        here, piece = ownership.part(first, last)
        runs.sum_week(hours_open(part, ground, weights), first, here.row, here.col0, here.col1, piece, found)
    return found


def hours_covered(
    cover: Cover, area: Bits, grid: Grid, weights: NDArray[np.int64], ownership: Ownership, count: int
) -> NDArray[np.int64]:
    """Cells × hours that somebody covers in each gap, and in the rest of the area: int64[count + 1]."""
    return _counted(
        cover, area, grid, ownership, count, lambda part, number, ground: part.anyone(number) & ground
    ).T @ (weights)


def open_cells(cover: Cover, area: Bits, grid: Grid, ownership: Ownership, count: int) -> NDArray[np.int64]:
    """How many cells lie open by class of hours, in each gap and in the rest of the area: int64[classes, count + 1].

    The gaps need not be those of this cover.
    """
    return _counted(cover, area, grid, ownership, count, lambda part, number, ground: part.open(number, ground))


def _counted(
    cover: Cover, area: Bits, grid: Grid, ownership: Ownership, count: int, wanted: Callable[[Cover, int, Bits], Bits]
) -> NDArray[np.int64]:
    found = np.zeros((cover.classes, count + 1), np.int64)
    for first, last, part, ground in _Strips(cover, area, grid, None):
        here, piece = ownership.part(first, last)
        for number in range(cover.classes):
            cells = wanted(part, number, ground)
            inside = np.zeros(count, np.int64)
            runs.count_open(cells, first, here.row, here.col0, here.col1, piece, inside)
            found[number, :count] += inside
            found[number, count] += bits.count(cells) - int(inside.sum())
    return found


class _Strips:
    """A cover and an area, a strip of rows at a time."""

    def __init__(self, cover: Cover, area: Bits, grid: Grid, threads: int | None) -> None:
        self.cover = cover
        self.area = area
        self.grid = grid
        self.threads = threads
        self.height = max(1, min(grid.rows, STRIP_CELLS // max(1, grid.cols)))
        self.tops = list(range(0, grid.rows, self.height))

    def __iter__(self) -> Any:
        return (self.strip(top) for top in self.tops)

    def strip(self, first: int) -> tuple[int, int, Cover, Bits]:
        """First row, the one after the last, and what is there."""
        last = min(self.grid.rows, first + self.height)
        part = np.s_[:, :, first:last]
        cover = Cover(np.asarray(self.cover.covered[part]), np.asarray(self.cover.unknown[part]), self.cover.cols)
        return first, last, cover, self.area[first:last]

    def runs(self, weights: NDArray[np.int64]) -> Runs:
        """The runs of open ground."""
        found: list[Runs] = [runs.of_week(np.zeros((0, 0), np.uint8), 0)] * len(self.tops)

        def one(place: int) -> None:
            first, _, cover, area = self.strip(self.tops[place])
            found[place] = runs.of_week(hours_open(cover, area, weights), first)

        overlay.spread(one, len(self.tops), self.threads)
        return runs.together(found)

    def counts(self, ownership: Ownership, count: int) -> NDArray[np.int64]:
        """How many cells of each gap are open in each class of hours: int64[classes, count]."""
        found = np.zeros((self.cover.classes, count), np.int64)
        for first, last, cover, area in self:
            here, piece = ownership.part(first, last)
            for number in range(cover.classes):
                opened = cover.open(number, area)
                runs.count_open(opened, first, here.row, here.col0, here.col1, piece, found[number])
        return found

    def depths(self, number: int, ownership: Ownership, wanted: NDArray[np.bool_], deepest: NDArray[np.int64]) -> bool:
        """The deepest cell of the wanted gaps in a class of hours; whether there is covered ground to be far from."""
        somewhere = any(cover.anyone(number).any() for _, _, cover, _ in self)

        def mine(first: int, last: int) -> tuple[Runs, NDArray[np.int64]]:
            here, piece = ownership.part(first, last)
            return here, np.where((piece >= 0) & wanted[piece], piece, -1)

        def kinds(first: int, last: int) -> NDArray[np.int32]:
            _, _, cover, area = self.strip(first)
            if somewhere:
                return (~bits.unpack(cover.anyone(number), cover.cols)).astype(np.int32)
            here, piece = mine(first, last)
            found = np.zeros((last - first, cover.cols), np.int32)
            runs.paint(found, first, here.row, here.col0, here.col1, piece)
            return np.where(bits.unpack(cover.open(number, area), cover.cols), found, 0).astype(np.int32)

        strips = depth.squares(
            kinds, self.grid.rows, self.grid.cols, self.height, edge=not somewhere, threads=self.threads
        )
        for top, found in strips:
            _, last, cover, area = self.strip(top)
            here, piece = mine(top, last)
            depth.deepest(found, cover.open(number, area), top, here.row, here.col0, here.col1, piece, deepest)
        return bool(somewhere)


Piece = tuple[int, int, int, int]
"""Band, first row and column of the box, cells × hours."""


def _pieces(whole: Runs, smallest: float) -> tuple[list[Piece], NDArray[np.int64], int, int]:
    """The gaps that are listed, which of them each run belongs to (-1: none), and how much is left out."""
    if not len(whole.row):
        return [], np.empty(0, np.int64), 0, 0
    roots, of = np.unique(runs.roots(whole.row, whole.col0, whole.col1, whole.band), return_inverse=True)
    cells = np.bincount(of, weights=whole.cells).astype(np.int64)
    hours = np.bincount(of, weights=whole.hours).astype(np.int64)
    left = np.full(len(roots), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(left, of, whole.col0)
    top, band = whole.row[roots], whole.band[roots]
    large = np.flatnonzero(cells >= smallest)
    kept = large[np.lexsort((left[large], top[large], -hours[large]))][:MOST]
    # in the order of names, as bands are sorted: constant, half, seldom
    kept = kept[np.lexsort((band[kept], left[kept], top[kept]))]
    number = np.full(len(roots), -1, np.int64)
    number[kept] = np.arange(len(kept))
    pieces = [(int(band[n]), int(top[n]), int(left[n]), int(hours[n])) for n in kept]
    return pieces, number[of], len(roots) - len(kept), int(hours.sum() - hours[kept].sum())


def in_degrees(grid: Grid, polygon: shapely.Polygon) -> dict[str, Any]:
    """A GeoJSON geometry (degrees, RFC 7946) of an outline, valid; smoothed by less than a cell unless large."""

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = grids.to_degrees(grid, points[:, 0], points[:, 1])
        return np.round(np.stack([lon, lat], axis=1) / grids.E7, DECIMALS)

    if shapely.get_num_coordinates(polygon) > SMOOTHED:
        # corners of cells stay apart and those that touch stay one, so it is valid as it is
        return dict(shapely.geometry.mapping(shapely.orient_polygons(shapely.transform(polygon, degrees))))
    smooth = shapely.simplify(polygon, grid.cell * 0.75, preserve_topology=True)
    found = shapely.make_valid(shapely.transform(smooth, degrees))
    parts = [one for one in shapely.get_parts(found) if one.geom_type in ("Polygon", "MultiPolygon")]
    solid = shapely.orient_polygons(shapely.union_all(parts))
    return dict(shapely.geometry.mapping(solid))
