"""RFC 6962 proofs by transparency-dev/merkle (testdata, commit 417fb0c)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tansiq.errors import ProofRefused
from tansiq.ledger.merkle import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion

from ._shared import vectors

# Their files use texts of 12 bytes for roots that "do not matter". We look at the length first, so four
# files that turn on another convention are refused for it, and one that they accept is refused as well.
FOUR_CONVENTIONS = {
    "consistency/additional/size1-is-zero-and-does-not-equal-size2.json",
    "consistency/additional/size1-is-zero-and-size2-is-not-zero.json",
    "consistency/additional/sizes-are-equal-zero-and-proof-is-empty.json",
    "inclusion/single-entry/empty-root-and-leaf.json",
}
SHORT_ROOTS = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json"


def _raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _proof(case: dict[str, Any]) -> list[bytes]:
    return [_raw(part) for part in case["proof"] or []]


def _consistency(case: dict[str, Any]) -> str | None:
    try:
        verify_consistency(case["size1"], case["size2"], _raw(case["root1"]), _raw(case["root2"]), _proof(case))
    except ProofRefused as refused:
        return refused.code
    return None


def _inclusion(case: dict[str, Any]) -> str | None:
    try:
        verify_inclusion(_raw(case["leafHash"]), case["leafIdx"], case["treeSize"], _proof(case), _raw(case["root"]))
    except ProofRefused as refused:
        return refused.code
    return None


def _cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    top = vectors("rfc6962")
    files = sorted((top / kind).rglob("*.json"))
    return [(str(Path(file).relative_to(top)), json.loads(file.read_text())) for file in files]


def test_inclusion_proofs_hold_or_fail_as_published() -> None:
    cases = _cases("inclusion")
    assert len(cases) == 98
    wrong = [name for name, case in cases if (_inclusion(case) is not None) != case["wantErr"]]
    assert wrong == []


def test_consistency_proofs_hold_or_fail_as_published_but_for_roots_that_are_not_hashes() -> None:
    cases = _cases("consistency")
    assert len(cases) == 98
    wrong = [name for name, case in cases if (_consistency(case) is not None) != case["wantErr"]]
    assert wrong == [SHORT_ROOTS]


@pytest.mark.parametrize("name", sorted({*FOUR_CONVENTIONS, SHORT_ROOTS}))
def test_files_that_turn_on_a_convention_are_refused_for_the_length_of_a_hash(name: str) -> None:
    case = json.loads(vectors(f"rfc6962/{name}").read_text())
    check = _inclusion if name.startswith("inclusion") else _consistency
    expected = "proof.hash_size"
    assert check(case) == expected


def test_an_empty_proof_from_size_zero_holds_as_in_a_witness() -> None:
    """Where that library refuses every proof from size 0, tlog-witness accepts the empty one."""
    verify_consistency(0, 1, EMPTY_ROOT, leaf_hash(b""), [])
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
