"""What leaves the Gaps desk by a person's hand, over real sockets: answers as files, one's own cover as fields."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image

from gaps.ground_told import told_ground
from nodes import PATIENCE_S, add_officer, enter, make_nodes, serving, signed_in

BAD, MISSING = 400, 404
WEEK = 168


@dataclass(frozen=True)
class Asked:
    """A session at a node, an exercise in which ground is told, the answer to one question and its run."""

    desk: httpx.Client
    circle: str
    area: str
    run: str
    answer: dict[str, Any]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    nodes = make_nodes(tmp_path_factory.mktemp("gaps-files"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop, exercise=True)
    refs = told_ground(circle, joc, mop)
    add_officer(joc)
    for node in nodes.values():
        node.close()
    with serving(joc.folder.path) as (one,), signed_in(one.url) as desk:
        body = {"circle": circle.id, "area": refs["area"], "cell": 50}
        run = str(desk.post("/gaps/runs", json=body).json()["id"])
        deadline = time.monotonic() + 3 * PATIENCE_S  # the first one compiles the kernels
        while (state := desk.get(f"/gaps/runs/{run}").json())["state"] in ("waiting", "running"):
            assert time.monotonic() < deadline, state
            time.sleep(0.05)
        yield Asked(desk, circle.id, refs["area"], run, desk.get(f"/gaps/runs/{run}/answer").json())


def _file(asked: Asked, name: str) -> httpx.Response:
    answer = asked.desk.get(f"/gaps/runs/{asked.run}/{name}")
    assert answer.status_code == httpx.codes.OK, answer.text
    assert "EXERCISE-gaps-" in answer.headers["content-disposition"]
    return answer


def test_a_table_has_every_gap_marked_as_exercise(asked: Asked) -> None:
    rows = list(csv.DictReader(io.StringIO(_file(asked, "export.csv").text)))
    assert [row["id"] for row in rows] == [gap["id"] for gap in asked.answer["gaps"]]
    assert all(row["exercise"] for row in rows)
    assert {row["digest"] for row in rows} == {asked.answer["digest"]}


def test_a_geojson_file_has_the_outlines_of_the_answer(asked: Asked) -> None:
    features = _file(asked, "export.geojson").json()["features"]
    assert [one["geometry"]["type"] for one in features] == [gap["polygon"]["type"] for gap in asked.answer["gaps"]]


def test_a_geopackage_is_one_and_a_picture_is_one(asked: Asked) -> None:
    assert _file(asked, "export.gpkg").content.startswith(b"SQLite format 3\0")
    assert Image.open(io.BytesIO(_file(asked, "export.png?hour=12").content)).mode == "RGBA"


@pytest.mark.parametrize("name", ["export.exe", "other.csv", "export", "export.csv.gpkg"])
def test_another_file_is_refused(asked: Asked, name: str) -> None:
    answer = asked.desk.get(f"/gaps/runs/{asked.run}/{name}")
    assert (answer.status_code, answer.json()["code"]) == (MISSING, "gaps.no_such")


def test_an_hour_that_no_week_has_is_refused(asked: Asked) -> None:
    assert asked.desk.get(f"/gaps/runs/{asked.run}/export.png?hour={WEEK}").status_code == BAD


def test_own_cover_comes_as_cells_and_hours_and_can_be_previewed_as_a_record(asked: Asked) -> None:
    answer = asked.desk.post("/gaps/coverage", json={"circle": asked.circle, "area": asked.area, "cell": 200})
    assert answer.status_code == httpx.codes.OK, answer.text
    fields = answer.json()
    assert fields["area"] == asked.area
    assert fields["based_on"]
    assert fields["engine"] == asked.answer["engine"]
    for layer in fields["layers"]:
        assert sum(layer["runs"]) <= fields["frame"]["rows"] * fields["frame"]["cols"]
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": ["joc", "mop"]}
    release = {"circle": asked.circle, "label": label, "withhold": [], "grid": 0, "hour": 0}
    said = {
        "kind": "coverage",
        "fields": fields,
        "revises": None,
        "about": None,
        "attachments": [],
        "releases": [release],
    }
    shown = asked.desk.post("/records/preview", json=said)
    assert shown.status_code == httpx.codes.OK, shown.text
    theirs = next(column for column in shown.json()["columns"] if column["party"] == "mop")
    assert "place" not in theirs["fields"]
    assert theirs["fields"]["frame"] == fields["frame"]


def test_further_posts_come_at_once_and_their_proof_follows(asked: Asked) -> None:
    begun = asked.desk.post(f"/gaps/runs/{asked.run}/siting", json={"k": 2, "budget": None, "fairness": 0})
    assert begun.status_code == httpx.codes.ACCEPTED, begun.text
    path = f"/gaps/siting/{begun.json()['id']}"
    deadline = time.monotonic() + 3 * PATIENCE_S
    while (now := asked.desk.get(path).json())["proof"]["state"] in ("waiting", "running"):
        assert now["state"] in ("running", "done"), now
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    assert now["proof"]["state"] == "proven"
    # of the true ground; what overlaps inside a block is all that keeps it from being certain of the rest
    assert 0.95 < now["proof"]["share"] == now["bound"] <= 1
    assert len(now["chosen"]) == 2
    assert 0 < now["share"] <= 1
    assert now["chosen"][0]["gain_km2h"] >= now["chosen"][1]["gain_km2h"] > 0
    assert asked.desk.delete(path).status_code == httpx.codes.NO_CONTENT
    again = asked.desk.post(
        "/gaps/runs", json={"circle": asked.circle, "area": asked.area, "cell": 50, "draft": _draft(now)}
    )
    assert _closed(asked, again.json()["id"]) == pytest.approx(now["closes_km2h"], abs=2.0)
    missing = asked.desk.get("/gaps/siting/ffff")
    assert (missing.status_code, missing.json()["code"]) == (MISSING, "further.not_here")
    wrong = asked.desk.post(f"/gaps/runs/{asked.run}/siting", json={"k": 0})
    assert wrong.status_code == BAD


def _draft(found: dict[str, Any]) -> dict[str, Any]:
    kind = found["assumed"]
    sees = {"height_m": kind["height_m"], "range_day_m": kind["day_m"], "range_night_m": kind["night_m"]}
    return {"add": [{key: one[key] for key in ("party", "lon", "lat", "hours")} | sees for one in found["chosen"]]}


def _answer(asked: Asked, run: str) -> dict[str, Any]:
    deadline = time.monotonic() + 3 * PATIENCE_S
    while (state := asked.desk.get(f"/gaps/runs/{run}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    found: dict[str, Any] = asked.desk.get(f"/gaps/runs/{run}/answer").json()
    return found


def _open(answer: dict[str, Any]) -> float:
    return sum(float(answer["hours"][kind]["open_km2"]) for kind in answer["classes"])


def _closed(asked: Asked, run: str) -> float:
    """km² × hours a week that lie open in the answer and not in another."""
    return _open(asked.answer) - _open(_answer(asked, run))


def test_further_patrols_close_what_is_said_of_them_when_they_are_tried(asked: Asked) -> None:
    body = {"k": 2, "hours": 2, "budget": 28, "fairness": 0.5}
    begun = asked.desk.post(f"/gaps/runs/{asked.run}/rounds", json=body)
    assert begun.status_code == httpx.codes.ACCEPTED, begun.text
    path = f"/gaps/rounds/{begun.json()['id']}"
    deadline = time.monotonic() + 3 * PATIENCE_S
    while (now := asked.desk.get(path).json())["state"] == "running":
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    assert now["state"] == "done", now
    assert {one["party"] for one in now["rounds"]} == {"joc", "mop"}
    assert sum(one["vehicle_hours"] for one in now["rounds"]) <= body["budget"]
    assert 0 < now["closes_km2h"] <= now["most_km2h"]
    added = [{key: one[key] for key in ("party", "path", "width_m", "hours")} for one in now["rounds"]]
    draft = {"circle": asked.circle, "area": asked.area, "cell": 50, "draft": {"patrols": added}}
    again = asked.desk.post("/gaps/runs", json=draft)
    # the answer gives each class of hours to a hectare, so a week of them may be off by two square kilometre hours
    assert _closed(asked, again.json()["id"]) == pytest.approx(now["closes_km2h"], abs=2.0)
    assert asked.desk.delete(path).status_code == httpx.codes.NO_CONTENT
    assert asked.desk.get(path.replace("rounds", "siting")).status_code == MISSING
    assert asked.desk.post(f"/gaps/runs/{asked.run}/rounds", json={"k": 99}).status_code == BAD


def test_a_search_for_patrols_that_is_cancelled_says_so(asked: Asked) -> None:
    begun = asked.desk.post(f"/gaps/runs/{asked.run}/rounds", json={"k": 12, "hours": 12})
    path = f"/gaps/rounds/{begun.json()['id']}"
    assert asked.desk.delete(path).status_code == httpx.codes.NO_CONTENT
    deadline = time.monotonic() + 3 * PATIENCE_S
    while (now := asked.desk.get(path).json())["state"] == "running":
        assert time.monotonic() < deadline, now
        time.sleep(0.05)
    assert now["state"] == "cancelled"


def test_a_third_search_waits_until_one_is_stopped(asked: Asked) -> None:
    path = f"/gaps/runs/{asked.run}/rounds"
    begun = [asked.desk.post(path, json={"k": 12, "hours": 12}) for _ in range(3)]
    codes = [one.status_code for one in begun]
    assert codes == [httpx.codes.ACCEPTED, httpx.codes.ACCEPTED, httpx.codes.SERVICE_UNAVAILABLE]
    assert begun[2].json()["code"] == "further.busy"
    asked.desk.delete(f"/gaps/rounds/{begun[0].json()['id']}")
    again = asked.desk.post(path, json={"k": 12, "hours": 12})
    assert again.status_code == httpx.codes.ACCEPTED
    for one in (begun[1], again):
        asked.desk.delete(f"/gaps/rounds/{one.json()['id']}")
