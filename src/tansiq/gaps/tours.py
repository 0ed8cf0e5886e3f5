"""Which places a round takes in, and in which order: insertion by worth for time, stretches turned round (2-opt).

Both directions of a way have their own times. This is the team orienteering problem for one team, for which no method
that is quick promises a share of the best; what a round closes in truth is worked out where it is driven.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

STAY_S: Final = 120
"""At each place: a look round."""

Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _along(seconds: Ints, order: Ints, count: int, forward: Ints, backward: Ints) -> int:
    """How long a round takes; the time up to each of its places, driven forward and back."""
    forward[0] = backward[0] = 0
    for at in range(1, count):
        forward[at] = forward[at - 1] + seconds[order[at - 1], order[at]]
        backward[at] = backward[at - 1] + seconds[order[at], order[at - 1]]
    return int(forward[count - 1]) + STAY_S * (count - 2)


@njit(cache=True, nogil=True)
def _turned(seconds: Ints, order: Ints, count: int, forward: Ints, backward: Ints) -> int:
    """Turn stretches round wherever that saves time; how long it then takes."""
    total = _along(seconds, order, count, forward, backward)
    turned = True
    while turned:
        turned = False
        for first in range(1, count - 2):
            for last in range(first + 1, count - 1):
                before, after = order[first - 1], order[last + 1]
                now = forward[last + 1] - forward[first - 1]
                then = seconds[before, order[last]] + seconds[order[first], after] + backward[last] - backward[first]
                if then < now:
                    order[first : last + 1] = order[first : last + 1][::-1].copy()
                    total = _along(seconds, order, count, forward, backward)
                    turned = True
    return total


@njit(cache=True, nogil=True)
def _best_place(seconds: Ints, prizes: Ints, order: Ints, count: int, left: int) -> tuple[int, int]:
    """The place that is worth most for its time and where in a round it takes least; -1 where none fits."""
    best, best_at, most = -1, 0, 0.0
    for place in range(len(prizes)):
        if prizes[place] <= 0:
            continue
        for at in range(1, count):
            here, there = order[at - 1], order[at]
            direct = 0 if here == there else seconds[here, there]
            added = seconds[here, place] + seconds[place, there] - direct + STAY_S
            worth = prizes[place] / (added + 1.0)
            if added <= left and worth > most:
                best, best_at, most = place, at, worth
    return best, best_at


@njit(cache=True, nogil=True)
def grown(seconds: Ints, prizes: Ints, start: int, longest: int) -> Ints:
    """Places in the order of a round: the one that is worth most for its time is put in where it takes least, and
    stretches are turned round where that saves time, until nothing more fits."""
    order = np.full(len(prizes) + 2, start, np.int64)
    forward, backward = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
    wanted = prizes.copy()
    wanted[start] = 0
    count, total = 2, 0
    while True:
        place, at = _best_place(seconds, wanted, order, count, longest - total)
        if place < 0:
            return order[:count].copy()
        order[at + 1 : count + 1] = order[at:count].copy()
        order[at] = place
        wanted[place] = 0
        count += 1
        total = _turned(seconds, order, count, forward, backward)
