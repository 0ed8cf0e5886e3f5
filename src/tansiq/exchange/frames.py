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
SPAN_BUNDLES: Final = 8
"""Bundles in one span: about two thousand records, one request and one durable step."""

MAX_PAIR: Final = 8 + 256 * (2 + 65_535) + MAX_FRAMES

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


def encode_pairs(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A span: for each of several bundles the lengths (uint32) of its entries and disclosures, then both."""
    return b"".join(_FRAME.pack(len(entries), len(told)) + entries + told for entries, told in pairs)


def decode_pairs(data: bytes, expected: int) -> list[tuple[bytes, bytes]]:
    """Exactly `expected` pairs of an entry bundle and a disclosure bundle (`frames.malformed` otherwise)."""
    pairs: list[tuple[bytes, bytes]] = []
    position, end = 0, len(data)
    for _ in range(expected):
        if position + _FRAME.size > end:
            raise MalformedInput("frames.malformed", at=position, size=end)
        entries, told = _FRAME.unpack_from(data, position)
        position += _FRAME.size
        if position + entries + told > end:
            raise MalformedInput("frames.malformed", at=position, size=end)
        pairs.append((data[position : position + entries], data[position + entries : position + entries + told]))
        position += entries + told
    if position != end:
        raise MalformedInput("frames.malformed", at=position, size=end)
    return pairs
