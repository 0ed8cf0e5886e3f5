"""The thread that submits own heads to a peer: to its witness at once, to its mirror where it does not come itself."""

from __future__ import annotations

import base64
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection

from tansiq.circles.card import read_card
from tansiq.circles.circle import Circle, read_circle
from tansiq.errors import Refused
from tansiq.exchange import push, witness
from tansiq.exchange.acknowledgement import key_name
from tansiq.exchange.changes import Changes
from tansiq.exchange.marks import Marks
from tansiq.exchange.peer_client import PeerClient
from tansiq.exchange.standing import standing_of
from tansiq.ledger.note import COSIGNATURE, NoteVerifier
from tansiq.store import blobs, cosigned, ledgers, roster
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import RefusalRow

PAUSE_S: Final = 0.5
PATIENCE_S: Final = 5.0
"""So long a peer may take to come for entries by itself before they are pushed."""

LONGEST_PAUSE_S: Final = 30.0


class Pusher(threading.Thread):
    """Submits to one peer for as long as the node runs."""

    def __init__(
        self,
        database: Database,
        client: PeerClient,
        peer: str,
        changes: Changes,
        clock: Callable[[], int],
        marks: Marks,
    ) -> None:
        super().__init__(name=f"push {peer}", daemon=True)
        self._database = database
        self._client = client
        self._peer = peer
        self._changes = changes
        self._clock = clock
        self._marks = marks
        self._stopping = threading.Event()
        self._waiting: dict[str, tuple[int, float]] = {}
        self._unseen: dict[str, tuple[int, float, float]] = {}
        self._whole: dict[str, int] = {}
        self._ask_at: dict[str, float] = {}
        self._standing: dict[str, dict[str, int]] = {}

    def stop(self) -> None:
        """End after the answer that is being waited for."""
        self._stopping.set()

    def run(self) -> None:
        """Look for heads that the peer has not seen; pause longer and longer while it does not answer."""
        pause = PAUSE_S
        while not self._stopping.wait(pause):
            try:
                done = [self._submit(circle, ledger, member) for circle, ledger, member in self._own()]
            except Refused as refused:
                self._note(refused)
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            except RuntimeError:
                return  # the client was closed under the wait: the node is stopping
            except Exception as error:  # a full disk must not silence this peer for good
                self._note(Refused("peer.not_taken", peer=self._peer, reason=repr(error)[:160]))
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            pause = PAUSE_S
            if any(done):
                self._changes.notify()

    def _own(self) -> list[tuple[Circle, LedgerRow, bool]]:
        """Own ledgers that the peer mirrors or witnesses; not one coming back, of which others rightly hold more."""
        with self._database.read() as connection:
            circles = {row.num: read_circle(row.descriptor) for row in roster.circles(connection)}
            asked = {num for num, circle in circles.items() if self._peer in witness.asked(connection, circle)}
            return [
                (circles[ledger.circle], ledger, self._peer in circles[ledger.circle].parties)
                for ledger in ledgers.ledgers(connection)
                if ledger.own
                and ledger.shown_size
                and standing_of(connection, ledger, self._marks) is None
                and (self._peer in circles[ledger.circle].parties or ledger.circle in asked)
            ]

    def _submit(self, circle: Circle, ledger: LedgerRow, member: bool) -> bool:
        with self._database.read() as connection:
            keys = self._witness_keys(connection, circle)
            latest = cosigned.latest(connection, ledger.num)
            receipt = ledgers.latest_receipts(connection, ledger.num).get(self._peer)
        done = False
        if all(latest[name].size < ledger.shown_size for key in keys if (name := key_name(key)) in latest):
            done = self._submit_head(circle, ledger, keys)
        if member and (receipt is None or receipt.size < ledger.shown_size):
            size, since = self._waiting.setdefault(ledger.origin, (ledger.shown_size, time.monotonic()))
            if receipt is not None and receipt.size >= size:
                self._waiting[ledger.origin] = (ledger.shown_size, time.monotonic())
            elif time.monotonic() - since > PATIENCE_S:
                done |= push.upload(self._client, self._database, circle, ledger)
                self._waiting.pop(ledger.origin, None)
        else:
            self._waiting.pop(ledger.origin, None)
        if member and receipt is not None:
            self._push_blobs(ledger, receipt.size)
        return done

    def _witness_keys(self, connection: Connection, circle: Circle) -> list[NoteVerifier]:
        """The keys under which the peer may cosign: that of its pinned card, and in its own circles the one there."""
        cards = {row.id: row.card for row in roster.parties(connection)}
        named = [one.witness for one in circle.members if one.party == self._peer]
        if self._peer in cards:
            named.append(read_card(cards[self._peer]).witness)
        name = f"{self._peer}/witness"
        return [NoteVerifier(name, COSIGNATURE, base64.b64decode(key)) for key in dict.fromkeys(named)]

    def _submit_head(self, circle: Circle, ledger: LedgerRow, keys: Sequence[NoteVerifier]) -> bool:
        """Submit a head; one that brought no cosignature is submitted again after longer and longer pauses."""
        size, due, pause = self._unseen.get(ledger.origin, (0, 0.0, PAUSE_S))
        if size == ledger.shown_size and time.monotonic() < due:
            return False
        if push.submit(self._client, self._database, circle, ledger, keys, self._clock()):
            self._unseen.pop(ledger.origin, None)
            return True
        pause = min(pause * 2, LONGEST_PAUSE_S) if size == ledger.shown_size else PAUSE_S
        self._unseen[ledger.origin] = (ledger.shown_size, time.monotonic() + pause, pause)
        return False

    def _push_blobs(self, ledger: LedgerRow, receipted: int) -> None:
        """Push attachments that the peer, though it has the entries, has not come for."""
        if self._whole.get(ledger.origin) == receipted or self._ask_at.get(ledger.origin, 0.0) > time.monotonic():
            return
        with self._database.read() as connection:
            if not blobs.named(connection, ledger.num, 0, receipted):
                self._whole[ledger.origin] = receipted
                return
        standing = push.push_blobs(self._client, self._database, ledger, self._standing.get(ledger.origin, {}))
        self._standing[ledger.origin] = standing
        self._ask_at[ledger.origin] = time.monotonic() + PATIENCE_S
        if not standing:
            self._whole[ledger.origin] = receipted

    def _note(self, refused: Refused) -> None:
        if refused.code in ("peer.unreachable", "peer.hangs", "peer.not_found") or self._stopping.is_set():
            return  # whether a peer answers shows already
        row = RefusalRow(self._clock(), self._peer, None, refused.code, dict(refused.params))
        with contextlib.suppress(Exception), self._database.write() as connection:
            roster.add_refusal(connection, row)
