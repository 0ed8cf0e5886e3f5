"""Roster: how many of a party are on duty when, at the centre that it is `about`. Numbers by role, nobody is named."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Origin

Role = Literal["duty_officer", "liaison", "signals", "interpreter", "analyst", "guard", "other"]


class Duty(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """So many on duty in a role from one time to another (ms)."""

    from_: Millis = msgspec.field(name="from")
    to: Millis
    strength: Annotated[int, Meta(ge=0, le=1000)]
    role: Role = "duty_officer"

    def __post_init__(self) -> None:
        """A duty that ends before it begins is refused."""
        if self.to <= self.from_:
            raise ValueError("a duty ends before it begins")


class Roster(Body, frozen=True):
    """`planned` is what is to be, `served` what was; a later record of the same days stands over an earlier one."""

    duties: Annotated[list[Duty], Meta(min_length=1, max_length=400)] | None = None
    status: Literal["planned", "served", "withdrawn"] | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("roster", Roster, {}, {})
