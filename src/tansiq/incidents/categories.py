"""Words for what happened, in tables of others, and the category of ours that each stands for."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final, get_args, get_type_hints

from tansiq.geo.spelling import fold
from tansiq.records.kinds.incident import Incident

UCDP_TYPES: Final = {"1": "clash", "2": "clash", "3": "armed_attack"}
"""UCDP GED `type_of_violence`: state-based, non-state, one-sided."""

ACLED_TYPES: Final = {
    "Armed clash": "clash",
    "Government regains territory": "clash",
    "Non-state actor overtakes territory": "clash",
    "Attack": "armed_attack",
    "Sexual violence": "other",
    "Abduction/forced disappearance": "other",
    "Shelling/artillery/missile attack": "shelling",
    "Air/drone strike": "explosion",
    "Remote explosive/landmine/IED": "explosion",
    "Suicide bomb": "explosion",
    "Grenade": "explosion",
    "Chemical weapon": "other",
    "Peaceful protest": "other",
    "Protest with intervention": "other",
    "Excessive force against protesters": "other",
    "Violent demonstration": "other",
    "Mob violence": "other",
    "Looting/property destruction": "other",
    "Arrests": "raid",
    "Agreement": "other",
    "Change to group/activity": "other",
    "Disrupted weapons use": "other",
    "Headquarters or base established": "other",
    "Non-violent transfer of territory": "other",
    "Other": "other",
    "Battles": "clash",
    "Explosions/Remote violence": "explosion",
    "Violence against civilians": "armed_attack",
    "Protests": "other",
    "Riots": "other",
    "Strategic developments": "other",
}
"""ACLED `sub_event_type`, and `event_type` where a table has no finer column."""

_USUAL: Final = {
    "armed_attack": "armed attack|attack|هجوم|هجوم مسلح|اعتداء مسلح|هێرش|هێرشی چەکداری",
    "shooting": "shooting|small arms fire|saf|gunfire|fire incident|إطلاق نار|اطلاق نار|رمي|تەقەکردن|تەقە",
    "explosion": "explosion|ied|bomb|blast|vbied|mine|انفجار|تفجير|عبوة ناسفة|عبوة|لغم|تەقینەوە|بۆمب|مین",
    "shelling": "shelling|artillery|mortar|indirect fire|idf|rocket|قصف|هاون|قصف مدفعي|صاروخ|تۆپباران|هاوەن|مووشەک",
    "raid": "raid|search|arrest|مداهمة|تفتيش|اعتقال|إغارة|هەڵکوتان|هەڵکوتانەسەر|پشکنین",
    "clash": "clash|battle|armed clash|direct fire|اشتباك|اشتباكات|مواجهة|پێکدادان|شەڕ",
    "sighting": "sighting|observation|movement|رصد|مشاهدة|تحرك|بینین|جووڵە",
    "fire": "fire|arson|حريق|احتراق|حەرق|ئاگرکەوتنەوە|ئاگر|سووتان",
    "other": "other|أخرى|اخرى|غير ذلك|هیتر|هی تر|تر|ئەوانی تر",
}


@cache
def categories() -> tuple[str, ...]:
    """The categories of an incident."""
    literal = next(one for one in get_args(get_type_hints(Incident)["category"]) if get_args(one))
    return tuple(get_args(literal))


@cache
def _by_word() -> dict[str, str]:
    found = {fold(word): one for word, one in usual_words().items()}
    return found | {fold(one): one for one in categories()}


def usual_words() -> dict[str, str]:
    """The words that stand for a category, as they are usually written."""
    return {word: one for one, words in _USUAL.items() for word in words.split("|")}


@lru_cache(maxsize=4096)
def category_of(word: str) -> str | None:
    """The category that a word stands for in one of the three languages; None where none is known."""
    return _by_word().get(fold(word))
