"""Commitments on real nodes: covered twenty hours a day, late since a patrol stops, contested, verified, kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import ask, circle_of_all, e7, say
from .plans import now

DAY = 86_400_000
ALWAYS = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 0, "to": 1440}], "offset": 180}
CHOSEN = {"ar": 44.90, "ckb": 45.20}
NAMES = {"en": "Hold the gap", "ar": "مسك الثغرة", "ckb": "گرتنی بۆشایی"}
STATES = {
    "ar": {"kept": "أُوفي به", "late": "متأخر", "disputed": "مختلَف عليه"},
    "ckb": {"kept": "جێبەجێکراو", "late": "دواکەوتوو", "disputed": "ناکۆکی لەسەرە"},
}


def lay(joc: Page, mop: Page, west: float) -> tuple[str, str]:
    """An area and the patrol that covers it; their references."""
    corners = [(west, 35.70), (west + 0.1, 35.70), (west + 0.1, 35.74), (west, 35.74)]
    ring = [[e7(lon), e7(lat)] for lon, lat in corners]
    names = {"en": "Gap", "ar": "الثغرة", "ckb": "بۆشایی"}
    area = say(joc, "area", {"names": names, "ring": ring, "purpose": "joint_interest"})
    path = [[e7(west), e7(35.72)], [e7(west + 0.1), e7(35.72)]]
    patrol = {"names": {"en": "Patrol", "ar": "دورية", "ckb": "دەوریە"}, "path": path, "width_m": 5000}
    return area, say(mop, "patrol", {**patrol, "hours": ALWAYS, "status": "running"})


def correct(page: Page, kind: str, ref: str, fields: dict[str, Any]) -> None:
    """A change of an own record in the circle of all."""
    circle = circle_of_all(page)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    release = {"circle": circle["id"], "label": label, "withhold": [], "grid": 0, "hour": 0}
    said = {"kind": kind, "fields": fields, "revises": ref, "about": None, "releases": [release], "attachments": []}
    ask(page, "POST", "/records", said)


def at_accord(browser: Browser, desk: Desk, language: str) -> Page:
    """A signed-in page on the circle of all."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    return page


def state(page: Page, name: str) -> None:
    """The page comes to say so by itself."""
    expect(page.get_by_test_id("promise")).to_have_attribute("data-state", name)


def release(page: Page) -> None:
    """Preview, then release."""
    page.get_by_test_id("report-preview").click()
    page.get_by_test_id("report-release").click()


def assess(page: Page, button: str, reason: str) -> None:
    """A word by the button of the page and its form."""
    page.get_by_test_id(button).click()
    page.get_by_test_id("assessment-reason").fill(reason)
    release(page)


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_covered_becomes_late_is_contested_verified_and_kept(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop, coalition = (at_accord(browser, desk, language) for desk in desks[:3])
    area, patrol = lay(joc, mop, CHOSEN[language])
    rule = {"rule": "area_covered", "area": area, "share_percent": 80, "hours_a_day": 20}
    fields = {"names": NAMES, "owed_by": ["mop"], "owed_to": ["joc"], "due": {"by": now() - DAY}, "check": "picture"}
    ref = say(coalition, "commitment", {**fields, "rule": rule})
    for page in (joc, mop, coalition):
        page.wait_for_function(
            "async (path) => (await fetch(path)).ok",
            arg=f"/api/v1/accord/promises/{ref}?circle={circle_of_all(page)['id']}",
            polling=500,
        )
        page.goto(f"{page.url.split('#')[0]}#/accord/{ref}")
        state(page, "kept")
    words = STATES[language]
    expect(joc.get_by_test_id("promise-state")).to_have_text(words["kept"])

    correct(mop, "patrol", patrol, {"status": "suspended"})
    state(joc, "late")
    expect(joc.get_by_test_id("promise-state")).to_have_text(words["late"])
    expect(joc.get_by_test_id("finding")).to_have_attribute("data-outcome", "not_met")
    expect(joc.get_by_test_id("used")).to_contain_text("دورية" if language == "ar" else "دەوریە")

    state(mop, "late")
    assess(mop, "contest", "الدورية تسير ليلاً" if language == "ar" else "دەوریەکە بە شەو دەڕوات")
    state(joc, "disputed")
    expect(joc.get_by_test_id("contested")).to_be_visible()

    state(coalition, "disputed")
    coalition.get_by_test_id("verify").click()
    coalition.get_by_test_id("assessment-word").select_option("not_kept")
    coalition.get_by_test_id("assessment-reading").select_option("1")
    release(coalition)
    state(joc, "not_kept")

    correct(mop, "patrol", patrol, {"status": "running"})
    state(joc, "kept")
    state(mop, "kept")
    when = now()
    found = [
        ask(page, "POST", "/accord/promises/evaluate", {"circle": circle_of_all(page)["id"], "at": when})
        for page in (joc, mop)
    ]
    assert found[0]["promises"][ref] == found[1]["promises"][ref]


def test_the_record_opens_the_records_behind_a_figure(browser: Browser, desks: list[Desk]) -> None:
    page = at_accord(browser, desks[0], "ar")
    ref = say(page, "commitment", {"names": {"en": "Own", "ar": "خاص"}, "owed_by": ["joc"], "owed_to": ["joc"]})
    page.goto(f"{page.url.split('#')[0]}#/accord/page/kept")
    page.get_by_test_id("figure-owed-joc").click()
    expect(page.get_by_test_id("behind")).to_contain_text("خاص")
    page.get_by_test_id("behind").get_by_text("خاص").first.click()
    expect(page).to_have_url(re.compile(re.escape(ref) + "$"))
