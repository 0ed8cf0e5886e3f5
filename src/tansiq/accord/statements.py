"""Each side's own statement on a thing of another, beside it: a file, a meeting, a body."""

from __future__ import annotations

from tansiq.picture.told import Thing, Told


def root_of(told: Told, thing: Thing) -> Thing:
    """The thing of the same kind that a statement is about, itself where it is about none that is held."""
    seen = {thing.ref}
    while thing.about is not None:
        found = told.get(thing.about) or told.thing_of(thing.about)
        if found is None or found.kind != thing.kind or found.ref in seen:
            return thing
        thing = found
        seen.add(thing.ref)
    return thing


def roots(told: Told, kind: str) -> list[Thing]:
    """The things of a kind that are no statements on another of it, by reference."""
    return [thing for thing in told.of_kind(kind) if root_of(told, thing) is thing]


def statements(told: Told, root: Thing) -> list[Thing]:
    """What every party says about a thing: its author first, then by party; of each the latest that it said.

    The latest by place in its own ledger, never by a clock.
    """
    by_party: dict[str, Thing] = {}
    for thing in _said_about(told, root):
        held = by_party.get(thing.party)
        if held is None or _place(held) < _place(thing):
            by_party[thing.party] = thing
    return [by_party[party] for party in sorted(by_party, key=lambda party: (party != root.party, party))]


def _said_about(told: Told, root: Thing) -> list[Thing]:
    found, todo, seen = [root], [root], {root.ref}
    while todo:
        thing = todo.pop()
        refs = [thing.ref, *(one.ref for one in thing.versions if one.ref != thing.ref)]
        for about in (one for ref in refs for one in told.about(root.kind, ref)):
            if about.ref not in seen:
                seen.add(about.ref)
                found.append(about)
                todo.append(about)
    return found


def _place(thing: Thing) -> tuple[int, int]:
    return thing.now.said.ledger.epoch, thing.now.said.index
