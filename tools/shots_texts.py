"""Pictures of texts and of signing: a text with its brackets, a clause, a wording being written, what is signed, the
certificate, the offices; and the printed pages of what was signed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page
from pypdfium2 import PdfDocument

from browser.desks import Desk, sign_in
from browser.ground import ask, circle_of_all

Save = Callable[[Page, str], None]

OUT: Final = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
OPEN, SIGNED = "four-items-2021", "joint-coordination-centres"
SCALE: Final = 1.3
COMPARED_MS: Final = 900
"""By then what is typed was compared with what it is written from."""


def shoot(browser: Browser, desk: Desk, language: str, suffix: str, size: tuple[int, int], save: Save) -> None:
    """Every page of texts and signing, of the scenario's open text and of its signed one."""
    page = sign_in(browser, desk, language, size)
    circle = circle_of_all(page)["id"]
    page.get_by_test_id("circle-select").select_option(circle)
    page.goto(f"{desk.url}/#/accord/page/texts")
    texts = {one["path"]: one["ref"] for one in ask(page, "GET", f"/accord/texts?circle={circle}")["texts"]}
    page.locator(f'[data-testid="text"][data-ref="{texts[OPEN]}"]').click()
    page.get_by_test_id("text-page").wait_for()
    save(page, f"accord-texts-{language}{suffix}")
    page.locator('[data-testid="clause"][data-key="item-3"]').get_by_test_id("open-clause").click()
    page.get_by_test_id("wording").first.wait_for()
    save(page, f"accord-clause-{language}{suffix}")
    page.get_by_test_id("counter").first.click()
    box = page.get_by_test_id(f"text-{language}")
    box.fill(box.input_value().replace("2", "3") + (" Soon." if language == "en" else " ٢٠٢١."))
    page.wait_for_timeout(COMPARED_MS)
    save(page, f"accord-editor-{language}{suffix}")
    page.goto(f"{desk.url}/#/accord/page/signing")
    page.get_by_test_id("signing-choose").select_option(texts[SIGNED])
    page.get_by_test_id("signed-with").scroll_into_view_if_needed()
    save(page, f"accord-signing-{language}{suffix}")
    page.get_by_test_id("signing-certificate").click()
    page.get_by_test_id("certificate").wait_for()
    save(page, f"accord-certificate-{language}{suffix}")
    page.get_by_test_id("signing-offices").click()
    page.get_by_test_id("offices").wait_for()
    save(page, f"accord-offices-{language}{suffix}")
    if language == "ar" and not suffix:
        print_pages(page, desk, circle, texts)
    page.close()


def print_pages(page: Page, desk: Desk, circle: str, texts: dict[str, Any]) -> None:
    """The first page of the open text, the first and the last of the signed one."""
    for path, name in ((OPEN, "draft"), (SIGNED, "signed")):
        asked = f"{desk.url}/api/v1/accord/export?circle={circle}&agreement={texts[path]}&form=pdf"
        document = PdfDocument(page.request.get(asked).body())
        for number in sorted({0, len(document) - 1}):
            picture = document[number].render(scale=SCALE).to_pil()
            picture.save(OUT / f"paper-agreement-{name}-{number + 1}.png")
