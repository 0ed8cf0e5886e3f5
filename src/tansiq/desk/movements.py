"""Movements at a desk: how things stand in a circle, one collision with all that was said about it, the draft check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from tansiq.desk.lines import Line
from tansiq.desk.movements_board import board_of, names_of
from tansiq.desk.office import Office, circle_named, circles
from tansiq.errors import MalformedInput, NotFound
from tansiq.movements.affected import holds
from tansiq.movements.collisions import Collision, collision_id
from tansiq.movements.engine import check_volumes
from tansiq.movements.look import Meeting
from tansiq.movements.positions import Position, positions
from tansiq.movements.standing import Plan
from tansiq.movements.states import Board
from tansiq.picture.consents import accepts
from tansiq.picture.terms import InForce, Rule, in_force
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Volume
from tansiq.records.kinds.denial import Denial
from tansiq.records.kinds.hotline import Hotline
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Buffers, Terms

_OVERLAP: Final = Buffers(0, 0, 0)


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
    with board_of(office, circle.id) as (board, held):
        told, stand = board.told, board.states(when)
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
            dict(held.names),
        )


def collision_view(office: Office, circle_id: str, collision: str, at: int | None = None) -> CollisionView:
    """One collision and all that was said about it; refused (`activities.no_collision`) where no plans have its id."""
    when = office.clock() if at is None else at
    with board_of(office, circle_id) as (board, _):
        found = board.collision(collision, when)
        refs = _two_plans(board.told, collision) if found is None else found.plans
        if refs is None:
            raise NotFound("activities.no_collision", id=collision[:40])
        plans = [plan for ref in refs if (plan := board.plan(ref, when)) is not None]
        return CollisionView(found, plans, _lines(board.told, collision, refs))


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
    hits: list[Hit] = []
    own: list[Hit] = []
    late: dict[str, int] = {}
    rules: dict[str, list[Rule]] = {}
    for circle in sorted(chosen):
        with board_of(office, circle) as (board, _):
            terms = in_force(board.told)
            found = list(hits_of(board, circle, office.party, volumes, terms))
            own += _own(board, circle, office.party, volumes, revises)
        hits += found
        rules[circle] = [terms.rule("buffers")] if any(hit.meeting for hit in found) else []
        lead = terms.lead(activity, [hit.ref for hit in found if hit.kind == "area"])
        if lead is not None:
            start = min(volume.start for volume in volumes)
            late[circle] = max(0, -(-(now + lead[0] * 60_000 - start) // 60_000))
            rules[circle] += [lead[1]] if late[circle] else []
    return Checked(hits, len({hit.ref for hit in hits if hit.kind == "activity"}), late, own, rules)


def near(board: Board, party: str, volumes: Sequence[Volume], ref: str | None = None) -> list[Version]:
    """The live plans of others that a plan meets, as they are now: what its author has to list."""
    buffers = in_force(board.told).buffers
    others = (one for one in board.near(party, volumes, buffers) if one.kind == "activity" and one.party != party)
    return [one.now for one in others if one.ref != ref and board.meet(volumes, one, buffers)]


def read_fields(fields: dict[str, Any]) -> list[Volume]:
    """The volumes of an activity's fields; refused as `record.bad_fields`, or as what cannot be compared."""
    try:
        volumes = msgspec.convert(fields.get("volumes") or [], list[Volume])
    except msgspec.ValidationError as error:
        raise MalformedInput("record.bad_fields", kind="activity", reason=str(error)[:300]) from error
    if volumes:
        check_volumes(volumes)
    return volumes


def hits_of(board: Board, circle: str, party: str, volumes: Sequence[Volume], terms: InForce) -> Iterator[Hit]:
    """What volumes of a party meet of what others told in a circle, and areas."""
    for thing in board.near(party, volumes, terms.buffers):
        if thing.party == party and thing.kind != "area":
            continue
        hit = _hit(board, thing, volumes, terms)
        if hit is not None:
            meeting, parts, withheld = hit
            now = thing.now
            names = names_of(now)
            yield Hit(circle, thing.ref, now.ref, thing.party, thing.kind, names, meeting, parts, withheld)


def _own(board: Board, circle: str, party: str, volumes: Sequence[Volume], revises: str | None) -> Iterator[Hit]:
    """Live plans of one's own that a draft overlaps: no buffer lies between one's own columns."""
    for thing in board.told.of_kind("activity"):
        changed = revises in {thing.ref, *(one.ref for one in thing.versions)}
        if thing.party != party or changed or not board.stands(thing):
            continue
        met = board.meet(volumes, thing, _OVERLAP)
        if met:
            first, now = min(met, key=lambda one: (one.distance_m, one.at)), thing.now
            parts = sorted({one.one for one in met})
            yield Hit(circle, thing.ref, now.ref, party, "activity", names_of(now), first, parts)


def _hit(
    board: Board, thing: Thing, volumes: Sequence[Volume], terms: InForce
) -> tuple[Meeting | None, list[int], bool] | None:
    if thing.kind != "activity":
        parts = board.touch(volumes, thing, terms.buffers) if holds(thing.now) else []
        return (None, parts, False) if parts else None
    if not board.placed(thing):
        return None, [], True
    met = board.meet(volumes, thing, terms.buffers)
    if not met:
        return None
    return min(met, key=lambda one: (one.distance_m, one.at)), sorted({one.one for one in met}), False


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
    refs = [thing for ref in plans if (thing := told.get(ref)) is not None]
    answers = [thing for ref in plans for thing in told.about("answer", ref)]
    consents = [thing for answer in answers for thing in told.about("consent", answer.ref)]
    denials = [thing for ref in plans for thing in told.about("denial", ref)]
    words = [
        thing
        for thing in told.of_kind("hotline")
        if (hotline := body_of(thing.now, Hotline)) is not None and hotline.collision == collision
    ]
    found = [
        Line(one.ref, thing.party, thing.kind, thing.about, one.said.at, dict(one.said.fields))
        for thing in (*refs, *answers, *consents, *denials, *words)
        for one in thing.versions
    ]
    return sorted(found, key=lambda line: (line.said, line.ref))


def thing_named(told: Told, ref: str, *kinds: str) -> Thing:
    """The thing of one of these kinds with a reference (of any of its versions); refused as `activities.not_here`."""
    thing = told.get(ref) or told.thing_of(ref)
    if thing is not None and thing.kind in kinds:
        return thing
    raise NotFound("activities.not_here", ref=ref[:80])
