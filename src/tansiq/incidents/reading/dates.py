"""Days, months and moments in a text: absolute, relative to a day, Gregorian and Hijri, in three sets of digits.

A date without a year is the nearest to the reference day; a weekday without a word for *next* is the last one that
began. Hijri days follow the Umm al-Qura calendar (`hijridate`); where the month was sighted otherwise they are a day
off, and say *likely*. Clocks are Baghdad's (UTC+3, no summer time since 2008).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from hijridate import Gregorian, Hijri

from tansiq.incidents.reading.finds import Certainty, DayRead
from tansiq.incidents.reading.flat import Flat, pattern
from tansiq.incidents.reading.numerals import SMALL, small_number
from tansiq.incidents.reading.vocabulary import any_of, numbered

_MONTHS: Final = numbered("calendar", "months")
_HIJRI: Final = numbered("calendar", "hijri_months")
_DAYS: Final = numbered("calendar", "weekdays")
_ORDINALS: Final = numbered("calendar", "ordinal_days")
_M, _H, _W = any_of(_MONTHS), any_of(_HIJRI), any_of(_DAYS)
_PRE: Final = r"(?<![^\W_])(?:[وف]?[بل]?)"
_END: Final = r"(?:ی|دا|یدا|s)?(?![^\W_])"
_WEEK: Final = dt.timedelta(days=7)
_BETWEEN: Final = pattern(r"[\s,(\-/]*(?:of|من|ل|لە)?\s*")
"""What may stand between the words of one date."""
_FIRST_HIJRI, _LAST_HIJRI = 1343, 1500
_ZONES: Final = {"z": 0, "a": 1, "b": 2, "c": 3, "d": 4, "j": 3}
_BAGHDAD: Final = 3
_PAST: Final = r"الماضي|الماضية|الفائت|المنصرم|السابق|ڕابردوو|پێشوو"
_NEXT: Final = r"المقبل|المقبلة|القادم|القادمة|الآتي|داهاتوو|ئایندە|دێت"
_THIS: Final = r"الجاري|الحالي|الجارية|الحالية"


@dataclass(frozen=True)
class Dated:
    """A date at [start, end) of the flat text; `meanings` the likelier first. `weekday` is kept until it is checked."""

    start: int
    end: int
    certainty: Certainty
    meanings: tuple[DayRead, ...]
    weekday: int | None = None
    relative: bool = False


_Reader = Callable[[re.Match[str], dt.date | None], Dated | None]


def read_dates(text: Flat, reference: dt.date | None) -> list[Dated]:
    """All dates, in order; one that counts from the reference has no meaning where there is none."""
    found: list[Dated] = []
    for expression, reader in _READERS:
        for match in expression.finditer(text.flat):
            one = reader(match, reference)
            if one is not None:
                found.append(one)
    return _with_weekdays(text.flat, _longest(found), reference)


def dateline(text: Flat) -> dt.date | None:
    """The day that stands alone on one of the first lines, as press and letters carry it."""
    at = 0
    for line in text.flat.split("\n")[:12]:
        for one in read_dates(text, None) if line.strip() else []:
            whole = text.flat[one.start : one.end] == line.strip(" \t\r.:،,")
            if at <= one.start < at + len(line) and whole and one.meanings and not one.relative:
                meaning = one.meanings[0]
                if meaning.first == meaning.last and len(one.meanings) == 1:
                    return dt.date.fromisoformat(meaning.first)
        at += len(line) + 1
    return None


def _longest(found: list[Dated]) -> list[Dated]:
    """The longest of those that share words."""
    kept: list[Dated] = []
    for one in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each.start)


def _with_weekdays(flat: str, found: list[Dated], reference: dt.date | None) -> list[Dated]:
    """*Yesterday, Tuesday* is one date, *Wednesday last week* too; where the two do not agree, none is chosen."""
    joined: list[Dated] = []
    for one in found:
        last = joined[-1] if joined else None
        gap = flat[last.end : one.start] if last else "x" * 9
        if last and len(gap) <= 4 and _BETWEEN.fullmatch(gap):
            day, other = (last, one) if last.weekday is not None else (one, last)
            if day.weekday is not None and other.weekday is None and _one_day(other):
                joined[-1] = _checked(day.weekday, other, last.start, one.end)
                continue
            if day.weekday is not None and not day.meanings and _a_week(other):
                joined[-1] = _day_of_week(day.weekday, other, last.start, one.end)
                continue
        joined.append(one)
    return [_weekday_alone(one, reference) if one.weekday is not None and not one.meanings else one for one in joined]


def _one_day(one: Dated) -> bool:
    return bool(one.meanings) and one.meanings[0].first == one.meanings[0].last


def _a_week(one: Dated) -> bool:
    return bool(one.meanings) and one.meanings[0].precision == "week"


def _day_of_week(weekday: int, week: Dated, start: int, end: int) -> Dated:
    sunday = dt.date.fromisoformat(week.meanings[0].first)
    return replace(week, start=start, end=end, meanings=(_day(sunday + dt.timedelta(days=(weekday + 1) % 7)),))


def _checked(weekday: int, one: Dated, start: int, end: int) -> Dated:
    fitting = tuple(day for day in one.meanings if dt.date.fromisoformat(day.first).weekday() == weekday)
    if fitting:
        sure = one.certainty if len(fitting) > 1 or one.certainty == "certain" else "certain"
        return replace(one, start=start, end=end, meanings=fitting, certainty=sure)
    return replace(one, start=start, end=end, certainty="ambiguous")


def _weekday_alone(one: Dated, reference: dt.date | None) -> Dated:
    if reference is None or one.weekday is None:
        return one
    return replace(one, meanings=(_day(reference - dt.timedelta(days=(reference.weekday() - one.weekday) % 7)),))


def _day(day: dt.date, calendar: str = "gregorian") -> DayRead:
    return DayRead(day.isoformat(), day.isoformat(), "day", "hijri" if calendar == "hijri" else "gregorian")


def _month(year: int, month: int) -> DayRead:
    first = dt.date(year, month, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return DayRead(first.isoformat(), last.isoformat(), "month")


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _full_year(year: str) -> int:
    return int(year) if len(year) > 2 else 2000 + int(year)


def _nearest(reference: dt.date, month: int, day: int) -> dt.date | None:
    days = (_date(reference.year + step, month, day) for step in (-1, 0, 1))
    return min((one for one in days if one), key=lambda one: abs(one - reference), default=None)


def _said(
    match: re.Match[str], certainty: Certainty, *meanings: DayRead | dt.date | None, relative: bool = False
) -> Dated:
    days = tuple(_day(one) if isinstance(one, dt.date) else one for one in meanings if one is not None)
    return Dated(match.start("all"), match.end("all"), certainty, days, relative=relative)


def _day_number(match: re.Match[str]) -> int:
    return int(match["d"]) if match["d"] else _ORDINALS[" ".join(match["o"].split())]


def _days_of_month(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    """`12 to 13 January`: from one day to another of a month."""
    one = _named_month(match, reference)
    if one is None or not one.meanings:
        return one
    last = dt.date.fromisoformat(one.meanings[0].first)
    first = _date(last.year, last.month, int(match["from"]))
    if first is None or first >= last:
        return None
    return replace(one, meanings=(DayRead(first.isoformat(), last.isoformat(), "day"),))


def _named_month(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    month, day = _MONTHS[" ".join(match["m"].split())], _day_number(match)
    if match["y"]:
        found = _date(_full_year(match["y"]), month, day)
        return _said(match, "certain", found) if found else None
    if reference is None:
        return _said(match, "ambiguous", relative=True) if _date(2000, month, day) else None
    found = _nearest(reference, month, day)
    return _said(match, "likely", found, relative=True) if found else None


def _month_alone(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    month = _MONTHS[" ".join(match["m"].split())]
    if match["y"]:
        return _said(match, "certain", _month(int(match["y"]), month))
    if reference is None:
        return _said(match, "ambiguous", relative=True)
    first = _nearest(reference, month, min(reference.day, 28))
    year = first.year if first else reference.year
    turn = match.group("turn") if "turn" in match.re.groupindex else None
    if turn and _NEXT_WORD.search(turn) and (year, month) <= (reference.year, reference.month):
        year += 1
    if turn and _PAST_WORD.search(turn) and (year, month) >= (reference.year, reference.month):
        year -= 1
    return _said(match, "likely", _month(year, month), relative=True)


def _numbers(match: re.Match[str], _: dt.date | None) -> Dated | None:
    one, two, year = int(match["a"]), int(match["b"]), _full_year(match["y"])
    day_first, month_first = _date(year, two, one), _date(year, one, two)
    if day_first and month_first and day_first != month_first:
        return _said(match, "likely", day_first, month_first)
    found = day_first or month_first
    return _said(match, "certain", found) if found else None


def _day_and_month(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    found = _nearest(reference, int(match["b"]), int(match["a"])) if reference and 1 <= int(match["b"]) <= 12 else None
    return _said(match, "likely", found, relative=True) if found else None


def _year_first(match: re.Match[str], _: dt.date | None) -> Dated | None:
    year, month, day = int(match["y"]), int(match["b"]), int(match["a"])
    if _FIRST_HIJRI <= year <= _LAST_HIJRI:
        return _hijri_day(match, year, month, day)
    found = _date(year, month, day)
    return _said(match, "certain", found) if found else None


def _group(match: re.Match[str], _: dt.date | None) -> Dated | None:
    """A date-time group (ACP 121): day, hour, minute, zone, month, year."""
    day = _date(_full_year(match["y"]), _MONTHS[match["m"]], int(match["d"]))
    hour, minute = int(match["h"]), int(match["n"])
    if day is None or hour > 23 or minute > 59 or match["z"] not in _ZONES:
        return None
    there = dt.datetime.combine(day, dt.time(hour, minute)) + dt.timedelta(hours=_BAGHDAD - _ZONES[match["z"]])
    read = DayRead(
        there.date().isoformat(), there.date().isoformat(), "minute", "gregorian", there.hour * 60 + there.minute
    )
    return _said(match, "certain", read)


def _hijri(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    month, day = _HIJRI[" ".join(match["m"].split())], _day_number(match)
    if match["y"]:
        return _hijri_day(match, int(match["y"]), month, day)
    if reference is None:
        return _said(match, "ambiguous", relative=True)
    year = Gregorian(reference.year, reference.month, reference.day).to_hijri().year
    days = [one for step in (-1, 0, 1) if (one := _of_hijri(year + step, month, day))]
    nearest = min(days, key=lambda one: abs(one - reference), default=None)
    return _said(match, "likely", _day(nearest, "hijri"), relative=True) if nearest else None


def _hijri_day(match: re.Match[str], year: int, month: int, day: int) -> Dated | None:
    found = _of_hijri(year, month, day)
    return _said(match, "likely", _day(found, "hijri")) if found else None


def _of_hijri(year: int, month: int, day: int) -> dt.date | None:
    try:
        there = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return dt.date(there.year, there.month, there.day)


def _of_this_month(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    if reference is None:
        return _said(match, "ambiguous", relative=True)
    found = _date(reference.year, reference.month, _day_number(match))
    return _said(match, "certain", found, relative=True) if found else None


def _day_alone(match: re.Match[str], reference: dt.date | None) -> Dated | None:
    """*On the 12th*: of this month, or where that is still to come of the last one."""
    if reference is None:
        return _said(match, "ambiguous", relative=True)
    day = _day_number(match)
    before = reference.replace(day=1) - dt.timedelta(days=1)
    month = reference if day <= reference.day else before
    found = _date(month.year, month.month, day)
    return _said(match, "likely", found, relative=True) if found else None


def _steps(days: int) -> _Reader:
    def read(match: re.Match[str], reference: dt.date | None) -> Dated:
        if reference is None:
            return _said(match, "ambiguous", relative=True)
        return _said(match, "certain", reference + dt.timedelta(days=days), relative=True)

    return read


def _counted(sign: int) -> _Reader:
    def read(match: re.Match[str], reference: dt.date | None) -> Dated | None:
        number = small_number(match["n"]) if match["n"] else 2 if match["dual"] else 1
        if reference is None or number is None or number > 400:
            return _said(match, "ambiguous", relative=True) if number else None
        days = number * (7 if _WEEK_WORD.search(match["all"]) else 1)
        return _said(match, "certain", reference + dt.timedelta(days=sign * days), relative=True)

    return read


def _weeks(steps: int) -> _Reader:
    def read(match: re.Match[str], reference: dt.date | None) -> Dated:
        if reference is None:
            return _said(match, "ambiguous", relative=True)
        # weeks in Iraq begin on Sunday
        sunday = reference - dt.timedelta(days=(reference.weekday() + 1) % 7) + steps * _WEEK
        last = sunday + dt.timedelta(days=6)
        return _said(match, "likely", DayRead(sunday.isoformat(), last.isoformat(), "week"), relative=True)

    return read


def _months(steps: int) -> _Reader:
    def read(match: re.Match[str], reference: dt.date | None) -> Dated:
        if reference is None:
            return _said(match, "ambiguous", relative=True)
        count = reference.year * 12 + reference.month - 1 + steps
        return _said(match, "certain", _month(count // 12, count % 12 + 1), relative=True)

    return read


def _weekday(match: re.Match[str], reference: dt.date | None) -> Dated:
    day = _DAYS[" ".join(match["w"].split())]
    turn = f"{match['before'] or ''} {match['after'] or ''}"
    one = Dated(match.start("all"), match.end("all"), "likely", (), day, relative=True)
    if reference is None:
        return replace(one, certainty="ambiguous")
    back = (reference.weekday() - day) % 7
    if _NEXT_WORD.search(turn):
        return replace(
            one, certainty="certain", meanings=(_day(reference + dt.timedelta(days=(7 - back))),), weekday=None
        )
    if _PAST_WORD.search(turn):
        return replace(
            one, certainty="certain", meanings=(_day(reference - dt.timedelta(days=back or 7)),), weekday=None
        )
    return one


_NEXT_WORD: Final = pattern(rf"next|coming|{_NEXT}")
_PAST_WORD: Final = pattern(rf"last|past|{_PAST}")
_WEEK_WORD: Final = pattern(r"week|سبوع|اسابيع|هەفتە")


def _words(written: str) -> re.Pattern[str]:
    return pattern(rf"{_PRE}(?P<all>{written}){_END}")


_DAY_NUMBER: Final = rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|ی|ەی)?|(?P<o>{any_of(_ORDINALS)})\s+(?:من|of)\s)"
_YEAR: Final = r"(?P<y>(?:19|20)\d\d)"
_HIJRI_YEAR: Final = r"(?P<y>1[345]\d\d)"
_READERS: Final[tuple[tuple[re.Pattern[str], _Reader], ...]] = (
    (
        _words(
            rf"(?P<from>\d{{1,2}})(?:ی)?\s*(?:-|/|to|and|و|إلى|حتى|تا|بۆ)\s*(?P<d>\d{{1,2}})(?P<o>)(?:ی)?\s+(?:من\s+|of\s+)?"
            rf"(?P<m>{_M})(?:ی)?(?:[\s,]*{_YEAR})?"
        ),
        _days_of_month,
    ),
    (
        _words(
            rf"{_DAY_NUMBER}\s*[-/]?\s*(?:من\s+|of\s+)?(?:شهر\s+|مانگی\s+)?(?P<m>{_M})(?:ی|s)?(?:[\s,/\-.]*(?:من\s+|عام\s+|لعام\s+|سنة\s+|ساڵی\s+)?{_YEAR})?(?:\s+(?:{_THIS}|{_PAST}))?"
        ),
        _named_month,
    ),
    (_words(rf"(?P<m>{_M})\.?\s+{_DAY_NUMBER}(?![:\d])(?:,?\s+{_YEAR})?"), _named_month),
    (_words(rf"(?:(?:شهر|مانگی)\s+)?(?P<m>{_M})(?:ی)?,?\s+(?:عام\s+|سنة\s+|ساڵی\s+)?{_YEAR}"), _month_alone),
    (
        pattern(rf"{_PRE}(?P<all>(?:شهر\s+)?(?P<m>{_M})(?:ی)?\s+(?P<turn>{_PAST}|{_NEXT}|{_THIS})(?P<y>))(?![^\W_])"),
        _month_alone,
    ),
    (pattern(rf"(?<![^\W_])(?P<all>(?P<turn>last|next|this)\s+(?P<m>{_M})(?P<y>))(?![^\W_])"), _month_alone),
    (
        pattern(
            rf"(?<![^\W_])(?:in|during|since|until|by|خلال|شهر|خلال شهر|مانگی)"
            rf"\s+(?P<all>(?P<m>{_M})(?P<y>))(?![^\W_]|\s*\d)"
        ),
        _month_alone,
    ),
    (
        pattern(
            r"(?<![\d./\-])(?P<all>(?P<a>\d{1,2})(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<y>20\d\d|\d\d))(?![\d/\-]|\.\d)"
        ),
        _numbers,
    ),
    (
        pattern(
            r"(?<![\d./\-])(?P<all>(?P<y>20\d\d|1[345]\d\d)(?P<s>[-/.])(?P<b>\d{1,2})(?P=s)(?P<a>\d{1,2}))(?![\d/\-]|\.\d)"
        ),
        _year_first,
    ),
    (
        pattern(
            r"(?:يوم|بتاريخ|ليلة|ڕۆژی|ڕێکەوتی|بەرواری|لە|on|of|dated|since)\s+"
            r"(?P<all>(?P<a>\d{1,2})/(?P<b>\d{1,2}))(?![\d/])"
        ),
        _day_and_month,
    ),
    (
        pattern(
            rf"(?<!\d)(?P<all>(?:dtg\s*:?\s*)?(?P<d>\d\d)(?P<h>\d\d)(?P<n>\d\d)\s*(?P<z>[a-z])\s*(?P<m>{_M})\s*(?P<y>\d{{2,4}}))(?!\d)"
        ),
        _group,
    ),
    (
        _words(
            rf"{_DAY_NUMBER}\s*(?:من\s+|of\s+)?(?:شهر\s+|مانگی\s+)?(?P<m>{_H})(?:ی)?(?:[\s,/\-]*(?:سنة\s+|عام\s+|ساڵی\s+)?{_HIJRI_YEAR}(?:ی)?(?:\s*(?:هجرية|هجري|هـ|کۆچی|ah|a\.h\.))?)?"
        ),
        _hijri,
    ),
    (
        _words(
            rf"{_DAY_NUMBER}\s*(?:من\s+)?(?:هذا\s+)?(?:الشهر\s+(?:الجاري|الحالي)|"
            rf"الجاري|من هذا الشهر|ئەم\s+مانگەی?|of\s+this\s+month)"
        ),
        _of_this_month,
    ),
    (
        pattern(
            r"(?<![^\W_])(?:on|since|until|by|from)\s+(?P<all>the\s+(?P<d>\d{1,2})(?:st|nd|rd|th))"
            r"(?=\s*(?:[.,;:!?)\n]|$)|\s+(?:at|in|near|and|to|by|when|we|it|they|around|about)(?![^\W_]))"
        ),
        _day_alone,
    ),
    (
        pattern(
            r"(?<![^\W_])(?:[وف]?يوم|بتاريخ|ڕۆژی|شەوی|ڕێکەوتی)\s+(?P<all>(?P<d>\d{1,2}))"
            r"(?=\s*(?:[,;!?)\n]|\.(?!\d)|$)|\s+(?:الساعة|في|عند|قرب|کاتژمێر|سەعات|لە)(?![^\W_]))"
        ),
        _day_alone,
    ),
    (pattern(r"(?<!\d)(?P<all>(?P<d>\d{1,2})ی\s+مانگ)(?:دا)?(?![^\W_])"), _day_alone),
    (
        _words(
            r"(?:the\s+)?(?:day|night)\s+before\s+(?:yesterday|last)|(?:أول|قبل)\s+(?:من\s+)?(?:أمس|البارحة)|"
            r"أمس\s+الأول|البارحة\s+الأولى|پێرێ(?:\s+شەو)?"
        ),
        _steps(-2),
    ),
    (
        _words(r"yesterday|أمس|أمسٍ|البارحة|دوێنێ|دوێ\s+شەو|دوێنی|last\s+(?:night|nite|evening)|ليلة\s+أمس|ليل\s+أمس"),
        _steps(-1),
    ),
    (
        _words(
            r"today|اليوم|هذا\s+اليوم|ئەمڕۆ|ئەمرۆ|tonight|this\s+(?:morning|afternoon|evening)|الليلة|ئەمشەو|ئەم\s+بەیانییە"
        ),
        _steps(0),
    ),
    (_words(r"tomorrow|غدا|غد|يوم\s+غد|سبەی|سبەینێ|بەیانی\s+زوو"), _steps(1)),
    (_words(r"(?:the\s+)?day\s+after\s+tomorrow|بعد\s+غد|دووسبەی|دوو\s+سبەی"), _steps(2)),
    (
        _words(
            rf"قبل\s+(?:(?P<n>{SMALL})\s+(?P<unit>أيام|يوما|يوم|أسابيع)|(?P<dual>يومين|أسبوعين)|(?:يوم|أسبوع)\s+واحد)"
        ),
        _counted(-1),
    ),
    (
        _words(
            rf"بعد\s+(?:(?P<n>{SMALL})\s+(?P<unit>أيام|يوما|يوم|أسابيع)|(?P<dual>يومين|أسبوعين)|(?:يوم|أسبوع)\s+واحد)"
        ),
        _counted(1),
    ),
    (_words(rf"(?P<n>{SMALL})\s+(?P<dual>)(?P<unit>days?|nights?|weeks?)\s+(?:ago|earlier|back)"), _counted(-1)),
    (_words(rf"in\s+(?P<n>{SMALL})\s+(?P<dual>)(?P<unit>days|weeks)"), _counted(1)),
    (
        _words(rf"(?P<n>{SMALL})\s+(?P<dual>)(?P<unit>ڕۆژ|هەفتە)\s+(?:لەمەوبەر|پێش\s+ئێستا|بەر\s+لە\s+ئێستا)"),
        _counted(-1),
    ),
    (_words(rf"(?:پێش|بەر\s+لە)\s+(?P<n>{SMALL})\s+(?P<dual>)(?P<unit>ڕۆژ|هەفتە)"), _counted(-1)),
    (_words(rf"(?P<n>{SMALL})\s+(?P<dual>)(?P<unit>ڕۆژی|هەفتەی)\s+(?:تر|دیکە|داهاتوو)"), _counted(1)),
    (_words(rf"last\s+week|الأسبوع\s+(?:{_PAST})|هەفتەی\s+(?:{_PAST})"), _weeks(-1)),
    (_words(rf"this\s+week|هذا\s+الأسبوع|الأسبوع\s+(?:{_THIS})|ئەم\s+هەفتەیە"), _weeks(0)),
    (_words(rf"next\s+week|الأسبوع\s+(?:{_NEXT})|هەفتەی\s+(?:{_NEXT})"), _weeks(1)),
    (_words(rf"last\s+month|الشهر\s+(?:{_PAST})|مانگی\s+(?:{_PAST})"), _months(-1)),
    (_words(rf"this\s+month|هذا\s+الشهر|الشهر\s+(?:{_THIS})|ئەم\s+مانگە"), _months(0)),
    (_words(rf"next\s+month|الشهر\s+(?:{_NEXT})|مانگی\s+(?:{_NEXT})"), _months(1)),
    (
        pattern(
            rf"{_PRE}(?P<all>(?:(?P<before>last|next|this|past|coming|on|يوم|ڕۆژی)\s+)?(?P<w>{_W})(?:ی|دا)?(?:\s+(?P<after>{_PAST}|{_NEXT}|{_THIS}))?)(?![^\W_])"
        ),
        _weekday,
    ),
)
