"""Reports in words: what is found where, what is left open, and that no text makes the reading lie about its words."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.labelled import place_value, reports, time_value
from tansiq.errors import MalformedInput
from tansiq.geo.coordinates import read_coordinates
from tansiq.geo.gazetteer import listed_places
from tansiq.geo.mgrs import to_mgrs
from tansiq.incidents.reading.drafts import Draft, drafts_of
from tansiq.incidents.reading.finds import CountRead, DayRead, Find, KindRead, PlaceRead
from tansiq.incidents.reading.reader import MOST_SIGNS, language_of, read_text

DAY = dt.date(2020, 9, 16)
"""A Wednesday."""


def _places(text: str) -> list[str | None]:
    finds = read_text(text, DAY).finds
    return [
        place_value(one)
        for one in finds
        if one.certainty == "unlisted" or (one.meanings and isinstance(one.meanings[0], PlaceRead))
    ]


def _times(text: str, day: dt.date | None = DAY) -> list[str]:
    return [value for one in read_text(text, day).finds if (value := time_value(one)) is not None]


def _drafts(text: str, day: dt.date | None = DAY) -> list[Draft]:
    return drafts_of(text, read_text(text, day))


def _find(text: str, words: str, day: dt.date | None = DAY) -> Find:
    return next(one for one in read_text(text, day).finds if one.words == words)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("يوم 28 أيلول 2020", "2020-09-28"),
        ("في 28 سبتمبر 2020", "2020-09-28"),
        ("٢٨ی ئەیلوولی ٢٠٢٠", "2020-09-28"),
        ("on the 28th of September 2020", "2020-09-28"),
        ("28 كانون الثاني 2021", "2021-01-28"),
        ("28 كانون الأول 2020", "2020-12-28"),
        ("٢٨ی کانوونی یەکەمی ٢٠٢٠", "2020-12-28"),
        ("أمس الثلاثاء", "2020-09-15"),
        ("دوێنێ", "2020-09-15"),
        ("last Wednesday", "2020-09-09"),
        ("الأربعاء", "2020-09-16"),
        ("الأحد المقبل", "2020-09-20"),
        ("next Wednesday", "2020-09-23"),
        ("قبل أسبوعين", "2020-09-02"),
        ("قبل ثلاثة أيام", "2020-09-13"),
        ("سێ ڕۆژ لەمەوبەر", "2020-09-13"),
        ("three days ago", "2020-09-13"),
        ("هەفتەی ڕابردوو", "2020-09-06/2020-09-12"),
        ("الشهر الماضي", "2020-08"),
        ("في أيلول 2020", "2020-09"),
        ("9/16/2020", "2020-09-16"),
        ("1 رمضان 1441 هـ", "2020-04-24"),
        ("161430CSEP20", "2020-09-16T14:30"),
        ("162130ZSEP20", "2020-09-17T00:30"),
        ("الساعة الثالثة عصراً", "T15:00"),
        ("الساعة الثالثة والنصف ليلاً", "T03:30"),
        ("at 12 pm", "T12:00"),
        ("کاتژمێر ٩ی شەو", "T21:00"),
        ("أمس الأول", "2020-09-14"),
        ("the night before last", "2020-09-14"),
        ("two nights ago", "2020-09-14"),
        ("بەر لە دوو ڕۆژ", "2020-09-14"),
        ("ڕۆژی دووشەمە", "2020-09-14"),
        ("Tuesday last week", "2020-09-08"),
        ("الثلاثاء من الأسبوع الماضي", "2020-09-08"),
        ("هەفتەی ڕابردوو ڕۆژی سێشەمە", "2020-09-08"),
        ("on the 12th.", "2020-09-12"),
        ("on the 28th, near the bridge", "2020-08-28"),
        ("يوم 12 الساعة", "2020-09-12"),
        ("لە ١٢ی مانگ", "2020-09-12"),
        ("our message of 7/9", "2020-09-07"),
        ("الساعة (٠٦٣٥)", "T06:35"),
        ("at abt 2140", "T21:40"),
        ("time 18.20", "T18:20"),
        ("بالليل يمكن 10 ونص", "T22:30"),
        ("شەو سەعات ١١ و نیو", "T23:30"),
        ("الصبح الساعة 7 وربع", "T07:15"),
        ("ليلاً، في حدود الساعة 2", "T02:00"),
        ("مساءً", ""),
    ],
)
def test_a_date_or_time_is_read(text: str, value: str) -> None:
    assert _times(text) == ([value] if value else [])


@pytest.mark.parametrize(
    "text", ["10 ونص كم", "on the 12th floor", "the 12th Brigade", "كل يوم 3 دوريات", "10 ونص", "in 1/3 of the posts"]
)
def test_what_only_looks_like_a_date_or_time_is_none(text: str) -> None:
    assert _times(text) == []


def test_a_relative_day_has_no_meaning_without_a_day_to_count_from() -> None:
    assert _times("هجوم أمس قرب كركوك", None) == []
    assert _find("هجوم أمس قرب كركوك", "أمس", None).certainty == "ambiguous"
    assert "when" not in _drafts("هجوم أمس قرب كركوك", None)[0].fields


def test_a_weekday_that_is_not_the_day_beside_it_is_left_to_the_officer() -> None:
    found = _find("وقع الهجوم أمس الاثنين في كركوك", "أمس الاثنين")
    assert found.certainty == "ambiguous"
    assert "when_doubtful" in _drafts("وقع الهجوم أمس الاثنين في كركوك")[0].questions


def test_a_date_with_day_and_month_both_under_thirteen_has_both_meanings_the_day_first() -> None:
    found = _find("انفجار في كركوك بتاريخ 3/4/2021", "3/4/2021")
    assert [one.first for one in found.meanings if isinstance(one, DayRead)] == ["2021-04-03", "2021-03-04"]


def test_an_hour_without_its_half_of_the_day_fills_no_field() -> None:
    draft = _drafts("انفجار في كركوك اليوم الساعة الثالثة")[0]
    assert draft.fields["when_precision"] == "day"
    assert "when_doubtful" in draft.questions


@pytest.mark.parametrize(
    "text", ["ضبط شحنة خمور", "محال لبيع الخمور في بغداد", "عازف الزمار", "توزيع المواد", "هذا العظيم"]
)
def test_a_common_word_is_no_place_by_itself(text: str) -> None:
    assert not {"makhmour", "zummar", "tuz_khurmatu", "adhaim"} & set(_places(text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("هجوم في خمور", "makhmour"),
        ("بكركوك", "kirkuk"),
        ("والحويجة", "hawija"),
        ("لسنجار", "sinjar"),
        ("لە کەرکووکەوە", "kirkuk"),
        ("هەولێردا", "erbil"),
        ("near Makhmur's bridge", "makhmour"),
        ("in Khanaqeen", "khanaqin"),
        ("في طوزخرماتو", "tuz_khurmatu"),
        ("38 S LE 7612 6034", None),
    ],
)
def test_a_place_is_read_in_any_spelling_and_inflection(text: str, place: str | None) -> None:
    found = _places(text)
    assert len(found) == 1
    assert place is None or found == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("contact at LE 7612 6034, nothing seen", "38SLE76126034"),
        ("الإحداثي LE 76 60", "38SLE7660"),
    ],
)
def test_a_grid_without_its_zone_is_that_of_the_ground_of_the_base_map(text: str, place: str) -> None:
    position = read_coordinates(place)
    assert _places(text) == [f"{position.lat},{position.lon}"]
    assert "place_doubtful" in _drafts(f"{text}, explosion")[0].questions


def test_every_listed_place_is_found_by_its_grid_without_the_zone() -> None:
    for hit, _ in listed_places():
        if hit.lat is None or hit.lon is None:
            continue
        grid = to_mgrs(hit.lat, hit.lon, 3)
        position = read_coordinates(grid)
        assert _places(f"at {grid[3:5]} {grid[5:8]} {grid[8:]}") == [f"{position.lat},{position.lon}"], hit.id


@pytest.mark.parametrize("text", ["at le 7612 6034", "LE 76 60", "FY 2020 2021", "AT 0630 0900", "ID 761260 603412"])
def test_letters_and_digits_that_are_no_grid_are_no_place(text: str) -> None:
    assert _places(text) == []


def test_every_listed_name_is_read_as_it_is_listed() -> None:
    for hit, spellings in listed_places():
        for spelling in spellings:
            finds = read_text(
                f"في {spelling.title()}، انفجار" if spelling.isascii() else f"في {spelling}، انفجار", DAY
            ).finds
            ids = {read.id for one in finds for read in one.meanings if isinstance(read, PlaceRead)}
            assert hit.id in ids, spelling


def test_a_denied_event_is_no_incident() -> None:
    drafts = _drafts("لم يقع أي هجوم في كركوك اليوم.")
    assert [one.kind for one in drafts] == ["log"]
    kind = next(
        one.meanings[0]
        for one in read_text("لم يقع أي هجوم في كركوك.", DAY).finds
        if one.meanings and isinstance(one.meanings[0], KindRead)
    )
    assert kind.denied


@pytest.mark.parametrize(
    "text",
    [
        "تم تفكيك عبوة ناسفة قرب داقوق",
        "العثور على صاروخين في كفري",
        "an IED was found between Tuz and Amerli, it did not detonate",
        "مینێک دۆزرایەوە لە نزیک داقوق",
    ],
)
def test_what_was_found_or_defused_did_not_go_off(text: str) -> None:
    assert [one.kind for one in _drafts(text)] == ["log"]


@pytest.mark.parametrize(
    "text",
    [
        "انفجرت عبوة وعثر على عبوة ثانية في داقوق",
        "a patrol hit an IED near Daquq, 2 wounded; another IED was found",
        "انفجار عبوة أثناء محاولة تفكيكها قرب داقوق",
    ],
)
def test_what_went_off_or_hurt_somebody_is_an_event_though_more_was_found(text: str) -> None:
    assert [one.fields["category"] for one in _drafts(text) if one.kind == "incident"] == ["explosion"]


@pytest.mark.parametrize(
    "text",
    [
        "ماكو خساير والحمدلله",
        "لا توجد اي خسائر بشريه",
        "بدون أي إصابات",
        "محد تأذى",
        "الخسائر: لا توجد",
        "nil cas",
        "without any casualties",
        "No one got hurt",
        "کەس هیچی لێ نەهات",
        "بەبێ زیانی گیانی",
    ],
)
def test_that_nobody_was_hurt_is_read_in_the_words_of_the_street_too(text: str) -> None:
    reads = [one.meanings[0] for one in read_text(text, DAY).finds if one.meanings]
    assert {(one.of, one.most) for one in reads if isinstance(one, CountRead)} == {("killed", 0), ("wounded", 0)}


@pytest.mark.parametrize(
    "text", ["دون خسائر مادية", "no cases of damage", "دون إصابة الهدف", "without material losses"]
)
def test_other_losses_are_no_count_of_people(text: str) -> None:
    assert not [one for one in read_text(text, DAY).finds if one.meanings and isinstance(one.meanings[0], CountRead)]


def test_a_hamza_that_a_quick_hand_leaves_out_changes_nothing() -> None:
    assert _times("الساعة 9 مسا يوم الثلاثا") == _times("الساعة 9 مساءً يوم الثلاثاء") == ["T21:00", "2020-09-15"]
    assert _find("الساعة 9 مساءً", "الساعة 9 مساءً").words.endswith("ً")


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("at least three wounded", {("wounded", 3, True)}),
        ("مقتل جنديين وإصابة خمسة وعشرين", {("killed", 2, False), ("wounded", 25, False)}),
        ("بیست و پێنج کەس بریندار بوون", {("wounded", 25, False)}),
        ("no fatalities", {("killed", 0, False)}),
        ("two mortar rounds, three wounded", {("wounded", 3, False)}),
        ("پێشمەرگەیەک شەهید بوو و دووانیش بریندار", {("killed", 1, False), ("wounded", 2, False)}),
        ("سێ سەرباز برینداربوون", {("wounded", 3, False)}),
    ],
)
def test_numbers_are_read_in_words_of_three_languages(text: str, counts: set[tuple[str, int, bool]]) -> None:
    reads = [one.meanings[0] for one in read_text(text, DAY).finds if one.meanings]
    assert {(one.of, one.least, one.open) for one in reads if isinstance(one, CountRead)} == counts


def test_two_events_in_one_text_become_two_drafts_each_with_its_place_and_day() -> None:
    text = "انفجرت عبوة في داقوق أمس وأصيب اثنان. وهاجم مسلحون نقطة في كفري اليوم وقتل ثلاثة."
    first, second = _drafts(text)
    assert (first.fields["place"]["gazetteer"], second.fields["place"]["gazetteer"]) == ("daquq", "kifri")
    assert (first.fields["category"], second.fields["category"]) == ("explosion", "armed_attack")
    assert first.fields["when"]["from"] + 86_400_000 == second.fields["when"]["from"]
    assert (first.fields["wounded"], second.fields["killed"]) == ({"min": 2, "max": 2}, {"min": 3, "max": 3})


def test_several_places_are_all_offered() -> None:
    draft = _drafts("حريق في الحقول بين مخمور والكوير اليوم")[0]
    assert "place_several" in draft.questions
    assert {one.id for one in draft.choices} == {"makhmour", "gwer"}


def test_beside_a_position_the_places_that_are_named_are_offered_without_a_question() -> None:
    draft = _drafts("4 rounds 82mm landed near Makhmur. Fired from vic 38SLE 5512 5477")[0]
    assert "place_several" not in draft.questions
    assert draft.fields["place"].get("gazetteer") is None
    assert [one.id for one in draft.choices] == ["", "makhmour"]


def test_yesterday_counts_from_the_text_s_own_date() -> None:
    reading = read_text("أخبار\n\n16 سبتمبر 2020\n\nوقع هجوم أمس قرب كركوك", dt.date(2026, 1, 1))
    assert reading.reference == "2020-09-16"
    assert "2020-09-15" in [time_value(one) for one in reading.finds]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "reading.empty"),
        ("  \n", "reading.empty"),
        ("a" * (MOST_SIGNS + 1), "reading.too_long"),
        ("a\x00b", "reading.not_text"),
    ],
)
def test_what_is_no_report_is_refused(text: str, code: str) -> None:
    with pytest.raises(MalformedInput) as refused:
        read_text(text, DAY)
    assert refused.value.code == code


@pytest.mark.parametrize(("name", "language"), [("ar", "ar"), ("ckb", "ckb"), ("en", "en")])
def test_the_language_of_a_report_is_seen(name: str, language: str) -> None:
    assert {language_of(one.text) for one in reports() if one.name.startswith(f"{name}-")} == {language}


_SCRAPS = st.sampled_from(
    [
        "مخمور",
        "خمور",
        " ",
        "\n",
        "و",
        "ب",
        "أمس",
        "الثلاثاء",
        "16",
        "/",
        ".",
        "9",
        "2020",
        "ئەیلوول",
        "ی",
        "دوێنێ",
        "killed",
        "two",
        "at",
        ":",
        "30",
        "38S LE 76 60",
        "35.7, 43.5",
        "َ",
        "\u200c",
        "🔥",
        "اجتماع",
        "تم الاتفاق على",
        "هـ",
        "محرم",
        "1442",
        "لا",
        "إصابات",
        "الساعة",
        "٣",
        "İ",
        "ﻻ",
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(_SCRAPS | st.text(max_size=6), max_size=40).map("".join))
def test_any_text_is_read_or_refused_and_every_find_says_the_words_that_stand_there(text: str) -> None:
    try:
        reading = read_text(text, DAY)
    except MalformedInput:
        assert not text.strip() or any(ord(sign) < 32 for sign in text)
        return
    for one in reading.finds:
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.words
    for draft in drafts_of(text, reading):
        assert all(0 <= span.start <= span.end <= len(text) for span in draft.spans)
        assert all(source.end <= len(text) for source in draft.sources)


def test_every_word_of_a_text_of_the_greatest_length_is_read() -> None:
    line = "قرب كركوك.\n"
    text = line * (MOST_SIGNS // len(line))
    assert _places(text) == ["kirkuk"] * (MOST_SIGNS // len(line))
