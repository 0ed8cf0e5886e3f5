"""Ed25519 (RFC 8032): signing keys and the one verifier of the federation.

Libraries differ on odd keys and signatures. If two nodes differ, one of them sees a fork where the other
sees none. So the odd cases are refused here, before the library is asked;
docs/decisions/ed25519-verifier.md says which.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tansiq.errors import MalformedInput

SEED_SIZE: Final = 32
PUBLIC_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64

_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_SIGN_BIT: Final = 2**255
_Y8: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7  # y of two points of order 8
# The y of all eight points of small order: 1 (order 1), -1 (2), 0 (4), and plus or minus _Y8 (8). The sign
# of x does not matter, so one look-up covers the points and, with y < p, all their non-canonical encodings.
_SMALL_ORDER_Y: Final = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})


def generate_seed() -> bytes:
    """Thirty-two random bytes (RFC 8032, section 5.1.5)."""
    return secrets.token_bytes(SEED_SIZE)


class SigningKey:
    """A key that signs, from its seed of 32 bytes (RFC 8032, section 5.1.5)."""

    __slots__ = ("_private", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_SIZE:
            raise MalformedInput("key.seed_size", found=len(seed))
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public: bytes = self._private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        """The public half only: a seed must not reach a log file."""
        return f"SigningKey(public={self.public.hex()})"

    def sign(self, message: bytes) -> bytes:
        """The signature of 64 bytes over `message` (RFC 8032, section 5.1.6)."""
        return self._private.sign(message)


def check_public(public: bytes) -> None:
    """Refuse a public key that no honest party would publish: see `verify_signature`."""
    if len(public) != PUBLIC_SIZE:
        raise MalformedInput("key.public_size", found=len(public))
    if not _is_ordinary_point(public):
        raise MalformedInput("key.odd_point")


def verify_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by `public` (RFC 8032, section 5.1.7, made stricter).

    Refused whatever the library would say: other lengths, S >= L, a y >= p in the key or in R, and keys and
    R of small order. Then the equation without cofactor, SB = R + kA, as OpenSSL checks it.
    """
    if len(public) != PUBLIC_SIZE or len(signature) != SIGNATURE_SIZE:
        return False
    if int.from_bytes(signature[32:], "little") >= _L:
        return False
    if not _is_ordinary_point(public) or not _is_ordinary_point(signature[:32]):
        return False
    key = _loaded(public)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _is_ordinary_point(encoded: bytes) -> bool:
    """Canonical y, and not one of the points of small order."""
    y = int.from_bytes(encoded, "little") & ~_SIGN_BIT
    return y < _P and y not in _SMALL_ORDER_Y


@lru_cache(maxsize=1024)  # the keys of a federation are few and come back for every checkpoint
def _loaded(public: bytes) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError:  # some builds of the library look whether the point is on the curve
        return None
