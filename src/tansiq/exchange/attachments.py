"""Attachments on their way in: what entries name is asked for piece by piece, checked as a whole, and only then held.

They travel behind the entries and hold up neither heads nor receipts (docs/decisions/blobs.md). What came of one stays
through a crash and goes on where it ended, from any member that has it. Nothing is shown, served or carried on before
its digest is the one that the entry names.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Final, Protocol

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.circles.attachment import MAX_BLOB
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound, ProofRefused, Refused, Unavailable
from tansiq.records.entry import decode_entry
from tansiq.store import blobs, ledgers
from tansiq.store.blobs import BlobRow, BlobState
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow

LEAST_PIECE: Final = 1 << 12
LARGEST_PIECE: Final = 1 << 20
SIZE_ANSWER: Final = 8
MAX_WANTED: Final = 1024
"""So many missing attachments are named at once; the next ones follow when these are here."""

LEAST_FREE: Final = 1 << 30
"""Bytes of free disk under which no attachment is begun: records need the room more."""


@dataclass(frozen=True)
class Room:
    """How much of attachments may be kept: bytes for each ledger of another party, free disk that must stay."""

    ledger: int = 4 << 30
    free: int = LEAST_FREE


class Source(Protocol):
    """Whatever an attachment can be read from: a peer's port, another store."""

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        ...


class Missing(Struct, frozen=True):
    """An attachment that a node lacks, as it tells those who could push it: how much of it is there already."""

    digest: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Meta(ge=0, le=MAX_BLOB)]
    received: Annotated[int, Meta(ge=0, le=MAX_BLOB)]


_missing: Final[msgspec.json.Decoder[list[Missing]]] = msgspec.json.Decoder(
    Annotated[list[Missing], Meta(max_length=MAX_WANTED)]
)


