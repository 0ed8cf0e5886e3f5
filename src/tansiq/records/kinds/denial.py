"""Denial of access: somebody was not let through, by which level, whether that level had heard of what was agreed."""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind
from tansiq.records.values import Cell, Interval, Language, LongText, Millis, Origin, Place, ShortText


class Denial(Body, frozen=True):
    """`about` names the activity that was stopped. `by` is a body, `level` how high it stands; never a person."""

    by: ShortText | None = None
    level: Literal["post", "unit", "brigade", "command", "ministry", "unknown"] | None = None
    had_heard: Literal["yes", "no", "unknown"] | None = None
    place: Place | None = None
    place_coarse: Cell | None = None
    when: Interval | None = None
    when_coarse: Interval | None = None
    reason: LongText | None = None
    status: Literal["open", "followed_up"] | None = None
    follow_up: LongText | None = None
    follow_up_at: Millis | None = None
    lang: Language | None = None
    origin: Origin | None = None


KIND = Kind("denial", Denial, {"place": "place_coarse"}, {"when": "when_coarse"})
