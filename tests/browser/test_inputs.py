"""A file of posts taken in at the Gaps desk: refused rows in the reader's words, a map of it, what each side sees."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import circle_of_all

HEAD = "name,name_ar,lat,lon,height_m,range_day_m,range_night_m,hours\n"
SWAPPED = {"ar": "مبدَّلان", "ckb": "جێگۆڕکێ", "en": "swapped"}


def open_inputs(browser: Browser, desk: Desk, language: str) -> Page:
    """The sheet that takes a file in, with nothing analysed yet."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("desk-gaps").click()
    page.get_by_test_id("gaps-take-in").click()
    expect(page.get_by_test_id("inputs")).to_be_visible()
    return page


def table(path: Path, *lines: str) -> Path:
    """A table of posts."""
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["ar", "ckb", "en"])
def test_rows_that_are_no_records_are_named_and_nothing_can_be_told(
    browser: Browser, desks: list[Desk], tmp_path: Path, language: str
) -> None:
    page = open_inputs(browser, desks[0], language)
    rows = table(tmp_path / "posts.csv", "Good,,35.74,43.55,8,3000,1000,always", "Turned,,43.55,35.74,8,3000,1000,")
    page.get_by_test_id("inputs-file").set_input_files(rows)
    bad = page.get_by_test_id("inputs-refused")
    expect(bad).to_contain_text(SWAPPED[language])
    expect(page.get_by_test_id("inputs-rows").get_by_role("listitem")).to_have_count(1)
    expect(page.get_by_test_id("inputs-preview")).to_be_disabled()
    # the same file, put right, is taken up in place of it
    put_right = table(tmp_path / "posts.csv", "Good,,35.74,43.55,8,3000,1000,always")
    page.get_by_test_id("inputs-file").set_input_files(put_right)
    expect(bad).to_have_count(0)
    expect(page.get_by_test_id("inputs-preview")).to_be_enabled()
    expect(page.get_by_test_id("inputs-map")).to_have_attribute("data-ready", "true", timeout=60_000)


def test_posts_of_a_file_are_seen_as_each_side_will_and_then_told(
    browser: Browser, desks: list[Desk], tmp_path: Path
) -> None:
    page = open_inputs(browser, desks[0], "en")
    rows = table(
        tmp_path / "posts.csv",
        "Mill,الطاحونة,35.7411,43.5513,8,3000,1000,06:00-18:00",
        "Ford,المخاضة,35.7312,43.5614,6,2000,,",
    )
    page.get_by_test_id("inputs-file").set_input_files(rows)
    listed = page.get_by_test_id("inputs-rows")
    expect(listed.get_by_role("listitem")).to_have_count(2)
    listed.get_by_text("Mill").click()
    expect(listed).to_contain_text("06:00")
    expect(listed).to_contain_text("Height of the eye")
    page.get_by_test_id("inputs-lock-place").check()
    page.get_by_test_id("report-grid").select_option("10000")
    page.get_by_test_id("inputs-preview").click()
    expect(page.get_by_test_id("inputs-example")).to_contain_text("all 2")
    theirs = page.get_by_test_id("preview-column-mop")
    expect(theirs).to_contain_text("Mill")
    expect(theirs).to_contain_text("Not told")
    page.get_by_test_id("inputs-tell").click()
    expect(page.get_by_test_id("inputs-told")).to_contain_text("2 records")
    # a second time they are known
    page.get_by_test_id("inputs-file").set_input_files(rows)
    expect(page.get_by_test_id("inputs-refused")).to_contain_text("told already")
