"""Sides that tell each other of a centre: ledgers without signatures, read by the doors of the engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from movements.telling import Telling
from tansiq.accord.centres import Centre, centre_of
from tansiq.accord.kinds import KINDS
from tansiq.picture.told import Ledger, Said, Told, gather

HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 18_500 * DAY - 3 * HOUR
"""Midnight by Baghdad's clock on 26 August 2020."""
SIDES = ("joc", "mop")
NAMES = {"en": "Khanaqin centre", "ar": "مركز خانقين", "ckb": "سەنتەری خانەقین"}
KHANAQIN = {"lat": 343_480_000, "lon": 453_880_000, "accuracy": 2000}


class Speaking(Telling):
    """Two sides and a facilitator, who hear each other with every word."""

    def __init__(self) -> None:
        super().__init__(*SIDES, "coalition", takes_part=SIDES)

    def say(self, party: str, kind: str, fields: Mapping[str, Any], **more: Any) -> str:
        """Say it with everything heard before."""
        self.meet()
        return super().say(party, kind, fields, **more)

    def told(self, held: Mapping[Ledger, int] | None = None, entries: Sequence[Said] | None = None) -> Told:
        """What follows from entries, all if left out."""
        sizes = {ledger: len(chain) for ledger, chain in self.ledgers.items()} if held is None else dict(held)
        return gather(self.entries(sizes) if entries is None else entries, self.parties, sizes, {}, KINDS)

    def centre(self, party: str = "joc", state: str = "agreed", **fields: Any) -> str:
        """The first statement of a centre."""
        return self.say(party, "centre", {"names": NAMES, "place": KHANAQIN, "state": state, **fields})

    def look(self, ref: str) -> tuple[Told, Centre]:
        """What is told, and the centre."""
        told = self.told()
        found = centre_of(told, SIDES, ref)
        assert found is not None
        return told, found
