"""The ledger entry: the always visible part of a record.

A JSON object in one fixed field order, padded to 512, 1024, 2048 … bytes, at most 65 535 (tlog-tiles frames an
entry with 16 bits). What it says stands in disclosures beside the ledger (RFC 9901); here are only their digests.
Free text and names never stand here.
"""

from __future__ import annotations

import secrets
import time
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.errors import MalformedInput
from tansiq.records.values import Label, Millis

MAX_ENTRY: Final = 65_535
SMALLEST_SIZE: Final = 512
DIGEST_LENGTH: Final = 43
MAX_DIGESTS: Final = 256
MAX_BLOBS: Final = 16
DIGEST_STEP: Final = 8
"""Digests are filled up with decoys to a multiple of this, so that their number does not tell the fields' number."""

Token = Annotated[str, Meta(min_length=1, max_length=64)]
Digest = Annotated[str, Meta(min_length=DIGEST_LENGTH, max_length=DIGEST_LENGTH)]
BlobDigest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)]


class Head(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The head of another party's ledger in this circle that the author's node held: party, size, root (base64)."""

    party: Token
    size: Annotated[int, Meta(ge=0, le=1 << 40)]
    root: Annotated[str, Meta(min_length=44, max_length=44)]


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One statement, as it stands in a ledger.

    `revises` is the id of the first record of the same thing in the same ledger; `about` a reference
    `<party>/<id>` to a record of any member that this one answers or gives its side's version of.
    `told` commits to the disclosures that went out with this entry (base64url SHA-256 of them joined by `~`),
    so that no two members can be told different things under one head.
    """

    v: Literal[1]
    type: Token
    id: Annotated[str, Meta(min_length=36, max_length=36)]
    revises: Annotated[str, Meta(min_length=36, max_length=36)] | None
    about: Annotated[str, Meta(max_length=128)] | None
    desk: Token
    role: Token
    at: Millis
    label: Label
    seen: Annotated[list[Head], Meta(max_length=64)]
    sd: Annotated[list[Digest], Meta(max_length=MAX_DIGESTS)] = msgspec.field(name="_sd")
    told: Digest | None
    blobs: Annotated[list[BlobDigest], Meta(max_length=MAX_BLOBS)]
    pad: str


_decoder: Final = msgspec.json.Decoder(Entry)
_encode: Final = msgspec.json.Encoder().encode


def encode_entry(entry: Entry) -> bytes:
    """The bytes of `entry`, padded to the next of 512, 1024, 2048 … bytes.

    Raises MalformedInput (`entry.too_large`) over 65 535 bytes.
    """
    bare = len(_encode(entry)) - len(entry.pad)
    size = _padded(bare)
    if bare > size:
        raise MalformedInput("entry.too_large", size=bare, limit=MAX_ENTRY)
    return _encode(msgspec.structs.replace(entry, pad="." * (size - bare)))


def decode_entry(data: bytes) -> Entry:
    """The entry in `data`, exactly as `encode_entry` would have written it.

    Anything else is refused: over-long, not JSON, unknown or repeated keys, another field order, padding that is
    not padding. Bytes are hashed as received; writing the entry again only serves to refuse a second spelling.
    """
    if len(data) > MAX_ENTRY:
        raise MalformedInput("entry.too_large", size=len(data), limit=MAX_ENTRY)
    try:
        entry = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("entry.malformed", reason=str(error)[:200]) from error
    if _encode(entry) != data:
        raise MalformedInput("entry.not_canonical")
    if entry.pad != "." * len(entry.pad) or _padded(len(data) - len(entry.pad)) != len(data):
        raise MalformedInput("entry.not_canonical")
    return entry


def _padded(bare: int) -> int:
    """The size to which so many bytes are padded."""
    size = SMALLEST_SIZE
    while size < bare:
        size *= 2
    # The last step is one byte short of 65 536, which does not fit into the 16-bit frame.
    return min(size, MAX_ENTRY)


def new_record_id(now_ms: int | None = None, randomness: bytes | None = None) -> str:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    stamp = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    noise = int.from_bytes(secrets.token_bytes(10) if randomness is None else randomness, "big")
    value = (stamp & (2**48 - 1)) << 80 | 7 << 76 | (noise >> 62 & 0xFFF) << 64 | 2 << 62 | noise & (2**62 - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def record_key(record_id: str) -> bytes:
    """The 16 bytes of a UUIDv7 in its one lower-case spelling; anything else is refused (`entry.bad_id`)."""
    digits = record_id.replace("-", "")
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        raise MalformedInput("entry.bad_id", id=record_id[:40]) from None
    # fromhex tolerates blanks and capitals, and dashes could stand anywhere: one id would have many spellings
    dashes = len(record_id) == 36 and record_id[8] == record_id[13] == record_id[18] == record_id[23] == "-"
    if not dashes or len(key) != 16 or key[6] >> 4 != 7 or key.hex() != digits:
        raise MalformedInput("entry.bad_id", id=record_id[:40])
    return key


def record_id_of(key: bytes) -> str:
    """The spelling of the record id with these 16 bytes."""
    text = key.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
