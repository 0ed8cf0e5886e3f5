"""Rows as incidents: known layouts recognised, others by a mapping, nothing of a row guessed or half taken."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tansiq.incidents.layouts import Reading, of_persons, recognise
from tansiq.incidents.opening import open_table
from tansiq.incidents.rows import Row, read_rows

UCDP = (
    "id,year,type_of_violence,conflict_name,dyad_name,source_headline,where_prec,where_coordinates,latitude,longitude,"
    "date_prec,date_start,date_end,deaths_a,best,high,low\n"
    "412700,2020,1,Iraq: Government,Government of Iraq - IS,Attack near Makhmour,1,Makhmūr,35.775,43.583,1,"
    "2020-09-16 00:00:00.000,2020-09-16 00:00:00.000,1,3,4,2\n"
)
ACLED = (
    "event_id_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,location,latitude,longitude,"
    "geo_precision,source,notes,fatalities\n"
    "IRQ1,16 September 2020,2020,1,Explosions/Remote violence,Remote explosive/landmine/IED,IS,Makhmur,35.775,43.583,2,"
    "Press,An IED went off.,2\n"
)


def read(text: str | bytes, name: str = "x.csv", **change: Any) -> list[Row]:
    """The rows of a file by its suggested mapping, changed."""
    table = open_table(text.encode() if isinstance(text, str) else text, name)
    reading = msgspec.structs.replace(recognise(table.columns), **change)
    return list(read_rows(table, reading, reading.date_order or "ymd"))


def only(rows: list[Row]) -> dict[str, Any]:
    """The fields of the one row."""
    (row,) = rows
    assert row.fields is not None, row.refused
    return row.fields


def code(text: str, **change: Any) -> str | None:
    """Why the one row of a table is refused."""
    (row,) = read(text, **change)
    return row.refused.code if row.refused else None


def test_ucdp_ged_is_recognised() -> None:
    assert recognise(UCDP.splitlines()[0].split(",")).layout == "ucdp"
    fields = only(read(UCDP))
    assert fields["category"] == "clash"
    assert fields["place"] == {"lat": 357_750_000, "lon": 435_830_000, "accuracy": 5000, "names": {"en": "Makhmūr"}}
    assert fields["killed"] == {"min": 2, "max": 4}
    assert fields["how_known"] == "press"
    assert fields["when_precision"] == "day"
    assert fields["when"]["to"] - fields["when"]["from"] == 86_399_999


def test_acled_is_recognised() -> None:
    assert recognise(ACLED.splitlines()[0].split(",")).layout == "acled"
    fields = only(read(ACLED))
    assert fields["category"] == "explosion"
    assert fields["place"]["accuracy"] == 25_000
    assert fields["killed"] == {"min": 2, "max": 2}
    assert fields["text"] == "An IED went off."


def test_columns_in_arabic_and_sorani_are_known() -> None:
    arabic = only(
        read("التاريخ,الوقت,خط العرض,خط الطول,نوع الحادث,القتلى\n٢٠٢٠-٠٩-١٦,١٤:٣٠,٣٥٫٧٧٥,٤٣٫٥٨٣,عبوة ناسفة,٢\n")
    )
    sorani = only(read("بەروار,کات,هێڵی پانی,هێڵی درێژی,جۆر,کوژراو\n۲۰۲۰-۰۹-۱۶,۱۴:۳۰,۳۵٫۷۷۵,۴۳٫۵۸۳,تەقینەوە,۲\n"))
    assert arabic == sorani
    assert arabic["category"] == "explosion"
    assert arabic["killed"] == {"min": 2, "max": 2}


def test_submissions_of_odk_bring_their_point_and_leave_out_who_sent_them() -> None:
    text = "SubmissionDate,date,location-Latitude,location-Longitude,location-Accuracy,username,KEY\n"
    text += "2020-09-17T00:00:00Z,2020-09-16,35.775,43.583,6.5,someone,uuid:7\n"
    table = open_table(text.encode(), "x.csv")
    assert of_persons(table.columns) == ["username"]
    assert only(read(text))["place"] == {"lat": 357_750_000, "lon": 435_830_000, "accuracy": 6}
    point = json.dumps([{"date": "2020-09-16", "geopoint": "35.775 43.583 310 6.5"}]).encode()
    assert only(read(point, "x.json"))["place"] == {"lat": 357_750_000, "lon": 435_830_000, "accuracy": 6}


def test_a_place_that_is_named_is_taken_where_one_is_spelled_so() -> None:
    for name in ("Makhmur", "Makhmour", "مخمور", "مەخموور"):
        assert only(read(f"date,place\n2020-09-16,{name}\n"))["place"]["gazetteer"] == "makhmour"
    assert code("date,place\n2020-09-16,Makhmurr North\n") in ("incident_row.place_near", "incident_row.place_unknown")
    assert code("date,place\n2020-09-16,Atlantis\n") == "incident_row.place_unknown"
    assert code("date,name_en,name_ar\n2020-09-16,Kirkuk,مخمور\n") == "incident_row.place_several"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2020-09-16,35.7,43.5,IED,1", None),
        ("2020-09-16,35.7,43.5,,", None),
        ("2020-09-16,43.5,35.7,IED,1", "incident_row.swapped"),
        ("2020-09-16,0,0,IED,1", "incident_row.zero"),
        ("2020-09-16,95,43.5,IED,1", "incident_row.globe"),
        ("2020-09-16,nan,43.5,IED,1", "incident_row.value"),
        ("2020-09-16,3_5.7,43.5,IED,1", "incident_row.value"),
        ("2020-09-16,inf,43.5,IED,1", "incident_row.value"),
        ("2020-09-16,35.7,,IED,1", "incident_row.value"),
        ("2020-09-16,,,IED,1", "incident_row.no_place"),
        (",35.7,43.5,IED,1", "incident_row.no_date"),
        ("soon,35.7,43.5,IED,1", "incident_row.date"),
        ("01/02/2020,35.7,43.5,IED,1", "incident_row.date_ambiguous"),
        ("2020-09-16,35.7,43.5,weather,1", "incident_row.category"),
        ("2020-09-16,35.7,43.5,IED,some", "incident_row.value"),
        ("2020-09-16,35.7,43.5,IED,-1", "incident_row.value"),
        ("2020-09-16,35.7,43.5,IED,1.5", "incident_row.value"),
        ("2020-09-16,35.7,43.5,IED,5-2", "incident_row.value"),
        ("2020-09-16,35.7,43.5,IED", "incident_row.cells"),
    ],
)
def test_a_row_is_taken_whole_or_refused_with_its_reason(row: str, reason: str | None) -> None:
    assert code(f"date,lat,lon,type,killed\n{row}\n") == reason


def test_what_the_officer_says_of_the_columns_counts() -> None:
    text = "a,b,c,d\n03/04/2020,35.7,43.5,weather\n"
    assert recognise(["a", "b", "c", "d"]).columns == {}
    reading = Reading(columns={"a": "date", "b": "lat", "c": "lon", "d": "category"}, types={"weather": "other"})
    table = open_table(text.encode(), "x.csv")
    third, fourth = (only(list(read_rows(table, reading, order)))["when"]["from"] for order in ("dmy", "mdy"))
    assert fourth < third, "the fourth of March is before the third of April"
