"""Movements at the desk, over real sockets between two real nodes."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from nodes import until

from .conftest import Desks

OK, CREATED, BAD, UNSIGNED, FORBIDDEN, MISSING = 200, 201, 400, 401, 403, 404
HOUR = 3_600_000
RING = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000], [430000000, 350100000]]


def volumes(hours: int = 72, ring: list[list[int]] = RING) -> list[dict[str, Any]]:
    """One area for an hour, from so many hours from now on."""
    start = int(time.time() * 1000) + hours * HOUR
    return [{"ring": ring, "window": {"from": start, "to": start + HOUR}}]


def announce(desk: httpx.Client, desks: Desks, **fields: Any) -> str:
    body = {
        "release": {"circle": desks.circle.id},
        "fields": {"activity": "patrol", "volumes": volumes(), **fields},
        "urgent": True,
    }
    answer = desk.post("/movements/plans", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["ref"])


def plans(desk: httpx.Client, desks: Desks) -> dict[str, dict[str, Any]]:
    found = desk.get("/movements", params={"circle": desks.circle.id})
    assert found.status_code == OK, found.text
    return {one["ref"]: one for one in found.json()["plans"]}


def test_a_plan_is_announced_found_answered_and_agreed(desks: Desks) -> None:
    theirs = announce(desks.other, desks)
    until(lambda: theirs in plans(desks.duty, desks))
    draft = desks.duty.post("/movements/check", json={"volumes": volumes(), "circle": desks.circle.id})
    assert draft.json()["collisions"] == 1
    shown = desks.duty.post(
        "/movements/preview",
        json={"release": {"circle": desks.circle.id}, "fields": {"activity": "patrol", "volumes": volumes()}},
    ).json()
    assert shown["fields"]["knows"] == [theirs]
    assert {one["party"]: one["fields"] is None for one in shown["columns"]} == {
        "joc": False,
        "mop": False,
        "coalition": True,
    }
    mine = announce(desks.duty, desks)
    until(lambda: mine in plans(desks.other, desks))
    body = {"circle": desks.circle.id, "about": mine, "verdict": "clear"}
    assert desks.other.post("/movements/answers", json=body).status_code == CREATED
    until(lambda: plans(desks.duty, desks)[mine]["state"] == "agreed")
    assert plans(desks.other, desks)[mine]["state"] == "agreed"
    ours, same = (
        desk.get("/movements", params={"circle": desks.circle.id}).json()["collisions"]
        for desk in (desks.duty, desks.other)
    )
    assert ours == same
    (collision,) = (one for one in ours if set(one["plans"]) == {mine, theirs})
    page = desks.other.get(f"/movements/collisions/{collision['id']}", params={"circle": desks.circle.id}).json()
    assert [one["kind"] for one in page["said"]] == ["activity", "activity", "answer"]
    over = {"release": {"circle": desks.circle.id}, "fields": {"status": "cancelled"}, "revises": mine}
    assert desks.duty.post("/movements/plans", json=over).status_code == CREATED
    page = desks.duty.get(f"/movements/collisions/{collision['id']}", params={"circle": desks.circle.id}).json()
    assert page["collision"] is None, "they meet no more, and what was said about it stays"
    assert [one["kind"] for one in page["said"]] == ["activity", "activity", "answer", "activity"]


def test_a_draft_is_looked_at_beside_own_plans_apart_from_the_one_that_it_changes(desks: Desks) -> None:
    body = {"volumes": volumes(), "circle": desks.circle.id}
    mine = announce(desks.duty, desks)
    found = desks.duty.post("/movements/check", json=body).json()
    assert mine in [hit["ref"] for hit in found["own"]]
    assert mine not in [hit["ref"] for hit in found["hits"]], "nobody collides with itself"
    found = desks.duty.post("/movements/check", json={**body, "revises": mine}).json()
    assert mine not in [hit["ref"] for hit in found["own"]]


def test_pasted_references_and_files_are_read_for_a_draft(desks: Desks) -> None:
    start = int(time.time() * 1000) + 400 * HOUR
    beside = {"from": start, "to": start + HOUR}
    body = {"text": "38SLE4560 6720\n38SLE4660 6720\n38SLE4660 6820", "beside": beside}
    found = desks.duty.post("/movements/check", json=body)
    assert found.status_code == OK, found.text
    assert len(found.json()["volumes"][0]["ring"]) == 3
    gpx = (
        '<gpx><rte><rtept lat="35" lon="43"><time>2030-01-01T00:00:00Z</time></rtept>'
        '<rtept lat="35.1" lon="43.1"><time>2030-01-01T01:00:00Z</time></rtept></rte></gpx>'
    )
    body = {"text": gpx, "name": "way.gpx", "beside": {"width_m": 200}}
    assert desks.duty.post("/movements/check", json=body).json()["volumes"][0]["width_m"] == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"volumes": [{"ring": RING}]}, "record.bad_fields"),
        (
            {"volumes": [{"ring": [[0, 0], [10, 10], [0, 10], [10, 0]], "window": {"from": 0, "to": 1}}]},
            "movements.self_crossing",
        ),
        ({"volumes": [{"ring": RING, "window": {"from": 5, "to": 5}}]}, "movements.window_reversed"),
        ({"text": "{}", "name": "x.geojson"}, "activities.file_unreadable"),
        ({"text": "<!DOCTYPE a><gpx/>", "name": "x.gpx"}, "activities.file_unreadable"),
        ({"text": "a,b\n1,2", "name": "x.csv"}, "activities.file_unreadable"),
        ({"text": "", "name": "list"}, "movements.ring_short"),
        ({"text": "x", "beside": {"from": "soon"}}, "record.bad_fields"),
    ],
)
def test_a_bad_draft_is_refused_in_words(desks: Desks, body: dict[str, Any], code: str) -> None:
    answer = desks.duty.post("/movements/check", json=body)
    assert answer.status_code == BAD
    assert answer.json()["code"] == code
    assert answer.json()["next"]


def test_only_who_may_release_announces_and_only_who_signed_in_looks(desks: Desks) -> None:
    body = {"release": {"circle": desks.circle.id}, "fields": {"activity": "patrol", "volumes": volumes()}}
    assert desks.reader.post("/movements/plans", json=body).status_code == FORBIDDEN
    assert desks.reader.get("/movements", params={"circle": desks.circle.id}).status_code == OK
    address = f"{desks.served.url}/api/v1/movements?circle={desks.circle.id}"
    assert httpx.get(address, timeout=30).status_code == UNSIGNED
    missing = desks.duty.get(f"/movements/collisions/{'0' * 32}", params={"circle": desks.circle.id})
    assert (missing.status_code, missing.json()["code"]) == (MISSING, "activities.no_collision")


def test_no_door_lets_a_plan_out_that_cannot_be_compared(desks: Desks) -> None:
    bad = [{"ring": [[0, 0], [10, 10], [0, 10], [10, 0]], "window": {"from": 0, "to": 1}}]
    for path in ("/records", "/records/preview"):
        body = {"kind": "activity", "fields": {"volumes": bad}, "releases": [{"circle": desks.circle.id}]}
        assert desks.duty.post(path, json=body).json()["code"] == "movements.self_crossing"
