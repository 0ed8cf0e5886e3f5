"""The one way in: bytes that a peer, a bundle or another node offers become verified entries, or a refusal.

Nothing is stored, shown or receipted before the log's own signature, the tree, every entry and every disclosure
have been checked. A long catch-up is proven against the signed root first (by the hashes of whole tiles) and then
taken in durable steps, so that it can be cut off anywhere and resumed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from tansiq.circles.circle import Circle, descriptor_digest
from tansiq.errors import Conflict, MalformedInput, ProofRefused
from tansiq.exchange.catch_up import verified
from tansiq.exchange.verify import FUTURE_MS, STEP_BUNDLES, WIDTH, Batch, Course, Source, check_tell
from tansiq.ledger import tiles
from tansiq.ledger.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from tansiq.ledger.cosignature import cosign, cosignatures
from tansiq.ledger.growth import Growth
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.note import COSIGNATURE, NoteVerifier, VerifiedSignature
from tansiq.picture.book import HeldRecord, fold_step
from tansiq.records.entry import decode_entry
from tansiq.records.values import PartyId
from tansiq.store import ledgers
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow, ReceiptRow

BIGGEST_SIZE: Final = 1 << 40


@dataclass(frozen=True)
class Keys:
    """Under whose name receipts are given, and with which key."""

    party: PartyId
    mirror: SigningKey


@dataclass
class Taken:
    """What an intake changed: entries that came in, receipts learnt, the own receipt line to hand back."""

    entries: int = 0
    receipts: int = 0
    own_receipt: str | None = None


def take_head(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    note: bytes,
    source: Source,
    keys: Keys,
    now_ms: int,
) -> Taken:
    """Take in everything that a signed head of `ledger` covers and that is not held yet.

    Raises a `Refused` that says what was wrong; then nothing that was held has changed, except that whole verified
    steps of a long catch-up stay. A head that contradicts the one held is kept as evidence and refused
    (`ledger.fork`).
    """
    signed = open_checkpoint(note, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log))
    checkpoint = signed.checkpoint
    if checkpoint.size > BIGGEST_SIZE:
        raise MalformedInput("ledger.too_large", size=checkpoint.size, origin=ledger.origin)
    if checkpoint.size <= ledger.head_size and checkpoint.root != _own_root(database, ledger, checkpoint.size):
        _keep_evidence(database, ledger, signed, now_ms)
        raise Conflict("ledger.fork", origin=ledger.origin, size=checkpoint.size)
    # before anything is taken, because a receipt that does not hold refuses the whole head
    receipts = cosignatures(signed.note, mirror_verifiers(circle))
    taken = Taken()
    if checkpoint.size > ledger.head_size:
        taken.entries = _take_entries(database, circle, ledger, signed, source, now_ms)
    taken.own_receipt = _give_receipt(database, ledger, checkpoint, keys, now_ms)
    taken.receipts = _learn_receipts(database, ledger, signed, receipts)
    return taken


def _own_root(database: Database, ledger: LedgerRow, size: int) -> bytes:
    """The root of the first `size` entries that are held; a signed head that differs from it is a fork."""
    return _edge(database, ledger, size).root()


def _keep_evidence(database: Database, ledger: LedgerRow, signed: SignedCheckpoint, now_ms: int) -> None:
    with database.write() as connection:
        ledgers.keep_checkpoint(connection, ledger.num, signed.checkpoint.size, signed.raw, now_ms)


def _take_entries(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    signed: SignedCheckpoint,
    source: Source,
    now_ms: int,
) -> int:
    size, root = signed.checkpoint.size, signed.checkpoint.root
    first, expected = _tile_hashes(database, ledger, signed.checkpoint, source)
    course = Course(
        ledger.origin,
        ledger.hash,
        ledger.party,
        circle.exercise,
        descriptor_digest(circle),
        now_ms,
        size,
        root,
        first,
        expected,
    )
    for batch in verified(course, ledger.size, lambda held: _edge(database, ledger, held), source):
        later = _later(database, ledger, course, batch)
        with database.write() as connection:
            _store(connection, ledger, batch, now_ms)
            fold_step(connection, ledger, batch.fresh, later)
            if batch.end == size:
                ledgers.set_head(connection, ledger.num, size, root, signed.raw, now_ms)
    return size - ledger.size


def _edge(database: Database, ledger: LedgerRow, size: int) -> Growth:
    """The right edge of the tree over the first `size` entries."""
    with database.read() as connection:
        return Growth.load(_reader(connection, ledger.num), size)


def _later(database: Database, ledger: LedgerRow, course: Course, batch: Batch) -> list[HeldRecord]:
    """The step's records that revise or tell, after the one check of them that needs what is held."""
    if not batch.later:
        return []
    told = {cause: (subject, text) for cause, subject, text in batch.told}
    records = []
    with database.read() as connection:
        for index, subject in batch.later:
            entry = decode_entry(batch.rows[index - batch.start][2])
            of, text = told.get(index, (index, b""))
            if subject < batch.start:
                owner = decode_entry(ledgers.entry_bodies(connection, ledger.num, subject, 1)[0])
                check_tell(course, index, entry, owner, text)
            records.append(HeldRecord(index, entry, of, {}))
    return records


