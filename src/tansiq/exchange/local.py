"""Reading from another store on the same machine: the demo's set-up and tests exchange without a network.

The bytes and the checks are those of the peer port and of intake; only the wire is missing.
"""

from __future__ import annotations

from tansiq.circles.circle import Circle
from tansiq.circles.keyring import Keyring
from tansiq.errors import MalformedInput
from tansiq.exchange import attachments, notices, shelf
from tansiq.exchange.intake import take_head, take_receipt
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.store import ledgers
from tansiq.store.database import Database


class LocalSource:
    """A store as seen by `reader`. A `Source` for intake."""

    def __init__(self, database: Database, reader: str) -> None:
        self._database = database
        self._reader = reader

    def shown(self) -> tuple[list[bytes], list[bytes]]:
        """The heads and the notices that the reader may see."""
        with self._database.read() as connection:
            found = [row.data for row in notices.shown_to(connection, self._reader)]
            return shelf.heads_for(connection, self._reader), found

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger."""
        with self._database.read() as connection:
            ledger = shelf.visible_ledger(connection, origin_hash, self._reader)
            data = shelf.item(connection, ledger, path)
        if len(data) > limit:
            raise MalformedInput("peer.too_large", peer=ledger.party, limit=limit)
        return data


def pull_all(source: Database, target: Database, keyring: Keyring, now_ms: int) -> int:
    """Take everything that `source` shows to the party of `keyring` into `target`, hand receipts back; new entries."""
    entries = 0
    shown = LocalSource(source, keyring.party)
    heads, files = shown.shown()
    with target.write() as connection:
        for data in files:
            notices.take_notice(connection, data, "", now_ms)
    for note in heads:
        origin = note.split(b"\n", 1)[0].decode()
        with target.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=origin)
            circle: Circle = notices.circle_of(connection, ledger)
        taken = take_head(target, circle, ledger, note, shown, keyring, now_ms)
        entries += taken.entries
        if taken.own_receipt:
            with source.read() as connection:
                theirs = ledgers.ledger_by(connection, origin=origin)
            take_receipt(source, circle, theirs, with_cosignatures(note, taken.own_receipt.splitlines()))
    with target.read() as connection:
        held = ledgers.ledgers(connection)
    attachments.fetch_all(target, shown, held, "", attachments.Room())
    return entries
