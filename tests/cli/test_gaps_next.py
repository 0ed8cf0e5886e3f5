"""Further posts and patrols, and files of many records, on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from gaps.ground_told import told_ground
from gaps.worlds import at
from nodes import add_officer, enter, make_nodes
from tansiq.circles.circle import Circle
from tansiq.node.node import Node

from .test_cli import MALFORMED, MISSING, OK, Answer, tansiq

E7 = 10_000_000
COLUMNS = "name,mgrs,lat,lon,status,range_day_m,hours\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Circle]]:
    nodes = make_nodes(tmp_path_factory.mktemp("next"), "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    told_ground(circle, joc, mop)
    add_officer(joc)
    yield joc, circle
    for node in nodes.values():
        node.close()


def gaps(told: tuple[Node, Circle], *words: object, json_: bool = True, language: str = "en") -> Answer:
    node, circle = told
    return tansiq("gaps", *words, "--circle", circle.id, data=node.folder.path, json_=json_, lang=language)


def count(told: tuple[Node, Circle], kind: str) -> int:
    node, circle = told
    shown = tansiq("show", "--circle", circle.id, "--kind", kind, data=node.folder.path, json_=True)
    return len(shown.value)


def test_posts_are_found_and_put_before_the_circle(told: tuple[Node, Circle]) -> None:
    seek = ("next", "Test ground", "--posts", 2, "--cell", 100)
    found = gaps(told, *seek, "--prove", 20, "--propose", "--preview")
    assert found.code == OK, found.out + found.err
    assert 0 < found.value["closes_km2h"] <= found.value["open_km2h"]
    assert 0.9 < found.value["bound"] <= 1
    assert len(found.value["proposal"]["added"]) == 2
    before = count(told, "proposal")
    put = gaps(told, *seek, "--propose", json_=False)
    assert put.code == OK, put.err
    assert "put before the circle as joc/" in put.out
    assert count(told, "proposal") == before + 1


def test_patrols_are_found_with_their_timetable_and_put_before_the_circle(told: tuple[Node, Circle]) -> None:
    seek = ("next", "Test ground", "--patrols", 1, "--longest", 2, "--cell", 100, "--propose")
    put = gaps(told, *seek)
    assert put.code == OK, put.out + put.err
    (one,) = put.value["patrols"]
    assert one["stops"]
    assert put.value["closes_km2h"] <= put.value["most_km2h"]
    assert put.value["refs"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--posts", 1, "--patrols", 1), "further.one_kind"),
        ((), "further.one_kind"),
        (("--posts", 99), "further.asked"),
    ],
)
def test_what_cannot_be_sought_is_said(told: tuple[Node, Circle], words: tuple[object, ...], code: str) -> None:
    answer = gaps(told, "next", "Test ground", *words, "--cell", 100)
    assert (answer.code, answer.value["code"]) == (MALFORMED, code)


def test_an_area_that_is_not_there_is_said(told: tuple[Node, Circle]) -> None:
    assert gaps(told, "next", "Nowhere", "--posts", 1).code == MISSING


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_posts_is_looked_at_and_said_whole_and_a_second_time_noticed(
    told: tuple[Node, Circle], tmp_path: Path
) -> None:
    path = table(tmp_path, COLUMNS + "North,38S LE 7153 6005,,,,3000,06:00-18:00\nنقطة,,٣٥٫٦,44.1,vacated,2500,\n")
    before = count(told, "post")
    look = gaps(told, "import", path, "--kind", "post", "--dry-run")
    assert look.code == OK, look.out
    first, second = (row["fields"] for row in look.value["rows"])
    assert first["names"] == {"en": "North"}
    assert (first["status"], second["status"]) == ("manned", "vacated")
    assert second["names"] == {"ar": "نقطة"}
    assert second["place"]["lat"] == round(35.6 * E7)
    assert count(told, "post") == before, "looking says nothing"
    said = gaps(told, "import", path, "--kind", "post")
    assert said.code == OK, said.out
    assert len(said.value) == 2
    assert count(told, "post") == before + 2
    again = gaps(told, "import", path, "--kind", "post", "--dry-run")
    assert {row["code"] for row in again.value["rows"]} == {"bulk.already"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("A,,,,manned,3000,", "bulk.no_place"),
        ("A,,3936000,408000,manned,3000,", "bulk.not_degrees"),
        ("A,,44.1,35.6,manned,3000,", "bulk.swapped"),
        ("A,,35.6,44.1,manned,far,", "bulk.bad_value"),
        ("A,,35.6,44.1,manned,3000.5,", "bulk.bad_value"),
        ("A,,35.6,44.1,manned,99000,", "record.bad_fields"),
        ("A,,35.6,44.1,asleep,3000,", "record.bad_fields"),
        ("A,,35.6,44.1,manned,3000,at night", "bulk.bad_hours"),
        ("A,,35.6,44.1,manned,3000,24:30-25:00", "bulk.bad_hours"),
        ("A,99Z XX 1 1,,,manned,3000,", "place.mgrs_shape"),
    ],
)
def test_one_bad_row_is_named_in_the_reader_s_language_and_nothing_is_said(
    told: tuple[Node, Circle], tmp_path: Path, line: str, code: str
) -> None:
    path = table(tmp_path, COLUMNS + f"Good,,35.61,44.11,manned,3000,\n{line}\n")
    before = count(told, "post")
    look = gaps(told, "import", path, "--kind", "post", "--dry-run")
    assert look.code == MALFORMED
    assert [(row["row"], row["code"]) for row in look.value["rows"]] == [(2, None), (3, code)]
    refused = gaps(told, "import", path, "--kind", "post", language="ar")
    assert (refused.code, refused.value["code"]) == (MALFORMED, "bulk.rows")
    assert "الصف" in refused.value["refused"]
    assert count(told, "post") == before


def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    shape = None if kind == "None" else {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": shape, "properties": properties}


def degrees(*points: tuple[int, int]) -> list[list[float]]:
    return [[lon / E7, lat / E7] for lon, lat in (at(*point) for point in points)]


SQUARE = degrees((0, 0), (9, 0), (9, 9), (0, 9), (0, 0))


@pytest.mark.parametrize(
    ("kind", "one", "code"),
    [
        ("area", feature("Polygon", [SQUARE], name="Square", purpose="other", owner="x"), None),
        ("area", feature("Polygon", [degrees((0, 0), (9, 9), (9, 0), (0, 9), (0, 0))]), "bulk.crossing"),
        ("area", feature("Polygon", [SQUARE, degrees((2, 2), (3, 2), (3, 3), (2, 2))]), "bulk.holes"),
        ("area", feature("Point", SQUARE[0]), "bulk.geometry"),
        ("patrol", feature("LineString", degrees((0, 0), (9, 9)), width_m=600, hours="1-5 22:00-02:00"), None),
        ("patrol", feature("LineString", degrees((0, 0), (9, 9)), width_m=0), "record.bad_fields"),
        ("base", feature("Point", SQUARE[1], mobility="car,foot", ready_minutes=10), None),
        ("base", feature("Point", SQUARE[1], mobility="balloon"), "record.bad_fields"),
        ("base", feature("Point", SQUARE[1][::-1]), "bulk.swapped"),
    ],
)
def test_features_are_records_or_refused_by_name(
    told: tuple[Node, Circle], tmp_path: Path, kind: str, one: dict[str, Any], code: str | None
) -> None:
    path = tmp_path / "one.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [one]}))
    look = gaps(told, "import", path, "--kind", kind, "--dry-run")
    assert [row["code"] for row in look.value["rows"]] == [code], look.out
    assert look.value["left_out"] == (["owner"] if "owner" in one["properties"] else [])


def test_a_feature_without_a_place_a_file_without_a_crs_and_another_kind_are_refused(
    told: tuple[Node, Circle], tmp_path: Path
) -> None:
    path = tmp_path / "none.geojson"
    features = [feature("None", None), feature("Point", SQUARE[1])]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert gaps(told, "import", path, "--kind", "post").value["code"] == "bulk.no_place"
    assert gaps(told, "import", path, "--kind", "incident").value["code"] == "bulk.kind"
    assert gaps(told, "import", tmp_path / "no.csv", "--kind", "post").value["code"] == "file.unreadable"
    bare = tmp_path / "bare.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(44.1, 35.6)], object))
    with pytest.warns(UserWarning, match="crs"):
        pyogrio.raw.write(str(bare), points, [], [], driver="GPKG", geometry_type="Point")
    assert gaps(told, "import", bare, "--kind", "post").value["code"] == "layer.no_crs"


def test_metres_of_a_zone_become_degrees(told: tuple[Node, Circle], tmp_path: Path) -> None:
    path = tmp_path / "zone.gpkg"
    points = shapely.to_wkb(np.array([shapely.Point(418_000, 3_940_000)], object))
    names = np.array(["Zone"], object)
    pyogrio.raw.write(str(path), points, [names], ["name"], driver="GPKG", geometry_type="Point", crs="EPSG:32638")
    look = gaps(told, "import", path, "--kind", "post", "--dry-run")
    assert look.code == OK, look.out
    place = look.value["rows"][0]["fields"]["place"]
    assert (round(place["lon"] / E7, 1), round(place["lat"] / E7, 1)) == (44.1, 35.6)


def test_an_outline_that_crosses_itself_and_an_area_that_nobody_told_are_not_said(told: tuple[Node, Circle]) -> None:
    node, circle = told
    crossing = json.dumps([list(at(*corner)) for corner in ((0, 0), (9, 9), (9, 0), (0, 9))])
    flat = json.dumps([list(at(*corner)) for corner in ((0, 0), (9, 0), (5, 0))])
    ways = 'ways=[{"seen":true}]'
    for words, code in (
        (("area", f"ring={crossing}"), "record.crossing_outline"),
        (("area", f"ring={flat}"), "record.crossing_outline"),
        (("arrangement", "area=Test ground", ways), "record.no_such_area"),
        (("arrangement", "area=joc/nothing", ways), "record.no_such_area"),
    ):
        before = count(told, words[0])
        for more in ((), ("--preview",)):
            said = tansiq("say", *words, *more, "--circle", circle.id, data=node.folder.path, json_=True)
            assert said.value["code"] == code
        assert count(told, words[0]) == before
