"""A relief organisation with little access: it announces, sees the answers to its own plans, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from nodes import OFFICER, enter, make_nodes, meet
from tansiq.circles.circle import Circle
from tansiq.desk import movements
from tansiq.desk import movements_door as door
from tansiq.desk.office import circle_named
from tansiq.desk.saying import ReleaseRequest
from tansiq.errors import NotFound
from tansiq.node.node import Node

HOUR = 3_600_000


def _plan(activity: str) -> dict[str, Any]:
    start = int(time.time() * 1000) + 48 * HOUR
    ring = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]
    return {"activity": activity, "volumes": [{"ring": ring, "window": {"from": start, "to": start + HOUR}}]}


def _announce(node: Node, circle: Circle, activity: str) -> str:
    return door.announce(node.office, door.AnnounceRequest(ReleaseRequest(circle.id), _plan(activity)), OFFICER).ref


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
        door.respond(node.office, door.AnswerRequest(door_to_relief.id, convoy, "clear"), OFFICER)
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
