"""From a planned meeting to an understanding that both sides confirmed, on real nodes in a real browser."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from .desks import Desk
from .ground import ask, circle_of_all
from .plans import release
from .talk import at_accord, lay_talk, names, tell, wait_for, word

CONFIRMED = {"ar": "صادق عليه الجميع", "ckb": "هەمووان پەسەندیان کرد"}
RESERVED = {"ar": "لا يشمل البند الطرق", "ckb": "بڕگەکە ڕێگاکان ناگرێتەوە"}
WIDEST = 1366


def fill(page: Page, testid: str, day: str, time: str) -> None:
    page.get_by_test_id(f"{testid}-day").fill(day)
    page.get_by_test_id(f"{testid}-time").fill(time)


@pytest.fixture(scope="module")
def committee(browser: Browser, desks: list[Desk]) -> str:
    """A committee of both sides, in force."""
    joc, mop = (at_accord(browser, desk, "en", "meetings") for desk in desks[:2])
    seats = [{"party": party, "seats": 3, "quorum": 2} for party in ("joc", "mop")]
    ref = tell(
        joc,
        "body",
        {"names": {"en": "Committee", "ar": "لجنة", "ckb": "لیژنە"}, "body_type": "committee", "components": seats},
    )
    word(mop, ref)
    for page in (joc, mop):
        page.close()
    return ref


@pytest.mark.parametrize("language", ["ckb", "ar"])
def test_a_meeting_is_planned_held_minuted_with_a_reservation_and_leads_to_an_understanding(
    browser: Browser, desks: list[Desk], committee: str, language: str
) -> None:
    joc, mop = (at_accord(browser, desk, language, "meetings") for desk in desks[:2])
    mark = uuid.uuid4().hex[:6]
    joc.get_by_test_id("new-meeting").click()
    joc.locator(f'input[lang="{language}"]').first.fill(f"کۆ {mark}")
    joc.get_by_test_id("meeting-body").select_option(committee)
    joc.get_by_test_id("agenda-add").click()
    joc.get_by_test_id(f"point-{language}").fill(f"خاڵ {mark}")
    release(joc)
    row = [page.get_by_test_id("meeting-row").filter(has_text=mark) for page in (joc, mop)]
    expect(row[1]).to_have_attribute("data-state", "planned")
    for one in row:
        one.click()
    expect(mop.get_by_test_id("agenda-item")).to_contain_text(mark)
    with joc.expect_download() as download:
        joc.get_by_test_id("meeting-ics").click()
    calendar = Path(download.value.path()).read_text(encoding="utf-8")
    assert "METHOD:REQUEST" in calendar
    assert mark in calendar.replace("\r\n ", "")

    for page, party, count in ((mop, "mop", "2"), (joc, "joc", "1")):
        page.get_by_test_id("meeting-held").click()
        page.get_by_test_id("attendance-add").click()
        expect(page.get_by_test_id("attendance-party")).to_have_value(party)
        page.get_by_test_id("attendance-count").fill(count)
        release(page, seen_by="joc" if party == "mop" else "mop")
    for page in (joc, mop):
        expect(page.get_by_test_id("meeting-page")).to_have_attribute("data-state", "held")
        expect(page.get_by_test_id("quorum-joc")).to_have_attribute("data-missing", "1")
        expect(page.get_by_test_id("quorum-mop")).to_have_attribute("data-missing", "0")
        expect(page.get_by_test_id("quorum")).to_have_attribute("data-reached", "false")

    joc.get_by_test_id("draft-minutes").click()
    joc.get_by_test_id(f"minutes-text-{language}").fill(f"دەق {mark}")
    joc.get_by_test_id("minutes-status").select_option("put")
    release(joc)
    minutes = mop.get_by_test_id("minutes")
    expect(minutes.get_by_test_id("minute-item")).to_contain_text(mark)
    minutes.get_by_test_id("word-reserve").click()
    minutes.get_by_test_id("word-text").fill(RESERVED[language])
    minutes.get_by_test_id("word-say").click()
    for page in (joc, mop):
        drafted = page.get_by_test_id("minutes")
        expect(drafted.get_by_test_id("reservation")).to_contain_text(RESERVED[language])
        expect(drafted).to_have_attribute("data-state", "confirmed")
        expect(page.get_by_test_id("meeting-page")).to_have_attribute("data-state", "minuted")

    mop.get_by_test_id("new-understanding").click()
    mop.get_by_test_id(f"understanding-text-{language}").fill(f"ڕێککەوتن {mark}")
    release(mop, seen_by="joc")
    understood = [page.get_by_test_id("understanding").filter(has_text=mark) for page in (joc, mop)]
    expect(understood[1]).to_have_attribute("data-state", "waiting")
    expect(understood[1].get_by_test_id("word-confirm"), "one's own is accepted by saying it").to_have_count(0)
    understood[0].get_by_test_id("word-confirm").click()
    for one in understood:
        expect(one).to_have_attribute("data-state", "confirmed")
        expect(one).to_contain_text(CONFIRMED[language])

    joc.get_by_test_id("correct-minutes").click()
    joc.get_by_test_id(f"minutes-text-{language}").fill(f"گۆڕا {mark}")
    release(joc)
    expect(minutes, "a later version asks again").to_have_attribute("data-state", "waiting")
    expect(minutes.get_by_test_id("word-confirm")).to_be_visible()
    minutes.get_by_test_id("word-decline").click()
    expect(minutes.get_by_test_id("word-say"), "not without a reason").to_be_disabled()
    minutes.get_by_test_id("word-text").fill("نەخێر")
    minutes.get_by_test_id("word-say").click()
    expect(joc.get_by_test_id("minutes")).to_have_attribute("data-state", "declined")
    for page in (joc, mop):
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDEST, "nothing is wider than the screen"
        page.close()


def test_the_chain_leads_from_the_meeting_to_the_evidence_and_back_and_a_file_shows_both_sides(
    browser: Browser, desks: list[Desk]
) -> None:
    joc, mop = (at_accord(browser, desk, "ckb", "files") for desk in desks[:2])
    ref = lay_talk(joc, mop)
    row = mop.locator(f'[data-testid="file-row"][data-ref="{ref["centres"]}"]')
    row.click()
    page = mop.get_by_test_id("file-page")
    expect(page.get_by_test_id("file-side-joc")).to_have_attribute("data-state", "waiting")
    expect(page.get_by_test_id("file-side-mop")).to_have_attribute("data-state", "open")
    expect(page.get_by_test_id("file-wait")).to_have_count(2)
    graph = mop.get_by_test_id("file-graph").last
    budget, brigades = (graph.locator(f'[data-ref="{ref[key]}"]') for key in ("budget", "brigades"))
    right, left = budget.bounding_box(), brigades.bounding_box()
    assert right is not None
    assert left is not None
    assert right["x"] > left["x"] + left["width"], "from right to left"

    page.locator(f'[data-testid="chain-step"][data-ref="{ref["meeting1"]}"]').click()
    meeting = mop.get_by_test_id("meeting-page")
    expect(meeting).to_have_attribute("data-ref", ref["meeting1"])
    steps = meeting.get_by_test_id("chain")
    for key in ("understanding", "clause", "commitment", "evidence"):
        expect(steps.locator(f'[data-ref="{ref[key]}"]')).to_have_attribute("data-way", "after")
    steps.locator(f'[data-ref="{ref["understanding"]}"]').click()
    expect(mop.get_by_test_id("record-panel")).to_have_attribute("data-ref", ref["understanding"])
    expect(mop).to_have_url(re.compile(rf"#/accord/{ref['understanding']}$"))

    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:{0}@x", "SUMMARY:Visit {0}"]
    lines += ["DTSTART:20200710T090000Z", "ORGANIZER;CN=A Person:mailto:a@x.org", "END:VEVENT", "END:VCALENDAR", ""]
    mark = uuid.uuid4().hex[:6]
    joc.get_by_test_id("accord-meetings").click()
    upload: FilePayload = {
        "name": "visit.ics",
        "mimeType": "text/calendar",
        "buffer": "\r\n".join(lines).format(mark).encode(),
    }
    joc.get_by_test_id("calendar-file").set_input_files(upload)
    expect(joc.get_by_test_id("people-dropped")).to_be_visible()
    joc.get_by_test_id("calendar-say").click()
    expect(joc.get_by_test_id("meeting-row").filter(has_text=mark)).to_have_attribute("data-state", "planned")
    circle = circle_of_all(joc)["id"]
    meetings = ask(joc, "GET", f"/accord/meetings?circle={circle}")["board"]["meetings"]
    (new,) = (one["ref"] for one in meetings if one["uid"] == f"{mark}@x")
    wait_for(mop, new)


LATE = {"ar": "متأخر", "ckb": "دواکەوتوو"}


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_every_link_of_the_chain_is_clicked_from_the_meeting_to_the_complaint_and_back(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = (at_accord(browser, desk, language, "meetings") for desk in desks[:2])
    ref = lay_talk(joc, mop)
    name = names("Late", "تأخر", "دواکەوتن")
    ref["complaint"] = tell(joc, "complaint", {"against": "mop", "commitment": ref["commitment"], "names": name})
    late = {"due": {"by": 1_600_000_000_000}, "owed_by": ["joc", "mop"], "check": "other_side", "names": name}
    ref["late"] = tell(joc, "commitment", late)
    word(mop, ref["late"])
    ref["file"] = tell(joc, "negotiation_file", {"waits_for": [ref["late"]], "state": "waiting", "names": name})

    def step(key: str) -> Locator:
        """A link in the chain that is shown, by what it leads to."""
        chain = joc.locator(f'[data-testid="chain-step"][data-ref="{ref[key]}"]').last
        expect(chain).to_be_visible()
        return chain

    joc.locator(f'[data-testid="meeting-row"][data-ref="{ref["meeting1"]}"]').click()
    step("understanding").click()
    expect(joc.get_by_test_id("record-panel")).to_have_attribute("data-ref", ref["understanding"])
    step("clause").click()
    expect(joc.get_by_test_id("clause-page")).to_have_attribute("data-key", "open")
    step("commitment").click()
    expect(joc.get_by_test_id("promise")).to_be_visible()
    step("evidence").click()
    expect(joc.get_by_test_id("record-panel")).to_have_attribute("data-ref", ref["evidence"])
    expect(joc.get_by_test_id("promise"), "beside what it is about").to_be_visible()
    step("commitment").click()
    step("complaint").click()
    expect(joc.get_by_test_id("complaint-page")).to_have_attribute("data-ref", ref["complaint"])
    step("clause").click()
    step("understanding").click()
    drawn = joc.get_by_test_id("understanding").get_by_test_id("drawn-clause")
    expect(drawn.first).to_have_attribute("href", f"#/accord/{ref['clause']}")
    step("meeting1").click()
    expect(joc.get_by_test_id("meeting-page")).to_have_attribute("data-ref", ref["meeting1"])

    joc.get_by_test_id("accord-files").click()
    joc.locator(f'[data-testid="file-row"][data-ref="{ref["file"]}"]').click()
    expect(joc.get_by_test_id("wait-state")).to_have_attribute("data-settled", "false")
    expect(joc.get_by_test_id("wait-promised")).to_contain_text(LATE[language])
    for page in (joc, mop):
        page.close()


def test_on_a_phone_one_sees_the_list_then_the_page_and_nothing_is_wider_than_the_screen(
    browser: Browser, desks: list[Desk]
) -> None:
    joc, mop = (at_accord(browser, desk, "en", "meetings") for desk in desks[:2])
    ref = lay_talk(joc, mop)
    width = 390
    phone = at_accord(browser, desks[1], "ar", "meetings", (width, 844))
    phone.locator(f'[data-testid="meeting-row"][data-ref="{ref["meeting1"]}"]').click()
    page = phone.get_by_test_id("meeting-page")
    expect(page.get_by_test_id("reservation")).to_be_visible()
    assert page.evaluate("(e) => e.scrollWidth <= e.clientWidth + 1")
    phone.get_by_test_id("split-back").click()
    expect(page).to_have_count(0)
    phone.get_by_test_id("accord-files").click()
    graph = phone.get_by_test_id("file-graph").first
    expect(graph).to_have_attribute("data-down", "true")
    assert phone.evaluate("document.documentElement.scrollWidth") <= width
