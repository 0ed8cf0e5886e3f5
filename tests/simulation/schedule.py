"""A run: which actions a seed chooses, and what must hold afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from simulation.properties import Broken, Watch, check
from simulation.world import PARTIES, SKEW_MS, STEP_MS, Seat, Template, World, repeatable, scratch

STEPS: Final = 16
SCENE: Final = 0.65
CRASH: Final = 0.12
COMMON: Final = (
    "say",
    "withhold",
    "show",
    "pull",
    "two at once",
    "cut off",
    "garble",
    "submit",
    "push",
    "pack",
    "carry",
    "propose",
    "sign",
    "settle",
    "bound",
)
"""A node's own work, in the midst of which the power may go."""


@dataclass(frozen=True)
class Plot:
    """What a life is about: factors of the weights of what happens by chance, and scenes that are played besides.

    A scene is what happens and to whom: the parties in an order that the seed chooses. Between scenes anything happens.
    """

    factors: dict[str, float]
    scenes: tuple[tuple[str, int, int], ...] = ()


TWIN: Final = -1
"""In a scene: the second node of the first party."""

LOST_DISK: Final = (
    ("backup", 0, 0),
    ("say", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
    ("restore", 0, 0),
    ("pull", 0, 2),
    ("say", 0, 0),
    ("show", 0, 0),
    ("pull", 2, 0),
)
"""Of what was shown only one knows, and another is asked first."""

TWO_FACES: Final = (
    ("lie", 0, 0),
    ("pull", TWIN, 2),
    ("say", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
    ("say", TWIN, TWIN),
    ("show", TWIN, TWIN),
    ("pull", 2, TWIN),
)
"""One history for one, another for the other."""

ONE_LEAVES: Final = (
    ("propose", 0, 2),
    ("pull", 1, 0),
    ("sign", 1, 1),
    ("backup", 0, 0),
    ("pull", 0, 1),
    ("settle", 0, 0),
    ("say", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
    ("settle", 1, 1),
    ("pull", 1, 0),
    ("say late", 0, 0),
    ("restore", 0, 0),
    ("pull", 0, 1),
    ("settle", 0, 0),
    ("pull", 2, 0),
)
"""Two go on without the third; one of them loses its disk in the midst of it."""

STOLEN: Final = (
    ("say", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
    ("pull", 0, 1),
    ("lie", 0, 0),
    ("bound", 0, 0),
    ("pull", 1, 0),
    ("say", TWIN, TWIN),
    ("show", TWIN, TWIN),
    ("pull", 1, TWIN),
    ("pull", 2, TWIN),
)
"""A thief speaks with a key of which the party has said how far it counts."""

PROMISED: Final = (
    ("propose", 0, 2),
    ("pull", 1, 0),
    ("sign", 1, 1),
    ("pull", 0, 1),
    ("settle", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
    ("lie", 0, 0),
    ("say late", 0, 0),
    ("show", 0, 0),
    ("pull", 1, 0),
)
"""A party that sealed a ledger speaks in it again."""

PLOTS: Final = (
    Plot({}),
    Plot({"backup": 0, "restore": 0.2, "clone": 0, "lie": 0, "accuse": 0}, LOST_DISK),
    Plot({"clone": 2, "restore": 0, "backup": 0, "propose": 0}, TWO_FACES),
    Plot({"garble": 5, "cut off": 5, "erase": 4, "push badly": 5, "two at once": 3, "clone": 0, "lie": 0}),
    Plot({"clone": 0, "lie": 0, "propose": 3, "sign": 6, "settle": 4}, ONE_LEAVES),
    Plot({"pull": 0.2, "submit": 0, "pack": 12, "carry": 14, "carry badly": 6, "clone": 0.5, "lie": 0.5}),
    Plot({"clone": 0, "restore": 0, "backup": 0, "propose": 0, "lose marks": 0}, STOLEN),
    Plot({"clone": 0, "propose": 0, "restore": 0, "backup": 0}, PROMISED),
)
"""A bit of everything, lost disks, two of one party, a bad line, a member leaves, sticks only, a stolen key, a seal."""

WEIGHTS: Final = {
    "say": 24,
    "withhold": 6,
    "say late": 2,
    "show": 18,
    "pull": 30,
    "two at once": 5,
    "cut off": 6,
    "garble": 4,
    "replay": 6,
    "submit": 4,
    "push": 6,
    "push badly": 2,
    "pack": 4,
    "carry": 5,
    "carry badly": 1,
    "propose": 1,
    "sign": 3,
    "settle": 4,
    "bound": 0.5,
    "restart": 4,
    "backup": 6,
    "restore": 5,
    "lose marks": 0.5,
    "clone": 2,
    "lie": 2,
    "accuse": 2,
    "erase": 2,
    "clock": 3,
    "cut": 4,
    "mend": 2,
}


def run(template: Template, seed: int) -> World:
    """One schedule from its seed, checked; answers the world as it ended, its stores closed."""
    home = scratch()
    world = World(template, seed, home)
    try:
        with repeatable(world):
            watch = Watch()
            scenes = list(PLOTS[seed % len(PLOTS)].scenes)
            cast = world.chance.sample(PARTIES, len(PARTIES))
            for _ in range(max(STEPS, len(scenes) * 3 // 2)):
                world.now += STEP_MS
                act(world, scenes, cast)
                watch.look(world)
            world.heal()
            watch.look(world)
            check(world)
    except Broken as broken:
        raise Broken(f"seed {seed}: {broken}") from broken
    finally:
        world.close()
        shutil.rmtree(home, ignore_errors=True)
    return world


def act(world: World, scenes: list[tuple[str, int, int]], cast: list[str]) -> None:
    """One thing happens."""
    chance = world.chance
    if scenes and chance.random() < SCENE:
        name, one, other = scenes.pop(0)
        actors = [*(world.seats[party] for party in cast), world.seats.get(f"{cast[0]}-twin", world.seats[cast[0]])]
        play(world, name, actors[one], actors[other])
        return
    seats = list(world.seats.values())
    seat, peer = chance.choice(seats), chance.choice(seats)
    factors = PLOTS[world.seed % len(PLOTS)].factors
    weights = [weight * factors.get(name, 1) for name, weight in WEIGHTS.items()]
    (name,) = chance.choices(list(WEIGHTS), weights)
    if name in COMMON and chance.random() < CRASH:
        world.faults.arm(chance.randrange(12))
    play(world, name, seat, peer)
    world.faults.disarm()


def play(world: World, name: str, seat: Seat, other: Seat) -> None:
    """Let `name` happen to `seat`, and to `other` where it takes two."""
    DEEDS[name](world, seat, other)


def _say(world: World, seat: Seat, _: Seat) -> None:
    world.say(seat, world.chance.choice([world.all_three, world.all_three, world.two]))


def _withhold(world: World, seat: Seat, _: Seat) -> None:
    world.say(seat, world.all_three, withhold=True)


def _two_at_once(world: World, seat: Seat, other: Seat) -> None:
    world.pull(seat, other, beside=world.chance.choice(list(world.seats.values())))


def _clock(world: World, seat: Seat, _: Seat) -> None:
    seat.skew_ms = world.chance.randint(-SKEW_MS, SKEW_MS)


def _cut_off(world: World, seat: Seat, other: Seat) -> None:
    world.pull(seat, other, limit=world.chance.randrange(4))


def _garble(world: World, seat: Seat, other: Seat) -> None:
    world.pull(seat, other, twist=lambda data: _garbled(world, data))


def _accuse(world: World, seat: Seat, other: Seat) -> None:
    if seat.party != other.party:
        world.accuse(seat, other)


def _cut(world: World, _seat: Seat, _other: Seat) -> None:
    one, other = world.chance.sample(PARTIES, 2)
    world.cut.add(frozenset((one, other)))


DEEDS: Final[dict[str, Callable[[World, Seat, Seat], None]]] = {
    "say": _say,
    "withhold": _withhold,
    "say late": lambda world, seat, _: world.say(seat, world.all_three, older=True),
    "show": lambda world, seat, _: world.publish(seat),
    "pull": lambda world, seat, other: world.pull(seat, other),
    "two at once": _two_at_once,
    "cut off": _cut_off,
    "garble": _garble,
    "replay": lambda world, seat, other: world.replay(seat, other),
    "submit": lambda world, seat, other: world.submit(seat, other),
    "push": lambda world, seat, other: world.upload(seat, other),
    "push badly": lambda world, seat, other: world.upload(seat, other, bad=True),
    "pack": lambda world, seat, other: world.pack(seat, other),
    "carry": lambda world, seat, _: world.carry(seat),
    "carry badly": lambda world, seat, _: world.carry(seat, bad=True),
    "propose": lambda world, seat, other: world.propose(seat, other),
    "sign": lambda world, seat, _: world.sign(seat),
    "settle": lambda world, seat, _: world.settle(seat),
    "bound": lambda world, seat, _: world.bound(seat),
    "restart": lambda world, seat, _: world.restart(seat),
    "backup": lambda world, seat, _: world.backup(seat),
    "restore": lambda world, seat, _: world.restore(seat),
    "lose marks": lambda world, seat, _: world.lose_marks(seat),
    "clone": lambda world, seat, _: world.clone(seat),
    "lie": lambda world, seat, _: world.lie(seat),
    "accuse": _accuse,
    "erase": lambda world, seat, _: world.erase(seat),
    "clock": _clock,
    "cut": _cut,
    "mend": lambda world, _seat, _other: world.cut.clear(),
}


def _garbled(world: World, data: bytes) -> bytes:
    if not data or world.chance.random() < 0.5:
        return data
    at = world.chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 + world.chance.randrange(255))]) + data[at + 1 :]


__all__ = ["Broken", "act", "play", "run"]
