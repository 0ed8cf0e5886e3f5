"""Two reports of one event in Arabic and Sorani, on two real nodes in a browser: joined, graded, found, printed."""

from __future__ import annotations

import time
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import circle_of_all
from .plans import release
from .talk import tell, wait_for

LANGUAGES = ("ar", "ckb")
LAPTOP, PHONE = (1366, 768), (390, 844)
MAKHMOUR = {"ar": "مخمور", "ckb": "مەخموور"}
SHEET = {"ar": "ورقة الحادث", "ckb": "پەڕەی ڕووداو"}
DISPUTED = {"ar": "مختلف فيه", "ckb": "ناکۆکی لەسەرە"}
ACTION = {"ar": "رفع الحاجز عن الطريق", "ckb": "لابردنی ڕێگرەکە"}
REASON = {"ar": "دوريتنا هي التي أطلقت", "ckb": "دەوریەی ئێمە بوو"}
PLACE = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 500}


def at_incidents(browser: Browser, desk: Desk, language: str, size: tuple[int, int] = LAPTOP) -> Page:
    """The Incidents desk in the circle of all."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-incidents").click()
    page.get_by_test_id("incidents-pairs").click()
    page.get_by_test_id("pairs-page").wait_for()
    return page


def reports(joc: Page, mop: Page, language: str) -> tuple[str, str]:
    """A report of each side of one explosion of a few minutes ago; each run at a place of its own."""
    at = int(time.time() * 1000) - 20 * 60_000
    place = {**PLACE, "lat": PLACE["lat"] + 900_000 * LANGUAGES.index(language)}
    mark = uuid.uuid4().hex[:8]
    what = {"category": "explosion", "when_precision": "minute", "how_known": "seen", "wounded": {"min": 2, "max": 3}}
    ours = {
        **what,
        "place": place,
        "when": {"from": at, "to": None},
        "text": f"انفجار عبوة قرب مخمور {mark}",
        "lang": "ar",
        "killed": {"min": 0, "max": 0},
        "source_grade": "B",
        "info_grade": 2,
    }
    theirs = {
        **what,
        "place": place,
        "when": {"from": at + 300_000, "to": None},
        "text": f"تەقینەوەی بۆمب نزیک مەخموور {mark}",
        "lang": "ckb",
        "killed": {"min": 1, "max": 1},
    }
    return tell(joc, "incident", ours), tell(mop, "incident", theirs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_reports_are_joined_by_both_sides_graded_verified_and_printed(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = (at_incidents(browser, desk, language) for desk in desks[:2])
    ours, theirs = reports(joc, mop, language)
    wait_for(joc, theirs)
    wait_for(mop, ours)
    one, other = sorted((ours, theirs))
    here = f'[data-testid="pair"][data-one="{one}"][data-other="{other}"]'
    for page in (joc, mop):
        pair = page.locator(here)
        expect(pair).to_be_visible()
        expect(pair.get_by_test_id("part-words")).to_contain_text(MAKHMOUR[language])
        expect(pair.get_by_test_id("part-place")).to_be_visible()
    joc.locator(here).get_by_test_id("say-same").click()
    expect(joc.locator(here)).to_have_attribute("data-state", "waits")
    expect(mop.locator(here)).to_have_attribute("data-state", "waits")
    mop.locator(here).get_by_test_id("say-same").click()
    for page in (joc, mop):
        expect(page.locator(here), "it waits no longer").to_have_count(0)
        page.goto(page.url.split("#")[0] + f"#/incidents/{ours}")
        file = page.get_by_test_id("file-page")
        expect(file).to_have_attribute("data-state", "corroborated")
        expect(page.get_by_test_id("row-killed")).to_have_attribute("data-standing", "disputed")
        expect(page.get_by_test_id("row-killed")).to_contain_text(DISPUTED[language])
        expect(page.get_by_test_id("row-wounded")).to_have_attribute("data-standing", "agreed")
        expect(page.get_by_test_id("row-over")).to_have_attribute("data-standing", "unknown")
        expect(page.get_by_test_id("file-confirmed")).to_be_visible()

    account = mop.locator('[data-testid="account"][data-party="joc"]')
    theirs_of_it = account.get_by_test_id("grade")
    expect(theirs_of_it, "who sees the reporter's grade first grades alike").not_to_contain_text("B")
    expect(account.get_by_test_id("grade-info")).to_have_count(0)
    account.get_by_test_id("grade-source").select_option("C")
    account.get_by_test_id("grade-next").click()
    expect(account.get_by_test_id("grade-source")).to_have_count(0)
    account.get_by_test_id("grade-info").select_option("3")
    account.get_by_test_id("grade-send").click()
    expect(theirs_of_it).to_have_count(2)
    expect(theirs_of_it.first).to_contain_text("B")
    grades = joc.locator('[data-testid="account"][data-party="joc"]').get_by_test_id("grade")
    expect(grades).to_have_count(2)
    expect(grades.nth(0)).to_contain_text("B")
    expect(grades.nth(1)).to_contain_text("C")

    joc.get_by_test_id("new-finding").click()
    joc.get_by_test_id(f"finding-action-{language}").fill(ACTION[language])
    joc.get_by_test_id("report-place").fill("38S LE 45600 67200")
    joc.get_by_test_id("report-place-option-0").click()
    release(joc, seen_by="mop")
    finding = joc.get_by_test_id("finding")
    expect(joc.get_by_test_id("finding-missing")).to_be_visible()
    joc.get_by_test_id("finding-close").click()
    expect(joc.locator(".refused")).to_be_visible()
    expect(finding).to_have_attribute("data-status", "open")
    joc.get_by_test_id("finding-complete").click()
    joc.locator('aside input[maxlength="200"][dir="auto"]').last.fill("2")
    release(joc, seen_by="mop")
    expect(joc.get_by_test_id("finding-missing")).to_have_count(0)
    # what is assented to is the very record: not before this desk shows the completed one
    expect(mop.get_by_test_id("finding")).to_have_attribute("data-why", "waits_for_others")
    expect(mop.get_by_test_id("finding-missing")).to_have_count(0)
    mop.get_by_test_id("finding-accept").click()
    for page in (joc, mop):
        expect(page.get_by_test_id("file-page")).to_have_attribute("data-state", "verified")

    with joc.expect_popup() as opened:
        joc.get_by_test_id("sheet-html").click()
    expect(opened.value.locator("h1")).to_contain_text(SHEET[language])
    expect(opened.value.locator("html")).to_have_attribute("dir", "rtl")
    mop.get_by_test_id("incidents-times").click()
    expect(mop.get_by_test_id("times-row").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_that_were_not_put_forward_are_joined_in_the_file_and_taken_apart_again(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = (at_incidents(browser, desk, language) for desk in desks[:2])
    at = int(time.time() * 1000) - 9 * 60 * 60_000
    mark = uuid.uuid4().hex[:8]
    what = {"when_precision": "minute", "text": mark}
    ours = tell(joc, "incident", {**what, "category": "fire", "when": {"from": at, "to": None}})
    theirs = tell(mop, "incident", {**what, "category": "raid", "when": {"from": at + 90 * 60_000, "to": None}})
    wait_for(joc, theirs)
    wait_for(mop, ours)
    for page in (joc, mop):
        page.goto(page.url.split("#")[0] + f"#/incidents/{ours}")
    joc.get_by_test_id("join-other").click()
    joc.get_by_test_id("join-choice").select_option(theirs)
    joc.get_by_test_id("joining").get_by_test_id("say-same").click()
    for page in (joc, mop):
        expect(page.get_by_test_id("joined-pair")).to_have_attribute("data-state", "waits")
    mop.get_by_test_id("incidents-pairs").click()
    one, other = sorted((ours, theirs))
    waiting = f'[data-testid="joined-pair"][data-one="{one}"][data-other="{other}"]'
    mop.get_by_test_id("pairs-waiting").locator(waiting).get_by_test_id("say-same").click()
    expect(mop.locator(waiting)).to_have_count(0)
    mop.goto(mop.url.split("#")[0] + f"#/incidents/{ours}")
    for page in (joc, mop):
        expect(page.get_by_test_id("account")).to_have_count(2)
    pair = mop.get_by_test_id("joined-pair")
    pair.get_by_test_id("say-apart").click()
    pair.get_by_test_id("apart-reason").fill(REASON[language])
    pair.get_by_test_id("apart-send").click()
    for page in (joc, mop):
        expect(page.get_by_test_id("joined-pair")).to_have_attribute("data-state", "disputed")
        expect(page.get_by_test_id("pair-reason")).to_contain_text(REASON[language])
        expect(page.get_by_test_id("account")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_fits_a_phone(browser: Browser, desks: list[Desk], language: str) -> None:
    joc, mop = at_incidents(browser, desks[0], language, PHONE), at_incidents(browser, desks[1], language)
    ours, _ = reports(joc, mop, language)
    joc.goto(joc.url.split("#")[0] + f"#/incidents/{ours}")
    joc.get_by_test_id("row-place").wait_for()
    _stands_still(joc)
    joc.get_by_test_id("incidents-times").click()
    joc.get_by_test_id("times-row").first.wait_for()
    _stands_still(joc)


def _stands_still(page: Page) -> None:
    """The page does not move sideways, and neither does what is in it; a table moves in its own frame."""
    for part in ("document.documentElement", "document.querySelector('[data-testid=incidents-desk] > .part')"):
        assert page.evaluate(f"{part}.scrollWidth - {part}.clientWidth") <= 0, part
