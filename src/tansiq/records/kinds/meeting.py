"""Meeting: planned, held or cancelled, with its agenda out of the files and who came, by role and number.

A side's own statement on a meeting (its attendance, what it puts on the agenda) is `about` the meeting.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import (
    Interval,
    Language,
    LongText,
    Names,
    Origin,
    Place,
    ShortText,
    Url,
)

AttendanceRole = Literal["head", "member", "adviser", "interpreter", "secretary", "observer", "facilitator"]


class AgendaItem(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One point of an agenda and the file that it belongs to."""

    names: Names
    file: AnyRef | None = None


class Attendance(Struct, frozen=True, forbid_unknown_fields=True):
    """How many of a party came in a role. Nobody is named."""

    party: PartyName
    role: AttendanceRole
    count: Annotated[int, Meta(ge=0, le=500)]


class Meeting(Body, frozen=True):
    """`uid` is that of an invitation that came in as iCalendar (RFC 5545); `number` counts the body's meetings."""

    names: Names | None = None
    body: AnyRef | None = None
    number: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    status: Literal["planned", "held", "cancelled"] | None = None
    when: Interval | None = None
    place: Place | None = None
    venue: ShortText | None = None
    emergency: bool | None = None
    invited: Annotated[list[PartyName], Meta(max_length=16)] | None = None
    agenda: Annotated[list[AgendaItem], Meta(max_length=64)] | None = None
    attendance: Annotated[list[Attendance], Meta(max_length=64)] | None = None
    uid: ShortText | None = None
    reason: LongText | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None


KIND = Kind("meeting", Meeting, {}, {})
