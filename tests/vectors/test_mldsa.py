"""ML-DSA-44 verification: Wycheproof (commit dac1dd4). What is demanded of a key is in docs/decisions/ml-dsa.md."""

from __future__ import annotations

import json
from typing import Any

from tansiq.errors import MalformedInput
from tansiq.ledger import mldsa

from ._shared import vectors

# Under a t1 of zero anyone can sign. The verification of FIPS 204 takes such signatures; the keys are refused before.
ZERO = "ZeroPublicKey"


def _groups() -> list[dict[str, Any]]:
    read: dict[str, Any] = json.loads(vectors("wycheproof_mldsa_44_verify_test.json").read_text())
    groups: list[dict[str, Any]] = read["testGroups"]
    return groups


def test_wycheproof_signatures_hold_or_fail_as_published() -> None:
    wrong, seen = [], 0
    for group in _groups():
        public = bytes.fromhex(group["publicKey"])
        for case in group["tests"]:
            seen += 1
            held = mldsa.verify_signature(
                public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]), bytes.fromhex(case.get("ctx", ""))
            )
            if held != (case["result"] == "valid"):
                wrong.append((case["tcId"], case["comment"]))
    assert seen == 180
    assert wrong == []


def test_of_the_wycheproof_keys_only_those_of_another_length_or_of_zero_are_refused() -> None:
    wrong, refused = [], 0
    for group in _groups():
        public = bytes.fromhex(group["publicKey"])
        flags = {flag for case in group["tests"] for flag in case["flags"]}
        try:
            mldsa.check_public(public)
            taken = True
        except MalformedInput:
            taken = False
            refused += 1
        if taken != (len(public) == mldsa.PUBLIC_SIZE and ZERO not in flags):
            wrong.append(group["tests"][0]["tcId"])
    assert wrong == []
    assert refused > 0
