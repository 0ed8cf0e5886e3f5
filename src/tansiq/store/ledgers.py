"""Rows of ledgers: entries, tree nodes, disclosures, checkpoints, receipts. Every function takes a connection."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from tansiq.errors import Conflict, NotFound
from tansiq.store import blobs, schema
from tansiq.store.schema import INDEX_MASK, LEVEL_BITS, entry_key, node_key

TILE = 256
HASH = 32
LOT = 500
"""Rows that are asked for by their keys at once."""
ENTRY_INSERT = "INSERT INTO entry (id, ledger, rid, received, hash, body) VALUES (?, ?, ?, ?, ?, ?)"
TOLD_INSERT = "INSERT INTO told (id, subject, text) VALUES (?, ?, ?)"


@dataclass(frozen=True)
class LedgerRow:
    """A ledger as held: `size` entries, newest verified checkpoint `head_note` over `head_size`."""

    num: int
    origin: str
    hash: str
    party: str
    circle: int
    own: bool
    size: int
    head_size: int
    head_root: bytes
    head_note: bytes | None
    head_at: int | None
    shown_size: int = 0
    shown_note: bytes | None = None
    urgent: bool = False
    frozen: bool = False
    sealed: int | None = None
    bound: int | None = None

    @property
    def out_size(self) -> int:
        """How many entries others may see."""
        return self.shown_size if self.own else self.head_size

    @property
    def out_note(self) -> bytes | None:
        """The newest head that others may see."""
        return self.shown_note if self.own else self.head_note


@dataclass(frozen=True)
class EntryRow:
    """An entry as held: its index, leaf hash, bytes and when it came (ms)."""

    index: int
    hash: bytes
    body: bytes
    received: int


@dataclass(frozen=True)
class ToldRow:
    """Disclosures that went out with entry `cause` and belong to entry `subject`."""

    cause: int
    subject: int
    text: str


@dataclass(frozen=True)
class ReceiptRow:
    """`party` held the first `size` entries at `at` (seconds); `line` is its cosignature line."""

    party: str
    size: int
    at: int
    line: str


_COLUMNS = [one.name for one in fields(LedgerRow)]
_FLAGS = [_COLUMNS.index(name) for name in ("own", "urgent", "frozen")]


def _ledger(row: Row[Any]) -> LedgerRow:
    values = list(row)
    for at in _FLAGS:
        values[at] = bool(values[at])
    return LedgerRow(*values)


@cache
def _ledgers_with(*columns: str) -> str:
    """The query for ledgers by these columns, made once: everything that a node does begins with it."""
    where = " AND ".join(f"{schema.ledger.c[name].name} = ?" for name in columns)
    found = f"SELECT {', '.join(_COLUMNS)} FROM ledger"  # noqa: S608 - our own column names
    return f"{found} WHERE {where} ORDER BY num" if columns else f"{found} ORDER BY num"


def add_ledger(
    connection: Connection, *, origin: str, origin_hash: str, party: str, circle: int, own: bool, root: bytes
) -> int:
    """A new, empty ledger; answers its number."""
    result = connection.execute(
        schema.ledger.insert().values(
            origin=origin,
            hash=origin_hash,
            party=party,
            circle=circle,
            own=int(own),
            size=0,
            head_size=0,
            head_root=root,
        )
    )
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - a single-row insert always has one
    return int(key[0])


def ledgers(connection: Connection, circle: int | None = None) -> list[LedgerRow]:
    """Every ledger held, of one circle or of all, in the order in which they were opened."""
    query = _ledgers_with() if circle is None else _ledgers_with("circle")
    return [_ledger(row) for row in connection.exec_driver_sql(query, () if circle is None else (circle,))]


def ledger_by(connection: Connection, **where: str | int) -> LedgerRow:
    """The ledger with this `origin`, `hash` or `num`; not found otherwise."""
    row = connection.exec_driver_sql(_ledgers_with(*where), tuple(where.values())).one_or_none()
    if row is None:
        raise NotFound("ledger.not_here", which=str(next(iter(where.values())))[:120])
    return _ledger(row)


def ledger_of(connection: Connection, circle: int, party: str) -> LedgerRow:
    """The ledger of `party` in circle number `circle`."""
    return ledger_by(connection, circle=circle, party=party)


def set_progress(connection: Connection, ledger: int, size: int) -> None:
    """So many entries are held now."""
    connection.execute(update(schema.ledger).where(schema.ledger.c.num == ledger).values(size=size))


def set_head(connection: Connection, ledger: int, size: int, root: bytes, note: bytes, at: int) -> None:
    """The newest verified checkpoint; it is kept verbatim as well."""
    connection.execute(
        update(schema.ledger)
        .where(schema.ledger.c.num == ledger)
        .values(head_size=size, head_root=root, head_note=note, head_at=at)
    )
    keep_checkpoint(connection, ledger, size, note, at)


def set_shown(connection: Connection, ledger: int, size: int, note: bytes) -> None:
    """From now on others see so much of an own ledger."""
    connection.execute(
        update(schema.ledger).where(schema.ledger.c.num == ledger).values(shown_size=size, shown_note=note, urgent=0)
    )


def set_state(connection: Connection, ledger: int, **state: int) -> None:
    """Set `urgent`, `frozen`, `sealed` or `bound` of a ledger."""
    connection.execute(update(schema.ledger).where(schema.ledger.c.num == ledger).values(**state))


def cut(connection: Connection, ledger: int, size: int) -> None:
    """Forget every entry from index `size` on, with what hangs on it."""
    first, end = entry_key(ledger, size), entry_key(ledger + 1, 0)
    for table in ("entry", "told", "kept"):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE id >= ? AND id < ?", (first, end))  # noqa: S608 - our own table names
    for level in range(1 << LEVEL_BITS):
        # at level 0 stand the leaf hashes of whole tiles, as many as there are nodes at level 1
        low, high = node_key(ledger, level, size >> (8 * max(1, level))), node_key(ledger, level + 1, 0)
        connection.exec_driver_sql("DELETE FROM node WHERE id >= ? AND id < ?", (low, high))
    blobs.cut(connection, ledger, size)
    set_progress(connection, ledger, size)


def set_back(connection: Connection, ledger: int, size: int, root: bytes, note: bytes | None) -> None:
    """Let an own ledger end at a smaller head again, with what lies beyond it cut off."""
    cut(connection, ledger, size)
    connection.execute(
        update(schema.ledger)
        .where(schema.ledger.c.num == ledger)
        .values(head_size=size, head_root=root, head_note=note, urgent=0)
    )


def drop_checkpoint(connection: Connection, ledger: int, size: int, note: bytes) -> None:
    """Forget one kept checkpoint."""
    table = schema.checkpoint
    connection.execute(table.delete().where(table.c.ledger == ledger, table.c.size == size, table.c.note == note))


def keep_checkpoint(connection: Connection, ledger: int, size: int, note: bytes, at: int) -> None:
    """Keep a signed checkpoint as it came, once."""
    table = schema.checkpoint
    known = select(table.c.id).where(table.c.ledger == ledger, table.c.size == size, table.c.note == note)
    if connection.execute(known).first() is None:
        connection.execute(table.insert().values(ledger=ledger, size=size, note=note, received=at))


def checkpoint_note(connection: Connection, ledger: int, size: int) -> bytes | None:
    """The checkpoint over exactly `size` entries that was kept first: a later one of another root proves a fork."""
    table = schema.checkpoint
    query = select(table.c.note).where(table.c.ledger == ledger, table.c.size == size).order_by(table.c.id).limit(1)
    return connection.execute(query).scalar()


def largest_checkpoint(connection: Connection, ledger: int) -> int:
    """The size of the largest kept checkpoint, 0 where none is."""
    table = schema.checkpoint
    return int(connection.execute(select(func.max(table.c.size)).where(table.c.ledger == ledger)).scalar() or 0)


_CHECKPOINTS = (
    select(schema.checkpoint.c.note)
    .where(
        schema.checkpoint.c.ledger == bindparam("in_ledger"),
        schema.checkpoint.c.size >= bindparam("first"),
        schema.checkpoint.c.size <= bindparam("last"),
    )
    .order_by(schema.checkpoint.c.size, schema.checkpoint.c.id)
)


def checkpoint_notes(connection: Connection, ledger: int, first: int, last: int) -> list[bytes]:
    """Every kept checkpoint over `first` to `last` entries, the smallest first."""
    values = {"in_ledger": ledger, "first": first, "last": last}
    return list(connection.execute(_CHECKPOINTS, values).scalars())


def add_entries(
    connection: Connection,
    ledger: int,
    start: int,
    rows: Iterable[tuple[bytes, bytes, bytes]],
    received: int,
) -> None:
    """Entries (record id, leaf hash, bytes) from index `start` on. A record id that is there already is refused."""
    base = entry_key(ledger, start)
    values = [(base + offset, ledger, rid, received, leaf, body) for offset, (rid, leaf, body) in enumerate(rows)]
    if not values:
        return
    try:
        connection.exec_driver_sql(ENTRY_INSERT, values)
    except IntegrityError as error:
        raise Conflict("entry.repeated_id", index=start) from error


def add_nodes(connection: Connection, ledger: int, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Hashes of complete subtrees: (tile level from 1 up, index, hash); the entries under them are in the store.

    The leaf hashes of every full tile are kept together as well: a proof needs all 256 of them, and they lie beside
    their entries over half a megabyte.
    """
    values = [(node_key(ledger, level, index), value) for level, index, value in nodes]
    for level, index, _ in nodes:
        if level == 1:
            leaves = _leaf_rows(connection, ledger, index * TILE, TILE)
            values.append((node_key(ledger, 0, index), b"".join(leaves)))
    if values:
        connection.exec_driver_sql("INSERT INTO node (id, hash) VALUES (?, ?)", values)


