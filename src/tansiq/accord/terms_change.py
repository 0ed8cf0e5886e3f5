"""What changed between two versions of terms of reference, rule by rule, and whom it concerns.

Rules are matched by what they are about (the role, the step, the body and party) and not by their place, so that one
rule put in before others is one change. `applied` to the old, the changes give the new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from tansiq.picture.terms import InForce
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.activity import Activity
from tansiq.records.kinds.centre import Centre
from tansiq.records.kinds.commitment import AnsweredWithin, CentreStaffed, Commitment, ReportEvery
from tansiq.records.kinds.complaint import Complaint
from tansiq.records.kinds.terms import Terms

Part = Literal[
    "parties",
    "lead",
    "answer",
    "ladder",
    "silence",
    "buffers",
    "roles",
    "quorums",
    "cutoffs",
    "manning",
    "complaints",
    "reporting",
]

SUBJECT: Final[Mapping[Part, tuple[str, ...]]] = {
    "parties": (),
    "lead": ("activity", "area"),
    "answer": ("ask",),
    "ladder": ("level",),
    "silence": ("ask",),
    "buffers": (),
    "roles": ("role",),
    "quorums": ("body", "party"),
    "cutoffs": ("report", "weekday"),
    "manning": ("party", "centre"),
    "complaints": ("step",),
    "reporting": ("stage",),
}
"""By what two rules of a part are the same rule with another content."""

WHOLE: Final = frozenset({"buffers"})
"""Parts that are one rule and not a list."""


class Change(Struct, frozen=True):
    """One rule that is new, gone, other or only elsewhere; `before` and `after` are its numbers from 1."""

    part: Part
    how: Literal["added", "removed", "changed", "moved"]
    before: int | None
    after: int | None
    old: Any
    new: Any


class Affected(Struct, frozen=True):
    """Whom and what changes concern: parties and roles by name, the rest by reference.

    `plans` would run under other clocks if they were announced anew: those that were announced keep the terms of then.
    `commitments` have a rule on the same matter; `complaints` are open and have a step before them whose time changes.
    """

    parties: tuple[str, ...]
    roles: tuple[str, ...]
    bodies: tuple[str, ...]
    centres: tuple[str, ...]
    plans: tuple[str, ...]
    commitments: tuple[str, ...]
    complaints: tuple[str, ...]


def changes(old: Terms, new: Terms) -> tuple[Change, ...]:
    """Every rule that differs, part by part in the order of the form."""
    return tuple(change for part in SUBJECT for change in _part(part, _rules(old, part), _rules(new, part)))


def applied(old: Terms, changed: Iterable[Change]) -> Terms:
    """The rules of the new version out of those of the old; names, notes and the number of the version stay."""
    by_part: dict[Part, list[Change]] = {}
    for one in changed:
        by_part.setdefault(one.part, []).append(one)
    fields: dict[str, Any] = {}
    for part, some in by_part.items():
        gone = {one.before for one in some if one.before is not None}
        rules = [rule for number, rule in enumerate(_rules(old, part), 1) if number not in gone]
        for one in sorted(some, key=lambda one: one.after or 0):
            if one.after is not None:
                rules.insert(one.after - 1, one.new)
        fields[part] = (rules[0] if rules else None) if part in WHOLE else (rules or None)
    return msgspec.convert({**msgspec.to_builtins(old), **fields}, Terms)


def _rules(terms: Terms, part: Part) -> list[Any]:
    value = msgspec.to_builtins(getattr(terms, part))
    if value is None:
        return []
    return [value] if part in WHOLE else list(value)


def _part(part: Part, old: Sequence[Any], new: Sequence[Any]) -> list[Change]:
    pairs = _matched([_subject(part, rule) for rule in old], [_subject(part, rule) for rule in new])
    stays = _rising([pair for pair in pairs if old[pair[0]] == new[pair[1]]])
    found = []
    for before, after in pairs:
        if (before, after) not in stays:
            how: Literal["changed", "moved"] = "moved" if old[before] == new[after] else "changed"
            found.append(Change(part, how, before + 1, after + 1, old[before], new[after]))
    matched_old, matched_new = {before for before, _ in pairs}, {after for _, after in pairs}
    found += [Change(part, "removed", at + 1, None, rule, None) for at, rule in enumerate(old) if at not in matched_old]
    found += [Change(part, "added", None, at + 1, None, rule) for at, rule in enumerate(new) if at not in matched_new]
    return sorted(found, key=lambda one: (one.after or one.before or 0, one.after is None))


def _subject(part: Part, rule: Any) -> Any:
    return rule if part == "parties" else tuple(rule.get(name) for name in SUBJECT[part])


def _matched(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int, int]]:
    """Pairs of places of the same subject; the first with the first where a subject stands several times."""
    free: dict[Any, list[int]] = {}
    for at, subject in enumerate(new):
        free.setdefault(subject, []).append(at)
    return [(at, free[subject].pop(0)) for at, subject in enumerate(old) if free.get(subject)]


def _rising(pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The most pairs that keep their order: the longest rising row of their new places."""
    rows: list[list[tuple[int, int]]] = [[]]
    for pair in pairs:
        fitting = [row for row in rows if not row or row[-1][1] < pair[1]]
        rows.append([*max(fitting, key=len), pair])
    longest: list[tuple[int, int]] = max(rows, key=len)
    return set(longest)


