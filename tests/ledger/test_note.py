"""Signed notes: what is read, what is refused, and whose signatures count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import Refused
from tansiq.ledger import note as notes
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import COSIGNATURE, ED25519, MAX_NOTE, Note, NoteSigner, NoteVerifier, Signature

from ._refused import refused

ALPHA = NoteSigner("alpha.example/log", SigningKey(b"a" * 32))
BRAVO = NoteSigner("bravo.example/log", SigningKey(b"b" * 32))
TEXT = "one\n\ntwo\n"
SIGNED = notes.sign(TEXT, [ALPHA, BRAVO])

signs = st.characters(codec="utf-8", min_codepoint=0x20)
texts = st.lists(st.text(signs, max_size=20), min_size=1, max_size=6).map(lambda lines: "\n".join(lines) + "\n")
names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=40).filter(
    lambda name: "+" not in name
)


@given(texts, names)
def test_a_note_comes_back_as_it_was_signed(text: str, name: str) -> None:
    signer = NoteSigner(name, ALPHA.key)
    data = notes.sign(text, [signer])
    note = notes.parse(data)
    assert note.text == text
    assert notes.encode(note) == data
    assert [found.verifier for found in notes.verify(note, [signer.verifier])] == [signer.verifier]
    assert NoteVerifier.parse(signer.verifier.vkey) == signer.verifier


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
def test_a_note_with_any_byte_changed_is_refused_or_loses_that_signature(at: int, flip: int) -> None:
    data = bytearray(SIGNED)
    data[at] ^= flip
    try:
        verified = notes.verify(notes.parse(bytes(data)), [ALPHA.verifier, BRAVO.verifier])
    except Refused:
        return
    # The name or key id of one line was changed: it is now of a key unknown here, and the other still counts.
    assert len(verified) == 1
    assert at > SIGNED.rindex(b"\n\n")


def test_signatures_by_unknown_keys_are_passed_over() -> None:
    note = notes.parse(SIGNED)
    assert [found.verifier.name for found in notes.verify(note, [BRAVO.verifier])] == [BRAVO.name]
    same_name = NoteVerifier(ALPHA.name, ED25519, SigningKey(b"c" * 32).public)
    assert notes.verify_any(note, [same_name]) == []
    with refused("note.nobody_known"):
        notes.verify(note, [same_name])


def test_one_known_key_that_fails_refuses_the_whole_note() -> None:
    note = notes.parse(SIGNED)
    first, second = note.signatures
    swapped = Note(note.text, (first, Signature(second.name, second.key_id, first.payload)))
    with refused("note.bad_signature"):
        notes.verify(swapped, [ALPHA.verifier, BRAVO.verifier])
    assert len(notes.verify(swapped, [ALPHA.verifier])) == 1


def test_a_key_that_signed_twice_counts_once_and_must_hold_twice() -> None:
    first = notes.parse(SIGNED).signatures[0]
    assert len(notes.verify(Note(TEXT, (first, first)), [ALPHA.verifier])) == 1
    broken = Signature(first.name, first.key_id, bytes(64))
    with refused("note.bad_signature"):
        notes.verify(Note(TEXT, (first, broken)), [ALPHA.verifier])


def test_a_cosignature_is_no_note_signature_nor_the_other_way_round() -> None:
    cosigner = NoteVerifier(ALPHA.name, COSIGNATURE, ALPHA.key.public)
    assert cosigner.key_id != ALPHA.verifier.key_id
    payload = notes.parse(SIGNED).signatures[0].payload
    for wrong in (payload, bytes(8) + payload, b"\xff" * 8 + payload):
        with refused("note.bad_signature"):
            notes.verify(Note(TEXT, (Signature(cosigner.name, cosigner.key_id, wrong),)), [cosigner])


def test_two_known_keys_that_cannot_be_told_apart_are_refused() -> None:
    other = NoteVerifier(ALPHA.name, ED25519, BRAVO.key.public)
    object.__setattr__(other, "key_id", ALPHA.verifier.key_id)
    with refused("note.ambiguous_keys"):
        notes.verify(notes.parse(SIGNED), [ALPHA.verifier, other])
    assert len(notes.verify(notes.parse(SIGNED), [ALPHA.verifier, ALPHA.verifier])) == 1


def test_sixteen_signatures_are_accepted_and_thirty_three_are_not() -> None:
    line = notes.parse(SIGNED).signatures[0].line()
    assert len(notes.parse(f"{TEXT}\n{line * 16}".encode()).signatures) == 16
    assert len(notes.parse(f"{TEXT}\n{line * 32}".encode()).signatures) == 32
    with refused("note.too_many_signatures"):
        notes.parse(f"{TEXT}\n{line * 33}".encode())


LINE = "— alpha AAAAAAAA\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a" * (MAX_NOTE + 1), "note.too_large"),
        (b"text\n\n\xff\n", "note.not_utf8"),
        (f"te\txt\n\n{LINE}".encode(), "note.control_character"),
        (f"text\r\n\n{LINE}".encode(), "note.control_character"),
        (f"te\0xt\n\n{LINE}".encode(), "note.control_character"),
        (b"", "note.no_signatures"),
        (b"text\n", "note.no_signatures"),
        (f"\n{LINE}".encode(), "note.no_signatures"),
        (f"text\n\n{LINE}"[:-1].encode(), "note.cut_short"),
        (b"text\n\n", "note.cut_short"),
        (b"text\n\nno line\n", "note.signature_line"),
        ("text\n\n– alpha AAAAAAAA\n".encode(), "note.signature_line"),
        ("text\n\n— alpha\n".encode(), "note.signature_line"),
        ("text\n\n— alpha AAAA!AAA\n".encode(), "note.signature_line"),
        ("text\n\n— alpha AAAAAA==\n".encode(), "note.signature_line"),
        ("text\n\n— alpha AAAAAAB=\n".encode(), "note.signature_line"),
        ("text\n\n— alpha bravo AAAAAAAA\n".encode(), "note.signature_line"),
        ("text\n\n—  AAAAAAAA\n".encode(), "note.key_name"),
        ("text\n\n— al+pha AAAAAAAA\n".encode(), "note.key_name"),
        ("text\n\n— al\u2003pha AAAAAAAA\n".encode(), "note.key_name"),
        (f"text\n\n— {'a' * 256} AAAAAAAA\n".encode(), "note.key_name"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, code: str) -> None:
    with refused(code):
        notes.parse(data)


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_a_note_or_a_refusal(data: bytes) -> None:
    for candidate in (data, b"text\n\n" + data, "text\n\n— ".encode() + data + b"\n"):
        try:
            note = notes.parse(candidate)
        except Refused:
            continue
        assert notes.encode(note) == candidate


@pytest.mark.parametrize(
    ("vkey", "code"),
    [
        ("", "key.text"),
        ("alpha", "key.text"),
        ("alpha+00000000+", "key.text"),
        ("alpha+00000000+!!!!", "key.text"),
        ("a" * 400, "key.text"),
        ("alpha+00000000+BwAA", "key.type"),
        ("alpha+00000000+AQAA", "key.public_size"),
        ("+" + ALPHA.verifier.vkey.split("+", 1)[1], "note.key_name"),
        (ALPHA.verifier.vkey.replace("alpha", "bravo"), "key.hash"),
        (ALPHA.verifier.vkey.replace("+", "+0", 1), "key.hash"),
    ],
)
def test_what_is_no_key_text_is_refused(vkey: str, code: str) -> None:
    with refused(code):
        NoteVerifier.parse(vkey)


def test_a_text_that_no_one_could_read_back_is_not_signed() -> None:
    with refused("note.no_signatures"):
        notes.sign("no newline at the end", [ALPHA])
    with refused("note.cut_short"):
        notes.sign("text\n", [])
