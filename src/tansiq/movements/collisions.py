"""Collisions: two plans of different parties that meet, under one id on every desk."""

from __future__ import annotations

import hashlib

from msgspec import Struct

from tansiq.movements.ground import Ground
from tansiq.movements.look import Look, Meeting
from tansiq.picture.terms import InForce, Rule
from tansiq.picture.told import Thing, body_of
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


def between(
    plan: tuple[Thing, InForce], another: tuple[Thing, InForce], look: Look, ground: Ground
) -> Collision | None:
    """How two live plans of different parties meet, by the wider of the buffers that hold for them; None if not.

    Whether it is over and who is waited for is not looked at here.
    """
    (one, terms), (other, terms_too) = sorted((plan, another), key=lambda held: held[0].ref)
    buffers = wider(terms.buffers, terms_too.buffers)
    volumes, volumes_too = ground.volumes(one.now), ground.volumes(other.now)
    meetings = look.meet(volumes, volumes_too, buffers) if volumes and volumes_too else []
    if not meetings:
        return None
    closest = min(meetings, key=lambda meeting: (meeting.distance_m, meeting.at, meeting.one, meeting.other))
    bites = terms if terms.buffers == buffers else terms_too
    return Collision(
        collision_id(one.ref, other.ref),
        (one.ref, other.ref),
        (one.party, other.party),
        (one.now.ref, other.now.ref),
        min(meeting.from_ for meeting in meetings),
        max(meeting.to for meeting in meetings),
        closest,
        len(meetings),
        tuple(mine.ref for mine, theirs in ((one, other), (other, one)) if not lists(mine, theirs)),
        False,
        bites.rule("buffers"),
    )


def wider(one: Buffers, other: Buffers) -> Buffers:
    """The greater of each."""
    return Buffers(
        max(one.distance_m, other.distance_m), max(one.minutes, other.minutes), max(one.height_m, other.height_m)
    )


def lists(plan: Thing, other: Thing) -> bool:
    """Whether a plan as it is now lists another, in whichever of its versions."""
    body = body_of(plan.now, Activity)
    known = set(body.knows or ()) if body else set()
    return any(version.ref in known for version in other.versions)
