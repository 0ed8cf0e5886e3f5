"""Commitments at the desk, over real sockets between real nodes: the patrol that stops, and what follows."""

from __future__ import annotations

import time
from typing import Any

import httpx

from gaps.worlds import at, square
from nodes import until

from .conftest import Desks

OK, CREATED, MISSING = 200, 201, 404
DAY = 86_400_000
ALWAYS = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440}], "offset": 180}
RING = [list(point) for point in square(40)]


def say(desk: httpx.Client, desks: Desks, kind: str, fields: dict[str, Any], **top: Any) -> str:
    body = {"kind": kind, "fields": fields, "releases": [{"circle": desks.circle.id}], **top}
    answer = desk.post("/records", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["refs"][0]["ref"])


def one(desk: httpx.Client, desks: Desks, ref: str, **how: Any) -> dict[str, Any]:
    answer = desk.get(f"/accord/promises/{ref}", params={"circle": desks.circle.id, **how})
    assert answer.status_code == OK, answer.text
    return dict(answer.json())


def promise(desk: httpx.Client, desks: Desks, ref: str, **how: Any) -> dict[str, Any]:
    return dict(one(desk, desks, ref, **how)["view"]["promise"])


def digest(desk: httpx.Client, desks: Desks, at: int) -> dict[str, Any]:
    answer = desk.post("/accord/promises/evaluate", json={"circle": desks.circle.id, "at": at})
    assert answer.status_code == OK, answer.text
    return dict(answer.json())


def test_a_promise_over_the_ground_turns_when_a_patrol_stops_is_contested_and_kept(desks: Desks) -> None:
    area = say(desks.duty, desks, "area", {"names": {"en": "Ground"}, "ring": RING, "purpose": "joint_interest"})
    patrol = {"path": [list(at(0, 20)), list(at(40, 20))], "width_m": 4400, "hours": ALWAYS, "status": "running"}
    runs = say(desks.other, desks, "patrol", patrol)
    post = {"place": {"lat": at(5, 5)[1], "lon": at(5, 5)[0], "accuracy": 50}, "status": "manned", "range_day_m": 300}
    say(desks.duty, desks, "post", post)
    rule = {"rule": "area_covered", "area": area, "share_percent": 80, "hours_a_day": 20}
    fields = {
        "names": {"en": "Covered", "ar": "مغطاة", "ckb": "داپۆشراو"},
        "owed_by": ["mop"],
        "owed_to": ["joc"],
        "due": {"by": int(time.time() * 1000) - DAY},
        "rule": rule,
    }
    until(lambda: any(found["ref"] == runs for found in _objects(desks.duty, desks, "patrol")))
    ref = say(desks.duty, desks, "commitment", fields)
    until(lambda: any(found["ref"] == ref for found in _objects(desks.other, desks, "commitment")))
    assert promise(desks.duty, desks, ref)["standing"]["name"] == "proposed"
    word = {"circle": desks.circle.id, "about": ref, "verdict": "accepted"}
    assert desks.other.post("/accord/words", json=word).status_code == CREATED
    until(lambda: promise(desks.duty, desks, ref)["state"] == "kept")
    shown = one(desks.duty, desks, ref)
    finding = shown["view"]["promise"]["finding"]
    assert (finding["outcome"], finding["reached"]) == ("met", 24)
    assert {found["thing"] for found in shown["cited"]} >= {area, runs, ref}

    stopped = say(desks.other, desks, "patrol", {"status": "suspended"}, revises=runs)
    until(lambda: promise(desks.duty, desks, ref)["state"] == "late")
    late = promise(desks.duty, desks, ref)
    assert late["finding"]["reached"] == 0
    assert stopped in late["finding"]["refs"], "that it stopped is what the answer is drawn from"

    contest = say(desks.other, desks, "assessment", {"word": "disputed", "reason": "it goes by night"}, about=ref)
    until(lambda: promise(desks.duty, desks, ref)["state"] == "disputed")
    assert promise(desks.duty, desks, ref)["by"] == [contest]
    say(desks.other, desks, "patrol", {"status": "running"}, revises=runs)
    say(desks.other, desks, "assessment", {"word": "kept", "reading": 3}, about=ref)
    until(lambda: promise(desks.duty, desks, ref)["state"] == "kept")

    until(lambda: _same(desks))
    when = int(time.time() * 1000)
    assert digest(desks.duty, desks, when) == digest(desks.other, desks, when)
    assert digest(desks.duty, desks, when)["promises"][ref]


def _same(desks: Desks) -> bool:
    when = int(time.time() * 1000)
    return bool(digest(desks.duty, desks, when)["digest"] == digest(desks.other, desks, when)["digest"])


def _objects(desk: httpx.Client, desks: Desks, kind: str) -> list[dict[str, Any]]:
    answer = desk.get("/picture", params={"circle": desks.circle.id, "kind": kind})
    return list(answer.json()["objects"])


def test_the_list_the_record_and_what_is_not_there(desks: Desks) -> None:
    ref = say(desks.duty, desks, "commitment", {"owed_by": ["joc"], "names": {"en": "Alone"}})
    found = desks.duty.get("/accord/promises", params={"circle": desks.circle.id}).json()
    assert ref in [view["promise"]["ref"] for view in found["promises"]]
    assert found["sides"] == ["joc", "mop"]
    record = desks.duty.get("/accord/record", params={"circle": desks.circle.id}).json()
    names = [[figure["name"] for figure in side["figures"]] for side in record["sides"]]
    assert len(names) == 2
    assert names[0] == names[1]
    missing = desks.duty.get("/accord/promises/joc/nothing", params={"circle": desks.circle.id})
    assert (missing.status_code, missing.json()["code"]) == (MISSING, "accord.no_commitment")
    early = desks.duty.get("/accord/promises", params={"circle": desks.circle.id, "at": 1})
    assert early.json()["promises"] == []


def test_answers_to_plans_are_measured_by_both_nodes_alike(desks: Desks) -> None:
    start = int(time.time() * 1000) + 3 * DAY
    window = {"from": start, "to": start + 3_600_000}
    plan = {"activity": "patrol", "ask": "no_objection", "asks": ["mop"], "volumes": [{"ring": RING, "window": window}]}
    body = {"release": {"circle": desks.circle.id}, "fields": plan, "urgent": True}
    announced = desks.duty.post("/movements/plans", json=body)
    assert announced.status_code == CREATED, announced.text
    plan_ref = str(announced.json()["ref"])
    until(lambda: any(found["ref"] == plan_ref for found in _objects(desks.other, desks, "activity")))
    answer = {"circle": desks.circle.id, "about": plan_ref, "verdict": "clear"}
    assert desks.other.post("/movements/answers", json=answer).status_code == CREATED
    until(lambda: _median(desks) is not None)
    record = desks.duty.get("/accord/record", params={"circle": desks.circle.id}).json()
    mop = next(side for side in record["sides"] if side["party"] == "mop")
    figures = {figure["name"]: figure for figure in mop["figures"]}
    assert plan_ref in figures["median_answer"]["refs"]
    assert figures["unanswered"]["value"] == 0


def _median(desks: Desks) -> int | None:
    record = desks.duty.get("/accord/record", params={"circle": desks.circle.id}).json()
    mop = next(side for side in record["sides"] if side["party"] == "mop")
    found = next(figure for figure in mop["figures"] if figure["name"] == "median_answer")
    return None if found["value"] is None else int(found["value"])
