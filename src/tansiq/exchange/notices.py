"""Notices: files that prove themselves and reach every member by whoever has them.

A fork proof freezes its ledger. An epoch waits for the signatures of all who stay, and ends when one of them refuses. A
compromise bounds what counts of a ledger. Each is checked with the keys of its circle; who brought it does not matter.
"""

from __future__ import annotations

import base64

from sqlalchemy import Connection

from tansiq.circles.circle import Circle, read_circle
from tansiq.circles.compromise import HEADER as COMPROMISE_HEADER
from tansiq.circles.compromise import open_compromise, read_origin
from tansiq.circles.epoch import HEADER as EPOCH_HEADER
from tansiq.circles.epoch import REFUSAL_HEADER, Epoch, merge, missing, open_refusal, read_epoch, read_refused
from tansiq.errors import Conflict, MalformedInput, NotFound, ProofRefused
from tansiq.exchange.standing import stop
from tansiq.ledger import fork
from tansiq.ledger.fork import ForkProof
from tansiq.picture import book
from tansiq.records.values import PartyId
from tansiq.store import ledgers, notices, roster
from tansiq.store.ledgers import LedgerRow
from tansiq.store.notices import NoticeRow

FORK, EPOCH, REFUSAL, COMPROMISE = "fork", "epoch", "refusal", "compromise"
MAX_NOTICE = max(fork.MAX_FILE, 1 << 18)


def take_notice(connection: Connection, data: bytes, peer: str, now_ms: int) -> bool:
    """Check a notice and let it take effect; answers whether it said anything new.

    Refused where it proves nothing, or concerns no circle of this node.
    """
    if len(data) > MAX_NOTICE:
        raise MalformedInput("notice.malformed", reason=f"{len(data)} > {MAX_NOTICE} bytes")
    header = data.partition(b"\n")[0]
    if header == fork.HEADER.encode():
        return _take_fork(connection, data, peer, now_ms)
    if header == EPOCH_HEADER.encode():
        return _take_epoch(connection, data, peer, now_ms)
    if header == REFUSAL_HEADER.encode():
        return _take_refusal(connection, data, peer, now_ms)
    if header == COMPROMISE_HEADER.encode():
        return _take_compromise(connection, data, peer, now_ms)
    raise MalformedInput("notice.malformed", reason="header")


def shown_to(connection: Connection, party: str) -> list[NoticeRow]:
    """The notices that a party may see: those of its circles, and of a next epoch only if it stays."""
    circles = {row.num: read_circle(row.descriptor) for row in roster.circles(connection)}
    members = {(circle.id, circle.epoch): circle.parties for circle in circles.values()}
    visible = []
    for row in notices.every(connection):
        if row.kind in (EPOCH, REFUSAL):
            proposed = row if row.kind == EPOCH else notices.get(connection, f"{EPOCH}:{row.origin}")
            if proposed is None:
                continue
            following = read_epoch(proposed.data).circle
            before = members.get((following.id, following.epoch - 1), ())
            seen = party in following.parties and party in before
        else:
            held = ledgers.ledger_by(connection, origin=row.origin)
            seen = party in circles[held.circle].parties
        if seen:
            visible.append(row)
    return visible


def keep_fork(connection: Connection, ledger: LedgerRow, proof: ForkProof, now_ms: int, peer: str) -> bool:
    """Freeze a ledger of which two histories are proven; the first proof stays. An own one is never continued."""
    if ledger.frozen:
        return False
    ledgers.set_state(connection, ledger.num, frozen=1)
    if ledger.own:
        stop(connection, ledger.origin, proof.second.checkpoint.size)
    for signed in (proof.first, proof.second):
        ledgers.keep_checkpoint(connection, ledger.num, signed.checkpoint.size, signed.raw, now_ms)
    circle = circle_of(connection, ledger)
    notice = NoticeRow(f"{FORK}:{ledger.hash}", FORK, circle.id, ledger.origin, fork.encode(proof), now_ms, peer)
    return notices.put(connection, notice)


def circle_of(connection: Connection, ledger: LedgerRow) -> Circle:
    """The circle that a ledger belongs to."""
    for row in roster.circles(connection):
        if row.num == ledger.circle:
            return read_circle(row.descriptor)
    raise NotFound("ledger.not_here", which=ledger.origin)


def _take_fork(connection: Connection, data: bytes, peer: str, now_ms: int) -> bool:
    proof = fork.decode(data)
    ledger = ledgers.ledger_by(connection, origin=proof.origin)
    member = circle_of(connection, ledger).member(PartyId(ledger.party))
    if proof.log.public != base64.b64decode(member.log):
        raise ProofRefused("fork.other_key", origin=proof.origin)
    return keep_fork(connection, ledger, proof, now_ms, peer)


def refused_by(connection: Connection, epoch: Epoch) -> list[str]:
    """Who, of those whose signature a proposal needs, has said that it does not sign it."""
    previous = _before(connection, epoch.circle.id, epoch.circle.epoch)
    staying = set(epoch.circle.parties) & set(previous.parties)
    rows = [row for row in notices.every(connection, REFUSAL) if row.origin == epoch.id]
    return sorted(staying & {open_refusal(row.data, previous).party for row in rows})


def _before(connection: Connection, circle_id: str, epoch: int) -> Circle:
    """The epoch before; refused where this node is not in it."""
    for row in roster.circles(connection):
        circle = read_circle(row.descriptor)
        if circle.id == circle_id and circle.epoch + 1 == epoch:
            return circle
    raise NotFound("circle.not_here", circle=circle_id)


def _take_refusal(connection: Connection, data: bytes, peer: str, now_ms: int) -> bool:
    circle, number, _ = read_refused(data)
    found = open_refusal(data, _before(connection, circle, number))
    name = f"{REFUSAL}:{found.proposal}:{found.party}"
    if notices.get(connection, name) is not None:
        return False
    return notices.put(connection, NoticeRow(name, REFUSAL, circle, found.proposal, data, now_ms, peer))


def _take_epoch(connection: Connection, data: bytes, peer: str, now_ms: int) -> bool:
    epoch = read_epoch(data)
    previous = _before(connection, epoch.circle.id, epoch.circle.epoch)
    missing(epoch, previous)
    held = notices.get(connection, f"{EPOCH}:{epoch.id}")
    if held is not None:
        data = merge(read_epoch(held.data), epoch)
    notice = NoticeRow(f"{EPOCH}:{epoch.id}", EPOCH, epoch.circle.id, "", data, now_ms, peer)
    return notices.put(connection, notice)


def _take_compromise(connection: Connection, data: bytes, peer: str, now_ms: int) -> bool:
    ledger = ledgers.ledger_by(connection, origin=read_origin(data))
    circle = circle_of(connection, ledger)
    found = open_compromise(data, circle.member(PartyId(ledger.party)))
    if ledger.bound is not None:
        if ledger.bound != found.bound:
            raise Conflict("compromise.other_bound", origin=found.origin, held=ledger.bound, found=found.bound)
        return False
    witnessed = max((receipt.size for receipt in ledgers.receipts(connection, ledger.num)), default=0)
    if found.bound > witnessed:
        raise ProofRefused("compromise.unwitnessed", origin=found.origin, bound=found.bound, witnessed=witnessed)
    ledgers.set_state(connection, ledger.num, bound=found.bound)
    if ledger.size > found.bound:
        book.rebuild_ledger(connection, ledgers.ledger_by(connection, num=ledger.num))
    notice = NoticeRow(f"{COMPROMISE}:{found.id}", COMPROMISE, circle.id, found.origin, data, now_ms, peer)
    return notices.put(connection, notice)
