"""Every parser that a peer or a file can reach, as a function of bytes that only ever refuses.

A target raises `Refused` for what it does not take. Anything else that it raises is a find, and so is whatever takes
long or much; where what was taken can be written again, it must come out as it went in.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Final

import msgspec

from tansiq.circles.card import read_card, write_card
from tansiq.circles.circle import read_circle
from tansiq.circles.compromise import open_compromise, read_origin
from tansiq.circles.epoch import read_epoch
from tansiq.desk import evidence
from tansiq.exchange import bundle, bundle_parts, erasure, frames, mirror, witness
from tansiq.exchange.container import Container
from tansiq.exchange.peer_client import read_shown
from tansiq.ledger import checkpoint, cosignature, disclosure, fork, merkle, note, policy, proof, tiles
from tansiq.ledger.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, NoteVerifier
from tansiq.records.entry import decode_entry, encode_entry
from tansiq.records.fields import read_fields

FUZZED: Final = 1 << 16
"""The largest input that is tried; larger ones are cut off by the limits that tests/exchange pins."""

ANY_KEYS: Final = [
    NoteVerifier("joc/mirror", kind, bytes(range(length)))
    for kind, length in ((ED25519, 32), (COSIGNATURE, 32), (ML_DSA_COSIGNATURE, 1312))
]


def _note(data: bytes) -> None:
    read = note.parse(data)
    assert note.encode(read.text, read.signatures) == data
    note.verify_any(read, ANY_KEYS)


def _checkpoint(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    body = checkpoint.parse_body(text)
    assert checkpoint.Checkpoint(body.origin, body.size, body.root).body() == text


def _cosignatures(data: bytes) -> None:
    cosignature.cosignatures(note.parse(data), ANY_KEYS)


def _vkey(data: bytes) -> None:
    NoteVerifier.parse(data.decode("utf-8", "replace"))


def _policy(data: bytes) -> None:
    policy.parse(data)


def _proof(data: bytes) -> None:
    read = proof.parse(data)
    assert proof.encode(read) == data


def _fork(data: bytes) -> None:
    fork.decode(data)


def _tile(data: bytes) -> None:
    assert tiles.encode_tile(tiles.decode_tile(data, len(data) // 32)) == data


def _tile_path(data: bytes) -> None:
    tiles.parse_tile_path(data.decode("utf-8", "replace"))


def _entries(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert tiles.encode_bundle(tiles.decode_bundle(rest, expected)) == rest


def _frames(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert frames.encode_frames(frames.decode_frames(rest, expected)) == rest


def _pairs(data: bytes) -> None:
    expected, rest = _numbered(data)
    assert frames.encode_pairs(frames.decode_pairs(rest, expected)) == rest


def _entry(data: bytes) -> None:
    assert encode_entry(decode_entry(data)) == data


def _disclosure(data: bytes) -> None:
    joined = data.decode("utf-8", "replace")
    disclosure.open_all(data, frozenset(base64.b64encode(data[:32]).decode()))
    disclosure.read_all(joined, frozenset())
    disclosure.read(joined)


def _heads(data: bytes) -> None:
    read_shown(data, "joc")


def _submission(data: bytes) -> None:
    witness.read_submission(data)


def _upload(data: bytes) -> None:
    upload = mirror.read_upload(data)
    mirror.read_packages(upload)


def _erasures(data: bytes) -> None:
    erasure.erased_ids(data, 1 << 20, bytes(32))


def _circle(data: bytes) -> None:
    read_circle(data)


def _card(data: bytes) -> None:
    assert read_card(write_card(read_card(data))) == read_card(data)


def _epoch(data: bytes) -> None:
    read_epoch(data)


def _compromise(data: bytes) -> None:
    read_origin(data)


def _container(data: bytes) -> None:
    held = Container(io.BytesIO(data), bundle.limit_of)
    source = bundle.BundleSource(held)
    for name in source.names():
        source.read(name)


def _part(data: bytes) -> None:
    read = bundle_parts.decode_part(data, "part")
    assert bundle_parts.encode_part(read) == data


def _evidence(data: bytes) -> None:
    evidence.verify(data)


def _consistency(data: bytes) -> None:
    old, new = data[0:1], data[1:2]
    hashes = [data[at : at + 32] for at in range(66, len(data), 32)]
    merkle.verify_consistency(ord(old or b"\0"), ord(new or b"\0"), data[2:34], data[34:66], hashes)


def _inclusion(data: bytes) -> None:
    index, size = data[0:1], data[1:2]
    hashes = [data[at : at + 32] for at in range(66, len(data), 32)]
    merkle.verify_inclusion(data[2:34], ord(index or b"\0"), ord(size or b"\0"), hashes, data[34:66])


def _numbered(data: bytes) -> tuple[int, bytes]:
    """The first byte says how many are expected, which elsewhere the size of a tree says."""
    return (data[0], data[1:]) if data else (0, b"")


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "note": _note,
    "checkpoint": _checkpoint,
    "cosignatures": _cosignatures,
    "vkey": _vkey,
    "policy": _policy,
    "proof": _proof,
    "fork": _fork,
    "tile": _tile,
    "tile-path": _tile_path,
    "entries": _entries,
    "frames": _frames,
    "pairs": _pairs,
    "entry": _entry,
    "disclosure": _disclosure,
    "heads": _heads,
    "submission": _submission,
    "upload": _upload,
    "erasures": _erasures,
    "circle": _circle,
    "card": _card,
    "epoch": _epoch,
    "compromise": _compromise,
    "container": _container,
    "part": _part,
    "evidence": _evidence,
    "consistency": _consistency,
    "inclusion": _inclusion,
}
"""What each is fed: the bytes of a file or of an answer; docs/fuzzing.md says where they come from."""
