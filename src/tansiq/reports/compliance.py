"""The compliance report of an agreement: every commitment with its state, how that was measured, and all readings.

The state and its grounds are those of `tansiq.accord.commitments`; here they are put side by side with the time before
and with what each side replies.
"""

from __future__ import annotations

from msgspec import Struct

from tansiq.accord.commitments import Promise, evaluate
from tansiq.accord.measures import Measures
from tansiq.accord.past import as_it_stood
from tansiq.accord.record import KeptRecord, kept_record
from tansiq.accord.seats import Seats
from tansiq.errors import NotFound
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.clause import Clause
from tansiq.records.kinds.commitment import Commitment
from tansiq.reports.cutoff import Window
from tansiq.reports.gathered import Heard, Tally, heard_of, names_in

UNMEASURED = "no_state"


class ClauseFact(Struct, frozen=True):
    """A clause: its wording and its place (`3.2`)."""

    ref: str
    order: str


class Kept(Struct, frozen=True):
    """One commitment as it stands; `before` is its state at the cut-off before, `clause` that out of which it comes."""

    promise: Promise
    names: dict[str, str]
    announced: int | None
    before: str | None
    clause: ClauseFact | None


class Compliance(Struct, frozen=True):
    """The common part for one agreement; `agreement` None is all commitments that name none."""

    report: str
    circle: str
    exercise: bool
    window: Window
    rule: str | None
    parties: tuple[str, ...]
    facilitators: tuple[str, ...]
    agreement: str | None
    agreement_names: dict[str, str]
    states: tuple[Tally, ...]
    kept: tuple[Kept, ...]
    record: KeptRecord
    heard: tuple[Heard, ...]


def compliance(
    told: Told,
    circle: str,
    *,
    exercise: bool,
    window: Window,
    rule: str | None,
    seats: Seats,
    measures: Measures,
    agreement: str | None,
) -> Compliance:
    """The facts of an agreement at a cut-off. Refused: one that was not told by then (`report.no_agreement`)."""
    then = as_it_stood(told, window.end)
    thing = None if agreement is None else then.thing_of(agreement)
    if agreement is not None and (thing is None or thing.kind != "agreement"):
        raise NotFound("report.no_agreement", ref=agreement[:80])
    versions = {agreement} if thing is None else {one.ref for one in thing.versions}
    evaluation = evaluate(told, seats, window.end, measures)
    before = {one.ref: one.state for one in evaluate(told, seats, window.start, measures).promises}
    promises = [one for one in evaluation.promises if one.agreement in versions]
    states = sorted(
        {one.state or UNMEASURED for one in promises} | {before.get(one.ref) or UNMEASURED for one in promises}
    )
    kept = []
    for one in promises:
        own = then.get(one.ref)
        body = None if own is None else body_of(own.now, Commitment)
        kept.append(
            Kept(
                one,
                {} if own is None else names_in(own),
                None if body is None else body.announced,
                before.get(one.ref),
                clause_of(then, one),
            )
        )
    return Compliance(
        "compliance",
        circle,
        exercise,
        window,
        rule,
        then.parties,
        seats.facilitators,
        None if thing is None else thing.ref,
        {} if thing is None else names_in(thing),
        tuple(
            Tally(
                state,
                sum((one.state or UNMEASURED) == state for one in promises),
                sum((before.get(one.ref) or UNMEASURED) == state for one in promises),
                tuple(one.ref for one in promises if (one.state or UNMEASURED) == state),
                tuple(one.ref for one in promises if (before.get(one.ref) or UNMEASURED) == state),
            )
            for state in states
        ),
        tuple(sorted(kept, key=lambda one: (number_key(one.promise.number), one.promise.ref))),
        kept_record(told, seats, evaluation, measures),
        heard_of(then),
    )


def number_key(number: str | None) -> tuple[str, int, str]:
    """Commitments in the order of their numbers: by letters, then C2 before C10; those without a number last."""
    given = number or ""
    digits = "".join(letter for letter in given if letter.isdecimal())
    letters = "".join(letter for letter in given if letter.isalpha())
    return (letters if given else "\uffff", int(digits) if digits else 0, given)


def clause_of(told: Told, promise: Promise) -> ClauseFact | None:
    """The clause out of which a commitment comes, as it was worded last; None where it names none that was told."""
    agreement = None if promise.agreement is None else told.thing_of(promise.agreement)
    if promise.clause is None or agreement is None:
        return None
    found: tuple[int, str, ClauseFact] | None = None
    for thing in told.about("clause", agreement.ref):
        body = body_of(thing.now, Clause)
        if body is None or body.key != promise.clause:
            continue
        order = ".".join(str(step) for step in body.order or ())
        one = (thing.now.said.at, thing.ref, ClauseFact(thing.ref, order))
        found = one if found is None else max(found, one, key=lambda each: each[:2])
    return None if found is None else found[2]
