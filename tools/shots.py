"""Screenshots of the desks in the three languages, on a small laptop and on a phone, into docs/screenshots.

They are taken from the running demo in a real browser, to be looked at by a person: `./go shots`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from browser.desks import Desk, demo, open_browser, sign_in
from browser.ground import ask, circle_of_all, e7, say
from browser.parting import forked
from browser.plans import HOUR, announce, area, at_movements, now

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "docs" / "screenshots"
LANGUAGES: Final = ("ar", "ckb", "en")
SIZES: Final = {"": (1366, 768), "-phone": (390, 844)}
SETTLE_MS: Final = 2500
SHOWN_AREA: Final = {"ar": "مخمور", "ckb": "مەخموور", "en": "Makhmour"}
SHOWN_PLACE: Final = "38S LE 55 60"
"""Where a post of the area is tried."""

SHOWN_HOUR: Final = 35
"""A morning: each side covers some ground by itself."""
NIGHT_HOUR: Final = 74
"""Two o'clock at night."""


def main() -> int:
    """Take them all, or those of the languages named; with `trust` among them only those of a fork, with `gaps` only
    those of the Gaps desk, with `strip` only those of the strip between the lines, with `movements` only those of the
    Movements desk.
    """
    wanted = [language for language in sys.argv[1:] if language in LANGUAGES] or list(LANGUAGES)
    OUT.mkdir(parents=True, exist_ok=True)
    some = {"gaps", "strip", "movements", "trust"}.intersection(sys.argv[1:])
    if not some or "gaps" in some:
        shoot_demo(wanted, shoot_gaps if some else shoot)
    if not some or "strip" in some:
        shoot_demo(wanted, shoot_strip)
    if not some or "movements" in some:
        shoot_demo(wanted, shoot_movements, lay_plans)
    if some and "trust" not in some:
        return 0
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
    return 0


Shoot = Callable[[Browser, Desk, str, str, tuple[int, int]], None]
Lay = Callable[[Browser, list[Desk]], None]


