"""What rules ask of the engines, against a slow plain oracle: cell by cell, hour by hour; the same in any order."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from gaps.worlds import at, square
from movements.telling import Telling
from tansiq.desk.accord_measures import KINDS, Covers, Picture, cell_of
from tansiq.geo import grid as grids
from tansiq.picture.told import Told, gather

NIGHT = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1200, "to": 240}], "offset": 180}
RING = square(40)
RECENT = 6
"""Hours since the last pass within which ground counts as covered where no arrangement says it."""


class Ground:
    """An area between two sides."""

    def __init__(self) -> None:
        self.telling = Telling("joc", "mop")
        ring = [list(point) for point in RING]
        self.area = self.say("joc", "area", {"ring": ring, "purpose": "joint_interest"})

    def say(self, party: str, kind: str, fields: dict[str, Any], **how: Any) -> str:
        """Say something to everybody."""
        ref = self.telling.say(party, kind, fields, **how)
        self.telling.meet()
        return ref

    def told(self, order: Random | None = None) -> Told:
        """What everybody holds, come in whatever order."""
        sizes = {ledger: len(chain) for ledger, chain in self.telling.ledgers.items()}
        entries = self.telling.entries(sizes)
        if order is not None:
            order.shuffle(entries)
        return gather(entries, self.telling.parties, sizes, {}, KINDS)

    def picture(self, order: Random | None = None) -> Picture:
        """What rules ask."""
        return Picture(self.told(order), Covers())

    @property
    def now(self) -> int:
        """Now."""
        return self.telling.now


def patrol(ground: Ground, **more: Any) -> str:
    path = [list(at(0, 10)), list(at(40, 30))]
    return ground.say("mop", "patrol", {"path": path, "width_m": 900, "hours": NIGHT, "status": "running", **more})


def post(ground: Ground, **more: Any) -> str:
    lon, lat = at(10, 30)
    place = {"lat": lat, "lon": lon, "accuracy": 50}
    ranges = {"range_day_m": 800, "range_night_m": 800}
    return ground.say("joc", "post", {"place": place, "status": "manned", **ranges, **more})


def by_hand(hour: int) -> int:
    """Cells of the area that the patrol or the post covers in an hour of the week, one by one."""
    grid = grids.grid_for(RING, cell_of(RING))
    passed = any((hour - back) % 24 >= 20 or (hour - back) % 24 < 4 for back in range(RECENT))
    start, end = grids.ring_metres(grid, (at(0, 10), at(40, 30)))
    eye = grids.ring_metres(grid, (at(10, 30),))[0]
    mask = grids.ring_mask(grid, RING)
    found = 0
    for row in range(grid.rows):
        for col in range(grid.cols):
            if not mask[row, col]:
                continue
            x, y = grid.x0 + (col + 0.5) * grid.cell, grid.y0 - (row + 0.5) * grid.cell
            along = np.array(end) - np.array(start)
            part = min(1.0, max(0.0, float(np.dot((x - start[0], y - start[1]), along) / np.dot(along, along))))
            aside = np.hypot(x - start[0] - part * along[0], y - start[1] - part * along[1])
            eye_row, eye_col = int((grid.y0 - eye[1]) // grid.cell), int((eye[0] - grid.x0) // grid.cell)
            sees = (row - eye_row) ** 2 + (col - eye_col) ** 2 <= (800 // grid.cell) ** 2
            found += bool((passed and aside <= 450) or sees)
    return found


def test_cover_is_what_counting_cell_by_cell_says() -> None:
    ground = Ground()
    patrol(ground)
    post(ground)
    found = ground.picture().cover(ground.area, None, ground.now)
    assert found is not None
    assert set(found.unknown) == {0}
    for hour in (2, 9, 12, 19, 20, 163):
        assert found.covered[hour] == by_hand(hour), hour


def test_what_stops_or_is_vacated_covers_no_more_and_stays_among_the_records() -> None:
    ground = Ground()
    runs, stands = patrol(ground), post(ground)
    before = ground.picture().cover(ground.area, "mop", ground.now)
    stopped = ground.say("mop", "patrol", {"status": "suspended"}, revises=runs)
    after = ground.picture().cover(ground.area, "mop", ground.now)
    assert before is not None
    assert after is not None
    assert max(before.covered) > 0
    assert (set(after.covered), set(after.unknown)) == ({0}, {0})
    assert stopped in after.refs
    ground.say("joc", "post", {"status": "vacated"}, revises=stands)
    nothing = ground.picture().cover(ground.area, None, ground.now)
    assert nothing is not None
    assert set(nothing.covered) == {0}
    as_it_was = ground.picture().cover(ground.area, "mop", ground.now - 2 * 60_000)
    assert as_it_was == before


def test_a_side_that_told_nothing_is_unknown_and_covers_nothing() -> None:
    ground = Ground()
    post(ground)
    found = ground.picture().cover(ground.area, "mop", ground.now)
    assert found is not None
    assert set(found.covered) == {0}
    assert set(found.unknown) == {found.cells}
    there = ground.picture().presence(ground.area, "mop", ground.now)
    assert there is not None
    assert (there.hours, there.unknown) == ("0" * 168, "1" * 168)


def test_presence_is_the_hours_of_patrols_and_posts_there() -> None:
    ground = Ground()
    patrol(ground)
    away = ground.picture().presence(ground.area, "mop", ground.now)
    assert away is not None
    assert [hour for hour in range(24) if away.hours[hour] == "1"] == [0, 1, 2, 3, 20, 21, 22, 23]
    post(ground)
    always = ground.picture().presence(ground.area, None, ground.now)
    assert always is not None
    assert always.hours == "1" * 168


def test_the_same_records_give_the_same_digest_in_any_order() -> None:
    ground = Ground()
    patrol(ground)
    post(ground)
    patrol(ground, width_m=300)
    one = ground.picture().cover(ground.area, None, ground.now)
    for seed in range(5):
        assert ground.picture(Random(seed)).cover(ground.area, None, ground.now) == one  # noqa: S311 - repeatable


def test_a_plan_that_asks_counts_from_when_there_was_something_to_be_asked_for() -> None:
    ground = Ground()
    start = ground.now + 3 * 86_400_000
    away = [list(at(100, 100)), list(at(140, 100)), list(at(140, 140)), list(at(100, 140))]
    volume = {"ring": away, "window": {"from": start, "to": start + 3_600_000}}
    plan = {"activity": "patrol", "ask": "no_objection", "volumes": [volume]}
    first = ground.telling.say("joc", "activity", plan)  # the other side has not heard of it yet
    assert ground.picture().asked(ground.now) == ()
    lon, lat = at(120, 110)
    place = {"lat": lat, "lon": lon, "accuracy": 50}
    ground.telling.say("mop", "post", {"place": place, "status": "manned", "range_day_m": 100})
    begun = ground.now
    ground.telling.meet()
    (asked,) = ground.picture().asked(ground.now)
    assert (asked.plan, asked.party, asked.asked_at, asked.answered_at) == (first, "mop", begun, None)
    word = {"revision": first.split("/")[1], "verdict": "acknowledged"}
    ground.say("mop", "answer", word, about=first)
    (answered,) = ground.picture().asked(ground.now)
    assert answered.answered_at == ground.now
    ground.say("joc", "activity", {"status": "cancelled"}, revises=first)
    (over,) = ground.picture().asked(ground.now)
    assert (over.answered_at, over.over) == (answered.answered_at, ground.now)
