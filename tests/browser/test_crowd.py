"""More incidents than a desk holds, in a browser: pages in the log, marks on the map, figures with their records."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from nodes import OFFICER, PASSWORD, USER, add_officer, enter, make_nodes, meet, say, serving
from tansiq.desk import incidents_import, viewing

from .desks import Desk, sign_in

COUNT = viewing.CROWD + 400
DAY = 86_400_000
WEEK = 7 * DAY
MONDAY = 1_600_030_800_000
"""14 September 2020, midnight in Baghdad."""
PHONE = (390, 844)
WORDS = {"en": "Incidents in figures", "ar": "الحوادث بالأرقام", "ckb": "ڕووداوەکان بە ژمارە"}
RING = [[430_000_000, 350_000_000], [430_000_000, 360_000_000], [440_000_000, 360_000_000], [440_000_000, 350_000_000]]


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, str]]:
    """A served desk, its own circle with a crowd of 2006 and 2020, and a circle of two sides with a few reports."""
    nodes = make_nodes(tmp_path_factory.mktemp("crowd"), "joc", "mop")
    joc, mop = nodes.values()
    add_officer(joc)
    lines = [
        f"{2020 if one % 2 else 2006}-09-{1 + one % 28:02d},{34 + one % 60 / 20},{41.5 + one // 60 / 10},raid"
        for one in range(COUNT)
    ]
    data = "\n".join(["date,latitude,longitude,type", *lines]).encode()
    reading = incidents_import.look(joc.office, data, "many.csv", None, "en").reading
    incidents_import.keep(joc.office, data, "many.csv", reading, OFFICER)
    with joc.database.read() as connection:
        own = incidents_import.own_circle(connection).circle.id
    shared = enter(joc, mop, name="Two sides")
    say(joc, shared, "area", {"names": {"en": "Square"}, "ring": RING, "purpose": "joint_interest"})
    place = {"lat": 355_000_000, "lon": 435_000_000, "accuracy": 50}
    for week, node in ((0, joc), (2, joc), (2, mop)):
        when = {"from": MONDAY + week * WEEK + DAY, "to": None}
        told = {"category": "fire", "how_known": "seen", "when": when, "when_precision": "minute", "place": place}
        say(node, shared, "incident", told)
    meet(joc, mop)
    for node in nodes.values():
        node.close()
    with serving(joc.folder.path) as (served,):
        yield Desk("joc", served.url, USER, PASSWORD), own, shared.id


def at_circle(browser: Browser, desk: Desk, circle: str, language: str) -> Page:
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle)
    return page


def at_charts(page: Page) -> None:
    page.goto(page.url.split("#")[0] + "#/incidents/page/charts")
    page.locator('[data-testid="charts-page"][data-ready="true"]').wait_for()


def test_a_crowd_comes_by_pages_and_marks_and_a_report_of_it_comes_to_hand(
    browser: Browser, crowded: tuple[Desk, str, str]
) -> None:
    desk, own, _ = crowded
    page = at_circle(browser, desk, own, "en")
    rows = page.locator('[data-testid="log-row"][data-kind="incident"]')
    expect(rows).to_have_count(60)
    expect(page.get_by_test_id("log-entries")).to_contain_text(f"{COUNT:,}")
    page.locator('[role="feed"]').evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(rows.nth(119)).to_be_attached()
    refs = [one.get_attribute("data-ref") for one in rows.all()]
    assert len(set(refs)) == len(refs)
    page.locator('[data-testid="map"][data-crowd="shown"][data-ready="true"]').wait_for()
    rows.nth(100).click()
    expect(page.get_by_test_id("record-panel")).to_be_visible()
    box = page.get_by_test_id("map").bounding_box()
    assert box is not None
    page.keyboard.press("Escape")
    chip = page.get_by_test_id("crowd-box")
    # a tile's square of 64 pixels has a mark, and is drawn up to twice as large
    for right, down in itertools.product(range(0, 128, 18), repeat=2):
        page.mouse.click(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2 + down)
        page.wait_for_timeout(150)
        if chip.is_visible():
            break
    expect(chip, "a mark was met").to_be_visible()
    expect(page.get_by_test_id("log-entries")).not_to_contain_text(f"{COUNT:,}")
    chip.click()
    expect(page.get_by_test_id("log-entries")).to_contain_text(f"{COUNT:,}")


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_figures_stand_in_three_languages_and_open_their_records(
    browser: Browser, crowded: tuple[Desk, str, str], language: str
) -> None:
    desk, _, shared = crowded
    page = at_circle(browser, desk, shared, language)
    if language == "ckb":
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    at_charts(page)
    expect(page.get_by_test_id("charts-page").locator("h1")).to_have_text(WORDS[language])
    joc = page.locator('[data-testid="charts-weeks"] [data-party="joc"]')
    last = joc.locator("[data-count]")
    expect(last.last, "the newest week is in sight, on a phone too").to_be_in_viewport()
    assert [one.get_attribute("data-count") for one in last.all()][-3:] == ["1", "gap", "1"]
    other = page.locator('[data-testid="charts-weeks"] [data-party="mop"] [data-count]')
    assert [one.get_attribute("data-count") for one in other.all()][-3:] == ["gap", "gap", "1"]
    expect(page.get_by_test_id("charts-unseen")).to_have_attribute("data-known", "false")
    expect(page.get_by_test_id("charts-taken")).to_have_count(0)
    page.locator('[data-testid="charts-kinds"] [data-key="fire"] [data-side="all"]').click()
    behind = page.get_by_test_id("charts-behind")
    expect(behind).to_have_attribute("data-total", "3")
    page.get_by_test_id("behind-close").click()
    joc.locator("button").last.click()
    expect(behind).to_have_attribute("data-total", "1")
    page.get_by_test_id("behind-close").click()
    page.locator('[data-testid="charts-areas"] [data-key^="inside"] [data-side="mop"]').click()
    expect(behind).to_have_attribute("data-total", "1")
    page.get_by_test_id("behind-row").click()
    expect(page.get_by_test_id("record-panel")).to_be_visible()


def test_what_came_from_files_is_said_to_be_of_other_years(browser: Browser, crowded: tuple[Desk, str, str]) -> None:
    desk, own, _ = crowded
    page = at_circle(browser, desk, own, "en")
    at_charts(page)
    page.get_by_test_id("charts-whole").click()
    expect(page.get_by_test_id("charts-total")).to_contain_text(f"{COUNT:,}")
    expect(page.get_by_test_id("charts-taken")).to_contain_text("2006")
