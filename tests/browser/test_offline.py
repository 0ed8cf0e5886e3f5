"""Drafts, the queue and the page itself, while node, page and browser are killed."""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from nodes import until

from .desks import CHROMIUM, FLAGS, PATIENCE_S, enter_desk
from .own import OTHER, Own, begin_report, own_nodes, tab, write_report

RECORDS = "**/api/v1/records"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Own]:
    """Two nodes for one test."""
    with own_nodes(tmp_path) as found:
        yield found


def mark(text: str = "تەقە") -> str:
    """A text that nothing else has."""
    return f"{text} {uuid.uuid4().hex[:6]}"


def lasting(browser: Browser, folder: Path) -> BrowserContext:
    """A browser of its own whose profile lies in a folder."""
    context = browser.browser_type.launch_persistent_context(
        str(folder),
        executable_path=CHROMIUM,
        args=FLAGS,
        reduced_motion="reduce",
        viewport={"width": 1366, "height": 768},
    )
    context.set_default_timeout(PATIENCE_S * 1000)
    return context


def kill_browser(folder: Path) -> None:
    """`kill -9` of every process of the browser with this profile: no page of it hears of it."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):
            if str(folder).encode() in (entry / "cmdline").read_bytes():
                os.kill(int(entry.name), signal.SIGKILL)


def texts_of_drafts(page: Page) -> list[str]:
    """The list of what has not gone out."""
    page.get_by_test_id("unsent").click()
    return page.get_by_test_id("draft-row").all_inner_texts()


def test_a_draft_survives_the_killed_browser_and_is_not_released_by_itself(
    browser: Browser, own: Own, tmp_path: Path
) -> None:
    profile, text = tmp_path / "profile", mark()
    first = lasting(browser, profile)
    page = first.new_page()
    enter_desk(page, own.desk(), "ckb")
    begin_report(page)
    page.get_by_test_id("report-text").fill(text)
    expect(page.get_by_test_id("unsent-drafts")).to_be_visible()  # said only once it is on the disk
    kill_browser(profile)
    with suppress(Exception):
        first.close()

    again = lasting(browser, profile)
    page = again.new_page()
    page.goto(own.served.url)
    page.get_by_test_id("signin-user").or_(page.get_by_test_id("desk-watch")).first.wait_for()
    if page.get_by_test_id("signin-user").count():
        enter_desk(page, own.desk(), "ckb")
    page.get_by_test_id("unsent").click()
    row = page.get_by_test_id("draft-row").filter(has_text=text)
    expect(row).to_have_count(1)
    row.get_by_test_id("draft-take-up").click()
    expect(page.get_by_test_id("report-text")).to_have_value(text)
    assert own.said(text) == []
    page.get_by_test_id("report-discard").click()
    expect(page.get_by_test_id("report-text")).to_have_value("")
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    again.close()


def test_two_tabs_do_not_write_over_each_other(browser: Browser, own: Own) -> None:
    one = tab(browser, own.desk(), "ar")
    other = one.context.new_page()
    other.goto(own.served.url)
    texts = [mark("الأول"), mark("الثاني")]
    for page, text in zip((one, other), texts, strict=True):
        begin_report(page)
        expect(page.get_by_test_id("report-text")).to_have_value("")
        page.get_by_test_id("report-text").fill(text)
    expect(one.get_by_test_id("unsent-drafts")).to_be_visible()
    other.close()
    one.reload()
    one.get_by_test_id("unsent-drafts").wait_for()
    found = texts_of_drafts(one)
    assert len(found) == len(texts)
    assert all(any(text in row for row in found) for text in texts)
    # what the other tab had in hand is free now
    one.get_by_test_id("draft-row").filter(has_text=texts[1]).get_by_test_id("draft-take-up").click()
    expect(one.get_by_test_id("report-text")).to_have_value(texts[1])


def test_the_page_opens_without_its_node_and_what_is_written_waits_until_it_was_looked_at(
    browser: Browser, own: Own
) -> None:
    page = tab(browser, own.desk(), "ar", offline=True)
    page.get_by_test_id("circle-select").select_option(own.circle.id)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    own.kill()
    page.reload()
    expect(page.get_by_test_id("unsent")).to_be_visible()
    expect(page.get_by_test_id("log-row")).to_have_count(0)  # what the node holds is not in the browser
    text = mark("حريق")
    write_report(page, text)
    queue = page.get_by_test_id("report-queue")
    expect(queue).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("unsent-unseen")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("unsent-unseen")).to_be_visible()

    own.start()
    page.get_by_test_id("unsent").click()
    assert own.said(text) == [], "nobody has looked at it"
    look = page.get_by_test_id("queued-look")
    expect(look).to_be_enabled()
    look.click()
    expect(page.get_by_test_id("preview-column-mop")).to_contain_text(text)
    page.get_by_test_id("queued-release").click()
    expect(page.get_by_test_id("queued")).to_have_count(0)
    expect(page.get_by_test_id("log-row").filter(has_text=text)).to_be_visible()
    assert len(own.said(text)) == 1
    kept = page.evaluate(
        """async () => {
          const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const requests = await Promise.all(caches_.map((cache) => cache.keys()));
          return requests.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    assert "/index.html" in kept
    assert not [path for path in kept if path.startswith("/api")]


@pytest.mark.parametrize("arrives", [True, False], ids=["the answer is lost", "the node is killed before it"])
def test_a_cut_at_the_moment_of_sending_says_nothing_twice_and_loses_nothing(
    browser: Browser, own: Own, arrives: bool
) -> None:
    page = tab(browser, own.desk(), "ckb")
    page.get_by_test_id("circle-select").select_option(own.circle.id)

    sent: list[str] = []

    def cut(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) == 1:
            if arrives:
                assert route.fetch().ok
            own.kill()
        route.abort()  # the page sends again by itself, to a node that is gone

    page.route(RECORDS, cut)
    text = mark()
    write_report(page, text)
    expect(page.get_by_test_id("report-release")).to_be_focused()
    # the cut is over before the page is closed: it takes a while, and what follows starts the node that it kills
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/api/v1/records")):
        page.keyboard.press("Enter")
    expect(page.get_by_test_id("unsent-waiting")).to_be_visible()
    page.get_by_test_id("unsent").click()
    expect(page.get_by_test_id("queued")).to_be_visible()
    expect(page.get_by_test_id("queued-cancel")).to_have_count(0)  # it may have been said
    # the page dies as well: a new one of the same browser finds it
    context = page.context
    page.close()
    page = context.new_page()
    own.start()
    page.goto(own.served.url)
    page.get_by_test_id("desk-watch").wait_for()
    until(lambda: len(own.said(text)) == 1)
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    page.wait_for_timeout(3000)
    assert len(own.said(text)) == 1


def test_what_was_said_and_answered_for_by_a_broken_proxy_is_said_once_however_often_it_is_released(
    browser: Browser, own: Own
) -> None:
    page = tab(browser, own.desk(), "ar")
    page.get_by_test_id("circle-select").select_option(own.circle.id)
    spoiled: list[int] = []

    def spoil(route: Route) -> None:
        answer = route.fetch()
        spoiled.append(answer.status)
        if len(spoiled) == 1:
            route.fulfill(status=502, body="")
        else:
            route.fulfill(response=answer)

    page.route(RECORDS, spoil)
    text = mark("مداهمة")
    write_report(page, text)
    release = page.get_by_test_id("report-release")
    expect(release).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("dialog").get_by_role("alert")).to_be_visible()
    release.click()
    expect(release).to_have_count(0)
    expect(page.get_by_test_id("log-row").filter(has_text=text)).to_have_count(1)
    assert len(spoiled) == 2
    assert len(own.said(text)) == 1


