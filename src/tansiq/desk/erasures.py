"""What became of an erased record: who says that its values are destroyed there too, and who has not said so yet."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk.office import HeldCircle
from tansiq.ledger import disclosure
from tansiq.records.entry import decode_entry
from tansiq.store import ledgers
from tansiq.store.ledgers import LedgerRow

ERASED = "erased"


class Answered(Struct, frozen=True):
    """A member says that it destroyed the values, by an entry of its own ledger with this claimed time (ms)."""

    party: str
    at: int


class Erasure(Struct, frozen=True):
    """When and why a record was erased, by which entry; which members have answered and which have not."""

    index: int
    at: int
    reason: str | None
    answered: list[Answered]
    waiting: list[str]


def erasure_of(connection: Connection, held: HeldCircle, ledger: LedgerRow, record: str, erasing: int) -> Erasure:
    """The erasure of a record by entry `erasing` of its ledger."""
    entry = decode_entry(ledgers.entry_bodies(connection, ledger.num, erasing, 1)[0])
    told: dict[str, Any] = {}
    for row in ledgers.told_at(connection, ledger.num, [erasing]):
        told |= dict(disclosure.read(one) for one in row.text.split("~"))
    ref = f"{ledger.party}/{record}"
    answered = []
    for party in held.circle.parties:
        if party == ledger.party:
            continue
        theirs = ledgers.ledger_of(connection, held.num, party)
        for found in ledgers.entries_naming(connection, theirs.num, ref.encode()):
            said = decode_entry(found.body)
            if said.type == ERASED and said.about == ref:
                answered.append(Answered(party, said.at))
                break
    done = {one.party for one in answered}
    waiting = [str(party) for party in held.circle.parties if party != ledger.party and party not in done]
    return Erasure(erasing, entry.at, told.get("reason"), answered, waiting)
