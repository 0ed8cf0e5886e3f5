"""Negotiation files: where each side sees a file, side by side, and which file waits for which.

Whoever says that a file waits for another, it waits: nobody's dependency is left out. Files that wait for each other in
a ring stand on one step and are said to be a ring. An understanding is settled once it is confirmed, a trigger once
every side stated the same day, a commitment once it is kept, late or in time; of anything else it is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tansiq.accord.confirmations import waiting, words_on
from tansiq.accord.deciding import State as PromiseState
from tansiq.accord.statements import root_of, roots, statements
from tansiq.accord.triggers import confirmed
from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.negotiation_file import NegotiationFile
from tansiq.records.kinds.understanding import Understanding
from tansiq.records.values import Names, Texts

State = Literal["open", "waiting", "concluded", "dropped"]
OVER = ("concluded", "dropped")


class Promised(Struct, frozen=True):
    """How a commitment stands, None where it is not in force, and whether it was kept, be it late."""

    state: PromiseState | None
    kept: bool


class SideOfFile(Struct, frozen=True):
    """Where one party sees a file, and which office of it owns it."""

    party: str
    ref: str
    revision: str
    state: State | None
    owner: str | None
    since: int | None
    said: int
    waits_for: tuple[str, ...]
    note: str | None = None


class Wait(Struct, frozen=True):
    """What a file waits for, and who says so. `settled` is None where it does not follow from what is known here.

    `promised` is how a commitment stands, None where it is not in force or was not worked out.
    """

    ref: str
    kind: str | None
    names: Names | None
    said_by: tuple[str, ...]
    settled: bool | None
    ring: bool = False
    promised: PromiseState | None = None


class FileView(Struct, frozen=True):
    """A file. `state` is None where the sides see it in different states; `silent` are sides that said nothing of it.

    `step` counts from 0: everything that it waits for stands on a lower step, or in the same ring. `holds_up` is how
    many files wait for it, directly or through others. `free` may go on: nothing that it waits for is missing.
    """

    ref: str
    party: str
    names: Names | None
    text: Texts | None
    parties: tuple[str, ...]
    cause: str | None
    sides: tuple[SideOfFile, ...]
    silent: tuple[str, ...]
    state: State | None
    waits_for: tuple[Wait, ...]
    waited_for_by: tuple[str, ...]
    step: int
    holds_up: int
    free: bool
    over: bool


class Files(Struct, frozen=True):
    """All files, what comes first before what waits for it; `rings` are files that wait for each other."""

    files: tuple[FileView, ...]
    rings: tuple[tuple[str, ...], ...]

    def get(self, ref: str) -> FileView | None:
        """A file by its reference."""
        return next((one for one in self.files if one.ref == ref), None)


def files(told: Told, promised: Mapping[str, Promised] | None = None) -> Files:
    """How every file of a circle stands. `promised` are the commitments that `commitments_awaited` names."""
    things = roots(told, "negotiation_file")
    sides = {thing.ref: _sides(told, thing) for thing in things}
    waits = {ref: _waits(told, found) for ref, found in sides.items()}
    edges = {ref: tuple(one for one in found if one in sides) for ref, found in waits.items()}
    order = dependency_order(edges)
    ringed = {ref: ring for ring in order.rings for ref in ring}
    over = {ref: _over(found) for ref, found in sides.items()}
    behind: dict[str, list[str]] = {ref: [] for ref in sides}
    for ref, before in edges.items():
        for one in before:
            behind[one].append(ref)
    found = []
    for thing in things:
        ref = thing.ref
        listed = tuple(
            _wait(told, one, said_by, over.get(one), promised or {}, ring=one in ringed.get(ref, ()))
            for one, said_by in waits[ref].items()
        )
        found.append(_view(told, thing, sides[ref], listed, tuple(sorted(behind[ref])), order, over[ref]))
    return Files(tuple(sorted(found, key=lambda one: (one.step, one.ref))), order.rings)


def commitments_awaited(told: Told) -> tuple[str, ...]:
    """The commitments for which a file waits, by anybody's word."""
    named = {
        one
        for thing in roots(told, "negotiation_file")
        for side in _sides(told, thing)
        for one in side.waits_for
        if (awaited := told.get(one)) is not None and awaited.kind == "commitment"
    }
    return tuple(sorted(named))


class Order(Struct, frozen=True):
    """On which step each thing stands, the rings, and how many stand behind each."""

    step: Mapping[str, int]
    rings: tuple[tuple[str, ...], ...]
    behind: Mapping[str, int]


