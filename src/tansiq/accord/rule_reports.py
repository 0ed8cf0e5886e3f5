"""Rule over reports: each owing party issues one by every cut-off; a missing one is listed by its cut-off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tansiq.accord.days import DAY_MS, MINUTE_MS, WEEK_DAYS, day_begins, day_of, weekday_of
from tansiq.accord.finding import Finding, Part, outcome, sealed, share_needed, unmeasured
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.commitment import ReportEvery
from tansiq.records.kinds.report import ISSUE_MS, Report


class Issued(Struct, frozen=True):
    """A cut-off (ms) of a party: the report that was issued for it, and whether by then."""

    party: str
    cutoff: int
    ref: str | None
    in_time: bool


def report_every(rule: ReportEvery, owed_by: Sequence[str], since: int, at: int, told: Told) -> Finding:
    """The cut-offs of the last days, of every owing party."""
    start = max(at - rule.days * DAY_MS, since)
    issued = [one for party in sorted(owed_by) for one in reports_by(rule, party, start, at, told, at)]
    if not issued:
        return unmeasured("report_every", "reports", 0, at, "no_cutoff")
    reached = sum(one.in_time for one in issued)
    needed = share_needed(rule.share_percent, len(issued))
    parts = [
        Part(str(one.cutoff), int(one.in_time), 1, 0, one.party, () if one.ref is None else (one.ref,))
        for one in issued
    ]
    return sealed(
        Finding(
            "report_every",
            outcome(reached, 0, needed),
            "reports",
            reached,
            needed,
            len(issued),
            0,
            start,
            at,
            tuple(ref for one in parts for ref in one.refs),
            tuple(f"report:{one.party}:{one.cutoff}" for one in issued if one.ref is None)[:40],
            parts=tuple(sorted(parts, key=lambda one: (one.reached, -int(one.name), one.party or ""))),
        )
    )


def reports_by(rule: ReportEvery, party: str, start: int, end: int, told: Told, at: int) -> list[Issued]:
    """What a party issued for each cut-off after `start` and up to `end` (ms), the oldest first, as of `at`.

    A report that names its cut-off counts for that one; another counts for the first cut-off that was still to come
    when it was said. It is in time where it was issued (`first_issued`) within `ISSUE_MS` of the cut-off; a cut-off
    for which that time is not over is left out while nothing was issued.
    """
    step = (1 if rule.weekday is None else WEEK_DAYS) * DAY_MS
    said = _said_for(rule, party, step, told)
    found = []
    for cutoff in cutoffs(rule, start, end):
        first = said.get(cutoff)
        if first is None and cutoff + ISSUE_MS > at:
            continue
        found.append(
            Issued(
                party,
                cutoff,
                None if first is None else first.ref,
                first is not None and first.said.at <= cutoff + ISSUE_MS,
            )
        )
    return found


def cutoffs(rule: ReportEvery, start: int, end: int) -> Iterator[int]:
    """The cut-offs after `start` and up to `end` (ms)."""
    for day in range(day_of(start, rule.offset) - 1, day_of(end, rule.offset) + 1):
        at = day_begins(day, rule.offset) + rule.minute * MINUTE_MS
        if start < at <= end and rule.weekday in (None, weekday_of(day)):
            yield at


def first_issued(thing: Thing) -> Version | None:
    """The first version of a report that reports anything; None where it only says why there is none."""
    for version in thing.versions:
        body = body_of(version, Report)
        if body is not None and (body.digest is not None or body.common is not None):
            return version
    return None


def _said_for(rule: ReportEvery, party: str, step: int, told: Told) -> dict[int, Version]:
    found: dict[int, Version] = {}
    for thing in told.of_kind("report"):
        body = body_of(thing.now, Report)
        if thing.party != party or body is None or body.report != rule.report:
            continue
        if rule.centre is not None and body.centre != rule.centre:
            continue
        first = first_issued(thing)
        if first is None:
            continue
        cutoff = body.cutoff
        if cutoff is None:
            cutoff = next(cutoffs(rule, first.said.at - 1, first.said.at + step), None)
        if cutoff is not None and (cutoff not in found or first.said.at < found[cutoff].said.at):
            found[cutoff] = first
    return found
