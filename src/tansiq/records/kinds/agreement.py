"""Agreement: the frame of a text, of which the clauses are `about` it: parties, languages, how it comes into force."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef, PartyName
from tansiq.records.values import Language, LongText, Millis, Names, Origin, Url

TextPath = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$(?!\n)")]
Languages = Annotated[list[Language], Meta(min_length=1, max_length=3)]


class Force(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How it enters into force: with the last signature, on a date, or so many days after a trigger."""

    on: Literal["signature", "date", "trigger"]
    date: Millis | None = None
    trigger: AnyRef | None = None
    days: Annotated[int, Meta(ge=0, le=3650)] | None = None

    def __post_init__(self) -> None:
        """A date or trigger that is missing, or stands where it does not belong, is refused."""
        if (self.on == "date") != (self.date is not None) or (self.on == "trigger") != (self.trigger is not None):
            raise ValueError("entry into force names its date or its trigger")


class Agreement(Body, frozen=True):
    """`path` stays through amendments: an amendment is a new agreement with the same path that `amends` the one before.

    `authentic` languages bind; where they differ the `prevailing` one counts.
    """

    names: Names | None = None
    path: TextPath | None = None
    parties: Annotated[list[PartyName], Meta(min_length=1, max_length=16)] | None = None
    authentic: Languages | None = None
    prevailing: Language | None = None
    amends: AnyRef | None = None
    files: Annotated[list[AnyRef], Meta(max_length=16)] | None = None
    force: Force | None = None
    review_at: Millis | None = None
    expires_at: Millis | None = None
    status: Literal["drafting", "withdrawn", "ended"] | None = None
    since: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    sources: Annotated[list[Url], Meta(max_length=20)] | None = None
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """A prevailing language that is not authentic is refused."""
        if self.prevailing is not None and self.authentic is not None and self.prevailing not in self.authentic:
            raise ValueError("the prevailing language is not authentic")


KIND = Kind("agreement", Agreement, {}, {})
