"""Which reports were due, which were issued, and which are missing: by party, by centre, by cut-off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from tansiq.accord.rule_reports import first_issued
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.commitment import Commitment, ReportEvery, ReportName
from tansiq.records.kinds.report import ISSUE_MS, Report
from tansiq.records.kinds.terms import CutOff
from tansiq.reports.cutoff import cutoffs, due_by_itself, first_said, rule_for

Standing = Literal["issued", "late", "missing", "excused"]


class Due(Struct, frozen=True):
    """A report of a party that was due by a cut-off (ms): issued in time, issued late, or missing.

    `excused` is missing with a reason that its party gave; that stays a gap. `digest` is what it says of itself.
    """

    report: str
    party: str
    cutoff: int
    standing: Standing
    centre: str | None = None
    ref: str | None = None
    said: int | None = None
    digest: str | None = None
    reason: str | None = None


class Issued(Struct, frozen=True):
    """A report as its party issued it; `period_from` and `cutoff` in ms."""

    ref: str
    party: str
    report: str
    cutoff: int | None
    period_from: int | None
    said: int
    centre: str | None
    agreement: str | None
    digest: str | None
    common: dict[str, str]
    reason: str | None


def issued(told: Told) -> list[Issued]:
    """Every report that was issued, or whose absence was given a reason, the newest first."""
    found = []
    for thing in told.of_kind("report"):
        body = body_of(thing.now, Report)
        if body is None or body.report is None:
            continue
        found.append(
            Issued(
                thing.ref,
                thing.party,
                body.report,
                body.cutoff,
                None if body.period is None else body.period.from_,
                first_said(thing),
                body.centre,
                body.agreement,
                body.digest,
                common_of(thing),
                body.reason,
            )
        )
    return sorted(found, key=lambda one: (-one.said, one.ref))


def common_of(thing: Thing) -> dict[str, str]:
    """The common comment of a report, by language."""
    body = body_of(thing.now, Report)
    if body is None or body.common is None:
        return {}
    words = {"ar": body.common.ar, "ckb": body.common.ckb, "en": body.common.en}
    return {language: text for language, text in words.items() if text}


def due_in(told: Told, report: ReportName, start: int, end: int) -> list[Due]:
    """What was due after `start` and up to `end` (ms) of every side, by cut-off, then by party, then by centre.

    By the terms in force or the default, once for each side; and once more for each centre for which a commitment
    promises it, by the cut-off that the commitment says.
    """
    found = []
    if due_by_itself(told, report):
        rule, _ = rule_for(told, report)
        found += [one for party in told.parties for one in _due(told, rule, party, None, start, end)]
    for owed, centre, rule in _promised(told, report):
        found += [one for party in owed for one in _due(told, rule, party, centre, start, end)]
    return sorted(found, key=lambda one: (one.cutoff, one.party, one.centre or ""))


def _promised(told: Told, report: ReportName) -> Iterator[tuple[list[str], str, CutOff]]:
    seen = set()
    for thing in told.of_kind("commitment"):
        body = body_of(thing.now, Commitment)
        rule = None if body is None else body.rule
        if body is None or body.status == "withdrawn" or not isinstance(rule, ReportEvery) or rule.centre is None:
            continue
        if rule.report == report and (rule.centre, rule.minute, rule.weekday) not in seen:
            seen.add((rule.centre, rule.minute, rule.weekday))
            yield (
                list(body.owed_by or told.parties),
                rule.centre,
                CutOff(report, rule.minute, rule.weekday, rule.offset),
            )


def _due(told: Told, rule: CutOff, party: str, centre: str | None, start: int, end: int) -> Iterator[Due]:
    mine = _by_cutoff(told, rule.report, party, centre)
    for cutoff in cutoffs(rule, start, end):
        thing = mine.get(cutoff)
        body = None if thing is None else body_of(thing.now, Report)
        first = None if thing is None else first_issued(thing)
        if thing is None or body is None:
            yield Due(rule.report, party, cutoff, "missing", centre)
        elif first is None:
            yield Due(rule.report, party, cutoff, "excused", centre, thing.ref, first_said(thing), None, body.reason)
        else:
            said = first.said.at
            yield Due(
                rule.report,
                party,
                cutoff,
                "issued" if said <= cutoff + ISSUE_MS else "late",
                centre,
                thing.ref,
                said,
                body.digest,
                body.reason,
            )


def _by_cutoff(told: Told, report: str, party: str, centre: str | None) -> dict[int, Thing]:
    found: dict[int, Thing] = {}
    for thing in told.of_kind("report"):
        body = body_of(thing.now, Report)
        if thing.party != party or body is None or body.report != report or body.cutoff is None:
            continue
        if body.centre == centre and (body.cutoff not in found or first_said(thing) < first_said(found[body.cutoff])):
            found[body.cutoff] = thing
    return found
