"""Entered: somebody moved into a position that was given up; `about` names the hand-over or the post."""

from __future__ import annotations

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Language, LongText, Millis, Origin, ShortText


class Entered(Body, frozen=True):
    """`by` is a party or another body, never a person; the party that says it may be the one that entered."""

    by: ShortText | None = None
    at: Millis | None = None
    note: LongText | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("entered", Entered, {}, {})
