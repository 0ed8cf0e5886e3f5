"""The file that proves one entry (C2SP tlog-proof, v1): index, inclusion proof and signed checkpoint.

Whoever has the entry, this file and the key of its log can check it with no network and no Tansiq.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from tansiq.errors import MalformedInput
from tansiq.ledger.checkpoint import SignedCheckpoint, open_checkpoint, parse_decimal
from tansiq.ledger.merkle import HASH_SIZE, MAX_PROOF, verify_inclusion
from tansiq.ledger.note import MAX_NOTE, decode_base64

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_EXTRA: Final = 64 * 1024
MAX_FILE: Final = 2 * MAX_EXTRA + MAX_NOTE  # base64 of the extra and 63 lines of 45 bytes stay well below


class TlogProof(msgspec.Struct, frozen=True):
    """What a proof file says. `extra` is not covered by any signature: it may help, it proves nothing."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def encode(proof: TlogProof) -> bytes:
    """The file (tlog-proof, "Format")."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {base64.b64encode(proof.extra).decode()}")
    lines.append(f"index {proof.index}")
    lines += (base64.b64encode(part).decode() for part in proof.hashes)
    data = ("\n".join(lines) + "\n\n").encode() + proof.checkpoint
    parse(data)
    return data


def parse(data: bytes) -> TlogProof:
    """What a file says (tlog-proof, "Format"); nothing in it is verified yet."""
    if len(data) > MAX_FILE:
        raise MalformedInput("proof.file_too_large", limit=MAX_FILE)
    head, gap, checkpoint = data.partition(b"\n\n")
    if not gap or not checkpoint or not head.isascii():
        raise MalformedInput("proof.file_format")
    lines = head.decode("ascii").split("\n")
    if lines.pop(0) != HEADER:
        raise MalformedInput("proof.file_format")
    extra: bytes | None = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if not extra or len(extra) > MAX_EXTRA:
            raise MalformedInput("proof.file_extra", limit=MAX_EXTRA)
    if not lines or not lines[0].startswith("index "):
        raise MalformedInput("proof.file_index")
    index = parse_decimal(lines.pop(0).removeprefix("index "))
    if index is None:
        raise MalformedInput("proof.file_index")
    if len(lines) > MAX_PROOF:
        raise MalformedInput("proof.too_long", limit=MAX_PROOF)
    return TlogProof(index, tuple(_hash(line) for line in lines), checkpoint, extra)


def verify(proof: TlogProof, leaf: bytes, origin: str, public: bytes) -> SignedCheckpoint:
    """The checkpoint over `leaf`; refused unless all holds (tlog-proof, "Verifying a tlog proof").

    Steps 2 and 4 of the text. Which cosignatures are enough (step 3) is for whoever asks: see
    `cosignature.cosignatures` with the note of the answer.
    """
    signed = open_checkpoint(proof.checkpoint, origin, public)
    verify_inclusion(leaf, proof.index, signed.checkpoint.size, proof.hashes, signed.checkpoint.root)
    return signed


def _hash(line: str) -> bytes:
    raw = decode_base64(line)
    if raw is None or len(raw) != HASH_SIZE:
        raise MalformedInput("proof.file_hash")
    return raw
