"""Tiles of the map of incidents: one mark for all of a small square of the screen, each report where it stands alone.

A place that was told as a square is never a point: where the square is larger than a cell of the tile it is drawn as
it is, with how many reports lie somewhere in it; where it is smaller it is counted in its cell, and the mark says of
how many of its reports only a square is known.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.geo import squares
from tansiq.geo.vector_tile import EXTENT, Feature, tile
from tansiq.incidents.atlas import (
    BITS,
    CATEGORIES,
    E7,
    NOT_TOLD,
    STEPS,
    Atlas,
    Bools,
    Chosen,
    Ints,
    apart,
    chosen,
    steps_of,
)

DEEPEST: Final = 15
PART_BITS: Final = 3
PARTS: Final = 1 << PART_BITS
"""Cells along the side of a tile: 64 pixels each, since a tile is drawn 512 wide."""

EARTH_M: Final = 40_075_016.686
INSET: Final = 0.22
"""Of a cell: so far from its edge a mark stands at least, so that those of neighbours do not cover each other."""


def tile_of(atlas: Atlas, zoom: int, x: int, y: int, asked: Chosen) -> bytes:
    """The vector tile: `marks` of two reports or more, `single` reports, `squares` that were told, `tallies` in them.

    `single` and `squares` hold a `ref` where they are of one report; `w`, `s`, `e`, `n` of a mark bound its reports.
    """
    rows = _within(atlas, zoom, x, y)
    rows = rows[chosen(atlas, rows, asked)]
    part = EARTH_M * _narrowing(zoom, y) / (1 << zoom) / PARTS
    large = atlas.columns.size[rows] > part
    marks, single = _marks(atlas, rows[~large], zoom, x, y)
    drawn, tallies = _squares(atlas, zoom, x, y, asked, part)
    return tile({"squares": drawn, "marks": marks, "tallies": tallies, "single": single})


def _narrowing(zoom: int, y: int) -> float:
    """How much shorter a metre of the tile is on the ground than at the equator."""
    return float(1 / np.cosh(np.pi * (1 - 2 * (y + 0.5) / (1 << zoom))))


def _within(atlas: Atlas, zoom: int, x: int, y: int) -> Ints:
    """The rows of a tile, along the order of places."""
    shift = 2 * (BITS - zoom)
    first = sum((x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1 for bit in range(zoom)) << shift
    low, high = np.searchsorted(atlas.places, [first, first + (1 << shift)])
    return atlas.by_place[low:high]


def _marks(atlas: Atlas, rows: Ints, zoom: int, x: int, y: int) -> tuple[list[Feature], list[Feature]]:
    columns = atlas.columns
    if not len(rows):
        return [], []
    place = columns.place[rows]
    east, south = apart(place)
    size = STEPS >> zoom
    # along the order of places the reports of a cell follow each other
    cell = place >> 2 * (BITS - zoom - PART_BITS)
    starts = np.flatnonzero(np.concatenate([[True], cell[1:] != cell[:-1]]))
    counts = np.diff(np.concatenate([starts, [len(rows)]]))
    coarse = np.add.reduceat((columns.size[rows] > 0).astype(np.int64), starts)
    middle_x = (np.add.reduceat(east, starts) / counts - x * size) / size * EXTENT
    middle_y = (np.add.reduceat(south, starts) / counts - y * size) / size * EXTENT
    lat, lon = columns.lat[rows], columns.lon[rows]
    bounds = [
        edge.reduceat(values, starts)
        for edge, values in ((np.minimum, lon), (np.minimum, lat), (np.maximum, lon), (np.maximum, lat))
    ]
    marks, single = [], []
    for number, start in enumerate(starts.tolist()):
        count, rough = int(counts[number]), int(coarse[number])
        at = (float(middle_x[number]), float(middle_y[number]))
        if count == 1 and not rough:
            single.append(Feature([(round(at[0]), round(at[1]))], _single(atlas, int(rows[start]))))
            continue
        west, south_, east_, north = (int(edge[number]) for edge in bounds)
        tags: dict[str, int | str] = {"count": count, "coarse": rough, "label": short(count)}
        tags |= {"w": west, "s": south_, "e": east_, "n": north}
        marks.append(Feature([_inset(at)], tags))
    return marks, single


def _single(atlas: Atlas, row: int) -> dict[str, int | str]:
    columns = atlas.columns
    category = int(columns.category[row])
    return {
        "ref": atlas.ref(row),
        "party": atlas.names[int(columns.party[row])],
        "category": "other" if category == NOT_TOLD else CATEGORIES[category],
        "accuracy": int(columns.accuracy[row]),
    }


def _inset(at: tuple[float, float]) -> tuple[int, int]:
    part = EXTENT / PARTS

    def inset(value: float) -> int:
        edge = value // part * part
        return round(min(max(value, edge + INSET * part), edge + (1 - INSET) * part))

    return inset(at[0]), inset(at[1])


def short(count: int) -> str:
    """A count in two digits beyond a hundred (`340`, `1.2k`, `15k`), rounded down: few words for many marks."""
    if count < 100:
        return str(count)
    if count < 1000:
        return str(count // 10 * 10)
    if count < 10_000:
        return f"{count // 100 / 10:g}k"
    if count < 100_000:
        return f"{count // 1000}k"
    return f"{count // 10_000 * 10}k"


def _squares(
    atlas: Atlas, zoom: int, x: int, y: int, asked: Chosen, part: float
) -> tuple[list[Feature], list[Feature]]:  # fmt: skip
    """Told squares larger than a cell that reach into the tile, and how many lie in each whose middle is in it."""
    columns = atlas.columns
    rows = _near(atlas, zoom, x, y, part)
    rows = rows[chosen(atlas, rows, asked)]
    if not len(rows):
        return [], []
    key = np.stack([columns.lat[rows], columns.lon[rows], columns.size[rows]])
    distinct, first, counts = np.unique(key, axis=1, return_index=True, return_counts=True)
    rings = _on_tile(squares.corners(*distinct), zoom, x, y)
    middles = _on_tile(np.stack([distinct[1], distinct[0]], axis=-1)[:, None, :] / E7, zoom, x, y)[:, 0]
    east, south = (steps >> BITS - zoom for steps in apart(columns.place[rows[first]]))
    here = (east == x) & (south == y)  # by its steps: rounded, a middle on the edge would lie in the next tile
    drawn, tallies = [], []
    for number, count in enumerate(counts.tolist()):
        tags: dict[str, int | str] = {"count": count, "size": int(distinct[2, number])}
        if count == 1:
            tags["ref"] = atlas.ref(int(rows[first[number]]))
        ring = [(int(one[0]), int(one[1])) for one in rings[number]]
        drawn.append(Feature(ring, tags))
        if here[number]:
            at = (int(middles[number, 0]), int(middles[number, 1]))
            lat, lon = int(distinct[0, number]), int(distinct[1, number])
            bounds = {"w": lon, "s": lat, "e": lon, "n": lat}
            tallies.append(Feature([at], {**tags, "coarse": count, "label": short(count), **bounds}))
    return drawn, tallies


def _near(atlas: Atlas, zoom: int, x: int, y: int, part: float) -> Ints:
    """Rows told as squares larger than a cell that may reach into the tile."""
    columns = atlas.columns
    rows = atlas.by_place[columns.size[atlas.by_place] > part]
    if not len(rows):
        return rows
    east, south = apart(columns.place[rows])
    size = STEPS >> zoom
    # half a square is less than its whole side of steps, however it is turned
    reach = columns.size[rows] / (EARTH_M * _narrowing(zoom, y)) * STEPS
    near: Bools = (np.abs(east - (x + 0.5) * size) < size / 2 + reach) & (
        np.abs(south - (y + 0.5) * size) < size / 2 + reach
    )
    return rows[near]


def _on_tile(points: NDArray[np.float64], zoom: int, x: int, y: int) -> Ints:
    """Longitude and latitude (degrees, in the last axis) in the units of a tile."""
    east, south = steps_of(points[..., 1], points[..., 0])
    size = STEPS >> zoom
    on = np.stack([(east / size - x) * EXTENT, (south / size - y) * EXTENT], axis=-1)
    return np.round(on).astype(np.int64)
