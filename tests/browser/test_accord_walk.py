"""From the meeting to the kept promise: the year of the scenario walked at two desks, in Arabic and in Sorani.

Three nodes with the story up to the bracket; one of them is killed while the other offers a wording, comes back and
accepts it; then the rest of the year, and the promise whose patrol stops.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from nodes import Served, free_port
from tansiq.demo.nodes import DemoNode, make_nodes, sign_ins
from tansiq.demo.scenario import load
from tansiq.node.folder import Folder
from tansiq.node.node import Node

from .desks import Desk, sign_in
from .ground import ask, circle_of_all

SCENARIO = Path(__file__).parents[2] / "scenario"
LOCAL = datetime.timezone(datetime.timedelta(hours=3))
SIZE = (960, 600)
LANGUAGE = {"joc": "ar", "mop": "ckb"}
TWO_HEADS = {
    "ar": "يدير كل مركز مديرا خفارة، واحد من كل طرف، يقرران معاً.",
    "ckb": "هەر سەنتەرێک لەلایەن دوو سەرپەرشتیاری ئێشکەوە بەڕێوە دەبرێت، لە هەر لایەک یەک، کە پێکەوە بڕیار دەدەن.",
    "en": "Each centre is led by two heads of duty, one from either side, who decide together.",
}
AUTHENTIC = ["ar", "ckb", "en"]
THIRTEEN = re.compile(r"\bC(0[1-9]|1[0-3])\b")
OPENED = (("2020-10-20", 0), ("2020-12-05", 2), ("2021-05-22", 3), ("2021-05-23", 4), ("2021-05-26", 5))
"""How many centres are at work since then by one side's word."""

COVERED = (("2021-06-08", "kept"), ("2021-06-12", "late"), ("2021-06-14", "disputed"), ("2021-06-30", "kept"))
"""How the promise of twenty hours a day stands; its patrol stopped on 9 June."""

FIRST_LOOK_MS = 240_000
"""The first look at promises of coverage waits for the engine of gaps, which a fresh checkout compiles then."""


def clock(day: str) -> int:
    """Noon of a day in Baghdad and Erbil (ms)."""
    return int(datetime.datetime.fromisoformat(day).replace(hour=12, tzinfo=LOCAL).timestamp() * 1000)


class Walk:
    """Three nodes with the story up to a day, served; any of them may be killed and comes back."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for node in make_nodes(home, SCENARIO, [free_port() for _ in range(6)]).values():
            node.close()
        self.served: dict[str, Served] = {}
        self.nodes: dict[str, DemoNode] = {node.party: node for node in sign_ins(home)}

    def play(self, until: str | None) -> None:
        """Tell the story up to noon of a day; the nodes do not run meanwhile."""
        self.stop()
        opened = {party: Node(Folder(node.folder)) for party, node in self.nodes.items()}
        load(opened, SCENARIO, None if until is None else clock(until))
        for node in opened.values():
            node.close()
        self.served = {party: Served(node.folder) for party, node in self.nodes.items()}
        for one in self.served.values():
            one.wait()

    def back(self, party: str) -> None:
        """Start a node that was killed."""
        self.served[party] = Served(self.nodes[party].folder)
        self.served[party].wait()

    def stop(self) -> None:
        """An orderly end of all, at once."""
        for one in self.served.values():
            one.process.terminate()
        for one in self.served.values():
            one.stop()

    def page(self, browser: Browser, party: str) -> Page:
        """A side's Accord desk in its language."""
        node = self.nodes[party]
        desk = Desk(node.name, node.url, node.user, node.password)
        page = sign_in(browser, desk, LANGUAGE[party], SIZE)
        page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
        page.get_by_test_id("desk-accord").click()
        page.get_by_test_id("accord-desk").wait_for()
        return page


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """The story before its first day."""
    found = Walk(tmp_path)
    yield found
    found.stop()


def text_named(page: Page, english: str) -> str:
    """The reference of the text that is called so."""
    texts = ask(page, "GET", f"/accord/texts?circle={circle_of_all(page)['id']}")["texts"]
    return str(next(one["ref"] for one in texts if one["names"]["en"] == english))


def clause(page: Page, text: str, key: str) -> dict[str, Any]:
    """A clause as a node sees it."""
    found = ask(page, "GET", f"/accord/texts/{text}/clauses/{key}?circle={circle_of_all(page)['id']}")
    return dict(found["clause"])


def open_text(page: Page, text: str) -> None:
    """The text on the page, its clauses in three languages."""
    page.get_by_test_id("accord-texts").click()
    page.locator(f'[data-testid="text"][data-ref="{text}"]').click()
    page.get_by_test_id("text-page").wait_for()


def wait_for_wording(page: Page, text: str, key: str, wording: str) -> None:
    """Until a wording has come to this node."""
    path = f"/api/v1/accord/texts/{text}/clauses/{key}?circle={circle_of_all(page)['id']}"
    page.wait_for_function(
        "async ([path, wording]) => (await (await fetch(path)).text()).includes(wording)",
        arg=[path, wording],
        polling=300,
    )