def shoot_demo(wanted: list[str], take: Shoot, lay: Lay | None = None) -> None:
    """The demo's desks; what is laid before is told on them."""
    with (
        tempfile.TemporaryDirectory(prefix="tansiq-shots-") as home,
        demo(Path(home)) as desks,
        sync_playwright() as playwright,
    ):
        browser = open_browser(playwright)
        if lay:
            lay(browser, desks)
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
    """The Gaps desk with an answer, on a phone its map; and a what-if with a post in hand, moved."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("desk-gaps").click()
    area = page.get_by_test_id("gaps-area")
    area.locator("option", has_text=SHOWN_AREA[language]).first.wait_for(state="attached")
    area.select_option(label=(area.locator("option", has_text=SHOWN_AREA[language]).first.text_content() or "").strip())
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for(state="attached", timeout=180_000)
    page.get_by_test_id("week-slider").evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        SHOWN_HOUR,
    )
    tabs = page.locator(".desk > nav.tabs button")
    if suffix:
        tabs.nth(1).click()
    save(page, f"gaps-{language}{suffix}")
    if suffix:
        tabs.nth(2).click()
    page.get_by_test_id("gaps-tab-whatif").click()
    page.get_by_test_id("whatif-post").first.click()
    place = page.get_by_test_id("edit-post-place")
    place.fill(SHOWN_PLACE)
    page.get_by_test_id("whatif-change").wait_for()
    page.get_by_test_id("gaps-follow").and_(page.locator('[data-settled="true"]')).wait_for(state="attached")
    save(page, f"whatif-{language}{suffix}")
    page.get_by_test_id("whatif-reset").click()
    page.close()


def shoot_strip(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The strip from Sinjar to Khanaqin by night: what nobody covers, how probable sight is, clusters of incidents."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("desk-gaps").click()
    area = page.get_by_test_id("gaps-area")
    area.locator('option[value="between"]').wait_for(state="attached")
    area.select_option("between")
    page.get_by_test_id("gaps-cell").select_option("250")
    page.get_by_test_id("gaps-error").select_option("4")
    page.get_by_test_id("gaps-error-length").select_option("0.5")
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for(state="attached", timeout=600_000)
    page.get_by_test_id("week-slider").evaluate(
        "(slider, place) => { slider.value = place; slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        NIGHT_HOUR,
    )
    tabs = page.locator(".desk > nav.tabs button")
    if suffix:
        save(page, f"gaps-strip-list-{language}{suffix}")
        tabs.nth(1).click()
    save(page, f"gaps-strip-{language}{suffix}")
    if suffix:
        page.get_by_test_id("gaps-key").locator("summary").click()
    page.get_by_test_id("gaps-shows").select_option("sight")
    save(page, f"gaps-sight-{language}{suffix}")
    if suffix:
        tabs.nth(0).click()
    page.get_by_test_id("gap-row").first.click()
    save(page, f"gaps-gap-{language}{suffix}")
    page.get_by_test_id("gaps-tab-clusters").click()
    page.get_by_test_id("clusters-of").select_option("730")
    page.get_by_test_id("clusters-run").click()
    page.get_by_test_id("clusters-of-what").wait_for(timeout=120_000)
    save(page, f"gaps-clusters-{language}{suffix}")
    page.close()


PLANS: Final = {
    "escort": {"en": "Relief convoy to Makhmour", "ar": "رتل إغاثة إلى مخمور", "ckb": "کاروانی فریاگوزاری بۆ مەخموور"},
    "patrol": {"en": "Patrol of the river road", "ar": "دورية طريق النهر", "ckb": "دەوریەی ڕێگای ڕووبار"},
    "works": {"en": "Clearing a culvert", "ar": "تنظيف عبّارة", "ckb": "پاککردنەوەی ژێرڕێ"},
}
"""Invented for the pictures."""


def lay_plans(browser: Browser, desks: list[Desk]) -> None:
    """Terms, plans of two sides that meet, answers to one of them, and a position that was left too soon."""
    joc, mop = (at_movements(browser, desk, "en") for desk in desks[:2])
    whole = {
        "names": {"en": "Terms of the centres", "ar": "ضوابط عمل المراكز", "ckb": "ڕێساکانی سەنتەرەکان"},
        "version": 1,
        "parties": ["joc", "mop"],
        "lead": [{"minutes": 120}, {"minutes": 1440, "activity": "handover"}],
        "answer": [{"minutes": 90}],
        "ladder": [{"after_minutes": 60, "level": "centre"}, {"after_minutes": 180, "level": "command"}],
        "buffers": {"distance_m": 1000, "minutes": 30, "height_m": 150},
        "status": "proposed",
    }
    ref = say(joc, "terms", whole)
    circle = circle_of_all(joc)["id"]
    wait_for(mop, circle, ref)
    ask(mop, "POST", "/movements/consents", {"circle": circle, "about": ref, "verdict": "accepted"})
    start = now() + 4 * HOUR
    road = [(43.40, 35.72), (43.52, 35.75), (43.60, 35.80)]
    route = [[e7(lon), e7(lat), start + n * HOUR] for n, (lon, lat) in enumerate(road)]
    escort = {"names": PLANS["escort"], "activity": "relief", "ask": "no_objection"}
    path = {"path": [[e7(43.50), e7(35.68)], [e7(43.53), e7(35.76)], [e7(43.50), e7(35.84)]], "width_m": 900}
    window = {"window": {"from": start - HOUR, "to": start + 3 * HOUR}}
    patrol = {"names": PLANS["patrol"], "activity": "patrol", "ask": "no_objection"}
    theirs = announce(mop, "", {**path, **window}, **patrol)
    wait_for(joc, circle, theirs)
    mine = announce(joc, "", {"route": route, "width_m": 400}, **escort)
    works = {"names": PLANS["works"], "activity": "engineering"}
    announce(mop, "", area(43.42, 35.80, start + 2 * HOUR, hours=8), ask_level="inform", **works)
    wait_for(mop, circle, mine)
    conditions = ["Not before 07:00.", "One escort of ours from the river."]
    answer = {"circle": circle, "about": mine, "verdict": "conditional", "conditions": conditions}
    ask(mop, "POST", "/movements/answers", answer)
    late = announce(mop, "", area(43.44, 35.715, start, hours=3), activity="exercise", names=PLANS["works"])
    wait_for(joc, circle, late)
    for page in (joc, mop):
        page.close()


def wait_for(page: Page, circle: str, ref: str) -> None:
    """Until a record has come to this node."""
    party, record = ref.split("/")
    page.wait_for_function(
        "async (path) => (await fetch(path)).ok", arg=f"/api/v1/records/{circle}/{party}/{record}", polling=300
    )


def shoot_movements(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int]) -> None:
    """The Movements desk: a collision in hand; on the laptop also a new plan, on the phone the list and the map."""
    page = at_movements(browser, desk, language, size)
    page.get_by_test_id("collision-row").first.wait_for(state="attached", timeout=120_000)
    if suffix:
        save(page, f"movements-list-{language}{suffix}")
    page.get_by_test_id("collision-row").first.click()
    page.get_by_test_id("story").locator("li").first.wait_for(state="attached")
    save(page, f"movements-{language}{suffix}")
    if suffix:
        page.get_by_test_id("pane-map").click()
        save(page, f"movements-map-{language}{suffix}")
        page.close()
        return
    page.get_by_test_id("new-activity").click()
    save(page, f"movements-plan-{language}")
    page.get_by_test_id("open-terms").click()
    page.get_by_test_id("terms").first.wait_for()
    save(page, f"movements-terms-{language}")
    page.close()


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


def save(page: Page, name: str) -> None:
    """One picture, once nothing moves any more."""
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=OUT / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    sys.exit(main())
