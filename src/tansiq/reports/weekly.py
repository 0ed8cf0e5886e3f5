"""The weekly joint report: a week up to its cut-off against the week before, side by side, with what changed in the
accord.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from tansiq.accord.centres import centres
from tansiq.accord.measures import Measures
from tansiq.accord.past import as_it_stood
from tansiq.movements.look import Look
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.assessment import Assessment
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.meeting import Meeting
from tansiq.records.kinds.report import ISSUE_MS
from tansiq.reports.cutoff import Window, first_said
from tansiq.reports.due import Due, due_in
from tansiq.reports.gathered import (
    Entry,
    Event,
    Heard,
    Met,
    Range,
    Tally,
    Unseen,
    by_category,
    entries,
    events,
    heard_of,
    in_window,
    meetings_of_plans,
    movements,
    names_in,
    plans,
    total,
    unseen,
)
from tansiq.reports.ground import Ground, ground
from tansiq.reports.situation import CentreFact, centre_fact


class SideWeek(Struct, frozen=True):
    """What one side did: how much it told, what it was asked, and how soon it answered (minutes, ascending)."""

    party: str
    told: int
    told_before: int
    told_refs: tuple[str, ...]
    told_refs_before: tuple[str, ...]
    announced: int
    announced_before: int
    announced_refs: tuple[str, ...]
    announced_refs_before: tuple[str, ...]
    asked: int
    answered: int
    asked_refs: tuple[str, ...]
    answered_refs: tuple[str, ...]
    answered_minutes: tuple[int, ...]
    """How soon each of `answered_refs` came."""
    minutes: tuple[int, ...]
    median_minutes: int | None


class MeetingFact(Struct, frozen=True):
    """A meeting that was to be in the week, or was said in it."""

    ref: str
    names: dict[str, str]
    status: str | None
    at: int | None


class Change(Struct, frozen=True):
    """A commitment that was new or changed, or was read anew by a party: `word` and `reading` (0 to 3) as given."""

    ref: str
    commitment: str
    number: str | None
    names: dict[str, str]
    party: str
    said: int
    what: str
    word: str | None = None
    reading: int | None = None


class Weekly(Struct, frozen=True):
    """The common part of a week."""

    report: str
    circle: str
    exercise: bool
    window: Window
    rule: str | None
    parties: tuple[str, ...]
    incidents: tuple[Tally, ...]
    events: tuple[Event, ...]
    killed: Range
    wounded: Range
    killed_before: Range
    wounded_before: Range
    sides: tuple[SideWeek, ...]
    collisions: tuple[Met, ...]
    denials: tuple[Entry, ...]
    meetings: tuple[MeetingFact, ...]
    changes: tuple[Change, ...]
    due: tuple[Due, ...]
    centres: tuple[CentreFact, ...]
    ground: Ground
    heard: tuple[Heard, ...]
    unseen: Unseen


def weekly(
    told: Told, circle: str, *, exercise: bool, window: Window, rule: str | None, look: Look, measures: Measures
) -> Weekly:
    """The facts of a week out of everything that was told; only what was said up to the cut-off counts."""
    then = as_it_stood(told, window.end)
    found, stand = events(then), movements(then, look, window.end)
    new, before = in_window(found, window), in_window(found, window.before)
    planned = plans(then, stand, window)
    earlier = plans(then, stand, window.before)
    sides = []
    for party in then.parties:
        mine = [one for one in new if party in one.parties]
        asks = [ask for plan in planned for ask in plan.asks if ask.party == party]
        answers = [(ask.ref, ask.minutes) for ask in asks if ask.ref is not None and ask.minutes is not None]
        minutes = tuple(sorted(late for _, late in answers))
        own = [one for one in planned if one.party == party]
        sides.append(
            SideWeek(
                party,
                len(mine),
                sum(party in one.parties for one in before),
                _refs_of(mine, party),
                _refs_of(before, party),
                len(own),
                sum(one.party == party for one in earlier),
                tuple(one.ref for one in own),
                tuple(one.ref for one in earlier if one.party == party),
                len(asks),
                len(minutes),
                tuple(ask.plan for ask in asks),
                tuple(ref for ref, _ in answers),
                tuple(late for _, late in answers),
                minutes,
                median(minutes),
            )
        )
    return Weekly(
        "weekly",
        circle,
        exercise,
        window,
        rule,
        then.parties,
        by_category(found, window),
        tuple(new),
        total(one.killed for one in new),
        total(one.wounded for one in new),
        total(one.killed for one in before),
        total(one.wounded for one in before),
        tuple(sides),
        meetings_of_plans(stand, (one.ref for one in planned)),
        entries(then, "denial", window),
        tuple(_meetings(then, window)),
        tuple(_changes(then, window)),
        tuple(due_in(then, "situation", window.start - ISSUE_MS, window.end - ISSUE_MS)),
        tuple(centre_fact(one) for one in centres(then, then.parties)),
        ground(then, measures, window),
        heard_of(then),
        unseen(then, stand, found, window),
    )


def _refs_of(found: Iterable[Event], party: str) -> tuple[str, ...]:
    """A party's own accounts of events."""
    return tuple(ref for one in found for ref in one.refs if ref.startswith(f"{party}/"))


def median(minutes: tuple[int, ...]) -> int | None:
    """The middle one of ascending numbers, the lower of two; None where there are none."""
    return minutes[(len(minutes) - 1) // 2] if minutes else None


def _meetings(told: Told, window: Window) -> Iterable[MeetingFact]:
    for thing in told.of_kind("meeting"):
        body = body_of(thing.now, Meeting)
        if body is None or thing.about is not None:
            continue
        at = None if body.when is None else body.when.from_
        if window.holds(first_said(thing)) or (at is not None and window.holds(at)):
            yield MeetingFact(thing.ref, names_in(thing), body.status, at)


def _changes(told: Told, window: Window) -> list[Change]:
    found = []
    for kind in ("commitment", "assessment"):
        for thing in told.of_kind(kind):
            for number, version in enumerate(thing.versions):
                if window.holds(version.said.at):
                    change = _change(told, thing, number)
                    if change is not None:
                        found.append(change)
    return sorted(found, key=lambda one: (one.said, one.ref))


def _change(told: Told, thing: Thing, number: int) -> Change | None:
    version = thing.versions[number]
    commitment = thing if thing.kind == "commitment" else told.thing_of(thing.about or "")
    body = None if commitment is None else body_of(commitment.now, Commitment)
    if commitment is None or body is None:
        return None
    assessed = body_of(version, Assessment)
    return Change(
        version.ref,
        commitment.ref,
        body.number,
        names_in(commitment),
        thing.party,
        version.said.at,
        "read" if assessed is not None else "changed" if number else "new",
        None if assessed is None else assessed.word,
        None if assessed is None else assessed.reading,
    )
