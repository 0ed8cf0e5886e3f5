"""The thread that fetches from one peer what entries name as attached, behind everything else.

Smallest first, piece by piece, each piece durable. While the peer's heads are being taken in nothing is asked for here,
and pieces grow only as long as each takes less than a second: on a thin line a head waits for 4 KiB at most.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Final

from tansiq.circles.circle import read_circle
from tansiq.errors import MalformedInput, NotAllowed, NotFound, ProofRefused, Refused, Unavailable
from tansiq.exchange import attachments
from tansiq.exchange.attachments import LARGEST_PIECE, LEAST_PIECE, Room, Turns
from tansiq.exchange.changes import Changes
from tansiq.exchange.peer_client import PeerClient
from tansiq.store import blobs, ledgers, roster
from tansiq.store.blobs import BlobRow
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import RefusalRow

PAUSE_S: Final = 0.5
AGAIN_S: Final = 30.0
"""So long a peer that lacks an attachment, or failed at one, is not asked for it again."""

AWAY: Final = frozenset(("peer.unreachable", "peer.hangs"))
AWAY_S: Final = 5.0
QUICK_S: Final = 1.0
TURN_S: Final = 600.0
"""After so long another peer may go on with an attachment that is still not whole."""


class Fetcher(threading.Thread):
    """Fetches from one peer for as long as the node runs. `quiet` says that none of its heads is being taken in."""

    def __init__(
        self,
        database: Database,
        client: PeerClient,
        peer: str,
        changes: Changes,
        clock: Callable[[], int],
        room: Room,
        turns: Turns,
        quiet: Callable[[], bool],
    ) -> None:
        super().__init__(name=f"fetch {peer}", daemon=True)
        self._database = database
        self._client = client
        self._peer = peer
        self._changes = changes
        self._clock = clock
        self._room = room
        self._turns = turns
        self._quiet = quiet
        self._stopping = threading.Event()
        self._later: dict[int, float] = {}
        self._lied: set[int] = set()
        self._noted: set[tuple[int, str]] = set()
        self._piece = LEAST_PIECE

    def stop(self) -> None:
        """End after the piece that is being waited for."""
        self._stopping.set()

    def run(self) -> None:
        """Look for what is lacking, and fetch it, until stopped."""
        while not self._stopping.wait(PAUSE_S):
            try:
                for size, ledger, blob in self._sizes():
                    self._fetch(ledger, blob, size)
            except RuntimeError:
                return  # the client was closed under the wait: the node is stopping
            except Exception as error:  # a full disk must not silence this peer for good
                self._note(Unavailable("peer.not_taken", peer=self._peer, reason=repr(error)[:160]), None, 0)
                self._stopping.wait(AGAIN_S)

    def _lacking(self) -> list[tuple[LedgerRow, BlobRow, str]]:
        """What is lacking of the ledgers that the peer can have, as far as it is worth asking it now."""
        now = time.monotonic()
        with self._database.read() as connection:
            shared = {
                row.num for row in roster.circles(connection) if self._peer in read_circle(row.descriptor).parties
            }
            held = {ledger.num: ledger for ledger in ledgers.ledgers(connection) if ledger.circle in shared}
            return [
                (held[blob.ledger], blob, attachments.path_of(connection, blob))
                for blob in blobs.wanted(connection, list(held))
                if blob.id not in self._lied and self._later.get(blob.id, 0.0) <= now
            ]

    def _sizes(self) -> list[tuple[int, LedgerRow, BlobRow]]:
        """The same with the size of each, smallest first; those that the peer lacks are left for later."""
        found = []
        for ledger, blob, path in self._lacking():
            if self._stopping.is_set():
                break
            try:
                self._wait_for_quiet()
                found.append((attachments.size_at(self._client, ledger, path), ledger, blob))
            except Refused as refused:
                self._put_off(refused, ledger, blob)
                if refused.code in AWAY:
                    self._stopping.wait(AWAY_S)
                    break
        return sorted(found, key=lambda one: (one[0], one[2].id))

    def _fetch(self, ledger: LedgerRow, blob: BlobRow, size: int) -> None:
        with self._turns.turn(blob) as mine:
            if not mine:
                return
            end_of_turn = time.monotonic() + TURN_S
            steps = attachments.fetch(
                self._database, self._client, ledger, blob, size, self._peer, self._room, self._piece
            )
            try:
                began = time.monotonic()
                next(steps, None)
                while not self._stopping.is_set() and time.monotonic() < end_of_turn:
                    self._adapt(time.monotonic() - began)
                    self._wait_for_quiet()
                    began = time.monotonic()
                    steps.send(self._piece)
            except StopIteration:
                pass
            except Refused as refused:
                self._put_off(refused, ledger, blob)
                return
        self._changes.notify()

    def _adapt(self, took_s: float) -> None:
        if took_s < QUICK_S:
            self._piece = min(self._piece * 2, LARGEST_PIECE)
        elif took_s > 4 * QUICK_S:
            self._piece = max(self._piece // 2, LEAST_PIECE)

    def _wait_for_quiet(self) -> None:
        while not self._quiet() and not self._stopping.wait(PAUSE_S / 10):
            pass

    def _put_off(self, refused: Refused, ledger: LedgerRow, blob: BlobRow) -> None:
        """Ask this peer again later, or never again for what it gave wrong by itself."""
        self._later[blob.id] = time.monotonic() + AGAIN_S
        self._piece = LEAST_PIECE
        if isinstance(refused, ProofRefused) and refused.params.get("peer") == self._peer:
            self._lied.add(blob.id)
        if (refused.code.startswith("blob.") and refused.code != "blob.moved_on") or isinstance(
            refused, MalformedInput | NotAllowed | NotFound
        ):
            self._note(refused, ledger.origin, blob.id)

    def _note(self, refused: Refused, origin: str | None, blob: int) -> None:
        """Write a refusal down, once for each attachment."""
        if (blob, refused.code) in self._noted or self._stopping.is_set():
            return
        self._noted.add((blob, refused.code))
        row = RefusalRow(self._clock(), self._peer, origin, refused.code, dict(refused.params))
        with contextlib.suppress(Exception), self._database.write() as connection:
            roster.add_refusal(connection, row)
        self._changes.notify()
