"""Pictures of the search box over the scenario, on a small laptop and a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import circle_of_all

Save = Callable[[Page, str], None]


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """One place by its English name, in whichever language it was written of."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("search-open").click()
    page.get_by_test_id("search-words").fill("Makhmur")
    page.get_by_test_id("search-hit").first.wait_for()
    save(page, f"search-{language}{suffix}")
    page.close()
