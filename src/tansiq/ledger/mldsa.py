"""ML-DSA-44 (FIPS 204): keys, signatures and the message of a cosignature of type 0x06.

Only cosignatures on checkpoints are made with it, never records; docs/decisions/ml-dsa.md says why and when one
is demanded. As with Ed25519, there is one verifier for the federation, and lengths are pinned before the library
is asked.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from tansiq.errors import MalformedInput, Unavailable
from tansiq.ledger.merkle import HASH_SIZE, MAX_SIZE

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 1312
SIGNATURE_SIZE: Final = 2420
MAX_CONTEXT: Final = 255

_LABEL: Final = b"subtree/v1\n\0"
_RHO: Final = 32  # a public key is this seed of the matrix, then the vector t1
_MAX_OPAQUE: Final = 255
_MAX_TIME: Final = 2**63 - 1


class MlDsaKey:
    """A key that signs, from its seed of 32 bytes (FIPS 204, algorithm 6: the seed is its xi)."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise MalformedInput("key.seed_size", found=len(seed))
        try:
            self._private = MLDSA44PrivateKey.from_seed_bytes(seed)
        except UnsupportedAlgorithm:
            raise Unavailable("ledger_policy.no_ml_dsa") from None
        self.public: bytes = self._private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        """The start of the public half only: a seed must not reach a log file."""
        return f"MlDsaKey(public={self.public[:16].hex()}...)"

    def sign(self, message: bytes) -> bytes:
        """The signature of 2,420 bytes over `message` with an empty context (FIPS 204, algorithm 2).

        It is the hedged kind: fresh randomness goes in, so two signatures over one message differ.
        """
        return self._private.sign(message)


def check_public(public: bytes) -> None:
    """Refuse a public key of another length, or one whose t1 is zero: under that one anyone can sign.

    All other keys of this length are well formed (FIPS 204, algorithm 23).
    """
    if len(public) != PUBLIC_SIZE:
        raise MalformedInput("ledger_policy.ml_dsa_size", found=len(public), expected=PUBLIC_SIZE)
    if not any(public[_RHO:]):
        raise MalformedInput("ledger_policy.ml_dsa_weak")


def verify_signature(public: bytes, signature: bytes, message: bytes, context: bytes = b"") -> bool:
    """Whether `signature` over `message` is by `public` (FIPS 204, algorithm 3). Cosignatures have no context.

    Raises Unavailable where the library was built without ML-DSA: that says nothing about the signature.
    """
    if len(public) != PUBLIC_SIZE or len(signature) != SIGNATURE_SIZE or len(context) > MAX_CONTEXT:
        return False
    try:
        _loaded(public).verify(signature, message, context)
    except InvalidSignature:
        return False
    return True


def subtree_message(name: str, time_s: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """The struct `cosigned_message` (tlog-cosignature, "ML-DSA-44 signed message").

    `start` is the first leaf and `end` the one after the last; a whole checkpoint has start 0 and end its size.
    `time_s` is in seconds, 0 for none; a subtree that does not start at 0 has no time.
    """
    if not 0 <= time_s <= _MAX_TIME or (start and time_s):
        raise MalformedInput("note.time", time=time_s)
    if not 0 <= start <= end <= MAX_SIZE or len(root) != HASH_SIZE:
        raise MalformedInput("ledger_policy.subtree")
    return b"".join(
        [
            _LABEL,
            _opaque(name),
            time_s.to_bytes(8, "big"),
            _opaque(origin),
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        ]
    )


def _opaque(text: str) -> bytes:
    """A TLS vector `opaque<1..2^8-1>` (RFC 8446, section 3.4)."""
    data = text.encode(errors="replace")
    if not 0 < len(data) <= _MAX_OPAQUE:
        raise MalformedInput("note.key_name")
    return len(data).to_bytes(1, "big") + data


@lru_cache(maxsize=256)  # the cosigners of a federation are few and come back for every checkpoint
def _loaded(public: bytes) -> MLDSA44PublicKey:
    try:
        return MLDSA44PublicKey.from_public_bytes(public)
    except UnsupportedAlgorithm:
        raise Unavailable("ledger_policy.no_ml_dsa") from None
