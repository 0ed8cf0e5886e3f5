"""A draft that is followed change by change: what the whole analysis would say of it, kept up to date.

Begun from an answer, it holds what each party covers in each class of hours as counts (`whatif`), and for the cells of
an edited post alone it renews cover, open ground, hours open and the pieces of open ground. Areas, hours and the map
are those of `analysis.analyse` for the same draft; ranks, incidents, outlines and depth are left to that.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import Conflict
from tansiq.gaps import bits, cover, frame, runs, timetable
from tansiq.gaps.answer import Answer
from tansiq.gaps.bearings import Bearings
from tansiq.gaps.cache import Cache
from tansiq.gaps.cover import Cover, Known
from tansiq.gaps.covering import Sights, classes_of, light_of, of_silent
from tansiq.gaps.edits import Edits, edited
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import Inputs, Post
from tansiq.gaps.layers import Layers
from tansiq.gaps.pieces import Pieces, count_hours, pieces_of, renewed, settle
from tansiq.gaps.whatif import Changed, Duty, WhatIf

Rest = tuple[dict[int, Known], dict[int, Known]]
"""Reach by minutes and presence by hours, as the rule names them."""


class Window(Struct, frozen=True):
    """Rows and words (of 64 columns) within which something may have changed."""

    row0: int
    rows: int
    word0: int
    words: int

    def __bool__(self) -> bool:
        return self.rows > 0 and self.words > 0


NOTHING = Window(0, 0, 0, 0)


class Hours(Struct, frozen=True):
    """Cells of the area in a class of hours."""

    open: int
    unknown: int
    everyone: int
    covered: tuple[int, ...]


class Standing(Struct, frozen=True):
    """What holds with the changes: the class of each hour as in an answer, its cells, the pieces of open ground."""

    number: NDArray[np.int64]
    hours: list[Hours]
    pieces: Pieces
    opened: tuple[tuple[int, ...], ...]
    """Of each piece the classes of hours in which any of it lies open."""


class Draft:
    """The cover of an answer's inputs with changes. For one thread at a time."""

    def __init__(self, answer: Answer, layers: Layers, memory: Cache | None = None, threads: int | None = None) -> None:
        self.grid = answer.grid
        self.area = answer.area
        self._stated = answer.inputs
        self._options = answer.options
        self._bearings = Bearings(answer.grid, layers, answer.options, memory, threads)
        self._inside: dict[tuple[int, int], bool] = {}
        self._inputs = self._here = answer.inputs
        self._whatif = WhatIf(0, 0)
        self._posts: dict[str, Post] = {}
        self._rest: dict[tuple[str, int], Rest] = {}
        self._covered = self._unknown = np.zeros((0, 0, 0, 0), np.uint64)
        self._opens = np.zeros((0, 0, 0), np.uint64)
        self._tally = np.zeros((0, 0), np.int64)
        self._week = np.zeros((0, 0), np.uint8)
        self._runs = runs.of_week(self._week, 0)
        self._standing: Standing | None = None
        self._begin(answer.inputs)

    def follow(self, edits: Edits) -> tuple[Window, frozenset[int]]:
        """Take up a draft in place of the one before; where the map may have changed, and at which hours of the week.

        Raises Conflict (`whatif.other_frame`), nothing changed, for one that an analysis would lay another frame for or
        that adds to the released cover of a party, and what `edits.edited` and `WhatIf.put` refuse; after the last of
        these a new Draft has to be begun.
        """
        wanted = edited(self._stated, edits)
        if frame_of(wanted, self._options.cell) != self.grid or _adds_to_released(wanted):
            raise Conflict("whatif.other_frame")
        if (wanted.patrols, wanted.bases) != (self._inputs.patrols, self._inputs.bases):
            self._begin(wanted)
            return self._all(), frozenset(range(timetable.HOURS))
        before, self._inputs = self._inputs, wanted
        self._here = self._near(wanted)
        window, hours = self._move_posts()
        self._standing = None
        if before.closed != wanted.closed:
            self._rest.clear()
            window, hours = self._all(), frozenset(range(timetable.HOURS))
        if window:
            self._renew(window, np.unique(self._whatif.classes[list(hours)]).tolist())
        return window, hours

    def standing(self) -> Standing:
        """What holds with the changes that were taken up last."""
        if self._standing is None:
            number, first = classes_of(self._here)
            mine = self._whatif.classes[first].tolist()
            hours = []
            for one in mine:
                opened, unsure, everyone, *covered = self._tally[one].tolist()
                hours.append(Hours(opened, unsure, everyone, tuple(covered)))
            found = pieces_of(self._runs, self._opens, self._options.smallest_m2 / self.grid.cell_area)
            when = tuple(tuple(kind for kind, one in enumerate(mine) if each.open_cells[one]) for each in found.pieces)
            self._standing = Standing(number, hours, found, when)
        return self._standing

    def cover_at(self, hour: int) -> tuple[Cover, int]:
        """The cover of all parties, and which of its classes an hour of the week is in."""
        return Cover(self._covered, self._unknown, self.grid.cols), int(self._whatif.classes[hour])

    @property
    def inputs(self) -> Inputs:
        """The inputs with the changes."""
        return self._inputs

    def _begin(self, inputs: Inputs) -> None:
        rows, words = self.area.shape
        self._inputs, self._here = inputs, frame.near(self.grid, inputs)
        number, _ = classes_of(self._here)
        self._whatif = WhatIf(rows, self.grid.cols, classes=number.astype(np.uint8))
        self._posts, self._rest = {}, {}
        shape = (len(inputs.parties), self._count, rows, words)
        self._covered, self._unknown = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64)
        self._opens = np.zeros(shape[1:], np.uint64)
        # before any post is counted all of the area is open
        self._tally = np.zeros((self._count, len(inputs.parties) + 3), np.int64)
        self._tally[:, 0] = bits.count(self.area)
        self._week = np.zeros((rows, self.grid.cols), np.uint8)
        self._runs = runs.of_week(self._week, 0)
        self._move_posts()
        self._renew(self._all(), range(self._count))

    @property
    def _count(self) -> int:
        return int(self._whatif.classes.max()) + 1

    def _all(self) -> Window:
        return Window(0, self.area.shape[0], 0, self.area.shape[1])

    def _near(self, inputs: Inputs) -> Inputs:
        """`frame.near` for inputs of which only posts may be others than before."""
        fresh = list({post.place for post in inputs.posts} - self._inside.keys())
        if fresh:
            self._inside |= dict(zip(fresh, frame.inside(self.grid, fresh).tolist(), strict=True))
        posts = tuple(post for post in inputs.posts if self._inside[post.place])
        return frame.with_things(inputs, posts, self._here.patrols, self._here.bases)

    def _move_posts(self) -> tuple[Window, frozenset[int]]:
        """Count the posts that are others than before, let those that are gone go; where and when cover changes."""
        wanted = {post.ref: post for post in self._here.posts}
        fresh = [post for ref, post in wanted.items() if self._posts.get(ref) != post]
        seen = self._bearings.look.sights(fresh, lambda stage, part: None) if fresh else {}
        windows: list[Changed] = []
        # hours, because a class may be parted by a timetable that comes after
        hours: set[int] = set()

        def take(one: Changed) -> None:
            if one.rows:
                windows.append(one)
                hours.update(np.flatnonzero(np.isin(self._whatif.classes, one.classes)).tolist())

        for ref in self._posts.keys() - wanted.keys():
            take(self._whatif.drop(ref))
        for post in fresh:
            classes = self._whatif.classes
            one = self._whatif.put(post.ref, post.party, self._duties(post, seen))
            self._split(classes)
            take(one)
        self._posts = wanted
        return _around(windows), frozenset(hours)

    def _duties(self, post: Post, seen: Sights) -> list[Duty]:
        manned = timetable.week_of(post.hours)
        if post.day_m == post.night_m:
            return [Duty(seen[post.ref, True], manned)] if post.day_m else []
        light = light_of(self._inputs)
        both = ((True, post.day_m, manned & light), (False, post.night_m, manned & ~light))
        return [Duty(seen[post.ref, day], week) for day, reach, week in both if reach]

    def _split(self, before: NDArray[np.uint8]) -> None:
        """Give the classes that a timetable has parted off what the class that they come from had."""
        old = int(before.max()) + 1
        if self._count == old:
            return
        hours = [int(np.argmax(self._whatif.classes == number)) for number in range(old, self._count)]
        parents = [*range(old), *(int(before[hour]) for hour in hours)]
        self._covered, self._unknown = self._covered[:, parents], self._unknown[:, parents]
        self._opens, self._tally = self._opens[parents], self._tally[parents]
        for party in self._inputs.parties:
            for number in range(old, self._count):
                if (party, parents[number]) in self._rest:
                    self._rest[party, number] = self._rest[party, parents[number]]

    def _renew(self, window: Window, classes: Iterable[int]) -> None:
        """Work out cover, open ground and its pieces anew within a window."""
        self._standing = None
        box = (window.row0, window.rows, window.word0, window.words)
        for number in classes:
            self._tally[number] -= settle(self._covered, self._unknown, self.area, number, *box, self._opens)
            for place, party in enumerate(self._inputs.parties):
                self._cover(place, party, number, window)
            self._tally[number] += settle(self._covered, self._unknown, self.area, number, *box, self._opens)
        weights = np.bincount(self._whatif.classes, minlength=self._count)
        count_hours(self._opens, weights, *box, self._week)
        self._runs = renewed(self._runs, self._week, window.row0, window.rows)

    def _columns(self, window: Window) -> int:
        return min(self.grid.cols - window.word0 * bits.WORD, window.words * bits.WORD)

    def _cover(self, place: int, party: str, number: int, window: Window) -> None:
        part = np.s_[window.row0 : window.row0 + window.rows, window.word0 : window.word0 + window.words]
        hour = int(np.argmax(self._whatif.classes == number))
        known = self._bearings.released(self._inputs, party, hour)
        if known is None:
            if (party, number) not in self._rest:
                self._rest[party, number] = (
                    self._bearings.reach(self._here, party, hour),
                    self._bearings.presence(self._here, party, hour),
                )
            reach, presence = (_cut(one, part) for one in self._rest[party, number])
            seen = Known(*self._whatif.known(party, number, part))
            if self._inputs.based_on[party].told_nothing:
                seen, reach, presence = of_silent(seen, reach, presence, self._columns(window))
            known = cover.by_rule(self._inputs.rule.ways, seen, reach, presence)
        else:
            known = Known(known.holds[part], known.unknown[part])
        self._covered[place, number][part] = known.holds
        self._unknown[place, number][part] = known.unknown


def _adds_to_released(inputs: Inputs) -> bool:
    """Whether a party that tells its cover alone is thought to have posts or patrols besides."""
    told = {one.party for one in inputs.released}
    return not told.isdisjoint({one.party for one in inputs.posts} | {one.party for one in inputs.patrols})


def _around(changed: list[Changed]) -> Window:
    """The smallest window that holds all of these."""
    if not changed:
        return NOTHING
    row0, word0 = min(one.row0 for one in changed), min(one.word0 for one in changed)
    row1, word1 = max(one.row0 + one.rows for one in changed), max(one.word0 + one.words for one in changed)
    return Window(row0, row1 - row0, word0, word1 - word0)


def _cut(found: dict[int, Known], part: tuple[slice, slice]) -> dict[int, Known]:
    return {key: Known(one.holds[part], one.unknown[part]) for key, one in found.items()}
