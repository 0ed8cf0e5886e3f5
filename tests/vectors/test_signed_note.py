"""Notes that others signed: the examples of C2SP signed-note and tlog-cosignature, and of Go's sumdb/note."""

from __future__ import annotations

import base64

from tansiq.ledger import note as notes
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import NoteSigner, NoteVerifier

from ._refused import refused

# signed-note, "Verifier keys", example
SPEC_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncA"
    "lTgK7Ztg1ER"
    "YNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()

# signed-note, introduction; no key is published for it
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0"
    "xMcXxj99ihA"
    "QwaqP3ZekRwNtIc=\n"
).encode()

# golang.org/x/mod/sumdb/note, documentation
GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# tlog-cosignature, introduction; no key is published for it
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1"
    "gGzGku9nTo+z"
    "yWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oy"
    "in1nPZqhf5nN"
    "o0xUe+mbIUBkBIfZ+qnA==\n"
).encode()


def test_the_example_note_of_the_specification_verifies() -> None:
    verifier = NoteVerifier.parse(SPEC_VKEY)
    assert verifier.key_id.hex() == "530d903a"
    assert verifier.vkey == SPEC_VKEY
    note = notes.parse(SPEC_NOTE)
    assert note.text == "This is an example message.\n"
    assert [found.verifier for found in notes.verify(note, [verifier])] == [verifier]
    with refused("note.bad_signature"):
        notes.verify(notes.parse(SPEC_NOTE.replace(b"example message", b"exemplary mess.")), [verifier])


def test_the_text_of_a_note_ends_at_its_last_empty_line() -> None:
    note = notes.parse(POEM)
    assert note.text.endswith("sole:\n\ned è subito sera.\n")
    (signature,) = note.signatures
    assert (signature.name, signature.key_id.hex()) == ("quasimodo.example/salvatore", "367ba04b")
    assert notes.encode(note) == POEM


def test_our_signature_is_that_of_the_go_library_byte_for_byte() -> None:
    signer = NoteSigner("PeterNeumann", SigningKey(GO_SEED))
    assert signer.verifier.vkey == GO_VKEY
    assert notes.sign(GO_TEXT, [signer]) == (GO_TEXT + "\n" + GO_LINE).encode()


def test_the_cosigned_example_reads_with_the_time_that_its_text_states() -> None:
    note = notes.parse(COSIGNED)
    checkpoint = parse_body(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert int.from_bytes(note.signatures[1].payload[:8], "big") == 1679315147
    assert len(note.signatures[1].payload) == 8 + 64
