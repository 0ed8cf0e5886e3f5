"""The Gaps desk on real nodes, in each of the three languages: run, week, what-if by mouse and keyboard, proposal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import AREA_NAME, POST_NAMES, circle_of_all, say_ground

LANGUAGES = ("ar", "ckb", "en")
MONDAY = {"ar": "الاثنين", "ckb": "دووشەممە", "en": "Monday"}
NOON = 12
"""Monday, 12:00 to 13:00."""


@pytest.fixture(scope="module")
def area(browser: Browser, desks: list[Desk]) -> str:
    """The area whose ground two sides have told."""
    joc, mop = (sign_in(browser, desk, "en") for desk in desks[:2])
    ref = say_ground(joc, mop)
    for page in (joc, mop):
        page.close()
    return ref


def at_gaps(browser: Browser, desk: Desk, language: str, area: str) -> Page:
    """The desk with an answer for the area."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-gaps").click()
    chosen = page.get_by_test_id("gaps-area")
    expect(chosen.locator(f'option[value="{area}"]')).to_be_attached()
    chosen.select_option(area)
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for(timeout=180_000)  # the first run compiles the kernels
    return page


def to_hour(page: Page, hour: int) -> None:
    """Choose an hour of the week in the calendar."""
    page.get_by_test_id("gaps-calendar").locator(f'[data-hour="{hour}"]').click()


