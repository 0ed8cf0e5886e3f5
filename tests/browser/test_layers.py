"""Ground laid by a planner at the desk: looked at, refused in the reader's words, kept; a bridge of it is closed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from playwright.sync_api import Browser, Page, expect
from rasterio.transform import from_bounds

from .desks import Desk, sign_in
from .ground import DAY, EAST, NORTH, SOUTH, WEST, circle_of_all, e7, say

NO_CRS = {"ar": "لا يذكر", "ckb": "سیستەمی شوێنی خۆی ناڵێت", "en": "does not state its reference system"}
MIDDLE = (WEST + EAST) / 2


def heights(path: Path, crs: str | None) -> Path:
    """A hill over the testing ground, with or without a word on where it lies."""
    y, x = np.mgrid[0:120, 0:120]
    hill = (300 + 80 * np.exp(-((x - 60) ** 2 + (y - 60) ** 2) / 500)).astype(np.float32)
    # the reference system is left out on purpose in one of both
    how: dict[str, Any] = {} if crs is None else {"crs": crs}
    place = from_bounds(WEST - 0.05, SOUTH - 0.05, EAST + 0.05, NORTH + 0.05, 120, 120)
    with rasterio.open(
        path, "w", driver="GTiff", height=120, width=120, count=1, dtype="float32", transform=place, **how
    ) as file:
        file.write(hill, 1)
    return path


def lines(path: Path, *drawn: tuple[dict[str, str], list[tuple[float, float]]]) -> Path:
    """Lines with their tags as GeoJSON."""
    features = [
        {"type": "Feature", "properties": tags, "geometry": {"type": "LineString", "coordinates": course}}
        for tags, course in drawn
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def at_layers(browser: Browser, desk: Desk, language: str) -> Page:
    """The layers of a desk."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-gaps").click()
    page.get_by_test_id("gaps-tab-layers").click()
    return page


def lay(page: Page, kind: str, path: Path) -> None:
    """Look at a file and keep it."""
    held = page.get_by_test_id("layer").count()
    page.get_by_test_id("layer-kind").select_option(kind)
    page.get_by_test_id("layer-file").set_input_files(path)
    expect(page.get_by_test_id("layer-preview")).to_be_visible()
    page.get_by_test_id("layer-confirm").click()
    expect(page.get_by_test_id("layer")).to_have_count(held + 1)


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_heights_without_a_reference_system_are_refused_in_the_language_of_the_reader(
    browser: Browser, desks: list[Desk], tmp_path: Path, language: str
) -> None:
    page = at_layers(browser, desks[0], language)
    expect(page.get_by_test_id("layer").first).to_be_visible()
    held = page.get_by_test_id("layer").count()
    page.get_by_test_id("layer-file").set_input_files(heights(tmp_path / "hill.tif", None))
    refused = page.get_by_test_id("layers").get_by_role("alert")
    expect(refused).to_contain_text(NO_CRS[language])
    expect(refused).to_contain_text("hill.tif")
    expect(page.get_by_test_id("layer-confirm")).to_have_count(0)
    expect(page.get_by_test_id("layer")).to_have_count(held)


def test_heights_are_looked_at_kept_and_taken_away(browser: Browser, desks: list[Desk], tmp_path: Path) -> None:
    page = at_layers(browser, desks[2], "en")
    expect(page.get_by_test_id("layer").first).to_be_visible()
    held = page.get_by_test_id("layer").count()
    page.get_by_test_id("layer-file").set_input_files(heights(tmp_path / "hill.tif", "EPSG:4326"))
    preview = page.get_by_test_id("layer-preview")
    expect(preview).to_contain_text("EPSG:4326")
    expect(preview).to_contain_text("300 m to 380 m")
    expect(page.get_by_test_id("layer")).to_have_count(held)
    page.get_by_test_id("layer-confirm").click()
    kept = page.get_by_test_id("layer").filter(has_text="hill")
    expect(kept).to_have_count(1)
    kept.get_by_role("button").click()
    expect(page.get_by_test_id("layer")).to_have_count(held)


def test_a_bridge_is_closed_and_opened_again_and_the_map_follows(
    browser: Browser, desks: list[Desk], tmp_path: Path
) -> None:
    page = at_layers(browser, desks[0], "en")
    expect(page.get_by_test_id("layer").first).to_be_visible()
    river = lines(tmp_path / "river.geojson", ({"waterway": "river"}, [(MIDDLE, SOUTH - 0.1), (MIDDLE, NORTH + 0.1)]))
    lay(page, "barriers", river)
    way = [(WEST, 35.75), (MIDDLE - 0.003, 35.75), (MIDDLE + 0.003, 35.75), (EAST, 35.75)]
    roads = lines(
        tmp_path / "roads.geojson",
        ({"highway": "primary"}, way[:2]),
        ({"highway": "primary", "bridge": "yes"}, way[1:3]),
        ({"highway": "primary"}, way[2:]),
    )
    lay(page, "roads", roads)
    ring = [[e7(lon), e7(lat)] for lon, lat in ((WEST, SOUTH), (EAST, SOUTH), (EAST, NORTH), (WEST, NORTH))]
    area = say(page, "area", {"names": {"en": "Both banks"}, "ring": ring, "purpose": "joint_interest"})
    place = {"lat": e7(35.75), "lon": e7(WEST + 0.01), "accuracy": 50}
    ready = [{"hours": DAY, "minutes": 3}]
    base = {"names": {"en": "Depot"}, "place": place, "mobility": ["car"], "ready": ready, "status": "at_work"}
    say(page, "base", base)
    ways = [{"reached_minutes": 20}]
    say(page, "arrangement", {"area": area, "ways": ways, "parties": ["joc", "mop"], "status": "agreed"})

    chosen = page.get_by_test_id("gaps-area")
    expect(chosen.locator(f'option[value="{area}"]')).to_be_attached()
    chosen.select_option(area)
    page.get_by_test_id("gaps-run").click()
    page.get_by_test_id("gaps-tab-answer").click()
    page.get_by_test_id("gaps-summary").wait_for(timeout=180_000)
    page.get_by_test_id("gaps-calendar").locator('[data-hour="12"]').click()
    page.get_by_test_id("gaps-tab-whatif").click()
    open_now = page.get_by_test_id("week-sum")
    stated = open_now.inner_text()
    bridge = page.get_by_test_id("gaps-whatif").get_by_test_id(re.compile("^bridge-")).last
    bridge.check()
    expect(open_now).not_to_have_text(stated)
    expect(page.get_by_test_id("whatif-change")).to_contain_text("more")
    bridge.uncheck()
    expect(open_now).to_have_text(stated)

    # the other tests share this node
    page.get_by_test_id("gaps-tab-layers").click()
    for name in ("river", "roads"):
        mine = page.get_by_test_id("layer").filter(has=page.get_by_role("heading", name=name)).first
        expect(mine).to_be_visible()
        left = page.get_by_test_id("layer").count() - 1
        mine.get_by_test_id("layer-drop").click()
        expect(page.get_by_test_id("layer")).to_have_count(left)
