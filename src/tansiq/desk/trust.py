"""What stands against a ledger, as a desk shows it: proven forks, and own ledgers that must not go on."""

from __future__ import annotations

import base64

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk.office import Office
from tansiq.errors import NotFound
from tansiq.exchange.notices import FORK
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import STOPPED, go_on, standings
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import SignedCheckpoint
from tansiq.store import ledgers, notices, roster
from tansiq.store.notices import NoticeRow


class ForkHead(Struct, frozen=True):
    """One of the two signed heads: size, root (base64), and the whole note as it was signed."""

    size: int
    root: str
    note: str


class ForkAlarm(Struct, frozen=True):
    """A ledger of which two histories are proven, since when (ms) this node knows, and who told it (itself: empty)."""

    origin: str
    hash: str
    party: str
    circle: str
    epoch: int
    own: bool
    at: int
    peer: str


class ForkView(Struct, frozen=True):
    """A fork with its proof: `kind` is `same-size` or `extension`, `key` the verifier key both heads stand under."""

    alarm: ForkAlarm
    kind: str
    key: str
    first: ForkHead
    second: ForkHead


class StandingView(Struct, frozen=True):
    """An own ledger that must not go on as it is (`behind`, `unmarked`, `stopped`) and what of it is here, what left.

    `forked`: its two histories are proven, so that only the next epoch goes on; a confirmation does not help.
    """

    origin: str
    circle: str
    epoch: int
    state: str
    held: int
    left: int
    forked: bool


def alarms(connection: Connection, office: Office) -> list[ForkAlarm]:
    """Every proven fork, oldest first."""
    return [_alarm(row, office) for row in notices.every(connection, FORK)]


def _alarm(row: NoticeRow, office: Office) -> ForkAlarm:
    party, circle, epoch = row.origin.split("/")
    own = party == office.party
    return ForkAlarm(row.origin, origin_hash(row.origin), party, circle, int(epoch), own, row.at, row.peer)


def forks(office: Office) -> list[ForkView]:
    """The forks with both heads."""
    with office.database.read() as connection:
        rows = notices.every(connection, FORK)
    views = []
    for row in rows:
        proof = fork.decode(row.data)
        kind = "same-size" if proof.prefix is None else "extension"
        views.append(
            ForkView(_alarm(row, office), kind, proof.log.vkey, _head(proof.first), _head(proof.second)),
        )
    return views


def _head(signed: SignedCheckpoint) -> ForkHead:
    root = base64.b64encode(signed.checkpoint.root).decode()
    return ForkHead(signed.checkpoint.size, root, signed.raw.decode("utf-8", "replace"))


def fork_file(office: Office, hashed: str) -> NoticeRow:
    """The proof file of the ledger with this origin hash (`fork.not_here`)."""
    with office.database.read() as connection:
        rows = notices.every(connection, FORK)
    for row in rows:
        if origin_hash(row.origin) == hashed:
            return row
    raise NotFound("fork.not_here", origin=hashed[:120])


def standing(office: Office) -> list[StandingView]:
    """Own ledgers that must not go on as they are; none where all may."""
    with office.database.read() as connection:
        frozen = {row.origin for row in ledgers.ledgers(connection) if row.frozen}
        stopped = roster.setting(connection, STOPPED) is not None
        found = standings(connection, office.signer.marks)
    views: dict[str, StandingView] = {}
    for one in found:
        # what stops a node stands in the way of all its ledgers; it is said once, of the ledger that it was seen in
        _, circle, epoch = one.origin.split("/")
        forked = one.origin in frozen and not stopped
        view = StandingView(one.origin, circle, int(epoch), str(one.state), one.held, one.left, forked)
        views.setdefault(one.origin, view)
    return list(views.values())


def only_one(office: Office) -> list[StandingView]:
    """An administrator made sure that no other node runs with these keys: sign again where nothing else forbids it."""
    with office.database.write() as connection:
        go_on(connection)
    office.changes.notify()
    return standing(office)
