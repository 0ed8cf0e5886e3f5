"""Pictures of the Movements desk: plans of two sides that meet, on a small laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk
from browser.ground import ask, circle_of_all, e7, say
from browser.plans import HOUR, announce, area, at_movements, geojson, now

Save = Callable[[Page, str], None]

PLANS: Final = {
    "escort": {"en": "Relief convoy to Makhmour", "ar": "رتل إغاثة إلى مخمور", "ckb": "کاروانی فریاگوزاری بۆ مەخموور"},
    "patrol": {"en": "Patrol of the river road", "ar": "دورية طريق النهر", "ckb": "دەوریەی ڕێگای ڕووبار"},
    "works": {"en": "Clearing a culvert", "ar": "تنظيف عبّارة", "ckb": "پاککردنەوەی ژێرڕێ"},
}
"""Invented for the pictures."""


def lay_plans(browser: Browser, desks: list[Desk]) -> None:
    """Terms, plans of two sides that meet, and an answer with conditions to one of them."""
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
    escort: dict[str, Any] = {"names": PLANS["escort"], "activity": "relief"}
    path = {"path": [[e7(43.50), e7(35.68)], [e7(43.53), e7(35.76)], [e7(43.50), e7(35.84)]], "width_m": 900}
    window = {"window": {"from": start - HOUR, "to": start + 3 * HOUR}}
    patrol: dict[str, Any] = {"names": PLANS["patrol"], "activity": "patrol"}
    theirs = announce(mop, "", {**path, **window}, **patrol)
    wait_for(joc, circle, theirs)
    mine = announce(joc, "", {"route": route, "width_m": 400}, **escort)
    works: dict[str, Any] = {"names": PLANS["works"], "activity": "engineering"}
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


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """The Movements desk: a collision in hand; on the laptop also a plan being written, on the phone list and map."""
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
    page.get_by_test_id("volume-file").set_input_files(geojson((43.49, 35.76), (43.60, 35.70)))
    page.get_by_test_id("file-take").click()
    check = page.get_by_test_id("draft-check")
    check.get_by_test_id("check-asks").wait_for()
    check.scroll_into_view_if_needed()
    save(page, f"movements-plan-{language}")
    page.get_by_test_id("report-discard").click()
    page.get_by_test_id("open-terms").click()
    page.get_by_test_id("terms").first.wait_for()
    save(page, f"movements-terms-{language}")
    page.close()
