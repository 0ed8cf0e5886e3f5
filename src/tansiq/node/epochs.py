"""Going on in a next epoch: proposing it, signing it, entering it, sealing the old one."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterable

from sqlalchemy import Connection

from tansiq.circles import gate
from tansiq.circles.card import read_card
from tansiq.circles.circle import Circle, Member, descriptor_digest
from tansiq.circles.compromise import declare
from tansiq.circles.epoch import Epoch, missing, propose, read_epoch, refuse_epoch, sign_epoch
from tansiq.desk.office import HeldCircle, circle_named, circles, epochs_of
from tansiq.errors import Conflict, NotAllowed, NotFound, ProofRefused, Unavailable
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange import outbox
from tansiq.exchange.standing import Entering, go_on, own_root
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.note import ED25519, NoteVerifier, verify_any
from tansiq.node.node import Node
from tansiq.records.entry import Head
from tansiq.store import ledgers, notices, roster
from tansiq.store.ledgers import LedgerRow


def propose_next(
    node: Node,
    circle_id: str,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    recovery: SigningKey | None = None,
) -> Epoch:
    """Propose the next epoch of a circle with the keys that are pinned now, and sign it; it travels to all who stay."""
    with node.database.read() as connection:
        held = circle_named(connection, circle_id)
        cards = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
    if held.circle.private and (add or remove):
        raise NotAllowed("epoch.private", circle=held.circle.id)
    cards[node.config.party] = node.own_card()
    gone = set(remove)
    wanted = [party for party in dict.fromkeys([*held.circle.parties, *add]) if party not in gone]
    if unknown := [party for party in [*wanted, *gone] if party not in cards]:
        raise NotFound("roster.not_pinned", party=unknown[0])
    if node.config.party not in wanted:
        raise NotAllowed("epoch.leaves_itself", party=node.config.party)
    text = propose(held.circle, [Member.of(cards[party]) for party in wanted])
    return _keep(node, sign_epoch(text, node.config.party, node.keys.log[:2], recovery))


def sign_next(node: Node, epoch_id: str, recovery: SigningKey | None = None) -> Epoch:
    """Sign a proposal that came; every member's keys must be those that are pinned here. Signed once, it stays so."""
    epoch = proposal(node, epoch_id)
    if any(epoch.id == one.id and node.config.party not in lacking for one, lacking in proposals(node)):
        return epoch
    with node.database.read() as connection:
        cards = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
    cards[node.config.party] = node.own_card()
    for member in epoch.circle.members:
        card = cards.get(member.party)
        if card is None:
            raise NotFound("roster.not_pinned", party=member.party)
        if Member.of(card) != member:
            raise ProofRefused("circle.other_keys", party=member.party)
    return _keep(node, sign_epoch(epoch.note.text, node.config.party, node.keys.log[:2], recovery))


def refuse_next(node: Node, epoch_id: str) -> Epoch:
    """Say for good that this party does not sign a proposal, so that the others may sign another."""
    epoch = proposal(node, epoch_id)
    with node.database.read() as connection:
        if _signed_here(connection, node, epoch):
            raise Conflict("epoch.signed_already", epoch=epoch.id[:12])
    data = refuse_epoch(epoch, node.config.party, node.keys.log[:2])
    with node.database.write() as connection:
        exchange_notices.take_notice(connection, data, node.config.party, node.office.clock())
    node.changes.notify()
    return epoch


def _signed_here(connection: Connection, node: Node, epoch: Epoch) -> bool:
    """Whether this party's own signature stands under a proposal already."""
    verifiers = [NoteVerifier(node.config.party, ED25519, key.public) for key in node.keys.log]
    return bool(verify_any(epoch.note, verifiers))


def _may_sign(connection: Connection, node: Node, epoch: Epoch) -> None:
    """Refuse a second proposal of an epoch: two that all have signed would part the circle."""
    if node.config.party in exchange_notices.refused_by(connection, epoch):
        raise Conflict("epoch.refused_already", epoch=epoch.id[:12])
    for row in notices.every(connection, exchange_notices.EPOCH):
        other = read_epoch(row.data)
        same = (other.circle.id, other.circle.epoch) == (epoch.circle.id, epoch.circle.epoch) and other.id != epoch.id
        if same and _signed_here(connection, node, other) and not exchange_notices.refused_by(connection, other):
            raise Conflict("epoch.signed_other", epoch=epoch.circle.epoch, other=other.id[:12])


def _keep(node: Node, data: bytes) -> Epoch:
    epoch = read_epoch(data)
    with node.database.read() as connection:
        _may_sign(connection, node, epoch)
    # before the signature can leave: an epoch that was signed for and has no mark is one that a lost store had entered
    node.marks.open(epoch.circle.origin(node.config.party))
    with node.database.write() as connection:
        exchange_notices.take_notice(connection, data, node.config.party, node.office.clock())
    node.changes.notify()
    return proposal(node, epoch.id)


