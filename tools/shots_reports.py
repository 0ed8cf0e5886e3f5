"""Pictures of reports: the calendar and one report at the desk, and pages of the PDF files as they are printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pypdfium2
from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import circle_of_all

Save = Callable[[Page, str], None]

DAYS: Final = {"situation": "2021-05-01", "weekly": "2021-06-17", "compliance": "2021-07-01"}
NOON_MS: Final = {"situation": 1_619_859_600_000, "weekly": 1_623_920_400_000, "compliance": 1_625_130_000_000}
PAGES: Final = 3
SCALE: Final = 1.4


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """The calendar, one report beside its comments; on the laptop also the first pages of each PDF."""
    page = sign_in(browser, desk, language, size)
    page.goto(f"{desk.url}/#/accord/page/reports")
    page.get_by_test_id("due-situation-joc").first.wait_for()
    save(page, f"reports-{language}{suffix}")
    page.get_by_test_id("report-kind").select_option("weekly")
    page.get_by_test_id("report-day").fill(DAYS["weekly"])
    page.get_by_test_id("report-make").click()
    page.get_by_test_id("report-digest").wait_for()
    save(page, f"report-weekly-{language}{suffix}")
    page.get_by_test_id("report-back").click()
    page.get_by_test_id("report-kind").select_option("compliance")
    page.get_by_test_id("report-day").fill(DAYS["compliance"])
    page.get_by_test_id("report-make").click()
    page.get_by_test_id("report-digest").wait_for()
    save(page, f"report-compliance-{language}{suffix}")
    if not suffix:
        for kind in DAYS:
            print_pages(page, desk, kind, language)
    page.close()


def print_pages(page: Page, desk: Desk, kind: str, language: str) -> None:
    """The first pages of a report's PDF, as pictures."""
    circle = circle_of_all(page)["id"]
    asked = f"circle={circle}&day={NOON_MS[kind]}&lang={language}"
    if kind == "compliance":
        known = page.context.request.get(f"{desk.url}/api/v1/accord/reports?circle={circle}").json()["agreements"]
        asked += f"&agreement={max(known, key=lambda one: one['commitments'])['ref']}"
    answer = page.context.request.get(f"{desk.url}/api/v1/accord/reports/{kind}/page.pdf?{asked}")
    document = pypdfium2.PdfDocument(answer.body())
    for number in range(min(PAGES, len(document))):
        out = Path("docs/screenshots") / f"paper-{kind}-{language}-{number + 1}.png"
        document[number].render(scale=SCALE).to_pil().save(out)
        print(out)
    document.close()
