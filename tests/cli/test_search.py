"""`tansiq search`: words and filters on a node's folder, and what `rebuild` says of the index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nodes import enter, make_nodes, say
from tansiq.cli.app import app

DAY = 86_400_000
BEGIN = 1_600_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node with three log entries."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    joc = nodes["joc"]
    for count, text in enumerate(("دورية قرب مخمور", "ئێشکگری لە مەخموور", "patrol at Kirkuk")):
        say(joc, circle, "log", {"text": text, "when": {"from": BEGIN + count * DAY, "to": None}})
    for node in nodes.values():
        node.close()
    return joc.folder.path


def _run(folder: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--data", str(folder), "--lang", "en", *words])
    return result.exit_code, result.output


def test_words_and_filters_find_records(folder: Path) -> None:
    code, output = _run(folder, "search", "Makhmur")
    assert code == 0, output
    lines = output.splitlines()
    assert "ئێشکگری لە مەخموور" in lines[1], "the newer first"
    assert "دورية قرب مخمور" in lines[3]
    code, output = _run(folder, "search", "patrol", "--kind", "log", "--party", "joc", "--since", "2020-09-01")
    assert "patrol at Kirkuk" in output
    assert "Nothing was found." in _run(folder, "search", "patrol", "--until", "2020-09-01")[1]


def test_pages_and_json(folder: Path) -> None:
    result = CliRunner().invoke(app, ["--data", str(folder), "--json", "search", "--kind", "log", "--limit", "2"])
    body = json.loads(result.output)
    assert len(body["hits"]) == 2
    rest = CliRunner().invoke(
        app, ["--data", str(folder), "--json", "search", "--kind", "log", "--limit", "2", "--after", body["next"]]
    )
    assert len(json.loads(rest.output)["hits"]) == 1
    assert f"--after {body['next']}" in _run(folder, "search", "--kind", "log", "--limit", "2")[1]


def test_nothing_to_look_for_is_refused(folder: Path) -> None:
    code, output = _run(folder, "search")
    assert code == 2
    assert "There is nothing to look for" in output


def test_rebuild_makes_the_index_again_and_checks_it(folder: Path) -> None:
    assert _run(folder, "search", "patrol")[0] == 0
    code, output = _run(folder, "rebuild", "--check")
    assert (code, "So is the index of words." in output) == (0, True), output
    assert _run(folder, "rebuild")[0] == 0
    assert "patrol at Kirkuk" in _run(folder, "search", "patrol")[1]
