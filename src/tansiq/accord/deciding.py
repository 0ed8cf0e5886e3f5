"""How the state of one commitment is come to: whose word decides, who contests it, and what is left open.

In this order. A contest (a side's latest word is `disputed`) makes it disputed until that side says otherwise or a
facilitator, who had the contest before it, verifies. Else what the check says decides: the rule over the picture, the
payee's word, evidence that the other side does not contradict, the other side's confirmation, the facilitator's
verification. Where the sides' latest words are all the same, that decides where the check does not. Else the clock:
what is over its date and was never shown to be kept is late; what has no date cannot be measured yet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tansiq.accord.due import DueAt
from tansiq.accord.finding import Finding
from tansiq.accord.latest import order
from tansiq.accord.money import MoneyView
from tansiq.accord.readings import latest_assessment
from tansiq.accord.rules import STANDING
from tansiq.accord.seats import Seats
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.evidence import Evidence

State = Literal["not_yet_due", "kept", "partly", "late", "not_kept", "disputed", "cannot_be_measured_yet"]
Decided = Literal["rule", "evidence", "other_side", "facilitator", "both_sides", "payee", "contest", "clock", "nothing"]
Word = Literal["kept", "partly", "late", "not_kept"]
WORDS: Final[tuple[Word, ...]] = ("kept", "partly", "late", "not_kept")

HALF: Final = 2
"""Days that are over were kept in part where one in so many of what was promised was reached, or more."""


MINUTE: Final = 60_000
"""Forms tell a moment to the minute (ms)."""


class Contest(Struct, frozen=True):
    """A side that contests: the very record, when (ms), why, and the verification that answers it where one does."""

    party: str
    ref: str
    said: int
    reason: str | None = None
    answered_by: str | None = None


class Decision(Struct, frozen=True):
    """A state, how it was decided, and by which records; what of it is contested."""

    state: State | None
    decided: Decided | None
    by: tuple[str, ...]
    contested: tuple[Contest, ...]
    fulfilled_at: int | None = None
    reason: str | None = None


class _Said(Struct, frozen=True):
    """A party's latest definite word: its record, as of when (ms)."""

    word: Word
    version: Version
    as_of: int


Earlier = Callable[[int], Finding | None]
"""What the rule came to at an earlier instant (ms)."""


def decide(
    told: Told,
    thing: Thing,
    body: Commitment,
    parties: tuple[Sequence[str], Sequence[str]],
    seats: Seats,
    due: DueAt,
    found: Finding | None,
    sums: MoneyView | None,
    at: int,
    earlier: Earlier,
) -> Decision:
    """The state of a commitment that is in force; `parties` are those who owe and those who are owed."""
    owing, owed = parties
    verified = _latest_of(told, thing.ref, seats.facilitators)
    contests = tuple(_contests(told, thing.ref, sorted({*owing, *owed}), verified))
    if any(one.answered_by is None for one in contests):
        by = tuple(one.ref for one in contests if one.answered_by is None)
        return Decision("disputed", "contest", by, contests)
    plain = _plain(told, thing, body, parties, seats, due, found, sums, at)
    standing = isinstance(body.rule, STANDING)
    answered = bool(contests) or _answers(told, verified, plain)
    if verified is not None and answered and _still_answers(verified, found, earlier):
        plain = _by_word(verified, "facilitator", due, standing=standing)
    return replace(plain, contested=contests)


def _answers(told: Told, verified: _Said | None, plain: Decision) -> bool:
    """Whether a facilitator verified who had before it all that disputes."""
    if verified is None or plain.state != "disputed":
        return False
    things = [(ref, told.thing_of(ref)) for ref in plain.by]
    disputing = [one for ref, thing in things if thing is not None for one in thing.versions if one.ref == ref]
    return all(verified.version.knows(one) for one in disputing)


def _still_answers(verified: _Said, found: Finding | None, earlier: Earlier) -> bool:
    """Whether a verification still speaks of how things are: a rule that has turned since speaks again itself."""
    if found is None:
        return True
    then = earlier(verified.as_of)
    return then is None or then.outcome == found.outcome


