"""Pictures of live positions: a convoy off its plan, a patrol that keeps to its own, a fence; laptop and phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk
from browser.ground import ask, circle_of_all, e7, say
from browser.plans import HOUR, announce, at_movements, now, square
from tools.shots_movements import PLANS, wait_for

Save = Callable[[Page, str], None]

FENCE: Final = {"en": "Ford below Guwer", "ar": "مخاضة أسفل الكوير", "ckb": "بوارگەی خوار گوێڕ"}
MINUTE: Final = 60_000


def tell(page: Page, plan: str, lon: float, lat: float, minutes_ago: int, grid: int = 1000) -> None:
    """Say where an own element was so many minutes ago."""
    place = {"lat": e7(lat), "lon": e7(lon), "at": now() - minutes_ago * MINUTE, "accuracy_m": 20, "grid": grid}
    body = {"circle": circle_of_all(page)["id"], "activity": plan, **place}
    ask(page, "POST", "/movements/positions", body)


def lay_live(browser: Browser, desks: list[Desk]) -> None:
    """A convoy that leaves its way, a patrol that keeps to its own, a fence through which it came."""
    joc, mop = (at_movements(browser, desk, "en") for desk in desks[:2])
    ring = [[e7(x), e7(y)] for x, y in square(43.46, 35.72, 0.05)]
    say(joc, "area", {"names": FENCE, "ring": ring, "purpose": "fence"})
    window = {"window": {"from": now() - HOUR, "to": now() + 3 * HOUR}}
    way = [[e7(43.40), e7(35.72)], [e7(43.48), e7(35.745)], [e7(43.60), e7(35.76)]]
    convoy = announce(
        joc, "", {"path": way, "width_m": 900, **window}, ask_level="inform", names=PLANS["escort"], activity="relief"
    )
    beside = [[e7(x), e7(y)] for x, y in square(43.36, 35.80, 0.06)]
    patrol = announce(mop, "", {"ring": beside, **window}, ask_level="inform", names=PLANS["patrol"], activity="patrol")
    for lon, lat, minutes in ((43.41, 35.723, 18), (43.48, 35.745, 12), (43.55, 35.80, 6)):
        tell(joc, convoy, lon, lat, minutes)
    tell(mop, patrol, 43.39, 35.83, 4, grid=1000)
    wait_for(joc, circle_of_all(joc)["id"], patrol)
    for page in (joc, mop):
        page.close()


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """The convoy in hand with its alarm; on the laptop also the form, on the phone the list and the map."""
    page = at_movements(browser, desk, language, size)
    row = page.get_by_test_id("live-row").first
    row.wait_for(state="attached", timeout=120_000)
    if suffix:
        save(page, f"positions-list-{language}{suffix}")
    row.click()
    page.get_by_test_id("live").wait_for()
    save(page, f"positions-{language}{suffix}")
    if suffix:
        page.get_by_test_id("pane-map").click()
        save(page, f"positions-map-{language}{suffix}")
        page.close()
        return
    page.get_by_test_id("we-are-here").click()
    page.get_by_test_id("report-place").fill("38S LE 67 55")
    page.get_by_test_id("report-place-option-0").click()
    save(page, f"positions-here-{language}")
    page.get_by_test_id("report-preview").click()
    page.get_by_test_id("report-release").wait_for()
    save(page, f"positions-preview-{language}")
    page.close()
