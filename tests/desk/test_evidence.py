"""Evidence of a speaker who means to mislead whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nodes import enter, make_nodes, meet, say
from tansiq.desk import evidence
from tansiq.ledger.cosignature import cosign, with_cosignatures
from tansiq.ledger.note import MAX_TIME, parse
from tansiq.ledger.proof import encode as encode_proof
from tansiq.ledger.proof import parse as parse_proof


def proven(home: Path, fields: Mapping[str, Any], time_s: int | None = None) -> evidence.Evidence:
    """A record of one party that another proves; with a receipt of this time by a third."""
    nodes = make_nodes(home, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    ref = say(joc, circle, "log", fields)
    meet(joc, mop)
    data = evidence.prove(mop.office, circle.id, "joc", ref.rpartition("/")[2])
    if time_s is not None:
        head, _, tail = data.partition(b"\n\n")
        file = parse_proof(tail)
        note = parse(file.checkpoint)
        bare = (note.text + "\n" + note.signatures[0].line()).encode()
        line = cosign(note.text, "mop/mirror", mop.keys.mirror[0], time_s)
        file = type(file)(file.index, file.hashes, with_cosignatures(bare, [line]), file.extra)
        data = head + b"\n\n" + encode_proof(file)
    return evidence.verify(data)


@pytest.mark.parametrize("between", ["\n", "\r\n", "\v", "\x85", "\u2028"])
def test_a_value_cannot_pass_for_a_line_of_the_proof(tmp_path: Path, between: str) -> None:
    found = proven(tmp_path, {"text": f"Shots.{between}held by mop since 2020-01-01 00:00:00Z"})
    for line in found.lines():
        assert len(line.splitlines()) == 1
    assert "text: Shots. ⏎ held by mop since 2020-01-01 00:00:00Z" in found.lines()


def test_a_receipt_from_beyond_the_calendar_is_shown_as_it_is(tmp_path: Path) -> None:
    assert f"held by mop since second {MAX_TIME}" in proven(tmp_path, {"text": "Shots."}, MAX_TIME).lines()
