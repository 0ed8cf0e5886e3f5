"""Keeping up with one peer: wait for its heads, take them in, hand back receipts, for as long as the node runs.

Of a peer's heads only those of its own ledgers in circles that it shares with this node are looked at. A refusal
is written down with its reason and stops nothing else.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from typing import Final

from tansiq.circles.circle import Circle, read_circle
from tansiq.errors import NotFound, Refused, Unavailable
from tansiq.exchange.changes import Changes
from tansiq.exchange.intake import Keys, take_head
from tansiq.exchange.peer_client import PeerClient
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.store import ledgers, roster
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import RefusalRow

WAIT_S: Final = 20.0
LEAST_PAUSE_S: Final = 0.02
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0


class Puller(threading.Thread):
    """The thread that follows one peer."""

    def __init__(
        self,
        database: Database,
        client: PeerClient,
        peer: str,
        keys: Keys,
        changes: Changes,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(name=f"pull {peer}", daemon=True)
        self._database = database
        self._client = client
        self._peer = peer
        self._keys = keys
        self._changes = changes
        self._clock = clock
        self._stopping = threading.Event()
        self._receipts_given: dict[str, str] = {}
        self.reachable = False

    def stop(self) -> None:
        """End after the answer that is being waited for."""
        self._stopping.set()
        self._client.close()

    def run(self) -> None:
        """Pull until stopped; pause longer and longer while the peer does not answer."""
        known, wait, pause = "", 0.0, FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                # the first answer comes at once, so that a node that was away catches up at once
                tag, notes = self._client.heads(known, wait)
            except Refused as refused:
                self._unreachable(refused)
                self._stopping.wait(pause + random.uniform(0, pause / 4))  # noqa: S311 - jitter, not a secret
                known, wait, pause = "", 0.0, min(pause * 2, LONGEST_PAUSE_S)
                continue
            except RuntimeError:
                return  # the client was closed under the wait: the node is stopping
            self._heard()
            results = [self._take(note) for note in notes]
            # what was refused is looked at again after a pause, but news of the other ledgers ends the pause
            known = tag
            wait, pause = (WAIT_S, FIRST_PAUSE_S) if all(results) else (pause, min(pause * 2, LONGEST_PAUSE_S))
            # a peer that answers at once whatever it is asked must not keep this thread busy
            self._stopping.wait(LEAST_PAUSE_S)

    def _unreachable(self, refused: Refused) -> None:
        if self._stopping.is_set():
            return
        if self.reachable or not isinstance(refused, Unavailable):
            self._note(refused, None)
        self.reachable = False
        self._changes.notify()

    def _heard(self) -> None:
        with self._database.write() as connection:
            roster.heard(connection, self._peer, self._clock())
        if not self.reachable:
            self.reachable = True
            self._changes.notify()

    def _take(self, note: bytes) -> bool:
        """Take in one head; answers whether it went through. A refusal is noted, never passed over in silence."""
        origin = note.split(b"\n", 1)[0].decode("utf-8", "replace")[:200]
        try:
            circle, ledger = self._ledger(origin)
            taken = take_head(self._database, circle, ledger, note, self._client, self._keys, self._clock())
            if taken.own_receipt and self._receipts_given.get(origin) != taken.own_receipt:
                self._client.hand_receipt(ledger.hash, with_cosignatures(self._own_copy(ledger), [taken.own_receipt]))
                self._receipts_given[origin] = taken.own_receipt
        except Unavailable as away:
            self._unreachable(away)
            return False
        except Refused as refused:
            self._note(refused, origin)
            return False
        except Exception as error:  # a full disk must not silence this peer for good
            with contextlib.suppress(Exception):
                self._note(Unavailable("peer.not_taken", peer=self._peer, reason=repr(error)[:160]), origin)
            return False
        if taken.entries or taken.receipts:
            self._changes.notify()
        return True

    def _own_copy(self, ledger: LedgerRow) -> bytes:
        with self._database.read() as connection:
            held = ledgers.ledger_by(connection, num=ledger.num)
        if held.head_note is None:
            raise NotFound("ledger.not_here", which=ledger.origin)
        return held.head_note

    def _ledger(self, origin: str) -> tuple[Circle, LedgerRow]:
        with self._database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=origin)
            if ledger.party != self._peer or ledger.own:
                raise NotFound("ledger.not_here", which=origin)
            for row in roster.circles(connection):
                if row.num == ledger.circle:
                    return read_circle(row.descriptor), ledger
        raise NotFound("ledger.not_here", which=origin)

    def _note(self, refused: Refused, origin: str | None) -> None:
        row = RefusalRow(self._clock(), self._peer, origin, refused.code, dict(refused.params))
        with self._database.write() as connection:
            roster.add_refusal(connection, row)
        self._changes.notify()


def wall_clock() -> int:
    """Unix milliseconds by this machine's clock."""
    return time.time_ns() // 1_000_000
