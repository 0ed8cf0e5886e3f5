"""The one way in: bytes that a peer, a bundle or another node offers become verified entries, or a refusal.

Nothing is stored, shown or receipted before the log's own signature, the tree, every entry and every disclosure
have been checked. A long catch-up is proven against the signed root first (by the hashes of whole tiles) and then
taken in durable steps, so that it can be cut off anywhere and resumed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection

from tansiq.circles.circle import Circle, descriptor_digest
from tansiq.circles.gate import bytes_digest
from tansiq.errors import Conflict, MalformedInput, NotAllowed, ProofRefused
from tansiq.exchange.frames import MAX_PAIR, SPAN_BUNDLES, decode_frames, decode_pairs
from tansiq.ledger import disclosure, tiles
from tansiq.ledger.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from tansiq.ledger.cosignature import cosign, cosignatures
from tansiq.ledger.growth import Growth
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.note import COSIGNATURE, NoteVerifier, VerifiedSignature
from tansiq.picture.book import HeldRecord, fold_in
from tansiq.picture.projection import Values, object_text
from tansiq.records.entry import Entry, decode_entry, record_key
from tansiq.records.kind import Body, all_kinds
from tansiq.records.values import PartyId
from tansiq.store import ledgers
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow, ReceiptRow

FUTURE_MS: Final = 600_000
"""How far a claimed time may lie ahead of this node's clock: ten minutes, the drift of a clock set by hand."""

WIDTH: Final = tiles.TILE_WIDTH
STEP_BUNDLES: Final = SPAN_BUNDLES
"""Bundles taken in one durable step: about two thousand records, where SQLite's cost per commit has vanished."""

BIGGEST_SIZE: Final = 1 << 40

_encode: Final = msgspec.json.Encoder().encode


