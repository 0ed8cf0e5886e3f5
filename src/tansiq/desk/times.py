"""Claimed times against what others prove of them.

An entry was written after everything that its author had seen, and before anybody else cosigned a head over it: by the
receipt of a member as well as by a witness. A claim outside of that interval is no proof of bad faith, a clock may have
been wrong; it is shown wherever the record is.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable

from sqlalchemy import Connection

from tansiq.errors import NotFound
from tansiq.records.entry import Entry, decode_entry
from tansiq.store import cosigned, ledgers
from tansiq.store.ledgers import LedgerRow

SECOND_MS = 1000
STAIRS = 64
"""Newest bounds that a desk is sent to judge what it shows already; older ones were judged when they were sent."""


class Claims:
    """Bounds of entries within one reading of the store; what many entries share is read once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._stairs: dict[int, list[tuple[int, int]]] = {}
        self._said: dict[tuple[int, str, int], int | None] = {}
        self._ledgers = {row.num: row for row in ledgers.ledgers(connection)}

    def ledger(self, num: int) -> LedgerRow:
        """The ledger of this number."""
        return self._ledgers[num]

    def bounds(self, ledger: LedgerRow, index: int, entry: Entry) -> tuple[int | None, int | None]:
        """The latest time before, the earliest after which entry `index` of a ledger cannot be (ms)."""
        after = [
            said
            for head in entry.seen
            if head.party != ledger.party and (said := self._claimed(ledger.circle, head.party, head.size - 1))
        ]
        return max(after, default=None), self._seen_by(ledger, index)

    def outside(self, ledger: LedgerRow, index: int, entry: Entry) -> bool:
        """Whether the claimed time of an entry lies outside of what is proven."""
        not_before, not_after = self.bounds(ledger, index, entry)
        return (not_before is not None and entry.at < not_before) or (not_after is not None and entry.at > not_after)

    def any_outside(self, ledger: LedgerRow, indexes: Iterable[int]) -> bool:
        """Whether the claim of any of these entries lies outside."""
        return any(
            self.outside(ledger, index, decode_entry(body))
            for index in indexes
            for body in ledgers.entry_bodies(self._connection, ledger.num, index, 1)
        )

    def stairs(self, ledger: LedgerRow) -> list[tuple[int, int]]:
        """Sizes with the time (ms) at which all below was held or seen by another party, both ascending."""
        if ledger.num not in self._stairs:
            rows = [(row.size, row.at, row.party) for row in ledgers.receipts(self._connection, ledger.num)]
            rows += [
                (row.size, row.at, row.name.split("/")[0]) for row in cosigned.covering(self._connection, ledger.num, 0)
            ]
            found: list[tuple[int, int]] = []
            for size, at_s, party in sorted(rows, reverse=True):
                at = at_s * SECOND_MS + SECOND_MS - 1  # cosignatures know seconds: any moment of that one
                if party != ledger.party and (not found or at < found[-1][1]):
                    found.append((size, at))
            self._stairs[ledger.num] = found[::-1]
        return self._stairs[ledger.num]

    def _seen_by(self, ledger: LedgerRow, index: int) -> int | None:
        stairs = self.stairs(ledger)
        step = bisect.bisect_right(stairs, (index + 1,))
        return stairs[step][1] if step < len(stairs) else None

    def _claimed(self, circle: int, party: str, index: int) -> int | None:
        asked = (circle, party, index)
        if asked not in self._said:
            self._said[asked] = self._read(*asked)
        return self._said[asked]

    def _read(self, circle: int, party: str, index: int) -> int | None:
        try:
            ledger = ledgers.ledger_of(self._connection, circle, party)
        except NotFound:
            return None
        bodies = ledgers.entry_bodies(self._connection, ledger.num, index, 1) if index >= 0 else []
        return decode_entry(bodies[0]).at if bodies else None
