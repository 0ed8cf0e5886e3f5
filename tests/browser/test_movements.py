"""The Movements desk on real nodes: announced here, seen there with its clock, answered, changed, spoken about."""

from __future__ import annotations

import re
import time
import uuid

import pytest
from playwright.sync_api import Browser, Page, expect

from .desks import Desk
from .ground import ask, e7, say
from .plans import HOUR, announce, area, at_movements, fill_moment, geojson, now, release, say_seconds

LANGUAGES = ("ar", "ckb", "en")
AGREED = {"ar": "متفق عليها", "ckb": "لەسەری ڕێککەوتوون", "en": "Agreed"}
NOT_CONSENT = {"ar": "الإيصال ليس موافقة", "ckb": "پسوولە ڕەزامەندی نییە", "en": "A receipt is not consent"}
PLACES = {"ar": (43.30, 35.30), "ckb": (43.30, 35.60), "en": (43.30, 35.90)}
FAR = 60 * HOUR


def two(browser: Browser, desks: list[Desk], language: str) -> tuple[Page, Page]:
    """The desks of the two sides."""
    return at_movements(browser, desks[0], language), at_movements(browser, desks[1], language)


def row_of(page: Page, ref: str) -> str:
    return f'[data-testid="plan-row"][data-ref="{ref}"]'


@pytest.fixture(scope="module", autouse=True)
def engine(browser: Browser, desks: list[Desk]) -> None:
    """A node loads its engine with the first look, which takes seconds."""
    for desk in desks[:2]:
        page = at_movements(browser, desk, "en")
        volumes = [area(40.0, 33.0, now() + HOUR)]
        ask(page, "POST", "/movements/check", {"volumes": volumes})
        page.close()


