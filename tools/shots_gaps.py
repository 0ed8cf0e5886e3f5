"""Screenshots of the Gaps desk: the answer, a what-if, the next best, a file taken in, the strip between the lines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in

Save = Callable[[Page, str], None]

PANES: Final = '[data-testid="gaps-desk"] > nav button'
POSTS: Final = """name,name_ar,name_ckb,lat,lon,height_m,range_day_m,range_night_m,hours
North ridge,الحافة الشمالية,لێواری باکوور,35.7831,43.5912,8,4000,1500,always
Mill,الطاحونة,ئاشەکە,35.7512,43.6104,6,3000,1000,06:00-18:00
Ford,المخاضة,بوارەکە,35.7290,43.5520,6,2500,,1-5 18:00-06:00
Turned,مقلوبة,هەڵگەڕاوە,43.5520,35.7290,6,2500,,
"""
SHOWN_AREA: Final = {"ar": "مخمور", "ckb": "مەخموور", "en": "Makhmour"}
SHOWN_PLACE: Final = "38S LE 55 60"
"""Where a post of the area is tried."""

SHOWN_HOUR: Final = 35
"""A morning: each side covers some ground by itself."""
NIGHT_HOUR: Final = 74
"""Two o'clock at night."""


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
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
    tabs = page.locator(PANES)
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
    page.get_by_test_id("gaps-tab-next").click()
    page.get_by_test_id("next-budget").select_option("336")
    page.get_by_test_id("next-run").click()
    page.get_by_test_id("next-closes").wait_for(timeout=90_000)
    save(page, f"gaps-next-{language}{suffix}")
    page.get_by_test_id("next-seek-patrols").check()
    page.get_by_test_id("rounds-run").click()
    page.get_by_test_id("rounds-bound").wait_for(timeout=120_000)
    page.locator('[data-testid="rounds-run"]:not([disabled])').wait_for(timeout=120_000)
    save(page, f"gaps-patrols-{language}{suffix}")
    page.get_by_test_id("gaps-tab-answer").click()
    page.get_by_test_id("gaps-take-in").click()
    with tempfile.TemporaryDirectory(prefix="tansiq-shots-") as folder:
        rows = Path(folder, "posts.csv")
        rows.write_text(POSTS, encoding="utf-8")
        page.get_by_test_id("inputs-file").set_input_files(rows)
        page.get_by_test_id("inputs-refused").wait_for()
        save(page, f"gaps-inputs-{language}{suffix}")
        rows.write_text(POSTS.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
        page.get_by_test_id("inputs-file").set_input_files(rows)
        page.get_by_test_id("inputs-refused").wait_for(state="detached")
        page.locator('[data-testid="inputs-map"][data-ready="true"]').wait_for(state="attached", timeout=30_000)
        save(page, f"gaps-inputs-map-{language}{suffix}")
        page.get_by_test_id("inputs-preview").click()
        page.get_by_test_id("inputs-example").wait_for()
        save(page, f"gaps-inputs-columns-{language}{suffix}")
    page.close()


def shoot_strip(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
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
    tabs = page.locator(PANES)
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
    page.get_by_test_id("density").select_option("rule")
    page.get_by_test_id("density-said").wait_for()
    if suffix:
        tabs.nth(1).click()
    save(page, f"gaps-density-{language}{suffix}")
    page.close()
