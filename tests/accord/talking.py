"""Parties that talk: circles of ledgers without signatures (`movements.telling`), read with the kinds of the accord."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from movements.telling import Telling
from tansiq.accord.kinds import KINDS
from tansiq.picture.told import Ledger, Said, Told, gather

NOON = 1_593_680_400_000
"""2 July 2020, noon in Baghdad (ms)."""
HOUR = 3_600_000


def names(text: str) -> dict[str, str]:
    """A name in all languages."""
    return {"en": text, "ar": f"ع {text}", "ckb": f"ک {text}"}


class Talking(Telling):
    """A circle whose talk is read."""

    def told(self, held: Mapping[Ledger, int] | None = None, entries: Sequence[Said] | None = None) -> Told:
        """What follows from entries up to these sizes, all if left out."""
        sizes = {ledger: len(chain) for ledger, chain in self.ledgers.items()} if held is None else dict(held)
        return gather(self.entries(sizes) if entries is None else entries, self.parties, sizes, {}, KINDS)

    def first(self, ref: str) -> str:
        """The thing that a record is a version of."""
        thing = self.told().thing_of(ref)
        assert thing is not None
        return thing.ref

    def accept(self, party: str, ref: str, verdict: str = "accepted", **more: Any) -> str:
        """A word on the very record `ref`."""
        fields = {"revision": ref.partition("/")[2], "verdict": verdict, **more}
        return self.say(party, "consent", fields, about=self.first(ref))

    def body(self, party: str = "joc", **seats: tuple[int, int]) -> str:
        """A committee with (seats, quorum) of each party."""
        components = [{"party": one, "seats": many, "quorum": least} for one, (many, least) in seats.items()]
        fields = {"names": names("Committee"), "body_type": "committee", "components": components}
        return self.say(party, "body", {**fields, "status": "proposed"})

    def meeting(self, party: str = "joc", **more: Any) -> str:
        """A meeting of two hours at noon."""
        when = {"from": NOON, "to": NOON + 2 * HOUR}
        return self.say(party, "meeting", {"names": names("Talk"), "status": "planned", "when": when, **more})

    def minutes(self, party: str, meeting: str, *texts: str, status: str = "put") -> str:
        """Minutes of a meeting."""
        items = [{"text": names(text)} for text in texts]
        return self.say(party, "minutes", {"items": items, "status": status}, about=meeting)


def came(**counts: int) -> list[dict[str, Any]]:
    """An attendance of members."""
    return [{"party": party, "role": "member", "count": count} for party, count in counts.items()]
