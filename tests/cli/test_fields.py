"""Fields as people type them, and as a shell, a keyboard or a file can garble them."""

from __future__ import annotations

import pytest

from nodes import refused
from tansiq.cli.fields import parse_fields, parse_time, read_records
from tansiq.records.kind import kind_named

NOW = 1_800_000_000_000
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["title=Shots", "title.ar=إطلاق"], "record.bad_fields"),
        (["killed=" + "9" * 5000], "record.bad_count"),
        (["killed=2-" + "9" * 5000], "record.bad_count"),
        ([f"sources={DEEP}"], "record.bad_fields"),
        (["text=\udcff"], "record.bad_fields"),
        (['title={"en":"\udcff"}'], "record.bad_fields"),
        (["\udcff=1"], "record.bad_fields"),
        (["when=9999-12-31T23:59:59-12:00"], "record.bad_time"),
    ],
)
def test_what_nobody_can_have_meant_is_refused_in_words(words: list[str], code: str) -> None:
    with refused(code):
        parse_fields(kind_named("incident"), words, NOW)


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59-23:59", "-٣h", "", "then"])
def test_a_time_beyond_the_calendar_is_refused(text: str) -> None:
    with refused("record.bad_time"):
        parse_time(text, NOW)


@pytest.mark.parametrize("data", [b'{"text":' + DEEP.encode(), b"[]", b'{"text":"\xff"}', b"\0"])
def test_a_file_that_is_no_list_of_records_is_refused(data: bytes) -> None:
    with refused("record.bad_fields"):
        read_records(data, "many.jsonl")
