"""Pictures of the Incidents desk and of a file taken in: reports of two sides on the demo's nodes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import ask, circle_of_all
from browser.talk import tell, wait_for

Save = Callable[..., None]
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
BRIDGE: Final = {"lat": 357_700_000, "lon": 435_800_000, "accuracy": 500}
FARM: Final = {"lat": 356_100_000, "lon": 437_200_000, "accuracy": 300}
ROAD: Final = {"lat": 359_300_000, "lon": 437_900_000, "accuracy": 1000}
TABLE: Final = (
    "التاريخ,خط العرض,خط الطول,نوع الحادث,الوصف,اسم الشاهد\n"
    "٠٣/٠٤/٢٠٢٠,٣٥٫٧٧,٤٣٫٥٨,عبوة ناسفة,انفجار قرب مخمور,فلان\n"
    "٠٥/٠٤/٢٠٢٠,٣٥٫٦٠,٤٣٫٩٠,عاصفة,رصد من نقطة القادسية,فلان\n"
    "٠٦/٠٤/٢٠٢٠,٤٣٫٥٨,٣٥٫٧٧,اشتباك,خط العرض مكان خط الطول,فلان\n"
)


def lay(browser: Browser, desks: list[Desk]) -> None:
    """One event that both sides say is one, graded and with a finding that waits; two more pairs that nobody judged."""
    joc, mop = (sign_in(browser, desk, "ar") for desk in desks[:2])
    circle = circle_of_all(joc)["id"]
    now = int(time.time() * 1000)
    graded = {"source_grade": "B", "info_grade": 2}
    ours = _report(
        joc, "explosion", BRIDGE, now - 3 * HOUR, "انفجار عبوة ناسفة قرب مخمور، جريحان.", "ar", (2, 3), **graded
    )
    text = "تەقینەوەی بۆمبی چێندراو لە نزیک مەخموور، شەهیدێک و دوو بریندار."
    dead = {"min": 1, "max": 1}
    theirs = _report(mop, "explosion", BRIDGE, now - 3 * HOUR + 5 * MINUTE, text, "ckb", (2, 2), killed=dead)
    fire = _report(joc, "shooting", FARM, now - 5 * HOUR, "إطلاق نار على نقطة مرابطة قرب قرية علي رش.", "ar", (0, 1))
    text = "تەقە لە خاڵێکی چاودێری کرا، کەس بریندار نەبوو."
    shots = _report(mop, "clash", FARM, now - 5 * HOUR + 12 * MINUTE, text, "ckb", (0, 0))
    road = _report(joc, "explosion", ROAD, now - 26 * HOUR, "عبوة على طريق الكوير أبطلتها دورية.", "ar", (0, 0))
    mine = _report(
        mop, "explosion", ROAD, now - 26 * HOUR + 20 * MINUTE, "بۆمبێک لە ڕێگای گوێر پووچەڵ کرایەوە.", "ckb", (0, 0)
    )
    for page, there in ((joc, (theirs, shots, mine)), (mop, (ours, fire, road))):
        for ref in there:
            wait_for(page, ref)
    for page in (joc, mop):
        ask(page, "POST", "/incidents/same", {"circle": circle, "one": ours, "other": theirs, "word": "same"})
    grade = {"circle": circle, "about": ours, "source_grade": "C", "info_grade": 3}
    ask(mop, "POST", "/incidents/grades", grade)
    found = {"ar": "عبوة مزروعة عند طرف الجسر", "ckb": "بۆمبی چێندراو لە لای پردەکە", "en": "A mine laid at the bridge"}
    went = {"step": "verified", "action": found, "place": BRIDGE, "went": ["joc", "mop"], "status": "open"}
    tell(joc, "finding", went, about=ours)
    joc.close()
    mop.close()


def _report(
    page: Page,
    category: str,
    place: dict[str, int],
    at: int,
    text: str,
    lang: str,
    wounded: tuple[int, int],
    **more: Any,
) -> str:
    """A report by its category, place, time (ms), words and the least and most wounded; its reference."""
    fields = {"category": category, "how_known": "seen", "when": {"from": at, "to": None}, "when_precision": "minute"}
    fields |= {"place": place, "text": text, "lang": lang, "wounded": dict(zip(("min", "max"), wounded, strict=True))}
    return tell(page, "incident", {**fields, **more})


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """Pairs with their reasons, the two-sided file, a finding that is written, times, charts, a file taken in."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-incidents").click()
    page.get_by_test_id("incidents-pairs").click()
    page.locator('[data-testid="pair"] a', has_not_text="/").first.wait_for()  # until the circle is here, its reference
    save(page, f"incident-pairs-{language}{suffix}")
    page.get_by_test_id("incidents-files").click()
    page.get_by_test_id("file-row").first.click()
    page.get_by_test_id("file-page").wait_for()
    save(page, f"incident-file-{language}{suffix}")
    page.get_by_test_id("finding").first.scroll_into_view_if_needed()
    save(page, f"incident-finding-{language}{suffix}")
    page.get_by_test_id("incidents-times").click()
    page.get_by_test_id("times-row").first.wait_for()
    save(page, f"incident-times-{language}{suffix}")
    page.get_by_test_id("incidents-charts").click()
    page.locator('[data-testid="charts-page"][data-ready="true"]').wait_for()
    save(page, f"incident-charts-{language}{suffix}")
    page.get_by_test_id("desk-watch").click()
    if suffix:
        page.get_by_test_id("pane-log").click()
    page.get_by_test_id("take-in").click()
    page.get_by_test_id("imports-file").set_input_files(
        {"name": "حوادث.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    )
    page.get_by_test_id("imports-ask-date_order").select_option("dmy")
    page.get_by_test_id("imports-bad").scroll_into_view_if_needed()
    save(page, f"incident-import-{language}{suffix}")
    page.close()
