"""Why something is late: what it waits for, and what that waits for, down to what waits for nothing.

A commitment waits for what it names, and for the trigger that starts its clock; a file for the files that it names; a
trigger for the parties that have not stated its day. Two things that wait for each other are shown as such, once.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from tansiq.accord.triggers import confirmed
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.commitment import Commitment
from tansiq.records.kinds.negotiation_file import NegotiationFile

MOST_LINKS: Final = 500

Solved = Literal["open", "done", "unknown"]


class Cause(Struct, frozen=True):
    """One thing in the chain: `depth` 0 is what was asked of. `of` is what waits for it.

    `state` is as its records say: of a file `open`, `waiting`, `concluded`, `dropped`; of a trigger `confirmed`,
    `differs` or `waits`; of a commitment its state where that was worked out, else `owed`. `solved` whether anything
    waits for it still. `waits_for` are parties whose word is missing. `again` where it stands in the chain already.
    """

    ref: str
    kind: str
    of: str | None
    depth: int
    state: str
    solved: Solved
    waits_for: tuple[str, ...] = ()
    again: bool = False


def causes(told: Told, ref: str, states: dict[str, str | None] | None = None) -> tuple[Cause, ...]:
    """The chain behind a commitment or a file, depth first. `states` are those of commitments by reference."""
    found: list[Cause] = []
    _follow(told, ref, None, 0, states or {}, (), set(), found)
    return tuple(found)


def _follow(
    told: Told,
    ref: str,
    of: str | None,
    depth: int,
    states: dict[str, str | None],
    path: tuple[str, ...],
    met: set[str],
    found: list[Cause],
) -> None:
    if len(found) >= MOST_LINKS:
        return
    thing = told.get(ref) or told.thing_of(ref)
    if thing is None:
        found.append(Cause(ref, "unknown", of, depth, "unknown", "unknown"))
        return
    state, solved, parties = _standing(told, thing, states)
    again = thing.ref in met
    found.append(Cause(thing.ref, thing.kind, of, depth, state, solved, parties, again))
    if again or thing.ref in path:
        return
    met.add(thing.ref)
    for other in waits_for(thing):
        _follow(told, other, thing.ref, depth + 1, states, (*path, thing.ref), met, found)


def waits_for(thing: Thing) -> tuple[str, ...]:
    """What a commitment or a file waits for, each once, as it is told."""
    named: list[str] = []
    commitment = body_of(thing.now, Commitment)
    if commitment is not None:
        if commitment.due is not None and commitment.due.after is not None:
            named.append(commitment.due.after.trigger)
        named += commitment.waits_for or ()
    file = body_of(thing.now, NegotiationFile)
    if file is not None:
        named += file.waits_for or ()
    return tuple(dict.fromkeys(str(one) for one in named))


def _standing(told: Told, thing: Thing, states: dict[str, str | None]) -> tuple[str, Solved, tuple[str, ...]]:
    if thing.kind == "trigger":
        trigger = confirmed(told, thing.ref)
        if trigger.day is not None:
            return "confirmed", "done", ()
        return "differs" if trigger.differ else "waits", "open", trigger.waits_for
    file = body_of(thing.now, NegotiationFile)
    if file is not None:
        state = file.state or "open"
        return state, "done" if state in ("concluded", "dropped") else "open", ()
    if thing.kind == "commitment":
        known = states.get(thing.ref)
        return known or "owed", "done" if known == "kept" else "open", ()
    return "unknown", "unknown", ()
