"""Rule over answers: so many of the plans that ask the owing parties are answered within so many minutes."""

from __future__ import annotations

from collections.abc import Collection

from tansiq.accord.days import DAY_MS, MINUTE_MS
from tansiq.accord.finding import Finding, Part, outcome, sealed, share_needed, unmeasured
from tansiq.accord.measures import AskedPlan, Measures
from tansiq.records.kinds.commitment import AnsweredWithin


def answered_within(rule: AnsweredWithin, owed_by: Collection[str], since: int, at: int, measures: Measures) -> Finding:
    """Of what was asked in the last days, and whose time to answer is over or was used.

    What is not answered and still has time does not count yet. A plan that was over or taken back before the time to
    answer it was does not count either.
    """
    start = max(at - rule.days * DAY_MS, since)
    limit = rule.minutes * MINUTE_MS
    counted = [
        one
        for one in measures.asked(at)
        if one.party in owed_by and start <= one.asked_at <= at and _counts(one, limit, at)
    ]
    if not counted:
        return unmeasured("answered_within", "answers", 0, at, "nothing_asked")
    parts = [Part(one.plan, int(_in_time(one, limit)), 1, 0, one.party, one.refs) for one in counted]
    reached = sum(one.reached for one in parts)
    needed = share_needed(rule.share_percent, len(parts))
    return sealed(
        Finding(
            "answered_within",
            outcome(reached, 0, needed),
            "answers",
            reached,
            needed,
            len(parts),
            0,
            start,
            at,
            tuple(ref for one in parts for ref in one.refs),
            parts=tuple(sorted(parts, key=lambda one: (one.reached, one.name, one.party or ""))),
        )
    )


def _in_time(one: AskedPlan, limit: int) -> bool:
    return one.answered_at is not None and one.answered_at - one.asked_at <= limit


def _counts(one: AskedPlan, limit: int, at: int) -> bool:
    if one.answered_at is not None:
        return True
    end = one.asked_at + limit
    return end < at and (one.over is None or one.over > end)