def _reader(connection: Connection, num: int) -> Callable[[int, int, int], list[bytes]]:
    return lambda level, start, count: ledgers.hashes(connection, num, level, start, count)


def _tile_hashes(
    database: Database, ledger: LedgerRow, checkpoint: Checkpoint, source: Source
) -> tuple[int, list[bytes]]:
    """The hash of every whole bundle that a long catch-up will bring, proven against the signed root beforehand.

    A short catch-up fits into one step and is checked against the root as it stands: then there are none.
    """
    size = checkpoint.size
    if size - ledger.size <= WIDTH * (STEP_BUNDLES - 1):
        return 0, []
    first, last = ledger.size // WIDTH, size // WIDTH
    with database.read() as connection:
        read = _reader(connection, ledger.num)
        upper = Growth.load(lambda level, start, count: read(level + 1, start, count), first)
    fetched: list[bytes] = []
    for tile in range(first // WIDTH, (last + WIDTH - 1) // WIDTH):
        width = min(WIDTH, last - tile * WIDTH)
        data = source.item(ledger.hash, tiles.tile_path(1, tile, width), width * 32)
        hashes = tiles.decode_tile(data, width)
        fetched += hashes[max(0, first - tile * WIDTH) :]
    upper.extend(fetched)
    tail: list[bytes] = []
    if width := size % WIDTH:
        data = source.item(ledger.hash, tiles.entries_path(last, width), tiles.MAX_BUNDLE)
        tail = [leaf_hash(body) for body in tiles.decode_bundle(data, width)]
    if Growth(size, [tail, *upper.tails]).root() != checkpoint.root:
        raise ProofRefused("ledger.wrong_tree", origin=ledger.origin, size=size)
    return first, fetched


def _store(connection: Connection, ledger: LedgerRow, batch: Batch, now_ms: int) -> None:
    held = ledgers.ledger_by(connection, num=ledger.num)
    if held.size != batch.start:
        raise Conflict("ledger.moved_on", origin=ledger.origin, size=held.size)
    ledgers.add_entries(connection, ledger.num, batch.start, batch.rows, now_ms)
    ledgers.add_told(connection, ledger.num, batch.told)
    ledgers.add_nodes(connection, ledger.num, batch.nodes)
    ledgers.set_progress(connection, ledger.num, batch.end)


def _give_receipt(database: Database, ledger: LedgerRow, checkpoint: Checkpoint, keys: Keys, now_ms: int) -> str | None:
    """Cosign what is durably held; the first receipt for a size stands, later ones repeat it."""
    with database.read() as connection:
        held = ledgers.ledger_by(connection, num=ledger.num)
        if held.head_size != checkpoint.size:
            return None
        for receipt in ledgers.receipts(connection, ledger.num, size=held.head_size):
            if receipt.party == keys.party:
                return receipt.line
    time_s = now_ms // 1000
    line = cosign(checkpoint.body(), f"{keys.party}/mirror", keys.mirror, time_s)
    with database.write() as connection:
        ledgers.add_receipt(connection, ledger.num, ReceiptRow(keys.party, checkpoint.size, time_s, line))
    return line


def mirror_verifiers(circle: Circle) -> list[NoteVerifier]:
    """The keys whose cosignatures count as receipts in a circle."""
    return [
        NoteVerifier(f"{member.party}/mirror", COSIGNATURE, base64.b64decode(member.mirror))
        for member in circle.members
    ]


def _learn_receipts(
    database: Database, ledger: LedgerRow, signed: SignedCheckpoint, verified: Sequence[VerifiedSignature]
) -> int:
    """Keep the verified receipts that stand on a checkpoint note."""
    if not verified:
        return 0
    with database.read() as connection:
        known = {receipt.party for receipt in ledgers.receipts(connection, ledger.num, size=signed.checkpoint.size)}
    new = [one for one in verified if one.verifier.name.split("/")[0] not in known]
    if not new:
        return 0
    with database.write() as connection:
        for one in new:
            party = one.verifier.name.split("/")[0]
            row = ReceiptRow(party, signed.checkpoint.size, one.time_s or 0, one.signature.line())
            ledgers.add_receipt(connection, ledger.num, row)
    return len(new)


def take_receipt(database: Database, circle: Circle, ledger: LedgerRow, note: bytes) -> int:
    """A receipt handed to this node for one of its own heads: the checkpoint note with the cosignature on it.

    Only a head that this node itself signed can be receipted; answers how many receipts were new.
    """
    signed = open_checkpoint(note, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log))
    with database.read() as connection:
        ours = ledgers.checkpoint_note(connection, ledger.num, signed.checkpoint.size)
    if (
        ours is None
        or open_checkpoint(ours, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log)).checkpoint
        != signed.checkpoint
    ):
        raise ProofRefused("ledger.unknown_head", origin=ledger.origin, size=signed.checkpoint.size)
    return _learn_receipts(database, ledger, signed, cosignatures(signed.note, mirror_verifiers(circle)))


__all__ = [
    "FUTURE_MS",
    "Keys",
    "Source",
    "Taken",
    "mirror_verifiers",
    "take_head",
    "take_receipt",
]
