"""Pictures of the Accord and Centres desks with the year of the scenario, on a small laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import circle_of_all

Save = Callable[[Page, str], None]

BEGUN_MS: Final = 300
"""By then a page shows that it waits for its node, or what it has."""

COMPILED_MS: Final = 240_000
"""The first look at promises of coverage waits for the engine of gaps, which a fresh checkout compiles then."""


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """Every part of the Accord desk, the first text opened; the Centres desk with the first centre."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-accord").click()
    page.get_by_test_id("accord-desk").wait_for()
    names = [str(link.get_attribute("data-testid")) for link in page.locator('nav a[data-testid^="accord-"]').all()]
    for name in names:
        page.get_by_test_id(name).click()
        settle(page)
        if name == "accord-texts":
            page.get_by_test_id("text").first.click()
            page.get_by_test_id("text-page").wait_for()
        save(page, f"{name}-{language}{suffix}")
    page.get_by_test_id("desk-centres").click()
    page.get_by_test_id("centres-desk").wait_for()
    settle(page)
    page.get_by_test_id("centre-row").first.click()
    page.get_by_test_id("centre-page").wait_for()
    settle(page)
    save(page, f"centres-{language}{suffix}")
    page.close()


def settle(page: Page) -> None:
    """Until the page has what it asked its node for."""
    page.wait_for_timeout(BEGUN_MS)
    page.wait_for_function("() => document.querySelector('p.waiting') === null", timeout=COMPILED_MS)
