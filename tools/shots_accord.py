"""Pictures of the Accord and Centres desks with the year of the scenario, on a small laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in

Save = Callable[[Page, str], None]


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """Every part of both desks, and the first thing of each opened."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("desk-accord").click()
    page.get_by_test_id("accord-desk").wait_for()
    names = [str(link.get_attribute("data-testid")) for link in page.locator('nav a[data-testid^="accord-"]').all()]
    for name in names:
        page.get_by_test_id(name).click()
        page.wait_for_timeout(600)
        save(page, f"{name}-{language}{suffix}")
    page.get_by_test_id("desk-centres").click()
    page.get_by_test_id("centres-desk").wait_for()
    save(page, f"centres-{language}{suffix}")
    page.close()
