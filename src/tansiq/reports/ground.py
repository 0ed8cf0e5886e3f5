"""Ground that nobody covers, hour by hour of a report's time: a run of the engine of gaps over every area told.

From records alone, as rules of commitments ask (`tansiq.accord.measures`): two nodes that hold the same records come to
the same, hills or no hills in their folders. The timetables are those that stood at the cut-off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tansiq.accord.measures import AreaCover, Measures
from tansiq.gaps.hours import HOUR_MS, WEEK, hour_of
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.area import Area
from tansiq.reports.cutoff import Window
from tansiq.reports.gathered import names_in

MOST_AREAS: Final = 24
"""Areas that one report measures, the earliest told first; the rest are named as not measured."""


class AreaGround(Struct, frozen=True):
    """One area: of its `cells` so many are `open`, known to be covered by nobody, and `unknown`, in every hour.

    The hours begin with the one in which the report's time begins. `open_before` are the same hours of the week as they
    stood at the cut-off before; None where the area was not told by then. `refs` are the very records that were used.
    """

    ref: str
    names: dict[str, str]
    cells: int
    open: tuple[int, ...]
    unknown: tuple[int, ...]
    open_before: tuple[int, ...] | None
    refs: tuple[str, ...]
    missing: tuple[str, ...]
    digest: str

    def hours_open(self, hours: tuple[int, ...]) -> int:
        """In how many of these hours more than half of the area is open."""
        return sum(2 * one > self.cells for one in hours)


class Ground(Struct, frozen=True):
    """Every area that could be measured, and those that could not."""

    areas: tuple[AreaGround, ...]
    unmeasured: tuple[str, ...]


def ground(then: Told, measures: Measures, window: Window) -> Ground:
    """What nobody covers in the hours of a window, by what had been told at its end (`then`)."""
    told = list(areas_told(then))
    found, not_found = [], [thing.ref for thing in told[MOST_AREAS:]]
    for thing in told[:MOST_AREAS]:
        cover = measures.cover(thing.ref, None, window.end)
        if cover is None or not cover.cells:
            not_found.append(thing.ref)
            continue
        before = measures.cover(thing.ref, None, window.start)
        hours = hours_of(window)
        found.append(
            AreaGround(
                thing.ref,
                names_in(thing),
                cover.cells,
                _open(cover, hours),
                tuple(cover.unknown[hour] for hour in hours),
                _open(before, hours) if before is not None and before.cells == cover.cells else None,
                cover.refs,
                cover.missing,
                cover.digest,
            )
        )
    return Ground(tuple(found), tuple(not_found))


def areas_told(told: Told) -> Iterator[Thing]:
    """Areas that are drawn, as they were told first: a fence is a side's own care and is none."""
    for thing in sorted(told.of_kind("area"), key=lambda one: (one.versions[0].said.at, one.ref)):
        body = body_of(thing.now, Area)
        if body is not None and body.ring and body.purpose != "fence":
            yield thing


def hours_of(window: Window) -> tuple[int, ...]:
    """The hours of the week (0: Monday 00:00 local) that a window touches, each once, from its first on."""
    first = hour_of(window.start)
    count = max(1, min(WEEK, (window.end - window.start) // HOUR_MS))
    return tuple((first + number) % WEEK for number in range(count))


def _open(cover: AreaCover, hours: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(max(0, cover.cells - cover.covered[hour] - cover.unknown[hour]) for hour in hours)
