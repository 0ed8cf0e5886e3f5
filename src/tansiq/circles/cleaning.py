"""Taking out of a picture what its camera wrote beside it: position, device, owner, time, programs, previews.

Nothing is decoded: the segments of a JPEG, the chunks of a PNG and of a WebP that draw the picture are kept byte for
byte, everything else goes, whatever follows the picture's end as well (phones hang films and larger copies there).
Only which way up a JPEG is to be shown is written anew, as the one tag of a fresh Exif block.

JPEG: ITU-T T.81 annex B, JFIF 1.02, Exif 2.3 section 4. PNG: W3C PNG third edition. WebP: RFC 9649.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from tansiq.errors import MalformedInput

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    [
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"),
        *(b"acTL", b"fcTL", b"fdAT"),
    ]
)
_WEBP_KEPT: Final = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
_FRAME_KEPT: Final = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
_FRAME_HEAD: Final = 16
_ICC_EXIF_XMP: Final = 0b00101100

_SOI, _EOI, _SOS, _APP0, _APP1, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xEE
_RESTARTS: Final = range(0xD0, 0xD8)
_DRAWING: Final = frozenset([*range(0xC0, 0xC8), *range(0xC9, 0xD0), *range(0xDA, 0xE0)])
"""Frames, tables, scans and the like (T.81 table B.1); comments, reserved and application segments are not in it."""

_JFIF: Final = b"JFIF\0"
_JFIF_SIZE: Final = 14
_ADOBE: Final = b"Adobe"
_ADOBE_SIZE: Final = 12
_EXIF: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112
_MAX_TAGS: Final = 1024


def clean(media: str, content: bytes) -> bytes:
    """The same picture with nothing beside it; what is no picture comes back as it is.

    Raises MalformedInput (`blob.unclean`) where the file is not what its first bytes say: then nobody can know what
    else is in it.
    """
    if media == "image/jpeg":
        return _jpeg(content)
    if media == "image/png":
        return _png(content)
    if media == "image/webp":
        return _webp(content)
    return content


def _unclean(media: str, reason: str) -> MalformedInput:
    return MalformedInput("blob.unclean", media=media, reason=reason)


def _jpeg(content: bytes) -> bytes:
    out = [b"\xff\xd8"]
    turned = 1
    pictures = 0
    for marker, body, scan in _segments(content):
        if marker == _APP1 and body.startswith(_EXIF) and turned == 1:
            turned = _orientation(body[len(_EXIF) :])
        if marker == _APP0 and body.startswith(_JFIF) and len(body) >= _JFIF_SIZE:
            # version, unit and density; a small copy of the picture may follow, and does not
            out.append(_segment(_APP0, body[: _JFIF_SIZE - 2] + b"\0\0"))
        elif marker == _APP14 and body.startswith(_ADOBE) and len(body) >= _ADOBE_SIZE:
            out.append(_segment(_APP14, body[:_ADOBE_SIZE]))  # says how colours are coded
        elif marker in _DRAWING:
            out.append(_segment(marker, body) + scan)
            pictures += marker == _SOS
    if not pictures:
        raise _unclean("image/jpeg", "no picture")
    if turned != 1:
        at = 2 if len(out) > 1 and out[1].startswith(b"\xff\xe0") else 1
        out.insert(at, _segment(_APP1, _EXIF + _turned_block(turned)))
    return b"".join([*out, b"\xff\xd9"])


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Marker, body and, behind a start of scan, its coded data; ends with the picture."""
    at = 2
    while True:
        if at + 2 > len(content) or content[at] != 0xFF:
            raise _unclean("image/jpeg", f"no segment at {at}")
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker == _EOI:
            return
        if marker in (0x00, 0x01, _SOI) or marker in _RESTARTS or at + 4 > len(content):
            raise _unclean("image/jpeg", f"no segment at {at}")
        (length,) = struct.unpack_from(">H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise _unclean("image/jpeg", f"a segment at {at} is cut off")
        body = content[at + 4 : end]
        stop = _scan_end(content, end) if marker == _SOS else end
        yield marker, body, content[end:stop]
        at = stop


def _scan_end(content: bytes, at: int) -> int:
    """Where the coded data that begin at `at` end: at a marker that is neither a stuffed zero nor a restart."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise _unclean("image/jpeg", "the picture does not end")
        following = content[at + 1]
        if following != 0x00 and following not in _RESTARTS and following != 0xFF:
            return at
        at += 1 if following == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """Which way up (1 to 8): the one thing that is read of an Exif block; 1 where it does not say so plainly."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    if at + 2 > len(tiff):
        return 1
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    for place in range(at + 2, at + 2 + 12 * min(count, _MAX_TAGS), 12):
        if place + 12 > len(tiff):
            return 1
        tag, kind, number, value = struct.unpack_from(f"{order}HHIH", tiff, place)
        if tag == _ORIENTATION:
            return value if kind == 3 and number == 1 and 1 <= value <= 8 else 1
    return 1


def _turned_block(turned: int) -> bytes:
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _png(content: bytes) -> bytes:
    out = [_PNG]
    at = len(_PNG)
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        kind = content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            break
        if zlib.crc32(content[at + 4 : end - 4]) != struct.unpack_from(">I", content, end - 4)[0]:
            raise _unclean("image/png", f"a chunk at {at} is damaged")
        if (at == len(_PNG)) != (kind == b"IHDR"):
            raise _unclean("image/png", "no header")
        if kind in _PNG_KEPT:
            out.append(content[at:end])
        elif not kind[:1].islower():  # a chunk without which the picture cannot be drawn, and that nobody knows
            raise _unclean("image/png", f"an unknown chunk at {at}")
        if kind == b"IEND":
            return b"".join(out)
        at = end
    raise _unclean("image/png", "cut off")


def _webp(content: bytes) -> bytes:
    if len(content) < 12:
        raise _unclean("image/webp", "cut off")
    (size,) = struct.unpack_from("<I", content, 4)
    if size + 8 > len(content) or size < 4:
        raise _unclean("image/webp", "cut off")
    out = []
    pictures = 0
    for kind, body in _riff(content[12 : 8 + size]):
        if kind not in _WEBP_KEPT:
            continue
        kept = body
        if kind == b"VP8X":
            kept = bytes([body[0] & ~_ICC_EXIF_XMP]) + body[1:] if body else body
        if kind == b"ANMF":
            if len(body) < _FRAME_HEAD:
                raise _unclean("image/webp", "a frame is cut off")
            inner = [_chunk(name, data) for name, data in _riff(body[_FRAME_HEAD:]) if name in _FRAME_KEPT]
            kept = body[:_FRAME_HEAD] + b"".join(inner)
        pictures += kind in (b"VP8 ", b"VP8L", b"ANMF")
        out.append(_chunk(kind, kept))
    if not pictures:
        raise _unclean("image/webp", "no picture")
    whole = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        if at + 8 > len(data):
            raise _unclean("image/webp", "cut off")
        (length,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + length
        if end > len(data):
            raise _unclean("image/webp", "cut off")
        yield data[at : at + 4], data[at + 8 : end]
        at = end + length % 2


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)
