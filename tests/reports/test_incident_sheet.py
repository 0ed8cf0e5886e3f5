"""The sheet of an event: every word in every language, what the file holds, a place as finely as it is known."""

from __future__ import annotations

import pytest

from incidents.test_file import NAMED, PLACE, Event
from tansiq.geo.mgrs import to_mgrs
from tansiq.records.values import Language
from tansiq.reports.incident_sheet import PAGE, Stand, sheet
from tansiq.reports.paper import lines_of
from tansiq.reports.paper_html import html
from tansiq.reports.voice import Voice
from tansiq.wording.pages import page_words

LANGUAGES: tuple[Language, ...] = ("ar", "ckb", "en")
PARTIES = {"joc": {"en": "Joint Command", "ar": "القيادة", "ckb": "فەرماندەیی"}}


def words(lang: Language) -> set[tuple[str, str]]:
    return {(section, key) for section, rows in page_words(lang, PAGE).items() for key in rows}


def test_the_languages_have_the_same_words() -> None:
    assert words("ar") == words("ckb") == words("en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_stands_and_gives_a_place_as_finely_as_it_is_known(lang: Language) -> None:
    ours = {"killed": {"min": 0, "max": 0}, "text": "انفجار", "lang": "ar", "how_known": "told"}
    event = Event(ours, {"killed": {"min": 2, "max": 2}}).join()
    event.say("joc", "finding", {"step": "verified", "action": NAMED["action"], "place": PLACE}, event.ours)
    page = sheet(event.file(), Voice(lang, PARTIES), Stand({"en": "All"}, exercise=True, label="TLP:AMBER", at=0))
    text = "\n".join("".join(span.text for span in line) for line in lines_of(page.blocks))
    stands = page_words(lang, PAGE)["standing"]
    assert stands["disputed"] in text
    assert stands["agreed"] in text
    assert stands["unknown"] in text
    assert page_words(lang, PAGE)["why"]["not_named"] in text
    assert page_words(lang, PAGE)["origin"]["told_knowing"] not in text, "nobody had heard the other's report before"
    assert to_mgrs(PLACE["lat"], PLACE["lon"], 3) in text
    assert to_mgrs(PLACE["lat"], PLACE["lon"], 5) not in text
    assert page.mark
    assert "انفجار" in html(page)
