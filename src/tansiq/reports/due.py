"""Which reports were due, which were issued, and which are missing: by party, by centre, by cut-off."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from tansiq.accord.duties import terms_told
from tansiq.accord.past import as_it_stood
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

    By the terms that were in force at each cut-off or the default, once for each side; and once more for each centre
    for which a commitment promises it, by the cut-off that the commitment says. What was issued for a centre without
    such a commitment stands beside them: it was not due, and fills nobody's gap.
    """
    found = []
    for rule, first, last in _rules(told, report, start, end):
        found += [one for party in told.parties for one in _due(told, rule, party, None, first, last)]
    for owed, centre, rule in _promised(told, report):
        found += [one for party in owed for one in _due(told, rule, party, centre, start, end)]
    listed = {(one.party, one.centre, one.cutoff) for one in found}
    found += [
        one
        for one in _of_centres(told, report, start, end)
        if one.centre is not None and (one.party, one.centre, one.cutoff) not in listed
    ]
    return sorted(found, key=lambda one: (one.cutoff, one.party, one.centre or ""))


def _rules(told: Told, report: ReportName, start: int, end: int) -> Iterator[tuple[CutOff, int, int]]:
    """The rules by which a report was due, each with the time (after, up to) in which it held.

    A change of terms changes what is due after it; what was due before stays due as it was.
    """
    of_terms = terms_told(told)
    turns = sorted({one.said.at for thing in of_terms.things for one in thing.versions if start < one.said.at <= end})
    for first, last in pairwise([start + 1, *turns, end + 1]):
        then = as_it_stood(of_terms, first)
        if due_by_itself(then, report):
            yield rule_for(then, report)[0], first - 1, last - 1


def _of_centres(told: Told, report: ReportName, start: int, end: int) -> Iterator[Due]:
    for party in told.parties:
        for centre in _centres_of(told, report, party):
            for cutoff, thing in _by_cutoff(told, report, party, centre).items():
                if start < cutoff <= end:
                    yield _standing(report, party, cutoff, centre, thing)


def _centres_of(told: Told, report: ReportName, party: str) -> list[str]:
    bodies = [body_of(one.now, Report) for one in told.of_kind("report") if one.party == party]
    return sorted({one.centre for one in bodies if one is not None and one.report == report and one.centre})


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
        yield _standing(rule.report, party, cutoff, centre, mine.get(cutoff))


def _standing(report: str, party: str, cutoff: int, centre: str | None, thing: Thing | None) -> Due:
    """What became of a report that was due."""
    body = None if thing is None else body_of(thing.now, Report)
    if thing is None or body is None:
        return Due(report, party, cutoff, "missing", centre)
    first = first_issued(thing)
    if first is None:
        return Due(report, party, cutoff, "excused", centre, thing.ref, first_said(thing), None, body.reason)
    said = first.said.at
    standing: Standing = "issued" if said <= cutoff + ISSUE_MS else "late"
    return Due(report, party, cutoff, standing, centre, thing.ref, said, body.digest, body.reason)


def _by_cutoff(told: Told, report: str, party: str, centre: str | None) -> dict[int, Thing]:
    found: dict[int, Thing] = {}
    for thing in told.of_kind("report"):
        body = body_of(thing.now, Report)
        if thing.party != party or body is None or body.report != report or body.cutoff is None:
            continue
        if body.centre == centre and (body.cutoff not in found or first_said(thing) < first_said(found[body.cutoff])):
            found[body.cutoff] = thing
    return found
