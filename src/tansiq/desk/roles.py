"""Which role may say what: where terms in force say it, a node's own desk refuses a person who has none of the roles.

Without terms, and for acts of which they say nothing, whoever may release says everything. Terms are read by themselves
and not with the whole table: every statement asks, also of a node that has never heard of terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, get_args

from tansiq.accord.terms import Act, Allowed, roles_for
from tansiq.circles.gate import Author
from tansiq.desk.accord_board import Tables
from tansiq.desk.office import Office, circle_named
from tansiq.errors import NotAllowed
from tansiq.picture.terms import NO_TERMS, InForce, in_force

ACTS: Final[Mapping[str, Act]] = {
    "answer": "confirm",
    "consent": "confirm",
    "same_event": "confirm",
    "grading": "confirm",
    "finding": "verify",
    "request_step": "confirm",
    "clause_position": "confirm",
    "agreement": "decide",
    "body": "decide",
    "commitment": "decide",
    "signatory": "decide",
    "terms": "decide",
    "trigger": "decide",
    "understanding": "decide",
    "signature": "sign",
}
"""What is done by saying a record of a kind; every other kind is sent."""

ELSE: Final[Mapping[Act, Act]] = {"verify": "decide", "investigate": "decide"}
"""Of which act the rules hold where none speaks of this one: terms that were written before it left it to those."""

OPEN: Final = ("UNCLASSIFIED", "RESTRICTED")
NARROW: Final = ("RED", "AMBER+STRICT")


def terms_now(office: Office, circle_id: str) -> InForce:
    """The terms in force in a circle now."""
    with office.database.read() as connection:
        circle = circle_named(connection, circle_id).circle
        if len(circle.parties) == 1:
            return NO_TERMS
        with office.memory.of(_tables).alone() as tables:
            return in_force(tables.read(connection, circle.id).told)


def _tables() -> Tables:
    return Tables(("terms", "consent"))


def acts_of(kind: str, tlp: str, classification: str, act: Act | None = None) -> tuple[Act, ...]:
    """What is done by saying a record of a kind, or the `act` that is known of this very one; a label narrower than the
    usual makes it a release beside that.
    """
    done = act or ACTS.get(kind, "send")
    narrow = tlp in NARROW or classification not in OPEN
    return (done, "release") if narrow else (done,)


def as_speaker(office: Office, circle_id: str, acts: Sequence[Act], author: Author) -> Author:
    """The author with the roles first under which terms in force let this be done, since the first stands in the entry.

    Refused (`terms.may_not_…`) where they leave one of the acts to other roles.
    """
    terms = terms_now(office, circle_id)
    for act in reversed(acts):  # by the first act last, since its role stands in the entry
        allowed = _allowed(terms, act)
        if allowed is None:
            continue
        if not allowed.permits(author.roles):
            raise _refusal(act, allowed, author)
        author = replace(author, roles=tuple(sorted(author.roles, key=lambda role: role not in allowed.roles)))
    return author


def _allowed(terms: InForce, act: Act) -> Allowed | None:
    return roles_for(terms, act) or (roles_for(terms, ELSE[act]) if act in ELSE else None)


def _refusal(act: Act, allowed: Allowed, author: Author) -> NotAllowed:
    rule = allowed.rule
    return NotAllowed(
        f"terms.may_not_{act}",
        user=author.user,
        roles=", ".join(allowed.roles),
        version=rule.version or 0,
        number=rule.number or 0,
    )


def may(office: Office, circle_id: str, author: Author) -> dict[Act, bool]:
    """Which acts the terms in force leave to a person."""
    terms = terms_now(office, circle_id)
    return {act: (found := _allowed(terms, act)) is None or found.permits(author.roles) for act in get_args(Act)}
