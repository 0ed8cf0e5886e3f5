"""Half a million incidents on one node: how soon the Watch desk opens, how smoothly its map pans, how fast lists come.

The reports are made up: round towns and between them, over two years, one in ten told as a square. They go in as
files do (`desk.incidents_import`), each a signed record in the own circle. The desk is opened in headless Chromium
without a graphics card on a laptop's screen; the map is dragged to and fro by the mouse while `requestAnimationFrame`
counts, at a zoom where marks stand all over it. Lists, tiles and figures are asked for over HTTP, signed in.
"""

from __future__ import annotations

import itertools
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from playwright.sync_api import Page, sync_playwright

from bench._harness import Row
from browser.desks import Desk, open_browser, sign_in
from nodes import OFFICER, PASSWORD, USER, add_officer, make_nodes, serving, signed_in
from tansiq.desk import incidents_import
from tansiq.desk.search_filling import fill_all
from tansiq.geo.gazetteer import place_by_id
from tansiq.geo.mgrs import grid_cell
from tansiq.incidents.atlas import CATEGORIES, HOW_KNOWN
from tansiq.incidents.layouts import Reading

REPORTS: Final = 500_000
QUICK_REPORTS: Final = 5_000
LOT: Final = 100_000
TOWNS: Final = ("kirkuk", "makhmour", "zummar", "sinjar", "tuz_khurmatu", "khanaqin", "jalawla", "kifri")
BEGAN: Final = 1_546_290_000
SPAN_S: Final = 2 * 365 * 86_400
COLUMNS: Final = (
    "tansiq_ref,category,how_known,place.lat,place.lon,place.accuracy,place_coarse.lat,place_coarse.lon,"
    "place_coarse.size,place_coarse.mgrs,when.from,when_precision,text,lang"
)
ASKED: Final = 400
TILES: Final = ((6, 39, 25), (7, 79, 50), (8, 159, 100), (9, 319, 201), (11, 1279, 805), (13, 5119, 3222))
FRAMES_A_SECOND: Final = 30.0
LIST_MS: Final = 100.0
DRAGS: Final = 24
QUICK_DRAGS: Final = 6
STEPS: Final = 30
PATIENCE_MS: Final = 240_000

COUNT: Final = """() => {
    window.frames_ = [];
    const tick = (now) => { if (!window.frames_) return; window.frames_.push(now); requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
}"""


class Asking(NamedTuple):
    """Milliseconds of each question, of the first one, and how many reports the node says that it has."""

    rows: list[float]
    tiles: list[float]
    charts: list[float]
    first: float
    total: int


class Panning(NamedTuple):
    """Seconds until the log and the map stand, milliseconds between frames while the map is dragged."""

    log: float
    map: float
    frames: list[float]


def rows(*, quick: bool) -> list[Row]:
    """The rows of this part."""
    count = QUICK_REPORTS if quick else REPORTS
    with tempfile.TemporaryDirectory(prefix="tansiq-bench-") as home:
        folder, circle, filled = fill(Path(home), count)
        asking, panning = measured(folder, circle, drags=QUICK_DRAGS if quick else DRAGS)
    if asking.total != count:
        raise SystemExit(f"{asking.total} of {count} reports are listed")
    return table(count, filled, asking, panning)


def table(count: int, filled: float, asking: Asking, panning: Panning) -> list[Row]:
    """The figures as rows."""
    rate = 1000 * len(panning.frames) / sum(panning.frames)
    slow = _centile(panning.frames, 95)
    listed, tiles, charts = (_centile(one, 99) for one in (asking.rows, asking.tiles, asking.charts))
    what = f"{count:,} incidents on one node"
    return [
        Row(
            "map pan frames per s over 30",
            "frames/s",
            rate,
            FRAMES_A_SECOND,
            "budget",
            rate / FRAMES_A_SECOND,
            f"{what}; {len(panning.frames)} frames; 19 of 20 within {slow:.0f} ms, "
            f"the longest {max(panning.frames):.0f} ms",
        ),
        Row(
            f"{what}: a page of the list, 99 of 100, budget 100 ms",
            "ms",
            listed,
            LIST_MS,
            "budget",
            LIST_MS / listed,
            f"{len(asking.rows)} questions, half of them within {statistics.median(asking.rows):.0f} ms; tiles 99 of "
            f"100 within {tiles:.0f} ms, charts of half a year {charts:.0f} ms",
        ),
        Row(
            f"{what}: the Watch desk opens, log and map",
            "s",
            max(panning.log, panning.map),
            max(panning.log, panning.map),
            "none",
            1.0,
            f"from the choice of the circle: log {panning.log:.1f} s, map {panning.map:.1f} s, once the node has read "
            f"them, which its first question after a start waits for: {asking.first:.1f} s; taken in in {filled:.0f} s",
        ),
    ]


def fill(home: Path, count: int) -> tuple[Path, str, float]:
    """A node with so many incidents in its own circle: its folder, the circle, the seconds that it took."""
    node = make_nodes(home, "joc")["joc"]
    add_officer(node)
    began = time.perf_counter()
    dice = random.Random(7)  # noqa: S311 - the same reports every time
    for first in range(0, count, LOT):
        data = _file(dice, min(LOT, count - first))
        name = f"made-{first}.csv"
        kept = incidents_import.keep(node.office, data, name, Reading("tansiq"), OFFICER)
        if kept.said != kept.rows:
            raise SystemExit(f"{name}: {kept}")
    took = time.perf_counter() - began
    fill_all(node.office)  # a served node takes them into the index of words behind whoever asks
    with node.database.read() as connection:
        circle = incidents_import.own_circle(connection).circle.id
    node.close()
    return node.folder.path, circle, took


