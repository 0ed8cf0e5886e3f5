"""The walk of a report through three desks, in each of the three languages, in a real browser."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in

PLACES = {"ar": "مخمور", "ckb": "مەخموور", "en": "Makhmur"}
WORDS = {"ar": "إطلاق نار قرب القرية", "ckb": "تەقە لە نزیک گوندەکە", "en": "Shots near the village"}
EXACT = "35.776"
"""The beginning of Makhmour's latitude, which only the exact place shows."""
CIRCLE = {"ar": "الأطراف الثلاثة", "ckb": "هەر سێ لایەن", "en": "all three"}


def choose_circle(page: Page, language: str) -> None:
    """The circle of all three, by its name in the language of the page."""
    select = page.get_by_test_id("circle-select")
    label = select.locator("option", has_text=CIRCLE[language]).first.text_content()
    select.select_option(label=(label or "").strip())


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_a_report_is_seen_redacted_on_the_others_and_gains_its_place_when_more_is_told(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    author, *readers = [sign_in(browser, desk, language) for desk in desks]
    for page in (author, *readers):
        choose_circle(page, language)
    expect(author.locator("html")).to_have_attribute("dir", "ltr" if language == "en" else "rtl")
    expect(author.get_by_test_id("exercise-banner")).to_be_visible()

    mark = f"{WORDS[language]} {uuid.uuid4().hex[:8]}"
    author.get_by_test_id("new-report").click()
    author.get_by_test_id("report-category").select_option("shooting")
    author.get_by_test_id("report-place").fill(PLACES[language])
    author.get_by_test_id("report-place-option-0").click()
    author.get_by_test_id("report-text").fill(mark)
    author.get_by_test_id("report-preview").click()
    for party in ("mop", "coalition"):
        column = author.get_by_test_id(f"preview-column-{party}")
        expect(column).to_contain_text(mark)
        expect(column).to_contain_text(re.compile(r"38S\s*LE\s*7\s*6|38SLE76"))
        expect(column).not_to_contain_text(EXACT)
    expect(author.get_by_test_id("preview-column-joc")).to_contain_text(EXACT)
    author.get_by_test_id("report-release").click()

    for page in readers:
        row = page.get_by_test_id("log-row").filter(has_text=mark)
        expect(row).to_be_visible(timeout=5000)
        ref = row.get_attribute("data-ref")
        row.click()
        panel = page.get_by_test_id("record-panel")
        expect(panel.get_by_test_id("field-place_coarse")).to_be_visible()
        expect(panel.get_by_test_id("field-place")).to_have_count(0)
        expect(panel).not_to_contain_text(EXACT)
        drawn = page.get_by_test_id("map-features").locator(f'[data-ref="{ref}"]')
        expect(drawn).to_have_attribute("data-precision", "coarse")

    author.get_by_test_id("log-row").filter(has_text=mark).click()
    for party in ("mop", "coalition"):
        expect(author.get_by_test_id(f"receipt-{party}")).to_contain_text(
            re.compile(r"[0-9٠-٩]{2}:[0-9٠-٩]{2}:[0-9٠-٩]{2}")
        )
    author.get_by_test_id("tell-more").click()
    author.get_by_test_id("tell-field-place").check()
    author.get_by_test_id("tell-preview").click()
    expect(author.get_by_test_id("preview-column-mop")).to_contain_text(EXACT)
    author.get_by_test_id("tell-confirm").click()

    for page in readers:
        expect(page.get_by_test_id("record-panel").get_by_test_id("field-place")).to_contain_text(EXACT)
        ref = page.get_by_test_id("log-row").filter(has_text=mark).get_attribute("data-ref")
        drawn = page.get_by_test_id("map-features").locator(f'[data-ref="{ref}"]')
        expect(drawn).to_have_attribute("data-precision", "exact")
    for page in (author, *readers):
        page.close()


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_what_is_typed_survives_a_reload(browser: Browser, desks: list[Desk], language: str) -> None:
    page = sign_in(browser, desks[1], language)
    choose_circle(page, language)
    page.get_by_test_id("new-report").click()
    page.get_by_test_id("report-text").fill(WORDS[language])
    page.reload()
    if page.get_by_test_id("report-text").count() == 0:
        page.get_by_test_id("new-report").click()
    expect(page.get_by_test_id("report-text")).to_have_value(WORDS[language])
    page.close()


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_the_ledger_desk_shows_heads_and_who_holds_them(browser: Browser, desks: list[Desk], language: str) -> None:
    page = sign_in(browser, desks[2], language)
    page.get_by_test_id("desk-ledger").click()
    expect(page.get_by_test_id("ledger-row").first).to_be_visible()
    assert page.get_by_test_id("ledger-row").count() >= 6
    page.close()


ENDLESS = """document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime === Infinity)
    .map((one) => one.animationName)"""


def test_a_desk_at_rest_moves_nothing(browser: Browser, desks: list[Desk]) -> None:
    """What moves without end has the whole page drawn sixty times a second: half the processor of an old laptop."""
    page = sign_in(browser, desks[0], "en")
    for name in ("watch", "gaps", "movements", "ledger"):
        page.get_by_test_id(f"desk-{name}").click()
        expect(page.get_by_test_id(f"desk-{name}")).to_have_attribute("aria-current", "page")
        expect(page.locator(".waiting")).to_have_count(0)
        page.wait_for_timeout(1500)
        assert page.evaluate(ENDLESS) == []
