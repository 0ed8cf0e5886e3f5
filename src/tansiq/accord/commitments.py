"""How every commitment stands at an instant, and how that was decided. `docs/accord.md` gives the rules with examples.

A function of what was told, of who sits at the table and of the instant: two nodes that hold the same records come to
the same digest. No state is a judgement of a person or a score: it says what follows from which records.
"""

from __future__ import annotations

import hashlib
from functools import cache, partial
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tansiq.accord.days import day_begins, day_of
from tansiq.accord.deciding import Contest, Decided, Decision, State, decide
from tansiq.accord.due import DueAt, due_at
from tansiq.accord.finding import RULES, Finding
from tansiq.accord.measures import Measures
from tansiq.accord.money import MoneyView, money
from tansiq.accord.past import as_it_stood
from tansiq.accord.readings import Readings, readings
from tansiq.accord.rules import finding
from tansiq.accord.seats import Seats
from tansiq.accord.standing import Clauses, Standing, owed_to, signed_clauses, standing
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.complaint import Complaint

Check = Literal["evidence", "other_side", "facilitator", "picture", "money"]
MOST_DAYS: Final = 120
"""Days of a time line."""


class Promise(Struct, frozen=True):
    """One commitment at an instant. `state` is None where it is not in force.

    `decided` says how the state was come to, `by` which very records did; `contested` who contests it. `fulfilled_at`
    (ms) is when it was kept as far as that is known, `late_days` how many local days after its date that was or by now
    is. `reason` says why it cannot be measured yet. `finding` is what its rule comes to, also before it is due.
    """

    ref: str
    party: str
    standing: Standing
    number: str | None
    owed_by: tuple[str, ...]
    owed_to: tuple[str, ...]
    agreement: str | None
    clause: str | None
    understanding: str | None
    check: Check | None
    due: DueAt
    state: State | None
    decided: Decided | None
    by: tuple[str, ...]
    contested: tuple[Contest, ...]
    fulfilled_at: int | None
    late_days: int
    reason: str | None
    finding: Finding | None
    readings: Readings
    money: MoneyView | None
    evidence: tuple[str, ...]
    complaints: tuple[str, ...]
    digest: str = ""


class Evaluation(Struct, frozen=True):
    """All commitments of a circle as of an instant (ms), by reference, and one digest over them."""

    at: int
    promises: tuple[Promise, ...]
    digest: str


class DayState(Struct, frozen=True):
    """A commitment at the end of a local day (ms): its state, and how far its rule was reached where it has one."""

    day: int
    at: int
    state: State | None
    decided: Decided | None
    reached: int | None
    needed: int | None
    of: int | None


def evaluate(told: Told, seats: Seats, at: int, measures: Measures) -> Evaluation:
    """Every commitment as of an instant (ms)."""
    then = as_it_stood(told, at)
    clauses: Clauses = cache(partial(signed_clauses, then, seats))
    found = tuple(_promise(told, then, thing, seats, at, measures, clauses) for thing in then.of_kind("commitment"))
    text = msgspec.json.encode([RULES, at, [one.digest for one in found]])
    return Evaluation(at, found, hashlib.sha256(text).hexdigest())


def promise(told: Told, seats: Seats, ref: str, at: int, measures: Measures) -> Promise | None:
    """One commitment as of an instant (ms); None where nobody had said it by then."""
    then = as_it_stood(told, at)
    thing = then.get(ref) or then.thing_of(ref)
    if thing is None or thing.kind != "commitment":
        return None
    return _promise(told, then, thing, seats, at, measures, partial(signed_clauses, then, seats))


def history(told: Told, seats: Seats, ref: str, at: int, measures: Measures, days: int = 60) -> list[DayState]:
    """The same at the end of each of the last local days, and as of the instant itself; at most `MOST_DAYS`."""
    last = day_of(at)
    found = []
    for day in range(last - min(days, MOST_DAYS) + 1, last + 1):
        when = min(at, day_begins(day + 1) - 1)
        one = promise(told, seats, ref, when, measures)
        if one is not None:
            rule = one.finding
            found.append(
                DayState(
                    day,
                    when,
                    one.state,
                    one.decided,
                    None if rule is None else rule.reached,
                    None if rule is None else rule.needed,
                    None if rule is None else rule.of,
                )
            )
    return found


def _promise(
    told: Told, then: Told, thing: Thing, seats: Seats, at: int, measures: Measures, clauses: Clauses
) -> Promise:
    how, body = standing(then, thing, seats, clauses)
    owing = tuple(sorted(set(body.owed_by or ())))
    owed = owed_to(body, seats)
    due = due_at(then, body, thing.versions[0].said.at, at)
    sums = None if body.money is None else money(then, thing.ref, body.money, owing, owed, at)
    found = None if body.rule is None else finding(body.rule, owing, seats, _since(body, due, at), at, then, measures)
    read = readings(then, thing.ref, owing, seats)
    decision = Decision(None, None, (), ())
    if how.name == "in_force":

        def earlier(when: int) -> Finding | None:
            """What the rule came to at an earlier instant."""
            if body.rule is None:
                return None
            stood = as_it_stood(told, when)
            return finding(body.rule, owing, seats, _since(body, due, when), when, stood, measures)

        decision = decide(then, thing, body, (owing, owed), seats, due, found, sums, at, earlier)
    one = Promise(
        thing.ref,
        thing.party,
        how,
        body.number,
        owing,
        owed,
        body.agreement,
        body.clause,
        body.understanding,
        check_of(body),
        due,
        decision.state,
        decision.decided,
        decision.by,
        decision.contested,
        decision.fulfilled_at,
        _late_days(due, decision, at),
        decision.reason,
        found,
        read,
        sums,
        tuple(one.ref for one in then.about("evidence", thing.ref)),
        tuple(one.ref for one in complaints_about(then, thing)),
    )
    return replace(one, digest=hashlib.sha256(msgspec.json.encode([RULES, one])).hexdigest())


def was_kept(one: Promise) -> bool:
    """Whether it was kept, be it late."""
    return one.state == "kept" or (one.state == "late" and one.fulfilled_at is not None)


def check_of(body: Commitment) -> Check | None:
    """How it is checked: as it says, else by its rule, else by its money."""
    if body.rule is not None:
        return "picture"
    if body.check is not None and body.check != "picture":
        return body.check
    return "money" if body.money is not None else None


def complaints_about(told: Told, thing: Thing) -> list[Thing]:
    """Complaints that name a commitment, or are about it."""
    refs = {thing.ref, *(one.ref for one in thing.versions)}
    found = {one.ref: one for one in told.about("complaint", thing.ref)}
    for one in told.of_kind("complaint"):
        body = body_of(one.now, Complaint)
        if body is not None and body.commitment in refs:
            found[one.ref] = one
    return [found[ref] for ref in sorted(found)]


def _since(body: Commitment, due: DueAt, at: int) -> int:
    """From when (ms) days count for a rule that looks back: since its period began, or its date once that is over."""
    if body.due is not None and body.due.every is not None:
        return due.from_ if body.due.every.from_ is None else body.due.every.from_
    if due.at is not None and due.at < at:
        return due.at + 1
    return due.from_


def _late_days(due: DueAt, decision: Decision, at: int) -> int:
    if due.at is None or decision.state not in ("late", "partly", "not_kept", "disputed"):
        return 0
    end = at if decision.fulfilled_at is None else decision.fulfilled_at
    return max(0, day_of(end) - day_of(due.at))