class Source(Protocol):
    """Whatever can be read from: a peer's port, a bundle, another store."""

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger, at most `limit` of them."""
        ...


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


@dataclass(frozen=True)
class _Batch:
    """Verified records of one step, ready to be stored."""

    start: int
    rows: list[tuple[bytes, bytes, bytes]]
    told: list[tuple[int, int, bytes]]
    records: list[HeldRecord]


@dataclass(frozen=True)
class _Context:
    """What the checks of one ledger need to know."""

    circle: Circle
    ledger: LedgerRow
    now_ms: int
    descriptor: msgspec.Raw
    held: Callable[[int], Entry]


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
    if checkpoint.size <= ledger.head_size and checkpoint.root != _own_root(
        database, ledger, checkpoint.size
    ):
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
    with database.read() as connection:
        return Growth.load(_reader(connection, ledger.num), size).root()


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
    size = signed.checkpoint.size
    with database.read() as connection:
        growth = Growth.load(_reader(connection, ledger.num), ledger.size)
    expected = _tile_hashes(database, ledger, signed.checkpoint, source, now_ms)
    before = ledger.size
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="fetch") as pool:
        for start, bodies, frames in _steps(pool, source, ledger, size):
            last = start + len(bodies) == size
            leaves = [leaf_hash(body) for body in bodies]
            grown = growth.copy()
            nodes = grown.extend(leaves)
            _check_tiles(nodes, expected, ledger, signed.checkpoint)
            if last and grown.root() != signed.checkpoint.root:
                # not called a fork: a relay that garbles entries under an honest head looks just the same
                raise ProofRefused("ledger.wrong_tree", origin=ledger.origin, size=size)
            with database.read() as connection:
                held = _entry_reader(connection, ledger.num)
                context = _Context(circle, ledger, now_ms, _descriptor(circle), held)
                batch = _verify(context, start, bodies, leaves, frames)
            with database.write() as connection:
                _store(connection, ledger, batch, nodes, now_ms)
                if last:
                    ledgers.set_head(connection, ledger.num, size, signed.checkpoint.root, signed.raw, now_ms)
            growth = grown
    return size - before


def _descriptor(circle: Circle) -> msgspec.Raw:
    return msgspec.Raw(_encode(descriptor_digest(circle)))


def _reader(connection: Connection, num: int) -> Callable[[int, int, int], list[bytes]]:
    return lambda level, start, count: ledgers.hashes(connection, num, level, start, count)


def _entry_reader(connection: Connection, num: int) -> Callable[[int], Entry]:
    return lambda index: decode_entry(ledgers.entry_bodies(connection, num, index, 1)[0])


def _tile_hashes(
    database: Database, ledger: LedgerRow, checkpoint: Checkpoint, source: Source, now_ms: int
) -> dict[int, bytes]:
    """The hash of every whole bundle that a long catch-up will bring, proven against the signed root beforehand.

    A short catch-up fits into one step and is checked against the root as it stands: then there are none.
    """
    size = checkpoint.size
    if size - ledger.size <= WIDTH * (STEP_BUNDLES - 1):
        return {}
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
    return dict(enumerate(fetched, start=first))


def _check_tiles(
    nodes: Sequence[tuple[int, int, bytes]],
    expected: dict[int, bytes],
    ledger: LedgerRow,
    checkpoint: Checkpoint,
) -> None:
    for level, index, value in nodes:
        if level == 1 and expected and expected.get(index) != value:
            raise ProofRefused("ledger.wrong_tree", origin=ledger.origin, size=checkpoint.size)


def _steps(
    pool: ThreadPoolExecutor, source: Source, ledger: LedgerRow, size: int
) -> Iterator[tuple[int, list[bytes], list[tuple[int, bytes]]]]:
    """Fetch ahead: one step is on the wire while the step before it is checked and stored."""

    def fetch(start: int) -> tuple[int, list[bytes], list[tuple[int, bytes]]]:
        end = min(size, (start // WIDTH + STEP_BUNDLES) * WIDTH)
        bodies: list[bytes] = []
        frames: list[tuple[int, bytes]] = []
        first, after = start // WIDTH, (end + WIDTH - 1) // WIDTH
        limit = (after - first) * MAX_PAIR
        pairs = decode_pairs(source.item(ledger.hash, f"span/{first}/{end}", limit), after - first)
        for index, (entries, told) in enumerate(pairs, start=first):
            width = min(WIDTH, end - index * WIDTH)
            skip = max(0, start - index * WIDTH)
            bodies += tiles.decode_bundle(entries, width)[skip:]
            frames += decode_frames(told, width)[skip:]
        return start, bodies, frames

    starts = [ledger.size, *range((ledger.size // WIDTH + STEP_BUNDLES) * WIDTH, size, STEP_BUNDLES * WIDTH)]
    ahead: Future[tuple[int, list[bytes], list[tuple[int, bytes]]]] = pool.submit(fetch, starts[0])
    for following in [*starts[1:], None]:
        step = ahead.result()
        if following is not None:
            ahead = pool.submit(fetch, following)
        yield step


def _verify(
    context: _Context,
    start: int,
    bodies: Sequence[bytes],
    leaves: Sequence[bytes],
    frames: Sequence[tuple[int, bytes]],
) -> _Batch:
    """Every entry and every disclosure of one step, checked; one bad one refuses the step."""
    rows, told, records = [], [], []
    fresh: list[Entry] = []
    latest = context.now_ms + FUTURE_MS
    exercise = context.circle.exercise
    for offset, body in enumerate(bodies):
        index = start + offset
        entry = decode_entry(body)
        if entry.at > latest:
            raise NotAllowed("entry.future", index=index, origin=context.ledger.origin, at=entry.at)
        if entry.label.exercise != exercise:
            code = "entry.live_in_exercise" if exercise else "entry.exercise_in_live"
            raise NotAllowed(code, index=index, origin=context.ledger.origin)
        fresh.append(entry)
        subject, text = frames[offset]
        owner = entry
        if entry.type == "tell":
            if subject >= index:
                raise ProofRefused("disclosure.wrong_subject", index=index, origin=context.ledger.origin)
            owner = fresh[subject - start] if subject >= start else context.held(subject)
            if owner.id != entry.revises:
                raise ProofRefused("disclosure.wrong_subject", index=index, origin=context.ledger.origin)
        elif subject != index:
            raise ProofRefused("disclosure.wrong_subject", index=index, origin=context.ledger.origin)
        fields, read = _told_fields(context, index, entry, owner, text)
        if index == 0 or entry.type == "circle":
            _check_opening(context, index, entry, fields)
        rows.append((record_key(entry.id), leaves[offset], body))
        if text:
            told.append((index, subject, text))
        records.append(HeldRecord(index, entry, subject, fields, read))
    return _Batch(start, rows, told, records)


def _told_fields(
    context: _Context, index: int, entry: Entry, owner: Entry, text: bytes
) -> tuple[Values, Body | None]:
    """The fields that went out with an entry, and their typed body where it has been read on the way."""
    if not text:
        if entry.told is not None:
            raise ProofRefused("disclosure.not_delivered", index=index, origin=context.ledger.origin)
        return {}, None
    if bytes_digest(text) != entry.told:
        raise ProofRefused("disclosure.not_as_committed", index=index, origin=context.ledger.origin)
    fields = disclosure.open_all(text, frozenset(owner.sd))
    body = _in_one_spelling(entry.type, fields) if owner is entry else None
    if body is None:
        for value in fields.values():
            disclosure.check_plain(value)
    return fields, body


def _in_one_spelling(kind: str, fields: Values) -> Body | None:
    """The body, if the kind's own reader, which knows no fractions and no key twice, would write exactly this text.

    That is so for everything that a Tansiq of this version says, and shows at once that the values are plain.
    """
    known = all_kinds().get(kind)
    if known is None:
        return None
    text = object_text(fields)
    try:
        body = known.decode(text)
    except MalformedInput:
        return None
    return body if _encode(body) == text else None


def _check_opening(context: _Context, index: int, entry: Entry, fields: Values) -> None:
    """The first entry names the circle's descriptor, and no later one does."""
    if index != 0 or entry.type != "circle" or fields.get("descriptor") != context.descriptor:
        raise ProofRefused("ledger.other_circle", origin=context.ledger.origin, index=index)


def _store(
    connection: Connection,
    ledger: LedgerRow,
    batch: _Batch,
    nodes: Sequence[tuple[int, int, bytes]],
    now_ms: int,
) -> None:
    held = ledgers.ledger_by(connection, num=ledger.num)
    if held.size != batch.start:
        raise Conflict("ledger.moved_on", origin=ledger.origin, size=held.size)
    ledgers.add_entries(connection, ledger.num, batch.start, batch.rows, now_ms)
    ledgers.add_told(connection, ledger.num, batch.told)
    ledgers.add_nodes(connection, ledger.num, nodes)
    ledgers.set_progress(connection, ledger.num, batch.start + len(batch.rows))
    fold_in(connection, held, batch.records)


def _give_receipt(
    database: Database, ledger: LedgerRow, checkpoint: Checkpoint, keys: Keys, now_ms: int
) -> str | None:
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
        known = {
            receipt.party for receipt in ledgers.receipts(connection, ledger.num, size=signed.checkpoint.size)
        }
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
        or open_checkpoint(
            ours, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log)
        ).checkpoint
        != signed.checkpoint
    ):
        raise ProofRefused("ledger.unknown_head", origin=ledger.origin, size=signed.checkpoint.size)
    return _learn_receipts(database, ledger, signed, cosignatures(signed.note, mirror_verifiers(circle)))
