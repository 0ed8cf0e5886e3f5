"""Reports on the command line: a compliance report is made by the path of its agreement, wherever that was told."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Sides
from .test_cli import MISSING, OK

NAMES = ("names.en=Road", "names.ar=الطريق", "names.ckb=ڕێگا")


def said(sides: Sides, *words: str) -> str:
    """Something that one side says."""
    found = sides.run(sides.joc, "say", *words, "--circle", sides.circle.id)
    assert found.code == OK, (found.out, found.err)
    return str(found.value[0]["ref"])


@pytest.mark.parametrize("lang", ["ar", "ckb", "en"])
def test_a_compliance_report_takes_one_command(sides: Sides, tmp_path: Path, lang: str) -> None:
    agreement = said(sides, "agreement", *NAMES, "path=road-2026", 'parties=["joc","mop"]', 'authentic=["ar"]')
    said(sides, "commitment", "number=C1", *NAMES, f"agreement={agreement}", 'owed_by=["mop"]', "check=other_side")
    sides.meet()
    out = tmp_path / "road.pdf"
    made = sides.run(sides.mop, "report", "compliance", "--day", "now", "--lang", lang, "--out", out)
    assert made.code == OK, (made.out, made.err)
    assert out.read_bytes().startswith(b"%PDF")
    assert (made.value["facts"]["agreement"], len(made.value["facts"]["kept"])) == (agreement, 1)
    by_path = sides.run(sides.joc, "report", "compliance", "--agreement", "road-2026", "--day", "now")
    assert by_path.value["digest"] == made.value["digest"]
    page = tmp_path / "road.html"
    asked = ("report", "compliance", "--agreement", agreement, "--lang", lang, "--day", "now", "--out", page)
    assert sides.run(sides.mop, *asked).code == OK
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_an_agreement_that_nobody_knows_is_refused_with_those_that_are_known(sides: Sides) -> None:
    none = sides.run(sides.joc, "report", "compliance")
    assert (none.code, none.value["code"]) == (MISSING, "report.name_agreement")
    said(sides, "agreement", *NAMES, "path=road-2026", 'parties=["joc","mop"]', 'authentic=["ar"]')
    said(sides, "agreement", *NAMES, "path=rail-2026", 'parties=["joc","mop"]', 'authentic=["ar"]')
    for words in ((), ("--agreement", "sea-2026")):
        refused = sides.run(sides.joc, "report", "compliance", *words, lang="ckb")
        assert refused.code == MISSING
        assert {"road-2026", "rail-2026"} <= set(refused.value["refused"].replace(".", " ").split())
    assert sides.run(sides.joc, "report", "compliance", "--agreement", "none", "--day", "now").code == OK


def test_without_a_day_the_latest_cut_off_that_is_over_is_taken(sides: Sides) -> None:
    said(sides, "log", "category=entry", "text=Quiet")
    made = sides.run(sides.joc, "report", "situation")
    assert made.code == OK, (made.out, made.err)
    assert made.value["final"] is True
