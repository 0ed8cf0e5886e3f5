"""Reports of one event on the command line of two nodes: pairs with reasons, joined by both, graded, found, printed."""

from __future__ import annotations

from pathlib import Path

from tansiq.node.node import Node

from .conftest import Sides
from .test_cli import OK, REFUSED


def test_two_reports_become_one_file_that_both_confirmed(sides: Sides, tmp_path: Path) -> None:
    circle = ("--circle", sides.circle.id)
    told = ("category=explosion", "place=Makhmour", "when=2020-09-20T05:40+03:00", "how_known=seen")
    since = ("--since", "2020-09-01T00:00+03:00", "--until", "2020-10-01T00:00+03:00")

    def say(node: Node, *fields: str) -> str:
        said = sides.run(node, "say", "incident", *told, *fields, *circle)
        assert said.code == OK, said.err
        return str(said.value[0]["ref"])

    ours = say(sides.joc, "text=انفجار قرب مخمور", "killed=2", "source=a shepherd")
    theirs = say(sides.mop, "text=تەقینەوە لە مەخموور", "killed=3")
    sides.meet()
    found = sides.run(sides.mop, "incident", "pairs", *since)
    assert [{one["one"], one["other"]} for one in found.value["pairs"]] == [{ours, theirs}]
    assert "makhmour" in sides.run(sides.mop, "incident", "pairs", *since, json_=False).out
    newest = sides.run(sides.mop, "incident", "pairs").value
    assert newest["pairs"] == found.value["pairs"], "nothing came of late: those before the newest report are compared"
    sides.done(sides.joc, "incident", "same", ours, theirs)
    sides.meet()
    sides.done(sides.mop, "incident", "same", theirs, ours)
    sides.done(sides.mop, "incident", "grade", ours, "--source", "c", "--info", "3")
    sides.meet()
    out = sides.run(sides.joc, "incident", "file", ours, json_=False).out
    assert "corroborated" in out
    assert "killed: disputed" in out
    assert "mop C3" in out
    assert "shepherd" not in sides.run(sides.mop, "incident", "file", ours).out
    finding = sides.done(sides.joc, "incident", "finding", ours, "step=verified", "place=Makhmour", "number=2")
    refused = sides.run(sides.joc, "incident", "finding", finding, "--close")
    assert (refused.code, refused.value["code"]) == (REFUSED, "incidents.cannot_close")
    past = sides.run(sides.joc, "say", "finding", "status=closed", "--revises", finding, *circle)
    assert (past.code, past.value["code"]) == (REFUSED, "incidents.cannot_close"), "no other command closes it"
    sides.meet()
    sides.done(sides.mop, "incident", "finding", finding, "--decline", "nobody of ours was there")
    sheet = tmp_path / "sheet.pdf"
    assert sides.run(sides.joc, "incident", "file", theirs, "--pdf", sheet, "--sheet", "ckb").code == OK
    assert sheet.read_bytes()[:5] == b"%PDF-"
    charts = sides.run(sides.joc, "incident", "charts", *since, json_=False).out
    assert "kind explosion: 1 1" in charts
    assert sides.run(sides.mop, "incident", "charts", *since).value["charts"]["total"] == 2
    assert "joc first: 0 of 1 in time, 1 late" in sides.run(sides.joc, "incident", "times", *since, json_=False).out
