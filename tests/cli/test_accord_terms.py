"""Terms and complaints on the command line of two nodes: compare, accept, complain, reply, find together, close."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Sides
from .test_cli import MISSING, OK, REFUSED


def test_terms_are_compared_and_a_complaint_runs_by_those_in_force(sides: Sides, tmp_path: Path) -> None:
    path = tmp_path / "terms.json"
    rules = {"version": 1, "parties": ["joc", "mop"], "complaints": [{"step": "reply", "minutes": 60}]}
    path.write_text(json.dumps(rules))
    terms = sides.done(sides.joc, "terms", "propose", path)
    sides.meet()
    sides.done(sides.mop, "terms", "accept", terms)
    sides.meet()
    path.write_text(json.dumps({"version": 2, "complaints": [{"step": "reply", "minutes": 30}]}))
    sides.done(sides.joc, "terms", "propose", path, "--revises", terms)
    sides.meet()
    found = sides.run(sides.mop, "terms", "diff").value
    assert [(one["part"], one["how"], one["new"]["minutes"]) for one in found["changes"]] == [
        ("complaints", "changed", 30)
    ]
    assert found["affected"]["parties"] == ["joc", "mop"]
    assert "~ complaints 1" in sides.run(sides.mop, "terms", "diff", json_=False).out
    assert "complaints 1: step reply" in sides.run(sides.mop, "terms", "show", json_=False).out

    said = sides.run(sides.joc, "say", "complaint", "names.en=A barrier", "against=mop", "--circle", sides.circle.id)
    assert said.code == OK, said.err
    ref = said.value[0]["ref"]
    sides.meet()
    (one,) = sides.run(sides.mop, "complaint", "list").value["complaints"]
    assert (one["ref"], one["state"]) == (ref, "waits_for_reply")
    assert one["steps"][0]["rule"] == {"name": "complaints", "terms": terms, "version": 1, "number": 1}
    sides.done(sides.mop, "complaint", "step", ref, "step=reply")
    finding = sides.done(
        sides.mop, "complaint", "step", ref, "step=finding", "finding=upheld", "action.en=Removed", "place=Makhmour"
    )
    sides.meet()
    sides.done(sides.joc, "complaint", "confirm", finding)
    found = sides.run(sides.joc, "complaint", "close", ref)
    assert (found.code, found.value["code"]) == (REFUSED, "accord.cannot_close")
    shown = sides.run(sides.joc, "complaint", "show", ref, json_=False).out
    assert "not named: number, date" in shown
    named = ("number=1", "due=2030-01-01T00:00+03:00", "--revises", finding, "--circle", sides.circle.id)
    assert sides.run(sides.mop, "say", "complaint_step", *named).code == OK
    sides.meet()
    sides.done(sides.joc, "complaint", "confirm", finding)
    sides.done(sides.joc, "complaint", "close", ref)
    sides.meet()
    for node in (sides.joc, sides.mop):
        assert sides.run(node, "complaint", "show", ref).value["standing"]["state"] == "closed"


def test_a_dispute_is_named_with_its_cause_and_opens_one_file(sides: Sides) -> None:
    said = sides.run(sides.joc, "say", "complaint", "names.en=A barrier", "against=mop", "--circle", sides.circle.id)
    ref = said.value[0]["ref"]
    finding = sides.done(sides.joc, "complaint", "step", ref, "step=finding", "finding=upheld")
    sides.meet()
    sides.done(sides.mop, "complaint", "confirm", finding, "--decline", "It was open.")
    assert (
        f"disputed: {finding} (finding about {ref}) by mop\n"
        in sides.run(sides.mop, "complaint", "list", json_=False).out
    )
    names = ("--name", "en=Dispute: a barrier", "--name", "ar=خلاف: حاجز")
    file = sides.done(sides.mop, "complaint", "dispute", finding, *names)
    again = sides.run(sides.mop, "complaint", "dispute", finding, *names)
    assert (again.code, again.value["code"]) == (REFUSED, "accord.file_open")
    assert f"file {file}" in sides.run(sides.mop, "complaint", "show", ref, json_=False).out
    shown = sides.run(sides.mop, "file", "show", file).value
    assert (shown["cause"], shown["names"]["ar"]) == (finding, "خلاف: حاجز")
    nothing = sides.run(sides.mop, "complaint", "dispute", ref, *names)
    assert (nothing.code, nothing.value["code"]) == (MISSING, "accord.no_dispute")
