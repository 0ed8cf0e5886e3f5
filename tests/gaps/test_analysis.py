"""The whole analysis: the same bytes for the same records, and what is said of each gap."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from nodes import refused
from tansiq.gaps import gathering as reading
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import as_json
from tansiq.gaps.cache import Cache
from tansiq.gaps.edits import AddedPost, Edits, edited
from tansiq.gaps.frame import frame_of
from tansiq.gaps.inputs import Event, Inputs
from tansiq.gaps.layers import Layers
from tansiq.geo import grid as grids
from tansiq.geo.shapes import Lines, Places
from tansiq.picture.projection import Thing
from tansiq.records.values import Label

from .worlds import COARSE, CORNER, DAY, NIGHT, PARTIES, STEP, at, base, ground, patrol, post, square, world

LABEL = Label("JOINT", "RESTRICTED", "AMBER", list(PARTIES), True)
NOW = 1_600_000_000_000
WEEK = 7 * 86_400_000
NIGHTS = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 360}], "offset": 180}


def _thing(kind: str, name: str, party: str = "joc", about: str | None = None, said: int = NOW, **fields: Any) -> Thing:
    raw = msgspec.Raw(msgspec.json.encode(fields))
    return Thing(kind, party, name, about, said, said, "watch", "duty_officer", LABEL, raw, [1], [])


def _place(east: int, north: int) -> dict[str, int]:
    lon, lat = at(east, north)
    return {"lat": lat, "lon": lon, "accuracy": 100}


def _picture() -> list[Thing]:
    post_fields: dict[str, Any] = {"status": "manned", "height_m": 8, "range_day_m": 2000, "range_night_m": 700}
    return [
        _thing("area", "area", ring=[list(point) for point in square(40)]),
        _thing("post", "a", place=_place(10, 10), **post_fields),
        _thing("post", "b", place=_place(30, 10), hours=NIGHTS, **post_fields),
        _thing("post", "c", "mop", place=_place(20, 30), **post_fields),
        _thing("post", "gone", "mop", place=_place(20, 20), **{**post_fields, "status": "vacated"}),
        _thing("post", "blind", "mop", place=_place(5, 5), status="manned"),
        _thing(
            "patrol", "p", "mop", path=[list(at(0, 38)), list(at(40, 38))], width_m=600, hours=NIGHTS, status="running"
        ),
        _thing(
            "base",
            "k",
            place=_place(12, 12),
            mobility=["car"],
            ready=[{"hours": NIGHTS, "minutes": 5}],
            status="at_work",
        ),
        _thing("incident", "i", place=_place(35, 35), when={"from": NOW - WEEK, "to": None}, how_known="told"),
        _thing("incident", "j", "mop", "joc/i", place=_place(35, 35), how_known="seen"),
        _thing("incident", "k", "mop", when={"from": NOW - WEEK, "to": None}),
    ]


def _gathered(things: list[Thing]) -> Inputs:
    return reading.gather(reading.read_things(things), "joc/area", PARTIES)


def test_records_in_another_order_give_the_same_bytes() -> None:
    things = _picture()
    first = _gathered(things)
    layers = ground(first)
    digest = analyse(first, layers, COARSE).digest()
    for turn in range(len(things)):
        again = _gathered([*things[turn:], *things[:turn]][::-1])
        assert again.digest() == first.digest()
    assert analyse(_gathered(things[::-1]), layers, COARSE).digest() == digest


def test_one_thread_or_two_cold_or_warm_give_the_same_bytes() -> None:
    inputs = _gathered(_picture())
    layers = ground(inputs)
    memory = Cache()
    answers = [
        analyse(inputs, layers, COARSE, threads=1),
        analyse(inputs, layers, COARSE, threads=2),
        analyse(inputs, layers, COARSE, memory=memory),
        analyse(inputs, layers, COARSE, memory=memory),
    ]
    assert len({one.digest() for one in answers}) == 1
    assert len({msgspec.json.encode(as_json(one, layers)) for one in answers}) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, at=one.at + 1),
        lambda one: replace(one, posts=one.posts[1:]),
        lambda one: replace(one, closed=("bridge",)),
    ],
)
def test_another_question_has_another_digest(change: Any) -> None:
    inputs = _gathered(_picture())
    assert analyse(change(inputs), Layers(), COARSE).question() != analyse(inputs, Layers(), COARSE).question()


def test_what_is_withheld_or_coarse_or_vacated_is_counted_and_not_guessed() -> None:
    inputs = _gathered(_picture())
    assert [one.ref for one in inputs.posts] == ["joc/a", "joc/b", "mop/c"]
    based = msgspec.to_builtins(inputs.based_on["mop"])
    assert based == {"posts": 1, "patrols": 1, "bases": 0, "coverage": 0, "coarse": 0, "withheld": 1, "idle": 1}
    coarse = _thing(
        "post", "d", place_coarse={"lat": 355_000_000, "lon": 441_000_000, "size": 10_000, "mgrs": "38SLE45"}
    )
    assert _gathered([*_picture(), coarse]).based_on["joc"].coarse == 1


def test_a_party_whose_only_patrol_stopped_told_that_it_covers_nothing() -> None:
    stopped = _thing("patrol", "p", "mop", status="suspended")
    picture = [one for one in _picture() if one.party != "mop"]
    assert _gathered(picture).based_on["mop"].told_nothing
    assert not _gathered([*picture, stopped]).based_on["mop"].told_nothing


def test_an_event_that_two_sides_tell_is_one_event_and_one_without_a_place_is_counted() -> None:
    inputs = _gathered(_picture())
    (event,) = inputs.events
    assert event.parties == PARTIES
    assert not event.found
    assert inputs.unplaced == 1


def test_a_party_that_released_coverage_is_taken_at_it_and_its_posts_do_not_count() -> None:
    grid = grids.grid_for(square(40), 500)
    mask = np.zeros(grid.shape, bool)
    mask[: grid.rows // 2] = True
    frame = {
        "epsg": grid.epsg,
        "x0": int(grid.x0),
        "y0": int(grid.y0),
        "cell": 500,
        "rows": grid.rows,
        "cols": grid.cols,
    }
    runs = [0, int(mask.sum()), int((~mask).sum())]
    released = _thing("coverage", "v", "mop", area="joc/area", frame=frame, layers=[{"hours": NIGHTS, "runs": runs}])
    inputs = _gathered([*_picture(), released])
    assert inputs.based_on["mop"].coverage == 1
    assert inputs.based_on["mop"].posts == 0
    answer = analyse(inputs, Layers(), COARSE)
    share = [
        np.bitwise_count(answer.cover.covered[1, int(answer.number[hour])] & answer.area).sum()
        / np.bitwise_count(answer.area).sum()
        for hour in (0, 12)
    ]
    assert share[0] == pytest.approx(0.5, abs=0.07)
    assert share[1] == 0
    broken = _thing("coverage", "v", "mop", area="joc/area", frame=frame, layers=[{"hours": NIGHTS, "runs": [1, 2]}])
    assert _gathered([*_picture(), broken]).based_on["mop"].coverage == 0


def test_the_agreed_arrangement_of_the_area_is_the_rule_and_without_one_that_is_said() -> None:
    rule: dict[str, Any] = {"area": "joc/area", "ways": [{"seen": True, "reached_minutes": 30}], "parties": ["mop"]}
    agreed = _thing("arrangement", "r", status="agreed", since=5, **rule)
    proposed = _thing("arrangement", "s", status="proposed", since=9, **{**rule, "ways": [{"seen": True}]})
    inputs = _gathered([*_picture(), agreed, proposed])
    assert inputs.rule.ref == "joc/r"
    assert inputs.parties == ("mop",)
    assert "arrangement" in analyse(_gathered(_picture()), Layers(), COARSE).missing
    assert "arrangement" not in analyse(inputs, Layers(), COARSE).missing


def test_what_holds_only_from_a_later_day_does_not_count_yet() -> None:
    later = _thing("post", "z", place=_place(1, 1), status="manned", range_day_m=900, since=NOW + 1)
    assert all(one.ref != "joc/z" for one in _gathered([*_picture(), later]).posts)


def _events(count: int, parties: tuple[str, ...], *, found: bool = False, name: str = "e") -> list[Event]:
    return [Event(f"{parties[0]}/{name}{n}", parties, at(35, 35), 100, NOW - n, found) for n in range(count)]


def test_ranks_move_when_a_side_s_reports_are_left_out() -> None:
    posts = [post("joc", f"w{n}", 20, north, 600, 600) for n, north in enumerate(range(0, 41, 4))]
    inputs = world(*posts, post("mop", "z", 0, 0, 100, 100), side=40, at=NOW)
    inputs = replace(inputs, events=tuple(_events(30, ("mop",))))
    answer = analyse(inputs, Layers(), COARSE)
    east = next(gap for gap in answer.gaps if gap.incidents.count)
    assert east.rank == 1
    assert east.incidents.count == 30
    assert east.incidents.rate.low < east.incidents.rate.mean < east.incidents.rate.high
    without = {gap.opening.id: gap.rank_without["mop"] for gap in answer.gaps}
    larger = max(answer.gaps, key=lambda gap: gap.opening.cell_hours)
    assert without[larger.opening.id] == 1
    assert all(gap.rank_without["joc"] == gap.rank for gap in answer.gaps)


def test_incidents_that_a_side_found_by_watching_do_not_raise_the_rate() -> None:
    inputs = world(post("joc", "a", 0, 0), post("mop", "b", 0, 5), side=40, at=NOW)
    plain = analyse(inputs, Layers(), COARSE)
    found = analyse(replace(inputs, events=tuple(_events(9, ("joc",), found=True))), Layers(), COARSE)
    assert max(gap.incidents.found for gap in found.gaps) == 9
    assert [gap.parts for gap in found.gaps] == [gap.parts for gap in plain.gaps]


def test_settlements_and_roads_in_a_gap_weigh_in_its_exposure() -> None:
    inputs = world(post("joc", "a", 0, 0, 300, 300), post("mop", "b", 0, 5, 300, 300), side=40)
    grid = frame_of(inputs, 100.0)
    x, y = grids.to_metres(grid, *np.array([at(20, 10), at(20, 30), at(30, 20)]).T)
    roads = Lines(
        np.stack([x[:2], y[:2]], axis=1),
        np.array([0, 2]),
        np.array([3], np.uint8),
        np.array([1], np.uint8),
        np.array([False]),
        ("road",),
    )
    places = Places(x[2:], y[2:], np.array([3], np.uint8), np.array([-1], np.int32), ("",), ("s",))
    answer = analyse(inputs, Layers(roads=roads, settlements=places), COARSE)
    gap = max(answer.gaps, key=lambda one: one.opening.cells)
    assert gap.settlements == 1
    assert gap.roads_km == pytest.approx(2.2, abs=0.1)
    assert gap.parts.at_stake == pytest.approx(2.22, abs=0.02)


def test_the_trend_is_what_lies_open_more_than_a_week_before() -> None:
    before = world(post("joc", "a", 20, 20, 2000, 2000), post("mop", "z", 0, 0, 200, 200), side=40)
    now = world(post("joc", "b", 0, 40, 200, 200), post("mop", "z", 0, 0, 200, 200), side=40)
    answer = analyse(now, Layers(), COARSE, before=before)
    assert sum(gap.trend or 0 for gap in answer.gaps) == pytest.approx(np.pi * 4 * 168, rel=0.06)
    same = analyse(now, Layers(), COARSE, before=now)
    assert [gap.trend for gap in same.gaps] == [0.0] * len(same.gaps)


def test_the_nearest_post_and_its_time_are_of_each_side() -> None:
    inputs = world(
        post("joc", "a", 20, 20, 500, 500),
        base("joc", "k", 20, 20, ready=60),
        post("mop", "b", 0, 0, 300, 300),
        side=40,
    )
    (gap,) = [one for one in analyse(inputs, Layers(), COARSE).gaps if one.opening.cells > 100]
    assert gap.nearest["joc"].ref == "joc/a"
    assert gap.nearest["joc"].metres in range(400, 600)
    assert (gap.nearest["joc"].seconds or 0) > 60
    assert gap.nearest["mop"].seconds is None


def test_edits_are_what_the_records_would_be() -> None:
    inputs = world(
        post("joc", "a", 10, 10), post("mop", "b", 20, 20), patrol("mop", "p", [(0, 0), (9, 9)], NIGHT), side=40
    )
    lon, lat = (CORNER[0] + 15 * STEP) / 1e7, (CORNER[1] + 12 * STEP) / 1e7
    moved = edited(inputs, Edits(move={"joc/a": (lon, lat)}, hours={"joc/a": DAY, "mop/p": DAY}))
    expected = world(
        post("joc", "a", 15, 12, hours=DAY),
        post("mop", "b", 20, 20),
        patrol("mop", "p", [(0, 0), (9, 9)], DAY),
        side=40,
    )
    assert moved == expected
    fewer = edited(inputs, Edits(remove=["mop/b", "mop/p"], add=[AddedPost("mop", lon, lat)], close=["x"]))
    assert [one.ref for one in fewer.posts] == ["joc/a", "mop/draft-1"]
    assert fewer.patrols == ()
    # a draft is no statement: what a side has told stays what it has told
    assert fewer.based_on == inputs.based_on
    assert fewer.closed == ("x",)
    with refused("gaps.no_such"):
        edited(inputs, Edits(move={"joc/none": (lon, lat)}))
    with refused("gaps.not_degrees"):
        edited(inputs, Edits(move={"joc/a": (float("nan"), lat)}))
    with refused("timetable.not_a_week"):
        edited(inputs, Edits(hours={"joc/a": "1"}))


def test_stopping_stops() -> None:
    with refused("gaps.stopped"):
        analyse(world(post("joc", "a", 1, 1)), Layers(), COARSE, cancelled=lambda: True)
