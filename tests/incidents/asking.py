"""Two sides that ask each other things, and a facilitator that looks on: ledgers without signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from movements.telling import Telling
from tansiq.incidents.requests import PartyStands, Standing, standing, standings
from tansiq.picture.told import Ledger, Said, Told, gather

KINDS = {"request", "request_step", "terms", "consent", "message", "read_mark"}
SIDES = ("joc", "mop")
MINUTE = 60_000
BEGAN = 1_700_000_000_000
LADDER = [{"after_minutes": 60, "level": "centre"}, {"after_minutes": 240, "level": "command"}]
TIMES = [{"minutes": 15, "ask": "acknowledge"}, {"minutes": 120}, {"minutes": 300, "ask": "joint"}]


class Asking(Telling):
    """Times are minutes after `BEGAN`."""

    def __init__(self) -> None:
        super().__init__(*SIDES, "coalition", takes_part=SIDES, kinds=KINDS)

    def tell(self, party: str, kind: str, minute: int, fields: Mapping[str, Any], **more: Any) -> str:
        """Say it at a minute; everybody hears everything."""
        ref = self.say(party, kind, fields, at=BEGAN + minute * MINUTE, **more)
        self.meet()
        return ref

    def agree(self, minute: int = -1000, **rules: Any) -> str:
        """Terms that both sides accepted: two hours to answer, fifteen minutes to take in hand, a ladder."""
        given = {"answer": TIMES, "ladder": LADDER, **rules}
        terms = self.tell("joc", "terms", minute, {"version": 1, "parties": list(SIDES), **given, "status": "proposed"})
        self.tell("mop", "consent", minute, {"revision": terms.split("/")[1], "verdict": "accepted"}, about=terms)
        return terms

    def ask(self, minute: int = 0, party: str = "joc", *, to: Sequence[str] = ("mop",), **more: Any) -> str:
        """Put a request."""
        fields = {"request_type": "support", "to": list(to), "text": "an ambulance to the second bridge", **more}
        return self.tell(party, "request", minute, fields)

    def step(self, party: str, minute: int, request: str, step: str, **fields: Any) -> str:
        """Take a step."""
        return self.tell(party, "request_step", minute, {"step": step, **fields}, about=request)

    def stands(self, ref: str, minute: int) -> Standing:
        """How a request stands at a minute, by everything that was said."""
        told = self.told()
        thing = told.get(ref)
        assert thing is not None
        return standing(told, thing, BEGAN + minute * MINUTE)

    def with_(self, ref: str, minute: int, party: str = "mop") -> PartyStands:
        """How it stands with one side."""
        (found,) = [one for one in self.stands(ref, minute).parties if one.party == party]
        return found

    def all_at(self, minute: int, entries: Sequence[Said] | None = None) -> list[Standing]:
        """Every request at a minute."""
        return standings(self.told(entries=entries), BEGAN + minute * MINUTE)

    def reordered(self, entries: Sequence[Said]) -> Told:
        """What a node makes of the same entries in another order."""
        sizes = {ledger: len(chain) for ledger, chain in self.ledgers.items()}
        return gather(entries, self.parties, sizes, {}, self.kinds)

    def every(self) -> list[Said]:
        """Every entry of every ledger."""
        return [one for chain in self.ledgers.values() for one in chain]

    def held_by_all(self) -> dict[Ledger, int]:
        """How much there is of every ledger."""
        return {ledger: len(chain) for ledger, chain in self.ledgers.items()}
