"""What the columns of a table mean: layouts that are known, names that are usual, and the mapping that an officer sees.

Known are our own export, UCDP GED (codebook 25.1: `date_prec`, `where_prec`, `best`, `low`, `high`), ACLED (codebook:
`event_date`, `time_precision`, `geo_precision`, `fatalities`), and the columns that ODK and Kobo add to every form.
Columns of persons are never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from tansiq.geo.spelling import fold
from tansiq.incidents.categories import ACLED_TYPES, UCDP_TYPES
from tansiq.records.values import BAGHDAD

Layout = Literal["tansiq", "ucdp", "acled", "other"]
Order = Literal["ymd", "dmy", "mdy"]
Role = Literal[
    "date", "time", "date_end", "date_precision", "lat", "lon", "position", "accuracy", "place_precision",
    "place", "place_en", "place_ar", "place_ckb", "category", "title_en", "title_ar", "title_ckb", "text", "how_known",
    "source_grade", "info_grade", "killed", "killed_min", "killed_max", "wounded", "wounded_min", "wounded_max",
    "url", "id",
]  # fmt: skip

Short = Annotated[str, Meta(max_length=200)]


class Reading(Struct, frozen=True, forbid_unknown_fields=True):
    """How a table is read. All of it is shown to the officer and can be changed.

    `columns`: which column has which role. `date_order`: of dates in digits, where it is known or was answered. `zone`:
    minutes ahead of UTC of times that name no zone. `accuracy`: metres, of positions that state none. `types`: the
    category of each word in the column of categories. `all_on`, `how_known`, `lang`: of all rows that state none.
    `encoding`, `separator` and `sheet` answer what the file itself leaves open.
    """

    layout: Layout = "other"
    columns: dict[Short, Role] = {}
    date_order: Order | None = None
    zone: Annotated[int, Meta(ge=-840, le=840)] = BAGHDAD
    accuracy: Annotated[int, Meta(ge=1, le=1_000_000)] = 1000
    types: Annotated[dict[Short, Short], Meta(max_length=2000)] = {}
    all_on: Annotated[str, Meta(max_length=40)] | None = None
    how_known: Literal["seen", "heard", "told", "sensor", "press"] | None = None
    lang: Literal["ar", "ckb", "en"] | None = None
    encoding: Annotated[str, Meta(max_length=40)] = ""
    separator: Annotated[str, Meta(max_length=4)] = ""
    sheet: Annotated[str, Meta(max_length=200)] = ""


OWN_MARK: Final = "tansiq_ref"
"""The column by which our own export is known."""

_UCDP: Final[dict[str, Role]] = {
    "id": "id",
    "date_start": "date",
    "date_end": "date_end",
    "date_prec": "date_precision",
    "latitude": "lat",
    "longitude": "lon",
    "where_prec": "place_precision",
    "where_coordinates": "place_en",
    "type_of_violence": "category",
    "dyad_name": "title_en",
    "source_headline": "text",
    "best": "killed",
    "low": "killed_min",
    "high": "killed_max",
}
_ACLED: Final[dict[str, Role]] = {
    "event_id_cnty": "id",
    "data_id": "id",
    "event_date": "date",
    "time_precision": "date_precision",
    "latitude": "lat",
    "longitude": "lon",
    "geo_precision": "place_precision",
    "location": "place_en",
    "sub_event_type": "category",
    "event_type": "category",
    "notes": "text",
    "fatalities": "killed",
}
_UCDP_SIGNS: Final = frozenset({"date_start", "type_of_violence", "latitude", "longitude", "best"})
_ACLED_SIGNS: Final = frozenset({"event_date", "event_type", "latitude", "longitude", "fatalities"})

_USUAL: Final[dict[Role, str]] = {
    "date": "date|event_date|incident_date|date_of_incident|day|when|begin|start_date|تاريخ|التاريخ|تاريخ الحادث|"
    "تاريخ الحدث|اليوم|بەروار|ڕێکەوت|بەرواری ڕووداو|ڕۆژ",
    "time": "time|hour|event_time|الوقت|الساعة|وقت الحادث|کات|کاتژمێر",
    "date_end": "date_end|end_date|end",
    "lat": "lat|latitude|y|خط العرض|دائرة العرض|هێڵی پانی|پانی",
    "lon": "lon|lng|long|longitude|x|خط الطول|هێڵی درێژی|درێژی",
    "position": "mgrs|coordinates|position|gps|geopoint|grid|grid_reference|الاحداثيات|الإحداثيات|احداثيات|پۆتان|"
    "پێگە|location_gps",
    "accuracy": "accuracy|accuracy_m|precision_m|الدقة|وردی",
    "place": "place|location|place_name|village|town|المكان|الموقع|مكان الحادث|القرية|شوێن|گوند|شار",
    "place_en": "name_en|place_en",
    "place_ar": "name_ar|place_ar",
    "place_ckb": "name_ckb|place_ckb|name_ku",
    "category": "type|category|kind|event_type|incident_type|النوع|نوع الحادث|نوع الحدث|جۆر|جۆری ڕووداو",
    "title_en": "title_en",
    "title_ar": "title_ar",
    "title_ckb": "title_ckb",
    "text": "text|description|notes|note|details|summary|remarks|title|name|الوصف|التفاصيل|ملاحظات|العنوان|وەسف|"
    "تێبینی|وردەکاری|ناونیشان",
    "how_known": "how_known|كيف عرف|چۆن زانرا",
    "source_grade": "source_grade",
    "info_grade": "info_grade",
    "killed": "killed|deaths|dead|fatalities|القتلى|عدد القتلى|الشهداء|کوژراو|کوژراوان|ژمارەی کوژراوان",
    "killed_min": "killed_min",
    "killed_max": "killed_max",
    "wounded": "wounded|injured|injuries|الجرحى|عدد الجرحى|المصابون|بریندار|برینداران|ژمارەی برینداران",
    "wounded_min": "wounded_min",
    "wounded_max": "wounded_max",
    "url": "url|link|source_url|الرابط|بەستەر",
    "id": "id|event_id|uuid|instanceid|key|meta/instanceid",
}

_PERSON: Final = re.compile(
    r"(victim|suspect|person|reporter|informant|witness|father|mother|full|first|last|family|user|enumerator|"
    r"interviewer|respondent|submitter)[ _-]?name|^username$|phone|mobile(_?(no|number))?$|e-?mail|passport|"
    r"national_?id|id_?(card|number)|date_?of_?birth|^dob$|^age$|gender|^sex$|device_?id|subscriber|sim_?(serial|id)|"
    r"imei|submitted_?by|submitter|اسم (الضحية|المشتبه|الشاهد|المبلغ|الاب|الأب|الشخص)|الاسم (الكامل|الثلاثي)|"
    r"رقم الهاتف|الهاتف|الهوية|جواز|تاريخ (الميلاد|الولادة)|ناوی (قوربانی|گومانلێکراو|شایەت|سیانی|تەواو)|"
    r"ژمارەی (مۆبایل|تەلەفۆن)|ناسنامە|پاسپۆرت",
    re.IGNORECASE,
)
_GEOPOINT: Final = (
    (re.compile(r"^(.*[_/-])?_?(.+)[_-]latitude$", re.IGNORECASE), "lat"),
    (re.compile(r"^(.*[_/-])?_?(.+)[_-]longitude$", re.IGNORECASE), "lon"),
    (re.compile(r"^(.*[_/-])?_?(.+)[_-](precision|accuracy)$", re.IGNORECASE), "accuracy"),
)


def plain(name: str) -> str:
    """The name of a column as it is compared: its last group only, without case, marks and variants of letters."""
    last = name.rpartition("/")[2] or name
    return fold(last.replace("_", " "))


_BY_NAME: Final[dict[str, Role]] = {
    plain(name): role for role, names in _USUAL.items() for name in reversed(names.split("|"))
}


def of_persons(columns: Sequence[str]) -> list[str]:
    """The columns that say something of a person; they are named to the officer and never read."""
    return [one for one in columns if _PERSON.search(one.rpartition("/")[2] or one)]


def recognise(columns: Sequence[str]) -> Reading:
    """The mapping that a table's columns suggest: of a known layout whole, else by the usual names of columns."""
    by_lower = {one.strip().lower(): one for one in reversed(columns)}
    if OWN_MARK in by_lower:
        return Reading("tansiq")
    if by_lower.keys() >= _UCDP_SIGNS:
        return Reading("ucdp", _chosen(_UCDP, by_lower), "ymd", 0, 5000, dict(UCDP_TYPES), how_known="press", lang="en")
    if by_lower.keys() >= _ACLED_SIGNS:
        return Reading(
            "acled", _chosen(_ACLED, by_lower), None, 0, 5000, dict(ACLED_TYPES), how_known="press", lang="en"
        )
    return Reading("other", _usual(columns))


def _chosen(known: Mapping[str, Role], by_lower: Mapping[str, str]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for name, role in known.items():
        if name in by_lower and role not in found.values():
            found[by_lower[name]] = role
    return found


def _usual(columns: Sequence[str]) -> dict[str, Role]:
    """One column for each role: the first whose name is usual for it; the columns of a point of ODK go together."""
    persons = set(of_persons(columns))
    found: dict[str, Role] = {}
    taken: set[Role] = set()
    for one in columns:
        if one in persons:
            continue
        role: Any = _BY_NAME.get(plain(one)) or next((role for shape, role in _GEOPOINT if shape.match(one)), None)
        if role is not None and role not in taken:
            found[one] = role
            taken.add(role)
    if {"lat", "lon"} <= taken:  # the same point once more as one text
        found = {name: role for name, role in found.items() if role != "position"}
    return found
