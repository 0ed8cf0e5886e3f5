"""Rows of cosignatures by witnesses: who saw which head."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from tansiq.store import schema


@dataclass(frozen=True)
class CosignedRow:
    """The cosigner saw the head over `size` entries at `at` (seconds); `line` is its cosignature line.

    `name` is the cosigner's name and the id of its key, joined by `+`.
    """

    name: str
    size: int
    at: int
    line: str


def add(connection: Connection, ledger: int, row: CosignedRow) -> bool:
    """Keep a cosignature; the first one for a size stays. Answers whether it is new."""
    table = schema.cosigned
    where = (table.c.ledger == ledger, table.c.name == row.name, table.c.size == row.size)
    if connection.execute(select(table.c.id).where(*where)).first() is not None:
        return False
    connection.execute(table.insert().values(ledger=ledger, name=row.name, size=row.size, at=row.at, line=row.line))
    return True


def latest(connection: Connection, ledger: int) -> dict[str, CosignedRow]:
    """Each witness's cosignature over the most entries, by its name."""
    table = schema.cosigned
    query = select(table).where(table.c.ledger == ledger).order_by(table.c.size)
    return {row.name: CosignedRow(row.name, row.size, row.at, row.line) for row in connection.execute(query)}


_AT = (
    select(schema.cosigned)
    .where(schema.cosigned.c.ledger == bindparam("in_ledger"), schema.cosigned.c.size == bindparam("exactly"))
    .order_by(schema.cosigned.c.id)
)


def at(connection: Connection, ledger: int, size: int, name: str = "") -> list[CosignedRow]:
    """Cosignatures over the head of exactly `size`, of one name (whatever its key) or of all."""
    found = connection.execute(_AT, {"in_ledger": ledger, "exactly": size})
    rows = [CosignedRow(row.name, row.size, row.at, row.line) for row in found]
    return [row for row in rows if not name or row.name.split("+")[0] == name]


def covering(connection: Connection, ledger: int, index: int) -> list[CosignedRow]:
    """Cosignatures over heads that cover entry `index`, the earliest first."""
    table = schema.cosigned
    query = select(table).where(table.c.ledger == ledger, table.c.size > index).order_by(table.c.at, table.c.id)
    return [CosignedRow(row.name, row.size, row.at, row.line) for row in connection.execute(query)]
