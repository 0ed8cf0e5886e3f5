"""The commands: make, cut, read, export, check, as an administrator types them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from nodes import assert_heads_hold, enter, make_nodes, picture_digests, say, shared_digests
from tansiq.circles.circle import Circle
from tansiq.cli import carry
from tansiq.cli.output import settings
from tansiq.node.node import Node

Run = Callable[..., Result]
Home = tuple[Mapping[str, Node], Circle]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Two nodes in a circle, with a record."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    say(nodes["joc"], circle, "message", {"text": "By hand", "lang": "en"})
    yield nodes, circle
    for node in nodes.values():
        node.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the node of a party; answers JSON."""
    commands = typer.Typer()
    commands.add_typer(carry.bundle)
    commands.add_typer(carry.archive)
    commands.command()(carry.export)
    monkeypatch.setattr(settings, "json", True)
    monkeypatch.chdir(tmp_path)

    def command(party: str, *words: object) -> Result:
        monkeypatch.setattr(settings, "data", tmp_path / party)
        return CliRunner().invoke(commands, [str(word) for word in words])

    return command


def _said(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_bundle_made_by_hand_and_read_by_hand(home: Home, run: Run, tmp_path: Path) -> None:
    nodes, circle = home
    made = _said(run("joc", "bundle", "make", "--circle", circle.id[:8], "--out", tmp_path / "a.tqb"))
    assert made["to"] == ["mop"]
    report = _said(run("mop", "bundle", "read", tmp_path / "a.tqb"))
    assert [one["refused"] for one in report["bundles"][0]["ledgers"]] == [None]
    origin = circle.origin(nodes["joc"].config.party)
    assert shared_digests(nodes["mop"], circle)[origin] == shared_digests(nodes["joc"], circle)[origin]
    assert_heads_hold(nodes["mop"])


def test_parts_read_over_two_days(home: Home, run: Run, tmp_path: Path) -> None:
    nodes, circle = home
    made = _said(run("joc", "bundle", "make", "--circle", circle.id, "--out", tmp_path / "a.tqb", "--part-size", 1800))
    first, *rest = made["parts"]
    waiting = run("mop", "bundle", "read", *rest)
    assert waiting.exit_code == 5
    assert '"code":"bundle.parts_missing"' in waiting.stdout
    assert not picture_digests(nodes["mop"]).get(circle.origin(nodes["joc"].config.party), (0, ""))[0]
    report = _said(run("mop", "bundle", "read", first))
    assert report["bundles"][0]["ledgers"][0]["entries"] == 3
    assert not list((tmp_path / "mop" / "incoming").iterdir())


def test_a_refusal_has_its_exit_code(home: Home, run: Run, tmp_path: Path) -> None:
    _, circle = home
    assert run("joc", "bundle", "make", "--circle", circle.id, "--to", "nobody").exit_code == 1
    _said(run("joc", "bundle", "make", "--circle", circle.id, "--out", tmp_path / "a.tqb"))
    assert run("joc", "bundle", "read", tmp_path / "a.tqb").exit_code == 1
    (tmp_path / "b.tqb").write_bytes(b"junk")
    assert run("joc", "bundle", "read", tmp_path / "b.tqb").exit_code == 2


def test_an_archive_is_written_and_checked(home: Home, run: Run, tmp_path: Path) -> None:
    nodes, circle = home
    _said(run("joc", "export", "--archive", tmp_path / "a.zip", "--circle", circle.id))
    found = _said(run("mop", "archive", "check", tmp_path / "a.zip"))
    digests = {one["report"]["origin"]: (one["report"]["size"], one["digest"]) for one in found["ledgers"]}
    assert digests.items() <= picture_digests(nodes["joc"]).items()
    assert digests
