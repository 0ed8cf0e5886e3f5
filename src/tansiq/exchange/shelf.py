"""What a node shows of its ledgers to a member of their circle, byte by byte as the specifications say.

The same functions stand behind the peer port, behind a bundle and behind two nodes in one process. They read told
disclosures only: what is kept is in a table that nothing here knows.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec
from sqlalchemy import Connection

from tansiq.circles.circle import read_circle
from tansiq.errors import NotFound
from tansiq.exchange import attachments
from tansiq.exchange.erasure import erasings, reader
from tansiq.exchange.frames import SPAN_BUNDLES, encode_frames, encode_pairs
from tansiq.exchange.notices import circle_of
from tansiq.ledger import tiles
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.growth import Growth
from tansiq.ledger.note import parse
from tansiq.records.entry import decode_entry, record_key
from tansiq.store import blobs, cosigned, ledgers, roster
from tansiq.store.blobs import BlobState
from tansiq.store.ledgers import LedgerRow

_NUMBER: Final = re.compile(r"[0-9]{1,12}")


def visible_ledger(connection: Connection, origin_hash: str, party: str) -> LedgerRow:
    """The ledger with this origin hash, if `party` is in its circle; not found in every other case."""
    ledger = ledgers.ledger_by(connection, hash=origin_hash)
    if party not in circle_of(connection, ledger).parties:
        raise NotFound("ledger.not_here", which=origin_hash)
    return ledger


def head(connection: Connection, ledger: LedgerRow) -> bytes:
    """The newest checkpoint with the receipts and cosignatures that others gave for exactly it."""
    if ledger.out_note is None:
        raise NotFound("ledger.not_here", which=ledger.origin)
    lines = [receipt.line for receipt in ledgers.receipts(connection, ledger.num, size=ledger.out_size)]
    lines += [row.line for row in cosigned.at(connection, ledger.num, ledger.out_size)]
    return with_cosignatures(ledger.out_note, lines)


def held_head(connection: Connection, ledger: LedgerRow, size: int) -> bytes | None:
    """The kept checkpoint over the first `size` entries as they are held here.

    Not whatever checkpoint of that size was kept: after a fork one of another history is kept as evidence too.
    """
    notes = ledgers.checkpoint_notes(connection, ledger.num, size, size)
    if not notes:
        return None
    root = Growth.load(reader(connection, ledger.num), size).root()
    return next((note for note in notes if parse_body(parse(note).text).root == root), None)


def heads_for(connection: Connection, party: str) -> list[bytes]:
    """The heads of every ledger that `party` may see, with receipts: own ones, and the others' as a relay."""
    shown = {row.num for row in roster.circles(connection) if party in read_circle(row.descriptor).parties}
    return [
        head(connection, ledger)
        for ledger in ledgers.ledgers(connection)
        if ledger.circle in shown and ledger.out_note is not None
    ]


def item(connection: Connection, ledger: LedgerRow, path: str) -> bytes:
    """A tile, entry bundle, disclosure bundle or span by its path after tlog-tiles.

    `disclosures/…` is named like `tile/entries/…`; `span/<first bundle>/<end index>` is several of both in one
    answer, for catching up; `erasures` proves why values are missing, `blob/<record>/<SHA-256>` is an attachment, with
    `/size` and `/<start>-<end>` behind it how large it is and a piece of it, and
    `missing-blobs` which of them this node lacks.
    Only what lies under the newest checkpoint is shown.
    """
    if path == "erasures":
        return erasings(connection, ledger)
    if path == "missing-blobs" or path.startswith("blob/"):
        return _blob(connection, ledger, path)
    if path.startswith("span/"):
        return _span(connection, ledger, path)
    framed = path.removeprefix("disclosures/")
    wanted = tiles.parse_tile_path(f"tile/entries/{framed}" if framed != path else path)
    level = wanted.level or 0
    start = wanted.index * tiles.TILE_WIDTH
    if start + wanted.width > ledger.out_size >> (8 * level):
        raise NotFound("tile.not_here", path=path[:80])
    if framed != path:
        return disclosures(connection, ledger, start, wanted.width)
    if wanted.level is None:
        return _entries(connection, ledger, start, wanted.width)
    return tiles.encode_tile(ledgers.hashes(connection, ledger.num, level, start, wanted.width))


def _entries(connection: Connection, ledger: LedgerRow, start: int, width: int) -> bytes:
    return tiles.encode_bundle(ledgers.entry_bodies(connection, ledger.num, start, width))


def disclosures(connection: Connection, ledger: LedgerRow, start: int, width: int) -> bytes:
    """The frames of what was told with entries [start, start + width)."""
    told = {cause: (subject, text) for cause, subject, text in ledgers.told_bytes(connection, ledger.num, start, width)}
    return encode_frames(told.get(index, (index, b"")) for index in range(start, start + width))


def _blob(connection: Connection, ledger: LedgerRow, path: str) -> bytes:
    """A blob that a shown entry of this ledger names: a digest alone opens nothing."""
    if path == "missing-blobs":
        return msgspec.json.encode(attachments.missing(connection, ledger))
    record, _, rest = path.removeprefix("blob/").partition("/")
    digest, slash, part = rest.partition("/")
    index = ledgers.index_of(connection, ledger.num, record_key(record))
    if index is not None and index < ledger.out_size:
        entry = decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0])
        blob = (
            blobs.find(connection, ledger.num, digest) if digest in entry.blobs and bool(slash) == bool(part) else None
        )
        if blob is not None and blob.state is BlobState.HELD:
            return attachments.serve(connection, blob, part)
    raise NotFound("tile.not_here", path=path[:80])


def parse_span_path(path: str) -> range:
    """Where the bundles of `span/<first bundle>/<end index>` begin, up to its end; not found where it is none."""
    words = path.split("/")
    if len(words) != 3 or words[0] != "span" or not all(_NUMBER.fullmatch(word) for word in words[1:]):
        raise NotFound("tile.not_here", path=path[:80])
    starts = range(int(words[1]) * tiles.TILE_WIDTH, int(words[2]), tiles.TILE_WIDTH)
    if not 0 < len(starts) <= SPAN_BUNDLES:
        raise NotFound("tile.not_here", path=path[:80])
    return starts


def _span(connection: Connection, ledger: LedgerRow, path: str) -> bytes:
    starts = parse_span_path(path)
    end = starts.stop
    if end > ledger.out_size:
        raise NotFound("tile.not_here", path=path[:80])
    return encode_pairs(
        (_entries(connection, ledger, start, width), disclosures(connection, ledger, start, width))
        for start in starts
        for width in [min(tiles.TILE_WIDTH, end - start)]
    )
