"""A signatory's key file: an Ed25519 seed under a passphrase, written and read by the command line and by any browser.

JSON of `format`, `public` (base64), `kdf` (PBKDF2-HMAC-SHA-256, RFC 8018, with its iterations and salt) and `sealed`
(AES-256-GCM, of which the additional data is the public key). PBKDF2 because browsers have nothing stronger built in:
docs/decisions/key-file.md.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import unicodedata
from typing import Annotated, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from msgspec import Meta, Struct

from tansiq.errors import MalformedInput, NotAllowed

FORMAT: Final = "tansiq-key/1"
ITERATIONS: Final = 1_000_000
SHORTEST: Final = 12
"""Of a passphrase, in characters."""
MAX_FILE: Final = 4096
SEED: Final = 32

Base64 = Annotated[str, Meta(max_length=400)]


class _Kdf(Struct, frozen=True, forbid_unknown_fields=True):
    name: Literal["PBKDF2-SHA256"]
    # fewer would be weak, more would let a file hold up whoever opens it
    iterations: Annotated[int, Meta(ge=600_000, le=10_000_000)]
    salt: Base64


class _KeyFile(Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["tansiq-key/1"]
    public: Base64
    kdf: _Kdf
    nonce: Base64
    sealed: Base64


def make(passphrase: str) -> tuple[bytes, str]:
    """A new key: its file, and its public key as it stands in a `signatory` record (base64).

    A passphrase of fewer than twelve characters is refused (`signing.short_passphrase`).
    """
    if len(passphrase) < SHORTEST:
        raise MalformedInput("signing.short_passphrase", limit=SHORTEST)
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_derive(passphrase, salt, ITERATIONS)).encrypt(nonce, key.private_bytes_raw(), public)
    kdf = _Kdf("PBKDF2-SHA256", ITERATIONS, _text(salt))
    file = _KeyFile("tansiq-key/1", _text(public), kdf, _text(nonce), _text(sealed))
    return msgspec.json.format(msgspec.json.encode(file)) + b"\n", file.public


def open_key(data: bytes, passphrase: str) -> Ed25519PrivateKey:
    """The key of a file; refused as `signing.bad_key_file`, or `signing.wrong_passphrase`."""
    if len(data) > MAX_FILE:
        raise MalformedInput("signing.bad_key_file", reason=f"{len(data)} > {MAX_FILE}")
    try:
        file = msgspec.json.decode(data, type=_KeyFile)
        public, nonce, sealed = _raw(file.public), _raw(file.nonce), _raw(file.sealed)
        key = _derive(passphrase, _raw(file.kdf.salt), file.kdf.iterations)
        seed = AESGCM(key).decrypt(nonce, sealed, public)
        found = Ed25519PrivateKey.from_private_bytes(seed)
    except InvalidTag:
        raise NotAllowed("signing.wrong_passphrase") from None
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise MalformedInput("signing.bad_key_file", reason=str(error)[:120]) from error
    if found.public_key().public_bytes_raw() != public:
        raise MalformedInput("signing.bad_key_file", reason="public")
    return found


def public_of(key: Ed25519PrivateKey) -> str:
    """The public key as it stands in a `signatory` record."""
    return _text(key.public_key().public_bytes_raw())


def _derive(passphrase: str, salt: bytes, iterations: int) -> bytes:
    # an accent typed on another keyboard is the same passphrase
    words = unicodedata.normalize("NFKC", passphrase).encode()
    return PBKDF2HMAC(SHA256(), 32, salt, iterations).derive(words)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
