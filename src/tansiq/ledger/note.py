"""Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures.

Three types are known: 0x01, Ed25519 over the text, and the timed cosignatures of tlog-cosignature, 0x04
(Ed25519) and 0x06 (ML-DSA-44, only over the text of a checkpoint). A signature by a key that we do not know is
ignored; one by a known key that fails refuses the whole note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger import mldsa
from tansiq.ledger.keys import SIGNATURE_SIZE, SigningKey, check_public, verify_signature

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
ML_DSA_COSIGNATURE: Final = 0x06
COSIGNATURE_TYPES: Final = (COSIGNATURE, ML_DSA_COSIGNATURE)

MAX_NOTE: Final = 64 * 1024 - 1  # sixteen lines of type 0x06 with the longest names; still a 16-bit length
MAX_SIGNATURES: Final = 32  # the specification asks for at least 16
MAX_NAME: Final = 255  # bytes: what tlog-cosignature gives a name
MAX_TIME: Final = 2**63 - 1

_KEY_ID: Final = 4
_TIME: Final = 8
_MAX_VKEY: Final = MAX_NAME + len("+01234567+") + 4 * ((1 + mldsa.PUBLIC_SIZE + 2) // 3)
_DASH: Final = "— "
_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: whose it says to be, and the bytes after the key id."""

    name: str
    key_id: bytes
    payload: bytes

    def line(self) -> str:
        """The line with its newline (signed-note, "Format")."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.payload).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class NoteVerifier:
    """A key that we know by name and type (signed-note, "Signatures" and "Verifier keys")."""

    name: str
    key_type: int
    public: bytes
    key_id: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.key_type == ML_DSA_COSIGNATURE:
            mldsa.check_public(self.public)
        elif self.key_type in (ED25519, COSIGNATURE):
            check_public(self.public)
        else:
            raise MalformedInput("key.type", type=self.key_type)
        hashed = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.key_type]) + self.public).digest()
        object.__setattr__(self, "key_id", hashed[:_KEY_ID])

    @property
    def vkey(self) -> str:
        """The key as text, `name+hash+base64` (signed-note, "Verifier keys")."""
        material = base64.b64encode(bytes([self.key_type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    @classmethod
    def parse(cls, vkey: str) -> NoteVerifier:
        """The key from its text; refused where the hash in it is not that of the key."""
        if len(vkey) > _MAX_VKEY:
            raise MalformedInput("key.text")
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise MalformedInput("key.text")
        name, key_id, encoded = parts
        material = decode_base64(encoded)
        if not material:
            raise MalformedInput("key.text")
        verifier = cls(name, material[0], material[1:])
        if verifier.key_id.hex() != key_id:
            raise MalformedInput("key.hash", name=name)
        return verifier


@dataclass(frozen=True, slots=True)
class NoteSigner:
    """A name and the key that signs notes under it (type 0x01)."""

    name: str
    key: SigningKey

    @property
    def verifier(self) -> NoteVerifier:
        """What others need to know to verify."""
        return NoteVerifier(self.name, ED25519, self.key.public)

    def sign(self, text: str) -> Signature:
        """The signature over the text (signed-note, "Ed25519 signatures")."""
        return Signature(self.name, self.verifier.key_id, self.key.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature by a known key that holds.

    `time_s`, in seconds, only where the type carries a time; an ML-DSA cosigner may state none (it writes 0).
    """

    verifier: NoteVerifier
    signature: Signature
    time_s: int | None


