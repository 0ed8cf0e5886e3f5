"""A report pasted at the Watch desk: its words marked from right to left, its drafts opening their forms filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk, sign_in
from .ground import circle_of_all

EVENT = "انفجرت عبوة ناسفة قرب خمور أمس الثلاثاء الساعة 14:30، وأصيب اثنان من البيشمركة"
REPORT = f"{EVENT}. ومن المقرر عقد اجتماع ثالث في أربيل الشهر المقبل."
LANGUAGES = ("ar", "ckb", "en")


def _panel(browser: Browser, desk: Desk, language: str) -> Page:
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.get_by_test_id("read-text").click()
    return page


def _read(page: Page, text: str, day: str) -> None:
    page.get_by_test_id("read-input").fill(text)
    page.get_by_test_id("read-day").fill(day)
    page.get_by_test_id("read-go").click()


def test_an_arabic_report_becomes_drafts_whose_forms_are_filled_in(browser: Browser, desks: list[Desk]) -> None:
    page = _panel(browser, desks[0], "ar")
    _read(page, REPORT, "2020-09-16")
    marked = page.get_by_test_id("read-marked")
    expect(marked).to_have_attribute("dir", "rtl")
    assert marked.text_content() == REPORT
    expect(marked.locator('mark[data-what="place"]')).to_have_text(["خمور", "أربيل"])
    expect(marked.locator('mark[data-what="day"]').first).to_have_text("أمس الثلاثاء")
    boxes = [marked.locator("mark", has_text=word).first.bounding_box() for word in ("عبوة", "خمور")]
    assert all(boxes)
    # the text runs from right to left: on one line what comes first stands further right
    first, second = (box for box in boxes if box)
    assert first["y"] < second["y"] or first["x"] > second["x"]

    drafts = page.get_by_test_id("read-draft")
    expect(drafts).to_have_count(2)
    expect(drafts.first).to_have_attribute("data-kind", "incident")
    expect(drafts.first.locator('[data-question="place_doubtful"]')).to_be_visible()
    drafts.first.get_by_role("button").first.click()
    expect(marked.locator("mark.source", has_text="خمور")).to_be_visible()

    drafts.first.get_by_test_id("open-draft").click()
    expect(page.get_by_test_id("report-category")).to_have_value("explosion")
    expect(page.get_by_test_id("report-place")).to_have_value("مخمور")
    expect(page.get_by_test_id("report-text")).to_have_value(EVENT)
    page.get_by_test_id("report-preview").click()
    expect(page.get_by_test_id("preview-column-mop")).to_contain_text("انفجرت عبوة")
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dropped_text_is_read_and_an_empty_one_cannot_be(browser: Browser, desks: list[Desk], language: str) -> None:
    page = _panel(browser, desks[1], language)
    expect(page.get_by_test_id("read-go")).to_be_disabled()
    page.evaluate(
        """text => {
          const transfer = new DataTransfer();
          transfer.setData('text/plain', text);
          const dropped = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.querySelector('[data-testid="read-panel"]').dispatchEvent(dropped);
        }""",
        REPORT,
    )
    expect(page.get_by_test_id("read-draft")).to_have_count(2)
    page.get_by_test_id("read-close").click()
    expect(page.get_by_test_id("read-panel")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_of_an_old_notepad_is_shown_before_it_is_read(
    browser: Browser, desks: list[Desk], tmp_path: Path, language: str
) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(REPORT.encode("windows-1256"))
    page = _panel(browser, desks[0], language)
    page.get_by_test_id("read-file").set_input_files(file)
    expect(page.get_by_test_id("read-guessed")).to_be_visible()
    expect(page.get_by_test_id("read-input")).to_have_value(REPORT)
    page.get_by_test_id("read-go").click()
    expect(page.get_by_test_id("read-draft")).to_have_count(2)
    page.close()


def test_what_the_text_does_not_say_stays_empty(browser: Browser, desks: list[Desk]) -> None:
    page = _panel(browser, desks[0], "en")
    _read(page, "Shots heard near Kirkuk.", "2020-09-16")
    draft = page.get_by_test_id("read-draft")
    expect(draft.locator('[data-question="when_none"]')).to_be_visible()
    draft.get_by_test_id("open-draft").click()
    expect(page.get_by_test_id("report-category")).to_have_value("shooting")
    expect(page.get_by_test_id("report-day")).to_have_value("")
    page.close()
