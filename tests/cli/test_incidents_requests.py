"""Requests, messages and calls on the command line of two nodes."""

from __future__ import annotations

from .conftest import Sides
from .test_cli import OK, REFUSED


def test_a_request_is_put_taken_escalated_refused_and_listed_alike_on_both(sides: Sides) -> None:
    circle = ("--circle", sides.circle.id)
    ref = sides.done(
        sides.joc, "request", "put", "request_type=support", "to=mop", "text=an ambulance", "due=+2h", *circle
    )
    sides.meet()
    sides.done(sides.mop, "request", "take", ref, "--owner", "medical office")
    sides.meet()
    sides.done(sides.joc, "request", "escalate", ref, "operations", "time passes")
    sides.meet()
    out = sides.run(sides.mop, "request", "show", ref, json_=False).out
    assert "before the operations" in out
    assert "in hand at medical office" in out
    nothing = sides.run(sides.mop, "request", "refuse", ref, "")
    assert (nothing.code, nothing.value["code"]) == (2, "requests.no_reason")
    looked = sides.run(sides.mop, "request", "refuse", ref, "no car is free", "--preview").value
    assert {one["party"]: (one["fields"] or {}).get("reason") for one in looked}["joc"] == "no car is free"
    assert sides.run(sides.mop, "request", "show", ref).value["state"] == "taken", "nothing was said"
    sides.done(sides.mop, "request", "refuse", ref, "no car is free")
    sides.meet()
    listed = [sides.run(node, "request", "list", "--at", "2030-01-01T00:00+03:00") for node in (sides.joc, sides.mop)]
    assert listed[0].value == listed[1].value
    assert listed[0].value["requests"][0]["state"] == "refused"
    lines = sides.run(sides.joc, "request", "list", json_=False).out
    assert "mop: 0 put; 1 asked of it, 0 wait, 0 answered, 1 refused; 1 in time, 0 late" in lines
    again = sides.run(sides.joc, "request", "withdraw", ref)
    assert (again.code, again.value["code"]) == (REFUSED, "requests.over")
    other = sides.done(sides.joc, "request", "put", "request_type=passage", "to=mop", "text=x", *circle)
    sides.done(sides.joc, "request", "withdraw", other, "--reason", "not needed")
    sides.meet()
    third = sides.done(sides.joc, "request", "put", "request_type=information", "to=mop", "text=who?", *circle)
    sides.meet()
    sides.done(sides.mop, "request", "answer", third, "nobody of ours")


def test_a_message_rings_is_read_and_answered_and_a_call_is_noted(sides: Sides) -> None:
    ref = sides.done(sides.joc, "message", "send", "are you there?", "--urgent")
    sides.meet()
    assert "RINGS" in sides.run(sides.mop, "message", "ringing", json_=False).out
    sides.done(sides.mop, "message", "read", ref)
    assert sides.run(sides.mop, "message", "ringing").value["rings"] == []
    sides.done(sides.mop, "message", "send", "yes", "--answers", ref)
    sides.meet()
    assert "mop answered" in sides.run(sides.joc, "message", "list", json_=False).out
    call = ("watch", "call", "mop", "what nobody else hears", "--minutes", "4")
    looked = {one["party"]: one["fields"] for one in sides.run(sides.joc, *call, "--preview").value}
    assert ("text" in looked["joc"], "text" in looked["mop"]) == (True, False)
    sides.done(sides.joc, *call)
    sides.meet()
    shown = sides.run(sides.mop, "watch", "show", json_=False)
    assert shown.code == OK
    assert "joc call mop" in shown.out
    assert "nobody else hears" not in shown.out
