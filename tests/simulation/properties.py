"""What must hold of every life, after each step and at its end."""

from __future__ import annotations

import base64
import re
from typing import Any, Final

import msgspec

from nodes import shared_digests
from simulation.wire import Line
from simulation.world import PARTIES, Seat, World
from tansiq.circles.circle import Circle
from tansiq.errors import NotFound, Refused
from tansiq.exchange import notices as exchange_notices
from tansiq.exchange import shelf
from tansiq.exchange.acknowledgement import acknowledgement
from tansiq.exchange.frames import decode_pairs
from tansiq.exchange.intake import mirror_verifiers
from tansiq.exchange.local import LocalSource
from tansiq.exchange.mirror import write_upload
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import State, over, standings
from tansiq.ledger import disclosure, tiles
from tansiq.ledger.checkpoint import parse_body
from tansiq.ledger.cosignature import cosignatures
from tansiq.ledger.merkle import leaf_hash, root_of
from tansiq.ledger.note import NoteVerifier, parse
from tansiq.picture import book
from tansiq.picture.projection import read_thing
from tansiq.records.values import PartyId
from tansiq.store import ledgers, notices, pictures
from tansiq.store.schema import entry_key

REBUILT_IN: Final = 4
"""In one life of so many every picture is folded again from its records."""

NOT_FOUND: Final = 404
_BASE64: Final = re.compile(rb"[A-Za-z0-9_-]{24,}")


class Broken(AssertionError):  # noqa: N818 - said of a property, in the words of the field
    """A property does not hold; the seed says how to see it again."""


class Watch:
    """What must hold from step to step: accepted heads do not shrink, and what is at its end does not grow."""

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str], int] = {}
        self._bounds: dict[tuple[str, str], int] = {}
        self._looked: dict[str, int] = {}

    def look(self, world: World) -> None:
        """Compare every store that was written to with what was seen of it before."""
        if world.broken:
            raise Broken(world.broken[0])
        for seat in world.seats.values():
            if seat.restored:  # only a restored disk is older, and begins again
                seat.restored = False
                for seen in (self._heads, self._bounds):
                    for key in [key for key in seen if key[0] == seat.name]:
                        del seen[key]
            elif self._looked.get(seat.name) == seat.writes:
                continue
            self._looked[seat.name] = seat.writes
            self._look_at(world, seat)

    def _look_at(self, world: World, seat: Seat) -> None:
        with seat.node.database.read() as connection:
            rows = ledgers.ledgers(connection)
        for row in rows:
            key = (seat.name, row.origin)
            if row.head_size < self._heads.get(key, 0) and not row.own:
                raise Broken(f"{seat.name} held {self._heads[key]} entries of {row.origin}, now {row.head_size}")
            self._heads[key] = row.head_size
            if row.sealed is not None and seat.honest and row.size > row.sealed + 1:
                raise Broken(f"{seat.name} holds {row.size} entries of {row.origin}, sealed by entry {row.sealed}")
            if row.bound is not None and not row.own:
                most = max(self._bounds.setdefault(key, row.head_size), row.bound)
                if row.head_size > most:
                    raise Broken(f"{seat.name} accepts {row.head_size} entries of {row.origin}, bounded at {row.bound}")
            shown = world.silenced.get(key)
            if shown is not None and seat.honest and row.shown_size > shown:
                raise Broken(f"{seat.name} shows more of {row.origin}, though another node speaks there")


def check(world: World) -> None:
    """Every property of the ledger, on the world as it ended."""
    _nobody_honest_equivocates(world)
    _no_false_accusation(world)
    _every_fork_is_known(world)
    _receipts_are_covered(world)
    _acknowledged_is_held(world)
    _old_epochs_are_over(world)
    _bounds_hold_in_the_picture(world)
    _outsiders_are_told_nothing(world)
    _nothing_left_its_circle(world)
    _erased_is_gone(world)
    _all_agree(world)


def _suspect(world: World) -> set[str]:
    """Parties of which two nodes ran: cloned honestly, or lying."""
    return world.cloned