def _plain(
    told: Told,
    thing: Thing,
    body: Commitment,
    parties: tuple[Sequence[str], Sequence[str]],
    seats: Seats,
    due: DueAt,
    found: Finding | None,
    sums: MoneyView | None,
    at: int,
) -> Decision:
    """The state where nothing is contested."""
    owing, owed = parties
    agreed = _by_all(told, thing.ref, sorted({*owing, *owed}), due)
    if agreed is not None:
        agreed = replace(agreed, decided="both_sides")
    if found is not None:
        ruled = _by_rule(body, due, found)
        return agreed if agreed is not None and ruled.state == "cannot_be_measured_yet" else ruled
    if sums is not None and body.check is None:
        return _by_money(sums, due, at)
    checks = {
        "evidence": lambda: _by_evidence(told, thing.ref, owing, owed, due),
        "other_side": lambda: _by_all(told, thing.ref, [one for one in owed if one not in owing] or owed, due),
        "facilitator": lambda: _by_one(told, thing.ref, seats.facilitators, due),
    }
    check = checks.get(body.check or "")
    decided = None if check is None else check()
    return decided or agreed or _by_clock(due)


def _by_rule(body: Commitment, due: DueAt, found: Finding) -> Decision:
    refs = found.refs
    standing = isinstance(body.rule, STANDING)
    if due.way != "no_date" and not due.over and not (found.outcome == "met" and found.fulfilled_at is not None):
        return Decision("not_yet_due", "clock", refs, ())
    if found.outcome == "cannot_be_measured_yet":
        return Decision("cannot_be_measured_yet", "rule", refs, (), reason=found.reason)
    if found.outcome == "met":
        late = due.at is not None and found.fulfilled_at is not None and found.fulfilled_at > due.at
        return Decision("late" if late else "kept", "rule", refs, (), found.fulfilled_at)
    if standing and due.way == "no_date" and found.unit == "sides":
        # a centre that was promised and for which no day was given is never late by the clock
        return Decision("cannot_be_measured_yet", "rule", refs, (), reason="no_date")
    if standing:
        return Decision("late", "rule", refs, ())
    half = found.unit != "denials" and found.reached > 0 and found.reached * HALF >= found.needed
    return Decision("partly" if half else "not_kept", "rule", refs, ())


def _by_money(sums: MoneyView, due: DueAt, at: int) -> Decision:
    owed_now = [one for one in sums.tranches if one.due is None or one.due <= at]
    refs = tuple(word.ref for one in sums.tranches for word in one.words)
    if any(one.state == "disputed" for one in sums.tranches):
        by = tuple(word.ref for one in sums.tranches for word in one.words if word.state == "disputed")
        return Decision("disputed", "contest", by, ())
    if sums.received >= sums.amount:
        last = max(word.at for one in sums.tranches for word in one.words if word.state == "received")
        dates = [one.due for one in sums.tranches if one.due is not None] or ([due.at] if due.at is not None else [])
        return Decision("late" if dates and last > max(dates) else "kept", "payee", refs, (), last)
    over = [one for one in owed_now if one.due is not None or due.over]
    if not over:
        dated = due.at is not None or any(one.due for one in sums.tranches)
        if dated:
            return Decision("not_yet_due", "clock", refs, ())
        return Decision("cannot_be_measured_yet", "clock", refs, (), reason="no_date")
    if all(one.state == "received" for one in over):
        return Decision("kept", "payee", refs, ())
    return Decision("partly" if any(one.received for one in over) else "late", "payee", refs, ())


