"""Rules over the ground: so much of an area covered so many hours a day; somebody there so many hours a week."""

from __future__ import annotations

from typing import Final

from tansiq.accord.finding import Finding, Part, outcome, sealed, share_needed, unmeasured
from tansiq.accord.measures import Measures
from tansiq.records.kinds.commitment import AreaCovered, HoursAWeek

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS_OF_DAY: Final = 24
HOURS_OF_WEEK: Final = 168


def area_covered(rule: AreaCovered, at: int, measures: Measures) -> Finding:
    """The day of the week on which the fewest hours reach the share decides.

    An hour reaches it where so many per cent of the area's cells are known to be covered; one that would only reach it
    with ground of which that is not known is unknown.
    """
    found = measures.cover(rule.area, rule.party, at)
    if found is None or found.cells == 0:
        return unmeasured("area_covered", "hours_a_day", rule.hours_a_day, at, "no_area", ("no_area",))
    needed = share_needed(rule.share_percent, found.cells)
    reached = [known >= needed for known in found.covered]
    maybe = [known + more >= needed for known, more in zip(found.covered, found.unknown, strict=True)]
    parts = []
    for number, name in enumerate(DAYS):
        day = slice(number * HOURS_OF_DAY, (number + 1) * HOURS_OF_DAY)
        sure, likely = sum(reached[day]), sum(maybe[day])
        parts.append(Part(name, sure, HOURS_OF_DAY, likely - sure))
    least = min(one.reached for one in parts)
    unknown = min(one.reached + one.unknown for one in parts) - least
    said = outcome(least, unknown, rule.hours_a_day)
    return sealed(
        Finding(
            "area_covered",
            said,
            "hours_a_day",
            least,
            rule.hours_a_day,
            HOURS_OF_DAY,
            unknown,
            at,
            at,
            found.refs,
            found.missing,
            "unknown_ground" if said == "cannot_be_measured_yet" else None,
            tuple(sorted(parts, key=lambda one: one.reached)),
            measure=found.digest,
        )
    )


def hours_a_week(rule: HoursAWeek, at: int, measures: Measures) -> Finding:
    """The hours of the week in which somebody is under way or on post somewhere in the area."""
    found = measures.presence(rule.area, rule.party, at)
    if found is None:
        return unmeasured("hours_a_week", "hours_a_week", rule.hours, at, "no_area", ("no_area",))
    reached = found.hours.count("1")
    unknown = sum(sign == "1" and there == "0" for sign, there in zip(found.unknown, found.hours, strict=True))
    said = outcome(reached, unknown, rule.hours)
    parts = tuple(
        Part(name, found.hours[start : start + HOURS_OF_DAY].count("1"), HOURS_OF_DAY)
        for name, start in zip(DAYS, range(0, HOURS_OF_WEEK, HOURS_OF_DAY), strict=True)
    )
    return sealed(
        Finding(
            "hours_a_week",
            said,
            "hours_a_week",
            reached,
            rule.hours,
            HOURS_OF_WEEK,
            unknown,
            at,
            at,
            found.refs,
            found.missing,
            "unknown_ground" if said == "cannot_be_measured_yet" else None,
            tuple(sorted(parts, key=lambda one: one.reached)),
            measure=found.digest,
        )
    )
