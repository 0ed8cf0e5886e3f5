"""Two nodes at work with a circle between them, served for the whole module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from nodes import Served, add_officer, enter, make_nodes, serving, signed_in
from tansiq.circles.circle import Circle
from tansiq.node.node import Node


@dataclass(frozen=True)
class Desks:
    """Two served nodes, an open session at each, and what they share."""

    joc: Node
    mop: Node
    served: Served
    circle: Circle
    exercise: Circle
    duty: httpx.Client
    other: httpx.Client
    reader: httpx.Client


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """The desks of two parties; the third is in the roster only."""
    nodes = make_nodes(tmp_path_factory.mktemp("desks"), "joc", "mop", "coalition")
    joc, mop = nodes["joc"], nodes["mop"]
    circle, exercise = enter(joc, mop), enter(joc, mop, exercise=True)
    add_officer(joc)
    add_officer(joc, "onlooker", ["reader"])
    add_officer(mop)
    with (
        serving(joc.folder.path, mop.folder.path) as (one, two),
        signed_in(one.url) as duty,
        signed_in(two.url) as other,
        signed_in(one.url, "onlooker") as reader,
    ):
        yield Desks(joc, mop, one, circle, exercise, duty, other, reader)
    for node in nodes.values():
        node.close()
