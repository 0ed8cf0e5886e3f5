"""The file that proves one entry to someone who has nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import proof
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import inclusion_proof, leaf_hash, root_of
from tansiq.ledger.proof import TlogProof

from ._refused import refused

ORIGIN = "alpha/5b0f6a5e9a774bb1/1"
KEY = SigningKey(b"a" * 32)
LEAVES = [leaf_hash(bytes([number])) for number in range(200)]


def read(level: int, start: int, count: int) -> list[bytes]:
    """The leaves; a tree of 200 has no higher tiles."""
    return LEAVES[start : start + count] if level == 0 else []


def made(index: int, size: int, extra: bytes | None = None) -> TlogProof:
    """The proof of one of the leaves."""
    head = sign_checkpoint(Checkpoint(ORIGIN, size, root_of(LEAVES[:size])), KEY)
    return TlogProof(index, tuple(inclusion_proof(read, index, size)), head, extra)


FILE = proof.encode(made(77, 200))


@given(st.data(), st.none() | st.binary(min_size=1, max_size=40))
def test_a_proof_comes_back_and_holds_for_its_entry(data: st.DataObject, extra: bytes | None) -> None:
    size = data.draw(st.integers(1, 200))
    index = data.draw(st.integers(0, size - 1))
    one = made(index, size, extra)
    again = proof.parse(proof.encode(one))
    assert again == one
    assert proof.verify(again, LEAVES[index], ORIGIN, KEY.public).checkpoint.size == size
    with refused("proof.not_included"):
        proof.verify(again, leaf_hash(b"another"), ORIGIN, KEY.public)
    with refused("checkpoint.other_origin"):
        proof.verify(again, LEAVES[index], "bravo/5b0f6a5e9a774bb1/1", KEY.public)


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_file_with_any_byte_changed_proves_nothing(at: int, flip: int) -> None:
    data = bytearray(FILE)
    data[at] ^= flip
    with pytest.raises(Refused):
        proof.verify(proof.parse(bytes(data)), LEAVES[77], ORIGIN, KEY.public)


def test_the_file_is_written_as_the_specification_has_it() -> None:
    lines = proof.encode(made(2, 3, b"extra")).decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra ZXh0cmE=", "index 2"]
    assert lines[4:7] == ["", ORIGIN, "3"]


HASH = "A" * 43 + "="


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "proof.file_format"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n", "proof.file_format"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n\n", "proof.file_format"),
        ("c2sp.org/tlog-proof@v2\nindex 0\n\nhead", "proof.file_format"),
        ("c2sp.org/tlog-proof@v1\nindex ٠\n\nhead", "proof.file_format"),
        ("c2sp.org/tlog-proof@v1\n\nhead", "proof.file_index"),
        ("c2sp.org/tlog-proof@v1\nindex 00\n\nhead", "proof.file_index"),
        ("c2sp.org/tlog-proof@v1\nindex -1\n\nhead", "proof.file_index"),
        ("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\nhead", "proof.file_extra"),
        ("c2sp.org/tlog-proof@v1\nextra AB==\nindex 0\n\nhead", "proof.file_extra"),
        (f"c2sp.org/tlog-proof@v1\nextra {'AAAA' * 21_846}\nindex 0\n\nhead", "proof.file_extra"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\nhead", "proof.file_hash"),
        (f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH[:-2]}B=\n\nhead", "proof.file_hash"),
        ("c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nhead", "proof.file_hash"),
        ("c2sp.org/tlog-proof@v1\nindex 0\n" + f"{HASH}\n" * 64 + "\nhead", "proof.too_long"),
        ("a" * (proof.MAX_FILE + 1), "proof.file_too_large"),
    ],
)
def test_what_is_no_proof_file_is_refused(text: str, code: str) -> None:
    with refused(code):
        proof.parse(text.encode())


def test_sixty_three_hashes_are_read() -> None:
    text = "c2sp.org/tlog-proof@v1\nindex 0\n" + f"{HASH}\n" * 63 + "\nhead"
    assert len(proof.parse(text.encode()).hashes) == 63
