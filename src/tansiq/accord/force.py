"""From signature to force: when a signed text binds, what replaced it, and what reservations change for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.agreed import AgreedText, in_order
from tansiq.accord.days import DAY_MS
from tansiq.accord.signing import Reserved, Standing, stand
from tansiq.accord.triggers import Confirmed, confirmed
from tansiq.picture.told import Told, body_of
from tansiq.records.kinds.agreement import Agreement
from tansiq.records.kinds.commitment import Commitment

Waits = Literal["signatures", "trigger", "date"]
BY_SIGNATURE: Final = "signature"


class InForce(Struct, frozen=True):
    """`at` is when it binds (ms), None while that is not known; `until` when it ends by its own words.

    A text binds nobody before its last party signed: a date or trigger before that counts from then.
    """

    on: str
    at: int | None
    until: int | None
    waits: Waits | None
    trigger: Confirmed | None


class Stage(Struct, frozen=True):
    """One signed text of a path: from when it binds until when, and by which agreement it was replaced."""

    agreement: str
    digest: str
    force: InForce
    replaced_by: str | None
    until: int | None


class Effect(Struct, frozen=True):
    """What a reservation changes: the commitment does not bind `party`, or binds it as the reservation says.

    `as_` says how the party stands in it. Where it is owed, the others are freed towards it by the same reservation
    (Vienna Convention on the Law of Treaties, article 21.1 b).
    """

    party: str
    reservation: str
    effect: Literal["excludes", "modifies", "interprets"]
    clause: str
    commitment: str
    as_: Literal["owing", "owed"]
    binds: bool


class Touched(Struct, frozen=True):
    """A reservation with the clauses of the signed text that it touches: the named one and all below it."""

    reserved: Reserved
    clauses: tuple[str, ...]


def force_of(told: Told, standing: Standing, at: int) -> InForce:
    """When the text that all signed enters into force; `at` is now (ms) and decides only what it still waits for."""
    text, signed = standing.text, standing.signed
    if text is None or signed is None or signed.complete_at is None:
        return InForce(_declared(told, standing.agreement), None, None, "signatures", None)
    until = text.expires_at
    force, complete = text.force, signed.complete_at
    if force is None or force.on == BY_SIGNATURE:
        return InForce(BY_SIGNATURE, complete, until, None, None)
    if force.on == "date":
        begins = max(complete, force.date or 0)
        return InForce("date", begins, until, "date" if begins > at else None, None)
    happened = confirmed(told, force.trigger or "")
    if happened.at is None:
        return InForce("trigger", None, until, "trigger", happened)
    begins = max(complete, happened.at + (force.days or 0) * DAY_MS)
    return InForce("trigger", begins, until, "date" if begins > at else None, happened)


def _declared(told: Told, agreement: str) -> str:
    thing = told.get(agreement)
    body = None if thing is None else body_of(thing.now, Agreement)
    return body.force.on if body is not None and body.force is not None else BY_SIGNATURE


def stages(told: Told, circle: str, sides: Sequence[str], path: str, at: int) -> list[Stage]:
    """Every signed text of a path, the earliest first, with what replaced it. Agreements that amend the same text at
    the same time stand by the order in which they enter into force, then by reference.
    """
    found = []
    for thing in told.of_kind("agreement"):
        body = body_of(thing.now, Agreement)
        if body is None or body.path != path:
            continue
        standing = stand(told, circle, sides, thing.ref)
        if standing.signed is not None:
            found.append((force_of(told, standing, at), thing.ref, standing.signed.digest))
    found.sort(key=lambda one: (one[0].at is None, one[0].at or 0, one[1]))
    rows = []
    for place, (force, ref, digest) in enumerate(found):
        after = found[place + 1] if place + 1 < len(found) else None
        replaced = after[1] if after is not None and after[0].at is not None else None
        ends = [one for one in (force.until, after[0].at if after and replaced else None) if one is not None]
        rows.append(Stage(ref, digest, force, replaced, min(ends, default=None)))
    return rows


def in_force(rows: Sequence[Stage], at: int) -> Stage | None:
    """The text that binds at a time; None where none does."""
    for one in reversed(rows):
        if one.force.at is not None and one.force.at <= at and (one.until is None or at < one.until):
            return one
    return None


def touched(text: AgreedText, reserved: Sequence[Reserved]) -> list[Touched]:
    """Which clauses of the text each reservation touches."""
    rows = []
    for one in reserved:
        named = next((clause for clause in text.clauses if clause.key == one.reservation.clause), None)
        below = [
            clause.key
            for clause in in_order(text.clauses)
            if named is not None and clause.order[: len(named.order)] == named.order
        ]
        rows.append(Touched(one, tuple(below)))
    return rows


def effects(told: Told, standing: Standing) -> list[Effect]:
    """Which commitments, drawn from the agreement's clauses, each reservation changes for its party."""
    text = standing.text
    if text is None:
        return []
    rows = []
    commitments = [
        (thing.ref, body)
        for thing in told.of_kind("commitment")
        if (body := body_of(thing.now, Commitment)) is not None
        and body.clause is not None
        and _about(told, body.agreement) == standing.agreement
    ]
    for one in touched(text, standing.reserved):
        party, reservation = one.reserved.party, one.reserved.reservation
        for ref, body in commitments:
            if body.clause not in one.clauses:
                continue
            as_ = "owing" if party in (body.owed_by or ()) else "owed" if party in (body.owed_to or ()) else None
            if as_ is not None:
                rows.append(
                    Effect(
                        party,
                        one.reserved.ref,
                        reservation.effect,
                        body.clause or "",
                        ref,
                        as_,  # type: ignore[arg-type]  # one of the two words above
                        reservation.effect != "excludes",
                    )
                )
    return sorted(rows, key=lambda row: (row.commitment, row.party, row.reservation))


def _about(told: Told, ref: str | None) -> str | None:
    thing = told.thing_of(ref) if ref else None
    return None if thing is None else thing.ref
