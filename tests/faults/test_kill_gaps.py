"""`kill -9` of a node while it analyses, searches or takes a layer in: the next start holds all that was held."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest

from gaps.ground_told import told_ground
from geo.rasters import write
from nodes import (
    Served,
    add_officer,
    assert_heads_hold,
    assert_rebuilds,
    enter,
    make_nodes,
    signed_in,
    until,
)
from tansiq.circles.circle import Circle
from tansiq.geo import layers
from tansiq.node.folder import Folder
from tansiq.node.node import Node

MADE, TAKEN, MISSING = 201, 202, 404
LAYER = {"kind": "elevation", "name": "hills"}


def question(circle: Circle, area: str, cell: float) -> dict[str, Any]:
    """What a desk asks, with draws that keep it at work for a while."""
    return {"circle": circle.id, "area": area, "cell": cell, "options": {"error_m": 2.0, "error_draws": 100}}


def running(client: httpx.Client, path: str, states: tuple[str, ...] = ("running",)) -> Callable[[], bool]:
    """Whether something under way has come to one of these states."""
    return lambda: client.get(path).json()["state"] in states


def analyse(client: httpx.Client, circle: Circle, area: str, file: Path, until_killed: ExitStack) -> str:
    """Begin an analysis that takes long; where it was."""
    run = client.post("/gaps/runs", json=question(circle, area, 10.0)).json()["id"]
    until(running(client, f"/gaps/runs/{run}"))
    return f"/gaps/runs/{run}"


def search(client: httpx.Client, circle: Circle, area: str, file: Path, until_killed: ExitStack) -> str:
    """Begin a search for posts on a finished analysis; where it was."""
    asked = {**question(circle, area, 50.0), "options": {}}
    run = client.post("/gaps/runs", json=asked).json()["id"]
    until(running(client, f"/gaps/runs/{run}", ("done",)))
    begun = client.post(f"/gaps/runs/{run}/siting", json={"k": 12})
    assert begun.status_code == TAKEN, begun.text
    return f"/gaps/siting/{begun.json()['id']}"


def upload(client: httpx.Client, circle: Circle, area: str, file: Path, until_killed: ExitStack) -> str:
    """Send half of a file and no more; where nothing will be."""
    at = urlsplit(str(client.base_url))
    body = file.read_bytes()
    head = (
        f"POST /api/v1/layers/uploads?name=half.tif HTTP/1.1\r\nHost: {at.netloc}\r\n"
        f"Authorization: {client.headers.get('authorization', '')}\r\n"
        f"Cookie: {'; '.join(f'{name}={value}' for name, value in client.cookies.items())}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    link = until_killed.enter_context(socket.create_connection((at.hostname or "", at.port or 0)))
    link.sendall(head.encode() + body[: len(body) // 2])
    return "/layers/half"


def take_in(client: httpx.Client, circle: Circle, area: str, file: Path, until_killed: ExitStack) -> str:
    """Confirm a layer without waiting for it; where nothing will be."""
    ready = client.post("/layers/uploads", params={"name": file.name}, content=file.read_bytes()).json()["id"]
    with pytest.raises(httpx.TimeoutException):
        client.post(f"/layers/uploads/{ready}/confirm", json={**LAYER, "name": "large"}, timeout=0.3)
    return "/layers/large"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Circle, str]:
    """A node with ground told by two sides and a layer that it holds."""
    home = tmp_path_factory.mktemp("killed")
    nodes = make_nodes(home, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    area = told_ground(circle, nodes["joc"], nodes["mop"])["area"]
    add_officer(nodes["joc"], "plan", ["planner", "duty_officer"])
    for node in nodes.values():
        node.close()
    return nodes["joc"].folder.path, circle, area


@pytest.mark.parametrize("begin", [analyse, search, upload, take_in])
def test_what_was_held_is_whole_after_a_kill_and_what_was_under_way_is_asked_again(
    told: tuple[Path, Circle, str], tmp_path: Path, begin: Callable[[httpx.Client, Circle, str, Path, ExitStack], str]
) -> None:
    folder, circle, area = told
    rough = np.random.default_rng(1).normal(300, 20, (2000, 2000)).astype(np.float32)
    large = write(tmp_path / "large.tif", rough)
    small = write(tmp_path / "hills.tif", rough[:300, :300])
    served = Served(folder)
    try:
        served.wait()
        with signed_in(served.url, "plan") as client:
            held = [one["layer"]["digest"] for one in client.get("/layers").json()]
            if not held:
                ready = client.post("/layers/uploads", params={"name": "hills.tif"}, content=small.read_bytes())
                made = client.post(f"/layers/uploads/{ready.json()['id']}/confirm", json=LAYER, timeout=60)
                assert made.status_code == MADE, made.text
                held = [made.json()["layer"]["digest"]]
            before = client.get("/picture", params={"circle": circle.id}).json()
            with ExitStack() as until_killed:
                where = begin(client, circle, area, large, until_killed)
                served.kill()
        node = Node(Folder(folder))
        try:
            assert_heads_hold(node)
            assert_rebuilds(node)
            with node.database.read() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        finally:
            node.close()
        found = layers.listing(layers.folder(folder))
        assert [one.manifest.digest for one in found] == held
        assert all(layers.check(one) for one in found)
        served = Served(folder)
        served.wait()
        with signed_in(served.url, "plan") as client:
            assert client.get("/picture", params={"circle": circle.id}).json() == before
            gone = client.get(where)
            assert gone.status_code == MISSING
            assert gone.json()["next"]
            run = client.post("/gaps/runs", json={**question(circle, area, 100.0), "options": {}}).json()["id"]
            until(running(client, f"/gaps/runs/{run}", ("done",)))
    finally:
        served.stop()
