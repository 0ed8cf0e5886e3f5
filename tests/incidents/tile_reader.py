"""Reads Mapbox Vector Tiles by the specification (2.1), apart from the program's own writer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Corner = tuple[int, int]


@dataclass(frozen=True)
class Read:
    shape: int
    corners: list[Corner]
    tags: dict[str, Any]


def read_tile(data: bytes) -> dict[str, list[Read]]:
    """The features of each layer."""
    return dict(_layer(body) for field, body in _fields(data) if field == 3)


def _layer(data: bytes) -> tuple[str, list[Read]]:
    parts = list(_fields(data))
    keys = [body.decode() for field, body in parts if field == 3]
    values = [_value(body) for field, body in parts if field == 4]
    assert [body for field, body in parts if field == 15] == [2]
    assert [body for field, body in parts if field == 5] == [4096]
    (name,) = [body.decode() for field, body in parts if field == 1]
    return name, [_feature(body, keys, values) for field, body in parts if field == 2]


def _feature(data: bytes, keys: list[str], values: list[Any]) -> Read:
    parts = dict(_fields(data))
    tags = list(_varints(parts[2]))
    return Read(
        parts[3],
        _corners(list(_varints(parts[4]))),
        {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)},
    )


def _corners(numbers: list[int]) -> list[Corner]:
    found: list[Corner] = []
    x = y = at = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            x += numbers[at] >> 1 ^ -(numbers[at] & 1)
            y += numbers[at + 1] >> 1 ^ -(numbers[at + 1] & 1)
            found.append((x, y))
            at += 2
    return found


def _value(data: bytes) -> Any:
    ((field, body),) = _fields(data)
    return body.decode() if field == 1 else body


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        value, at = _varint(data, at)
        if key & 7 == 2:
            yield key >> 3, data[at : at + value]
            at += value
        else:
            yield key >> 3, value


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at
