"""The ZIP file in which a bundle or an archive travels: written as a stream, read with nothing taken on trust.

A subset of PKWARE's APPNOTE that every unzip program reads: methods 0 and 8, no ZIP64, no comment, no extra field,
no data descriptor, items one after the other in the order of the directory, no byte between them. The reader
refuses everything else, before it unpacks anything. 4 GiB is the largest file, here and on a USB stick with FAT32.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from tansiq.errors import MalformedInput, NotFound

MAX_ITEMS: Final = 65_534
MAX_FILE: Final = (1 << 32) - 1
MAX_NAME: Final = 200
MAX_RATIO: Final = 100
"""Our own items shrink at most to a tenth; deflate itself reaches a thousandth."""

STORED: Final = 0
DEFLATED: Final = 8
CHUNK: Final = 1 << 16

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
_DATE: Final = 0x21  # 1980-01-01: the time of packing is nobody's business
_LEVEL: Final = 6
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")


class Item(NamedTuple):
    """Where an item lies in the file; `at` is where its packed bytes begin."""

    at: int
    method: int
    crc: int
    packed: int
    size: int


def zip_stream(items: Iterable[tuple[str, bytes | Path]]) -> Iterator[bytes]:
    """The file, piece by piece. Bytes are deflated where that helps; a `Path` is read twice and stored as it is.

    Raises MalformedInput (`bundle.too_large`, `bundle.bad_container`) as soon as a limit is passed.
    """
    position = 0
    directory: list[bytes] = []
    seen: set[str] = set()
    for name, content in items:
        if not _good_name(name) or name in seen:
            raise MalformedInput("bundle.bad_container", reason=f"name {name[:80]!r}")
        seen.add(name)
        method, crc, packed, size, pieces = _packed(content)
        path = name.encode("ascii")
        if position + packed + 4 * MAX_NAME > MAX_FILE or len(directory) == MAX_ITEMS:
            raise MalformedInput("bundle.too_large", limit=MAX_FILE)
        yield _LOCAL.pack(b"PK\3\4", _VERSION, 0, method, 0, _DATE, crc, packed, size, len(path), 0) + path
        yield from pieces
        where = (0, 0, 0, 0, 0, position)
        made = (_VERSION, _VERSION, 0, method, 0, _DATE, crc, packed, size, len(path))
        directory.append(_CENTRAL.pack(b"PK\1\2", *made, *where) + path)
        position += _LOCAL.size + len(path) + packed
    whole = b"".join(directory)
    if position + len(whole) + _END.size > MAX_FILE:
        raise MalformedInput("bundle.too_large", limit=MAX_FILE)
    count = len(directory)
    yield whole + _END.pack(b"PK\5\6", 0, 0, count, count, len(whole), position, 0)


def _packed(content: bytes | Path) -> tuple[int, int, int, int, Iterable[bytes]]:
    if isinstance(content, Path):
        crc, size = 0, 0
        for piece in _pieces(content):
            crc, size = zlib.crc32(piece, crc), size + len(piece)
        return STORED, crc, size, size, _pieces(content)
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    small = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    # a reader refuses what unpacks to too much, so what shrinks that far goes as it is
    if len(small) < len(content) <= MAX_RATIO * len(small):
        return DEFLATED, crc, len(small), len(content), [small]
    return STORED, crc, len(content), len(content), [content]


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


class StreamReader(io.RawIOBase):
    """The pieces of a stream as a file to be read; what goes wrong in making them is kept in `failure`."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces = pieces
        self._rest = b""
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, none at the end."""
        try:
            while not self._rest:
                self._rest = next(self._pieces)
        except StopIteration:
            return b""
        except Exception as error:
            self.failure = error
            raise
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return taken


class Container:
    """A ZIP file that has been looked through. `limit_of` says how large an item may be; 0: no such name.

    Raises MalformedInput (`bundle.bad_container`, naming what is wrong).
    """

    def __init__(self, file: BinaryIO, limit_of: Callable[[str], int]) -> None:
        self._file = file
        self.items = _directory(file, limit_of)

    def read(self, name: str) -> bytes:
        """The bytes of an item, unpacked and compared with their CRC; not found where there is none."""
        item = self.items.get(name)
        if item is None:
            raise NotFound("bundle.no_item", name=name[:120])
        self._file.seek(item.at)
        packed = self._file.read(item.packed)
        data = packed if item.method == STORED else _unpacked(packed, item.size)
        if data is None or len(data) != item.size or zlib.crc32(data) != item.crc:
            raise MalformedInput("bundle.bad_container", reason=f"{name[:80]} is damaged")
        return data


def _unpacked(packed: bytes, size: int) -> bytes | None:
    opened = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = opened.decompress(packed, size + 1)
    except zlib.error:
        return None
    return data if opened.eof and not opened.unused_data else None


def _directory(file: BinaryIO, limit_of: Callable[[str], int]) -> dict[str, Item]:
    length = file.seek(0, io.SEEK_END)
    if not _END.size <= length <= MAX_FILE:
        raise MalformedInput("bundle.bad_container", reason=f"{length} bytes")
    file.seek(length - _END.size)
    mark, disk, first, here, count, size, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\5\6" or disk or first or comment or here != count or start + size + _END.size != length:
        raise MalformedInput("bundle.bad_container", reason="cut off, or no ZIP file of ours")
    if size > count * (_CENTRAL.size + MAX_NAME):
        raise MalformedInput("bundle.bad_container", reason="directory")
    file.seek(start)
    directory = file.read(size)
    items: dict[str, Item] = {}
    at, position = 0, 0
    for _ in range(count):
        if at + _CENTRAL.size > size:
            raise MalformedInput("bundle.bad_container", reason="directory")
        head = _CENTRAL.unpack_from(directory, at)
        at += _CENTRAL.size
        name = directory[at : at + head[10]].decode("ascii", "replace")
        at += head[10]
        _check_head(head, name, position, limit_of)
        if name in items:
            raise MalformedInput("bundle.bad_container", reason=f"{name[:80]} twice")
        _, _, _, _, method, _, _, crc, packed, unpacked = head[:10]
        data_at = position + _LOCAL.size + len(name)
        items[name] = Item(data_at, method, crc, packed, unpacked)
        position = data_at + packed
    if at != size or position != start:
        raise MalformedInput("bundle.bad_container", reason="something stands between the items")
    for name, item in items.items():
        file.seek(item.at - _LOCAL.size - len(name))
        local = _LOCAL.unpack(file.read(_LOCAL.size))
        if local[0] != b"PK\3\4" or local[2:4] != (0, item.method) or file.read(len(name)) != name.encode("ascii"):
            raise MalformedInput("bundle.bad_container", reason=f"{name[:80]} differs from the directory")
        if local[6:] != (item.crc, item.packed, item.size, len(name), 0):
            raise MalformedInput("bundle.bad_container", reason=f"{name[:80]} differs from the directory")
    return items


def _check_head(head: tuple[Any, ...], name: str, position: int, limit_of: Callable[[str], int]) -> None:
    mark, _, _, flags, method, _, _, _, packed, size, _, extra, comment, disk, _, _, offset = head
    if mark != b"PK\1\2" or flags or extra or comment or disk or offset != position:
        raise MalformedInput("bundle.bad_container", reason=f"{name[:80]!r}: fields that we never write")
    if not _good_name(name):
        raise MalformedInput("bundle.bad_container", reason=f"name {name[:80]!r}")
    limit = limit_of(name)
    if not limit:
        raise MalformedInput("bundle.bad_container", reason=f"name {name[:80]!r}")
    if size > limit:
        raise MalformedInput("bundle.bad_container", reason=f"{name[:80]}: {size} > {limit} bytes")
    if method not in (STORED, DEFLATED) or (method == STORED and packed != size):
        raise MalformedInput("bundle.bad_container", reason=f"{name[:80]}: method {method}")
    if size > MAX_RATIO * packed:
        raise MalformedInput("bundle.bad_container", reason=f"{name[:80]} unpacks to more than {MAX_RATIO} times")


def _good_name(name: str) -> bool:
    return len(name) <= MAX_NAME and _NAME.fullmatch(name) is not None
