"""Cosignatures with a time (C2SP tlog-cosignature, Ed25519, type 0x04).

A witness says by one: as of this time, the largest consistent head that I saw has this root. A mirror says:
and I hold what is under it. The signed message does not carry the name, so each role of a party has a key
of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tansiq.errors import MalformedInput
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import COSIGNATURE, MAX_TIME, Note, NoteVerifier, Signature, VerifiedSignature


def cosign(checkpoint_body: str, name: str, key: SigningKey, time_s: int) -> str:
    """One signature line, with its newline, over the body of a checkpoint (tlog-cosignature, "Format")."""
    parse_body(checkpoint_body)
    if not 0 <= time_s <= MAX_TIME:
        raise MalformedInput("note.time", time=time_s)
    verifier = NoteVerifier(name, COSIGNATURE, key.public)
    signature = key.sign(notes.cosigned_message(checkpoint_body, time_s))
    return Signature(name, verifier.key_id, time_s.to_bytes(8, "big") + signature).line()


def open_cosignature(signature: str | Signature, verifier: NoteVerifier, body: str) -> int:
    """The time of a cosignature over `body`, in seconds; refused unless `verifier` made it."""
    parse_body(body)
    if verifier.key_type != COSIGNATURE:
        raise MalformedInput("key.type", type=verifier.key_type)
    if isinstance(signature, str):
        signature = notes.parse_signature(signature.removesuffix("\n"))
    if (signature.name, signature.key_id) != (verifier.name, verifier.key_id):
        raise MalformedInput("note.other_key", found=signature.name, expected=verifier.name)
    time_s = notes.verify_one(signature, verifier, body).time_s
    assert time_s is not None  # noqa: S101 - for the type checker: a signature of type 0x04 always has a time
    return time_s


def with_cosignatures(data: bytes, lines: Iterable[str]) -> bytes:
    """The checkpoint note with signature lines put after its own; a line that it already has is not repeated.

    What stood there stays byte for byte. The lines are read, not verified: that is for whoever counts them.
    """
    note = notes.parse(data)
    parse_body(note.text)
    signatures = list(note.signatures)
    for line in lines:
        signature = notes.parse_signature(line.removesuffix("\n"))
        if signature not in signatures:
            signatures.append(signature)
    return notes.encode(Note(note.text, tuple(signatures)))


def cosignatures(note: Note, known: Sequence[NoteVerifier]) -> list[VerifiedSignature]:
    """The cosignatures of a checkpoint note by known keys, one per key, each with its time.

    Keys of other types in `known` are passed over. A known key that fails refuses the whole note, as
    everywhere. Where a key cosigned twice, the earlier time stands: it is the stronger bound on when the
    entries existed.
    """
    parse_body(note.text)
    cosigners = [verifier for verifier in known if verifier.key_type == COSIGNATURE]
    by_time = sorted(note.signatures, key=lambda signature: signature.payload[:8])
    return notes.verify_any(Note(note.text, tuple(by_time)), cosigners)
