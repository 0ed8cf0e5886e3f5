"""Movements in a world of real nodes: plans, changes, answers and consents, and what no desk may ever show."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from movements.telling import Squares, plan, volume
from nodes import OFFICER
from simulation.properties import Broken
from simulation.seats import PARTIES, Seat, Template
from simulation.wire import repeatable, scratch
from simulation.work import SKEW_MS, STEP_MS
from simulation.world import World
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.told import Mark, read_news, read_told
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Saying, program_label
from tansiq.movements.answers import CONSENTS
from tansiq.movements.collisions import collision_id
from tansiq.movements.kinds import KINDS
from tansiq.movements.standing import Plan, asked
from tansiq.movements.states import Board, Movements, states
from tansiq.picture.told import Thing, Told
from tansiq.records.kind import Body

LOOK: Final = Squares()
STEPS: Final = 26
SCENE: Final = 0.6
CRASH: Final = 0.08
DEEDS: Final = {
    "plan": 5,
    "change": 3,
    "answer": 10,
    "consent": 1,
    "show and pull": 14,
    "pull": 3,
    "cut off": 2,
    "two at once": 1,
    "pack": 2,
    "carry": 3,
    "replay": 1,
    "cut": 1,
    "mend": 2,
    "restart": 1,
    "clock": 1,
}
"""What happens, and how often."""


Scene = Callable[[], None]


class Movers(World):
    """A world whose officers speak of movements only."""

    kinds: Mapping[str, type[Body]] = KINDS

    def __init__(self, template: Template, seed: int, home: Any) -> None:
        super().__init__(template, seed, home)
        self.agreed: dict[tuple[str, str], Plan] = {}
        self.alike: dict[tuple[Any, ...], Movements] = {}
        self.boards: dict[str, tuple[Board, Mark]] = {}
        self.seen: set[str] = set()

    def told(self, seat: Seat) -> Told:
        """What a node holds of what officers speak of."""
        return seat.remembered("told", lambda connection: read_told(connection, self.all_three.id, self.kinds))

    def on_board(self, seat: Seat) -> Movements:
        """What a desk shows that reads only what came since it was looked at last."""
        board, mark = self.boards.get(seat.name, (None, None))
        with seat.node.database.read() as connection:
            news = read_news(connection, self.all_three.id, KINDS, mark)
        if board is None or news.anew:
            board = Board(LOOK, news.mark.parties)
        board.take(news.things, news.held, news.heard)
        self.boards[seat.name] = board, news.mark
        return board.states(self.now)

    def tell(
        self, seat: Seat, kind: str, fields: Mapping[str, Any], revises: str | None = None, about: str | None = None
    ) -> None:
        """An officer says something about movements."""
        held = self.epoch_of(seat, self.all_three)
        if held is None:
            return
        own = None if revises is None else revises.partition("/")[2]
        saying = Saying(Statement(kind, fields, own, about), program_label(held.circle), Redaction())
        with self.at_risk(seat), seat.node.database.write() as connection:
            party, signer = seat.node.config.party, seat.node.office.signer
            outbox.say(connection, held.num, held.circle, party, [saying], OFFICER, signer, seat.clock())

    def plan(self, seat: Seat) -> None:
        """A plan on one of a few squares, listing what the node holds near it, or not."""
        where, when = self.chance.randrange(3), self.chance.randrange(2)
        ask = self.chance.choice(("no_objection", "no_objection", "joint", "acknowledge"))
        asks = {"asks": [self.chance.choice(PARTIES)]} if self.chance.random() < 0.7 else {}
        self.tell(seat, "activity", plan(volume(where, when), ask=ask, **asks))

    def change(self, seat: Seat) -> None:
        """A party changes or cancels a plan of its own."""
        own = [one for one in self.told(seat).of_kind("activity") if one.party == seat.party]
        if own:
            known = [one.now.ref for one in self.told(seat).of_kind("activity") if one.party != seat.party]
            fields: list[dict[str, Any]] = [
                {"volumes": [volume(self.chance.randrange(3), self.chance.randrange(2))]},
                {"knows": known},
                {"status": "cancelled"},
            ]
            self.tell(seat, "activity", self.chance.choice(fields), revises=self.chance.choice(own).ref)

    def answer(self, seat: Seat) -> None:
        """A party answers a plan as its node holds it."""
        others = [one for one in self.told(seat).of_kind("activity") if one.party != seat.party]
        if others:
            thing = self.chance.choice(others)
            verdict = self.chance.choice(("clear", "clear", "clear", "conditional", "objection", "acknowledged"))
            self.tell(seat, "answer", {"revision": thing.now.said.id, "verdict": verdict}, about=thing.ref)

    def consent(self, seat: Seat) -> None:
        """An author accepts conditions."""
        words = [one for one in self.told(seat).of_kind("answer") if one.party != seat.party]
        if words:
            thing = self.chance.choice(words)
            self.tell(seat, "consent", {"revision": thing.now.said.id, "verdict": "accepted"}, about=thing.ref)

    def stories(self) -> list[Callable[[], list[Scene]]]:
        """What may happen in the middle of everything else."""
        return [self.crossing, self.at_once, self.parted, self.overtaken]

    def crossing(self) -> list[Scene]:
        """One plans and asks another, which agrees; a third has a plan there that nobody has heard of."""
        one, other, third = (self.seats[party] for party in self.chance.sample(PARTIES, 3))
        return [
            lambda: self.tell(one, "activity", plan(volume(0), asks=[other.party])),
            lambda: self._hear(other, one),
            lambda: self._agree(other, one),
            lambda: self.tell(third, "activity", plan(volume(0))),
            lambda: self._hear(one, other),
            lambda: self._hear(third, one),
            lambda: self._hear(one, third),
            lambda: self._move(one),
            *(
                step
                for seat in (other, third)
                for step in (
                    lambda seat=seat: self._hear(seat, one),
                    lambda seat=seat: self.tell(seat, "log", {"text": "heard"}),
                    lambda seat=seat: self._hear(one, seat),
                )
            ),
        ]

    def at_once(self) -> list[Scene]:
        """Two announce the same ground at once and hear it afterwards; both answer, one of them twice."""
        one, other, third = (self.seats[party] for party in self.chance.sample(PARTIES, 3))
        return [
            lambda: self.tell(one, "activity", plan(volume(1))),
            lambda: self.tell(other, "activity", plan(volume(1))),
            lambda: self._hear(one, other),
            lambda: self._agree(one, other),
            lambda: self._hear(other, one),
            lambda: self._agree(other, one),
            lambda: self._hear(one, other),
            lambda: self._hear(third, one),
            lambda: self._hear(third, other),
            lambda: self._agree(third, one),
            lambda: self._hear(one, third),
        ]

    def parted(self) -> list[Scene]:
        """A line is cut between the question and the answer; meanwhile the one asked plans there itself."""
        one, other, third = (self.seats[party] for party in self.chance.sample(PARTIES, 3))
        return [
            lambda: self.tell(one, "activity", plan(volume(2), asks=[other.party])),
            lambda: self._hear(other, one),
            lambda: self.cut.add(frozenset((one.party, other.party))),
            lambda: self._agree(other, one),
            lambda: self.tell(other, "activity", plan(volume(2))),
            lambda: self._hear(one, other),
            lambda: self._move(one),
            lambda: self._hear(third, other),
            lambda: self._hear(one, third),
            self.cut.clear,
            lambda: self._hear(one, other),
            lambda: self._hear(other, one),
        ]

    def overtaken(self) -> list[Scene]:
        """An answer comes when the plan that it answers is another already."""
        one, other, third = (self.seats[party] for party in self.chance.sample(PARTIES, 3))
        return [
            lambda: self.tell(one, "activity", plan(volume(0), asks=[other.party])),
            lambda: self._hear(other, one),
            lambda: self._hear(third, one),
            lambda: self._agree(other, one),
            lambda: self._move(one),
            lambda: self._hear(one, other),
            lambda: self.tell(third, "log", {"text": "heard"}),
            lambda: self._hear(one, third),
            lambda: self._hear(third, one),
            lambda: self._hear(third, other),
            lambda: self.tell(third, "log", {"text": "heard"}),
            lambda: self._hear(one, third),
        ]

    def _hear(self, seat: Seat, speaker: Seat) -> None:
        self.publish(speaker)
        self.pull(seat, speaker)

    def _agree(self, seat: Seat, author: Seat) -> None:
        """A party finds every plan of another's clear, as its node holds it."""
        for thing in self.told(seat).of_kind("activity"):
            if thing.party == author.party:
                self.tell(seat, "answer", {"revision": thing.now.said.id, "verdict": "clear"}, about=thing.ref)

    def _move(self, seat: Seat) -> None:
        """A party moves its first plan elsewhere."""
        own = [thing for thing in self.told(seat).of_kind("activity") if thing.party == seat.party]
        for thing in own[:1]:
            where = volume(self.chance.randrange(3), 1)
            self.tell(seat, "activity", {"volumes": [where]}, revises=thing.ref)

    def look(self) -> None:
        """Every desk is looked at."""
        for seat in self.seats.values():
            told = self.told(seat)
            stand = states(told, LOOK, self.now)
            if self.on_board(seat) != stand:
                self.broken.append(f"{seat.name} shows something else as records come than from all of them anew")
            held = (self.now, *sorted(told.held.items()))
            if self.alike.setdefault(held, stand) != stand:
                self.broken.append(f"{seat.name} holds what another held and shows something else")
            self._check(seat, stand)

    def _check(self, seat: Seat, stand: Movements) -> None:
        for one in stand.plans:
            words = {party.party: party.given.word for party in asked(one.parties)}
            if one.state == "agreed":
                if not words or not set(words.values()) <= set(CONSENTS):
                    self.broken.append(f"{seat.name} shows {one.ref} as agreed, though {words}")
                self.agreed[one.ref, one.revision] = one
                self._answered(seat, one)
        self.seen |= {f"plan {one.state}" for one in stand.plans}
        self.seen |= {"crossed" for one in stand.plans if one.crossed}
        self.seen |= {"overtaken" for one in stand.plans if self._overtaken(seat, one)}
        for collision in stand.collisions:
            self.seen.add("collision settled" if collision.settled else "collision")
            if collision.id != collision_id(*collision.plans):
                self.broken.append(f"{seat.name} shows a collision under another id")

    def _overtaken(self, seat: Seat, shown: Plan) -> bool:
        """Whether the only answers that are here are to the plan as it was."""
        answers = {getattr(thing.now.body, "revision", "") for thing in self.told(seat).about("answer", shown.ref)}
        return bool(answers) and shown.revision not in answers

    def _answered(self, seat: Seat, shown: Plan) -> None:
        """By no function of the program: everyone who is asked said yes to the plan where and when it is now."""
        told = self.told(seat)
        bodies = {
            version.said.id: getattr(version.body, "volumes", None)
            for thing in told.of_kind("activity")
            for version in thing.versions
        }
        for party in asked(shown.parties):
            yes = [
                getattr(thing.now.body, "revision", "")
                for thing in told.of_kind("answer")
                if thing.party == party.party
                and thing.about == shown.ref
                and getattr(thing.now.body, "verdict", "") in ("clear", "conditional", "acknowledged")
            ]
            if not any(bodies.get(revision) == bodies[shown.revision] for revision in yes):
                self.broken.append(f"{seat.name} shows {shown.ref} as agreed, which {party.party} never answered so")

    def judge(self) -> None:
        """At rest: every desk shows the same, and whatever was shown as agreed follows from all that was said."""
        first, *others = (states(self.told(seat), LOOK, self.now) for seat in self.seats.values())
        if any(other != first for other in others):
            self.broken.append("at rest two desks show different things")
        whole = self.told(next(iter(self.seats.values())))
        for shown in self.agreed.values():
            found = next(
                (one for one in states(_as_of(whole, shown), LOOK, self.now).plans if one.ref == shown.ref), None
            )
            consented = {one.party for one in shown.parties if one.given.word in CONSENTS}
            if found is None or found.revision != shown.revision:
                self.broken.append(f"{shown.ref} was shown as agreed and is not there")
            elif found.state != "cancelled" and not {one.party for one in asked(found.parties)} <= consented:
                missing = {one.party for one in asked(found.parties)} - consented
                self.broken.append(f"{shown.ref} was shown as agreed while {missing} did not answer")


