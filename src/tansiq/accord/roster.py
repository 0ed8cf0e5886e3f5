"""How many are on duty at a centre, side by side with what was agreed: strength at any moment, the least of each day,
and the times at which it falls short.

A roster is of the days (Baghdad's clock) on which its duties begin; a duty of more than 24 hours is of each day that it
touches. The latest roster of a day stands over earlier ones of it, with all its duties and no others. What was served
stands over what was planned. Where the day before has no roster, a day is measured from its first duty on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.centres import Centre, about_centre, in_order
from tansiq.picture.consents import accepts
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.commitment import CentreStaffed, Commitment
from tansiq.records.kinds.roster import Duty, Role, Roster
from tansiq.records.kinds.terms import Manning
from tansiq.records.values import BAGHDAD

DAY_MS: Final = 86_400_000
AHEAD_MS: Final = BAGHDAD * 60_000
MOST_DAYS: Final = 92
WHOLE_DAY: Final = 24

Status = Literal["planned", "served"]


class Span(Struct, frozen=True, rename={"from_": "from"}):
    """So many on duty from one time to another (ms)."""

    from_: int
    to: int
    strength: int


class Shortfall(Struct, frozen=True, rename={"from_": "from"}):
    """Fewer than agreed from one time to another (ms); `strength` is the least that there were."""

    from_: int
    to: int
    strength: int
    required: int


class DayOnDuty(Struct, frozen=True):
    """A day from midnight (ms): the least and most that were on duty, by which kind of roster; None where none is."""

    start: int
    counted: Status | None
    least: int
    most: int
    short: bool
    ref: str | None


class Required(Struct, frozen=True):
    """The agreed minimum of a party and the record that says it."""

    strength: int
    by: Literal["terms", "commitment"]
    ref: str | None


class SideRoster(Struct, frozen=True):
    """A side's roster over some days: what is planned, what was served, and what counts of both."""

    party: str
    required: Required | None
    planned: tuple[Span, ...]
    served: tuple[Span, ...]
    counted: tuple[Span, ...]
    days: tuple[DayOnDuty, ...]
    shortfalls: tuple[Shortfall, ...]
    unsaid: int
    """Days of which no roster is there: nobody is said to be short on them, nobody to be on duty."""


class OnDuty(Struct, frozen=True):
    """Who of a side is on duty at a moment: numbers by role, until when (ms) that holds; `counted` is None where no
    roster says anything of the day.
    """

    party: str
    counted: Status | None
    roles: dict[Role, int]
    strength: int
    until: int | None
    required: Required | None
    short: bool


class _Piece(Struct, frozen=True):
    """A duty, or its part of one day where it lasts longer, with the day on which it begins (days since 1970)."""

    day: int
    from_: int
    to: int
    strength: int
    role: Role


def day_of(ms: int) -> int:
    """The day of a time by Baghdad's clock, in days since 1970."""
    return (ms + AHEAD_MS) // DAY_MS


def midnight(day: int) -> int:
    """When a day begins (ms)."""
    return day * DAY_MS - AHEAD_MS


def rosters(
    told: Told,
    sides: Sequence[str],
    centre: Centre,
    manning: Sequence[Manning],
    terms: str | None,
    first: int,
    days: int,
) -> tuple[SideRoster, ...]:
    """Every side's roster over `days` days from the day `first` on (days since 1970; at most `MOST_DAYS`).

    `manning` are the rules of the terms in force, `terms` the record that holds them.
    """
    days = min(days, MOST_DAYS)
    return tuple(
        _side(told, party, centre, required(told, sides, party, centre, manning, terms), first, days) for party in sides
    )


def on_duty(
    told: Told, sides: Sequence[str], centre: Centre, manning: Sequence[Manning], terms: str | None, at: int
) -> tuple[OnDuty, ...]:
    """Who is on duty at a centre at a moment (ms), every side by the same roster that its days are measured by."""
    return tuple(_now(told, party, centre, required(told, sides, party, centre, manning, terms), at) for party in sides)


def _now(told: Told, party: str, centre: Centre, least: Required | None, at: int) -> OnDuty:
    today = day_of(at)
    counted, by, served_by = _counted(told, party, centre, range(today - 1, today + 1))
    here = [one for one in counted if one.from_ <= at < one.to]
    roles: dict[Role, int] = {}
    for one in here:
        roles[one.role] = roles.get(one.role, 0) + one.strength
    day = max((one.day for one in here), default=today)
    status: Status | None = None if day not in by else "served" if day in served_by else "planned"
    # the night before a first roster is not said by anybody
    if not here and today - 1 not in by and at < min((one.from_ for one in counted if one.day == today), default=at):
        status = None
    strength = sum(roles.values())
    short = status is not None and least is not None and strength < least.strength
    until = min((one.to for one in here), default=None)
    return OnDuty(party, status, {role: count for role, count in roles.items() if count}, strength, until, least, short)


def required(
    told: Told, sides: Sequence[str], party: str, centre: Centre, manning: Sequence[Manning], terms: str | None
) -> Required | None:
    """The agreed minimum: of the terms the rule that names the centre, then the party, first; or of a commitment that
    all sides accepted, where that asks for more.
    """
    fitting = [
        ((one.centre is not None, one.party is not None), one.strength)
        for one in manning
        if one.party in (None, party) and (one.centre is None or one.centre in centre.refs)
    ]
    found = [] if not fitting else [Required(max(fitting)[1], "terms", terms)]
    for thing in told.of_kind("commitment"):
        body = body_of(thing.now, Commitment)
        if body is None or body.status == "withdrawn" or not isinstance(body.rule, CentreStaffed):
            continue
        whole = body.rule.hours_a_day == WHOLE_DAY  # fewer hours bind no moment of a day
        mine = party in (body.owed_by or ()) and body.rule.centre in centre.refs
        if whole and mine and all(one == thing.party or accepts(told, one, thing.ref, thing.now) for one in sides):
            found.append(Required(body.rule.strength, "commitment", thing.ref))
    return max(found, key=lambda one: (one.strength, one.by, one.ref or ""), default=None)


