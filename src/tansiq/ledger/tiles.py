"""Tiles and entry bundles (C2SP tlog-tiles): the names and bytes in which a ledger travels.

A hash tile holds up to 256 hashes, an entry bundle up to 256 entries, each behind its length in two bytes.
Which tiles exist follows from the size of the ledger alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tansiq.errors import MalformedInput
from tansiq.ledger.merkle import HASH_SIZE, MAX_SIZE, TILE_BITS

TILE_WIDTH: Final = 256
MAX_LEVEL: Final = 63
MAX_ENTRY: Final = 65_535
MAX_BUNDLE: Final = TILE_WIDTH * (2 + MAX_ENTRY)

_PATH: Final = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """A tile by its path; `level` is nothing for an entry bundle."""

    level: int | None
    index: int
    width: int

    def __str__(self) -> str:
        """The path (tlog-tiles, "Merkle Tree" and "Log entries")."""
        if self.level is None:
            return entries_path(self.index, self.width)
        return tile_path(self.level, self.index, self.width)


@dataclass(frozen=True, slots=True)
class LevelTiles:
    """How many full tiles a level has, and how wide the partial one after them is (0: there is none)."""

    level: int
    full: int
    partial: int


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a hash tile (tlog-tiles, "Merkle Tree")."""
    if not 0 <= level <= MAX_LEVEL:
        raise MalformedInput("tile.level", level=level)
    return f"tile/{level}/{_index_path(index, width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle (tlog-tiles, "Log entries")."""
    return f"tile/entries/{_index_path(index, width)}"


def parse_tile_path(path: str) -> TilePath:
    """The tile of a path (tlog-tiles, "Merkle Tree"); refused unless it is the one spelling of it."""
    match = _PATH.fullmatch(path) if len(path) <= 64 and path.isascii() else None
    if match is None:
        raise MalformedInput("tile.path")
    level = None if match["level"] == "entries" else int(match["level"])
    tile = TilePath(level, int(match["index"].replace("x", "").replace("/", "")), int(match["width"] or TILE_WIDTH))
    if (level or 0) > MAX_LEVEL or tile.index > MAX_SIZE or tile.width > TILE_WIDTH or str(tile) != path:
        raise MalformedInput("tile.path")
    return tile


def partial_width(level: int, size: int) -> int:
    """The width of the partial tile of `level` in a tree of `size` leaves (tlog-tiles, "Partial Tiles")."""
    return (size >> (TILE_BITS * level)) % TILE_WIDTH


def level_tiles(size: int) -> Iterator[LevelTiles]:
    """The tiles of every level of a tree of `size` leaves, from the leaves up; empty ones are left out."""
    level = 0
    while count := size >> (TILE_BITS * level):
        full, partial = divmod(count, TILE_WIDTH)
        yield LevelTiles(level, full, partial)
        level += 1


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as one bundle, each behind its length (tlog-tiles, "Log entries")."""
    if not 0 < len(entries) <= TILE_WIDTH:
        raise MalformedInput("tile.count", found=len(entries), expected=TILE_WIDTH)
    parts: list[bytes] = []
    for entry in entries:
        if not entry:
            raise MalformedInput("tile.entry_empty")
        if len(entry) > MAX_ENTRY:
            raise MalformedInput("tile.entry_too_large", found=len(entry), limit=MAX_ENTRY)
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def decode_bundle(data: bytes, expected: int) -> list[bytes]:
    """The `expected` entries of a bundle (tlog-tiles, "Log entries").

    An empty entry is refused: the specification allows it, but no record of ours is empty, and a run of zero
    bytes from a bad disk would else read as 256 of them.
    """
    if not 0 < expected <= TILE_WIDTH:
        raise MalformedInput("tile.count", found=expected, expected=TILE_WIDTH)
    if len(data) > MAX_BUNDLE:
        raise MalformedInput("tile.too_large", limit=MAX_BUNDLE)
    entries: list[bytes] = []
    at, end = 0, len(data)
    while at < end:
        if len(entries) == expected:
            raise MalformedInput("tile.trailing_bytes")
        start = at + 2
        at = start + int.from_bytes(data[at:start], "big")
        if start > end or at > end:
            raise MalformedInput("tile.cut_short")
        if at == start:
            raise MalformedInput("tile.entry_empty")
        entries.append(data[start:at])
    if len(entries) != expected:
        raise MalformedInput("tile.count", found=len(entries), expected=expected)
    return entries


def encode_tile(hashes: Sequence[bytes]) -> bytes:
    """Hashes as one tile (tlog-tiles, "Merkle Tree")."""
    if not 0 < len(hashes) <= TILE_WIDTH:
        raise MalformedInput("tile.count", found=len(hashes), expected=TILE_WIDTH)
    if any(len(part) != HASH_SIZE for part in hashes):
        raise MalformedInput("tile.hash_size")
    return b"".join(hashes)


def decode_tile(data: bytes, expected: int) -> list[bytes]:
    """The `expected` hashes of a tile (tlog-tiles, "Merkle Tree")."""
    if not 0 < expected <= TILE_WIDTH:
        raise MalformedInput("tile.count", found=expected, expected=TILE_WIDTH)
    if len(data) != expected * HASH_SIZE:
        raise MalformedInput("tile.hash_size")
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _index_path(index: int, width: int) -> str:
    if not 0 <= index <= MAX_SIZE:
        raise MalformedInput("tile.index", index=index)
    if not 0 < width <= TILE_WIDTH:
        raise MalformedInput("tile.width", width=width)
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    path = "/".join(reversed(groups))
    return path if width == TILE_WIDTH else f"{path}.p/{width}"
