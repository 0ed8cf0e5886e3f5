"""Lines of signatures that come from others, put under a checkpoint."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import MAX_SIGNATURES

from ._refused import refused

KEY = SigningKey(bytes(32))
BODY = Checkpoint("joc/1/1", 1, bytes(32))
HEAD = sign_checkpoint(BODY, KEY)


def line(number: int) -> str:
    """A line of a key that nobody knows."""
    return f"— a {base64.b64encode(number.to_bytes(5, 'big')).decode()}\n"


def test_the_first_line_too_many_ends_the_reading() -> None:
    def lines() -> Iterator[str]:
        for number in range(MAX_SIGNATURES):
            yield line(number)
        pytest.fail("read on")

    with refused("note.too_many_signatures"):
        with_cosignatures(HEAD, lines())


def test_a_line_that_comes_again_is_not_one_more() -> None:
    own = cosign(BODY.body(), "mop/mirror", KEY, 1)
    once = with_cosignatures(HEAD, [own])
    assert with_cosignatures(once, [own] * (2 * MAX_SIGNATURES)) == once
