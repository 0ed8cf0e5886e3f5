"""When a commitment is due: on a date, so many days after a confirmed trigger, again and again, or on no date."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tansiq.accord.days import day_begins, day_of, periods_before, step
from tansiq.accord.triggers import confirmed
from tansiq.picture.told import Told
from tansiq.records.kinds.commitment import Commitment

Way = Literal["date", "trigger", "period", "no_date"]


class DueAt(Struct, frozen=True, rename={"from_": "from"}):
    """`at` (ms) is when it is or was due: the end of the period at hand where it is due again and again, None where no
    date was given or the trigger is not confirmed. `from_` (ms) is from when it is owed.

    `trigger` and `waits_for` name the trigger that starts the clock, and the parties whose word on it is missing.
    """

    way: Way
    at: int | None
    from_: int
    over: bool
    trigger: str | None = None
    waits_for: tuple[str, ...] = ()
    differ: bool = False


def due_at(told: Told, body: Commitment, said: int, at: int) -> DueAt:
    """When it is due, as of an instant (ms); `said` is when it was said first (ms).

    A day counts to its end by local time. Of what is due again and again the last whole period is at hand, before the
    first is over that one.
    """
    begun = said if body.announced is None else min(said, body.announced)
    due = body.due
    if due is None or (due.by is None and due.after is None and due.every is None):
        return DueAt("no_date", None, begun, over=False)
    if due.by is not None:
        return DueAt("date", due.by, begun, over=due.by < at)
    if due.after is not None:
        trigger = confirmed(told, due.after.trigger)
        if trigger.day is None:
            return DueAt("trigger", None, begun, False, trigger.trigger, trigger.waits_for, trigger.differ)
        last = day_begins(trigger.day + due.after.days + 1) - 1
        return DueAt("trigger", last, begun, last < at, trigger.trigger)
    assert due.every is not None  # noqa: S101 - for the type checker: one way of being due is said
    start = begun if due.every.from_ is None else due.every.from_
    first = day_of(start)
    until = at if due.every.to is None else min(at, due.every.to)
    whole = periods_before(first, due.every.period, day_of(until))
    end = day_begins(step(first, due.every.period, max(whole, 1)))
    begins = day_begins(step(first, due.every.period, max(whole, 1) - 1))
    return DueAt("period", end, max(start, begins) if whole else start, over=whole > 0)
