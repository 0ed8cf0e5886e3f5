"""Carrying at a desk: making a bundle or an archive to be fetched, taking in what was brought."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from tansiq.desk.office import Office, circle_named
from tansiq.errors import MalformedInput, NotFound
from tansiq.exchange import archive, bundle, bundle_parts, bundle_reading
from tansiq.exchange.bundle import Carried
from tansiq.exchange.bundle_reading import CardReport
from tansiq.exchange.publish import publish
from tansiq.store import roster
from tansiq.store.roster import CircleRow
from tansiq.wording import wording

OUTGOING: Final = "outgoing"
INCOMING: Final = "incoming"
KEPT: Final = 4
"""Bundles that wait to be fetched; with the next one the oldest goes. All of them can be made again."""

_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")


class BundleRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which circles (all their epochs), for whom (all other members where none is named), in parts of how many bytes.

    `since_receipts` leaves out what the receivers have given receipts for.
    """

    circles: Annotated[list[Annotated[str, Meta(min_length=6, max_length=32)]], Meta(min_length=1, max_length=16)]
    to: Annotated[list[str], Meta(max_length=64)] = []
    part_size: Annotated[int, Meta(ge=0)] = 0
    since_receipts: bool = False


class CarriedFile(Struct, frozen=True):
    """A file that waits to be fetched."""

    name: str
    bytes: int


class MadeBundle(Struct, frozen=True):
    """A bundle that was made: under which id its files wait, for whom it is encrypted, what is in it."""

    id: str
    to: list[str]
    ledgers: list[Carried]
    files: list[CarriedFile]
    parts: list[CarriedFile]


class LedgerRead(Struct, frozen=True):
    """What came in of one ledger; `message` says why nothing did."""

    origin: str
    entries: int
    receipts: int
    size: int
    refused: str | None
    message: str


class BundleRead(Struct, frozen=True):
    """What reading a bundle did. `circles` came along and this node, though a member, has not entered them."""

    by: str
    made: int
    entries: int
    receipts: int
    ledgers: list[LedgerRead]
    cards: list[CardReport]
    circles: list[str]


class Parts(Struct, frozen=True):
    """A bundle of which parts have come: which numbers of how many are missing."""

    whole: str
    count: int
    missing: list[int]
    ranges: str


class Taken(Struct, frozen=True):
    """What became of a file that was brought: a bundle that was read, or a part that waits for others."""

    report: BundleRead | None
    parts: Parts | None


def room(office: Office, name: str) -> Path:
    """A folder beside the store, made where it is missing."""
    folder = office.database.path.parent / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _show_all(office: Office) -> None:
    if office.asked():
        publish(office.database, office.signer.marks)


def _epochs(connection: Any, names: Sequence[str]) -> list[CircleRow]:
    wanted = {circle_named(connection, name).circle.id for name in names}
    return [row for row in roster.circles(connection) if row.id in wanted]


def make(office: Office, asked: BundleRequest) -> MadeBundle:
    """Make a bundle; its files wait under the id in the answer."""
    _show_all(office)
    now = office.clock()
    with office.database.read() as connection:
        newest = [circle_named(connection, name).circle for name in asked.circles]
        cards = bundle.receivers(connection, newest, office.party, asked.to)
        rows = [
            row
            for row in _epochs(connection, asked.circles)
            # an earlier epoch goes only to those who were in it
            if all(card.party in bundle.parties_of(row) for card in cards)
        ]
        known: dict[str, int] = {}
        if asked.since_receipts:
            for row in rows:
                known |= bundle.known_sizes(connection, row, [card.party for card in cards])
    folder = _fresh(office)
    try:
        path = folder / f"{office.party}-{newest[0].id[:8]}-{now // 1000}.tqb"
        made = bundle.make(office.database, office.party, rows, cards, path, now, known)
        parts = bundle_parts.split(path, asked.part_size) if asked.part_size else []
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return MadeBundle(folder.name, [card.party for card in cards], made.ledgers, _files([path]), _files(parts))


def _fresh(office: Office) -> Path:
    outgoing = room(office, OUTGOING)
    older = sorted((path for path in outgoing.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in older[: max(0, len(older) - KEPT + 1)]:
        shutil.rmtree(path, ignore_errors=True)
    folder = outgoing / secrets.token_hex(8)
    folder.mkdir(mode=0o700)
    return folder


def _files(paths: Sequence[Path]) -> list[CarriedFile]:
    return [CarriedFile(path.name, path.stat().st_size) for path in paths]


def outgoing(office: Office, made: str, name: str) -> Path:
    """A file of a bundle that waits to be fetched (`bundle.no_item`)."""
    path = room(office, OUTGOING) / made / name
    if not re.fullmatch(r"[0-9a-f]{16}", made) or not _FILE.fullmatch(name) or not path.is_file():
        raise NotFound("bundle.no_item", name=name[:80])
    return path


def write_archive(office: Office, circle_id: str) -> Path:
    """The archive of a circle, in a folder of its own that whoever sends it removes."""
    _show_all(office)
    with office.database.read() as connection:
        rows = _epochs(connection, [circle_id])
    folder = _fresh(office)
    path = folder / f"{office.party}-{rows[0].id[:8]}-{office.clock() // 1000}.zip"
    try:
        archive.write(office.database, office.party, rows, path, office.clock())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path


def take(office: Office, path: Path, language: str) -> Taken:
    """Take in a file that was brought: a bundle, or a part of one. Reading it again takes nothing twice."""
    if not bundle_parts.is_part(path):
        return Taken(_read(office, path, language), None)
    incoming = room(office, INCOMING)
    gathered = bundle_parts.gather([path], incoming)
    if gathered.damaged:
        raise MalformedInput("bundle.part_damaged", name=path.name)
    (whole,) = gathered.wholes
    parts = Parts(whole.whole, whole.count, whole.missing[:1000], bundle_parts.ranges(whole.missing))
    if whole.file is None:
        return Taken(None, parts)
    report = _read(office, whole.file, language)
    bundle_parts.forget(incoming, whole.whole)
    return Taken(report, parts)


def _read(office: Office, path: Path, language: str) -> BundleRead:
    with bundle.opened(path, office.house.identity(), office.database.path.parent) as source:
        report = bundle_reading.read(office.database, source, office.signer, office.clock())
    office.changes.notify()
    ledgers = [
        LedgerRead(
            one.origin,
            one.entries,
            one.receipts,
            one.size,
            one.refused,
            "" if one.refused is None else wording(one.refused, one.params, language).line(),
        )
        for one in report.ledgers
    ]
    return BundleRead(report.by, report.made, report.entries, report.receipts, ledgers, report.cards, report.circles)


__all__ = ["BundleRequest", "MadeBundle", "Taken", "make", "outgoing", "take", "write_archive"]
