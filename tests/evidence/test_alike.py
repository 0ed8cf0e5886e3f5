"""Whatever is done to a file, neither verifier accepts what the other refuses, and what they accept they read alike."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.ledger import keys
from vectors._shared import vectors

from .both import HOLDS, alone, by_program, in_here
from .conftest import Court
from .minted import Minted, circle_of, entry_of, spelt, told_raw
from .test_bad import HOLD

EDIT = st.tuples(
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 3),
    st.one_of(st.binary(max_size=3), st.sampled_from(list(b'0=~\n "{}[],.\\')).map(lambda one: bytes([one]))),
)


def edited(data: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The bytes with some taken out and others put in."""
    for where, out, put in edits:
        at = int(where * len(data))
        data = data[:at] + put + data[at + out :]
    return data


def alike(data: bytes) -> None:
    """Both accept it and say the same, or both refuse it; of two faults either may be the one that is named."""
    mine, other = by_program(data, {}), in_here(data, {})
    assert (mine.code == HOLDS, mine.lines) == (other.code == HOLDS, other.lines)


@settings(max_examples=300)
@given(
    st.sampled_from(["full", "one field", "an exercise", "one size", "two sizes"]),
    st.lists(EDIT, min_size=1, max_size=3),
)
def test_random_edits_of_a_real_file(court: Court, name: str, edits: list[tuple[float, int, bytes]]) -> None:
    alike(edited(court.good.get(name) or court.two_faced[name], edits))


@settings(max_examples=200)
@given(st.sampled_from(sorted(HOLD)), st.lists(EDIT, min_size=1, max_size=3))
def test_random_edits_of_odd_files(name: str, edits: list[tuple[float, int, bytes]]) -> None:
    alike(edited(HOLD[name], edits))


@settings(max_examples=400)
@given(st.lists(EDIT, max_size=2))
def test_entries_of_any_bytes_under_a_signature_that_holds(edits: list[tuple[float, int, bytes]]) -> None:
    seen = [["mop", 3, "x" * 44]]
    body = spelt(entry_of(["x" * 43], seen=seen, told="y" * 43, desk='"\\\n\u00e9\U0001f600', pad="..."))
    alike(Minted(disclosures=(), entry=edited(body, edits)).file())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**65), 2**65) | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "_sd", "...", "b"]) | st.text(max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(VALUES, st.lists(EDIT, max_size=2))
def test_fields_of_any_value_that_were_committed_to(value: Any, edits: list[tuple[float, int, bytes]]) -> None:
    raw = edited(json.dumps(["A" * 22, "text", value]).encode(), edits)
    alike(Minted(disclosures=(told_raw(raw) or "AA",)).file())


@settings(max_examples=300)
@given(st.lists(EDIT, max_size=2))
def test_circles_of_any_bytes(edits: list[tuple[float, int, bytes]]) -> None:
    alike(Minted(circle=edited(spelt(circle_of(names={"en": "x", "ckb": "\u06a9"}, previous="0" * 64)), edits)).file())


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            [
                "disclosure x",
                "also QUJD",
                "after QUJD QUJD",
                "for a",
                "exercise no",
                "circle QUJD",
                "entry QUJD",
                "x",
                "",
            ]
        ),
        max_size=6,
    )
)
def test_lines_in_any_order(lines: list[str]) -> None:
    good = Minted().file()
    alike(good.replace(b"\n\n", ("\n" + "\n".join(lines) + "\n\n").encode(), 1))
    alike("\n".join(["tansiq-evidence@v1", *lines, "", ""]).encode() + good.partition(b"\n\n")[2])


def _pure(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The stand-alone verifier where no library is installed."""
    tool = alone()
    monkeypatch.setattr(tool, "Ed25519PublicKey", None)
    return tool


def _cases() -> list[tuple[bytes, bytes, bytes]]:
    cctv = json.loads(vectors("cctv_ed25519.json").read_text())
    found = [(bytes.fromhex(one["key"]), bytes.fromhex(one["sig"]), one["msg"].encode()) for one in cctv]
    for group in json.loads(vectors("wycheproof_ed25519_test.json").read_text())["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        found += [(public, bytes.fromhex(one["sig"]), bytes.fromhex(one["msg"])) for one in group["tests"]]
    return found


def test_its_own_ed25519_agrees_with_the_pinned_verifier_on_the_vectors_of_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cases = _cases()
    with_library = [alone().signed_by(*case) for case in cases]
    tool = _pure(monkeypatch)
    pinned = [keys.verify_signature(*case) for case in cases]
    assert len(cases) == 914 + 151
    assert with_library == pinned
    assert [tool.signed_by(*case) for case in cases] == pinned
    assert True in pinned
    assert False in pinned


def test_its_own_ed25519_takes_what_keys_sign_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    tool = _pure(monkeypatch)
    for number in range(6):
        key = keys.SigningKey(hashlib.sha256(bytes([number])).digest())
        message = bytes(range(number * 40))
        signature = key.sign(message)
        assert tool.signed_by(key.public, signature, message)
        assert not tool.signed_by(key.public, signature, message + b".")
        assert not tool.signed_by(key.public, signature[:-1], message)
        for at in (0, 31, 32, 63):
            bad = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
            assert tool.signed_by(key.public, bad, message) == keys.verify_signature(key.public, bad, message) is False
        odd = key.public[:-1] + bytes([key.public[-1] ^ 128])
        assert not tool.signed_by(odd, signature, message)
