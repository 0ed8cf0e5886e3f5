"""From the meeting to the kept promise: the year of the scenario walked at two desks, in Arabic and in Sorani.

Three nodes with the story up to the bracket; one of them is killed while the other offers a wording, comes back and
accepts it; then the rest of the year, and the promise whose patrol stops.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
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
SIZE = (1100, 700)
LANGUAGE = {"joc": "ar", "mop": "ckb"}
TWO_HEADS = {
    "ar": "يدير كل مركز مديرا خفارة، واحد من كل طرف، يقرران معاً.",
    "ckb": "هەر سەنتەرێک لەلایەن دوو سەرپەرشتیاری ئێشکەوە بەڕێوە دەبرێت، لە هەر لایەک یەک، کە پێکەوە بڕیار دەدەن.",
    "en": "Each centre is led by two heads of duty, one from either side, who decide together.",
}
AUTHENTIC = ["ar", "ckb", "en"]


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
        """Tell the story up to the end of a day; the nodes do not run meanwhile."""
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
        """An orderly end of all."""
        for one in self.served.values():
            one.stop()

    def page(self, browser: Browser, party: str) -> Page:
        """A side's Accord desk in its language."""
        node = self.nodes[party]
        desk = Desk(node.name, node.url, node.user, node.password)
        page = sign_in(browser, desk, LANGUAGE[party], SIZE)
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


def test_from_the_meeting_to_the_kept_promise(browser: Browser, walk: Walk) -> None:
    walk.play("2020-11-06")
    joc, mop = walk.page(browser, "joc"), walk.page(browser, "mop")

    # two meetings and the third stand, with the reservation beside the minutes
    for page in (joc, mop):
        page.get_by_test_id("accord-meetings").click()
        expect(page.get_by_test_id("meeting-row")).to_have_count(3)

    # understandings have become clauses; who leads a centre stands in brackets on both desks
    text = text_named(joc, "Agreement on joint coordination centres")
    for page in (joc, mop):
        drawn = clause(page, text, "centres")
        assert drawn["state"] == "agreed"
        open_text(page, text)
        expect(page.get_by_test_id("bracket").first).to_be_visible()
        assert clause(page, text, "command")["state"] == "open"

    # one side's node is killed while the other offers a wording, and comes back to it
    before = clause(joc, text, "command")["wordings"]
    mine = next(one["ref"] for one in before if one["parties"] == ["joc"])
    theirs = next(one for one in before if one["parties"] == ["mop"])
    walk.served["mop"].kill()
    offered = offer(joc, text, text=TWO_HEADS, revision=theirs["ref"], own=mine)
    walk.back("mop")
    mop.close()
    mop = walk.page(browser, "mop")
    wait_for_wording(mop, text, "command", TWO_HEADS["ckb"])
    assert clause(mop, text, "command")["state"] == "open"

    # the bracket is solved: what was wanted before is taken back, the new wording accepted
    offer(mop, text, status="withdrawn", revision=theirs["ref"], own=theirs["ref"])
    position = {"circle": circle_of_all(mop)["id"], "revision": offered, "verdict": "accept", "concordant": AUTHENTIC}
    ask(mop, "POST", "/accord/positions", position)
    joc.wait_for_function(
        """async (path) => (await (await fetch(path)).json()).clause.state === 'agreed'""",
        arg=f"/api/v1/accord/texts/{text}/clauses/command?circle={circle_of_all(joc)['id']}",
        polling=300,
    )
    joc.close()
    mop.close()

    # the rest of the year: both sign, centres open, the promises stand with their readings
    walk.play(None)
    joc, mop = walk.page(browser, "joc"), walk.page(browser, "mop")
    for page in (joc, mop):
        page.get_by_test_id("accord-promises").click()
        expect(page.get_by_test_id("promise-row")).to_have_count(16)
        for day, state in (
            ("2021-06-08", "kept"),
            ("2021-06-12", "late"),
            ("2021-06-14", "disputed"),
            ("2021-06-30", "kept"),
        ):
            page.get_by_test_id("as-of").fill(day)
            row = page.get_by_test_id("promise-row").filter(has_text="X01")
            expect(row).to_have_attribute("data-state", state)
    centres = ask(joc, "GET", f"/accord/centres?circle={circle_of_all(joc)['id']}")["centres"]
    assert len(centres) == 6
    joc.get_by_test_id("desk-centres").click()
    expect(joc.get_by_test_id("centre-row")).to_have_count(6)
