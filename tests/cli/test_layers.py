"""`tansiq layer`: look, add, list, show, drop, as docs/administrators says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.test_cli import MALFORMED, MISSING, OK, REFUSED, tansiq
from geo.rasters import plane, write
from nodes import add_officer, enter, make_nodes

RING = [[435100000, 359500000], [435700000, 359500000], [435700000, 359900000], [435100000, 359900000]]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A node that holds one area, and the area's reference."""
    nodes = make_nodes(tmp_path_factory.mktemp("layers"), "joc", "mop")
    joc = nodes["joc"]
    circle = enter(joc, nodes["mop"])
    add_officer(joc)
    folder = joc.folder.path
    for one in nodes.values():
        one.close()
    ring = json.dumps(RING)
    said = tansiq("say", "area", f"ring={ring}", "names.en=Hills", "--circle", circle.id[:8], data=folder, json_=True)
    assert said.code == OK, said.err
    return folder, str(said.value[0]["ref"])


@pytest.fixture
def hills(tmp_path: Path) -> Path:
    """A tile as Copernicus names it."""
    tile = tmp_path / "Copernicus_DSM_COG_10_N35_00_E043_00_DEM.tif"
    return write(tile, plane(400, 400, lambda x, y: 200 + 0.5 * x))


def test_a_tile_is_looked_at_added_shown_checked_and_dropped(node: tuple[Path, str], hills: Path) -> None:
    folder, area = node
    add = ("layer", "add", hills, "--kind", "elevation", "--name", "hills", "--source", "ESA", "--area", area)
    looked = tansiq(*add, "--preview", data=folder)
    assert looked.code == OK, looked.err
    assert "EGM2008; surface model" in looked.out
    assert "Nothing was kept" in looked.out
    assert tansiq("layer", "list", data=folder, json_=True).value == []
    added = tansiq(*add, data=folder, json_=True)
    assert added.code == OK, added.err
    digest = added.value["digest"]
    assert [one["digest"] for one in tansiq("layer", "list", data=folder, json_=True).value] == [digest]
    assert tansiq(*add, data=folder).code == REFUSED
    shown = tansiq("layer", "show", digest[:8], "--check", data=folder)
    assert shown.code == OK
    assert "roofs and trees are ground in it" in shown.out
    assert "The file is what was added." in shown.out
    assert tansiq("layer", "drop", "hills", data=folder).code == OK
    assert tansiq("layer", "show", digest[:8], data=folder).code == MISSING


def test_caveats_and_refusals_come_in_the_chosen_language(node: tuple[Path, str], hills: Path, tmp_path: Path) -> None:
    folder, _ = node
    said = {
        lang: tansiq("layer", "add", hills, "--kind", "elevation", "--preview", data=folder, lang=lang).out
        for lang in ("ar", "ckb", "en")
    }
    assert "نموذج سطح" in said["ar"]
    assert "مۆدێلی ڕووە" in said["ckb"]
    bare = write(tmp_path / "bare.tif", plane(20, 20, lambda x, y: x), crs=None)
    refused = tansiq("layer", "add", bare, "--kind", "elevation", data=folder, lang="ar")
    assert refused.code == MALFORMED
    assert "نظامه المرجعي" in refused.err


def test_an_area_that_is_not_here_and_a_kind_that_is_none_are_refused(node: tuple[Path, str], hills: Path) -> None:
    folder, _ = node
    assert tansiq("layer", "add", hills, "--kind", "elevation", "--area", "joc/none", data=folder).code == MISSING
    assert tansiq("layer", "add", hills, "--kind", "posts", data=folder).code == MALFORMED
    assert tansiq("layer", "add", hills, "--kind", "elevation", "--model", "mixed", data=folder).code == MALFORMED
    assert tansiq("layer", "list", data=folder, json_=True).value == []


def test_synthetic_ground_is_marked_wherever_it_is_shown(node: tuple[Path, str]) -> None:
    folder, area = node
    made = tansiq("layer", "synthetic", "--area", area, "--step", 15, data=folder)
    assert made.code == OK, made.err
    for answer in (made, tansiq("layer", "list", data=folder)):
        lines = [line for line in answer.out.splitlines() if line and not line.startswith(" ")]
        assert len(lines) == 4
        assert all("SYNTHETIC" in line for line in lines)
    assert "It is not the ground." in tansiq("layer", "show", "SYNTHETIC elevation", data=folder).out
    for one in tansiq("layer", "list", data=folder, json_=True).value:
        assert one["synthetic"] is True
        assert tansiq("layer", "drop", one["digest"], data=folder).code == OK
