"""Erasing: salts and values of a record are destroyed; its digests stay in the ledger and prove nothing any more.

The party whose record it is says so by an `erase` entry. Every honest node that takes that entry in destroys what it
holds and answers with an `erased` entry of its own. Proofs over the ledger go on to hold, since no value was ever part
of it. Whoever comes later gets the ledger without these values and the erasing entries with their proofs instead.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.errors import MalformedInput
from tansiq.ledger.merkle import MAX_PROOF, inclusion_proof, leaf_hash, verify_inclusion
from tansiq.ledger.note import decode_base64
from tansiq.picture.book import ERASE
from tansiq.picture.projection import read_thing
from tansiq.records.entry import decode_entry, record_id_of, record_key
from tansiq.store import blobs, erasures, ledgers, pictures, search
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import entry_key

MAX_ANSWER: Final = 1 << 24
MAX_ERASURES: Final = 4096


class Erasing(Struct, frozen=True, forbid_unknown_fields=True):
    """An `erase` entry of a ledger with the proof that it stands under the head (base64)."""

    index: Annotated[int, Meta(ge=0)]
    entry: str
    proof: Annotated[list[str], Meta(max_length=MAX_PROOF)]


def forget(connection: Connection, ledger: LedgerRow, record_id: str, cause: int, now_ms: int) -> None:
    """Destroy every value of a record that this node holds; entry `cause` of its ledger says so."""
    rid = record_key(record_id)
    if not erasures.add(connection, ledger.num, rid, cause, now_ms):
        return
    first = ledgers.index_of(connection, ledger.num, rid)
    row = None if first is None else pictures.get(connection, entry_key(ledger.num, first))
    if row is None:
        return
    search.remove(connection, [row.entry])
    thing = read_thing(row.data)
    ledgers.forget_told(connection, ledger.num, [*thing.versions, *thing.tells], thing.versions)
    for index in thing.versions:
        ledgers.set_kept(connection, ledger.num, index, "")
    for index in (*thing.versions, *thing.tells):
        named = decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0]).blobs
        blobs.destroy(connection, ledger.num, named)


def overwrite(database: Database) -> None:
    """Write the index of words anew where erased words stand crossed out in it, and bring the erased pages home from
    the write-ahead log, where their old bytes would stay.
    """
    more = True
    while more:  # in steps, between which others write
        with database.write() as connection:
            more = search.purge(connection)
    database.checkpoint()


def erasings(connection: Connection, ledger: LedgerRow) -> bytes:
    """What stands in place of erased values: the erasing entries and their proofs under the shown head, JSON."""
    read = reader(connection, ledger.num)
    answer = []
    for row in erasures.of(connection, ledger.num):
        if row.entry >= ledger.out_size:
            continue
        body = ledgers.entry_bodies(connection, ledger.num, row.entry, 1)[0]
        path = inclusion_proof(read, row.entry, ledger.out_size)
        proof = [base64.b64encode(part).decode() for part in path]
        answer.append(Erasing(row.entry, base64.b64encode(body).decode(), proof))
    return msgspec.json.encode(answer)


def erased_ids(data: bytes, size: int, root: bytes) -> frozenset[str]:
    """The ids of the records that proven entries under (size, root) erase; a proof that does not hold is refused."""
    try:
        found = msgspec.json.decode(data, type=Annotated[list[Erasing], Meta(max_length=MAX_ERASURES)])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedInput("erasure.malformed", reason=str(error)[:160]) from error
    ids = set()
    for one in found:
        body = decode_base64(one.entry)
        parts = [decode_base64(part) for part in one.proof]
        if body is None or any(part is None for part in parts):
            raise MalformedInput("erasure.malformed", reason="base64")
        verify_inclusion(leaf_hash(body), one.index, size, [part for part in parts if part is not None], root)
        entry = decode_entry(body)
        if entry.type == ERASE and entry.revises is not None:
            ids.add(entry.revises)
    return frozenset(ids)


def erased_here(connection: Connection, ledger: int) -> frozenset[str]:
    """The ids of this ledger's records that are erased here already."""
    return frozenset(record_id_of(row.rid) for row in erasures.of(connection, ledger))


def erases(records: Iterable[tuple[int, bytes]]) -> list[tuple[int, str]]:
    """Of (index, bytes) the entries that erase: index and the record's id."""
    found = []
    for index, body in records:
        entry = decode_entry(body)
        if entry.type == ERASE and entry.revises is not None:
            found.append((index, entry.revises))
    return found


def reader(connection: Connection, num: int) -> Callable[[int, int, int], list[bytes]]:
    """Hashes of a held ledger's tree (`merkle.HashReader`)."""
    return lambda level, start, count: ledgers.hashes(connection, num, level, start, count)
