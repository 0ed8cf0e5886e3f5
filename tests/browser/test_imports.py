"""A file of incidents taken in at the Watch desk: what it leaves open is asked, bad rows are named, good ones kept."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in

HEAD = "التاريخ,خط العرض,خط الطول,نوع الحادث,الوصف,اسم الشاهد\n"
ROWS = (
    "٠٣/٠٤/٢٠٢٠,٣٥٫٧٧,٤٣٫٥٨,عبوة ناسفة,انفجار قرب مخمور,فلان\n"
    "٠٥/٠٤/٢٠٢٠,٣٥٫٦٠,٤٣٫٩٠,عاصفة,رصد من نقطة القادسية,فلان\n"
    "٠٦/٠٤/٢٠٢٠,٤٣٫٥٨,٣٥٫٧٧,اشتباك,خط العرض مكان خط الطول,فلان\n"
)
SWAPPED = {"ar": "مبدَّلان", "ckb": "جێگۆڕکێیان", "en": "swapped"}


def open_import(browser: Browser, desk: Desk, language: str) -> Page:
    """The sheet that takes a file of incidents in."""
    page = sign_in(browser, desk, language)
    page.get_by_test_id("log-row").first.wait_for()
    page.get_by_test_id("take-in").click()
    expect(page.get_by_test_id("imports")).to_be_visible()
    return page


def test_in_arabic_a_file_is_asked_about_read_and_its_good_rows_kept(
    browser: Browser, desks: list[Desk], tmp_path: Path
) -> None:
    file = tmp_path / "حوادث.csv"
    file.write_text(HEAD + ROWS, encoding="utf-8")
    page = open_import(browser, desks[0], "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_test_id("imports-file").set_input_files(file)
    # which comes first in a date is asked and not guessed; nothing can be kept before
    asked = page.get_by_test_id("imports-ask-date_order")
    expect(asked).to_have_value("")
    expect(page.get_by_test_id("imports-keep")).to_be_disabled()
    mapping = page.get_by_test_id("imports-mapping")
    expect(mapping).to_contain_text("يخص شخصاً")
    expect(mapping).not_to_contain_text("فلان")
    asked.select_option("dmy")
    expect(asked).to_have_count(0)
    # a word for a kind that is not known is given one by the officer, and the row is good
    bad = page.get_by_test_id("imports-bad")
    expect(bad.get_by_role("listitem")).to_have_count(2)
    expect(bad).to_contain_text("عاصفة")
    page.get_by_test_id("imports-type-عاصفة").select_option("other")
    expect(bad.get_by_role("listitem")).to_have_count(1)
    expect(bad).to_contain_text(SWAPPED["ar"])
    first = page.get_by_test_id("imports-first")
    expect(first.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_test_id("imports-map")).to_have_attribute("data-ready", "true", timeout=60_000)
    expect(page.get_by_test_id("imports-keep")).to_be_disabled()
    page.get_by_test_id("imports-keep-good").check()
    page.get_by_test_id("imports-keep").click()
    expect(page.get_by_test_id("imports-kept")).to_be_visible()
    # the same file once more: both rows are known again, and nothing can be said twice
    page.get_by_test_id("imports-file").set_input_files(file)
    page.get_by_test_id("imports-ask-date_order").select_option("dmy")
    page.get_by_test_id("imports-type-عاصفة").select_option("other")
    expect(page.get_by_test_id("imports-held")).to_be_visible()
    expect(page.get_by_test_id("imports-keep")).to_be_disabled()
    page.keyboard.press("Escape")
    # each stands in the own circle as a record that says where it comes from
    private = page.evaluate(
        "async () => (await (await fetch('/api/v1/node')).json()).circles.find((one) => one.private).id"
    )
    page.get_by_test_id("circle-select").select_option(private)
    rows = page.get_by_test_id("log-row")
    expect(rows.filter(has_text="مخمور")).to_have_count(1)
    rows.filter(has_text="مخمور").click()
    expect(page.get_by_test_id("field-imported")).to_contain_text("حوادث.csv")


@pytest.mark.parametrize("language", ["ckb", "en"])
def test_rows_that_are_no_incidents_are_named_in_the_reader_s_language(
    browser: Browser, desks: list[Desk], tmp_path: Path, language: str
) -> None:
    file = tmp_path / "one.csv"
    file.write_text("date,lat,lon,type\n2020-04-03,43.58,35.77,IED\n2020-04-03,35.77,43.58,IED\n", encoding="utf-8")
    page = open_import(browser, desks[0], language)
    page.get_by_test_id("imports-file").set_input_files(file)
    expect(page.get_by_test_id("imports-bad")).to_contain_text(SWAPPED[language])
    expect(page.get_by_test_id("imports-first").get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")


def test_a_dropped_table_with_a_title_is_read_and_its_bad_rows_saved_as_a_list(
    browser: Browser, desks: list[Desk]
) -> None:
    page = open_import(browser, desks[0], "en")
    page.evaluate(
        """text => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], 'titled.csv', { type: 'text/csv' }));
          const dropped = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.querySelector('[data-testid="imports"]').dispatchEvent(dropped);
        }""",
        "جدول الحوادث;;;\ndate;lat;lon;type\n2020-04-03;43.58;35.77;IED\n2020-04-07;35.71;43.51;IED\n",
    )
    expect(page.get_by_test_id("imports-above")).to_contain_text("جدول الحوادث")
    expect(page.get_by_test_id("imports-bad").get_by_role("listitem")).to_have_count(1)
    with page.expect_download() as loading:
        page.get_by_test_id("imports-bad-save").click()
    assert loading.value.suggested_filename == "titled.csv.rows.csv"
    saved = list(csv.reader(Path(loading.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert saved[0] == ["Row", "Reason"]
    assert (saved[1][0], "swapped" in saved[1][1]) == ("3", True)
    # once kept, the row that comes again is named with the record that says it
    page.get_by_test_id("imports-keep-good").check()
    page.get_by_test_id("imports-keep").click()
    expect(page.get_by_test_id("imports-kept")).to_be_visible()
    again = Path(loading.value.path()).with_name("again.csv")
    again.write_text("date,lat,lon,type\n2020-04-07,35.71,43.51,IED\n", encoding="utf-8")
    page.get_by_test_id("imports-file").set_input_files(again)
    held = page.get_by_test_id("imports-held")
    held.locator("summary").click()
    expect(held.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")


def test_incidents_of_the_circle_are_given_out_as_a_file(browser: Browser, desks: list[Desk]) -> None:
    page = open_import(browser, desks[0], "en")
    with page.expect_download() as loading:
        page.get_by_test_id("incidents-export-csv").click()
    assert loading.value.suggested_filename.startswith("EXERCISE-incidents-")
    assert "tansiq_ref" in Path(loading.value.path()).read_text(encoding="utf-8-sig")
