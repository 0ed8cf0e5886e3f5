"""What is signed with the clauses of a text: parties, languages, what it amends, when it binds and for how long.

All of it stands in the canonical bytes, so whoever signs reads it with the words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

from tansiq.accord.days import DAY_MS, MINUTE_MS, date_of, day_begins, day_of
from tansiq.records.kinds.agreement import Force
from tansiq.records.values import Language
from tansiq.wording import catalogue

HOUR_MINUTES: Final = 60
LAST_MS: Final = 253_402_000_000_000
"""Days of the year 9999; what a foreign file says beyond them stands as it is."""
ISOLATE, ISOLATE_END = "\u2068", "\u2069"
"""Around what runs in another direction than the line: names of records, digests, dates (UAX #9)."""


class Framed(Protocol):
    """A text with what is signed beside its clauses."""

    @property
    def parties(self) -> tuple[str, ...]: ...
    @property
    def authentic(self) -> tuple[Language, ...]: ...
    @property
    def prevailing(self) -> Language | None: ...
    @property
    def amends(self) -> str | None: ...
    @property
    def force(self) -> Force | None: ...
    @property
    def expires_at(self) -> int | None: ...
    @property
    def review_at(self) -> int | None: ...


class FrameLine(NamedTuple):
    """One thing that is signed: what it is, and what is said of it."""

    name: str
    value: str


def word(name: str, language: Language) -> str:
    """What the paper itself says, by name (`sheet` in the wording)."""
    return catalogue(language, "sheet")[name]["refused"]


def frame_lines(framed: Framed, language: Language, party: Callable[[str, Language], str]) -> list[FrameLine]:
    """All that is signed with the clauses, in one language; `party` names a party in it."""
    rows = [
        ("parties", " — ".join(party(one, language) for one in framed.parties)),
        ("authentic", " · ".join(word(f"lang_{one}", language) for one in framed.authentic)),
        ("prevailing", "" if framed.prevailing is None else word(f"lang_{framed.prevailing}", language)),
        ("amends", _apart(framed.amends or "")),
        ("force", force_words(framed.force, language)),
        ("until", _apart(moment(framed.expires_at))),
        ("review", _apart(moment(framed.review_at))),
    ]
    return [FrameLine(word(name, language), value) for name, value in rows if value]


def force_words(force: Force | None, language: Language) -> str:
    """How a text enters into force: with the last signature where it says nothing."""
    if force is None or force.on == "signature":
        return word("force_signature", language)
    if force.on == "date":
        return word("force_date", language).replace("{date}", _apart(moment(force.date)))
    said = word("force_trigger", language).replace("{trigger}", _apart(force.trigger or ""))
    return said.replace("{days}", str(force.days or 0))


def moment(at: int | None) -> str:
    """A local day, with the time where it is not the day's beginning; empty where there is none."""
    if at is None:
        return ""
    if not 0 <= at <= LAST_MS:
        return f"{at} ms"
    day = day_of(at)
    minute = (at - day_begins(day)) % DAY_MS // MINUTE_MS
    time = f" {minute // HOUR_MINUTES:02}:{minute % HOUR_MINUTES:02} (UTC+3)" if minute else ""
    return date_of(day) + time


def _apart(text: str) -> str:
    return f"{ISOLATE}{text}{ISOLATE_END}" if text else ""
