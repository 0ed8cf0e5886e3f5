"""The office behind the desks: one node's store, keys, circles and roster, for whoever speaks on its behalf.

The HTTP API and the command line both work through it, so neither can do what the other cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tansiq.circles.card import PartyCard, read_card
from tansiq.circles.circle import Circle, read_circle
from tansiq.errors import NotFound
from tansiq.exchange.changes import Changes
from tansiq.exchange.intake import Keys
from tansiq.ledger.keys import SigningKey
from tansiq.records.values import PartyId
from tansiq.store import roster
from tansiq.store.database import Database


@dataclass(frozen=True)
class HeldCircle:
    """A circle that this node is in, and its number in the store."""

    num: int
    circle: Circle


@dataclass(frozen=True)
class KnownParty:
    """A pinned party and when its node last answered (ms)."""

    card: PartyCard
    heard: int | None


def _nobody() -> Mapping[str, bool]:
    return {}


@dataclass(frozen=True)
class Office:
    """One node at work. `clock` answers Unix milliseconds; `reachable` which peers answer now."""

    database: Database
    party: PartyId
    log_key: SigningKey
    mirror_key: SigningKey
    clock: Callable[[], int]
    changes: Changes = field(default_factory=Changes)
    reachable: Callable[[], Mapping[str, bool]] = _nobody

    @property
    def receipt_keys(self) -> Keys:
        """Under whose name this node gives receipts."""
        return Keys(self.party, self.mirror_key)


def circles(connection: Connection) -> list[HeldCircle]:
    """Every circle that this node is in."""
    return [HeldCircle(row.num, read_circle(row.descriptor)) for row in roster.circles(connection)]


def circle_named(connection: Connection, circle_id: str) -> HeldCircle:
    """The newest epoch of the circle with this id (or a beginning of at least 6 digits that only one has)."""
    found = [held for held in circles(connection) if held.circle.id.startswith(circle_id) and len(circle_id) >= 6]
    if len({held.circle.id for held in found}) != 1:
        raise NotFound("circle.not_here", circle=circle_id[:40])
    return max(found, key=lambda held: held.circle.epoch)


def parties(connection: Connection) -> list[KnownParty]:
    """Every pinned party, one's own among them."""
    return [KnownParty(read_card(row.card), row.heard) for row in roster.parties(connection)]


EXERCISE_CLOCK = "exercise_clock"


def exercise_clock(connection: Connection) -> tuple[int, int] | None:
    """From when to when (ms) the exercise that was loaded on this node plays; None where none was."""
    start, _, end = (roster.setting(connection, EXERCISE_CLOCK) or "").partition("/")
    return (int(start), int(end)) if end else None


def set_exercise_clock(connection: Connection, start: int, end: int) -> None:
    """The exercise plays from `start` to `end` (ms)."""
    roster.set_setting(connection, EXERCISE_CLOCK, f"{start}/{end}")
