"""Pairs of reports of one event: recall and precision on worlds with known truth, and how long a year of reports takes.

The worlds are those of the tests; none of these seeds was used when the scorer's figures were set.
"""

from __future__ import annotations

import time
from typing import Final

from bench._harness import Row
from incidents.generated import World, world
from tansiq.incidents.pairs import pairs

HELD_OUT: Final = tuple(range(101, 109))
RECALL: Final = 0.95
PRECISION: Final = 0.9
BUDGET_S: Final = 30.0
YEAR: Final = (365, 200)
"""Days and events a day: a year at the upper rate, over a hundred thousand reports."""


def measure(*, quick: bool) -> list[Row]:
    """The rows of performance.md."""
    rows = []
    for per_day in (20, 60, 200):
        worlds = [world(seed, 21, per_day) for seed in (HELD_OUT[:2] if quick else HELD_OUT)]
        recall, precision, true = _figures(worlds)
        note = f"{true} true pairs, {len(worlds)} worlds"
        rows.append(Row(f"recall at {per_day} a day", "", recall, RECALL, "target", recall / RECALL, note))
        rows.append(
            Row(f"precision at {per_day} a day", "", precision, PRECISION, "target", precision / PRECISION, note)
        )
    one = world(HELD_OUT[0], *((30, 60) if quick else YEAR))
    began = time.perf_counter()
    found = pairs(one.accounts)
    took = time.perf_counter() - began
    note = f"{len(found)} pairs of {len(one.accounts)} reports"
    return [*rows, Row("a year of reports", "s", took, BUDGET_S, "budget", BUDGET_S / took, note)]


def _figures(worlds: list[World]) -> tuple[float, float, int]:
    true = put = met = 0
    for one in worlds:
        found = {(pair.one, pair.other) for pair in pairs(one.accounts)}
        true, put, met = true + len(one.truth), put + len(found), met + len(found & one.truth)
    return met / true, met / put, true
