"""A run: which actions a seed chooses, and what must hold afterwards."""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nodes import shared_digests
from simulation.world import PARTIES, STEP_MS, Seat, Template, World, repeatable, scratch
from tansiq.errors import Refused
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange import shelf
from tansiq.exchange.intake import mirror_verifiers
from tansiq.exchange.standing import State, standings
from tansiq.ledger.cosignature import cosignatures
from tansiq.ledger.note import NoteVerifier, parse
from tansiq.picture import book
from tansiq.picture.projection import read_thing
from tansiq.store import ledgers, notices, pictures
from tansiq.store.schema import entry_key

STEPS: Final = 24
SCENE: Final = 0.5
CRASH: Final = 0.12
COMMON: Final = ("say", "withhold", "show", "pull", "cut off", "garble", "submit")
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

PLOTS: Final = (
    Plot({}),
    Plot({"backup": 0, "restore": 0.2, "clone": 0, "lie": 0, "accuse": 0}, LOST_DISK),
    Plot({"clone": 2, "restore": 0, "backup": 0}, TWO_FACES),
    Plot({"garble": 5, "cut off": 5, "erase": 4, "clone": 0, "lie": 0}),
)
"""A bit of everything, lost disks, two of one party, a bad line."""

WEIGHTS: Final = {
    "say": 24,
    "withhold": 6,
    "show": 18,
    "pull": 30,
    "cut off": 6,
    "garble": 4,
    "submit": 8,
    "restart": 4,
    "backup": 6,
    "restore": 5,
    "clone": 2,
    "lie": 2,
    "accuse": 2,
    "erase": 2,
    "cut": 4,
    "mend": 2,
}


_BASE64: Final = re.compile(rb"[A-Za-z0-9_-]{24,}")


class Broken(AssertionError):  # noqa: N818 - said of a property, in the words of the field
    """A property does not hold; the seed says how to see it again."""


def run(template: Template, seed: int, steps: int = STEPS) -> World:
    """One schedule from its seed, checked; answers the world as it ended, its stores closed."""
    home = scratch()
    world = World(template, seed, home)
    try:
        with repeatable(world):
            heads: dict[tuple[str, str], int] = {}
            scenes = list(PLOTS[seed % len(PLOTS)].scenes)
            cast = world.chance.sample(PARTIES, len(PARTIES))
            for _ in range(steps):
                world.now += STEP_MS
                act(world, scenes, cast)
                _never_shrinks(world, heads)
            world.heal()
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
    "show": lambda world, seat, _: world.publish(seat),
    "pull": lambda world, seat, other: world.pull(seat, other),
    "cut off": _cut_off,
    "garble": _garble,
    "submit": lambda world, seat, other: world.submit(seat, other),
    "restart": lambda world, seat, _: world.restart(seat),
    "backup": lambda world, seat, _: world.backup(seat),
    "restore": lambda world, seat, _: world.restore(seat),
    "clone": lambda world, seat, _: world.clone(seat),
    "lie": lambda world, seat, _: world.lie(seat),
    "accuse": _accuse,
    "erase": lambda world, seat, _: world.erase(seat),
    "cut": _cut,
    "mend": lambda world, _seat, _other: world.cut.clear(),
}


def _garbled(world: World, data: bytes) -> bytes:
    if not data or world.chance.random() < 0.5:
        return data
    at = world.chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 + world.chance.randrange(255))]) + data[at + 1 :]


def check(world: World) -> None:
    """Every property of the ledger, on the world as it ended."""
    _nobody_honest_equivocates(world)
    _no_false_accusation(world)
    _every_fork_is_known(world)
    _receipts_are_covered(world)
    _nothing_left_its_circle(world)
    _erased_is_gone(world)
    _all_agree(world)


def _never_shrinks(world: World, heads: dict[tuple[str, str], int]) -> None:
    """An accepted head never shrinks, whatever crashes; only a restored disk is older, and begins again."""
    for seat in world.seats.values():
        if seat.restored:
            heads.update({key: 0 for key in heads if key[0] == seat.name})
            seat.restored = False
        with seat.node.database.read() as connection:
            for ledger in ledgers.ledgers(connection):
                key = (seat.name, ledger.origin)
                if ledger.head_size < heads.get(key, 0):
                    raise Broken(f"{seat.name} held {heads[key]} of {ledger.origin}, now {ledger.head_size}")
                heads[key] = ledger.head_size


def _suspect(world: World) -> set[str]:
    """Parties of which two nodes ran: cloned honestly, or lying."""
    return world.cloned


def _nobody_honest_equivocates(world: World) -> None:
    """Everything that a party of one node ever showed is one history, through crashes and restored backups."""
    for left in {(one.origin, one.size, one.root): one for one in world.left}.values():
        party = left.origin.split("/")[0]
        if party in _suspect(world):
            continue
        holder = _longest(world, left.origin)
        held = _size(world, holder, left.origin)
        if held < left.size:
            if left.origin in _beyond_recovery(world, world.seats[left.seat]):
                continue
            raise Broken(f"{left.origin}: {left.size} entries had left, nobody holds more than {held}")
        if world.root(holder, left.origin, left.size) != left.root:
            raise Broken(f"{left.origin} showed two histories at {left.size}")


def _longest(world: World, origin: str) -> Seat:
    return max(
        (seat for seat in world.seats.values() if _holds(world, seat, origin)),
        key=lambda seat: _size(world, seat, origin),
    )


def _holds(world: World, seat: Seat, origin: str) -> bool:
    with seat.node.database.read() as connection:
        return any(ledger.origin == origin for ledger in ledgers.ledgers(connection))


