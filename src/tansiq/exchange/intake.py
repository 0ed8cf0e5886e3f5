"""The one way in: bytes that a peer, a bundle or another node offers become verified entries, or a refusal.

Nothing is stored, shown or receipted before the log's own signature, the tree, every entry and every disclosure
have been checked. A long catch-up is proven against the signed root first (by the hashes of whole tiles) and then
taken in durable steps, so that it can be cut off anywhere and resumed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from tansiq.circles.circle import Circle, descriptor_digest
from tansiq.circles.keyring import Keyring
from tansiq.errors import Conflict, MalformedInput, ProofRefused
from tansiq.exchange import notices, shelf
from tansiq.exchange.acknowledgement import key_name, mirrors, policy_of, witnesses
from tansiq.exchange.attachments import note_named
from tansiq.exchange.catch_up import verified
from tansiq.exchange.erasure import MAX_ANSWER, erased_here, erased_ids, forget, overwrite, reader
from tansiq.exchange.frames import MAX_PAIR, decode_pairs
from tansiq.exchange.standing import drop_unshown
from tansiq.exchange.verify import FUTURE_MS, STEP_BUNDLES, WIDTH, Batch, Course, Source, check_tell, checked
from tansiq.ledger import fork, tiles
from tansiq.ledger.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from tansiq.ledger.cosignature import cosign, cosignatures
from tansiq.ledger.fork import ForkProof
from tansiq.ledger.growth import Growth
from tansiq.ledger.merkle import HashReader, frontier_at, leaf_hash
from tansiq.ledger.note import ED25519, ML_DSA_COSIGNATURE, NoteVerifier, VerifiedSignature
from tansiq.picture import book
from tansiq.picture.book import ERASE, HeldRecord, fold_step
from tansiq.records.entry import decode_entry
from tansiq.records.values import PartyId
from tansiq.store import cosigned, ledgers
from tansiq.store.cosigned import CosignedRow
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow, ReceiptRow

BIGGEST_SIZE: Final = 1 << 40


@dataclass
class Taken:
    """What an intake changed: entries that came in, receipts learnt, the own receipt line to hand back.

    `seen` is the checkpoint that came; of an own ledger `beyond` says that it covers what this node never signed.
    """

    entries: int = 0
    receipts: int = 0
    own_receipt: str | None = None
    beyond: bool = False


def take_head(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    note: bytes,
    source: Source,
    keyring: Keyring,
    now_ms: int,
    *,
    recover: bool = False,
) -> Taken:
    """Take in everything that a signed head of `ledger` covers and that is not held yet.

    Raises a `Refused` that says what was wrong; then nothing that was held has changed, except that whole verified
    steps of a long catch-up stay. A head that contradicts the one held proves a fork: both stay, the ledger is frozen
    (`ledger.fork`). An own ledger is only taken in to `recover` it; otherwise the answer says `beyond`. Own entries
    that never left and are contradicted give way then (`standing.drop_unshown`).
    """
    log = log_verifier(circle, ledger)
    signed = open_checkpoint(note, ledger.origin, log.public)
    checkpoint = signed.checkpoint
    if checkpoint.size > BIGGEST_SIZE:
        raise MalformedInput("ledger.too_large", size=checkpoint.size, origin=ledger.origin)
    contradicted = checkpoint.size <= ledger.head_size and checkpoint.root != _own_root(
        database, ledger, checkpoint.size
    )
    if contradicted and ledger.own and checkpoint.size > ledger.shown_size:
        if not recover:
            _keep_evidence(database, ledger, signed, now_ms)
            return Taken(beyond=True)
        ledger = _without_unshown(database, ledger, now_ms)
        contradicted = False
    if contradicted:
        _keep_evidence(database, ledger, signed, now_ms)
        _freeze(database, ledger, _fork_here(database, ledger, log, signed), now_ms)
        raise Conflict("ledger.fork", origin=ledger.origin, size=checkpoint.size)
    # before anything is taken, because a receipt that does not hold refuses the whole head
    receipts = cosignatures(signed.note, mirror_verifiers(circle))
    taken = Taken()
    if checkpoint.size > ledger.head_size:
        if ledger.own and not recover:
            _keep_evidence(database, ledger, signed, now_ms)
            return Taken(beyond=True)
        _check_open(database, ledger, signed, now_ms)
        taken.entries = _take_or_prove(database, circle, ledger, log, signed, source, now_ms)
    if not ledger.own:
        taken.own_receipt = _give_receipt(database, circle, ledger, checkpoint, keyring, now_ms)
    taken.receipts = _learn_receipts(database, ledger, signed, receipts)
    if taken.receipts:
        _keep_receipted(database, ledger, signed, now_ms)
    taken.receipts += _learn_cosignatures(database, circle, ledger, signed)
    return taken


def log_verifier(circle: Circle, ledger: LedgerRow) -> NoteVerifier:
    """The key under which a ledger's heads are signed in its circle."""
    return NoteVerifier(ledger.origin, ED25519, base64.b64decode(circle.member(PartyId(ledger.party)).log))


