"""Positions that are given up: who said what about who follows, and what has to raise the alarm on every desk.

A pure function of records and a given time, like `states`. Nobody enters before every party whose consent the
announcement names has given it to that very proposal; what happens otherwise is an alarm and no refusal, for the
program cannot hold anybody back.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from tansiq.picture.consents import consent_of
from tansiq.picture.terms import MINUTE_MS, Rule, in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.entered import Entered
from tansiq.records.kinds.handover import Handover
from tansiq.records.kinds.post import Post

PositionState = Literal["announced", "waiting", "agreed", "declined", "done", "cancelled", "erased"]
"""`announced`: nobody is proposed yet. `waiting`: consents are missing to who is proposed."""

Alarm = Literal[
    "late",
    "third_force_leaves",
    "vacated_without_handover",
    "vacated_without_consent",
    "done_without_consent",
    "entered_without_consent",
    "entered_by_third_force",
]


Verdict = Literal["accepted", "declined", "withdrawn"]


class Consented(Struct, frozen=True):
    """A party whose consent is needed, and its word on the proposal as it is now."""

    party: str
    verdict: Verdict | None


class Entry(Struct, frozen=True):
    """Somebody entered, as a party says."""

    ref: str
    said_by: str
    by: str | None
    at: int | None


class Position(Struct, frozen=True):
    """A position that is given up: the hand-over's record, or the post's where it was left without one."""

    ref: str
    party: str
    revision: str
    post: str | None
    leaves: str | None
    leaves_at: int | None
    successor: str | None
    interim: str | None
    state: PositionState
    consents: tuple[Consented, ...]
    entered: tuple[Entry, ...]
    late_minutes: int
    rules: tuple[Rule, ...]
    alarms: tuple[Alarm, ...]


def positions(told: Told, at: int) -> list[Position]:
    """Every position that is being given up, and every post that was left with no word about who follows."""
    found = [_handover(told, thing, at) for thing in told.of_kind("handover")]
    handed = {one.post for one in found if one.post is not None and one.state != "cancelled"}
    for thing in told.of_kind("post"):
        post = body_of(thing.now, Post)
        if post is not None and post.status == "vacated" and thing.ref not in handed and (post.since or 0) <= at:
            found.append(_left(told, thing, post))
    return sorted(found, key=lambda one: (one.leaves_at or 0, one.ref))


def _handover(told: Told, thing: Thing, at: int) -> Position:
    body = body_of(thing.now, Handover)
    if body is None:
        gone = Position(
            thing.ref, thing.party, thing.now.said.id, None, None, None, None, None, "erased", (), (), 0, (), ()
        )
        return gone
    consents = tuple(
        Consented(party, "accepted" if party == thing.party else _verdict(told, party, thing))
        for party in sorted(set(body.consents or told.parties))
    )
    entered = _entries(told, {thing.ref, *([body.post] if body.post else [])})
    state = _state(body, consents)
    late, rules = _late(told, thing, body)
    return Position(
        thing.ref,
        thing.party,
        thing.now.said.id,
        body.post,
        body.leaves,
        body.leaves_at,
        body.successor,
        body.interim,
        state,
        consents,
        entered,
        late,
        rules,
        _alarms(told, body, state, consents, entered, late, at),
    )


def _verdict(told: Told, party: str, thing: Thing) -> Verdict | None:
    """A party's word on the proposal as it is now: a record that changes nothing of it asks nobody again."""
    now = _proposal(thing.now)
    for version in reversed(thing.versions):
        if _proposal(version) != now:
            return None
        verdict = consent_of(told, party, thing.ref, version)
        if verdict is not None:
            return verdict
    return None


def _proposal(version: Version) -> object:
    body = body_of(version, Handover)
    return body and (body.post, body.place, body.leaves, body.leaves_at, body.successor, body.interim, body.consents)


def _state(body: Handover, consents: tuple[Consented, ...]) -> PositionState:
    if body.status == "cancelled" or body.status == "done":  # noqa: PLR1714 - the type checker follows only this
        return body.status
    if any(one.verdict in ("declined", "withdrawn") for one in consents):
        return "declined"
    if body.successor is None:
        return "announced"
    return "agreed" if all(one.verdict == "accepted" for one in consents) else "waiting"


def _alarms(
    told: Told,
    body: Handover,
    state: PositionState,
    consents: tuple[Consented, ...],
    entered: tuple[Entry, ...],
    late: int,
    at: int,
) -> tuple[Alarm, ...]:
    members = _members(told)
    consented = body.successor is not None and all(one.verdict == "accepted" for one in consents)
    found: list[Alarm] = ["late"] if late else []
    if state != "cancelled" and body.leaves is not None and body.leaves not in members:
        found.append("third_force_leaves")
    if state in ("announced", "waiting", "declined") and body.leaves_at is not None and at >= body.leaves_at:
        found.append("vacated_without_consent")
    if state == "done" and not consented:
        found.append("done_without_consent")
    for one in entered:
        if one.by is not None and one.by not in members:
            found.append("entered_by_third_force")
        elif not consented or body.successor not in (one.by, "joint"):
            found.append("entered_without_consent")
    return tuple(dict.fromkeys(found))


def _members(told: Told) -> set[str]:
    """Everybody in the circle; whoever else is named is a third force."""
    return {ledger.party for ledger in told.held} | set(told.parties)


def _late(told: Told, thing: Thing, body: Handover) -> tuple[int, tuple[Rule, ...]]:
    """By how many minutes the leaving was told too late, measured from the first record that named this time."""
    if body.leaves_at is None:
        return 0, ()
    lead = in_force(told, thing.now).lead("handover", ())
    said = next(
        one.said.at
        for one in thing.versions
        if (before := body_of(one, Handover)) is not None and before.leaves_at == body.leaves_at
    )
    wanted, rules = (0, ()) if lead is None else (lead[0], (lead[1],))
    late = max(0, -(-(said + wanted * MINUTE_MS - body.leaves_at) // MINUTE_MS))
    return late, rules if late else ()


def _entries(told: Told, about: set[str]) -> tuple[Entry, ...]:
    found = []
    for thing in told.of_kind("entered"):
        body = body_of(thing.now, Entered)
        if body is not None and thing.about in about:
            found.append(Entry(thing.ref, thing.party, body.by, body.at))
    return tuple(sorted(found, key=lambda one: (one.at or 0, one.ref)))


def _left(told: Told, thing: Thing, post: Post) -> Position:
    """A post that was left with no hand-over."""
    entered = _entries(told, {thing.ref})
    members = _members(told)
    alarms: list[Alarm] = ["vacated_without_handover"]
    for one in entered:
        alarms.append("entered_by_third_force" if one.by and one.by not in members else "entered_without_consent")
    return Position(
        thing.ref,
        thing.party,
        thing.now.said.id,
        thing.ref,
        thing.party,
        post.since,
        None,
        None,
        "announced",
        (),
        entered,
        0,
        (),
        tuple(dict.fromkeys(alarms)),
    )
