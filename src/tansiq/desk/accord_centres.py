"""Centres at a desk: all of a circle, and one with readiness, rosters, twin log and hand-overs."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from tansiq.accord.centres import Centre, about_centre, centre_of, centres
from tansiq.accord.handing_over import HandingOver, handovers
from tansiq.accord.readiness import Ready, open_when_opened, readiness
from tansiq.accord.roster import MOST_DAYS, Shortfall, SideRoster, day_of, midnight, rosters
from tansiq.accord.watchlog import TwinLog, twin_log
from tansiq.desk.accord_board import Table, table_of
from tansiq.desk.office import Office
from tansiq.errors import NotFound
from tansiq.picture.terms import in_force
from tansiq.picture.told import body_of
from tansiq.records.kinds.roster import Roster

WEEK: Final = 7
SILENT_MS: Final = 60 * 86_400_000
"""So long without a word, and a circle is looked at as of its last ones."""


class CentreRow(Struct, frozen=True):
    """A centre in the list, with what of it waits."""

    centre: Centre
    points: int
    open_points: int
    signed_off: bool
    short: list[str]
    """The sides that are short of the agreed minimum today."""
    waiting: int
    """Hand-overs that wait for a taker or for the other side."""


class CentresView(Struct, frozen=True):
    """The centres of a circle at a time (ms); `sides` are those whose words count."""

    at: int
    circle: str
    sides: list[str]
    centres: list[CentreRow]


class CentreView(Struct, frozen=True):
    """Everything about one centre; `first_day` is the midnight (ms) with which the rosters begin."""

    at: int
    circle: str
    sides: list[str]
    centre: Centre
    readiness: Ready
    opened_with: dict[str, tuple[str, ...]]
    """Points that were open when a party said it active, by that very record (`party/id`)."""
    first_day: int
    rosters: tuple[SideRoster, ...]
    shortfalls_now: dict[str, Shortfall]
    log: TwinLog
    handovers: list[HandingOver]


def overview(office: Office, circle: str, at: int | None = None) -> CentresView:
    """Every centre of a circle, now or at a time (ms)."""
    when = office.clock() if at is None else at
    with table_of(office, circle) as table:
        rows = [_row(table, one, when) for one in centres(table.told, table.sides)]
        return CentresView(when, circle, list(table.sides), rows)


def centre_view(
    office: Office,
    circle: str,
    ref: str,
    at: int | None = None,
    start: int | None = None,
    days: int = WEEK,
) -> CentreView:
    """One centre with its rosters of `days` days from that of `start` on; refused (`accord.no_centre`) where none is.

    Without `start` they begin with the day before that of `at`; where the circle has long been silent by then, as after
    an exercise, they end with the last day that has a roster.
    """
    when = office.clock() if at is None else at
    with table_of(office, circle) as table:
        centre = centre_of(table.told, table.sides, ref)
        if centre is None:
            raise NotFound("accord.no_centre", ref=ref[:80])
        first = _first_day(table, centre, when) if start is None else day_of(start)
        found = _rosters(table, centre, first, min(max(days, 1), MOST_DAYS))
        return CentreView(
            when,
            circle,
            list(table.sides),
            centre,
            readiness(table.told, table.sides, centre, when),
            open_when_opened(table.told, table.sides, centre),
            midnight(first),
            found,
            {side.party: one for side in found for one in side.shortfalls if one.from_ <= when < one.to},
            twin_log(table.told, centre),
            handovers(table.told, table.sides, centre, when),
        )


def _first_day(table: Table, centre: Centre, at: int) -> int:
    last_word = max((thing.now.said.at for thing in table.told.things), default=at)
    if at - last_word < SILENT_MS:
        return day_of(at) - 1
    bodies = [body_of(thing.now, Roster) for thing in about_centre(table.told, "roster", centre)]
    begins = [duty.from_ for body in bodies if body is not None for duty in body.duties or ()]
    return day_of(max(begins)) - (WEEK - 1) if begins else day_of(at) - 1


def _row(table: Table, centre: Centre, at: int) -> CentreRow:
    ready = readiness(table.told, table.sides, centre, at)
    today = _rosters(table, centre, day_of(at), 1)
    handed = handovers(table.told, table.sides, centre, at)
    return CentreRow(
        centre,
        len(ready.rows),
        len(ready.open),
        ready.signed_off,
        [one.party for one in today if any(day.short for day in one.days)],
        sum(bool(one.waits_for) for one in handed),
    )


def _rosters(table: Table, centre: Centre, first: int, days: int) -> tuple[SideRoster, ...]:
    terms = in_force(table.told)
    return rosters(table.told, table.sides, centre, terms.body.manning or [], terms.ref, first, days)