def _own_root(database: Database, ledger: LedgerRow, size: int) -> bytes:
    """The root of the first `size` entries that are held; a signed head that differs from it is a fork."""
    return _edge(database, ledger, size).root()


def _keep_evidence(database: Database, ledger: LedgerRow, signed: SignedCheckpoint, now_ms: int) -> None:
    with database.write() as connection:
        ledgers.keep_checkpoint(connection, ledger.num, signed.checkpoint.size, signed.raw, now_ms)


def _keep_receipted(database: Database, ledger: LedgerRow, signed: SignedCheckpoint, now_ms: int) -> None:
    """Keep an older head that receipts came on: without it they could not be passed on."""
    with database.write() as connection:
        if shelf.held_head(connection, ledger, signed.checkpoint.size) is None:
            ledgers.keep_checkpoint(connection, ledger.num, signed.checkpoint.size, signed.raw, now_ms)


def _check_open(database: Database, ledger: LedgerRow, signed: SignedCheckpoint, now_ms: int) -> None:
    """A ledger that is frozen, sealed or bounded does not grow here; the head stays as evidence."""
    if (
        ledger.frozen
        or ledger.sealed is not None
        or (ledger.bound is not None and signed.checkpoint.size > ledger.bound)
    ):
        _keep_evidence(database, ledger, signed, now_ms)
        code = "frozen" if ledger.frozen else "after_seal" if ledger.sealed is not None else "beyond_bound"
        raise Conflict(f"ledger.{code}", origin=ledger.origin, index=ledger.head_size)


def _fork_here(database: Database, ledger: LedgerRow, log: NoteVerifier, signed: SignedCheckpoint) -> ForkProof:
    """The proof that `signed` contradicts the head that is held, which is at least as large."""
    assert ledger.head_note is not None  # noqa: S101 - for the type checker: a head is held
    if signed.checkpoint.size == ledger.head_size:
        return fork.same_size(log, ledger.head_note, signed.raw)
    with database.read() as connection:
        return fork.extension(log, signed.raw, ledger.head_note, reader(connection, ledger.num))


def _freeze(database: Database, ledger: LedgerRow, proof: ForkProof, now_ms: int) -> None:
    with database.write() as connection:
        notices.keep_fork(connection, ledger, proof, now_ms, "")


def _without_unshown(database: Database, ledger: LedgerRow, now_ms: int) -> LedgerRow:
    with database.write() as connection:
        return drop_unshown(connection, ledgers.ledger_by(connection, num=ledger.num), now_ms)


def _take_or_prove(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    log: NoteVerifier,
    signed: SignedCheckpoint,
    source: Source,
    now_ms: int,
) -> int:
    """The entries; where the tree is another than the one held, the proof of it if the source has one to give."""
    try:
        entries = _take_with_erasures(database, circle, ledger, signed, source, now_ms)
    except ProofRefused as refused:
        if refused.code != "ledger.wrong_tree":
            raise
        proof = _fork_there(ledger, log, signed, source)
        if proof is None:
            _drop_other_steps(database, ledger, signed, source)
            raise
        if ledger.own and ledger.head_size > ledger.shown_size:
            shown = _without_unshown(database, ledger, now_ms)
            return _take_or_prove(database, circle, shown, log, signed, source, now_ms)
        _keep_evidence(database, ledger, signed, now_ms)
        _freeze(database, ledger, proof, now_ms)
        raise Conflict("ledger.fork", origin=ledger.origin, size=ledger.head_size) from refused
    contradicted = _contradicted(database, ledger, log)
    if contradicted is not None:
        _freeze(database, ledger, contradicted, now_ms)
        raise Conflict("ledger.fork", origin=ledger.origin, size=contradicted.first.checkpoint.size)
    return entries