def _as_of(told: Told, shown: Plan) -> Told:
    """All that was said, of one plan only up to the revision that was shown."""

    def cut(thing: Thing) -> Thing:
        count = next((n for n, one in enumerate(thing.versions, 1) if one.said.id == shown.revision), 0)
        return replace(thing, versions=thing.versions[:count]) if count else thing

    things = [cut(one) if one.ref == shown.ref else one for one in told.things]
    return Told(things, told.parties, told.held, told.heard)


Lived = TypeVar("Lived", bound="Movers")


def live(template: Template, seed: int, make: Callable[[Template, int, Any], Lived]) -> Lived:
    """One life; raises Broken with the seed where something does not hold."""
    home = scratch()
    world = make(template, seed, home)
    try:
        with repeatable(world):
            stories = world.stories()
            scenes = stories[seed // 2 % len(stories)]() if seed % 2 else []
            for _ in range(STEPS):
                world.now += STEP_MS
                if scenes and world.chance.random() < SCENE:
                    scenes.pop(0)()
                else:
                    _act(world)
                world.look()
            world.heal()
            world.look()
            world.judge()
    finally:
        world.close()
        shutil.rmtree(home, ignore_errors=True)
    if world.broken:
        raise Broken(f"seed {seed}: " + "; ".join(world.broken[:5]))
    return world


def _act(world: Movers) -> None:
    deed = world.chance.choices(list(DEEDS), list(DEEDS.values()))[0]
    seat, other = world.chance.sample(list(world.seats.values()), 2)
    if world.chance.random() < CRASH:
        world.faults.arm(world.chance.randrange(12))
    if deed in ("show and pull", "cut off"):
        world.publish(other)
    if deed == "pack":
        world.publish(seat)
    PLAYED[deed](world, seat, other)
    world.faults.disarm()


def _cut(world: Movers, _seat: Seat, _other: Seat) -> None:
    world.cut.add(frozenset(world.chance.sample(PARTIES, 2)))


def _clock(world: Movers, seat: Seat, _: Seat) -> None:
    seat.skew_ms = world.chance.randint(-SKEW_MS, SKEW_MS)


PLAYED: Final[dict[str, Callable[[Movers, Seat, Seat], None]]] = {
    "plan": lambda world, seat, _: world.plan(seat),
    "change": lambda world, seat, _: world.change(seat),
    "answer": lambda world, seat, _: world.answer(seat),
    "consent": lambda world, seat, _: world.consent(seat),
    "show and pull": lambda world, seat, other: world.pull(seat, other),
    "pull": lambda world, seat, other: world.pull(seat, other),
    "cut off": lambda world, seat, other: world.pull(seat, other, limit=world.chance.randrange(4)),
    "two at once": lambda world, seat, other: world.pull(
        seat, other, beside=world.chance.choice(list(world.seats.values()))
    ),
    "pack": lambda world, seat, other: world.pack(seat, other),
    "carry": lambda world, seat, _: world.carry(seat),
    "replay": lambda world, seat, other: world.replay(seat, other),
    "cut": _cut,
    "mend": lambda world, _seat, _other: world.cut.clear(),
    "restart": lambda world, seat, _: world.restart(seat),
    "clock": _clock,
}
