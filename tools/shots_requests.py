"""Pictures of requests, the hotline with its bell and the watch: said by two sides on the demo's nodes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import ask, circle_of_all
from browser.talk import tell, wait_for, word

Save = Callable[..., None]
HOUR: Final = 3_600_000


def lay(browser: Browser, desks: list[Desk]) -> None:
    """Terms with a ladder, requests of both sides, a centre with rosters, calls, an urgent message not read."""
    joc, mop = (sign_in(browser, desk, "ar") for desk in desks[:2])
    terms = {
        "version": 9,
        "parties": ["joc", "mop"],
        "answer": [{"minutes": 15, "ask": "acknowledge"}, {"minutes": 90}],
    }
    ladder = [{"after_minutes": 60, "level": "centre"}, {"after_minutes": 180, "level": "command"}]
    word(mop, tell(joc, "terms", {**terms, "ladder": ladder, "status": "proposed"}))
    now = int(time.time() * 1000)
    ambulance = {"request_type": "support", "to": ["mop"], "text": "نحتاج سيارة إسعاف عند الجسر الثاني.", "lang": "ar"}
    late = tell(joc, "request", {**ambulance, "due": now - 40 * 60_000})
    passage = {"request_type": "passage", "to": ["joc"], "text": "تێپەڕینی کاروانی فریاکەوتن بۆ گوێر.", "lang": "ckb"}
    theirs = tell(mop, "request", {**passage, "due": now + 2 * HOUR})
    seen = {"request_type": "verification", "to": ["joc"], "text": "سەیری پردی خازر بکەن.", "lang": "ckb"}
    over = tell(mop, "request", {**seen, "due": now + HOUR})
    wait_for(joc, over)
    step(joc, over, "answered", text="الجسر سالم، لا أثر لعبوة.", lang="ar")
    wait_for(mop, late)
    step(mop, late, "taken", owner="نووسینگەی تەندروستی")
    step(joc, late, "escalated", level="operations", reason="الوقت يمضي", lang="ar")
    wait_for(joc, theirs)
    names = {"en": "Dibis centre", "ar": "مركز الدبس", "ckb": "سەنتەری دوبز"}
    centre = tell(joc, "centre", {"names": names, "state": "active"})
    for page, count in ((joc, 2), (mop, 3)):
        wait_for(page, centre)
        duties = [{"from": now - HOUR, "to": now + 7 * HOUR, "strength": count, "role": "duty_officer"}]
        duties += [{"from": now - HOUR, "to": now + 7 * HOUR, "strength": 1, "role": "interpreter"}]
        tell(page, "roster", {"status": "served", "duties": duties}, about=centre)
    circle = circle_of_all(joc)["id"]
    ask(joc, "POST", "/incidents/calls", {"circle": circle, "with": "mop", "text": "يبقى هنا"})
    tell(mop, "log", {"category": "call", "means": "phone", "when": {"from": now, "to": None}, "lang": "ckb"})
    text = "تەقە لە نزیک پردی دووەم. ئێوە دەوریەتان لەوێ هەیە؟"
    bell = {"circle": circle, "text": text, "to": ["joc"], "urgent": True, "lang": "ckb"}
    wait_for(joc, str(ask(mop, "POST", "/incidents/messages", bell)["ref"]))
    joc.close()
    mop.close()


def step(page: Page, request: str, name: str, **fields: str) -> None:
    """A step of a request."""
    circle = circle_of_all(page)["id"]
    ask(page, "POST", "/incidents/requests/steps", {"circle": circle, "request": request, "step": name, **fields})


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """The board, the hotline under a ringing bell, the watch."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("bell").wait_for()
    page.get_by_test_id("watch-hotline").click()
    page.get_by_test_id("hotline-word").first.wait_for()
    save(page, f"hotline-{language}{suffix}")
    page.get_by_test_id("watch-watch").click()
    page.get_by_test_id("twin-row").first.wait_for()
    save(page, f"watch-duty-{language}{suffix}")
    page.get_by_test_id("desk-incidents").click()
    page.get_by_test_id("incidents-requests").click()
    page.get_by_test_id("request").first.wait_for()
    save(page, f"requests-{language}{suffix}")
    page.close()