def _fork_there(ledger: LedgerRow, log: NoteVerifier, signed: SignedCheckpoint, source: Source) -> ForkProof | None:
    """The proof that a larger head does not continue the held one, from hashes that its source serves.

    None where those hashes are not of the signed tree: then a relay garbles, and that proves nothing.
    """
    if ledger.head_note is None or ledger.head_size == 0:
        return None
    read = tile_reader(ledger.hash, signed.checkpoint.size, source)
    try:
        return fork.extension(log, ledger.head_note, signed.raw, read)
    except (ProofRefused, MalformedInput):
        return None


def _contradicted(database: Database, before: LedgerRow, log: NoteVerifier) -> ForkProof | None:
    """The proof, if a head that was kept in mid-pull, of a catch-up that was cut off, is of another history."""
    with database.read() as connection:
        ledger = ledgers.ledger_by(connection, num=before.num)
        read = reader(connection, ledger.num)
        for note in ledgers.checkpoint_notes(connection, ledger.num, before.head_size + 1, ledger.head_size - 1):
            signed = open_checkpoint(note, ledger.origin, log.public)
            if frontier_at(read, signed.checkpoint.size).root() != signed.checkpoint.root:
                return fork.extension(log, note, ledger.head_note or b"", read)
    return None


def tile_reader(origin_hash: str, size: int, source: Source) -> HashReader:
    """Hashes of a tree of `size` leaves from the tiles that a source serves (tlog-tiles); unverified."""
    held: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, index: int) -> list[bytes]:
        if (level, index) not in held:
            width = min(WIDTH, (size >> (8 * level)) - index * WIDTH)
            if width <= 0:
                raise ProofRefused("proof.hashes_missing", level=level, start=index * WIDTH, count=1)
            data = source.item(origin_hash, tiles.tile_path(level, index, width), width * 32)
            held[level, index] = tiles.decode_tile(data, width)
        return held[level, index]

    def read(level: int, start: int, count: int) -> list[bytes]:
        return [
            part
            for index in range(start // WIDTH, (start + count - 1) // WIDTH + 1)
            for part in tile(level, index)[max(0, start - index * WIDTH) : start + count - index * WIDTH]
        ]

    return read


def _drop_other_steps(database: Database, ledger: LedgerRow, signed: SignedCheckpoint, source: Source) -> None:
    """Drop the steps of a catch-up that was cut off, where a signed tree is shown that does not begin with them.

    No head that is held covers them, and their signer has signed this tree as well. The head of that catch-up was
    kept; together with this one it proves the fork as soon as both trees are known.
    """
    if ledger.size == ledger.head_size:
        return
    read = tile_reader(ledger.hash, signed.checkpoint.size, source)
    shared = min(ledger.size, signed.checkpoint.size)
    if frontier_at(read, signed.checkpoint.size).root() != signed.checkpoint.root:
        return  # a relay that garbles must not cost us what we have
    if frontier_at(read, shared).root() != _own_root(database, ledger, shared):
        with database.write() as connection:
            ledgers.cut(connection, ledger.num, ledger.head_size)
            book.rebuild_ledger(connection, ledgers.ledger_by(connection, num=ledger.num))


def _take_with_erasures(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    signed: SignedCheckpoint,
    source: Source,
    now_ms: int,
) -> int:
    """The entries; where values are missing, only if later entries under the same head erase them."""
    try:
        return _take_entries(database, circle, ledger, signed, source, now_ms, frozenset())
    except ProofRefused as refused:
        if refused.code != "disclosure.not_delivered":
            raise
    data = source.item(ledger.hash, "erasures", MAX_ANSWER)
    erased = erased_ids(data, signed.checkpoint.size, signed.checkpoint.root)
    with database.read() as connection:
        ledger = ledgers.ledger_by(connection, num=ledger.num)
    return _take_entries(database, circle, ledger, signed, source, now_ms, erased)


def _take_entries(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    signed: SignedCheckpoint,
    source: Source,
    now_ms: int,
    erased: frozenset[str],
) -> int:
    size, root = signed.checkpoint.size, signed.checkpoint.root
    first, expected = _tile_hashes(database, ledger, signed.checkpoint, source)
    with database.read() as connection:
        erased |= erased_here(connection, ledger.num)
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
        erased,
    )
    if expected:
        # a catch-up in several steps: if it is cut off, this says whose entries they are
        _keep_evidence(database, ledger, signed, now_ms)
    steps = verified(course, ledger.size, lambda held: _edge(database, ledger, held), source)
    _keep_steps(database, ledger, course, steps, signed, now_ms)
    return size - ledger.size


