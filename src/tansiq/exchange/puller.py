"""Keeping up with one peer: wait for its heads, take them in, hand back receipts, for as long as the node runs.

Any member relays any ledger of the circles that it shares with this node, our own among them: so a party that keeps
its ledger from one member keeps it from none. A refusal is written down with its reason and stops nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import threading
import time
from collections.abc import Callable
from typing import Final

from tansiq.circles.circle import Circle
from tansiq.errors import Conflict, MalformedInput, NotFound, Refused, Unavailable
from tansiq.exchange.changes import Changes
from tansiq.exchange.intake import take_head
from tansiq.exchange.notices import MAX_NOTICE, circle_of, take_notice
from tansiq.exchange.peer_client import PeerClient
from tansiq.exchange.standing import Signer, State, standing_of, stop
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.note import parse
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
        signer: Signer,
        changes: Changes,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(name=f"pull {peer}", daemon=True)
        self._database = database
        self._client = client
        self._peer = peer
        self._signer = signer
        self._changes = changes
        self._clock = clock
        self._stopping = threading.Event()
        self._receipts_given: dict[str, str] = {}
        self._notices: set[str] = set()
        self.reachable = False
        self._taking = False
        self.asked = threading.Event()
        """Set once the peer has said, or failed to say, what it holds of our own ledgers."""

    def quiet(self) -> bool:
        """Whether none of the peer's heads is being taken in."""
        return not self._taking

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
                tag, shown = self._client.heads(known, wait)
            except Refused as refused:
                self._unreachable(refused)
                self.asked.set()
                self._stopping.wait(pause + random.uniform(0, pause / 4))  # noqa: S311 - jitter, not a secret
                known, wait, pause = "", 0.0, min(pause * 2, LONGEST_PAUSE_S)
                continue
            except RuntimeError:
                return  # the client was closed under the wait: the node is stopping
            self._heard()
            self._taking = True
            try:
                results = [self._take_notice(digest) for digest in shown.notices]
                results += [self._take(note.encode()) for note in shown.heads]
            finally:
                self._taking = False
            self.asked.set()
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
            recover = ledger.own and self._recovering(ledger)
            taken = take_head(
                self._database,
                circle,
                ledger,
                note,
                self._client,
                self._signer.keyring,
                self._clock(),
                recover=recover,
            )
            if taken.beyond:
                self._stop_signing(ledger, note)
            if recover and taken.entries:
                self._recovered(ledger, note)
            if (
                ledger.party == self._peer
                and taken.own_receipt
                and self._receipts_given.get(origin) != taken.own_receipt
            ):
                self._client.hand_receipt(
                    ledger.hash, with_cosignatures(self._own_copy(ledger), taken.own_receipt.splitlines())
                )
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

    def _recovering(self, ledger: LedgerRow) -> bool:
        """Whether an own ledger may be pulled back: it is older than its mark, or nobody was asked since the start."""
        if not self.asked.is_set():
            return True
        with self._database.read() as connection:
            found = standing_of(connection, ledger, self._signer.marks)
        return found is not None and found.state is not State.STOPPED

    def _recovered(self, ledger: LedgerRow, note: bytes) -> None:
        """What came back had left before: its mark says so. A lost mark stays lost: that ledger is not continued."""
        if self._signer.marks.read(ledger.origin) is not None:
            self._signer.marks.raise_to(ledger.origin, note)

    def _stop_signing(self, ledger: LedgerRow, note: bytes) -> None:
        """Somebody holds more of an own ledger than was signed here: a second node runs with these keys."""
        size = parse_body(parse(note).text).size
        with self._database.write() as connection:
            stop(connection, ledger.origin, size)
        raise Conflict("node.stopped", origin=ledger.origin, size=size)

    def _take_notice(self, digest: str) -> bool:
        """Take in a notice; answers whether it went through or was refused for good."""
        if digest in self._notices:
            return True
        try:
            data = self._client.notice(digest, MAX_NOTICE)
            if hashlib.sha256(data).hexdigest() != digest:
                raise MalformedInput("peer.bad_answer", peer=self._peer, path="/notice")
            with self._database.write() as connection:
                new = take_notice(connection, data, self._peer, self._clock())
        except Unavailable as away:
            self._unreachable(away)
            return False
        except NotFound:
            return False  # an epoch after one that is still to be entered: looked at again after a pause
        except Refused as refused:
            self._note(refused, None)
            new = False
        self._notices.add(digest)
        if new:
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
            circle = circle_of(connection, ledger)
        if self._peer not in circle.parties:
            raise NotFound("ledger.not_here", which=origin)
        return circle, ledger

    def _note(self, refused: Refused, origin: str | None) -> None:
        row = RefusalRow(self._clock(), self._peer, origin, refused.code, dict(refused.params))
        with self._database.write() as connection:
            roster.add_refusal(connection, row)
        self._changes.notify()


def wall_clock() -> int:
    """Unix milliseconds by this machine's clock."""
    return time.time_ns() // 1_000_000
