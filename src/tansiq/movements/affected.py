"""Whom a plan affects: owners of plans that it meets, holders of areas, posts and arrangements that it touches.

What a party said before it had seen the plan makes it affected; what it says knowing the plan is its own to ask about.
So no later plan undoes what was agreed, and no two nodes differ for long: which of the two it is follows from what the
author had seen, not from when a record arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from tansiq.movements.ground import Ground, apart
from tansiq.movements.look import Look
from tansiq.movements.terms import InForce
from tansiq.movements.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity, Volume
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.post import Post

ENDED: Final = ("ended", "cancelled")
HOLDS: Final = ("activity", "post", "area", "arrangement")


class Stake(Struct, frozen=True):
    """Something of a party's that a plan touches: which thing, and which volumes of the plan touch it.

    `unknown`: its place or the plan's is not told, so that it may touch any of them.
    """

    party: str
    ref: str
    kind: str
    parts: frozenset[int]
    unknown: bool = False


def live(version: Version) -> bool:
    """Whether an activity is neither ended, cancelled nor erased."""
    body = body_of(version, Activity)
    return body is not None and body.status not in ENDED


class Affected:
    """Finds stakes; what was found of two versions is remembered, since every plan is looked at from every other."""

    def __init__(self, told: Told, look: Look, ground: Ground) -> None:
        self._told = told
        self._look = look
        self._ground = ground
        holders = [thing for kind in HOLDS for thing in told.of_kind(kind)]
        self._holders = [(thing, ground.box_of(thing), self._concerned(thing)) for thing in holders]
        self._areas = {thing.ref: thing for thing in told.of_kind("area")}
        self._touching: dict[tuple[str, str, int, int, int], frozenset[int]] = {}

    def stakes(self, plan: Thing, version: Version, terms: InForce) -> list[Stake]:
        """Everything of others that this version of a plan touches, by party and reference."""
        found = []
        here = self._ground.box(version)
        for thing, there, concerned in self._holders:
            if thing.ref == plan.ref or apart(here, there, terms.buffers):
                continue
            for party in sorted(concerned - {plan.party}):
                stake = self._stake(thing, party, version, terms)
                if stake is not None:
                    found.append(stake)
        return sorted(found, key=lambda stake: (stake.party, stake.ref))

    def areas(self, version: Version, terms: InForce) -> list[str]:
        """The areas, told before, that a version of a plan touches."""
        found = []
        for thing in self._areas.values():
            known = thing.said_before(version)
            if known is not None and self._touches(thing, known, version, terms):
                found.append(thing.ref)
        return found

    def _concerned(self, thing: Thing) -> set[str]:
        parties = {thing.party}
        for version in thing.versions:
            if thing.kind == "arrangement" and (arrangement := body_of(version, Arrangement)):
                parties |= set(arrangement.parties or ())
            elif thing.kind == "area" and (area := body_of(version, Area)) and area.purpose == "joint_interest":
                parties |= set(self._told.parties)
        return parties

    def _stake(self, thing: Thing, party: str, version: Version, terms: InForce) -> Stake | None:
        """What `party` has at stake: from the version said in ignorance of the plan on, all versions touch it."""
        own = thing.party == party and party in self._told.parties
        start = thing.unaware_of(version) if own else thing.said_before(version)
        if start is None:
            return None
        since = thing.versions[thing.versions.index(start) :]
        if not all(self._holds(one, party) and self._touches(thing, one, version, terms) for one in since):
            return None
        unknown = self._ground.volumes(version) is None
        if thing.kind == "activity":
            unknown = unknown or self._ground.volumes(start) is None
        return Stake(party, thing.ref, thing.kind, self._touches(thing, start, version, terms), unknown)

    @staticmethod
    def _holds(version: Version, party: str) -> bool:
        """Whether a version still says that something is there, and that it concerns the party."""
        body = version.body
        if isinstance(body, Activity):
            return body.status not in ENDED
        if isinstance(body, Post):
            return body.status != "vacated"
        if isinstance(body, Arrangement):
            return body.status == "agreed" and (party == version.said.ledger.party or party in (body.parties or ()))
        if isinstance(body, Area):
            return body.purpose == "joint_interest" or (
                body.purpose == "responsibility" and party == version.said.ledger.party
            )
        return False

    def _touches(self, thing: Thing, one: Version, version: Version, terms: InForce) -> frozenset[int]:
        """Which volumes of a plan touch a version of a thing; all of them where either place is not told."""
        buffers = terms.buffers
        key = (one.said.id, version.said.id, buffers.distance_m, buffers.minutes, buffers.height_m)
        if key not in self._touching:
            self._touching[key] = frozenset(self._look_up(thing, one, version, terms))
        return self._touching[key]

    def _look_up(self, thing: Thing, one: Version, version: Version, terms: InForce) -> Sequence[int]:
        volumes = self._ground.volumes(version)
        plan = body_of(version, Activity)
        everything = range(len(plan.volumes or ()) or 1) if plan else range(1)
        if thing.kind == "activity":
            theirs = self._ground.volumes(one)
            if volumes is None or theirs is None:
                return everything
            return [meeting.one for meeting in self._look.meet(volumes, theirs, terms.buffers)]
        if volumes is None:
            return everything
        looks: dict[str, Callable[[Version, Version, Sequence[Volume], int], Sequence[int]]] = {
            "post": self._near_post,
            "area": self._near_area,
            "arrangement": self._near_arranged,
        }
        return looks[thing.kind](one, version, volumes, terms.buffers.distance_m)

    def _near_post(self, one: Version, _: Version, volumes: Sequence[Volume], metres: int) -> Sequence[int]:
        post = body_of(one, Post)
        if post is not None and post.place is not None:
            point = (post.place.lon, post.place.lat)
            return self._look.at_point(volumes, point, metres + post.place.accuracy)
        if post is not None and post.place_coarse is not None:
            cell = post.place_coarse
            # the corner of a square lies 0.71 of its side from the middle
            return self._look.at_point(volumes, (cell.lon, cell.lat), metres + cell.size * 71 // 100)
        return ()

    def _near_area(self, one: Version, _: Version, volumes: Sequence[Volume], __: int) -> Sequence[int]:
        area = body_of(one, Area)
        return self._look.in_ring(volumes, area.ring, 0) if area is not None and area.ring else ()

    def _near_arranged(self, one: Version, version: Version, volumes: Sequence[Volume], metres: int) -> Sequence[int]:
        arrangement = body_of(one, Arrangement)
        ground = self._areas.get(arrangement.area or "") if arrangement else None
        known = ground.said_before(version) if ground else None
        return self._near_area(known, version, volumes, metres) if known is not None else ()