def take_pushed(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    target: SignedCheckpoint,
    source: Source,
    end: int,
    now_ms: int,
) -> None:
    """Take in entries up to `end` that were proven, package by package, to stand under `target`."""
    if end <= ledger.size:
        return
    _check_open(database, ledger, target, now_ms)
    growth = _edge(database, ledger, ledger.size)
    whole = end == target.checkpoint.size
    with database.read() as connection:
        erased = erased_here(connection, ledger.num)
    root = target.checkpoint.root if whole else _root_with(growth.copy(), source, ledger, end)
    course = Course(
        ledger.origin,
        ledger.hash,
        ledger.party,
        circle.exercise,
        descriptor_digest(circle),
        now_ms,
        end,
        root,
        0,
        [],
        erased,
    )
    _keep_steps(database, ledger, course, checked(course, growth, source), target if whole else None, now_ms)


def _root_with(growth: Growth, source: Source, ledger: LedgerRow, end: int) -> bytes:
    """The root with the entries of a source that go up to `end`, not at the end of a signed tree."""
    for start in range(growth.size, end, WIDTH):
        stop = min(end, start + WIDTH)
        first, last = start // WIDTH, (stop + WIDTH - 1) // WIDTH
        pairs = decode_pairs(source.item(ledger.hash, f"span/{first}/{stop}", MAX_PAIR * 2), last - first)
        bodies = [
            body
            for index, (entries, _) in enumerate(pairs, start=first)
            for body in tiles.decode_bundle(entries, min(WIDTH, stop - index * WIDTH))
        ]
        growth.extend([leaf_hash(body) for body in bodies[start - first * WIDTH :]])
    return growth.root()


def _keep_steps(
    database: Database,
    ledger: LedgerRow,
    course: Course,
    steps: Iterable[Batch],
    signed: SignedCheckpoint | None,
    now_ms: int,
) -> None:
    """Store verified steps, each durable by itself; with the last one the head, where `signed` is given."""
    forgotten = False
    for batch in steps:
        later = _later(database, ledger, course, batch)
        with database.write() as connection:
            _store(connection, ledger, batch, course.erased, now_ms)
            fold_step(connection, ledger, batch.fresh, later)
            forgotten |= _forget(connection, ledger, batch, later, now_ms)
            if batch.sealed is not None:
                ledgers.set_state(connection, ledger.num, sealed=batch.sealed)
            if batch.end == course.size and signed is not None:
                ledgers.set_head(connection, ledger.num, course.size, course.root, signed.raw, now_ms)
                if ledger.own:
                    ledgers.set_shown(connection, ledger.num, course.size, signed.raw)
    if forgotten:
        overwrite(database)


def _forget(connection: Connection, ledger: LedgerRow, batch: Batch, later: Sequence[HeldRecord], now_ms: int) -> bool:
    """Carry out the erasures of a step; values of what was erased before are not kept when they come again."""
    erasing = [record for record in later if record.entry.type == ERASE]
    for record in erasing:
        forget(connection, ledger, record.entry.revises or "", record.index, now_ms)
    return bool(erasing)


def _edge(database: Database, ledger: LedgerRow, size: int) -> Growth:
    """The right edge of the tree over the first `size` entries."""
    with database.read() as connection:
        return Growth.load(reader(connection, ledger.num), size)


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
        read = reader(connection, ledger.num)
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


def _store(connection: Connection, ledger: LedgerRow, batch: Batch, erased: frozenset[str], now_ms: int) -> None:
    held = ledgers.ledger_by(connection, num=ledger.num)
    if held.size != batch.start:
        raise Conflict("ledger.moved_on", origin=ledger.origin, size=held.size)
    ledgers.add_entries(connection, ledger.num, batch.start, batch.rows, now_ms)
    ledgers.add_told(connection, ledger.num, batch.told)
    named = [(index, batch.rows[index - batch.start][2]) for index in batch.naming]
    note_named(connection, ledger, named, erased)
    ledgers.add_nodes(connection, ledger.num, batch.nodes)
    ledgers.set_progress(connection, ledger.num, batch.end)


