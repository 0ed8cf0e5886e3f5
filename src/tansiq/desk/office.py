"""The office behind the desks: one node's store, keys, circles and roster, for whoever speaks on its behalf.

The HTTP API and the command line both work through it, so neither can do what the other cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from tansiq.circles.card import PartyCard, read_card
from tansiq.circles.circle import Circle, read_circle
from tansiq.circles.keyring import Keyring
from tansiq.desk.memory import Memory
from tansiq.desk.steward import Steward
from tansiq.errors import NotFound, Unavailable
from tansiq.exchange.changes import Changes
from tansiq.exchange.publish import publish
from tansiq.exchange.standing import Signer
from tansiq.records.values import PartyId
from tansiq.store import ledgers, roster
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


def _always() -> bool:
    return True


def _nobody() -> Mapping[str, bool]:
    return {}


@dataclass(frozen=True)
class Office:
    """One node at work. `clock` answers Unix milliseconds; `reachable` which peers answer now.

    New heads are shown every `cadence` seconds; `asked` says whether the peers were asked, since the start, what they
    hold of this node's own ledgers. `steward` sees to what stands above a desk: epochs, the node's own keys.
    `memory` keeps what was worked out from one question to the next.
    """

    database: Database
    party: PartyId
    signer: Signer
    clock: Callable[[], int]
    changes: Changes = field(default_factory=Changes)
    reachable: Callable[[], Mapping[str, bool]] = _nobody
    cadence: float = 0.0
    asked: Callable[[], bool] = _always
    steward: Steward | None = None
    memory: Memory = field(default_factory=Memory)

    @property
    def house(self) -> Steward:
        """Who sees to the node itself; refused (`node.not_served`) where none is at work."""
        if self.steward is None:
            raise Unavailable("node.not_served")
        return self.steward

    @property
    def keyring(self) -> Keyring:
        """The keys under which this node signs and gives receipts."""
        return self.signer.keyring

    def spoken(self, circle: int, *, urgent: bool = False) -> None:
        """Something was committed: shown with the next beat, or at once where there is none or it is urgent."""
        if urgent:
            with self.database.write() as connection:
                own = ledgers.ledger_of(connection, circle, self.party)
                ledgers.set_state(connection, own.num, urgent=1)
        if self.cadence == 0 and self.asked():
            publish(self.database, self.signer.marks)
        self.changes.notify()


def circles(connection: Connection) -> list[HeldCircle]:
    """Every circle that this node is in."""
    return [HeldCircle(row.num, read_circle(row.descriptor)) for row in roster.circles(connection)]


def circle_named(connection: Connection, circle_id: str) -> HeldCircle:
    """The newest epoch of the circle with this id (or a beginning of at least 6 digits that only one has)."""
    found = [held for held in circles(connection) if held.circle.id.startswith(circle_id) and len(circle_id) >= 6]
    if len({held.circle.id for held in found}) != 1:
        raise NotFound("circle.not_here", circle=circle_id[:40])
    return max(found, key=lambda held: held.circle.epoch)


def epochs_of(connection: Connection, circle_id: str) -> list[HeldCircle]:
    """Every epoch of a circle that this node is in, the newest first."""
    found = [held for held in circles(connection) if held.circle.id == circle_id]
    return sorted(found, key=lambda held: held.circle.epoch, reverse=True)


def parties(connection: Connection) -> list[KnownParty]:
    """Every pinned party, one's own among them."""
    return [KnownParty(read_card(row.card), row.heard) for row in roster.parties(connection)]


def taking_part(connection: Connection, members: Sequence[str]) -> list[str]:
    """Those of a circle's members that are parties, not facilitators or observers; all where none is."""
    roles = {str(known.card.party): known.card.role for known in parties(connection)}
    chosen = [str(member) for member in members if roles.get(str(member)) == "party"]
    return chosen or [str(member) for member in members]


EXERCISE_CLOCK = "exercise_clock"


def exercise_clock(connection: Connection) -> tuple[int, int] | None:
    """From when to when (ms) the exercise that was loaded on this node plays; None where none was."""
    start, _, end = (roster.setting(connection, EXERCISE_CLOCK) or "").partition("/")
    return (int(start), int(end)) if end else None


def set_exercise_clock(connection: Connection, start: int, end: int) -> None:
    """The exercise plays from `start` to `end` (ms)."""
    roster.set_setting(connection, EXERCISE_CLOCK, f"{start}/{end}")