def _size(world: World, seat: Seat, origin: str) -> int:
    with seat.node.database.read() as connection:
        return ledgers.ledger_by(connection, origin=origin).head_size


def _no_false_accusation(world: World) -> None:
    """A ledger is only frozen where its party, or a clone of it, signed two histories."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            frozen = [ledger.origin for ledger in ledgers.ledgers(connection) if ledger.frozen]
            stopped = [one.origin for one in standings(connection, seat.node.marks) if one.state == "stopped"]
        for origin in (*frozen, *stopped):
            if origin.split("/")[0] not in _suspect(world):
                raise Broken(f"{seat.name} accuses {origin}, which has one history")


def _every_fork_is_known(world: World) -> None:
    """Whoever holds one of two histories holds the proof, once anything was exchanged."""
    honest = [seat for seat in world.seats.values() if seat.name in PARTIES]
    for origin in {left.origin for left in world.left}:
        party = origin.split("/")[0]
        holders = [seat for seat in honest if seat.party != party and _holds(world, seat, origin)]
        for one in holders:
            for other in holders:
                size = min(_size(world, one, origin), _size(world, other, origin))
                if world.root(one, origin, size) != world.root(other, origin, size):
                    for seat in (one, other):
                        if not _proven(seat, origin):
                            raise Broken(f"{seat.name} holds one of two histories of {origin} and no proof")


def _proven(seat: Seat, origin: str) -> bool:
    with seat.node.database.read() as connection:
        found = [row for row in notices.every(connection, exchange_notices.FORK) if row.origin == origin]
        return bool(found) and ledgers.ledger_by(connection, origin=origin).frozen


def _receipts_are_covered(world: World) -> None:
    """Whoever gave a receipt can serve what is under it, unless its own disk was restored since."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for ledger in ledgers.ledgers(connection):
                circle = exchange_notices.circle_of(connection, ledger)
                for receipt in ledgers.receipts(connection, ledger.num):
                    giver = world.seats.get(receipt.party)
                    if giver is None or receipt.party in world.cloned or giver.backups:
                        continue
                    note = shelf.held_head(connection, ledger, receipt.size)
                    if note is not None and not _holds_for(note, receipt.line, mirror_verifiers(circle)):
                        raise Broken(f"a receipt of {receipt.party} for {ledger.origin} does not hold at {seat.name}")
                    if _size(world, giver, ledger.origin) < receipt.size:
                        raise Broken(
                            f"{receipt.party} gave a receipt for {receipt.size} of {ledger.origin}, holds less"
                        )


def _holds_for(note: bytes, line: str, verifiers: list[NoteVerifier]) -> bool:
    try:
        return bool(cosignatures(parse(note + line.encode()), verifiers))
    except Refused:
        return False


def _nothing_left_its_circle(world: World) -> None:
    """No byte of a circle that a party is not in, and no withheld value, ever went to it."""
    for party, sent in world.sent.items():
        wire = b"\0".join(sent)
        texts = wire + b"\0" + b"".join(map(_decoded, _BASE64.findall(wire)))
        if party not in world.two.parties and world.two.id.encode() in wire:
            raise Broken(f"{party} was sent bytes of a circle that it is not in")
        for owner, values in world.secrets.items():
            for value in values:
                if owner != party and value.encode() in texts:
                    raise Broken(f"{party} was sent what {owner} withheld")


def _decoded(text: bytes) -> bytes:
    """A disclosure goes over the wire in base64url."""
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""


def _erased_is_gone(world: World) -> None:
    """Of a record that is erased in a seat's picture no disclosure is left in its store."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for ledger in ledgers.ledgers(connection):
                for row in pictures.all_rows(connection, entry_key(ledger.num, 0), entry_key(ledger.num + 1, 0)):
                    thing = read_thing(row.data)
                    if thing.erased is None:
                        continue
                    causes = [*thing.versions, *thing.tells]
                    left = [one for one in ledgers.told_at(connection, ledger.num, causes) if one.text]
                    if left or ledgers.kept_at(connection, ledger.num, thing.versions):
                        raise Broken(f"{seat.name} still holds values of {thing.id}, which is erased")


def _beyond_recovery(world: World, seat: Seat) -> set[str]:
    """Own ledgers that wait for the next epoch: what was marked never left, and went with the disk."""
    with seat.node.database.read() as connection:
        behind = [one.origin for one in standings(connection, seat.node.marks) if one.state is State.BEHIND]
    for origin in behind:
        mark = seat.node.marks.read(origin)
        if mark is None or _size(world, _longest(world, origin), origin) >= mark.size:
            raise Broken(f"{seat.name} still recovers {origin}, which another holds")
    return set(behind)


def _all_agree(world: World) -> None:
    """With links up at the end, members hold equal prefixes and equal pictures of every honest ledger."""
    if world.cloned:
        return
    for circle in world.circles.values():
        seats = [world.seats[party] for party in circle.parties]
        lost = {origin for seat in seats for origin in _beyond_recovery(world, seat)}
        digests = [
            {origin: found for origin, found in shared_digests(seat.node, circle).items() if origin not in lost}
            for seat in seats
        ]
        if any(one != digests[0] for one in digests):
            raise Broken(f"the members of {circle.id[:8]} do not agree: {digests}")
        for seat in seats:
            with seat.node.database.write() as connection:
                live = book.digests(connection)
                trial = connection.begin_nested()
                book.rebuild(connection)
                again = book.digests(connection)
                trial.rollback()
            if live != again:
                raise Broken(f"the picture of {seat.name} is not what its records say")
