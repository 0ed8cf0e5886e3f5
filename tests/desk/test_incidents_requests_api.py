"""Requests, the hotline and the watch on two real nodes: both boards say the same, and the wrong word is refused."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from nodes import until
from tansiq.records.entry import new_record_id

from .conftest import Desks

OK, CREATED, BAD, FORBIDDEN, MISSING, CONFLICT = 200, 201, 400, 403, 404, 409
HOUR = 3_600_000
SECRET = "the words of the call"


def now() -> int:
    return int(time.time() * 1000)


def get(desk: httpx.Client, path: str, **params: Any) -> Any:
    answer = desk.get(path, params=params)
    assert answer.status_code == OK, answer.text
    return answer.json()


def post(desk: httpx.Client, desks: Desks, path: str, **fields: Any) -> httpx.Response:
    return desk.post(path, json={"circle": desks.circle.id, **fields})


def done(answer: httpx.Response) -> str:
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["ref"])


def refused(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def request(desks: Desks, ref: str, desk: httpx.Client | None = None, at: int | None = None) -> Any:
    return get(desk or desks.duty, f"/incidents/requests/{ref}", circle=desks.circle.id, **({"at": at} if at else {}))


def put(desk: httpx.Client, desks: Desks, **fields: Any) -> str:
    given = {"request_type": "support", "to": ["mop"], "text": "an ambulance", **fields}
    return done(post(desk, desks, "/incidents/requests", fields=given))


def come(desk: httpx.Client, desks: Desks, ref: str) -> str:
    until(lambda: desk.get(f"/records/{desks.circle.id}/{ref}").status_code == OK)
    return ref


def step(desk: httpx.Client, desks: Desks, ref: str, name: str, **fields: Any) -> httpx.Response:
    return post(desk, desks, "/incidents/requests/steps", request=ref, step=name, **fields)


def test_a_request_goes_from_put_to_answered_and_both_boards_say_the_same(desks: Desks) -> None:
    ref = put(desks.duty, desks, due=now() + HOUR)
    refused(step(desks.duty, desks, ref, "taken"), FORBIDDEN, "requests.not_asked")
    come(desks.other, desks, ref)
    refused(step(desks.other, desks, ref, "answered"), BAD, "requests.no_answer")
    refused(step(desks.other, desks, ref, "refused"), BAD, "requests.no_reason")
    done(step(desks.other, desks, ref, "taken", owner="medical office"))
    raised = done(step(desks.duty, desks, ref, "escalated", level="command", reason="time passes"))
    come(desks.other, desks, raised)
    refused(
        step(desks.other, desks, ref, "escalated", level="centre", reason="lower"), CONFLICT, "requests.not_higher"
    )  # fmt: skip
    until(lambda: request(desks, ref)["state"] == "taken")
    assert request(desks, ref)["level"] == "command"
    answer = done(step(desks.other, desks, ref, "answered", text="it is on its way", lang="en"))
    come(desks.duty, desks, answer)
    at = now()
    assert request(desks, ref, at=at) == request(desks, ref, desks.other, at)
    assert (request(desks, ref)["state"], request(desks, ref)["level"]) == ("answered", None)
    refused(step(desks.other, desks, ref, "taken"), CONFLICT, "requests.over")
    boards = [get(desk, "/incidents/requests", circle=desks.circle.id, at=at) for desk in (desks.duty, desks.other)]
    assert boards[0] == boards[1]
    (mop,) = [one for one in boards[0]["sides"] if one["party"] == "mop"]
    assert (mop["answered"], mop["in_time"], mop["waiting"]) == (1, 1, 0)


def test_no_edit_moves_the_clock_of_a_request_and_only_its_party_withdraws_it(desks: Desks) -> None:
    ref = put(desks.duty, desks, due=now() + HOUR)
    before = request(desks, ref)["parties"][0]["answered"]
    body = {"kind": "request", "fields": {"due": now() + 9 * HOUR}, "releases": [{"circle": desks.circle.id}]}
    refused(desks.duty.post("/records", json={**body, "revises": ref}), BAD, "requests.clock_runs")
    said = desks.duty.post("/records", json={**body, "fields": {"text": "two ambulances"}, "revises": ref})
    assert said.status_code == CREATED
    assert request(desks, ref)["parties"][0]["answered"] == before
    come(desks.other, desks, ref)
    refused(post(desks.other, desks, f"/incidents/requests/{ref}/withdraw"), FORBIDDEN, "record.not_own")
    changed = step(desks.other, desks, ref, "taken", revision=ref.split("/")[1])
    until(lambda: request(desks, ref, desks.other)["revisions"] == 2)
    refused(step(desks.other, desks, ref, "taken", revision=ref.split("/")[1]), CONFLICT, "requests.changed")
    assert changed.status_code in (CREATED, CONFLICT)
    done(post(desks.duty, desks, f"/incidents/requests/{ref}/withdraw", reason="no longer needed"))
    assert request(desks, ref)["state"] == "withdrawn"
    refused(post(desks.duty, desks, f"/incidents/requests/{ref}/withdraw"), CONFLICT, "requests.over")


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("requests.of_itself", {"to": ["joc"]}),
        ("requests.of_nobody", {"to": []}),
        ("requests.no_member", {"to": ["coalition"]}),
        ("requests.no_text", {"text": " "}),
        ("requests.due_before", {"due": 1}),
        ("requests.of_a_person", {"text": "أين العقيد أحمد حسن؟"}),
    ],
)
def test_what_nobody_could_answer_is_not_put(desks: Desks, code: str, fields: dict[str, Any]) -> None:
    given = {"request_type": "support", "to": ["mop"], "text": "x", **fields}
    answer = post(desks.duty, desks, "/incidents/requests", fields=given)
    refused(answer, BAD, code)


def said(desks: Desks) -> int:
    """How many records of this side there are."""
    found = get(desks.duty, "/picture", circle=desks.circle.id, after=0, limit=2000)["objects"]
    return sum(one["party"] == "joc" for one in found)


def shown(desks: Desks, path: str, **fields: Any) -> dict[str, Any]:
    """What each party would see, by its id; nothing is said."""
    before = said(desks)
    answer = post(desks.duty, desks, path, **fields)
    assert answer.status_code == OK, answer.text
    assert said(desks) == before
    return {one["party"]: one["fields"] for one in answer.json()["columns"]}


def test_before_a_word_is_said_one_sees_what_each_party_will_see_of_it(desks: Desks) -> None:
    seen = shown(desks, "/incidents/messages/preview", text="on our way", to=["mop"], urgent=True)
    assert seen["joc"] == seen["mop"] == {"text": "on our way", "to": ["mop"], "urgent": True}
    refused(post(desks.duty, desks, "/incidents/messages/preview", text=" "), BAD, "hotline.empty")
    refused(post(desks.reader, desks, "/incidents/messages/preview", text="x"), FORBIDDEN, "gate.may_not_release")

    call = {"with": "mop", "text": SECRET, "at": now() - HOUR, "minutes": 5}
    seen = shown(desks, "/incidents/calls/preview", **call)
    assert seen["joc"]["text"] == SECRET
    assert SECRET not in str(seen["mop"])
    assert shown(desks, "/incidents/calls/preview", **call, share=True)["mop"]["text"] == SECRET

    ref = come(desks.duty, desks, put(desks.other, desks, to=["joc"]))
    answer = {"request": ref, "step": "answered", "text": "at 10"}
    assert shown(desks, "/incidents/requests/steps/preview", **answer)["mop"] == {"step": "answered", "text": "at 10"}
    own = put(desks.duty, desks)
    path = f"/incidents/requests/{own}/withdraw/preview"
    assert shown(desks, path, reason="done")["mop"] == {"withdrawn": True, "reason": "done"}
    refused(
        post(desks.duty, desks, "/incidents/requests/steps/preview", request=own, step="taken"),
        FORBIDDEN,
        "requests.not_asked",
    )
    assert (request(desks, ref)["state"], request(desks, own)["state"]) == ("open", "open")


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again_and_nothing_is_said_twice(desks: Desks) -> None:
    once = new_record_id(now())
    ref = put(desks.duty, desks)
    come(desks.other, desks, ref)
    raised = {"level": "ministry", "reason": "time passes", "once": new_record_id(now())}
    steps = [done(step(desks.other, desks, ref, "escalated", **raised)) for _ in range(2)]
    messages = [done(post(desks.duty, desks, "/incidents/messages", text="hello", once=once)) for _ in range(2)]
    call = {"with": "mop", "at": now() - HOUR, "once": new_record_id(now())}
    calls = [done(post(desks.duty, desks, "/incidents/calls", **call)) for _ in range(2)]
    assert all(one == other for one, other in (steps, messages, calls))


def test_each_side_knows_of_every_circle_what_waits_for_its_word(desks: Desks) -> None:
    def mine(desk: httpx.Client) -> tuple[int, int]:
        found = {one["circle"]: one for one in get(desk, "/incidents/waiting")["circles"]}
        one = found.get(desks.circle.id, {"waiting": 0, "late": 0})
        return one["waiting"], one["late"]

    before, ours = mine(desks.other), mine(desks.duty)
    refs = [put(desks.duty, desks, due=now() + HOUR), put(desks.duty, desks, due=now() + 300)]
    for ref in refs:
        come(desks.other, desks, ref)
    until(lambda: mine(desks.other) == (before[0] + 2, before[1] + 1))
    assert mine(desks.duty) == ours
    done(step(desks.other, desks, refs[1], "answered", text="late, yet answered"))
    assert mine(desks.other) == (before[0] + 1, before[1])


def word(desk: httpx.Client, desks: Desks, ref: str) -> Any:
    found = get(desk, "/incidents/messages", circle=desks.circle.id)["words"]
    return next(one for one in found if one["ref"] == ref)


def ringing(desk: httpx.Client) -> list[str]:
    return [one["word"]["ref"] for one in get(desk, "/incidents/ringing")["rings"]]


def test_an_urgent_message_rings_at_the_other_desk_until_it_is_read_there(desks: Desks) -> None:
    ref = done(post(desks.duty, desks, "/incidents/messages", text="are you there?", urgent=True))
    until(lambda: ref in ringing(desks.other))
    assert ref not in ringing(desks.duty)
    until(lambda: word(desks.duty, desks, ref)["receivers"][0]["step"] == "received")
    refused(post(desks.duty, desks, f"/incidents/messages/{ref}/read"), FORBIDDEN, "hotline.not_for_us")
    refused(
        post(desks.other, desks, f"/incidents/messages/{ref}/read", revision="0" * 36), CONFLICT, "hotline.changed"
    )  # fmt: skip
    mark = done(post(desks.other, desks, f"/incidents/messages/{ref}/read"))
    assert ref not in ringing(desks.other)
    assert done(post(desks.other, desks, f"/incidents/messages/{ref}/read")) == mark, "said once"
    until(lambda: word(desks.duty, desks, ref)["receivers"][0]["step"] == "read")
    answer = done(post(desks.other, desks, "/incidents/messages", text="yes", answers=ref))
    until(lambda: word(desks.duty, desks, ref)["receivers"][0]["answer"] == answer)
    assert word(desks.other, desks, answer)["to"] == ["joc"]
    refused(post(desks.duty, desks, "/incidents/messages", text=" "), BAD, "hotline.empty")
    refused(post(desks.duty, desks, "/incidents/messages", text="x", to=["joc"]), BAD, "hotline.to_itself")
    refused(post(desks.duty, desks, "/incidents/messages", text="x", to=["coalition"]), BAD, "hotline.no_member")
    refused(
        post(desks.duty, desks, "/incidents/messages", text="x", answers="mop/nothing"), MISSING, "hotline.not_here"
    )


def test_a_reader_sees_the_board_and_says_nothing(desks: Desks) -> None:
    assert get(desks.reader, "/incidents/requests", circle=desks.circle.id)["requests"] is not None
    refused(post(desks.reader, desks, "/incidents/messages", text="x"), FORBIDDEN, "gate.may_not_release")


def test_a_call_is_noted_for_both_and_what_was_said_stays_here(desks: Desks) -> None:
    call = {"with": "mop", "means": "phone", "minutes": 4, "text": SECRET}
    ref = done(post(desks.duty, desks, "/incidents/calls", **call))
    come(desks.other, desks, ref)
    seen = desks.other.get("/incidents/watch", params={"circle": desks.circle.id})
    assert SECRET not in seen.text
    (line,) = [one for one in seen.json()["log"]["lines"] if one["ref"] == ref]
    assert (line["category"], line["means"], line["text"], line["actors"]) == ("call", "phone", None, ["mop"])
    assert line["to"] - line["from"] == 4 * 60_000
    assert line["to"] <= now(), "a call that took place is over"
    refused(
        post(desks.duty, desks, "/incidents/calls", **{"with": "mop", "at": now(), "minutes": 9}),
        BAD,
        "hotline.later_call",
    )
    refused(post(desks.duty, desks, "/incidents/calls", **{"with": "coalition"}), BAD, "hotline.no_member")
    refused(post(desks.duty, desks, "/incidents/calls", **{"with": "joc"}), BAD, "hotline.to_itself")
    refused(
        post(desks.duty, desks, "/incidents/calls", **{"with": "mop", "at": now() + HOUR}), BAD, "hotline.later_call"
    )  # fmt: skip


def test_the_watch_shows_own_entries_beside_shared_ones_and_who_is_on_duty(desks: Desks) -> None:
    private = next(one["id"] for one in get(desks.duty, "/node")["circles"] if one["private"])
    own = {"kind": "log", "fields": {"text": "for ourselves", "category": "entry"}, "releases": [{"circle": private}]}
    assert desks.duty.post("/records", json=own).status_code == CREATED

    def say(kind: str, fields: dict[str, Any], **more: Any) -> str:
        body = {"kind": kind, "fields": fields, "releases": [{"circle": desks.circle.id}], **more}
        answer = desks.duty.post("/records", json=body)
        assert answer.status_code == CREATED, answer.text
        return str(answer.json()["refs"][0]["ref"])

    centre = say("centre", {"names": {"en": "Dibis"}, "state": "active"})
    at = now()
    duty = {"from": at - HOUR, "to": at + HOUR, "strength": 2, "role": "liaison"}
    say("roster", {"status": "served", "duties": [duty]}, about=centre)
    found = get(desks.duty, "/incidents/watch", circle=desks.circle.id)
    assert "for ourselves" in [line["text"] for line in found["own"]]
    assert "for ourselves" not in [line["text"] for line in found["log"]["lines"]]
    (place,) = [one for one in found["places"] if one["ref"] == centre]
    joc, mop = place["duty"]
    assert (joc["roles"], joc["counted"], joc["until"]) == ({"liaison": 2}, "served", at + HOUR)
    assert (mop["counted"], mop["strength"]) == (None, 0)
    assert "for ourselves" not in desks.other.get("/incidents/watch", params={"circle": desks.circle.id}).text
