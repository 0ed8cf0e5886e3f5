"""A relief organisation with little access: it announces, sees the answers to its own plans, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from nodes import OFFICER, add_officer, enter, make_nodes, meet, serving, signed_in, until
from tansiq.circles.circle import Circle
from tansiq.desk import movements
from tansiq.desk import movements_door as door
from tansiq.desk.movements_elsewhere import elsewhere
from tansiq.desk.office import circle_named
from tansiq.desk.saying import ReleaseRequest
from tansiq.errors import Conflict, NotFound
from tansiq.node.node import Node

OK, CREATED, FORBIDDEN, MISSING, CONFLICT = 200, 201, 403, 404, 409
HOUR = 3_600_000
SECRET = "Lion patrol"
BREAD = "Bread convoy"
CALL = "Call the watch of JOC before you move."


def _plan(activity: str, **more: Any) -> dict[str, Any]:
    start = int(time.time() * 1000) + 48 * HOUR
    ring = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]
    window = {"from": start, "to": start + HOUR}
    return {"activity": activity, "volumes": [{"ring": ring, "window": window}], **more}


def _announce(node: Node, circle: Circle, activity: str) -> str:
    return door.announce(node.office, door.AnnounceRequest(ReleaseRequest(circle.id), _plan(activity)), OFFICER).ref


def _held(node: Node) -> bytes:
    """Every byte that a node's store holds, of tables and of what was written ahead."""
    folder = node.folder.store.parent
    return b"".join(file.read_bytes() for file in sorted(folder.glob(node.folder.store.name + "*")))


def test_it_sees_answers_to_its_own_plans_and_nothing_of_the_others(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "relief")
    joc, mop, relief = nodes["joc"], nodes["mop"], nodes["relief"]
    sides, door_to_relief = enter(joc, mop), enter(joc, mop, relief)
    secret = _announce(joc, sides, "patrol")
    convoy = _announce(relief, door_to_relief, "relief")
    meet(*nodes.values())
    fields = movements.read_fields(_plan("relief"))
    assert [hit.ref for hit in movements.check(joc.office, fields).hits] == [convoy]
    assert {hit.ref for hit in movements.check(mop.office, fields).hits} == {secret, convoy}
    assert movements.check(relief.office, fields).hits == []
    for node in (joc, mop):
        seen = [(hit.ref, hit.circle) for hit in elsewhere(node.office, door_to_relief.id, convoy)]
        assert seen == [(secret, sides.id)], "both sides see what the convoy meets and cannot see"
    assert elsewhere(relief.office, door_to_relief.id, convoy) == []
    with pytest.raises(Conflict) as refused:
        door.respond(joc.office, door.AnswerRequest(door_to_relief.id, convoy, "clear"), OFFICER)
    assert refused.value.code == "activities.meets_elsewhere"
    door.respond(joc.office, door.AnswerRequest(door_to_relief.id, convoy, "clear", anyway=True), OFFICER)
    door.respond(mop.office, door.AnswerRequest(door_to_relief.id, convoy, "clear"), OFFICER)
    meet(*nodes.values())
    found = movements.overview(relief.office, door_to_relief.id)
    assert [(plan.ref, plan.state) for plan in found.plans] == [(convoy, "free")]
    with relief.database.read() as connection, pytest.raises(NotFound):
        circle_named(connection, sides.id)
    with relief.database.read() as connection:
        held = connection.exec_driver_sql("SELECT origin FROM ledger").all()
    assert not any(sides.id in origin for (origin,) in held)
    for node in nodes.values():
        node.close()


