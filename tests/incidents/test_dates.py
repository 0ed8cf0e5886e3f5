"""Dates in tables: read as they are written in three languages, and never in an order that nobody told."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import MalformedInput
from tansiq.incidents.dates import DAY_MS, orders_of, read_moment
from tansiq.records.values import BAGHDAD


def ms(text: str) -> int:
    """Unix milliseconds of an ISO time with its zone."""
    return int(datetime.datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("date", "clock", "start", "precision"),
    [
        ("2020-09-16", "", "2020-09-16T00:00+03:00", "day"),
        ("٢٠٢٠-٠٩-١٦", "", "2020-09-16T00:00+03:00", "day"),
        ("۲۰۲۰/۹/۱۶", "۱۴:۳۰", "2020-09-16T14:30+03:00", "minute"),
        ("2020-09-16T14:30:00Z", "", "2020-09-16T14:30+00:00", "minute"),
        ("2020-09-16T14:30:15.123+05:30", "", "2020-09-16T14:30:15+05:30", "minute"),
        ("2020-09-16 14:30", "", "2020-09-16T14:30+03:00", "minute"),
        ("2020-09-16 00:00:00.000", "", "2020-09-16T00:00+03:00", "day"),
        ("16 September 2020", "2:05 pm", "2020-09-16T14:05+03:00", "minute"),
        ("September 16, 2020", "", "2020-09-16T00:00+03:00", "day"),
        ("١٦ أيلول ٢٠٢٠", "", "2020-09-16T00:00+03:00", "day"),
        ("16 سبتمبر 2020", "", "2020-09-16T00:00+03:00", "day"),
        ("١٦ كانون الثاني ٢٠٢٠", "٩:٠٠ م", "2020-01-16T21:00+03:00", "minute"),
        ("۱۶ی ئەیلوول ۲۰۲۰".replace("ی ", " "), "", "2020-09-16T00:00+03:00", "day"),
        ("١٦ کانوونی یەکەم ٢٠٢٠", "", "2020-12-16T00:00+03:00", "day"),
        ("2020-09", "", "2020-09-01T00:00+03:00", "month"),
        ("\u200f2020-09-16\u200e", "", "2020-09-16T00:00+03:00", "day"),
    ],
)
def test_a_date_is_read_as_it_is_written(date: str, clock: str, start: str, precision: str) -> None:
    found = read_moment(date, clock, None, BAGHDAD)
    assert (found.start, found.precision) == (ms(start), precision)


@pytest.mark.parametrize(
    ("date", "clock", "code"),
    [
        ("01/02/2020", "", "incident_row.date_ambiguous"),
        ("13/02/2020", "", "incident_row.date_ambiguous"),  # one row by itself settles nothing
        ("1/2/20", "", "incident_row.year_short"),
        ("2020-02-30", "", "incident_row.date"),
        ("yesterday", "", "incident_row.date"),
        ("", "", "incident_row.date"),
        ("0001-01-01", "", "incident_row.date"),
        ("9999-12-31", "", "incident_row.date"),
        ("2020-09-16", "25:00", "incident_row.clock"),
        ("2020-09-16", "13:00 pm", "incident_row.clock"),
        ("2020-09-16", "noon", "incident_row.clock"),
        ("=1+1", "", "incident_row.date"),
        ("a" + " " * 20_000, "", "incident_row.date"),
    ],
)
def test_what_is_no_date_or_two_dates_is_refused(date: str, clock: str, code: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        read_moment(date, clock, None, BAGHDAD)
    assert refused.value.code == code


def test_one_row_that_fits_a_single_order_settles_it_for_the_column() -> None:
    assert orders_of(["01/02/2020", "05/06/2020"]) == {"dmy", "mdy"}
    assert orders_of(["01/02/2020", "٢٥/٠٢/٢٠٢٠"]) == {"dmy"}
    assert orders_of(["01/02/2020", "02/25/2020 10:00"]) == {"mdy"}
    assert orders_of(["25/02/2020", "02/25/2020"]) == set()
    assert orders_of(["2020-01-02", ""]) == {"ymd"}


@given(day=st.dates(datetime.date(1970, 1, 2), datetime.date(2199, 12, 31)), order=st.sampled_from(["dmy", "mdy"]))
def test_every_day_reads_back_in_the_order_in_which_it_was_written(day: datetime.date, order: str) -> None:
    written = day.strftime("%d/%m/%Y" if order == "dmy" else "%m/%d/%Y")
    found = read_moment(written, "", "dmy" if order == "dmy" else "mdy", 0)
    assert found.start == (day - datetime.date(1970, 1, 1)).days * DAY_MS
    assert found.end == found.start + DAY_MS - 1
    assert order in orders_of([written])