def _nobody_honest_equivocates(world: World) -> None:
    """Everything that a party of one node ever showed is one history, through crashes and restored backups."""
    for left in {(one.origin, one.size, one.root): one for one in world.left}.values():
        party = left.origin.split("/")[0]
        if party in _suspect(world):
            continue
        holder = _longest(world, left.origin)
        held = _size(world, holder, left.origin)
        if held < left.size:
            if left.origin in _beyond_recovery(world, world.seats[left.seat]):
                continue
            raise Broken(f"{left.origin}: {left.size} entries had left, nobody holds more than {held}")
        if world.root(holder, left.origin, left.size) != left.root:
            raise Broken(f"{left.origin} showed two histories at {left.size}")


def _longest(world: World, origin: str) -> Seat:
    return max(
        (seat for seat in world.seats.values() if _holds(world, seat, origin)),
        key=lambda seat: _size(world, seat, origin),
    )


def _holds(world: World, seat: Seat, origin: str) -> bool:
    with seat.node.database.read() as connection:
        return any(ledger.origin == origin for ledger in ledgers.ledgers(connection))


def _size(world: World, seat: Seat, origin: str) -> int:
    with seat.node.database.read() as connection:
        return ledgers.ledger_by(connection, origin=origin).head_size


def _no_false_accusation(world: World) -> None:
    """A ledger is only frozen where its party, or a clone of it, signed two histories."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            frozen = [ledger.origin for ledger in ledgers.ledgers(connection) if ledger.frozen]
            stopped = [one.origin for one in standings(connection, seat.node.marks) if one.state == "stopped"]
        for origin in (*frozen, *stopped):
            if origin.split("/")[0] not in _suspect(world):
                raise Broken(f"{seat.name} accuses {origin}, which has one history")


def _every_fork_is_known(world: World) -> None:
    """Whoever holds one of two histories holds the proof, once anything was exchanged."""
    honest = [seat for seat in world.seats.values() if seat.name in PARTIES]
    for origin in {left.origin for left in world.left}:
        party = origin.split("/")[0]
        holders = [seat for seat in honest if seat.party != party and _holds(world, seat, origin)]
        for one in holders:
            for other in holders:
                size = min(_size(world, one, origin), _size(world, other, origin))
                if world.root(one, origin, size) != world.root(other, origin, size):
                    for seat in (one, other):
                        if not _proven(seat, origin):
                            raise Broken(f"{seat.name} holds one of two histories of {origin} and no proof")


def _proven(seat: Seat, origin: str) -> bool:
    with seat.node.database.read() as connection:
        found = [row for row in notices.every(connection, exchange_notices.FORK) if row.origin == origin]
        return bool(found) and ledgers.ledger_by(connection, origin=origin).frozen


def _receipts_are_covered(world: World) -> None:
    """Whoever gave a receipt can serve what is under it, unless its own disk was restored since."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for ledger in ledgers.ledgers(connection):
                circle = exchange_notices.circle_of(connection, ledger)
                for receipt in ledgers.receipts(connection, ledger.num):
                    giver = world.seats.get(receipt.party)
                    if giver is None or receipt.party in world.cloned or giver.backups:
                        continue
                    note = shelf.held_head(connection, ledger, receipt.size)
                    if note is not None and not _holds_for(note, receipt.line, mirror_verifiers(circle)):
                        raise Broken(f"a receipt of {receipt.party} for {ledger.origin} does not hold at {seat.name}")
                    if not _serves(giver, ledger.party, ledger.hash, receipt.size, note):
                        raise Broken(
                            f"{receipt.party} gave a receipt for {receipt.size} of {ledger.origin}, cannot serve them"
                        )


