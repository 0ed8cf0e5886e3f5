"""Every parser on its kept corpus and on what Hypothesis makes of it; `./go fuzz` goes on where this ends."""

from __future__ import annotations

import re
import tracemalloc
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import FUZZED, TARGETS
from tansiq.errors import Refused

CORPUS: Final = Path(__file__).parent / "corpus"
DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "fuzzing.md"
MOST_BYTES: Final = 32 << 20
"""What a parser may take for an input of `FUZZED` bytes; most stay below one."""


def seeds(name: str) -> list[bytes]:
    """What a parser takes, as real nodes made it (seeds.py)."""
    return [path.read_bytes() for path in sorted((CORPUS / name).glob("seed-*"))]


def feed(name: str, data: bytes) -> None:
    """Taken or refused; anything else is raised."""
    try:
        TARGETS[name](data)
    except Refused:
        return


def test_every_parser_has_a_corpus_and_every_corpus_a_parser() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)


def test_every_parser_is_in_the_documentation() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == sorted(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_what_nodes_write_is_taken(name: str) -> None:
    assert seeds(name)
    for data in seeds(name):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found_once_is_no_longer_found(name: str) -> None:
    for path in sorted((CORPUS / name).glob("found-*")):
        feed(name, path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_a_refusal_comes_of_altered_bytes(name: str) -> None:
    known = seeds(name)
    longest = max(map(len, known))
    pieces = st.builds(lambda one, at: one[at : at + 200], st.sampled_from(known), st.integers(0, longest))

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.data())
    def altered(data: st.DataObject) -> None:
        whole = bytearray(data.draw(st.sampled_from(known)))
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(whole)))
            end = min(len(whole), at + data.draw(st.integers(0, 40)))
            whole[at:end] = data.draw(st.binary(max_size=40) | pieces)
        feed(name, bytes(whole[:FUZZED]))

    altered()


@pytest.mark.parametrize("name", TARGETS)
def test_no_parser_takes_much_memory(name: str) -> None:
    one = seeds(name)[0] or b"\0"
    repeated = [(one * (FUZZED // len(one) + 1))[:FUZZED], b"[" * FUZZED, b'{"a":' * (FUZZED // 5), b"\n" * FUZZED]
    feed(name, one)  # tables that are made once, at the first use
    for data in repeated:
        tracemalloc.start()
        try:
            feed(name, data)
            assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
        finally:
            tracemalloc.stop()
