"""Erasing an own record: its values go, here at once and on every honest node as soon as it hears of it."""

from __future__ import annotations

from typing import Final

from tansiq.circles.gate import Author
from tansiq.desk.office import Office
from tansiq.desk.saying import check_asked
from tansiq.desk.viewing import find
from tansiq.errors import MalformedInput, NotAllowed
from tansiq.exchange import outbox
from tansiq.exchange.erasure import overwrite
from tansiq.exchange.outbox import Said

REASONS: Final = ("personal", "agreed", "mistake", "law")


def erase(office: Office, circle_id: str, record: str, reason: str, author: Author) -> Said:
    """Erase an own record of a circle; refused where it is another's, or for a reason that is none."""
    if reason not in REASONS:
        raise MalformedInput("record.bad_reason", reason=reason[:40])
    check_asked(office)
    with office.database.write() as connection:
        held, ledger, _ = find(connection, circle_id, office.party, record)
        if not ledger.own:
            raise NotAllowed("record.not_own", ref=record[:80])
        said = outbox.erase(
            connection, held.num, held.circle, office.party, record, reason, author, office.signer, office.clock()
        )
    overwrite(office.database)
    office.spoken(held.num)
    return said
