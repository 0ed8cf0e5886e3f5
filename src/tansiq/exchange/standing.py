"""Whether this node may go on writing its own ledgers.

Two things end an honest node's ledger: a backup that is older than what others hold, and a second node with the same
keys. Both would sign a second history. Against the first stands the mark, against the second whatever a peer or a
witness holds of a ledger that only this node can have signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from tansiq.circles.keyring import Keyring
from tansiq.errors import NotAllowed, Unavailable
from tansiq.exchange.marks import Marks
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.growth import Growth
from tansiq.ledger.note import parse
from tansiq.picture import book
from tansiq.store import ledgers, roster
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import RefusalRow

STOPPED: Final = "standing.stopped"
ADOPT: Final = "marks.adopt"


class State(StrEnum):
    """How an own ledger stands against its mark."""

    CLEAR = "clear"
    BEHIND = "behind"
    UNMARKED = "unmarked"
    STOPPED = "stopped"


class Entering(StrEnum):
    """How this party comes into an epoch: it made the circle just now, was handed its file, or had signed for it."""

    MADE = "made"
    JOINED = "joined"
    SIGNED = "signed"


@dataclass(frozen=True)
class Standing:
    """An own ledger that must not go on as it is: how many entries are here, how many left."""

    origin: str
    state: State
    held: int
    left: int


@dataclass(frozen=True)
class Signer:
    """The own keys together with what forbids their use."""

    keyring: Keyring
    marks: Marks

    def check(self, connection: Connection, ledger: LedgerRow) -> None:
        """Refuse where a signature could start a second history (`node.recovering`, `node.stopped`)."""
        if ledger.sealed is not None or over(self.marks, ledger.origin):
            raise NotAllowed("circle.sealed", origin=ledger.origin)
        if ledger.bound is not None:
            raise NotAllowed("circle.bounded", origin=ledger.origin, bound=ledger.bound)
        found = standing_of(connection, ledger, self.marks)
        if found is None:
            return
        if found.state is State.STOPPED:
            raise NotAllowed("node.stopped", origin=ledger.origin, size=found.left)
        if found.state is State.UNMARKED:
            raise NotAllowed("node.unmarked", origin=ledger.origin)
        raise Unavailable("node.recovering", origin=ledger.origin, held=found.held, left=found.left)


def standing_of(connection: Connection, ledger: LedgerRow, marks: Marks) -> Standing | None:
    """What forbids an own ledger to go on, None where nothing does."""
    if ledger.frozen:
        return Standing(ledger.origin, State.STOPPED, ledger.size, ledger.size)
    stopped = roster.setting(connection, STOPPED)
    if stopped is not None and ledger.head_note is not None:
        origin, _, size = stopped.rpartition(" ")
        return Standing(origin, State.STOPPED, ledger.size, int(size))
    mark = marks.read(ledger.origin)
    if mark is None:
        return Standing(ledger.origin, State.UNMARKED, ledger.size, ledger.shown_size)
    if mark.size > ledger.head_size or own_root(connection, ledger, mark.size) != mark.root:
        return Standing(ledger.origin, State.BEHIND, ledger.size, mark.size)
    return None


def over(marks: Marks, origin: str) -> bool:
    """Whether a head of the next epoch may have left: then the ledger of this one is at its end.

    Whatever the store says: a backup may be older than the next epoch.
    """
    party_and_circle, _, epoch = origin.rpartition("/")
    following = marks.read(f"{party_and_circle}/{int(epoch) + 1}")
    return following is not None and following.size > 0


def own_root(connection: Connection, ledger: LedgerRow, size: int) -> bytes:
    """The root of the first `size` entries that are held."""
    read = lambda level, start, count: ledgers.hashes(connection, ledger.num, level, start, count)  # noqa: E731 - a reader in one line
    return Growth.load(read, size).root()


def standings(connection: Connection, marks: Marks) -> list[Standing]:
    """Every own ledger that must not go on as it is. One of an earlier epoch has ended and is not asked after."""
    newest: dict[str, tuple[int, int]] = {}
    for row in roster.circles(connection):
        newest[row.id] = max(newest.get(row.id, (0, 0)), (row.epoch, row.num))
    present = {num for _, num in newest.values()}
    rows = [row for row in ledgers.ledgers(connection) if row.own and row.circle in present]
    found = (standing_of(connection, ledger, marks) for ledger in rows)
    return [one for one in found if one is not None]


def may_open(connection: Connection, origin: str, marks: Marks, entering: Entering) -> bool:
    """Whether an own ledger begins now. What had left before the store did is never opened a second time.

    A party that signs for a next epoch opens the mark of its ledger there first. So an epoch that it had signed for
    and has no mark of is one that it may have entered in a store that is lost.
    """
    mark = marks.read(origin)
    if mark is not None:
        return mark.size == 0
    if entering is Entering.JOINED:
        return not any(one.state is State.UNMARKED for one in standings(connection, marks))
    return entering is Entering.MADE


def stop(connection: Connection, origin: str, size: int) -> None:
    """Somebody holds `size` entries of an own ledger that this node never signed: sign nothing more."""
    if roster.setting(connection, STOPPED) is None:
        roster.set_setting(connection, STOPPED, f"{origin} {size}")


def go_on(connection: Connection) -> None:
    """An administrator has made sure that no other node runs with these keys."""
    roster.drop_setting(connection, STOPPED)


def take_up(connection: Connection, marks: Marks) -> None:
    """After a clone was ended: what it showed had left under these keys, so the marks say that it comes back."""
    for ledger in ledgers.ledgers(connection):
        size = ledgers.largest_checkpoint(connection, ledger.num) if ledger.own else 0
        note = ledgers.checkpoint_note(connection, ledger.num, size) if size > ledger.head_size else None
        if note is not None and marks.read(ledger.origin) is not None:
            marks.raise_to(ledger.origin, note)


def drop_unshown(connection: Connection, ledger: LedgerRow, now_ms: int) -> LedgerRow:
    """Forget the entries of an own ledger that nobody was ever shown, and say so among the refusals.

    For a disk that came back with what was said and never left, where another history has left since. Two signed heads
    would be a fork; but one of them exists only here, and what never left is no evidence against anybody.
    """
    for note in ledgers.checkpoint_notes(connection, ledger.num, ledger.shown_size + 1, ledger.head_size):
        body = parse_body(parse(note).text)
        if body.root == own_root(connection, ledger, body.size):
            ledgers.drop_checkpoint(connection, ledger.num, body.size, note)
    root = own_root(connection, ledger, ledger.shown_size)
    ledgers.set_back(connection, ledger.num, ledger.shown_size, root, ledger.shown_note)
    params: dict[str, str | int] = {
        "origin": ledger.origin,
        "first": ledger.shown_size,
        "count": ledger.head_size - ledger.shown_size,
    }
    roster.add_refusal(connection, RefusalRow(now_ms, ledger.party, ledger.origin, "node.dropped", params))
    now_held = ledgers.ledger_by(connection, num=ledger.num)
    book.rebuild_ledger(connection, now_held)
    return now_held


def adopt(connection: Connection, marks: Marks) -> None:
    """A store of a program that kept no marks gets them, once."""
    if roster.setting(connection, ADOPT) is None:
        return
    for ledger in ledgers.ledgers(connection):
        if ledger.own:
            marks.open(ledger.origin)
            if ledger.shown_note is not None:
                marks.raise_to(ledger.origin, ledger.shown_note)
    roster.drop_setting(connection, ADOPT)
