"""The archive: the whole record of a circle in one ZIP file that needs no node to be read.

It is laid out like a bundle, in the clear, with every receipted head, the proofs of forks, and `viewer.html`, which
shows and checks the records in any browser. What was kept and never told to the circle is not in it. Taking it in
again, into an empty store, gives the picture that the node had: `check` does just that and says the digests.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.circle import read_circle
from tansiq.circles.keyring import Keyring
from tansiq.errors import MalformedInput, Unavailable
from tansiq.exchange import bundle
from tansiq.exchange.bundle import MANIFEST, BundleSource, Carried, Manifest
from tansiq.exchange.bundle_reading import LedgerReport, read
from tansiq.exchange.container import MAX_FILE, Container, zip_stream
from tansiq.exchange.marks import Marks
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import Signer
from tansiq.exchange.viewer.page import write_page
from tansiq.ledger.merkle import EMPTY_ROOT
from tansiq.picture import book
from tansiq.records.values import PartyId
from tansiq.store import ledgers, roster
from tansiq.store.database import Database
from tansiq.store.roster import CircleRow

VIEWER: Final = "viewer.html"


def limit_of(name: str) -> int:
    """How many bytes an item of this name may have; 0 where an archive has no such name."""
    return MAX_FILE if name == VIEWER else bundle.limit_of(name)


class LedgerCheck(Struct, frozen=True):
    """A ledger of an archive: what was taken in of it, or why it was refused, and the digest of its picture."""

    report: LedgerReport
    digest: str | None


class Check(Struct, frozen=True):
    """What an archive holds when it is taken in again."""

    by: str
    made: int
    circles: list[str]
    ledgers: list[LedgerCheck]

    @property
    def whole(self) -> bool:
        """Whether nothing was refused."""
        return all(one.report.refused is None for one in self.ledgers)


def write(
    database: Database,
    party: PartyId,
    circles: Sequence[CircleRow],
    out: Path,
    now_ms: int,
    *,
    attachments: bool = True,
) -> Manifest:
    """Write the archive of these epochs of a circle to `out`, whole and durable when this returns."""
    fresh = out.with_name(f".{out.name}.new")
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".archive-") as room:
            with database.read() as connection, fresh.open("wb") as file:
                manifest = _manifest(connection, party, circles, now_ms)
                for piece in zip_stream(_items(connection, circles, manifest, Path(room) / VIEWER, attachments)):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(out)
    except OSError as error:
        raise Unavailable("bundle.unwritable", path=str(out), reason=str(error.strerror or error)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest


def _manifest(connection: Connection, party: PartyId, circles: Sequence[CircleRow], now_ms: int) -> Manifest:
    held = [
        ledger
        for circle in circles
        for ledger in ledgers.ledgers(connection, circle.num)
        if ledger.out_note is not None
    ]
    return Manifest(1, party, now_ms, [Carried(one.origin, one.hash, 0, one.out_size) for one in held])


def _items(
    connection: Connection, circles: Sequence[CircleRow], manifest: Manifest, page: Path, attachments: bool
) -> Iterator[tuple[str, bytes | Path]]:
    def record() -> Iterator[tuple[str, bytes]]:
        yield MANIFEST, msgspec.json.encode(manifest)
        yield from bundle.circle_items(connection, circles)
        yield from bundle.notice_items(connection, circles, [])
        for one in manifest.ledgers:
            ledger = ledgers.ledger_by(connection, origin=one.origin)
            sizes = {receipt.size for receipt in ledgers.receipts(connection, ledger.num)}
            yield from bundle.ledger_items(connection, ledger, 0, bundle.receipted_heads(connection, ledger, sizes))

    def blobs() -> Iterator[tuple[str, bytes]]:
        for one in manifest.ledgers if attachments else ():
            yield from bundle.blob_items(connection, ledgers.ledger_by(connection, origin=one.origin), 0)

    yield from record()
    yield from blobs()
    # the page is made of the same items, read once more: a large circle never stands in memory as a whole
    write_page(page, record(), blobs())
    yield VIEWER, page


@contextmanager
def opened(path: Path) -> Iterator[BundleSource]:
    """An archive, looked through as strictly as a bundle."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
    with file:
        yield BundleSource(Container(file, limit_of))


def check(path: Path, now_ms: int) -> Check:
    """Take an archive into an empty store, as a node would, and say what picture follows from it."""
    with opened(path) as source, tempfile.TemporaryDirectory(prefix="tansiq-archive-") as room:
        database = Database(Path(room) / "store.sqlite")
        try:
            circles = _enter(database, source)
            # what is brought back gets no receipts, so nobody has to sign here
            nobody = Signer(Keyring(PartyId(""), (), (), ()), Marks(Path(room) / "marks"))
            report = read(database, source, nobody, now_ms, recover=True)
            with database.read() as connection:
                digests = {one.origin: one.digest for one in book.digests(connection)}
        finally:
            database.close()
    checks = [LedgerCheck(one, digests.get(one.origin) if one.refused is None else None) for one in report.ledgers]
    missing = {one.hash for one in source.manifest.ledgers}.difference(one.hash for one in report.ledgers)
    if missing:
        raise MalformedInput("bundle.bad_container", reason=f"ledger {min(missing)} lacks")
    return Check(report.by, report.made, circles, checks)


def _enter(database: Database, source: BundleSource) -> list[str]:
    found = []
    with database.write() as connection:
        for name in source.names():
            if not name.startswith("circles/"):
                continue
            descriptor = source.read(name)
            circle = read_circle(descriptor)
            num = roster.add_circle(connection, circle.id, circle.epoch, descriptor)
            for party in circle.parties:
                origin = circle.origin(party)
                ledgers.add_ledger(
                    connection,
                    origin=origin,
                    origin_hash=origin_hash(origin),
                    party=party,
                    circle=num,
                    own=True,
                    root=EMPTY_ROOT,
                )
            found.append(f"{circle.id}/{circle.epoch}")
    return found
