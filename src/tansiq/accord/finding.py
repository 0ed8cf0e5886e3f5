"""What a rule over the picture came to: whole numbers, the records that it used, and one digest over all of it.

Three values, as with cover (Kleene): what is not known never counts as reached, and never as missed. Where what is not
known would decide, the answer is that it cannot be measured yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

RULES: Final = "tansiq-promises/1"
"""Named in the digest of every finding; it changes when the same records may give another answer."""

Outcome = Literal["met", "not_met", "cannot_be_measured_yet"]
Unit = Literal["hours_a_day", "hours_a_week", "answers", "reports", "days", "sides", "denials"]


class Part(Struct, frozen=True):
    """One part of what was counted: a day of the week or of the year, a cut-off, a plan, a side.

    `name` is `monday` …, a date, a party or a reference; `party` whose part it is; `reached` of `of`, `unknown` of them
    not known; `refs` its very records.
    """

    name: str
    reached: int
    of: int
    unknown: int = 0
    party: str | None = None
    refs: tuple[str, ...] = ()


class Finding(Struct, frozen=True, rename={"from_": "from"}):
    """A rule's answer: in the window `from` … `to` (ms) so many (`reached`) of so many (`of`), where `needed` were
    promised; `unknown` more cannot be known. For denials fewer are better, for all else more.

    `refs` are the very records (`party/id`) that were used. `missing` says what was not there: `nothing:PARTY`,
    `terrain`, `arrangement`, `roster:PARTY`, `no_area` … . `reason` is set where it cannot be measured yet. `parts` are
    those that matter most, the worst first, at most `MOST_PARTS`.
    """

    rule: str
    outcome: Outcome
    unit: Unit
    reached: int
    needed: int
    of: int
    unknown: int
    from_: int
    to: int
    refs: tuple[str, ...]
    missing: tuple[str, ...] = ()
    reason: str | None = None
    parts: tuple[Part, ...] = ()
    fulfilled_at: int | None = None
    measure: str = ""
    digest: str = ""


MOST_PARTS: Final = 40


def sealed(found: Finding) -> Finding:
    """The finding with its records sorted and its digest (SHA-256, hex) over everything that stands in it."""
    plain = replace(found, refs=tuple(sorted(set(found.refs))), parts=found.parts[:MOST_PARTS], digest="")
    text = msgspec.json.encode([RULES, plain], order="deterministic")
    return replace(plain, digest=hashlib.sha256(text).hexdigest())


def outcome(reached: int, unknown: int, needed: int) -> Outcome:
    """Whether enough was reached: by what is known, else by what is not known."""
    if reached >= needed:
        return "met"
    return "not_met" if reached + unknown < needed else "cannot_be_measured_yet"


def share_needed(percent: int, of: int) -> int:
    """The least whole number that is `percent` of `of`, or more."""
    return -(-percent * of // 100)


def unmeasured(rule: str, unit: Unit, needed: int, at: int, reason: str, missing: Iterable[str] = ()) -> Finding:
    """Nothing is there to measure by."""
    return sealed(
        Finding(rule, "cannot_be_measured_yet", unit, 0, needed, 0, 0, at, at, (), tuple(missing), reason=reason)
    )
