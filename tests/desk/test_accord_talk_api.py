"""Files, meetings, bodies and the chain at the desk, over real sockets between two real nodes."""

from __future__ import annotations

import time
from typing import Any

import httpx

from nodes import until

from .conftest import Desks

OK, CREATED, BAD, FORBIDDEN, MISSING, CONFLICT = 200, 201, 400, 403, 404, 409
NOON = 1_593_680_400_000
HOUR = 3_600_000


def say(desk: httpx.Client, desks: Desks, kind: str, fields: dict[str, Any], **more: Any) -> str:
    body = {"kind": kind, "fields": fields, "releases": [{"circle": desks.circle.id}], "urgent": True, **more}
    answer = desk.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def get(desk: httpx.Client, desks: Desks, what: str, **more: str) -> Any:
    answer = desk.get(f"/accord/{what}", params={"circle": desks.circle.id, **more})
    assert answer.status_code == OK, answer.text
    return answer.json()


def meetings(desk: httpx.Client, desks: Desks) -> dict[str, dict[str, Any]]:
    return {one["ref"]: one for one in get(desk, desks, "meetings")["board"]["meetings"]}


def word(desk: httpx.Client, desks: Desks, ref: str, verdict: str = "accepted", **more: str) -> None:
    body = {"circle": desks.circle.id, "about": ref, "verdict": verdict, **more}
    answer = desk.post("/accord/words", json=body)
    assert answer.status_code == CREATED, answer.text


def test_a_meeting_is_held_minuted_and_leads_to_a_confirmed_understanding_on_both_nodes(desks: Desks) -> None:
    seats = [{"party": party, "seats": 4, "quorum": 3, "emergency": 1} for party in ("joc", "mop")]
    body = say(desks.duty, desks, "body", {"names": {"en": "Committee"}, "body_type": "committee", "components": seats})
    until(lambda: any(one["ref"] == body for one in get(desks.other, desks, "bodies")))
    word(desks.other, desks, body)
    file = say(desks.duty, desks, "negotiation_file", {"names": {"en": "Budget"}, "state": "open", "owner": "office"})
    agenda = [{"names": {"en": "Budget"}, "file": file}]
    fields = {"body": body, "number": 3, "status": "planned", "when": {"from": NOON, "to": NOON + HOUR}}
    ref = say(desks.duty, desks, "meeting", {**fields, "agenda": agenda, "names": {"en": "Third"}})
    until(lambda: ref in meetings(desks.other, desks))
    attendance = [{"party": "mop", "role": "member", "count": 3}]
    say(desks.other, desks, "meeting", {"status": "held", "attendance": attendance}, about=ref)
    attendance = [{"party": "joc", "role": "member", "count": 2}]
    say(desks.duty, desks, "meeting", {"status": "held", "attendance": attendance}, revises=ref)
    items = [{"text": {"en": "The budget is open."}, "agenda": 1, "decision": True}]
    minutes = say(desks.duty, desks, "minutes", {"items": items, "status": "put"}, about=ref)
    until(lambda: len(meetings(desks.other, desks)[ref]["minutes"]) == 1)
    word(desks.other, desks, minutes, reservation="For 2020 only.")
    understood = say(desks.other, desks, "understanding", {"number": 1, "parties": ["joc", "mop"]}, about=ref)
    until(lambda: understood in meetings(desks.duty, desks)[ref]["understandings"])
    word(desks.duty, desks, understood)

    def settled(desk: httpx.Client) -> bool:
        view = get(desk, desks, "meetings")["board"]
        states = {one["ref"]: one["state"] for one in view["understandings"]}
        return states.get(understood) == "confirmed" and meetings(desk, desks)[ref]["state"] == "minuted"

    for desk in (desks.duty, desks.other):
        until(lambda desk=desk: settled(desk))  # type: ignore[misc] # mypy sees no type for a default of a lambda
    until(lambda: meetings(desks.duty, desks) == meetings(desks.other, desks))
    shown = meetings(desks.duty, desks)[ref]
    assert [(one["party"], one["missing"]) for one in shown["quorum"]["parties"]] == [("joc", 1), ("mop", 0)]
    assert shown["minutes"][0]["words"][1]["reservation"] == "For 2020 only."
    steps = {one["ref"]: one["way"] for one in get(desks.other, desks, "chain", of=understood)["steps"]}
    assert steps == {file: "before", body: "before", ref: "before", understood: "here"}
    assert get(desks.duty, desks, "files")["files"][0]["sides"][0]["owner"] == "office"
    missing = desks.duty.get("/accord/chain", params={"circle": desks.circle.id, "of": "joc/nothing"})
    assert (missing.status_code, missing.json()["code"]) == (MISSING, "accord.not_here")


