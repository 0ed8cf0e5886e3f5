"""The quick report by keyboard alone, in Arabic and Sorani, in a real browser over a real node.

What a person takes is the number of their key strokes at 0.35 s each (some 34 words a minute, one ear on the radio) and
the time of the page: from the first key to the record in the log, preview and release in it. The keys themselves come
at once, so the page's time is its own.
"""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect, sync_playwright

from bench._harness import Row, median, spread
from browser.desks import open_browser, sign_in
from browser.own import SECONDS_A_STROKE, SHOTS, Own, own_nodes, radio_report

BUDGET_S: Final = 30.0
RUNS: Final = 3


def rows(*, quick: bool) -> list[Row]:
    """How long a report takes from the radio to the others' desks."""
    strokes: list[int] = []
    pages: list[float] = []
    with tempfile.TemporaryDirectory() as home, own_nodes(Path(home)) as own, sync_playwright() as playwright:
        browser = open_browser(playwright)
        for _ in range(1 if quick else RUNS):
            for language in SHOTS:
                typed, took = _report(browser, own, language)
                strokes.append(typed)
                pages.append(took)
        browser.close()
    took = max(strokes) * SECONDS_A_STROKE + median(pages)
    note = f"{max(strokes)} strokes at {SECONDS_A_STROKE} s; the page itself {spread(pages)}"
    return [Row("quick report by keyboard, budget 30 s", "s", took, BUDGET_S, "budget", BUDGET_S / took, note)]


def _report(browser: Browser, own: Own, language: str) -> tuple[int, float]:
    """Key strokes and seconds of page time of one report."""
    page = sign_in(browser, own.desk(), language)
    page.get_by_test_id("circle-select").select_option(own.circle.id)
    text = f"{SHOTS[language]} {uuid.uuid4().hex[:4]}"
    before = page.evaluate("performance.now()")
    keys = radio_report(page, language, text)
    keys.press("Enter")
    expect(page.get_by_test_id("log-row").filter(has_text=text)).to_be_visible()
    took = (page.evaluate("performance.now()") - before) / 1000
    page.close()
    return keys.strokes, took