def proposals(node: Node) -> list[tuple[Epoch, list[str]]]:
    """Every proposal of an epoch that is neither entered nor refused, and who has still to sign it."""
    found = []
    with node.database.read() as connection:
        held = {(one.circle.id, one.circle.epoch): one.circle for one in circles(connection)}
        for row in notices.every(connection, exchange_notices.EPOCH):
            epoch = read_epoch(row.data)
            previous = held.get((epoch.circle.id, epoch.circle.epoch - 1))
            if (
                previous is not None
                and (epoch.circle.id, epoch.circle.epoch) not in held
                and not exchange_notices.refused_by(connection, epoch)
            ):
                found.append((epoch, missing(epoch, previous)))
    return found


def proposal(node: Node, epoch_id: str) -> Epoch:
    """The proposal whose id begins so."""
    with node.database.read() as connection:
        rows = notices.every(connection, exchange_notices.EPOCH)
    found = [epoch for epoch in (read_epoch(row.data) for row in rows) if epoch.id.startswith(epoch_id)]
    if len(found) != 1 or len(epoch_id) < 6:
        raise NotFound("epoch.not_here", epoch=epoch_id[:40])
    return found[0]


def enter_signed(node: Node) -> list[Circle]:
    """Enter every next epoch that all who stay have signed, this party among them, and seal the one before it."""
    entered = []
    for epoch, lacking in proposals(node):
        if not lacking and node.config.party in epoch.circle.parties:
            enter(node, epoch)
            entered.append(epoch.circle)
    return entered


def enter(node: Node, epoch: Epoch) -> None:
    """Seal the old epoch's own ledger and open the one of the next, which names the last known heads of the old one.

    Both are one transaction. An old ledger that must not go on, after a restored backup or beside a clone, is left
    unsealed: its last known head in the new epoch ends it just as well.
    """

    def close(connection: Connection) -> list[Head]:
        previous = next(
            held for held in epochs_of(connection, epoch.circle.id) if held.circle.epoch == epoch.circle.epoch - 1
        )
        with contextlib.suppress(NotAllowed, Unavailable):
            _seal(node, connection, previous, epoch.circle)
        go_on(connection)
        return [head for row in ledgers.ledgers(connection, previous.num) if (head := _last(node, connection, row))]

    node.open_circle(epoch.circle, Entering.SIGNED, close)


def _seal(node: Node, connection: Connection, previous: HeldCircle, circle: Circle) -> None:
    own = ledgers.ledger_of(connection, previous.num, node.config.party)
    fields = {"epoch": circle.epoch, "descriptor": descriptor_digest(circle)}
    label = outbox.program_label(previous.circle)
    now = node.office.clock()
    seal = gate.seal("seal", fields, {}, label, desk="node", role="node", seen=[], now_ms=now)
    said = outbox.append(connection, previous.num, previous.circle, node.config.party, [seal], node.office.signer, now)
    ledgers.set_state(connection, own.num, sealed=said[0].index, urgent=1)


def _last(node: Node, connection: Connection, row: LedgerRow) -> Head | None:
    """The last head of a ledger of the old epoch: of the own one the seal's, or else the largest that ever left."""
    size, root = row.head_size, row.head_root
    if row.own and row.sealed is None:
        mark = node.marks.read(row.origin)
        if mark is not None and mark.size >= row.shown_size:
            size, root = mark.size, mark.root
        else:
            size, root = row.shown_size, own_root(connection, row, row.shown_size)
    return Head(row.party, size, base64.b64encode(root).decode()) if size else None


def leave(node: Node, circle_id: str) -> None:
    """Seal the own ledger of a circle without a next epoch: this party says no more there, and the others see it.

    What the others said until they go on without it still comes; it signs nothing for them and needs nobody's leave.
    """
    with node.database.write() as connection:
        held = circle_named(connection, circle_id)
        if held.circle.private:
            raise NotAllowed("epoch.private", circle=held.circle.id)
        label, now = outbox.program_label(held.circle), node.office.clock()
        seal = gate.seal("seal", {}, {}, label, desk="node", role="node", seen=[], now_ms=now)
        said = outbox.append(connection, held.num, held.circle, node.config.party, [seal], node.office.signer, now)
        own = ledgers.ledger_of(connection, held.num, node.config.party)
        ledgers.set_state(connection, own.num, sealed=said[0].index, urgent=1)
    node.office.spoken(held.num, urgent=True)


def bound(node: Node, circle_id: str, size: int, recovery: SigningKey, epoch: int | None = None) -> bytes:
    """Say with the recovery key that of the own ledger only `size` entries count."""
    with node.database.read() as connection:
        newest = circle_named(connection, circle_id)
        held = [one for one in epochs_of(connection, newest.circle.id) if epoch in (None, one.circle.epoch)]
    if not held:
        raise NotFound("circle.not_here", circle=circle_id[:40])
    circle = held[0].circle
    if base64.b64encode(recovery.public).decode() != circle.member(node.config.party).recovery:
        raise Conflict("compromise.other_key", circle=circle.id)
    data = declare(circle.origin(node.config.party), size, node.config.party, recovery)
    with node.database.write() as connection:
        exchange_notices.take_notice(connection, data, node.config.party, node.office.clock())
    node.changes.notify()
    return data
