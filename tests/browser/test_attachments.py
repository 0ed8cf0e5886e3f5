"""A photograph on its way from one desk to another: attached, cleaned, previewed, released, shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, expect

from blobs.pictures import png
from browser.desks import Desk, sign_in

LANGUAGES = ("ar", "ckb", "en")
REMOVED = {
    "ar": "نُزعت بيانات الموقع والجهاز",
    "ckb": "زانیاریی شوێن و ئامێر لابرا",
    "en": "Position and device data removed",
}


def drawn(picture: Locator) -> bool:
    """Whether a picture was fetched and could be drawn."""
    return bool(picture.evaluate("image => image.decode().then(() => image.naturalWidth === 240, () => false)"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_photograph_reaches_the_other_desk(desks: list[Desk], browser: Browser, language: str) -> None:
    author = sign_in(browser, desks[0], language)
    author.get_by_test_id("log-row").first.wait_for()  # the circle is known now
    author.get_by_test_id("new-report").click()
    author.get_by_test_id("report-category").select_option("fire")
    author.get_by_test_id("report-place").fill("35.77, 43.58")
    author.get_by_test_id("report-text").fill(f"Smoke, with a photograph ({language})")
    author.get_by_test_id("attach").set_input_files(
        [
            FilePayload(name="DSC_0042.png", mimeType="image/png", buffer=png(240, 160)),
            FilePayload(name="plan.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 plan"),
        ]
    )
    expect(author.get_by_test_id("attached-image/png")).to_contain_text(REMOVED[language])
    expect(author.get_by_test_id("attached-application/pdf")).to_be_visible()
    author.get_by_test_id("report-preview").click()
    for party in ("joc", "mop"):
        column = author.get_by_test_id(f"preview-column-{party}")
        expect(column.get_by_test_id("attached-image/png")).to_be_visible()
        expect(column).not_to_contain_text("DSC_0042")
    author.get_by_test_id("report-release").click()
    expect(author.get_by_test_id("attachment")).to_have_count(2)
    ref = author.get_by_test_id("record-panel").get_attribute("data-ref")
    other = sign_in(browser, desks[1], language)
    other.goto(f"{desks[1].url}/#/watch/{ref}")
    held = other.locator('[data-testid="attachment"][data-state="held"]')
    expect(held).to_have_count(2)
    expect(held.locator("img")).to_have_count(1)
    held.locator("img").scroll_into_view_if_needed()
    assert drawn(held.locator("img"))
    # what is no picture is only ever saved
    with other.expect_download() as saved:
        held.filter(has_not=other.locator("img")).get_by_test_id("attachment-save").click()
    assert saved.value.suggested_filename.endswith(".pdf")
