"""Reports of incidents at a desk: which may be of one event, the file of an event, how soon each side told.

What is asked for a time is worked out for the reports of that time; it is kept until something comes.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tansiq.accord.rule_reports import reports_by
from tansiq.desk.accord_board import Table, Tables, WorkedOut, table_of
from tansiq.desk.office import Office
from tansiq.errors import MalformedInput, NotFound
from tansiq.geo.gazetteer import PlaceNames, listed_places
from tansiq.incidents.account import DAY_MS, Account, account_of, incident_of, owner, time_of
from tansiq.incidents.file import Book, IncidentFile, book, incident_file
from tansiq.incidents.pairs import Compared, Pair, compare
from tansiq.incidents.states import PERMISSIONS, Permission, State
from tansiq.incidents.timing import Side, TermsBy, Timed, sides, timed
from tansiq.incidents.words import Spoken
from tansiq.picture.terms import in_force
from tansiq.picture.told import Thing, Told
from tansiq.records.kinds.commitment import ReportEvery
from tansiq.records.values import BAGHDAD

KINDS: Final = ("incident", "grading", "same_event", "finding", "consent", "terms", "report")
USUAL_MS: Final = 30 * DAY_MS
LONGEST_MS: Final = 366 * DAY_MS
DAILY_MINUTE: Final = 8 * 60
"""When the daily summary is out where no terms say it: 08:00 by the clock of Baghdad."""
MOST_LISTED: Final = 500


class IncidentTables(Tables):
    """What files of incidents follow from."""

    def __init__(self) -> None:
        super().__init__(KINDS)


class _Kept(WorkedOut):
    """What was worked out of these tables."""


class Window(Struct, frozen=True):
    """From and to (ms)."""

    since: int
    until: int


class Candidates(Struct, frozen=True):
    """Pairs of reports that nobody has joined yet, the likeliest first, with what was said of them so far; own reports
    that may be of one event. `looked_at` is how many reports of the time there are, `places` what places are called
    that both of a pair name.
    """

    circle: str
    at: int
    window: Window
    looked_at: int
    pairs: list[Pair]
    doubles: list[Pair]
    spoken: list[Spoken]
    places: dict[str, PlaceNames]


class Event(Struct, frozen=True):
    """An event in one line: its reports, whose they are, its state."""

    refs: tuple[str, ...]
    sides: tuple[str, ...]
    state: State
    circular: bool
    at: int


class Events(Struct, frozen=True):
    """Events of which more was said than the report itself, the newest first; `left_out` beyond the most listed."""

    circle: str
    at: int
    events: list[Event]
    left_out: int


class FileView(Struct, frozen=True):
    """The file of an event, and who may move an event into which state."""

    circle: str
    at: int
    file: IncidentFile
    permissions: dict[State, Permission]


class Daily(Struct, frozen=True):
    """A side's daily summaries: how many were due, out in time, late, missing."""

    party: str
    due: int
    in_time: int
    late: int
    missing: int


class Times(Struct, frozen=True):
    """How soon each side told; `incidents` are those that were late or are missing more, the newest first; `coming`
    those of which more is due and can still come in time, the most pressing first.
    """

    circle: str
    at: int
    window: Window
    sides: list[Side]
    daily: list[Daily]
    incidents: list[Timed]
    coming: list[Timed] = []


