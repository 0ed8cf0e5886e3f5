"""Showing the others what was said: on a fixed cadence, at once for what is urgent.

Between two beats a ledger may grow by one entry or by a hundred: the others see one new head. So neither the number
of an officer's keystrokes nor what is said in other circles shows in the time of a head.
"""

from __future__ import annotations

from tansiq.exchange.marks import Marks
from tansiq.exchange.standing import over, standing_of
from tansiq.store import ledgers
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow


def publish(database: Database, marks: Marks, *, urgent_only: bool = False) -> int:
    """Show the newest head of every own ledger; answers how many ledgers show more than before.

    The mark is durable before the head is shown. A ledger that must not go on shows nothing new, and one whose next
    epoch was shown nothing beyond its mark.
    """
    with database.read() as connection:
        waiting = [
            ledger
            for ledger in ledgers.ledgers(connection)
            if ledger.own
            and ledger.head_note is not None
            and ledger.head_size > ledger.shown_size
            and (ledger.urgent or not urgent_only)
            and standing_of(connection, ledger, marks) is None
            and not (over(marks, ledger.origin) and _beyond_mark(ledger, marks))
        ]
    for ledger in waiting:
        assert ledger.head_note is not None  # noqa: S101 - for the type checker: see above
        marks.raise_to(ledger.origin, ledger.head_note)
    if waiting:
        with database.write() as connection:
            for ledger in waiting:
                assert ledger.head_note is not None  # noqa: S101 - for the type checker: see above
                ledgers.set_shown(connection, ledger.num, ledger.head_size, ledger.head_note)
    return len(waiting)


def _beyond_mark(ledger: LedgerRow, marks: Marks) -> bool:
    mark = marks.read(ledger.origin)
    return mark is None or ledger.head_size > mark.size
