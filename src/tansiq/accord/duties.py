"""Which reports every side owed at which time by the terms of reference that held then."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from tansiq.accord.past import as_it_stood
from tansiq.picture.terms import Rule, in_force
from tansiq.picture.told import Told
from tansiq.records.kinds.commitment import ReportEvery


class Duty(Struct, frozen=True):
    """A report that is owed by every cut-off after `start` and up to `end` (ms), and the rule that says so."""

    report: ReportEvery
    rule: Rule
    start: int
    end: int


def duties(told: Told, since: int, at: int) -> tuple[Duty, ...]:
    """The cut-offs of all terms that held between two instants (ms), each for as long as they held, oldest first.

    Of several rules for one report the first holds. By the times that records claim, as everything of the past is.
    """
    of_terms = terms_told(told)
    turns = sorted({one.said.at for thing in of_terms.things for one in thing.versions if one.said.at <= at})
    found: list[Duty] = []
    for start, end in pairwise((*turns, at)):
        holds = in_force(as_it_stood(of_terms, start))
        seen = set()
        for number, one in enumerate(holds.body.cutoffs or ()):
            if one.report in seen or end <= since:
                continue
            seen.add(one.report)
            report = ReportEvery(one.report, one.minute, one.weekday, one.offset)
            found.append(Duty(report, holds.rule("cutoffs", number), max(start, since), end))
    return tuple(found)


def terms_told(told: Told) -> Told:
    """Terms and the words on them alone: all that says which terms held when."""
    spoken = [*told.of_kind("terms"), *(one for one in told.of_kind("consent") if _about_terms(told, one.about))]
    return Told(spoken, told.parties, told.held, told.heard)


def _about_terms(told: Told, about: str | None) -> bool:
    thing = None if about is None else told.thing_of(about)
    return thing is not None and thing.kind == "terms"
