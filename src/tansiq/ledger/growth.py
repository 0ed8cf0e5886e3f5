"""A ledger's tree while it grows: the unfinished tile of every level, in memory.

Appending needs no more than these tails (at most 255 hashes a level); complete subtrees of 256**level leaves come
out as they fill up and are kept by the store. Follows the tile heights of tlog-tiles, so that what is stored is
what is served.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tansiq.ledger.merkle import EMPTY_ROOT, HashReader, node_hash, root_of

TILE_WIDTH: Final = 256


class Growth:
    """The right edge of a tree of `size` leaves. `tails[level]` holds the hashes of its unfinished tile."""

    def __init__(self, size: int, tails: list[list[bytes]]) -> None:
        self.size = size
        self.tails = tails

    @classmethod
    def load(cls, read: HashReader, size: int) -> Growth:
        """The edge of the first `size` leaves, read from what is kept."""
        tails: list[list[bytes]] = []
        level, complete = 0, size
        while complete:
            width = complete % TILE_WIDTH
            tails.append(read(level, complete - width, width) if width else [])
            level, complete = level + 1, complete // TILE_WIDTH
        return cls(size, tails)

    def copy(self) -> Growth:
        """Another edge at the same place, to try something on."""
        return Growth(self.size, [list(tail) for tail in self.tails])

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Append leaf hashes; answers the subtrees that are now complete as (level ≥ 1, index, hash)."""
        complete: list[tuple[int, int, bytes]] = []
        index = self.size // TILE_WIDTH
        self.size += len(leaves)
        rising = list(leaves)
        level = 0
        while rising:
            if level == len(self.tails):
                self.tails.append([])
            tail = self.tails[level] + rising
            full = len(tail) // TILE_WIDTH
            rising = [root_of(tail[part * TILE_WIDTH : (part + 1) * TILE_WIDTH]) for part in range(full)]
            self.tails[level] = tail[full * TILE_WIDTH :]
            complete += [(level + 1, index + step, value) for step, value in enumerate(rising)]
            level, index = level + 1, index // TILE_WIDTH
        return complete

    def root(self) -> bytes:
        """The root of the tree (RFC 6962 section 2.1)."""
        total: bytes | None = None
        for tail in self.tails:
            end = len(tail)
            # right to left: the lowest set bit of the width is the size of the rightmost complete subtree
            while end:
                width = end & -end
                part = root_of(tail[end - width : end])
                total = part if total is None else node_hash(part, total)
                end -= width
        return EMPTY_ROOT if total is None else total
