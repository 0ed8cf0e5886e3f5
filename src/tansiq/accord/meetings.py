"""Meetings: planned, held, minuted; who came against the quorum; minutes with the word of every side.

Every side says for itself what became of a meeting and who of it came; what one side says of another's attendance
counts only while that side says nothing. Minutes are confirmed by a consent to the very record, so a later version asks
again, and what was reserved stands next to the text. Drafts of several sides stand side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from tansiq.accord.bodies import BodyView, Quorum, body_view, quorum
from tansiq.accord.confirmations import Word, waiting, words_on
from tansiq.accord.statements import roots, statements
from tansiq.accord.understandings import (
    Confirmed,
    UnderstandingView,
    body_ref,
    confirmed,
    meeting_of,
    next_numbers,
    same_number,
    understandings,
)
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.meeting import AgendaItem, Attendance, AttendanceRole, Meeting
from tansiq.records.kinds.minutes import MinuteItem, Minutes
from tansiq.records.kinds.terms import Quorum as QuorumRule
from tansiq.records.values import Interval, Names, Place

Status = Literal["planned", "held", "cancelled"]


class TermsRules(Struct, frozen=True):
    """The quorums of the terms of reference in force, and the very record that says them."""

    ref: str | None = None
    quorums: tuple[QuorumRule, ...] = ()


NO_RULES = TermsRules()


class SideOfMeeting(Struct, frozen=True):
    """What one party says of a meeting."""

    party: str
    ref: str
    revision: str
    status: Status | None
    when: Interval | None
    said: int
    agenda: tuple[AgendaItem, ...]
    attendance: tuple[Attendance, ...]
    note: str | None = None
    reason: str | None = None


class OtherCount(Struct, frozen=True):
    """Another number that somebody says of the same."""

    party: str
    count: int


class Present(Struct, frozen=True):
    """How many of a party came in a role, by whose word; `others` say another number of it."""

    party: str
    role: AttendanceRole
    count: int
    said_by: str
    others: tuple[OtherCount, ...] = ()


class MinutesView(Struct, frozen=True):
    """Minutes as one party drafted them, in their latest version, and the word of every side on that version."""

    ref: str
    party: str
    revision: str
    version: int
    said: int
    state: Confirmed
    items: tuple[MinuteItem, ...]
    words: tuple[Word, ...]
    waits_for: tuple[str, ...]
    note: str | None = None


class MeetingView(Struct, frozen=True):
    """A meeting. `state` is minuted once every side confirmed the same minutes; `differ` where sides say other things.

    `revisions` counts what was ever said of it by anybody. `quorum` is None where its body has no membership in force.
    `clash` are other meetings with its number in its body, `twins` others that came of the same invitation.
    """

    ref: str
    party: str
    revision: str
    revisions: int
    names: Names | None
    body: str | None
    number: int | None
    state: Literal["planned", "held", "minuted", "cancelled"]
    differ: bool
    when: Interval | None
    place: Place | None
    venue: str | None
    emergency: bool
    invited: tuple[str, ...]
    agenda: tuple[AgendaItem, ...]
    uid: str | None
    sides: tuple[SideOfMeeting, ...]
    present: tuple[Present, ...]
    quorum: Quorum | None
    minutes: tuple[MinutesView, ...]
    understandings: tuple[str, ...]
    clash: tuple[str, ...] = ()
    twins: tuple[str, ...] = ()


class Meetings(Struct, frozen=True):
    """All meetings by time and all understandings by number; the next free numbers of each body, "" for none."""

    meetings: tuple[MeetingView, ...]
    understandings: tuple[UnderstandingView, ...]
    next_meeting: dict[str, int]
    next_understanding: dict[str, int]

    def get(self, ref: str) -> MeetingView | None:
        """A meeting by its reference."""
        return next((one for one in self.meetings if one.ref == ref), None)


def meetings(told: Told, rules: Callable[[Version], TermsRules] = lambda _: NO_RULES) -> Meetings:
    """How every meeting and understanding of a circle stands; erased ones are left out.

    `rules` gives the quorums of the terms that whoever said a meeting had before it: later ones change no old meeting.
    """
    understood = understandings(told)
    by_meeting: defaultdict[str, list[str]] = defaultdict(list)
    for one in understood:
        by_meeting[one.meeting or ""].append(one.ref)
    minuted: defaultdict[str, list[Thing]] = defaultdict(list)
    for thing in told.of_kind("minutes"):
        meeting = meeting_of(told, thing)
        if meeting is not None:
            minuted[meeting.ref].append(thing)
    bodies: dict[str, BodyView] = {}
    found = []
    for thing in roots(told, "meeting"):
        body = body_of(thing.now, Meeting)
        if body is not None:
            of = body_ref(told, thing)
            if of is not None and of not in bodies and (held := told.get(of)) is not None and held.kind == "body":
                bodies[of] = body_view(told, held)
            found.append(
                _meeting(
                    told, thing, body, bodies.get(of or ""), rules(thing.now), minuted[thing.ref], by_meeting[thing.ref]
                )
            )
    same = same_number((one.ref, one.body, one.number) for one in found if one.state != "cancelled")
    twins = same_number((one.ref, one.uid, 0) for one in found if one.uid)
    found = [msgspec.structs.replace(one, clash=same.get(one.ref, ()), twins=twins.get(one.ref, ())) for one in found]
    return Meetings(
        tuple(sorted(found, key=lambda one: (one.when.from_ if one.when else 0, one.ref))),
        understood,
        next_numbers((one.body, one.number) for one in found),
        next_numbers((one.body, one.number) for one in understood),
    )


def _meeting(
    told: Told,
    thing: Thing,
    body: Meeting,
    of: BodyView | None,
    rules: TermsRules,
    minuted: Sequence[Thing],
    understood: Sequence[str],
) -> MeetingView:
    said = statements(told, thing)
    sides = tuple(side for one in said if (side := _side(one)) is not None)
    present = _present(sides)
    asked = _asked(told, body, of)
    drafts = tuple(one for draft in minuted if (one := _minutes(told, draft, asked)) is not None)
    statuses = {side.status for side in sides if side.status is not None and side.party in {thing.party, *told.parties}}
    return MeetingView(
        thing.ref,
        thing.party,
        thing.now.ref,
        sum(len(one.versions) for one in said),
        body.names,
        body_ref(told, thing),
        body.number,
        _state(body.status, statuses, drafts),
        len(statuses) > 1 or len({side.when for side in sides if side.when is not None}) > 1,
        body.when,
        body.place,
        body.venue,
        bool(body.emergency),
        tuple(body.invited or ()),
        _agenda(sides),
        body.uid,
        sides,
        present,
        _quorum(of, present, rules, emergency=bool(body.emergency)),
        drafts,
        tuple(understood),
    )


def _side(thing: Thing) -> SideOfMeeting | None:
    body = body_of(thing.now, Meeting)
    if body is None:
        return None
    return SideOfMeeting(
        thing.party,
        thing.ref,
        thing.now.ref,
        body.status,
        body.when,
        thing.now.said.at,
        tuple(body.agenda or ()),
        tuple(body.attendance or ()),
        body.note,
        body.reason,
    )


def _state(
    author: Status | None, statuses: set[Status], drafts: Sequence[MinutesView]
) -> Literal["planned", "held", "minuted", "cancelled"]:
    """Its author cancels it; that it was held is so once anybody who was to be there says it."""
    if any(one.state == "confirmed" for one in drafts):
        return "minuted"
    if "held" in statuses:
        return "held"
    return "cancelled" if author == "cancelled" else "planned"


def _agenda(sides: Sequence[SideOfMeeting]) -> tuple[AgendaItem, ...]:
    """The author's points, then what the others put on it that is not there yet."""
    found: list[AgendaItem] = []
    for side in sides:
        found += [item for item in side.agenda if item not in found]
    return tuple(found)


