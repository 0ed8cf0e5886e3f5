"""Gaps at the desk, over real sockets between two real nodes."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from gaps.ground_told import NIGHTS, told_ground
from gaps.worlds import CORNER, STEP
from nodes import PATIENCE_S, Served, add_officer, enter, make_nodes, python, serving, signed_in
from tansiq.circles.circle import Circle

ACCEPTED, GONE, BAD, UNSIGNED, MISSING, CONFLICT = 202, 204, 400, 401, 404, 409


@dataclass(frozen=True)
class Ground:
    """Two served nodes with a circle in which ground is told, an exercise with the same, and a session at each."""

    circle: Circle
    exercise: Circle
    refs: dict[str, str]
    duty: httpx.Client
    other: httpx.Client
    served: Served


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    nodes = make_nodes(tmp_path_factory.mktemp("gaps"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle, exercise = enter(joc, mop), enter(joc, mop, exercise=True)
    refs = told_ground(circle, joc, mop)
    played = told_ground(exercise, joc, mop)
    for node in nodes.values():
        add_officer(node)
        node.close()
    with (
        serving(joc.folder.path, mop.folder.path) as (one, two),
        signed_in(one.url) as duty,
        signed_in(two.url) as other,
    ):
        yield Ground(circle, exercise, {**refs, "exercise area": played["area"]}, duty, other, one)


def _ask(desk: httpx.Client, told: Ground, **more: Any) -> str:
    body = {"circle": told.circle.id, "area": told.refs["area"], "cell": 50, **more}
    answer = desk.post("/gaps/runs", json=body)
    assert answer.status_code == ACCEPTED, answer.text
    return str(answer.json()["id"])


def _wait(desk: httpx.Client, run: str) -> dict[str, Any]:
    """What becomes of a run in the end."""
    deadline = time.monotonic() + 15 * PATIENCE_S  # the first one compiles the kernels
    while (state := desk.get(f"/gaps/runs/{run}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return dict(state)


def _answer(desk: httpx.Client, told: Ground, **more: Any) -> dict[str, Any]:
    run = _ask(desk, told, **more)
    state = _wait(desk, run)
    assert state["state"] == "done", state
    return {"run": run, **desk.get(f"/gaps/runs/{run}/answer").json()}


def _refusal(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.json()["next"]


def test_both_nodes_give_the_same_answer_with_the_same_digest(told: Ground) -> None:
    one, two = _answer(told.duty, told), _answer(told.other, told)
    assert one == two
    assert len(one["digest"]) == 64
    assert one["exercise"] is False
    assert one["parties"] == ["joc", "mop"]
    assert one["based_on"]["mop"] == {
        "posts": 1, "patrols": 1, "bases": 0, "coverage": 0, "coarse": 1, "withheld": 0, "idle": 0
    }  # fmt: skip
    assert {"terrain", "roads", "arrangement"} <= set(one["missing"])
    assert len(one["classes"]) == 168
    day, night = (one["hours"][one["classes"][hour]] for hour in (12, 0))
    # a range ring of 1.5 km around the only post that is manned by day
    assert day["covered_km2"]["joc"] == pytest.approx(6.3, abs=0.9)
    assert day["open_km2"] + day["covered_km2"]["joc"] == pytest.approx(16.2, abs=0.4)
    assert night["covered_km2"]["mop"] > 0
    assert one["gaps"]
    assert [gap["rank"] for gap in one["gaps"]] == list(range(1, len(one["gaps"]) + 1))
    assert sum(gap["incidents"]["count"] for gap in one["gaps"]) == 1


def test_the_same_question_is_the_same_analysis(told: Ground) -> None:
    assert _ask(told.duty, told) == _ask(told.duty, told)
    assert _ask(told.duty, told, cell=100) != _ask(told.duty, told)


def test_what_if_edits_enter_the_question_and_nothing_that_is_said(told: Ground) -> None:
    plain = _answer(told.duty, told)
    lon, lat = (CORNER[0] + 20 * STEP) / 1e7, (CORNER[1] + 5 * STEP) / 1e7
    draft = {
        "move": {told.refs["a"]: [lon, lat]},
        "remove": [told.refs["b"]],
        "add": [{"party": "mop", "lon": lon, "lat": lat}],
    }
    edited = _answer(told.duty, told, draft=draft)
    assert edited["digest"] != plain["digest"]
    assert edited["based_on"]["mop"]["posts"] == 1
    assert _answer(told.duty, told)["digest"] == plain["digest"]
    _refusal(
        told.duty.post(
            "/gaps/runs", json={"circle": told.circle.id, "area": told.refs["area"], "draft": {"remove": ["x/y"]}}
        ),
        MISSING,
        "gaps.no_such",
    )


def test_a_class_of_hours_is_a_picture_in_web_mercator(told: Ground) -> None:
    found = _answer(told.duty, told)
    number = found["classes"][12]
    answer = told.duty.get(f"/gaps/runs/{found['run']}/map/{number}.png")
    image = Image.open(io.BytesIO(answer.content))
    assert image.mode == "RGBA"
    assert [float(edge) for edge in answer.headers["x-bounds"].split(",")] == found["grid"]["bounds"]
    pixels = np.asarray(image).reshape(-1, 4)
    shown = int((pixels[:, 3] > 0).sum())
    opened = int((pixels == (200, 32, 48, 165)).all(axis=1).sum())
    hours = found["hours"][number]
    assert opened / shown == pytest.approx(hours["open_km2"] / 16.2, abs=0.03)
    alone = told.duty.get(f"/gaps/runs/{found['run']}/map/{number}.png?party=mop")
    assert not np.asarray(Image.open(io.BytesIO(alone.content)))[..., 3].any()
    _refusal(told.duty.get(f"/gaps/runs/{found['run']}/map/99.png"), MISSING, "gaps.no_class")
    _refusal(told.duty.get(f"/gaps/runs/{found['run']}/map/x.png"), MISSING, "gaps.no_class")
    _refusal(told.duty.get(f"/gaps/runs/{found['run']}/map/0.png?party=nobody"), MISSING, "gaps.no_such")


def _sheet(answer: httpx.Response) -> tuple[dict[str, Any], np.ndarray | None]:
    """What is said in a binary answer, and the pixels that come with it."""
    assert answer.status_code == 200, answer.text
    (length,) = struct.unpack_from("<I", answer.content)
    said = dict(json.loads(answer.content[4 : 4 + length]))
    if "picture" not in said:
        return said, None
    (count,) = struct.unpack_from("<I", answer.content, 4 + length)
    lengths = np.frombuffer(answer.content, "<u2", count, 8 + length)
    values = np.frombuffer(answer.content, np.uint8, count, 8 + length + 2 * count)
    return said, np.repeat(values, lengths).reshape(said["picture"]["h"], said["picture"]["w"])


def _follow(desk: httpx.Client, run: str, draft: dict[str, Any], held: int, **more: Any) -> tuple[dict[str, Any], Any]:
    body = {"draft": draft, "hour": 12, "held": held, **more}
    return _sheet(desk.post(f"/gaps/runs/{run}/draft", json=body))


def test_a_draft_is_followed_with_what_the_whole_answer_says_and_only_the_part_that_changed(told: Ground) -> None:
    plain = _answer(told.duty, told)
    run = plain["run"]
    first, whole = _follow(told.duty, run, {}, 0)
    shown = {"classes": plain["classes"], "hours": plain["hours"], "left_out": plain["left_out"]}
    assert {name: first[name] for name in shown} == shown
    assert {gap["same"] for gap in first["gaps"]} == {gap["id"] for gap in plain["gaps"]}
    _, painted = _sheet(told.duty.get(f"/gaps/runs/{run}/cells/{plain['classes'][12]}"))
    assert whole is not None
    assert (whole == painted).all()

    lon, lat = (CORNER[0] + 20 * STEP) / 1e7, (CORNER[1] + 5 * STEP) / 1e7
    draft = {"move": {told.refs["a"]: [lon, lat]}, "ranges": {told.refs["b"]: [700, 700]}}
    said, part = _follow(told.duty, run, draft, first["held"])
    edited = _answer(told.duty, told, draft=draft)
    assert {name: said[name] for name in shown} == {name: edited[name] for name in shown}
    ground = sorted((gap["area_km2"], gap["hours_per_week"], gap["classes_open"]) for gap in said["gaps"])
    assert ground == sorted((gap["area_km2"], gap["hours_per_week"], gap["classes_open"]) for gap in edited["gaps"])
    assert part is not None
    assert part.size < whole.size
    at = said["picture"]
    whole = whole.copy()
    whole[at["y"] : at["y"] + at["h"], at["x"] : at["x"] + at["w"]] = part
    _, after = _sheet(told.duty.get(f"/gaps/runs/{edited['run']}/cells/{edited['classes'][12]}"))
    assert (whole == after).all()
    assert _follow(told.duty, run, draft, said["held"])[1] is None
    assert _follow(told.duty, run, draft, said["held"])[1] is not None, "an answer that was lost is made good"
    assert _follow(told.duty, run, draft, 9, party="mop")[1] is not None


def test_a_draft_that_does_not_fit_is_refused(told: Ground) -> None:
    run = _answer(told.duty, told)["run"]
    url = f"/gaps/runs/{run}/draft"
    _refusal(told.duty.post(url, json={"draft": {"move": {"x/y": [44, 35]}}}), MISSING, "gaps.no_such")
    _refusal(told.duty.post(url, json={"draft": {"move": 1}}), BAD, "gaps.bad_options")
    _refusal(told.duty.post(url, json={"party": "nobody"}), MISSING, "gaps.no_such")
    _refusal(told.duty.post(url, json={"hour": 168}), BAD, "request.refused")
    far = {"move": {told.refs["a"]: [43.9, 35.5]}, "ranges": {told.refs["a"]: [60_000, 60_000]}}
    _refusal(told.duty.post(url, json={"draft": far}), CONFLICT, "whatif.other_frame")
    _refusal(told.duty.post("/gaps/runs/nothing/draft", json={}), MISSING, "gaps.no_run")
    with httpx.Client(base_url=f"{told.served.url}/api/v1") as stranger:
        assert stranger.post(url, json={}).status_code == UNSIGNED


def test_an_exercise_is_marked_in_the_answer_and_on_the_picture(told: Ground) -> None:
    found = _answer(told.duty, told, circle=told.exercise.id, area=told.refs["exercise area"])
    assert found["exercise"] is True
    assert told.duty.get(f"/gaps/runs/{found['run']}/map/0.png").headers["x-exercise"] == "EXERCISE"


def test_the_trend_compares_with_the_records_of_a_week_before(told: Ground) -> None:
    found = _answer(told.duty, told, trend=True)
    # everything was told within this test: a week ago nobody had said anything, so nothing was known to lie open
    assert sum(gap["trend"] for gap in found["gaps"]) > 0
    assert all(gap["trend"] is None for gap in _answer(told.duty, told)["gaps"])


def test_an_analysis_can_be_cancelled_and_asked_again(told: Ground) -> None:
    run = _ask(told.duty, told, cell=10, options={"exact": True})
    assert told.duty.delete(f"/gaps/runs/{run}").status_code == GONE
    assert _wait(told.duty, run)["state"] in ("cancelled", "done")
    again = _ask(told.duty, told, cell=10)
    told.duty.delete(f"/gaps/runs/{again}")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"area": "joc/none"}, MISSING, "gaps.no_area"),
        ({"circle": "0" * 32}, MISSING, "circle.not_here"),
        ({"cell": 1}, BAD, "gaps.bad_options"),
        ({"options": {"speed": 9}}, BAD, "gaps.bad_options"),
        ({"draft": {"move": 1}}, BAD, "gaps.bad_options"),
        ({"surprise": 1}, BAD, "request.refused"),
    ],
)
def test_a_question_that_does_not_fit_is_refused(told: Ground, change: dict[str, Any], status: int, code: str) -> None:
    body = {"circle": told.circle.id, "area": told.refs["area"], **change}
    _refusal(told.duty.post("/gaps/runs", json=body), status, code)


def test_only_who_is_signed_in_may_ask_and_what_is_not_there_is_said(told: Ground) -> None:
    with httpx.Client(base_url=f"{told.served.url}/api/v1") as stranger:
        assert stranger.post("/gaps/runs", json={"circle": told.circle.id, "area": "x"}).status_code == UNSIGNED
    _refusal(told.duty.get("/gaps/runs/nothing"), MISSING, "gaps.no_run")
    _refusal(told.duty.get("/gaps/runs/nothing/answer"), MISSING, "gaps.no_run")


def test_the_ground_between_two_lines_is_an_area(told: Ground) -> None:
    lines = [told.refs["south"], told.refs["north"]]
    found = _answer(told.duty, told, area="", between=lines)
    assert found == _answer(told.duty, told, area="", between=lines[::-1])
    assert found["area"] == f"between/{min(lines)}/{max(lines)}"
    hours = found["hours"][found["classes"][3]]
    # four kilometres or so by three: less than the whole area
    assert 8 < hours["open_km2"] + hours["covered_km2"]["joc"] + hours["covered_km2"]["mop"] < 14
    for between, status, code in (
        ([lines[0], "joc/none"], MISSING, "gaps.no_line"),
        ([lines[0], lines[0]], BAD, "gaps.lines_cross"),
        ([lines[0]], BAD, "request.refused"),
    ):
        body = {"circle": told.circle.id, "between": between}
        _refusal(told.duty.post("/gaps/runs", json=body), status, code)


def test_travel_times_come_in_three_conditions_and_nothing_is_expected_without_elevation(told: Ground) -> None:
    options = {"interval": True, "condition": "wet", "error_m": 4}
    found = _answer(told.duty, told, options=options)
    assert found["parameters"]["condition"] == "wet"
    assert found["expected"] is None
    assert all(set(gap["nearest"]["joc"]["times"]) == {"fast", "nominal", "wet"} for gap in found["gaps"])
    _refusal(told.duty.get(f"/gaps/runs/{found['run']}/map/0.png?sight=true"), MISSING, "gaps.no_chance")
    for wrong in ({"condition": "dusty"}, {"error_m": -1}, {"error_draws": 100_000}):
        body = {"circle": told.circle.id, "area": told.refs["area"], "options": wrong}
        _refusal(told.duty.post("/gaps/runs", json=body), BAD, "gaps.bad_options")


def _scan(desk: httpx.Client, told: Ground, **more: Any) -> str:
    body = {"circle": told.circle.id, "area": told.refs["area"], **more}
    answer = desk.post("/gaps/scans", json=body)
    assert answer.status_code == ACCEPTED, answer.text
    return str(answer.json()["id"])


def _scanned(desk: httpx.Client, scan: str) -> dict[str, Any]:
    deadline = time.monotonic() + 15 * PATIENCE_S
    while (state := desk.get(f"/gaps/scans/{scan}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return dict(state)


def test_clusters_are_sought_in_the_background_and_both_nodes_find_the_same(told: Ground) -> None:
    scan = _scan(told.duty, told)
    assert _scan(told.duty, told) == scan
    one, two = _scanned(told.duty, scan), _scanned(told.other, _scan(told.other, told))
    assert one["state"] == "done", one
    assert one["answer"] == two["answer"]
    assert one["answer"]["incidents"] == 1
    assert one["answer"]["clusters"] == []
    assert one["answer"]["options"]["worlds"] == 999


def test_incidents_are_drawn_smoothly_with_their_bandwidth_beside_them(told: Ground) -> None:
    scan = _scan(told.duty, told)
    assert _scan(told.other, told) == scan
    answers = [desk.get(f"/gaps/scans/{scan}/density") for desk in (told.duty, told.other)]
    assert answers[0].content == answers[1].content, "both nodes draw the same"
    said, states = _sheet(answers[0])
    assert states is not None
    assert (said["incidents"], said["chosen"]) == (1, "silverman")
    assert said["bandwidth_m"] == 100.0
    assert states.max() == 254
    assert states[states < 254].max() == 100
    wider, smooth = _sheet(told.duty.get(f"/gaps/scans/{scan}/density", params={"bandwidth": 1000}))
    assert smooth is not None
    assert (wider["bandwidth_m"], wider["chosen"]) == (1000.0, "user")
    assert wider["highest_per_km2"] < said["highest_per_km2"]
    assert (smooth[smooth < 254] > 50).sum() > (states[states < 254] > 50).sum()
    for wrong in ("-1", "nan", "1e9"):
        answer = told.duty.get(f"/gaps/scans/{scan}/density", params={"bandwidth": wrong})
        assert answer.status_code == BAD


def test_a_scan_is_stopped_and_one_that_does_not_fit_is_refused(told: Ground) -> None:
    scan = _scan(told.duty, told, options={"seed": 77})
    assert told.duty.delete(f"/gaps/scans/{scan}").status_code == GONE
    assert _scanned(told.duty, scan)["state"] in ("cancelled", "done")
    body = {"circle": told.circle.id, "area": told.refs["area"]}
    _refusal(told.duty.post("/gaps/scans", json={**body, "options": {"worlds": 3}}), BAD, "gaps.bad_options")
    _refusal(told.duty.post("/gaps/scans", json={**body, "area": "joc/none"}), MISSING, "gaps.no_area")
    _refusal(told.duty.get("/gaps/scans/nothing"), MISSING, "gaps.no_run")
    with httpx.Client(base_url=f"{told.served.url}/api/v1") as stranger:
        assert stranger.post("/gaps/scans", json=body).status_code == UNSIGNED


ENGINE = ("numba", "scipy", "rasterio", "pyogrio", "highspy", "PIL")


@pytest.mark.parametrize(
    ("rooms", "heavy"),
    [
        ("tansiq.cli.app, tansiq.node.server, tansiq.desk.app", (*ENGINE, "shapely")),
        ("tansiq.desk.gaps_question", ENGINE),
    ],
)
def test_a_node_starts_and_a_question_is_taken_without_the_engine(rooms: str, heavy: tuple[str, ...]) -> None:
    code = f"import sys, {rooms}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([*python(), "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_hours_that_were_told_are_the_hours_of_the_answer(told: Ground) -> None:
    found = _answer(told.duty, told)
    covered = [found["hours"][kind]["covered_km2"]["mop"] > 0 for kind in found["classes"]]
    # posts by night, and five hours after the last passing of a patrol that runs until six
    assert [hour for hour in range(24) if covered[hour]] == [*range(11), *range(18, 24)]
    assert NIGHTS["offset"] == 180
