"""Rows of uploads: files that an account has laid ready on its own node, until they are said or their time is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from tansiq.store import schema


@dataclass(frozen=True)
class UploadRow:
    """A file laid ready: its media type, its size as it would be said, how many bytes were taken out of it."""

    id: str
    account: str
    media: str
    size: int
    removed: int
    at: int


def add(connection: Connection, row: UploadRow, data: bytes) -> None:
    """Lay a file ready."""
    values = {"id": row.id, "account": row.account, "media": row.media, "size": row.size}
    connection.execute(schema.upload.insert().values(**values, removed=row.removed, at=row.at, data=data))


def find(connection: Connection, upload: str, account: str) -> UploadRow | None:
    """A file that this account laid ready; another's is not there."""
    table = schema.upload
    columns = (table.c.id, table.c.account, table.c.media, table.c.size, table.c.removed, table.c.at)
    found = connection.execute(select(*columns).where(table.c.id == upload, table.c.account == account)).first()
    return None if found is None else UploadRow(*found)


def data_of(connection: Connection, upload: str) -> bytes:
    """The content of a file that is there."""
    return bytes(connection.execute(select(schema.upload.c.data).where(schema.upload.c.id == upload)).scalar_one())


def total(connection: Connection) -> int:
    """How many bytes lie ready, of all accounts."""
    return int(connection.execute(select(func.sum(schema.upload.c.size))).scalar() or 0)


def drop(connection: Connection, upload: str) -> None:
    """Take a file away again."""
    connection.execute(schema.upload.delete().where(schema.upload.c.id == upload))


def drop_before(connection: Connection, at: int) -> None:
    """Take away what was laid ready before a time (ms) and never said."""
    connection.execute(schema.upload.delete().where(schema.upload.c.at < at))