def strength_at(spans: Iterable[Span], at: int) -> int:
    """How many are on duty at a moment (ms)."""
    return next((one.strength for one in spans if one.from_ <= at < one.to), 0)


def _side(told: Told, party: str, centre: Centre, least: Required | None, first: int, days: int) -> SideRoster:
    things = _of_side(told, party, centre)
    # the day before has duties that end in the first day asked for
    asked = range(first - 1, first + days)
    planned, _ = _standing(things, "planned", asked)
    served, _ = _standing(things, "served", asked)
    counted, by, served_by = _counted(told, party, centre, asked)
    start, end = midnight(first), midnight(first + days)
    steps = _steps(counted, start, end)
    manned, measured = [], []
    for day in range(first, first + days):
        # the night before a first roster is not said by anybody
        begins = midnight(day)
        if day in by and day - 1 not in by:
            begins = max(begins, min(one.from_ for one in counted if one.day == day))
        here = _clip(steps, begins, midnight(day + 1))
        strengths = [one.strength for one in here]
        status: Status | None = None if day not in by else "served" if day in served_by else "planned"
        short = day in by and least is not None and min(strengths) < least.strength
        manned.append(DayOnDuty(midnight(day), status, min(strengths), max(strengths), short, by.get(day)))
        measured += here if day in by else []
    said = [one for one in manned if one.counted is not None]
    return SideRoster(
        party,
        least,
        _worked(_steps(planned, start, end)),
        _worked(_steps(served, start, end)),
        _worked(steps),
        tuple(manned),
        () if least is None else _shortfalls(measured, least.strength),
        len(manned) - len(said),
    )


def _of_side(told: Told, party: str, centre: Centre) -> list[Thing]:
    return in_order(one for one in about_centre(told, "roster", centre) if one.party == party)


def _counted(
    told: Told, party: str, centre: Centre, days: range
) -> tuple[list[_Piece], dict[int, str], dict[int, str]]:  # fmt: skip
    """The duties that count on these days, the roster of each day, and the days of which it was served."""
    things = _of_side(told, party, centre)
    planned, planned_by = _standing(things, "planned", days)
    served, served_by = _standing(things, "served", days)
    counted = [one for one in served if one.day in served_by]
    counted += [one for one in planned if one.day not in served_by]
    return counted, {**planned_by, **served_by}, served_by


def _standing(things: Sequence[Thing], status: Status, days: range) -> tuple[list[_Piece], dict[int, str]]:
    """The duties that stand on these days, and the roster that each day is of."""
    by: dict[int, str] = {}
    pieces: dict[int, list[_Piece]] = {}
    for thing in things:
        body = body_of(thing.now, Roster)
        if body is None or body.status == "withdrawn" or (body.status or "planned") != status:
            continue
        own: dict[int, list[_Piece]] = {}
        for duty in body.duties or ():
            for piece in _pieces(duty, days):
                own.setdefault(piece.day, []).append(piece)
        pieces.update(own)
        by.update(dict.fromkeys(own, thing.ref))
    return [one for day in sorted(pieces) for one in pieces[day]], by


def _pieces(duty: Duty, days: range) -> list[_Piece]:
    if duty.to - duty.from_ <= DAY_MS:
        day = day_of(duty.from_)
        return [_Piece(day, duty.from_, duty.to, duty.strength, duty.role)] if day in days else []
    touched = range(max(day_of(duty.from_), days.start), min(day_of(duty.to - 1), days.stop - 1) + 1)
    return [
        _Piece(day, max(duty.from_, midnight(day)), min(duty.to, midnight(day + 1)), duty.strength, duty.role)
        for day in touched
    ]


def _steps(pieces: Sequence[_Piece], start: int, end: int) -> list[Span]:
    """Strength from start to end without a hole: 0 where nobody is on duty."""
    changes = {start: 0, end: 0}
    for one in pieces:
        from_, to = max(one.from_, start), min(one.to, end)
        if from_ < to:
            changes[from_] = changes.get(from_, 0) + one.strength
            changes[to] = changes.get(to, 0) - one.strength
    spans: list[Span] = []
    strength, last = 0, start
    for at in sorted(changes):
        if at > last:
            if spans and spans[-1].strength == strength:
                spans[-1] = Span(spans[-1].from_, at, strength)
            else:
                spans.append(Span(last, at, strength))
        strength, last = strength + changes[at], at
    return spans


def _clip(spans: Sequence[Span], start: int, end: int) -> list[Span]:
    return [
        Span(max(one.from_, start), min(one.to, end), one.strength)
        for one in spans
        if one.from_ < end and one.to > start
    ]


def _worked(spans: Sequence[Span]) -> tuple[Span, ...]:
    return tuple(one for one in spans if one.strength > 0)


def _shortfalls(measured: Sequence[Span], least: int) -> tuple[Shortfall, ...]:
    """Where it falls short in the times of which a roster is there, joined where they touch."""
    found: list[Shortfall] = []
    for one in measured:
        if one.strength >= least:
            continue
        if found and found[-1].to == one.from_:
            before = found.pop()
            found.append(Shortfall(before.from_, one.to, min(before.strength, one.strength), least))
        else:
            found.append(Shortfall(one.from_, one.to, one.strength, least))
    return tuple(found)
