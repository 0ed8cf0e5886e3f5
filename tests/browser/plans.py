"""Plans on the ground between two sides, said by the page's own session: what the Movements desk is tried on."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import Browser, FilePayload, Page

from .desks import Desk, sign_in
from .ground import ask, circle_of_all, e7

HOUR = 3_600_000
SIDE = 0.02
"""Degrees; about two kilometres."""


def now() -> int:
    """Now, in Unix milliseconds."""
    return int(time.time() * 1000)


def square(lon: float, lat: float, side: float = SIDE) -> list[tuple[float, float]]:
    """Four corners with the south-west one first."""
    return [(lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side)]


def area(lon: float, lat: float, start: int, hours: int = 2) -> dict[str, Any]:
    """An area for some hours."""
    ring = [[e7(x), e7(y)] for x, y in square(lon, lat)]
    return {"ring": ring, "window": {"from": start, "to": start + hours * HOUR}}


def announce(page: Page, name: str, *volumes: dict[str, Any], ask_level: str = "no_objection", **more: Any) -> str:
    """Announce a plan in the circle of all; its reference."""
    names = {"en": name, "ar": name, "ckb": name}
    fields = {"names": names, "activity": "patrol", "ask": ask_level, **more}
    body = {
        "release": {"circle": circle_of_all(page)["id"]},
        "fields": {**fields, "volumes": list(volumes)},
        "urgent": True,
    }
    return str(ask(page, "POST", "/movements/plans", body)["ref"])


def geojson(*corners: tuple[float, float]) -> FilePayload:
    """A file with one square from each south-west corner."""
    shapes = [
        {
            "type": "Feature",
            "properties": {"leader": "a name that nobody reads"},
            "geometry": {"type": "Polygon", "coordinates": [[*square(lon, lat), square(lon, lat)[0]]]},
        }
        for lon, lat in corners
    ]
    found = {"type": "FeatureCollection", "features": shapes}
    return {"name": "plan.geojson", "mimeType": "application/geo+json", "buffer": json.dumps(found).encode()}


def at_movements(browser: Browser, desk: Desk, language: str, size: tuple[int, int] = (1366, 768)) -> Page:
    """The Movements desk of the circle of all."""
    page = sign_in(browser, desk, language, size)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-movements").click()
    page.get_by_test_id("movements-desk").wait_for()
    return page


def release(page: Page, *, seen_by: str = "mop") -> None:
    """Preview with a column for the other side, then release."""
    page.get_by_test_id("report-preview").click()
    page.get_by_test_id(f"preview-column-{seen_by}").wait_for()
    page.get_by_test_id("report-release").click()


def fill_moment(page: Page, testid: str, at: int) -> None:
    """A moment (ms) as an officer in Baghdad types it."""
    day, clock = page.evaluate(
        """(at) => { const d = new Date(at); const two = (n) => String(n).padStart(2, '0');
            return [`${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`,
                    `${two(d.getHours())}:${two(d.getMinutes())}`]; }""",
        at,
    )
    page.get_by_test_id(f"{testid}-day").fill(day)
    page.get_by_test_id(f"{testid}-time").fill(clock)


def say_seconds(what: str, since: float) -> None:
    """Print how long something took on this machine; no time is promised here, so none is asserted."""
    print(f"{what}: {time.monotonic() - since:.2f} s")
