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
    """A party's post nearest to a gap (m from its edge) and the travel time of its nearest base to the deepest cell."""

    ref: str | None
    metres: int | None
    seconds: int | None


class Incidents(Struct, frozen=True):
    """How many incidents lie in a gap, how many of them a side found by watching, and the rate of the others."""

    count: int
    found: int
    rate: Rate


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
    """All of it. `number` is the class of each hour of the week, `first` the first hour of each class."""

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
        "gaps": [_gap(answer, gap) for gap in sorted(answer.gaps, key=lambda gap: gap.rank)],
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
        },
        "settlements": gap.settlements,
        "roads_km": gap.roads_km,
        "exposure": gap.parts.exposure,
        "parts": msgspec.to_builtins(gap.parts),
        "rank": gap.rank,
        "rank_without": gap.rank_without,
        "trend": gap.trend,
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
