"""The picture in the store: folding new records in, folding everything again, and the digest of the outcome."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from tansiq.ledger import disclosure
from tansiq.picture.projection import (
    Folded,
    Thing,
    Values,
    Version,
    first_state,
    fold,
    object_text,
    projections,
    read_thing,
)
from tansiq.records.entry import Entry, decode_entry, record_key
from tansiq.store import ledgers, pictures
from tansiq.store.ledgers import LedgerRow
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import entry_key

REBUILD_BATCH = 1024
ERASE = "erase"
"""The kind by which the values of an earlier record are erased."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A verified entry with the disclosures that went out with it: `fields` belong to entry `subject`."""

    index: int
    entry: Entry
    subject: int
    fields: Values


def fold_in(connection: Connection, ledger: LedgerRow, records: Iterable[HeldRecord]) -> None:
    """Bring the picture up to date with records of one ledger, in their order, already in the store."""
    known = projections()
    fresh: list[Folded] = []
    later: list[HeldRecord] = []
    for record in records:
        if record.entry.revises is not None:
            later.append(record)
        elif record.entry.type in known:
            fresh.append(first_state(ledger.party, record.index, record.entry, object_text(record.fields), None))
    fold_step(connection, ledger, fresh, later)


def fold_step(connection: Connection, ledger: LedgerRow, fresh: Iterable[Folded], later: Iterable[HeldRecord]) -> None:
    """The same where the things that begin with these records are folded already."""
    new = {one.index: one for one in fresh}
    changed: dict[int, Folded] = {}
    for record in later:
        first = _first_of(connection, ledger, record)
        if first is None or first >= record.index:
            continue
        held = new.get(first) or changed.get(first) or _held(connection, ledger, first)
        if held is None or record.entry.type not in (held.kind, "tell", ERASE):
            continue
        thing = read_thing(held.data)
        if record.entry.type == "tell" and record.subject not in thing.versions:
            continue  # it tells of an entry that is no version of the thing, or nothing at all
        (new if first in new else changed)[first] = _refold(connection, ledger, thing, record)
    pictures.put(connection, _rows(ledger, new.values()), _rows(ledger, changed.values()))


def _first_of(connection: Connection, ledger: LedgerRow, record: HeldRecord) -> int | None:
    """The index of the first entry of the thing that a record revises or tells more of."""
    revises = record.entry.revises
    first = None if revises is None else ledgers.index_of(connection, ledger.num, record_key(revises))
    if first is None or record.entry.type != "tell":
        return first
    # a tell names the very entry whose fields it tells, which may itself be a revision
    told_entry = _entry_at(connection, ledger, record.subject)
    if told_entry.revises is None:
        return first
    found = ledgers.index_of(connection, ledger.num, record_key(told_entry.revises))
    return first if found is None else found


def _entry_at(connection: Connection, ledger: LedgerRow, index: int) -> Entry:
    return decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0])


def _held(connection: Connection, ledger: LedgerRow, index: int) -> Folded | None:
    row = pictures.get(connection, entry_key(ledger.num, index))
    return None if row is None else Folded(index, row.kind, row.at, row.data)


def _rows(ledger: LedgerRow, things: Iterable[Folded]) -> list[PictureRow]:
    base, circle = entry_key(ledger.num, 0), ledger.circle
    return [PictureRow(base + one.index, circle, one.kind, one.at, one.data) for one in things]


def _refold(connection: Connection, ledger: LedgerRow, thing: Thing, record: HeldRecord) -> Folded:
    """The thing with one more entry: a further version of it, or more told of one that is there."""
    what = record.entry.type
    versions = thing.versions if what in ("tell", ERASE) else [*thing.versions, record.index]
    tells = [*thing.tells, record.index] if what == "tell" else thing.tells
    erased = record.index if what == ERASE and thing.erased is None else thing.erased
    fields = told_fields(connection, ledger.num, versions, tells)
    return fold(
        ledger.party,
        [Version(index, _entry_at(connection, ledger, index), fields[index]) for index in versions],
        tells,
        erased,
    )


def told_fields(
    connection: Connection, ledger: int, versions: Sequence[int], tells: Sequence[int]
) -> dict[int, dict[str, msgspec.Raw]]:
    """What has been told of each of these entries, with them or by later tells. Verified when it came in."""
    fields: dict[int, dict[str, msgspec.Raw]] = {index: {} for index in versions}
    for row in ledgers.told_at(connection, ledger, [*versions, *tells]):
        if not row.text:
            continue  # erased
        fields[row.subject].update(disclosure.values(row.text))
    return fields


@dataclass(frozen=True)
class LedgerDigest:
    """What the picture holds from the first `size` entries of a ledger, as one SHA-256 (base64)."""

    origin: str
    size: int
    digest: str


def digests(connection: Connection) -> list[LedgerDigest]:
    """The digest of every ledger's part of the picture, by origin.

    It covers state that follows from records only, so two nodes that hold the same records get the same digest.
    """
    answer = []
    for ledger in ledgers.ledgers(connection):
        rows = pictures.all_rows(connection, entry_key(ledger.num, 0), entry_key(ledger.num + 1, 0))
        answer.append(
            LedgerDigest(
                ledger.origin,
                ledger.size,
                _digest((row.entry - entry_key(ledger.num, 0), row.data) for row in rows),
            )
        )
    return sorted(answer, key=lambda found: found.origin)


def _digest(rows: Iterable[tuple[int, bytes]]) -> str:
    total = hashlib.sha256()
    for index, data in rows:
        total.update(index.to_bytes(8, "big") + len(data).to_bytes(4, "big") + data)
    return base64.b64encode(total.digest()).decode()


def rebuild(connection: Connection) -> None:
    """Forget the picture and fold it again from the ledgers."""
    pictures.clear(connection)
    for ledger in ledgers.ledgers(connection):
        _fold_all(connection, ledger)


def rebuild_ledger(connection: Connection, ledger: LedgerRow) -> None:
    """The same for what follows from one ledger, of which less may count now than before."""
    pictures.drop(connection, entry_key(ledger.num, 0), entry_key(ledger.num + 1, 0))
    _fold_all(connection, ledger)


def _fold_all(connection: Connection, ledger: LedgerRow) -> None:
    end = ledger.size if ledger.bound is None else min(ledger.size, ledger.bound)
    for start in range(0, end, REBUILD_BATCH):
        records = held_records(connection, ledger.num, start, min(REBUILD_BATCH, end - start))
        fold_in(connection, ledger, records)


def held_records(connection: Connection, ledger: int, start: int, count: int) -> list[HeldRecord]:
    """Records as held, read from the store."""
    told = {row.cause: row for row in ledgers.told_range(connection, ledger, start, count)}
    records = []
    for row in ledgers.entries(connection, ledger, start, count):
        out = told.get(row.index)
        fields = disclosure.values(out.text) if out and out.text else {}
        records.append(HeldRecord(row.index, decode_entry(row.body), out.subject if out else row.index, fields))
    return records
