"""Bodies: which membership is in force, which change is proposed, and whether a meeting has its quorum.

A membership is in force once every party that has a component in it, and every party that had one in the membership
before it, accepted that very record: nobody is put out of a body without its own word. Until then the one before holds.
What counts for a quorum are heads, members and facilitators; advisers, interpreters, secretaries and observers do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tansiq.accord.confirmations import Word, waiting, words_on
from tansiq.accord.statements import root_of, roots
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.body import BodyRecord, BodyType, Component
from tansiq.records.kinds.meeting import Attendance
from tansiq.records.kinds.terms import Quorum as QuorumRule
from tansiq.records.values import Names

COUNTED = ("head", "member", "facilitator")
"""Roles of an attendance that count for a quorum, of the component that its party has in the body."""


class Membership(Struct, frozen=True):
    """A membership as one record says it, and who gave which word on it. `thing` is what a word has to be about."""

    ref: str
    thing: str
    party: str
    components: tuple[Component, ...]
    status: Literal["proposed", "withdrawn", "dissolved"] | None
    since: int | None
    said: int
    words: tuple[Word, ...]
    waits_for: tuple[str, ...]


class BodyView(Struct, frozen=True):
    """A body. `in_force` is the membership that holds; `proposed` are later ones that not all have accepted.

    `rivals` are memberships that were accepted by all as well, by authors who did not know of the one in force.
    """

    ref: str
    party: str
    names: Names | None
    body_type: BodyType | None
    parent: str | None
    centre: str | None
    area: str | None
    state: Literal["in_force", "proposed", "dissolved", "withdrawn", "erased"]
    in_force: Membership | None
    proposed: tuple[Membership, ...]
    rivals: tuple[str, ...]


def bodies(told: Told) -> tuple[BodyView, ...]:
    """Every body of a circle, by reference."""
    return tuple(body_view(told, thing) for thing in roots(told, "body"))


def body_view(told: Told, root: Thing) -> BodyView:
    """One body; `root` is its first record or one about it."""
    root = root_of(told, root)
    candidates = _candidates(told, root)
    standing: tuple[Thing, Version, BodyRecord] | None = None
    accepted: list[Version] = []
    for thing, version, body in candidates:
        needed = _needed(body, standing[2] if standing else None)
        if needed and all(one.accepts for one in words_on(told, thing, needed, version)):
            standing = (thing, version, body)
            accepted.append(version)
    before = standing[2] if standing else None
    proposed = []
    for thing in {one.ref: one for one, _, _ in candidates}.values():
        last = thing.now
        change = body_of(last, BodyRecord)
        if change is None or change.status == "withdrawn" or last in accepted:
            continue
        if standing is not None and standing[1].knows(last):
            continue
        proposed.append(_membership(told, thing, last, change, before))
    first = body_of(root.now, BodyRecord) or BodyRecord()
    shown = before or first
    in_force = None if standing is None else _membership(told, *standing, _before(candidates, standing[1], told))
    rivals = () if standing is None else tuple(one.ref for one in accepted if not standing[1].knows(one))
    return BodyView(
        root.ref,
        root.party,
        shown.names or first.names,
        shown.body_type or first.body_type,
        shown.parent or first.parent,
        shown.centre or first.centre,
        shown.area or first.area,
        _state(root, in_force),
        in_force,
        tuple(sorted(proposed, key=lambda one: one.ref)),
        rivals,
    )


def _state(
    root: Thing, in_force: Membership | None
) -> Literal["in_force", "proposed", "dissolved", "withdrawn", "erased"]:
    if in_force is not None:
        return "dissolved" if in_force.status == "dissolved" else "in_force"
    body = body_of(root.now, BodyRecord)
    if body is None:
        return "erased"
    return "withdrawn" if body.status == "withdrawn" else "proposed"


def _candidates(told: Told, root: Thing) -> list[tuple[Thing, Version, BodyRecord]]:
    """Every version of a body and of what is about it, each after those that its author knew."""
    things = [root, *(one for one in told.of_kind("body") if one is not root and root_of(told, one) is root)]
    left = [
        (thing, version, body)
        for thing in things
        for version in thing.versions
        if (body := body_of(version, BodyRecord)) is not None and body.status != "withdrawn"
    ]
    left.sort(key=lambda one: one[1].ref)
    found: list[tuple[Thing, Version, BodyRecord]] = []
    while left:
        ready = next(
            (one for one in left if not any(other is not one and one[1].knows(other[1]) for other in left)), left[0]
        )
        found.append(ready)
        left.remove(ready)
    return found


def _needed(body: BodyRecord, before: BodyRecord | None) -> tuple[str, ...]:
    parties = [one.party for one in body.components or ()]
    if before is not None:
        parties += [one.party for one in before.components or ()]
    return tuple(dict.fromkeys(parties))


def _before(candidates: Sequence[tuple[Thing, Version, BodyRecord]], version: Version, told: Told) -> BodyRecord | None:
    """The membership that held before this one."""
    held: BodyRecord | None = None
    for thing, one, body in candidates:
        if one is version:
            return held
        needed = _needed(body, held)
        if needed and all(word.accepts for word in words_on(told, thing, needed, one)):
            held = body
    return held


def _membership(told: Told, thing: Thing, version: Version, body: BodyRecord, before: BodyRecord | None) -> Membership:
    words = words_on(told, thing, _needed(body, before), version)
    return Membership(
        version.ref,
        thing.ref,
        thing.party,
        tuple(body.components or ()),
        body.status,
        body.since,
        version.said.at,
        words,
        waiting(words),
    )


class PartyQuorum(Struct, frozen=True):
    """How many of a party were there, how many had to be, and whose rule that is."""

    party: str
    there: int
    needed: int
    missing: int
    rule: Literal["body", "terms"]


class Quorum(Struct, frozen=True):
    """Whether a meeting has its quorum: every party that has a component there with as many as it must have.

    `body` is the very membership that it was held against, `terms` the very terms of reference, where some bite.
    """

    reached: bool
    emergency: bool
    parties: tuple[PartyQuorum, ...]
    body: str | None = None
    terms: str | None = None

    @property
    def missing(self) -> int:
        """How many are missing in all."""
        return sum(one.missing for one in self.parties)


def quorum(
    components: Iterable[Component],
    attendance: Iterable[Attendance],
    *,
    emergency: bool = False,
    rules: Iterable[QuorumRule] = (),
    body_type: BodyType | None = None,
) -> Quorum:
    """A quorum from who came, by role and number. Where a body and the terms both say how many, the larger holds."""
    there = counted(attendance)
    asked = {rule.party: rule for rule in rules if rule.body == body_type}
    found = []
    for one in components:
        needed, rule = _least(one.quorum, one.emergency, emergency), "body"
        if one.party in asked:
            by_terms = _least(asked[one.party].count, asked[one.party].emergency, emergency)
            if by_terms > needed:
                needed, rule = by_terms, "terms"
        came = there.get(one.party, 0)
        found.append(
            PartyQuorum(one.party, came, needed, max(0, needed - came), "terms" if rule == "terms" else "body")
        )
    return Quorum(bool(found) and not any(one.missing for one in found), emergency, tuple(found))


def counted(attendance: Iterable[Attendance]) -> Mapping[str, int]:
    """How many of each party came in a role that counts."""
    there: dict[str, int] = {}
    for one in attendance:
        if one.role in COUNTED:
            there[one.party] = there.get(one.party, 0) + one.count
    return there


def _least(count: int, emergency_count: int | None, emergency: bool) -> int:
    return emergency_count if emergency and emergency_count is not None else count
