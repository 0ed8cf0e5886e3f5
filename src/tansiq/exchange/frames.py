"""Disclosure bundles: the disclosures that went out with the 256 entries of an entry bundle.

Beside `tile/entries/<N>[.p/<W>]` of tlog-tiles a ledger serves `disclosures/<N>[.p/<W>]`. For every entry of the
bundle, in order, one frame: subject (big-endian uint32, the index of the entry whose fields these are), length
(big-endian uint32), the disclosures joined by `~`. A frame of length 0 means that nothing was told with the entry.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from tansiq.errors import MalformedInput

MAX_TOLD: Final = 65_535
MAX_FRAMES: Final = 256 * (8 + MAX_TOLD)

_FRAME: Final = struct.Struct(">II")


def encode_frames(frames: Iterable[tuple[int, bytes]]) -> bytes:
    """The bundle of (subject, text) frames."""
    return b"".join(_FRAME.pack(subject, len(text)) + text for subject, text in frames)


def decode_frames(data: bytes, expected: int) -> list[tuple[int, bytes]]:
    """Exactly `expected` frames; truncation, a rest or an over-long frame is refused (`frames.malformed`)."""
    frames: list[tuple[int, bytes]] = []
    position, end = 0, len(data)
    for _ in range(expected):
        if position + _FRAME.size > end:
            raise MalformedInput("frames.malformed", at=position, size=end)
        subject, length = _FRAME.unpack_from(data, position)
        position += _FRAME.size
        if length > MAX_TOLD or position + length > end:
            raise MalformedInput("frames.malformed", at=position, size=end)
        frames.append((subject, data[position : position + length]))
        position += length
    if position != end:
        raise MalformedInput("frames.malformed", at=position, size=end)
    return frames
