"""Two sides sign one text at their desks: one with a key file that the page made, one with a passkey."""

from __future__ import annotations

import dataclasses
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tansiq.desk import agreement_file

from .desks import Desk, sign_in
from .ground import ask, circle_of_all

PASSPHRASE = "several words in a row"
TEXT = {
    "ar": "تُفتح مراكز التنسيق المشترك خلال ثلاثين يوماً من نفاذ هذا الاتفاق.",
    "ckb": "سەنتەرەکانی هەماهەنگیی هاوبەش لە ماوەی سی ڕۆژدا دەکرێنەوە؛ گوڵ، بۆ، ئێمە.",
    "en": "The joint coordination centres open within thirty days.",
}


def say(page: Page, kind: str, fields: dict[str, Any], about: str | None = None) -> str:
    circle = circle_of_all(page)
    body = {"kind": kind, "fields": fields, "about": about, "urgent": True, "releases": [{"circle": circle["id"]}]}
    return str(ask(page, "POST", "/records", body)["refs"][0]["ref"])


def at_signing(browser: Browser, desk: Desk, language: str) -> Page:
    page = sign_in(browser, desk, language)
    page.get_by_test_id("circle-select").select_option(circle_of_all(page)["id"])
    page.evaluate("location.hash = '#/accord/page/signing'")
    page.get_by_test_id("accord-desk").wait_for()
    return page


def agree(joc: Page, mop: Page, mark: str) -> str:
    """A text of twelve clauses that both accepted."""
    names = {"ar": f"اتفاق المراكز {mark}", "ckb": f"ڕێککەوتنی سەنتەرەکان {mark}", "en": f"Centres {mark}"}
    languages = {"authentic": ["ar", "ckb", "en"], "prevailing": "ar"}
    frame = {"names": names, "path": f"centres-{mark}", "parties": ["joc", "mop"], **languages}
    agreement = say(joc, "agreement", frame)
    for number in range(1, 13):
        clause = {"key": f"c{number}", "order": [number], "part": "clause", "text": TEXT, "status": "offered"}
        wording = say(joc, "clause", clause, agreement)
        say(mop, "clause_position", {"revision": wording.partition("/")[2], "verdict": "accept"}, wording)
    return agreement


def choose(page: Page, agreement: str) -> None:
    page.locator(f'[data-testid="signing-choose"] option[value="{agreement}"]').wait_for(state="attached")
    page.get_by_test_id("signing-choose").select_option(agreement)
    expect(page.get_by_test_id("signing-digest")).to_be_visible()


def read_to_the_end(page: Page) -> None:
    expect(page.get_by_test_id("read-whole")).to_have_attribute("data-whole", "false")
    expect(page.get_by_test_id("sign-now")).to_be_disabled()
    page.get_by_test_id("text-end").scroll_into_view_if_needed()
    expect(page.get_by_test_id("read-whole")).to_have_attribute("data-whole", "true")
    expect(page.get_by_test_id("digest-holds")).to_be_visible()


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_one_signs_with_a_key_file_and_the_other_with_a_passkey(
    browser: Browser, desks: list[Desk], language: str, tmp_path: Path
) -> None:
    by_name = dataclasses.replace(desks[1], url=desks[1].url.replace("127.0.0.1", "localhost"))
    joc, mop = at_signing(browser, desks[0], language), at_signing(browser, by_name, language)
    devices = mop.context.new_cdp_session(mop)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    mark = uuid.uuid4().hex[:6]
    agreement = agree(joc, mop, mark)
    for page in (joc, mop):
        choose(page, agreement)
        page.get_by_test_id("signing-offices").click()
        page.get_by_test_id("office-name-ar").fill(f"نائب القائد {mark}")
        page.get_by_test_id("office-name-ckb").fill(f"جێگری فەرماندە {mark}")
        page.get_by_test_id("office-name-en").fill(f"Deputy commander {mark}")
    joc.get_by_test_id("office-passphrase").fill(PASSPHRASE)
    joc.get_by_test_id("office-passphrase-again").fill(PASSPHRASE)
    with joc.expect_download() as download:
        joc.get_by_test_id("office-name").click()
    key = tmp_path / "key.json"
    download.value.save_as(key)
    mop.get_by_test_id("way-passkey").check()
    mop.get_by_test_id("office-name").click()
    offices = []
    for page in (joc, mop):
        office = page.get_by_test_id("office").filter(has_text=mark).filter(has=page.get_by_test_id("office-revoke"))
        expect(office).to_be_visible()
        offices.append(str(office.get_attribute("data-ref")))
        page.get_by_test_id("signing-sign").click()

    joc.get_by_test_id("sign-office").select_option(offices[0])
    joc.get_by_test_id("sign-key").set_input_files(key)
    joc.get_by_test_id("sign-passphrase").fill(PASSPHRASE)
    read_to_the_end(joc)
    joc.get_by_test_id("sign-now").click()
    expect(joc.get_by_test_id("sign-passphrase")).to_have_value("")

    mop.get_by_test_id("sign-office").select_option(offices[1])
    mop.get_by_test_id("reservation-add").click()
    mop.get_by_test_id("reservation-clause").select_option("c2")
    mop.get_by_test_id("reservation-words").fill("ئێمە ئەم بڕگەیە جێبەجێ ناکەین")
    read_to_the_end(mop)
    mop.get_by_test_id("sign-now").click()

    for page in (joc, mop):
        expect(page.get_by_test_id("signed-by-all")).to_be_visible()
        page.get_by_test_id("signing-certificate").click()
        rows = page.get_by_test_id("signature")
        expect(rows).to_have_count(2)
        for row in rows.all():
            assert row.get_attribute("data-counts") == "true"
        expect(page.get_by_test_id("reserved")).to_contain_text("ئێمە ئەم بڕگەیە جێبەجێ ناکەین")
        expect(page.get_by_test_id("force")).to_have_attribute("data-on", "signature")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    digest, other = (page.get_by_test_id("certificate-digest").inner_text() for page in (joc, mop))
    assert digest == other
    with mop.expect_download() as download:
        mop.get_by_test_id("export-bundle").click()
    data = Path(download.value.path()).read_bytes()
    assert any(digest in line for line in agreement_file.check(data, {}).lines)
    for name, page in (("joc", joc), ("mop", mop)):
        page.screenshot(path=tmp_path / f"certificate-{name}-{language}.png")
        page.get_by_test_id("signing-sign").click()
        page.screenshot(path=tmp_path / f"signed-{name}-{language}.png")
        page.get_by_test_id("signing-offices").click()
        page.screenshot(path=tmp_path / f"offices-{name}-{language}.png")


def test_without_agreement_on_the_words_there_is_nothing_to_sign(browser: Browser, desks: list[Desk]) -> None:
    page = at_signing(browser, desks[0], "en")
    names = {"en": f"Open {uuid.uuid4().hex[:6]}"}
    agreement = say(page, "agreement", {"names": names, "path": "open", "parties": ["joc", "mop"]})
    clause = {"key": "c1", "order": [1], "part": "clause", "text": TEXT, "status": "offered"}
    say(page, "clause", clause, agreement)
    page.locator(f'[data-testid="signing-choose"] option[value="{agreement}"]').wait_for(state="attached")
    page.get_by_test_id("signing-choose").select_option(agreement)
    expect(page.get_by_test_id("open-brackets")).to_be_visible()
    expect(page.get_by_test_id("sign-now")).to_have_count(0)
    expect(page.get_by_test_id("export-bundle")).to_have_count(0)
