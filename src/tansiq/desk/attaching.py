"""Attachments at the desk: files laid ready on the own node, what is attached to a record, and its content.

A file is laid ready first and then named in what is said, so that a form survives a reload and the preview can say what
goes out. What a camera wrote beside a picture is taken out here, before anything else sees the file.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles import attachment, cleaning, gate
from tansiq.circles.attachment import MAX_CONTENT, MAX_HEAD, Opened
from tansiq.circles.gate import Author
from tansiq.desk.office import Office
from tansiq.errors import MalformedInput, NotFound, Unavailable
from tansiq.records.entry import MAX_BLOBS
from tansiq.store import blobs, uploads
from tansiq.store.blobs import BlobRow, BlobState
from tansiq.store.uploads import UploadRow

KEPT_MS: Final = 24 * 3_600_000
MAX_READY: Final = 1 << 29
"""Bytes that may lie ready on a node, of all accounts together."""


class Ready(Struct, frozen=True):
    """A file laid ready.

    `size` is that of its content as it will be said, `travels` what goes over the line, `removed` how many bytes of
    position, device and the like were taken out; `cleaned` is false for kinds from which nothing can be taken out.
    """

    id: str
    media: str
    size: int
    travels: int
    removed: int
    cleaned: bool


class Attached(Struct, frozen=True):
    """What an entry names. `state`: `held`, `on_its_way` or `erased`; `media` and `size` only where it is held.

    `received` of `travels` bytes are here; `travels` is 0 while nobody has said how large it is.
    """

    digest: str
    index: int
    state: str
    media: str | None
    ending: str | None
    size: int | None
    received: int
    travels: int
    image: bool


def lay_ready(office: Office, author: Author, content: bytes, ending: str) -> Ready:
    """Keep a file on this node for a day, cleaned, until it is said; only whoever laid it ready can say it."""
    gate.check_author(author)
    if not content:
        raise MalformedInput("blob.empty")
    if len(content) > MAX_CONTENT:
        raise MalformedInput("blob.too_large", size=len(content), limit=MAX_CONTENT)
    media = attachment.media_of(content, ending.lower())
    cleaned = cleaning.clean(media, content)
    now = office.clock()
    row = UploadRow(secrets.token_hex(16), author.user, media, len(cleaned), len(content) - len(cleaned), now)
    with office.database.write() as connection:
        uploads.drop_before(connection, now - KEPT_MS)
        if uploads.total(connection) + row.size > MAX_READY:
            raise Unavailable("blob.uploads_full", limit=MAX_READY)
        uploads.add(connection, row, cleaned)
    return _ready(row)


def take_away(office: Office, author: Author, upload: str) -> None:
    """Take a file away that was laid ready."""
    with office.database.write() as connection:
        if uploads.find(connection, upload, author.user) is not None:
            uploads.drop(connection, upload)


def ready(connection: Connection, author: Author, chosen: Sequence[str]) -> list[Ready]:
    """The files that an account laid ready, by their ids; refused where one is not there (`blob.no_upload`)."""
    if len(chosen) > MAX_BLOBS or len(set(chosen)) < len(chosen):
        raise MalformedInput("blob.too_many", limit=MAX_BLOBS)
    found = []
    for upload in chosen:
        row = uploads.find(connection, upload, author.user)
        if row is None:
            raise NotFound("blob.no_upload", upload=upload[:40])
        found.append(_ready(row))
    return found


def _ready(row: UploadRow) -> Ready:
    travels = attachment.sealed_size(row.media, row.size)
    return Ready(row.id, row.media, row.size, travels, row.removed, row.media in attachment.CLEAN)


def attached(connection: Connection, ledger: int, indexes: Sequence[int]) -> list[Attached]:
    """What these entries of a ledger name."""
    return [
        _attached(connection, blob) for index in indexes for blob in blobs.named(connection, ledger, index, index + 1)
    ]


def _attached(connection: Connection, blob: BlobRow) -> Attached:
    if blob.state is not BlobState.HELD:
        state = "erased" if blob.state is BlobState.GONE else "on_its_way"
        return Attached(blob.digest, blob.entry, state, None, None, None, blob.received, blob.size, image=False)
    try:
        media, size, _ = attachment.read_head(blobs.read(connection, blob, 0, min(MAX_HEAD, blob.size)))
    except MalformedInput:  # named by another program, and held because its digest is right
        media, size = attachment.ANY, blob.size
    image = media in attachment.IMAGES
    ending = attachment.ending_of(media)
    return Attached(blob.digest, blob.entry, "held", media, ending, size, blob.received, blob.size, image)


def content_of(connection: Connection, ledger: int, indexes: Sequence[int], digest: str) -> Opened:
    """Media type and content of what one of these entries names; bytes of an unknown shape come as they are."""
    blob = blobs.find(connection, ledger, digest)
    if blob is None or blob.entry not in indexes:
        raise NotFound("blob.not_named", digest=digest[:12], origin="-")
    if blob.state is BlobState.GONE:
        raise NotFound("blob.erased", digest=digest[:12])
    if blob.state is BlobState.WANTED:
        raise Unavailable("blob.on_its_way", digest=digest[:12], received=blob.received)
    data = blobs.read(connection, blob, 0, blob.size)
    try:
        return attachment.unseal(data)
    except MalformedInput:
        return Opened(attachment.ANY, data)
