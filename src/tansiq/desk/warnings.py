"""What an administrator must know before it matters: disk, clock, peers, keys. The same list stands behind `doctor`."""

from __future__ import annotations

import shutil
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.epoch import missing, read_epoch
from tansiq.desk.office import Office, circles, parties
from tansiq.exchange.notices import EPOCH
from tansiq.exchange.standing import State, standings
from tansiq.records.entry import decode_entry
from tansiq.store import ledgers, notices

LEAST_FREE: Final = 1 << 30
CLOCK_AHEAD_MS: Final = 120_000


class Warning_(Struct, frozen=True):  # noqa: N801 - `Warning` is a built-in exception
    """Something that wants attention. The words stand under `warning.<code>` in the wording."""

    code: str
    params: dict[str, str | int]


def _trust(connection: Connection, office: Office) -> list[Warning_]:
    """What stands against a ledger: forks of anybody's, own ones that must not go on, what waits for a signature."""
    found = []
    for ledger in ledgers.ledgers(connection):
        if ledger.frozen:
            found.append(Warning_("fork", {"origin": ledger.origin}))
        if ledger.bound is not None:
            found.append(Warning_("compromise", {"origin": ledger.origin, "bound": ledger.bound}))
    for standing in standings(connection, office.signer.marks):
        code = {State.STOPPED: "stopped", State.UNMARKED: "unmarked"}.get(standing.state, "recovering")
        params: dict[str, str | int] = {
            "origin": standing.origin,
            "held": standing.held,
            "left": standing.left,
            "size": standing.left,
        }
        said = Warning_(code, params)
        if said.params["origin"] not in (one.params.get("origin") for one in found if one.code == code):
            found.append(said)  # a node that was stopped is so in all its ledgers: once is enough
    found += _left(connection)
    held = {(one.circle.id, one.circle.epoch): one.circle for one in circles(connection)}
    for row in notices.every(connection, EPOCH):
        epoch = read_epoch(row.data)
        previous = held.get((epoch.circle.id, epoch.circle.epoch - 1))
        entered = (epoch.circle.id, epoch.circle.epoch) in held
        if previous is not None and not entered and office.party in missing(epoch, previous):
            found.append(Warning_("epoch", {"circle": epoch.circle.id[:8], "epoch": epoch.circle.epoch}))
    return found


def _left(connection: Connection) -> list[Warning_]:
    """Parties that sealed their ledger without a next epoch: they left, and the others have not gone on yet."""
    newest = {one.circle.id: one for one in circles(connection)}
    found = []
    for one in newest.values():
        for ledger in ledgers.ledgers(connection, one.num):
            if ledger.sealed is None or ledger.own:
                continue
            (body,) = ledgers.entry_bodies(connection, ledger.num, ledger.sealed, 1)
            if decode_entry(body).told is None:
                found.append(Warning_("left", {"party": ledger.party, "circle": one.circle.id[:8]}))
    return found


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
        found += _trust(connection, office)
        reachable = office.reachable()
        found += [
            Warning_("peer_silent", {"party": known.card.party})
            for known in parties(connection)
            if known.card.party in reachable and not reachable[known.card.party]
        ]
    return found
