"""`tansiq place`: a place looked up by name or position, in every notation."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tansiq.cli.app import app


@pytest.mark.parametrize(
    "text",
    ["Makhmur", "مخمور", "مەخموور", "35°46'34\"N 43°34'43\"E", "35.7761 43.5786", "LE 7152 6004", "38S LE 71527 60046"],
)
def test_a_place_is_shown_in_every_notation(text: str) -> None:
    result = CliRunner().invoke(app, ["--lang", "ar", "place", "--limit", "1", *text.split()])
    assert result.exit_code == 0, result.output
    assert "38S LE 71" in result.output
    assert "35.77" in result.output
    assert "35°46'3" in result.output


def test_names_stand_in_three_languages_and_json_is_what_was_found() -> None:
    result = CliRunner().invoke(app, ["--lang", "ckb", "place", "Kirkuk", "--limit", "1"])
    assert result.output.splitlines()[0].split("  ")[:3] == ["کەرکووک", "كركوك", "Kirkuk"]
    found = json.loads(CliRunner().invoke(app, ["--json", "place", "Kirkuk"]).output)
    assert found[0]["id"] == "kirkuk"


@pytest.mark.parametrize(("text", "code"), [("nowhere at all", 3), ("38S LE 71 6", 2), ("95.1, 43.2", 2)])
def test_what_is_no_place_is_refused_with_its_reason(text: str, code: int) -> None:
    result = CliRunner().invoke(app, ["place", "--", text])
    assert result.exit_code == code, result.output
