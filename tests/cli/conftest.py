"""The command line of two nodes with a circle between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from typer import testing
from typer.main import get_command

from nodes import add_officer, enter, make_nodes, meet
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

from .test_cli import OK, Answer, tansiq


@pytest.fixture(scope="session", autouse=True)
def one_tree() -> Iterator[None]:
    """The tree of commands, which keeps nothing of what ran: made anew for each of them it costs 0.1 s."""
    with patch.object(testing, "_get_command", cache(get_command)):
        yield


@dataclass(frozen=True)
class Sides:
    """Two nodes and their circle."""

    joc: Node
    mop: Node
    circle: Circle

    def run(self, node: Node, *words: object, json_: bool = True, lang: str = "en") -> Answer:
        """A command on one of the nodes."""
        return tansiq(*words, data=node.folder.path, json_=json_, lang=lang)

    def done(self, node: Node, *words: object) -> str:
        """A command that has to go well; the reference of what it said."""
        found = self.run(node, *words)
        assert found.code == OK, (found.out, found.err)
        return str(found.value["ref"])

    def meet(self) -> None:
        """Both hear everything."""
        meet(self.joc, self.mop)


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(*nodes.values())
    for node in nodes.values():
        add_officer(node)
    meet(*nodes.values())
    yield Sides(nodes["joc"], nodes["mop"], circle)
    for node in nodes.values():
        node.close()
