"""Commitment: who owes what to whom, out of which clause, by when or how often, and how it is checked.

A rule is typed and small, so that every node that holds the same records comes to the same answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.kinds.clause import ClauseKey
from tansiq.records.values import (
    BAGHDAD,
    Day,
    Language,
    LongText,
    Millis,
    Minute,
    Names,
    Origin,
    Texts,
    Url,
)

Percent = Annotated[int, Meta(ge=1, le=100)]
Minutes = Annotated[int, Meta(ge=1, le=366 * 1440)]
Parties = Annotated[list[PartyName], Meta(min_length=1, max_length=16)]
Offset = Annotated[int, Meta(ge=-840, le=840)]
ReportName = Literal["situation", "weekly", "compliance"]


class Measured(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, tag_field="rule"):
    """A rule over the picture; `rule` in its JSON says which."""


class AreaCovered(Measured, frozen=True, tag="area_covered"):
    """So much of an area (percent) is covered so many hours a day, every day of the week; by anybody or by a party."""

    area: AnyRef
    share_percent: Percent
    hours_a_day: Annotated[int, Meta(ge=1, le=24)]
    party: PartyName | None = None


class HoursAWeek(Measured, frozen=True, tag="hours_a_week"):
    """Somewhere in an area somebody is under way or on post so many hours a week."""

    area: AnyRef
    hours: Annotated[int, Meta(ge=1, le=168)]
    party: PartyName | None = None


class AnsweredWithin(Measured, frozen=True, tag="answered_within"):
    """So many of the plans that ask the owing parties (percent) are answered within so many minutes."""

    minutes: Minutes
    share_percent: Percent
    days: Annotated[int, Meta(ge=1, le=366)] = 30


class ReportEvery(Measured, frozen=True, tag="report_every"):
    """A report is issued every day, or every week on a day (1 Monday … 7 Sunday), by a minute of local time."""

    report: ReportName
    minute: Minute
    weekday: Day | None = None
    offset: Offset = BAGHDAD
    centre: AnyRef | None = None
    share_percent: Percent = 100
    days: Annotated[int, Meta(ge=1, le=366)] = 30


class CentreStaffed(Measured, frozen=True, tag="centre_staffed"):
    """At a centre each owing party has at least so many on duty, every day."""

    centre: AnyRef
    strength: Annotated[int, Meta(ge=1, le=1000)]
    hours_a_day: Annotated[int, Meta(ge=1, le=24)] = 24
    share_percent: Percent = 100
    days: Annotated[int, Meta(ge=1, le=366)] = 30


class CentreOpened(Measured, frozen=True, tag="centre_opened"):
    """A centre is at work, as both sides state it."""

    centre: AnyRef


class AccessGranted(Measured, frozen=True, tag="access_granted"):
    """Access is denied by the owing parties no more than so many times, in an area or anywhere."""

    at_most: Annotated[int, Meta(ge=0, le=10_000)] = 0
    area: AnyRef | None = None
    days: Annotated[int, Meta(ge=1, le=366)] = 30


Rule = AreaCovered | HoursAWeek | AnsweredWithin | ReportEvery | CentreStaffed | CentreOpened | AccessGranted


class After(Struct, frozen=True, forbid_unknown_fields=True):
    """So many days after a trigger that every side has confirmed."""

    trigger: AnyRef
    days: Annotated[int, Meta(ge=0, le=3650)]


class Every(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Again and again from one day on, until another where that is said."""

    period: Literal["day", "week", "month"]
    from_: Millis | None = msgspec.field(default=None, name="from")
    to: Millis | None = None


class Due(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """By a date, after a trigger, or again and again; without any of them it is owed and no date was given."""

    by: Millis | None = None
    after: After | None = None
    every: Every | None = None

    def __post_init__(self) -> None:
        """Two ways of being due are refused."""
        if sum(one is not None for one in (self.by, self.after, self.every)) > 1:
            raise ValueError("a commitment is due in one way")


class Tranche(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of an amount (whole units of the currency), and when it is due (ms)."""

    amount: Annotated[int, Meta(ge=1, le=10**15)]
    due: Millis | None = None


class Money(Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in tranches; the currency by ISO 4217."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    tranches: Annotated[list[Tranche], Meta(min_length=1, max_length=64)]

    @property
    def amount(self) -> int:
        """All tranches together."""
        return sum(one.amount for one in self.tranches)


class Commitment(Body, frozen=True):
    """`check` says whose word decides: evidence that is not contested, the other side, the facilitator, or the picture.

    `waits_for` are files, commitments and triggers without which it cannot be kept.
    """

    number: Annotated[str, Meta(max_length=20)] | None = None
    names: Names | None = None
    text: Texts | None = None
    agreement: AnyRef | None = None
    clause: ClauseKey | None = None
    understanding: AnyRef | None = None
    owed_by: Parties | None = None
    owed_to: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    announced: Millis | None = None
    due: Due | None = None
    check: Literal["evidence", "other_side", "facilitator", "picture"] | None = None
    rule: Rule | None = None
    money: Money | None = None
    waits_for: Annotated[list[AnyRef], Meta(max_length=32)] | None = None
    status: Literal["proposed", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """A check by the picture without a rule, and a rule without that check, are refused."""
        if self.rule is not None and self.check is not None and self.check != "picture":
            raise ValueError("a rule is checked by the picture")


KIND = Kind("commitment", Commitment, {}, {})
