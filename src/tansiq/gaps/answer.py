"""The answer of an analysis, what it is made with, and the bytes by which two nodes compare theirs."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import ENGINE, bits
from tansiq.gaps.bits import Bits
from tansiq.gaps.cover import Cover
from tansiq.gaps.expected import LEVEL, Expected, spread
from tansiq.gaps.exposure import Parts, Rate
from tansiq.gaps.frame import bounds
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.gaps.openings import Opening, in_degrees
from tansiq.gaps.question import Options, question
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

ROWS: Final = 1024
"""Rows of a bitmap that are taken into the digest at once."""


class Nearest(Struct, frozen=True):
    """A party's post nearest to a gap (m from its edge) and the travel time of its nearest base to the deepest cell.

    `times` are these seconds by condition of the ground, None where they were not asked for.
    """

    ref: str | None
    metres: int | None
    seconds: int | None
    times: dict[str, int | None] | None = None


class Incidents(Struct, frozen=True):
    """How many incidents lie in a gap, how many of them a side found by watching, and the rate of the others.

    `watched` is how much of it is covered (km² × hours a week), `found_rate` the rate of the found ones per 100 km² and
    year of watching, None where nobody ever watches.
    """

    count: int
    found: int
    rate: Rate
    watched: float = 0.0
    found_rate: Rate | None = None


class Gap(Struct, frozen=True):
    """One gap with all that is known of it; `trend` is km² × hours more than a week before, None where not asked."""

    opening: Opening
    hours: str
    nearest: dict[str, Nearest]
    incidents: Incidents
    settlements: int
    roads_km: float
    parts: Parts
    rank: int
    rank_without: dict[str, int]
    trend: float | None


class Answer(Struct, frozen=True):
    """All of it. `number` is the class of each hour of the week, `first` the first hour of each class.

    `week_before` counts the cells that lay open in each hour of the week before, None where not asked; `expected` is
    what elevation error leaves to expect, None where not asked or where there is no elevation.
    """

    inputs: Inputs
    before: Inputs | None
    layers: dict[str, str]
    options: Options
    grid: Grid
    area: Bits
    number: NDArray[np.int64]
    first: NDArray[np.int64]
    cover: Cover
    gaps: list[Gap]
    missing: list[str]
    left_out: int
    left_out_km2_hours: float
    week_before: tuple[int, ...] | None = None
    expected: Expected | None = None

    @property
    def engine(self) -> str:
        """Which engine worked it out."""
        return ENGINE

    def question(self) -> str:
        """SHA-256 (hex) of what was asked: inputs, layers, options, engine."""
        return question(self.inputs, self.layers, self.options, self.before)

    def digest(self) -> str:
        """SHA-256 (hex) of what was asked and of everything that came out: bitmaps, and the list of gaps."""
        total = hashlib.sha256(self.question().encode())
        for array in (self.area, self.cover.covered, self.cover.unknown):
            for plane in array.reshape(-1, *array.shape[-2:]):
                for top in range(0, len(plane), ROWS):
                    total.update(plane[top : top + ROWS].astype("<u8").tobytes())
        total.update(self.number.astype("<i8").tobytes())
        total.update(msgspec.json.encode(self.week_before))
        if self.expected is not None:
            for counts in (self.expected.open_cells, *self.expected.planes, *self.expected.doubts):
                total.update(np.ascontiguousarray(counts).astype("<u8").tobytes())
        for gap in self.gaps:
            row = [
                [gap.opening.id, gap.opening.cells, gap.opening.cell_hours, gap.opening.depth_m, gap.hours],
                gap.nearest,
                gap.incidents,
                [gap.settlements, gap.roads_km, gap.parts, gap.rank, gap.trend],
                gap.rank_without,
            ]
            total.update(msgspec.json.encode(row, order="sorted"))
        return total.hexdigest()


def as_json(answer: Answer, layers: Layers) -> dict[str, Any]:
    """The answer for desks and scripts: degrees, km², hours."""
    grid = answer.grid
    places = {gap.opening.id: number for number, gap in enumerate(answer.gaps)}
    before = answer.week_before
    return {
        "digest": answer.digest(),
        "question": answer.question(),
        "engine": answer.engine,
        "area": answer.inputs.area,
        "at": answer.inputs.at,
        "grid": {**msgspec.to_builtins(grid), "bounds": bounds(grid)},
        "parties": list(answer.inputs.parties),
        "based_on": msgspec.to_builtins(answer.inputs.based_on),
        "missing": answer.missing,
        "classes": answer.number.tolist(),
        "hours": [_class(answer, number) for number in range(answer.cover.classes)],
        "week_before": None if before is None else [km2(grid, cells) for cells in before],
        "expected": _expected(answer),
        "gaps": [
            {**_gap(answer, gap), "expected": _expected_of(answer, places[gap.opening.id])}
            for gap in sorted(answer.gaps, key=lambda gap: gap.rank)
        ],
        "left_out": {"gaps": answer.left_out, "km2_hours": answer.left_out_km2_hours},
        "bridges": _bridges(grid, layers),
        "parameters": {
            **msgspec.to_builtins(answer.options),
            "rule": msgspec.to_builtins(answer.inputs.rule),
            "layers": answer.layers,
            "unplaced_incidents": answer.inputs.unplaced,
            "closed": list(answer.inputs.closed),
        },
    }


def km2(grid: Grid, cells: int) -> float:
    """The ground of so many cells, to a hectare."""
    return round(cells * grid.cell_area / 1e6, 2)


def _class(answer: Answer, number: int) -> dict[str, Any]:
    cover, area = answer.cover, answer.area
    covered = {
        party: km2(answer.grid, bits.count(cover.covered[place, number] & area))
        for place, party in enumerate(answer.inputs.parties)
    }
    return {
        "open_km2": km2(answer.grid, bits.count(cover.open(number, area))),
        "unknown_km2": km2(answer.grid, bits.count(cover.unsure(number) & area)),
        "covered_km2": covered,
        "both_km2": km2(answer.grid, bits.count(cover.everyone(number) & area)),
    }


def _gap(answer: Answer, gap: Gap) -> dict[str, Any]:
    opening = gap.opening
    return {
        "id": opening.id,
        "band": opening.band,
        "polygon": in_degrees(answer.grid, opening.outline),
        "area_km2": km2(answer.grid, opening.cells),
        "classes_open": [number for number, cells in enumerate(opening.open_cells) if cells],
        "hours_per_week": round(opening.cell_hours / opening.cells, 1),
        "hours": gap.hours,
        "depth_m": opening.depth_m,
        "nearest": msgspec.to_builtins(gap.nearest),
        "incidents": {
            "count": gap.incidents.count,
            "found": gap.incidents.found,
            "rate": gap.incidents.rate.mean,
            "low": gap.incidents.rate.low,
            "high": gap.incidents.rate.high,
            "level": gap.incidents.rate.level,
            "prior": gap.incidents.rate.prior,
            "watched_km2_hours": gap.incidents.watched,
            "found_rate": msgspec.to_builtins(gap.incidents.found_rate),
        },
        "settlements": gap.settlements,
        "roads_km": gap.roads_km,
        "exposure": gap.parts.exposure,
        "parts": msgspec.to_builtins(gap.parts),
        "rank": gap.rank,
        "rank_without": gap.rank_without,
        "trend": gap.trend,
    }


def _expected(answer: Answer) -> dict[str, Any] | None:
    """The open ground of the area to expect in each class of hours (km²), and over the week (km² × hours)."""
    found = answer.expected
    if found is None:
        return None
    whole = found.open_cells.sum(axis=2)
    unit = answer.grid.cell_area / 1e6
    weights = np.bincount(answer.number, minlength=len(answer.first))
    return {
        "draws": found.draws,
        "level": LEVEL,
        "week": msgspec.to_builtins(spread(whole @ weights, unit)),
        "hours": [msgspec.to_builtins(spread(whole[:, number], unit)) for number in range(whole.shape[1])],
    }


def _expected_of(answer: Answer, place: int) -> dict[str, Any] | None:
    """The same of one gap; classes in which it is open in no draw are left out."""
    found = answer.expected
    if found is None:
        return None
    unit = answer.grid.cell_area / 1e6
    counts = found.open_cells[:, :, place]
    weights = np.bincount(answer.number, minlength=len(answer.first))
    return {
        "week": msgspec.to_builtins(spread(counts @ weights, unit)),
        "hours": {
            str(number): msgspec.to_builtins(spread(counts[:, number], unit))
            for number in range(counts.shape[1])
            if counts[:, number].any()
        },
    }


def _bridges(grid: Grid, layers: Layers) -> list[dict[str, Any]]:
    found = layers.bridges()
    if not found:
        return []
    lon, lat = grids.to_degrees(grid, np.array([x for _, x, _ in found]), np.array([y for _, _, y in found]))
    return [
        {"id": name, "lon": int(east) / grids.E7, "lat": int(north) / grids.E7}
        for (name, _, _), east, north in zip(found, lon, lat, strict=True)
    ]
