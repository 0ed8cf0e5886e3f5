"""Mapbox Vector Tiles, version 2.1: layers of points and closed rings with tags, as bytes for a map in a browser.

Only what is needed to write: one point or one ring a feature. Coordinates run over `EXTENT` from the north-west corner;
what lies beyond the edge is written as it is, and a reader cuts it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

EXTENT: Final = 4096
VERSION: Final = 2
POINT: Final = 1
POLYGON: Final = 3
MOVE_TO: Final = 1
LINE_TO: Final = 2
CLOSE: Final = 7

Tag = int | str


class Feature(Struct, frozen=True):
    """A point where `corners` is one, else a ring without its last corner again, clockwise with y down."""

    corners: Sequence[tuple[int, int]]
    tags: Mapping[str, Tag]


def tile(layers: Mapping[str, Iterable[Feature]]) -> bytes:
    """The tile with these layers; a layer without features is left out, so an empty tile is empty bytes."""
    return b"".join(_field(3, _layer(name, found)) for name, features in layers.items() if (found := list(features)))


def _layer(name: str, features: Sequence[Feature]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[Tag, int] = {}
    written = [_field(2, _feature(one, keys, values)) for one in features]
    return b"".join(
        [
            _number(15, VERSION),
            _field(1, name.encode()),
            *written,
            *(_field(3, key.encode()) for key in keys),
            *(_field(4, _value(value)) for value in values),
            _number(5, EXTENT),
        ]
    )


def _feature(feature: Feature, keys: dict[str, int], values: dict[Tag, int]) -> bytes:
    tags = b"".join(
        _varint(keys.setdefault(key, len(keys))) + _varint(values.setdefault(value, len(values)))
        for key, value in feature.tags.items()
    )
    shape = POINT if len(feature.corners) == 1 else POLYGON
    return _field(2, tags) + _number(3, shape) + _field(4, _geometry(feature.corners))


def _geometry(corners: Sequence[tuple[int, int]]) -> bytes:
    """Commands with their counts, then steps from the corner before (section 4.3 of the specification)."""
    found = bytearray(_varint(MOVE_TO | 1 << 3))
    x = y = 0
    for number, (to_x, to_y) in enumerate(corners):
        if number == 1:
            found += _varint(LINE_TO | (len(corners) - 1) << 3)
        found += _varint(_zigzag(to_x - x)) + _varint(_zigzag(to_y - y))
        x, y = to_x, to_y
    if len(corners) > 1:
        found += _varint(CLOSE | 1 << 3)
    return bytes(found)


def _value(value: Tag) -> bytes:
    return _field(1, value.encode()) if isinstance(value, str) else _number(5, value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, data: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    if value < 0x80:
        return bytes((value,))
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
