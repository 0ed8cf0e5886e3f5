"""How thick each party's reports lie round a place and a day: what chance alone would put near a report.

Counted in squares of several sides, the one taken that is about as wide as the places at hand are known: a town is
thick and the valley beside it is not. Where little is counted the wider ground round it speaks with (the mean of a
gamma prior for a Poisson rate, which is worth `WORTH` reports).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tansiq.geo.apart import DEGREE_M, E7
from tansiq.incidents.account import DAY_MS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIDES_M: Final = (4000.0, 8000.0, 16_000.0, 32_000.0, 64_000.0, 128_000.0)
WIDE: Final = 3
"""Which of the sides is the wider ground."""
BIN_MS: Final = 3 * DAY_MS + DAY_MS // 2
AROUND: Final = (-1, 0, 1)
WORTH: Final = 2.0
_COLUMNS: Final = 1 << 15
_ROWS: Final = 1 << 14


class Crowd(Struct, frozen=True):
    """`counts` of reports in the three by three squares and three bins round each report, by side, report and party;
    `narrower` is by how much the ground is narrower there than a degree of the middle latitude.
    """

    counts: npt.NDArray[np.float32]
    narrower: Floats


def crowd_of(lat: Floats, lon: Floats, start: Ints, party: Ints) -> Crowd:
    """Of reports at these places (degrees × 10⁷) and times (ms), of parties by number."""
    middle = float(np.cos(np.radians(np.median(lat) / E7))) if len(lat) else 1.0
    parties = int(party.max()) + 1 if len(party) else 0
    counts = np.zeros((len(SIDES_M), len(lat), parties), np.float32)
    for at, side in enumerate(SIDES_M):
        row = np.floor((lat / E7 + 90) * DEGREE_M / side).astype(np.int64) + 1
        column = np.floor((lon / E7 + 180) * DEGREE_M * middle / side).astype(np.int64) + 1
        codes = ((start // BIN_MS + 1) * _ROWS + row) * _COLUMNS + column
        cells, of = np.unique(codes, return_inverse=True)
        held = np.zeros((len(cells), parties), np.float32)
        np.add.at(held, (of, party), 1)
        counts[at] = _round(cells, held)[of]
    return Crowd(counts, np.cos(np.radians(lat / E7)) / middle)


def _round(cells: Ints, held: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What each cell holds together with those that touch it in place and time."""
    found = np.zeros_like(held)
    for later in AROUND:
        for north in AROUND:
            for east in AROUND:
                sought = cells + (later * _ROWS + north) * _COLUMNS + east
                at = np.minimum(np.searchsorted(cells, sought), len(cells) - 1)
                there = cells[at] == sought
                found[there] += held[at[there]]
    return found


def thickness(crowd: Crowd, at: Ints, one: Ints, other: Ints, area: Floats) -> Floats:
    """Reports per square metre and millisecond of the busier of two parties (`one`, `other`, by number) round reports
    (`at`), over about as much ground as `area` (m²); the two reports that are compared left out.
    """
    side = np.searchsorted(np.array(SIDES_M), np.minimum(np.sqrt(area) / len(AROUND), SIDES_M[-1]))
    wide = np.maximum(side, WIDE)
    rate_round = np.maximum(_most(crowd, wide, at, one, other), 1.0) / _volume(crowd, wide, at)
    counted = np.maximum(_most(crowd, side, at, one, other) - 1, 0)
    rate: Floats = (counted + WORTH) / (_volume(crowd, side, at) + WORTH / rate_round)
    return rate


def _most(crowd: Crowd, side: Ints, at: Ints, one: Ints, other: Ints) -> Floats:
    return np.maximum(crowd.counts[side, at, one], crowd.counts[side, at, other]).astype(np.float64)


def _volume(crowd: Crowd, side: Ints, at: Ints) -> Floats:
    ground = (np.array(SIDES_M)[side] * len(AROUND)) ** 2 * crowd.narrower[at]
    volume: Floats = ground * BIN_MS * len(AROUND)
    return volume
