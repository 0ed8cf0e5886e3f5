"""Pictures of commitments, the kept-promise record and the terms of reference with the year of the scenario."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import ask, circle_of_all
from tools.shots_accord import COMPILED_MS, settle

Save = Callable[[Page, str], None]

ONES: Final = {"covered": "X01", "opened": "C05", "paid": "X03"}
"""Commitments by what their picture is about: ground by a rule, a centre after a trigger, money by tranches."""


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """List, time line, calendar and form; three commitments whole; the record with a figure open; the terms with what
    changed between their two versions.
    """
    page = sign_in(browser, desk, language, size)
    circle = circle_of_all(page)["id"]
    page.get_by_test_id("circle-select").select_option(circle)
    here = page.url.split("#")[0]
    page.goto(f"{here}#/accord/page/promises")
    page.get_by_test_id("promise-row").first.wait_for(timeout=COMPILED_MS)
    save(page, f"promises-{language}{suffix}")
    for view in ("line", "calendar"):
        page.get_by_test_id(f"view-{view}").click()
        save(page, f"promises-{view}-{language}{suffix}")
    page.get_by_test_id("view-list").click()
    page.get_by_test_id("new-commitment").click()
    page.get_by_test_id("check").select_option("picture")
    page.get_by_test_id("rule").select_option("centre_staffed")
    page.get_by_test_id("rule").scroll_into_view_if_needed()
    save(page, f"promises-form-{language}{suffix}")
    page.keyboard.press("Escape")
    views = ask(page, "GET", f"/accord/promises?circle={circle}", None)["promises"]
    refs = {view["promise"]["number"]: view["promise"]["ref"] for view in views}
    for name, number in ONES.items():
        page.goto(f"{here}#/accord/{refs[number]}")
        page.get_by_test_id("promise").wait_for()
        settle(page)
        save(page, f"promise-{name}-{language}{suffix}")
    page.goto(f"{here}#/accord/page/kept")
    page.get_by_test_id("figure-reports-mop").click()
    page.get_by_test_id("due-by").scroll_into_view_if_needed()
    save(page, f"kept-{language}{suffix}")
    page.goto(f"{here}#/accord/page/terms")
    page.get_by_test_id("terms-holds").wait_for()
    save(page, f"terms-{language}{suffix}")
    page.get_by_test_id("terms-diff").first.click()
    page.get_by_test_id("terms-change").first.wait_for()
    page.get_by_test_id("terms-changes").scroll_into_view_if_needed()
    save(page, f"terms-changes-{language}{suffix}")
    page.close()
