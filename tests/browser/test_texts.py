"""Texts on real nodes: an agreement is begun, a clause offered, countered, bracketed, accepted, agreed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import ask, circle_of_all

NAMES = {
    "ar": "اتفاق مراكز التنسيق",
    "ckb": "ڕێککەوتنی سەنتەرەکانی هەماهەنگی",
    "en": "Agreement on coordination centres",
}
FIRST = {
    "ar": "تُفتح مراكز التنسيق المشتركة في الأول من تموز في كركوك ومخمور.",
    "ckb": "سەنتەرەکانی هەماهەنگیی هاوبەش لە یەکی تەمووز لە کەرکووک و مەخموور دەکرێنەوە.",
    "en": "The joint coordination centres open on 1 July in Kirkuk and Makhmur.",
}
SECOND = {
    "ar": "تُفتح مراكز التنسيق المشتركة في الخامس عشر من تموز في كركوك ومخمور.",
    "ckb": "سەنتەرەکانی هەماهەنگیی هاوبەش لە پازدەی تەمووز لە کەرکووک و مەخموور دەکرێنەوە.",
    "en": "The joint coordination centres open on 15 July in Kirkuk and Makhmur.",
}
AGREED = {
    "ar": "متفق عليه كله: جاهز للتوقيع",
    "ckb": "هەمووی ڕێککەوتنی لەسەرە: ئامادەیە بۆ واژوو",
    "en": "Agreed: ready for signature",
}
SHOTS = os.environ.get("TEXT_SHOTS")


def shoot(page: Page, name: str) -> None:
    """A picture to be looked at, where somebody asked for them."""
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def at_texts(browser: Browser, desk: Desk, language: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """The Texts part of the Accord desk."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.goto(f"{desk.url}/#/accord/page/texts")
    page.get_by_test_id("texts").wait_for()
    return page


