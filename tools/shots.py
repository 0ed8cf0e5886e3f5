"""Screenshots of the desks in the three languages, on a small laptop and on a phone, into docs/screenshots.

They are taken from the running demo in a real browser, to be looked at by a person: `./go shots`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from browser.desks import Desk, demo, open_browser, sign_in
from browser.parting import forked
from tools import (
    shots_accord,
    shots_centres,
    shots_gaps,
    shots_incidents,
    shots_movements,
    shots_positions,
    shots_promises,
    shots_reading,
    shots_reports,
    shots_requests,
    shots_search,
    shots_talk,
    shots_texts,
)

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "docs" / "screenshots"
LANGUAGES: Final = ("ar", "ckb", "en")
SIZES: Final = {"": (1366, 768), "-phone": (390, 844)}
SETTLE_MS: Final = 2500
SOON_MS: Final = 400
"""Enough for pages without a map."""


def main() -> int:
    """Take them all, or those of the languages and of the parts that are named; refused where a name is not known."""
    unknown = [name for name in sys.argv[1:] if name not in (*LANGUAGES, *PARTS)]
    if unknown:
        known = "\n".join(f"  {name:<10} {part.what}" for name, part in PARTS.items())
        print(f"no pictures are called {', '.join(unknown)}. Known are {', '.join(LANGUAGES)}, and:\n{known}")
        return 2
    wanted: list[str] = [language for language in LANGUAGES if language in sys.argv[1:]] or list(LANGUAGES)
    named = [name for name in PARTS if name in sys.argv[1:]]
    OUT.mkdir(parents=True, exist_ok=True)
    for name in named or [name for name, part in PARTS.items() if part.whole]:
        PARTS[name].take(wanted)
    return 0


def shoot_trust(wanted: list[str]) -> None:
    """A fork that is proven, on nodes of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="tansiq-shots-") as home,
        forked(Path(home)) as desks,
        sync_playwright() as playwright,
    ):
        browser = open_browser(playwright)
        for language in wanted:
            for suffix, size in SIZES.items():
                shoot_alarm(browser, desks, language, suffix, size)
        browser.close()


Shoot = Callable[[Browser, Desk, str, str, tuple[int, int]], None]


def shoot_demo(
    wanted: list[str], take: Shoot, before: Callable[[Browser, list[Desk]], None] = lambda _browser, _desks: None
) -> None:
    """The demo's desks, with what is said on them `before`."""
    with (
        tempfile.TemporaryDirectory(prefix="tansiq-shots-") as home,
        demo(Path(home)) as desks,
        sync_playwright() as playwright,
    ):
        browser = open_browser(playwright)
        before(browser, desks)
        for language in wanted:
            for suffix, size in SIZES.items():
                take(browser, desks[0], language, suffix, size)
        browser.close()


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Watch desk with a record in hand, the quick report, the Ledger desk, the Gaps desk."""
    page = sign_in(browser, desk, language, size)
    page.locator('[data-testid="map"][data-ready="true"]').wait_for(state="attached", timeout=30_000)
    page.wait_for_timeout(SETTLE_MS)
    page.get_by_test_id("log-row").nth(4).click()
    page.get_by_test_id("record-panel").wait_for()
    save(page, f"watch-{language}{suffix}")
    page.keyboard.press("Escape")
    page.get_by_test_id("new-report").first.click()
    page.get_by_test_id("report-text").wait_for()
    save(page, f"report-{language}{suffix}")
    page.get_by_test_id("desk-ledger").click()
    page.get_by_test_id("ledger-row").first.wait_for()
    save(page, f"ledger-{language}{suffix}")
    page.close()
    shoot_gaps(browser, desk, language, suffix, size)


def shoot_gaps(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Gaps desk."""
    shots_gaps.shoot(browser, desk, language, suffix, size, save)


