"""Real desks in a real browser: Debian's Chromium on the demo's three nodes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, Request

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-gpu-compositing",  # pages are put together without the software WebGL, which costs twice as much
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 60
START_S = 200
"""Three nodes that take in the whole scenario, on a busy machine."""


@dataclass(frozen=True)
class Desk:
    """A node of the demo and how to sign in."""

    name: str
    url: str
    user: str
    password: str


@contextmanager
def demo(home: Path) -> Iterator[list[Desk]]:
    """The demo's three nodes in a folder of their own, ended at the end."""
    addresses = home / "addresses.json"
    log = home / "demo.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tansiq.cli",
                "demo",
                "--home",
                str(home / "nodes"),
                "--scenario",
                str(REPOSITORY / "scenario"),
                "--json",
                str(addresses),
            ],
            stdout=out,
            stderr=out,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    try:
        deadline = time.monotonic() + START_S
        while not addresses.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
            time.sleep(0.1)
        yield [Desk(**node) for node in json.loads(addresses.read_text(encoding="utf-8"))["nodes"]]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def open_browser(playwright: Playwright) -> Browser:
    """Headless Chromium with a software WebGL."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


def sign_in(browser: Browser, desk: Desk, language: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """A signed-in page in a language; a request that would leave the node fails the test by being refused."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        locale="en-GB",
        timezone_id="Asia/Baghdad",
        reduced_motion="reduce",  # a map that flies is drawn by the processor, picture after picture
        service_workers="block",  # else every page fetches the whole program once more
    )
    page.set_default_timeout(PATIENCE_S * 1000)
    outside: list[str] = []

    def stay_home(request: Request) -> None:
        if not request.url.startswith((desk.url, "data:", "blob:")):
            outside.append(request.url)

    page.on("request", stay_home)
    enter_desk(page, desk, language)
    if outside:
        raise AssertionError(f"requests left the node: {outside}")
    return page


def enter_desk(page: Page, desk: Desk, language: str) -> None:
    """Sign in on a page that is open already."""
    page.goto(desk.url)
    page.get_by_test_id(f"lang-{language}").click()
    page.get_by_test_id("signin-user").fill(desk.user)
    page.get_by_test_id("signin-password").fill(desk.password)
    page.get_by_test_id("signin-submit").click()
    page.get_by_test_id("desk-watch").wait_for()
