"""Where an element is, out of what receivers write; and what is refused of it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes import refused
from tansiq.errors import Refused
from tansiq.movements.fixes import newest_fix, read_sentence

GPX = b"""<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>never read</name><trkseg>
<trkpt lat="35.77" lon="43.58"><time>2020-10-13T11:00:00Z</time></trkpt>
<trkpt lat="35.80" lon="43.60"><time>2020-10-13T12:00:00Z</time></trkpt>
<trkpt lat="35.79" lon="43.59"><time>2020-10-13T11:30:00Z</time></trkpt>
<trkpt lat="35.70" lon="43.50"></trkpt></trkseg></trk></gpx>"""
NOON = 1_602_590_400_000


def sentence(body: str) -> str:
    """An NMEA sentence with its sum."""
    total = 0
    for sign in body.encode():
        total ^= sign
    return f"${body}*{total:02X}"


def test_of_a_track_only_the_newest_fix_is_taken() -> None:
    fix = newest_fix(GPX, "track.gpx")
    assert (fix.lat, fix.lon, fix.at, fix.accuracy_m) == (358_000_000, 436_000_000, NOON, None)


def test_rows_are_read_in_degrees_or_mgrs_with_their_accuracy() -> None:
    rows = b"time,lat,lon,accuracy_m\n2020-10-13T12:00:00Z,35.8,43.6,15\n2020-10-13T11:00:00Z,35.7,43.5,15\n"
    fix = newest_fix(rows, "track.csv")
    assert (fix.lat, fix.lon, fix.at, fix.accuracy_m) == (358_000_000, 436_000_000, NOON, 15)
    fix = newest_fix(b"time,mgrs\n2020-10-13T12:00:00Z,38SLE4567\n", "track.csv")
    assert fix.accuracy_m == 708, "as accurate as its reference"


def test_sentences_of_a_receiver_are_read_and_void_or_broken_ones_passed_over() -> None:
    good = sentence("GNRMC,120000.00,A,3548.0000,N,04336.0000,E,0.5,10.0,131020,,,A")
    void = sentence("GPRMC,121000.00,V,3500.0000,N,04300.0000,E,0.5,10.0,131020,,,N")
    broken = good[:-2] + ("00" if good[-2:] != "00" else "01")
    log = "\n".join([sentence("GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1"), good, void, broken, "$GPRMC,nothing*00"])
    fix = newest_fix(log.encode(), "log.nmea")
    assert (fix.lat, fix.lon, fix.at) == (358_000_000, 436_000_000, NOON)
    assert read_sentence(void) is None
    assert read_sentence(broken) is None
    south = read_sentence(sentence("GPRMC,120000,A,3548.0000,S,04336.0000,W,,,131020,,"))
    assert south is not None
    assert (south.lat, south.lon) == (-358_000_000, -436_000_000)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "log.nmea", "positions.no_fix"),
        (b"<gpx></gpx>", "a.gpx", "positions.no_fix"),
        (b"<gpx", "a.gpx", "positions.file_unreadable"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><gpx>&a;</gpx>', "a.gpx", "positions.file_unreadable"),
        (b"lat,lon\n1,2\n", "a.csv", "positions.file_unreadable"),
        (b"lat,lon,time\n1,2,2020-10-13T12:00:00\n", "a.csv", "activities.no_zone"),
        (b"lat,lon,time\n99,2,2020-10-13T12:00:00Z\n", "a.csv", "place.degrees_range"),
        (b"\xff\xfe", "log.nmea", "positions.file_unreadable"),
        (b" " * ((4 << 20) + 1), "log.nmea", "positions.file_too_large"),
    ],
)
def test_what_holds_no_fix_is_refused_in_its_own_words(data: bytes, name: str, code: str) -> None:
    with refused(code):
        newest_fix(data, name)


@given(st.binary(max_size=400), st.sampled_from(("a.gpx", "a.csv", "a.nmea")))
def test_whatever_the_file_holds_it_is_read_or_refused(data: bytes, name: str) -> None:
    with suppress(Refused):
        assert newest_fix(data, name).at >= 0
