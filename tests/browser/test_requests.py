"""Two nodes in Arabic and Sorani: a bell that survives `kill -9`, a request to its answer, the watch of both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from nodes import PASSWORD, USER, Served
from tansiq.node.node import Node

from .desks import Desk, sign_in
from .ground import ask
from .parting import circle_of, parties
from .plans import HOUR, now, release
from .talk import tell, wait_for

LAPTOP, PHONE = (1366, 768), (390, 844)
RINGS = {"ar": "عاجل من", "ckb": "بەپەلە لە"}
READ = {"ar": "قُرئت", "ckb": "خوێندراوەتەوە"}
CALL = {"ar": "ما قيل غير مُشارَك.", "ckb": "ئەوەی وترا هاوبەش نەکراوە."}
LATE = {"ar": "متأخر", "ckb": "دواکەوتووە"}
PERSON = {"ar": "يسأل الطلب عن شخص", "ckb": "داواکارییەکە دەربارەی کەسێکە"}
ONE = {"ar": "١", "ckb": "١"}
SECRET = "what the other side told us"


@dataclass
class Both:
    """Two nodes with a circle between them, served each as a process of its own."""

    nodes: dict[str, Node]
    served: dict[str, Served] = field(default_factory=dict)

    def start(self, party: str) -> None:
        """Serve a node, for the first time or after it was killed."""
        self.served[party] = Served(self.nodes[party].folder.path)
        self.served[party].wait()

    def page(self, browser: Browser, party: str, language: str, size: tuple[int, int] = LAPTOP) -> Page:
        """The Watch desk of a side."""
        return sign_in(browser, Desk(party, self.served[party].url, USER, PASSWORD), language, size)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    nodes = parties(tmp_path, "joc", "mop")
    circle_of(*nodes.values())
    for node in nodes.values():
        node.close()
    found = Both(nodes)
    for party in nodes:
        found.start(party)
    yield found
    for one in found.served.values():
        one.stop()


def shared(page: Page) -> Page:
    """The circle of both."""
    circle = next(one for one in ask(page, "GET", "/node")["circles"] if not one["private"])
    page.get_by_test_id("circle-select").select_option(circle["id"])
    return page


def fits(page: Page) -> None:
    """Nothing moves sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, wide


def send_urgent(page: Page, text: str) -> None:
    """An urgent message from the hotline, by keyboard once it has the focus."""
    page.get_by_test_id("watch-hotline").click()
    page.get_by_test_id("hotline-urgent").check()
    page.get_by_test_id("hotline-words").fill(text)
    page.get_by_test_id("hotline-words").press("Control+Enter")
    seen(page, text)
    page.keyboard.press("Enter")


def seen(page: Page, text: str, *, by: str = "") -> None:
    """Before it is said: a column for each party, with the words in it of every one that will read them."""
    for party in (by,) if by else ("joc", "mop"):
        expect(page.get_by_test_id(f"preview-column-{party}")).to_contain_text(text)
    expect(page.get_by_test_id("report-release")).to_be_focused()


def say(page: Page, button: str, text: str) -> None:
    """Look at what each party will see, then say it."""
    page.get_by_test_id(button).click()
    seen(page, text)
    page.get_by_test_id("report-release").click()
    expect(page.get_by_test_id("report-release")).to_have_count(0)


def sound(page: Page) -> str:
    """Whether the browser of this machine, once touched, gives any sound."""
    found = page.evaluate(
        """async () => {
            const context = new AudioContext();
            await Promise.race([context.resume(), new Promise((then) => setTimeout(then, 3000))]);
            const state = context.state;
            void context.close();
            return state;
        }"""
    )
    return "on" if found == "running" else "blocked"


def receiver(page: Page, text: str, party: str) -> Locator:
    """How far a message has come with a party."""
    word = page.get_by_test_id("hotline-word").filter(has_text=text).last  # its answer quotes it, and stands above
    return word.locator(f'[data-testid="receiver"][data-party="{party}"]')


