"""A complaint from the claim to the confirmed execution, and terms that change, on three real nodes in a browser."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import ask, circle_of_all, say
from .plans import HOUR, fill_moment, now, release

LANGUAGES = ("ar", "ckb")
NUMBER = {"ar": "العدد", "ckb": "ژمارە"}
WITHHELD = {"ar": "المكان الدقيق محجوب", "ckb": "شوێنی ورد ڕاگیراوە"}
RULE = {"ar": "ضوابط", "ckb": "ڕێسای"}
LAPTOP, PHONE = (1366, 768), (390, 844)


def at_accord(browser: Browser, desk: Desk, language: str, part: str, size: tuple[int, int] = LAPTOP) -> Page:
    """A part of the Accord desk in the circle of all."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-accord").click()
    page.get_by_test_id(f"accord-{part}").click()
    page.get_by_test_id(f"{part}-page").wait_for()
    return page


def row(page: Page, mark: str) -> str:
    """The reference of the complaint with a mark in its name, once it is here."""
    found = page.get_by_test_id("complaint-row").filter(has_text=mark)
    expect(found).to_have_count(1)
    return str(found.get_attribute("data-ref"))


def checkable(page: Page, language: str, action: str) -> None:
    """Action, place and date of a finding or recommendation."""
    page.get_by_test_id(f"step-action-{language}").fill(action)
    page.get_by_test_id("report-place").fill("38S LE 45600 67200")
    page.get_by_test_id("report-place-option-0").click()
    fill_moment(page, "moment-due", now() + 48 * HOUR)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_complaint_is_replied_to_late_found_completed_and_executed(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop, facilitator = (at_accord(browser, desk, language, "complaints") for desk in desks)
    mark = uuid.uuid4().hex[:6]
    joc.get_by_test_id("new-complaint").click()
    joc.locator(f'input[lang="{language}"]').first.fill(mark)
    joc.get_by_test_id(f"claim-{language}").fill(mark)
    joc.get_by_test_id("complaint-against").select_option("mop")
    fill_moment(joc, "moment-reply_due", now() - 3 * HOUR)
    release(joc)
    ref = row(joc, mark)
    for page in (mop, facilitator):
        assert row(page, mark) == ref
        found = page.get_by_test_id("complaint-row").filter(has_text=mark)
        expect(found).to_have_attribute("data-state", "waits_for_reply")
        expect(found).to_have_attribute("data-late", "true")
        found.click()
    joc.get_by_test_id("complaint-row").filter(has_text=mark).click()

    expect(joc.get_by_test_id("take-reply"), "nobody replies to oneself").to_have_count(0)
    mop.get_by_test_id("take-reply").click()
    mop.get_by_test_id(f"step-text-{language}").fill("…")
    release(mop, seen_by="joc")
    for page in (joc, mop, facilitator):
        reply = page.get_by_test_id("step-reply")
        expect(reply).to_have_attribute("data-state", "done")
        expect(reply).not_to_have_attribute("data-late", "0")
        expect(page.get_by_test_id("complaint-page")).to_have_attribute("data-state", "waits_for_verification")

    facilitator.get_by_test_id("take-finding").click()
    facilitator.locator('select[data-testid="step-finding"]').select_option("upheld")
    checkable(facilitator, language, mark)
    release(facilitator, seen_by="joc")
    expect(joc.get_by_test_id("cannot-close")).to_contain_text(NUMBER[language])
    joc.get_by_test_id("close-complaint").click()
    expect(joc.locator(".refused")).to_contain_text(NUMBER[language])
    expect(joc.get_by_test_id("complaint-page"), "nothing was closed").to_have_attribute(
        "data-state", "cannot_be_closed"
    )

    facilitator.get_by_test_id("complete").click()
    facilitator.locator(".field").filter(has_text=NUMBER[language]).locator("input").last.fill("1")
    release(facilitator, seen_by="joc")
    expect(joc.get_by_test_id("complaint-page")).to_have_attribute("data-state", "waits_for_recommendation")
    facilitator.get_by_test_id("take-recommendation").click()
    checkable(facilitator, language, mark)
    facilitator.locator(".field").filter(has_text=NUMBER[language]).locator("input").last.fill("1")
    facilitator.get_by_test_id("step-by").select_option("mop")
    release(facilitator, seen_by="joc")
    mop.get_by_test_id("take-execution").click()
    release(mop, seen_by="joc")
    expect(facilitator.get_by_test_id("task-state")).to_have_attribute("data-state", "waits_for_confirmation")
    joc.get_by_test_id("step-execution").get_by_test_id("word-accept").click()
    for page in (joc, mop, facilitator):
        expect(page.get_by_test_id("complaint-page")).to_have_attribute("data-state", "executed")
        assert page.evaluate("document.documentElement.scrollWidth") <= LAPTOP[0], "nothing is wider than the screen"


@pytest.mark.parametrize("language", LANGUAGES)
def test_evidence_is_given_with_its_place_withheld_and_a_declined_finding_opens_a_file(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop, facilitator = (at_accord(browser, desk, language, "complaints") for desk in desks)
    mark = uuid.uuid4().hex[:6]
    names = {"ar": mark, "ckb": mark, "en": mark}
    say(joc, "complaint", {"names": names, "against": "mop", "status": "open"})
    for page in (joc, mop, facilitator):
        row(page, mark)
        page.get_by_test_id("complaint-row").filter(has_text=mark).click()
    joc.get_by_test_id("add-evidence").click()
    joc.locator(f'input[lang="{language}"]').first.fill(f"photo {mark}")
    joc.get_by_test_id("evidence-shows").select_option("not_kept")
    joc.get_by_test_id("report-place").fill("38S LE 45600 67200")
    joc.get_by_test_id("report-place-option-0").click()
    joc.get_by_test_id("lock-place").click()
    release(joc)
    expect(mop.get_by_test_id("evidence")).to_contain_text(WITHHELD[language])
    expect(mop.get_by_test_id("evidence")).to_contain_text(f"photo {mark}")

    joc.get_by_test_id("step-reply").wait_for()
    facilitator.get_by_test_id("take-finding").click()
    facilitator.locator('select[data-testid="step-finding"]').select_option("partly")
    release(facilitator, seen_by="mop")
    mop.get_by_test_id("word-decline").click()
    mop.get_by_test_id("decline-reason").fill("…")
    mop.get_by_test_id("decline-send").click()
    expect(joc.get_by_test_id("complaint-page")).to_have_attribute("data-state", "disputed")
    joc.get_by_test_id("open-file").click()
    for page in (joc, mop, facilitator):
        expect(page.get_by_test_id("dispute-file")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_change_the_difference_is_shown_and_they_hold_once_accepted(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = (at_accord(browser, desk, language, "terms") for desk in desks[:2])
    joc.get_by_test_id("new-terms").click()
    joc.get_by_test_id("step-time-reply").fill("2880")
    joc.get_by_test_id("quorum-add").click()
    joc.get_by_test_id("quorum-party").select_option("mop")
    joc.get_by_test_id("quorum-count").fill("3")
    joc.get_by_test_id("cutoff-situation").fill("08:00")
    joc.get_by_test_id("manning-add").click()
    joc.get_by_test_id("manning-strength").fill("6")
    release(joc)
    first = joc.get_by_test_id("terms").first
    expect(first).to_have_attribute("data-in-force", "false")
    mop.get_by_test_id("terms-accept").first.click()
    for page in (joc, mop):
        expect(page.get_by_test_id("terms").first).to_have_attribute("data-in-force", "true")
        expect(page.get_by_test_id("holds-complaints")).to_be_visible()
        expect(page.get_by_test_id("holds-quorums")).to_be_visible()

    joc.get_by_test_id("terms-next").first.click()
    joc.get_by_test_id("step-time-reply").fill("1440")
    joc.get_by_test_id("manning-strength").fill("8")
    release(joc)
    expect(mop.get_by_test_id("terms").first).to_have_attribute("data-in-force", "false")
    mop.get_by_test_id("terms-diff").first.click()
    changes = mop.get_by_test_id("terms-change")
    expect(changes).to_have_count(2)
    for part in ("manning", "complaints"):
        expect(mop.locator(f'[data-testid="terms-change"][data-part="{part}"]')).to_have_attribute(
            "data-how", "changed"
        )
    mop.get_by_test_id("terms-accept").first.click()
    for page in (joc, mop):
        expect(page.get_by_test_id("terms").first).to_have_attribute("data-in-force", "true")
        assert page.evaluate("document.documentElement.scrollWidth") <= LAPTOP[0], "nothing is wider than the screen"

    # a complaint made now runs by this version, and says so
    say(joc, "complaint", {"names": {language: "24 × 60"}, "against": "mop", "status": "open"})
    page = at_accord(browser, desks[1], language, "complaints", PHONE)
    page.get_by_test_id("complaint-row").filter(has_text="24 × 60").first.click()
    expect(page.get_by_test_id("step-reply")).to_contain_text(RULE[language])
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], "nothing is wider than the screen"
    said = ask(page, "GET", f"/accord/complaints?circle={circle_of_all(page)['id']}")["complaints"]
    assert any(one["steps"][0]["rule"] for one in said)
