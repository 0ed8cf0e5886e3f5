"""How everything stands, the slow and plain way: every plan beside every other and beside everything that is held."""

from __future__ import annotations

from itertools import combinations

from tansiq.movements.affected import HOLDS, Affected, live
from tansiq.movements.answers import CONSENTS
from tansiq.movements.collisions import Collision, Waiting, between
from tansiq.movements.ground import Ground
from tansiq.movements.look import Look
from tansiq.movements.standing import Plan, basis, stand
from tansiq.movements.states import Movements
from tansiq.picture.terms import in_force
from tansiq.picture.told import Told


def plainly(told: Told, look: Look, at: int) -> Movements:
    """What `states` shows, with no index and nothing kept."""
    ground = Ground(look)
    affected = Affected(told, look, ground)
    things = told.of_kind("activity")
    terms = {thing.ref: in_force(told, thing.now) for thing in things}
    met: list[Collision] = []
    for one, other in combinations([thing for thing in things if live(thing.now)], 2):
        if one.party != other.party:
            found = between((one, terms[one.ref]), (other, terms[other.ref]), look, ground)
            met += [found] if found is not None else []
    plans: dict[str, Plan] = {}
    for thing in things:
        stakes, areas, partners = [], [], []
        if live(thing.now):
            held = [other for kind in HOLDS for other in told.of_kind(kind)]
            stakes = [stake for other in held for stake in affected.stakes(thing, other, terms[thing.ref])]
            areas = [area.ref for area in told.of_kind("area") if affected.touches_area(thing, area, terms[thing.ref])]
            refs = {ref for one in met if thing.ref in one.plans for ref in one.plans} - {thing.ref}
            partners = [other for other in things if other.ref in refs]
        found_for = basis(told, ground, thing, terms[thing.ref], stakes, areas, partners)
        plans[thing.ref] = stand(found_for, _suspended(told), at)
    return Movements(
        tuple(sorted(plans.values(), key=lambda plan: (plan.from_ or 0, plan.ref))),
        tuple(sorted((_settled(one, plans, at) for one in met), key=lambda one: (one.from_, one.id))),
    )


def _settled(one: Collision, plans: dict[str, Plan], at: int) -> Collision:
    asked = [
        (about, party)
        for about, other in (one.plans, one.plans[::-1])
        for party in plans[about].parties
        if party.party == plans[other].party and other in party.why
    ]
    waits = tuple(Waiting(party.party, about) for about, party in asked if party.given.word not in CONSENTS)
    return Collision(
        one.id, one.plans, one.parties, one.revisions, one.from_, one.to, one.closest, one.meetings, one.unlisted,
        one.to < at, one.rule, waits, bool(asked) and not waits,
    )  # fmt: skip


def _suspended(told: Told) -> set[str]:
    """By the latest record of each party that is not about joint action alone."""
    latest: dict[str, str] = {}
    said = [
        (thing.now.said.ledger.epoch, thing.now.said.index, thing.party, thing.now.body)
        for thing in told.of_kind("suspension")
    ]
    for _, _, party, body in sorted(said, key=lambda one: one[:3]):
        if body is not None and getattr(body, "scope", None) != "joint":
            latest[party] = getattr(body, "status", "")
    return {party for party, status in latest.items() if status == "suspended"}
