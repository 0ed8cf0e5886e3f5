"""How every plan of a circle stands: a function of the records that are held and of a given time.

A `Board` keeps what follows from records of each plan, and looks anew only at what a record that comes can change: the
plan itself, those near it, those that it answers. Whatever came in whatever order, it shows what a fresh one shows that
is given all of it at once; `states` is that fresh one. One plan by itself is in `standing`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tansiq.movements.affected import Affected, Stake, live
from tansiq.movements.answers import CONSENTS
from tansiq.movements.collisions import Collision, Waiting, between, wider
from tansiq.movements.ground import Ground, places_of
from tansiq.movements.look import Look, Meeting
from tansiq.movements.standing import Basis, Plan, basis, stand, stands_until
from tansiq.picture.terms import NO_TERMS, InForce, in_force
from tansiq.picture.told import Ledger, Sizes, Thing, Told, body_of
from tansiq.records.kinds.activity import Volume
from tansiq.records.kinds.arrangement import Arrangement
from tansiq.records.kinds.suspension import Suspension
from tansiq.records.kinds.terms import Buffers

GROUNDS: Final = ("post", "area", "arrangement")
NEVER: Final = -1


class Movements(Struct, frozen=True):
    """All plans of a circle, by beginning, and all collisions between them."""

    plans: tuple[Plan, ...]
    collisions: tuple[Collision, ...]


def states(told: Told, look: Look, at: int) -> Movements:
    """How everything stands at a time (ms), from all that was told."""
    board = Board(look, told.parties)
    board.take(told.things, told.held, told.heard)
    return board.states(at)


@dataclass
class _Kept:
    """What is kept of one plan: what others have at stake in it by their thing, areas, and collisions by other plan.

    `shown` is how it stood from `since` until just before `until` (ms).
    """

    thing: Thing
    terms: InForce
    stakes: dict[str, tuple[Stake, ...]] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)
    met: dict[str, _Pair] = field(default_factory=dict)
    basis: Basis | None = None
    shown: Plan | None = None
    since: int = 0
    until: int = NEVER


@dataclass
class _Pair:
    """Two plans that meet; `shown` with what is missing by now."""

    found: Collision
    shown: Collision


class Board:
    """The plans of one circle as they stand, while records come. One thread at a time."""

    def __init__(self, look: Look, parties: Sequence[str]) -> None:
        self.told = Told((), parties)
        self._look = look
        self._ground = Ground(look)
        self._affected = Affected(self.told, look, self._ground)
        self._near = look.nearby()
        self._widest = NO_TERMS.buffers
        self._kept: dict[str, _Kept] = {}
        self._touched_by: dict[str, set[str]] = {}
        self._unplaced: set[str] = set()
        self._arranged: dict[str, set[str]] = {}
        self._listening: dict[str, set[str]] = {}
        self._now_at: dict[Ledger, dict[int, str]] = {}
        self._missing: set[str] = set()
        self._suspended: set[str] = set()
        self._dirty: set[str] = set()
        self._order: list[tuple[int, str]] = []
        self._pairs: dict[str, _Pair] = {}
        self._pair_order: list[tuple[int, str]] = []

    def take(self, things: Iterable[Thing], held: Sizes, heard: Mapping[str, Sizes]) -> None:
        """Hold more: things that are new or have changed, whatever their order, and how much is held and was seen."""
        taken = [self._put(thing) for thing in things]
        changed = {thing.ref: thing for thing in taken if thing is not None}
        plans = {ref for ref, thing in changed.items() if thing.kind == "activity"}
        if any(self._bears_on_terms(thing) for thing in changed.values()):
            plans |= {ref for ref, kept in self._kept.items() if in_force(self.told, kept.thing.now) != kept.terms}
        grounds = {ref for ref, thing in changed.items() if thing.kind in GROUNDS}
        grounds |= {one for ref in grounds for one in self._arranged.get(ref, ())}
        for ref in sorted(plans):
            self._place(ref)
        for ref in sorted(grounds):
            self._lay(ref)
        linked: set[str] = set()
        for ref in sorted(plans):
            self._link(ref, linked)
            linked.add(ref)
        for ref in sorted(grounds):
            self._link_ground(ref, plans)
        self._words(changed.values())
        self._sizes(held, heard)

    def states(self, at: int) -> Movements:
        """How everything stands at a time (ms)."""
        self._settle()
        return Movements(tuple(self._shown(ref, at) for _, ref in self._order), tuple(self._met(at)))

    def plan(self, ref: str, at: int) -> Plan | None:
        """How one plan stands at a time (ms)."""
        self._settle()
        return self._shown(ref, at) if ref in self._kept else None

    def collision(self, name: str, at: int) -> Collision | None:
        """One collision at a time (ms)."""
        self._settle()
        pair = self._pairs.get(name)
        return None if pair is None else replace(pair.shown, over=pair.found.to < at)

    def near(self, party: str, volumes: Sequence[Volume], buffers: Buffers) -> list[Thing]:
        """Plans of others, posts, areas and arrangements that may come so close to volumes; those of unknown place."""
        fit = self._look.fit(volumes)
        refs = self._unplaced | (self._near.near_plan(party, volumes, buffers) if fit else set())
        found = (self.told.get(ref) for ref in sorted(refs))
        return [thing for thing in found if thing is not None]

    def stands(self, plan: Thing) -> bool:
        """Whether a plan is neither ended nor erased, and has a place that is told and can be compared."""
        return live(plan.now) and self.placed(plan)

    def placed(self, plan: Thing) -> bool:
        """Whether a plan's place is told and can be compared."""
        return self._ground.volumes(plan.now) is not None

    def meet(self, volumes: Sequence[Volume], plan: Thing, buffers: Buffers) -> list[Meeting]:
        """Where volumes, which are fit, meet a plan as it is now; nowhere where its place is not told."""
        theirs = self._ground.volumes(plan.now)
        return [] if theirs is None else self._look.meet(volumes, theirs, buffers)

    def touch(self, volumes: Sequence[Volume], thing: Thing, buffers: Buffers) -> list[int]:
        """Which volumes, which are fit, touch a post, an area or an arrangement as it is now."""
        return sorted(self._affected.touched(thing, volumes, buffers))

    # What comes

    def _put(self, thing: Thing) -> Thing | None:
        before = self.told.get(thing.ref)
        if not self.told.put(thing):
            return None
        if before is not None:
            self._unsay(before)
            if before.epoch != thing.epoch:
                self._let_go(before)
        for version in thing.versions:
            self._dirty |= self._listening.get(version.ref, set())
        return thing

    def _unsay(self, before: Thing) -> None:
        """What hung on a thing as it was: on its versions, and if it was an activity, on its place in its ledger."""
        self._ground.forget(before)
        for version in before.versions:
            self._dirty |= self._listening.get(version.ref, set())
        if before.kind == "activity":
            said = before.now.said
            self._now_at.get(said.ledger, {}).pop(said.index, None)

    def _let_go(self, before: Thing) -> None:
        """The party had said this id in an earlier epoch: what it said in the later one does not count."""
        ref = before.ref
        self._near.drop(ref)
        for other in self._touched_by.pop(ref, set()):
            self._kept[other].stakes.pop(ref, None)
            self._kept[other].areas.discard(ref)
            self._dirty.add(other)
        kept = self._kept.get(ref)
        if kept is None:
            return
        self._unlink(ref, kept)
        del self._kept[ref]
        if kept.basis is not None:
            _take_out(self._order, (kept.basis.plan.from_ or 0, ref))
            for name in kept.basis.named:
                self._listening[name].discard(ref)
        for held in (self._unplaced, self._missing, self._dirty):
            held.discard(ref)

    def _bears_on_terms(self, thing: Thing) -> bool:
        about = self.told.get(thing.about or "")
        return thing.kind == "terms" or (thing.kind == "consent" and about is not None and about.kind == "terms")

    def _place(self, ref: str) -> None:
        """Begin a plan anew: its terms, its place, and nothing that it touches."""
        thing = self.told.get(ref)
        kept = self._kept.get(ref)
        if kept is not None:
            self._unlink(ref, kept)
        if thing is None:
            return
        terms = in_force(self.told, thing.now)
        if kept is None:
            self._kept[ref] = _Kept(thing, terms)
        else:
            kept.thing, kept.terms = thing, terms
        said = thing.now.said
        self._now_at.setdefault(said.ledger, {})[said.index] = ref
        self._near.drop(ref)
        self._unplaced.discard(ref)
        if live(thing.now):
            self._widest = wider(self._widest, terms.buffers)
            volumes = self._ground.volumes(thing.now)
            if volumes is None:
                self._unplaced.add(ref)
            else:
                self._near.put_plan(ref, thing.party, volumes)
        self._dirty.add(ref)

    def _lay(self, ref: str) -> None:
        """Hold where a post, an area or an arrangement is."""
        thing = self.told.get(ref)
        if thing is None or thing.kind not in GROUNDS:
            return
        self._near.put_place(ref, places_of(self.told, thing))
        for version in thing.versions:
            arrangement = body_of(version, Arrangement)
            if arrangement is not None and arrangement.area:
                self._arranged.setdefault(arrangement.area, set()).add(ref)

    # Who is near

    def _unlink(self, ref: str, kept: _Kept) -> None:
        for thing in (*kept.stakes, *kept.areas):
            self._touched_by.get(thing, set()).discard(ref)
        for other in self._touched_by.pop(ref, set()):
            self._kept[other].stakes.pop(ref, None)
            self._dirty.add(other)
        for other, pair in kept.met.items():
            self._kept[other].met.pop(ref)
            self._dirty.add(other)
            self._drop_pair(pair)
        kept.stakes, kept.met, kept.areas = {}, {}, set()

    def _link(self, ref: str, linked: set[str]) -> None:
        """Find what a plan touches and whose plans it meets, both ways; those linked before have found it."""
        kept = self._kept[ref]
        if not live(kept.thing.now):
            return
        for other in sorted(self._around(kept)):
            thing = self.told.get(other)
            if thing is None or other in linked:
                continue
            if thing.kind != "activity":
                self._touch(kept, thing)
            elif thing.party != kept.thing.party and live(thing.now):
                theirs = self._kept[other]
                self._touch(kept, thing)
                self._touch(theirs, kept.thing)
                self._meet(kept, theirs)

    def _around(self, kept: _Kept) -> set[str]:
        """Everything that a plan may touch or meet; all where its place is not told."""
        volumes = self._ground.volumes(kept.thing.now)
        if volumes is not None:
            return self._near.near_plan(kept.thing.party, volumes, self._widest) | self._unplaced
        return {thing.ref for kind in ("activity", *GROUNDS) for thing in self.told.of_kind(kind)}

    def _link_ground(self, ref: str, fresh: set[str]) -> None:
        """Find the plans that touch a post, an area or an arrangement; `fresh` ones have looked already."""
        thing = self.told.get(ref)
        if thing is None or thing.kind not in GROUNDS:
            return
        before = self._touched_by.get(ref, set())
        near = self._near.near_place(places_of(self.told, thing), self._widest)
        for other in sorted((near | before | self._unplaced) - fresh):
            self._touch(self._kept[other], thing)

    def _touch(self, plan: _Kept, thing: Thing) -> None:
        """Look at what others have at stake in a thing, for one plan."""
        ref = plan.thing.ref
        found = self._affected.stakes(plan.thing, thing, plan.terms)
        if found != plan.stakes.get(thing.ref, ()):
            self._dirty.add(ref)
        if found:
            plan.stakes[thing.ref] = found
        else:
            plan.stakes.pop(thing.ref, None)
        in_area = thing.kind == "area" and self._affected.touches_area(plan.thing, thing, plan.terms)
        if in_area != (thing.ref in plan.areas):
            self._dirty.add(ref)
            plan.areas ^= {thing.ref}
        touching = self._touched_by.setdefault(thing.ref, set())
        (touching.add if found or in_area else touching.discard)(ref)

    def _meet(self, one: _Kept, other: _Kept) -> None:
        found = between((one.thing, one.terms), (other.thing, other.terms), self._look, self._ground)
        if found is None:
            return
        pair = _Pair(found, found)
        one.met[other.thing.ref] = other.met[one.thing.ref] = pair
        self._pairs[found.id] = pair
        insort(self._pair_order, (found.from_, found.id))
        self._dirty |= {one.thing.ref, other.thing.ref}

    def _drop_pair(self, pair: _Pair) -> None:
        if self._pairs.pop(pair.found.id, None) is not None:
            _take_out(self._pair_order, (pair.found.from_, pair.found.id))

    # What was said, and how much of it is here

    def _words(self, changed: Iterable[Thing]) -> None:
        """Plans that were answered, and whose conditions were accepted; who takes part."""
        suspensions = False
        for thing in changed:
            about = thing.about or ""
            if thing.kind == "consent":
                answer = self.told.get(about)
                about = (answer.about or "") if answer is not None and answer.kind == "answer" else ""
            if thing.kind in ("answer", "consent") and about in self._kept:
                self._dirty.add(about)
            suspensions |= thing.kind == "suspension"
        if suspensions and (suspended := _suspended(self.told)) != self._suspended:
            self._suspended = suspended
            for kept in self._kept.values():
                kept.until = NEVER

    def _sizes(self, held: Sizes, heard: Mapping[str, Sizes]) -> None:
        """How much is held and was seen: plans that wait for a party to be heard of, or for records on their way."""
        for party, sizes in heard.items():
            before = self.told.heard.get(party, {})
            for ledger in {*before, *sizes}:
                self._heard(ledger, before.get(ledger, 0), sizes.get(ledger, 0))
        self.told.heard = {party: dict(sizes) for party, sizes in heard.items()}
        if held != self.told.held:
            self.told.held = dict(held)
            self._dirty |= {ref for ref in self._missing if self.told.complete(self._kept[ref].thing.now)}

    def _heard(self, ledger: Ledger, before: int, now: int) -> None:
        low, high = min(before, now), max(before, now)
        plans = self._now_at.get(ledger, {})
        if high - low < len(plans):
            self._dirty |= {plans[index] for index in range(low, high) if index in plans}
        else:
            self._dirty |= {ref for index, ref in plans.items() if low <= index < high}

    # What is shown

    def _settle(self) -> None:
        """Work out anew what records have changed."""
        pairs: dict[str, _Pair] = {}
        for ref in self._dirty:
            kept = self._kept[ref]
            self._refresh(kept)
            pairs |= {pair.found.id: pair for pair in kept.met.values()}
        self._dirty.clear()
        for pair in pairs.values():
            pair.shown = _settled(pair.found, {ref: self._kept[ref].basis for ref in pair.found.plans})

    def _refresh(self, kept: _Kept) -> None:
        ref, before = kept.thing.ref, kept.basis
        stakes = [stake for found in kept.stakes.values() for stake in found]
        near = [self._kept[other].thing for other in sorted(kept.met)]
        now = basis(self.told, self._ground, kept.thing, kept.terms, stakes, sorted(kept.areas), near)
        for name in (before.named if before else frozenset()) - now.named:
            self._listening[name].discard(ref)
        for name in now.named:
            self._listening.setdefault(name, set()).add(ref)
        if before is None or (before.plan.from_ or 0) != (now.plan.from_ or 0):
            if before is not None:
                _take_out(self._order, (before.plan.from_ or 0, ref))
            insort(self._order, (now.plan.from_ or 0, ref))
        (self._missing.add if now.plan.missing else self._missing.discard)(ref)
        kept.basis, kept.until = now, NEVER

    def _shown(self, ref: str, at: int) -> Plan:
        kept = self._kept[ref]
        if not kept.since <= at < kept.until or kept.shown is None:
            assert kept.basis is not None  # noqa: S101 - for the type checker: nothing is shown before it is settled
            kept.shown = stand(kept.basis, self._suspended, at)
            kept.since, kept.until = at, stands_until(kept.basis, at)
        return kept.shown

    def _met(self, at: int) -> Iterable[Collision]:
        for _, name in self._pair_order:
            pair = self._pairs[name]
            over = pair.found.to < at
            if pair.shown.over != over:
                pair.shown = replace(pair.shown, over=over)
            yield pair.shown


