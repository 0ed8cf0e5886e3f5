"""The Merkle tree of RFC 6962: hashing, the compact frontier of a growing tree, and proofs.

Hashes are read through a `HashReader`, so that proofs come out of tiles (C2SP tlog-tiles) wherever those
are kept. Verification follows RFC 9162, sections 2.1.3.2 and 2.1.4.2, and settles the length of a proof by
arithmetic before it hashes anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from tansiq.errors import ProofRefused

HASH_SIZE: Final = 32
TILE_BITS: Final = 8
MAX_SIZE: Final = 2**63 - 1
MAX_PROOF: Final = 63
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


class HashReader(Protocol):
    """Where hashes come from: those that tlog-tiles, "Merkle Tree", puts into tiles."""

    def __call__(self, level: int, start: int, count: int, /) -> list[bytes]:
        """`count` consecutive hashes of complete subtrees of 256**level leaves, from number `start`."""
        ...


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry (RFC 6962, section 2.1)."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees (RFC 6962, section 2.1)."""
    return _sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf hashes (RFC 6962, section 2.1)."""
    frontier = Frontier()
    frontier.extend(leaves)
    return frontier.root()


class Frontier:
    """The hashes of the complete subtrees of a tree of `size` leaves, left to right, the largest first.

    All that a writer needs to append and to say the root (RFC 6962, section 2.1): one hash per set bit of
    `size`.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """A frontier as it was stored; refused where the number of hashes does not fit the size."""
        self.size = size
        self.hashes = list(hashes)
        if not 0 <= size <= MAX_SIZE:
            raise ProofRefused("proof.size", size=size)
        if len(self.hashes) != size.bit_count():
            raise ProofRefused("proof.length", found=len(self.hashes), expected=size.bit_count())
        if any(len(part) != HASH_SIZE for part in self.hashes):
            raise ProofRefused("proof.hash_size")

    def __eq__(self, other: object) -> bool:
        """Two frontiers are equal when they stand for the same tree."""
        if not isinstance(other, Frontier):
            return NotImplemented
        return self.size == other.size and self.hashes == other.hashes

    __hash__ = None  # type: ignore[assignment]  # it changes: it must not be a dictionary key

    def __repr__(self) -> str:
        """Size and root, as a person compares them."""
        return f"Frontier(size={self.size}, root={self.root().hex()})"

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        hashes = self.hashes
        size = self.size
        while size & 1:
            leaf = _sha256(b"\x01" + hashes.pop() + leaf).digest()
            size >>= 1
        hashes.append(leaf)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes, a whole level at a time: this is the inner loop of intake."""
        sha256 = _sha256
        nodes = list(leaves)
        size = self.size
        self.size = size + len(nodes)
        hashes = self.hashes
        kept: list[bytes] = []  # what stays as a complete subtree, smallest first
        while nodes:
            if size & 1:
                nodes.insert(0, hashes.pop())
            if len(nodes) & 1:
                kept.append(nodes.pop())
            pairs = iter(nodes)
            nodes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
            size >>= 1
        kept.reverse()
        hashes += kept

    def root(self) -> bytes:
        """The root over all leaves so far (RFC 6962, section 2.1)."""
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT

    def copy(self) -> Frontier:
        """One that grows on its own: what a batch works on until it is committed."""
        twin = Frontier.__new__(Frontier)
        twin.size = self.size
        twin.hashes = self.hashes.copy()
        return twin


def subtree_hash(read: HashReader, level_bits: int, index: int) -> bytes:
    """The hash of complete subtree number `index` of 2**level_bits leaves (tlog-tiles, "Merkle Tree")."""
    level, bits = divmod(level_bits, TILE_BITS)
    count = 1 << bits
    nodes = read(level, index << bits, count)
    if len(nodes) != count:
        raise ProofRefused("proof.hashes_missing", level=level, start=index << bits, count=count)
    while len(nodes) > 1:
        pairs = iter(nodes)
        nodes = [_sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return nodes[0]


def by_tiles(read: HashReader, size: int) -> HashReader:
    """The same hashes of a tree of `size` leaves, asked for by whole tiles and each of these once.

    A proof wants a dozen parts of the same few tiles; where each question costs, as it does in a store, this is faster.
    """
    held: dict[tuple[int, int], list[bytes]] = {}

    def some(level: int, start: int, count: int) -> list[bytes]:
        first, last = start >> TILE_BITS, (start + count - 1) >> TILE_BITS
        for tile in range(first, last + 1):
            if (level, tile) not in held:
                width = min(1 << TILE_BITS, (size >> (TILE_BITS * level)) - (tile << TILE_BITS))
                held[level, tile] = read(level, tile << TILE_BITS, max(0, width))
        joined = [part for tile in range(first, last + 1) for part in held[level, tile]]
        skip = start - (first << TILE_BITS)
        return joined[skip : skip + count]

    return some


def frontier_at(read: HashReader, size: int) -> Frontier:
    """The frontier of the first `size` leaves, as a writer needs it to go on from there."""
    if not 0 <= size <= MAX_SIZE:
        raise ProofRefused("proof.size", size=size)
    return Frontier(size, _complete_subtrees(read, 0, size))


def inclusion_proof(read: HashReader, index: int, size: int) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962, section 2.1.1)."""
    if not 0 < size <= MAX_SIZE:
        raise ProofRefused("proof.size", size=size)
    if not 0 <= index < size:
        raise ProofRefused("proof.index", index=index, size=size)
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        split = low + _split(high - low)
        if index < split:
            proof.append(_range_hash(read, split, high))
            high = split
        else:
            proof.append(_range_hash(read, low, split))
            low = split
    proof.reverse()
    return proof


