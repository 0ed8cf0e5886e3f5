"""Which week the rosters of a centre open with: the present one, or the last of an exercise that is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.conftest import HOUR, Table, at, tables
from tansiq.desk import accord_centres


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Table]:
    """Two nodes whose clocks the test moves, with a centre."""
    yield from tables(tmp_path)


def _first_day(table: Table) -> int:
    office = table.nodes["mop"].office
    return accord_centres.centre_view(office, table.circle.id, table.refs["centre"]).first_day


def test_a_week_without_a_roster_is_shown_as_long_as_the_circle_speaks(year: Table) -> None:
    begins = at("2026-03-02 08:00")
    duty = {"from": begins, "to": begins + 8 * HOUR, "strength": 4}
    roster = {"status": "served", "duties": [duty]}
    year.say("joc", "2026-03-02 17:00", "roster", roster, about=year.refs["centre"])
    year.meet()
    year.now = at("2026-03-20 12:00")
    assert _first_day(year) == at("2026-03-19 00:00"), "a gap of this week stays in sight"
    year.now = at("2026-06-20 12:00")
    assert _first_day(year) == at("2026-02-24 00:00"), "the last week that has a roster"
