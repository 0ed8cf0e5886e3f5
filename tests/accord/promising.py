"""Two sides and a facilitator that tell each other promises, and measures that answer what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from movements.telling import NOON, Telling
from tansiq.accord.commitments import Promise, evaluate
from tansiq.accord.kinds import KINDS
from tansiq.accord.measures import AreaCover, AreaPresence, AskedPlan
from tansiq.accord.seats import Seats
from tansiq.picture.told import Told, gather

DAY = 86_400_000
HOUR = 3_600_000
MIDNIGHT = (NOON + 3 * HOUR) // DAY * DAY - 3 * HOUR
"""The local midnight before everything begins."""

SEATS = Seats(("joc", "mop"), ("coalition",))


@dataclass
class Measured:
    """Answers as given, whatever the instant."""

    covers: dict[tuple[str, str | None], AreaCover] = field(default_factory=dict)
    presences: dict[tuple[str, str | None], AreaPresence] = field(default_factory=dict)
    plans: tuple[AskedPlan, ...] = ()
    rings: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        """As given."""
        return self.covers.get((area, party))

    def presence(self, area: str, party: str | None, at: int) -> AreaPresence | None:
        """As given."""
        return self.presences.get((area, party))

    def asked(self, at: int) -> tuple[AskedPlan, ...]:
        """As given, up to the instant."""
        return tuple(one for one in self.plans if one.asked_at <= at)

    def ring(self, area: str, at: int) -> tuple[tuple[int, int], ...] | None:
        """As given."""
        return self.rings.get(area)


class Table:
    """A circle of two sides and a facilitator."""

    def __init__(self) -> None:
        self.telling = Telling("joc", "mop", "coalition", takes_part=["joc", "mop"])
        self.measures = Measured()

    @property
    def now(self) -> int:
        """When the last thing was said."""
        return self.telling.now

    def say(self, party: str, kind: str, fields: Mapping[str, Any], **how: Any) -> str:
        """Say something to everybody."""
        ref = self.telling.say(party, kind, fields, **how)
        self.telling.meet()
        return ref

    def promise(self, *, by: str = "mop", **fields: Any) -> str:
        """A commitment that the facilitator recorded."""
        return self.say("coalition", "commitment", {"owed_by": [by], "names": {"en": "Promise"}, **fields})

    def told(self, *, shuffled: Random | None = None) -> Told:
        """What everybody holds, come in whatever order."""
        sizes = {ledger: len(chain) for ledger, chain in self.telling.ledgers.items()}
        entries = self.telling.entries(sizes)
        if shuffled is not None:
            shuffled.shuffle(entries)
        return gather(entries, self.telling.parties, sizes, {}, KINDS)

    def one(self, ref: str, at: int | None = None) -> Promise:
        """How a commitment stands, now if no instant is given."""
        found = evaluate(self.told(), SEATS, self.now + 1 if at is None else at, self.measures)
        return next(promise for promise in found.promises if promise.ref == ref)


def cover(covered: list[int], unknown: list[int] | None = None, cells: int = 100) -> AreaCover:
    """Cover by hour of the week."""
    return AreaCover(cells, tuple(covered), tuple(unknown or [0] * 168), ("joc/ground",), (), "measured")
