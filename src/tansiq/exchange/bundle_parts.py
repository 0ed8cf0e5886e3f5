"""A bundle in parts: for media that carry little at a time, from a QR code to a stack of small sticks.

Each part is a file of its own: `TQP1`, SHA-256 of the whole (32 bytes), number from 1 (uint32), count (uint32), SHA-256
of all that and the payload (32 bytes), payload. So parts may come in any order, repeated, over days; a damaged one is
found out by itself, and a missing one is named.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tansiq.errors import MalformedInput

MAGIC: Final = b"TQP1"
MAX_PARTS: Final = 65_535
SMALLEST_PART: Final = 256
LARGEST_PART: Final = 64 << 20

_HEAD: Final = struct.Struct(">4s32sII")
_DIGEST: Final = 32
HEADER_SIZE: Final = _HEAD.size + _DIGEST
_CHUNK: Final = 1 << 20
_STORED: Final = re.compile(r"([0-9]{5})-([0-9]{5})\.part")


@dataclass(frozen=True)
class Part:
    """One part: which one of how many, of which whole."""

    whole: bytes
    number: int
    count: int
    payload: bytes


@dataclass
class Gathered:
    """Where a whole stands: `missing` are the numbers that have not come; `file` is the whole once none is."""

    whole: str
    count: int
    missing: list[int]
    file: Path | None = None


@dataclass
class Gathering:
    """What came of an intake of parts; `damaged` are the files whose own digest does not hold."""

    wholes: list[Gathered] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


def is_part(path: Path) -> bool:
    """Whether a file begins like a part. Its digest is not looked at."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error


def encode_part(part: Part) -> bytes:
    """The bytes of a part."""
    head = _HEAD.pack(MAGIC, part.whole, part.number, part.count)
    return head + hashlib.sha256(head + part.payload).digest() + part.payload


def decode_part(data: bytes, name: str) -> Part:
    """The part in `data`; refused (`bundle.part_damaged`) where one bit of it is not as it was written."""
    head, digest, payload = data[: _HEAD.size], data[_HEAD.size : HEADER_SIZE], data[HEADER_SIZE:]
    if len(data) <= HEADER_SIZE or hashlib.sha256(head + payload).digest() != digest:
        raise MalformedInput("bundle.part_damaged", name=name[:120])
    mark, whole, number, count = _HEAD.unpack(head)
    if mark != MAGIC or not 0 < number <= count <= MAX_PARTS:
        raise MalformedInput("bundle.part_damaged", name=name[:120])
    return Part(whole, number, count, payload)


def split(path: Path, part_size: int) -> list[Path]:
    """Cut a file into parts of at most `part_size` bytes beside it, `NAME.001.tqp` …; answers their paths.

    Raises MalformedInput (`bundle.part_size`) where the size is out of bounds or the parts would be too many.
    """
    payload = part_size - HEADER_SIZE
    count = -(-path.stat().st_size // payload) if part_size >= SMALLEST_PART else 0
    if not SMALLEST_PART <= part_size <= LARGEST_PART or not 0 < count <= MAX_PARTS:
        raise MalformedInput("bundle.part_size", least=SMALLEST_PART, most=LARGEST_PART, count=MAX_PARTS)
    whole = file_digest(path)
    digits = max(3, len(str(count)))
    written = []
    with path.open("rb") as file:
        for number in range(1, count + 1):
            target = path.with_name(f"{path.name}.{number:0{digits}}.tqp")
            target.write_bytes(encode_part(Part(whole, number, count, file.read(payload))))
            written.append(target)
    return written


def file_digest(path: Path) -> bytes:
    """SHA-256 of a file."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            total.update(piece)
    return total.digest()


def gather(parts: Iterable[Path], store: Path) -> Gathering:
    """Keep these parts in `store` beside those that came before, and join every whole that is now complete.

    A damaged part is passed over and named; whatever is good stays, so the next call needs only what is missing.
    """
    answer = Gathering()
    touched: dict[str, None] = {}
    for path in parts:
        try:
            part = decode_part(_read(path), path.name)
        except MalformedInput as refused:
            if refused.code != "bundle.part_damaged":
                raise
            answer.damaged.append(path.name)
            continue
        _keep(store, part)
        touched[part.whole.hex()] = None
    answer.wholes = [_state(store / whole) for whole in touched]
    return answer


def forget(store: Path, whole: str) -> None:
    """Throw away the parts and the joined file of a whole that has been read."""
    folder = store / whole
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as a person reads them: `2, 5–7`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in runs[:12]]
    return ", ".join(shown) + (" …" if len(runs) > 12 else "")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_PART + 1)
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error


def _keep(store: Path, part: Part) -> None:
    folder = store / part.whole.hex()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{part.number:05}-{part.count:05}.part"
    if target.exists():
        return
    fresh = target.with_suffix(".new")
    with fresh.open("wb") as file:
        file.write(part.payload)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(target)


def _kept(folder: Path) -> Iterator[tuple[int, int, Path]]:
    for path in sorted(folder.iterdir()):
        if match := _STORED.fullmatch(path.name):
            yield int(match[1]), int(match[2]), path


def _state(folder: Path) -> Gathered:
    kept = list(_kept(folder))
    # two cuts of one file, into parts of different sizes, are two sets; the fuller one is followed
    by_count: dict[int, dict[int, Path]] = {}
    for number, count, path in kept:
        by_count.setdefault(count, {})[number] = path
    count, have = max(by_count.items(), key=lambda one: len(one[1]) / one[0])
    missing = [number for number in range(1, count + 1) if number not in have]
    found = Gathered(folder.name, count, missing)
    if not missing:
        found.file = _join(folder, [have[number] for number in range(1, count + 1)])
    return found


def _join(folder: Path, parts: list[Path]) -> Path:
    target = folder / "whole"
    with contextlib.suppress(FileNotFoundError):
        target.unlink()
    with target.open("wb") as file:
        for part in parts:
            file.write(part.read_bytes())
    if file_digest(target).hex() != folder.name:
        # every part holds by itself, so somebody made parts that never were of this whole
        forget(folder.parent, folder.name)
        raise MalformedInput("bundle.parts_disagree", whole=folder.name)
    return target
