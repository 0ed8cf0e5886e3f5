"""The witness: who saw which head (C2SP tlog-witness, `add-checkpoint`).

A witness checks that a ledger only ever grew and says so with a time. It need not be a member of the circle: it learns
origin, size and root, and nothing of what is under them. Every member witnesses for every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from tansiq.circles.circle import Circle
from tansiq.circles.keyring import Keyring
from tansiq.errors import MalformedInput, NotFound, ProofRefused
from tansiq.exchange import notices
from tansiq.exchange.intake import log_verifier
from tansiq.exchange.origin import origin_hash
from tansiq.ledger import fork
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import SignedCheckpoint, open_checkpoint, parse_body, parse_decimal
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from tansiq.ledger.note import ED25519, MAX_NOTE, NoteVerifier, decode_base64
from tansiq.store import ledgers, roster, schema
from tansiq.store.database import Database

MAX_LINES: Final = 63
MAX_BODY: Final = MAX_NOTE + 64 * (MAX_LINES + 1)
WATCHED: Final = "witness.watched"
ASKED: Final = "witness.asked"
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Answer:
    """What a submission is answered with."""

    status: int
    body: bytes = b""
    kind: str = TEXT_TYPE


@dataclass(frozen=True)
class Submission:
    """What was submitted: the size that it grew from, the proof that it only grew, the checkpoint as a signed note."""

    old: int
    proof: list[bytes]
    note: bytes


def add_checkpoint(database: Database, keyring: Keyring, body: bytes, party: str, now_ms: int) -> Answer:
    """Answer a submission by `party` as tlog-witness says: 200 with a cosignature, 400, 403, 404, 409 or 422.

    Of a circle that the party is not in not even the existence shows: 404, whatever it submits.
    Check and update are one transaction, so that two submissions cannot roll each other back.
    """
    try:
        submission = read_submission(body)
        origin = parse_body(notes.parse(submission.note).text).origin
    except MalformedInput:
        return Answer(400)
    with database.write() as connection:
        try:
            known = verifier_of(connection, origin)
        except NotFound:
            return Answer(404)
        if not _may_see(connection, origin, party):
            return Answer(404)
        try:
            signed = open_checkpoint(submission.note, origin, known.public)
        except (ProofRefused, MalformedInput):
            return Answer(403)
        answer = _judge(connection, known, signed, submission.old, submission.proof, now_ms)
        if answer is None:
            _keep_pending(connection, signed, now_ms)
    if answer is not None:
        return answer
    line = cosign(signed.checkpoint.body(), f"{keyring.party}/witness", keyring.witness[0], now_ms // 1000)
    return Answer(200, line.encode())


def _judge(
    connection: Connection, known: NoteVerifier, signed: SignedCheckpoint, old: int, proof: Sequence[bytes], now_ms: int
) -> Answer | None:
    """What speaks against the checkpoint, None if nothing does; then it is the largest one from now on."""
    table = schema.witnessed
    checkpoint = signed.checkpoint
    if old > checkpoint.size:
        return Answer(400)
    held = connection.execute(select(table).where(table.c.origin == checkpoint.origin)).one_or_none()
    size, root = (held.size, held.root) if held else (0, EMPTY_ROOT)
    if old != size:
        return Answer(409, b"%d\n" % size, SIZE_TYPE)
    if old == checkpoint.size and held and root != checkpoint.root:
        _prove(connection, known, held.note, signed, now_ms)
        return Answer(409, b"%d\n" % size, SIZE_TYPE)
    try:
        verify_consistency(old, checkpoint.size, root, checkpoint.root, proof)
    except ProofRefused:
        return Answer(422)
    values = {"size": checkpoint.size, "root": checkpoint.root, "note": signed.raw, "at": now_ms}
    if held is None:
        connection.execute(table.insert().values(origin=checkpoint.origin, **values))
    else:
        connection.execute(table.update().where(table.c.origin == checkpoint.origin).values(**values))
    return None


def _keep_pending(connection: Connection, signed: SignedCheckpoint, now_ms: int) -> None:
    """Where this node also mirrors the ledger, an upload may follow towards this head (tlog-mirror)."""
    try:
        ledger = ledgers.ledger_by(connection, origin=signed.checkpoint.origin)
    except NotFound:
        return
    ledgers.keep_checkpoint(connection, ledger.num, signed.checkpoint.size, signed.raw, now_ms)


def _prove(connection: Connection, known: NoteVerifier, held: bytes, signed: SignedCheckpoint, now_ms: int) -> None:
    """Two heads of one size: keep the proof, if this node holds the ledger."""
    try:
        ledger = ledgers.ledger_by(connection, origin=signed.checkpoint.origin)
    except NotFound:
        return
    notices.keep_fork(connection, ledger, fork.same_size(known, held, signed.raw), now_ms, "")


def read_submission(body: bytes) -> Submission:
    """What a submission says (tlog-witness, "add-checkpoint"); nothing in it is verified yet."""
    head, gap, raw = body.partition(b"\n\n")
    if len(body) > MAX_BODY or not gap or not raw:
        raise MalformedInput("witness.malformed", reason="form")
    lines = head.decode("ascii", "replace").split("\n")
    old = parse_decimal(lines[0].removeprefix("old ")) if lines[0].startswith("old ") else None
    proof = [decode_base64(line) for line in lines[1:]]
    if old is None or len(proof) > MAX_LINES:
        raise MalformedInput("witness.malformed", reason="old size or proof")
    parts = [part for part in proof if part is not None and len(part) == HASH_SIZE]
    if len(parts) != len(proof):
        raise MalformedInput("witness.malformed", reason="proof line")
    return Submission(old, parts, raw)


def verifier_of(connection: Connection, origin: str) -> NoteVerifier:
    """The key of a ledger that this node witnesses: one of its circles, or one that an administrator named."""
    try:
        ledger = ledgers.ledger_by(connection, origin=origin)
    except NotFound:
        for vkey in watched(connection):
            known = NoteVerifier.parse(vkey)
            if known.name == origin:
                return known
        raise
    return log_verifier(notices.circle_of(connection, ledger), ledger)


def watched(connection: Connection) -> list[str]:
    """Verifier keys of ledgers that are witnessed blind."""
    text = roster.setting(connection, WATCHED)
    return msgspec.json.decode(text, type=list[str]) if text else []


def watch(connection: Connection, vkey: str) -> NoteVerifier:
    """Witness this ledger from now on, without being in its circle."""
    known = NoteVerifier.parse(vkey)
    if known.key_type != ED25519:
        raise MalformedInput("key.type", type=known.key_type)
    kept = [held for held in watched(connection) if NoteVerifier.parse(held).name != known.name]
    roster.set_setting(connection, WATCHED, msgspec.json.encode([*kept, vkey]).decode())
    return known


def asked(connection: Connection, circle: Circle) -> list[str]:
    """Parties outside a circle that this node asks to witness its ledger there, blind."""
    text = roster.setting(connection, f"{ASKED}/{circle.id}")
    return text.split(" ") if text else []


def ask(connection: Connection, circle: Circle, party: str) -> None:
    """Ask a party to witness from now on."""
    parties = dict.fromkeys([*asked(connection, circle), party])
    roster.set_setting(connection, f"{ASKED}/{circle.id}", " ".join(parties))


def witnessed_head(connection: Connection, keyring: Keyring, hashed: str, party: str) -> bytes:
    """The head that this node witnessed last, with its cosignature; for members of its circle, blind ones for all."""
    table = schema.witnessed
    for row in connection.execute(select(table)):
        if origin_hash(row.origin) == hashed and _may_see(connection, row.origin, party):
            body = parse_body(notes.parse(row.note).text).body()
            line = cosign(body, f"{keyring.party}/witness", keyring.witness[0], row.at // 1000)
            return with_cosignatures(row.note, [line])
    raise NotFound("ledger.not_here", which=hashed[:80])


def _may_see(connection: Connection, origin: str, party: str) -> bool:
    """A ledger that is held is for its circle; of a blindly witnessed one everybody pinned may see the head."""
    try:
        ledger = ledgers.ledger_by(connection, origin=origin)
    except NotFound:
        return True
    return party in notices.circle_of(connection, ledger).parties
