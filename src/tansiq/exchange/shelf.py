"""What a node shows of its ledgers to a member of their circle, byte by byte as the specifications say.

The same functions stand behind the peer port, behind a bundle and behind two nodes in one process. They read told
disclosures only: what is kept is in a table that nothing here knows.
"""

from __future__ import annotations

from sqlalchemy import Connection

from tansiq.circles.circle import Circle, read_circle
from tansiq.errors import NotFound
from tansiq.exchange.frames import encode_frames
from tansiq.ledger import tiles
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.store import ledgers, roster
from tansiq.store.ledgers import LedgerRow


def circle_of(connection: Connection, ledger: LedgerRow) -> Circle:
    """The circle that a ledger belongs to."""
    for row in roster.circles(connection):
        if row.num == ledger.circle:
            return read_circle(row.descriptor)
    raise NotFound("ledger.not_here", which=ledger.origin)


def visible_ledger(connection: Connection, origin_hash: str, party: str) -> LedgerRow:
    """The ledger with this origin hash, if `party` is in its circle; not found in every other case."""
    ledger = ledgers.ledger_by(connection, hash=origin_hash)
    if party not in circle_of(connection, ledger).parties:
        raise NotFound("ledger.not_here", which=origin_hash)
    return ledger


def head(connection: Connection, ledger: LedgerRow) -> bytes:
    """The newest checkpoint with the receipts that others gave for exactly it."""
    if ledger.head_note is None:
        raise NotFound("ledger.not_here", which=ledger.origin)
    lines = [receipt.line for receipt in ledgers.receipts(connection, ledger.num, size=ledger.head_size)]
    return with_cosignatures(ledger.head_note, lines)


def heads_for(connection: Connection, party: str) -> list[bytes]:
    """The heads of this node's own ledgers that `party` may see, with receipts."""
    shown = {row.num for row in roster.circles(connection) if party in read_circle(row.descriptor).parties}
    return [
        head(connection, ledger)
        for ledger in ledgers.ledgers(connection)
        if ledger.own and ledger.circle in shown and ledger.head_note is not None
    ]


def item(connection: Connection, ledger: LedgerRow, path: str) -> bytes:
    """A tile, entry bundle or disclosure bundle by its path after tlog-tiles; `disclosures/…` like `tile/entries/…`.

    Only what lies under the newest checkpoint is shown, and only at its exact width.
    """
    disclosures = path.removeprefix("disclosures/")
    wanted = tiles.parse_tile_path(f"tile/entries/{disclosures}" if disclosures != path else path)
    level = wanted.level or 0
    start = wanted.index * tiles.TILE_WIDTH
    complete = ledger.head_size >> (8 * level)
    if start + wanted.width > complete:
        raise NotFound("tile.not_here", path=path[:80])
    if disclosures != path:
        told = {row.cause: row for row in ledgers.told_range(connection, ledger.num, start, wanted.width)}
        return encode_frames(
            (told[index].subject, told[index].text.encode("ascii")) if index in told else (index, b"")
            for index in range(start, start + wanted.width)
        )
    if wanted.level is None:
        return tiles.encode_bundle(ledgers.entry_bodies(connection, ledger.num, start, wanted.width))
    return tiles.encode_tile(ledgers.hashes(connection, ledger.num, level, start, wanted.width))
