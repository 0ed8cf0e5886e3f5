"""The Centres desk on real nodes: prepared and opened by both sides, manned, and handed over by three signatures."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .desks import Desk, sign_in
from .ground import ask, circle_of_all
from .plans import release

AT_WORK = {"ar": "عامل بقول الطرفين", "ckb": "کارایە، هەردوولا وا دەڵێن"}
SIGNED_OFF = {"ar": "الجاهزية موقّعة من الطرفين", "ckb": "هەردوولا ئامادەییان واژۆ کردووە"}
OUR_POINTS = 13


def at_centres(browser: Browser, desk: Desk, language: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """The Centres desk of the circle of all."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-centres").click()
    page.get_by_test_id("centres-desk").wait_for()
    return page


def say(page: Page, kind: str, fields: dict[str, Any], about: str | None = None) -> str:
    """Release a record about another, as a form does."""
    circle = circle_of_all(page)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    released = {"circle": circle["id"], "label": label, "withhold": [], "grid": 0, "hour": 0}
    said = {"kind": kind, "fields": fields, "revises": None, "about": about, "releases": [released], "attachments": []}
    return str(ask(page, "POST", "/records", said)["refs"][0]["ref"])


def open_centre(page: Page, ref: str) -> Locator:
    """The page of a centre, from the list."""
    page.locator(f'[data-testid="centre-row"][data-ref="{ref}"]').click()
    found = page.locator(f'[data-testid="centre-page"][data-ref="{ref}"]')
    found.wait_for()
    return found


def part(page: Page, name: str) -> None:
    """One of the parts of the page."""
    page.get_by_test_id(f"part-{name}").click()


def promise(joc: Page, mop: Page, centre: str, strength: int) -> None:
    """So many on duty of each side, agreed by both."""
    rule = {"rule": "centre_staffed", "centre": centre, "strength": strength}
    ref = say(joc, "commitment", {"owed_by": ["joc", "mop"], "check": "picture", "rule": rule, "status": "proposed"})
    word = {"circle": circle_of_all(mop)["id"], "about": ref, "verdict": "accepted"}
    said = mop.evaluate(
        """async (word) => {
            const headers = { 'Content-Type': 'application/json' };
            const sent = { method: 'POST', headers, body: JSON.stringify(word) };
            for (let tries = 0; tries < 200; tries += 1) {
                if ((await fetch('/api/v1/accord/words', sent)).ok) return true;
                await new Promise((then) => setTimeout(then, 150));
            }
            return false;
        }""",
        word,
    )
    assert said, "the commitment has not come"


def own_list(page: Page, *, all_but_last: bool, seen_by: str) -> None:
    """Begin the own list with the ready-made points and call them ready."""
    part(page, "readiness")
    page.get_by_test_id("begin-list").click()
    page.get_by_test_id("starting-list").click()
    points = page.get_by_test_id("form-point")
    expect(points).to_have_count(OUR_POINTS)
    for number in range(OUR_POINTS - all_but_last):
        points.nth(number).get_by_test_id("point-ready").click()
    release(page, seen_by=seen_by)


