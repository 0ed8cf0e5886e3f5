"""Files of incidents: every form to the same rows; what is broken, too much or a trap refused by name."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.errors import MalformedInput, Refused
from tansiq.incidents import table as tables
from tansiq.incidents.opening import open_table
from tansiq.incidents.xlsx_file import write_xlsx

HEAD = ["date", "lat", "lon", "type", "text"]
ROWS = [["2020-09-16", "35.77", "43.58", "IED", "انفجار قرب مخمور"], ["2020-09-17", "35.5", "44.1", "SAF", "تەقەکردن"]]


def values_of(data: bytes, name: str, **how: str) -> list[dict[str, str]]:
    """The rows of a file, each as the values it has."""
    found = open_table(data, name, **how)
    return [
        {column: value for column, value in zip(found.columns, line.values, strict=True) if value}
        for line in found.lines
    ]


def expected() -> list[dict[str, str]]:
    """The rows as every form gives them."""
    return [dict(zip(HEAD, row, strict=True)) for row in ROWS]


def csv_of(separator: str = ",", encoding: str = "utf-8") -> bytes:
    """The rows as a table of text."""
    return "\r\n".join(separator.join(row) for row in [HEAD, *ROWS]).encode(encoding)


def packed(**parts: bytes) -> bytes:
    """A ZIP file of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name.replace("__", "."), data)
    return out.getvalue()


GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(row[2]), float(row[1])]},
                "properties": {"date": row[0], "type": row[3], "text": row[4]},
            }
            for row in ROWS
        ],
    }
).encode()
KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    + "".join(
        f'<Placemark><ExtendedData><Data name="date"><value>{row[0]}</value></Data><SchemaData><SimpleData name="type">'
        f'{row[3]}</SimpleData></SchemaData><Data name="text"><value>{row[4]}</value></Data></ExtendedData>'
        f"<Point><coordinates>{row[2]},{row[1]},0</coordinates></Point></Placemark>"
        for row in ROWS
    )
    + "</Document></kml>"
).encode()
KOBO = json.dumps(
    {"results": [{"date": r[0], "_geolocation": [float(r[1]), float(r[2])], "type": r[3], "text": r[4]} for r in ROWS]}
).encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (csv_of(), "x.csv"),
        (csv_of(";"), "x.csv"),
        (csv_of("\t"), "x.tsv"),
        (csv_of("،"), "x.csv"),
        (csv_of(encoding="utf-8-sig"), "x.csv"),
        (csv_of(encoding="utf-16"), "x.csv"),
        (gzip.compress(csv_of()), "x.csv.gz"),
        (gzip.compress(csv_of()[:40]) + gzip.compress(csv_of()[40:]), "x.csv.gz"),
        (packed(x__csv=csv_of()), "x.zip"),
        (write_xlsx("a", HEAD, ROWS), "x.xlsx"),
        (GEOJSON, "x.geojson"),
        (KML, "x.kml"),
        (packed(doc__kml=KML), "x.kmz"),
        (KOBO, "x.json"),
        (csv_of(), "named-wrongly.kml"),
    ],
)
def test_every_form_gives_the_same_rows(data: bytes, name: str) -> None:
    assert values_of(data, name) == expected()


def test_a_submission_in_xml_is_a_row_with_its_groups() -> None:
    data = (
        b'<incident id="form1" version="3"><meta><instanceID>uuid:7</instanceID></meta><when>2020-09-16</when>'
        b"<where><point>35.77 43.58 310.0 6.5</point></where></incident>"
    )
    assert values_of(data, "submission.xml") == [
        {"meta/instanceID": "uuid:7", "when": "2020-09-16", "where/point": "35.77 43.58 310.0 6.5"}
    ]


def test_an_encoding_that_the_file_does_not_say_is_asked_and_not_guessed() -> None:
    text = "date,text\n2020-09-16,انفجار\n"
    found = open_table(text.encode("windows-1256"), "x.csv")
    assert [one.what for one in found.asked] == ["encoding"]
    assert {"windows-1256", "windows-1252"} <= set(found.asked[0].answers)
    answered = open_table(text.encode("windows-1256"), "x.csv", encoding="windows-1256")
    assert answered.asked == []
    assert answered.lines[0].values[1] == "انفجار"


