"""A disk that takes no more: what was held stays, what was begun leaves nothing, and the refusal can be read."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from geo.rasters import write
from nodes import PATIENCE_S, Served, add_officer, enter, environment, make_nodes, python, signed_in
from tansiq.circles.circle import Circle
from tansiq.geo import layers, taking
from tansiq.geo.layers import Wanted
from tansiq.node.node import Node

MADE, REFUSED, FULL = 201, 503, 507
LIMIT = 8 << 20
"""No file of the node may grow beyond this: as on a full disk the next byte is refused."""


def heights(path: Path, side: int = 600) -> Path:
    """Ground too rough to be packed small."""
    rough = 300 + np.random.default_rng(1).normal(0, 20, (side, side))
    return write(path, rough.astype(np.float32))


def roads(path: Path) -> Path:
    """Many roads that nothing packs."""
    courses = np.random.default_rng(1).random((600, 20, 2)) * 0.5 + (44.0, 35.5)
    features = [
        {
            "type": "Feature",
            "properties": {"highway": "primary"},
            "geometry": {"type": "LineString", "coordinates": course.tolist()},
        }
        for course in courses
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def add_within(limit: int, root: Path, file: Path, kind: str) -> list[str]:
    """Take a file in as a process that may write no file beyond a limit; the code of its refusal, if any."""
    told = f"""
import resource
from pathlib import Path
from tansiq.errors import Refused
from tansiq.geo import taking
from tansiq.geo.layers import Wanted
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    taking.add(Path({str(root)!r}), [Path({str(file)!r})], Wanted(kind={kind!r}))
except Refused as refused:
    print(refused.code)
"""
    done = subprocess.run([*python(), "-c", told], capture_output=True, text=True, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("kind", ["elevation", "roads"])
def test_a_layer_that_is_cut_off_anywhere_is_refused_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    file = heights(tmp_path / "a.tif") if kind == "elevation" else roads(tmp_path / "a.geojson")
    whole = taking.add(tmp_path / "whole", [file], Wanted(kind="elevation" if kind == "elevation" else "roads"))
    size = whole.path.stat().st_size
    root = tmp_path / "layers"
    # a file that lacks its last bytes only is where a writer may notice nothing
    for limit in (1, 5000, size // 2, size - 2000, size - 1):
        assert add_within(limit, root, file, kind) == ["layer.not_written"], limit
        assert list(root.iterdir()) == []
    assert add_within(size + 100_000, root, file, kind) == []
    (kept,) = layers.listing(root)
    assert kept.manifest.digest == whole.manifest.digest
    assert layers.check(kept)


@pytest.fixture
def node(tmp_path: Path) -> tuple[Node, Circle]:
    """A node with a planner and an officer."""
    nodes = make_nodes(tmp_path, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    add_officer(nodes["joc"], "plan", ["planner", "duty_officer"])
    for one in nodes.values():
        one.close()
    return nodes["joc"], circle


def test_a_node_whose_disk_is_full_says_so_and_keeps_what_it_held(tmp_path: Path, node: tuple[Node, Circle]) -> None:
    joc, circle = node
    small, large = heights(tmp_path / "small.tif", 120), heights(tmp_path / "large.tif", 1600)
    assert large.stat().st_size > LIMIT
    wish = {"kind": "elevation", "name": "hills"}
    served = Served(joc.folder.path)
    try:
        served.wait()
        with signed_in(served.url, "plan") as client:
            kept = keep(client, small, wish)
            resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (LIMIT, LIMIT))
            for language, word in (("en", "disk"), ("ar", "قرص"), ("ckb", "دیسک")):
                answer = client.post(
                    "/layers/uploads",
                    params={"name": "large.tif"},
                    content=large.read_bytes(),
                    headers={"Accept-Language": language},
                )
                assert answer.status_code in (REFUSED, FULL), answer.text
                assert word in answer.json()["refused"]
            rows = "name,lat,lon\n" + "Post,35.6,44.1\n" * 650_000
            params = {"circle": circle.id, "kind": "post", "name": "posts.csv"}
            answer = client.post("/inputs/look", params=params, content=rows.encode())
            assert (answer.status_code, answer.json()["code"]) == (FULL, "store.disk_full")
            (still,) = client.get("/layers").json()
            assert still["layer"]["digest"] == kept
            # and it goes on with what fits
            assert client.get("/picture", params={"circle": circle.id}).is_success
    finally:
        served.stop()
    (layer,) = layers.listing(layers.folder(joc.folder.path))
    assert layers.check(layer)
    waiting = layers.folder(joc.folder.path) / layers.INCOMING
    assert not [path for path in waiting.rglob("*") if path.is_file()]


def keep(client: httpx.Client, file: Path, wish: dict[str, Any]) -> str:
    """Take a file in as a layer; its digest."""
    ready = client.post("/layers/uploads", params={"name": file.name}, content=file.read_bytes()).json()["id"]
    made = client.post(f"/layers/uploads/{ready}/confirm", json=wish, timeout=PATIENCE_S)
    assert made.status_code == MADE, made.text
    return str(made.json()["layer"]["digest"])