def test_what_waits_goes_out_in_order_and_what_is_refused_comes_back_with_the_reason(
    browser: Browser, own: Own
) -> None:
    page = tab(browser, own.desk(), "en")
    page.get_by_test_id("circle-select").select_option(own.circle.id)

    def cut(route: Route) -> None:
        route.abort()

    texts = [mark("First"), mark("Second"), mark("Third")]
    for text in texts:
        write_report(page, text)
        expect(page.get_by_test_id("report-release")).to_be_focused()
        page.keyboard.press("Escape")
        if text == texts[1]:
            page.get_by_test_id("attach").set_input_files(
                [FilePayload(name="a.txt", mimeType="text/plain", buffer=b"a list")]
            )
            page.locator('[data-testid^="attached-"]').first.wait_for()
        page.get_by_test_id("report-preview").click()
        expect(page.get_by_test_id("report-release")).to_be_focused()
        page.route(RECORDS, cut)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("report-release")).to_have_count(0)
    expect(page.get_by_test_id("unsent-waiting")).to_contain_text("3")
    page.evaluate(
        """() => new Promise((done) => {
          const opened = indexedDB.open('tansiq');
          opened.onsuccess = () => {
            const all = opened.result.transaction('outbox').objectStore('outbox').getAll();
            all.onsuccess = () => {
              const files = all.result.flatMap((one) => one.request.attachments);
              opened.result.close();
              Promise.all(files.map((id) => fetch(`/api/v1/uploads/${id}`, { method: 'DELETE' }))).then(done);
            };
          };
        })"""
    )
    page.unroute(RECORDS)
    expect(page.get_by_test_id("unsent-refused")).to_be_visible()
    expect(page.get_by_test_id("unsent-waiting")).to_have_count(0)
    first, second, third = (own.said(text) for text in texts)
    assert (len(first), second, len(third)) == (1, [], 1)
    assert first[0]["index"] < third[0]["index"]
    page.get_by_test_id("unsent").click()
    row = page.locator('[data-testid="queued"][data-standing="refused"]')
    expect(row.locator(".refused")).to_be_visible()
    row.get_by_test_id("queued-take-up").click()
    expect(page.get_by_test_id("report-text")).to_have_value(texts[1])
    expect(page.get_by_test_id("unsent-refused")).to_have_count(0)


def test_who_comes_next_sees_no_draft_of_who_left_and_takes_it_along(browser: Browser, own: Own) -> None:
    page = tab(browser, own.desk(), "en")
    begin_report(page)
    page.get_by_test_id("report-text").fill(mark("Mine"))
    expect(page.get_by_test_id("unsent-drafts")).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    page.get_by_test_id("sign-out").click()
    page.get_by_test_id("leave-keep").click()
    enter_desk(page, own.desk(OTHER), "en")
    expect(page.get_by_test_id("circle-select")).to_be_visible()
    expect(page.get_by_test_id("unsent")).to_have_count(0)
    begin_report(page)
    expect(page.get_by_test_id("report-text")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Settings").click()
    page.get_by_test_id("sign-out").click()
    enter_desk(page, own.desk(), "en")
    begin_report(page)
    expect(page.get_by_test_id("report-text")).to_have_value("")
    expect(page.get_by_test_id("unsent")).to_have_count(0)
