"""The answer of the Gaps desk in each language: ground between lines, probable sight, travel, last week, clusters."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import EAST, NORTH, SOUTH, WEST, circle_of_all, e7, say, say_ground

LANGUAGES = ("ar", "ckb", "en")
DAY_MS = 86_400_000
CANNOT = {"ar": "احتمال أن يكون", "ckb": "ئەگەری ڕاستبوون", "en": "not the probability"}


@pytest.fixture(scope="module")
def told(browser: Browser, desks: list[Desk]) -> str:
    """An area with posts, a base, two lines and a few incidents that come together; the area's reference."""
    joc, mop = (sign_in(browser, desk, "en") for desk in desks[:2])
    area = say_ground(joc, mop)
    for page, north in ((joc, SOUTH + 0.01), (mop, NORTH - 0.01)):
        path = [[e7(WEST), e7(north)], [e7(EAST), e7(north)]]
        say(page, "line", {"names": {"en": f"Line {north:.2f}"}, "path": path, "status": "held"})
    place = {"lat": e7(35.74), "lon": e7(43.54), "accuracy": 100}
    week = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440}], "offset": 180}
    ready = [{"hours": week, "minutes": 5}]
    say(joc, "base", {"place": place, "mobility": ["car"], "ready": ready, "status": "at_work"})
    now = int(time.time() * 1000)
    for number in range(24):
        near = number >= 18
        when = now - (number % 3 if near else 20 + 13 * number) * DAY_MS
        at = (35.79, 43.60) if near else (35.71 + number % 6 * 0.015, 43.51 + number // 6 * 0.03)
        spot = {"lat": e7(at[0]), "lon": e7(at[1]), "accuracy": 100}
        fields = {"place": spot, "when": {"from": when, "to": None}, "how_known": "told", "category": "fire"}
        say(mop if number % 2 else joc, "incident", fields)
    for page in (joc, mop):
        page.close()
    return area


def at_gaps(browser: Browser, desk: Desk, language: str) -> Page:
    """The desk before anything is asked."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-gaps").click()
    return page


def choose_lines(page: Page, *names: str) -> None:
    """Choose two lines by a part of their names; which of the two choices holds which does not matter."""
    lines = page.get_by_test_id("gaps-line")
    for name in names:
        held = lines.locator("option:checked").all_inner_texts()
        if any(name in one for one in held):
            continue
        free = next(place for place, one in enumerate(held) if not any(other in one for other in names))
        ref = lines.nth(free).locator("option", has_text=name).first.get_attribute("value")
        lines.nth(free).select_option(ref)
        expect(lines.locator("option:checked", has_text=name)).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ground_between_two_lines_is_asked_with_wet_ground_and_heights_that_may_be_wrong(
    browser: Browser, desks: list[Desk], told: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language)
    chosen = page.get_by_test_id("gaps-area")
    expect(chosen.locator('option[value="between"]')).to_be_attached()
    chosen.select_option("between")
    choose_lines(page, "35.71", "35.79")
    page.get_by_test_id("gaps-cell").select_option("60")
    page.get_by_test_id("gaps-condition").select_option("wet")
    page.get_by_test_id("gaps-error").select_option("4")
    page.get_by_test_id("gaps-error-length").select_option("0.3")
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for(timeout=300_000)
    expect(page.get_by_test_id("gaps-expected")).to_contain_text(re.compile(r"[0-9٠-٩]"))
    expect(page.get_by_test_id("gaps-rule-condition")).to_be_visible()
    page.get_by_test_id("gaps-shows").select_option("sight")
    expect(page.get_by_test_id("gaps-key").locator("li")).to_have_count(5)
    page.locator('[data-testid="gaps-map"][data-ready="true"]').wait_for(state="attached")
    page.get_by_test_id("gap-row").first.click()
    detail = page.get_by_test_id("gap-detail")
    expect(detail.get_by_test_id("gap-expected")).to_be_visible()
    expect(detail.get_by_test_id("gap-times").first).to_be_visible()
    expect(detail.get_by_test_id("gap-found-rate")).to_be_visible()
    expect(page.get_by_test_id("gap-trend").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"


@pytest.mark.parametrize("language", LANGUAGES)
def test_clusters_are_sought_and_what_they_cannot_say_stands_beside_them(
    browser: Browser, desks: list[Desk], told: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language)
    page.get_by_test_id("gaps-area").select_option(told)
    page.get_by_test_id("gaps-tab-clusters").click()
    page.get_by_test_id("clusters-run").click()
    first = page.get_by_test_id("cluster").first
    expect(first).to_contain_text("p = ", timeout=120_000)
    expect(first.locator("li")).to_have_count(2)
    expect(page.get_by_test_id("gaps-clusters")).to_contain_text(re.compile("999|٩٩٩"))
    page.get_by_test_id("density").select_option("2000")
    expect(page.get_by_test_id("density-said")).to_contain_text(re.compile("2|٢"))
    expect(page.get_by_test_id("gaps-key")).to_be_attached()
    page.get_by_test_id("density").select_option("")
    expect(page.get_by_test_id("density-said")).to_have_count(0)
    page.get_by_test_id("numbers-page").click()
    expect(page.get_by_test_id("numbers-text")).to_contain_text(CANNOT[language])
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("numbers-text")).to_have_count(0)