def dependency_order(edges: Mapping[str, Sequence[str]]) -> Order:
    """Steps of a graph of what waits for what: `edges` names for each thing those that it waits for, all of them keys.

    Rings by Tarjan's strongly connected components (SIAM J. Comput. 1 (1972) 146), without recursion; a thing that
    waits for itself is a ring of one. Linear in things and edges, but for the count of those behind.
    """
    groups = _components(edges)
    group_of = {ref: number for number, group in enumerate(groups) for ref in group}
    step: list[int] = []
    for group in groups:  # a group comes after every group that it waits for
        before = {group_of[one] for ref in group for one in edges[ref]} - {group_of[group[0]]}
        step.append(max((step[one] + 1 for one in before), default=0))
    behind = [0] * len(groups)  # sets of groups as bits
    for number in range(len(groups) - 1, -1, -1):
        for one in {group_of[one] for ref in groups[number] for one in edges[ref]} - {number}:
            behind[one] |= behind[number] | 1 << number
    counts = [_members(groups, bits) + len(group) - 1 for bits, group in zip(behind, groups, strict=True)]
    rings = sorted(tuple(sorted(group)) for group in groups if len(group) > 1 or group[0] in edges[group[0]])
    return Order(
        {ref: step[number] for ref, number in group_of.items()},
        tuple(rings),
        {ref: counts[number] for ref, number in group_of.items()},
    )


def _members(groups: Sequence[Sequence[str]], bits: int) -> int:
    count = 0
    while bits:
        low = bits & -bits
        count += len(groups[low.bit_length() - 1])
        bits ^= low
    return count


def _components(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    found: list[list[str]] = []
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for start in sorted(edges):
        if start in index:
            continue
        work = [(start, iter(sorted(edges[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            ref, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[ref])
                if low[ref] == index[ref]:
                    at = stack.index(ref)
                    found.append(stack[at:])
                    on_stack.difference_update(stack[at:])
                    del stack[at:]
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(sorted(edges[following]))))
            elif following in on_stack:
                low[ref] = min(low[ref], index[following])
    return found


def _sides(told: Told, root: Thing) -> tuple[SideOfFile, ...]:
    found = []
    for thing in statements(told, root):
        body = body_of(thing.now, NegotiationFile)
        if body is None:
            continue
        waits = tuple(dict.fromkeys(_resolved(told, one) for one in body.waits_for or ()))
        now = thing.now
        found.append(
            SideOfFile(
                thing.party, thing.ref, now.ref, body.state, body.owner, body.since, now.said.at, waits, body.note
            )
        )
    return tuple(found)


def _resolved(told: Told, ref: str) -> str:
    """The thing itself where one of its versions, or a statement about it, is named."""
    thing = told.get(ref) or told.thing_of(ref)
    return ref if thing is None else root_of(told, thing).ref


def _waits(told: Told, sides: Iterable[SideOfFile]) -> dict[str, tuple[str, ...]]:
    said: dict[str, list[str]] = {}
    for side in sides:
        for ref in side.waits_for:
            said.setdefault(ref, []).append(side.party)
    return {ref: tuple(said[ref]) for ref in sorted(said)}


def _wait(
    told: Told, ref: str, said_by: tuple[str, ...], over: bool | None, promised: Mapping[str, Promised], *, ring: bool
) -> Wait:
    thing = told.get(ref)
    if thing is None:
        return Wait(ref, None, None, said_by, None, ring)
    stands = promised.get(ref)
    settled = _settled(told, thing, stands) if over is None else over
    names = getattr(thing.now.body, "names", None)
    return Wait(ref, thing.kind, names, said_by, settled, ring, None if stands is None else stands.state)


def _settled(told: Told, thing: Thing, stands: Promised | None) -> bool | None:
    if thing.kind == "trigger":
        return confirmed(told, thing.ref).day is not None
    if thing.kind == "commitment":
        return None if stands is None or stands.state == "cannot_be_measured_yet" else stands.kept
    body = body_of(thing.now, Understanding)
    if body is None:
        return None
    return body.status != "withdrawn" and not waiting(words_on(told, thing, body.parties or told.parties))


def _over(sides: Sequence[SideOfFile]) -> bool:
    """Over for all that said where they see it, and for one at least."""
    said = [side.state for side in sides if side.state is not None]
    return bool(said) and all(state in OVER for state in said)


def _view(
    told: Told,
    thing: Thing,
    sides: tuple[SideOfFile, ...],
    waits: tuple[Wait, ...],
    behind: tuple[str, ...],
    order: Order,
    over: bool,
) -> FileView:
    body = body_of(thing.now, NegotiationFile) or NegotiationFile()
    parties = tuple(body.parties or told.parties)
    states = {side.state for side in sides if side.state is not None}
    stated = {side.party for side in sides if side.state is not None}
    return FileView(
        thing.ref,
        thing.party,
        body.names,
        body.text,
        parties,
        body.cause,
        sides,
        tuple(party for party in parties if party not in stated),
        next(iter(states)) if len(states) == 1 else None,
        waits,
        behind,
        order.step[thing.ref],
        order.behind[thing.ref],
        not over and all(one.settled for one in waits),
        over,
    )
