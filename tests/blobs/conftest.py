"""Two and three nodes that share circles, fresh for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes import make_nodes
from tansiq.node.node import Node


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """A node that may be hostile, and one that is honest. They share no circle yet."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    yield nodes["joc"], nodes["mop"]
    for node in nodes.values():
        node.close()


@pytest.fixture
def three(tmp_path: Path) -> Iterator[tuple[Node, Node, Node]]:
    """Three nodes that know each other. They share no circle yet."""
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    yield nodes["joc"], nodes["mop"], nodes["coalition"]
    for node in nodes.values():
        node.close()
