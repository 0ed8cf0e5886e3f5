"""What is written out reads back to the same incidents, in every form, whatever stands in them."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circles.table import EVERYTHING
from tansiq.incidents import own_layout
from tansiq.incidents.layouts import OWN_MARK, recognise
from tansiq.incidents.opening import open_table
from tansiq.records.kind import kind_named

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=40)
SHORT = TEXT.map(lambda text: text[:40])
NAMES = st.fixed_dictionaries({}, optional={"en": SHORT, "ar": SHORT, "ckb": SHORT})
MILLIS = st.integers(0, 253_402_300_799_999)
INTERVAL = st.tuples(MILLIS, MILLIS).map(lambda pair: {"from": min(pair), "to": max(pair)})
COUNT = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: {"min": min(pair), "max": max(pair)})
PLACE = st.fixed_dictionaries(
    {
        "lat": st.integers(-900_000_000, 900_000_000),
        "lon": st.integers(-1_800_000_000, 1_800_000_000),
        "accuracy": st.integers(0, 40_000_000),
    },
    optional={"names": NAMES, "gazetteer": SHORT},
)
INCIDENT = st.fixed_dictionaries(
    {"category": st.sampled_from(["clash", "other", "fire"])},
    optional={
        "title": NAMES,
        "place": PLACE,
        "when": INTERVAL | MILLIS.map(lambda one: {"from": one, "to": None}),
        "when_precision": st.sampled_from(["minute", "day", "month"]),
        "source_grade": st.sampled_from("ABCDEF"),
        "info_grade": st.integers(1, 6),
        "killed": COUNT,
        "wounded": COUNT,
        "over": st.booleans(),
        "ask": TEXT,
        "text": TEXT | st.sampled_from(["", "'", "=1+1", "-2", "@x", "[1]", "[", "true", "7", "_x000D_", "a\tb"]),
        "sources": st.lists(SHORT, max_size=3),
        "lang": st.sampled_from(["ar", "ckb", "en"]),
    },
)


def as_kept(fields: dict[str, Any]) -> dict[str, Any]:
    """An incident as a record holds it."""
    found: dict[str, Any] = msgspec.to_builtins(kind_named("incident").read(fields))
    return found


def there_and_back(form: str, incidents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The incidents of a file that was written of these."""
    about = dict.fromkeys(own_layout.ABOUT, "x")
    table = open_table(own_layout.write(form, [(about, one) for one in incidents]), f"x.{form}")
    assert recognise(table.columns).layout == "tansiq"
    return [own_layout.unflat(dict(zip(table.columns, line.values, strict=True))) for line in table.lines]


@pytest.mark.parametrize("form", own_layout.FORMS)
@settings(max_examples=60, deadline=None)
@given(incidents=st.lists(INCIDENT, min_size=1, max_size=4))
def test_incidents_read_back_as_they_were_written(form: str, incidents: list[dict[str, Any]]) -> None:
    kept = [as_kept(one) for one in incidents]
    assert there_and_back(form, kept) == kept


@pytest.mark.parametrize("form", own_layout.FORMS)
def test_every_field_of_an_incident_goes_out_but_where_it_came_from(form: str) -> None:
    fields = as_kept(dict(EVERYTHING["incident"]))
    (back,) = there_and_back(form, [fields])
    assert back == {name: value for name, value in fields.items() if name != "imported"}


def test_no_cell_of_a_table_is_a_formula_and_the_source_never_goes_out() -> None:
    data = own_layout.write("csv", [({OWN_MARK: "a/b"}, {"text": "=HYPERLINK(1)", "source": "the miller"})])
    text = data.decode("utf-8-sig")
    assert ",=" not in text
    assert "'=HYPERLINK(1)" in text
    assert "miller" not in text