def _present(sides: Sequence[SideOfMeeting]) -> tuple[Present, ...]:
    """Of every party what it says of itself; while it says nothing, what the first of the others says of it."""
    said: dict[str, dict[AttendanceRole, dict[str, int]]] = {}
    telling: dict[str, list[str]] = {}
    for side in sides:
        for one in side.attendance:
            roles = said.setdefault(one.party, {})
            by = roles.setdefault(one.role, {})
            by[side.party] = by.get(side.party, 0) + one.count
            if side.party not in telling.setdefault(one.party, []):
                telling[one.party].append(side.party)
    found = []
    for party in sorted(said):
        by_whom = party if party in telling[party] else telling[party][0]
        for role, by in said[party].items():
            count = by.get(by_whom, 0)
            others = tuple(
                OtherCount(one, by.get(one, 0)) for one in telling[party] if one != by_whom and by.get(one, 0) != count
            )
            if count or others:
                found.append(Present(party, role, count, by_whom, others))
    return tuple(found)


def _asked(told: Told, body: Meeting, of: BodyView | None) -> tuple[str, ...]:
    """Whose confirmation minutes need: those that sit in its body, else the sides that were invited, else all sides."""
    if of is not None and of.in_force is not None:
        return tuple(one.party for one in of.in_force.components)
    invited = tuple(party for party in told.parties if party in (body.invited or ()))
    return invited or told.parties


def _minutes(told: Told, thing: Thing, asked: Sequence[str]) -> MinutesView | None:
    body = body_of(thing.now, Minutes)
    if body is None:
        return None
    words = words_on(told, thing, asked)
    return MinutesView(
        thing.ref,
        thing.party,
        thing.now.ref,
        len(thing.versions),
        thing.now.said.at,
        confirmed(words, put=body.status != "draft", withdrawn=body.status == "withdrawn"),
        tuple(body.items or ()),
        words,
        waiting(words),
        body.note,
    )


def _quorum(of: BodyView | None, present: Sequence[Present], rules: TermsRules, *, emergency: bool) -> Quorum | None:
    if of is None or of.in_force is None or of.in_force.status == "dissolved":
        return None
    attendance = [Attendance(one.party, one.role, one.count) for one in present]
    found = quorum(of.in_force.components, attendance, emergency=emergency, rules=rules.quorums, body_type=of.body_type)
    terms = rules.ref if any(one.rule == "terms" for one in found.parties) else None
    return msgspec.structs.replace(found, body=of.in_force.ref, terms=terms)