def offer(page: Page, agreement: str, **fields: Any) -> str:
    """Offer a wording of the clause on who leads a centre, as the editor does."""
    asked = {"circle": circle_of_all(page)["id"], "key": "command", "concordant": AUTHENTIC, **fields}
    return str(ask(page, "POST", f"/accord/texts/{agreement}/clauses", asked)["ref"])


def show_talk(page: Page) -> None:
    """The minutes of three meetings are confirmed; clauses were drawn from what was understood in them."""
    page.get_by_test_id("accord-meetings").click()
    expect(page.locator('[data-testid="meeting-row"][data-state="minuted"]')).to_have_count(3)
    understood = ask(page, "GET", f"/accord/meetings?circle={circle_of_all(page)['id']}")["board"]["understandings"]
    drawn = {one["number"] for one in understood if one.get("clauses")}
    assert {3, 5, 7} <= drawn


def show_signed(page: Page, text: str) -> None:
    """The certificate: both sides have signed, and every signature counts."""
    page.evaluate("location.hash = '#/accord/page/signing'")
    page.get_by_test_id("signing-choose").select_option(text)
    expect(page.get_by_test_id("signed-by-all")).to_be_visible()
    page.get_by_test_id("signing-certificate").click()
    for party in LANGUAGE:
        expect(
            page.locator(f'[data-testid="signature"][data-party="{party}"][data-counts="true"]').first
        ).to_be_visible()
    found = ask(page, "GET", f"/accord/signing?circle={circle_of_all(page)['id']}&agreement={text}")
    assert set(found["signed"]["signed"]) == set(LANGUAGE)


def show_promises(pages: Iterable[Page]) -> None:
    """Thirteen promises with their readings; the one of twenty hours as it stood from day to day."""
    for page in pages:
        page.get_by_test_id("accord-promises").click()
    for page in pages:
        expect(page.get_by_test_id("promise-row")).to_have_count(16, timeout=FIRST_LOOK_MS)
        thirteen = page.get_by_test_id("promise-row").filter(has_text=THIRTEEN)
        expect(thirteen).to_have_count(13)
        count = """rows => rows.map(row => row.querySelectorAll('[data-testid^="reading-"]').length)"""
        assert min(thirteen.evaluate_all(count)) > 1
    for day, state in COVERED:
        for page in pages:
            page.get_by_test_id("as-of").fill(day)
        for page in pages:
            row = page.get_by_test_id("promise-row").filter(has_text="X01")
            expect(row).to_have_attribute("data-state", state)


def show_centres(page: Page) -> None:
    """One centre after the other is said to be at work; five are so by both sides' word, one is not."""
    circle = circle_of_all(page)["id"]
    now = ask(page, "GET", f"/accord/centres?circle={circle}")["centres"]
    stands = [one for row in now for one in row["centre"]["stands"]]
    since = [one["since"] for one in stands if one["party"] == "mop" and one["state"] == "active"]
    for day, count in OPENED:
        assert sum(start <= clock(day) for start in since) == count, day
    page.get_by_test_id("desk-centres").click()
    expect(page.get_by_test_id("centre-row")).to_have_count(6)
    assert sum(row["centre"]["at_work"] for row in now) == 5


def solve(joc: Page, mop: Page, text: str, offered: str, theirs: str) -> None:
    """What was wanted before is taken back, the new wording accepted; the other side's node hears of it."""
    offer(mop, text, status="withdrawn", revision=theirs, own=theirs)
    position = {"circle": circle_of_all(mop)["id"], "revision": offered, "verdict": "accept", "concordant": AUTHENTIC}
    ask(mop, "POST", "/accord/positions", position)
    joc.wait_for_function(
        """async (path) => (await (await fetch(path)).json()).clause.state === 'agreed'""",
        arg=f"/api/v1/accord/texts/{text}/clauses/command?circle={circle_of_all(joc)['id']}",
        polling=300,
    )


def test_from_the_meeting_to_the_kept_promise(browser: Browser, walk: Walk) -> None:
    walk.play("2020-11-06")
    joc, mop = walk.page(browser, "joc"), walk.page(browser, "mop")
    text = text_named(joc, "Agreement on joint coordination centres")
    for page in (joc, mop):
        show_talk(page)
        assert clause(page, text, "centres")["state"] == "agreed"
        assert clause(page, text, "command")["state"] == "open"
        open_text(page, text)
        expect(page.get_by_test_id("bracket").first).to_be_visible()

    # one side's node is killed while the other offers a wording, and comes back to it
    before = clause(joc, text, "command")["wordings"]
    mine = next(one["ref"] for one in before if one["parties"] == ["joc"])
    theirs = next(one["ref"] for one in before if one["parties"] == ["mop"])
    walk.served["mop"].kill()
    mop.close()
    offered = offer(joc, text, text=TWO_HEADS, revision=theirs, own=mine)
    walk.back("mop")
    mop = walk.page(browser, "mop")
    wait_for_wording(mop, text, "command", TWO_HEADS["ckb"])
    assert clause(mop, text, "command")["state"] == "open"
    solve(joc, mop, text, offered, theirs)
    joc.close()
    mop.close()

    # the rest of the year
    walk.play(None)
    joc, mop = walk.page(browser, "joc"), walk.page(browser, "mop")
    for page in (joc, mop):
        show_signed(page, text)
    show_promises((joc, mop))
    for page in (joc, mop):
        show_centres(page)
