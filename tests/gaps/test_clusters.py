"""Clusters of an area's incidents: found where they were put, by whose word, and the same whoever computes them."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from tansiq.errors import Conflict
from tansiq.gaps.clusters import as_json, clusters
from tansiq.gaps.inputs import Event, Inputs
from tansiq.gaps.question import Scan

from .worlds import PARTIES, at, world

DAY = 86_400_000
NOW = 1_600_000_000_000
ASKED = Scan(radius_m=5_000, days=7, worlds=199, zone_m=1_000, incident_days=60)
SIDE = 300


def _quiet(count: int = 80) -> list[Event]:
    """Incidents that are spread over the area and the days before the last week."""
    chance = np.random.default_rng(4)
    return [
        Event(
            f"joc/quiet-{number:03}",
            (PARTIES[number % 2],),
            at(int(chance.integers(1, SIDE)), int(chance.integers(1, SIDE))),
            100,
            NOW - int(chance.integers(8, 60)) * DAY,
            number % 3 == 0,
        )
        for number in range(count)
    ]


def _together(count: int, parties: tuple[str, ...] = ("joc",), **how: object) -> list[Event]:
    """Incidents of the last days at one place."""
    plain = [
        Event(f"joc/near-{number}", parties, at(100 + number, 100), 100, NOW - number % 4 * DAY, found=False)
        for number in range(count)
    ]
    return [replace(one, **how) for one in plain]


def _inputs(events: list[Event]) -> Inputs:
    return world(side=SIDE, events=tuple(events), at=NOW)


def test_incidents_that_come_together_are_a_cluster_at_their_place_and_days() -> None:
    answer = clusters(_inputs([*_quiet(), *_together(7)]), ASKED)
    (first, *_) = answer.clusters
    assert first.p <= 0.01
    assert first.seen >= 7
    assert first.expected < 3
    assert {f"joc/near-{number}" for number in range(7)} <= set(first.refs)
    assert first.first_day >= answer.last_day - 6
    assert first.last_day == answer.last_day
    lon, lat = at(103, 100)
    assert abs(first.place[0] - lon) < 500_000
    assert abs(first.place[1] - lat) < 500_000


def test_a_cluster_that_rests_on_one_side_is_gone_without_its_reports() -> None:
    own = clusters(_inputs([*_quiet(), *_together(7)]), ASKED).clusters[0]
    assert own.told_by["joc"] >= 7
    assert own.without["joc"] is None
    assert own.without["mop"] is not None
    shared = clusters(_inputs([*_quiet(), *_together(7, PARTIES)]), ASKED).clusters[0]
    assert shared.without["joc"] is not None
    assert shared.without["joc"] <= 0.05


def test_what_is_outside_too_old_or_too_coarse_does_not_count_and_is_told() -> None:
    plain = clusters(_inputs(_quiet()), ASKED)
    outside = Event("joc/far", ("joc",), at(SIDE + 50, 10), 100, NOW, found=False)
    old = Event("joc/old", ("joc",), at(10, 10), 100, NOW - 90 * DAY, found=False)
    coarse = Event("joc/coarse", ("joc",), at(10, 10), 10_000, NOW, found=False)
    answer = clusters(_inputs([*_quiet(), outside, old, coarse]), ASKED)
    assert (answer.incidents, answer.left_out) == (plain.incidents, 2)


def test_threads_change_nothing_and_the_seed_does() -> None:
    inputs = _inputs([*_quiet(), *_together(4)])
    one, two = clusters(inputs, ASKED, threads=1), clusters(inputs, ASKED, threads=2)
    assert msgspec.json.encode(as_json(one, ASKED)) == msgspec.json.encode(as_json(two, ASKED))
    assert clusters(inputs, replace(ASKED, seed=2)).digest != one.digest


def test_an_alarm_is_for_today_and_a_look_back_for_any_day() -> None:
    past = [replace(one, at=one.at - 30 * DAY) for one in _together(12)]
    inputs = _inputs([*_quiet(), *past])
    assert all(one.p > 0.05 for one in clusters(inputs, ASKED).clusters)
    back = clusters(inputs, replace(ASKED, back=True)).clusters[0]
    assert back.p <= 0.05
    assert back.last_day == (NOW + 3 * 3_600_000) // DAY - 30


def test_too_few_incidents_hold_no_cluster() -> None:
    assert clusters(_inputs([]), ASKED).clusters == ()
    assert clusters(_inputs(_quiet(1)), ASKED).clusters == ()


def test_a_scan_can_be_stopped() -> None:
    parts: list[float] = []

    def step(part: float) -> None:
        parts.append(part)
        if part > 0.2:
            raise Conflict("gaps.stopped")

    with pytest.raises(Conflict):
        clusters(_inputs([*_quiet(), *_together(4)]), ASKED, step, threads=1)
    assert parts[0] == 0.0
    assert max(parts) < 0.25
