"""An attachment as it travels: 16 random bytes, the media type and the content in one blob, padded in steps.

The entry names the SHA-256 of the whole. The random bytes are drawn anew for every circle, so that one photograph said
in two circles cannot be linked by its digest, and the digest that an erasure leaves behind lets nobody test a guess of
what was erased. Names of files are not in it.

    TQB1 | salt (16) | length of the media type (1) | media type | length of the content (4, big-endian) | content | 0…
"""

from __future__ import annotations

import hashlib
import secrets
import struct
from dataclasses import dataclass
from typing import Final

from tansiq.errors import MalformedInput

MAGIC: Final = b"TQB1"
SALT: Final = 16
MAX_BLOB: Final = 1 << 25
"""Bytes of one blob as it travels: a photograph or a scanned document, not a film."""

MAX_CONTENT: Final = MAX_BLOB - 1024
SMALLEST: Final = 4096
MAX_HEAD: Final = len(MAGIC) + SALT + 1 + 255 + 4
"""So much of the beginning of a blob says what it is and how large."""

ANY: Final = "application/octet-stream"
IMAGES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})
"""What a desk shows; everything else is only handed out to be saved."""

MEDIA: Final = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "heic": "image/heic",
    "jpg": "image/jpeg",
    "kml": "application/vnd.google-earth.kml+xml",
    "mp3": "audio/mpeg",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "tif": "image/tiff",
    "txt": "text/plain",
    "wav": "audio/wav",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""The media types that are written, by the ending of a file; a receiver names what it saves by the same table."""

CLEAN: Final = IMAGES | {"text/plain", "text/csv"}
"""What, once cleaned, holds nothing but what is seen in it; all else may name its author or its device."""

_ENDINGS: Final = {media: ending for ending, media in MEDIA.items()}
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True)
class Opened:
    """What an attachment is: its media type and its content."""

    media: str
    content: bytes


def media_of(content: bytes, ending: str) -> str:
    """The media type: of a picture by its first bytes, whatever it is called; otherwise by the ending of its name."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    named = MEDIA.get({"jpeg": "jpg", "jpe": "jpg", "tiff": "tif", "heif": "heic"}.get(ending, ending), ANY)
    return ANY if named in IMAGES else named


def ending_of(media: str) -> str:
    """The ending of a file of this media type; `bin` where it is not one of ours."""
    return _ENDINGS.get(media, "bin")


def seal(media: str, content: bytes, salt: bytes | None = None) -> bytes:
    """The blob of an attachment for one circle. Raises MalformedInput (`blob.too_large`, `blob.empty`)."""
    if not content:
        raise MalformedInput("blob.empty")
    if len(content) > MAX_CONTENT:
        raise MalformedInput("blob.too_large", size=len(content), limit=MAX_CONTENT)
    kind = media.encode("ascii")
    bare = MAGIC + (secrets.token_bytes(SALT) if salt is None else salt) + bytes([len(kind)]) + kind
    bare += _LENGTH.pack(len(content)) + content
    return bare + bytes(padded_size(len(bare)) - len(bare))


def sealed_size(media: str, size: int) -> int:
    """How large the blob of so much content will be."""
    return padded_size(len(MAGIC) + SALT + 1 + len(media) + _LENGTH.size + size)


def padded_size(size: int) -> int:
    """The step to which so many bytes are filled up: Padmé, at most 12 % more, and never under 4 KiB.

    Of the size only its five leading binary digits or so stay visible (Nikitin et al., "Reducing Metadata Leakage from
    Encrypted Files and Communication with PURBs", section 4).
    """
    size = max(size, SMALLEST)
    exponent = size.bit_length() - 1
    kept = exponent.bit_length()
    mask = (1 << (exponent - kept)) - 1
    return (size + mask) & ~mask


def read_head(begin: bytes) -> tuple[str, int, int]:
    """Media type, length of the content and where it begins, from the first `MAX_HEAD` bytes of a blob.

    Raises MalformedInput (`blob.malformed`).
    """
    at = len(MAGIC) + SALT
    if not begin.startswith(MAGIC) or len(begin) <= at:
        raise MalformedInput("blob.malformed", reason="head")
    kind = begin[at + 1 : at + 1 + begin[at]]
    at += 1 + begin[at]
    if at + _LENGTH.size > len(begin) or not kind or not all(33 <= letter < 127 for letter in kind):
        raise MalformedInput("blob.malformed", reason="media type")
    (length,) = _LENGTH.unpack_from(begin, at)
    return kind.decode("ascii"), length, at + _LENGTH.size


def unseal(blob: bytes) -> Opened:
    """Media type and content of a whole blob; anything that `seal` would not have written is refused."""
    media, length, at = read_head(blob[:MAX_HEAD])
    end = at + length
    if not length or end > len(blob) or len(blob) != padded_size(end) or blob.count(0, end) != len(blob) - end:
        raise MalformedInput("blob.malformed", reason="length or padding")
    return Opened(media, blob[at:end])


def shown_media(opened: Opened) -> str:
    """The media type under which a desk hands it out: of a picture that really is one, otherwise "any"."""
    return opened.media if opened.media in IMAGES and media_of(opened.content, "") == opened.media else ANY


def digest_of(blob: bytes) -> str:
    """The name of a blob in an entry: SHA-256, hex."""
    return hashlib.sha256(blob).hexdigest()