def _serves(giver: Seat, party: str, hashed: str, size: int, note: bytes | None) -> bool:
    """Whether the giver of a receipt can hand out the entries under it, and they are those of its head."""
    source = LocalSource(giver.node.database, party)
    width = tiles.TILE_WIDTH
    bundles = -(-size // width)
    try:
        pairs = decode_pairs(source.item(hashed, f"span/0/{size}", 1 << 26), bundles)
    except Refused:
        return False
    bodies = [
        body
        for index, (entries, _) in enumerate(pairs)
        for body in tiles.decode_bundle(entries, min(width, size - index * width))
    ]
    return note is None or root_of([leaf_hash(body) for body in bodies]) == parse_body(parse(note).text).root


def _holds_for(note: bytes, line: str, verifiers: list[NoteVerifier]) -> bool:
    try:
        return bool(cosignatures(parse(note + line.encode()), verifiers))
    except Refused:
        return False


def _acknowledged_is_held(world: World) -> None:
    """What is called acknowledged is held by all others, unless their disks were restored since."""
    if world.cloned:
        return
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for row in ledgers.ledgers(connection):
                if not row.own or row.size == 0:
                    continue
                circle = exchange_notices.circle_of(connection, row)
                found = acknowledgement(connection, circle, row, row.size - 1)
                if found.state != "acknowledged":
                    continue
                for party in circle.parties:
                    other = world.seats[party]
                    if not other.backups and _size(world, other, row.origin) < row.size:
                        raise Broken(f"{row.size} entries of {row.origin} count as acknowledged, {party} lacks some")


def _old_epochs_are_over(world: World) -> None:
    """Of a ledger nothing leaves beyond the head that its party named when it opened the next epoch."""
    left: dict[str, int] = {}
    for one in world.left:
        left[one.origin] = max(left.get(one.origin, 0), one.size)
    for origin, size in left.items():
        party, circle, epoch = origin.split("/")
        if party in _suspect(world):
            continue
        named = _named(world, party, f"{party}/{circle}/{int(epoch) + 1}")
        if named is not None and size > named:
            raise Broken(f"{size} entries of {origin} left, though the next epoch says that it ended at {named}")


def _named(world: World, party: str, following: str) -> int | None:
    """At which size the opening of the next epoch says that the party's ledger ended; None where it was not opened."""
    for seat in world.seats.values():
        if not _holds(world, seat, following):
            continue
        with seat.node.database.read() as connection:
            ledger = ledgers.ledger_by(connection, origin=following)
            told = ledgers.told_at(connection, ledger.num, [0])
        if ledger.out_size and told:
            last = disclosure.values(told[0].text).get("last")
            heads = msgspec.json.decode(last) if last is not None else []
            return next((head[1] for head in heads if head[0] == party), 0)
    return None


def _bounds_hold_in_the_picture(world: World) -> None:
    """Nothing beyond a bound counts for whoever knows of it."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for row in ledgers.ledgers(connection):
                if row.bound is None or not seat.honest:
                    continue
                first, end = entry_key(row.num, row.bound), entry_key(row.num + 1, 0)
                if list(pictures.all_rows(connection, first, end)):
                    raise Broken(f"{seat.name} shows records of {row.origin} beyond its bound {row.bound}")


def _outsiders_are_told_nothing(world: World) -> None:
    """Who is not in a circle epoch gets the answer for what does not exist, whatever it asks."""
    for circle in world.circles.values():
        for party in PARTIES:
            if party in circle.parties:
                continue
            for seat in world.seats.values():
                if seat.party in circle.parties and _holds_circle(seat, circle):
                    _ask_everything(world, seat, world.seats[party], circle)


def _ask_everything(world: World, seat: Seat, stranger: Seat, circle: Circle) -> None:
    origin = circle.origin(PartyId(seat.party))
    hashed = origin_hash(origin)
    source = LocalSource(seat.node.database, stranger.party)
    for path in ("span/0/1", "tile/entries/000.p/1", "tile/0/000.p/1", "disclosures/000.p/1", "erasures"):
        try:
            source.item(hashed, path, 1 << 20)
        except NotFound:
            continue
        raise Broken(f"{seat.name} answers {stranger.party}, which is not in {origin}, about {path}")
    line = Line(world, stranger, seat)
    root = base64.b64encode(bytes(32)).decode()
    head = f"{origin}\n1\n{root}\n\n\u2014 {origin} {base64.b64encode(bytes(68)).decode()}\n"
    for path, body in (
        ("/add-checkpoint", b"old 0\n\n" + head.encode()),
        ("/add-entries", write_upload(origin, 0, 0, b"")),
        (f"/{hashed}/add-disclosures", bytes(16)),
    ):
        status, _ = line.post(path, body)
        if status != NOT_FOUND:
            raise Broken(f"{seat.name} answers {stranger.party}, which is not in {origin}, with {status} to {path}")


def _nothing_left_its_circle(world: World) -> None:
    """No byte of a circle epoch that a party is not in, and no withheld value, ever went to it."""
    for party, sent in world.sent.items():
        wire = b"\0".join(sent)
        texts = wire + b"\0" + b"".join(map(_decoded, _BASE64.findall(wire)))
        for circle in world.circles.values():
            if party in circle.parties:
                continue
            for member in circle.parties:
                if (circle.origin(member) + "\n").encode() in wire:
                    raise Broken(f"{party} was sent heads of an epoch that it is not in")
        if party not in world.two.parties and world.two.id.encode() in wire:
            raise Broken(f"{party} was sent bytes of a circle that it is not in")
        for said in world.said:
            if party not in said.circle.parties and f'{said.text}"'.encode() in texts:
                raise Broken(f"{party} was sent a record of an epoch that it is not in")
        for owner, values in world.secrets.items():
            for value in values:
                if owner != party and value.encode() in texts:
                    raise Broken(f"{party} was sent what {owner} withheld")


def _decoded(text: bytes) -> bytes:
    """A disclosure goes over the wire in base64url."""
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""


def _erased_is_gone(world: World) -> None:
    """Of a record that is erased in a seat's picture no disclosure is left in its store."""
    for seat in world.seats.values():
        with seat.node.database.read() as connection:
            for ledger in ledgers.ledgers(connection):
                for row in pictures.all_rows(connection, entry_key(ledger.num, 0), entry_key(ledger.num + 1, 0)):
                    thing = read_thing(row.data)
                    if thing.erased is None:
                        continue
                    causes = [*thing.versions, *thing.tells]
                    left = [one for one in ledgers.told_at(connection, ledger.num, causes) if one.text]
                    if left or ledgers.kept_at(connection, ledger.num, thing.versions):
                        raise Broken(f"{seat.name} still holds values of {thing.id}, which is erased")


def _beyond_recovery(world: World, seat: Seat) -> set[str]:
    """Own ledgers that wait for the next epoch: what was marked never left and went with the disk, or the mark did."""
    with seat.node.database.read() as connection:
        found = standings(connection, seat.node.marks)
        rows = ledgers.ledgers(connection)
    for origin in [one.origin for one in found if one.state is State.BEHIND]:
        mark = seat.node.marks.read(origin)
        if mark is None or _size(world, _longest(world, origin), origin) >= mark.size:
            raise Broken(f"{seat.name} still recovers {origin}, which another holds")
    ended = {row.origin for row in rows if row.own and row.size > row.shown_size and over(seat.node.marks, row.origin)}
    bounded = {row.origin for row in rows if row.bound is not None}
    return {one.origin for one in found} | ended | bounded


def _all_agree(world: World) -> None:
    """With links up at the end, members hold equal prefixes and equal pictures of every honest ledger."""
    if world.cloned:
        return
    for circle in world.circles.values():
        seats = [world.seats[party] for party in circle.parties]
        if absent := [seat.name for seat in seats if not _holds_circle(seat, circle)]:
            raise Broken(f"{absent} never entered epoch {circle.epoch} of {circle.id[:8]}, which all have signed")
        lost = {origin for seat in world.seats.values() for origin in _beyond_recovery(world, seat)}
        digests = [_digests(seat, circle, lost) for seat in seats]
        if any(one != digests[0] for one in digests):
            raise Broken(f"the members of {circle.id[:8]} do not agree: {digests}")
    if world.seed % REBUILT_IN == 0:
        for seat in world.seats.values():
            _follows_from_records(seat)


def _holds_circle(seat: Seat, circle: Circle) -> bool:
    with seat.node.database.read() as connection:
        return any(row.origin == circle.origin(PartyId(seat.party)) for row in ledgers.ledgers(connection))


def _digests(seat: Seat, circle: Circle, lost: set[str]) -> dict[str, Any]:
    ending = f"/{circle.id}/{circle.epoch}"
    found = shared_digests(seat.node, circle)
    return {origin: one for origin, one in found.items() if origin.endswith(ending) and origin not in lost}


def _follows_from_records(seat: Seat) -> None:
    with seat.node.database.write() as connection:
        live = book.digests(connection)
        trial = connection.begin_nested()
        book.rebuild(connection)
        again = book.digests(connection)
        trial.rollback()
    if live != again:
        raise Broken(f"the picture of {seat.name} is not what its records say")
