"""Ed25519 edge cases: C2SP/CCTV (commit 1e3d286) and Wycheproof (commit dac1dd4).

What is accepted is written down in docs/decisions/ed25519-verifier.md.
"""

from __future__ import annotations

import json

from tansiq.ledger.keys import verify_signature

from ._shared import vectors

ACCEPTED_FLAGS = {"low_order_component_A", "low_order_component_R"}


def test_of_the_cctv_cases_exactly_those_without_a_refused_flag_hold() -> None:
    cases = json.loads(vectors("cctv_ed25519.json").read_text())
    assert len(cases) == 914
    wrong = [
        case["number"]
        for case in cases
        if verify_signature(bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode())
        != (set(case["flags"] or []) <= ACCEPTED_FLAGS)
    ]
    assert wrong == []


def test_wycheproof_signatures_hold_or_fail_as_published() -> None:
    groups = json.loads(vectors("wycheproof_ed25519_test.json").read_text())["testGroups"]
    wrong, seen = [], 0
    for group in groups:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            seen += 1
            held = verify_signature(public, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            if held != (case["result"] == "valid"):
                wrong.append(case["tcId"])
    assert seen == 151
    assert wrong == []
