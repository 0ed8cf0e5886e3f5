"""Movements at the desk: what a circle was told, how every plan stands by it, and a private look before announcing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from tansiq.desk.movements_request import CheckRequest
from tansiq.desk.movements_told import read_told
from tansiq.desk.office import Office, circle_named
from tansiq.errors import MalformedInput, NotFound
from tansiq.movements.collisions import Collision
from tansiq.movements.look import Look
from tansiq.movements.positions import Position, positions
from tansiq.movements.states import Plan, states
from tansiq.movements.story import Line, story
from tansiq.movements.terms import Rule, consent_of, in_force
from tansiq.movements.told import Ledger, Said, Told, body_of, gather
from tansiq.records.entry import new_record_id
from tansiq.records.kind import kind_named
from tansiq.records.kinds.terms import Buffers, Terms
from tansiq.store import ledgers


class Verdict(Struct, frozen=True):
    """A party's word on terms; None where it gave none."""

    party: str
    verdict: str | None


class TermsView(Struct, frozen=True):
    """Terms of reference as they were last said: who accepted this very revision, and whether they are in force."""

    ref: str
    party: str
    revision: str
    version: int | None
    accepted: list[Verdict]
    in_force: bool
    withdrawn: bool


class MovementsView(Struct, frozen=True):
    """How everything stands in a circle at a time (ms). `terms_ref` is the revision in force, None where none is."""

    at: int
    parties: list[str]
    plans: tuple[Plan, ...]
    collisions: tuple[Collision, ...]
    buffers: Buffers
    terms_ref: str | None
    terms: list[TermsView]
    positions: list[Position]


class CollisionView(Struct, frozen=True):
    """A collision with everything that was said about it."""

    collision: Collision
    said: list[Line]


class CheckView(Struct, frozen=True):
    """What announcing it now would come to. `knows` is what the record is to list as proof of having looked."""

    fit: bool
    plan: Plan
    collisions: list[Collision]
    late_minutes: int
    after_start: bool
    rules: tuple[Rule, ...]
    knows: list[str]


def view(office: Office, look: Look, circle_id: str, at: int | None = None) -> MovementsView:
    """How everything stands, now or at a given time (ms)."""
    with office.database.read() as connection:
        told = read_told(connection, circle_id)
    now = office.clock() if at is None else at
    found = states(told, look, now)
    force = in_force(told)
    return MovementsView(
        now,
        list(told.parties),
        found.plans,
        found.collisions,
        force.buffers,
        force.ref,
        _terms(told, force.ref),
        positions(told, now),
    )


def _terms(told: Told, in_force_ref: str | None) -> list[TermsView]:
    views = []
    for thing in told.of_kind("terms"):
        body = body_of(thing.now, Terms)
        if body is None:
            continue
        accepted = [
            Verdict(party, "accepted" if party == thing.party else consent_of(told, party, thing.ref, thing.now))
            for party in body.parties or ()
        ]
        views.append(
            TermsView(
                thing.ref,
                thing.party,
                thing.now.said.id,
                body.version,
                accepted,
                any(version.ref == in_force_ref for version in thing.versions),
                body.status == "withdrawn",
            )
        )
    return views


def one_collision(
    office: Office, look: Look, circle_id: str, collision_id: str, at: int | None = None
) -> CollisionView:
    """A collision by its id with its story; not found (`movements.no_collision`) where no two plans meet under it."""
    with office.database.read() as connection:
        told = read_told(connection, circle_id)
    for one in states(told, look, office.clock() if at is None else at).collisions:
        if one.id == collision_id:
            return CollisionView(one, story(told, one))
    raise NotFound("movements.no_collision", id=collision_id[:40])


def check(office: Office, look: Look, asked: CheckRequest) -> CheckView:
    """What announcing a plan now would come to; nothing is said, nothing leaves this node."""
    given = {name: value for name, value in asked.fields.items() if value is not None}
    fields = msgspec.to_builtins(kind_named("activity").read(given))
    now = office.clock()
    with office.database.read() as connection:
        told = read_told(connection, asked.circle)
        held = circle_named(connection, asked.circle)
        row = ledgers.ledger_of(connection, held.num, office.party)
        own = Ledger(office.party, held.circle.epoch)
    new = new_record_id(now)
    first = new if asked.revises is None else asked.revises.rpartition("/")[2]
    seen = {ledger: size for ledger, size in told.held.items() if ledger.party != office.party}
    draft = Said(own, row.size, new, first, "activity", None, now, seen, fields)
    ref = f"{office.party}/{first}"
    before = [one.said for thing in told.things for one in thing.versions]
    if asked.revises is not None and not any(thing.ref == ref for thing in told.of_kind("activity")):
        raise MalformedInput("record.not_own", ref=asked.revises[:80])
    with_draft = gather([*before, draft], told.parties, {**told.held, own: row.size + 1}, told.heard)
    found = states(with_draft, look, now)
    plan = next(one for one in found.plans if one.ref == ref)
    met = [one for one in found.collisions if ref in one.plans]
    return CheckView(
        plan.placed, plan, met, plan.late_minutes, plan.after_start, plan.rules, _knows(with_draft, ref, met)
    )


def _knows(told: Told, ref: str, met: Sequence[Collision]) -> list[str]:
    """The latest records of others' plans near it."""
    others = {other for one in met for other in one.plans if other != ref}
    return sorted(thing.now.ref for thing in told.of_kind("activity") if thing.ref in others and thing.party)
