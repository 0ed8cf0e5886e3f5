"""Movements at a desk: how things stand in a circle, one collision with all that was said about it, the draft check."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.desk.movements_told import read_told
from tansiq.desk.office import Office, circle_named, circles
from tansiq.errors import MalformedInput, NotFound
from tansiq.movements.affected import live
from tansiq.movements.collisions import Collision, collision_id
from tansiq.movements.engine import Engine, check_volumes
from tansiq.movements.ground import Ground
from tansiq.movements.look import Meeting
from tansiq.movements.positions import Position, positions
from tansiq.movements.states import Movements, Plan, states
from tansiq.movements.terms import InForce, Rule, accepts, in_force
from tansiq.movements.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity, Volume
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.denial import Denial
from tansiq.records.kinds.hotline import Hotline
from tansiq.records.kinds.post import Post
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Buffers, Terms

_ENGINE: Final = Engine()
_ALONE: Final = threading.Lock()
"""What was looked at once is remembered for all that ask; one thread at a time looks."""
_OVERLAP: Final = InForce(None, Terms(buffers=Buffers(0, 0, 0)))


class TermsView(Struct, frozen=True):
    """Terms of reference as told: `accepted` by whom, in force or not for what is announced now."""

    ref: str
    party: str
    revision: str
    version: int | None
    accepted: list[str]
    waits_for: list[str]
    in_force: bool
    fields: dict[str, Any]


class Stop(Struct, frozen=True):
    """A suspension or a denial of access, with its fields as told."""

    ref: str
    party: str
    about: str | None
    said: int
    fields: dict[str, Any]


class Overview(Struct, frozen=True):
    """Everything about movements in a circle at a time (ms). `names` are those of every plan and position."""

    at: int
    circle: str
    exercise: bool
    plans: tuple[Plan, ...]
    collisions: tuple[Collision, ...]
    positions: tuple[Position, ...]
    terms: list[TermsView]
    suspensions: list[Stop]
    denials: list[Stop]
    names: dict[str, dict[str, str]]


class Line(Struct, frozen=True):
    """One statement in what was said about a collision."""

    ref: str
    party: str
    kind: str
    about: str | None
    said: int
    fields: dict[str, Any]


class CollisionView(Struct, frozen=True):
    """One collision, both plans as they stand, and everything that was said about it, oldest first.

    `collision` is None where the two plans meet no more, since one was changed or is over: what was said stays.
    """

    collision: Collision | None
    plans: list[Plan]
    said: list[Line]


class Hit(Struct, frozen=True):
    """Something of others that a draft meets: a plan, a post, an area or an arrangement, and in which circle."""

    circle: str
    ref: str
    revision: str
    party: str
    kind: str
    names: dict[str, str]
    meeting: Meeting | None
    parts: list[int]
    withheld: bool = False


class Checked(Struct, frozen=True):
    """What a draft meets. `collisions` counts plans of others, `late` is by how many minutes its notice falls short.

    `own` are live plans of one's own that it overlaps, apart from the one that it changes: they are no collisions.
    `rules` are those that bit in a circle, by lead time or buffers.
    """

    hits: list[Hit]
    collisions: int
    late: dict[str, int]
    own: list[Hit]
    rules: dict[str, list[Rule]]


def overview(office: Office, circle_id: str, at: int | None = None) -> Overview:
    """How everything stands in a circle at a time (ms), now if left out."""
    when = office.clock() if at is None else at
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        told = read_told(connection, circle.id)
    stand = _states(told, when)
    named = [thing for kind in ("activity", "handover", "post") for thing in told.of_kind(kind)]
    return Overview(
        when,
        circle.id,
        circle.exercise,
        stand.plans,
        stand.collisions,
        tuple(positions(told, when)),
        [_terms(told, thing) for thing in told.of_kind("terms")],
        [_stop(thing) for thing in told.of_kind("suspension") if body_of(thing.now, Suspension) is not None],
        [_stop(thing) for thing in told.of_kind("denial") if body_of(thing.now, Denial) is not None],
        {thing.ref: names for thing in named if (names := names_of(thing.now))},
    )


def collision_view(office: Office, circle_id: str, collision: str, at: int | None = None) -> CollisionView:
    """One collision and all that was said about it; refused (`activities.no_collision`) where no plans have its id."""
    when = office.clock() if at is None else at
    with office.database.read() as connection:
        told = read_told(connection, circle_named(connection, circle_id).circle.id)
    stand = _states(told, when)
    found = next((one for one in stand.collisions if one.id == collision), None)
    plans = _two_plans(told, collision) if found is None else found.plans
    if plans is None:
        raise NotFound("activities.no_collision", id=collision[:40])
    return CollisionView(found, [one for one in stand.plans if one.ref in plans], _lines(told, collision, plans))


def told_of(office: Office, circle_id: str) -> Told:
    """What a circle was told."""
    with office.database.read() as connection:
        return read_told(connection, circle_named(connection, circle_id).circle.id)


def check(
    office: Office,
    volumes: Sequence[Volume],
    circle_id: str = "",
    activity: str | None = None,
    revises: str | None = None,
) -> Checked:
    """What a draft would meet of what others have released, in every circle of this node or in one. Nothing leaves.

    `revises` is the own plan (`party/id`) that the draft changes. Refuses volumes that cannot be compared, and none
    (`movements.…`).
    """
    check_volumes(volumes)
    now = office.clock()
    with office.database.read() as connection:
        chosen = {held.circle.id for held in circles(connection)}
        if circle_id:
            chosen = {circle_named(connection, circle_id).circle.id}
        told = {circle: read_told(connection, circle) for circle in sorted(chosen)}
    hits: list[Hit] = []
    own: list[Hit] = []
    late: dict[str, int] = {}
    rules: dict[str, list[Rule]] = {}
    with _ALONE:
        for circle, one in told.items():
            terms = in_force(one)
            here = _hits(one, circle, office.party, volumes, terms)
            own += _own(one, circle, office.party, volumes, revises)
            rules[circle] = [terms.rule("buffers")] if any(hit.meeting for hit in here) else []
            lead = terms.lead(activity, [hit.ref for hit in here if hit.kind == "area"])
            if lead is not None:
                start = min(volume.start for volume in volumes)
                late[circle] = max(0, -(-(now + lead[0] * 60_000 - start) // 60_000))
                rules[circle] += [lead[1]] if late[circle] else []
            hits += here
    return Checked(hits, len({hit.ref for hit in hits if hit.kind == "activity"}), late, own, rules)


def near(told: Told, party: str, volumes: Sequence[Volume], ref: str | None = None) -> list[Version]:
    """The live plans of others that a plan meets, as they are now: what its author has to list."""
    terms, ground = in_force(told), Ground(_ENGINE)
    with _ALONE:
        return [
            thing.now
            for thing in told.of_kind("activity")
            if thing.party != party
            and thing.ref != ref
            and live(thing.now)
            and (theirs := ground.volumes(thing.now)) is not None
            and _ENGINE.meet(volumes, theirs, terms.buffers)
        ]


def read_fields(fields: dict[str, Any]) -> list[Volume]:
    """The volumes of an activity's fields; refused as `record.bad_fields`, or as what cannot be compared."""
    try:
        volumes = msgspec.convert(fields.get("volumes") or [], list[Volume])
    except msgspec.ValidationError as error:
        raise MalformedInput("record.bad_fields", kind="activity", reason=str(error)[:300]) from error
    if volumes:
        check_volumes(volumes)
    return volumes


