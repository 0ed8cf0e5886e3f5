"""Suspension: a party stops taking part, or takes part again. A record with a reason, no failure of the system."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Origin


class Suspension(Body, frozen=True):
    """`scope` is what its author no longer takes part in; a later record with `resumed` ends it."""

    scope: Literal["all", "movements", "joint"] | None = None
    status: Literal["suspended", "resumed"] | None = None
    since: Millis | None = None
    review_at: Millis | None = None
    reason: LongText | None = None
    follow_up: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("suspension", Suspension, {}, {})
