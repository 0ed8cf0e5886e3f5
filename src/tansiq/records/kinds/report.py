"""Report: that a situation, weekly or compliance report was issued for a time, what it says for all and for its own."""

from __future__ import annotations

from typing import Final

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.kinds.signature import TextDigest
from tansiq.records.values import Interval, Language, LongText, Millis, Origin, Texts

ISSUE_MS: Final = 60 * 60_000
"""So long after its cut-off a report is in time: it holds all that was said up to the cut-off, so it comes after it."""


class Report(Body, frozen=True):
    """`digest` is SHA-256 of the common part as computed; `reserved` stays at its party unless it tells it."""

    report: ReportName | None = None
    period: Interval | None = None
    cutoff: Millis | None = None
    centre: AnyRef | None = None
    agreement: AnyRef | None = None
    common: Texts | None = None
    reserved: Texts | None = None
    digest: TextDigest | None = None
    not_seen: LongText | None = None
    reason: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("report", Report, {}, {})
