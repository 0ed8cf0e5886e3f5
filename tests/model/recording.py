"""What a life of the simulation shows of its ledgers, event by event: the trace that judge.py holds against the model.

A node is looked at after everything that it does, and once more before a crash ends it. Only what the store and the
marks say is recorded, as histories: a signed head stands for the leaves under it. What the code meant is not.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Connection

from model.steps import EMPTY, History
from simulation import schedule
from simulation.world import Seat, Template, Wire, World
from tansiq.circles.circle import Circle
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange.standing import State, standing_of
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import Checkpoint, parse_body
from tansiq.ledger.merkle import EMPTY_ROOT, root_of
from tansiq.ledger.note import parse
from tansiq.store import ledgers, notices
from tansiq.store.ledgers import LedgerRow

DIGITS: Final = 8
"""So many bytes of a leaf hash tell the entries of a life apart."""


@dataclass(frozen=True)
class Own:
    """An own ledger as its node holds it; a mark that is lost is None."""

    store: History
    shown: History
    mark: History | None
    halted: bool
    proof: tuple[History, History] | None


@dataclass(frozen=True)
class Others:
    """Another party's ledger as a node holds it."""

    held: History
    receipt: History
    proof: tuple[History, History] | None


@dataclass(frozen=True)
class Event:
    """Something that happened at a seat: seen, start, backup, restore, lost, clone, lie or leave.

    `held` is what its node holds then (seen, restore), `head` what left of `origin`, `to` the clone.
    """

    what: str
    seat: str
    party: str
    held: dict[str, Own | Others] = field(default_factory=dict)
    origin: str = ""
    head: History = EMPTY
    to: str = ""


