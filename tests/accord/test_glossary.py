"""Agreed terms: what stands in one language has its counterpart in the others, however it is inflected."""

from __future__ import annotations

import pytest

from tansiq.accord.glossary import Glossary, Term, agreed_terms, term_of
from tansiq.records.values import Language

TERMS = Glossary(agreed_terms())
WELL_SAID = (
    {
        "en": "The joint coordination centres report incidents to both parties.",
        "ar": "ترفع مراكز التنسيق المشتركة تقارير بالحوادث إلى الطرفين.",
        "ckb": "سەنتەرەکانی هەماهەنگیی هاوبەش ڕاپۆرتی ڕووداوەکان بۆ هەردوو لایەن بەرز دەکەنەوە.",
    },
    {
        "en": "Patrols in the disputed areas are announced by a notice.",
        "ar": "يُعلَن عن الدوريات في المناطق المتنازع عليها بإشعارٍ.",
        "ckb": "دەوریەکان لە ناوچە جێناکۆکەکان بە ئاگادارکردنەوە ڕادەگەیەندرێن.",
    },
    {
        "en": "Commitments enter the agreement.",
        "ar": "والتزاماتُهما في الاتفاقية",
        "ckb": "پابەندبوونەکانیان لە ڕێککەوتنەکەدا",
    },
)


def test_every_agreed_term_has_all_three_languages() -> None:
    assert len(agreed_terms()) > 60
    assert all(set(one.words) == {"ar", "ckb", "en"} for one in agreed_terms())


@pytest.mark.parametrize("term", agreed_terms(), ids=lambda one: one.words["en"][0])
def test_every_term_is_found_in_its_own_words(term: Term) -> None:
    assert TERMS.check(term.preferred()) == []


@pytest.mark.parametrize("text", WELL_SAID)
def test_inflected_words_are_the_term(text: dict[Language, str]) -> None:
    assert TERMS.check(text) == []


def test_a_missing_counterpart_is_named_with_what_was_expected() -> None:
    warnings = TERMS.check(
        {
            "en": "The liaison officer attends.",
            "ar": "يحضر منسّق الاتصالات.",
            "ckb": "ئەفسەری پەیوەندی ئامادە دەبێت.",
        }
    )
    assert [(one.missing_in, one.expected[0]) for one in warnings] == [("ar", "ضابط ارتباط")]


def test_a_language_without_words_is_not_warned_about() -> None:
    assert TERMS.check({"en": "The liaison officer attends.", "ar": ""}) == []


def test_the_longer_term_is_asked_for_and_not_the_one_within_it() -> None:
    warnings = TERMS.check({"en": "The joint coordination centre opens.", "ar": "يفتح المكتب."})
    assert [one.expected[0] for one in warnings] == ["مركز التنسيق المشترك"]


def test_a_definition_makes_a_term() -> None:
    term = term_of({"en": "Buffer", "ar": "النطاق العازل", "ckb": "ناوچەی دابڕ"})
    assert term is not None
    own = Glossary([term])
    assert (
        own.check({"en": "In the buffer nobody moves.", "ar": "لا حركة في النطاق العازل", "ckb": "لە ناوچەی دابڕدا"})
        == []
    )
    assert [
        one.missing_in
        for one in own.check({"en": "In the buffer.", "ar": "لا حركة في النطاق العازل", "ckb": "لە ناوچەکە"})
    ] == ["ckb"]
    assert term_of({"en": "Buffer"}) is None
