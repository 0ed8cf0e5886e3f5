"""Open ground that lacks one thing only: to be seen, or to be passed. There one post or patrol more closes it at once.

The arrangement lists ways to be covered. Of every way that names the one thing, the others that it names are worked
out by the same engine as the answer itself, so what is said to close here is what the whole analysis finds closed when
the post or patrol is added. Hours are parted into those that the answer tells apart and, finer, those that a new post
or patrol would tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.errors import NotFound
from tansiq.gaps import analysis, bits, timetable
from tansiq.gaps.analysis import Cancelled
from tansiq.gaps.answer import Answer
from tansiq.gaps.bits import Bits
from tansiq.gaps.cache import Cache
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.layers import Layers
from tansiq.records.kinds.arrangement import Way

KM2: Final = 1e6
Ints = NDArray[np.int64]


class Lacking(Struct, frozen=True):
    """`number` is the class of every hour of the week, `first` the first hour of each class, `hours` how many it has.

    `open` is the open ground of the area, uint64[classes, rows, words]; `closes` that part of it, by party, which one
    sight or one passing within `holds` hours would close. `cell_km2` is the ground of one cell.
    """

    number: Ints
    first: Ints
    hours: Ints
    open: Bits
    closes: dict[int, dict[str, Bits]]
    cell_km2: float

    @property
    def open_km2h(self) -> float:
        """Open ground of a week, km² × hours."""
        counts = np.bitwise_count(self.open).sum(axis=(1, 2), dtype=np.int64)
        return float((counts * self.hours).sum()) * self.cell_km2


SIGHT: Final = 0
"""The key of `closes` for sight; a passing has the hours for which it counts."""


def sight(
    answer: Answer,
    layers: Layers,
    apart: Sequence[NDArray[np.bool_]],
    *,
    cancelled: Cancelled = lambda: False,
    memory: Cache | None = None,
) -> Lacking:
    """Ground that one more sight would close; `apart` (bool[168] each) are hours that must not share a class.

    Refused: `further.no_sight` where nothing counts as covered by being seen, `further.nothing_open` where no ground
    is known to be open.
    """
    ways = {SIGHT: [_unseen(way) for way in answer.inputs.rule.ways if way.seen]}
    if not ways[SIGHT]:
        raise NotFound("further.no_sight")
    return _lacking(answer, layers, ways, apart, cancelled, memory)


def passing(
    answer: Answer,
    layers: Layers,
    *,
    cancelled: Cancelled = lambda: False,
    memory: Cache | None = None,
) -> Lacking:
    """Ground that one more passing would close, for each number of hours that the arrangement lets a passing count.

    Refused like `sight`, with `further.no_passing` in place of `further.no_sight`.
    """
    ways: dict[int, list[Way | None]] = {}
    for way in answer.inputs.rule.ways:
        if way.patrolled_hours is not None:
            ways.setdefault(way.patrolled_hours, []).append(_unpassed(way))
    if not ways:
        raise NotFound("further.no_passing")
    return _lacking(answer, layers, ways, [], cancelled, memory)


def _unseen(way: Way) -> Way | None:
    """A way without being seen; None where it then names nothing and holds everywhere."""
    if way.reached_minutes is None and way.patrolled_hours is None:
        return None
    return Way(False, way.reached_minutes, way.patrolled_hours)


def _unpassed(way: Way) -> Way | None:
    """A way without being passed; None where it then names nothing and holds everywhere."""
    if not way.seen and way.reached_minutes is None:
        return None
    return Way(way.seen, way.reached_minutes, None)


def _lacking(
    answer: Answer,
    layers: Layers,
    ways: dict[int, list[Way | None]],
    apart: Sequence[NDArray[np.bool_]],
    cancelled: Cancelled,
    memory: Cache | None,
) -> Lacking:
    number, first = timetable.classes([answer.number, *apart])
    hours = np.bincount(number, minlength=len(first)).astype(np.int64)
    opens = np.stack([answer.cover.open(int(answer.number[hour]), answer.area) for hour in first])
    if not opens.any():
        raise NotFound("further.nothing_open")
    closes = {
        holds: _where(answer, layers, left, first, opens, cancelled, memory) for holds, left in sorted(ways.items())
    }
    return Lacking(number, first, hours, opens, closes, answer.grid.cell_area / KM2)


def _where(
    answer: Answer,
    layers: Layers,
    ways: Sequence[Way | None],
    first: Ints,
    opens: Bits,
    cancelled: Cancelled,
    memory: Cache | None,
) -> dict[str, Bits]:
    """The open ground, by party, on which all else of one of these ways holds."""
    parties = answer.inputs.parties
    rest = tuple(way for way in ways if way is not None)
    if len(rest) < len(ways):
        return dict.fromkeys(parties, opens)
    cover = analysis.cover_at(
        _asked(answer.inputs, rest), layers, answer.options, answer.grid, first, cancelled=cancelled, memory=memory
    )
    return {party: cover.covered[place] & opens for place, party in enumerate(parties)}


def _asked(inputs: Inputs, ways: tuple[Way, ...]) -> Inputs:
    """The inputs under other ways. Of a party that released coverage nothing else is known, so nothing else holds."""
    needs_sight = any(way.seen for way in ways)
    return replace(
        inputs,
        rule=replace(inputs.rule, ways=ways),
        released=(),
        posts=inputs.posts if needs_sight else (),
    )


def counted(ground: Bits) -> int:
    """Cells of a stack of bitmaps."""
    return bits.count(ground.reshape(-1, ground.shape[-1]))
