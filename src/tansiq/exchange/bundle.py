"""Bundles: what the peer port serves, in one file for a stick, a radio or a sheet of codes.

Inside is a ZIP (`tansiq.exchange.container`) whose items are named and spelled like the peer port's answers, around it
age (age-encryption.org/v1) to the bundle keys of the parties that it is for. It goes both ways: heads carry the
receipts that its maker gave and holds, so a node that only ever sees sticks takes full part. The way in is `take_head`,
as for every other way. docs/integrators/bundles.md is the format.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.circles.card import MAX_CARD, PartyCard, fingerprint, read_card
from tansiq.circles.circle import MAX_DESCRIPTOR, Circle, Member, read_circle
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound, Param, ProofRefused, Refused, Unavailable
from tansiq.exchange import shelf
from tansiq.exchange.age import Identity, encrypt
from tansiq.exchange.container import Container, zip_stream
from tansiq.exchange.erasure import MAX_ANSWER
from tansiq.exchange.frames import MAX_FRAMES, SPAN_BUNDLES, encode_pairs
from tansiq.exchange.intake import take_head
from tansiq.exchange.notices import MAX_NOTICE, shown_to, take_notice
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import Signer, State, standing_of, stop
from tansiq.ledger import tiles
from tansiq.ledger.checkpoint import open_checkpoint, parse_body
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.growth import Growth
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.note import MAX_NOTE
from tansiq.ledger.note import parse as parse_note
from tansiq.records.values import PartyId
from tansiq.store import ledgers, notices, roster
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import CircleRow, RefusalRow

MANIFEST: Final = "tansiq.json"
MAX_MANIFEST: Final = 1 << 20

_HASH: Final = r"[0-9a-f]{64}"
_INDEX: Final = r"(?:x[0-9]{3}/){0,3}[0-9]{3}(?:\.p/[1-9][0-9]{0,2})?"
_LIMITS: Final = (
    (re.compile(re.escape(MANIFEST)), MAX_MANIFEST),
    (re.compile(r"cards/[a-z][a-z0-9-]{0,31}\.txt"), MAX_CARD),
    (re.compile(r"circles/[0-9a-f]{32}\.[1-9][0-9]{0,6}\.json"), MAX_DESCRIPTOR),
    (re.compile(rf"notices/{_HASH}"), MAX_NOTICE),
    (re.compile(rf"{_HASH}/checkpoint"), MAX_NOTE),
    (re.compile(rf"{_HASH}/checkpoints/{_INDEX}"), tiles.TILE_WIDTH * (2 + MAX_NOTE)),
    (re.compile(rf"{_HASH}/erasures"), MAX_ANSWER),
    (re.compile(rf"{_HASH}/tile/[1-7]/{_INDEX}"), tiles.TILE_WIDTH * 32),
    (re.compile(rf"{_HASH}/tile/entries/{_INDEX}"), tiles.MAX_BUNDLE),
    (re.compile(rf"{_HASH}/disclosures/{_INDEX}"), MAX_FRAMES),
)


def limit_of(name: str) -> int:
    """How many bytes an item of this name may have; 0 where a bundle has no such name."""
    return next((limit for pattern, limit in _LIMITS if pattern.fullmatch(name)), 0)


class Carried(Struct, frozen=True, forbid_unknown_fields=True):
    """A ledger in a bundle: entries from index `start` (a multiple of 256) to `size`."""

    origin: Annotated[str, Meta(max_length=200)]
    hash: Annotated[str, Meta(pattern=rf"^{_HASH}$")]
    start: Annotated[int, Meta(ge=0, le=1 << 40)]
    size: Annotated[int, Meta(ge=0, le=1 << 40)]


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle says of itself. Nothing rests on it: age names no sender, signatures stand in what follows."""

    v: int
    by: Annotated[str, Meta(max_length=64)]
    made: Annotated[int, Meta(ge=0)]
    ledgers: Annotated[list[Carried], Meta(max_length=4096)]


class LedgerReport(Struct, frozen=True):
    """What reading a bundle did to one ledger; `refused` is the code of what went wrong, with its `params`."""

    origin: str
    hash: str
    entries: int = 0
    receipts: int = 0
    size: int = 0
    refused: str | None = None
    params: dict[str, Param] = {}


class CardReport(Struct, frozen=True):
    """A party card that came along: `pinned`, `new` (nobody of that name is pinned), `other_keys` or `renewed`."""

    party: str
    fingerprint: str
    state: str