def _file(dice: random.Random, count: int) -> bytes:
    found = [place_by_id(one) for one in TOWNS]
    towns = [(one.lat / 1e7, one.lon / 1e7) for one in found if one and one.lat is not None and one.lon is not None]
    lines = [COLUMNS]
    for _ in range(count):
        town = dice.choice(towns)
        if dice.random() < 0.7:
            lat, lon = dice.gauss(town[0], 0.12), dice.gauss(town[1], 0.14)
        else:
            lat, lon = dice.uniform(33.0, 37.0), dice.uniform(41.0, 46.0)
        where = f"{lat:.6f},{lon:.6f},{dice.choice((20, 100, 500, 2000))},,,,"
        if dice.random() < 0.1:
            cell = grid_cell(round(lat * 1e7), round(lon * 1e7), 10_000)
            where = f",,,{cell.lat / 1e7:.7f},{cell.lon / 1e7:.7f},{cell.size},{cell.mgrs}"
        at = time.strftime("%Y-%m-%dT%H:%M:00+00:00", time.gmtime(BEGAN + dice.randrange(SPAN_S)))
        known = dice.choice(HOW_KNOWN)
        lines.append(f",{dice.choice(CATEGORIES)},{known},{where},{at},minute,بلاغ {dice.randrange(10**6)},ar")
    return "\n".join(lines).encode()


def measured(folder: Path, circle: str, *, drags: int) -> tuple[Asking, Panning]:
    """What a served node of this folder answers, and how its Watch desk looks in a browser."""
    with serving(folder) as (served,):
        with signed_in(served.url) as desk:
            desk.timeout = httpx.Timeout(120)
            asking = ask(desk, circle)
        with sync_playwright() as playwright:
            browser = open_browser(playwright)
            page = sign_in(browser, Desk("joc", served.url, USER, PASSWORD), "ar")
            panning = pan(page, circle, drags)
            browser.close()
    return asking, panning


def ask(desk: httpx.Client, circle: str) -> Asking:
    """Pages of the list by turns: the newest, deep ones, within a square, of a kind, of a week."""
    dice = random.Random(11)  # noqa: S311 - the same questions every time
    first, answer = _timed(desk, "/incidents/rows", circle=circle)
    total, after = answer["total"], answer["next"]
    taken = []
    for number in range(ASKED):
        at = 1000 * (BEGAN + dice.randrange(SPAN_S))
        lat, lon = dice.randrange(340_000_000, 365_000_000), dice.randrange(420_000_000, 455_000_000)
        more: dict[str, Any] = (
            {"before": after} if after else {},
            {"before": f"{at}.{10**9}"},
            {"box": f"{lon},{lat},{lon + 2_000_000},{lat + 2_000_000}"},
            {"category": dice.choice(CATEGORIES), "how_known": dice.choice(HOW_KNOWN)},
            {"since": at, "until": at + 7 * 86_400_000, "timed": "week"},
        )[number % 5]
        took, answer = _timed(desk, "/incidents/rows", circle=circle, **more)
        taken.append(took)
        if number % 5 == 0:
            after = answer["next"]
    tiles = []
    for number in range(ASKED // 4):
        zoom, x, y = TILES[number % len(TILES)]
        began = time.perf_counter()
        found = desk.get(f"/incidents/tiles/{zoom}/{x}/{y}", params={"circle": circle})
        tiles.append(1000 * (time.perf_counter() - began))
        if found.status_code != httpx.codes.OK:
            raise SystemExit(found.text)
    until = 1000 * (BEGAN + SPAN_S)
    charts = [
        _timed(desk, "/incidents/charts", circle=circle, until=until - week * 7 * 86_400_000)[0] for week in range(5)
    ]
    return Asking(taken, tiles, charts, first / 1000, total)


def _timed(desk: httpx.Client, path: str, **asked: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = desk.get(path, params=asked)
    took = 1000 * (time.perf_counter() - began)
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(answer.text)
    return took, answer.json()


def pan(page: Page, circle: str, drags: int) -> Panning:
    """The own circle is opened, then the map is dragged to and fro over where most of it is."""
    page.set_default_timeout(PATIENCE_MS)
    began = time.perf_counter()
    page.get_by_test_id("circle-select").select_option(circle)
    page.locator('[data-testid="log-row"][data-kind="incident"]').first.wait_for()
    log = time.perf_counter() - began
    page.locator('[data-testid="map"][data-crowd="shown"][data-ready="true"]').wait_for()
    opened = time.perf_counter() - began
    box = page.get_by_test_id("map").bounding_box()
    if box is None:
        raise SystemExit("no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    frames: list[float] = []
    for number in range(drags):
        way = (1, 0), (0, 1), (-1, 0), (0, -1)
        right, down = way[number % 4]
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(COUNT)
        for step in range(1, STEPS + 1):
            page.mouse.move(x + right * 7 * step, y + down * 5 * step)
        taken = page.evaluate("() => { const found = window.frames_; window.frames_ = null; return found; }")
        page.mouse.up()
        frames += [after - before for before, after in itertools.pairwise(taken)]
    return Panning(log, opened, frames)


def _centile(values: list[float], part: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * part // 100)]