def follows(page: Page) -> str:
    """The digest of the answer to the what-if, once it is there."""
    expect(page.get_by_test_id("whatif-change")).to_be_visible(timeout=180_000)
    expect(page.get_by_test_id("gaps-follow")).to_have_attribute("data-settled", "true")
    page.get_by_test_id("gaps-tab-answer").click()
    digest = page.get_by_test_id("gaps-digest").inner_text()
    page.get_by_test_id("gaps-tab-whatif").click()
    return digest


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_is_examined_hour_by_hour_in_the_language_of_the_reader(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    expect(page.get_by_test_id("gaps-area").locator("option:checked")).to_contain_text(AREA_NAME[language])
    expect(page.get_by_test_id("gaps-missing").locator("li").first).to_be_visible()
    expect(page.get_by_test_id("gaps-digest")).to_have_text(re.compile("^[0-9a-f]{64}$"))
    expect(page.get_by_test_id("gap-row")).not_to_have_count(0)

    to_hour(page, NOON)
    expect(page.get_by_test_id("week-hour")).to_contain_text(MONDAY[language])
    page.get_by_test_id("gaps-only-now").check()
    drawn = page.get_by_test_id("gaps-drawn").locator("li").count()
    expect(page.get_by_test_id("gap-row")).to_have_count(drawn)
    page.get_by_test_id("gaps-only-now").uncheck()
    by_day = page.get_by_test_id("week-sum").inner_text()
    slider = page.get_by_test_id("week-slider")
    slider.focus()
    for _ in range(8):
        slider.press("ArrowUp")
    expect(page.get_by_test_id("week-hour")).to_contain_text(re.compile("20:00|٢٠:٠٠"))
    expect(page.get_by_test_id("week-sum")).not_to_have_text(by_day)

    page.get_by_test_id("gap-row").first.click()
    detail = page.get_by_test_id("gap-detail")
    expect(detail.get_by_test_id("rank-parts")).to_be_visible()
    expect(detail.get_by_test_id("rank-without").locator("li")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_post_is_dragged_and_moved_by_keys_and_map_and_list_follow(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    to_hour(page, NOON)
    page.get_by_test_id("gaps-tab-whatif").click()
    page.locator('[data-testid="gaps-map"][data-ready="true"]').wait_for(state="attached")
    handle = page.get_by_test_id("gaps-map").get_by_role("button", name=re.compile(POST_NAMES["joc"][language]))
    stated = page.get_by_test_id("gaps-count").inner_text()
    followed = page.get_by_test_id("gaps-follow")
    rows = page.get_by_test_id("gaps-list")
    before = rows.inner_text()
    drawn = page.get_by_test_id("gaps-map").screenshot()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 50, steps=6)
    # while the post is still held: list and map have followed, and it is said what has not
    expect(page.get_by_test_id("gaps-quick")).to_be_visible()
    expect(rows).not_to_have_text(before)
    expect(followed).to_have_attribute("data-took", re.compile("^[0-9]+$"))
    assert page.get_by_test_id("gaps-map").screenshot() != drawn
    page.mouse.up()
    expect(page.get_by_test_id("whatif-change")).to_be_visible()
    # once it rests the whole answer stands: ranks, and a digest that the others can have too
    expect(followed).to_have_attribute("data-settled", "true")
    expect(page.get_by_test_id("gaps-quick")).to_have_count(0)

    handle.focus()
    page.keyboard.press("ArrowUp")
    post = page.get_by_test_id("edit-post")
    where = post.get_by_test_id("edit-post-place")
    before = where.input_value()
    page.keyboard.press("ArrowUp")
    expect(where).not_to_have_value(before)

    page.reload()
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for()
    page.get_by_test_id("gaps-tab-whatif").click()
    expect(page.get_by_test_id("whatif-change"), "what was tried is kept through a reload").to_be_visible()
    page.get_by_test_id("whatif-reset").click()
    expect(page.get_by_test_id("whatif-change")).to_have_count(0)
    expect(page.get_by_test_id("gaps-count")).to_have_text(stated)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_post_sees_less_far_is_taken_away_another_is_thought_of_and_each_is_undone(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    to_hour(page, NOON)
    page.get_by_test_id("gaps-tab-whatif").click()
    open_now = page.get_by_test_id("week-sum")
    stated = open_now.inner_text()
    row = page.get_by_test_id("whatif-post").filter(has_text=POST_NAMES["joc"][language])
    row.click()
    post = page.get_by_test_id("edit-post")
    post.get_by_test_id("edit-post-day").fill("99999")
    expect(post.get_by_test_id("edit-post-day")).to_have_attribute("aria-invalid", "true")
    post.get_by_test_id("edit-post-day").fill("٩٠٠" if language != "en" else "900")
    expect(open_now).not_to_have_text(stated)
    nearer = open_now.inner_text()
    post.get_by_test_id("edit-post-out").check()
    expect(open_now).not_to_have_text(nearer)
    post.get_by_test_id("edit-post-out").uncheck()
    expect(open_now).to_have_text(nearer)
    row.locator("xpath=..").get_by_role("button").nth(1).click()
    expect(open_now).to_have_text(stated)

    page.get_by_test_id("add-post-place").locator("xpath=ancestor::details/summary").click()
    page.get_by_test_id("add-post-place").fill("38S LE 72 56")
    page.get_by_test_id("add-post").click()
    expect(open_now).not_to_have_text(stated)
    thought_of = open_now.inner_text()
    added = page.get_by_test_id("whatif-added")
    added.click()
    post.get_by_test_id("edit-post-day").fill("800")
    expect(open_now).not_to_have_text(thought_of)
    mark = page.locator('[data-testid="post-handle"][data-ref="added 0"]')
    mark.focus()
    where = post.get_by_test_id("edit-post-place")
    before = where.input_value()
    page.keyboard.press("ArrowLeft")
    expect(where).not_to_have_value(before)
    page.get_by_test_id("whatif-take-out").click()
    expect(open_now).to_have_text(stated)
    expect(page.get_by_test_id("whatif-change")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patrol_keeps_other_hours_or_does_not_go_and_the_map_follows(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    to_hour(page, 2)  # long after the patrol of the day has passed
    page.get_by_test_id("gaps-tab-whatif").click()
    open_now = page.get_by_test_id("week-sum")
    stated = open_now.inner_text()
    row = page.get_by_test_id("whatif-told-patrol").first
    row.click()
    patrol = page.get_by_test_id("edit-patrol")
    patrol.get_by_test_id("edit-patrol-hours").get_by_role("button").first.click()  # around the clock
    expect(open_now).not_to_have_text(stated)
    by_night = open_now.inner_text()
    patrol.get_by_test_id("edit-patrol-out").check()
    expect(open_now).not_to_have_text(by_night)
    patrol.get_by_test_id("edit-patrol-out").uncheck()
    expect(open_now).to_have_text(by_night)
    row.locator("xpath=..").get_by_role("button").nth(1).click()
    expect(open_now).to_have_text(stated)
    expect(page.get_by_test_id("whatif-change")).to_have_count(0)


def test_hours_are_painted_by_keys_and_a_draft_is_compared_and_put_as_a_proposal(
    browser: Browser, desks: list[Desk], area: str
) -> None:
    page = at_gaps(browser, desks[0], "en", area)
    page.get_by_test_id("gaps-tab-whatif").click()
    page.get_by_test_id("whatif-post").filter(has_text=POST_NAMES["joc"]["en"]).click()
    table = page.get_by_test_id("edit-post-hours")
    table.locator('[data-hour="0"]').focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    week = table.get_attribute("data-week") or ""
    assert (week[0], week[24], week[48]) == ("1", "1", "0")
    expect(page.get_by_test_id("whatif-change")).to_be_visible()

    page.get_by_test_id("draft-name").fill("Longer nights")
    page.get_by_test_id("draft-keep").click()
    expect(page.get_by_test_id("draft")).to_contain_text("Longer nights")
    page.get_by_test_id("draft-compare").click()
    page.get_by_test_id("compare-right").select_option(label="Longer nights")
    rows = page.get_by_test_id("compare").locator("tbody tr")
    expect(rows.first.locator("td").nth(2)).to_contain_text("less")
    page.keyboard.press("Escape")

    page.get_by_test_id("whatif-propose").click()
    expect(page.get_by_test_id("of-area")).to_have_value(area)
    page.get_by_test_id("report-preview").click()
    column = page.get_by_test_id("preview-column-mop")
    expect(column).to_contain_text("West post")
    expect(column).to_contain_text("00:00–01:00")
    page.get_by_test_id("report-release").click()
    expect(page.get_by_test_id("record-panel")).to_contain_text("Put")
    ref = page.get_by_test_id("record-panel").get_attribute("data-ref") or ""
    page.get_by_test_id("desk-gaps").click()
    ours = follows(page)

    other = sign_in(browser, desks[1], "ckb")
    other.get_by_test_id("circle-select").select_option(circle_of_all(other)["id"])
    other.evaluate("(ref) => (location.hash = `#/watch/${ref}`)", ref)
    other.get_by_test_id("open-proposal").click()
    other.get_by_test_id("gaps-desk").wait_for()
    assert follows(other) == ours, "two nodes with the same records say the same of a proposal"
    other.get_by_test_id("whatif-post").filter(has_text=POST_NAMES["joc"]["ckb"]).click()
    week = other.get_by_test_id("edit-post-hours").get_attribute("data-week") or ""
    assert (week[0], week[24], week[48]) == ("1", "1", "0")


def test_own_cover_is_put_before_the_others_as_cells_without_a_place(
    browser: Browser, desks: list[Desk], area: str
) -> None:
    page = at_gaps(browser, desks[1], "en", area)
    page.get_by_test_id("gaps-release-cover").click()
    page.get_by_test_id("report-preview").click()
    theirs = page.get_by_test_id("preview-column-joc")
    expect(theirs).to_contain_text("cells of 500 m")
    expect(theirs.get_by_test_id("field-place")).to_have_count(0)


def test_an_answer_is_taken_away_as_a_file(browser: Browser, desks: list[Desk], area: str) -> None:
    page = at_gaps(browser, desks[0], "en", area)
    with page.expect_download() as taken:
        page.get_by_test_id("gaps-export-csv").click()
    assert taken.value.suggested_filename.startswith("EXERCISE-gaps-")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_patrol_is_said_by_pasting_its_course_as_mgrs(browser: Browser, desks: list[Desk], language: str) -> None:
    page = sign_in(browser, desks[0], language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("log-row").first.wait_for()
    page.get_by_test_id("new-patrol").click()
    page.get_by_test_id("paste-mgrs").locator("xpath=ancestor::details/summary").click()
    page.get_by_test_id("paste-mgrs").fill("38S LE 71527 60046\n38S LE 74 61, nowhere")
    expect(page.get_by_test_id("paste-mgrs-take")).to_be_disabled()
    page.get_by_test_id("paste-mgrs").fill("38S LE 71527 60046\n38S LE 74 61")
    page.get_by_test_id("paste-mgrs-take").click()
    hours = page.get_by_test_id("timetable-hours")
    hours.locator('[data-hour="30"]').focus()
    page.keyboard.press("Space")
    page.get_by_test_id("report-preview").click()
    expect(page.get_by_test_id("preview-column-mop")).to_contain_text(re.compile("06:00–07:00|٠٦:٠٠–٠٧:٠٠"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_further_posts_are_proposed_with_what_is_certain_of_them(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-k").select_option("3")
    page.get_by_test_id("next-run").click()
    expect(page.get_by_test_id("next-site")).to_have_count(3)
    proof = page.get_by_test_id("next-proof")
    expect(proof).to_contain_text("%" if language == "en" else re.compile("[٪%]"))
    expect(page.get_by_test_id("site-mark")).to_have_count(3)
    promised = float(page.get_by_test_id("next-closes").get_attribute("data-km2h") or 0)
    page.get_by_test_id("next-try-all").click()
    change = page.get_by_test_id("whatif-change")
    expect(change).to_be_visible()
    if language == "en":
        expect(change).to_contain_text("less")
        assert _less(change.inner_text()) == pytest.approx(promised, abs=2.0), "the map shows what was promised"
    page.get_by_test_id("whatif-reset").click()


def _less(text: str) -> float:
    """Open ground × hours that a what-if closes, as the page says it."""
    found = re.search(r"([0-9][0-9,.]*) km²·h", re.sub("[\u2066-\u2069]", "", text))
    assert found is not None, text
    return float(found[1].replace(",", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_further_patrols_are_proposed_with_timetable_and_limit_and_taken_into_the_what_if(
    browser: Browser, desks: list[Desk], area: str, language: str
) -> None:
    page = at_gaps(browser, desks[0], language, area)
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-seek-patrols").check()
    page.get_by_test_id("rounds-k").select_option("2")
    page.get_by_test_id("rounds-hours").select_option("2")
    page.get_by_test_id("next-fairness").select_option("100")
    page.get_by_test_id("rounds-run").click()
    expect(page.get_by_test_id("round")).to_have_count(2)
    expect(page.get_by_test_id("rounds-cancel")).to_have_count(0)
    first = page.get_by_test_id("round").first
    first.locator("summary").click()
    expect(first.get_by_test_id("round-stops").locator("tr")).not_to_have_count(0)
    expect(page.get_by_test_id("rounds-bound")).to_contain_text("%" if language == "en" else re.compile("[٪%]"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"
    promised = float(page.get_by_test_id("rounds-closes").get_attribute("data-km2h") or 0)
    page.get_by_test_id("rounds-try-all").click()
    expect(page.get_by_test_id("whatif-patrol")).to_have_count(2)
    change = page.get_by_test_id("whatif-change")
    expect(change).to_be_visible()
    if language == "en":
        expect(change).to_contain_text("less")
        assert _less(change.inner_text()) == pytest.approx(promised, abs=2.0), "the map shows what was promised"
    page.get_by_test_id("whatif-reset").click()


def test_a_search_right_after_a_change_waits_for_the_whole_answer(
    browser: Browser, desks: list[Desk], area: str
) -> None:
    page = at_gaps(browser, desks[0], "en", area)
    page.get_by_test_id("gaps-tab-whatif").click()
    page.get_by_test_id("whatif-post").filter(has_text=POST_NAMES["joc"]["en"]).click()
    page.get_by_test_id("edit-post-day").fill("900")
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-run").click()
    expect(page.get_by_test_id("next-closes")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_search_that_is_stopped_says_so_and_keeps_what_it_found(
    browser: Browser, desks: list[Desk], area: str
) -> None:
    page = at_gaps(browser, desks[0], "en", area)
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-seek-patrols").check()
    page.get_by_test_id("rounds-k").select_option("12")
    page.get_by_test_id("rounds-hours").select_option("12")
    page.get_by_test_id("rounds-run").click()
    page.get_by_test_id("rounds-cancel").click()
    expect(page.get_by_test_id("rounds-stopped")).to_contain_text("Stopped")
    expect(page.get_by_test_id("rounds-cancel")).to_have_count(0)
    expect(page.get_by_test_id("rounds-run")).to_be_enabled()


def test_found_patrols_are_put_as_a_proposal_that_the_others_read_in_words(
    browser: Browser, desks: list[Desk], area: str
) -> None:
    page = at_gaps(browser, desks[0], "en", area)
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-seek-patrols").check()
    page.get_by_test_id("rounds-k").select_option("1")
    page.get_by_test_id("rounds-hours").select_option("2")
    page.get_by_test_id("rounds-run").click()
    expect(page.get_by_test_id("round")).to_have_count(1)
    page.get_by_test_id("rounds-propose").click()
    page.get_by_test_id("report-preview").click()
    expect(page.get_by_test_id("preview-column-mop")).to_contain_text("New patrol of")
    page.get_by_test_id("report-release").click()
    expect(page.get_by_test_id("record-panel")).to_contain_text("Put")
