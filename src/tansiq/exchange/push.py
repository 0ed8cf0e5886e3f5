"""Submitting own heads to a peer: its witness sees them, and its mirror gets what it cannot come and fetch.

Every head that was shown goes to the witness of every member, and of the observers that an administrator named for
the circle. Entries are only pushed to a member that has given no receipt for a while: a peer that can dial pulls.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from tansiq.circles.circle import Circle
from tansiq.errors import MalformedInput, ProofRefused, Unavailable
from tansiq.exchange import attachments, intake, mirror, shelf
from tansiq.exchange.acknowledgement import key_name
from tansiq.exchange.erasure import reader
from tansiq.exchange.frames import decode_frames
from tansiq.exchange.peer_client import PeerClient
from tansiq.exchange.standing import stop
from tansiq.exchange.verify import WIDTH
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import open_checkpoint, parse_decimal
from tansiq.ledger.cosignature import cosignatures, with_cosignatures
from tansiq.ledger.merkle import consistency_proof
from tansiq.ledger.note import NoteVerifier
from tansiq.ledger.subtree import subtree_proof
from tansiq.store import blobs, cosigned, ledgers
from tansiq.store.blobs import BlobState
from tansiq.store.cosigned import CosignedRow
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow

MAX_TRIES: Final = 3
CONFLICT: Final = 409
OK: Final = 200
ACCEPTED: Final = 202
MAX_MISSING: Final = 1 << 18
QUICK_S: Final = 1.0


def submit(
    client: PeerClient,
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    witness: Sequence[NoteVerifier],
    now_ms: int,
) -> bool:
    """Submit the shown head to the peer's witness and keep its cosignature (tlog-witness, "add-checkpoint").

    `witness` are the keys that it may sign with: where they were renewed, those of the circle and those of its card.
    A witness that has seen more of this ledger than was ever signed here has seen another node with the same keys:
    then nothing more is signed.
    """
    note = ledger.out_note
    if note is None:
        return False
    old = 0
    for _ in range(MAX_TRIES):
        with database.read() as connection:
            proof = consistency_proof(reader(connection, ledger.num), old, ledger.out_size)
        lines = [f"old {old}", *(base64.b64encode(part).decode() for part in proof)]
        status, answer = client.post("/add-checkpoint", ("\n".join(lines) + "\n\n").encode() + note)
        if status == OK:
            return _keep_cosignature(database, circle, ledger, note, answer, witness)
        if status != CONFLICT:
            raise Unavailable("peer.refused", peer=client.peer, status=status)
        size = read_size(answer, client.peer)
        if size > ledger.out_size or size == old:
            _look_at(client, database, circle, ledger, size, now_ms)
            return False
        old = size
    return False


def _keep_cosignature(
    database: Database, circle: Circle, ledger: LedgerRow, note: bytes, answer: bytes, witness: Sequence[NoteVerifier]
) -> bool:
    log = intake.log_verifier(circle, ledger)
    body = open_checkpoint(with_cosignatures(note, read_lines(answer)), ledger.origin, log.public).note
    with database.write() as connection:
        for one in cosignatures(body, witness):
            row = CosignedRow(key_name(one.verifier), ledger.out_size, one.time_s or 0, one.signature.line())
            cosigned.add(connection, ledger.num, row)
            return True
    return False


def _look_at(client: PeerClient, database: Database, circle: Circle, ledger: LedgerRow, size: int, now_ms: int) -> None:
    """The witness claims to have seen more, or something else: believe nothing but our own signature on it."""
    note = client.item(f"witness/{ledger.hash}", "checkpoint", notes.MAX_NOTE)
    try:
        signed = open_checkpoint(note, ledger.origin, intake.log_verifier(circle, ledger).public)
    except (ProofRefused, MalformedInput):
        return
    with database.write() as connection:
        held = ledgers.ledger_by(connection, num=ledger.num)
        if signed.checkpoint.size <= held.head_size:
            return  # said here meanwhile, or a fork that pulling will prove
        ledgers.keep_checkpoint(connection, held.num, signed.checkpoint.size, signed.raw, now_ms)
        stop(connection, ledger.origin, size)


def upload(client: PeerClient, database: Database, circle: Circle, ledger: LedgerRow) -> bool:
    """Push entries to the peer's mirror until it gives its receipt (tlog-mirror, "add-entries")."""
    end = ledger.out_size
    status, answer = client.post("/add-entries", mirror.write_upload(ledger.origin, 0, 0, b""))
    for _ in range(2 + end // (mirror.MAX_PACKAGES * WIDTH) * 2 + MAX_TRIES):
        if status == OK:
            note = with_cosignatures(ledger.out_note or b"", read_lines(answer))
            return intake.take_receipt(database, circle, ledger, note) > 0
        if status not in (CONFLICT, ACCEPTED):
            raise Unavailable("peer.refused", peer=client.peer, status=status)
        start = read_next_entry(answer, client.peer)
        if start > end:
            return False
        stop_at = min(end, (start // WIDTH + mirror.MAX_PACKAGES) * WIDTH)
        with database.read() as connection:
            frames, packages = _packages(connection, ledger, start, stop_at, end)
        status, _ = client.post(f"/{ledger.hash}/add-disclosures", mirror.encode_disclosures(start, frames))
        if status != OK:
            raise Unavailable("peer.refused", peer=client.peer, status=status)
        status, answer = client.post("/add-entries", mirror.write_upload(ledger.origin, start, end, packages))
    return False


def push_blobs(
    client: PeerClient, database: Database, ledger: LedgerRow, standing: Mapping[str, int]
) -> dict[str, int]:
    """Push what the peer lacks of an own ledger's attachments, smallest first, each from where it ended there.

    `standing` says how much of each was there when this was last asked: what has grown since comes by itself and is
    left alone. Answers how much of each was there now; nothing where nothing is lacking.
    """
    answer = client.item(ledger.hash, "missing-blobs", MAX_MISSING)
    missing = attachments.read_missing(answer, client.peer)
    with database.read() as connection:
        found = [(one, blobs.find(connection, ledger.num, one.digest)) for one in missing]
    held = [(one, blob) for one, blob in found if blob is not None and blob.state is BlobState.HELD]
    for one, blob in sorted(held, key=lambda pair: pair[1].size):
        if standing.get(one.digest) != one.received:
            continue
        start = one.received if one.size == blob.size else 0
        piece = attachments.LEAST_PIECE
        while start < blob.size:
            end = min(blob.size, start + piece)
            with database.read() as connection:
                data = blobs.read(connection, blob, start, end)
            began = time.monotonic()
            status, _ = client.post(f"/{ledger.hash}/add-blob/{blob.digest}/{blob.size}/{start}", data)
            if status != OK:
                raise Unavailable("peer.refused", peer=client.peer, status=status)
            start = end
            if time.monotonic() - began < QUICK_S:
                piece = min(2 * piece, attachments.LARGEST_PIECE)
    return {one.digest: one.received for one, _ in held}


def _packages(
    connection: Connection, ledger: LedgerRow, start: int, stop_at: int, end: int
) -> tuple[list[tuple[int, bytes]], bytes]:
    """Frames and packages of entries [start, stop_at), proven under the head over `end`."""
    frames: list[tuple[int, bytes]] = []
    packages = []
    for low in range(start // WIDTH * WIDTH, stop_at, WIDTH):
        first, last = max(start, low), min(stop_at, low + WIDTH)
        bodies = ledgers.entry_bodies(connection, ledger.num, first, last - first)
        told = shelf.disclosures(connection, ledger, first, last - first)
        frames += decode_frames(told, last - first)
        proof = subtree_proof(reader(connection, ledger.num), low, last, end)
        packages.append(mirror.write_package(bodies, proof))
    return frames, b"".join(packages)


def read_lines(answer: bytes) -> Sequence[str]:
    """The signature lines of an answer 200, not yet read."""
    return answer.decode("utf-8", "replace").splitlines()


def read_size(answer: bytes, peer: str) -> int:
    """The size that a witness has seen, from its answer 409 (tlog-witness)."""
    size = parse_decimal(answer.decode("ascii", "replace").removesuffix("\n"))
    if size is None:
        raise MalformedInput("peer.bad_answer", peer=peer, path="/add-checkpoint")
    return size


def read_next_entry(answer: bytes, peer: str) -> int:
    """The index from which a mirror wants entries, from its answer 202 or 409 (tlog-mirror)."""
    lines = answer.decode("ascii", "replace").split("\n")
    found = parse_decimal(lines[1]) if len(lines) == 4 else None
    if found is None:
        raise MalformedInput("peer.bad_answer", peer=peer, path="/add-entries")
    return found
