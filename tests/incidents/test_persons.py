"""A request about a person is refused, and nothing else is: ranks that are also units, offices, and places pass."""

from __future__ import annotations

import pytest

from tansiq.errors import MalformedInput
from tansiq.incidents.persons import words_on_a_person
from tansiq.incidents.request_words import read_request

ABOUT_PERSONS = (
    "Where does Colonel Ahmed Hassan sleep?",
    "Tell us the date of birth of the driver.",
    "نطلب معلومات عن العقيد أحمد حسن الجبوري",
    "نطلب معلومات عن العَقِيد الركن أحمد حسن",
    "ما تاريخ الميلاد ورقم الهوية للسائق؟",
    "زانیاریمان پێویستە دەربارەی عەقید ئەحمەد حەسەن",
    "ناوی دایکی شوفێرەکە چییە؟",
)
ABOUT_PLACES = (
    "",
    "Who was at the bridge at 10?",
    "a major security incident near Makhmur, and the general situation there",
    "Major road closed at Dibis",
    "The Major General commanding asks when the road opens",
    "من كان عند الجسر الثاني؟",
    "نطلب أن يتحقق الفريق الطبي المشترك من الجسر",
    "لواء المشاة الرابع عشر واللواء الثامن: متى يمرّ الرتل؟",
    "الطلب المقدم من قبلكم أمس: أين وصل؟",
    "يرجى إبلاغ العقيد آمر فوج الطوارئ بموعد المرور",
    "العميد قائد عمليات كركوك يطلب الإسناد",
    "معبد الشيخ عدي بن مسافر: هل الطريق مفتوح؟",
    "رقم هاتف غرفة العمليات لديكم؟",
    "کێ لەوێ بوو؟",
    "لیوای هەشت و فەوجی دوو کەی تێدەپەڕن؟",
    "عەقید فەرماندەی فەوجەکە داوای کاتی تێپەڕین دەکات",
)


@pytest.mark.parametrize("text", ABOUT_PERSONS)
def test_what_asks_about_a_person_is_found_and_refused(text: str) -> None:
    found = words_on_a_person(text)
    assert found is not None
    assert found in text
    with pytest.raises(MalformedInput) as refusal:
        read_request({"text": text, "to": ["mop"]}, "joc", corrects=False)
    assert refusal.value.code == "requests.of_a_person"


@pytest.mark.parametrize("text", ABOUT_PLACES)
def test_what_asks_about_a_place_an_event_or_an_office_passes(text: str) -> None:
    assert words_on_a_person(text) is None
    read_request({"text": text, "to": ["mop"]}, "joc", corrects=False)
