"""Terms of reference: roles, times, quorums, ladder, silence, buffers, manning, as rules that desks execute."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import ActivityType, AnyRef, PartyName
from tansiq.records.kinds.body import BodyType
from tansiq.records.kinds.commitment import ReportName
from tansiq.records.values import BAGHDAD, Day, Language, LongText, Millis, Minute, Names, Origin

Minutes = Annotated[int, Meta(ge=0, le=30 * 1440)]
MAX_RULES: Final = 64


class Lead(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many minutes before it begins a plan is announced; of one type, in one area, or any where left out."""

    minutes: Minutes
    activity: ActivityType | Literal["handover"] | None = None
    area: AnyRef | None = None


class AnswerTime(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Within so many minutes what is asked at this level is answered; at any level where left out."""

    minutes: Minutes
    ask: Literal["acknowledge", "no_objection", "joint"] | None = None


Level = Literal["desk", "centre", "operations", "command", "ministry", "committee"]


class Rung(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not answered so many minutes after it was asked stands before this level, on both sides at once."""

    after_minutes: Minutes
    level: Level


class Silence(Struct, frozen=True, forbid_unknown_fields=True):
    """What it means that nothing was answered so many minutes after asking at this level."""

    ask: Literal["acknowledge", "no_objection"]
    after_minutes: Annotated[int, Meta(ge=1, le=30 * 1440)]
    means: Literal["no_objection", "objection"]


class Buffers(Struct, frozen=True, forbid_unknown_fields=True):
    """Two plans meet that come this close: metres, minutes, metres of height."""

    distance_m: Annotated[int, Meta(ge=0, le=50_000)]
    minutes: Annotated[int, Meta(ge=0, le=2880)]
    height_m: Annotated[int, Meta(ge=0, le=10_000)]


class May(Struct, frozen=True, forbid_unknown_fields=True):
    """What an officer in a role may do, on every side."""

    role: Literal["duty_officer", "liaison", "planner", "negotiator", "signatory", "release_officer"]
    acts: Annotated[
        list[Literal["send", "confirm", "release", "decide", "sign", "verify", "investigate"]],
        Meta(min_length=1, max_length=7),
    ]


class Quorum(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many of a party must be there where a body of a type decides; fewer in an emergency where that is said."""

    body: BodyType
    party: PartyName
    count: Annotated[int, Meta(ge=0, le=500)]
    emergency: Annotated[int, Meta(ge=0, le=500)] | None = None


class CutOff(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """By which minute of local time a report is out, every day or on a day of the week (1 Monday … 7 Sunday)."""

    report: ReportName
    minute: Minute
    weekday: Day | None = None
    offset: Annotated[int, Meta(ge=-840, le=840)] = BAGHDAD


class Manning(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many of a party, or of each, are on duty at a centre, or at each, at any time."""

    strength: Annotated[int, Meta(ge=1, le=1000)]
    party: PartyName | None = None
    centre: AnyRef | None = None


class StepTime(Struct, frozen=True, forbid_unknown_fields=True):
    """Within so many minutes of what comes before it a step of a complaint is taken."""

    step: Literal["reply", "verification", "finding", "recommendation", "execution"]
    minutes: Annotated[int, Meta(ge=1, le=366 * 1440)]


class StageTime(Struct, frozen=True, forbid_unknown_fields=True):
    """Within so many minutes of knowing of an incident its first report is told, or more of it."""

    stage: Literal["first", "amplifying"]
    minutes: Annotated[int, Meta(ge=1, le=366 * 1440)]


class Terms(Body, frozen=True):
    """In force for what is announced once every party in `parties` has accepted this very record by its own."""

    names: Names | None = None
    version: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    parties: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    lead: Annotated[list[Lead], Meta(max_length=MAX_RULES)] | None = None
    answer: Annotated[list[AnswerTime], Meta(max_length=MAX_RULES)] | None = None
    ladder: Annotated[list[Rung], Meta(max_length=8)] | None = None
    silence: Annotated[list[Silence], Meta(max_length=8)] | None = None
    buffers: Buffers | None = None
    roles: Annotated[list[May], Meta(max_length=16)] | None = None
    quorums: Annotated[list[Quorum], Meta(max_length=MAX_RULES)] | None = None
    cutoffs: Annotated[list[CutOff], Meta(max_length=8)] | None = None
    manning: Annotated[list[Manning], Meta(max_length=MAX_RULES)] | None = None
    complaints: Annotated[list[StepTime], Meta(max_length=8)] | None = None
    reporting: Annotated[list[StageTime], Meta(max_length=2)] | None = None
    status: Literal["proposed", "withdrawn"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """A ladder that does not rise, and two meanings of one silence, are refused."""
        if any(later.after_minutes <= sooner.after_minutes for sooner, later in pairwise(self.ladder or [])):
            raise ValueError("the rungs of a ladder must rise")
        asked = [rule.ask for rule in self.silence or []]
        if len(asked) != len(set(asked)):
            raise ValueError("one silence has two meanings")


KIND = Kind("terms", Terms, {}, {})