def no_wider_than_its_window(page: Page) -> None:
    """Nothing is cut off at the side."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_test_id("texts").evaluate("(one) => one.scrollWidth <= one.clientWidth + 1")


def begin(page: Page, language: str, path: str) -> str:
    """A new agreement, by its form; answers its reference."""
    page.get_by_test_id("new-text").click()
    for lang, name in NAMES.items():
        page.locator(f'.names input[lang="{lang}"]').fill(f"{name} {path}")
    page.get_by_test_id("agreement-path").fill(path)
    page.get_by_test_id("report-preview").click()
    page.get_by_test_id("report-release").click()
    shown = page.get_by_test_id("text").filter(has_text=f"{NAMES[language]} {path}")
    shown.wait_for()
    return str(shown.get_attribute("data-ref"))


def write(page: Page, words: dict[str, str]) -> None:
    """Fill the three boxes."""
    for lang, text in words.items():
        page.get_by_test_id(f"text-{lang}").fill(text)


def release(page: Page) -> None:
    page.get_by_test_id("wording-preview").click()
    page.get_by_test_id("wording-release").click()
    page.get_by_test_id("clause-page").wait_for()


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_offer_counter_offer_bracket_accept_agreed(browser: Browser, desks: list[Desk], language: str) -> None:
    joc, mop = (at_texts(browser, desk, language) for desk in desks[:2])
    ref = begin(joc, language, f"centres-{language}")
    joc.locator(f'[data-testid="text"][data-ref="{ref}"]').click()
    joc.get_by_test_id("add-article").click()
    write(joc, FIRST)
    joc.reload()
    expect(joc.get_by_test_id("text-ar")).to_have_value(FIRST["ar"])  # nothing typed is lost
    release(joc)
    joc.get_by_test_id("clause-back").click()
    mop.locator(f'[data-testid="text"][data-ref="{ref}"]').click()
    mop.get_by_test_id("open-clause").first.click()
    mop.get_by_test_id("counter").click()
    expect(mop.get_by_test_id("text-ckb")).to_have_value(FIRST["ckb"])
    write(mop, SECOND)
    expect(mop.get_by_test_id("live-diff-ckb").locator("ins")).to_have_text("پازدەی ")
    expect(mop.get_by_test_id("live-diff-en").locator("del")).to_have_text("1 ")
    mop.get_by_test_id("text-ar").fill(SECOND["ar"].replace("مراكز التنسيق المشتركة", "المكاتب"))
    expect(mop.get_by_test_id("live-term-ar")).to_contain_text("مركز التنسيق المشترك")
    shoot(mop, f"editor-{language}")
    mop.get_by_test_id("text-ar").fill(SECOND["ar"])
    expect(mop.get_by_test_id("live-term-ar")).to_have_count(0)
    release(mop)
    row = joc.get_by_test_id("clause").first
    expect(row.get_by_test_id("cell-ckb").get_by_test_id("bracket")).to_have_count(2)
    expect(row.get_by_test_id("cell-ckb").get_by_test_id("bracket").last).to_contain_text("پازدەی")
    expect(joc.get_by_test_id("text-open")).to_be_visible()
    no_wider_than_its_window(joc)
    shoot(joc, f"text-{language}")
    row.get_by_test_id("open-clause").click()
    theirs = joc.locator('[data-testid="wording"][data-party="mop"]')
    expect(theirs).to_be_visible()
    expect(joc.get_by_test_id("compared-en").locator("ins")).to_have_text("15 ")
    shoot(joc, f"clause-{language}")
    theirs.get_by_test_id("accept").click()
    joc.get_by_test_id("position-say").click()
    expect(joc.get_by_test_id("clause-state")).to_have_class(re.compile("good"))
    joc.get_by_test_id("clause-back").click()
    expect(joc.get_by_test_id("text-agreed")).to_have_text(AGREED[language])
    expect(joc.get_by_test_id("cell-en").first).to_have_text(SECOND["en"])
    mop.get_by_test_id("clause-back").click()
    expect(mop.get_by_test_id("text-agreed")).to_be_visible()
    shoot(joc, f"agreed-{language}")


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_on_a_phone_one_language_stands_at_a_time(browser: Browser, desks: list[Desk], language: str) -> None:
    page = at_texts(browser, desks[0], language, (390, 844))
    ref = begin(page, language, f"phone-{language}")
    circle = circle_of_all(page)["id"]
    said = ask(page, "POST", f"/accord/texts/{ref}/clauses", {"circle": circle, "order": [1], "text": FIRST})
    ask(page, "POST", f"/accord/texts/{ref}/clauses", {"circle": circle, "order": [1, 1], "text": SECOND})
    assert said["key"]
    page.locator(f'[data-testid="text"][data-ref="{ref}"]').click()
    expect(page.get_by_test_id("clause")).to_have_count(2)
    for lang in ("ckb", "en", "ar"):
        page.get_by_test_id(f"show-{lang}").click()
        expect(page.get_by_test_id(f"cell-{lang}").first).to_have_text(FIRST[lang])
        expect(page.locator('[data-testid^="cell-"]')).to_have_count(2)
    no_wider_than_its_window(page)
    shoot(page, f"phone-text-{language}")
    page.get_by_test_id("open-clause").first.click()
    page.get_by_test_id("clause-page").wait_for()
    page.get_by_test_id("wording").first.wait_for()
    no_wider_than_its_window(page)
    shoot(page, f"phone-clause-{language}")


def test_what_was_worded_anew_meanwhile_is_refused_and_what_was_typed_stays(
    browser: Browser, desks: list[Desk]
) -> None:
    page = at_texts(browser, desks[0], "ar")
    ref = begin(page, "ar", "changed-ar")
    circle = circle_of_all(page)["id"]
    first = ask(page, "POST", f"/accord/texts/{ref}/clauses", {"circle": circle, "order": [1], "text": FIRST})
    page.locator(f'[data-testid="text"][data-ref="{ref}"]').click()
    page.get_by_test_id("open-clause").first.click()
    page.get_by_test_id("word-anew").click()
    write(page, SECOND)
    other = {**FIRST, "en": "Said at the other desk."}
    body = {"circle": circle, "key": first["key"], "own": first["ref"], "text": other}
    ask(page, "POST", f"/accord/texts/{ref}/clauses", body)
    page.get_by_test_id("wording-preview").click()
    page.get_by_test_id("wording-anyway").wait_for()
    expect(page.get_by_test_id("text-en")).to_have_value(SECOND["en"])
    page.get_by_test_id("wording-anyway").click()
    page.get_by_test_id("wording-release").click()
    expect(page.get_by_test_id("wording")).to_have_count(2)
    page.get_by_test_id("clause-back").click()
    expect(page.get_by_test_id("clash-own")).to_be_visible()


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_a_signed_text_is_amended_from_its_own_words(browser: Browser, desks: list[Desk], language: str) -> None:
    joc, mop = (at_texts(browser, desk, language) for desk in desks[:2])
    circle = circle_of_all(joc)["id"]
    texts = ask(joc, "GET", f"/accord/texts?circle={circle}")["texts"]
    signed = next(one for one in texts if one["path"] == "joint-coordination-centres" and one["signed_at"])
    joc.locator(f'[data-testid="text"][data-ref="{signed["ref"]}"]').click()
    expect(joc.get_by_test_id("text-signed")).to_be_visible()
    expect(joc.get_by_test_id("add-clause")).to_have_count(0)
    shoot(joc, f"signed-{language}")
    joc.get_by_test_id("text-amend").click()
    for lang, name in NAMES.items():
        joc.locator(f'.names input[lang="{lang}"]').fill(f"{name} {language} 2")
    joc.get_by_test_id("force-way").select_option("date")
    expect(joc.get_by_test_id("force-date-day")).not_to_have_value("")
    joc.get_by_test_id("review_at-set").check()
    shoot(joc, f"frame-{language}")
    joc.get_by_test_id("report-preview").click()
    joc.get_by_test_id("report-release").click()
    joc.get_by_test_id("texts-back").click()
    joc.get_by_test_id("text").filter(has_text=f"{NAMES[language]} {language} 2").click()
    joc.get_by_test_id("take-over").click()
    expect(joc.locator('[data-testid="clause"][data-state="open"]').first).to_be_visible()
    shoot(joc, f"taken-over-{language}")
    amendment = next(
        one["ref"]
        for one in ask(joc, "GET", f"/accord/texts?circle={circle}")["texts"]
        if one["amends"] == signed["ref"] and one["names"][language].endswith(f"{language} 2")
    )
    mop.wait_for_function(
        """async ([path, count]) => {
            const texts = (await (await fetch(path)).json()).texts;
            return texts.some((one) => one.ref === count[0] && one.counts.open === count[1]);
        }""",
        arg=[f"/api/v1/accord/texts?circle={circle}", [amendment, sum(signed["counts"].values())]],
        polling=300,
    )
    mop.locator(f'[data-testid="text"][data-ref="{amendment}"]').click()
    mop.get_by_test_id("take-over").click()
    expect(mop.get_by_test_id("text-agreed")).to_be_visible()
    shoot(mop, f"amended-{language}")
    mop.get_by_test_id("open-clause").first.click()
    expect(mop.get_by_test_id("as-before")).to_be_visible()
    mop.get_by_test_id("clause-back").click()
    mop.get_by_test_id("text-sign").click()
    shown = mop.get_by_test_id("signed-with")
    expect(shown).to_contain_text(re.compile("[0-9a-f]{64}"))
    expect(mop.get_by_test_id("term-ckb").first).to_contain_text("سەنتەری هەماهەنگیی هاوبەش")
    shown.scroll_into_view_if_needed()
    shoot(mop, f"signed-with-{language}")
