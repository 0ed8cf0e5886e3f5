"""The kept-promise record: the same few figures for every side, by the same yardstick, each with its records.

Never one score. A figure of which there is nothing says so (`value` None); it is not nought. What it can and cannot say
is in `docs/accord.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec
from msgspec import Struct

from tansiq.accord.commitments import Evaluation, Promise
from tansiq.accord.days import DAY_MS, MINUTE_MS
from tansiq.accord.duties import Duty, duties
from tansiq.accord.finding import RULES
from tansiq.accord.measures import AskedPlan, Measures
from tansiq.accord.past import as_it_stood
from tansiq.accord.rule_reports import Issued, reports_by
from tansiq.accord.seats import Seats
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.commitment import Commitment, ReportEvery
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.complaint_step import ComplaintStep

LONGEST_DAYS: Final = 366

Name = Literal[
    "owed",
    "kept",
    "late",
    "partly",
    "not_kept",
    "disputed",
    "not_measurable",
    "not_yet_due",
    "median_answer",
    "unanswered",
    "reports",
    "complaints",
]


class Figure(Struct, frozen=True):
    """One figure: `value`, of `of` where it is a part of something; whole minutes for `median_answer`.

    `refs` are the records behind it: commitments, plans, reports, complaints. `missing` what was due and is not there:
    cut-offs (ms) of reports that were never issued. `due_by` are the commitments and the very versions of terms by
    which reports were due.
    """

    name: Name
    value: int | None
    of: int | None
    refs: tuple[str, ...]
    missing: tuple[int, ...] = ()
    due_by: tuple[str, ...] = ()


class SideRecord(Struct, frozen=True):
    """A side and its figures, the same in the same order for every side."""

    party: str
    figures: tuple[Figure, ...]


class KeptRecord(Struct, frozen=True, rename={"from_": "from"}):
    """The record of every side for what was asked and due from a time until another (ms)."""

    from_: int
    at: int
    sides: tuple[SideRecord, ...]
    digest: str


def kept_record(
    told: Told,
    seats: Seats,
    evaluation: Evaluation,
    measures: Measures,
    *,
    days: int = LONGEST_DAYS,
) -> KeptRecord:
    """The record as of an evaluation: commitments as they stand; answers, reports and complaints of the last `days`."""
    at = evaluation.at
    then = as_it_stood(told, at)
    since = max(0, at - min(days, LONGEST_DAYS) * DAY_MS)
    asked = [one for one in measures.asked(at) if since <= one.asked_at <= at]
    owed = duties(then, since, at)
    sides = tuple(
        SideRecord(
            party,
            (
                *_promises([one for one in evaluation.promises if party in one.owed_by]),
                _median(party, asked),
                _unanswered(party, asked, at),
                _reports(party, then, evaluation, owed, since, at),
                _complaints(party, then, since),
            ),
        )
        for party in sorted(seats.sides)
    )
    text = msgspec.json.encode([RULES, since, at, sides])
    return KeptRecord(since, at, sides, hashlib.sha256(text).hexdigest())


def _promises(owed: Iterable[Promise]) -> list[Figure]:
    """How many commitments in force stand how; the states are the rows, and every one in force is in one of them."""
    counted = [one for one in owed if one.standing.name == "in_force"]
    states: dict[Name, str] = {
        "kept": "kept",
        "late": "late",
        "partly": "partly",
        "not_kept": "not_kept",
        "disputed": "disputed",
        "not_measurable": "cannot_be_measured_yet",
        "not_yet_due": "not_yet_due",
    }
    found = [Figure("owed", len(counted), None, tuple(one.ref for one in counted))]
    for name, state in states.items():
        refs = tuple(one.ref for one in counted if one.state == state)
        found.append(Figure(name, len(refs), len(counted), refs))
    return found


def _median(party: str, asked: Sequence[AskedPlan]) -> Figure:
    """The middle of the times from being asked to answering, in whole minutes; of two in the middle their mean."""
    mine = [one for one in asked if one.party == party and one.answered_at is not None]
    times = sorted(max(0, (one.answered_at or 0) - one.asked_at) for one in mine)
    refs = tuple(sorted({one.plan for one in mine}))
    if not times:
        return Figure("median_answer", None, None, ())
    middle = (times[(len(times) - 1) // 2] + times[len(times) // 2]) // 2
    return Figure("median_answer", middle // MINUTE_MS, len(times), refs)


def _unanswered(party: str, asked: Sequence[AskedPlan], at: int) -> Figure:
    """Plans that asked a party, were not answered, and are over or were never answered until now."""
    mine = [one for one in asked if one.party == party]
    if not mine:
        return Figure("unanswered", None, None, ())
    silent = tuple(sorted({one.plan for one in mine if one.answered_at is None}))
    return Figure("unanswered", len(silent), len(mine), silent)


def _reports(party: str, told: Told, evaluation: Evaluation, owed: Sequence[Duty], since: int, at: int) -> Figure:
    """Reports that were issued by their cut-off, of those that were due by commitments and by terms of reference."""
    due = [(one.report, one.start, one.end, one.rule.terms) for one in owed]
    for promise in evaluation.promises:
        thing = told.get(promise.ref)
        body = None if thing is None else body_of(thing.now, Commitment)
        rule = None if body is None else body.rule
        owes = promise.standing.name == "in_force" and party in promise.owed_by
        if owes and isinstance(rule, ReportEvery):
            due.append((rule, max(since, promise.due.from_), at, promise.ref))
    issued: dict[tuple[str, str | None, int], Issued] = {}
    due_by = set()
    for rule, start, end, source in due:
        for one in reports_by(rule, party, start, end, told, at):
            issued[rule.report, rule.centre, one.cutoff] = one
            due_by.add(source or "")
    if not issued:
        return Figure("reports", None, None, ())
    found = issued.values()
    return Figure(
        "reports",
        sum(one.in_time for one in found),
        len(issued),
        tuple(sorted({one.ref for one in found if one.ref is not None})),
        tuple(sorted(one.cutoff for one in found if one.ref is None)),
        tuple(sorted(due_by)),
    )


def _complaints(party: str, told: Told, since: int) -> Figure:
    """Complaints against a party to which it replied, of all against it that were not withdrawn."""
    against = []
    replied = 0
    for thing in told.of_kind("complaint"):
        body = body_of(thing.now, Complaint)
        if body is None or body.against != party or body.status == "withdrawn" or thing.versions[0].said.at < since:
            continue
        against.append(thing.ref)
        steps = [one for one in told.about("complaint_step", thing.ref) if one.party == party]
        replied += any((step := body_of(one.now, ComplaintStep)) is not None and step.step == "reply" for one in steps)
    return Figure("complaints", replied if against else None, len(against) or None, tuple(against))