def live_through(joc: Page, mop: Page) -> str:
    """From agreed to a watch that both signed over; the reference of the centre."""
    mark = uuid.uuid4().hex[:6]
    names = {"en": f"Dibis {mark}", "ar": f"مركز الدبس {mark}", "ckb": f"سەنتەری دوبز {mark}"}
    place = {"lat": 356_700_000, "lon": 440_700_000, "accuracy": 2000, "names": {"en": "Dibis", "ar": "الدبس"}}
    centre = say(joc, "centre", {"names": names, "place": place, "state": "agreed"})
    for page, other in ((joc, "mop"), (mop, "joc")):
        open_centre(page, centre)
        if page is mop:
            part(page, "state")
            page.get_by_test_id("say-agreed").click()
            release(page, seen_by=other)
        part(page, "state")
        page.get_by_test_id("say-preparing").click()
        release(page, seen_by=other)
        expect(page.get_by_test_id(f"stand-{'mop' if other == 'joc' else 'joc'}")).to_have_attribute(
            "data-state", "preparing"
        )

    own_list(joc, all_but_last=False, seen_by="mop")
    own_list(mop, all_but_last=True, seen_by="joc")
    expect(joc.locator('[data-testid="point"][data-done="false"]')).to_have_count(1)
    part(joc, "state")
    joc.get_by_test_id("say-active").click()
    expect(joc.get_by_test_id("open-points")).to_be_visible()
    joc.get_by_test_id("report-preview").click()
    expect(joc.locator(".missing"), "not by oversight").to_be_visible()
    joc.get_by_test_id("anyway").check()
    joc.get_by_test_id("report-preview").click()
    joc.get_by_test_id("preview-column-mop").wait_for()
    joc.keyboard.press("Escape")
    joc.get_by_test_id("report-discard").click()

    part(mop, "readiness")
    mop.locator('[data-testid="point"][data-done="false"]').get_by_test_id("own-point").click()
    release(mop, seen_by="joc")
    for page in (joc, mop):
        part(page, "readiness")
        expect(page.get_by_test_id("signed-off")).to_be_visible()
    for page, other in ((joc, "mop"), (mop, "joc")):
        part(page, "state")
        page.get_by_test_id("say-active").click()
        expect(page.get_by_test_id("open-points")).to_have_count(0)
        release(page, seen_by=other)
    return centre


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_a_centre_is_prepared_opened_manned_and_handed_over_by_both_sides(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = (at_centres(browser, desk, language) for desk in desks[:2])
    centre = live_through(joc, mop)
    for page in (joc, mop):
        expect(page.get_by_test_id("centre-page")).to_have_attribute("data-at-work", "true")
        expect(page.get_by_test_id("centre-verdict")).to_have_text(AT_WORK[language])
        part(page, "readiness")
        expect(page.get_by_test_id("signed-off")).to_contain_text(SIGNED_OFF[language])

    promise(joc, mop, centre, 4)
    short_roster(joc)
    for page in (joc, mop):
        part(page, "roster")
        ours = page.get_by_test_id("roster-joc")
        expect(ours.locator('[data-testid="roster-day"][data-short="true"]')).to_have_count(1)
        expect(ours.locator('[data-testid="roster-day"][data-short="true"]')).to_have_attribute("data-least", "2")
        expect(ours.get_by_test_id("shortfall-line")).to_have_count(1)
        expect(ours.get_by_test_id("shortfall")).to_have_count(1)

    twin_entries(joc, mop)
    for page in (joc, mop):
        expect(page.locator('[data-testid="log-twin"][data-state="confirmed"]')).to_have_count(1)

    hand_over(joc, mop)
    for page in (joc, mop):
        expect(page.get_by_test_id("handover").first).to_have_attribute("data-standing", "signed")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"
        page.close()


def short_roster(joc: Page) -> None:
    """Three days of two shifts with one shift too few."""
    part(joc, "roster")
    joc.get_by_test_id("new-roster").click()
    joc.get_by_test_id("roster-days").select_option("3")
    joc.get_by_test_id("roster-each").fill("4")
    joc.get_by_test_id("roster-fill").click()
    joc.get_by_test_id("cell-1-0").fill("2")
    joc.get_by_test_id("cell-1-0").press("Tab")
    release(joc)


def twin_entries(joc: Page, mop: Page) -> None:
    """Both write of one visit, and one confirms the other's entry."""
    for page, text, other in ((joc, "وصل وفد المحافظة", "mop"), (mop, "وفد المحافظة في المركز", "joc")):
        part(page, "log")
        page.get_by_test_id("add-entry").click()
        page.get_by_test_id("report-category").select_option("visit")
        page.get_by_test_id("report-text").fill(text)
        release(page, seen_by=other)
    candidate = mop.get_by_test_id("candidate")
    expect(candidate).to_have_count(1)
    expect(candidate).to_contain_text(re.compile("المحافظة|المحافظه"))
    mop.get_by_test_id("confirm-entry").click()
    release(mop, seen_by="joc")
    expect(mop.get_by_test_id("candidate")).to_have_count(0)


def hand_over(joc: Page, mop: Page) -> None:
    """Put by the watch that goes, taken by the one that comes, accepted by the other side."""
    part(joc, "handovers")
    joc.get_by_test_id("new-handover").click()
    joc.get_by_test_id("report-text").fill("ليلة هادئة")
    release(joc)
    part(mop, "handovers")
    put = mop.get_by_test_id("handover").first
    expect(put).to_have_attribute("data-standing", "put")
    expect(put.get_by_test_id("handover-age")).to_be_visible()
    expect(put.get_by_test_id("accept-watch"), "nobody has taken it yet").to_have_count(0)
    joc.get_by_test_id("take-watch").click()
    release(joc)
    put.get_by_test_id("accept-watch").click()
    release(mop, seen_by="joc")
    expect(put.get_by_test_id("signature-mop")).to_have_attribute("data-verdict", "accepted")


def test_dates_and_places_that_differ_stand_side_by_side(browser: Browser, desks: list[Desk]) -> None:
    joc, mop = (at_centres(browser, desk, "en") for desk in desks[:2])
    name = f"Nineveh {uuid.uuid4().hex[:6]}"
    sehela = {"lat": 369_900_000, "lon": 424_600_000, "accuracy": 10_000, "names": {"en": "Sehela"}}
    kasak = {"lat": 365_200_000, "lon": 426_300_000, "accuracy": 10_000, "names": {"en": "Kasak"}}
    mine = {"names": {"en": name}, "place": sehela, "state": "active", "since": 1_612_040_400_000}
    theirs = {"place": kasak, "state": "active", "since": 1_604_178_000_000, "since_precision": "month"}
    centre = say(joc, "centre", mine)
    mop.locator(f'[data-testid="centre-row"][data-ref="{centre}"]').wait_for()
    say(mop, "centre", theirs, centre)
    for page in (joc, mop):
        open_centre(page, centre)
        part(page, "state")
        expect(page.get_by_test_id("centre-verdict")).to_have_text("At work: both sides say so")
        expect(page.get_by_test_id("differ")).to_have_text("≠ They differ on: date, place")
        expect(page.get_by_test_id("dates-active")).to_contain_text("November 2020")
        expect(page.get_by_test_id("dates-active")).to_contain_text("31 January 2021")
        expect(page.get_by_test_id("stand-joc")).to_contain_text("Sehela")
        expect(page.get_by_test_id("stand-mop")).to_contain_text("Kasak")
        page.close()