def _give_receipt(
    database: Database, circle: Circle, ledger: LedgerRow, checkpoint: Checkpoint, keyring: Keyring, now_ms: int
) -> str | None:
    """Cosign what is durably held; the first receipt for a size stands, later ones repeat it."""
    with database.read() as connection:
        held = ledgers.ledger_by(connection, num=ledger.num)
        if held.head_size != checkpoint.size or held.frozen:
            return None
        for receipt in ledgers.receipts(connection, ledger.num, size=held.head_size):
            if receipt.party == keyring.party:
                own = [
                    row.line for row in cosigned.at(connection, ledger.num, held.head_size, f"{receipt.party}/mirror")
                ]
                return receipt.line + "".join(own)
    time_s = now_ms // 1000
    line = cosign(checkpoint.body(), f"{keyring.party}/mirror", keyring.mirror_of(circle), time_s)
    with database.write() as connection:
        ledgers.add_receipt(connection, ledger.num, ReceiptRow(keyring.party, checkpoint.size, time_s, line))
        line += _post_quantum(connection, circle, ledger, checkpoint, keyring, time_s)
    return line


def _post_quantum(
    connection: Connection, circle: Circle, ledger: LedgerRow, checkpoint: Checkpoint, keyring: Keyring, time_s: int
) -> str:
    """The ML-DSA-44 line beside a receipt, only where the circle's policy names this node's key."""
    if keyring.post_quantum is None:
        return ""
    key = NoteVerifier(f"{keyring.party}/mirror", ML_DSA_COSIGNATURE, keyring.post_quantum.public)
    if key.vkey not in {one.vkey for one in policy_of(connection, circle, ledger.party).cosigners}:
        return ""
    line = cosign(checkpoint.body(), key.name, keyring.post_quantum, time_s)
    cosigned.add(connection, ledger.num, CosignedRow(key_name(key), checkpoint.size, time_s, line))
    return line


def mirror_verifiers(circle: Circle) -> list[NoteVerifier]:
    """The keys whose cosignatures count as receipts in a circle."""
    return [key for _, key in mirrors(circle)]


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


def _learn_cosignatures(database: Database, circle: Circle, ledger: LedgerRow, signed: SignedCheckpoint) -> int:
    """Keep the cosignatures by witnesses, and by whatever other keys the circle's policy names."""
    with database.read() as connection:
        wanted = {key.vkey: key for key in policy_of(connection, circle, ledger.party).cosigners}
        kept = {row.name for row in cosigned.at(connection, ledger.num, signed.checkpoint.size)}
    for key in mirror_verifiers(circle):
        wanted.pop(key.vkey, None)
    wanted |= {key.vkey: key for key in witnesses(circle)}
    wanted = {vkey: key for vkey, key in wanted.items() if key_name(key) not in kept}
    known = {(key.name, key.key_id) for key in wanted.values()}
    if not any((one.name, one.key_id) in known for one in signed.note.signatures):
        return 0
    found = cosignatures(signed.note, list(wanted.values()))
    with database.write() as connection:
        rows = [
            CosignedRow(key_name(one.verifier), signed.checkpoint.size, one.time_s or 0, one.signature.line())
            for one in found
        ]
        return sum(cosigned.add(connection, ledger.num, row) for row in rows)


def take_receipt(database: Database, circle: Circle, ledger: LedgerRow, note: bytes) -> int:
    """A receipt handed to this node for one of its own heads: the checkpoint note with the cosignature on it.

    Only a head that this node itself signed can be receipted; answers how many receipts were new.
    """
    signed = open_checkpoint(note, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log))
    with database.read() as connection:
        ours = shelf.held_head(connection, ledger, signed.checkpoint.size)
    if (
        ours is None
        or open_checkpoint(ours, ledger.origin, base64.b64decode(circle.member(PartyId(ledger.party)).log)).checkpoint
        != signed.checkpoint
    ):
        raise ProofRefused("ledger.unknown_head", origin=ledger.origin, size=signed.checkpoint.size)
    learnt = _learn_receipts(database, ledger, signed, cosignatures(signed.note, mirror_verifiers(circle)))
    return learnt + _learn_cosignatures(database, circle, ledger, signed)


__all__ = [
    "FUTURE_MS",
    "Source",
    "Taken",
    "mirror_verifiers",
    "take_head",
    "take_receipt",
]
