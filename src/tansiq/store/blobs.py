"""Rows of blobs: what the entries of a ledger name as attached, and as much of it as is here, in parts.

Nothing here reads more of a blob than it is asked for, and nothing checks a digest: `exchange.attachments` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from tansiq.store import schema

OFFSET_BITS: Final = 26
"""Of the key of a part; no blob is as large as that."""

PART: Final = 1 << 18


class BlobState(IntEnum):
    """Whether a blob is on its way, here and checked, or erased for good."""

    WANTED = 0
    HELD = 1
    GONE = 2


@dataclass(frozen=True)
class BlobRow:
    """A blob that entry `entry` of ledger number `ledger` names; `size` is 0 while nobody has said it."""

    id: int
    ledger: int
    digest: str
    entry: int
    size: int
    received: int
    state: BlobState
    source: str | None
    alone: bool


def name(connection: Connection, ledger: int, entry: int, digests: Iterable[str], state: BlobState) -> None:
    """Note that an entry names these blobs; one that an earlier entry of the ledger named stays as it is."""
    table = schema.blob
    for digest in dict.fromkeys(digests):
        if find(connection, ledger, digest) is None:
            values = {"ledger": ledger, "digest": digest, "entry": entry, "size": 0, "received": 0}
            connection.execute(table.insert().values(**values, state=state, source=None, alone=0))


def put(connection: Connection, ledger: int, entry: int, digest: str, data: bytes) -> None:
    """Keep a whole blob of one's own."""
    name(connection, ledger, entry, [digest], BlobState.WANTED)
    row = find(connection, ledger, digest)
    assert row is not None  # noqa: S101 - for the type checker: it was just put there
    for start in range(0, len(data), PART):
        _insert(connection, row.id, start, data[start : start + PART])
    values = {"size": len(data), "received": len(data), "state": BlobState.HELD}
    connection.execute(update(schema.blob).where(schema.blob.c.id == row.id).values(**values))


def find(connection: Connection, ledger: int, digest: str) -> BlobRow | None:
    """The blob of this digest that an entry of the ledger names."""
    table = schema.blob
    found = connection.execute(select(table).where(table.c.ledger == ledger, table.c.digest == digest)).first()
    return None if found is None else _row(found)


def wanted(connection: Connection, ledgers: Sequence[int]) -> list[BlobRow]:
    """What is on its way of these ledgers, in the order of its entries."""
    table = schema.blob
    query = select(table).where(table.c.state == BlobState.WANTED, table.c.ledger.in_(ledgers)).order_by(table.c.id)
    return [_row(found) for found in connection.execute(query)]


def named(connection: Connection, ledger: int, start: int, end: int) -> list[BlobRow]:
    """What the entries [start, end) of a ledger name, in their order."""
    table = schema.blob
    where = (table.c.ledger == ledger, table.c.entry >= start, table.c.entry < end)
    return [
        _row(found) for found in connection.execute(select(table).where(*where).order_by(table.c.entry, table.c.digest))
    ]


def stored(connection: Connection, ledger: int) -> int:
    """How many bytes of blobs of a ledger are here, whole or in part."""
    total = select(func.sum(schema.blob.c.received)).where(schema.blob.c.ledger == ledger)
    return int(connection.execute(total).scalar() or 0)


def counts(connection: Connection) -> list[int]:
    """How many are on their way, here, erased."""
    table = schema.blob
    found = connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all()
    by_state = {int(row[0]): int(row[1]) for row in found}
    return [by_state.get(state, 0) for state in BlobState]


def read(connection: Connection, blob: BlobRow, start: int, end: int) -> bytes:
    """The bytes [start, end) of what is here of a blob."""
    pieces = []
    for at, data in _parts(connection, blob.id, start, end):
        pieces.append(data[max(0, start - at) : end - at])
    return b"".join(pieces)


def pieces(connection: Connection, blob: BlobRow) -> Iterator[bytes]:
    """All that is here of a blob, part by part."""
    return (data for _, data in _parts(connection, blob.id, 0, blob.received))


def begin(connection: Connection, blob: BlobRow, size: int, source: str) -> None:
    """Begin anew to receive a blob of `size` bytes; what was here of it goes."""
    _drop_parts(connection, blob.id)
    values = {"size": size, "received": 0, "source": source}
    connection.execute(update(schema.blob).where(schema.blob.c.id == blob.id).values(**values))


def add_part(connection: Connection, blob: BlobRow, data: bytes, source: str) -> None:
    """Append to what is here of a blob."""
    _insert(connection, blob.id, blob.received, data)
    values = {"received": blob.received + len(data), "source": source if blob.source == source else None}
    connection.execute(update(schema.blob).where(schema.blob.c.id == blob.id).values(**values))


def keep(connection: Connection, blob: BlobRow) -> None:
    """It is whole, and it is what was named."""
    connection.execute(update(schema.blob).where(schema.blob.c.id == blob.id).values(state=BlobState.HELD))


def throw_away(connection: Connection, blob: BlobRow, *, alone: bool) -> None:
    """What came is not what was named: it goes, and is wanted as before."""
    _drop_parts(connection, blob.id)
    values = {"size": 0, "received": 0, "source": None, "alone": int(alone)}
    connection.execute(update(schema.blob).where(schema.blob.c.id == blob.id).values(**values))


def destroy(connection: Connection, ledger: int, digests: Iterable[str]) -> None:
    """Destroy blobs for good: they are never asked for again."""
    for digest in digests:
        row = find(connection, ledger, digest)
        if row is not None:
            _drop_parts(connection, row.id)
            values = {"received": 0, "state": BlobState.GONE, "source": None}
            connection.execute(update(schema.blob).where(schema.blob.c.id == row.id).values(**values))


def cut(connection: Connection, ledger: int, size: int) -> None:
    """Forget what only entries from index `size` on name."""
    table = schema.blob
    where = (table.c.ledger == ledger, table.c.entry >= size)
    for number in connection.execute(select(table.c.id).where(*where)).scalars().all():
        _drop_parts(connection, number)
    connection.execute(table.delete().where(*where))


def _row(found: Row[Any]) -> BlobRow:
    return BlobRow(
        found.id,
        found.ledger,
        found.digest,
        found.entry,
        found.size,
        found.received,
        BlobState(found.state),
        found.source,
        bool(found.alone),
    )


def _insert(connection: Connection, blob: int, start: int, data: bytes) -> None:
    connection.execute(schema.blob_part.insert().values(id=blob << OFFSET_BITS | start, data=data))


def _parts(connection: Connection, blob: int, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of the parts that touch [start, end), one at a time."""
    table = schema.blob_part
    base = blob << OFFSET_BITS
    first = select(func.max(table.c.id)).where(table.c.id >= base, table.c.id <= base | start)
    at = connection.execute(first).scalar()
    while at is not None and at < base | end:
        data = connection.execute(select(table.c.data).where(table.c.id == at)).scalar()
        if not data:
            return
        yield at - base, data
        at += len(data)


def _drop_parts(connection: Connection, blob: int) -> None:
    table = schema.blob_part
    low, high = blob << OFFSET_BITS, (blob + 1) << OFFSET_BITS
    connection.execute(table.delete().where(table.c.id >= low, table.c.id < high))
