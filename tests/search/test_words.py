"""Two spellings or forms of a word in the three languages are compared as one; other words are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.search.marks import marks_in
from tansiq.search.question import read_question
from tansiq.search.texts import texts_of
from tansiq.search.words import forms, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كركوك", "کرکوک"),
        ("مَخمور", "مخمور"),
        ("مخمـــور", "مخمور"),
        ("مه‌خموور", "مەخموور"),
        ("گەڵاڵە", "گەلالە"),
        ("نقطة", "نقطه"),
        ("مستشفى", "مستشفي"),
        ("١٢", "12"),
        ("۱۲", "12"),
        ("Makhmour", "Makhmūr"),
        ("Ba'quba", "Baquba"),
    ],
)
def test_what_spellers_differ_in_is_folded_away(one: str, other: str) -> None:
    assert forms(one)[0] == forms(other)[0]


@pytest.mark.parametrize(
    ("inflected", "plain"),
    [
        ("والهجوم", "هجوم"),
        ("بالعبوة", "عبوة"),
        ("للجيش", "جيش"),
        ("فالدورية", "دورية"),
        ("العبوات", "عبوة"),
        ("إرهابيين", "إرهابي"),
        ("گوندەکان", "گوند"),
        ("گوندەکانی", "گوند"),
        ("هێزەکە", "هێز"),
        ("هێزێک", "هێز"),
        ("شارەوە", "شار"),
        ("تەقینەوەکان", "تەقینەوە"),
        ("لێکۆڵینەوەکە", "لێکۆڵینەوە"),
        ("بازگەکەدا", "بازگە"),
        ("پێشمەرگەکان", "پێشمەرگە"),
        ("attacks", "attack"),
        ("villages", "village"),
        ("shelled", "shelling"),
    ],
)
def test_a_form_of_a_word_has_its_root(inflected: str, plain: str) -> None:
    assert forms(inflected)[1] == forms(plain)[1]


@pytest.mark.parametrize(
    ("one", "other"),
    [("هجوم", "نجوم"), ("جيش", "عيش"), ("شار", "شاخ"), ("post", "port"), ("قصف", "وصف"), ("٣", "٤")],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert forms(one)[1] != forms(other)[1]


def test_a_word_is_one_word_whatever_marks_stand_in_it() -> None:
    text = "قَصْفٌ على مه‌خموور، 12:30"
    assert [text[one.start : one.end] for one in words_of(text)] == ["قَصْفٌ", "على", "مه‌خموور", "12", "30"]


@given(st.text(max_size=200))
def test_words_stand_where_they_say_and_never_overlap(text: str) -> None:
    end = 0
    for word in words_of(text):
        assert end <= word.start < word.end <= len(text)
        assert word.folded
        assert word.root
        assert forms(text[word.start : word.end]) == (word.folded, word.root)
        end = word.end


@given(st.text(max_size=120), st.text(max_size=40))
def test_marks_lie_in_the_text_in_order(text: str, asked: str) -> None:
    end = 0
    for start, last in marks_in(text, read_question(asked, typing=True, category_of=lambda _: None)):
        assert end <= start < last <= len(text)
        end = last


@pytest.mark.parametrize("typed", ["Makhmur", "makhmoor", "مخمور", "مەخموور", "خمور", "Mexmûr"])
def test_a_place_is_marked_by_its_name_in_any_language(typed: str) -> None:
    sought = read_question(typed, typing=True, category_of=lambda _: None)
    for text, name in (
        ("دورية قرب مخمور", "مخمور"),
        ("لە نزیک مەخموورەوە", "مەخموورەوە"),
        ("east of Makhmour", "Makhmour"),
    ):
        at = text.index(name)
        assert marks_in(text, sought) == [(at, at + len(name))], text


def test_every_text_that_a_person_wrote_is_read_and_nothing_else() -> None:
    fields = {
        "title": {"ar": "عنوان", "en": "Title"},
        "category": "shelling",
        "place": {"lat": 1, "lon": 2, "accuracy": 3, "names": {"en": "Somewhere"}, "gazetteer": "makhmour"},
        "text": "words",
        "sources": ["https://example.org/a"],
        "imported": {"file": "0" * 64, "row": 1, "name": "file.csv"},
    }
    found = texts_of("incident", fields)
    assert {(one.field, one.heading) for one in found} == {
        ("title.ar", True),
        ("title.en", True),
        ("place.names.en", True),
        ("text", False),
    }
