"""By when a report is out, which time it covers, and what was told by then.

A report covers what was said after one cut-off and up to the next. So nothing falls between two reports, and what comes
after a cut-off stands in the next one, however early it happened. Said is said by the claimed time, which every node
holds alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from tansiq.accord.terms import cutoff_for
from tansiq.picture.terms import Rule, in_force
from tansiq.picture.told import Thing, Told, Version
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.kinds.terms import CutOff

MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
WEEK_DAYS: Final = 7
DEFAULTS: Final[Mapping[ReportName, CutOff]] = {
    "situation": CutOff("situation", 19 * 60 + 30),
    "weekly": CutOff("weekly", 12 * 60, weekday=4),
    "compliance": CutOff("compliance", 12 * 60, weekday=4),
}
"""Where no terms say it: every day at half past seven in the evening, and Thursdays at noon."""


class Window(Struct, frozen=True):
    """Times (ms) after `start` and up to `end`, which is the cut-off."""

    start: int
    end: int

    def holds(self, at: int) -> bool:
        """Whether a time falls into it."""
        return self.start < at <= self.end

    @property
    def before(self) -> Window:
        """As long a time just before."""
        return Window(2 * self.start - self.end, self.start)


def rule_for(told: Told, report: ReportName) -> tuple[CutOff, Rule | None]:
    """The cut-off of a report by the terms in force, and the rule that says it; else the default without a rule."""
    found = cutoff_for(in_force(told), report)
    return (DEFAULTS[report], None) if found is None else found


def due_by_itself(told: Told, report: ReportName) -> bool:
    """Whether a report is due without anybody asking for it: a compliance report only where terms say when."""
    return report != "compliance" or rule_for(told, report)[1] is not None


def cutoffs(rule: CutOff, start: int, end: int) -> list[int]:
    """The cut-offs after `start` and up to `end` (ms), oldest first."""
    first = (start + rule.offset * MINUTE_MS) // DAY_MS
    last = (end + rule.offset * MINUTE_MS) // DAY_MS
    times = (day * DAY_MS - rule.offset * MINUTE_MS + rule.minute * MINUTE_MS for day in range(first - 1, last + 1))
    return [at for at in times if start < at <= end and rule.weekday in (None, weekday(at, rule.offset))]


def window_of(rule: CutOff, day: int) -> Window:
    """The window that ends with the cut-off of the local day in which `day` (ms) falls, or with the next one."""
    begins = (day + rule.offset * MINUTE_MS) // DAY_MS * DAY_MS - rule.offset * MINUTE_MS
    end = cutoffs(rule, begins - 1, begins + (WEEK_DAYS + 1) * DAY_MS)[0]
    length = DAY_MS if rule.weekday is None else WEEK_DAYS * DAY_MS
    return Window(end - length, end)


def weekday(at: int, offset: int) -> int:
    """The day of the week of a time (ms) by the local clock: 1 Monday … 7 Sunday."""
    return ((at + offset * MINUTE_MS) // DAY_MS + 3) % WEEK_DAYS + 1


def first_said(thing: Thing) -> int:
    """When a thing was said first (ms)."""
    return thing.versions[0].said.at


def changed_in(thing: Thing, window: Window) -> list[Version]:
    """The versions of a thing in a window that change one from before it."""
    if first_said(thing) > window.start:
        return []
    return [one for one in thing.versions[1:] if window.holds(one.said.at)]
