"""Layers at the desk: laid ready, looked at, confirmed; by planners and administrators only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasterio.transform import Affine

from desk.conftest import Desks
from geo.rasters import SECOND, plane, write
from nodes import add_officer, signed_in

OK, MADE, GONE, BAD, FORBIDDEN, MISSING = 200, 201, 204, 400, 403, 404
ELEVATION = {"kind": "elevation", "name": "hills", "source": "a test"}


@pytest.fixture(scope="module")
def planner(desks: Desks) -> Iterator[httpx.Client]:
    """A session of a planner."""
    add_officer(desks.joc, "plan", ["planner"])
    with signed_in(desks.served.url, "plan") as client:
        yield client


@pytest.fixture
def hills(tmp_path: Path) -> Path:
    """A tile of elevation."""
    return write(tmp_path / "hills.tif", plane(200, 200, lambda x, y: 200 + 0.5 * x))


def lay_ready(client: httpx.Client, file: Path, upload: str = "") -> dict[str, Any]:
    """Send a file as the desk does."""
    answer = client.post("/layers/uploads", params={"name": file.name, "upload": upload}, content=file.read_bytes())
    assert answer.status_code == MADE, answer.text
    return dict(answer.json())


def refusal(answer: httpx.Response, status: int, code: str) -> None:
    """The answer is this refusal, in words."""
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["refused"]


def test_a_file_is_looked_at_then_confirmed_then_seen_by_all_and_dropped(
    desks: Desks, planner: httpx.Client, hills: Path
) -> None:
    ready = lay_ready(planner, hills)
    assert ready["files"] == [{"name": "hills.tif", "bytes": hills.stat().st_size}]
    path = f"/layers/uploads/{ready['id']}"
    seen = planner.post(f"{path}/preview", json=ELEVATION)
    assert seen.status_code == OK, seen.text
    assert planner.get("/layers").json() == []
    made = planner.post(f"{path}/confirm", json=ELEVATION)
    assert made.status_code == MADE, made.text
    layer = made.json()["layer"]
    assert layer["extent"] == seen.json()["layer"]["extent"]
    refusal(planner.post(f"{path}/preview", json=ELEVATION), MISSING, "layer.no_upload")
    assert [one["layer"]["digest"] for one in desks.reader.get("/layers").json()] == [layer["digest"]]
    in_arabic = desks.reader.get(f"/layers/{layer['digest'][:10]}", headers={"Accept-Language": "ar"}).json()
    assert "أسطح" in in_arabic["caveats"][0]["text"]
    assert planner.delete(f"/layers/{layer['digest']}").status_code == GONE
    refusal(planner.get(f"/layers/{layer['digest']}"), MISSING, "layer.not_here")


def test_two_files_become_one_layer(planner: httpx.Client, tmp_path: Path, hills: Path) -> None:
    at = Affine(SECOND, 0, 43.5 + 200 * SECOND, 0, -SECOND, 36.0)
    second = write(tmp_path / "east.tif", plane(200, 200, lambda x, y: 300 + 0.5 * x), at=at)
    ready = lay_ready(planner, second, lay_ready(planner, hills)["id"])
    assert [one["name"] for one in ready["files"]] == ["hills.tif", "east.tif"]
    seen = planner.post(f"/layers/uploads/{ready['id']}/preview", json=ELEVATION).json()["layer"]
    assert (seen["rows"], seen["cols"], seen["voids"]) == (200, 400, 0.0)
    assert planner.delete(f"/layers/uploads/{ready['id']}").status_code == GONE
    refusal(planner.delete(f"/layers/uploads/{ready['id']}"), MISSING, "layer.no_upload")


def test_bad_data_is_refused_at_the_preview_and_at_the_confirmation(planner: httpx.Client, tmp_path: Path) -> None:
    ready = lay_ready(planner, write(tmp_path / "bare.tif", plane(20, 20, lambda x, y: x), crs=None))
    for step in ("preview", "confirm"):
        refusal(planner.post(f"/layers/uploads/{ready['id']}/{step}", json=ELEVATION), BAD, "layer.no_crs")
        odd = {**ELEVATION, "kind": "troops"}
        refusal(planner.post(f"/layers/uploads/{ready['id']}/{step}", json=odd), BAD, "request.refused")
        lost = {**ELEVATION, "area": "joc/none"}
        refusal(planner.post(f"/layers/uploads/{ready['id']}/{step}", json=lost), MISSING, "layer.no_area")
    assert planner.get("/layers").json() == []
    planner.delete(f"/layers/uploads/{ready['id']}")


def test_only_planners_and_administrators_change_layers(desks: Desks, planner: httpx.Client, hills: Path) -> None:
    ready = lay_ready(planner, hills)
    path = f"/layers/uploads/{ready['id']}"
    for client in (desks.reader, desks.duty):
        refusal(client.post("/layers/uploads", content=b"x"), FORBIDDEN, "layer.may_not")
        refusal(client.post(f"{path}/preview", json=ELEVATION), FORBIDDEN, "layer.may_not")
        refusal(client.post(f"{path}/confirm", json=ELEVATION), FORBIDDEN, "layer.may_not")
        refusal(client.delete(path), FORBIDDEN, "layer.may_not")
        refusal(client.delete("/layers/abcdef"), FORBIDDEN, "layer.may_not")
    planner.delete(path)


def test_another_accounts_files_are_not_there_and_names_cannot_leave_the_folder(
    desks: Desks, planner: httpx.Client, hills: Path
) -> None:
    ready = lay_ready(planner, hills)
    add_officer(desks.joc, "root2", ["administrator"])
    with signed_in(desks.served.url, "root2") as other:
        refusal(other.post(f"/layers/uploads/{ready['id']}/preview", json=ELEVATION), MISSING, "layer.no_upload")
        answer = other.post("/layers/uploads", params={"name": "../../../../evil.tif"}, content=b"x")
        assert answer.json()["files"][0]["name"] == "evil.tif"
        refusal(other.delete("/layers/uploads/..%2F..%2F.."), MISSING, "request.refused")
    planner.delete(f"/layers/uploads/{ready['id']}")