def consistency_proof(read: HashReader, old: int, new: int) -> list[bytes]:
    """That the first `old` leaves of `new` are the tree of size `old` (RFC 6962, section 2.1.2).

    Empty for `old` = 0, as tlog-witness sends it, and for `old` = `new`.
    """
    _check_sizes(old, new)
    if old in (0, new):
        return []
    proof: list[bytes] = []
    low, high = 0, new
    while old != high:
        split = low + _split(high - low)
        if old <= split:
            proof.append(_range_hash(read, split, high))
            high = split
        else:
            proof.append(_range_hash(read, low, split))
            low = split
    if low:  # else the old tree is itself a subtree, and its root is known to whoever asks
        proof.append(_range_hash(read, low, high))
    proof.reverse()
    return proof


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Refuse unless `leaf` is leaf number `index` under `root` (RFC 9162, section 2.1.3.2)."""
    if not 0 < size <= MAX_SIZE:
        raise ProofRefused("proof.size", size=size)
    if not 0 <= index < size:
        raise ProofRefused("proof.index", index=index, size=size)
    _check_length(len(proof), _path_length(index, size - 1))
    _check_hashes(proof, leaf, root)
    node, last = index, size - 1
    found = leaf
    for part in proof:
        if node & 1 or node == last:
            found = node_hash(part, found)
            while not node & 1 and node:  # a right border: no sibling on the levels in between
                node >>= 1
                last >>= 1
        else:
            found = node_hash(found, part)
        node >>= 1
        last >>= 1
    if found != root:
        raise ProofRefused("proof.not_included", index=index, size=size)


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Refuse unless the tree of size `new` begins with the tree of size `old` (RFC 9162, section 2.1.4.2).

    The empty tree is consistent with every tree by an empty proof: tlog-witness has it so, where the Merkle
    library of transparency-dev refuses. Its root must then be the hash of nothing.
    """
    _check_sizes(old, new)
    _check_hashes((), old_root, new_root)
    if (old == 0 and old_root != EMPTY_ROOT) or (new == 0 and new_root != EMPTY_ROOT):
        raise ProofRefused("proof.empty_root")
    if old in (0, new):
        _check_length(len(proof), 0)
        if old == new and old_root != new_root:
            raise ProofRefused("proof.same_size", size=old)
        return
    # From the largest complete subtree at the right edge of the old tree, climb to both roots at once.
    trailing = (old & -old).bit_length() - 1
    node, last = (old - 1) >> trailing, (new - 1) >> trailing
    _check_length(len(proof), _path_length(node, last) + (1 if node else 0))
    _check_hashes(proof)
    found_old = found_new = proof[0] if node else old_root
    for part in proof[1 if node else 0 :]:
        if node & 1 or node == last:
            found_old = node_hash(part, found_old)
            found_new = node_hash(part, found_new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            found_new = node_hash(found_new, part)
        node >>= 1
        last >>= 1
    if found_old != old_root:
        raise ProofRefused("proof.old_root", old=old, new=new)
    if found_new != new_root:
        raise ProofRefused("proof.new_root", old=old, new=new)


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand left to right, the largest first."""
    root = hashes[-1]
    for part in hashes[-2::-1]:
        root = _sha256(b"\x01" + part + root).digest()
    return root


def _split(count: int) -> int:
    """The largest power of two below `count` (the k of RFC 6962, section 2.1)."""
    return 1 << ((count - 1).bit_length() - 1)


def _complete_subtrees(read: HashReader, low: int, high: int) -> list[bytes]:
    """The complete subtrees of leaves [low, high), where `low` is a multiple of the largest of them."""
    parts: list[bytes] = []
    while low < high:
        bits = (high - low).bit_length() - 1
        parts.append(subtree_hash(read, bits, low >> bits))
        low += 1 << bits
    return parts


def _range_hash(read: HashReader, low: int, high: int) -> bytes:
    return _fold(_complete_subtrees(read, low, high))


def _path_length(node: int, last: int) -> int:
    """How many siblings `node` has on the way to the root when `last` is the rightmost node of its level."""
    inner = (node ^ last).bit_length()
    return inner + (node >> inner).bit_count()


def _check_sizes(old: int, new: int) -> None:
    if not 0 <= old <= MAX_SIZE:
        raise ProofRefused("proof.size", size=old)
    if not 0 <= new <= MAX_SIZE:
        raise ProofRefused("proof.size", size=new)
    if old > new:
        raise ProofRefused("proof.shrinks", old=old, new=new)


def _check_length(found: int, expected: int) -> None:
    if found != expected:
        raise ProofRefused("proof.length", found=found, expected=expected)


def _check_hashes(proof: Sequence[bytes], *more: bytes) -> None:
    if any(len(part) != HASH_SIZE for part in (*more, *proof)):
        raise ProofRefused("proof.hash_size")
