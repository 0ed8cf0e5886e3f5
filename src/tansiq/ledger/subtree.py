"""Proofs that a run of entries is a whole subtree of a signed tree (tlog-mirror, "add-entries").

The packages of tlog-mirror begin at multiples of 256 and end 256 later or at the end of the tree, so each of them is a
node of the tree of RFC 6962, and its subtree consistency proof is the path of that node's siblings, the lowest first.
"""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.errors import MalformedInput, ProofRefused
from tansiq.ledger.merkle import HashReader, frontier_at, node_hash, root_of
from tansiq.ledger.tiles import TILE_WIDTH


def subtree_proof(read: HashReader, start: int, end: int, size: int) -> list[bytes]:
    """The siblings of subtree [start, end) in the tree of `size` leaves, the lowest first."""
    return [_range_root(read, low, high) for low, high, _ in reversed(_siblings(start, end, size))]


def verify_subtree(subtree: bytes, start: int, end: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse (`proof.subtree`) unless [start, end) hashes to `subtree` under (size, root)."""
    path = _siblings(start, end, size)
    if len(path) != len(proof):
        raise ProofRefused("proof.length", found=len(proof), expected=len(path))
    found = subtree
    for (_, _, left), part in zip(reversed(path), proof, strict=True):
        found = node_hash(part, found) if left else node_hash(found, part)
    if found != root:
        raise ProofRefused("proof.subtree", start=start, end=end, size=size)


def _siblings(start: int, end: int, size: int) -> list[tuple[int, int, bool]]:
    """From the root down: the other side of every split on the way to [start, end), and whether it is the left one."""
    if start % TILE_WIDTH or not start < end <= size or (end != size and end - start != TILE_WIDTH):
        raise MalformedInput("proof.subtree_range", start=start, end=end, size=size)
    if end - start > TILE_WIDTH:
        raise MalformedInput("proof.subtree_range", start=start, end=end, size=size)
    path = []
    low, high = 0, size
    while (low, high) != (start, end):
        split = low + (1 << ((high - low - 1).bit_length() - 1))
        if end <= split:
            path.append((split, high, False))
            high = split
        else:
            path.append((low, split, True))
            low = split
    return path


def _range_root(read: HashReader, low: int, high: int) -> bytes:
    """The root of the subtree [low, high), which is a node of the tree and begins at a multiple of its width."""
    whole = frontier_at(lambda level, start, count: read(level, start + (low >> (8 * level)), count), high - low)
    return whole.root() if high - low > 1 else root_of(read(0, low, 1))
