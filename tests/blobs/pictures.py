"""Real pictures for the tests, made byte by byte: a JPEG, a PNG and a WebP with what a telephone writes into them."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

from tansiq.errors import Refused

POSITION: Final = b"36 deg 20 min 24 sec N, 43 deg 7 min 48 sec E"
DEVICE: Final = b"Telephone of a source, serial 350123451234560"

_PIXEL_JPEG: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""One pixel; without its end."""

_PIXEL_WEBP: Final = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def exif(turned: int = 6, order: str = ">") -> bytes:
    """An Exif block with an orientation, a maker and a position, as cameras write it."""
    texts = DEVICE + b"\0" + POSITION + b"\0"
    at = 8 + 2 + 3 * 12 + 4
    mark = b"MM\0*" if order == ">" else b"II*\0"
    tags = struct.pack(f"{order}HHII", 0x010F, 2, len(DEVICE) + 1, at)
    tags += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    tags += struct.pack(f"{order}HHII", 0x8825, 4, 1, at + len(DEVICE) + 1)
    return b"Exif\0\0" + mark + struct.pack(f"{order}IH", 8, 3) + tags + bytes(4) + texts


def jpeg(turned: int = 6, order: str = ">") -> bytes:
    """A photograph: Exif, XMP, a colour profile, a comment, and a film behind its end."""
    told = [
        segment(0xE1, exif(turned, order)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + POSITION),
        segment(0xE2, b"ICC_PROFILE\0\1\1" + DEVICE),
        segment(0xED, b"Photoshop 3.0\0" + DEVICE),
        segment(0xFE, DEVICE),
    ]
    return _PIXEL_JPEG[:20] + b"".join(told) + _PIXEL_JPEG[20:] + b"\xff\xd9" + b"\0\0\0\x18ftypmp42" + POSITION


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 2, height: int = 2) -> bytes:
    """A picture with text, time, Exif and a private chunk, and something behind its end."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(
        b"\0" + bytes((row * 40 % 256, column * 3 % 256, 120)[i] for column in range(width) for i in range(3))
        for row in range(height)
    )
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"tEXt", b"Comment\0" + DEVICE),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + POSITION),
            chunk(b"eXIf", exif()[6:]),
            chunk(b"tIME", b"\x07\xe4\x0a\x10\x0c\x00\x00"),
            chunk(b"prVt", DEVICE),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
            POSITION,
        ]
    )


def webp() -> bytes:
    """A picture with Exif, XMP and a colour profile."""

    def piece(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    flags = bytes([0b00101100, 0, 0, 0]) + bytes(6)
    parts = [
        piece(b"VP8X", flags),
        piece(b"ICCP", DEVICE),
        _PIXEL_WEBP[12:],
        piece(b"EXIF", exif()),
        piece(b"XMP ", POSITION),
    ]
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole + POSITION


def done_or(code: str, work: Callable[..., Any], *given: object) -> Any:
    """What `work` answers, None where it refuses with `code`; nothing else may go wrong."""
    try:
        return work(*given)
    except Refused as refusal:
        if refusal.code != code:
            raise
        return None
