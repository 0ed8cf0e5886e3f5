"""Pictures of files and meetings at the Accord desk, on a small laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from browser.desks import Desk
from browser.talk import at_accord, lay_talk

Save = Callable[[Page, str], None]


def lay(browser: Browser, desks: list[Desk]) -> None:
    """Files, meetings, minutes and understandings of two sides."""
    joc, mop = (at_accord(browser, desk, "en", "files") for desk in desks[:2])
    lay_talk(joc, mop)
    for page in (joc, mop):
        page.close()


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """A file with the picture of what waits for what, and a meeting with its minutes; on the laptop also a form."""
    page = at_accord(browser, desk, language, "files", size)
    page.get_by_test_id("file-row").first.wait_for()
    if suffix:
        save(page, f"files-list-{language}{suffix}")
    page.get_by_test_id("file-row").nth(2).click()
    page.get_by_test_id("chain").wait_for()
    save(page, f"files-{language}{suffix}")
    page.get_by_test_id("accord-meetings").click()
    page.locator('[data-testid="meeting-row"][data-state="minuted"]').first.click()
    page.get_by_test_id("chain").wait_for()
    save(page, f"meetings-{language}{suffix}")
    if not suffix:
        page.get_by_test_id("draft-minutes").click()
        page.get_by_test_id("minutes-item").first.wait_for()
        save(page, f"meetings-minutes-{language}")
    page.close()
