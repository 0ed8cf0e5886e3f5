"""The last act, Mount Qarachogh on 22 October 2023, played on real nodes with the protocol and without."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nodes import refused
from tansiq.demo.nodes import make_nodes
from tansiq.demo.scenario import load_act
from tansiq.desk import movements
from tansiq.desk.movements import Overview
from tansiq.desk.office import circles
from tansiq.node.node import Node

SCENARIO = Path(__file__).parents[2] / "scenario"
LOCAL = datetime.timezone(datetime.timedelta(hours=3))


def clock(day: int, hour: int, minute: int = 0) -> int:
    """A time of October 2023 in Baghdad and Erbil (ms)."""
    return int(datetime.datetime(2023, 10, day, hour, minute, tzinfo=LOCAL).timestamp() * 1000)


@pytest.fixture
def played(tmp_path: Path) -> Iterator[dict[str, Node]]:
    nodes = make_nodes(tmp_path / "demo", SCENARIO)
    yield nodes
    for node in nodes.values():
        node.close()
    shutil.rmtree(tmp_path / "demo")


def desks(nodes: Mapping[str, Node], at: int) -> Overview:
    """What every desk shows; refuses that two desks show different things."""
    circle = next(held for held in _circles(nodes["joc"]) if len(held[1]) == 3)[0]
    found = [movements.overview(node.office, circle, at) for node in nodes.values()]
    assert found[0].positions == found[1].positions == found[2].positions
    assert found[0].plans == found[1].plans == found[2].plans
    return found[0]


def _circles(node: Node) -> list[tuple[str, tuple[str, ...]]]:
    with node.database.read() as connection:
        return [(held.circle.id, tuple(held.circle.parties)) for held in circles(connection)]


def test_without_the_protocol_every_desk_raises_the_alarm_and_shots_are_reported(played: dict[str, Node]) -> None:
    assert load_act(played, SCENARIO, "qarachogh-without") == 6
    at_noon = desks(played, clock(22, 14))
    (position,) = at_noon.positions
    assert position.alarms == (
        "late",
        "third_force_leaves",
        "vacated_without_consent",
        "entered_without_consent",
    )
    assert position.late_minutes == 20
    assert [stop.fields["status"] for stop in desks(played, clock(22, 16)).suspensions] == ["suspended", "suspended"]
    assert at_noon.exercise


def test_with_the_protocol_both_go_in_together(played: dict[str, Node]) -> None:
    assert load_act(played, SCENARIO, "qarachogh-with", clock(21, 12)) == 4
    (position,) = desks(played, clock(21, 12)).positions
    assert (position.state, position.alarms) == ("waiting", ("third_force_leaves",))
    assert [(one.party, one.verdict) for one in position.consents] == [("joc", None), ("mop", "accepted")]
    load_act(played, SCENARIO, "qarachogh-with", clock(22, 13))
    before = desks(played, clock(22, 13, 30))
    assert (before.positions[0].state, before.positions[0].alarms) == ("agreed", ("third_force_leaves",))
    assert [(plan.state, plan.late_minutes) for plan in before.plans] == [("agreed", 0)]
    assert before.terms[0].in_force
    load_act(played, SCENARIO, "qarachogh-with")
    after = desks(played, clock(22, 19))
    assert (after.positions[0].state, after.positions[0].alarms) == ("done", ("third_force_leaves",))
    assert after.plans[0].state == "ended"


def test_an_act_that_was_played_is_not_played_again(played: dict[str, Node]) -> None:
    load_act(played, SCENARIO, "qarachogh-with")
    assert load_act(played, SCENARIO, "qarachogh-with") == 0
    with refused("activities.no_act"):
        load_act(played, SCENARIO, "qarachogh")
