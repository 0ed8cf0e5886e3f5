"""Word by word, right for Arabic script: both sides can be put together again, and nothing more differs than must."""

from __future__ import annotations

import itertools
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from tansiq.accord.compare import brackets, difference
from tansiq.accord.words import fold, split

LETTERS = "ابتيىكکیەهھةێڕڵۆأإ\u0640\u200c\u200d\u064f\u0651\u065aab é٣3۳ \n،,.؛[]-"
WORDS = ("يفتح", "المركز", "المركزُ", "في", "كركوك", "کەرکووک", "هەولێر", "centre", "و", "،", "٢٠", "20")
texts = st.one_of(
    st.text(LETTERS, max_size=40), st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(max_size=30)
)


@given(texts)
def test_words_put_together_are_the_text(text: str) -> None:
    assert "".join(one.written for one in split(text)) == text


@given(texts, texts)
def test_a_difference_holds_both_sides_whole(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(one.before for one in pieces) == before
    assert "".join(one.after for one in pieces) == after
    assert all(one.before == one.after for one in pieces if one.op == "same")
    assert all(not one.after for one in pieces if one.op == "gone")
    assert all(not one.before for one in pieces if one.op == "new")


@given(st.lists(st.sampled_from(WORDS), max_size=9), st.lists(st.sampled_from(WORDS), max_size=9))
def test_no_more_words_differ_than_must(before: list[str], after: list[str]) -> None:
    pieces = difference(" ".join(before), " ".join(after))
    common = sum(len(split(one.before)) for one in pieces if one.op in ("same", "spelled"))
    assert common == _longest_common([fold(one) for one in before], [fold(one) for one in after])


def _longest_common(left: list[str], right: list[str]) -> int:
    @cache
    def longest(i: int, j: int) -> int:
        if i == len(left) or j == len(right):
            return 0
        here = 1 + longest(i + 1, j + 1) if left[i] == right[j] else 0
        return max(here, longest(i + 1, j), longest(i, j + 1))

    return longest(0, 0)


@given(st.lists(texts, min_size=1, max_size=4))
def test_brackets_hold_every_wording_whole(wordings: list[str]) -> None:
    found = brackets(wordings)
    for number, wording in enumerate(wordings):
        assert "".join(one.in_wording(number) for one in found) == wording
    for one in found:
        if one.common is None:
            assert sorted(number for numbers, _ in one.of for number in numbers) == list(range(len(wordings)))
            assert len({text for _, text in one.of}) == len(one.of) > 1


@given(st.lists(texts, min_size=2, max_size=3))
@settings(max_examples=50)
def test_two_brackets_never_touch(wordings: list[str]) -> None:
    found = brackets(wordings)
    assert all(a.common is not None or b.common is not None for a, b in itertools.pairwise(found))


def test_letters_that_are_written_in_several_ways_are_one() -> None:
    for one, other in (
        ("مُبلَّغ", "مبلغ"),
        ("تنســـيق", "تنسيق"),
        ("علي", "علی"),
        ("كركوك", "کرکوک"),
        ("أمن", "امن"),
        ("ناوچه\u200c", "ناوچە"),
        ("ی\u065a", "ێ"),
        ("٢٠٢٠", "2020"),
        ("۲۰", "20"),
        ("می\u200cشود", "میشود"),
        ("Café", "CAFE\u0301"),
    ):
        assert fold(one) == fold(other), one


def test_letters_that_tell_words_apart_in_sorani_stay_apart() -> None:
    for one, other in (("شیر", "شێر"), ("کوڕ", "کور"), ("دڵ", "دل"), ("بۆ", "بو"), ("دە", "ده"), ("حق", "حک")):
        assert fold(one) != fold(other), one


def test_what_is_spelled_otherwise_is_shown_as_written() -> None:
    pieces = difference("يُنشأ المركز في كركوك.", "ينشأ المركز فی کرکوک.")
    assert [one.op for one in pieces] == ["spelled", "same", "spelled", "same"]
    assert pieces[2].after == "فی کرکوک"


def test_a_word_is_never_broken_at_a_mark_or_a_joiner() -> None:
    words = [one.written for one in split("پلان‌بۆداڕێژراو، مُتَحقَّقٌ تنســيق (هەڵوێست) 13/10/2020")]
    assert words == ["پلان‌بۆداڕێژراو", "، ", "مُتَحقَّقٌ ", "تنســيق ", "(", "هەڵوێست", ") ", "13/10/2020"]


def test_a_bracket_is_a_phrase_and_no_crumbs() -> None:
    found = brackets(["opens on 1 July in Kirkuk and Makhmur.", "opens on 15 May at Kirkuk only."])
    assert [one.common for one in found] == ["opens on ", None, "."]
    assert found[1].of == (((0,), "1 July in Kirkuk and Makhmur"), ((1,), "15 May at Kirkuk only"))


def test_the_longest_text_of_a_clause_is_compared() -> None:
    before = " ".join(f"w{number % 97}" for number in range(1900))
    after = " ".join(f"w{number % 89}" for number in range(1900))
    pieces = difference(before, after)
    assert "".join(one.after for one in pieces) == after


def test_a_text_beyond_the_limit_is_set_against_the_other_whole() -> None:
    pieces = difference("a " * 9000, "b " * 3)
    assert [one.op for one in pieces] == ["gone", "new"]
