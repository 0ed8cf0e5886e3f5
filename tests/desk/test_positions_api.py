"""Live positions at the desk, over real sockets between two real nodes."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from nodes import until

from .conftest import Desks
from .test_movements_api import BAD, CREATED, FORBIDDEN, HOUR, MISSING, OK, RING, UNSIGNED, announce

INSIDE = {"lat": 350_050_000, "lon": 430_050_000}
OUTSIDE = {"lat": 350_050_000, "lon": 431_050_000}


def running(desk: httpx.Client, desks: Desks) -> str:
    """A plan that takes place now."""
    now = int(time.time() * 1000)
    window = {"from": now - HOUR, "to": now + HOUR}
    return announce(desk, desks, volumes=[{"ring": RING, "window": window}], ask="inform")


def asked(desks: Desks, activity: str, **more: Any) -> dict[str, Any]:
    return {"circle": desks.circle.id, "activity": activity, **more}


def live(desk: httpx.Client, desks: Desks, activity: str) -> dict[str, Any]:
    """How one's place stands at a desk; empty where nobody showed it."""
    found = desk.get("/movements/positions", params={"circle": desks.circle.id})
    assert found.status_code == OK, found.text
    return next((one for one in found.json()["positions"] if one["ref"] == activity), {})


def test_a_place_is_shown_before_it_is_told_and_alarms_at_the_other_desk_until_it_is_back(desks: Desks) -> None:
    activity = running(desks.duty, desks)
    preview = desks.duty.post("/movements/positions/preview", json=asked(desks, activity, **INSIDE)).json()
    assert (preview["about"], preview["revises"]) == (activity, None)
    assert preview["fields"]["square"]["size"] == 1000
    (mop,) = (one for one in preview["columns"] if one["party"] == "mop")
    assert "lat" not in mop["fields"]
    assert mop["fields"]["square"] == preview["fields"]["square"]
    assert live(desks.duty, desks, activity) == {}, "a preview tells nothing"

    told = desks.duty.post("/movements/positions", json=asked(desks, activity, **INSIDE, accuracy_m=10))
    assert told.status_code == CREATED, told.text
    until(lambda: live(desks.other, desks, activity).get("alarms") == [])
    assert desks.duty.post("/movements/positions", json=asked(desks, activity, **OUTSIDE)).status_code == CREATED
    until(lambda: live(desks.other, desks, activity).get("alarms") == ["outside"])
    ours, theirs = (live(desk, desks, activity) for desk in (desks.duty, desks.other))
    assert ours == theirs
    assert desks.duty.post("/movements/positions", json=asked(desks, activity, **INSIDE)).status_code == CREATED
    until(lambda: live(desks.other, desks, activity).get("alarms") == [])
    assert live(desks.other, desks, activity)["reports"] == 3


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({}, BAD, "positions.no_place"),
        ({**INSIDE, "grid": 1}, BAD, "positions.grid"),
        ({"lat": 900_000_000, "lon": 0}, BAD, "place.polar"),
        ({**INSIDE, "person": "nobody"}, BAD, "record.bad_fields"),
        ({**INSIDE, "accuracy_m": -1}, BAD, "record.bad_fields"),
        ({**INSIDE, "activity": "mop/00000000-0000-7000-8000-000000000000"}, MISSING, "activities.not_here"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(desks: Desks, more: dict[str, Any], status: int, code: str) -> None:
    activity = running(desks.duty, desks)
    answer = desks.duty.post("/movements/positions", json={**asked(desks, activity), **more})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_nobody_tells_where_others_are_and_readers_tell_nothing(desks: Desks) -> None:
    theirs = running(desks.other, desks)
    until(lambda: desks.duty.get("/movements", params={"circle": desks.circle.id}).text.find(theirs) > 0)
    answer = desks.duty.post("/movements/positions", json=asked(desks, theirs, **INSIDE))
    assert (answer.status_code, answer.json()["code"]) == (FORBIDDEN, "positions.not_own")
    said = {
        "kind": "position_report",
        "fields": {"at": 1, "square": {"lat": 0, "lon": 0, "size": 100, "mgrs": ""}},
        "about": theirs,
        "releases": [{"circle": desks.circle.id}],
    }
    answer = desks.duty.post("/records", json=said)
    assert (answer.status_code, answer.json()["code"]) == (FORBIDDEN, "positions.not_own")
    mine = running(desks.duty, desks)
    answer = desks.reader.post("/movements/positions", json=asked(desks, mine, **INSIDE))
    assert answer.status_code == FORBIDDEN
    address = f"{desks.served.url}/api/v1/movements/positions?circle={desks.circle.id}"
    assert httpx.get(address, timeout=30).status_code == UNSIGNED
