"""The rules over the picture: one question, one finding, the same on every node that holds the same records.

`docs/accord.md` says what each means, with examples; each has its module.
"""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.accord.finding import Finding
from tansiq.accord.measures import Measures
from tansiq.accord.rule_access import access_granted
from tansiq.accord.rule_answers import answered_within
from tansiq.accord.rule_area import area_covered, hours_a_week
from tansiq.accord.rule_opening import centre_opened
from tansiq.accord.rule_reports import report_every
from tansiq.accord.rule_staffing import centre_staffed
from tansiq.accord.seats import Seats
from tansiq.picture.told import Told
from tansiq.records.kinds.commitment import (
    AccessGranted,
    AnsweredWithin,
    AreaCovered,
    CentreOpened,
    CentreStaffed,
    HoursAWeek,
    ReportEvery,
    Rule,
)

STANDING = (AreaCovered, HoursAWeek, CentreOpened)
"""Rules over how things stand: what is missing can be made good. All others look at what was done in days that are
over, and that cannot be changed any more.
"""


def finding(
    rule: Rule, owed_by: Sequence[str], seats: Seats, since: int, at: int, told: Told, measures: Measures
) -> Finding:
    """What a rule comes to at an instant (ms). `told` is what was told by then, `since` (ms) from when it is owed."""
    if isinstance(rule, ReportEvery):
        return report_every(rule, owed_by, since, at, told)
    if isinstance(rule, CentreStaffed):
        return centre_staffed(rule, owed_by, since, at, told)
    if isinstance(rule, CentreOpened):
        return centre_opened(rule, seats.sides, at, told)
    return _over_the_picture(rule, owed_by, since, at, told, measures)


def _over_the_picture(
    rule: AreaCovered | HoursAWeek | AnsweredWithin | AccessGranted,
    owed_by: Sequence[str],
    since: int,
    at: int,
    told: Told,
    measures: Measures,
) -> Finding:
    if isinstance(rule, AreaCovered):
        return area_covered(rule, at, measures)
    if isinstance(rule, HoursAWeek):
        return hours_a_week(rule, at, measures)
    if isinstance(rule, AnsweredWithin):
        return answered_within(rule, owed_by, since, at, measures)
    return access_granted(rule, owed_by, since, at, told, measures)