def hashes(connection: Connection, ledger: int, level: int, start: int, count: int) -> list[bytes]:
    """`count` hashes of tile level `level` from `start` on: leaf hashes at level 0, subtrees above."""
    if level == 0:
        return _leaves(connection, ledger, start, count)
    first, query = node_key(ledger, level, start), "SELECT hash FROM node WHERE id >= ? AND id < ? ORDER BY id"
    return list(connection.exec_driver_sql(query, (first, first + count)).scalars())


def _leaves(connection: Connection, ledger: int, start: int, count: int) -> list[bytes]:
    """Leaf hashes, from full tiles where they are kept; from the entries in the last tile and in older stores."""
    found: list[bytes] = []
    while count > 0:
        tile, skip = divmod(start, TILE)
        take = min(count, TILE - skip)
        query = "SELECT hash FROM node WHERE id = ?"
        whole = connection.exec_driver_sql(query, (node_key(ledger, 0, tile),)).scalar()
        if whole is None:
            found += _leaf_rows(connection, ledger, start, take)
        else:
            found += [whole[at : at + HASH] for at in range(skip * HASH, (skip + take) * HASH, HASH)]
        start, count = start + take, count - take
    return found


def _leaf_rows(connection: Connection, ledger: int, start: int, count: int) -> list[bytes]:
    first, query = entry_key(ledger, start), "SELECT hash FROM entry WHERE id >= ? AND id < ? ORDER BY id"
    return list(connection.exec_driver_sql(query, (first, first + count)).scalars())


