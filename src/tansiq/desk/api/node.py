"""What a desk needs to know about its node: who it is, its circles, its parties, what it can say."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from msgspec import Struct

from tansiq import __version__
from tansiq.desk import viewing
from tansiq.desk.api.access import language_of
from tansiq.desk.office import HeldCircle, Office, circles, exercise_clock, parties
from tansiq.desk.people import Person
from tansiq.desk.trust import ForkAlarm, alarms
from tansiq.desk.warnings import warnings
from tansiq.geo.gazetteer import search
from tansiq.records.kind import all_kinds
from tansiq.records.values import Names
from tansiq.store import ledgers
from tansiq.wording import wording


class PartyView(Struct, frozen=True):
    """A party of the roster; `last_head` is when its newest head was taken in (ms)."""

    id: str
    names: Names
    role: str
    self_: bool = msgspec.field(name="self")
    last_head: int | None
    heard: int | None
    reachable: bool


class CircleView(Struct, frozen=True):
    """A circle that this node is in."""

    id: str
    epoch: int
    names: Names
    members: list[str]
    exercise: bool
    private: bool


class Clock(Struct, frozen=True):
    """From when to when the exercise clock runs (ms)."""

    scenario: bool
    from_: int = msgspec.field(name="from")
    to: int


class WarningView(Struct, frozen=True):
    """Something that wants attention, in the reader's language."""

    code: str
    message: str


class NodeView(Struct, frozen=True):
    """The node at a glance."""

    version: str
    now: int
    party: PartyView
    exercise: bool
    parties: list[PartyView]
    circles: list[CircleView]
    clock: Clock | None
    warnings: list[WarningView]
    forks: list[ForkAlarm]


@get("/node", sync_to_thread=True)
def node(request: Request[Any, Any, State], office: Office, person: Person) -> NodeView:
    """The node, its circles and the roster."""
    reachable = office.reachable()
    with office.database.read() as connection:
        newest: dict[str, HeldCircle] = {}
        for one in circles(connection):
            if one.circle.id not in newest or newest[one.circle.id].circle.epoch < one.circle.epoch:
                newest[one.circle.id] = one
        held = list(newest.values())
        heads: dict[str, int] = {}
        for row in ledgers.ledgers(connection):
            if row.head_at is not None:
                heads[row.party] = max(heads.get(row.party, 0), row.head_at)
        roster = [
            PartyView(
                id=known.card.party,
                names=known.card.names,
                role=known.card.role,
                self_=known.card.party == office.party,
                last_head=heads.get(known.card.party),
                heard=known.heard,
                reachable=known.card.party == office.party or reachable.get(known.card.party, False),
            )
            for known in parties(connection)
        ]
        clock = exercise_clock(connection)
        forked = alarms(connection, office)
    shared = [one.circle for one in held if not one.circle.private]
    return NodeView(
        version=__version__,
        now=office.clock(),
        party=next(party for party in roster if party.self_),
        exercise=bool(shared) and all(circle.exercise for circle in shared),
        parties=roster,
        circles=[
            CircleView(
                one.circle.id,
                one.circle.epoch,
                one.circle.names,
                list(one.circle.parties),
                one.circle.exercise,
                one.circle.private,
            )
            for one in held
        ],
        clock=Clock(True, *clock) if clock else None,
        warnings=[
            WarningView(one.code, wording(f"warning.{one.code}", one.params, language_of(request)).line())
            for one in warnings(office)
        ],
        forks=forked,
    )


@get("/kinds", sync_to_thread=False)
def kinds(person: Person) -> dict[str, Any]:
    """The kinds of record with their JSON Schema."""
    return {
        name: {"schema": msgspec.json.schema(kind.body), "spoken": kind.spoken} for name, kind in all_kinds().items()
    }


@get("/places", sync_to_thread=True)
def places(q: str, person: Person, limit: int = 8) -> dict[str, Any]:
    """Places by name in any of the three languages, by MGRS or by degrees."""
    return {"places": msgspec.to_builtins(search(q[:200], max(1, min(limit, 50))))}


@get("/ledgers", sync_to_thread=True)
def ledgers_view(request: Request[Any, Any, State], office: Office, person: Person) -> dict[str, Any]:
    """Heads, receipts and refusals."""
    return {
        "ledgers": msgspec.to_builtins(viewing.ledger_views(office)),
        "refusals": viewing.refusals(office, language_of(request)),
    }