def names_of(version: Version) -> dict[str, str]:
    """The names of a thing by language."""
    names = getattr(version.body, "names", None)
    return {} if names is None else {key: text for key, text in msgspec.to_builtins(names).items() if text}


def _states(told: Told, at: int) -> Movements:
    with _ALONE:
        return states(told, _ENGINE, at)


def _hits(told: Told, circle: str, party: str, volumes: Sequence[Volume], terms: InForce) -> list[Hit]:
    found = []
    areas = {thing.ref: thing for thing in told.of_kind("area")}
    for thing in told.things:
        if thing.party == party and thing.kind != "area":
            continue
        hit = _hit(thing, areas, volumes, terms)
        if hit is not None:
            meeting, parts, withheld = hit
            now = thing.now
            found.append(
                Hit(circle, thing.ref, now.ref, thing.party, thing.kind, names_of(now), meeting, parts, withheld)
            )
    return found


def _own(told: Told, circle: str, party: str, volumes: Sequence[Volume], revises: str | None) -> list[Hit]:
    """Live plans of one's own that a draft overlaps: no buffer lies between one's own columns."""
    found = []
    for thing in told.of_kind("activity"):
        if thing.party != party or revises in {thing.ref, *(one.ref for one in thing.versions)}:
            continue
        hit = _hit(thing, {}, volumes, _OVERLAP)
        if hit is not None and hit[0] is not None:
            now = thing.now
            found.append(Hit(circle, thing.ref, now.ref, party, "activity", names_of(now), hit[0], hit[1]))
    return found


