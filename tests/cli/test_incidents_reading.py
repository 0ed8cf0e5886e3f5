"""`tansiq incident read`: a report in words, from a file or standard input, without a node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tansiq.cli.app import app

REPORT = "وقع هجوم في كركوك أمس، وأصيب جنديان."


def test_a_report_is_printed_as_its_finds_and_its_drafts(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text(REPORT, encoding="utf-8")
    result = CliRunner().invoke(app, ["--lang", "en", "incident", "read", str(path), "--day", "2020-09-16"])
    assert result.exit_code == 0, result.output
    assert "place kirkuk" in result.output
    assert "day 2020-09-15" in result.output
    assert "incident: وقع هجوم في كركوك أمس" in result.output


def test_standard_input_is_answered_in_json() -> None:
    result = CliRunner().invoke(app, ["--json", "incident", "read", "-", "--day", "2020-09-16"], input=REPORT)
    body = json.loads(result.output)
    assert body["drafts"][0]["fields"]["wounded"] == {"min": 2, "max": 2}
    assert all(REPORT[one["start"] : one["end"]] == one["words"] for one in body["finds"])


@pytest.mark.parametrize(("data", "code"), [(b"", "reading.empty"), (b"\xff\xfe\x00", "reading.not_text")])
def test_what_is_no_text_is_refused(data: bytes, code: str) -> None:
    result = CliRunner().invoke(app, ["--json", "incident", "read", "-"], input=data)
    assert (result.exit_code, json.loads(result.output)["code"]) == (2, code)
