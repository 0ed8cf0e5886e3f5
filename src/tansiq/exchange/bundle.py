"""Bundles: what the peer port serves, in one file for a stick, a radio or a sheet of codes.

Inside is a ZIP (`tansiq.exchange.container`) whose items are named and spelled like the peer port's answers, around it
age (age-encryption.org/v1) to the bundle keys of the parties that it is for. It goes both ways: heads carry the
receipts that its maker gave and holds, so a node that only ever sees sticks takes full part. The way in is `take_head`,
as for every other way. docs/integrators/bundles.md is the format.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection

from tansiq.circles.attachment import MAX_BLOB
from tansiq.circles.card import MAX_CARD, PartyCard, read_card
from tansiq.circles.circle import MAX_DESCRIPTOR, Circle, read_circle
from tansiq.errors import MalformedInput, NotAllowed, NotFound, ProofRefused, Unavailable
from tansiq.exchange import shelf
from tansiq.exchange.age import Identity, encrypt
from tansiq.exchange.container import Container, zip_stream
from tansiq.exchange.erasure import MAX_ANSWER
from tansiq.exchange.frames import MAX_FRAMES, SPAN_BUNDLES, encode_pairs
from tansiq.exchange.notices import MAX_NOTICE, shown_to
from tansiq.ledger import tiles
from tansiq.ledger.cosignature import with_cosignatures
from tansiq.ledger.merkle import leaf_hash
from tansiq.ledger.note import MAX_NOTE
from tansiq.records.values import PartyId
from tansiq.store import blobs, ledgers, notices, roster
from tansiq.store.blobs import BlobState
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import CircleRow

MANIFEST: Final = "tansiq.json"
MAX_MANIFEST: Final = 1 << 20
BLOBS: Final = "blobs"
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
    (re.compile(rf"{_HASH}/blobs/{_HASH}"), MAX_BLOB),
)


def limit_of(name: str) -> int:
    """How many bytes an item of this name may have; 0 where a bundle has no such name."""
    return next((limit for pattern, limit in _LIMITS if pattern.fullmatch(name)), 0)


class Carried(Struct, frozen=True, forbid_unknown_fields=True):
    """A ledger in a bundle: entries from index `start` (a multiple of 256) to `size`."""

    origin: Annotated[str, Meta(max_length=200)]
    hash: Annotated[str, Meta(pattern=rf"^{_HASH}$", max_length=64)]
    start: Annotated[int, Meta(ge=0, le=1 << 40)]
    size: Annotated[int, Meta(ge=0, le=1 << 40)]


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle says of itself. Nothing rests on it: age names no sender, signatures stand in what follows."""

    v: Literal[1]
    by: Annotated[str, Meta(max_length=64)]
    made: Annotated[int, Meta(ge=0)]
    ledgers: Annotated[list[Carried], Meta(max_length=4096)]


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
    *,
    attachments: bool = True,
) -> Manifest:
    """Write a bundle of every ledger of these circles to `out`, encrypted to the parties `to`.

    `since` says by origin how much the receivers are known to hold; without it everything goes in. The attachments of
    the entries that go in go with them unless `attachments` says no. The file appears under its name when it is whole
    and durable; nothing unencrypted is written anywhere.
    """
    recipients = [recipient_of(card) for card in to]
    fresh = out.with_name(f".{out.name}.new")
    try:
        with database.read() as connection, fresh.open("wb") as file:
            manifest, items = _items(connection, party, circles, to, now_ms, since or {}, attachments)
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
    attachments: bool,
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
        for ledger in held if attachments else ():
            yield from blob_items(connection, ledger, starts[ledger.origin])

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


def blob_items(connection: Connection, ledger: LedgerRow, start: int) -> Iterator[tuple[str, bytes]]:
    """What the entries from `start` on name, as far as it is held here; one at a time is in memory."""
    for blob in blobs.named(connection, ledger.num, start, ledger.out_size):
        if blob.state is BlobState.HELD:
            yield f"{ledger.hash}/{BLOBS}/{blob.digest}", blobs.read(connection, blob, 0, blob.size)


def _receipted(connection: Connection, ledger: LedgerRow) -> list[bytes]:
    """For each party the newest older head that it gave a receipt for: those are not on the newest head."""
    sizes = {receipt.size for receipt in ledgers.latest_receipts(connection, ledger.num).values()}
    return receipted_heads(connection, ledger, sizes)


def receipted_heads(connection: Connection, ledger: LedgerRow, sizes: set[int]) -> list[bytes]:
    """The heads over these sizes, as far as they were kept, with the receipts for them; the newest head is left out."""
    notes = []
    for size in sorted(size for size in sizes if size < ledger.out_size):
        note = shelf.held_head(connection, ledger, size)
        if note is None:
            continue
        lines = [receipt.line for receipt in ledgers.receipts(connection, ledger.num, size=size)]
        notes.append(with_cosignatures(note, lines))
    return notes


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

    def older_heads(self, origin_hash: str, most: int | None = None) -> list[bytes]:
        """Earlier heads with their receipts; more than `most` are refused before they are looked at."""
        notes: list[bytes] = []
        for name in self._container.items:
            if name.startswith(f"{origin_hash}/checkpoints/"):
                width = int(name.partition(".p/")[2] or tiles.TILE_WIDTH)
                if most is not None and len(notes) + width > most:
                    raise MalformedInput("bundle.bad_container", reason=f"{name[:80]}: more than {most} older heads")
                notes += tiles.decode_bundle(self._container.read(name), width)
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


class _Version(Struct):
    v: int


def _manifest(container: Container) -> Manifest:
    try:
        data = container.read(MANIFEST)
        version = msgspec.json.decode(data, type=_Version).v
        if version != 1:
            raise MalformedInput("bundle.newer", version=version)
        return msgspec.json.decode(data, type=Manifest)
    except (NotFound, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("bundle.bad_container", reason=MANIFEST) from error


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