def _by_evidence(told: Told, ref: str, owing: Sequence[str], owed: Sequence[str], due: DueAt) -> Decision | None:
    """By the latest evidence of those who owe, unless another side's later word says otherwise."""
    given = [
        (one.now, body)
        for one in told.about("evidence", ref)
        if one.party in owing
        and (body := body_of(one.now, Evidence)) is not None
        and body.status != "withdrawn"
        and body.shows is not None
        and _in_period(one.now.said.at, due)
    ]
    if not given:
        return None
    version, body = max(given, key=lambda one: (one[0].said.at, *order(one[0]), one[0].ref))
    shown = body.when or body.when_coarse
    as_of = version.said.at if shown is None else shown.to or shown.from_
    others = [
        said
        for party in owed
        if party not in owing and (said := _latest(told, ref, party)) is not None and said.version.knows(version)
    ]
    against = [one for one in others if one.word not in (body.shows, "late" if body.shows == "kept" else body.shows)]
    if against:
        return Decision("disputed", "contest", (version.ref, *(one.version.ref for one in against)), ())
    return _by_word(_Said(body.shows or "kept", version, as_of), "evidence", due)


def _by_all(told: Told, ref: str, parties: Sequence[str], due: DueAt) -> Decision | None:
    """By the latest words of all of them, where they are one."""
    words = [_latest(told, ref, party) for party in parties]
    said = [one for one in words if one is not None and _in_period(one.as_of, due)]
    if not said or len(said) < len(parties) or len({one.word for one in said}) > 1:
        return None
    last = max(said, key=lambda one: (one.as_of, one.version.ref))
    return replace(_by_word(last, "other_side", due), by=tuple(one.version.ref for one in said))


def _by_one(told: Told, ref: str, parties: Sequence[str], due: DueAt) -> Decision | None:
    said = _latest_of(told, ref, parties)
    return None if said is None or not _in_period(said.as_of, due) else _by_word(said, "facilitator", due)


def _by_word(said: _Said, decided: Decided, due: DueAt, *, standing: bool = False) -> Decision:
    """A word as a state: what was kept after its date was kept late."""
    fulfilled = said.as_of if said.word == "kept" and not standing else None
    late = said.word == "kept" and fulfilled is not None and due.way in ("date", "trigger")
    late = late and due.at is not None and said.as_of > due.at
    return Decision("late" if late else said.word, decided, (said.version.ref,), (), fulfilled)


def _by_clock(due: DueAt) -> Decision:
    if due.way == "no_date":
        return Decision("cannot_be_measured_yet", "nothing", (), (), reason="no_date")
    if due.at is None:
        return Decision("not_yet_due", "clock", (), (), reason="trigger")
    return Decision("late" if due.over else "not_yet_due", "clock", (), ())


def _in_period(at: int, due: DueAt) -> bool:
    """Of what is due again and again only words on the period at hand count."""
    return due.way != "period" or at >= due.from_


def _latest(told: Told, ref: str, party: str) -> _Said | None:
    found = latest_assessment(told, ref, party)
    if found is None:
        return None
    version, body = found
    word = next((one for one in WORDS if one == body.word), None)
    return None if word is None else _Said(word, version, _as_of(body.as_of, version.said.at))


def _as_of(told: int | None, said: int) -> int:
    """As of when a word speaks (ms): as it says, else when it was said, also where it says that very minute."""
    return said if told is None or 0 <= said - told < MINUTE else told


def _latest_of(told: Told, ref: str, parties: Sequence[str]) -> _Said | None:
    """The latest word among several parties."""
    said = [one for party in parties if (one := _latest(told, ref, party)) is not None]
    return max(said, key=lambda one: (one.version.said.at, one.version.ref), default=None)


def _contests(told: Told, ref: str, parties: Sequence[str], verified: _Said | None) -> list[Contest]:
    """Sides that contest, or did when the facilitator verified."""
    found = []
    for party in parties:
        latest = latest_assessment(told, ref, party)
        if latest is None:
            continue
        version, body = latest
        if body.word == "disputed":
            answers = verified is not None and verified.version.knows(version)
            by = verified.version.ref if verified is not None and answers else None
            found.append(Contest(party, version.ref, version.said.at, body.reason, by))
    return found