def entries(connection: Connection, ledger: int, start: int, count: int) -> list[EntryRow]:
    """Entries from `start` on, at most `count`."""
    first = entry_key(ledger, start)
    rows = connection.exec_driver_sql(
        "SELECT id, hash, body, received FROM entry WHERE id >= ? AND id < ? ORDER BY id",
        (first, first + count),
    )
    return [EntryRow(row[0] & INDEX_MASK, row[1], row[2], row[3]) for row in rows]


def entry_bodies(connection: Connection, ledger: int, start: int, count: int) -> list[bytes]:
    """The bytes of entries from `start` on, at most `count`."""
    first = entry_key(ledger, start)
    query = "SELECT body FROM entry WHERE id >= ? AND id < ? ORDER BY id"
    return list(connection.exec_driver_sql(query, (first, first + count)).scalars())


def bodies_at(connection: Connection, ledger: int, indexes: Sequence[int]) -> dict[int, bytes]:
    """The bytes of exactly these entries, by index."""
    found: dict[int, bytes] = {}
    for start in range(0, len(indexes), LOT):
        keys = tuple(entry_key(ledger, index) for index in indexes[start : start + LOT])
        places = ", ".join("?" * len(keys))
        rows = connection.exec_driver_sql(f"SELECT id, body FROM entry WHERE id IN ({places})", keys)  # noqa: S608 - question marks
        found.update((row[0] & INDEX_MASK, row[1]) for row in rows)
    return found


def entries_naming(connection: Connection, ledger: int, text: bytes) -> list[EntryRow]:
    """The entries in whose bytes `text` stands; every entry is looked through."""
    first = entry_key(ledger, 0)
    rows = connection.exec_driver_sql(
        "SELECT id, hash, body, received FROM entry WHERE id >= ? AND id <= ? AND instr(body, ?) > 0 ORDER BY id",
        (first, first | INDEX_MASK, text),
    )
    return [EntryRow(row[0] & INDEX_MASK, row[1], row[2], row[3]) for row in rows]


def index_of(connection: Connection, ledger: int, rid: bytes) -> int | None:
    """The index of the entry with this record id, None where this ledger holds none."""
    query = select(schema.entry.c.id).where(schema.entry.c.ledger == ledger, schema.entry.c.rid == rid)
    key = connection.execute(query).scalar()
    return None if key is None else key & INDEX_MASK


def add_told(connection: Connection, ledger: int, rows: Iterable[tuple[int, int, bytes]]) -> None:
    """Disclosures (cause, subject, `~`-joined text)."""
    values = [(entry_key(ledger, cause), subject, text) for cause, subject, text in rows]
    if values:
        connection.exec_driver_sql(TOLD_INSERT, values)


