"""A post dragged in a real browser: from the pointer's event until map and list that follow it are painted.

Two real nodes with a thousand posts told on 1.8 million cells, in a frame of 4 million, on synthetic heights; Chromium
on the desk of one of them, headless and without a graphics card. Every move of the pointer waits for the one before.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import rasterio
from playwright.sync_api import Page, sync_playwright
from rasterio.transform import from_origin

from bench._harness import spread
from bench.sight import ground
from browser.desks import Desk, open_browser, sign_in
from nodes import PASSWORD, USER, add_officer, enter, make_nodes, meet, say, serving
from tansiq.desk import layers
from tansiq.desk.layers import LayerRequest
from tansiq.gaps import hours
from tansiq.gaps.timetable import schedule_of
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid

CELL: Final = 30
EPSG: Final = 32_638
WEST, NORTH = 360_000, 4_000_000
AREA_M: Final = 40_000
QUICK_AREA_M: Final = 12_000
MARGIN_M: Final = 16_000
MOVES: Final = 60
QUICK_MOVES: Final = 12
RADIUS_PX: Final = 40
STEP: Final = 0.25
"""Radians of a circle that the pointer goes at each move: ten pixels."""

LIFTED_MS: Final = 4000
SHIFTS: Final = ((0, 24), (6, 18), (18, 6), (0, 12), (8, 20))
PATIENCE_MS: Final = 600_000

MEASURE: Final = """() => new Promise((done, failed) => {
    const shown = document.querySelector('[data-testid="gaps-follow"]');
    let began = 0;
    setTimeout(() => failed(new Error('nothing was painted')), 30000);
    window.addEventListener('mousemove', (event) => (began ||= event.timeStamp), { capture: true });
    new MutationObserver((_, watch) => {
        watch.disconnect();
        // the frame in which it changed is painted before a task that is set up within it
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    }).observe(shown, { attributes: true, attributeFilter: ['data-drawn'] });
})"""


class Figures(NamedTuple):
    """Seconds of each move, and what they were taken with."""

    seconds: list[float]
    note: str


def measure(posts: int, *, quick: bool) -> Figures:
    """The seconds from the pointer's event to the painted frame of each move."""
    side = QUICK_AREA_M if quick else AREA_M
    with (
        tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home,
        told(Path(home), posts, side) as (desk, area),
        sync_playwright() as playwright,
    ):
        browser = open_browser(playwright)
        page = sign_in(browser, desk, "en")
        cells, first = at_whatif(page, area)
        seconds = dragged(page, QUICK_MOVES if quick else MOVES)
        browser.close()
    return Figures(
        seconds,
        f"{posts} posts, {(side // CELL) ** 2 / 1e6:.1f} million cells in a frame of {cells / 1e6:.1f} million; "
        f"{spread(seconds)}; the desk was ready to follow after {first:.1f} s",
    )


@contextmanager
def told(home: Path, posts: int, side: int) -> Iterator[tuple[Desk, str]]:
    """A served desk in whose circle the posts of two parties are told, and the reference of their area."""
    nodes = make_nodes(home, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop, exercise=True)
    frame = Grid(EPSG, float(WEST), float(NORTH), float(CELL), side // CELL, side // CELL)
    edge = np.array([0.0, side])
    x, y = WEST + edge[[0, 1, 1, 0]], NORTH - edge[[0, 0, 1, 1]]
    ring = [[int(lon), int(lat)] for lon, lat in zip(*grids.to_degrees(frame, x, y), strict=True)]
    area = say(joc, circle, "area", {"names": {"en": "Bench"}, "ring": ring, "purpose": "joint_interest"})
    chance = np.random.default_rng(3)
    places = grids.to_degrees(frame, WEST + chance.uniform(0, side, posts), NORTH - chance.uniform(0, side, posts))
    for number, (lon, lat) in enumerate(zip(*(part.tolist() for part in places), strict=True)):
        manned = hours.to_text(hours.daily(*SHIFTS[number % len(SHIFTS)]))
        fields: dict[str, Any] = {
            "names": {"en": f"Post {number}"},
            "place": {"lat": lat, "lon": lon, "accuracy": 10},
            "post_type": "post",
            "status": "manned",
            "height_m": 6,
            "range_day_m": 10_000,
            "range_night_m": 3_000,
            "hours": msgspec.to_builtins(schedule_of(manned)),
        }
        say((joc, mop)[number % 2], circle, "post", fields)
    meet(joc, mop)
    heights(home / "ground.tif", side)
    layers.add(joc.office, [home / "ground.tif"], LayerRequest("elevation", "bench", "synthetic"))
    add_officer(joc, roles=["duty_officer", "planner"])
    for node in nodes.values():
        node.close()
    with serving(joc.folder.path) as (served,):
        yield Desk("joc", served.url, USER, PASSWORD), area


def heights(path: Path, side: int) -> None:
    """Rough ground under the area and around it."""
    across = (side + 2 * MARGIN_M) // CELL
    corner = from_origin(WEST - MARGIN_M, NORTH + MARGIN_M, CELL, CELL)
    with rasterio.open(
        path, "w", driver="GTiff", width=across, height=across, count=1, dtype="float32", crs=EPSG, transform=corner
    ) as file:
        file.write(ground(across, 7), 1)


def at_whatif(page: Page, area: str) -> tuple[int, float]:
    """The what-if with an answer for the area: cells of its frame, seconds until it was ready to follow."""
    page.get_by_test_id("desk-gaps").click()
    chosen = page.get_by_test_id("gaps-area")
    chosen.locator(f'option[value="{area}"]').wait_for(state="attached", timeout=PATIENCE_MS)
    chosen.select_option(area)
    page.get_by_test_id("gaps-cell").select_option(str(CELL))
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-summary").wait_for(timeout=PATIENCE_MS)
    began = time.perf_counter()
    with page.expect_response(lambda answer: answer.url.endswith("/draft"), timeout=PATIENCE_MS) as ready:
        page.get_by_test_id("gaps-tab-whatif").click()
    ready.value.finished()
    page.locator('[data-testid="gaps-map"][data-ready="true"]').wait_for(state="attached", timeout=PATIENCE_MS)
    grid = page.get_by_test_id("gaps-map").get_attribute("data-cells") or "0"
    return int(grid), time.perf_counter() - began


def dragged(page: Page, moves: int) -> list[float]:
    """The seconds of each move of the post that is nearest to the middle of the map."""
    x, y = page.evaluate(
        """() => {
            const map = document.querySelector('[data-testid="gaps-map"]').getBoundingClientRect();
            const [x, y] = [map.x + map.width / 2, map.y + map.height / 2];
            const all = [...document.querySelectorAll('[data-testid="post-handle"]')].map((one) => {
                const box = one.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2];
            });
            const far = ([a, b]) => (a - x) ** 2 + (b - y) ** 2;
            return all.sort((one, other) => far(one) - far(other))[0];
        }"""
    )
    page.mouse.move(x, y)
    page.mouse.down()
    # lifts the post, and lays the whole picture
    page.mouse.move(x + RADIUS_PX, y, steps=4)
    page.wait_for_timeout(LIFTED_MS)
    taken = []
    for number in range(1, moves + 1):
        turn = number * STEP
        waiting = page.evaluate_handle(f"() => ({{ done: ({MEASURE})() }})")
        page.mouse.move(x + RADIUS_PX * np.cos(turn), y + RADIUS_PX * np.sin(turn))
        taken.append(float(page.evaluate("(waiting) => waiting.done", waiting)) / 1000)
    page.mouse.up()
    return taken