class Report(Struct, frozen=True):
    """What reading a bundle did. `circles` came along and this node, though a member, has not entered them."""

    by: str
    made: int
    ledgers: list[LedgerReport]
    cards: list[CardReport]
    circles: list[str]

    @property
    def entries(self) -> int:
        """How many entries came in."""
        return sum(one.entries for one in self.ledgers)

    @property
    def receipts(self) -> int:
        """How many receipts were learnt."""
        return sum(one.receipts for one in self.ledgers)


def recipient_of(card: PartyCard) -> str:
    """The age recipient to which bundles for a party are encrypted (`bundle.no_key` where its card names none)."""
    text = card.bundle
    if not text:
        raise NotFound("bundle.no_key", party=card.party)
    return text


def receivers(
    connection: Connection, circles: Sequence[Circle], own: PartyId, chosen: Sequence[str]
) -> list[PartyCard]:
    """The cards of those whom a bundle of these circles is for: `chosen`, or every other member.

    Only a member of all these circles can be chosen (`bundle.not_a_member`).
    """
    cards = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
    wanted = list(chosen) or [party for party in circles[0].parties if party != own]
    if not wanted:
        raise NotAllowed("bundle.nobody", circle=circles[0].id)
    for party in wanted:
        for circle in circles:
            if party not in circle.parties:
                raise NotAllowed("bundle.not_a_member", party=party[:64], circle=circle.id)
        if party not in cards:
            raise NotFound("roster.not_pinned", party=party[:64])
    return [cards[party] for party in wanted]


def parties_of(circle: CircleRow) -> tuple[PartyId, ...]:
    """The members of an epoch."""
    return read_circle(circle.descriptor).parties


def known_sizes(connection: Connection, circle: CircleRow, parties: Sequence[str]) -> dict[str, int]:
    """How much of each ledger of a circle all of `parties` hold by their receipts, by origin."""
    known = {}
    for ledger in ledgers.ledgers(connection, circle.num):
        latest = ledgers.latest_receipts(connection, ledger.num)
        held = [latest[party].size if party in latest else 0 for party in parties if party != ledger.party]
        known[ledger.origin] = min([*held, ledger.out_size])
    return known


