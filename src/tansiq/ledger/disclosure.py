"""Disclosures (RFC 9901, section 4.2): one field of a record, told beside the entry that holds its digest.

A disclosure is base64url, without padding, of the JSON `[salt, name, value]`; its digest is taken over that
text as it came, so nothing is ever encoded again to check it. Two things that the RFC leaves open are
closed here: a value holds no fraction (what is hashed must read the same everywhere), and no disclosure
hides another inside it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from tansiq.errors import MalformedInput, ProofRefused

MAX_DISCLOSURE: Final = 64 * 1024
MAX_DEPTH: Final = 16
SALT_SIZE: Final = 16
DIGEST_SIZE: Final = 43  # base64url of SHA-256

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")  # so never `_sd` nor `...`
_SALT: Final = re.compile(r"[A-Za-z0-9_-]{22,128}")  # 22 signs carry 128 bits (RFC 9901, section 9.3)
_SALTS: Final = re.compile(r"[A-Za-z0-9_-]*")  # of many at once; each one's length is looked at by itself
_MIN_INT: Final = -(2**63)
_MAX_INT: Final = 2**63 - 1
_RESERVED: Final = frozenset({"_sd", "_sd_alg", "..."})

# The standard alphabet for the decoder; what only standard base64 has, padding too, is made invalid.
_TO_STANDARD: Final = bytes.maketrans(b"-_+/=", b"+/!!!")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_PADDING: Final = (b"", b"===", b"==", b"=")  # "===" is never valid: such a length is refused by the decoder

_decode: Final = msgspec.json.Decoder(tuple[str, str, Any]).decode
_decode_one: Final = msgspec.json.Decoder(tuple[str, str, msgspec.Raw]).decode
_decode_many: Final = msgspec.json.Decoder(list[tuple[str, str, msgspec.Raw]]).decode

_NAMES_REMEMBERED: Final = 1000
_known_names: Final[set[str]] = set()
"""Field names that were found well formed: the same few dozen come in every record."""


class Disclosed(NamedTuple):
    """What a disclosure says."""

    salt: str
    name: str
    value: Any


def make(name: str, value: Any, salt16: bytes) -> str:
    """The disclosure of one field, with 16 random bytes of salt (RFC 9901, section 4.2.1)."""
    if len(salt16) != SALT_SIZE:
        raise MalformedInput("disclosure.salt")
    if _NAME.fullmatch(name) is None:
        raise MalformedInput("disclosure.name")
    _check_value(value, 0)
    salt = base64.urlsafe_b64encode(salt16).rstrip(b"=").decode()
    try:
        raw = msgspec.json.encode([salt, name, value])
    except UnicodeEncodeError:
        raise MalformedInput("disclosure.json") from None
    encoded = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    if len(encoded) > MAX_DISCLOSURE:
        raise MalformedInput("disclosure.too_large", limit=MAX_DISCLOSURE)
    return encoded


def digest(disclosure: str) -> str:
    """What stands in `_sd`: SHA-256 over the text of the disclosure (RFC 9901, section 4.2.3)."""
    try:
        text = disclosure.encode("ascii")
    except UnicodeEncodeError:
        raise MalformedInput("disclosure.base64") from None
    return _digest(text)


def text_digest(joined: bytes) -> str:
    """The commitment to what goes out with an entry: SHA-256 over its disclosures joined by `~`."""
    return _digest(joined)


def decoy(random32: bytes) -> str:
    """A digest of nothing, which hides how many fields there are (RFC 9901, section 4.2.5)."""
    if len(random32) != 32:
        raise MalformedInput("disclosure.decoy")
    return _digest(random32)


def open_disclosure(disclosure: str) -> Disclosed:
    """Salt, name and value of one disclosure (RFC 9901, section 4.2.1), within our limits.

    The digest is not compared with anything: `read_all` does that.
    """
    try:
        text = disclosure.encode("ascii")
    except UnicodeEncodeError:
        raise MalformedInput("disclosure.base64") from None
    return Disclosed(*_open(text))


def read(disclosure: str) -> tuple[str, Any]:
    """Name and value of one disclosure, within our limits; see `open_disclosure`."""
    _, name, value = open_disclosure(disclosure)
    return name, value


def read_all(joined: str, digests: AbstractSet[str]) -> dict[str, Any]:
    """Name and value of every disclosure in a text joined by `~` (RFC 9901, section 7.1).

    Refused as a whole when one of them is not among `digests`, the `_sd` of the entry, or when a name comes
    twice (the same disclosure twice is the same name twice). No text is no disclosure.
    """
    if not joined:
        return {}
    try:
        parts = joined.encode("ascii").split(b"~")
    except UnicodeEncodeError:
        raise MalformedInput("disclosure.base64") from None
    if len(parts) > len(digests):
        raise ProofRefused("disclosure.too_many", found=len(parts), limit=len(digests))
    fields: dict[str, Any] = {}
    b2a = binascii.b2a_base64
    for part in parts:
        # The digest first: of what the entry does not name, nothing is decoded.
        if b2a(sha256(part).digest(), newline=False).translate(_TO_URL)[:DIGEST_SIZE].decode() not in digests:
            raise ProofRefused("disclosure.not_in_entry")
        _, name, value = _open(part)
        if name in fields:
            raise MalformedInput("disclosure.repeated", name=name)
        fields[name] = value
    return fields


def open_all(joined: bytes, digests: frozenset[str]) -> dict[str, msgspec.Raw]:
    """Like `read_all` for bulk intake: each field's value as the JSON text in which it was committed to.

    Digests, salts, names and repetition are checked here; that the values are plain (no fractions, no key twice,
    not too deep) is for `check_plain`, which a caller may spare itself where a stricter reader has shown it.
    """
    parts = joined.split(b"~")
    if len(parts) > len(digests):
        raise ProofRefused("disclosure.too_many", found=len(parts), limit=len(digests))
    if len(joined) > MAX_DISCLOSURE and max(map(len, parts)) > MAX_DISCLOSURE:
        raise MalformedInput("disclosure.too_large", limit=MAX_DISCLOSURE)
    # all digests in one go: with a zero byte behind each, 33 bytes are exactly 44 signs of base64
    signs = (
        binascii.b2a_base64(b"\0".join([sha256(part).digest() for part in parts]) + b"\0").translate(_TO_URL).decode()
    )
    if not digests.issuperset([signs[at : at + DIGEST_SIZE] for at in range(0, len(parts) * 44, 44)]):
        raise ProofRefused("disclosure.not_in_entry")
    a2b = binascii.a2b_base64
    try:
        # one by one: of two texts that are JSON only together, neither could ever be told or proven alone
        opened = [
            _decode_one(a2b(part + _PADDING[len(part) & 3], strict_mode=True))
            for part in joined.translate(_TO_STANDARD).split(b"~")
        ]
    except binascii.Error:
        raise MalformedInput("disclosure.base64") from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MalformedInput("disclosure.json") from None
    except RecursionError:
        raise MalformedInput("disclosure.too_deep", limit=MAX_DEPTH) from None
    fields = {}
    for salt, name, value in opened:
        if name not in _known_names:
            _learn_name(name)
        if not 22 <= len(salt) <= 128:
            raise MalformedInput("disclosure.salt")
        fields[name] = value
    if _SALTS.fullmatch("".join([salt for salt, _, _ in opened])) is None:
        raise MalformedInput("disclosure.salt")
    if len(fields) != len(parts):
        raise MalformedInput("disclosure.repeated", name=opened[-1][1][:40])
    return fields


def values(joined: str) -> dict[str, msgspec.Raw]:
    """The fields of disclosures that were verified before, each value as its JSON text."""
    texts = (text.encode("ascii") for text in joined.split("~"))
    raws = [binascii.a2b_base64(text.translate(_TO_STANDARD) + _PADDING[len(text) & 3]) for text in texts]
    return {name: value for _, name, value in _decode_many(b"[" + b",".join(raws) + b"]")}


def check_plain(value: msgspec.Raw) -> None:
    """Refuse a committed value with fractions, a key that comes twice, too much depth or foreign keys."""
    try:
        read = msgspec.json.decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MalformedInput("disclosure.json") from None
    except RecursionError:
        raise MalformedInput("disclosure.too_deep", limit=MAX_DEPTH) from None
    if _check_value(read, 0):
        _check_keys(bytes(value).decode())


def _learn_name(name: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise MalformedInput("disclosure.name")
    if len(_known_names) < _NAMES_REMEMBERED:
        _known_names.add(name)


def _digest(data: bytes) -> str:
    return binascii.b2a_base64(sha256(data).digest()).translate(_TO_URL)[:DIGEST_SIZE].decode()


def _open(text: bytes) -> tuple[str, str, Any]:
    if len(text) > MAX_DISCLOSURE:
        raise MalformedInput("disclosure.too_large", limit=MAX_DISCLOSURE)
    try:
        raw = binascii.a2b_base64(text.translate(_TO_STANDARD) + _PADDING[len(text) & 3], strict_mode=True)
    except binascii.Error:
        raise MalformedInput("disclosure.base64") from None
    try:
        opened = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MalformedInput("disclosure.json") from None
    except RecursionError:
        raise MalformedInput("disclosure.too_deep", limit=MAX_DEPTH) from None
    salt, name, value = opened
    if _SALT.fullmatch(salt) is None:
        raise MalformedInput("disclosure.salt")
    if _NAME.fullmatch(name) is None:
        raise MalformedInput("disclosure.name")
    # Text needs no further look, and most values are text. A value with an object in it is read once more,
    # by a reader that sees keys that come twice.
    if type(value) is not str and _check_value(value, 0):
        _check_keys(raw.decode())
    return opened


def _check_value(value: Any, depth: int) -> bool:
    """Refuse fractions, numbers beyond 64 bits, foreign types and depth; tell whether an object is inside."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return False
    if kind is int:
        if not _MIN_INT <= value <= _MAX_INT:
            raise MalformedInput("disclosure.number")
        return False
    if kind is float:
        raise MalformedInput("disclosure.number")
    if depth >= MAX_DEPTH:
        raise MalformedInput("disclosure.too_deep", limit=MAX_DEPTH)
    if kind is list or kind is tuple:
        objects = False
        for element in value:
            objects |= _check_value(element, depth + 1)
        return objects
    if kind is not dict:
        raise MalformedInput("disclosure.value")
    for key, element in value.items():
        if type(key) is not str:
            raise MalformedInput("disclosure.value")
        if key in _RESERVED:
            raise MalformedInput("disclosure.nested")
        _check_value(element, depth + 1)
    return True


def _distinct(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise MalformedInput("disclosure.repeated_key")


_check_keys: Final = json.JSONDecoder(object_pairs_hook=_distinct).decode
