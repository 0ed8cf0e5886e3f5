"""What if: cover of every party at every class of hours, kept as counts, so that one post more, less or elsewhere costs
the cells of that post and nothing else.

A count is held in planes of bits (`overlay.planes_for`), one for each party and class of hours, as many digits as its
highest needs. Taking a footprint away leaves what others see: that is what a union alone cannot do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps import overlay
from tansiq.gaps.bits import Bits, empty
from tansiq.gaps.hours import WEEK, Week
from tansiq.gaps.sight import Footprint

BYTES: Final = 2 << 30
"""The bound where none is given: 2 parties at every hour of the week over 4 million cells, counts up to 63."""


class Duty(Struct, frozen=True):
    """What a post sees and the hours at which it does; a post with another range by night has two."""

    footprint: Footprint
    hours: Week


class Changed(Struct, frozen=True):
    """Where an edit may have changed cover: a window in rows and words, and the classes in which it did.

    Outside of the window, and in other classes, nothing changed. `rows` is 0 where nothing did.
    """

    row0: int
    rows: int
    word0: int
    words: int
    classes: tuple[int, ...]


class _Count:
    """How many posts hold each cell, and the bitmap of the cells that any holds."""

    def __init__(self, rows: int, cols: int) -> None:
        self._shape = (rows, cols)
        self.planes = overlay.planes_for(1, rows, cols)
        self.any = empty(rows, cols)

    def copy(self) -> _Count:
        """The same counts, apart from now on."""
        other = _Count.__new__(_Count)
        other._shape, other.planes, other.any = self._shape, self.planes.copy(), self.any.copy()
        return other

    def add(self, row0: int, word0: int, part: Bits) -> bool:
        """Count a window once more; whether a cell is held that was not."""
        while overlay.add(self.planes, row0, word0, part):
            # counts ran over and stand at the rest, so taking the window back restores them; then with a digit more
            overlay.take(self.planes, row0, word0, part)
            room, digits, width = self.planes.shape
            more = np.zeros((room, digits + 1, width), np.uint64)
            more[:, :digits] = self.planes
            self.planes = more
        return overlay.refresh(self.planes, row0, word0, part.shape[0], part.shape[1], self.any)

    def take(self, row0: int, word0: int, part: Bits) -> bool:
        """Count a window once less; whether a cell is held no more."""
        overlay.take(self.planes, row0, word0, part)
        return overlay.refresh(self.planes, row0, word0, part.shape[0], part.shape[1], self.any)

    def read(self) -> NDArray[np.uint16]:
        """The counts."""
        return overlay.read(self.planes, *self._shape)


class _Cover:
    """Of one party in one class of hours: what is seen, and what voids leave open to some post."""

    def __init__(self, rows: int, cols: int) -> None:
        self._shape = (rows, cols)
        self.seen = _Count(rows, cols)
        self.doubt: _Count | None = None

    def copy(self) -> _Cover:
        """The same, apart from now on."""
        other = _Cover.__new__(_Cover)
        other._shape, other.seen = self._shape, self.seen.copy()
        other.doubt = None if self.doubt is None else self.doubt.copy()
        return other

    def change(self, one: Footprint, *, more: bool) -> bool:
        """Add a footprint or take it away; whether what any sees, or what is open, changed."""
        at = (one.row0, one.word0)
        changed = (self.seen.add if more else self.seen.take)(*at, one.seen)
        if one.unknown is not None:
            if self.doubt is None:
                self.doubt = _Count(*self._shape)
            changed |= (self.doubt.add if more else self.doubt.take)(*at, one.unknown)
        return changed

    @property
    def nbytes(self) -> int:
        """Memory."""
        counts = [self.seen] if self.doubt is None else [self.seen, self.doubt]
        return sum(count.planes.nbytes + count.any.nbytes for count in counts)


class WhatIf:
    """The cover of all posts over a frame of `rows` and `cols`, edited post by post."""

    def __init__(self, rows: int, cols: int, limit: int = BYTES, classes: NDArray[np.uint8] | None = None) -> None:
        self._rows, self._cols, self._limit = rows, cols, limit
        self.classes = np.zeros(WEEK, np.uint8) if classes is None else classes
        """The class of each hour of the week; it grows finer as timetables ask for it."""
        self._cover: dict[tuple[str, int], _Cover] = {}
        self._posts: dict[str, tuple[str, tuple[Duty, ...]]] = {}

    def put(self, post: str, party: str, duties: Iterable[Duty]) -> Changed:
        """Set what a post sees and when, in place of what it saw before.

        Raises MalformedInput (`whatif.too_large`), nothing changed, where the counts would outgrow the bound.
        """
        given = tuple(duties)
        before = self._posts.get(post)
        self._make_room(party, given)
        steps = [] if before is None else [(before[0], duty, False) for duty in before[1]]
        steps += [(party, duty, True) for duty in given]
        self._posts[post] = (party, given)
        return self._apply(steps)

    def drop(self, post: str) -> Changed:
        """Take a post away. Raises NotFound (`whatif.no_post`) where none is of that name."""
        if post not in self._posts:
            raise NotFound("whatif.no_post", post=post[:120])
        party, duties = self._posts.pop(post)
        return self._apply([(party, duty, False) for duty in duties])

    def covered(self, party: str, hours_class: int) -> Bits:
        """What any post of a party sees in a class of hours; to be read, not written."""
        cover = self._cover.get((party, hours_class))
        return empty(self._rows, self._cols) if cover is None else cover.seen.any

    def unknown(self, party: str, hours_class: int) -> Bits:
        """What no post of a party is known to see and voids leave open to one."""
        cover = self._cover.get((party, hours_class))
        if cover is None or cover.doubt is None:
            return empty(self._rows, self._cols)
        return cover.doubt.any & ~cover.seen.any

    def known(self, party: str, hours_class: int, part: tuple[slice, slice]) -> tuple[Bits, Bits]:
        """What `covered` and `unknown` are in a window, rows and words."""
        cover = self._cover.get((party, hours_class))
        if cover is None:
            nothing = empty(self._rows, self._cols)[part]
            return nothing, nothing
        seen = cover.seen.any[part]
        return seen, np.zeros_like(seen) if cover.doubt is None else cover.doubt.any[part] & ~seen

    def counts(self, party: str, hours_class: int) -> NDArray[np.uint16]:
        """How many posts of a party see each cell in a class of hours: uint16[rows, cols]."""
        cover = self._cover.get((party, hours_class))
        return np.zeros((self._rows, self._cols), np.uint16) if cover is None else cover.seen.read()

    def _apply(self, steps: Sequence[tuple[str, Duty, bool]]) -> Changed:
        changed: set[int] = set()
        for party, duty, more in steps:
            for number in np.unique(self.classes[duty.hours]).tolist():
                if self._cover[party, number].change(duty.footprint, more=more):
                    changed.add(number)
        prints = [duty.footprint for _, duty, _ in steps if duty.hours.any()]
        if not changed or not prints:
            return Changed(0, 0, 0, 0, ())
        row0, word0 = min(one.row0 for one in prints), min(one.word0 for one in prints)
        row1 = max(one.row0 + one.seen.shape[0] for one in prints)
        word1 = max(one.word0 + one.seen.shape[1] for one in prints)
        return Changed(row0, row1 - row0, word0, word1 - word0, tuple(sorted(changed)))

    def _make_room(self, party: str, duties: Sequence[Duty]) -> None:
        """Split the classes that a timetable runs through, and begin the counts that are not there yet."""
        classes, parents = self.classes.copy(), list(range(int(self.classes.max()) + 1))
        for duty in duties:
            for number in np.unique(classes[duty.hours]).tolist():
                mixed = (classes == number) & duty.hours
                if mixed.sum() < (classes == number).sum():
                    classes[mixed] = len(parents)
                    parents.append(parents[number])
        split = [(number, parent) for number, parent in enumerate(parents) if number != parent]
        copies = [(one, number) for number, parent in split for one, of in self._cover if of == parent]
        wanted = {(party, number) for duty in duties for number in np.unique(classes[duty.hours]).tolist()}
        fresh = sorted(wanted - set(self._cover) - set(copies))
        held = sum(cover.nbytes for cover in self._cover.values())
        more = sum(self._cover[one, parents[number]].nbytes for one, number in copies)
        more += len(fresh) * 2 * empty(self._rows, self._cols).nbytes
        if held + more > self._limit:
            raise MalformedInput("whatif.too_large", mebibytes=(held + more) >> 20, limit=self._limit >> 20)
        for one, number in copies:
            self._cover[one, number] = self._cover[one, parents[number]].copy()
        for key in fresh:
            self._cover[key] = _Cover(self._rows, self._cols)
        self.classes = classes
