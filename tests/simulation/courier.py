"""A courier who knows what is inside a bundle and how to change it so that it still reads well."""

from __future__ import annotations

import base64
import random
import re
from pathlib import Path
from typing import Final

import msgspec

from tansiq.exchange.age import Identity, encrypt
from tansiq.exchange.bundle import opened
from tansiq.exchange.container import zip_stream
from tansiq.exchange.frames import decode_frames, encode_frames
from tansiq.ledger import tiles

BLIND: Final = 0.3
"""So often the courier changes any one byte of any item, and does not look at what it is."""

_ID: Final = re.compile(rb'"id":"([0-9a-f])')


def tamper(path: Path, identity: Identity, worse: Path, chance: random.Random) -> None:
    """Write the bundle at `path` anew to `worse`, one item of it changed, encrypted as any sender could."""
    with opened(path, identity, worse.parent) as source:
        items = {name: source.read(name) for name in source.names()}
    aimed = [name for name in items if "/disclosures/" in name or "/tile/entries/" in name]
    if aimed and chance.random() > BLIND:
        name = chance.choice(aimed)
        width = tiles.parse_tile_path("tile/entries/" + name.partition("entries/")[2]).width if "entries" in name else 0
        items[name] = _other_entries(items[name], width) if width else _other_values(items[name], name, chance)
    else:
        name = chance.choice([name for name in items if items[name]])
        at = chance.randrange(len(items[name]))
        items[name] = items[name][:at] + bytes([items[name][at] ^ 1]) + items[name][at + 1 :]
    with worse.open("wb") as file:
        encrypt(zip_stream(items.items()), file, [identity.recipient])


def _other_entries(data: bytes, width: int) -> bytes:
    """The last entry under another id."""
    bodies = tiles.decode_bundle(data, width)
    bodies[-1] = _ID.sub(lambda found: b'"id":"' + (b"0" if found[1] != b"0" else b"1"), bodies[-1])
    return tiles.encode_bundle(bodies)


def _other_values(data: bytes, name: str, chance: random.Random) -> bytes:
    """A told value with another word in its place, its salt and its name as they were."""
    width = tiles.parse_tile_path("tile/entries/" + name.partition("/disclosures/")[2]).width
    frames = decode_frames(data, width)
    told = [at for at, (_, text) in enumerate(frames) if b'"text"' in _opened(text)]
    if not told:
        return data[:-1] + bytes([data[-1] ^ 1]) if data else data
    at = chance.choice(told)
    subject, text = frames[at]
    parts = []
    for part in text.decode().split("~"):
        salt, field, value = msgspec.json.decode(_opened(part.encode()))
        spelling = msgspec.json.encode([salt, field, f"{value} or not" if field == "text" else value])
        parts.append(base64.urlsafe_b64encode(spelling).decode().rstrip("="))
    frames[at] = (subject, "~".join(parts).encode())
    return encode_frames(frames)


def _opened(text: bytes) -> bytes:
    return b"".join(base64.urlsafe_b64decode(part + b"==") for part in text.split(b"~"))


__all__ = ["tamper"]