@pytest.fixture(scope="module")
def terms(browser: Browser, desks: list[Desk]) -> None:
    """Terms of reference that one side proposed and the other accepted, by their desks."""
    joc, mop = two(browser, desks, "en")
    joc.get_by_test_id("open-terms").click()
    joc.get_by_test_id("new-terms").click()
    joc.get_by_test_id("terms-answer").fill("90")
    joc.get_by_test_id("lead-add").click()
    joc.get_by_test_id("lead-rule").last.get_by_test_id("lead-activity").select_option("drone")
    joc.get_by_test_id("lead-minutes").fill(str(30 * 1440))
    release(joc)
    expect(joc.get_by_test_id("terms").first).to_have_attribute("data-in-force", "false")
    mop.get_by_test_id("open-terms").click()
    mop.get_by_test_id("terms-accept").first.click()
    for page in (joc, mop):
        expect(page.get_by_test_id("terms").first).to_have_attribute("data-in-force", "true")
        expect(page.get_by_test_id("terms-holds")).to_contain_text("Drone flight: 30 days")
        page.close()


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_meets_another_is_answered_changed_and_spoken_about(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = two(browser, desks, language)
    lon, lat = PLACES[language]
    start = now() + FAR
    mark = uuid.uuid4().hex[:6]
    theirs = announce(mop, f"Theirs {mark}", area(lon, lat, start))
    expect(joc.locator(row_of(joc, theirs))).to_be_visible(timeout=5000)

    joc.get_by_test_id("new-activity").click()
    joc.locator('input[lang="en"]').fill(f"Ours {mark}")
    joc.get_by_test_id("volume-file").set_input_files(geojson((lon + 0.01, lat + 0.01)))
    fill_moment(joc, "volume-from", start)
    fill_moment(joc, "volume-to", start + 2 * HOUR)
    check = joc.get_by_test_id("draft-check")
    expect(check.get_by_test_id("check-hit")).to_contain_text(f"Theirs {mark}")
    expect(mop.get_by_test_id("movements-list"), "nothing left the node yet").not_to_contain_text(f"Ours {mark}")
    expect(check.get_by_test_id("check-asks")).not_to_be_empty()
    expect(joc.get_by_test_id("meeting-drawn"), "where it would meet is on the map").to_have_count(1)
    release(joc)
    released = time.monotonic()
    mop.get_by_test_id("waiting-row").filter(has_text=f"Ours {mark}").wait_for()
    say_seconds("from release to what waits at the other desk", released)

    met = [
        page.get_by_test_id("movements-list")
        .get_by_test_id("collision-row")
        .filter(has_text=f"Ours {mark}")
        .filter(has_text=f"Theirs {mark}")
        for page in (joc, mop)
    ]
    for row in met:
        expect(row).to_have_count(1)
    ids = [row.get_attribute("data-id") for row in met]
    assert ids[0] == ids[1], "the collision has one id on every desk"
    waiting = mop.get_by_test_id("waiting-row").filter(has_text=f"Ours {mark}")
    expect(waiting).to_have_count(1)
    expect(waiting.get_by_test_id("row-clock")).to_be_visible()
    mine = waiting.get_attribute("data-ref") or ""

    met[1].click()
    page = mop.get_by_test_id("collision-page")
    expect(page).to_contain_text(NOT_CONSENT[language])
    expect(page.get_by_test_id("collision-id")).to_have_text(ids[0] or "")
    expect(mop.get_by_test_id("meeting-drawn")).to_have_attribute("data-at", re.compile(rf"^{lon:.1f}.*,{int(lat)}\."))
    ours = page.locator(f'[data-testid="plan"][data-ref="{mine}"]')
    expect(ours.get_by_test_id("asked-mop")).to_have_attribute("data-word", "silent")
    expect(ours.get_by_test_id("clock")).to_be_visible()
    ours.get_by_test_id("answer-clear").click()
    release(mop, seen_by="joc")
    state = f'[data-testid="plan"][data-ref="{mine}"]'
    met[0].click()
    for desk in (joc, mop):
        expect(desk.locator(state)).to_have_attribute("data-state", "agreed")
        expect(desk.locator(state).get_by_test_id("plan-state")).to_have_text(AGREED[language])

    mop.get_by_test_id("hotline").click()
    mop.get_by_test_id("hotline-text").fill(f"{mark} 07:30")
    release(mop, seen_by="joc")
    expect(joc.get_by_test_id("story").locator('[data-kind="hotline"]')).to_contain_text(f"{mark} 07:30")

    joc.locator(state).get_by_test_id("plan-change").click()
    fill_moment(joc, "volume-to", start + 3 * HOUR)
    release(joc)
    met[1].click()
    asked = mop.locator(state).get_by_test_id("asked-mop")
    expect(asked, "a change that touches it re-opens its answer").to_have_attribute("data-word", "silent")
    expect(asked.get_by_test_id("clock")).to_be_visible()

    joc.locator(row_of(joc, mine)).click()
    joc.locator(state).get_by_test_id("plan-cancel").click()
    release(joc)
    past = mop.get_by_test_id("past-collision")
    expect(past, "they meet no more, and its page stays").to_have_attribute("data-id", ids[0] or "")
    expect(past.get_by_test_id("story").locator('[data-kind="hotline"]')).to_contain_text(f"{mark} 07:30")
    for row, desk in zip(met, (joc, mop), strict=True):
        expect(row).to_have_count(0)
        assert desk.evaluate("document.documentElement.scrollWidth") <= 1366, "nothing is wider than the screen"
        desk.close()


@pytest.mark.usefixtures("terms")
def test_conditions_count_once_accepted_and_an_objection_is_shown_with_its_reason(
    browser: Browser, desks: list[Desk]
) -> None:
    joc, mop = two(browser, desks, "en")
    start = now() + FAR
    announce(mop, "Their convoy", area(42.6, 35.3, start))
    joc.get_by_text("Their convoy").first.wait_for()
    mine = announce(joc, "Our relief", area(42.61, 35.31, start))
    mop.get_by_test_id("waiting-row").filter(has_text="Our relief").click()
    mop.get_by_test_id("answer-conditional").click()
    mop.get_by_test_id("report-preview").click()
    expect(mop.locator(".missing")).to_contain_text("conditions")
    mop.get_by_test_id("answer-conditions").fill("Not before dawn.\nOne escort.")
    release(mop, seen_by="joc")
    joc.locator(row_of(joc, mine)).click()
    asked = joc.get_by_test_id("asked-mop").first
    expect(asked).to_contain_text("Not before dawn.")
    asked.get_by_test_id("accept-conditions").click()
    release(joc)
    plan = joc.locator(f'[data-testid="plan"][data-ref="{mine}"]')
    expect(plan).to_have_attribute("data-state", "agreed")

    mop.locator(row_of(mop, mine)).click()
    mop.get_by_test_id("answer-objection").click()
    mop.get_by_test_id("answer-reason").fill("The road is closed.")
    release(mop, seen_by="joc")
    expect(plan).to_have_attribute("data-state", "objected")
    expect(joc.get_by_test_id("asked-mop").first).to_contain_text("The road is closed.")

    joc.get_by_test_id("new-activity").click()
    joc.get_by_test_id("plan-activity").select_option("drone")
    joc.get_by_test_id("volume-file").set_input_files(geojson((42.61, 35.31), (42.3, 35.31), (42.2, 35.31)))
    offered = joc.get_by_test_id("file-place")
    expect(offered).to_have_count(3)
    offered.last.uncheck()
    joc.get_by_test_id("file-take").click()
    expect(joc.get_by_test_id("sketch-drawn"), "both are drawn for this desk").to_have_count(2)
    fill_moment(joc, "volume-from", start)
    fill_moment(joc, "volume-to", start + HOUR)
    check = joc.get_by_test_id("draft-check")
    expect(check.get_by_test_id("check-own-hit"), "one's own plan, apart").to_contain_text("Our relief")
    expect(check.get_by_test_id("check-late"), "by the rule for drones").to_be_visible()
    expect(check).to_contain_text(re.compile(r"Lead time, rule 2 "))
    joc.get_by_test_id("report-discard").click()

    joc.get_by_test_id("desk-watch").click()
    joc.get_by_test_id("log-row").filter(has_text="Objection · Our relief").click()
    joc.get_by_test_id("open-movements").click()
    expect(joc.locator(f'[data-testid="plan"][data-ref="{mine}"]')).to_be_visible()


def test_a_route_moves_on_the_map_with_the_slider_and_what_is_over_is_hidden(
    browser: Browser, desks: list[Desk]
) -> None:
    joc = at_movements(browser, desks[0], "en")
    start = now() + HOUR
    west, east = 42.0, 42.4
    route = [[e7(west), e7(36.2), start], [e7(east), e7(36.2), start + 2 * HOUR]]
    ref = announce(joc, "On the road", {"route": route, "width_m": 300}, ask_level="inform")
    gone = announce(joc, "Long over", area(42.0, 36.3, now() - 9 * HOUR, hours=1))
    drawn = joc.get_by_test_id("plans-drawn").locator(f'[data-ref="{ref}"]')
    expect(drawn).to_have_attribute("data-now", "false")
    slider = joc.get_by_test_id("moment-slider")

    def move_to(at: int) -> float:
        slider.evaluate("(s, at) => { s.value = at; s.dispatchEvent(new Event('input', { bubbles: true })); }", at)
        expect(drawn).to_have_attribute("data-now", "true")
        return float((drawn.get_attribute("data-at") or "0,0").split(",")[0])

    places = [move_to(start + 20 * 60_000), move_to(start + HOUR), move_to(start + 100 * 60_000)]
    assert west < places[0] < places[1] < places[2] < east
    slider.focus()
    slider.press("ArrowLeft")
    expect(drawn).not_to_have_attribute("data-at", f"{places[2]:.4f},36.2000")
    bar = joc.locator(f'[data-testid="bar"][data-ref="{ref}"]')
    bar.focus()
    joc.keyboard.press("Enter")
    expect(joc.locator(f'[data-testid="plan"][data-ref="{ref}"]')).to_contain_text("Informing is not asking")

    joc.get_by_test_id("new-activity").click()
    joc.get_by_test_id("shape-route").click()
    joc.get_by_text("Paste MGRS references").first.click()
    joc.get_by_test_id("paste-mgrs").fill("38S LE 10 10\n38S LE 20 10\n38S LE 30 10")
    joc.get_by_test_id("paste-mgrs-take").click()
    seven = joc.evaluate("() => { const d = new Date(); d.setDate(d.getDate() + 2); return d.setHours(7, 0, 0, 0); }")
    fill_moment(joc, "volume-from", seven)
    fill_moment(joc, "volume-to", seven + 2 * HOUR)
    joc.get_by_test_id("route-times").locator("summary").click()
    between = joc.get_by_test_id("point-time")
    expect(between).to_have_attribute("placeholder", re.compile(r"^0(7:59|8:00)$"))
    between.fill("07:20")
    between.press("Tab")
    expect(joc.get_by_test_id("route-times")).to_contain_text("30 km/h")
    joc.get_by_test_id("volume-from-time").fill("06:00")
    expect(between, "what is typed moves with the setting out").to_have_value("06:20")
    expect(joc.get_by_test_id("volume-to-time"), "also where it was typed before").to_have_value("08:00")
    joc.get_by_test_id("report-discard").click()

    expect(joc.locator(row_of(joc, gone))).to_have_count(0)
    joc.get_by_test_id("with-over").check()
    expect(joc.locator(row_of(joc, gone))).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_position_left_without_consent_alarms_every_desk_until_it_is_given(
    browser: Browser, desks: list[Desk], language: str
) -> None:
    joc, mop = two(browser, desks, language)
    lon, lat = PLACES[language]
    place = {"lat": e7(lat), "lon": e7(lon - 0.5), "accuracy": 50}
    name = f"P {uuid.uuid4().hex[:6]}"
    post = say(joc, "post", {"names": {language: name}, "place": place, "post_type": "post", "status": "manned"})
    joc.get_by_test_id("new-handover").click()
    joc.get_by_test_id("handover-post").select_option(post)
    joc.get_by_test_id("body-leaves").select_option("joc")
    joc.get_by_test_id("handover-successor").select_option("mop")
    fill_moment(joc, "moment-leaves_at", now() - 3 * 60_000)
    mop.get_by_test_id("desk-watch").click()
    alarm = mop.get_by_test_id("position-alarm")
    # what other tests left on this node may be graver, and the bar shows the gravest
    while alarm.is_visible():
        mop.get_by_test_id("position-noted").click()
    release(joc)
    released = time.monotonic()
    ref = joc.get_by_test_id("position-page").get_attribute("data-ref") or ""
    mop.locator(f'[data-testid="position-alarm"][data-ref="{ref}"]').wait_for()
    say_seconds("from release to the alarm at the other desk", released)
    mop.get_by_test_id("position-open").click()
    mop.locator(f'[data-testid="position-row"][data-ref="{ref}"]').click()
    while alarm.is_visible():
        mop.get_by_test_id("position-noted").click()
    table = mop.get_by_test_id("consent-mop")
    expect(table).to_have_attribute("data-verdict", "")
    expect(mop.get_by_test_id("left-drawn").and_(mop.locator(f'[data-ref="{ref}"]'))).to_be_attached()
    table.get_by_test_id("consent-accept").click()
    release(mop, seen_by="joc")
    for desk in (joc, mop):
        expect(desk.get_by_test_id("position-page")).to_have_attribute("data-state", "agreed")

    joc.get_by_test_id("entered").click()
    joc.get_by_test_id("body-by").select_option("+")
    joc.get_by_test_id("body-by-other").fill("A third force")
    release(joc)
    expect(mop.get_by_test_id("position-page").locator(".alarm")).to_be_visible(timeout=5000)
    expect(alarm, "noted once, and here again as it is another one").to_have_attribute("data-ref", ref)
    mop.close()
    joc.close()


def test_suspension_and_denial_are_records_with_their_follow_up(browser: Browser, desks: list[Desk]) -> None:
    joc, mop = two(browser, desks, "en")
    mop.get_by_test_id("open-stops").click()
    mop.get_by_test_id("new-denial").click()
    mop.get_by_label("Denied by").and_(mop.locator("input")).fill("Checkpoint P07")
    mop.get_by_test_id("denial-heard").select_option("no")
    release(mop, seen_by="joc")
    joc.get_by_test_id("open-stops").click()
    denial = joc.get_by_test_id("denial").filter(has_text="Checkpoint P07")
    expect(denial).to_contain_text("Open")
    mop.get_by_test_id("denial").filter(has_text="Checkpoint P07").get_by_test_id("follow-up").click()
    release(mop, seen_by="joc")
    expect(denial).to_contain_text("Followed up")
    mop.get_by_test_id("new-suspension").click()
    mop.get_by_test_id("suspension-reason").fill("The agreement of May was not kept.")
    release(mop, seen_by="joc")
    expect(joc.get_by_test_id("suspension")).to_contain_text("The agreement of May was not kept.")
    mop.get_by_test_id("resume").click()
    release(mop, seen_by="joc")
    expect(joc.get_by_test_id("suspension")).to_contain_text("Takes part again")


def test_what_is_drawn_survives_a_reload_and_a_phone_shows_one_pane(browser: Browser, desks: list[Desk]) -> None:
    page = at_movements(browser, desks[0], "ar", (390, 844))
    page.get_by_test_id("new-activity").click()
    page.locator("summary").filter(has=page.get_by_test_id("paste-mgrs").locator("xpath=..")).or_(
        page.locator("details", has=page.get_by_test_id("paste-mgrs")).locator("summary")
    ).first.click()
    page.get_by_test_id("paste-mgrs").fill("38S LE 71527 60046\n38S LE 74 61\n38S LE 75 64")
    page.get_by_test_id("paste-mgrs-take").click()
    expect(page.get_by_test_id("volume-points")).to_contain_text("٣")
    page.reload()
    page.get_by_test_id("pane-log").click()
    page.get_by_test_id("new-activity").click()
    expect(page.get_by_test_id("volume-points")).to_contain_text("٣")
    page.get_by_test_id("report-discard").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the screen"
    assert ask(page, "GET", "/node")["party"]["id"] == "joc"