def window_of(office: Office, since: int | None, until: int | None) -> Window:
    """The last thirty days unless it is said; refused (`incidents.window`) where it is upside down or over a year."""
    end = office.clock() + 1 if until is None else until
    start = max(0, end - USUAL_MS) if since is None else since
    if start >= end or end - start > LONGEST_MS:
        raise MalformedInput("incidents.window", days=LONGEST_MS // DAY_MS)
    return Window(start, end)


def candidates(office: Office, circle: str, since: int | None = None, until: int | None = None) -> Candidates:
    """What may be of one event among reports of a time, without what was joined or kept apart by both sides.

    Where no time is asked for and the usual one holds nothing, it is that before the newest report.
    """
    window = window_of(office, since, until)
    with table_of(office, circle, IncidentTables) as table:
        kept = office.memory.of(_Kept)
        if since is None and until is None:
            window = kept.of(f"window {circle} {window.until // DAY_MS}", table, lambda told: _usual(told, window))
        # what the usual window holds does not change from one minute to the next unless something comes
        key = f"pairs {circle} {since} {until} {window.until // DAY_MS}"
        made = kept.of(f"book {circle}", table, book)
        looked_at, found = kept.of(key, table, lambda told: _compared(told, window))
    open_pairs = [pair for pair in found.pairs if not _settled(made, pair, office.party)]
    return Candidates(
        circle,
        office.clock(),
        window,
        looked_at,
        open_pairs,
        [pair for pair in found.doubles if not _settled(made, pair, office.party)],
        [one for _, one in sorted(made.spoken.items())],
        _places(open_pairs),
    )


def _usual(told: Told, window: Window) -> Window:
    """This window, or of the same length up to the newest report before it where it holds none."""
    bodies = ((thing, incident_of(thing)) for thing in told.of_kind("incident"))
    at = [thing.versions[0].said.at if (start := time_of(body)[0]) is None else start for thing, body in bodies if body]
    before = [one for one in at if one < window.until]
    if not before or max(before) >= window.since:
        return window
    end = max(before) + 1
    return Window(max(0, end - (window.until - window.since)), end)


def _places(pairs: list[Pair]) -> dict[str, PlaceNames]:
    named = {value for pair in pairs for part in pair.parts if part.name == "words" for value in part.values}
    return {place.id: place.names for place, _ in listed_places() if place.id in named and place.names}


def _compared(told: Told, window: Window) -> tuple[int, Compared]:
    some = _accounts(told, window)
    return len(some), compare(some)


def _settled(made: Book, pair: Pair, party: str) -> bool:
    """Joined, or kept apart without anybody who waits for this party's word on it."""
    said = made.spoken.get((pair.one, pair.other))
    apart = said is not None and said.state == "not_same" and party not in said.waits_for
    return pair.other in made.joined.get(pair.one, ()) or apart


def _accounts(told: Told, window: Window) -> list[Account]:
    found = []
    for thing in told.of_kind("incident"):
        body = incident_of(thing)
        if body is not None:
            one = account_of(thing.ref, owner(thing, body), thing.versions[0].said.at, body)
            if window.since <= (one.said if one.start is None else one.start) < window.until:
                found.append(one)
    return found


def events(office: Office, circle: str) -> Events:
    """Every event that was joined, found upon or spoken of."""
    with table_of(office, circle, IncidentTables) as table:
        found = office.memory.of(_Kept).of(f"events {circle}", table, lambda told: _events(table, told))
    return Events(circle, office.clock(), found[:MOST_LISTED], max(0, len(found) - MOST_LISTED))


def _events(table: Table, told: Told) -> list[Event]:
    made = book(told)
    groups = set(made.joined.values())
    joined = {ref for group in groups for ref in group}
    groups |= {(one.about,) for one in told.of_kind("finding") if one.about is not None and one.about not in joined}
    found = []
    for group in groups:
        one = incident_file(told, group[0], made, table.facilitators)
        if one is not None:
            at = max(account.said for account in one.accounts)
            parties = tuple(sorted({account.party for account in one.accounts}))
            found.append(Event(one.refs, parties, one.state, one.circular, at))
    return sorted(found, key=lambda one: (-one.at, one.refs))


def file_of(office: Office, circle: str, ref: str) -> FileView:
    """The file of the event that a report is of; refused as `incidents.not_here`."""
    with table_of(office, circle, IncidentTables) as table:
        return FileView(circle, office.clock(), file_in(office, table, circle, ref), dict(PERMISSIONS))


def file_in(office: Office, table: Table, circle: str, ref: str) -> IncidentFile:
    """The same of a table at hand."""
    thing = named(table.told, ref)
    made = office.memory.of(_Kept).of(f"book {circle}", table, book)
    found = incident_file(table.told, thing.ref, made, table.facilitators)
    if found is None:
        raise NotFound("incidents.not_here", ref=ref[:80])
    return found


def named(told: Told, ref: str, kind: str = "incident") -> Thing:
    """The thing that a record is of; refused as `incidents.not_here`."""
    thing = told.get(ref) or told.thing_of(ref)
    if thing is None or thing.kind != kind:
        raise NotFound("incidents.not_here", ref=ref[:80])
    return thing


def times(office: Office, circle: str, since: int | None = None, until: int | None = None) -> Times:
    """First, amplifying and daily reports of a time against the terms of reference, of every side alike."""
    window = window_of(office, since, until)
    now = office.clock()
    with table_of(office, circle, IncidentTables) as table:
        told, parties = table.told, [one for one in table.sides if one not in table.facilitators]
        found = timed(told, TermsBy(told), window.since, window.until)
        daily = [_daily(told, party, window, now) for party in sorted(parties)]
    late = [one for one in found if any(clock.late_by for clock in one.clocks)]
    coming = sorted(
        (one for one in found if any(clock.said is None and now < clock.due for clock in one.clocks)),
        key=lambda one: (min(clock.due for clock in one.clocks if clock.said is None), one.ref),
    )
    figures = sides(found, parties, min(now, window.until))
    return Times(circle, now, window, figures, daily, late[::-1][:MOST_LISTED], coming[:MOST_LISTED])


def _daily(told: Told, party: str, window: Window, now: int) -> Daily:
    rule = daily_rule(told)
    issued = reports_by(rule, party, window.since, min(now, window.until), told, now)
    in_time = sum(one.in_time for one in issued)
    missing = sum(one.ref is None for one in issued)
    return Daily(party, len(issued), in_time, len(issued) - in_time - missing, missing)


def daily_rule(told: Told) -> ReportEvery:
    """The cut-off of the daily summary by the terms in force, else the usual one."""
    for one in in_force(told).body.cutoffs or []:
        if one.report == "situation" and one.weekday is None:
            return ReportEvery(report="situation", minute=one.minute, offset=one.offset)
    return ReportEvery(report="situation", minute=DAILY_MINUTE, offset=BAGHDAD)
