"""Rows of blobs: what is too large for an entry, by its SHA-256."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from tansiq.errors import MalformedInput
from tansiq.store import schema

MAX_BLOB = 1 << 25
"""Bytes: a photograph or a scanned document, not a film."""


def put(connection: Connection, data: bytes) -> str:
    """Keep a blob; answers its SHA-256 (hex)."""
    if len(data) > MAX_BLOB:
        raise MalformedInput("blob.too_large", size=len(data), limit=MAX_BLOB)
    digest = hashlib.sha256(data).hexdigest()
    if connection.execute(select(schema.blob.c.size).where(schema.blob.c.digest == digest)).first() is None:
        connection.execute(schema.blob.insert().values(digest=digest, size=len(data), data=data))
    return digest


def get(connection: Connection, digest: str) -> bytes | None:
    """The bytes, None where they are not here."""
    return connection.execute(select(schema.blob.c.data).where(schema.blob.c.digest == digest)).scalar()


def size(connection: Connection, digest: str) -> int | None:
    """How many bytes, None where they are not here."""
    return connection.execute(select(schema.blob.c.size).where(schema.blob.c.digest == digest)).scalar()


def drop(connection: Connection, digest: str) -> None:
    """Destroy a blob."""
    connection.execute(schema.blob.delete().where(schema.blob.c.digest == digest))
