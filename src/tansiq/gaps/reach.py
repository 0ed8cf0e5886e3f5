"""Reach: how long it takes to come to every cell from the nearest base, and which base that is.

The answer is Dijkstra's, to the last 1/1024 s, but not found in his order. The frame is swept block by block: inside a
block rows are relaxed downward and upward, sixteen cells to a vector instruction, until no time falls; a block whose
edge changed calls its neighbours, and the block with the earliest news goes next. Times are whole numbers, so the
shortest ones are the same in whatever order they are found: on every machine, bit for bit. Why this and not a queue of
buckets stands in docs/decisions/reach.md.

Attribution runs the same sweeps on time and base in one number: of two bases that are as near, the first is named.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps.bits import Bits, pack
from tansiq.gaps.edges import Codes
from tansiq.gaps.ground import Ground, Mask, blocks, moves_of
from tansiq.gaps.sweeps import BLOCK, HALO, TICKS, Floats, Whole, settle

MAX_CUTOFF_S: Final = 1_000_000.0
"""Eleven days: with the largest move the sum stays within 31 bits."""

MAX_SOURCES: Final = 1 << 20
LABEL_BITS: Final = 20
NOBODY: Final = -1

EIGHT: Final = 8
SIXTEEN: Final = 16

Cells = NDArray[np.int32]
Times = NDArray[np.float32]


class Sources(Struct, frozen=True):
    """Bases: row and column of the cell, and how long until they set out (s)."""

    rows: Cells
    cols: Cells
    start_s: Floats


class Reach(Struct, frozen=True):
    """Who comes when.

    `time_s` is float32[rows, cols], inf where not within the cut-off; `nearest` int32[rows, cols], the number of the
    source that comes first, -1 where none does. `unknown` is ground that may be within the cut-off and is not known to
    be: its own terrain is unknown, or the way there is.
    """

    time_s: Times
    nearest: Cells
    unknown: Mask


def travel_time(ground: Ground, sources: Sources, cutoff_s: float, *, neighbours: int = SIXTEEN) -> Times:
    """Seconds to every cell from the source that comes first: float32[rows, cols], inf where not within the cut-off.

    Raises MalformedInput `reach.outside` for a source outside of the ground, `reach.start` for a start that is no time,
    `reach.cutoff` for a cut-off that is not between 0 and eleven days, `reach.neighbours` for other than 8 and 16,
    `reach.sources` for more than 2²⁰.
    """
    return _seconds(_search(ground, ground.codes, sources, cutoff_s, neighbours, 0), cutoff_s)


def reach(ground: Ground, sources: Sources, cutoff_s: float, *, neighbours: int = SIXTEEN) -> Reach:
    """Time, nearest source and what remains unknown; refused like `travel_time`."""
    found = _search(ground, ground.codes, sources, cutoff_s, neighbours, LABEL_BITS)
    time_s = _seconds(found >> LABEL_BITS, cutoff_s)
    within_it = np.isfinite(time_s)
    nearest = np.where(within_it, found & ((1 << LABEL_BITS) - 1), NOBODY).astype(np.int32)
    return Reach(time_s, nearest, _unknown(ground, sources, cutoff_s, neighbours, within_it))


def of_parties(
    ground: Ground,
    parties: Sequence[Sources],
    cutoff_s: float,
    *,
    neighbours: int = SIXTEEN,
    threads: int | None = None,
) -> list[Reach]:
    """The reach of every party on the same ground, one thread each; the order of the threads changes nothing."""
    with ThreadPoolExecutor(max(1, min(threads or os.cpu_count() or 1, len(parties)))) as pool:
        return list(pool.map(lambda sources: reach(ground, sources, cutoff_s, neighbours=neighbours), parties))


def within(time_s: Times, minutes: float) -> Bits:
    """The ground that is reached within so many minutes, as a bitmap."""
    return pack(time_s <= np.float32(minutes * 60))


def _unknown(ground: Ground, sources: Sources, cutoff_s: float, neighbours: int, within_it: Mask) -> Mask:
    if not ground.unknown.any():
        return np.zeros(within_it.shape, bool)
    best = _search(ground, ground.loose, sources, cutoff_s, neighbours, 0)
    return np.asarray(np.isfinite(_seconds(best, cutoff_s)) & ~within_it)


def _seconds(ticks: Whole, cutoff_s: float) -> Times:
    """Ticks to seconds; what no source reached still holds the tick after the cut-off."""
    time_s = (ticks * np.float32(1.0 / TICKS)).astype(np.float32)
    time_s[ticks > int(cutoff_s * TICKS)] = np.inf
    return time_s


def _search(ground: Ground, codes: Codes, sources: Sources, cutoff_s: float, neighbours: int, labels: int) -> Whole:
    """Times in ticks, above `labels` bits of the source's number: int32 or int64[rows, cols]."""
    _check(ground, sources, cutoff_s, neighbours)
    kind = np.int64 if labels else np.int32
    times = np.full(ground.pace.shape, kind((int(cutoff_s * TICKS) + 1) << labels), kind)
    ticks = np.rint(sources.start_s.astype(np.float64) * TICKS).astype(np.int64)
    starts = ((ticks << labels) + np.arange(len(ticks)) * bool(labels)).astype(kind)
    down, across = blocks(ground)
    news = np.full((down, across), np.iinfo(kind).max, kind)
    np.minimum.at(times, (sources.rows + HALO, sources.cols + HALO), starts)
    for right in (-HALO, 0, HALO):
        for below in (-HALO, 0, HALO):
            rows, cols = (
                np.clip(sources.rows + below, 0, ground.rows - 1),
                np.clip(sources.cols + right, 0, ground.cols - 1),
            )
            np.minimum.at(news, (rows // BLOCK, cols // BLOCK), starts)
    settle(times.reshape(-1), news, moves_of(ground, codes), neighbours == SIXTEEN, np.int64(1 << labels))
    return times[HALO : ground.rows + HALO, HALO : ground.cols + HALO]


def _check(ground: Ground, sources: Sources, cutoff_s: float, neighbours: int) -> None:
    if neighbours not in (EIGHT, SIXTEEN):
        raise MalformedInput("reach.neighbours", neighbours=neighbours)
    if not (math.isfinite(cutoff_s) and 0 <= cutoff_s <= MAX_CUTOFF_S):
        raise MalformedInput("reach.cutoff", seconds=str(cutoff_s), limit=int(MAX_CUTOFF_S))
    if len(sources.rows) > MAX_SOURCES:
        raise MalformedInput("reach.sources", count=len(sources.rows), limit=MAX_SOURCES)
    outside = (sources.rows < 0) | (sources.rows >= ground.rows) | (sources.cols < 0) | (sources.cols >= ground.cols)
    if outside.any():
        raise MalformedInput("reach.outside", source=int(np.flatnonzero(outside)[0]))
    wrong = ~((sources.start_s >= 0) & (sources.start_s <= MAX_CUTOFF_S))
    if wrong.any():
        raise MalformedInput("reach.start", source=int(np.flatnonzero(wrong)[0]))
