"""Pictures of a report in words at the Watch desk: what was read in it, its drafts, a form that a draft filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser

from browser.desks import Desk, sign_in
from browser.ground import circle_of_all

Save = Callable[..., None]

REPORTS: Final = {
    "ar": "انفجرت عبوة ناسفة قرب خمور أمس الثلاثاء الساعة 14:30، وأصيب اثنان من البيشمركة. "
    "ومن المقرر عقد اجتماع ثالث في أربيل الشهر المقبل لبحث الفراغ الأمني بين مخمور والكوير.",
    "ckb": "دوێنێ سێشەممە کاتژمێر ١٤:٣٠ بۆمبێک لە نزیک مەخمور تەقییەوە و دوو پێشمەرگە بریندار بوون. "
    "بڕیارە مانگی داهاتوو کۆبوونەوەی سێیەم لە هەولێر بکرێت لەسەر بۆشایی ئەمنی نێوان مەخموور و گوێر.",
    "en": "A roadside bomb went off near Makhmoor yesterday, Tuesday, at 14:30; two Peshmerga were wounded. "
    "A third meeting is scheduled in Erbil next month on the security gap between Makhmur and Gwer.",
}


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """The marked text with the draft at hand; on the laptop also the form that it opens."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    if suffix:
        page.get_by_test_id("pane-hand").click()
    page.get_by_test_id("read-text").click()
    page.get_by_test_id("read-input").fill(REPORTS[language])
    page.get_by_test_id("read-day").fill("2020-09-16")
    page.get_by_test_id("read-go").click()
    page.get_by_test_id("read-draft").first.get_by_role("button").first.click()
    save(page, f"reading-{language}{suffix}")
    if not suffix:
        page.get_by_test_id("open-draft").first.click()
        page.get_by_test_id("report-text").wait_for()
        save(page, f"reading-form-{language}")
    page.close()
