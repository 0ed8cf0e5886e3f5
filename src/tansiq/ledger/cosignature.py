"""Cosignatures with a time (C2SP tlog-cosignature): Ed25519, type 0x04, and ML-DSA-44, type 0x06.

A witness says by one: as of this time, the largest consistent head that I saw has this root. A mirror says:
and I hold what is under it. The message that Ed25519 signs does not carry the name, so each role of a party has
a key of its own. Whether a cosignature of type 0x06 is needed is for a policy to say (`tansiq.ledger.policy`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.mldsa import SIGNATURE_SIZE, MlDsaKey
from tansiq.ledger.note import (
    COSIGNATURE,
    COSIGNATURE_TYPES,
    MAX_TIME,
    ML_DSA_COSIGNATURE,
    Note,
    NoteVerifier,
    Signature,
    VerifiedSignature,
)

_ML_DSA_PAYLOAD: Final = 8 + SIGNATURE_SIZE


def cosign(checkpoint_body: str, name: str, key: SigningKey | MlDsaKey, time_s: int) -> str:
    """One signature line, with its newline, over the body of a checkpoint (tlog-cosignature, "Format").

    The type is that of the key. `time_s` is in seconds; 0 under an ML-DSA key makes no statement on time, which
    is how a log signs its own checkpoint. ML-DSA signatures differ each time: keep the line that was made.
    """
    parse_body(checkpoint_body)
    if not 0 <= time_s <= MAX_TIME:
        raise MalformedInput("note.time", time=time_s)
    if isinstance(key, MlDsaKey):
        verifier = NoteVerifier(name, ML_DSA_COSIGNATURE, key.public)
        signature = key.sign(notes.cosigned_struct(checkpoint_body, name, time_s))
    else:
        verifier = NoteVerifier(name, COSIGNATURE, key.public)
        signature = key.sign(notes.cosigned_message(checkpoint_body, time_s))
    return Signature(name, verifier.key_id, time_s.to_bytes(8, "big") + signature).line()


def open_cosignature(signature: str | Signature, verifier: NoteVerifier, body: str) -> int:
    """The time of a cosignature over `body`, in seconds; refused unless `verifier` made it.

    0 where an ML-DSA cosigner states no time.
    """
    parse_body(body)
    if verifier.key_type not in COSIGNATURE_TYPES:
        raise MalformedInput("key.type", type=verifier.key_type)
    if isinstance(signature, str):
        signature = notes.parse_signature(signature.removesuffix("\n"))
    if (signature.name, signature.key_id) != (verifier.name, verifier.key_id):
        raise MalformedInput("note.other_key", found=signature.name, expected=verifier.name)
    return notes.verify_one(signature, verifier, body).time_s or 0


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
            if len(signatures) == notes.MAX_SIGNATURES:  # at once: a peer may send thousands
                raise MalformedInput("note.too_many_signatures", limit=notes.MAX_SIGNATURES)
            signatures.append(signature)
    return notes.encode(Note(note.text, tuple(signatures)))


def cosignatures(note: Note, known: Sequence[NoteVerifier]) -> list[VerifiedSignature]:
    """The cosignatures of a checkpoint note by known keys, of both types, one per key, each with its time.

    A party that has a key of each type counts once per key. Keys of other types in `known` are passed over. A known
    key that fails refuses the whole note, as everywhere. Where a key cosigned twice, the earlier time stands: it is
    the stronger bound on when the entries existed. A cosignature that states no time comes after all that do.
    """
    parse_body(note.text)
    cosigners = [verifier for verifier in known if verifier.key_type in COSIGNATURE_TYPES]
    return notes.verify_any(Note(note.text, tuple(sorted(note.signatures, key=_by_time))), cosigners)


def _by_time(signature: Signature) -> tuple[bool, bytes]:
    stated = signature.payload[:8]
    # Only among ML-DSA signatures, which their length shows, does 0 mean that no time is stated.
    return len(signature.payload) == _ML_DSA_PAYLOAD and stated == bytes(8), stated
