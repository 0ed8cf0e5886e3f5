"""A node: its folder opened, its own card, its roster and its circles."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from tansiq.circles.card import PartyCard, fingerprint, read_card, vouched_by, write_card
from tansiq.circles.circle import Circle, Member, read_circle, write_circle
from tansiq.desk.office import Office, circles
from tansiq.desk.steward import Steward
from tansiq.errors import Conflict, NotFound, ProofRefused
from tansiq.exchange import outbox
from tansiq.exchange.attachments import Room
from tansiq.exchange.changes import Changes
from tansiq.exchange.marks import Marks
from tansiq.exchange.publish import publish
from tansiq.exchange.puller import wall_clock
from tansiq.exchange.standing import Entering, Signer, adopt
from tansiq.exchange.tls import certificate_der
from tansiq.ledger.keys import SigningKey
from tansiq.node.folder import Folder, read_seed
from tansiq.records.entry import Head
from tansiq.records.values import CircleId, Names
from tansiq.store import roster
from tansiq.store.database import Database


class Node:
    """One party's node with its store open."""

    def __init__(self, folder: Folder, clock: Callable[[], int] = wall_clock) -> None:
        self.folder = folder
        self.config = folder.config()
        self.keys = folder.keys()
        self.marks = Marks(folder.marks)
        self.database = Database(folder.store)
        self.changes = Changes()
        self.room = Room(self.config.attachments_mib << 20)
        self.office = Office(
            self.database,
            self.config.party,
            Signer(self.keys, self.marks),
            clock,
            self.changes,
            cadence=self.config.cadence,
        )
        with self.database.write() as connection:
            adopt(connection, self.marks)

    def with_reachable(self, reachable: Callable[[], Mapping[str, bool]]) -> None:
        """Let the desks know which peers answer."""
        self.office = replace(self.office, reachable=reachable)

    def with_asked(self, asked: Callable[[], bool]) -> None:
        """Show and sign nothing before the peers were asked what they hold of this node's ledgers."""
        self.office = replace(self.office, asked=asked)

    def with_steward(self, steward: Steward) -> None:
        """Let the desks do what stands above a desk."""
        self.office = replace(self.office, steward=steward)

    def publish(self) -> int:
        """Show the others everything that was said; answers how many ledgers show more."""
        return publish(self.database, self.marks)

    def close(self) -> None:
        """Let go of the store."""
        self.database.close()

    def own_card(self) -> PartyCard:
        """This party's card as its folder says now."""
        certificate = certificate_der(self.folder.tls_certificate.read_bytes())
        return PartyCard(
            1,
            self.config.party,
            self.config.names,
            self.config.role,
            self.config.peer_url,
            base64.b64encode(self.keys.log[0].public).decode(),
            base64.b64encode(self.keys.witness[0].public).decode(),
            base64.b64encode(self.keys.mirror[0].public).decode(),
            base64.b64encode(certificate).decode(),
            self._recovery_public(),
            str(self.folder.bundle_identity().to_public()),
        )

    def _recovery_public(self) -> str:
        """The recovery key's public half: from the key while it is here, later from the card that was written then."""
        if self.folder.recovery.exists():
            return base64.b64encode(read_seed(self.folder.recovery).public).decode()
        with self.database.read() as connection:
            held = [row.card for row in roster.parties(connection) if row.id == self.config.party]
        return read_card(held[0]).recovery if held else ""

    def write_own_card(self, recovery: SigningKey | None = None) -> bytes:
        """The signed card to hand to the others; this node's own roster holds it too."""
        signed = write_card(self.own_card(), *self.keys.log[:2], recovery=recovery)
        with self.database.write() as connection:
            roster.put_party(connection, self.config.party, signed, self.office.clock())
        return signed

    def open_private_circle(self) -> Circle:
        """The circle with one member: drafts and the node's own notes."""
        own = self.own_card()
        names = Names(en="Own", ar="خاص", ckb="تایبەت")
        return self.open_circle(Circle(1, CircleId(secrets.token_hex(16)), 1, names, False, [Member.of(own)]))

    def pin(self, signed: bytes) -> PartyCard:
        """Pin another party's card. Other keys are only taken where the pinned ones vouch for them."""
        card = read_card(signed)
        if card.party == self.config.party:
            raise Conflict("roster.own_card", party=card.party)
        with self.database.write() as connection:
            known = {row.id: read_card(row.card) for row in roster.parties(connection)}
            held = known.get(card.party)
            if held is not None and Member.of(held) != Member.of(card) and not vouched_by(signed, held):
                raise Conflict("roster.other_keys", party=card.party, held=fingerprint(held))
            roster.put_party(connection, card.party, signed, self.office.clock())
        self.changes.notify()
        return card

    def make_circle(self, names: Names, members: Sequence[str], *, exercise: bool) -> Circle:
        """A new circle of pinned parties, entered by this node; its file goes to the others."""
        with self.database.read() as connection:
            cards = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
        wanted = list(dict.fromkeys([*members, self.config.party]))
        if missing := [party for party in wanted if party not in cards]:
            raise NotFound("roster.not_pinned", party=missing[0])
        keyed = [Member.of(cards[party]) for party in sorted(wanted)]
        return self.open_circle(Circle(1, CircleId(secrets.token_hex(16)), 1, names, exercise, keyed))

    def join(self, descriptor: bytes) -> Circle:
        """Enter a circle that another party made, if every member's keys are those pinned here."""
        circle = read_circle(descriptor)
        circle.member(self.config.party)
        with self.database.read() as connection:
            cards = {row.id: read_card(row.card) for row in roster.parties(connection)}
        for member in circle.members:
            card = cards.get(member.party)
            if card is None:
                raise NotFound("roster.not_pinned", party=member.party)
            if Member.of(card) != member:
                raise ProofRefused("circle.other_keys", party=member.party)
        return self.open_circle(circle, Entering.JOINED)

    def open_circle(
        self,
        circle: Circle,
        entering: Entering = Entering.MADE,
        close: Callable[[Connection], Sequence[Head]] | None = None,
    ) -> Circle:
        """Enter a circle with an opening entry.

        `close` ends the epoch before it in the same transaction and answers its last known heads.
        """
        with self.database.write() as connection:
            for held in circles(connection):
                if held.circle.id == circle.id and held.circle.epoch >= circle.epoch:
                    raise Conflict("circle.entered", circle=circle.id)
            last = close(connection) if close else ()
            num = outbox.open_circle(
                connection,
                circle,
                write_circle(circle),
                self.own_card(),
                self.office.signer,
                self.office.clock(),
                last,
                entering,
            )
        self.office.spoken(num, urgent=not circle.private)
        return circle

    def tls_pins(self) -> dict[str, str]:
        """Which party shows which certificate (SHA-256, hex)."""
        with self.database.read() as connection:
            return {card.tls_pin: card.party for card in (read_card(row.card) for row in roster.parties(connection))}

    def peers(self) -> list[PartyCard]:
        """The other parties of the roster."""
        with self.database.read() as connection:
            cards = [read_card(row.card) for row in roster.parties(connection)]
        return [card for card in cards if card.party != self.config.party]


def create(folder: Folder) -> Node:
    """Open a new node's folder for the first time: own card, private circle."""
    node = Node(folder)
    (folder.path / "own-card.txt").write_bytes(node.write_own_card())
    node.open_private_circle()
    return node