def _settled(one: Collision, stand_of: Mapping[str, Basis | None]) -> Collision:
    """A collision with whose word on which of the two is missing."""
    waiting = []
    asked = 0
    for plan_ref, other_ref, other_party in zip(one.plans, one.plans[::-1], one.parties[::-1], strict=True):
        plan = stand_of[plan_ref]
        for party in plan.asked if plan is not None else ():
            if party.party == other_party and other_ref in party.why:
                asked += 1
                # a receipt settles nothing, and to have told somebody settles nothing either
                if party.given.word not in CONSENTS:
                    waiting.append(Waiting(party.party, plan_ref))
    return replace(one, waits_for=tuple(waiting), settled=asked > 0 and not waiting)


def _suspended(told: Told) -> set[str]:
    """Parties that do not take part in movements now, by their own latest record."""
    latest: dict[str, tuple[tuple[int, int], Suspension]] = {}
    for thing in told.of_kind("suspension"):
        body = body_of(thing.now, Suspension)
        order = (thing.now.said.ledger.epoch, thing.now.said.index)
        if body is not None and body.scope != "joint" and order > latest.get(thing.party, ((-1, -1), body))[0]:
            latest[thing.party] = (order, body)
    return {party for party, (_, body) in latest.items() if body.status == "suspended"}


def _take_out(keys: list[tuple[int, str]], key: tuple[int, str]) -> None:
    """Take a key out of a sorted list that has it."""
    del keys[bisect_left(keys, key)]
