"""Reading a bundle: every ledger through intake, on its own, then what proves itself, and a report of it all."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tansiq.circles.card import PartyCard, fingerprint, read_card
from tansiq.circles.circle import Circle, Member, read_circle
from tansiq.errors import Conflict, MalformedInput, Param, ProofRefused, Refused
from tansiq.exchange.attachments import Room, take_whole
from tansiq.exchange.bundle import BLOBS, BundleSource
from tansiq.exchange.intake import take_head
from tansiq.exchange.notices import take_notice
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import Signer, State, standing_of, stop
from tansiq.ledger.checkpoint import open_checkpoint
from tansiq.ledger.note import MAX_NOTE
from tansiq.records.values import PartyId
from tansiq.store import ledgers, roster
from tansiq.store.database import Database
from tansiq.store.ledgers import LedgerRow
from tansiq.store.roster import RefusalRow

MAX_NOTICES: Final = 1024
"""What a hostile bundle may make a reader check; an honest one has a few of each."""

MAX_OLDER: Final = 64
"""Older heads of a ledger in a bundle: one for each member at most."""


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
    """What reading a bundle did: `circles` came along and this node, though a member, has not entered them.

    So many `attachments` came in.
    """

    by: str
    made: int
    ledgers: list[LedgerReport]
    cards: list[CardReport]
    circles: list[str]
    attachments: int = 0

    @property
    def entries(self) -> int:
        """How many entries came in."""
        return sum(one.entries for one in self.ledgers)

    @property
    def receipts(self) -> int:
        """How many receipts were learnt."""
        return sum(one.receipts for one in self.ledgers)


def read(
    database: Database,
    source: BundleSource,
    signer: Signer,
    now_ms: int,
    *,
    recover: bool = False,
    room: Room = Room(),  # noqa: B008 - immutable
) -> Report:
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
    origins = {one.hash: one.origin for one in manifest.ledgers if origin_hash(one.origin) == one.hash}
    if not origins.keys() >= set(source.hashes()):
        raise MalformedInput("bundle.bad_container", reason="a ledger that the manifest does not name")
    reports = []
    for found in source.hashes():
        origin = origins[found]
        ledger = held.get(found)
        if ledger is None:
            reports.append(LedgerReport(origin, found, refused="bundle.circle_not_entered", params={"origin": origin}))
            continue
        try:
            report = _take(database, entered[ledger.circle], ledger, source, signer, now_ms, recover)
        except Refused as refused:
            report = LedgerReport(origin, found, refused=refused.code, params=dict(refused.params))
            with database.write() as connection:
                row = RefusalRow(now_ms, manifest.by, origin, refused.code, dict(refused.params))
                roster.add_refusal(connection, row)
        reports.append(report)
    attached, wrong = _take_blobs(database, source, held, room, now_ms)
    return Report(
        manifest.by,
        manifest.made,
        [*reports, *_take_notices(database, source, now_ms), *wrong],
        list(_cards(database, source, pinned, now_ms)),
        list(_new_circles(source, {(circle.id, circle.epoch) for circle in entered.values()}, signer.keyring.party)),
        attached,
    )


def both(first: Report, second: Report) -> Report:
    """What two readings of one bundle brought together; the second one says how each ledger stands now."""
    before = {one.origin: one for one in first.ledgers}
    ledgers_ = [
        msgspec.structs.replace(
            one,
            entries=one.entries + before[one.origin].entries,
            receipts=one.receipts + before[one.origin].receipts,
        )
        if one.origin in before
        else one
        for one in second.ledgers
    ]
    attachments = first.attachments + second.attachments
    return msgspec.structs.replace(second, ledgers=ledgers_, attachments=attachments)


def _take_blobs(
    database: Database, source: BundleSource, held: Mapping[str, LedgerRow], room: Room, now_ms: int
) -> tuple[int, list[LedgerReport]]:
    """Attachments, after the entries that name them: how many came in, and what was refused."""
    taken = 0
    wrong = []
    by = source.manifest.by
    for name in source.names():
        found, kind, digest = (*name.split("/"), "", "")[:3]
        if kind != BLOBS or found not in held:
            continue
        try:
            taken += take_whole(database, held[found], digest, source.read(name), by, room)
        except Refused as refused:
            wrong.append(LedgerReport(held[found].origin, name, refused=refused.code, params=dict(refused.params)))
            with database.write() as connection:
                row = RefusalRow(now_ms, by, held[found].origin, refused.code, dict(refused.params))
                roster.add_refusal(connection, row)
    return taken, wrong


def _take_notices(database: Database, source: BundleSource, now_ms: int) -> Iterator[LedgerReport]:
    """Files that prove themselves, after the ledgers: what freezes or bounds one must not keep its record from us."""
    names = [name for name in source.names() if name.startswith("notices/")]
    for name in names[:MAX_NOTICES]:
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
    older = source.older_heads(ledger.hash, None if recover else MAX_OLDER)
    for one in older:
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
    return take_head(database, circle, now_held, note, source, signer.keyring, now_ms).receipts


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
