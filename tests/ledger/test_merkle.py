"""The tree, its frontier and its proofs, against the definition of RFC 6962 written out."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import ProofRefused
from tansiq.ledger.growth import Growth
from tansiq.ledger.merkle import (
    EMPTY_ROOT,
    Frontier,
    by_tiles,
    consistency_proof,
    frontier_at,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    subtree_hash,
    verify_consistency,
    verify_inclusion,
)

from ._refused import refused

LEAVES = [leaf_hash(number.to_bytes(4, "big")) for number in range(1100)]

sizes = st.integers(1, len(LEAVES))


def definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962, section 2.1, defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(definition(leaves[:split]), definition(leaves[split:]))


class Tiles:
    """A reader over the complete subtrees that tiles of `LEAVES` would hold."""

    def __init__(self) -> None:
        self.levels = [LEAVES]
        while len(below := self.levels[-1]) >= 256:
            whole = len(below) // 256
            self.levels.append([definition(below[256 * at : 256 * (at + 1)]) for at in range(whole)])

    def __call__(self, level: int, start: int, count: int) -> list[bytes]:
        return self.levels[level][start : start + count] if level < len(self.levels) else []


READ = Tiles()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert root_of([]) == EMPTY_ROOT == definition([])
    assert Frontier().root() == EMPTY_ROOT


@given(sizes)
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert root_of(LEAVES[:size]) == definition(LEAVES[:size])


@given(st.lists(st.integers(0, 90), max_size=12))
def test_a_frontier_grown_in_any_steps_is_the_same(steps: list[int]) -> None:
    by_batch, one_by_one, done = Frontier(), Frontier(), 0
    for step in steps:
        batch = LEAVES[done : done + step]
        done += step
        by_batch.extend(iter(batch))
        for leaf in batch:
            one_by_one.append(leaf)
    assert by_batch == one_by_one == frontier_at(READ, done)
    assert by_batch.root() == definition(LEAVES[:done])
    assert Frontier(by_batch.size, by_batch.hashes) == by_batch


def test_a_copy_grows_on_its_own() -> None:
    first = frontier_at(READ, 700)
    before = first.root()
    twin = first.copy()
    twin.extend(LEAVES[700:900])
    assert first.root() == before
    assert twin == frontier_at(READ, 900)
    assert repr(twin) == f"Frontier(size=900, root={twin.root().hex()})"


def test_a_stored_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with refused("proof.length"):
        Frontier(3, [LEAVES[0]])
    with refused("proof.hash_size"):
        Frontier(1, [b"short"])
    with refused("proof.size"):
        Frontier(-1)


@given(st.data())
def test_an_inclusion_proof_holds_for_its_leaf_and_no_other(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    root = definition(LEAVES[:size])
    proof = inclusion_proof(READ, index, size)
    verify_inclusion(LEAVES[index], index, size, proof, root)
    with refused("proof.not_included"):
        verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
    with refused("proof.length"):
        verify_inclusion(LEAVES[index], index, size, [*proof, root], root)
    if proof:
        at = data.draw(st.integers(0, len(proof) * 32 - 1))
        with refused("proof.not_included"):
            verify_inclusion(LEAVES[index], index, size, changed(proof, at), root)


@given(st.data())
def test_a_consistency_proof_holds_for_its_two_trees_and_no_other(data: st.DataObject) -> None:
    new = data.draw(sizes)
    old = data.draw(st.integers(0, new))
    old_root, new_root = definition(LEAVES[:old]), definition(LEAVES[:new])
    proof = consistency_proof(READ, old, new)
    verify_consistency(old, new, old_root, new_root, proof)
    with refused("proof.length"):
        verify_consistency(old, new, old_root, new_root, [*proof, new_root])
    if proof:
        at = data.draw(st.integers(0, len(proof) * 32 - 1))
        with pytest.raises(ProofRefused, match=r"does not lead to the (old|new) root"):
            verify_consistency(old, new, old_root, new_root, changed(proof, at))
        with refused("proof.new_root"):
            verify_consistency(old, new, old_root, leaf_hash(b"another"), proof)
        with pytest.raises(ProofRefused, match=r"does not lead to the (old|new) root"):
            verify_consistency(old, new, leaf_hash(b"another"), new_root, proof)


def changed(proof: list[bytes], at: int) -> list[bytes]:
    """The proof with one byte changed."""
    raw = bytearray(b"".join(proof))
    raw[at] ^= 0x40
    return [bytes(raw[begin : begin + 32]) for begin in range(0, len(raw), 32)]


def test_from_the_empty_tree_only_the_empty_proof_and_the_empty_root_hold() -> None:
    verify_consistency(0, 5, EMPTY_ROOT, definition(LEAVES[:5]), [])
    with refused("proof.length"):
        verify_consistency(0, 5, EMPTY_ROOT, definition(LEAVES[:5]), [LEAVES[0]])
    with refused("proof.empty_root"):
        verify_consistency(0, 5, LEAVES[0], definition(LEAVES[:5]), [])
    with refused("proof.empty_root"):
        verify_consistency(0, 0, EMPTY_ROOT, LEAVES[0], [])


def test_two_roots_at_one_size_are_named_as_such() -> None:
    with refused("proof.same_size"):
        verify_consistency(5, 5, LEAVES[0], LEAVES[1], [])


def test_a_ledger_that_shrinks_is_refused() -> None:
    with refused("proof.shrinks"):
        verify_consistency(5, 4, LEAVES[0], LEAVES[1], [])
    with refused("proof.shrinks"):
        consistency_proof(READ, 5, 4)


def test_a_proof_of_another_length_is_refused_before_its_hashes_are_looked_at() -> None:
    with refused("proof.length"):
        verify_inclusion(LEAVES[0], 0, 2, [b"short"] * 1000, LEAVES[1])
    with refused("proof.length"):
        verify_consistency(1, 2, LEAVES[0], LEAVES[1], [b"short"] * 1000)


def test_hashes_of_another_length_are_refused() -> None:
    with refused("proof.hash_size"):
        verify_inclusion(b"", 0, 1, [], b"")
    with refused("proof.hash_size"):
        verify_consistency(2, 3, LEAVES[0], LEAVES[1], [b"short"])


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3)])
def test_an_index_outside_the_tree_is_refused(index: int, size: int) -> None:
    with refused("proof.index"):
        verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])
    with refused("proof.index"):
        inclusion_proof(READ, index, size)


@pytest.mark.parametrize("size", [0, 2**63])
def test_a_size_that_no_ledger_has_is_refused(size: int) -> None:
    with refused("proof.size"):
        verify_inclusion(LEAVES[0], 0, size, [], LEAVES[0])
    with refused("proof.size"):
        inclusion_proof(READ, 0, size)
    with refused("proof.size"):
        verify_consistency(-1, 3, LEAVES[0], LEAVES[0], [])
    with refused("proof.size"):
        frontier_at(READ, -1)


def test_the_largest_ledger_has_proofs_of_63_hashes_and_no_more() -> None:
    with refused("proof.length"):
        verify_inclusion(LEAVES[0], 0, 2**63 - 1, [LEAVES[0]] * 64, LEAVES[0])
    with refused("proof.not_included"):
        verify_inclusion(LEAVES[0], 0, 2**63 - 1, [LEAVES[0]] * 63, LEAVES[0])


def test_a_store_that_lacks_hashes_says_so() -> None:
    with refused("proof.hashes_missing"):
        subtree_hash(READ, 3, 1_000)


@given(st.integers(1, 2000), st.data())
def test_a_proof_read_by_tiles_is_the_same_proof(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = Growth(0, [])
    leaves = [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]
    nodes = {(level, at): value for level, at, value in tree.extend(leaves)}
    asked: list[tuple[int, int]] = []

    def read(level: int, start: int, count: int) -> list[bytes]:
        asked.append((level, start))
        if level == 0:
            return leaves[start : start + count]
        return [nodes[level, at] for at in range(start, start + count)]

    plain = inclusion_proof(read, index, size)
    asked.clear()
    assert inclusion_proof(by_tiles(read, size), index, size) == plain
    assert len(asked) == len(set(asked))
