"""Pictures of files, meetings, complaints and the chain with the scenario, on a small laptop and a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page

from browser.desks import Desk
from browser.talk import at_accord
from tools.shots_accord import settle

Save = Callable[[Page, str], None]


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """Each page with one thing opened; on the laptop also understandings, bodies, and the draft of minutes."""
    end = f"{language}{suffix}"
    page = at_accord(browser, desk, language, "files", size)
    page.get_by_test_id("file-row").first.wait_for()
    page.locator(".stream.live").wait_for()
    save(page, f"accord-files-{end}")
    page.get_by_test_id("file-row").nth(3).click()
    page.get_by_test_id("chain").wait_for()
    save(page, f"accord-file-{end}")
    page.get_by_test_id("accord-meetings").click()
    page.get_by_test_id("meeting-row").first.wait_for()
    if not suffix:
        for part in ("understandings", "bodies"):
            page.get_by_test_id(f"talk-{part}").click()
            save(page, f"accord-{part}-{end}")
        page.get_by_test_id("talk-meetings").click()
    page.get_by_test_id("meeting-row").first.click()
    page.get_by_test_id("chain").wait_for()
    save(page, f"accord-meeting-{end}")
    page.get_by_test_id("chain").evaluate("chain => chain.scrollIntoView({ block: 'start' })")
    save(page, f"accord-chain-{end}")
    if not suffix:
        page.get_by_test_id("draft-minutes").click()
        page.get_by_test_id("minutes-item").first.wait_for()
        save(page, f"accord-minutes-{end}")
        page.keyboard.press("Escape")
    page.get_by_test_id("accord-complaints").click()
    page.get_by_test_id("complaint-row").first.wait_for()
    settle(page)
    save(page, f"accord-complaints-{end}")
    page.get_by_test_id("complaint-row").first.click()
    page.get_by_test_id("chain").wait_for()
    save(page, f"accord-complaint-{end}")
    page.close()
