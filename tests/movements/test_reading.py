"""Plans out of files and pasted lists: what is read, what is refused, and that no bytes do anything else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes import refused
from tansiq.errors import Refused
from tansiq.movements.reading import Beside, read_time, read_volumes
from tansiq.records.kinds.activity import Volume

WINDOW = Beside(from_=1_700_000_000_000, to=1_700_003_600_000)
WAY = msgspec.structs.replace(WINDOW, width_m=500)
CORNERS = [[43.0, 35.0], [43.1, 35.0], [43.1, 35.1], [43.0, 35.0]]


def feature(geometry: dict[str, Any], **properties: Any) -> bytes:
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties}).encode()


ONE_TIME = feature({"type": "LineString", "coordinates": CORNERS}, times=["2030-01-01T00:00:00Z"])
NO_ZONE = feature({"type": "Polygon", "coordinates": [CORNERS]}, **{"from": "2030-01-01T00:00"})
SEVENTEEN = json.dumps({"type": "MultiPolygon", "coordinates": [[CORNERS]] * 17}).encode()


def one(data: bytes, name: str, beside: Beside = WINDOW) -> Volume:
    (volume,) = read_volumes(data, name, beside)
    return msgspec.convert(volume, Volume)


@pytest.mark.parametrize("text", ["38SLE4560 6720\n38SLE4660 6720\n# no\n38SLE4660 6820", "35,43;35,43.1;35.1,43.1"])
def test_a_pasted_list_is_an_area(text: str) -> None:
    volume = one(text.encode(), "list")
    assert volume.ring is not None
    assert len(volume.ring) == 3
    assert volume.window is not None


def test_a_list_with_a_width_is_a_way() -> None:
    volume = one(b"38SLE4560 6720;38SLE4660 6720", "list", WAY)
    assert (len(volume.path or ()), volume.width_m) == (2, 500)


def test_geojson_says_its_own_window_and_heights() -> None:
    more = {"from": "2030-01-01T00:00:00Z", "to": "2030-01-01T06:00:00+03:00", "low_m": 100, "high_m": 900}
    volume = one(feature({"type": "Polygon", "coordinates": [CORNERS]}, **more), "area.geojson")
    assert volume.ring == [(430000000, 350000000), (431000000, 350000000), (431000000, 351000000)]
    assert volume.start == read_time("2030-01-01T00:00:00Z")
    assert volume.end == read_time("2030-01-01T03:00:00Z")
    assert volume.band is not None
    assert volume.band.high_m == 900


def test_a_line_with_times_is_a_timed_route() -> None:
    times = ["2030-01-01T00:00:00Z", "2030-01-01T01:00:00Z"]
    volume = one(feature({"type": "LineString", "coordinates": CORNERS[:2]}, times=times), "way.geojson", WAY)
    assert volume.route is not None
    assert volume.end - volume.start == 3_600_000


def test_a_collection_gives_one_volume_for_each_shape() -> None:
    shapes = [{"type": "Polygon", "coordinates": [CORNERS]}, {"type": "LineString", "coordinates": CORNERS[:2]}]
    features = [{"type": "Feature", "geometry": shape, "properties": {}} for shape in shapes]
    found = read_volumes(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "x.json", WAY)
    assert [sorted(set(volume) & {"ring", "path"}) for volume in found] == [["ring"], ["path"]]


def test_gpx_tracks_and_routes() -> None:
    track = b"""<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><!-- kept out --><trk><name>N</name>
        <trkseg><trkpt lat="35" lon="43"><time>2030-01-01T00:00:00Z</time></trkpt>
        <trkpt lat="35.1" lon="43.1"><time>2030-01-01T01:00:00Z</time></trkpt></trkseg></trk>
        <rte><rtept lat="35" lon="43"/><rtept lat="35.1" lon="43.1"/></rte></gpx>"""
    found = read_volumes(track, "x.gpx", WAY)
    assert ["route" in volume for volume in found] == [True, False]
    assert all("name" not in volume for volume in found)


def test_csv_by_degrees_and_by_references() -> None:
    assert len(one(b"lon,lat\n43,35\n43.1,35\n43.1,35.1\n", "x.csv").ring or ()) == 3
    timed = b"mgrs,time,width_m\n38SLE4560 6720,2030-01-01T00:00:00Z,300\n38SLE4660 6720,2030-01-01T01:00:00Z,300\n"
    volume = one(timed, "x.csv")
    assert volume.route is not None
    assert volume.width_m == 300


@pytest.mark.parametrize(
    ("data", "name", "beside", "code"),
    [
        (b"\xff\xfe", "list", WINDOW, "activities.file_unreadable"),
        (b"{", "x.json", WINDOW, "activities.file_unreadable"),
        (b"[" * 100_000, "x.json", WINDOW, "activities.file_unreadable"),
        (b'{"type": "FeatureCollection", "features": []}', "x.json", WINDOW, "activities.nothing_in_file"),
        (feature({"type": "Point", "coordinates": [43, 35]}), "x.json", WINDOW, "activities.shape_kind"),
        (feature({"type": "Polygon", "coordinates": [CORNERS, CORNERS]}), "x.json", WINDOW, "activities.hole"),
        (feature({"type": "Polygon", "coordinates": [[[43, 95]] * 4]}), "x.json", WINDOW, "movements.off_globe"),
        (feature({"type": "LineString", "coordinates": CORNERS}), "x.json", WINDOW, "activities.no_width"),
        (ONE_TIME, "x.json", WAY, "movements.times_count"),
        (NO_ZONE, "x.json", WAY, "activities.no_zone"),
        (feature({"type": "Polygon", "coordinates": [CORNERS]}), "x.json", Beside(), "activities.no_window"),
        (SEVENTEEN, "x.json", WINDOW, "activities.too_many_shapes"),
        (b"lon,lat\n" + b"43,35\n" * 1001, "x.csv", WAY, "activities.too_many_points"),
        (b"x" * ((4 << 20) + 1), "list", WINDOW, "activities.file_too_large"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><gpx>&b;</gpx>', "x.gpx", WAY, "activities.file_unreadable"),
        (b"<gpx>", "x.gpx", WAY, "activities.file_unreadable"),
        (b"<gpx/>", "x.gpx", WAY, "activities.nothing_in_file"),
        (b"", "x.csv", WAY, "activities.nothing_in_file"),
        (b"38SLE4560 6720", "list", WINDOW, "movements.ring_short"),
        (b"nowhere", "list", WINDOW, "place.degrees_shape"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused(data: bytes, name: str, beside: Beside, code: str) -> None:
    with refused(code):
        read_volumes(data, name, beside)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)),
    st.sampled_from(["x.json", "x.gpx", "x.csv", "list"]),
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        found = read_volumes(data, name, WAY)
    except Refused:
        return
    assert msgspec.convert(found, list[Volume])


Json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["Polygon", "LineString", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "properties", "features"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@given(Json)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        read_volumes(json.dumps(value).encode(), "x.json", WAY)
    except Refused:
        return