class Recorded(World):
    """The world, with somebody who writes down what is seen of it."""

    def __init__(self, template: Template, seed: int, home: Path) -> None:
        self.events: list[Event] = []
        self._known: dict[tuple[str, int, bytes], History] = {}
        super().__init__(template, seed, home)
        for seat in self.seats.values():
            self.see(seat)

    # Looking

    def see(self, seat: Seat, what: str = "seen") -> None:
        """Write down what a node holds now, after it worked or after `what`."""
        held: dict[str, Own | Others] = {}
        with seat.node.database.read() as connection:
            rows = ledgers.ledgers(connection)
            for row in rows:
                self._learn(connection, row)
            for row in rows:
                held[row.origin] = self._own(connection, seat, row) if row.own else self._others(connection, seat, row)
        self.events.append(Event(what, seat.name, seat.party, held))

    def _own(self, connection: Connection, seat: Seat, row: LedgerRow) -> Own:
        found = standing_of(connection, row, seat.node.marks)
        mark = seat.node.marks.read(row.origin)
        return Own(
            self._history(row.origin, row.head_size, row.head_root),
            EMPTY if row.shown_note is None else self._of_note(row.shown_note),
            None if mark is None else self._of(mark),
            found is not None and found.state is State.STOPPED,
            self._proof(connection, row),
        )

    def _others(self, connection: Connection, seat: Seat, row: LedgerRow) -> Others:
        given = max((one.size for one in ledgers.receipts(connection, row.num) if one.party == seat.party), default=0)
        head = self._history(row.origin, row.head_size, row.head_root)
        assert given <= row.head_size, f"{seat.name} gave a receipt for {given} of {row.origin}, holds {row.head_size}"
        return Others(head, head[:given], self._proof(connection, row))

    def _proof(self, connection: Connection, row: LedgerRow) -> tuple[History, History] | None:
        if not row.frozen:
            return None
        for notice in notices.every(connection, exchange_notices.FORK):
            if notice.origin == row.origin:
                proof = fork.decode(notice.data)
                return self._of(proof.first.checkpoint), self._of(proof.second.checkpoint)
        raise AssertionError(f"{row.origin} is frozen without a proof")

    # Histories of heads

    def _learn(self, connection: Connection, row: LedgerRow) -> None:
        """Every beginning of what is held: whatever is signed anywhere is one of these."""
        if (row.origin, row.head_size, row.head_root) in self._known:
            return
        leaves = ledgers.hashes(connection, row.num, 0, 0, row.head_size)
        for size in range(row.head_size + 1):
            history = tuple(leaf[:DIGITS] for leaf in leaves[:size])
            self._known[row.origin, size, root_of(leaves[:size]) if size else EMPTY_ROOT] = history

    def _of(self, checkpoint: Checkpoint) -> History:
        return self._history(checkpoint.origin, checkpoint.size, checkpoint.root)

    def _of_note(self, note: bytes) -> History:
        return self._of(parse_body(parse(note).text))

    def _history(self, origin: str, size: int, root: bytes) -> History:
        found = self._known.get((origin, size, root))
        assert found is not None, f"a head over {size} of {origin} that no store ever held"
        return found

    # What nodes do

    def say(self, seat: Seat, circle: Circle, *, withhold: bool = False, older: bool = False) -> None:
        """See World."""
        super().say(seat, circle, withhold=withhold, older=older)
        self.see(seat)

    def erase(self, seat: Seat) -> None:
        """See World."""
        super().erase(seat)
        self.see(seat)

    def publish(self, seat: Seat) -> None:
        """See World."""
        super().publish(seat)
        self.see(seat)

    def settle(self, seat: Seat) -> None:
        """See World."""
        super().settle(seat)
        self.see(seat)

    def propose(self, seat: Seat, leaver: Seat) -> None:
        """See World."""
        super().propose(seat, leaver)
        self.see(seat)

    def sign(self, seat: Seat) -> None:
        """See World."""
        super().sign(seat)
        self.see(seat)

    def bound(self, seat: Seat) -> None:
        """See World."""
        super().bound(seat)
        self.see(seat)

    def pack(self, seat: Seat, other: Seat) -> None:
        """See World."""
        super().pack(seat, other)
        self.see(seat)

    def carry(self, seat: Seat, *, bad: bool = False) -> None:
        """See World."""
        self.see(seat)
        super().carry(seat, bad=bad)
        self.see(seat)

    def pull(
        self,
        target: Seat,
        source: Seat,
        twist: Any = None,
        limit: int | None = None,
        beside: Seat | None = None,
    ) -> None:
        """See World; every head is looked at by itself in `take`."""
        super().pull(target, source, twist, limit, beside)
        self.see(target)

    def take(self, target: Seat, source: Seat, note: bytes, wire: Wire) -> bool:
        """See World."""
        self.see(target)
        taken = super().take(target, source, note, wire)
        self.see(target)
        return taken

    def submit(self, seat: Seat, peer: Seat, *, bad: bool = False) -> None:
        """See World."""
        super().submit(seat, peer, bad=bad)
        self.see(seat)
        self.see(peer)

    def upload(self, seat: Seat, peer: Seat, *, bad: bool = False) -> None:
        """See World."""
        super().upload(seat, peer, bad=bad)
        self.see(seat)
        self.see(peer)

    def accuse(self, liar: Seat, victim: Seat) -> None:
        """See World."""
        super().accuse(liar, victim)
        for seat in self.seats.values():
            self.see(seat)

    def leaves(self, seat: Seat, note: bytes, to: Seat) -> None:
        """See World."""
        super().leaves(seat, note, to)
        head = self._of_note(note)
        origin = note.split(b"\n", 1)[0].decode()
        self.events.append(Event("leave", seat.name, seat.party, origin=origin, head=head))

    # What is done to them

    def restart(self, seat: Seat) -> None:
        """See World; what was durable before the crash is seen first."""
        self.see(seat)
        super().restart(seat)
        self.events.append(Event("start", seat.name, seat.party))
        self.see(seat)

    def backup(self, seat: Seat) -> None:
        """See World."""
        super().backup(seat)
        self.events.append(Event("backup", seat.name, seat.party))

    def restore(self, seat: Seat) -> None:
        """See World."""
        super().restore(seat)
        if seat.backups:
            self.see(seat, "restore")

    def lose_marks(self, seat: Seat) -> None:
        """See World."""
        self.see(seat)
        super().lose_marks(seat)
        self.events.append(Event("lost", seat.name, seat.party))
        self.events.append(Event("start", seat.name, seat.party))
        self.see(seat)

    def clone(self, seat: Seat) -> None:
        """See World."""
        before = set(self.seats)
        super().clone(seat)
        for name in set(self.seats) - before:
            self.events.append(Event("clone", seat.name, seat.party, to=name))
            self.see(self.seats[name])

    def lie(self, seat: Seat) -> None:
        """See World."""
        honest = seat.honest
        super().lie(seat)
        if honest and not seat.honest:
            self.events.append(Event("lie", seat.name, seat.party))


@contextlib.contextmanager
def _watched(worlds: list[Recorded]) -> Iterator[None]:
    def make(template: Template, seed: int, home: Path) -> Recorded:
        worlds.append(Recorded(template, seed, home))
        return worlds[-1]

    with patch.object(schedule, "World", make):
        yield


def record(template: Template, seed: int) -> list[Event]:
    """One life from its seed, as it was seen."""
    worlds: list[Recorded] = []
    with _watched(worlds):
        schedule.run(template, seed)
    return worlds[0].events
