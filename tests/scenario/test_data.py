"""The scenario's data is whole, and its checker finds what it is there to find."""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenario"


def _checker() -> Callable[[Path], list[str]]:
    spec = importlib.util.spec_from_file_location("check_scenario", ROOT / "tools" / "check_scenario.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Its dataclass looks itself up among the modules while the file is being run.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    found: Callable[[Path], list[str]] = module.check
    return found


check = _checker()


def _lines(name: str, folder: Path = SCENARIO) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_nothing_is_wrong_with_the_scenario() -> None:
    assert check(SCENARIO) == []


def test_every_event_of_the_compilation_is_there_and_those_of_the_window_are_loaded() -> None:
    events = _lines("events.jsonl")
    assert {line["seq"] for line in events} == set(range(1, 41))
    assert {line["seq"] for line in events if line["window"]} == set(range(4, 33))


def test_what_the_press_disputes_stands_twice() -> None:
    events = _lines("events.jsonl")
    centres = [line for line in events if line["kind"] == "centre" and line["fields"]["state"] == "active"]
    starts = Counter((line.get("about") or line["revises"], line["fields"]["since"]) for line in centres)
    assert len({centre for centre, _ in starts}) == 6
    for centre in ("centre-erbil", "centre-baghdad", "centre-khanaqin", "centre-kirkuk", "centre-makhmour"):
        assert len([start for start in starts if start[0] == centre]) == 2, centre
    killed = [line["fields"]["killed"] for line in events if line["seq"] == 34]
    assert killed == [{"min": 7, "max": 10}, {"min": 9, "max": 9}]


def test_there_is_enough_invented_to_work_with() -> None:
    invented = _lines("invented.jsonl")
    kinds = Counter(line.get("kind", "tell") for line in invented)
    assert kinds["line"] == 2
    posts = [line["fields"] for line in invented if line.get("kind") == "post" and "key" in line]
    assert 20 <= len({fields["names"]["en"] for fields in posts}) <= 40
    assert not any(fields["post_type"] == "base" for fields in posts)
    assert kinds["area"] >= 6
    assert kinds["tell"] >= 10
    assert {line["circle"] for line in invented} == {"all", "joc-coalition", "mop-coalition"}


def test_every_commitment_points_to_an_event() -> None:
    known = {line["seq"] for line in _lines("events.jsonl")}
    with (SCENARIO / "commitments.csv").open(encoding="utf-8") as rows:
        commitments = list(csv.DictReader(rows))
    assert len(commitments) == 13
    assert {int(row["seq"]) for row in commitments} <= known


def _fraction(line: dict[str, Any]) -> None:
    line["fields"]["when"]["from"] += 0.5


def _finer_than_known(line: dict[str, Any]) -> None:
    line["fields"]["place"]["accuracy"] = 10


def _elsewhere(line: dict[str, Any]) -> None:
    line["fields"]["place"]["lat"] += 1_000_000


def _no_source(line: dict[str, Any]) -> None:
    line["fields"]["sources"] = []


def _unknown_field(line: dict[str, Any]) -> None:
    line["fields"]["commander"] = "nobody"


def _not_in_the_circle(line: dict[str, Any]) -> None:
    line["circle"] = "joc-coalition"


def _other_language(line: dict[str, Any]) -> None:
    line["fields"]["text"] = "Written in English."


def _missing_name(line: dict[str, Any]) -> None:
    del line["fields"]["title"]["ckb"]


def _out_of_window(line: dict[str, Any]) -> None:
    line["window"] = False


def _said_of_nothing(line: dict[str, Any]) -> None:
    line["about"] = "nothing"


def _unknown_key(line: dict[str, Any]) -> None:
    line["person"] = "nobody"


def _too_early(line: dict[str, Any]) -> None:
    line["date"] = "2018-01-01"


@pytest.mark.parametrize(
    "harm",
    [
        _fraction,
        _finer_than_known,
        _elsewhere,
        _no_source,
        _unknown_field,
        _not_in_the_circle,
        _other_language,
        _missing_name,
        _out_of_window,
        _said_of_nothing,
        _unknown_key,
        _too_early,
    ],
)
def test_the_checker_finds(harm: Callable[[dict[str, Any]], None], tmp_path: Path) -> None:
    shutil.copytree(SCENARIO, tmp_path / "scenario")
    lines = _lines("events.jsonl")
    harm(next(line for line in lines if line["seq"] == 4 and line["by"] == "mop"))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (tmp_path / "scenario" / "events.jsonl").write_text(text, encoding="utf-8")
    assert check(tmp_path / "scenario") != []


def test_the_checker_finds_lines_that_touch(tmp_path: Path) -> None:
    shutil.copytree(SCENARIO, tmp_path / "scenario")
    lines = _lines("invented.jsonl")
    federal, peshmerga = (line for line in lines if line.get("kind") == "line")
    peshmerga["fields"]["path"][5] = federal["fields"]["path"][5]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (tmp_path / "scenario" / "invented.jsonl").write_text(text, encoding="utf-8")
    assert any("apart" in problem for problem in check(tmp_path / "scenario"))
