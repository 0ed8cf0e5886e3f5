"""Lines between nodes and the moments at which the power goes: what the simulation makes instead of the real thing.

`Wire` is what a pulling node reads from, `Line` what a pushing node dials: behind both stand the functions that stand
behind the peer port. Bytes may be lost or changed on the way, and all of them are seen.
"""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tansiq.errors import NotFound, Refused, Unavailable
from tansiq.exchange import marks as marks_module
from tansiq.exchange import mirror, shelf, witness
from tansiq.exchange.local import LocalSource
from tansiq.exchange.peer_client import PeerClient
from tansiq.exchange.witness import Answer
from tansiq.ledger import keys, note

if TYPE_CHECKING:
    from simulation.world import Seat, World

Network = Callable[[bytes], bytes]


class Crash(Exception):  # noqa: N818 - no error of the program: the power goes
    """The power goes, right before a write of this seat's (empty: of a mark)."""

    def __init__(self, seat: str = "") -> None:
        super().__init__(seat)
        self.seat = seat


class Wire:
    """The network between two seats, as the one that pulls reads from it. A `Source`."""

    def __init__(
        self,
        world: World,
        source: Seat,
        target: Seat,
        twist: Network | None = None,
        limit: int | None = None,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self.world, self.source, self.target = world, source, target
        self._inner = LocalSource(source.node.database, target.party)
        self._twist = twist
        self._limit = limit
        self._meanwhile = meanwhile

    def shown(self) -> tuple[list[bytes], list[bytes]]:
        """Heads and notices."""
        heads, files = self.source.shown_to(self.target.party)
        if self.source.honest or not self.source.asked:
            heads = [note for note in heads if self.source.asked or not self._own(note)]
        for one in heads:
            self.world.leaves(self.source, one, self.target)
        self.world.sent[self.target.party] += files
        self.world.chance.shuffle(heads)
        return heads, files

    def _own(self, head: bytes) -> bool:
        return head.startswith(f"{self.source.party}/".encode())

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, if they get through; other things may happen while they travel."""
        if self._limit is not None:
            self._limit -= 1
            if self._limit < 0:
                raise Unavailable("peer.unreachable", peer=self.source.party, reason="cut")
        data = self._inner.item(origin_hash, path, limit)
        self.world.sent[self.target.party].append(data)
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return data if self._twist is None else self._twist(data)


class Line(PeerClient):
    """What a pushing node dials: the peer's answers to submissions, as its peer port gives them.

    A request may come twice, and an answer may be lost after the request was carried out.
    """

    def __init__(self, world: World, caller: Seat, peer: Seat, *, bad: bool = False) -> None:
        self.peer = peer.party
        self.caller, self.answering = caller, peer
        self._world, self._bad = world, bad

    def post(self, path: str, body: bytes, limit: int = 1 << 24) -> tuple[int, bytes]:
        """Status and body of the answer."""
        chance = self._world.chance
        self._world.sent[self.answering.party].append(body)
        answer = self._answer(path, body)
        if self._bad and chance.random() < 0.3:
            answer = self._answer(path, body)
        if self._bad and chance.random() < 0.3:
            raise Unavailable("peer.unreachable", peer=self.peer, reason="the answer was lost")
        self._world.sent[self.caller.party].append(answer.body)
        return answer.status, answer.body

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """What a witness saw last."""
        node = self.answering.node
        with node.database.read() as connection:
            data = witness.witnessed_head(
                connection, node.keys, origin_hash.removeprefix("witness/"), self.caller.party
            )
        self._world.sent[self.caller.party].append(data)
        return data

    def _answer(self, path: str, body: bytes) -> Answer:
        seat, party = self.answering, self.caller.party
        node = seat.node
        try:
            if path == "/add-checkpoint":
                return witness.add_checkpoint(node.database, node.keys, body, party, seat.clock())
            if path == "/add-entries":
                return mirror.add_entries(node.database, node.keys, seat.spool, body, party, seat.clock())
            with node.database.read() as connection:
                ledger = shelf.visible_ledger(connection, path.split("/")[1], party)
            return mirror.add_disclosures(seat.spool, ledger, body)
        except NotFound:
            return Answer(404)
        except Refused:
            return Answer(400)


class Faults:
    """Counts writes and ends the world's patience at one of them."""

    def __init__(self) -> None:
        self._left: int | None = None

    def arm(self, writes: int) -> None:
        """The power goes right before write number `writes` from now."""
        self._left = writes

    def disarm(self) -> None:
        """The power stays."""
        self._left = None

    def tick(self, seat: str = "") -> None:
        """One write of a seat is about to happen."""
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            raise Crash(seat)


_remembered = lru_cache(maxsize=1 << 16)(keys.verify_signature)


@contextlib.contextmanager
def repeatable(world: World) -> Iterator[None]:
    """Random numbers from the seed, and crashes before and after a mark is written too.

    Whether a signature holds is a pure function, which is remembered: nodes look at the same heads again and again.
    """
    plain_write = marks_module.Marks._write

    def write(self: marks_module.Marks, origin: str, data: bytes) -> None:
        world.faults.tick()
        plain_write(self, origin, data)
        world.faults.tick()

    with (
        patch.object(secrets, "token_bytes", lambda count=32: world.chance.randbytes(count or 32)),
        patch.object(secrets, "token_hex", lambda count=32: world.chance.randbytes(count or 32).hex()),
        patch.object(marks_module.Marks, "_write", write),
        patch.object(note, "verify_signature", _remembered),
    ):
        yield


def scratch() -> Path:
    """A folder in memory where there is one: thousands of short lives of SQLite files."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="tansiq-sim-", dir=memory if memory.is_dir() else None))


__all__ = ["Crash", "Faults", "Line", "Network", "Wire", "repeatable", "scratch"]
