"""Reports at a desk: which are due, the facts of one, its copy in a language, and issuing it.

The common part follows from what was told to the circle alone; the reserved part from this node's own records, and only
this node ever prints it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.accord.measures import Measures
from tansiq.accord.past import as_it_stood
from tansiq.desk.accord_board import Table, Tables, table_of
from tansiq.desk.accord_measures import measures_of
from tansiq.desk.accord_reports_own import label_of, reserved_part
from tansiq.desk.office import Office, circle_named, parties
from tansiq.errors import NotFound
from tansiq.movements.engine import Engine
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.kinds.report import Report
from tansiq.records.values import Language
from tansiq.reports.compliance import Compliance, compliance
from tansiq.reports.copy import Copy, Part, Ring
from tansiq.reports.cutoff import DAY_MS, Window, cutoffs, due_by_itself, rule_for, window_of
from tansiq.reports.due import Due, Issued, common_of, due_in, issued
from tansiq.reports.gathered import digest, names_in
from tansiq.reports.ground import areas_told
from tansiq.reports.kinds import KINDS
from tansiq.reports.outlines import NO_OUTLINES, Outlines, read_outlines
from tansiq.reports.page_compliance import compliance_page
from tansiq.reports.page_situation import situation_page
from tansiq.reports.page_weekly import weekly_page
from tansiq.reports.paper import Paper
from tansiq.reports.situation import Situation, situation
from tansiq.reports.voice import Digits, Voice
from tansiq.reports.weekly import Weekly, weekly

Facts = Situation | Weekly | Compliance
KINDS_OF_REPORT: Final[tuple[ReportName, ...]] = ("situation", "weekly", "compliance")
LANGUAGES: Final[tuple[Language, ...]] = ("ar", "ckb", "en")
MOST_DAYS: Final = 92
MOST_KEPT: Final = 24


class ReportTables(Tables):
    """Everything that a report follows from."""

    def __init__(self) -> None:
        super().__init__(KINDS)


class _Kept:
    """Facts that were worked out and still hold, by circle, turn, report and window."""

    def __init__(self) -> None:
        self.facts: OrderedDict[tuple[Any, ...], Facts] = OrderedDict()


class Asked(Struct, frozen=True):
    """Which report: `day` (ms) is any moment of the local day of its cut-off."""

    circle: str
    kind: ReportName
    day: int
    agreement: str | None = None


@dataclass(frozen=True)  # no struct: it is never read, and a node learns every struct before it serves
class Made:
    """A report's facts and the digest of its common part; `final` once its cut-off is over."""

    facts: Facts
    digest: str
    window: Window
    final: bool


class RuleView(Struct, frozen=True):
    """By when a report is out: minute of local time, weekday where it is weekly, the terms that say so."""

    report: ReportName
    minute: int
    weekday: int | None
    offset: int
    terms: str | None
    due: bool
    latest: int
    """The latest cut-off that is over (ms)."""


class AgreementView(Struct, frozen=True):
    """An agreement of which a compliance report can be made; `ref` None: commitments that name none."""

    ref: str | None
    names: dict[str, str]
    commitments: int


class ReportsView(Struct, frozen=True):
    """Reports of a circle in a span of time (ms): due with what became of each, issued, and when the next are due."""

    at: int
    circle: str
    start: int
    end: int
    sides: list[str]
    rules: list[RuleView]
    due: list[Due]
    issued: list[Issued]
    agreements: list[AgreementView]


def overview(office: Office, circle: str, start: int | None = None, end: int | None = None) -> ReportsView:
    """What was due from `start` to `end` (ms), the last two weeks if left out; at most `MOST_DAYS` days."""
    now = office.clock()
    with table_of(office, circle, ReportTables) as table:
        told = table.told
        until = _latest_word(told, now) if end is None else end
        begin = until - 14 * DAY_MS if start is None else start
        begin = max(begin, until - MOST_DAYS * DAY_MS)
        due = [one for kind in KINDS_OF_REPORT for one in due_in(told, kind, begin, until)]
        rules = [_rule(told, kind, until) for kind in KINDS_OF_REPORT]
        return ReportsView(
            now, circle, begin, until, list(table.sides), rules, due, issued(told)[:500], _agreements(told)
        )  # fmt: skip


def _latest_word(told: Told, now: int) -> int:
    """Now; on an exercise clock that is over, the end of the day on which something was said last."""
    last = max((one.now.said.at for one in told.things), default=now)
    return now if last > now - 60 * DAY_MS else last + DAY_MS


def _rule(told: Told, kind: ReportName, until: int) -> RuleView:
    rule, said = rule_for(told, kind)
    latest = cutoffs(rule, until - 8 * DAY_MS, until)[-1]
    terms = None if said is None else said.terms
    return RuleView(kind, rule.minute, rule.weekday, rule.offset, terms, due_by_itself(told, kind), latest)


def _agreements(told: Told) -> list[AgreementView]:
    counts: dict[str | None, int] = {}
    for thing in told.of_kind("commitment"):
        named = getattr(thing.now.body, "agreement", None)
        agreement = None if named is None else told.thing_of(named)
        ref = None if agreement is None else agreement.ref
        counts[ref] = counts.get(ref, 0) + 1
    found = [AgreementView(one.ref, names_in(one), counts.get(one.ref, 0)) for one in told.of_kind("agreement")]
    if None in counts:
        found.append(AgreementView(None, {}, counts[None]))
    return found


