"""Message: a short word from desk to desk. Urgent ones go out at once."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tansiq.records.kind import Body, Kind
from tansiq.records.kinds.activity import AnyRef
from tansiq.records.values import Language, LongText, Origin


class Message(Body, frozen=True):
    """Text to the parties named in `to`, or to all; every member of the circle can read it. `answers` is the message
    that it answers.
    """

    to: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=64)] | None = None
    text: LongText | None = None
    lang: Language | None = None
    urgent: bool | None = None
    answers: AnyRef | None = None
    origin: Origin | None = None


KIND = Kind("message", Message, {}, {})
