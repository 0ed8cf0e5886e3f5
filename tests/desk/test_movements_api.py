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
        ({"volumes": [{"ring": RING, "window": {"from": 9, "to": 5}}]}, "movements.window_reversed"),
        (
            {"volumes": [{"path": [[0, 0], [0, 0]], "width_m": 9, "window": {"from": 0, "to": 1}}]},
            "movements.no_length",
        ),
        ({"volumes": [{"route": [[0, 0, 1], [0, 0, 2]], "width_m": 9}]}, "movements.no_length"),
        ({"volumes": [{"route": [[0, 0, 2], [9000, 0, 2]], "width_m": 9}]}, "movements.times_order"),
        ({"volumes": [{"route": [[0, 0, 2], [90_000_000, 0, 3]], "width_m": 9}]}, "movements.too_fast"),
        (
            {"volumes": [{"ring": [[0, 0], [9, 0], [9, 850_000_000]], "window": {"from": 0, "to": 1}}]},
            "movements.latitude",
        ),
        ({"volumes": [{"ring": RING, "window": {"from": 0, "to": 367 * 24 * HOUR}}]}, "activities.too_long"),
        (
            {
                "volumes": [
                    {
                        "route": [[430_000_000 + n * 100, 350_000_000, n * 1000] for n in range(900)],
                        "width_m": 9,
                        "repeat": {"every_minutes": 1440, "times": 366},
                    }
                ]
            },
            "activities.too_many_corners",
        ),
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


def test_months_seconds_and_the_far_side_of_the_world_are_compared_rightly(desks: Desks) -> None:
    half_turn = 1_800_000_000
    start = int(time.time() * 1000) + 1000 * HOUR
    month = {"from": start, "to": start + 30 * 24 * HOUR}
    fiji = [[half_turn - 9000, -170_000_000], [9000 - half_turn, -170_000_000], [9000 - half_turn, -169_990_000]]
    held = announce(desks.other, desks, activity="exercise", volumes=[{"ring": fiji, "window": month}])
    until(lambda: held in plans(desks.duty, desks))

    def met(west: int, begins: int, lasts: int) -> list[str]:
        way = [[west, -169_995_000], [west + 100, -169_995_000]]
        volume = {"path": way, "width_m": 2, "window": {"from": begins, "to": begins + lasts}}
        body = {"volumes": [volume], "circle": desks.circle.id}
        found = desks.duty.post("/movements/check", json=body)
        assert found.status_code == OK, found.text
        return [hit["ref"] for hit in found.json()["hits"]]

    day = 24 * HOUR
    for west in (half_turn - 5000, 5000 - half_turn):
        assert met(west, start + 15 * day, 1000) == [held], "one second in the middle of a month"
        assert met(west, start + 30 * day + 31 * 60_000, 1000) == [], "one second after its half hour of margin"
        assert met(west, start - 29 * 60_000, 1000) == [held], "within the half hour before"
    assert met(half_turn - 3_000_000, start + 15 * day, 1000) == [], "thirty kilometres west of it"
    assert met(0, start + 15 * day, 1000) == [], "on this side of the world"


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