@pytest.mark.parametrize(("language", "killed"), [("ar", "mop"), ("ckb", "joc")])
def test_a_bell_rings_until_it_is_read_whichever_node_is_killed_between(
    browser: Browser, both: Both, language: str, killed: str
) -> None:
    joc, mop = (shared(both.page(browser, party, language)) for party in ("joc", "mop"))
    text = "سيارة إسعاف عند الجسر الثاني" if language == "ar" else "ئەمبوولانس لای پردی دووەم"
    mop.get_by_test_id("desk-ledger").click()
    send_urgent(joc, text)
    bell = mop.get_by_test_id("bell")
    expect(bell, "on any desk").to_be_visible()
    expect(bell).to_contain_text(RINGS[language])
    expect(bell).to_contain_text(text)
    expect(bell, "where the machine gives no sound, the bar says so").to_have_attribute("data-sound", sound(mop))
    expect(joc.get_by_test_id("bell")).to_have_count(0)
    expect(receiver(joc, text, "mop")).to_have_attribute("data-step", "received")

    expect(joc.get_by_test_id("rings-there")).to_be_visible()

    both.served[killed].kill()
    if killed == "mop":
        mop.get_by_test_id("bell-read").click()
        expect(bell, "a node that does not answer has not read it").to_be_visible()
        both.start("mop")
    mop.bring_to_front()
    mop.locator("body").press("r")
    expect(mop.get_by_test_id("bell-read")).to_be_focused()
    mop.keyboard.press("Enter")
    expect(bell).to_have_count(0)
    if killed == "joc":
        both.start("joc")
        joc = shared(both.page(browser, "joc", language))
        joc.get_by_test_id("watch-hotline").click()
    expect(receiver(joc, text, "mop")).to_have_attribute("data-step", "read")
    expect(receiver(joc, text, "mop")).to_contain_text(READ[language])
    expect(joc.get_by_test_id("rings-there")).to_have_count(0)

    mop.get_by_test_id("desk-watch").click()
    mop.get_by_test_id("watch-hotline").click()
    mop.get_by_test_id("word-answer").first.click()
    mop.get_by_test_id("hotline-words").fill("بەڵێ")
    mop.get_by_test_id("watch-log").click()
    mop.get_by_test_id("watch-hotline").click()
    expect(mop.get_by_test_id("hotline-words"), "nothing typed is lost").to_have_value("بەڵێ")
    private = next(one["id"] for one in ask(mop, "GET", "/node")["circles"] if one["private"])
    mop.get_by_test_id("circle-select").select_option(private)
    shared(mop)
    say(mop, "hotline-send", "بەڵێ")
    expect(mop.get_by_test_id("hotline-words")).to_have_value("")
    expect(receiver(joc, text, "mop")).to_have_attribute("data-step", "answered")
    for page in (joc, mop):
        fits(page)


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_a_request_is_put_taken_escalated_and_answered_on_one_board(
    browser: Browser, both: Both, language: str
) -> None:
    joc, mop = (shared(both.page(browser, party, language)) for party in ("joc", "mop"))
    for page in (joc, mop):
        page.get_by_test_id("desk-incidents").click()
        page.get_by_test_id("incidents-requests").click()
        page.get_by_test_id("requests-page").wait_for()
    joc.get_by_test_id("new-request").click()
    joc.get_by_test_id("request-type").select_option("support")
    joc.get_by_test_id("request-text").fill("أين العقيد أحمد حسن؟")
    joc.get_by_test_id("report-preview").click()
    expect(joc.get_by_role("alert")).to_contain_text(PERSON[language])
    joc.get_by_test_id("request-text").fill("نحتاج سيارة إسعاف عند الجسر الثاني")
    release(joc)
    expect(mop.get_by_test_id("requests-waiting")).to_have_text(ONE[language])
    expect(joc.get_by_test_id("requests-waiting")).to_have_count(0)
    card = '[data-testid="request"]'
    expect(mop.get_by_test_id("requests-us").locator(card)).to_have_count(1)
    expect(joc.get_by_test_id("requests-others").locator(card)).to_have_count(1)

    mop.get_by_test_id("request-taken").click()
    mop.get_by_test_id("request-words").fill("نووسینگەی تەندروستی")
    say(mop, "request-say", "نووسینگەی تەندروستی")
    expect(joc.locator(card)).to_have_attribute("data-state", "taken")
    joc.get_by_test_id("request-escalated").click()
    joc.get_by_test_id("request-to-level").select_option("operations")
    joc.get_by_test_id("request-words").fill("الوقت يمضي")
    say(joc, "request-say", "الوقت يمضي")
    for page in (joc, mop):
        expect(page.locator(card)).to_have_attribute("data-level", "operations")
    told = tell(mop, "log", {"category": "operation", "text": "ئەمبوولانسەکە دەرچوو"})
    wait_for(mop, told)
    mop.get_by_test_id("request-answered").click()
    mop.get_by_test_id("request-words").fill("لە ڕێگادایە")
    mop.get_by_test_id("request-refused").click()
    mop.get_by_test_id("request-answered").click()
    expect(mop.get_by_test_id("request-words"), "nothing typed is lost").to_have_value("لە ڕێگادایە")
    mop.get_by_test_id("request-records").select_option(told)
    expect(mop.get_by_test_id("request-holds")).to_have_count(1)
    say(mop, "request-say", "لە ڕێگادایە")
    expect(mop.get_by_test_id("requests-waiting")).to_have_count(0)
    for page in (joc, mop):
        expect(page.get_by_test_id("request-word"), "the answer stands on the board").to_have_text("لە ڕێگادایە")
        expect(page.get_by_test_id("request-word")).to_have_attribute("lang", "ckb")
        expect(page.get_by_test_id("request-party").get_by_role("link")).to_have_attribute("href", f"#/watch/{told}")
        expect(page.get_by_test_id("requests-over").locator(card)).to_have_attribute("data-state", "answered")
        row = page.locator('[data-testid="request-side"][data-party="mop"]')
        expect(row).to_have_attribute("data-waiting", "0")
        fits(page)

    late = {"request_type": "information", "to": ["joc"], "text": "کێ لەوێ بوو؟", "due": now() - HOUR}
    ref = tell(mop, "request", late)
    wait_for(joc, ref)
    expect(joc.get_by_test_id("requests-us").get_by_test_id("clock-answered")).to_contain_text(LATE[language])
    expect(joc.get_by_test_id("requests-waiting")).to_have_class(re.compile("late"))
    fits(joc)
    joc.get_by_test_id("request-type-passage").click()
    expect(joc.locator(card)).to_have_count(0)
    joc.get_by_test_id("request-type-information").click()
    expect(joc.locator(card)).to_have_count(1)
    phone = shared(both.page(browser, "joc", language, PHONE))
    phone.goto(phone.url.split("#")[0] + f"#/incidents/{ref}")
    phone.locator(card).wait_for()
    fits(phone)


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_the_watch_shows_who_is_on_duty_the_twin_log_and_takes_open_requests_into_the_hand_over(
    browser: Browser, both: Both, language: str
) -> None:
    joc, mop = (shared(both.page(browser, party, language)) for party in ("joc", "mop"))
    names = {"en": "Dibis", "ar": "مركز الدبس", "ckb": "سەنتەری دوبز"}
    centre = tell(joc, "centre", {"names": names, "state": "active"})
    at = now()
    duties = [
        {"from": at - HOUR, "to": at + 5 * HOUR, "strength": 2, "role": "duty_officer"},
        {"from": at - HOUR, "to": at + 5 * HOUR, "strength": 1, "role": "interpreter"},
    ]
    tell(joc, "roster", {"status": "planned", "duties": duties}, about=centre)
    for page in (joc, mop):
        page.get_by_test_id("watch-watch").click()
        side = page.locator('[data-testid="duty-side"][data-party="joc"]')
        expect(side).to_have_attribute("data-strength", "3")
        expect(page.locator('[data-testid="duty-side"][data-party="mop"]')).to_have_attribute("data-strength", "0")

    joc.get_by_test_id("new-call").click()
    joc.get_by_test_id("call-text").fill(SECRET)
    joc.get_by_test_id("call-minutes").fill("٧")
    joc.get_by_test_id("call-note").click()
    seen(joc, SECRET, by="joc")
    expect(joc.get_by_test_id("preview-column-mop")).not_to_contain_text(SECRET)
    joc.get_by_test_id("report-release").click()
    row = mop.get_by_test_id("twin-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(CALL[language])
    assert SECRET not in mop.content()
    mop.get_by_test_id("twin-confirm").click()
    release(mop, seen_by="joc")
    for page in (joc, mop):
        page.get_by_test_id("twin-matched").click()
        expect(page.locator('[data-testid="twin-row"][data-state="confirmed"]')).to_have_count(1)
        fits(page)

    wanted = tell(mop, "request", {"request_type": "verification", "to": ["joc"], "text": "سەیری پردەکە بکەن"})
    unread = tell(mop, "message", {"text": "کەی دێن؟"})
    for ref in (wanted, unread):
        wait_for(joc, ref)
    joc.locator('[data-testid="on-duty"] a').first.click()
    joc.get_by_test_id("centre-page").wait_for()
    joc.get_by_test_id("part-handovers").click()
    joc.get_by_test_id("new-handover").click()
    for ref in (wanted, unread):
        expect(joc.locator(f'[data-testid="open-item"][data-ref="{ref}"]')).to_be_checked()
