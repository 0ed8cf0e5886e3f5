"""The file that proves two histories of one ledger: two signed heads that cannot both be true.

    tansiq.fork-proof@v1
    log <verifier key of the log, signed-note>
    kind same-size | extension
    prefix <base64>            extension only: the root of the first N leaves under the larger tree
    proof <base64>             extension only, up to 63: from `prefix` to the root of the larger tree (RFC 9162)
    <empty line>
    first <length>
    <the smaller head, verbatim>
    second <length>
    <the larger head, verbatim>

Two heads of one size with different roots are a proof by themselves. Of different sizes the larger tree must be shown
not to begin with the smaller one. Nothing is needed to check it but the key; no entry stands in it.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec

from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger.checkpoint import SignedCheckpoint, open_checkpoint, parse_decimal
from tansiq.ledger.merkle import HASH_SIZE, MAX_PROOF, HashReader, consistency_proof, frontier_at, verify_consistency
from tansiq.ledger.note import ED25519, MAX_NOTE, NoteVerifier, decode_base64

HEADER: Final = "tansiq.fork-proof@v1"
MAX_FILE: Final = 2 * MAX_NOTE + 8192


class ForkProof(msgspec.Struct, frozen=True):
    """Two heads of one log, `first` the smaller; `prefix` and `hashes` only where their sizes differ."""

    log: NoteVerifier
    first: SignedCheckpoint
    second: SignedCheckpoint
    prefix: bytes | None = None
    hashes: tuple[bytes, ...] = ()

    @property
    def origin(self) -> str:
        """The ledger that has two histories."""
        return self.first.checkpoint.origin


def same_size(log: NoteVerifier, one: bytes, other: bytes) -> ForkProof:
    """The proof from two heads of one size; refused (`fork.none`) where they agree."""
    return _checked(ForkProof(log, _open(one, log), _open(other, log)))


def extension(log: NoteVerifier, smaller: bytes, larger: bytes, read: HashReader) -> ForkProof:
    """The proof from a head and a larger one that does not continue it; `read` gives hashes of the larger tree.

    Refused (`fork.none`) where it does, and like any wrong tree where the hashes are not of that tree.
    """
    first, second = _open(smaller, log), _open(larger, log)
    low, high = first.checkpoint.size, second.checkpoint.size
    prefix = frontier_at(read, low).root()
    return _checked(ForkProof(log, first, second, prefix, tuple(consistency_proof(read, low, high))))


def encode(proof: ForkProof) -> bytes:
    """The file."""
    lines = [HEADER, f"log {proof.log.vkey}"]
    if proof.prefix is None:
        lines.append("kind same-size")
    else:
        lines += ["kind extension", f"prefix {_base64(proof.prefix)}", *(f"proof {_base64(p)}" for p in proof.hashes)]
    head = ("\n".join(lines) + "\n\n").encode()
    notes = ((b"first", proof.first.raw), (b"second", proof.second.raw))
    return head + b"".join(b"%s %d\n%s" % (name, len(raw), raw) for name, raw in notes)


def decode(data: bytes) -> ForkProof:
    """What a file proves; refused unless it proves a fork. Compare `log` with the key that the party gave you."""
    if len(data) > MAX_FILE:
        raise MalformedInput("fork.malformed", reason=f"{len(data)} > {MAX_FILE} bytes")
    head, gap, rest = data.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if not gap or lines[0] != HEADER or len(lines) < 3 or not lines[1].startswith("log "):
        raise MalformedInput("fork.malformed", reason="header")
    log = NoteVerifier.parse(lines[1].removeprefix("log "))
    if log.key_type != ED25519:
        raise MalformedInput("fork.malformed", reason="log key")
    prefix, hashes = _hashes(lines[2], lines[3:])
    first, rest = _note(rest, b"first ")
    second, rest = _note(rest, b"second ")
    if rest:
        raise MalformedInput("fork.malformed", reason="bytes after the end")
    proof = _checked(ForkProof(log, _open(first, log), _open(second, log), prefix, hashes))
    if encode(proof) != data:
        raise MalformedInput("fork.malformed", reason="not in its one spelling")
    return proof


def _hashes(kind: str, lines: list[str]) -> tuple[bytes | None, tuple[bytes, ...]]:
    if kind == "kind same-size" and not lines:
        return None, ()
    if kind != "kind extension" or not 1 <= len(lines) <= MAX_PROOF + 1:
        raise MalformedInput("fork.malformed", reason="kind")
    names = [line.partition(" ")[0] for line in lines]
    if names != ["prefix", *["proof"] * (len(lines) - 1)]:
        raise MalformedInput("fork.malformed", reason="proof lines")
    values = [_hash(line.partition(" ")[2]) for line in lines]
    return values[0], tuple(values[1:])


def _hash(text: str) -> bytes:
    raw = decode_base64(text)
    if raw is None or len(raw) != HASH_SIZE:
        raise MalformedInput("fork.malformed", reason="hash")
    return raw


def _note(data: bytes, name: bytes) -> tuple[bytes, bytes]:
    line, gap, rest = data.partition(b"\n")
    size = parse_decimal(line.removeprefix(name).decode("ascii", "replace")) if line.startswith(name) else None
    if not gap or size is None or not 0 < size <= MAX_NOTE or len(rest) < size:
        raise MalformedInput("fork.malformed", reason="head")
    return rest[:size], rest[size:]


def _open(data: bytes, log: NoteVerifier) -> SignedCheckpoint:
    return open_checkpoint(data, log.name, log.public)


def _checked(proof: ForkProof) -> ForkProof:
    low, high = proof.first.checkpoint, proof.second.checkpoint
    if proof.prefix is None:
        if low.size != high.size or low.root == high.root:
            raise ProofRefused("fork.none", origin=low.origin)
        return proof
    if not 0 < low.size < high.size or proof.prefix == low.root:
        raise ProofRefused("fork.none", origin=low.origin)
    verify_consistency(low.size, high.size, proof.prefix, high.root, proof.hashes)
    return proof


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