def shoot_strip(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The strip between the lines on the Gaps desk."""
    shots_gaps.shoot_strip(browser, desk, language, suffix, size, save)


def shoot_plans(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Movements desk."""
    shots_movements.shoot(browser, desk, language, suffix, size, save)


def shoot_positions(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Live positions at the Movements desk."""
    shots_positions.shoot(browser, desk, language, suffix, size, save)


def shoot_talk(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Files, meetings, complaints and the chain at the Accord desk."""
    shots_talk.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_reading(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """A report in words at the Watch desk."""
    shots_reading.shoot(browser, desk, language, suffix, size, save)


def shoot_search(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The search box in the frame."""
    shots_search.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_requests(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Requests, the hotline under its bell, the watch."""
    shots_requests.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_incidents(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Incidents desk, and a file taken in."""
    shots_incidents.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_accord(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Accord and Centres desks."""
    shots_accord.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_texts(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Texts and signing at the Accord desk, and the printed pages of an agreement."""
    shots_texts.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_promises(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Commitments, the kept-promise record, the terms of reference."""
    shots_promises.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_centres(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Centres desk."""
    shots_centres.shoot(browser, desk, language, suffix, size, lambda page, name: save(page, name, SOON_MS))


def shoot_reports(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """Reports at the Accord desk, and their printed pages."""
    shots_reports.shoot(browser, desk, language, suffix, size, save)


def shoot_alarm(browser: Browser, desks: list[Desk], language: str, suffix: str, size: tuple[int, int]) -> None:
    """A proven fork: the alarm over the Watch desk with a record that may be erased, the proof, the cloned party."""
    own, cloned, _ = desks
    page = sign_in(browser, own, language, size)
    page.get_by_test_id("fork-alarm").wait_for()
    page.get_by_test_id("log-row").filter(has=page.get_by_test_id("ack-mark")).first.click()
    page.get_by_test_id("acknowledgement").wait_for()
    save(page, f"alarm-{language}{suffix}")
    page.get_by_test_id("erase").click()
    page.get_by_test_id("erase-personal").check()
    save(page, f"erase-{language}{suffix}")
    page.keyboard.press("Escape")
    page.get_by_test_id("desk-ledger").click()
    page.get_by_test_id("fork").wait_for()
    save(page, f"fork-{language}{suffix}")
    page.get_by_test_id("epoch-propose").click()
    page.get_by_test_id("propose-coalition").uncheck()
    page.get_by_test_id("bundle-make").click()
    page.get_by_test_id("bundle-made").wait_for()
    page.get_by_test_id("epochs").scroll_into_view_if_needed()
    page.get_by_test_id("bundle-made").scroll_into_view_if_needed()
    save(page, f"epochs-bundles-{language}{suffix}")
    page.close()
    page = sign_in(browser, cloned, language, size)
    page.get_by_test_id("desk-ledger").click()
    page.get_by_test_id("standing").scroll_into_view_if_needed()
    save(page, f"standing-{language}{suffix}")
    page.close()


@dataclass(frozen=True)
class Part:
    """Pictures that are taken together. `whole` are those that are taken where no part is named."""

    what: str
    take: Callable[[list[str]], None]
    whole: bool = True


PARTS: Final = {
    "desks": Part("the Watch, Gaps and Ledger desks", lambda wanted: shoot_demo(wanted, shoot)),
    "gaps": Part("the Gaps desk alone", lambda wanted: shoot_demo(wanted, shoot_gaps), whole=False),
    "strip": Part("the strip between the lines", lambda wanted: shoot_demo(wanted, shoot_strip)),
    "movements": Part("the Movements desk", lambda wanted: shoot_demo(wanted, shoot_plans, shots_movements.lay_plans)),
    "positions": Part("live positions", lambda wanted: shoot_demo(wanted, shoot_positions, shots_positions.lay_live)),
    "talk": Part("files, meetings, complaints, the chain", lambda wanted: shoot_demo(wanted, shoot_talk)),
    "accord": Part("the Accord desk's pages in short", lambda wanted: shoot_demo(wanted, shoot_accord)),
    "reading": Part("a report in words at the Watch desk", lambda wanted: shoot_demo(wanted, shoot_reading)),
    "search": Part("the search box of every desk", lambda wanted: shoot_demo(wanted, shoot_search)),
    "incidents": Part(
        "the Incidents desk, a file taken in", lambda wanted: shoot_demo(wanted, shoot_incidents, shots_incidents.lay)
    ),
    "requests": Part(
        "requests, the hotline, the watch", lambda wanted: shoot_demo(wanted, shoot_requests, shots_requests.lay)
    ),
    "centres": Part("the Centres desk", lambda wanted: shoot_demo(wanted, shoot_centres)),
    "promises": Part("commitments, the kept-promise record, terms", lambda wanted: shoot_demo(wanted, shoot_promises)),
    "texts": Part("texts, signing, an agreement's printed pages", lambda wanted: shoot_demo(wanted, shoot_texts)),
    "reports": Part("reports and their printed pages", lambda wanted: shoot_demo(wanted, shoot_reports)),
    "trust": Part("a fork, the alarm, bundles", shoot_trust),
}
"""What can be named, in the order in which it is taken."""


def save(page: Page, name: str, settle_ms: int = SETTLE_MS) -> None:
    """One picture, once nothing moves any more."""
    page.wait_for_timeout(settle_ms)
    page.screenshot(path=OUT / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
