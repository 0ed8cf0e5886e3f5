"""Parties that tell each other plans, each with a node that holds what has reached it: ledgers without signatures.

The engine is replaced by squares on a line, so that thousands of circles can be lived; what it is to meet is tested
with the engine itself.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tansiq.movements.kinds import KINDS
from tansiq.movements.look import Meeting, Place
from tansiq.picture.told import Ledger, Said, Told, gather
from tansiq.records.kinds.activity import Volume
from tansiq.records.kinds.terms import Buffers

HOUR = 3_600_000
NOON = 1_700_000_000_000
SIDE = 100_000
"""Side of a square of ground (E7), about a kilometre."""


def square(place: int, size: int = 1) -> list[list[int]]:
    """`size` squares in a row beginning with number `place`, as a ring."""
    west, east = 430_000_000 + place * SIDE, 430_000_000 + (place + size) * SIDE - 1
    return [[west, 350_000_000], [east, 350_000_000], [east, 350_100_000], [west, 350_100_000]]


def volume(place: int, hour: int = 0, *, size: int = 1, hours: int = 1) -> dict[str, Any]:
    """Squares of ground for so many hours."""
    start = NOON + hour * HOUR
    return {"ring": square(place, size), "window": {"from": start, "to": start + hours * HOUR}}


def plan(*volumes: Mapping[str, Any], ask: str = "no_objection", **more: Any) -> dict[str, Any]:
    """The fields of an activity."""
    return {"activity": "patrol", "ask": ask, "status": "announced", "volumes": list(volumes), **more}


class Squares:
    """Meeting on squares: two volumes meet whose squares and hours overlap; buffers play no part."""

    def fit(self, volumes: Sequence[Volume]) -> bool:
        """All of them are rings."""
        return all(one.ring is not None for one in volumes)

    def meet(self, one: Sequence[Volume], other: Sequence[Volume], buffers: Buffers) -> list[Meeting]:
        """By bounds."""
        return [
            Meeting(a, b, max(mine.start, theirs.start), min(mine.end, theirs.end), 0, mine.start, *_bounds(mine)[:2])
            for a, mine in enumerate(one)
            for b, theirs in enumerate(other)
            if _overlap(mine, theirs) and mine.start < theirs.end and theirs.start < mine.end
        ]

    def at_point(self, volumes: Sequence[Volume], point: tuple[int, int], distance_m: int) -> list[int]:
        """By bounds."""
        return [a for a, mine in enumerate(volumes) if _bounds(mine)[0] <= point[0] <= _bounds(mine)[2]]

    def in_ring(self, volumes: Sequence[Volume], ring: Sequence[tuple[int, int]], distance_m: int) -> list[int]:
        """By bounds."""
        west, east = min(x for x, _ in ring), max(x for x, _ in ring)
        return [a for a, mine in enumerate(volumes) if _bounds(mine)[0] <= east and west <= _bounds(mine)[2]]

    def nearby(self) -> Everything:
        """Everything may be near."""
        return Everything()


class Everything:
    """Plans and places, all of them near everything."""

    def __init__(self) -> None:
        self._plans: set[str] = set()
        self._places: set[str] = set()

    def put_plan(self, ref: str, party: str, volumes: Sequence[Volume]) -> None:
        """Hold it."""
        self._plans.add(ref)

    def put_place(self, ref: str, places: Sequence[Place]) -> None:
        """Hold it."""
        self._places.add(ref)

    def drop(self, ref: str) -> None:
        """Hold it no longer."""
        self._plans.discard(ref)
        self._places.discard(ref)

    def near_plan(self, party: str, volumes: Sequence[Volume], buffers: Buffers) -> set[str]:
        """All."""
        return self._plans | self._places

    def near_place(self, places: Sequence[Place], buffers: Buffers) -> set[str]:
        """All."""
        return set(self._plans)


def _bounds(volume: Volume) -> tuple[int, int, int, int]:
    ring = volume.ring or []
    return min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring), max(y for _, y in ring)


def _overlap(one: Volume, other: Volume) -> bool:
    return _bounds(one)[0] <= _bounds(other)[2] and _bounds(other)[0] <= _bounds(one)[2]


@dataclass
class Node:
    """What a party's node holds of every ledger."""

    party: str
    held: dict[Ledger, int] = field(default_factory=dict)


class Telling:
    """A circle of parties. A party says something with what its node holds as `seen`; nodes hear when told to."""

    def __init__(self, *parties: str, takes_part: Sequence[str] = (), kinds: Container[str] = KINDS) -> None:
        self.kinds = kinds
        self.parties = list(takes_part or parties)
        self.members = list(parties)
        self.ledgers: dict[Ledger, list[Said]] = {Ledger(party, 1): [] for party in parties}
        self.nodes = {party: Node(party) for party in parties}
        self.now = NOON - 24 * HOUR

    def say(
        self,
        party: str,
        kind: str,
        fields: Mapping[str, Any],
        *,
        revises: str | None = None,
        about: str | None = None,
        at: int | None = None,
    ) -> str:
        """Say it; answers `party/id` of the very record."""
        ledger = Ledger(party, 1)
        chain = self.ledgers[ledger]
        self.now += 60_000
        number = sum(map(len, self.ledgers.values()))
        one = f"00000000-0000-7000-8000-{number:012x}"
        first = one if revises is None else revises.partition("/")[2]
        seen = {other: size for other, size in self.nodes[party].held.items() if other.party != party}
        when = self.now if at is None else at
        chain.append(Said(ledger, len(chain), one, first, kind, about, when, seen, dict(fields)))
        self.nodes[party].held[ledger] = len(chain)
        return f"{party}/{one}"

    def hear(self, party: str, speaker: str, count: int | None = None) -> None:
        """A node pulls another's ledger, up to a size or all of it."""
        ledger = Ledger(speaker, 1)
        size = len(self.ledgers[ledger]) if count is None else min(count, len(self.ledgers[ledger]))
        self.nodes[party].held[ledger] = max(self.nodes[party].held.get(ledger, 0), size)

    def meet(self) -> None:
        """Everybody hears everything."""
        for party in self.members:
            for speaker in self.members:
                self.hear(party, speaker)

    def entries(self, held: Mapping[Ledger, int]) -> list[Said]:
        """The entries of ledgers up to these sizes."""
        return [one for ledger, size in held.items() for one in self.ledgers[ledger][:size]]

    def told(self, held: Mapping[Ledger, int] | None = None, entries: Sequence[Said] | None = None) -> Told:
        """What follows from entries up to these sizes, all if left out."""
        sizes = {ledger: len(chain) for ledger, chain in self.ledgers.items()} if held is None else dict(held)
        heard: dict[str, dict[Ledger, int]] = {}
        for ledger, size in sizes.items():
            if size:
                heard[ledger.party] = dict(self.ledgers[ledger][size - 1].seen)
        return gather(self.entries(sizes) if entries is None else entries, self.parties, sizes, heard, self.kinds)

    def at(self, party: str) -> Told:
        """What a party's node holds."""
        return self.told(self.nodes[party].held)
