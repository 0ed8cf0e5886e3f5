"""How a complaint stands: every step with its clock, what of the recommendations is executed, what is missing.

Times are those of the terms in force as the author of the complaint had them: no later rule moves a clock that runs.
Nobody gains or costs another time by being late: the clock of a step starts when the one before it was taken, or was
due if that was sooner; an execution is as late as it was said, however long the other side takes to confirm it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from tansiq.accord.complaint_words import STEPS, Case, Name, Word
from tansiq.accord.terms import Step, step_time
from tansiq.picture.terms import MINUTE_MS, InForce, Rule, in_force
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.assessment import Assessment
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.negotiation_file import NegotiationFile

State = Literal[
    "waits_for_reply",
    "waits_for_verification",
    "waits_for_finding",
    "cannot_be_closed",
    "not_upheld",
    "waits_for_recommendation",
    "waits_for_execution",
    "executed",
    "closed",
    "disputed",
    "withdrawn",
    "erased",
]
OVER: Final[frozenset[State]] = frozenset({"closed", "executed", "not_upheld", "withdrawn", "erased"})


Taken = Literal["done", "unconfirmed", "due", "late", "open", "not_needed"]


class Due(Struct, frozen=True):
    """A step: until when, by which rule, since when taken (ms), and late by how many minutes.

    `due` is None where nothing says it, or where what comes before was neither taken nor due. `by` are those whose word
    counts, all of them together where it is `jointly`. A time without a rule is one that the complaint or the
    recommendation itself gives. `unconfirmed` where all was said to be executed and only the other side's word is
    missing.
    """

    step: Step
    state: Taken
    due: int | None
    done: int | None
    late_by: int
    rule: Rule | None
    by: tuple[str, ...]
    jointly: bool
    words: tuple[Word, ...]


class Task(Struct, frozen=True):
    """A recommendation that counts: who carries it out by when (ms), and whether that was said and confirmed."""

    ref: str
    by: str | None
    due: int | None
    rule: Rule | None
    missing: tuple[Name, ...]
    state: Literal["executed", "waits_for_confirmation", "partly", "due", "late", "open"]
    done: int | None
    late_by: int


class Standing(Struct, frozen=True):
    """How a complaint stands. `finding` is the one that counts, `missing` what it does not name."""

    ref: str
    party: str
    against: str | None
    said: int
    state: State
    late: bool
    steps: tuple[Due, ...]
    tasks: tuple[Task, ...]
    finding: str | None
    missing: tuple[Name, ...]
    declined_by: tuple[str, ...]


class Dispute(Struct, frozen=True):
    """What is disputed and by whom: an assessment of a commitment, or a finding that a side declined (`cause`).

    `about` is the commitment or complaint, `files` are the negotiation files that it opened.
    """

    cause: str
    kind: Literal["assessment", "finding"]
    about: str
    by: tuple[str, ...]
    files: tuple[str, ...]


def standing(told: Told, thing: Thing, facilitators: Collection[str], at: int) -> Standing:
    """How a complaint stands at a time (ms), by everything that is held."""
    said = thing.versions[0].said.at
    body = body_of(thing.now, Complaint)
    if body is None:
        return Standing(thing.ref, thing.party, None, said, "erased", False, (), (), None, (), ())
    case = Case(told, thing, body, facilitators)
    terms = in_force(told, thing.versions[0])
    words = {step: case.words(step) for step in STEPS}
    found = _latest(words["finding"])
    declined = tuple(sorted({party for word in words["finding"] for party in word.declined_by}))
    tasks = tuple(_task(case, terms, words, word, at) for word in words["recommendation"] if word.counted is not None)
    state = _state(case, words, found, declined, tasks)
    steps = _steps(case, terms, words, tasks, state, at)
    late = state not in OVER and any(one.state == "late" for one in steps)
    missing = found.missing if found else ()
    ref = found.ref if found else None
    return Standing(thing.ref, thing.party, body.against, said, state, late, steps, tasks, ref, missing, declined)


def standings(told: Told, facilitators: Collection[str], at: int) -> list[Standing]:
    """Every complaint of a circle, by reference."""
    return [standing(told, thing, facilitators, at) for thing in told.of_kind("complaint")]


def disputes(told: Told, facilitators: Collection[str], at: int) -> list[Dispute]:
    """Everything that is disputed, by what it is about; an assessment as its party says it now."""
    found = []
    for thing in told.of_kind("assessment"):
        body = body_of(thing.now, Assessment)
        if body is not None and body.word == "disputed" and thing.about is not None:
            files = _files(told, thing.ref, thing.about)
            found.append(Dispute(thing.ref, "assessment", thing.about, (thing.party,), files))
    for one in standings(told, facilitators, at):
        for word in (word for step in one.steps if step.step == "finding" for word in step.words):
            if word.declined_by:
                found.append(Dispute(word.ref, "finding", one.ref, word.declined_by, _files(told, word.ref, one.ref)))
    return sorted(found, key=lambda one: (one.about, one.cause))


def _files(told: Told, *causes: str) -> tuple[str, ...]:
    files = told.of_kind("negotiation_file")
    bodies = ((thing.ref, body_of(thing.now, NegotiationFile)) for thing in files)
    return tuple(ref for ref, body in bodies if body is not None and body.cause in causes)


def _latest(words: Sequence[Word]) -> Word | None:
    """The word that counts, the latest where there are several."""
    counting = [(word.counted, word.ref, word) for word in words if word.counted is not None]
    return max(counting, key=lambda one: one[:2])[2] if counting else None


def _state(
    case: Case, words: Mapping[Step, Sequence[Word]], found: Word | None, declined: Sequence[str], tasks: Sequence[Task]
) -> State:
    if case.body.status == "withdrawn":
        return "withdrawn"
    if declined:
        return "disputed"
    if found is not None:
        return _state_with(case, found, tasks)
    if _latest(words["verification"]):
        return "waits_for_finding"
    return "waits_for_verification" if _latest(words["reply"]) else "waits_for_reply"


def _state_with(case: Case, found: Word, tasks: Sequence[Task]) -> State:
    if case.step(found.ref).finding == "not_upheld":
        return "not_upheld"
    if found.missing:
        return "cannot_be_closed"
    if tasks and all(task.state == "executed" for task in tasks):
        return "executed"
    if case.body.status == "closed":
        return "closed"
    return "waits_for_execution" if tasks else "waits_for_recommendation"


def _task(case: Case, terms: InForce, words: Mapping[Step, Sequence[Word]], word: Word, at: int) -> Task:
    body, given = case.step(word.ref), step_time(terms, "execution")
    due, rule = body.due, None
    if due is None and given is not None and word.counted is not None:
        due, rule = word.counted + given[0] * MINUTE_MS, given[1]
    said = [one for one in words["execution"] if case.step(one.ref).of == word.ref]
    done = min((one.counted for one in said if one.counted is not None), default=None)
    told = min((one.said for one in said if one.why == "not_confirmed"), default=None)
    late_by = _late(due, told if done is None else done, at)
    state: Literal["executed", "waits_for_confirmation", "partly", "due", "late", "open"]
    if done is not None:
        state = "executed"
    elif told is not None:
        state = "waits_for_confirmation"
    elif late_by:
        state = "late"
    elif any(case.step(one.ref).done == "partly" for one in said):
        state = "partly"
    else:
        state = "open" if due is None else "due"
    return Task(word.ref, body.by, due, rule, word.missing, state, done, late_by)


def _steps(
    case: Case,
    terms: InForce,
    words: Mapping[Step, tuple[Word, ...]],
    tasks: Sequence[Task],
    state: State,
    at: int,
) -> tuple[Due, ...]:
    found: list[Due] = []
    start: int | None = case.thing.versions[0].said.at
    for step in STEPS[:-1]:
        done = min((word.counted for word in words[step] if word.counted is not None), default=None)
        due, rule = _due(case, terms, step, start)
        by = ((case.body.against,) if case.body.against else ()) if step == "reply" else case.facilitators
        jointly = step != "reply" and not by
        found.append(_made(step, due, done, rule, case.concerned if jointly else by, words[step], state, at, jointly))
        passed = [one for one in (done, due) if one is not None and (one == done or one <= at)]
        start = min(passed, default=None)
    found.append(_execution(words["execution"], tasks, state, at))
    return tuple(found)


def _due(case: Case, terms: InForce, step: Step, start: int | None) -> tuple[int | None, Rule | None]:
    if step == "reply" and case.body.reply_due is not None:
        return case.body.reply_due, None
    found = step_time(terms, step)
    if found is None or start is None:
        return None, None
    return start + found[0] * MINUTE_MS, found[1]


def _made(
    step: Step,
    due: int | None,
    done: int | None,
    rule: Rule | None,
    by: tuple[str, ...],
    words: tuple[Word, ...],
    state: State,
    at: int,
    jointly: bool = False,
) -> Due:
    needed = state not in OVER or done is not None
    late_by = _late(due, done, at) if needed else 0
    how: Taken
    if done is not None:
        how = "done"
    elif not needed:
        how = "not_needed"
    elif late_by:
        how = "late"
    else:
        how = "open" if due is None else "due"
    return Due(step, how, due, done, late_by, rule, by, jointly, words)


def _execution(words: tuple[Word, ...], tasks: Sequence[Task], state: State, at: int) -> Due:
    """All recommendations together: due with the first that is not yet said to be executed, done with the last."""
    waiting = [task for task in tasks if task.done is None]
    undone = [task for task in waiting if task.state != "waits_for_confirmation"]
    done = None if waiting or not tasks else max(task.done or 0 for task in tasks)
    first = min((task for task in undone or waiting or tasks if task.due is not None), key=_when, default=None)
    by = tuple(sorted({task.by for task in tasks if task.by is not None}))
    due, rule = (None, None) if first is None else (first.due, first.rule)
    made = _made("execution", due, done, rule, by, words, state, at)
    if made.state == "not_needed" or undone or not tasks:
        return made
    # the last may have been in time although another was late; nobody is late by another's silence
    late_by = max(task.late_by for task in tasks)
    return replace(made, state="unconfirmed" if waiting else made.state, late_by=late_by)


def _when(task: Task) -> int:
    return task.due or 0


def _late(due: int | None, done: int | None, at: int) -> int:
    """Minutes late, a begun one counted whole; 0 where it is not."""
    over = 0 if due is None else (at if done is None else done) - due
    return max(0, -(-over // MINUTE_MS))