def told_bytes(connection: Connection, ledger: int, start: int, count: int) -> list[tuple[int, int, bytes]]:
    """Disclosures (cause, subject, text) that went out with entries from `start` on, as they are kept."""
    first = entry_key(ledger, start)
    rows = connection.exec_driver_sql(
        "SELECT id, subject, text FROM told WHERE id >= ? AND id < ? ORDER BY id", (first, first + count)
    )
    return [(row[0] & INDEX_MASK, row[1], row[2]) for row in rows]


def told_range(connection: Connection, ledger: int, start: int, count: int) -> list[ToldRow]:
    """Disclosures that went out with entries from `start` on."""
    rows = told_bytes(connection, ledger, start, count)
    return [ToldRow(cause, subject, text.decode("ascii")) for cause, subject, text in rows]


def told_at(connection: Connection, ledger: int, causes: Iterable[int]) -> list[ToldRow]:
    """Disclosures that went out with exactly these entries, in their order."""
    keys = sorted(entry_key(ledger, cause) for cause in causes)
    found: list[ToldRow] = []
    for start in range(0, len(keys), LOT):
        lot = tuple(keys[start : start + LOT])
        query = f"SELECT id, subject, text FROM told WHERE id IN ({', '.join('?' * len(lot))}) ORDER BY id"  # noqa: S608 - question marks
        rows = connection.exec_driver_sql(query, lot)
        found += [ToldRow(row[0] & INDEX_MASK, row[1], row[2].decode("ascii")) for row in rows]
    return found


def forget_told(connection: Connection, ledger: int, causes: Iterable[int], subjects: Iterable[int]) -> None:
    """Destroy the disclosures of entries `subjects` that went out with entries `causes`; their places stay."""
    keys = [entry_key(ledger, cause) for cause in causes]
    table = schema.told
    where = (table.c.id.in_(keys), table.c.subject.in_(list(subjects)))
    connection.execute(update(table).where(*where).values(text=b""))


def add_kept(connection: Connection, ledger: int, rows: Iterable[tuple[int, str]]) -> None:
    """Disclosures of new own entries that stay here (index, `~`-joined text)."""
    values = [(entry_key(ledger, index), text.encode("ascii")) for index, text in rows]
    if values:
        connection.exec_driver_sql("INSERT INTO kept (id, text) VALUES (?, ?)", values)


def set_kept(connection: Connection, ledger: int, index: int, text: str) -> None:
    """The disclosures of own entry `index` that stay here; none left when `text` is empty."""
    key = entry_key(ledger, index)
    connection.execute(schema.kept.delete().where(schema.kept.c.id == key))
    if text:
        connection.execute(schema.kept.insert().values(id=key, text=text.encode("ascii")))


def kept_at(connection: Connection, ledger: int, indexes: Iterable[int]) -> dict[int, str]:
    """What stays here of these own entries, by index."""
    keys = json.dumps([entry_key(ledger, index) for index in indexes])
    query = "SELECT id, text FROM kept WHERE id IN (SELECT value FROM json_each(?))"
    return {key & INDEX_MASK: text.decode("ascii") for key, text in connection.exec_driver_sql(query, (keys,))}


def add_receipt(connection: Connection, ledger: int, receipt: ReceiptRow) -> bool:
    """Keep a receipt; answers whether it is new. The first one for a size stays: it is the better proof."""
    table = schema.receipt
    known = select(table.c.id).where(
        table.c.ledger == ledger, table.c.party == receipt.party, table.c.size == receipt.size
    )
    if connection.execute(known).first() is not None:
        return False
    connection.execute(
        table.insert().values(ledger=ledger, party=receipt.party, size=receipt.size, at=receipt.at, line=receipt.line)
    )
    return True


_RECEIPTS = (
    select(schema.receipt)
    .where(schema.receipt.c.ledger == bindparam("in_ledger"), schema.receipt.c.size > bindparam("covering"))
    .order_by(schema.receipt.c.at, schema.receipt.c.id)
)
_RECEIPTS_OF_SIZE = _RECEIPTS.where(schema.receipt.c.size == bindparam("exactly"))


def receipts(connection: Connection, ledger: int, *, covering: int = 0, size: int | None = None) -> list[ReceiptRow]:
    """Receipts over more than `covering` entries (or exactly `size`), oldest first."""
    values = {"in_ledger": ledger, "covering": covering, **({} if size is None else {"exactly": size})}
    rows = connection.execute(_RECEIPTS if size is None else _RECEIPTS_OF_SIZE, values)
    return [ReceiptRow(row.party, row.size, row.at, row.line) for row in rows]


def latest_receipts(connection: Connection, ledger: int) -> dict[str, ReceiptRow]:
    """Each party's receipt over the most entries."""
    latest: dict[str, ReceiptRow] = {}
    query = select(schema.receipt).where(schema.receipt.c.ledger == ledger).order_by(schema.receipt.c.size)
    for row in connection.execute(query):
        latest[row.party] = ReceiptRow(row.party, row.size, row.at, row.line)
    return latest
