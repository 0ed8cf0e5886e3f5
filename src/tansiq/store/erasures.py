"""Rows of erasures: which records of which ledger are erased, and by which entry."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from tansiq.store import schema


@dataclass(frozen=True)
class ErasureRow:
    """Record `rid` (16 bytes) of ledger number `ledger` is erased by its entry `entry`."""

    ledger: int
    rid: bytes
    entry: int
    at: int


def add(connection: Connection, ledger: int, rid: bytes, entry: int, at: int) -> bool:
    """Note an erasure; answers whether it is new."""
    table = schema.erasure
    known = select(table.c.id).where(table.c.ledger == ledger, table.c.rid == rid)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(table.insert().values(ledger=ledger, rid=rid, entry=entry, at=at, answered=0))
    return True


def of(connection: Connection, ledger: int) -> list[ErasureRow]:
    """Every erasure of a ledger, in the order of its entries."""
    table = schema.erasure
    query = select(table).where(table.c.ledger == ledger).order_by(table.c.entry)
    return [ErasureRow(row.ledger, row.rid, row.entry, row.at) for row in connection.execute(query)]


def unanswered(connection: Connection) -> list[ErasureRow]:
    """Erasures that this node has carried out and not yet answered."""
    table = schema.erasure
    query = select(table).where(table.c.answered == 0).order_by(table.c.id)
    return [ErasureRow(row.ledger, row.rid, row.entry, row.at) for row in connection.execute(query)]


def set_answered(connection: Connection, erasure: ErasureRow) -> None:
    """It is answered, or needs no answer."""
    table = schema.erasure
    where = (table.c.ledger == erasure.ledger, table.c.rid == erasure.rid)
    connection.execute(update(table).where(*where).values(answered=1))
