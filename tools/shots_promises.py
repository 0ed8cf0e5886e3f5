"""Pictures of commitments and of the kept-promise record: in three languages, on a small laptop and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import Browser, Page

from browser.desks import Desk, sign_in
from browser.ground import ask, circle_of_all, e7
from browser.plans import now

Save = Callable[[Page, str], None]
DAY: Final = 86_400_000
NIGHT: Final = {"spans": [{"days": [1, 2, 3, 4, 5, 6, 7], "from": 1080, "to": 420}], "offset": 180}
PROMISES: Final = {
    "hold": {
        "en": "Hold the gap south of Makhmour",
        "ar": "مسك الثغرة جنوب مخمور",
        "ckb": "گرتنی بۆشایی باشووری مەخموور",
    },
    "open": {"en": "Open the centre for Diyala", "ar": "افتتاح مركز ديالى", "ckb": "کردنەوەی سەنتەری دیالە"},
    "dues": {"en": "Pay the dues of the guards", "ar": "صرف مستحقات الحرس", "ckb": "دانی شایستەکانی پاسەوانان"},
    "map": {
        "en": "Write a road map for the gaps",
        "ar": "إعداد خارطة طريق للثغرات",
        "ckb": "ئامادەکردنی نەخشەڕێ بۆ بۆشاییەکان",
    },
    "points": {
        "en": "Settle how contact points work",
        "ar": "الاتفاق على عمل نقاط الاتصال",
        "ckb": "ڕێککەوتن لەسەر کاری خاڵەکانی پەیوەندی",
    },
}
"""Invented for the pictures, after what was announced in 2020 and 2021."""


def lay_promises(browser: Browser, desks: list[Desk]) -> str:
    """Commitments of several kinds with words of three sides; the reference of the one over the ground."""
    joc, mop, coalition = (sign_in(browser, desk, "en") for desk in desks[:3])
    ring = [[e7(lon), e7(lat)] for lon, lat in ((43.55, 35.62), (43.68, 35.62), (43.68, 35.68), (43.55, 35.68))]
    names = {"en": "South of Makhmour", "ar": "جنوب مخمور", "ckb": "باشووری مەخموور"}
    area = say(joc, "area", {"names": names, "ring": ring, "purpose": "joint_interest"})
    path = [[e7(43.55), e7(35.65)], [e7(43.68), e7(35.65)]]
    patrol = {"names": {"en": "Night patrol", "ar": "دورية ليلية", "ckb": "دەوریەی شەو"}, "path": path, "width_m": 7000}
    say(mop, "patrol", {**patrol, "hours": NIGHT, "status": "running"})
    trigger = say(
        joc,
        "trigger",
        {
            "names": {"en": "Centre at work", "ar": "بدء عمل المركز", "ckb": "دەستپێکردنی کاری سەنتەر"},
            "parties": ["joc", "mop"],
        },
    )
    file = say(
        joc,
        "negotiation_file",
        {"names": {"en": "Budget", "ar": "ملف الموازنة", "ckb": "دۆسیەی بودجە"}, "state": "waiting"},
    )
    rule = {"rule": "area_covered", "area": area, "share_percent": 80, "hours_a_day": 20}
    both = {"owed_by": ["joc", "mop"]}
    due = {"by": now() - 12 * DAY}
    text = {
        "en": "The gap south of Makhmour is covered 20 hours a day.",
        "ar": "تُغطّى الثغرة جنوب مخمور عشرين ساعة في اليوم.",
        "ckb": "بۆشایی باشووری مەخموور ڕۆژانە بیست کاتژمێر دادەپۆشرێت.",
    }
    hold = {
        "number": "C09",
        "names": PROMISES["hold"],
        "text": text,
        "owed_by": ["mop"],
        "owed_to": ["joc"],
        "due": due,
    }
    held = say(coalition, "commitment", {**hold, "rule": rule, "waits_for": [file]})
    after = {"after": {"trigger": trigger, "days": 30}}
    say(
        coalition,
        "commitment",
        {"number": "C05", "names": PROMISES["open"], **both, "due": after, "check": "other_side"},
    )
    tranches = [{"amount": 400_000_000, "due": now() - 40 * DAY}, {"amount": 400_000_000, "due": now() + 20 * DAY}]
    money = {"money": {"currency": "IQD", "tranches": tranches}}
    dues = say(
        coalition,
        "commitment",
        {"number": "C14", "names": PROMISES["dues"], "owed_by": ["joc"], "owed_to": ["mop"], **money},
    )
    say(coalition, "commitment", {"number": "C04", "names": PROMISES["map"], **both, "check": "evidence"})
    done = {"number": "C06", "names": PROMISES["points"], **both, "due": {"by": now() - DAY}, "check": "facilitator"}
    settled = say(coalition, "commitment", done)
    for page in (joc, mop):
        wait_for(page, settled)
    say(joc, "payment", {"tranche": 1, "amount": 400_000_000, "state": "paid"}, dues)
    say(mop, "payment", {"tranche": 1, "amount": 250_000_000, "state": "received"}, dues)
    say(mop, "assessment", {"word": "partly", "reading": 3, "reason": "من ١٨:٠٠ إلى ٠٧:٠٠", "lang": "ar"}, held)
    say(joc, "assessment", {"word": "not_kept", "reading": 1}, held)
    say(coalition, "assessment", {"word": "partly", "reading": 2}, held)
    say(coalition, "assessment", {"word": "kept", "reading": 3}, settled)
    say(joc, "occurrence", {"at": now() - 20 * DAY, "status": "stated"}, trigger)
    say(mop, "occurrence", {"at": now() - 26 * DAY, "status": "stated"}, trigger)
    for page in (joc, mop, coalition):
        page.close()
    return held


def say(page: Page, kind: str, fields: dict[str, Any], about: str | None = None) -> str:
    """Release a record to all in the circle of all; its reference."""
    circle = circle_of_all(page)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    release = {"circle": circle["id"], "label": label, "withhold": [], "grid": 0, "hour": 0}
    said = {"kind": kind, "fields": fields, "revises": None, "about": about, "releases": [release], "attachments": []}
    return str(ask(page, "POST", "/records", said)["refs"][0]["ref"])


def wait_for(page: Page, ref: str) -> None:
    """Until a record has come to this node."""
    path = f"/api/v1/records/{circle_of_all(page)['id']}/{ref}"
    page.wait_for_function("async (path) => (await fetch(path)).ok", arg=path, polling=300)


def shoot(
    browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save, held: str
) -> None:
    """The list, the one over the ground, and the record; on the laptop also the time line and the form."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    here = page.url.split("#")[0]
    page.goto(f"{here}#/accord/page/promises")
    page.get_by_test_id("promise-row").first.wait_for()
    save(page, f"promises-{language}{suffix}")
    if not suffix:
        for view in ("line", "calendar"):
            page.get_by_test_id(f"view-{view}").click()
            save(page, f"promises-{view}-{language}")
        page.get_by_test_id("view-list").click()
        page.get_by_test_id("new-commitment").click()
        page.get_by_test_id("check").select_option("picture")
        page.get_by_test_id("rule").select_option("centre_staffed")
        save(page, f"promises-form-{language}")
    page.goto(f"{here}#/accord/{held}")
    page.get_by_test_id("curve").wait_for()
    save(page, f"promise-{language}{suffix}")
    page.goto(f"{here}#/accord/page/kept")
    page.get_by_test_id("figure-late-mop").click()
    page.get_by_test_id("behind").wait_for()
    save(page, f"kept-{language}{suffix}")
    page.close()
