"""How likely each pair is where a report is of one event only, so that what fits one pair speaks against another.

The sums over all ways to pair the reports are taken by passing messages along the pairs until they rest (Williams and
Lau 2014, "Approximate evaluation of marginal association probabilities with belief propagation", IEEE Trans. Aerosp.
Electron. Syst. 50). Reports of one side that it made twice do not speak against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDS: Final = 60
RESTS: Final = 1e-3
MOST_POINTS: Final = 40.0
Edge = tuple[str, str, float]
"""Two reports and the points of the pair by itself."""


def left(edges: Sequence[Edge], side: Callable[[str], str], twice: Collection[tuple[str, str]]) -> list[float]:
    """How many points each pair loses (at most 0) since its reports fit others too.

    A report may be of the event of one report of each other `side`, and of those that were made `twice`.
    """
    if not edges:
        return []
    group = _groups(edges, twice)
    weight = np.exp2(np.minimum(np.array([points for _, _, points in edges]), MOST_POINTS))
    at_one = _Ends([(one, side(other), group[other]) for one, other, _ in edges])
    at_other = _Ends([(other, side(one), group[one]) for one, other, _ in edges])
    back = np.ones(len(edges))
    for _ in range(ROUNDS):
        forth = weight / (1 + at_one.rivals(weight * back))
        before, back = back, 1 / (1 + at_other.rivals(forth))
        if float(np.max(np.abs(back - before))) < RESTS:
            break
    lost: Floats = np.log2(back) - np.log2(1 + at_one.rivals(weight * back))
    return [min(0.0, float(one)) for one in lost]


class _Ends:
    """For each pair those that share its report at one end and lead to the same side, but not to the same group."""

    def __init__(self, keys: Sequence[tuple[str, str, str]]) -> None:
        self.all = _numbers([(report, side) for report, side, _ in keys])
        self.alike = _numbers([(report, group) for report, _, group in keys])

    def rivals(self, values: Floats) -> Floats:
        """The sum over the others."""
        both = np.bincount(self.all, values)[self.all] - np.bincount(self.alike, values)[self.alike]
        rivals: Floats = np.maximum(both, 0.0)
        return rivals


def _numbers(keys: Sequence[tuple[str, str]]) -> Ints:
    numbers: dict[tuple[str, str], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.int64)


def _groups(edges: Sequence[Edge], twice: Collection[tuple[str, str]]) -> dict[str, str]:
    """For each report one that stands for it and all that were made twice with it."""
    first = {ref: ref for one, other, _ in edges for ref in (one, other)}

    def top(ref: str) -> str:
        while first.setdefault(ref, ref) != ref:
            ref = first[ref]
        return ref

    for one, other in sorted(twice):
        earlier, later = sorted((top(one), top(other)))
        first[later] = earlier
    return {ref: top(ref) for ref in list(first)}
