"""Two nodes with a live and an exercise circle, made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from circles.table import EVERYTHING, Table
from nodes import enter, make_nodes, say


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """A speaker and a listener."""
    nodes = make_nodes(tmp_path_factory.mktemp("table"), "joc", "mop", "coalition")
    joc, mop, coalition = nodes["joc"], nodes["mop"], nodes["coalition"]
    circle, exercise = enter(joc, mop), enter(joc, mop, exercise=True)
    yield Table(joc, mop, coalition, circle, exercise, say(joc, circle, "area", EVERYTHING["area"]))
    for node in nodes.values():
        node.close()
