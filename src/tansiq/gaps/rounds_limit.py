"""What no daily rounds can pass, whatever their way: from how far one drives in the time and how wide a corridor is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from tansiq.gaps import bits
from tansiq.gaps.answer import Answer
from tansiq.gaps.ground import Ground
from tansiq.gaps.lacking import Lacking
from tansiq.gaps.sites import PatrolsAsked
from tansiq.gaps.sweeps import TICKS
from tansiq.gaps.timetable import HOURS

DAY: Final = 24
HOUR_S: Final = 3600


def ceiling(answer: Answer, short: Lacking, asked: PatrolsAsked, width: int, grounds: Sequence[Ground]) -> int:
    """No daily rounds as asked close more (cell-hours of a week), whatever their way and whenever they set out.

    A round is under way at most so many hours and counts for so many after, so a cell is closed at most in its best
    stretch of that many hours of the day; the cells of a corridor are no more than fit into it, and it is no longer
    than one drives in the time at the best pace there is.
    """
    holds = max(short.closes)
    window = min(DAY, asked.longest_h + holds - 1)
    cols = answer.grid.cols
    ground = np.bitwise_or.reduce([one for by_party in short.closes.values() for one in by_party.values()])
    by_hour = np.zeros((DAY, *answer.grid.shape), np.int16)
    cells = [bits.unpack(one, cols) for one in ground]
    for hour in range(HOURS):
        by_hour[hour % DAY] += cells[int(short.number[hour])]
    whole = by_hour.sum(axis=0, dtype=np.int64)
    stretch = by_hour[:window].sum(axis=0, dtype=np.int64)
    best = stretch.copy()
    for hour in range(1, DAY):
        stretch += by_hour[(hour + window - 1) % DAY]
        stretch -= by_hour[hour - 1]
        best = np.maximum(best, stretch)
    seconds = asked.count * asked.longest_h * HOUR_S
    if asked.budget is not None:
        seconds = min(seconds, asked.budget * HOUR_S // 7)
    pace = max(one.cell / (float(one.least[0]) / TICKS) for one in grounds)
    reach_m = max(width / 2, answer.grid.cell / 2) + answer.grid.cell * math.sqrt(0.5)
    area = 2 * reach_m * pace * seconds + asked.count * math.pi * reach_m**2
    visits = math.floor(area / answer.grid.cell_area)
    values, many = np.unique(np.stack([whole[best > 0], best[best > 0]]), axis=1, return_counts=True)
    parts: list[tuple[int, int]] = []
    for (total, once), count in zip(values.T.tolist(), many.tolist(), strict=True):
        full = min(asked.count, total // once)
        parts.append((once, full * count))
        if full < asked.count and total % once:
            parts.append((total % once, count))
    found = 0
    for worth, count in sorted(parts, reverse=True):
        taken = min(count, visits)
        found += taken * worth
        visits -= taken
    return found
