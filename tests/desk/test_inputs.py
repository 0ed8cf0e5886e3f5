"""Files of records at the desk: looked at row by row, told as a whole, refused row by row in the reader's language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyogrio
import pytest
import shapely

from desk.conftest import Desks

OK, MADE, BAD, FORBIDDEN, CONFLICT = 200, 201, 400, 403, 409
E7 = 10_000_000
POSTS = "name,lat,lon,range_day_m,hours\nNorth,35.61,44.11,3000,06:00-18:00\nSouth,35.58,44.12,2500,\n"


def look(client: httpx.Client, desks: Desks, name: str, data: bytes, kind: str, **how: str) -> httpx.Response:
    """Look at a file as the desk does."""
    language = how.pop("language", "en")
    params = {"circle": desks.circle.id, "kind": kind, "name": name, **how}
    return client.post("/inputs/look", params=params, content=data, headers={"Accept-Language": language})


def tell(client: httpx.Client, desks: Desks, kind: str, rows: list[Any], **release: Any) -> httpx.Response:
    """Tell rows to the circle."""
    return client.post(
        "/inputs", json={"kind": kind, "rows": rows, "release": {"circle": desks.circle.id, **release}}, timeout=30
    )


def told(desks: Desks, kind: str) -> list[dict[str, Any]]:
    """What the circle's picture shows of a kind."""
    params = {"circle": desks.circle.id, "kind": kind}
    return list(desks.duty.get("/picture", params=params).json()["objects"])


def refused(answer: httpx.Response, status: int, code: str) -> None:
    """The answer is this refusal, in words."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["refused"]


def test_posts_are_looked_at_then_told_all_at_once_and_not_a_second_time(desks: Desks) -> None:
    before = len(told(desks, "post"))
    seen = look(desks.duty, desks, "posts.csv", POSTS.encode(), "post")
    assert seen.status_code == OK, seen.text
    rows = [row["fields"] for row in seen.json()["rows"]]
    assert [row["names"]["en"] for row in rows] == ["North", "South"]
    assert rows[0]["hours"]["offset"] == 180, "what is left at its default is written out"
    assert seen.json()["status"] == "manned"
    assert len(told(desks, "post")) == before, "looking tells nothing"
    made = tell(desks.duty, desks, "post", rows, withhold=["place"], grid=10_000)
    assert made.status_code == MADE, made.text
    assert len(made.json()["refs"]) == 2
    mine = told(desks, "post")[before:]
    assert all("place" not in one["fields"] and one["fields"]["place_coarse"] for one in mine)
    assert all(one["own"]["place"] for one in mine)
    refused(tell(desks.duty, desks, "post", rows), CONFLICT, "bulk.already")
    again = look(desks.duty, desks, "posts.csv", POSTS.encode(), "post")
    assert {row["code"] for row in again.json()["rows"]} == {"bulk.already"}
    assert len(told(desks, "post")) == before + 2


@pytest.mark.parametrize(("language", "word"), [("ar", "مبدَّلان"), ("ckb", "جێگۆڕکێ"), ("en", "swapped")])
def test_a_row_that_is_no_record_is_refused_in_the_reader_s_language(desks: Desks, language: str, word: str) -> None:
    lines = "name,lat,lon,range_day_m\nGood,35.6,44.1,3000\nTurned,44.1,35.6,3000\n"
    rows = look(desks.duty, desks, "posts.csv", lines.encode(), "post", language=language).json()["rows"]
    assert [row["code"] for row in rows] == [None, "bulk.swapped"]
    assert word in rows[1]["reason"]


def test_lines_come_from_a_geopackage_in_metres(desks: Desks, tmp_path: Path) -> None:
    path = tmp_path / "lines.gpkg"
    course = shapely.to_wkb(np.array([shapely.LineString([(418_000, 3_940_000), (424_000, 3_944_000)])], object))
    columns = [np.array(["Front"], object), np.array(["claimed"], object)]
    pyogrio.raw.write(
        str(path), course, columns, ["name", "status"], driver="GPKG", geometry_type="LineString", crs="EPSG:32638"
    )
    (row,) = look(desks.duty, desks, "lines.gpkg", path.read_bytes(), "line").json()["rows"]
    assert row["fields"]["status"] == "claimed"
    lon, lat = row["fields"]["path"][0]
    assert (round(lon / E7, 1), round(lat / E7, 1)) == (44.1, 35.6)
    assert tell(desks.duty, desks, "line", [row["fields"]]).status_code == MADE
    assert told(desks, "line")[-1]["fields"]["names"] == {"en": "Front"}


@pytest.mark.parametrize(
    ("name", "data", "kind", "code"),
    [
        ("x.csv", b"name,where\nA,there\n", "post", "bulk.no_columns"),
        ("x.csv", b"\xff\xfe\x00", "post", "layer.damaged"),
        ("x.gpkg", b"SQLite format 3\0 and no more", "post", "layer.damaged"),
        ("x.geojson", b"{", "area", "layer.damaged"),
        ("x.bin", b"anything", "area", "layer.not_vector"),
        ("x.csv", b"", "post", "bulk.no_columns"),
        ("x.csv", b"lat,lon\n", "post", "layer.empty"),
        ("x.csv", POSTS.encode(), "incident", "bulk.kind"),
        ("../../x.csv", b"lat,lon\n" + b"35.6,44.1\n" * 2001, "post", "bulk.rows_many"),
        ("x.csv", b"lat,lon\n" + b" " * (16 << 20), "post", "file.too_large"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    desks: Desks, name: str, data: bytes, kind: str, code: str
) -> None:
    refused(look(desks.duty, desks, name, data, kind), BAD, code)


def test_an_area_whose_outline_crosses_itself_is_refused_and_nothing_of_the_file_is_kept(desks: Desks) -> None:
    ring = [[44.1, 35.6], [44.2, 35.7], [44.2, 35.6], [44.1, 35.7], [44.1, 35.6]]
    one = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    data = json.dumps({"type": "FeatureCollection", "features": [one]}).encode()
    (row,) = look(desks.duty, desks, "area.geojson", data, "area").json()["rows"]
    assert row["code"] == "bulk.crossing"
    assert not list(desks.joc.folder.path.rglob("*area.geojson*"))


def test_one_bad_row_among_good_ones_tells_none(desks: Desks) -> None:
    before = len(told(desks, "post"))
    good = {"place": {"lat": 356_300_000, "lon": 441_300_000, "accuracy": 50}, "status": "manned", "range_day_m": 900}
    refused(tell(desks.duty, desks, "post", [good, {**good, "range_day_m": -1}]), BAD, "record.bad_fields")
    refused(tell(desks.duty, desks, "incident", [good]), BAD, "bulk.kind")
    refused(tell(desks.duty, desks, "post", []), BAD, "request.refused")
    assert len(told(desks, "post")) == before


def test_only_who_may_release_takes_files_in(desks: Desks) -> None:
    refused(look(desks.reader, desks, "posts.csv", POSTS.encode(), "post"), FORBIDDEN, "gate.may_not_release")
    refused(tell(desks.reader, desks, "post", [{}]), FORBIDDEN, "gate.may_not_release")