def test_a_separator_that_is_not_sure_is_asked() -> None:
    found = open_table(b"a;x,b\n1;x,2\n", "x.csv")
    assert [(one.what, one.answers) for one in found.asked] == [("separator", [",", ";"])]
    assert open_table(b"a;x,b\n1;x,2\n", "x.csv", separator=";").columns == ["a", "x,b"]


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    found = open_table(b'a,b\n"one\nstill one",1\n\n2,2\nshort\n', "x.csv")
    assert [(line.number, line.wrong) for line in found.lines] == [(2, None), (5, None), (6, 1)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (("جدول الحوادث الأمنية,,,,\n" + csv_of().decode()).encode(), "x.csv"),
        ("جدول الحوادث الأمنية\n\n".encode() + csv_of(";"), "x.csv"),
        (write_xlsx("a", ["", "جدول الحوادث الأمنية"], [HEAD, *ROWS]), "x.xlsx"),
    ],
)
def test_a_title_over_the_columns_is_shown_and_not_taken_for_a_column(data: bytes, name: str) -> None:
    assert values_of(data, name) == expected()
    found = open_table(data, name)
    assert (found.above, found.lines[-1].number) == (
        ["جدول الحوادث الأمنية"],
        data.count(b"\n") + 1 if name == "x.csv" else 4,
    )


def test_a_sign_that_stands_in_a_text_here_and_there_does_not_part_columns() -> None:
    found = open_table(b"date,text\n2020-09-16,one\ttwo\n2020-09-17,three\tfour\n", "x.csv")
    assert (found.columns, found.above, found.asked) == (["date", "text"], [], [])


def test_a_broken_row_does_not_become_the_names_of_columns() -> None:
    found = open_table(b"place\nKirkuk\nErbil, capital\nMosul\nDaquq\n", "x.csv")
    assert (found.columns, found.above) == (["place"], [])
    assert [line.wrong for line in found.lines] == [None, 2, None, None]


def test_empty_cells_after_the_last_column_of_a_sheet_are_none() -> None:
    written = zipfile.ZipFile(io.BytesIO(write_xlsx("a", HEAD, [ROWS[0], [*ROWS[1], "", "stray"]])))
    parts = {name.replace(".", "__", 1): written.read(name) for name in written.namelist()}
    parts["xl/worksheets/sheet1__xml"] = parts["xl/worksheets/sheet1__xml"].replace(b"</row>", b'<c r="F2"/></row>', 2)
    found = open_table(packed(**parts), "x.xlsx")
    assert [line.wrong for line in found.lines] == [None, 7]


def bomb(size: int) -> bytes:
    """Zeros, packed."""
    return packed(x__csv=b"0" * size)


DEEP_JSON = b'[{"a":' * 60 + b"1" + b"}]" * 60


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "x.csv", "incident_file.empty"),
        (b"a,b\n", "x.csv", "incident_file.empty"),
        (b'a,b\n"never closed,1\n', "x.csv", "incident_file.damaged"),
        (b"%PDF-1.7", "x.pdf", "incident_file.form"),
        (b"PK\x03\x04 and no more", "x.xlsx", "incident_file.damaged"),
        (packed(readme__txt=b"x"), "x.zip", "incident_file.form"),
        (packed(inner__csv=packed(x__csv=b"a")), "x.zip", "incident_file.form"),
        (gzip.compress(b"a,b\n1,2\n")[:-12], "x.csv.gz", "incident_file.damaged"),
        (b"{", "x.json", "incident_file.damaged"),
        (b"[1,2]", "x.json", "incident_file.empty"),
        (b'{"a":' * 100_000, "x.json", "incident_file.deep"),
        (b"[" + b"[]," * 2_000_001 + b"1]", "x.json", "incident_file.deep"),
        (b"<kml>" * 50 + b"</kml>" * 50, "x.kml", "incident_file.deep"),
        (b'<!DOCTYPE k [<!ENTITY a "aaaa">]><kml>&a;</kml>', "x.kml", "incident_file.doctype"),
        ('<!DOCTYPE k [<!ENTITY a "aaaa">]><kml>&a;</kml>'.encode("utf-16"), "x.kml", "incident_file.doctype"),
        (b"<kml><Placemark></kml>", "x.kml", "incident_file.damaged"),
        (b"<kml></kml>", "x.kml", "incident_file.empty"),
        (b"a,b\n" + b"x" * 20_001 + b",1\n", "x.csv", "incident_file.cell"),
        (b",".join([b"a"] * 501) + b"\n1\n", "x.csv", "incident_file.columns"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(data: bytes, name: str, code: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        open_table(data, name)
    assert refused.value.code == code


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1 << 20)
    for data in (bomb(2 << 20), gzip.compress(b"0" * (2 << 20))):
        with pytest.raises(MalformedInput) as refused:
            open_table(data, "bomb")
        assert refused.value.code == "incident_file.unpacks"


def test_more_rows_than_are_taken_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(MalformedInput) as refused:
        open_table(b"a,b\n" + b"1,2\n" * 4, "x.csv")
    assert refused.value.code == "incident_file.rows_many"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_whatever_bytes_come_are_rows_or_a_refusal(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\x1f\x8b", b"<", b"{", b"a,b\n"):
        try:
            found = open_table(start + data, "x")
        except Refused:
            continue
        assert found.lines
