"""What is wrong with a field is said in the reader's language, with the field's name."""

from __future__ import annotations

from typing import Any

import pytest

from tansiq.errors import MalformedInput
from tansiq.records.kind import kind_named
from tansiq.wording import wording

HERE = {"lat": 355000000, "lon": 441000000, "accuracy": 5}


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("post", {"range_day_m": -5}, "range_day_m: no less than 0 is possible"),
        ("post", {"range_day_m": 99_000}, "range_day_m: no more than 60000 is possible"),
        ("post", {"range_day_m": "far"}, "range_day_m: a whole number is needed, not a text"),
        ("post", {"status": "asleep"}, "status: “asleep” is none of the choices"),
        ("post", {"place": {"lat": 1}}, "place: lon is missing"),
        ("post", {"place": {**HERE, "radius": 1}}, "place: there is no radius here"),
        ("patrol", {"path": [[1, 2]]}, "path: at least 2 are needed"),
        ("arrangement", {"ways": [{}]}, "ways[0]: a way to be covered names at least one condition"),
    ],
)
def test_a_wrong_field_is_named_in_words(kind: str, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(MalformedInput) as caught:
        kind_named(kind).read(fields)
    english = wording(caught.value.code, caught.value.params, "en").refused
    assert said in english
    for language in ("ar", "ckb"):
        words = wording(caught.value.code, caught.value.params, language).refused
        assert "Expected" not in words
        assert "Invalid" not in words
        assert said.split(":", maxsplit=1)[0] in words


def test_another_reason_stands_as_it_is() -> None:
    assert "disk on fire" in wording("file.unreadable", {"path": "x", "reason": "disk on fire"}, "ar").refused
