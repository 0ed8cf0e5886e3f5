"""What a node keeps of movements between two questions shows what a node shows that has just started."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nodes import OFFICER, enter, make_nodes, meet, say, tell
from tansiq.circles.circle import Circle
from tansiq.desk import erasing, movements, movements_board
from tansiq.desk import movements_door as door
from tansiq.desk.movements_board import Boards
from tansiq.desk.saying import ReleaseRequest
from tansiq.desk.told import read_news, read_told
from tansiq.errors import NotFound
from tansiq.movements.kinds import KINDS
from tansiq.movements.states import Movements, states
from tansiq.node.node import Node
from tansiq.picture import book
from tansiq.store import ledgers, pictures

HOUR = 3_600_000
START = int(time.time() * 1000) + 48 * HOUR
RING = [[430000000, 350000000], [430100000, 350000000], [430100000, 350100000]]


@dataclass(frozen=True)
class Sides:
    """Two nodes, their circle, and a plan of each that meets the other's."""

    joc: Node
    mop: Node
    circle: Circle
    mine: str
    theirs: str


def announce(node: Node, circle: Circle, **more: Any) -> str:
    fields = {"activity": "patrol", "volumes": [{"ring": RING, "window": {"from": START, "to": START + HOUR}}], **more}
    return door.announce(node.office, door.AnnounceRequest(ReleaseRequest(circle.id), fields), OFFICER).ref


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[Sides]:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop)
    theirs = announce(mop, circle)
    meet(joc, mop)
    mine = announce(joc, circle)
    meet(joc, mop)
    yield Sides(joc, mop, circle, mine, theirs)
    for node in nodes.values():
        node.close()


def same(sides: Sides) -> Movements:
    """How everything stands: as kept, as after a start, and on the other node."""
    found = []
    for node in (sides.joc, sides.mop):
        kept = movements.overview(node.office, sides.circle.id, START)
        with node.database.read() as connection:
            told = read_told(connection, sides.circle.id, KINDS)
        fresh = states(told, node.office.memory.of(Boards).engine, START)
        assert (kept.plans, kept.collisions) == (fresh.plans, fresh.collisions)
        found.append(fresh)
    assert found[0] == found[1]
    return found[0]


def test_what_comes_is_read_once_and_shown_at_once(sides: Sides) -> None:
    assert len(same(sides).collisions) == 1
    asked = door.AnswerRequest(sides.circle.id, sides.mine, "clear")
    door.respond(sides.mop.office, asked, OFFICER)
    meet(sides.joc, sides.mop)
    assert {one.ref: one.state for one in same(sides).plans}[sides.mine] == "agreed"
    with sides.joc.database.read() as connection:
        mark = read_news(connection, sides.circle.id, KINDS).mark
        assert read_news(connection, sides.circle.id, KINDS, mark).things == []
        untold = read_news(connection, sides.circle.id, ("minutes",)).mark
        assert untold.seq == mark.seq == pictures.last_seq(connection), "other kinds are not looked through again"
    change = door.AnnounceRequest(ReleaseRequest(sides.circle.id), {"status": "cancelled"}, sides.mine)
    door.announce(sides.joc.office, change, OFFICER)
    with sides.joc.database.read() as connection:
        news = read_news(connection, sides.circle.id, KINDS, mark)
    assert (news.anew, [thing.ref for thing in news.things]) == (False, [sides.mine])
    meet(sides.joc, sides.mop)
    assert same(sides).collisions == ()


def test_an_erased_plan_meets_nobody_and_one_that_is_told_later_does(sides: Sides) -> None:
    same(sides)
    erasing.erase(sides.mop.office, sides.circle.id, sides.theirs.partition("/")[2], "agreed", OFFICER)
    meet(sides.joc, sides.mop)
    stand = same(sides)
    assert {one.ref: one.state for one in stand.plans}[sides.theirs] == "erased"
    assert stand.collisions == ()
    volume = {"ring": RING, "window": {"from": START, "to": START + HOUR}}
    hidden = say(sides.mop, sides.circle, "activity", {"activity": "convoy", "volumes": [volume]}, withhold=["volumes"])
    meet(sides.joc, sides.mop)
    stand = same(sides)
    assert not {one.ref: one.placed for one in stand.plans}[hidden]
    assert stand.collisions == ()
    tell(sides.mop, sides.circle, hidden, "volumes")
    meet(sides.joc, sides.mop)
    assert {ref for one in same(sides).collisions for ref in one.plans} == {hidden, sides.mine}


def test_where_less_counts_than_before_all_is_read_anew(sides: Sides) -> None:
    same(sides)
    with sides.joc.database.read() as connection:
        mark = read_news(connection, sides.circle.id, KINDS).mark
        (theirs,) = (row for row in ledgers.ledgers(connection) if row.party == "mop" and sides.circle.id in row.origin)
    with sides.joc.database.write() as connection:
        ledgers.set_state(connection, theirs.num, bound=1)
        book.rebuild_ledger(connection, ledgers.ledger_by(connection, num=theirs.num))
    with sides.joc.database.read() as connection:
        assert read_news(connection, sides.circle.id, KINDS, mark).anew
    shown = movements.overview(sides.joc.office, sides.circle.id, START)
    assert [one.ref for one in shown.plans] == [sides.mine]
    with pytest.raises(NotFound):
        door.respond(sides.joc.office, door.AnswerRequest(sides.circle.id, sides.theirs, "clear"), OFFICER)


def test_the_board_that_was_not_asked_for_longest_goes_first(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    other = enter(sides.joc, sides.mop)
    announce(sides.joc, other)
    boards = sides.joc.office.memory.of(Boards)
    movements.overview(sides.joc.office, sides.circle.id)
    movements.overview(sides.joc.office, other.id)
    assert boards.held() == [sides.circle.id, other.id]
    monkeypatch.setattr(movements_board, "MOST_THINGS", 2)
    movements.overview(sides.joc.office, sides.circle.id)
    assert boards.held() == [sides.circle.id]
