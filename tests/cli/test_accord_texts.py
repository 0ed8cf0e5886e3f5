"""Texts on the command line of two nodes: offer, counter-offer, differences, positions, agreed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes import add_officer, enter, make_nodes, meet
from tansiq.node.node import Node

from .test_cli import MALFORMED, MISSING, OK, REFUSED, Answer, tansiq


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Node, Node, str]]:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    for node in nodes.values():
        add_officer(node)
    yield nodes["joc"], nodes["mop"], circle.id
    for node in nodes.values():
        node.close()


def run(node: Node, *words: object, json_: bool = True) -> Answer:
    return tansiq(*words, data=node.folder.path, json_=json_, lang="en")


def done(node: Node, *words: object) -> str:
    found = run(node, *words)
    assert found.code == OK, (found.out, found.err)
    value = found.value[0] if isinstance(found.value, list) else found.value
    return str(value["ref"])


def test_a_text_is_negotiated_on_the_command_line(sides: tuple[Node, Node, str]) -> None:
    joc, mop, circle = sides
    text = done(joc, "say", "agreement", 'names={"en":"Centres"}', "path=centres", "--circle", circle)
    first = run(
        joc, "text", "offer", text, "--order", "1", "--text", "en=opens on 1 July", "--text", "ar=يفتح في ١ تموز"
    )
    assert first.code == OK, first.err
    key = first.value["key"]
    meet(joc, mop)
    second = done(mop, "text", "offer", text, key, "--against", first.value["ref"], "--text", "en=opens on 15 July")
    meet(joc, mop)
    shown = run(joc, "text", "show", text, json_=False)
    assert "[joc: 1] [mop: 15]" in shown.out
    found = run(joc, "text", "diff", text, key, first.value["ref"], second, json_=False)
    assert "{-1 -}{+15 +}" in found.out
    assert run(joc, "text", "position", second, "object").code == MALFORMED
    assert run(mop, "text", "position", second, "accept").code == REFUSED
    assert run(joc, "text", "position", second, "accept").code == OK
    view = run(joc, "text", "show", text)
    assert view.value["clauses"][0]["state"] == "agreed"
    assert {one["why"] for one in view.value["points"]} == {"missing", "behind"}
    listed = run(joc, "text", "list", json_=False)
    assert "1/1 agreed" in listed.out
    history = run(joc, "text", "history", text, key, json_=False)
    assert f"against {first.value['ref']}" in history.out
    assert run(joc, "text", "show", "joc/none").code == MISSING
    assert run(joc, "text", "offer", text, "--order", "x.1", "--text", "en=a").code == MALFORMED
    assert run(joc, "text", "offer", text, "--order", "2", "--text", "a").code == MALFORMED
