"""The archive's page in a real browser: it opens from a file, checks every ledger, turns red when one is changed."""

from __future__ import annotations

import base64
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from blobs.attaching import say_with
from blobs.pictures import png
from nodes import enter, make_nodes, meet, say, tell
from tansiq.exchange import archive
from tansiq.ledger import tiles
from tansiq.store import roster

LANGUAGES = ("ar", "ckb", "en")
DIRECTION = {"ar": "rtl", "ckb": "rtl", "en": "ltr"}
TITLE = {"ar": "إطلاق نار عند النقطة", "ckb": "تەقە لە نزیک خاڵەکە", "en": "Shots at the post"}
HOSTILE = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'>"


@pytest.fixture(scope="module")
def page_text(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of an archive of a circle of two, with revisions, tells and text that means harm."""
    home = tmp_path_factory.mktemp("archive")
    nodes = make_nodes(home, "joc", "mop")
    joc, mop = nodes["joc"], nodes["mop"]
    circle = enter(joc, mop, exercise=True)
    place = {"lat": 357760000, "lon": 435800000, "accuracy": 50, "names": {"en": "Makhmur", "ar": "مخمور"}}
    fields = {"category": "shooting", "title": TITLE, "text": HOSTILE, "lang": "en", "place": place}
    ref = say(joc, circle, "incident", fields, withhold=["place"], grid=10_000)
    first = say(mop, circle, "log", {"category": "meeting", "text": "Held at nine", "lang": "en"}).partition("/")[2]
    meet(joc, mop)
    tell(joc, circle, ref, "place")
    say(mop, circle, "log", {"category": "meeting", "text": "Held at ten", "lang": "en"}, revises=first)
    meet(joc, mop)
    with joc.database.read() as connection:
        rows = [row for row in roster.circles(connection) if row.id == circle.id]
    archive.write(joc.database, joc.config.party, rows, home / "a.zip", joc.office.clock())
    with zipfile.ZipFile(home / "a.zip") as found:
        yield found.read("viewer.html").decode()
    for node in nodes.values():
        node.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., Page]:
    """Open a page from a file; a request that leaves the file, an error or a broken policy fails the test."""

    def go(text: str, language: str = "en", size: tuple[int, int] = (1366, 768)) -> Page:
        path = tmp_path / "viewer.html"
        path.write_text(text, encoding="utf-8")
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, timezone_id="Asia/Baghdad")
        troubles: list[str] = []
        page.on("request", lambda request: troubles.append(request.url) if request.url != path.as_uri() else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text) if "Security Policy" in message.text else None)
        page.goto(path.as_uri())
        page.get_by_test_id(f"lang-{language}").click()
        expect(page.get_by_test_id("verdict")).to_have_attribute("data-mood", re.compile("good|bad"), timeout=30_000)
        assert troubles == []
        return page

    return go


def changed(text: str, part: str, change: Callable[[bytes], bytes]) -> str:
    """The page with the first item whose name has `part` in it changed."""
    found = re.search(rf'(data-item="[^"]*{part}[^"]*">)([^<]*)', text)
    assert found is not None
    encoded = base64.b64encode(change(base64.b64decode(found[2]))).decode()
    return text[: found.start(2)] + encoded + text[found.end(2) :]


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ledger_is_green_and_every_record_is_there(
    opened: Callable[..., Page], page_text: str, language: str, size: tuple[int, int]
) -> None:
    page = opened(page_text, language, size)
    expect(page.locator("html")).to_have_attribute("dir", DIRECTION[language])
    expect(page.locator(".exercise")).to_be_visible()
    for party in ("joc", "mop"):
        expect(page.get_by_test_id(f"ledger-{party}")).to_have_class(re.compile("good"))
    page.get_by_test_id("search").fill(TITLE[language])
    expect(page.get_by_test_id("record")).to_have_count(1)
    record = page.get_by_test_id("record")
    record.locator("summary").click()
    expect(record).to_contain_text("35.77600, 43.58000")
    expect(record).to_contain_text(HOSTILE)
    assert page.evaluate("window.hit") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0], "nothing is wider than the screen"
    page.get_by_test_id("search").fill("")
    page.get_by_test_id("party").select_option("mop")
    page.get_by_test_id("kind").select_option("log")
    expect(page.get_by_test_id("record")).to_have_count(1)
    page.get_by_test_id("record").locator("summary").click()
    expect(page.get_by_test_id("record")).to_contain_text("Held at ten")


def test_a_changed_entry_turns_its_ledger_red_and_no_other(opened: Callable[..., Page], page_text: str) -> None:
    def lie(data: bytes) -> bytes:
        return data.replace(b'"AMBER"', b'"GREEN"', 1)

    page = opened(changed(page_text, "/tile/entries/", lie))
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-mood", "bad")
    assert sorted(page.locator(".ledger").evaluate_all("all => all.map(one => one.dataset.mood)")) == ["bad", "good"]


def _bodies(data: bytes) -> list[bytes]:
    at, bodies = 0, []
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        bodies.append(data[at + 2 : end])
        at = end
    return bodies


def _swapped(data: bytes) -> bytes:
    bodies = _bodies(data)
    return tiles.encode_bundle([*bodies[:-2], bodies[-1], bodies[-2]])


def _dropped(data: bytes) -> bytes:
    return tiles.encode_bundle(_bodies(data)[:-1])


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + (b"B" if data[at : at + 1] == b"A" else b"A") + data[at + 1 :]


def _smaller(data: bytes) -> bytes:
    origin, size, rest = data.split(b"\n", 2)
    return b"\n".join([origin, str(int(size) - 1).encode(), rest])


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("/tile/entries/", _swapped),
        ("/tile/entries/", _dropped),
        ("/disclosures/", lambda data: _flipped(data, 300)),
        ("/checkpoint", _smaller),
        ("/checkpoint", lambda data: _flipped(data, data.index("— ".encode()) + 80)),
        ("/checkpoint", lambda data: _flipped(data, data.index(b"/mirror ") + 50)),
        ("circles/", lambda data: data.replace(b'"Circle"', b'"Square"')),
        ("tansiq.json", lambda data: data.replace(b'"origin":"joc/', b'"origin":"mop/')),
    ],
    ids=["swapped", "dropped", "disclosure", "size", "signature", "receipt", "descriptor", "name"],
)  # fmt: skip
def test_any_change_turns_it_red(
    opened: Callable[..., Page], page_text: str, part: str, change: Callable[[bytes], bytes]
) -> None:
    text = changed(page_text, part, change)
    assert text != page_text
    expect(opened(text).get_by_test_id("verdict")).to_have_attribute("data-mood", "bad")


def test_a_script_that_somebody_puts_in_does_not_run(browser: Browser, page_text: str, tmp_path: Path) -> None:
    path = tmp_path / "viewer.html"
    path.write_text(page_text.replace("<main>", "<main><script>window.hit = 1</script>"), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    expect(page.get_by_test_id("verdict")).to_have_attribute("data-mood", "good", timeout=30_000)
    assert page.evaluate("window.hit") is None


@pytest.fixture(scope="module")
def with_attachments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of an archive with a picture, and a page that claims to be one."""
    home = tmp_path_factory.mktemp("attached")
    nodes = make_nodes(home, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    page = f"<html>{HOSTILE}</html>".encode()
    say_with(joc, circle, {"text": "Smoke over the ridge"}, (png(24, 16), "png"), (page, "pdf"))
    meet(joc, mop)
    with joc.database.read() as connection:
        rows = [row for row in roster.circles(connection) if row.id == circle.id]
    archive.write(joc.database, joc.config.party, rows, home / "a.zip", joc.office.clock())
    with zipfile.ZipFile(home / "a.zip") as found:
        yield found.read("viewer.html").decode()
    for node in nodes.values():
        node.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_attachments_are_checked_in_the_page_before_they_are_shown(
    opened: Callable[..., Page], with_attachments: str, language: str
) -> None:
    page = opened(with_attachments, language)
    page.get_by_test_id("record").filter(has_text="Smoke").locator("summary").click()
    expect(page.get_by_test_id("attachment")).to_have_count(2)
    expect(page.get_by_test_id("attachment").get_by_test_id("save")).to_have_count(2)
    picture = page.get_by_test_id("attachment").locator("img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 24
    with page.expect_download() as saved:
        page.get_by_test_id("attachment").filter(has_not=page.locator("img")).get_by_test_id("save").click()
    assert saved.value.suggested_filename.endswith(".pdf")
    assert page.evaluate("window.hit") is None


def test_an_attachment_that_was_changed_is_not_shown(opened: Callable[..., Page], with_attachments: str) -> None:
    false = changed(with_attachments, "/blobs/", lambda data: data[:-1] + b"\1")
    page = opened(false)
    page.get_by_test_id("record").filter(has_text="Smoke").locator("summary").click()
    expect(page.get_by_test_id("attachment").filter(has_text="its digest differs")).to_have_count(1)
    expect(page.get_by_test_id("attachment").get_by_test_id("save")).to_have_count(1)