def make(
    database: Database,
    party: PartyId,
    circles: Sequence[CircleRow],
    to: Sequence[PartyCard],
    out: Path,
    now_ms: int,
    since: Mapping[str, int] | None = None,
) -> Manifest:
    """Write a bundle of every ledger of these circles to `out`, encrypted to the parties `to`.

    `since` says by origin how much the receivers are known to hold; without it everything goes in. The file appears
    under its name when it is whole and durable; nothing unencrypted is written anywhere.
    """
    recipients = [recipient_of(card) for card in to]
    fresh = out.with_name(f".{out.name}.new")
    try:
        with database.read() as connection, fresh.open("wb") as file:
            manifest, items = _items(connection, party, circles, to, now_ms, since or {})
            encrypt(zip_stream(items), file, recipients)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(out)
    except OSError as error:
        raise Unavailable("bundle.unwritable", path=str(out), reason=str(error.strerror or error)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def _items(
    connection: Connection,
    party: PartyId,
    circles: Sequence[CircleRow],
    to: Sequence[PartyCard],
    now_ms: int,
    since: Mapping[str, int],
) -> tuple[Manifest, Iterator[tuple[str, bytes]]]:
    held = [
        ledger
        for circle in circles
        for ledger in ledgers.ledgers(connection, circle.num)
        if ledger.out_note is not None
    ]
    starts = {ledger.origin: _start(ledger, since.get(ledger.origin, 0)) for ledger in held}
    carried = [Carried(one.origin, one.hash, starts[one.origin], one.out_size) for one in held]
    manifest = Manifest(1, party, now_ms, carried)

    def items() -> Iterator[tuple[str, bytes]]:
        yield MANIFEST, msgspec.json.encode(manifest)
        yield from circle_items(connection, circles)
        yield from notice_items(connection, circles, [card.party for card in to])
        for ledger in held:
            yield from ledger_items(connection, ledger, starts[ledger.origin], _receipted(connection, ledger))

    return manifest, items()


def _start(ledger: LedgerRow, known: int) -> int:
    """The first entry that goes in: none where all is known, since the head alone is enough then."""
    known = min(known, ledger.out_size)
    return ledger.out_size if known == ledger.out_size else known // tiles.TILE_WIDTH * tiles.TILE_WIDTH


def circle_items(connection: Connection, circles: Sequence[CircleRow]) -> Iterator[tuple[str, bytes]]:
    """The descriptors of circles and the signed cards of their members."""
    members = {party for circle in circles for party in read_circle(circle.descriptor).parties}
    for circle in circles:
        yield f"circles/{circle.id}.{circle.epoch}.json", circle.descriptor
    for row in roster.parties(connection):
        if row.id in members:
            yield f"cards/{row.id}.txt", row.card


def notice_items(
    connection: Connection, circles: Sequence[CircleRow], parties: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """The files about these circles that prove themselves (forks, epochs, lost keys), if all `parties` may see them."""
    ids = {circle.id for circle in circles}
    shown = [{row.id for row in shown_to(connection, party)} for party in parties]
    for notice in notices.every(connection):
        if notice.circle in ids and all(notice.id in one for one in shown):
            yield f"notices/{notice.digest}", notice.data


def ledger_items(
    connection: Connection, ledger: LedgerRow, start: int, older: Sequence[bytes]
) -> Iterator[tuple[str, bytes]]:
    """One ledger from entry `start` on: head, `older` heads for their receipts, tiles, entries, disclosures."""
    size, base = ledger.out_size, ledger.hash
    yield f"{base}/checkpoint", shelf.head(connection, ledger)
    for index, notes in enumerate(older[at : at + tiles.TILE_WIDTH] for at in range(0, len(older), tiles.TILE_WIDTH)):
        path = tiles.entries_path(index, len(notes)).removeprefix("tile/entries/")
        yield f"{base}/checkpoints/{path}", tiles.encode_bundle(notes)
    if start >= size:
        return
    if (erased := shelf.item(connection, ledger, "erasures")) != b"[]":
        yield f"{base}/erasures", erased
    # leaf tiles are not carried: whoever has the entries makes them by hashing
    for level in list(tiles.level_tiles(size))[1:]:
        for tile in range((start >> 8 * level.level) // tiles.TILE_WIDTH, level.full + bool(level.partial)):
            path = tiles.tile_path(level.level, tile, level.partial if tile == level.full else tiles.TILE_WIDTH)
            yield f"{base}/{path}", shelf.item(connection, ledger, path)
    for index in range(start // tiles.TILE_WIDTH, -(-size // tiles.TILE_WIDTH)):
        path = tiles.entries_path(index, min(tiles.TILE_WIDTH, size - index * tiles.TILE_WIDTH))
        beside = f"disclosures/{path.removeprefix('tile/entries/')}"
        yield f"{base}/{path}", shelf.item(connection, ledger, path)
        yield f"{base}/{beside}", shelf.item(connection, ledger, beside)


def _receipted(connection: Connection, ledger: LedgerRow) -> list[bytes]:
    """For each party the newest older head that it gave a receipt for: those are not on the newest head."""
    sizes = {receipt.size for receipt in ledgers.latest_receipts(connection, ledger.num).values()}
    return receipted_heads(connection, ledger, sizes)


def receipted_heads(connection: Connection, ledger: LedgerRow, sizes: set[int]) -> list[bytes]:
    """The heads over these sizes, as far as they were kept, with the receipts for them; the newest head is left out."""
    notes = []
    for size in sorted(size for size in sizes if size < ledger.out_size):
        note = ledgers.checkpoint_note(connection, ledger.num, size)
        if note is None or parse_body(parse_note(note).text).root != _root(connection, ledger, size):
            continue  # a head of another history: evidence, but not what the receipts are for
        lines = [receipt.line for receipt in ledgers.receipts(connection, ledger.num, size=size)]
        notes.append(with_cosignatures(note, lines))
    return notes


def _root(connection: Connection, ledger: LedgerRow, size: int) -> bytes:
    return Growth.load(
        lambda level, start, count: ledgers.hashes(connection, ledger.num, level, start, count), size
    ).root()


class BundleSource:
    """The ledgers in a bundle, as intake reads them. A `Source`."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.manifest = _manifest(container)

    def item(self, origin_hash: str, path: str, limit: int) -> bytes:
        """The bytes at a path below a ledger; a span is put together (`bundle.gap` where it lacks)."""
        if path.startswith("span/"):
            data = self._span(origin_hash, path)
        elif path.startswith("tile/0/"):
            data = self._leaves(origin_hash, path)
        else:
            data = self._read(origin_hash, path)
        if len(data) > limit:
            raise MalformedInput("bundle.bad_container", reason=f"{path[:80]}: {len(data)} > {limit} bytes")
        return data

    def names(self) -> list[str]:
        """The names of all items, in the order of the file."""
        return list(self._container.items)

    def read(self, name: str) -> bytes:
        """The bytes of an item by its whole name."""
        return self._container.read(name)

    def hashes(self) -> list[str]:
        """The origin hashes of the ledgers that are here."""
        return [name.split("/")[0] for name in self._container.items if name.endswith("/checkpoint")]

    def older_heads(self, origin_hash: str) -> list[bytes]:
        """Earlier heads with their receipts."""
        notes = []
        for name in self._container.items:
            if name.startswith(f"{origin_hash}/checkpoints/"):
                width = name.partition(".p/")[2] or tiles.TILE_WIDTH
                notes += tiles.decode_bundle(self._container.read(name), int(width))
        return notes

    def _read(self, origin_hash: str, path: str) -> bytes:
        try:
            return self._container.read(f"{origin_hash}/{path}")
        except NotFound:
            raise ProofRefused("bundle.gap", path=path[:80]) from None

    def _leaves(self, origin_hash: str, path: str) -> bytes:
        wanted = tiles.parse_tile_path(path)
        bundle = self._read(origin_hash, tiles.entries_path(wanted.index, wanted.width))
        return tiles.encode_tile([leaf_hash(entry) for entry in tiles.decode_bundle(bundle, wanted.width)])

    def _span(self, origin_hash: str, path: str) -> bytes:
        _, first, end = path.split("/")
        starts = range(int(first) * tiles.TILE_WIDTH, int(end), tiles.TILE_WIDTH)
        if not 0 < len(starts) <= SPAN_BUNDLES:
            raise ProofRefused("bundle.gap", path=path[:80])
        pairs = []
        for start in starts:
            entries = tiles.entries_path(start // tiles.TILE_WIDTH, min(tiles.TILE_WIDTH, int(end) - start))
            beside = f"disclosures/{entries.removeprefix('tile/entries/')}"
            pairs.append((self._read(origin_hash, entries), self._read(origin_hash, beside)))
        return encode_pairs(pairs)


def _manifest(container: Container) -> Manifest:
    try:
        manifest = msgspec.json.decode(container.read(MANIFEST), type=Manifest)
    except (NotFound, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("bundle.bad_container", reason=MANIFEST) from error
    if manifest.v != 1:
        raise MalformedInput("bundle.newer", version=manifest.v)
    return manifest


@contextlib.contextmanager
def opened(path: Path, identity: Identity, room: Path) -> Iterator[BundleSource]:
    """A bundle decrypted into a nameless file in the folder `room`, which vanishes with the block or the process."""
    with tempfile.TemporaryFile(dir=room) as plain:
        try:
            with path.open("rb") as file:
                identity.decrypt(file, plain)
        except OSError as error:
            raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
        yield BundleSource(Container(plain, limit_of))


def read(database: Database, source: BundleSource, signer: Signer, now_ms: int, *, recover: bool = False) -> Report:
    """Take in everything that a bundle brings; one ledger that is refused does not stop the others.

    Reading it again takes nothing twice, and after a kill in the middle goes on where the last durable step ended.
    An own ledger that is older here than its mark says is brought back; one that somebody continued under this node's
    key ends its signing. `recover` brings own ledgers back whatever the marks say.
    """
    manifest = source.manifest
    with database.read() as connection:
        entered = {row.num: read_circle(row.descriptor) for row in roster.circles(connection)}
        held = {ledger.hash: ledger for ledger in ledgers.ledgers(connection)}
        pinned = {str(row.id): read_card(row.card) for row in roster.parties(connection)}
    beside = [*_take_notices(database, source, now_ms)]
    origins = {one.hash: one.origin for one in manifest.ledgers if origin_hash(one.origin) == one.hash}
    reports = []
    for found in source.hashes():
        origin = origins.get(found, found)
        ledger = held.get(found)
        try:
            if ledger is None:
                raise NotFound("bundle.circle_not_entered", origin=origin)
            report = _take(database, entered[ledger.circle], ledger, source, signer, now_ms, recover)
        except Refused as refused:
            report = LedgerReport(origin, found, refused=refused.code, params=dict(refused.params))
            with database.write() as connection:
                row = RefusalRow(now_ms, manifest.by, origin, refused.code, dict(refused.params))
                roster.add_refusal(connection, row)
        reports.append(report)
    return Report(
        manifest.by,
        manifest.made,
        [*reports, *beside],
        list(_cards(database, source, pinned, now_ms)),
        list(_new_circles(source, {(circle.id, circle.epoch) for circle in entered.values()}, signer.keyring.party)),
    )


def _take_notices(database: Database, source: BundleSource, now_ms: int) -> Iterator[LedgerReport]:
    """Files that prove themselves, before the ledgers: what they say may change what is taken of those."""
    for name in source.names():
        if name.startswith("notices/"):
            try:
                with database.write() as connection:
                    take_notice(connection, source.read(name), source.manifest.by, now_ms)
            except Refused as refused:
                yield LedgerReport(name, name, refused=refused.code, params=dict(refused.params))


def _take(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    source: BundleSource,
    signer: Signer,
    now_ms: int,
    recover: bool,
) -> LedgerReport:
    note = source.item(ledger.hash, "checkpoint", MAX_NOTE)
    log = base64.b64decode(circle.member(PartyId(ledger.party)).log)
    size = open_checkpoint(note, ledger.origin, log).checkpoint.size
    if ledger.head_size < size < ledger.size:
        # in the middle of a later head, cut off: an earlier one cannot be closed over what is already here
        raise Conflict("bundle.overtaken", origin=ledger.origin, size=size, held=ledger.size)
    recover = ledger.own and (recover or _behind(database, ledger, signer))
    taken = take_head(database, circle, ledger, note, source, signer.keyring, now_ms, recover=recover)
    if taken.beyond:
        with database.write() as connection:
            stop(connection, ledger.origin, size)
        raise Conflict("node.stopped", origin=ledger.origin, size=size)
    if recover and taken.entries and signer.marks.read(ledger.origin) is not None:
        signer.marks.raise_to(ledger.origin, note)
    learnt = taken.receipts
    if learnt:
        _keep_head(database, ledger, size, note, now_ms)
    for one in source.older_heads(ledger.hash):
        learnt += _take_older(database, circle, ledger, one, source, signer, now_ms)
    return LedgerReport(ledger.origin, ledger.hash, taken.entries, learnt, size)


def _behind(database: Database, ledger: LedgerRow, signer: Signer) -> bool:
    with database.read() as connection:
        found = standing_of(connection, ledger, signer.marks)
    return found is not None and found.state is not State.STOPPED


def _take_older(
    database: Database,
    circle: Circle,
    ledger: LedgerRow,
    note: bytes,
    source: BundleSource,
    signer: Signer,
    now_ms: int,
) -> int:
    """The receipts on an earlier head."""
    with database.read() as connection:
        now_held = ledgers.ledger_by(connection, num=ledger.num)
    log = base64.b64decode(circle.member(PartyId(ledger.party)).log)
    size = open_checkpoint(note, ledger.origin, log).checkpoint.size
    if size > now_held.head_size:
        raise ProofRefused("ledger.wrong_tree", origin=ledger.origin, size=size)
    learnt = take_head(database, circle, now_held, note, source, signer.keyring, now_ms).receipts
    if learnt:
        _keep_head(database, ledger, size, note, now_ms)
    return learnt


def _keep_head(database: Database, ledger: LedgerRow, size: int, note: bytes, now_ms: int) -> None:
    """Keep the head that receipts came on: without it they could not be passed on."""
    with database.write() as connection:
        if ledgers.checkpoint_note(connection, ledger.num, size) is None:
            ledgers.keep_checkpoint(connection, ledger.num, size, note, now_ms)


def _cards(
    database: Database, source: BundleSource, pinned: Mapping[str, PartyCard], now_ms: int
) -> Iterator[CardReport]:
    """How the cards stand to those pinned. Nobody is pinned by a bundle: a fingerprint is compared between persons.

    Of a pinned party only the bundle key is learnt, where its older card had none: the same log key signs both.
    """
    for name in source.names():
        if not name.startswith("cards/"):
            continue
        try:
            signed = source.read(name)
            card = read_card(signed)
        except Refused as refused:
            yield CardReport(name, "", refused.code)
            continue
        held = pinned.get(card.party)
        state = "new"
        if held is not None:
            state = "pinned" if Member.of(held) == Member.of(card) else "other_keys"
        if held is not None and state == "pinned" and not held.bundle and card.bundle:
            with database.write() as connection:
                roster.put_party(connection, card.party, signed, now_ms)
            state = "renewed"
        yield CardReport(card.party, fingerprint(card), state)


def _new_circles(source: BundleSource, entered: set[tuple[str, int]], party: PartyId) -> Iterator[str]:
    for name in source.names():
        if not name.startswith("circles/"):
            continue
        try:
            circle = read_circle(source.read(name))
        except Refused:
            continue
        if party in circle.parties and (circle.id, circle.epoch) not in entered:
            yield name


def unpack_papers(source: BundleSource, folder: Path) -> list[Path]:
    """Write the cards and circle files of a bundle into `folder`, for `peer add` and `circle join`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in source.names():
        if name.startswith(("cards/", "circles/")):
            path = folder / name.replace("/", "-")
            path.write_bytes(source.read(name))
            written.append(path)
    return written
