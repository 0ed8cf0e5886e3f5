"""Centres at the desk, over real sockets between two real nodes."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import httpx

from nodes import until

from .conftest import Desks

OK, CREATED, BAD, MISSING = 200, 201, 400, 404
DAY = 86_400_000
POINT = {"key": "power", "names": {"en": "Power"}}


def say(
    desk: httpx.Client,
    desks: Desks,
    kind: str,
    fields: dict[str, Any],
    about: str | None = None,
    revises: str | None = None,
) -> str:
    body = {
        "kind": kind,
        "fields": fields,
        "about": about,
        "revises": revises,
        "releases": [{"circle": desks.circle.id}],
    }
    answer = desk.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def see(desk: httpx.Client, desks: Desks, ref: str, **more: Any) -> dict[str, Any]:
    answer = desk.get(f"/accord/centres/{ref}", params={"circle": desks.circle.id, **more})
    assert answer.status_code == OK, answer.text
    found: dict[str, Any] = answer.json()
    return found


def signed_off(desk: httpx.Client, desks: Desks, ref: str) -> bool:
    """Whether both lists are signed off, as one desk sees it."""
    return bool(see(desk, desks, ref)["readiness"]["signed_off"])


def test_a_centre_is_prepared_opened_manned_and_handed_over_by_both(desks: Desks) -> None:
    joc, mop = desks.duty, desks.other
    centre = say(joc, desks, "centre", {"names": {"en": "Khanaqin"}, "state": "preparing"})
    until(lambda: mop.get(f"/accord/centres/{centre}", params={"circle": desks.circle.id}).status_code == OK)
    say(joc, desks, "readiness", {"points": [{**POINT, "state": "ready"}]}, about=centre)
    theirs = say(mop, desks, "centre", {"state": "preparing"}, about=centre)
    say(mop, desks, "readiness", {"points": [{**POINT, "state": "ready"}]}, about=centre)
    for desk in (joc, mop):
        until(partial(signed_off, desk, desks, centre))
    say(joc, desks, "centre", {"names": {"en": "Khanaqin"}, "state": "active"}, revises=centre)
    say(mop, desks, "centre", {"state": "active"}, about=None, revises=theirs)
    until(lambda: see(joc, desks, theirs)["centre"]["at_work"])

    terms = say(joc, desks, "terms", {"version": 1, "parties": ["joc", "mop"], "manning": [{"strength": 4}]})
    until(lambda: mop.get("/movements", params={"circle": desks.circle.id}).json()["terms"])
    word = {"circle": desks.circle.id, "about": terms, "verdict": "accepted"}
    assert mop.post("/accord/words", json=word).status_code == CREATED
    start = (int(time.time() * 1000) // DAY) * DAY
    say(
        joc,
        desks,
        "roster",
        {"status": "served", "duties": [{"from": start, "to": start + DAY, "strength": 3}]},
        about=centre,
    )
    until(lambda: see(joc, desks, centre)["rosters"][0]["required"])
    shown = see(joc, desks, centre, start=start, days=1)
    assert shown["rosters"][0]["required"] == {"strength": 4, "by": "terms", "ref": terms}
    assert shown["rosters"][0]["days"][0]["short"]
    assert shown["rosters"][1]["days"][0]["counted"] is None
    assert set(shown["rosters"][0]["shortfalls"][0]) == {"from", "to", "strength", "required"}

    entry = say(joc, desks, "log", {"category": "visit", "text": "The mayor came"}, about=centre)
    handover = say(joc, desks, "watch_handover", {"text": "t", "status": "put", "open": [entry]}, about=centre)
    until(lambda: see(mop, desks, centre)["handovers"])
    assert see(mop, desks, centre)["handovers"][0]["waits_for"] == ["joc"]
    say(joc, desks, "watch_handover", {"text": "t", "status": "taken", "open": [entry]}, revises=handover)
    until(lambda: see(mop, desks, centre)["handovers"][0]["standing"] == "taken")
    for ref in (handover, entry):
        word = {"circle": desks.circle.id, "about": ref, "verdict": "accepted"}
        assert mop.post("/accord/words", json=word).status_code == CREATED
    until(lambda: see(joc, desks, centre)["handovers"][0]["standing"] == "signed")
    until(lambda: see(joc, desks, centre)["log"]["rows"][0]["state"] == "confirmed")

    until(lambda: see(mop, desks, centre) | {"at": 0} == see(joc, desks, centre) | {"at": 0})
    rows = mop.get("/accord/centres", params={"circle": desks.circle.id}).json()["centres"]
    row = next(one for one in rows if one["centre"]["ref"] == centre)
    assert (row["signed_off"], row["open_points"], row["waiting"]) == (True, 0, 0)


def test_what_is_no_centre_is_refused_in_words(desks: Desks) -> None:
    answer = desks.duty.get("/accord/centres/joc/none", params={"circle": desks.circle.id})
    assert (answer.status_code, answer.json()["code"]) == (MISSING, "accord.no_centre")
    for bad in ({"days": 93}, {"days": 0}, {"start": -1}, {"at": "x"}):
        answer = desks.duty.get("/accord/centres/joc/none", params={"circle": desks.circle.id, **bad})
        assert answer.status_code == BAD


def test_a_centre_with_open_points_is_said_at_work_on_purpose_or_not_at_all(desks: Desks) -> None:
    joc = desks.duty
    centre = say(joc, desks, "centre", {"names": {"en": "Makhmur"}, "state": "preparing"})
    say(joc, desks, "readiness", {"points": [{**POINT, "state": "open"}]}, about=centre)
    body: dict[str, Any] = {
        "kind": "centre",
        "fields": {"names": {"en": "Makhmur"}, "state": "active"},
        "revises": centre,
        "releases": [{"circle": desks.circle.id}],
    }
    for path in ("/records/preview", "/records"):
        answer = joc.post(path, json=body)
        assert answer.json()["code"] == "accord.open_points", answer.text
        assert "power" in answer.json()["refused"]
    assert see(joc, desks, centre)["centre"]["stands"][0]["state"] == "preparing"
    answer = joc.post("/records", json={**body, "on_purpose": True})
    assert answer.status_code == CREATED, answer.text
    found = see(joc, desks, centre)
    opened = found["centre"]["history"][-1]
    assert found["opened_with"] == {f"joc/{opened['revision']}": ["power"]}
    again = {**body, "fields": {**body["fields"], "text": "a word more"}}
    assert joc.post("/records", json=again).status_code == CREATED, "it is at work already: nothing is opened"
    said = see(joc, desks, centre)
    assert said["opened_with"] == found["opened_with"], "what was open then stays said"
