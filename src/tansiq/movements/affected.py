"""Whom a plan affects: owners of plans that it meets, holders of areas, posts and arrangements that it touches.

What a party said before it had seen the plan makes it affected; what it says knowing the plan is its own to ask about.
So no later plan undoes what was agreed, and no two nodes differ for long: which of the two it is follows from what the
author had seen, not from when a record arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from tansiq.movements.ground import Ground, area_of, post_place
from tansiq.movements.look import Look
from tansiq.picture.terms import InForce
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.activity import Activity, Volume
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.post import Post
from tansiq.records.kinds.terms import Buffers

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


def holds(version: Version) -> bool:
    """Whether a version says that something is there, whomever it concerns."""
    body = version.body
    if isinstance(body, Activity):
        return body.status not in ENDED
    if isinstance(body, Post):
        return body.status != "vacated"
    if isinstance(body, Arrangement):
        return body.status == "agreed"
    return isinstance(body, Area) and body.purpose in ("joint_interest", "responsibility")


class Affected:
    """Finds stakes in what a circle was told."""

    def __init__(self, told: Told, look: Look, ground: Ground) -> None:
        self._told = told
        self._look = look
        self._ground = ground

    def stakes(self, plan: Thing, thing: Thing, terms: InForce) -> tuple[Stake, ...]:
        """What others have at stake in a thing, as far as a plan touches it now."""
        if thing.ref == plan.ref or not holds(thing.now):
            return ()
        concerned = sorted(self._concerned(thing) - {plan.party})
        found = (self._stake(thing, party, plan.now, terms) for party in concerned)
        return tuple(stake for stake in found if stake is not None)

    def touches_area(self, plan: Thing, area: Thing, terms: InForce) -> bool:
        """Whether a plan touches an area as its author knew it."""
        known = area.said_before(plan.now)
        return known is not None and bool(self._touches(area, known, plan.now, terms))

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
        touched: frozenset[int] = frozenset()
        for one in reversed(since):
            if not self._holds(one, party):
                return None
            touched = self._touches(thing, one, version, terms)
            if not touched:
                return None
        unknown = self._ground.volumes(version) is None
        if thing.kind == "activity":
            unknown = unknown or self._ground.volumes(start) is None
        return Stake(party, thing.ref, thing.kind, touched, unknown)

    @staticmethod
    def _holds(version: Version, party: str) -> bool:
        """Whether a version still says that something is there, and that it concerns the party."""
        if not holds(version):
            return False
        body, author = version.body, version.said.ledger.party
        if isinstance(body, Arrangement):
            return party == author or party in (body.parties or ())
        return not (isinstance(body, Area) and body.purpose == "responsibility") or party == author

    def _touches(self, thing: Thing, one: Version, version: Version, terms: InForce) -> frozenset[int]:
        """Which volumes of a plan touch a version of a thing; all of them where either place is not told."""
        volumes = self._ground.volumes(version)
        plan = body_of(version, Activity)
        everything = frozenset(range(len(plan.volumes or ()) or 1) if plan else range(1))
        if thing.kind == "activity":
            theirs = self._ground.volumes(one)
            if volumes is None or theirs is None:
                return everything
            return frozenset(meeting.one for meeting in self._look.meet(volumes, theirs, terms.buffers))
        if volumes is None:
            return everything
        return self._place_touched(one, volumes, terms.buffers, lambda area: area.said_before(version))

    def touched(self, thing: Thing, volumes: Sequence[Volume], buffers: Buffers) -> frozenset[int]:
        """Which volumes touch a post, an area or an arrangement as it is now."""
        return self._place_touched(thing.now, volumes, buffers, lambda area: area.now)

    def _place_touched(
        self, one: Version, volumes: Sequence[Volume], buffers: Buffers, known: Callable[[Thing], Version | None]
    ) -> frozenset[int]:
        """Which volumes touch a place; `known` is the version of an area by which an arrangement is looked at."""
        body = one.body
        if isinstance(body, Post):
            return self._near_post(one, volumes, buffers.distance_m)
        if isinstance(body, Arrangement):
            area = area_of(self._told, body)
            return self._in_area(known(area) if area is not None else None, volumes)
        return self._in_area(one, volumes)

    def _near_post(self, one: Version, volumes: Sequence[Volume], metres: int) -> frozenset[int]:
        place = post_place(body_of(one, Post))
        if place is None:
            return frozenset()
        return frozenset(self._look.at_point(volumes, place.points[0], metres + place.metres))

    def _in_area(self, one: Version | None, volumes: Sequence[Volume]) -> frozenset[int]:
        area = body_of(one, Area) if one is not None else None
        return frozenset(self._look.in_ring(volumes, area.ring, 0)) if area is not None and area.ring else frozenset()
