"""The mirror's way in by push (C2SP tlog-mirror, `add-entries`), for a peer that can dial out and cannot be dialled.

The entries come in packages of 256, each proven to stand under a head that was submitted before; so every package can
be kept at once and an upload goes on where it was cut off. What is disclosed beside the entries comes before them by
`add-disclosures`, since nothing is stored here that was not checked as a whole. All of it ends in intake.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tansiq.circles.circle import Circle
from tansiq.circles.keyring import Keyring
from tansiq.errors import Conflict, MalformedInput, NotFound, ProofRefused, Refused
from tansiq.exchange import intake, notices
from tansiq.exchange.frames import decode_frames, encode_frames, encode_pairs
from tansiq.exchange.verify import WIDTH
from tansiq.exchange.witness import TEXT_TYPE, Answer
from tansiq.ledger import tiles
from tansiq.ledger.checkpoint import SignedCheckpoint, open_checkpoint
from tansiq.ledger.merkle import HASH_SIZE, leaf_hash, root_of
from tansiq.ledger.subtree import verify_subtree
from tansiq.store import ledgers
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow

MAX_PACKAGES: Final = 32
MAX_HASHES: Final = 63
MAX_BODY: Final = 1 << 26
MAX_SPOOLED: Final = 1 << 27
INFO_TYPE: Final = "text/x.tlog.mirror-info"
_RANGE: Final = struct.Struct(">QQ")
_SHORT: Final = struct.Struct(">H")


@dataclass(frozen=True)
class Upload:
    """The head of an `add-entries` request and the packages behind it, not yet cut up."""

    origin: str
    start: int
    end: int
    packages: bytes


@dataclass(frozen=True)
class Package:
    """The new entries of subtree [low, end), and the proof that it stands under the head."""

    low: int
    end: int
    entries: list[bytes]
    proof: list[bytes]


@dataclass
class Spool:
    """Disclosures that came before their entries, by ledger and first index: in memory, for they can be sent again."""

    held: dict[tuple[str, int], list[tuple[int, bytes]]] = field(default_factory=dict)
    size: int = 0

    def put(self, ledger: str, start: int, frames: list[tuple[int, bytes]]) -> None:
        """Keep frames from index `start` on until their entries come; refused where too much waits already."""
        weight = sum(len(text) for _, text in frames)
        if self.size + weight > MAX_SPOOLED:
            self.held.clear()
            self.size = 0
        if weight > MAX_SPOOLED:
            raise MalformedInput("mirror.too_large", size=weight, limit=MAX_SPOOLED)
        self.held[ledger, start] = frames
        self.size += weight

    def take(self, ledger: str, start: int, count: int) -> list[tuple[int, bytes]]:
        """The frames that came for these entries; empty ones where none did."""
        frames = self.held.pop((ledger, start), [])
        self.size -= sum(len(text) for _, text in frames)
        return [*frames[:count], *((index, b"") for index in range(start + len(frames), start + count))]


def add_disclosures(spool: Spool, ledger: LedgerRow, body: bytes) -> Answer:
    """Keep the disclosures of the entries that are about to come: first index, end, frames."""
    start, frames = read_disclosures(body)
    spool.put(ledger.origin, start, frames)
    return Answer(200)


def read_disclosures(body: bytes) -> tuple[int, list[tuple[int, bytes]]]:
    """First index and frames of an `add-disclosures` request."""
    if len(body) > MAX_BODY or len(body) < _RANGE.size:
        raise MalformedInput("mirror.malformed", reason="size")
    start, end = _RANGE.unpack_from(body)
    if not 0 <= end - start <= MAX_PACKAGES * WIDTH:
        raise MalformedInput("mirror.malformed", reason="range")
    return start, decode_frames(body[_RANGE.size :], end - start)


def encode_disclosures(start: int, frames: list[tuple[int, bytes]]) -> bytes:
    """The body of `add-disclosures`."""
    return _RANGE.pack(start, start + len(frames)) + encode_frames(frames)


def add_entries(  # noqa: PLR0911 - one return for each answer of the specification
    database: Database, keyring: Keyring, spool: Spool, body: bytes, party: str, now_ms: int
) -> Answer:
    """Answer an upload as tlog-mirror says: 200 with the receipt, 202, 400, 404, 409 or 422."""
    try:
        upload = read_upload(body)
    except MalformedInput:
        return Answer(400)
    try:
        with database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=upload.origin)
            circle = notices.circle_of(connection, ledger)
            if party not in circle.parties or ledger.own:
                return Answer(404)
            target = _target(database, circle, ledger, upload.end)
    except NotFound:
        return Answer(404)
    if target is None or upload.start > ledger.size or ledger.size - upload.start >= WIDTH:
        return _info(database, circle, ledger, 409)
    try:
        leaves_end, bodies = _authenticated(database, ledger, upload, target)
    except MalformedInput:
        return Answer(400)
    except ProofRefused:
        return Answer(422)
    if not bodies and ledger.head_size < upload.end:
        return Answer(400) if upload.packages else _info(database, circle, ledger, 409)
    try:
        line = _store(database, circle, ledger, upload, target, bodies, leaves_end, spool, keyring, now_ms)
    except Conflict:
        return _info(database, circle, ledger, 409)
    except Refused:
        return Answer(422)
    if line is None:
        return _info(database, circle, ledger, 202)
    return Answer(200, line.encode(), TEXT_TYPE)


def read_upload(body: bytes) -> Upload:
    """Origin, range and packages of a request (tlog-mirror, "Request Body")."""
    try:
        (length,) = _SHORT.unpack_from(body)
        origin = body[2 : 2 + length].decode()
        start, end = _RANGE.unpack_from(body, 2 + length)
        (ticket,) = _SHORT.unpack_from(body, 2 + length + _RANGE.size)
    except (struct.error, UnicodeDecodeError) as error:
        raise MalformedInput("mirror.malformed", reason="header") from error
    first = 4 + length + _RANGE.size + ticket
    if len(body) > MAX_BODY or first > len(body) or start > end or end >= 1 << 40:
        raise MalformedInput("mirror.malformed", reason="range")
    return Upload(origin, start, end, body[first:])


def write_upload(origin: str, start: int, end: int, packages: bytes) -> bytes:
    """The body of `add-entries`; our tickets are empty, since every head that was submitted is kept."""
    name = origin.encode()
    return _SHORT.pack(len(name)) + name + _RANGE.pack(start, end) + _SHORT.pack(0) + packages


def write_package(bodies: list[bytes], proof: list[bytes]) -> bytes:
    """One entry package: entries with their lengths, then the subtree consistency proof."""
    return tiles.encode_bundle(bodies) + bytes([len(proof)]) + b"".join(proof)


def _target(database: Database, circle: Circle, ledger: LedgerRow, size: int) -> SignedCheckpoint | None:
    """The submitted head over `size` entries towards which is uploaded."""
    if size < ledger.head_size:
        return None
    with database.read() as connection:
        note = ledgers.checkpoint_note(connection, ledger.num, size)
    if note is None:
        return None
    return open_checkpoint(note, ledger.origin, intake.log_verifier(circle, ledger).public)


def _authenticated(
    database: Database, ledger: LedgerRow, upload: Upload, target: SignedCheckpoint
) -> tuple[int, list[bytes]]:
    """The end of the last whole package and the entries from what is held on, each package proven."""
    rounded = upload.start // WIDTH * WIDTH
    with database.read() as connection:
        edge = ledgers.hashes(connection, ledger.num, 0, rounded, upload.start - rounded)
    bodies: list[bytes] = []
    done = upload.start
    checkpoint = target.checkpoint
    for package in read_packages(upload):
        leaves = [*edge, *(leaf_hash(body) for body in package.entries)]
        edge = []
        verify_subtree(root_of(leaves), package.low, package.end, checkpoint.size, package.proof, checkpoint.root)
        bodies += package.entries
        done = package.end
    return done, bodies[ledger.size - upload.start :]


def read_packages(upload: Upload) -> Iterator[Package]:
    """The whole packages of an upload, one by one; nothing in them is verified yet. One that is cut short ends them."""
    position, data = 0, upload.packages
    for count, low in enumerate(range(upload.start // WIDTH * WIDTH, upload.end, WIDTH)):
        if position == len(data) or count == MAX_PACKAGES:
            return
        end = min(upload.end, low + WIDTH)
        found = _package(data, position, end - max(upload.start, low))
        if found is None:
            return
        entries, proof, position = found
        yield Package(low, end, entries, proof)


def _package(data: bytes, position: int, count: int) -> tuple[list[bytes], list[bytes], int] | None:
    """Entries, proof and the place behind one package; None where it is cut short."""
    entries = []
    for _ in range(count):
        if position + 2 > len(data):
            return None
        (length,) = _SHORT.unpack_from(data, position)
        position += 2
        if position + length > len(data):
            return None
        entries.append(data[position : position + length])
        position += length
    if position >= len(data):
        return None
    hashes = data[position]
    position += 1
    if hashes > MAX_HASHES:
        raise MalformedInput("mirror.malformed", reason="proof")
    end = position + hashes * HASH_SIZE
    if end > len(data):
        return None
    return entries, [data[at : at + HASH_SIZE] for at in range(position, end, HASH_SIZE)], end


def _store(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    upload: Upload,
    target: SignedCheckpoint,
    bodies: list[bytes],
    end: int,
    spool: Spool,
    keyring: Keyring,
    now_ms: int,
) -> str | None:
    """Through intake; the receipt line where the whole head is held now."""
    frames = spool.take(ledger.origin, ledger.size, len(bodies))
    source = Pushed(ledger.size, bodies, frames)
    intake.take_pushed(database, circle, ledger, target, source, end, now_ms)
    if end < upload.end:
        return None
    with database.read() as connection:
        ledger = ledgers.ledger_by(connection, num=ledger.num)
    taken = intake.take_head(database, circle, ledger, target.raw, source, keyring, now_ms)
    return taken.own_receipt


@dataclass(frozen=True)
class Pushed:
    """Entries and frames of an upload as a `Source` for intake."""

    start: int
    bodies: list[bytes]
    frames: list[tuple[int, bytes]]

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The span from what is held on; entries before it are blank, for nobody reads them."""
        words = path.split("/")
        if words[0] != "span":
            raise NotFound("tile.not_here", path=path[:80])
        pairs = []
        for low in range(int(words[1]) * WIDTH, int(words[2]), WIDTH):
            indexes = range(low, min(low + WIDTH, int(words[2])))
            at = [index - self.start for index in indexes]
            entries = [self.bodies[place] if place >= 0 else b"." for place in at]
            told = [self.frames[place] if place >= 0 else (0, b"") for place in at]
            pairs.append((tiles.encode_bundle(entries), encode_frames(told)))
        return encode_pairs(pairs)


def _info(database: Database, circle: Circle, ledger: LedgerRow, status: int) -> Answer:
    """Size of the largest submitted head, next entry, an empty ticket."""
    with database.read() as connection:
        held = ledgers.ledger_by(connection, num=ledger.num)
        pending = max(ledgers.largest_checkpoint(connection, ledger.num), held.head_size)
    ticket = base64.b64encode(b"").decode()
    return Answer(status, f"{pending}\n{held.size}\n{ticket}\n".encode(), INFO_TYPE)
