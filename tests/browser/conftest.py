"""One demo and one browser for all browser tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tansiq.desk.app import web_folder

from .desks import CHROMIUM, PATIENCE_S, Desk, demo, open_browser

expect.set_options(timeout=PATIENCE_S * 1000)  # a busy machine is slow, which is no fault of the page


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    """The demo's three desks."""
    if not (web_folder() / "index.html").exists():
        pytest.fail("the web app is not built: ./go build")
    with demo(tmp_path_factory.mktemp("demo")) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail("Chromium is missing: ./go test installs it where it may (apt-get install chromium)")
    with sync_playwright() as playwright:
        found = open_browser(playwright)
        yield found
        found.close()


@pytest.fixture(autouse=True)
def no_page_left_open(browser: Browser) -> Iterator[None]:
    """A page that a failed test left open would draw its map beside the next test's."""
    yield
    for context in browser.contexts:
        context.close()
