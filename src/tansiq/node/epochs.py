"""Going on in a next epoch: proposing it, signing it, entering it, sealing the old one."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from tansiq.circles import gate
from tansiq.circles.card import read_card
from tansiq.circles.circle import Circle, Member, descriptor_digest
from tansiq.circles.compromise import declare
from tansiq.circles.epoch import Epoch, missing, propose, read_epoch, sign_epoch
from tansiq.desk.office import circle_named, circles, epochs_of
from tansiq.errors import Conflict, NotAllowed, NotFound, ProofRefused, Unavailable
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange import outbox
from tansiq.exchange.standing import go_on
from tansiq.ledger.keys import SigningKey
from tansiq.node.node import Node
from tansiq.records.entry import Head
from tansiq.store import ledgers, notices, roster


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
    if held.circle.private:
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


def leave(node: Node, circle_id: str) -> Epoch:
    """Propose the next epoch of a circle without this party, for those who stay to sign.

    Who leaves need not agree, so its signature only says who asked; what comes of it this node is not told.
    """
    with node.database.read() as connection:
        held = circle_named(connection, circle_id)
        cards = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
    staying = [party for party in held.circle.parties if party != node.config.party]
    if not staying:
        raise NotAllowed("epoch.private", circle=held.circle.id)
    if unknown := [party for party in staying if party not in cards]:
        raise NotFound("roster.not_pinned", party=unknown[0])
    text = propose(held.circle, [Member.of(cards[party]) for party in staying])
    return _keep(node, sign_epoch(text, node.config.party, [node.keys.log_of(held.circle)]))


def sign_next(node: Node, epoch_id: str, recovery: SigningKey | None = None) -> Epoch:
    """Sign a proposal that came; every member's keys must be those that are pinned here."""
    epoch = proposal(node, epoch_id)
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


def _keep(node: Node, data: bytes) -> Epoch:
    with node.database.write() as connection:
        exchange_notices.take_notice(connection, data, node.config.party, node.office.clock())
    node.changes.notify()
    return proposal(node, read_epoch(data).id)


def proposals(node: Node) -> list[tuple[Epoch, list[str]]]:
    """Every proposal of an epoch that is not entered yet, and who has still to sign it."""
    found = []
    with node.database.read() as connection:
        held = {(one.circle.id, one.circle.epoch): one.circle for one in circles(connection)}
        for row in notices.every(connection, exchange_notices.EPOCH):
            epoch = read_epoch(row.data)
            previous = held.get((epoch.circle.id, epoch.circle.epoch - 1))
            if previous is not None and (epoch.circle.id, epoch.circle.epoch) not in held:
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
    """Open the own ledger of the next epoch with the last known heads of the old one, then seal the old one.

    An old ledger that must not go on, after a restored backup or beside a clone, is left unsealed: its last known head
    in the new epoch ends it just as well.
    """
    with node.database.read() as connection:
        (previous, *_) = [
            held for held in epochs_of(connection, epoch.circle.id) if held.circle.epoch == epoch.circle.epoch - 1
        ]
        rows = ledgers.ledgers(connection, previous.num)
    last = [Head(row.party, row.out_size, base64.b64encode(row.head_root).decode()) for row in rows if row.out_note]
    node.open_circle(epoch.circle, last)
    with node.database.write() as connection:
        go_on(connection)
        own = ledgers.ledger_of(connection, previous.num, node.config.party)
        fields = {"epoch": epoch.circle.epoch, "descriptor": descriptor_digest(epoch.circle)}
        label = outbox.program_label(previous.circle)
        now = node.office.clock()
        seal = gate.seal("seal", fields, {}, label, desk="node", role="node", seen=[], now_ms=now)
        try:
            said = outbox.append(
                connection, previous.num, previous.circle, node.config.party, [seal], node.office.signer, now
            )
        except (NotAllowed, Unavailable):
            return
        ledgers.set_state(connection, own.num, sealed=said[0].index, urgent=1)


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
