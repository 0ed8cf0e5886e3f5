"""Evidence that a party without our program could make: anything at all, under signatures that hold."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tansiq.ledger import disclosure, proof
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.note import parse
from tansiq.records.entry import decode_entry

KEYS = [SigningKey(bytes([number]) * 32) for number in range(1, 7)]
CIRCLE_ID = "0123456789abcdef0123456789abcdef"
SALT = "c2FsdHNhbHRzYWx0c2FsdA"
NOW = 1_800_000_000


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def circle_of(**more: Any) -> dict[str, Any]:
    """The descriptor of a circle of two, as JSON values."""
    members = [
        {
            "party": party,
            **dict(zip(("log", "witness", "mirror"), [_text(key.public) for key in keys], strict=True)),
            "tls": "00",
        }
        for party, keys in (("joc", KEYS[:3]), ("mop", KEYS[3:]))
    ]
    return {"v": 1, "id": CIRCLE_ID, "epoch": 1, "names": {"en": "Two"}, "exercise": False, "members": members, **more}


def entry_of(digests: Sequence[str], **more: Any) -> dict[str, Any]:
    """An entry as JSON values."""
    label = {
        "policy": "JOINT",
        "classification": "RESTRICTED",
        "tlp": "AMBER",
        "to": ["joc", "mop"],
        "exercise": False,
    }
    return {
        "v": 1,
        "type": "log",
        "id": "01a2121e-6ef6-7663-acd2-ae880e0ffc2c",
        "revises": None,
        "about": None,
        "desk": "watch",
        "role": "duty_officer",
        "at": NOW * 1000,
        "label": label,
        "seen": [],
        "_sd": list(digests),
        "told": None,
        "blobs": [],
        "pad": "",
        **more,
    }


def spelt(value: Any) -> bytes:
    """JSON without blanks, in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def padded(body: bytes) -> bytes:
    """An entry with as much padding as it must have; anything else as it is."""
    bare = re.sub(rb'"pad":"\.*"}\Z', b'"pad":""}', body)
    if not bare.endswith(b'"pad":""}'):
        return body
    size = min(max(512, 1 << (len(bare) - 1).bit_length()), 65_535)
    return bare[:-2] + b"." * (size - len(bare)) + b'"}'


def told(name: Any, value: Any, salt: Any = SALT) -> str:
    """A disclosure with whatever in it."""
    return told_raw(spelt([salt, name, value]))


def told_raw(raw: bytes) -> str:
    """A disclosure of these bytes."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Minted:
    """The parts of a file of joc's ledger with one entry, cosigned by mop."""

    disclosures: tuple[str, ...] = (told("text", "a word"),)
    entry: bytes | None = None
    circle: bytes = field(default_factory=lambda: spelt(circle_of()))
    origin: str = f"joc/{CIRCLE_ID}/1"
    lines: tuple[str, ...] | None = None
    also: tuple[str, ...] = ()
    after: tuple[tuple[bytes, bytes], ...] = ()
    exercise: str = "no"
    reader: str = ""
    exact: bool = False

    def with_(self, **more: Any) -> Minted:
        """Another one."""
        return replace(self, **more)

    @property
    def body(self) -> bytes:
        """The entry's bytes; by default an entry that commits to the disclosures."""
        if self.entry is not None:
            return self.entry if self.exact else padded(self.entry)
        return padded(spelt(entry_of(sorted(disclosure.digest(one) for one in self.disclosures))))

    def note(self, body: bytes | None = None, origin: str | None = None, key: SigningKey = KEYS[0]) -> bytes:
        """A checkpoint over one entry."""
        root = leaf_hash(self.body if body is None else body)
        note = sign_checkpoint(Checkpoint(self.origin if origin is None else origin, 1, root), key)
        if self.lines is not None:
            return note + "".join(self.lines).encode()
        text = parse(note).text
        return with_cosignatures(
            note, [cosign(text, "mop/mirror", KEYS[5], NOW), cosign(text, "mop/witness", KEYS[4], NOW + 1)]
        )

    def file(self) -> bytes:
        """The bytes."""
        lines = [
            "tansiq-evidence@v1",
            f"exercise {self.exercise}",
            *([f"for {self.reader}"] if self.reader else []),
            f"circle {_text(self.circle)}",
            f"entry {_text(self.body)}",
            *(f"disclosure {one}" for one in self.disclosures),
            *(f"also {one}" for one in self.also),
            *(f"after {_text(body)} {_text(raw)}" for body, raw in self.after),
        ]
        return ("\n".join(lines) + "\n\n").encode() + proof.encode(proof.TlogProof(0, (), self.note()))


def readable(body: bytes) -> bool:
    """Whether the program reads these bytes as an entry."""
    return decode_entry(body) is not None
