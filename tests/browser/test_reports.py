"""Reports in the browser, in Sorani: one side issues the day's, the other sees it, and its own that is missing."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in

DAY = "2021-05-02"


def _reports(browser: Browser, desk: Desk, lang: str = "ckb") -> Page:
    page = sign_in(browser, desk, lang)
    page.goto(f"{desk.url}/#/accord/page/reports")
    expect(page.get_by_test_id("reports-page")).to_be_visible()
    return page


def _show(page: Page, day: str, kind: str = "situation") -> None:
    page.get_by_test_id("report-kind").select_option(kind)
    page.get_by_test_id("report-day").fill(day)
    page.get_by_test_id("report-make").click()
    expect(page.get_by_test_id("report-digest")).to_have_text(re.compile("^[0-9a-f]{64}$"))


def test_one_side_issues_and_the_other_sees_it_beside_its_own_gap(browser: Browser, desks: list[Desk]) -> None:
    ours = _reports(browser, desks[1])
    expect(ours.locator("html")).to_have_attribute("dir", "rtl")
    _show(ours, DAY)
    frame = ours.frame_locator('[data-testid="report-frame"]')
    expect(frame.locator("h1")).to_have_text("ڕاپۆرتی دۆخی ڕۆژانە")
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    digest = ours.get_by_test_id("report-digest").inner_text()
    ours.get_by_test_id("common-ckb").fill("ڕۆژێکی ئارام")
    ours.get_by_test_id("reserved").fill("تێبینییەکی ناوخۆ")
    ours.get_by_test_id("report-preview").click()
    expect(ours.get_by_test_id("preview-column-joc")).to_contain_text("ڕۆژێکی ئارام")
    expect(ours.get_by_test_id("preview-column-joc")).not_to_contain_text("تێبینییەکی ناوخۆ")
    ours.get_by_test_id("report-issue").click()
    expect(ours.get_by_test_id("report-issued")).to_be_visible()
    expect(frame.locator(".box")).to_contain_text("ڕۆژێکی ئارام")
    ours.get_by_test_id("report-part").select_option("reserved")
    expect(frame.locator(".is-reserved")).to_contain_text("تێبینییەکی ناوخۆ")
    assert ours.evaluate("document.documentElement.scrollWidth <= innerWidth")

    theirs = _reports(browser, desks[0], "ar")
    _show(theirs, DAY)
    expect(theirs.get_by_test_id("report-digest")).to_have_text(digest)
    page = theirs.frame_locator('[data-testid="report-frame"]')
    expect(page.locator(".box")).to_contain_text("ڕۆژێکی ئارام")
    expect(page.locator("body")).not_to_contain_text("تێبینییەکی ناوخۆ")
    with theirs.expect_download() as download:
        theirs.get_by_test_id("report-pdf").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
