"""Checkpoints and their cosignatures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import cosignature
from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import Checkpoint, open_checkpoint, parse_body, sign_checkpoint
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import EMPTY_ROOT, leaf_hash
from tansiq.ledger.note import COSIGNATURE, NoteVerifier

from ._refused import refused

ORIGIN = "alpha/5b0f6a5e9a774bb1/1"
KEY = SigningKey(b"a" * 32)
ROOT = leaf_hash(b"entry")
HEAD = Checkpoint(ORIGIN, 7, ROOT)
BODY = HEAD.body()
SIGNED = sign_checkpoint(HEAD, KEY)
BASE64 = BODY.split("\n")[2]

WITNESS = SigningKey(b"w" * 32)
WITNESS_NAME = "bravo/witness"
WITNESS_KEY = NoteVerifier(WITNESS_NAME, COSIGNATURE, WITNESS.public)


@given(st.integers(1, 2**63 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_as_it_was_signed(size: int, root: bytes) -> None:
    head = Checkpoint(ORIGIN, size, root)
    signed = open_checkpoint(sign_checkpoint(head, KEY), ORIGIN, KEY.public)
    assert signed.checkpoint == head
    assert parse_body(head.body()) == head
    assert signed.raw == sign_checkpoint(head, KEY)
    assert signed.note.text == head.body()


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_a_checkpoint_with_any_byte_changed_is_refused(at: int, flip: int) -> None:
    data = bytearray(SIGNED)
    data[at] ^= flip
    with pytest.raises(Refused):
        open_checkpoint(bytes(data), ORIGIN, KEY.public)


def test_the_empty_ledger_has_a_checkpoint_of_its_own_root_only() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert open_checkpoint(sign_checkpoint(empty, KEY), ORIGIN, KEY.public).checkpoint == empty
    with refused("checkpoint.empty_root"):
        sign_checkpoint(Checkpoint(ORIGIN, 0, ROOT), KEY)


def test_a_checkpoint_of_another_ledger_or_by_another_key_is_refused() -> None:
    with refused("checkpoint.other_origin"):
        open_checkpoint(SIGNED, "alpha/5b0f6a5e9a774bb1/2", KEY.public)
    with refused("note.nobody_known"):
        open_checkpoint(SIGNED, ORIGIN, WITNESS.public)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "checkpoint.lines"),
        (f"{ORIGIN}\n7\n", "checkpoint.lines"),
        (BODY[:-1], "checkpoint.lines"),
        (BODY + "extension\n", "checkpoint.extension"),
        (BODY + "\n", "checkpoint.extension"),
        (f"\n7\n{BASE64}\n", "checkpoint.origin"),
        (f"{'a' * 256}\n7\n{BASE64}\n", "checkpoint.origin"),
        (f"al\ud800pha\n7\n{BASE64}\n", "checkpoint.origin"),
        (f"al\tpha\n7\n{BASE64}\n", "checkpoint.origin"),
        (f"{ORIGIN}\n07\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n-7\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n+7\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n 7\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n1_0\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n٧\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n{2**63}\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n{'9' * 5000}\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n\n{BASE64}\n", "checkpoint.size"),
        (f"{ORIGIN}\n7\n{BASE64[:-1]}\n", "checkpoint.root"),
        (f"{ORIGIN}\n7\n{BASE64[:-2]}B=\n", "checkpoint.root"),
        (f"{ORIGIN}\n7\n{BASE64.replace('=', '')}\n", "checkpoint.root"),
        (f"{ORIGIN}\n7\nAAAA\n", "checkpoint.root"),
        (f"{ORIGIN}\n0\n{BASE64}\n", "checkpoint.empty_root"),
    ],
)
def test_what_is_no_checkpoint_is_refused(body: str, code: str) -> None:
    with refused(code):
        parse_body(body)


def test_a_head_that_no_one_could_read_back_is_not_signed() -> None:
    with refused("checkpoint.root"):
        Checkpoint(ORIGIN, 7, b"short").body()
    with refused("note.key_name"):
        sign_checkpoint(Checkpoint("with space", 7, ROOT), KEY)


@given(st.integers(0, 2**63 - 1))
def test_a_cosignature_carries_its_time(time_s: int) -> None:
    line = cosignature.cosign(BODY, WITNESS_NAME, WITNESS, time_s)
    assert line.endswith("\n")
    assert cosignature.open_cosignature(line, WITNESS_KEY, BODY) == time_s
    with refused("note.bad_signature"):
        cosignature.open_cosignature(line, WITNESS_KEY, Checkpoint(ORIGIN, 8, ROOT).body())


def test_a_cosignature_of_another_key_role_or_time_is_refused() -> None:
    line = cosignature.cosign(BODY, WITNESS_NAME, WITNESS, 1_700_000_000)
    with refused("note.other_key"):
        cosignature.open_cosignature(line, NoteVerifier("bravo/mirror", COSIGNATURE, WITNESS.public), BODY)
    with refused("key.type"):
        cosignature.open_cosignature(line, NoteVerifier(WITNESS_NAME, notes.ED25519, WITNESS.public), BODY)
    signature = notes.parse_signature(line[:-1])
    later = notes.Signature(
        signature.name, signature.key_id, (1_700_000_001).to_bytes(8, "big") + signature.payload[8:]
    )
    with refused("note.bad_signature"):
        cosignature.open_cosignature(later, WITNESS_KEY, BODY)
    for impossible in (-1, 2**63):
        with refused("note.time"):
            cosignature.cosign(BODY, WITNESS_NAME, WITNESS, impossible)
    with refused("checkpoint.lines"):
        cosignature.cosign("no checkpoint\n", WITNESS_NAME, WITNESS, 1)


def test_cosignatures_are_added_behind_what_stands_and_read_back() -> None:
    late = cosignature.cosign(BODY, WITNESS_NAME, WITNESS, 2_000)
    early = cosignature.cosign(BODY, WITNESS_NAME, WITNESS, 1_000)
    stranger = cosignature.cosign(BODY, "stranger", SigningKey(b"s" * 32), 500)
    data = cosignature.with_cosignatures(SIGNED, [late, early, stranger, late])
    assert data == SIGNED + (late + early + stranger).encode()
    assert cosignature.with_cosignatures(data, [early]) == data
    note = open_checkpoint(data, ORIGIN, KEY.public).note
    log_key = NoteVerifier(ORIGIN, notes.ED25519, KEY.public)
    (found,) = cosignature.cosignatures(note, [WITNESS_KEY, log_key])
    assert (found.verifier, found.time_s) == (WITNESS_KEY, 1_000)
    assert cosignature.cosignatures(note, [log_key]) == []


def test_a_known_cosigner_that_fails_refuses_the_checkpoint() -> None:
    elsewhere = cosignature.cosign(Checkpoint(ORIGIN, 8, ROOT).body(), WITNESS_NAME, WITNESS, 1_000)
    note = notes.parse(cosignature.with_cosignatures(SIGNED, [elsewhere]))
    with refused("note.bad_signature"):
        cosignature.cosignatures(note, [WITNESS_KEY])