def test_a_file_that_waits_for_a_commitment_says_how_that_stands_then_and_now(desks: Desks) -> None:
    now = int(time.time() * 1000)
    owed = {"names": {"en": "Pay"}, "owed_by": ["mop"], "check": "other_side", "due": {"by": now + HOUR}}
    promise = say(desks.duty, desks, "commitment", {**owed, "owed_to": ["joc"]})
    file = say(
        desks.duty, desks, "negotiation_file", {"names": {"en": "Dues"}, "state": "open", "waits_for": [promise]}
    )

    def stands(desk: httpx.Client, **more: str) -> tuple[bool | None, str | None, bool]:
        found = next(one for one in get(desk, desks, "files", **more)["files"] if one["ref"] == file)
        (wait,) = found["waits_for"]
        assert (wait["ref"], wait["names"]) == (promise, {"en": "Pay"})
        return wait["settled"], wait["promised"], found["free"]

    assert stands(desks.duty) == (False, None, False), "the other side has not accepted it"
    until(lambda: any(one["ref"] == file for one in get(desks.other, desks, "files")["files"]))
    word(desks.other, desks, promise)
    until(lambda: stands(desks.duty) == (False, "not_yet_due", False))
    before = int(time.time() * 1000)
    say(desks.duty, desks, "assessment", {"word": "kept", "reading": 3}, about=promise)
    for desk in (desks.duty, desks.other):
        until(lambda desk=desk: stands(desk) == (True, "kept", True))  # type: ignore[misc] # as above
    assert stands(desks.other, at=str(before)) == (False, "not_yet_due", False), "as it stood before that word"


def test_an_invitation_goes_out_and_a_strangers_comes_in_as_a_meeting_and_again_as_its_change(desks: Desks) -> None:
    when = {"from": NOON, "to": NOON + HOUR}
    ref = say(desks.duty, desks, "meeting", {"names": {"ckb": "کۆبوونەوە"}, "status": "planned", "when": when})
    params = {"circle": desks.circle.id, "meeting": ref, "lang": "ckb"}
    answer = desks.duty.get("/accord/calendar", params=params)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert ".ics" in answer.headers["content-disposition"]
    where = {"circle": desks.circle.id}
    (own,) = desks.duty.post("/accord/calendar/look", params=where, content=answer.content).json()
    assert (own["meeting"], own["changes"]) == (ref, []), "what went out says nothing new"
    assert desks.duty.get("/accord/calendar", params=where).text.count("BEGIN:VEVENT") == len(
        meetings(desks.duty, desks)
    )

    def stranger(hour: int, status: str = "CONFIRMED") -> bytes:
        head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:a-visit@x.org\r\nSUMMARY:Visit\r\n"
        organiser = "ORGANIZER;CN=A Person:mailto:a@x.org\r\n"
        tail = f"STATUS:{status}\r\nDTSTART:20200710T{hour:02}0000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        return f"{head}{organiser}{tail}".encode()

    def take(desk: httpx.Client, data: bytes) -> httpx.Response:
        rows = desk.post("/accord/calendar/look", params=where, content=data).json()
        assert rows[0]["people"] == 1
        chosen = [{"uid": one["uid"], "fields": one["fields"], "revision": one["revision"]} for one in rows]
        return desk.post("/accord/calendar", json={"release": where, "rows": chosen})

    before = len(meetings(desks.duty, desks))
    taken = take(desks.duty, stranger(9))
    assert taken.status_code == CREATED, taken.text
    (new,) = (one["ref"] for one in taken.json()["refs"])
    assert len(meetings(desks.duty, desks)) == before + 1
    assert "Person" not in desks.duty.get(f"/records/{desks.circle.id}/{new}").text
    assert take(desks.duty, stranger(10)).status_code == CREATED
    assert len(meetings(desks.duty, desks)) == before + 1
    until(lambda: new in meetings(desks.other, desks) and len(meetings(desks.other, desks)[new]["sides"]) == 1)
    assert take(desks.other, stranger(11, "CANCELLED")).status_code == CREATED, "the other side says so beside it"
    until(lambda: [side["status"] for side in meetings(desks.duty, desks)[new]["sides"]] == ["planned", "cancelled"])
    assert meetings(desks.duty, desks)[new]["differ"]


def test_a_calendar_is_refused_where_it_is_hostile_where_it_is_late_and_from_a_reader(desks: Desks) -> None:
    where = {"circle": desks.circle.id}
    bad = desks.duty.post("/accord/calendar/look", params=where, content=b"no calendar")
    assert (bad.status_code, bad.json()["code"]) == (BAD, "calendar.unreadable")
    data = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20200710T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert desks.reader.post("/accord/calendar/look", params=where, content=data).status_code == FORBIDDEN
    rows = [{"uid": "late", "fields": {"status": "planned"}, "revision": "joc/older"}]
    late = desks.duty.post("/accord/calendar", json={"release": where, "rows": rows})
    assert (late.status_code, late.json()["code"]) == (CONFLICT, "calendar.changed")
    assert desks.reader.post("/accord/calendar", json={"release": where, "rows": rows}).status_code == FORBIDDEN
