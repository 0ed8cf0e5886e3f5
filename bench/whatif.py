"""One post of a thousand dragged: its footprint, the counts of its party at every class of hours, and what changed.

A thousand posts of two parties on 4 million cells with five timetables, each with a shorter range by night; every edit
moves one post by some cells. What the edits left is compared with unions made anew before any time is printed. The same
in a browser: `_desk`.
"""

from __future__ import annotations

import time
from typing import Final

import numpy as np

from bench import _desk
from bench._harness import Row, median, spread
from bench.sight import CELL, CURVATURE, NIGHT_CELLS, SIDE, TARGET_M, Case, case, prints_of
from tansiq.gaps import bits, cache, hours, sight
from tansiq.gaps.cache import Cache
from tansiq.gaps.sight import Footprint, Posts
from tansiq.gaps.whatif import Duty, WhatIf

POSTS: Final = 1000
QUICK_POSTS: Final = 60
EDITS: Final = 200
QUICK_EDITS: Final = 20
BUDGET_S: Final = 0.010
QUICK_DESK_POSTS: Final = 60
BROWSER_S: Final = 0.100
SHIFTS: Final = ((0, 24), (6, 18), (18, 6), (0, 12), (8, 20))
DARK: Final = (19, 5)
PARTIES: Final = ("a", "b")


def timetable(number: int) -> hours.Week:
    """When a post is on duty."""
    return hours.daily(*SHIFTS[number % len(SHIFTS)])


def duties(found: Footprint, number: int, row: int, col: int) -> list[Duty]:
    """What a post sees by day and by night."""
    by_day, by_night = hours.parted(timetable(number), hours.daily(*DARK))
    return [Duty(found, by_day), Duty(sight.night(found, row, col, NIGHT_CELLS), by_night)]


def party_of(number: int) -> str:
    """The party of a post."""
    return PARTIES[number % len(PARTIES)]


class Draft:
    """All posts, where they stand now, and the counts that follow them."""

    def __init__(self, one: Case) -> None:
        self.ground, self.digest = one.ready, cache.digest(one.terrain)
        self.rows, self.cols = one.posts.rows.copy(), one.posts.cols.copy()
        self.heights, self.ranges = one.posts.height_m, one.posts.range_m
        self.cache, self.whatif = Cache(), WhatIf(SIDE, SIDE)
        for number, found in enumerate(prints_of(one)):
            self._put(number, found)

    def move(self, number: int, row: int, col: int) -> int:
        """Set a post elsewhere; how many classes of hours it changed."""
        self.rows[number], self.cols[number] = row, col
        one = slice(number, number + 1)
        post = Posts(self.rows[one], self.cols[one], self.heights[one], self.ranges[one])
        (found,) = self.cache.footprints(
            self.digest, self.ground, CELL, post, target_m=TARGET_M, refraction=1.0 - CURVATURE
        )
        return self._put(number, found)

    def _put(self, number: int, found: Footprint) -> int:
        row, col = int(self.rows[number]), int(self.cols[number])
        changed = self.whatif.put(str(number), party_of(number), duties(found, number, row, col))
        return len(changed.classes)

    def check(self) -> None:
        """Raise where the counts are not those of the posts as they stand, swept anew."""
        posts = Posts(self.rows, self.cols, self.heights, self.ranges)
        found = sight.footprints(self.ground, CELL, posts, target_m=TARGET_M, refraction=1.0 - CURVATURE)
        for party in PARTIES:
            given = [
                duty
                for number, one in enumerate(found)
                if party_of(number) == party
                for duty in duties(one, number, int(self.rows[number]), int(self.cols[number]))
            ]
            schedules = np.array([duty.hours for duty in given])
            answer = sight.by_hours([duty.footprint for duty in given], schedules, SIDE, SIDE)
            for hour in range(hours.WEEK):
                covered = self.whatif.covered(party, int(self.whatif.classes[hour]))
                if (covered != answer.seen[answer.classes[hour]]).any():
                    raise RuntimeError(f"party {party}, hour {hour}: the edits left another cover than the posts have")


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench."""
    one = case(QUICK_POSTS if quick else POSTS)
    began = time.perf_counter()
    draft = Draft(one)
    built = time.perf_counter() - began
    chance = np.random.default_rng(5)
    count, edits = len(one.posts.rows), QUICK_EDITS if quick else EDITS
    # the first edit compiles what is not compiled yet; every further one is measured
    draft.move(0, int(draft.rows[0]) + 1, int(draft.cols[0]))
    times, touched = [], []
    for _ in range(edits):
        number = int(chance.integers(count))
        row, col = (int(value) for value in chance.integers(-20, 21, 2))
        began = time.perf_counter()
        touched.append(draft.move(number, int(draft.rows[number]) + row, int(draft.cols[number]) + col))
        times.append(time.perf_counter() - began)
    draft.check()
    classes = int(draft.whatif.classes.max()) + 1
    covered = bits.count(draft.whatif.covered(PARTIES[0], 0))
    print(f"  the edits left what the posts have; {covered:,} cells are seen by party a in class 0", flush=True)
    note = (
        f"{count} posts, {classes} classes of hours of which an edit changed {np.mean(touched):.1f}; {spread(times)}; "
        f"all counts made in {built:.2f} s"
    )
    worst = float(np.percentile(times, 95))
    seen = _desk.measure(QUICK_DESK_POSTS if quick else POSTS, quick=quick)
    late = float(np.percentile(seen.seconds, 95))
    shown = median(seen.seconds)
    return [
        Row("engine, budget 10 ms", "s", median(times), BUDGET_S, "budget", BUDGET_S / median(times), note),
        Row("engine, 95 of 100 edits, budget 10 ms", "s", worst, BUDGET_S, "budget", BUDGET_S / worst, ""),
        Row("browser, budget 100 ms", "s", shown, BROWSER_S, "budget", BROWSER_S / shown, seen.note),
        Row("browser, 95 of 100 moves, budget 100 ms", "s", late, BROWSER_S, "budget", BROWSER_S / late, ""),
    ]
