"""The activities that are held, and at once all of those that a plan comes too near.

In memory, rebuilt from the store in bulk. A check goes by box through `movements.tree` and then by exact approach
(`movements.approach`) through what was found. One check and its insertion are one step, under one lock: between them
nobody else gets in, so two parties that announce the same ground at once see one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import Conflict, NotFound
from tansiq.kernels import njit
from tansiq.movements import tree as trees
from tansiq.movements.approach import (
    COLUMNS,
    DISTANCE,
    ROOM,
    Approach,
    Buffer,
    answer,
    compare_pieces,
    load,
    meet,
    shift_of,
)
from tansiq.movements.outline import HALF_TURN, METRES_LAT, METRES_LON, TURN
from tansiq.movements.pieces import ACTIVITY, COUNT, FIRST, OWNER, ROW, VOLUME, Pieces, pack, times_of
from tansiq.movements.tree import Tree
from tansiq.movements.volumes import Activity

Table = NDArray[Any]

NOBODY: Final = -1
LAST: Final = 2**31 - 1
FEW, MANY = 512, 1 << 16
"""Rows of an answer that are made ready for one activity and for a batch."""
WORTH_PACKING: Final = 20_000
"""Pieces that were removed before the rest is laid together anew; then as many as are left."""


class Work(NamedTuple):
    """Room for the vertices of our piece, and for those of a block of candidates with their bounds; one answer."""

    own_x: Table
    own_y: Table
    own_box: Table
    x: Table
    y: Table
    begins: Table
    boxes: Table
    row: Table


def _work() -> Work:
    return Work(
        np.empty(ROOM), np.empty(ROOM), np.empty(4), np.empty(4 * ROOM), np.empty(4 * ROOM), np.empty(513, np.int64),
        np.empty((512, 4)), np.empty(COLUMNS),
    )  # fmt: skip


class Hit(Struct, frozen=True):
    """An activity of another party that comes too near: its volume `other`, ours `own`, and how close they come."""

    activity: str
    own: int
    other: int
    approach: Approach


class Hits(Struct):
    """What a check found, as columns: `numbers` int64[n, 4] (place of our activity in the batch, our volume, row of the
    other activity, its volume), `found` float64[n, 7] as in `movements.approach`. A pair of volumes comes once.
    """

    numbers: NDArray[np.int64]
    found: NDArray[np.float64]
    ids: list[str]

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, place: int = 0) -> list[Hit]:
        """Those of one activity of the batch, by id, our volume and theirs."""
        first, last = np.searchsorted(self.numbers[:, 0], [place, place + 1]).tolist()
        rows = zip(self.numbers[first:last].tolist(), self.found[first:last], strict=True)
        hits = [Hit(self.ids[row], own, other, answer(found)) for (_, own, row, other), found in rows]
        return sorted(hits, key=lambda hit: (hit.activity, hit.own, hit.other))

    def activities(self, place: int = 0) -> list[str]:
        """The ids of the activities met by one activity of the batch, sorted, each once."""
        first, last = np.searchsorted(self.numbers[:, 0], [place, place + 1]).tolist()
        return sorted({self.ids[row] for row in set(self.numbers[first:last, 2].tolist())})


class Index:
    """Activities by id. Answers do not hang on the order of insertion; what is refused changes nothing."""

    def __init__(self, activities: Iterable[Activity] = ()) -> None:
        self._lock = Lock()
        self._load(pack(activities))

    @classmethod
    def of(cls, pieces: Pieces) -> Index:
        """The index of activities that are cut already, in bulk."""
        index = cls()
        index._load(pieces)
        return index

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, activity: str) -> bool:
        return activity in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._rows))

    def check(self, activity: Activity, buffer: Buffer) -> list[Hit]:
        """All volumes of other parties that come within the buffer of an activity, which need not be held itself."""
        return self.check_pieces(pack([activity]), buffer).of()

    def check_pieces(self, pieces: Pieces, buffer: Buffer) -> Hits:
        """`check` for activities that are cut already, each against what is held."""
        with self._lock:
            owners = np.array([self._parties.get(owner, NOBODY) for owner in pieces.owners], np.int32)
            pieces.facts[:, OWNER] = owners[pieces.facts[:, ACTIVITY]]
            own = np.array([self._rows.get(one, LAST) for one in pieces.ids], np.int64)
            return self._look(pieces, own, np.full(len(own), LAST, np.int64), buffer)

    def check_and_insert(self, activity: Activity, buffer: Buffer) -> list[Hit]:
        """`check` and `insert` as one step. Refuses an id that is held (`movements.held`)."""
        return self.check_and_insert_pieces(pack([activity]), buffer).of()

    def check_and_insert_pieces(self, pieces: Pieces, buffer: Buffer) -> Hits:
        """One activity after the other checked against what is held by then, and inserted; all as one step."""
        with self._lock:
            rows = self._insert(pieces)
            return self._look(pieces, rows, rows, buffer)

    def insert(self, activity: Activity) -> None:
        """Hold an activity. Refuses an id that is held (`movements.held`)."""
        pieces = pack([activity])
        with self._lock:
            self._insert(pieces)

    def remove(self, activity: str) -> None:
        """Hold an activity no longer. Refuses one that is not held (`movements.not_held`)."""
        with self._lock:
            self._remove(activity)

    def replace(self, activity: Activity) -> None:
        """Hold a changed plan in place of the one with the same id. Refuses one that is not held."""
        pieces = pack([activity])
        with self._lock:
            self._remove(activity.id)
            self._insert(pieces)

    def nbytes(self) -> int:
        """Bytes of the columns and trees, room for growth counted, ids not."""
        columns = (self._facts, self._points, self._boxes, self._starts, *self._tree)
        return sum(column.nbytes for column in columns)

    def _load(self, pieces: Pieces) -> None:
        self._ids = list(pieces.ids)
        self._rows = {one: row for row, one in enumerate(self._ids)}
        if len(self._rows) < len(self._ids):
            raise Conflict("movements.held", id=max(Counter(self._ids).items(), key=itemgetter(1))[0])
        self._parties = {owner: number for number, owner in enumerate(dict.fromkeys(pieces.owners))}
        owners = np.array([self._parties[owner] for owner in pieces.owners], np.int32)
        self._facts, self._boxes = pieces.facts, pieces.boxes
        # vertices in the order of the ground: what is met together lies together
        self._points = _gathered(pieces.points, self._facts, trees.tiles(pieces.boxes))
        self._times = times_of(self._facts)
        if len(owners):
            self._facts[:, OWNER] = owners[self._facts[:, ACTIVITY]]
        self._starts = pieces.starts
        self._tree: Tree = trees.build(pieces.boxes)
        self._pieces, self._vertices, self._dead = len(pieces.facts), len(self._points), 0
        self._candidates, self._work = np.empty(4096, np.int32), _work()

    def _insert(self, pieces: Pieces) -> NDArray[np.int64]:
        """The rows that the activities got."""
        seen: set[str] = set()
        for one in pieces.ids:
            if one in self._rows or one in seen:
                raise Conflict("movements.held", id=one)
            seen.add(one)
        first, count, vertices, row = self._pieces, len(pieces.facts), len(pieces.points), len(self._ids)
        many = len(pieces.ids)
        self._facts = _grown(self._facts, first + count)
        self._times = times_of(self._facts)
        self._boxes = _grown(self._boxes, first + count)
        self._points = _grown(self._points, self._vertices + vertices)
        self._starts = _grown(self._starts, row + many + 1)
        if first + count > len(self._tree.leaf):
            self._tree = trees.enlarged(self._tree, len(self._facts))
        owners = np.array(
            [self._parties.setdefault(owner, len(self._parties)) for owner in pieces.owners], np.int32
        )  # fmt: skip
        pieces.facts[:, OWNER] = owners[pieces.facts[:, ACTIVITY]] if many > 1 else owners[0]
        _append(
            self._tree, self._facts, self._points, self._boxes, self._starts, pieces.facts, pieces.points,
            pieces.boxes, pieces.starts, first, self._vertices, row,
        )  # fmt: skip
        self._ids += pieces.ids
        self._rows.update(zip(pieces.ids, range(row, row + many), strict=True))
        self._pieces, self._vertices = first + count, self._vertices + vertices
        return np.arange(row, row + many, dtype=np.int64)

    def _remove(self, activity: str) -> None:
        row = self._rows.pop(activity, None)
        if row is None:
            raise NotFound("movements.not_held", id=activity)
        for piece in range(self._starts[row], self._starts[row + 1]):
            trees.remove(self._tree, piece)
            self._dead += 1
        if self._dead > max(WORTH_PACKING, self._pieces // 2):
            self._load(self._left())

    def _left(self) -> Pieces:
        """What is held, without what was removed."""
        rows = np.array(list(self._rows.values()), np.int64)
        ids = [self._ids[row] for row in rows]
        names = list(self._parties)
        owners = [names[self._facts[self._starts[row], OWNER]] for row in rows]
        sizes = self._starts[rows + 1] - self._starts[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        taken = np.repeat(self._starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])
        facts = self._facts[taken]
        facts[:, ACTIVITY] = np.repeat(np.arange(len(rows)), sizes)
        return Pieces(ids, owners, starts, facts, times_of(facts), self._points, self._boxes[taken])

    def _look(self, pieces: Pieces, rows: Table, below: Table, buffer: Buffer) -> Hits:
        found: list[Table] = []
        numbers: list[Table] = []
        size, first = (FEW if len(pieces.ids) == 1 else MANY), 0
        while first < len(pieces.ids):
            table, number = np.empty((size, COLUMNS)), np.empty((size, 4), np.int64)
            count, done, wanted = _near(
                self._tree, self._facts, self._times, self._points, pieces.facts, pieces.times, pieces.points,
                pieces.boxes, pieces.starts, first, rows, below, float(buffer.metres), buffer.seconds * 1000,
                self._candidates, self._work, table, number,
            )  # fmt: skip
            found.append(table[:count])
            numbers.append(number[:count])
            if wanted > len(self._candidates):
                self._candidates = np.empty(2 * wanted, np.int32)
            elif done == first:
                size *= 4
            first = done
        if len(found) == 1:
            return Hits(numbers[0], found[0], self._ids)
        return Hits(
            np.concatenate(numbers) if numbers else np.empty((0, 4), np.int64),
            np.concatenate(found) if found else np.empty((0, COLUMNS)),
            self._ids,
        )


def _grown(column: Table, size: int) -> Table:
    """A column with room for `size` rows, half as much again where it has to move."""
    if size <= len(column):
        return column
    larger = np.empty((max(size, len(column) + len(column) // 2, 64), *column.shape[1:]), column.dtype)
    larger[: len(column)] = column
    return larger


@njit(cache=True, nogil=True)
def _gathered(points: Table, facts: Table, order: Table) -> Table:
    """The vertices of pieces in this order, and in `facts` where they now begin; segments share none any more."""
    total = 0
    for i in range(len(facts)):
        total += facts[i, 2]
    found = np.empty((total, 2), np.int32)
    at = 0
    for i in order:
        first, count = facts[i, 1], facts[i, 2]
        found[at : at + count] = points[first : first + count]
        facts[i, 1] = at
        at += count
    return found


@njit(cache=True, nogil=True)
def _append(
    tree: Tree, facts: Table, points: Table, boxes: Table, starts: Table, new_facts: Table, new_points: Table,
    new_boxes: Table, new_starts: Table, first: int, vertex: int, row: int,
) -> None:  # fmt: skip
    """Write pieces behind those that are held, and into the tree."""
    for i in range(len(new_points)):
        points[vertex + i, 0], points[vertex + i, 1] = new_points[i, 0], new_points[i, 1]
    for i in range(len(new_facts)):
        for k in range(ROW):
            facts[first + i, k] = new_facts[i, k]
        facts[first + i, FIRST] += vertex
        facts[first + i, ACTIVITY] += row
        for k in range(6):
            boxes[first + i, k] = new_boxes[i, k]
        trees.insert(tree, first + i, new_boxes[i])
    for i in range(len(new_starts)):
        starts[row + i] = first + new_starts[i]


@njit(cache=True, nogil=True)
def _within(whole: int) -> int:
    return min(max(whole, -(2**31)), 2**31 - 1)


@njit(cache=True, nogil=True)
def _near(
    tree: Tree, facts: Table, times: Table, points: Table, own_facts: Table, own_times: Table, own_points: Table,
    own_boxes: Table, starts: Table, first: int, rows: Table, below: Table, metres: float, buffer: int,
    candidates: Table, work: Work, found: Table, numbers: Table,
) -> tuple[int, int, int]:  # fmt: skip
    """Compare activities from `first` on with what is held, as long as there is room in `found`.

    The rows found, the next activity, and the number of candidates where there was no room for them. Only activities
    in rows under `below`, of other owners and not in the row of our own are met. Of the pieces of a pair of volumes
    only the closest is kept.
    """
    count = 0
    for activity in range(first, len(starts) - 1):
        begun = count
        for i in range(starts[activity], starts[activity + 1]):
            met = _candidates(tree, own_boxes[i], own_times[i], metres, buffer, candidates)
            if met > len(candidates):
                return begun, activity, met
            kept = 0
            for k in range(met):
                j = candidates[k]
                candidates[kept] = j
                other = (facts[j, OWNER] != own_facts[i, OWNER]) & (facts[j, ACTIVITY] != rows[activity])
                before = facts[j, ACTIVITY] < below[activity]
                kept += int(other & before & meet(own_facts[i], own_times[i], facts[j], times[j], buffer))
            if kept == 0:
                continue
            many = load(own_points, own_facts[i], 0, work.own_x, work.own_y, work.own_box)
            at = 0
            while at < kept:
                last = _gather(facts, points, own_points[own_facts[i, FIRST], 0], candidates, at, kept, work)
                for k in range(at, last):
                    j = candidates[k]
                    span = slice(work.begins[k - at], work.begins[k - at + 1])
                    compare_pieces(
                        own_facts[i], own_times[i], work.own_x, work.own_y, many, work.own_box, facts[j], times[j],
                        work.x[span], work.y[span], span.stop - span.start, work.boxes[k - at], metres, buffer,
                        work.row,
                    )  # fmt: skip
                    if np.isinf(work.row[DISTANCE]):
                        continue
                    if count == len(found):
                        return begun, activity, 0
                    found[count] = work.row
                    numbers[count, 0], numbers[count, 1] = activity, own_facts[i, VOLUME]
                    numbers[count, 2], numbers[count, 3] = facts[j, ACTIVITY], facts[j, VOLUME]
                    count += 1
                at = last
        count = _closest(found, numbers, begun, count)
    return count, len(starts) - 1, 0


@njit(cache=True, nogil=True)
def _gather(facts: Table, points: Table, longitude: int, candidates: Table, first: int, last: int, work: Work) -> int:
    """Load the vertices of candidates one behind the other; the first one for which there was no room.

    Loading is a step of its own, so that many waits for memory run at once.
    """
    vertex = 0
    for k in range(first, last):
        j = candidates[k]
        if k - first == len(work.boxes) or vertex + facts[j, COUNT] + 1 > len(work.x):
            return k
        work.begins[k - first] = vertex
        shift = shift_of(longitude, points[facts[j, FIRST], 0])
        vertex += load(points, facts[j], shift, work.x[vertex:], work.y[vertex:], work.boxes[k - first])
        work.begins[k - first + 1] = vertex
    return last


@njit(cache=True, nogil=True)
def _candidates(tree: Tree, box: Table, when: Table, metres: float, buffer: int, out: Table) -> int:
    """Pieces whose boxes come within the buffer of a piece, over the 180th meridian too; their count."""
    high = int(np.ceil(metres / METRES_LAT)) + 1
    south, north = int(box[1]) - high, int(box[4]) + high
    most = min(max(abs(south), abs(north)), 895_000_000)
    wide = int(np.ceil(metres / (METRES_LON * np.cos(most * 1e-7 * np.pi / 180.0)))) + 1
    west, east = int(box[0]) - wide, int(box[3]) + wide
    begin, end = (when[0] - buffer) >> 12, min((when[1] + buffer) >> 12, 2_000_000_000)
    count = 0
    for turn in range(-1, 2):
        if turn == 0 or (turn < 0 and east > HALF_TURN - 350_000_000) or (turn > 0 and west < 350_000_000 - HALF_TURN):
            count = trees.search(
                tree, _within(west + turn * TURN), _within(south), _within(begin), _within(east + turn * TURN),
                _within(north), _within(end), out, count,
            )  # fmt: skip
    return count


@njit(cache=True, nogil=True)
def _closest(found: Table, numbers: Table, begun: int, count: int) -> int:
    """Of rows from `begun` on keep the closest of each pair of volumes, in order of row and volumes; the count left."""
    if count - begun < 2 or count > len(found):
        return count
    some = numbers[begun:count]
    key = (some[:, 2] << 20) + (some[:, 1] << 10) + some[:, 3]
    order = np.argsort(key, kind="mergesort")
    old, old_numbers = found[begun:count].copy(), some.copy()
    at = begun - 1
    before = np.int64(-1)
    for k in order:
        if key[k] != before:
            at += 1
            before = key[k]
            found[at], numbers[at] = old[k], old_numbers[k]
        elif _before(old[k], found[at]):
            found[at] = old[k]
    return at + 1


@njit(cache=True, nogil=True)
def _before(one: Table, other: Table) -> bool:
    """Whether an answer is closer, or as close and earlier, or at a lesser place: the same whatever was found first."""
    for k in range(len(one)):
        if one[k] != other[k]:
            return bool(one[k] < other[k])
    return False
