"""Gaps on the command line: files that other programs open, and coverage that is released in place of posts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from PIL import Image

from gaps.ground_told import POST, area_fields, place, told_ground
from gaps.worlds import square
from nodes import add_officer, enter, make_nodes, meet, say
from tansiq.circles.circle import Circle
from tansiq.desk.office import circles
from tansiq.node.node import Node

from .test_cli import MALFORMED, MISSING, OK, Answer, tansiq


@dataclass(frozen=True)
class Told:
    """Two nodes, the circle in which ground is told, and an exercise with the same."""

    joc: Node
    mop: Node
    circle: Circle
    exercise: Circle

    def gaps(self, *words: object, json_: bool = False) -> Answer:
        """`tansiq gaps` on the first node, in coarse cells."""
        return tansiq("gaps", *words, "--cell", 100, data=self.joc.folder.path, json_=json_)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    nodes = make_nodes(tmp_path_factory.mktemp("gaps"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle, exercise = enter(joc, mop), enter(joc, mop, exercise=True)
    told_ground(circle, joc, mop)
    told_ground(exercise, joc, mop)
    for node in nodes.values():
        add_officer(node)
    yield Told(joc, mop, circle, exercise)
    for node in nodes.values():
        node.close()


@pytest.mark.parametrize("name", ["Test ground", "test ground", "زەوی"])
def test_an_area_is_found_by_its_name_in_any_language(told: Told, name: str) -> None:
    answer = told.gaps(name, "--circle", told.circle.id, json_=True)
    assert answer.code == OK, answer.err
    assert answer.value["gaps"]


def test_a_file_names_an_area_of_one_s_own_and_the_same_ground_has_the_same_gaps(told: Told, tmp_path: Path) -> None:
    ring = [[lon / 1e7, lat / 1e7] for lon, lat in square(40)]
    path = tmp_path / "ground.geojson"
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path.write_text(json.dumps({"type": "Feature", "geometry": shape, "properties": {}}))
    by_file = told.gaps(path, "--circle", told.circle.id, json_=True).value
    by_name = told.gaps("Test ground", "--circle", told.circle.id, json_=True).value
    assert by_file["gaps"] == by_name["gaps"]
    assert by_file["area"] == "file/ground.geojson"


def test_every_export_opens_and_an_exercise_is_marked_in_each(told: Told, tmp_path: Path) -> None:
    paths = [tmp_path / f"gaps.{ending}" for ending in ("gpkg", "geojson", "csv", "png")]
    words = [word for path in paths for word in ("--out", path)]
    answer = told.gaps("Test ground", "--circle", told.exercise.id, *words)
    assert answer.code == OK, answer.err
    assert "EXERCISE" in answer.out
    facts, _, shapes, columns = pyogrio.raw.read(paths[0])
    assert facts["crs"] == "EPSG:4326"
    assert pyogrio.list_layers(paths[0])[0][0] == "EXERCISE_gaps"
    fields = dict(zip(facts["fields"], columns, strict=True))
    assert set(fields["exercise"]) == {"EXERCISE"}
    kinds = dict(zip(facts["fields"], pyogrio.read_info(paths[0])["ogr_types"], strict=True))
    assert (kinds["rank"], kinds["near_mop"], kinds["near_mop_s"]) == ("OFTInteger64", "OFTString", "OFTReal")
    assert all(shapely.from_wkb(shapes) != None)  # noqa: E711 - an array is compared, one by one
    collection = json.loads(paths[1].read_text())
    assert collection["exercise"] == "EXERCISE"
    assert [one["properties"]["rank"] for one in collection["features"]] == list(fields["rank"])
    with paths[2].open(encoding="utf-8") as rows:
        table = list(csv.DictReader(rows))
    assert {row["exercise"] for row in table} == {"EXERCISE"}
    assert {row["digest"] for row in table} == {collection["digest"]}
    with Image.open(paths[3]) as image:
        assert image.convert("RGBA").getpixel((image.width - 1, 0)) == (255, 214, 0, 255)


def test_what_is_no_exercise_bears_no_mark(told: Told, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    answer = told.gaps("Test ground", "--circle", told.circle.id, "--out", path)
    assert "EXERCISE" not in answer.out + path.read_text()


def test_only_gaps_of_the_hours_asked_for_are_listed(told: Told) -> None:
    noon = told.gaps("Test ground", "--circle", told.circle.id, "--hours", "12", json_=True).value
    assert noon["gaps"]
    assert all(gap["hours"][12] == "1" for gap in noon["gaps"])


def _file(tmp_path: Path, value: Any) -> Path:
    path = tmp_path / "area.geojson"
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.mark.parametrize(
    "value",
    [
        "{",
        "[]",
        {"type": "Point", "coordinates": [44, 35]},
        {"type": "FeatureCollection", "features": []},
        {"type": "Polygon", "coordinates": [[[44, 35], [44.1, 35]]]},
        {"type": "Polygon", "coordinates": [[[400_000, 3_900_000], [400_100, 3_900_000], [400_100, 3_900_100]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "Polygon", "coordinates": []},
    ],
)
def test_a_file_without_an_area_is_refused(told: Told, tmp_path: Path, value: Any) -> None:
    answer = told.gaps(_file(tmp_path, value), "--circle", told.circle.id, json_=True)
    assert (answer.code, answer.value["code"]) == (MALFORMED, "gaps.bad_area_file")


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("Nowhere",), "gaps.no_area", MISSING),
        (("Test ground", "--out", "gaps.shp"), "gaps.bad_ending", MALFORMED),
        (("Test ground", "--hours", "168"), "gaps.bad_hours", MALFORMED),
        (("Test ground", "--hours", "9-8"), "gaps.bad_hours", MALFORMED),
        (("Test ground", "--until", "yesterday"), "record.bad_time", MALFORMED),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    told: Told, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    answer = told.gaps(*words, "--circle", told.circle.id, json_=True)
    assert (answer.code, answer.value["code"]) == (exit_code, code)


def test_released_coverage_takes_the_place_of_posts_and_the_answer_says_so(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    for node in nodes.values():
        add_officer(node)
    say(joc, circle, "area", area_fields())
    say(joc, circle, "post", {**POST, "place": place(5, 5)})
    meet(joc, mop)
    with mop.database.read() as connection:
        private = next(held.circle for held in circles(connection) if held.circle.private)
    words = ("coverage", "release", "Test ground", "--circle", circle.id, "--cell", 200)
    assert tansiq(*words, data=mop.folder.path, json_=True).value["code"] == "gaps.nothing_to_release"
    say(mop, private, "post", {**POST, "place": place(28, 28)})
    shown = tansiq(*words, "--preview", data=mop.folder.path, json_=True)
    assert shown.code == OK, shown.out
    assert set(shown.value) == {"area", "frame", "layers", "based_on", "engine"}
    assert str(place(28, 28)["lat"]) not in shown.out
    done = tansiq(*words, data=mop.folder.path)
    assert done.code == OK, done.err
    meet(joc, mop)
    answers = [
        tansiq("gaps", "Test ground", "--circle", circle.id, "--cell", 50, data=node.folder.path, json_=True).value
        for node in (joc, mop)
    ]
    assert answers[0] == answers[1]
    based = answers[0]["based_on"]["mop"]
    assert (based["coverage"], based["posts"]) == (1, 0)
    noon = answers[0]["hours"][answers[0]["classes"][12]]
    # no more than the post sees, and not much less: cells that are covered in part are not claimed
    assert 4.5 < noon["covered_km2"]["mop"] < 7.1
    for node in nodes.values():
        node.close()


def test_the_ground_between_two_lines_is_asked_for_by_their_names(told: Told) -> None:
    words = ("--between", "South line", "--between", "north line")
    answer = told.gaps(*words, "--circle", told.circle.id, json_=True)
    assert answer.code == OK, answer.err
    assert answer.value["area"].startswith("between/")
    assert answer.value["gaps"]
    assert told.gaps("--between", "South line", "--circle", told.circle.id).code == MALFORMED
    assert told.gaps("--between", "South line", "--between", "none", "--circle", told.circle.id).code == MISSING


def test_the_condition_and_the_error_enter_the_question(told: Told) -> None:
    words = ("Test ground", "--circle", told.circle.id)
    plain = told.gaps(*words, json_=True).value
    asked = told.gaps(*words, "--condition", "wet", "--error-m", 4, "--error-km", 0.3, json_=True).value
    assert asked["question"] != plain["question"]
    assert (asked["parameters"]["condition"], asked["parameters"]["error_m"]) == ("wet", 4.0)
    assert set(plain["gaps"][0]["nearest"]["joc"]["times"]) == {"fast", "nominal", "wet"}
    assert told.gaps(*words, "--condition", "dusty").code == MALFORMED


def test_clusters_are_sought_on_the_command_line(told: Told) -> None:
    data = told.joc.folder.path
    words = ("gaps", "scan", "Test ground", "--circle", told.circle.id, "--worlds", 99)
    answer = tansiq(*words, data=data, json_=True)
    assert answer.code == OK, answer.err
    assert (answer.value["incidents"], answer.value["clusters"]) == (1, [])
    said = tansiq(*words, data=data)
    assert "no cluster" in said.out
    assert "not the chance" in said.out
