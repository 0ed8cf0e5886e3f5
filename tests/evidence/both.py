"""One file before both verifiers, and what makes a good file bad."""

from __future__ import annotations

import base64
import importlib.util
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tansiq.circles.card import PartyCard
from tansiq.desk import evidence
from tansiq.errors import MalformedInput, ProofRefused, Refused

TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_evidence.py"
HOLDS, MALFORMED, REFUSED = 0, 2, 4


@dataclass(frozen=True)
class Answer:
    """Exit code and lines of a verifier."""

    code: int
    lines: list[str]


@cache
def alone() -> Any:
    """The stand-alone verifier as a module: what it does in a process of its own, without the price of one."""
    spec = importlib.util.spec_from_file_location("verify_evidence", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_program(data: bytes, pinned: Mapping[str, PartyCard]) -> Answer:
    """What `tansiq verify` answers."""
    try:
        return Answer(HOLDS, evidence.check(data, pinned).lines)
    except MalformedInput:
        return Answer(MALFORMED, [])
    except ProofRefused:
        return Answer(REFUSED, [])


def by_file(data: bytes, cards: Mapping[str, bytes], folder: Path, *options: str) -> Answer:
    """What `python3 -I tools/verify_evidence.py FILE` answers."""
    file = folder / "file.tansiq"
    file.write_bytes(data)
    words = [sys.executable, "-I", *options, str(TOOL), str(file)]
    for party, card in cards.items():
        (folder / f"{party}.txt").write_bytes(card)
        words += ["--card", str(folder / f"{party}.txt")]
    done = subprocess.run(words, capture_output=True, check=False, cwd=folder, env={"LC_ALL": "C"})
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert (done.returncode == HOLDS) == (not done.stderr), done.stderr.decode()
    return Answer(done.returncode, done.stdout.decode().splitlines())


def in_here(data: bytes, cards: Mapping[str, bytes]) -> Answer:
    """The same without a process: for thousands of files."""
    tool = alone()
    try:
        return Answer(HOLDS, tool.verdict(data, list(cards.values())))
    except tool.BadFile as bad:
        return Answer(bad.args[0], [])


def line(data: bytes, name: str) -> bytes:
    """The first line of this name."""
    return next(one for one in data.split(b"\n") if one.startswith(name.encode() + b" "))


def inside(data: bytes, name: str) -> bytes:
    """What stands base64 in the first line of this name."""
    return base64.b64decode(line(data, name).split(b" ")[1])


def with_inside(data: bytes, name: str, content: bytes) -> bytes:
    """The file with other content in that line."""
    return data.replace(line(data, name), name.encode() + b" " + base64.b64encode(content))


def refusal(data: bytes, pinned: Mapping[str, PartyCard]) -> str:
    """The code under which the program refuses a file."""
    try:
        evidence.check(data, pinned)
    except Refused as refused:
        return refused.code
    return ""
