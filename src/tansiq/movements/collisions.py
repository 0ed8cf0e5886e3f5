"""Collisions: two plans of different parties that meet, under one id on every desk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from msgspec import Struct

from tansiq.movements.affected import live
from tansiq.movements.ground import Ground, apart
from tansiq.movements.look import Look, Meeting
from tansiq.movements.terms import InForce, Rule, in_force
from tansiq.movements.told import Thing, Told, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.terms import Buffers


class Waiting(Struct, frozen=True):
    """Whose word on which of the two plans is missing."""

    party: str
    about: str


class Collision(Struct, frozen=True, rename={"from_": "from"}):
    """Who meets whom, where and when; the closest approach first of all their meetings.

    `plans` are the two references in order, `revisions` what each was when this was found. `unlisted` are those of the
    two whose author did not list the other. `settled` when every word is given that is asked of one for the other.
    """

    id: str
    plans: tuple[str, str]
    parties: tuple[str, str]
    revisions: tuple[str, str]
    from_: int
    to: int
    closest: Meeting
    meetings: int
    unlisted: tuple[str, ...]
    over: bool
    rule: Rule
    waits_for: tuple[Waiting, ...] = ()
    settled: bool = False


def collision_id(one: str, other: str) -> str:
    """The id of the collision of two plans: of their references alone, so that it outlives every change of either."""
    return hashlib.sha256("\n".join(sorted((one, other))).encode()).hexdigest()[:32]


def collisions(told: Told, look: Look, ground: Ground, at: int) -> list[Collision]:
    """Every two live plans of different parties that meet by the wider of the buffers that hold for them."""
    plans = [thing for thing in told.of_kind("activity") if live(thing.now)]
    terms = {thing.ref: in_force(told, thing.now) for thing in plans}
    widest = Buffers(0, 0, 0)
    for held in terms.values():
        widest = _wider(widest, held.buffers)
    found = []
    for number, one in enumerate(plans):
        mine, here = ground.volumes(one.now), ground.box(one.now)
        for other in plans[number + 1 :]:
            if one.party == other.party or mine is None or apart(here, ground.box(other.now), widest):
                continue
            theirs = ground.volumes(other.now)
            if theirs is None:
                continue
            collision = _between(terms, look, ground, one, other, at)
            if collision is not None:
                found.append(collision)
    return sorted(found, key=lambda collision: (collision.from_, collision.id))


def _between(
    in_force_for: Mapping[str, InForce], look: Look, ground: Ground, one: Thing, other: Thing, at: int
) -> Collision | None:
    one, other = sorted((one, other), key=lambda thing: thing.ref)
    terms = [in_force_for[thing.ref] for thing in (one, other)]
    buffers = _wider(terms[0].buffers, terms[1].buffers)
    meetings = look.meet(ground.volumes(one.now) or (), ground.volumes(other.now) or (), buffers)
    if not meetings:
        return None
    closest = min(meetings, key=lambda meeting: (meeting.distance_m, meeting.at, meeting.one, meeting.other))
    wider = terms[0] if terms[0].buffers == buffers else terms[1]
    until = max(meeting.to for meeting in meetings)
    return Collision(
        collision_id(one.ref, other.ref),
        (one.ref, other.ref),
        (one.party, other.party),
        (one.now.ref, other.now.ref),
        min(meeting.from_ for meeting in meetings),
        until,
        closest,
        len(meetings),
        tuple(mine.ref for mine, theirs in ((one, other), (other, one)) if not lists(mine, theirs)),
        until < at,
        wider.rule("buffers"),
    )


def _wider(one: Buffers, other: Buffers) -> Buffers:
    return Buffers(
        max(one.distance_m, other.distance_m), max(one.minutes, other.minutes), max(one.height_m, other.height_m)
    )


def lists(plan: Thing, other: Thing) -> bool:
    """Whether a plan as it is now lists another, in whichever of its versions."""
    body = body_of(plan.now, Activity)
    known = set(body.knows or ()) if body else set()
    return any(version.ref in known for version in other.versions)
