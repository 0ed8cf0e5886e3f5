"""A country on the command line: tiles, threads and a cluster give the answer of one frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gaps.ground_told import told_ground
from nodes import add_officer, enter, make_nodes, say
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

from .test_cli import MALFORMED, OK, Answer, tansiq

BASE: dict[str, Any] = {
    "place": {"lat": 355_200_000, "lon": 441_200_000, "accuracy": 50},
    "mobility": ["car", "foot"],
    "ready": [{"hours": {"spans": [{"days": [1, 2, 3], "from": 0, "to": 1440}], "offset": 180}, "minutes": 5}],
    "status": "at_work",
}
AWAY = 5


@dataclass(frozen=True)
class Told:
    """A node with an area, posts, a base and made-up ground."""

    joc: Node
    circle: Circle

    def gaps(self, *words: object, json_: bool = True) -> Answer:
        """`tansiq gaps` on the area, in coarse cells."""
        words = ("gaps", "Test ground", "--circle", self.circle.id, "--cell", 100, *words)
        return tansiq(*words, data=self.joc.folder.path, json_=json_)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    nodes = make_nodes(tmp_path_factory.mktemp("tiles"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    refs = told_ground(circle, joc, mop)
    say(joc, circle, "base", BASE)
    add_officer(joc)
    made = tansiq("layer", "synthetic", "--area", refs["area"], "--step", 6, data=joc.folder.path)
    assert made.code == OK, made.err
    yield Told(joc, circle)
    for node in nodes.values():
        node.close()


@pytest.fixture(scope="module")
def whole(told: Told) -> dict[str, Any]:
    answer = told.gaps()
    assert answer.code == OK, answer.err
    assert "terrain" not in answer.value["missing"]
    return dict(answer.value)


@pytest.mark.parametrize(
    "words", [("--tile", 6.4), ("--tile", 6.4, "--workers", 1), ("--cluster", "local", "--workers", 2, "--tile", 6.4)]
)
def test_tiles_on_threads_and_on_a_cluster_give_the_whole_answer(
    told: Told, whole: dict[str, Any], words: tuple[object, ...]
) -> None:
    answer = told.gaps(*words)
    assert answer.code == OK, answer.err
    assert answer.value == whole
    assert not list(told.joc.folder.path.glob(".tiles-*"))


def test_what_it_takes_is_said_before_it_begins_and_files_are_written(told: Told, tmp_path: Path) -> None:
    out = tmp_path / "gaps.geojson"
    answer = told.gaps("--tile", 6.4, "--out", out, "--out", tmp_path / "gaps.png", json_=False)
    assert answer.code == OK, answer.err
    assert "tiles of 6.4 km: at most" in answer.err
    assert json.loads(out.read_text())["features"]
    assert (tmp_path / "gaps.png").stat().st_size


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("--tile", 1), "gaps.tile_side", MALFORMED),
        (("--tile", 6.4, "--cell", 33.3), "gaps.tile_cell", MALFORMED),
        (("--cluster", "nowhere"), "gaps.no_cluster", AWAY),
    ],
)
def test_what_tiles_cannot_do_is_refused(told: Told, words: tuple[object, ...], code: str, exit_code: int) -> None:
    answer = told.gaps(*words)
    assert (answer.code, answer.value["code"]) == (exit_code, code)
