"""Dates and times in tables: three sets of digits, names of months in three languages, no order guessed.

`01/02/2020` is the first of February or the second of January: which of them is told by other rows of the same column,
where one of them fits only one order, and else by the officer. Years of two digits are refused.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from tansiq.errors import MalformedInput
from tansiq.geo.spelling import western_digits
from tansiq.incidents.layouts import Order

Precision = Literal["minute", "day", "month"]
MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
LONGEST: Final = 80
"""Characters of a date or a time: what is longer is none, and is not looked through."""
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()
_YEARS: Final = (1900, 2200)
_MONTHS: Final = (
    "january|jan|كانون الثاني|يناير|کانوونی دووەم|کانونی دووەم|ڕێبەندان",
    "february|feb|شباط|فبراير|شوبات",
    "march|mar|اذار|آذار|مارس|ئازار",
    "april|apr|نيسان|ابريل|أبريل|نیسان",
    "may|ايار|أيار|مايو|ئایار|مایس",
    "june|jun|حزيران|يونيو|حوزەیران",
    "july|jul|تموز|يوليو|تەممووز|تەمموز",
    "august|aug|اب|آب|اغسطس|أغسطس|ئاب",
    "september|sep|sept|ايلول|أيلول|سبتمبر|ئەیلوول|ئەیلول",
    "october|oct|تشرين الاول|تشرين الأول|اكتوبر|أكتوبر|تشرینی یەکەم",
    "november|nov|تشرين الثاني|نوفمبر|تشرینی دووەم",
    "december|dec|كانون الاول|كانون الأول|ديسمبر|کانوونی یەکەم|کانونی یەکەم",
)
_LETTERS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ي": "ی", "ى": "ی", "ك": "ک", "\u200c": "", "\u200f": ""}
)
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u061c]")
_ISO: Final = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?")
_DIGITS: Final = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_SHORT: Final = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2}")
_NAMED: Final = re.compile(
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?[\s-]+)?([^\W\d_][^\d,،-]*?)[\s,،-]+(?:([0-9]{1,2})[,،]\s*)?([0-9]{4})"
)
_CLOCK: Final = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?\s*(am|pm|ص|م|پ\.ن|د\.ن)?\s*(z|utc|[+-][0-9]{2}:?[0-9]{2})?"
)
_BOTH: Final = re.compile(
    r"(.*?)(?:[T\s,،]+([0-9]{1,2}:[0-9]{2}\S*(?:\s*(?:am|pm|ص|م|پ\.ن|د\.ن))?(?:\s*(?:z|utc|[+-][0-9:]+))?))?",
    re.IGNORECASE,
)


def _month_key(text: str) -> str:
    return " ".join(text.translate(_LETTERS).casefold().split())


_BY_NAME: Final = {_month_key(word): at for at, words in enumerate(_MONTHS, start=1) for word in words.split("|")}


class Moment(NamedTuple):
    """When (ms) something begins and ends by what was written, and how precisely that was."""

    start: int
    end: int
    precision: Precision


def cleaned(text: str) -> str:
    """The text with Western digits, without marks of direction and spaces around."""
    return _INVISIBLE.sub("", western_digits(text)).strip()


def orders_of(values: Iterable[str]) -> set[Order]:
    """The orders by which every date in digits of a column can be read; of dates in digits without question: `ymd`.

    Nothing where no value is such a date. A value that is no date in any order says nothing: its row is refused.
    """
    fitting: set[Order] = {"dmy", "mdy"}
    seen = False
    for value in values:
        found = _DIGITS.match(cleaned(value[:LONGEST]))
        if found is None:
            continue
        first, second = int(found[1]), int(found[2])
        fits: set[Order] = set()
        if 1 <= second <= 12 and 1 <= first <= 31:
            fits.add("dmy")
        if 1 <= first <= 12 and 1 <= second <= 31:
            fits.add("mdy")
        if fits:
            seen = True
            fitting &= fits
    return fitting if seen else {"ymd"}


def read_moment(date: str, clock: str, order: Order | None, zone: int) -> Moment:
    """The moment that a date, with or without a time of day, states; `zone` (minutes) where it names none.

    Refuses `incident_row.date`, `.date_ambiguous` (digits without a known order), `.year_short`, `.clock`.
    """
    if len(date) > LONGEST or len(clock) > LONGEST:
        raise MalformedInput("incident_row.date", value=date[:40])
    whole = _BOTH.fullmatch(cleaned(date))
    day_text, written = (whole[1], whole[2] or "") if whole else (cleaned(date), "")
    time_text = cleaned(clock) or written
    year, month, day = _date(day_text.strip(" T,،"), order, date)
    if day is None:
        start = _midnight(year, month, 1, date) - zone * MINUTE_MS
        return Moment(start, start + calendar.monthrange(year, month)[1] * DAY_MS - 1, "month")
    midnight = _midnight(year, month, day, date)
    # a table program writes a bare date as its midnight
    if not time_text or (not cleaned(clock) and _CLOCK.fullmatch(written) and not written.strip("0:. ")):
        start = midnight - zone * MINUTE_MS
        return Moment(start, start + DAY_MS - 1, "day")
    seconds, own_zone = _clock(time_text, zone)
    start = midnight + seconds * 1000 - own_zone * MINUTE_MS
    return Moment(start, start, "minute")


def _date(text: str, order: Order | None, given: str) -> tuple[int, int, int | None]:
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3]) if found[3] else None
    if found := _DIGITS.fullmatch(text):
        if order not in ("dmy", "mdy"):
            raise MalformedInput("incident_row.date_ambiguous", value=given[:40])
        first, second = int(found[1]), int(found[2])
        day, month = (first, second) if order == "dmy" else (second, first)
        return int(found[3]), month, day
    if _SHORT.fullmatch(text):
        raise MalformedInput("incident_row.year_short", value=given[:40])
    if (found := _NAMED.fullmatch(text)) and (month := _BY_NAME.get(_month_key(found[2]), 0)):
        named = found[1] or found[3]
        return int(found[4]), month, int(named) if named else None
    raise MalformedInput("incident_row.date", value=given[:40])


def _midnight(year: int, month: int, day: int, given: str) -> int:
    try:
        ordinal = datetime.date(year, month, day).toordinal()
    except ValueError:
        raise MalformedInput("incident_row.date", value=given[:40]) from None
    if not _YEARS[0] <= year < _YEARS[1] or ordinal < _EPOCH:
        raise MalformedInput("incident_row.date", value=given[:40])
    return (ordinal - _EPOCH) * DAY_MS


def _clock(text: str, zone: int) -> tuple[int, int]:
    """Seconds since midnight, and the zone in minutes."""
    found = _CLOCK.fullmatch(text.casefold())
    if found is None:
        raise MalformedInput("incident_row.clock", value=text[:40])
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = found[4]
    if half is not None:
        if not 1 <= hour <= 12:
            raise MalformedInput("incident_row.clock", value=text[:40])
        hour = hour % 12 + (12 if half in ("pm", "م", "د.ن") else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise MalformedInput("incident_row.clock", value=text[:40])
    own = found[5]
    if own is None:
        return hour * 3600 + minute * 60 + second, zone
    if own in ("z", "utc"):
        return hour * 3600 + minute * 60 + second, 0
    digits = own[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return hour * 3600 + minute * 60 + second, -minutes if own[0] == "-" else minutes
