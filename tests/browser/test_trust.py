"""Trust in a real browser: the alarm of a fork, erasing, bundles by file, signing a next epoch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from nodes import meet, say

from .desks import Desk, sign_in
from .parting import NAMES, at_desks, circle_of, forked, parties

LANGUAGES = ("ar", "ckb", "en")


def _name(party: str, language: str) -> str:
    return str(getattr(NAMES[party], language))


def _ledger_desk(browser: Browser, desk: Desk, language: str) -> Page:
    page = sign_in(browser, desk, language)
    page.get_by_test_id("desk-ledger").click()
    page.get_by_test_id("ledger-row").first.wait_for()
    return page


@pytest.fixture(scope="module")
def alarmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    """Three desks of a circle in which one party has two histories."""
    with forked(tmp_path_factory.mktemp("fork")) as desks:
        yield desks


def test_a_fork_raises_an_alarm_on_every_desk_of_every_member(
    browser: Browser, alarmed: list[Desk], tmp_path: Path
) -> None:
    for desk, language in zip(alarmed, LANGUAGES, strict=True):
        page = sign_in(browser, desk, language)
        alarm = page.get_by_test_id("fork-alarm")
        expect(alarm).to_be_visible()
        if desk.name != "mop":
            expect(alarm).to_contain_text(_name("mop", language))
        assert (alarm.get_attribute("data-origin") or "").startswith("mop/")
        row = page.get_by_test_id("log-row").filter(has_text=_name("mop", language)).first
        expect(row.locator(".tag.bad").first).to_be_visible()
        page.get_by_test_id("fork-open").click()
        expect(alarm).to_be_visible()  # it stays in sight on every desk
        fork = page.get_by_test_id("fork")
        expect(fork.locator("pre")).to_have_count(2)
        roots = {text.strip() for text in fork.locator("dd.code").all_inner_texts()}
        assert len(roots) == 2
        with page.expect_download() as download:
            page.get_by_test_id("fork-export").click()
        proof = tmp_path / f"{desk.name}.tansiq"
        download.value.save_as(proof)
        page.get_by_test_id("verify-file").set_input_files(proof)
        expect(page.get_by_test_id("verdict")).to_have_attribute("data-ok", "true")
        expect(page.get_by_test_id("verdict")).to_contain_text("mop/")
        page.close()


def test_the_party_whose_node_was_cloned_is_told_what_to_do(browser: Browser, alarmed: list[Desk]) -> None:
    page = _ledger_desk(browser, alarmed[1], "en")
    row = page.get_by_test_id("standing-row").first
    expect(row).to_have_attribute("data-state", "stopped")
    page.get_by_test_id("only-one").click()
    expect(page.get_by_test_id("only-one-confirm")).to_be_disabled()
    page.get_by_test_id("only-one-sure").check()
    page.get_by_test_id("only-one-confirm").click()
    # what is proven stays proven: only the next epoch goes on
    expect(page.get_by_test_id("standing")).to_contain_text("next epoch")
    expect(page.get_by_test_id("only-one")).to_have_count(0)
    page.close()
    page = _ledger_desk(browser, alarmed[0], "en")
    expect(page.get_by_test_id("standing")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_own_record_is_erased_and_shows_who_did_the_same(browser: Browser, tmp_path: Path, language: str) -> None:
    nodes = parties(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = circle_of(joc, mop, coalition)
    ref = say(joc, circle, "log", {"text": "the name that must go", "lang": "en"})
    meet(joc, mop, coalition)
    coalition.close()
    with at_desks([joc, mop]) as desks:
        author, reader = [sign_in(browser, desk, language) for desk in desks]
        for page in (author, reader):
            page.locator(f'[data-testid="log-row"][data-ref="{ref}"]').click()
            expect(page.get_by_test_id("record-panel")).to_contain_text("the name that must go")
        expect(author.get_by_test_id("acknowledgement")).to_have_attribute("data-state", "acknowledged")
        expect(
            author.locator(f'[data-testid="log-row"][data-ref="{ref}"]').get_by_test_id("ack-mark")
        ).to_have_attribute("data-state", "acknowledged")
        expect(reader.get_by_test_id("erase")).to_have_count(0)
        author.get_by_test_id("erase").click()
        expect(author.get_by_test_id("erase-confirm")).to_be_disabled()
        author.get_by_test_id("erase-personal").check()
        expect(author.get_by_test_id("erase-confirm")).to_be_disabled()
        author.get_by_test_id("erase-sure").check()
        author.get_by_test_id("erase-confirm").click()
        for page in (author, reader):
            expect(page.get_by_test_id("erased")).to_be_visible()
            expect(page.get_by_test_id("record-panel")).not_to_contain_text("the name that must go")
            expect(page.get_by_test_id("log-row").first).not_to_contain_text("the name that must go")
            expect(page.get_by_test_id("erased-mop")).to_have_attribute("data-done", "true")
            expect(page.get_by_test_id("erased-coalition")).to_have_attribute("data-done", "false")
            page.close()


def test_a_bundle_goes_from_page_to_page_in_parts(browser: Browser, tmp_path: Path) -> None:
    nodes = parties(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = circle_of(joc, mop)
    ref = say(joc, circle, "log", {"text": "carried on a stick", "lang": "en"})
    mop.close()
    files: list[Path] = []
    with at_desks([joc]) as (desk,):
        page = _ledger_desk(browser, desk, "ar")
        page.get_by_test_id("bundle-parts").select_option("2048")
        page.get_by_test_id("bundle-make").click()
        buttons = page.get_by_test_id("bundle-download")
        expect(buttons.nth(1)).to_be_visible()
        for button in buttons.all():
            with page.expect_download() as download:
                button.click()
            files.append(tmp_path / download.value.suggested_filename)
            download.value.save_as(files[-1])
        page.close()
    with at_desks([mop]) as (desk,):
        page = _ledger_desk(browser, desk, "ckb")
        page.get_by_test_id("bundle-file").set_input_files(files[1:])
        expect(page.get_by_test_id("bundle-missing")).to_be_visible()
        page.get_by_test_id("bundle-file").set_input_files(files[0])
        expect(page.get_by_test_id("bundle-report")).to_contain_text(_name("joc", "ckb"))
        expect(page.get_by_test_id("bundle-missing")).to_have_count(0)
        page.get_by_test_id("desk-watch").click()
        page.locator(f'[data-testid="log-row"][data-ref="{ref}"]').click()
        expect(page.get_by_test_id("record-panel")).to_contain_text("carried on a stick")
        page.close()


def test_an_epoch_is_proposed_at_one_desk_and_signed_at_another(browser: Browser, tmp_path: Path) -> None:
    nodes = parties(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle_of(joc, mop, coalition)
    meet(joc, mop, coalition)
    coalition.close()
    with at_desks([joc, mop]) as (one, two):
        page = _ledger_desk(browser, one, "ckb")
        page.get_by_test_id("epoch-propose").click()
        page.get_by_test_id("propose-coalition").uncheck()
        page.get_by_test_id("propose-now").click()
        expect(page.get_by_test_id("proposal")).to_have_attribute("data-yours", "false")
        other = _ledger_desk(browser, two, "ar")
        proposal = other.get_by_test_id("proposal")
        expect(proposal).to_have_attribute("data-yours", "true")
        expect(proposal.get_by_test_id("epoch-member-coalition")).to_have_attribute("data-change", "leaves")
        expect(proposal.get_by_test_id("epoch-member-joc")).to_have_attribute("data-signed", "true")
        other.get_by_test_id("epoch-look").click()
        expect(other.get_by_test_id("epoch-sign")).to_be_enabled()
        other.get_by_test_id("epoch-sign").click()
        for desk in (page, other):
            expect(desk.get_by_test_id("proposal")).to_have_count(0)
            expect(desk.get_by_test_id("ledger-row")).to_have_count(3 + 2)
            desk.close()
