"""Ground that nobody covers, in the daily and the weekly report: from records alone, as of the cut-off."""

from __future__ import annotations

from typing import Any

from nodes import shown
from reports.conftest import HOUR, Table, at
from tansiq.desk import accord_reports
from tansiq.desk.accord_reports import Asked
from tansiq.records.kinds.commitment import ReportName
from tansiq.reports.paper_html import html
from tansiq.reports.situation import Situation
from tansiq.reports.weekly import Weekly

TODAY = at("2026-03-02 12:00")
RING = [[443_900_000, 354_600_000], [444_100_000, 354_600_000], [444_100_000, 354_750_000], [443_900_000, 354_750_000]]
PLACE = {"lat": 354_675_000, "lon": 444_000_000, "accuracy": 10}
BY_DAY = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 6 * 60, "to": 18 * 60}], "offset": 180}
SEEN_M = 20_000
TIMES = ("2026-03-01 09:00", "2026-03-02 08:00")


def _facts(table: Table, party: str, kind: ReportName = "situation") -> Situation | Weekly:
    facts = accord_reports.make(table.nodes[party].office, Asked(table.circle.id, kind, TODAY)).facts
    assert isinstance(facts, Situation | Weekly)
    return facts


def _lay(table: Table, **more: Any) -> tuple[str, str]:
    """An area that one post sees as a whole by day; the other side says that it has nothing there."""
    area = table.say("joc", TIMES[0], "area", {"ring": RING, "purpose": "joint_interest", "names": {"en": "Ridge"}})
    seen = {"range_day_m": SEEN_M, "range_night_m": SEEN_M, "hours": BY_DAY, "status": "manned"}
    post = table.say("joc", TIMES[1], "post", {"place": PLACE, **seen, **more})
    table.say("mop", TIMES[1], "post", {"place": PLACE, "status": "vacated"})
    table.meet()
    table.now = at("2026-03-03 08:00")
    return area, post


def test_the_hours_without_cover_stand_in_the_report_with_the_records_behind(fresh: Table) -> None:
    area, post = _lay(fresh)
    ours, theirs = _facts(fresh, "joc"), _facts(fresh, "mop")
    assert ours.ground == theirs.ground
    (one,) = ours.ground.areas
    assert (one.ref, len(one.open), set(one.unknown)) == (area, 24, {0})
    first = (ours.window.start // HOUR + 3) % 24
    by_day = [6 <= (first + number) % 24 < 18 for number in range(24)]
    assert [free == 0 for free in one.open] == by_day
    assert {free for free in one.open if free} == {one.cells}
    assert one.hours_open(one.open) == 24 - sum(by_day)
    assert {post, area} <= set(one.refs)
    page = html(
        accord_reports.paper(fresh.nodes["mop"].office, Asked(fresh.circle.id, "situation", TODAY), "en", "common")[0]
    )
    assert "Ground that nobody covers" in page
    assert post in page
    assert "12 of 24" in page.replace("\u2068", "").replace("\u2069", "")


def test_a_week_is_measured_hour_by_hour_too(fresh: Table) -> None:
    _lay(fresh)
    facts = _facts(fresh, "joc", "weekly")
    (one,) = facts.ground.areas
    assert (len(one.open), sum(free == 0 for free in one.open)) == (7 * 24, 7 * 12)


def test_what_is_told_after_the_cut_off_covers_nothing_before_it(fresh: Table) -> None:
    area, post = _lay(fresh)
    before = _facts(fresh, "joc").ground
    fresh.say("joc", "2026-03-02 20:00", "post", {"place": PLACE, "status": "vacated"}, revises=post)
    fresh.meet()
    fresh.now = at("2026-03-03 08:00")
    assert _facts(fresh, "mop").ground == before
    tomorrow = accord_reports.make(
        fresh.nodes["mop"].office, Asked(fresh.circle.id, "situation", TODAY + 24 * HOUR)
    ).facts
    assert isinstance(tomorrow, Situation)
    (one,) = tomorrow.ground.areas
    assert one.ref == area
    assert one.hours_open(one.open) == 24
    assert one.open_before is not None
    assert one.hours_open(one.open_before) == 12


def test_a_side_that_told_nothing_is_not_known_and_a_fence_is_no_area(fresh: Table) -> None:
    fresh.say("joc", TIMES[0], "area", {"ring": RING, "purpose": "joint_interest"})
    fresh.say("joc", TIMES[0], "area", {"ring": RING, "purpose": "fence"})
    fresh.meet()
    fresh.now = at("2026-03-03 08:00")
    (one,) = _facts(fresh, "mop").ground.areas
    assert set(one.open) == {0}
    assert set(one.unknown) == {one.cells}
    assert {"nothing:joc", "nothing:mop"} <= set(one.missing)
    held = shown(fresh.nodes["mop"], fresh.circle)
    assert one.ref in held
