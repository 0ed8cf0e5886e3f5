"""Live positions at two desks, one of them in Arabic: we are here, off the plan, the alarm on every desk, back."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk
from .ground import ask, say
from .plans import HOUR, announce, area, at_movements, now, release, square
from .test_movements import row_of

LON, LAT = 43.50, 35.20
INSIDE, OUTSIDE = "35.210, 43.510", "35.210, 43.620"
OUT_OF_PLACE = {
    "ar": "خارج المكان المُشعَر به",
    "en": "outside of its announced ground",
    "ckb": "دەرەوەی شوێنی ڕاگەیەندراو",
}


@pytest.fixture(scope="module", autouse=True)
def engine(browser: Browser, desks: list[Desk]) -> None:
    """A node loads its engine with the first look, which takes seconds."""
    for desk in desks[:2]:
        page = at_movements(browser, desk, "en")
        ask(page, "POST", "/movements/check", {"volumes": [area(40.0, 33.0, now() + HOUR)]})
        page.close()


def tell(page: Page, place: str) -> None:
    """Say with the form of the plan in hand that its element is at a place."""
    page.get_by_test_id("we-are-here").click()
    page.get_by_test_id("report-place").fill(place)
    page.get_by_test_id("report-place-option-0").click()
    expect(page.get_by_test_id("position-grid")).to_have_value("1000")
    page.get_by_test_id("report-preview").click()
    column = page.get_by_test_id("preview-column-mop")
    expect(column).to_contain_text("38S")
    expect(column, "the point is not told").not_to_contain_text(place.partition(",")[0])
    page.get_by_test_id("report-release").click()


def test_off_its_plan_alarms_the_other_desk_and_being_back_ends_it(browser: Browser, desks: list[Desk]) -> None:
    joc, mop = at_movements(browser, desks[0], "ar"), at_movements(browser, desks[1], "en")
    mark = f"Convoy {uuid.uuid4().hex[:6]}"
    plan = announce(joc, mark, area(LON, LAT, now() - HOUR, hours=4), ask_level="inform", activity="convoy")
    joc.locator(row_of(joc, plan)).click()
    tell(joc, INSIDE)
    for page in (joc, mop):
        row = page.locator(f'[data-testid="live-row"][data-ref="{plan}"]')
        expect(row).to_have_attribute("data-state", "current")
        expect(row).to_have_attribute("data-alarms", "")
        expect(page.locator(f'[data-testid="live-drawn"][data-ref="{plan}"]')).to_be_attached()
    expect(mop.get_by_test_id("live-alarm-bar")).to_have_count(0)

    mop.get_by_test_id("desk-watch").click()
    tell(joc, OUTSIDE)
    bars = [(page.get_by_test_id("live-alarm-bar"), language) for page, language in ((joc, "ar"), (mop, "en"))]
    for bar, language in bars:
        expect(bar).to_contain_text(OUT_OF_PLACE[language])
        expect(bar).to_contain_text(mark)
    mop.get_by_test_id("live-alarm-open").click()
    card = mop.get_by_test_id("live")
    expect(card).to_have_attribute("data-alarms", "outside")
    expect(card.get_by_test_id("live-alarm")).to_contain_text("km")
    expect(card.get_by_test_id("we-are-here"), "nobody tells where others are").to_have_count(0)

    tell(joc, INSIDE)
    for bar, _ in bars:
        expect(bar).to_have_count(0)
    expect(card).to_have_attribute("data-alarms", "")
    joc.get_by_test_id("stop-showing").click()
    release(joc)
    expect(card).to_have_attribute("data-state", "stopped")
    for page in (joc, mop):
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"
        page.close()


def test_who_enters_a_fence_is_listed_at_both_desks(browser: Browser, desks: list[Desk]) -> None:
    joc, mop = at_movements(browser, desks[0], "ckb"), at_movements(browser, desks[1], "ar")
    ring = [[round(x * 1e7), round(y * 1e7)] for x, y in square(LON + 0.28, LAT - 0.02, 0.06)]
    name = f"F {uuid.uuid4().hex[:6]}"
    say(joc, "area", {"names": {"en": name, "ar": name, "ckb": name}, "ring": ring, "purpose": "fence"})
    plan = announce(joc, name, area(LON + 0.3, LAT, now() - HOUR, hours=4), ask_level="inform")
    joc.locator(row_of(joc, plan)).click()
    tell(joc, "35.210, 43.810")
    for page in (joc, mop):
        event = page.get_by_test_id("crossing").filter(has_text=name)
        expect(event).to_have_attribute("data-what", "enters")
        page.close()


def test_a_phone_tells_where_it_is(browser: Browser, desks: list[Desk]) -> None:
    page = at_movements(browser, desks[0], "ar", (390, 844))
    plan = announce(page, "On foot", area(LON, LAT + 0.3, now() - HOUR, hours=4), ask_level="inform")
    page.locator(row_of(page, plan)).click()
    tell(page, "35.510, 43.510")
    expect(page.get_by_test_id("live")).to_have_attribute("data-state", "current")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the screen"
    page.close()