def sign(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """The note over `text`, signed by each signer in turn (signed-note, "Format")."""
    return encode(Note(text, tuple(signer.sign(text) for signer in signers)))


def encode(note: Note) -> bytes:
    """The bytes of a note; refused where `parse` would refuse them."""
    data = (note.text + "\n" + "".join(signature.line() for signature in note.signatures)).encode()
    parse(data)
    return data


def parse(data: bytes) -> Note:
    """Text and signatures of a note (signed-note, "Format"), not yet verified."""
    if len(data) > MAX_NOTE:
        raise MalformedInput("note.too_large", limit=MAX_NOTE)
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise MalformedInput("note.not_utf8") from None
    if _CONTROL.search(data):
        raise MalformedInput("note.control_character")
    body, gap, tail = whole.rpartition("\n\n")
    if not gap:
        raise MalformedInput("note.no_signatures")
    if not tail.endswith("\n"):
        raise MalformedInput("note.cut_short")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise MalformedInput("note.too_many_signatures", limit=MAX_SIGNATURES)
    return Note(body + "\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """One signature line without its newline (signed-note, "Format")."""
    if not line.startswith(_DASH):
        raise MalformedInput("note.signature_line")
    name, space, encoded = line[len(_DASH) :].partition(" ")
    blob = decode_base64(encoded)
    if not space or blob is None or len(blob) <= _KEY_ID:
        raise MalformedInput("note.signature_line")
    check_name(name)
    return Signature(name, blob[:_KEY_ID], blob[_KEY_ID:])


def verify(note: Note, known: Sequence[NoteVerifier]) -> list[VerifiedSignature]:
    """The signatures by known keys, in the order of the note, one per key (signed-note, "Signatures").

    Every signature by a known key must hold, a repeated one too; only the first of them is returned, so
    that a count of the answer is a count of keys. Refused when none is by a known key.
    """
    verified = verify_any(note, known)
    if not verified:
        raise ProofRefused("note.nobody_known")
    return verified


def verify_any(note: Note, known: Sequence[NoteVerifier]) -> list[VerifiedSignature]:
    """As `verify`, but with no signature by a known key the answer is empty."""
    by_name = {(verifier.name, verifier.key_id): verifier for verifier in known}
    if len(by_name) != len(set(known)):
        raise ProofRefused("note.ambiguous_keys")
    verified: dict[NoteVerifier, VerifiedSignature] = {}
    for signature in note.signatures:
        verifier = by_name.get((signature.name, signature.key_id))
        if verifier is not None:
            found = verify_one(signature, verifier, note.text)
            verified.setdefault(verifier, found)
    return list(verified.values())


def verify_one(signature: Signature, verifier: NoteVerifier, text: str) -> VerifiedSignature:
    """One signature over the text by one known key; refused when it does not hold.

    Under an ML-DSA key the text must be a checkpoint: nothing else has a message that such a key signs.
    """
    if verifier.key_type == ML_DSA_COSIGNATURE:
        return _verify_mldsa(signature, verifier, text)
    time_s: int | None = None
    payload = signature.payload
    message = text.encode()
    if verifier.key_type == COSIGNATURE:
        if len(payload) != _TIME + SIGNATURE_SIZE:
            raise ProofRefused("note.bad_signature", name=verifier.name)
        time_s = int.from_bytes(payload[:_TIME], "big")
        if time_s > MAX_TIME:
            raise ProofRefused("note.bad_signature", name=verifier.name)
        payload = payload[_TIME:]
        message = cosigned_message(text, time_s)
    if not verify_signature(verifier.public, payload, message):
        raise ProofRefused("note.bad_signature", name=verifier.name)
    return VerifiedSignature(verifier, signature, time_s)


def _verify_mldsa(signature: Signature, verifier: NoteVerifier, text: str) -> VerifiedSignature:
    payload = signature.payload
    if len(payload) != _TIME + mldsa.SIGNATURE_SIZE:
        raise ProofRefused("note.bad_signature", name=verifier.name)
    time_s = int.from_bytes(payload[:_TIME], "big")
    if time_s > MAX_TIME:
        raise ProofRefused("note.bad_signature", name=verifier.name)
    message = cosigned_struct(text, verifier.name, time_s)
    if not mldsa.verify_signature(verifier.public, payload[_TIME:], message):
        raise ProofRefused("note.bad_signature", name=verifier.name)
    return VerifiedSignature(verifier, signature, time_s or None)


def cosigned_struct(body: str, name: str, time_s: int) -> bytes:
    """What an ML-DSA-44 cosignature over a whole checkpoint signs (tlog-cosignature, "ML-DSA-44 signed message")."""
    from tansiq.ledger.checkpoint import parse_body  # noqa: PLC0415 - a checkpoint is itself a note and imports this

    checkpoint = parse_body(body)
    return mldsa.subtree_message(name, time_s, checkpoint.origin, 0, checkpoint.size, checkpoint.root)


def cosigned_message(body: str, time_s: int) -> bytes:
    """What an Ed25519 cosignature signs (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {time_s}\n{body}".encode()


@lru_cache(maxsize=1024)  # the names of a federation's keys are few and come back for every checkpoint
def check_name(name: str) -> None:
    """Refuse what cannot be a key name (signed-note, "Format")."""
    if not name or len(name.encode(errors="replace")) > MAX_NAME:
        raise MalformedInput("note.key_name")
    if "+" in name or any(sign.isspace() or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name):
        raise MalformedInput("note.key_name")


def decode_base64(text: str) -> bytes | None:
    """Standard base64 (RFC 4648, section 4) in its one canonical form, else nothing.

    Decoders pass over bits at the end; then two texts would stand for one hash, so the text is made again.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw).decode() == text else None
