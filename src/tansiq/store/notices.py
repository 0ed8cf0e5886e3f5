"""Rows of notices: files that prove themselves and travel beside the ledgers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from tansiq.store import schema


@dataclass(frozen=True)
class NoticeRow:
    """A notice: what it is about, its bytes, when (ms) and from whom it came. `id` stays while its bytes may grow."""

    id: str
    kind: str
    circle: str
    origin: str
    data: bytes
    at: int
    peer: str

    @property
    def digest(self) -> str:
        """By which the bytes are asked for: SHA-256, hex."""
        return hashlib.sha256(self.data).hexdigest()


def put(connection: Connection, notice: NoticeRow) -> bool:
    """Keep a notice, in place of an older one of the same id; answers whether anything changed."""
    table = schema.notice
    held = connection.execute(select(table.c.data).where(table.c.id == notice.id)).scalar()
    if held == notice.data:
        return False
    if held is None:
        values = {name: getattr(notice, name) for name in ("id", "kind", "circle", "origin", "data", "at", "peer")}
        connection.execute(table.insert().values(**values))
    else:
        connection.execute(table.update().where(table.c.id == notice.id).values(data=notice.data))
    return True


_EVERY = select(schema.notice).order_by(schema.notice.c.at, schema.notice.c.id)
_OF_KIND = _EVERY.where(schema.notice.c.kind == bindparam("of_kind"))


def every(connection: Connection, kind: str | None = None) -> list[NoticeRow]:
    """Every notice, or those of a kind, oldest first."""
    found = connection.execute(_EVERY) if kind is None else connection.execute(_OF_KIND, {"of_kind": kind})
    return [NoticeRow(row.id, row.kind, row.circle, row.origin, row.data, row.at, row.peer) for row in found]


def get(connection: Connection, notice: str) -> NoticeRow | None:
    """The notice with this id."""
    return next((row for row in every(connection) if row.id == notice), None)