def latest(office: Office, circle: str, kind: ReportName) -> int:
    """The latest cut-off (ms) of a report that is over; on an exercise clock that is over, of the exercise."""
    now = office.clock()
    with table_of(office, circle, ReportTables) as table:
        return _rule(table.told, kind, _latest_word(table.told, now)).latest


def agreement_named(office: Office, circles: Iterable[str], name: str) -> tuple[str, str]:
    """Circle and reference of the agreement of this reference or path; without a name the only one that was told.

    Refused (`report.name_agreement`): none, or more than one, with the paths that there are.
    """
    found: list[tuple[str, str]] = []
    paths: list[str] = []
    for circle in circles:
        with table_of(office, circle, ReportTables) as table:
            for thing in table.told.of_kind("agreement"):
                path = getattr(thing.now.body, "path", None)
                paths.append(path or thing.ref)
                if name in ("", thing.ref, path):
                    found.append((circle, thing.ref))
    if len(found) != 1:
        raise NotFound("report.name_agreement", count=len(found), known=" ".join(dict.fromkeys(paths)) or "–")
    return found[0]


def make(office: Office, asked: Asked) -> Made:
    """The facts of a report. Refused: a circle that is not here, an agreement that was not told by then."""
    with table_of(office, asked.circle, ReportTables) as table, measures_of(office, asked.circle) as (measures, _):
        return _made(office, table, asked, measures)


def _made(office: Office, table: Table, asked: Asked, measures: Measures) -> Made:
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
    window, rule = window_for(table.told, asked.kind, asked.day)
    kept = office.memory.of(_Kept).facts
    key = (circle.id, table.turn, asked.kind, window, asked.agreement)
    facts = kept.get(key)
    if facts is None:
        if asked.kind == "compliance":
            work: Callable[..., Facts] = partial(compliance, seats=table.seats(circle.id), agreement=asked.agreement)
        else:
            work = partial(weekly, look=Engine()) if asked.kind == "weekly" else partial(situation, look=Engine())
        facts = work(table.told, circle.id, exercise=circle.exercise, window=window, rule=rule, measures=measures)
        kept[key] = facts
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    return Made(facts, digest(facts), window, final=window.end <= office.clock())


def window_for(told: Told, kind: ReportName, day: int) -> tuple[Window, str | None]:
    """The window whose cut-off falls on a local day or next after it, by the terms in force at that cut-off."""
    rule, _ = rule_for(told, kind)
    window = window_of(rule, day)
    then, said = rule_for(as_it_stood(told, window.end), kind)
    if then != rule:
        window = window_of(then, day)
    return window, None if said is None else said.terms


def paper(office: Office, asked: Asked, lang: Language, part: Part, digits: Digits = "western") -> tuple[Paper, Made]:
    """A copy of a report in a language."""
    with table_of(office, asked.circle, ReportTables) as table, measures_of(office, asked.circle) as (measures, _):
        made = _made(office, table, asked, measures)
        then = as_it_stood(table.told, made.window.end)
        comments = tuple(_comments(table, asked, made.window))
        areas = {} if asked.kind == "compliance" else dict(_areas(then))
        beside = {*areas, *(one.ref for one in _issued_for(table, asked, made.window))}
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
        names = {str(one.card.party): _names(one.card.names) for one in parties(connection)}
    reserved = reserved_part(office, asked.circle, asked.kind, made.window) if part == "reserved" else None
    voice = Voice(lang, names, digits)
    label = label_of(office, asked.circle, made.facts, voice, reserved, beside)
    copy = Copy(
        voice,
        then,
        _names(circle.names),
        circle.exercise,
        label,
        made.digest,
        comments,
        _outlines(),
        tuple(areas.values()),
        reserved,
    )
    return _page(made.facts, copy), made


def _page(facts: Facts, copy: Copy) -> Paper:
    if isinstance(facts, Situation):
        return situation_page(facts, copy)
    return weekly_page(facts, copy) if isinstance(facts, Weekly) else compliance_page(facts, copy)


def _areas(told: Told) -> Iterable[tuple[str, Ring]]:
    """The rings of areas that are drawn, by reference."""
    for thing in areas_told(told):
        body = body_of(thing.now, Area)
        if body is not None and body.ring:
            yield thing.ref, tuple(body.ring)


def _outlines() -> Outlines:
    from tansiq.desk.app import web_folder  # noqa: PLC0415 - the app serves this module's answers

    folder = web_folder() / "base"
    return read_outlines(folder) if Path(folder).is_dir() else NO_OUTLINES


def _names(names: Any) -> dict[str, str]:
    return {key: text for key, text in msgspec.to_builtins(names).items() if text}


def _comments(table: Table, asked: Asked, window: Window) -> Iterable[tuple[str, dict[str, str]]]:
    """The common comment of every party that issued this report, whenever that was."""
    for thing in _issued_for(table, asked, window):
        yield thing.party, common_of(thing)


def own_report(table: Table, party: str, asked: Asked, window: Window, centre: str | None = None) -> str | None:
    """The own report of this window and of this centre, where it was issued already."""
    for one in _issued_for(table, asked, window):
        body = body_of(one.now, Report)
        if one.party == party and body is not None and body.centre == centre:
            return one.ref
    return None


def _issued_for(table: Table, asked: Asked, window: Window) -> Iterable[Thing]:
    for thing in table.told.of_kind("report"):
        body = body_of(thing.now, Report)
        if body is None or body.report != asked.kind or body.cutoff != window.end:
            continue
        if asked.kind != "compliance" or body.agreement == asked.agreement:
            yield thing
