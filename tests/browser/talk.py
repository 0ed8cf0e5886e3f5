"""Talk between two sides, said by the page's own session: what files and meetings at the Accord desk are tried on."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Browser, Page

from .desks import Desk, sign_in
from .ground import ask, circle_of_all

HOUR = 3_600_000


def names(en: str, ar: str, ckb: str) -> dict[str, str]:
    """A name or text in the three languages."""
    return {"en": en, "ar": ar, "ckb": ckb}


def tell(page: Page, kind: str, fields: dict[str, Any], **more: Any) -> str:
    """Release a record to all in the circle of all; its reference."""
    circle = circle_of_all(page)
    label = {"policy": "JOINT", "classification": "RESTRICTED", "tlp": "AMBER", "to": circle["members"]}
    said = {"kind": kind, "fields": fields, "releases": [{"circle": circle["id"], "label": label}], "urgent": True}
    return str(ask(page, "POST", "/records", {**said, **more})["refs"][0]["ref"])


def word(page: Page, about: str, verdict: str = "accepted", **more: str) -> None:
    """A word on another's thing, once it is here."""
    wait_for(page, about)
    ask(
        page, "POST", "/accord/words", {"circle": circle_of_all(page)["id"], "about": about, "verdict": verdict, **more}
    )


def wait_for(page: Page, ref: str) -> None:
    """Until a record has reached this desk."""
    circle = circle_of_all(page)["id"]
    for _ in range(300):
        found = page.evaluate("async (path) => (await fetch(`/api/v1${path}`)).ok", f"/records/{circle}/{ref}")
        if found:
            return
        time.sleep(0.1)
    raise AssertionError(f"{ref} did not come")


def at_accord(browser: Browser, desk: Desk, language: str, part: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """A part of the Accord desk in the circle of all."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-accord").click()
    page.get_by_test_id(f"accord-{part}").click()
    return page


FILES = {
    "budget": names("Budget and dues", "الموازنة والمستحقات", "بودجە و شایستەکان"),
    "centres": names("Joint coordination centres", "مراكز التنسيق المشتركة", "سەنتەرە هاوبەشەکانی هەماهەنگی"),
    "brigades": names("Joint brigades", "الألوية المشتركة", "لیوا هاوبەشەکان"),
    "areas": names("Areas of joint interest", "مناطق الاهتمام المشترك", "ناوچەکانی بایەخی هاوبەش"),
    "roads": names("Roads and checkpoints", "الطرق والسيطرات", "ڕێگاکان و بازگەکان"),
}
"""Subjects as the press named them; who sees them where is invented."""


def lay_talk(joc: Page, mop: Page) -> dict[str, str]:
    """A body, files that wait for each other, three meetings, minutes with a reservation, understandings, a promise."""
    ref: dict[str, str] = {}
    seats = [{"party": party, "seats": 5, "quorum": 3, "emergency": 2} for party in ("joc", "mop")]
    committee = names("Joint committee", "اللجنة المشتركة", "لیژنەی هاوبەش")
    ref["body"] = tell(joc, "body", {"names": committee, "body_type": "committee", "components": seats})
    word(mop, ref["body"])
    waits = {"centres": ["budget", "areas"], "brigades": ["centres", "budget"], "roads": ["centres"]}
    for key in ("budget", "areas", "centres", "brigades", "roads"):
        fields: dict[str, Any] = {"names": FILES[key], "parties": ["joc", "mop"], "owner": "قسم التنسيق"}
        fields |= {
            "state": "waiting" if key in waits else "open",
            "waits_for": [ref[one] for one in waits.get(key, [])],
        }
        ref[key] = tell(joc, "negotiation_file", fields)
    for key, state in (("budget", "open"), ("areas", "concluded"), ("centres", "open")):
        wait_for(mop, ref[key])
        tell(mop, "negotiation_file", {"state": state, "owner": "نووسینگەی هەماهەنگی"}, about=ref[key])
    tell(joc, "negotiation_file", {"state": "concluded"}, revises=ref["areas"])
    noon = 1_593_680_400_000
    agenda = [{"names": FILES[key], "file": ref[key]} for key in ("centres", "areas")]
    for number, (day, status) in enumerate(((0, "held"), (18, "held"), (26, "planned")), 1):
        when = {"from": noon + day * 24 * HOUR, "to": noon + (day * 24 + 3) * HOUR}
        fields = {"body": ref["body"], "number": number, "status": status, "when": when, "agenda": agenda}
        fields |= {"invited": ["joc", "mop", "coalition"], "venue": "بغداد" if number == 1 else "أربيل"}
        came = [{"party": "joc", "role": "head", "count": 1}, {"party": "joc", "role": "member", "count": 3}]
        ref[f"meeting{number}"] = tell(joc, "meeting", {**fields, **({"attendance": came} if status == "held" else {})})
        wait_for(mop, ref[f"meeting{number}"])
    for number, count in ((1, 3), (2, 2)):
        came = [{"party": "mop", "role": "member", "count": count}, {"party": "mop", "role": "interpreter", "count": 1}]
        tell(mop, "meeting", {"status": "held", "attendance": came}, about=ref[f"meeting{number}"])
    text = names(
        "Both sides agree to open coordination centres one after the other.",
        "اتفق الطرفان على افتتاح مراكز التنسيق الواحد تلو الآخر.",
        "هەردوو لا ڕێککەوتن لەسەر کردنەوەی سەنتەرەکانی هەماهەنگی یەک لە دوای یەک.",
    )
    more = names(
        "The list of areas is exchanged within ten days.",
        "يُتبادل كشف المناطق خلال عشرة أيام.",
        "لیستی ناوچەکان لە ماوەی دە ڕۆژدا ئاڵوگۆڕ دەکرێت.",
    )
    items = [{"text": text, "agenda": 1, "decision": True}, {"text": more, "agenda": 2}]
    ref["minutes"] = tell(joc, "minutes", {"items": items, "status": "put"}, about=ref["meeting1"])
    word(mop, ref["minutes"], reservation="خاڵی دووەم تەنها ناوچە ناودێرکراوەکان دەگرێتەوە.")
    ref["theirs"] = tell(mop, "minutes", {"items": items[:1], "status": "put"}, about=ref["meeting2"])
    ref["ours"] = tell(joc, "minutes", {"items": items, "status": "draft"}, about=ref["meeting2"])
    fields = {"number": 1, "text": text, "parties": ["joc", "mop"], "files": [ref["centres"]]}
    ref["understanding"] = tell(joc, "understanding", fields, about=ref["meeting1"])
    word(mop, ref["understanding"])
    agreement = {"names": names("Centres", "المراكز", "سەنتەرەکان"), "path": "centres", "parties": ["joc", "mop"]}
    ref["agreement"] = tell(joc, "agreement", agreement)
    clause = {"key": "open", "order": [1], "part": "article", "text": text, "drawn_from": [ref["understanding"]]}
    ref["clause"] = tell(joc, "clause", clause, about=ref["agreement"])
    owed = {"agreement": ref["agreement"], "clause": "open", "owed_by": ["joc", "mop"], "names": agreement["names"]}
    ref["commitment"] = tell(joc, "commitment", owed)
    ref["evidence"] = tell(joc, "evidence", {"shows": "partly", "names": more}, about=ref["commitment"])
    wait_for(mop, ref["evidence"])
    return ref
