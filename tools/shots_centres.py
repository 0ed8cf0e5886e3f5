"""Pictures of the Centres desk with the year of the scenario: the list and every part of one centre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import circle_of_all
from tools.shots_accord import settle

Save = Callable[[Page, str], None]

KHANAQIN: Final = {"ar": "خانقين", "ckb": "خانەقین", "en": "Khanaqin"}
PARTS: Final = ("state", "readiness", "roster", "log", "handovers")


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """On a phone the list has a page of its own."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-centres").click()
    page.get_by_test_id("centre-row").first.wait_for()
    if suffix:
        save(page, f"centres-list-{language}{suffix}")
    page.get_by_test_id("centre-row").filter(has_text=KHANAQIN[language]).first.click()
    page.get_by_test_id("centre-page").wait_for()
    for part in PARTS:
        page.get_by_test_id(f"part-{part}").click()
        settle(page)
        save(page, f"centres-{part}-{language}{suffix}")
    page.close()
