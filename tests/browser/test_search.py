"""The search box in the frame, on real nodes in a browser: by keyboard, in Arabic and Sorani, on a phone."""

from __future__ import annotations

import time
import uuid

import pytest
from playwright.sync_api import Browser, expect

from .desks import Desk, sign_in
from .ground import ask, circle_of_all
from .talk import names, tell, wait_for

LANGUAGES = ("ar", "ckb")
PHONE = (390, 844)
TEXT = {"ar": "دورية مشتركة والهجوم قرب مخمور", "ckb": "هێرشێک لە نزیک مەخموورەوە لە گوندەکان"}
WORD = {"ar": ("هجوم", "الهجوم"), "ckb": ("گوند", "گوندەکان")}
PLACE = {"ar": "مخمور", "ckb": "مەخموورەوە"}


def told(browser: Browser, desks: list[Desk], language: str) -> tuple[str, str]:
    """A report of the other side that has come to the first desk, and the word that only it has."""
    mark = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:10])
    mop = sign_in(browser, desks[1], language)
    at = int(time.time() * 1000) - 60_000
    fields = {"category": "armed_attack", "when": {"from": at, "to": None}, "text": f"{TEXT[language]} {mark}"}
    ref = tell(mop, "incident", {**fields, "lang": language})
    mop.context.close()
    return ref, mark


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_is_found_from_any_desk_by_keyboard_and_opened(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    ref, mark = told(browser, desks, language)
    page = sign_in(browser, desks[0], language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    wait_for(page, ref)
    page.get_by_test_id("desk-accord").click()
    page.locator("body").press("/")
    page.get_by_test_id("search-words").wait_for()
    page.keyboard.type(f"{WORD[language][0]} {mark[:-2]}")
    hit = page.locator(f'[data-testid="search-hit"][data-ref="{ref}"]')
    expect(hit).to_be_visible()
    expect(hit.locator("mark").filter(has_text=WORD[language][1])).to_have_count(1)
    page.get_by_test_id("search-words").fill(f"Makhmur {mark}")
    expect(hit.locator("mark").filter(has_text=PLACE[language])).to_have_count(1)
    page.get_by_test_id("search-kind").select_option("log")
    expect(page.get_by_test_id("search-none")).to_be_visible()
    page.get_by_test_id("search-kind").select_option("incident")
    expect(hit).to_be_visible()
    page.get_by_test_id("search-words").press("ArrowDown")
    expect(hit).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("search")).to_have_count(0)
    assert page.url.endswith(f"#/watch/{ref}")
    expect(page.get_by_test_id("record-panel").filter(has_text=mark)).to_be_visible()


def test_a_record_of_the_accord_opens_on_its_desk(browser: Browser, desks: list[Desk]) -> None:
    page = sign_in(browser, desks[0], "ar")
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    mark = uuid.uuid4().hex[:8]
    ref = tell(page, "negotiation_file", {"names": names(f"File {mark}", f"ملف {mark}", f"دۆسیەی {mark}")})
    wait_for(page, ref)
    page.get_by_test_id("search-open").click()
    page.get_by_test_id("search-words").fill(mark)
    page.get_by_test_id("search-hit").first.click()
    page.wait_for_url(f"**/#/accord/{ref}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_place_is_taken_from_the_list_and_what_may_lie_there_is_marked(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    mop = sign_in(browser, desks[1], language)
    mark = uuid.uuid4().hex[:8]
    circle = circle_of_all(mop)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    # half a kilometre off K1, told as a square of 10 km
    place = {"lat": 355_140_000, "lon": 442_800_000, "accuracy": 20}
    release = {"circle": circle["id"], "label": label, "withhold": ["place"], "grid": 10_000}
    said = {"kind": "incident", "fields": {"text": f"report {mark}", "place": place}, "releases": [release]}
    ref = ask(mop, "POST", "/records", {**said, "urgent": True})["refs"][0]["ref"]
    mop.context.close()
    page = sign_in(browser, desks[0], language)
    wait_for(page, ref)
    page.locator("body").press("/")
    page.get_by_test_id("search-words").fill(mark)
    hit = page.locator(f'[data-testid="search-hit"][data-ref="{ref}"]')
    expect(hit).to_be_visible()
    page.get_by_test_id("search-near").fill({"ar": "كي وا", "ckb": "کەی وە"}[language])
    expect(page.get_by_test_id("search-near-option-0")).to_be_visible()
    page.get_by_test_id("search-near").press("Enter")
    expect(page.get_by_test_id("search-around")).to_contain_text({"ar": "كي وان", "ckb": "کەی وەن"}[language])
    page.get_by_test_id("search-within").select_option("1000")
    expect(hit.get_by_test_id("search-roughly")).to_be_visible()
    page.get_by_test_id("search-near").fill("Sinjar")
    page.get_by_test_id("search-near-option-0").click()
    expect(page.get_by_test_id("search-none")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_fits_a_phone(browser: Browser, desks: list[Desk], language: str) -> None:
    page = sign_in(browser, desks[0], language, PHONE)
    page.get_by_test_id("search-open").click()
    page.get_by_test_id("search-words").fill("Makhmur")
    expect(page.get_by_test_id("search-hit").first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page does not move sideways"
    across = page.get_by_test_id("search").evaluate("(box) => box.scrollWidth - box.clientWidth")
    assert across <= 0, "nor does the sheet"
