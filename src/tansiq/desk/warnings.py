"""What an administrator must know before it matters: disk, clock, peers, keys. The same list stands behind `doctor`."""

from __future__ import annotations

import shutil
from typing import Final

from msgspec import Struct

from tansiq.desk.office import Office, parties
from tansiq.store import ledgers

LEAST_FREE: Final = 1 << 30
CLOCK_AHEAD_MS: Final = 120_000


class Warning_(Struct, frozen=True):  # noqa: N801 - `Warning` is a built-in exception
    """Something that wants attention. The words stand under `warning.<code>` in the wording."""

    code: str
    params: dict[str, str | int]


def warnings(office: Office) -> list[Warning_]:
    """Everything that wants attention now."""
    found = []
    free = shutil.disk_usage(office.database.path.parent).free
    if free < LEAST_FREE:
        found.append(Warning_("disk", {"free_mib": free >> 20}))
    now = office.clock()
    with office.database.read() as connection:
        newest = max((row.head_at or 0 for row in ledgers.ledgers(connection)), default=0)
        if newest > now + CLOCK_AHEAD_MS:
            found.append(Warning_("clock_behind", {"minutes": (newest - now) // 60_000}))
        reachable = office.reachable()
        found += [
            Warning_("peer_silent", {"party": known.card.party})
            for known in parties(connection)
            if known.card.party in reachable and not reachable[known.card.party]
        ]
    return found