@dataclass
class Turns:
    """Of several threads that could fetch the same attachment, one does."""

    taken: set[tuple[int, str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def turn(self, blob: BlobRow) -> Iterator[bool]:
        """Whether it is this thread's turn, for as long as the block runs."""
        key = (blob.ledger, blob.digest)
        with self.lock:
            mine = key not in self.taken
            if mine:
                self.taken.add(key)
        try:
            yield mine
        finally:
            if mine:
                with self.lock:
                    self.taken.discard(key)


def note_named(
    connection: Connection, ledger: LedgerRow, named: Sequence[tuple[int, bytes]], erased: frozenset[str]
) -> None:
    """Note what entries (index, bytes) name; what belongs to an erased record is never asked for."""
    for index, body in named:
        entry = decode_entry(body)
        gone = bool(erased.intersection((entry.id, entry.revises)))
        blobs.name(connection, ledger.num, index, entry.blobs, BlobState.GONE if gone else BlobState.WANTED)


def missing(connection: Connection, ledger: LedgerRow) -> list[Missing]:
    """What this node lacks of a ledger's attachments."""
    return [Missing(one.digest, one.size, one.received) for one in blobs.wanted(connection, [ledger.num])][:MAX_WANTED]


def read_missing(data: bytes, peer: str) -> list[Missing]:
    """What a peer says that it lacks."""
    try:
        return _missing.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedInput("peer.bad_answer", peer=peer, path="/missing-blobs") from error


def path_of(connection: Connection, blob: BlobRow) -> str:
    """Where a blob lies below its ledger at a peer's port."""
    entry = decode_entry(ledgers.entry_bodies(connection, blob.ledger, blob.entry, 1)[0])
    return f"blob/{entry.id}/{blob.digest}"


def serve(connection: Connection, blob: BlobRow, part: str) -> bytes:
    """What a peer is answered: all of it, its `size`, or the bytes `<start>-<end>`. The blob must be held."""
    if part == "":
        return blobs.read(connection, blob, 0, blob.size)
    if part == "size":
        return blob.size.to_bytes(SIZE_ANSWER, "big")
    first, _, last = part.partition("-")
    if not all(word.isascii() and word.isdecimal() and len(word) <= 9 for word in (first, last)):
        raise NotFound("tile.not_here", path=part[:40])
    start, end = int(first), int(last)
    if not start < end <= blob.size or end - start > LARGEST_PIECE:
        raise NotFound("tile.not_here", path=part[:40])
    return blobs.read(connection, blob, start, end)


def take_piece(
    database: Database, ledger: LedgerRow, digest: str, size: int, start: int, data: bytes, peer: str, room: Room
) -> BlobRow:
    """Append a piece that `peer` gave of a wanted blob of `size` bytes; answers how it stands now.

    Durable when it returns. With the last piece the whole is hashed: another digest throws everything away that came
    (`blob.wrong_digest`). Refused before anything is stored: what no entry names (`blob.not_named`), sizes beyond the
    limit, a ledger that is full (`blob.over_limit`), a full disk (`blob.disk_full`), a piece that does not follow
    (`blob.moved_on`). A blob that is here or erased already is left as it is.
    """
    if not 0 < size <= MAX_BLOB:
        raise MalformedInput("blob.too_large", size=size, limit=MAX_BLOB)
    if not data or start + len(data) > size:
        raise MalformedInput("blob.bad_piece", peer=peer, digest=digest[:12])
    wrong = False
    with database.write() as connection:
        blob = _named(connection, ledger, digest)
        if blob.state is not BlobState.WANTED:
            return blob
        if start == 0 and (blob.received or blob.size != size):
            _check_room(connection, database, ledger, blob, size, room)
            blobs.begin(connection, blob, size, peer)
            blob = _named(connection, ledger, digest)
        if blob.size != size or blob.received != start or (blob.alone and blob.source != peer):
            raise Conflict("blob.moved_on", digest=digest[:12], received=blob.received)
        blobs.add_part(connection, blob, data, peer)
        blob = _named(connection, ledger, digest)
        if blob.received == size:
            wrong = _hash(connection, blob) != digest
            if wrong:
                blobs.throw_away(connection, blob, alone=blob.source is None or blob.alone)
            else:
                blobs.keep(connection, blob)
                blob = _named(connection, ledger, digest)
    if wrong:
        raise ProofRefused("blob.wrong_digest", peer=blob.source or "-", digest=digest[:12], origin=ledger.origin)
    return blob


def take_whole(database: Database, ledger: LedgerRow, digest: str, data: bytes, peer: str, room: Room) -> bool:
    """Take in a whole blob, from a bundle; answers whether it was lacking. Refuses as `take_piece` does."""
    with database.read() as connection:
        if _named(connection, ledger, digest).state is not BlobState.WANTED:
            return False
    # looked at before it replaces what has come of it on a thin line
    if hashlib.sha256(data).hexdigest() != digest:
        raise ProofRefused("blob.wrong_digest", peer=peer or "-", digest=digest[:12], origin=ledger.origin)
    with database.write() as connection:
        blob = _named(connection, ledger, digest)
        if blob.state is not BlobState.WANTED:
            return False
        if len(data) > MAX_BLOB:
            raise MalformedInput("blob.too_large", size=len(data), limit=MAX_BLOB)
        _check_room(connection, database, ledger, blob, len(data), room)
        blobs.begin(connection, blob, len(data), peer)
        blobs.put(connection, ledger.num, blob.entry, digest, data)
    return True


def fetch(
    database: Database, source: Source, ledger: LedgerRow, blob: BlobRow, size: int, peer: str, room: Room, piece: int
) -> Generator[int, int, None]:
    """Fetch a blob of `size` bytes from where it ended; one step for each piece, which is durable then.

    Send the size of the next piece into each step (`LEAST_PIECE` … `LARGEST_PIECE`).
    """
    with database.read() as connection:
        path = path_of(connection, blob)
        blob = _named(connection, ledger, blob.digest)
    start = blob.received if blob.size == size and not (blob.alone and blob.source != peer) else 0
    while start < size:
        end = min(size, start + piece)
        data = source.item(ledger.hash, f"{path}/{start}-{end}", end - start)
        if len(data) != end - start:
            raise MalformedInput("blob.bad_piece", peer=peer, digest=blob.digest[:12])
        if take_piece(database, ledger, blob.digest, size, start, data, peer, room).state is not BlobState.WANTED:
            return
        start = end
        piece = (yield start) or piece  # a plain `for` sends none


def size_at(source: Source, ledger: LedgerRow, path: str) -> int:
    """How large a blob is, as its source says."""
    size = int.from_bytes(source.item(ledger.hash, f"{path}/size", SIZE_ANSWER), "big")
    if not 0 < size <= MAX_BLOB:
        raise MalformedInput("blob.too_large", size=size, limit=MAX_BLOB)
    return size


def fetch_all(database: Database, source: Source, lacking: Sequence[LedgerRow], peer: str, room: Room) -> list[Refused]:
    """Fetch everything that is lacking and that the source has, smallest first; what was refused and why."""
    refused: list[Refused] = []
    wanted: list[tuple[int, int, LedgerRow, BlobRow]] = []
    for ledger in lacking:
        with database.read() as connection:
            found = [(blob, path_of(connection, blob)) for blob in blobs.wanted(connection, [ledger.num])]
        for blob, path in found:
            try:
                wanted.append((size_at(source, ledger, path), blob.id, ledger, blob))
            except (NotFound, Unavailable):
                continue
            except Refused as refusal:
                refused.append(refusal)
    for size, _, ledger, blob in sorted(wanted, key=lambda one: one[:2]):
        try:
            for _ in fetch(database, source, ledger, blob, size, peer, room, LARGEST_PIECE):
                pass
        except Refused as refusal:
            refused.append(refusal)
    return refused


def _named(connection: Connection, ledger: LedgerRow, digest: str) -> BlobRow:
    blob = blobs.find(connection, ledger.num, digest)
    if blob is None:
        raise NotFound("blob.not_named", digest=digest[:12], origin=ledger.origin)
    return blob


def _check_room(
    connection: Connection, database: Database, ledger: LedgerRow, blob: BlobRow, size: int, room: Room
) -> None:
    # what is one's own comes back whatever the limit is
    if not ledger.own and blobs.stored(connection, ledger.num) - blob.received + size > room.ledger:
        raise NotAllowed("blob.over_limit", origin=ledger.origin, size=size, limit=room.ledger)
    if shutil.disk_usage(database.path.parent).free - size < room.free:
        raise Unavailable("blob.disk_full", size=size)


def _hash(connection: Connection, blob: BlobRow) -> str:
    digest = hashlib.sha256()
    for data in blobs.pieces(connection, blob):
        digest.update(data)
    return digest.hexdigest()
