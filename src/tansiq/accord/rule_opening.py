"""Rule over centres: a centre is at work, as every side states it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile, takewhile

from msgspec import Struct

from tansiq.accord.finding import Finding, Part, sealed, unmeasured
from tansiq.accord.latest import order
from tansiq.picture.told import Thing, Told, Version, body_of
from tansiq.records.kinds.centre import Centre
from tansiq.records.kinds.commitment import CentreOpened


class Opened(Struct, frozen=True):
    """A side's word on a centre: its state, and since when (ms) it was at work by that side's own word."""

    party: str
    state: str | None
    since: int | None
    ref: str | None


def centre_opened(rule: CentreOpened, sides: Sequence[str], at: int, told: Told) -> Finding:
    """Opened once every side says that it is, or was, at work; then it counts from the later of their days."""
    if told.get(rule.centre) is None:
        return unmeasured("centre_opened", "sides", len(sides), at, "no_centre", ("no_centre",))
    words = [opened(told, rule.centre, party) for party in sorted(sides)]
    silent = [one.party for one in words if one.ref is None]
    reached = [one for one in words if one.since is not None]
    whole = len(reached) == len(words)
    parts = [
        Part(one.state or "silent", int(one.since is not None), 1, 0, one.party, () if one.ref is None else (one.ref,))
        for one in words
    ]
    fulfilled = max((one.since or 0 for one in reached), default=0) if whole else None
    return sealed(
        Finding(
            "centre_opened",
            "met" if whole else "not_met",
            "sides",
            len(reached),
            len(words),
            len(words),
            0,
            min((one.since or at for one in reached), default=at),
            fulfilled or at,
            tuple(ref for one in parts for ref in one.refs),
            tuple(f"nothing:{party}" for party in silent),
            parts=tuple(sorted(parts, key=lambda one: (one.reached, one.party or ""))),
            fulfilled_at=fulfilled,
        )
    )


def opened(told: Told, centre: str, party: str) -> Opened:
    """What a side says of a centre: its own record of it, or its statement about another's.

    Since when is its latest word on the first time that it was at work: a side may put its own day right as long as it
    goes on to say `active`, while closing and opening again starts nothing anew.
    """
    things = [one for one in statements(told, centre) if one.party == party]
    if not things:
        return Opened(party, None, None, None)
    versions = sorted((version for one in things for version in one.versions), key=order)
    from_first = dropwhile(lambda one: _state(one) != "active", versions)
    active = next(reversed(list(takewhile(lambda one: _state(one) == "active", from_first))), None)
    now = body_of(versions[-1], Centre)
    since = None
    if active is not None:
        body = body_of(active, Centre)
        since = active.said.at if body is None or body.since is None else body.since
    return Opened(party, None if now is None else now.state, since, (active or versions[-1]).ref)


def statements(told: Told, centre: str) -> list[Thing]:
    """Everything that anybody states of a centre."""
    own = told.get(centre)
    return ([] if own is None or own.kind != "centre" else [own]) + told.about("centre", centre)


def _state(version: Version) -> str | None:
    body = body_of(version, Centre)
    return None if body is None else body.state
