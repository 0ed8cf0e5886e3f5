"""Two small nodes of one's own under a browser: to be killed, cut off and started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from nodes import PASSWORD, USER, Served, add_officer, enter, make_nodes, signed_in
from tansiq.circles.circle import Circle

from .desks import PATIENCE_S, Desk, enter_desk

OTHER = "second"
MAKHMOUR = {"ar": "مخمور", "ckb": "مەخمور"}
"""The second without its long vowel, as it is often typed."""
SHOTS = {"ar": "رمي على السيطرة", "ckb": "تەقە لە بازگەکە کرا"}
SECONDS_A_STROKE = 0.35
"""Of somebody who writes some 34 words a minute with one ear on the radio."""


@dataclass
class Own:
    """The node under the page, the other side's, and the circle between them."""

    circle: Circle
    served: Served
    other: Served
    started: list[Served] = field(default_factory=list)

    def desk(self, user: str = USER) -> Desk:
        """How to sign in at the node under the page."""
        return Desk("joc", self.served.url, user, PASSWORD)

    def kill(self) -> None:
        """`kill -9` of the node under the page."""
        self.served.kill()

    def start(self) -> None:
        """The same node once more."""
        self.served = Served(self.served.folder)
        self.started.append(self.served)
        self.served.wait()

    def said(self, text: str) -> list[dict[str, Any]]:
        """What of the node's own records has this text."""
        with signed_in(self.served.url) as desk:
            objects = desk.get("/picture", params={"circle": self.circle.id}).json()["objects"]
        return [one for one in objects if one["fields"].get("text") == text]


@contextmanager
def own_nodes(home: Path) -> Iterator[Own]:
    """Two nodes with two accounts at the first, ended with the block."""
    nodes = make_nodes(home, "joc", "mop")
    circle = enter(nodes["joc"], nodes["mop"])
    add_officer(nodes["joc"])
    add_officer(nodes["joc"], OTHER)
    add_officer(nodes["mop"])
    for node in nodes.values():
        node.close()
    joc, mop = (Served(nodes[party].folder.path) for party in ("joc", "mop"))
    own = Own(circle, joc, mop, [joc, mop])
    try:
        joc.wait()
        mop.wait()
        yield own
    finally:
        for one in own.started:
            one.stop()


def tab(browser: Browser, desk: Desk, language: str, *, offline: bool = False) -> Page:
    """A signed-in page of a browser that can open more of them, and with `offline` keeps the program of the page."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768},
        locale="en-GB",
        timezone_id="Asia/Baghdad",
        reduced_motion="reduce",
        service_workers="allow" if offline else "block",
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    page = context.new_page()
    enter_desk(page, desk, language)
    return page


class Keys:
    """The keyboard and nothing else; counts what a person would have pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.strokes = 0

    def press(self, *keys: str) -> None:
        """One key after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.strokes += 1

    def type(self, text: str) -> None:
        """A text, letter by letter."""
        self.page.keyboard.type(text)
        self.strokes += len(text)


def begin_report(page: Page) -> Keys:
    """N, and the quick report has the keyboard."""
    keys = Keys(page)
    page.get_by_test_id("circle-select").wait_for()
    page.get_by_test_id("new-incident").wait_for()
    keys.press("n")
    expect(page.get_by_test_id("report-category")).to_be_focused()
    return keys


def write_report(page: Page, text: str, place: str = "35.77, 43.58") -> Keys:
    """A report by keyboard, up to where the preview is asked for."""
    keys = begin_report(page)
    keys.press("2", "Enter")
    keys.type(place)
    keys.press("Enter")
    expect(page.get_by_test_id("quick-when")).to_be_focused()
    keys.press("Enter")
    keys.type(text)
    keys.press("Control+Enter")
    return keys


def radio_report(page: Page, language: str, text: str) -> Keys:
    """A whole report as from the radio by keyboard alone, up to its preview: shots, a named place, five minutes ago."""
    keys = begin_report(page)
    keys.press("2", "Enter")
    keys.type(MAKHMOUR[language])
    keys.press("Enter")
    expect(page.get_by_test_id("quick-when")).to_be_focused()
    keys.type("-5")
    keys.press("Enter")
    keys.type(text)
    keys.press("Enter", "1", "Enter")
    expect(page.get_by_test_id("quick-behalf")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_test_id("report-release")).to_be_focused()
    return keys
