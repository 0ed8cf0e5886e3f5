"""Cover: for each party and class of hours the ground that is covered, and the ground of which that is not known.

A way to be covered holds where everything that it names holds, and ground is covered where any way holds. Both are
reckoned with three values (Kleene): what is unknown stays unknown unless something else settles it, and never counts
as covered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.gaps import bits
from tansiq.gaps.bits import Bits
from tansiq.gaps.sight import Footprint
from tansiq.records.kinds.arrangement import Way

NOBODY: Final = 0
UNKNOWN: Final = 255
"""States of a cell: 0 nobody, a sum of 2ⁿ for the parties n that cover it, 255 unknown."""

MOST_PARTIES: Final = 7


class Known(Struct, frozen=True):
    """Where something holds and where that is not known; the two never overlap."""

    holds: Bits
    unknown: Bits


def nowhere(rows: int, cols: int) -> Known:
    """It holds nowhere, and that is known."""
    return Known(bits.empty(rows, cols), bits.empty(rows, cols))


def at_least(one: Known, cols: int) -> Known:
    """Where it holds by what is known; elsewhere nothing is known, since there may be more that nobody told."""
    return Known(one.holds, bits.full(len(one.holds), cols) & ~one.holds)


def either(one: Known, other: Known) -> Known:
    """Where one of both holds; unknown where neither is known to and one is unknown."""
    holds = one.holds | other.holds
    return Known(holds, (one.unknown | other.unknown) & ~holds)


def both(one: Known, other: Known) -> Known:
    """Where both hold; unknown where neither is known not to and one is unknown."""
    holds = one.holds & other.holds
    maybe = (one.holds | one.unknown) & (other.holds | other.unknown)
    return Known(holds, maybe & ~holds)


def seen(prints: Sequence[Footprint], rows: int, cols: int) -> Known:
    """The ground that any of these posts sees."""
    holds, unknown = bits.empty(rows, cols), bits.empty(rows, cols)
    for one in prints:
        part = np.s_[one.row0 : one.row0 + one.seen.shape[0], one.word0 : one.word0 + one.seen.shape[1]]
        holds[part] |= one.seen
        if one.unknown is not None:
            unknown[part] |= one.unknown
    return Known(holds, unknown & ~holds)


def by_rule(ways: Sequence[Way], sight: Known, reach: Mapping[int, Known], presence: Mapping[int, Known]) -> Known:
    """Where the rule says that a party covers: `reach` by minutes, `presence` by hours, as the ways name them."""
    rows, width = sight.holds.shape
    answer = Known(np.zeros((rows, width), np.uint64), np.zeros((rows, width), np.uint64))
    for way in ways:
        parts = [sight] if way.seen else []
        if way.reached_minutes is not None:
            parts.append(reach[way.reached_minutes])
        if way.patrolled_hours is not None:
            parts.append(presence[way.patrolled_hours])
        found = parts[0]
        for part in parts[1:]:
            found = both(found, part)
        answer = either(answer, found)
    return answer


class Cover(Struct, frozen=True):
    """Per party and class of hours: uint64[parties, classes, rows, words] of covered and of unknown ground."""

    covered: Bits
    unknown: Bits
    cols: int

    @property
    def classes(self) -> int:
        """How many classes of hours there are."""
        return int(self.covered.shape[1])

    def anyone(self, number: int) -> Bits:
        """The ground that somebody covers in a class of hours."""
        return np.asarray(np.bitwise_or.reduce(self.covered[:, number], axis=0))

    def everyone(self, number: int) -> Bits:
        """The ground that every party covers."""
        return np.asarray(np.bitwise_and.reduce(self.covered[:, number], axis=0))

    def unsure(self, number: int) -> Bits:
        """The ground that nobody is known to cover, and somebody may."""
        return np.asarray(np.bitwise_or.reduce(self.unknown[:, number], axis=0)) & ~self.anyone(number)

    def open(self, number: int, area: Bits) -> Bits:
        """The ground of an area that everybody is known not to cover."""
        return area & ~(self.anyone(number) | self.unsure(number))

    def states(self, number: int, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Of each of these cells: `NOBODY`, a sum of 2ⁿ for each party n that covers it, or `UNKNOWN`."""
        found = np.zeros(rows.shape, np.uint8)
        unsure = np.zeros(rows.shape, bool)
        for party in range(self.covered.shape[0]):
            found |= bits.holds(self.covered[party, number], self.cols, rows, cols).astype(np.uint8) << party
            unsure |= bits.holds(self.unknown[party, number], self.cols, rows, cols)
        found[unsure & (found == 0)] = UNKNOWN
        return found