@dataclass(frozen=True)
class Three:
    """Three served nodes with an open session at each; `reader` may only look, at the relief organisation's."""

    relief_node: Node
    sides: Circle
    shared: Circle
    joc: httpx.Client
    mop: httpx.Client
    relief: httpx.Client
    reader: httpx.Client


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    nodes = make_nodes(tmp_path, "joc", "mop", "relief")
    joc, mop, relief = nodes["joc"], nodes["mop"], nodes["relief"]
    sides, shared = enter(joc, mop), enter(joc, mop, relief)
    for node in nodes.values():
        add_officer(node)
    add_officer(relief, "onlooker", ["reader"])
    with (
        serving(*(node.folder.path for node in nodes.values())) as (one, two, three),
        signed_in(one.url) as duty,
        signed_in(two.url) as other,
        signed_in(three.url) as third,
        signed_in(three.url, "onlooker") as reader,
    ):
        yield Three(relief, sides, shared, duty, other, third, reader)
    for node in nodes.values():
        node.close()


def _said(desk: httpx.Client, circle: Circle, **fields: Any) -> str:
    body = {"release": {"circle": circle.id}, "fields": fields, "urgent": True}
    answer = desk.post("/movements/plans", json=body)
    assert answer.status_code == CREATED, answer.text
    return str(answer.json()["ref"])


def _stand(desk: httpx.Client, circle: Circle) -> dict[str, dict[str, Any]]:
    found = desk.get("/movements", params={"circle": circle.id})
    assert found.status_code == OK, found.text
    return {one["ref"]: one for one in found.json()["plans"]}


def test_over_the_wire_it_hears_that_there_is_something_and_whom_to_call_and_no_more(three: Three) -> None:
    secret = _said(three.joc, three.sides, **_plan("patrol", names={"en": SECRET}))
    until(lambda: secret in _stand(three.mop, three.sides))
    convoy = _said(three.relief, three.shared, **_plan("relief", names={"en": BREAD}), asks=["joc", "mop"])
    until(lambda: convoy in _stand(three.joc, three.shared) and convoy in _stand(three.mop, three.shared))
    asked = {"circle": three.shared.id, "plan": convoy}
    (hit,) = three.joc.get("/movements/elsewhere", params=asked).json()
    assert (hit["ref"], hit["circle"], hit["meeting"]["distance_m"]) == (secret, three.sides.id, 0)
    assert three.relief.get("/movements/elsewhere", params=asked).json() == []
    answer = {"circle": three.shared.id, "about": convoy}
    refused = three.joc.post("/movements/answers", json={**answer, "verdict": "clear"})
    assert (refused.status_code, refused.json()["code"]) == (CONFLICT, "activities.meets_elsewhere")
    conditional = {**answer, "verdict": "conditional", "conditions": [CALL]}
    assert three.joc.post("/movements/answers", json=conditional).status_code == CREATED
    assert three.mop.post("/movements/answers", json={**answer, "verdict": "clear"}).status_code == CREATED

    def words() -> dict[str, Any]:
        return {one["party"]: one["given"] for one in _stand(three.relief, three.shared)[convoy]["parties"]}

    until(lambda: {name: one["word"] for name, one in words().items()} == {"joc": "conditional", "mop": "clear"})
    assert words()["joc"]["conditions"] == [CALL]
    assert list(_stand(three.relief, three.shared)) == [convoy]
    for path, query in (("/movements", {"circle": three.sides.id}), ("/picture", {"circle": three.sides.id})):
        assert three.relief.get(path, params=query).status_code == MISSING
    body = {"release": {"circle": three.shared.id}, "fields": _plan("relief")}
    assert three.reader.post("/movements/plans", json=body).status_code == FORBIDDEN
    assert list(_stand(three.reader, three.shared)) == [convoy]
    consent = {"circle": three.shared.id, "about": words()["joc"]["ref"], "verdict": "accepted"}
    assert three.relief.post("/movements/consents", json=consent).status_code == CREATED
    until(lambda: _stand(three.joc, three.shared)[convoy]["state"] == "agreed")
    kept = _held(three.relief_node)
    for word in (SECRET, secret.partition("/")[2], three.sides.id):
        assert word.encode() not in kept
    for word in (BREAD, convoy.partition("/")[2], three.shared.id):
        assert word.encode() in kept, "what is looked for is found where it is"