def _hit(
    thing: Thing, areas: dict[str, Thing], volumes: Sequence[Volume], terms: InForce
) -> tuple[Meeting | None, list[int], bool] | None:
    body, metres = thing.now.body, terms.buffers.distance_m
    parts: list[int] = []
    if isinstance(body, Activity) and live(thing.now):
        theirs = Ground(_ENGINE).volumes(thing.now)
        if theirs is None:
            return None, [], True
        met = _ENGINE.meet(volumes, theirs, terms.buffers)
        if not met:
            return None
        return min(met, key=lambda one: (one.distance_m, one.at)), sorted({one.one for one in met}), False
    if isinstance(body, Post) and body.status != "vacated" and body.place is not None:
        parts = _ENGINE.at_point(volumes, (body.place.lon, body.place.lat), metres + body.place.accuracy)
    elif isinstance(body, Area) and body.ring and body.purpose in ("joint_interest", "responsibility"):
        parts = _ENGINE.in_ring(volumes, body.ring, 0)
    elif isinstance(body, Arrangement) and body.status == "agreed" and (area := areas.get(body.area or "")):
        ground = body_of(area.now, Area)
        parts = _ENGINE.in_ring(volumes, ground.ring, 0) if ground is not None and ground.ring else []
    return (None, parts, False) if parts else None


def _terms(told: Told, thing: Thing) -> TermsView:
    body = body_of(thing.now, Terms) or Terms()
    named = list(body.parties or ())
    accepted = [one for one in named if one == thing.party or accepts(told, one, thing.ref, thing.now)]
    return TermsView(
        thing.ref,
        thing.party,
        thing.now.said.id,
        body.version,
        accepted,
        [party for party in named if party not in accepted],
        (in_force(told).ref or "") == thing.now.ref,
        msgspec.to_builtins(body),
    )


def _stop(thing: Thing) -> Stop:
    return Stop(thing.ref, thing.party, thing.about, thing.now.said.at, msgspec.to_builtins(thing.now.body))


def _two_plans(told: Told, collision: str) -> tuple[str, str] | None:
    """The two plans whose collision has an id, also where they meet no more."""
    plans = told.of_kind("activity")
    pairs = ((one, other) for number, one in enumerate(plans) for other in plans[number + 1 :])
    return next(
        (
            (one.ref, other.ref)
            for one, other in pairs
            if one.party != other.party and collision_id(one.ref, other.ref) == collision
        ),
        None,
    )


def _lines(told: Told, collision: str, plans: tuple[str, str]) -> list[Line]:
    """Every version of both plans, answers to them, consents to those answers, and words about the collision itself."""
    chosen = set(plans)
    answers = {thing.ref for thing in told.of_kind("answer") if thing.about in chosen}
    found = []
    for thing in told.things:
        hotline = body_of(thing.now, Hotline)
        if (
            thing.ref in chosen
            or (thing.kind in ("answer", "denial") and thing.about in chosen)
            or (thing.kind == "consent" and thing.about in answers)
            or (hotline is not None and hotline.collision == collision)
        ):
            found += [
                Line(one.ref, thing.party, thing.kind, thing.about, one.said.at, dict(one.said.fields))
                for one in thing.versions
            ]
    return sorted(found, key=lambda line: (line.said, line.ref))


def thing_named(told: Told, ref: str, *kinds: str) -> Thing:
    """The thing of one of these kinds with a reference (of any of its versions); refused as `activities.not_here`."""
    for thing in told.things:
        if thing.kind in kinds and (thing.ref == ref or any(one.ref == ref for one in thing.versions)):
            return thing
    raise NotFound("activities.not_here", ref=ref[:80])
