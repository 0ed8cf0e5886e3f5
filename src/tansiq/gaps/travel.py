"""How long help takes to a gap, never as one number: on fast, on usual and on wet ground, and from which base."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec.structs import replace

from tansiq.gaps.answer import Gap
from tansiq.gaps.arrival import Arrival
from tansiq.gaps.mobility import CONDITIONS, Condition

Arrivals = Callable[[str, int, Condition], Arrival | None]
"""When help arrives: of a party, in a class of hours, under a condition of the ground; None where nobody sets out."""


def with_times(gaps: Sequence[Gap], parties: Sequence[str], arrivals: Arrivals) -> list[Gap]:
    """The gaps with the seconds that each party's first base takes to the deepest cell, in each condition; None where
    it is not there within the cut-off.
    """
    return [
        replace(
            gap,
            nearest={
                party: replace(
                    gap.nearest[party],
                    times={
                        condition: _seconds(arrivals(party, gap.opening.worst, condition), gap.opening.deepest)
                        for condition in CONDITIONS
                    },
                )
                for party in parties
            },
        )
        for gap in gaps
    ]


def _seconds(times: Arrival | None, cell: tuple[int, int]) -> int | None:
    if times is None or not np.isfinite(times.seconds[cell]):
        return None
    return round(float(times.seconds[cell]))
