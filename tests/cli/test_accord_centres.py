"""Centres on the command line of two nodes: both see the same, and a shortfall ends with its own exit code."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes import add_officer, enter, make_nodes, meet
from tansiq.cli.accord_centres import SHORT
from tansiq.cli.speak import only_shared_circle
from tansiq.node.node import Node

from .test_cli import MISSING, OK, tansiq

HOUR = 3_600_000


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    nodes = make_nodes(tmp_path, "joc", "mop")
    enter(*nodes.values())
    for node in nodes.values():
        add_officer(node)
    meet(*nodes.values())
    yield nodes["joc"], nodes["mop"]
    for node in nodes.values():
        node.close()


def said(node: Node, *words: str) -> str:
    """The reference of what is said."""
    found = tansiq("say", *words, "--circle", only_shared_circle(node), data=node.folder.path, json_=True, lang="en")
    assert found.code == OK, (found.out, found.err)
    value = found.value[0] if isinstance(found.value, list) else found.value
    return str(value["ref"])


def test_both_nodes_show_one_centre_and_where_a_side_falls_short(sides: tuple[Node, Node]) -> None:
    joc, mop = sides
    centre = said(joc, "centre", "names.en=Khanaqin", "state=active", "since=2021-01-31")
    meet(joc, mop)
    said(mop, "centre", "--about", centre, "state=active", "since=2020-11-01", "since_precision=month")
    start = int(datetime.datetime(2021, 6, 1, 9, tzinfo=datetime.UTC).timestamp() * 1000)
    duty = json.dumps([{"from": start, "to": start + 8 * HOUR, "strength": 2}])
    said(joc, "roster", "--about", centre, f"duties={duty}", "status=served")
    promise = {"rule": "centre_staffed", "centre": centre, "strength": 3}
    said(joc, "commitment", 'owed_by=["joc"]', "check=picture", f"rule={json.dumps(promise)}")
    said(joc, "log", "--about", centre, "category=visit", "text=The mayor came", "when=2021-06-01T10:00+03:00")
    meet(joc, mop)
    said(mop, "log", "--about", centre, "category=visit", "text=A visit of the mayor", "when=2021-06-01T10:05+03:00")
    meet(joc, mop)
    shown = []
    for node in sides:
        listed = tansiq("centre", "list", data=node.folder.path, json_=True, lang="en").value
        (row,) = listed["centres"]
        assert row["centre"]["at_work"]
        assert row["centre"]["differ"] == ["since"]
        log = tansiq("centre", "log", centre, data=node.folder.path, json_=True, lang="en").value
        assert log["candidates"][0]["words"] == ["mayor", "the"]
        shown.append((row["centre"], log))
    assert shown[0] == shown[1]
    words = ("centre", "roster", centre, "--from", "2021-06-01T00:00+03:00", "--days", "1")
    before = tansiq(*words, data=mop.folder.path, json_=False, lang="en")
    assert before.code == OK, "the other side has not accepted the promise"
    assert "no minimum agreed" in before.out


def test_a_shortfall_has_an_exit_code_and_the_lines_name_it(sides: tuple[Node, Node]) -> None:
    joc, mop = sides
    centre = said(joc, "centre", "names.en=Khanaqin", "state=agreed")
    said(joc, "terms", "version=1", 'parties=["joc","mop"]', 'manning=[{"strength":3}]', "status=proposed")
    meet(joc, mop)
    terms = tansiq("terms", "show", data=mop.folder.path, json_=True, lang="en").value["terms"][0]["ref"]
    assert tansiq("terms", "accept", terms, data=mop.folder.path, json_=True, lang="en").code == OK
    start = int(datetime.datetime(2021, 6, 1, 9, tzinfo=datetime.UTC).timestamp() * 1000)
    duty = json.dumps([{"from": start, "to": start + 8 * HOUR, "strength": 2}])
    said(joc, "roster", "--about", centre, f"duties={duty}", "status=served")
    meet(joc, mop)
    words = ("centre", "roster", centre, "--from", "2021-06-01T12:00+03:00", "--days", "1")
    found = tansiq(*words, data=mop.folder.path, json_=False, lang="en")
    assert found.code == SHORT
    assert "agreed minimum 3" in found.out
    assert "2 of 3" not in found.out, "the least of the whole day is nobody"
    assert "0 of 3" in found.out
    assert "Khanaqin" in tansiq("centre", "show", centre, data=mop.folder.path, json_=False, lang="en").out
    assert tansiq("centre", "show", "joc/none", data=mop.folder.path, json_=True, lang="en").code == MISSING