def affected(changed: Sequence[Change], old: Terms, new: Terms, told: Told, at: int) -> Affected:
    """Whom changes concern, of what was told by a time (ms)."""
    rules = [rule for one in changed for rule in (one.old, one.new) if isinstance(rule, dict) and one.how != "moved"]
    parts = {one.part for one in changed if one.how != "moved"}
    every = set(old.parties or ()) | set(new.parties or ())
    named = {str(rule["party"]) for rule in rules if rule.get("party")}
    for_all = [one for one in changed if one.how != "moved" and not _for_one_party(one)]
    joined = {str(one.old or one.new) for one in changed if one.part == "parties"}
    parties = every if for_all else named
    return Affected(
        tuple(sorted(parties | joined)),
        tuple(dict.fromkeys(str(rule["role"]) for rule in rules if "role" in rule)),
        tuple(dict.fromkeys(str(rule["body"]) for rule in rules if "body" in rule)),
        _centres(changed, told),
        _refs(told, "activity", lambda thing: _plan_changes(thing, old, new, at)) if parts & _PLANNED else (),
        _refs(told, "commitment", lambda thing: _commitment_concerned(thing, changed)),
        _refs(told, "complaint", _open) if "complaints" in parts else (),
    )


_PLANNED: Final = frozenset({"lead", "answer", "ladder", "silence", "buffers"})


def _for_one_party(change: Change) -> bool:
    rule = change.new or change.old
    return change.part == "parties" or (isinstance(rule, dict) and bool(rule.get("party")))


def _refs(told: Told, kind: str, concerned: Callable[[Thing], bool]) -> tuple[str, ...]:
    return tuple(thing.ref for thing in told.of_kind(kind) if concerned(thing))


def _centres(changed: Sequence[Change], told: Told) -> tuple[str, ...]:
    manning = [one.new or one.old for one in changed if one.part == "manning" and one.how != "moved"]
    if any(not rule.get("centre") for rule in manning):
        return _refs(told, "centre", lambda thing: body_of(thing.now, Centre) is not None)
    return tuple(dict.fromkeys(str(rule["centre"]) for rule in manning))


def _plan_changes(thing: Thing, old: Terms, new: Terms, at: int) -> bool:
    body = body_of(thing.now, Activity)
    if (
        body is None
        or body.status in ("ended", "cancelled")
        or max((volume.end for volume in body.volumes or ()), default=at) < at
    ):
        return False
    return _clocks(old, body) != _clocks(new, body)


def _clocks(terms: Terms, plan: Activity) -> tuple[Any, ...]:
    held = InForce("", terms)
    leads = {(rule.minutes, rule.area) for rule in terms.lead or () if rule.activity in (None, plan.activity)}
    answer = held.answer(plan.ask) if plan.ask else None
    silences = [rule for rule in terms.silence or () if rule.ask == plan.ask]
    return leads, answer and answer[0], terms.ladder or [], silences, held.buffers


def _commitment_concerned(thing: Thing, changed: Sequence[Change]) -> bool:
    body = body_of(thing.now, Commitment)
    if body is None or body.status == "withdrawn":
        return False
    return any(_same_matter(body, one.part, one.new or one.old) for one in changed if one.how != "moved")


def _same_matter(commitment: Commitment, part: Part, rule: Any) -> bool:
    match commitment.rule:
        case AnsweredWithin():
            return part == "answer"
        case ReportEvery(report=report):
            return part == "cutoffs" and rule["report"] == report
        case CentreStaffed(centre=centre):
            owing = (None, *(commitment.owed_by or ()))
            return part == "manning" and rule.get("centre") in (None, centre) and rule.get("party") in owing
    return False


def _open(thing: Thing) -> bool:
    body = body_of(thing.now, Complaint)
    return body is not None and body.status not in ("withdrawn", "closed")
