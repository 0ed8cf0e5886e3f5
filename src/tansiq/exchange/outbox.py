"""Saying something: own entries, their disclosures, the new head and the picture in one durable transaction.

When `say` or `tell` answers, the record survives `kill -9`. Nothing is signed that was not read back and hashed
again.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import Connection

from tansiq.circles import attachment, gate
from tansiq.circles.card import PartyCard
from tansiq.circles.circle import Circle, descriptor_digest
from tansiq.circles.gate import Author, Redaction, Sealed, Statement
from tansiq.errors import Conflict, MalformedInput, NotAllowed, NotFound
from tansiq.exchange.erasure import forget
from tansiq.exchange.notices import circle_of
from tansiq.exchange.origin import origin_hash
from tansiq.exchange.standing import Entering, Signer, may_open
from tansiq.ledger import disclosure
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.growth import Growth
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.merkle import EMPTY_ROOT, leaf_hash
from tansiq.picture.book import ERASE, HeldRecord, fold_in
from tansiq.picture.projection import read_thing
from tansiq.records.entry import MAX_BLOBS, Entry, Head, decode_entry, record_id_of, record_key
from tansiq.records.kind import kind_named
from tansiq.records.values import Label, PartyId
from tansiq.store import blobs, erasures, ledgers, pictures, roster, uploads
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import entry_key

_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Said:
    """Where a record stands now."""

    ref: str
    index: int
    size: int


@dataclass(frozen=True)
class Saying:
    """A statement and how it is to be released to one circle."""

    statement: Statement
    label: Label
    redaction: Redaction
    claimed_ms: int | None = None
    """The time on the exercise clock; in a live circle a record claims the time at which it is said."""
    uploads: Sequence[str] = ()
    """Files that lie ready on this node and go out with it."""
    record_id: str | None = None
    """The id under which it is said; a new one where none is given."""


def open_circle(
    connection: Connection,
    circle: Circle,
    descriptor: bytes,
    card: PartyCard,
    signer: Signer,
    now_ms: int,
    last: Sequence[Head] = (),
    entering: Entering = Entering.MADE,
) -> int:
    """Enter a circle: a ledger for every member; the own one opens with the descriptor and the roster entry.

    Where a head of it left before this store did, after a restored backup, nothing is said: the own ledger comes back
    from the others, or waits for the next epoch (`standing.may_open`).
    """
    opens = may_open(connection, circle.origin(card.party), signer.marks, entering)
    num = roster.add_circle(connection, circle.id, circle.epoch, descriptor)
    for member in circle.parties:
        origin = circle.origin(member)
        ledgers.add_ledger(
            connection,
            origin=origin,
            origin_hash=origin_hash(origin),
            party=member,
            circle=num,
            own=member == card.party,
            root=EMPTY_ROOT,
        )
    if not opens:
        return num
    signer.marks.open(circle.origin(card.party))
    opening = {
        "names": msgspec.to_builtins(circle.names),
        "members": list(circle.parties),
        "epoch": circle.epoch,
        "exercise": circle.exercise,
        "descriptor": descriptor_digest(circle),
        **({"last": msgspec.to_builtins(list(last))} if last else {}),
    }
    entry = {
        "names": msgspec.to_builtins(card.names),
        "role": card.role,
        "keys": {"log": card.log, "witness": card.witness, "mirror": card.mirror, "tls": card.tls_pin},
        "peer": card.peer,
    }
    label = program_label(circle)
    sealed = [
        gate.seal(kind, fields, {}, label, desk="node", role="node", seen=[], now_ms=now_ms)
        for kind, fields in (("circle", opening), ("party", entry))
    ]
    append(connection, num, circle, card.party, sealed, signer, now_ms)
    return num


def program_label(circle: Circle) -> Label:
    """The label of what a node itself writes: it holds nothing that the circle does not know."""
    return Label("JOINT", "RESTRICTED", "AMBER", list(circle.parties), circle.exercise)


def say(
    connection: Connection,
    num: int,
    circle: Circle,
    party: PartyId,
    sayings: Iterable[Saying],
    author: Author,
    signer: Signer,
    now_ms: int,
) -> list[Said]:
    """Release statements to a circle, in order, as one batch under one head."""
    seen = heads_seen(connection, num)
    own = ledgers.ledger_of(connection, num, party)
    sealed: list[Sealed] = []
    for saying in sayings:
        if saying.statement.revises is not None:
            check_revision(connection, own, saying.statement)
        claimed = claimed_time(circle, saying.claimed_ms, now_ms)
        attached = attach(connection, own, own.size + len(sealed), saying.uploads, author)
        sealed.append(
            gate.release(
                saying.statement,
                circle,
                saying.label,
                saying.redaction,
                author,
                seen=seen,
                now_ms=claimed,
                blobs=attached,
                record_id=saying.record_id,
            )
        )
    return append(connection, num, circle, party, sealed, signer, now_ms)


def attach(connection: Connection, own: LedgerRow, index: int, chosen: Sequence[str], author: Author) -> list[str]:
    """Put files that lie ready beside entry `index`, which is about to be signed over their digests, freshly salted.

    They are in the store before the entry is, in the same transaction; one of them is in memory at a time.
    """
    if len(chosen) > MAX_BLOBS or len(set(chosen)) < len(chosen):
        raise MalformedInput("blob.too_many", limit=MAX_BLOBS)
    digests = []
    for upload in chosen:
        row = uploads.find(connection, upload, author.user)
        if row is None:
            raise NotFound("blob.no_upload", upload=upload[:40])
        blob = attachment.seal(row.media, uploads.data_of(connection, upload))
        digests.append(attachment.digest_of(blob))
        blobs.put(connection, own.num, index, digests[-1], blob)
    return digests


def claimed_time(circle: Circle, claimed_ms: int | None, now_ms: int) -> int:
    """The time that a record claims: now, or in an exercise the time on its clock."""
    if claimed_ms is None:
        return now_ms
    if not circle.exercise:
        raise NotAllowed("gate.clock_in_live", circle=circle.id)
    return claimed_ms


def check_revision(connection: Connection, own: LedgerRow, statement: Statement) -> None:
    """Only the first record of a thing of the same kind in the own ledger can be revised."""
    index = ledgers.index_of(connection, own.num, record_key(statement.revises or ""))
    if index is None:
        raise NotFound("record.not_here", ref=str(statement.revises)[:80])
    first = decode_entry(ledgers.entry_bodies(connection, own.num, index, 1)[0])
    if first.type != statement.kind or first.revises is not None:
        raise Conflict("record.other_kind", kind=statement.kind, found=first.type)


def tell(
    connection: Connection,
    num: int,
    circle: Circle,
    party: PartyId,
    record_id: str,
    fields: Sequence[str],
    author: Author,
    signer: Signer,
    now_ms: int,
    claimed_ms: int | None = None,
) -> list[Said]:
    """Tell the circle more of an own record: the named fields, as they were committed to when it was said."""
    own = ledgers.ledger_of(connection, num, party)
    plan = tellable(connection, own, record_id)
    wanted = dict.fromkeys(fields)
    if missing := [name for name in wanted if name not in plan]:
        raise NotFound("record.nothing_withheld", field=missing[0], ref=record_id)
    seen = heads_seen(connection, num)
    claimed = claimed_time(circle, claimed_ms, now_ms)
    sealed = []
    by_entry: dict[int, list[str]] = {}
    for name in wanted:
        by_entry.setdefault(plan[name].index, []).append(plan[name].text)
    for index, chosen in by_entry.items():
        entry = decode_entry(ledgers.entry_bodies(connection, own.num, index, 1)[0])
        sealed.append(
            (
                index,
                gate.tell_more(entry.id, "~".join(chosen), entry.label, author, seen=seen, now_ms=claimed),
            )
        )
    said = append(
        connection,
        num,
        circle,
        party,
        [one for _, one in sealed],
        signer,
        now_ms,
        subjects=[at for at, _ in sealed],
    )
    for index, one in sealed:
        told = set(one.told.split("~"))
        rest = [text for text in ledgers.kept_at(connection, own.num, [index])[index].split("~") if text not in told]
        ledgers.set_kept(connection, own.num, index, "~".join(rest))
    return said


@dataclass(frozen=True)
class KeptField:
    """A field that has not been told: the entry that committed to it, its disclosure, its value."""

    index: int
    text: str
    value: object


def tellable(connection: Connection, own: LedgerRow, record_id: str) -> dict[str, KeptField]:
    """The fields of an own thing that its circle has not been told, latest version first."""
    first = ledgers.index_of(connection, own.num, record_key(record_id))
    if first is None or not own.own:
        raise NotFound("record.not_here", ref=record_id[:80])
    kind = kind_named(decode_entry(ledgers.entry_bodies(connection, own.num, first, 1)[0]).type)
    versions = versions_of(connection, own, first)
    fields: dict[str, KeptField] = {}
    for index, text in sorted(ledgers.kept_at(connection, own.num, versions).items()):
        for one in text.split("~"):
            name, value = disclosure.read(one)
            if name in kind.field_names() and name not in kind.own:
                fields[name] = KeptField(index, one, value)
    return fields


def versions_of(connection: Connection, ledger: LedgerRow, first: int) -> list[int]:
    """The entries of the thing that begins at `first`."""
    row = pictures.get(connection, entry_key(ledger.num, first))
    return read_thing(row.data).versions if row else [first]


def heads_seen(connection: Connection, num: int) -> list[Head]:
    """The heads of the others' ledgers in this circle that this node holds."""
    return [
        Head(row.party, row.head_size, base64.b64encode(row.head_root).decode())
        for row in ledgers.ledgers(connection, num)
        if not row.own and row.head_note is not None
    ]


def append(
    connection: Connection,
    num: int,
    circle: Circle,
    party: PartyId,
    sealed: Sequence[Sealed],
    signer: Signer,
    now_ms: int,
    subjects: Sequence[int] | None = None,
) -> list[Said]:
    """Append entries to the own ledger of a circle, sign the new head, fold them into the picture."""
    ledger = ledgers.ledger_of(connection, num, party)
    key = signer.keyring.log_of(circle)
    signer.check(connection, ledger)
    start = ledger.size
    records = [
        _record(one, start + step, subjects[step] if subjects else start + step) for step, one in enumerate(sealed)
    ]
    ledgers.add_entries(
        connection,
        ledger.num,
        start,
        [(record_key(one.entry.id), leaf_hash(one.body), one.body) for one in sealed],
        now_ms,
    )
    ledgers.add_told(
        connection,
        ledger.num,
        [
            (record.index, record.subject, one.told.encode("ascii"))
            for record, one in zip(records, sealed, strict=True)
            if one.told
        ],
    )
    ledgers.add_kept(
        connection,
        ledger.num,
        [(record.index, one.kept) for record, one in zip(records, sealed, strict=True) if one.kept],
    )
    size = start + len(sealed)
    sign_head(connection, ledger, start, size, key, now_ms)
    fold_in(connection, ledger, records)
    return [Said(f"{party}/{one.entry.id}", start + step, size) for step, one in enumerate(sealed)]


def answer_erasures(connection: Connection, party: PartyId, signer: Signer, now_ms: int) -> list[int]:
    """Say of every erasure that was carried out here that it was; answers in which circles something was said."""
    spoken = []
    for row in erasures.unanswered(connection):
        ledger = ledgers.ledger_by(connection, num=row.ledger)
        circle = circle_of(connection, ledger)
        if not ledger.own:
            own = ledgers.ledger_of(connection, ledger.circle, party)
            if own.sealed is None:
                about = f"{ledger.party}/{record_id_of(row.rid)}"
                label = program_label(circle)
                sealed = gate.seal(
                    "erased", {}, {}, label, desk="node", role="node", seen=[], now_ms=now_ms, about=about
                )
                append(connection, ledger.circle, circle, party, [sealed], signer, now_ms)
                spoken.append(ledger.circle)
        erasures.set_answered(connection, row)
    return spoken


def erase(
    connection: Connection,
    num: int,
    circle: Circle,
    party: PartyId,
    record_id: str,
    reason: str,
    author: Author,
    signer: Signer,
    now_ms: int,
) -> Said:
    """Destroy the values of an own record here and ask every member to do the same; digests and proofs stay."""
    role = gate.check_author(author)
    own = ledgers.ledger_of(connection, num, party)
    first = ledgers.index_of(connection, own.num, record_key(record_id))
    row = None if first is None else pictures.get(connection, entry_key(own.num, first))
    if row is None:
        raise NotFound("record.not_here", ref=record_id[:80])
    if read_thing(row.data).erased is not None:
        raise Conflict("record.erased", ref=record_id)
    sealed = gate.seal(
        ERASE,
        {"reason": reason},
        {},
        program_label(circle),
        desk=author.desk,
        role=role,
        seen=heads_seen(connection, num),
        now_ms=now_ms,
        revises=record_id,
    )
    (said,) = append(connection, num, circle, party, [sealed], signer, now_ms)
    forget(connection, own, record_id, said.index, now_ms)
    return said


def _record(sealed: Sealed, index: int, subject: int) -> HeldRecord:
    fields = {name: msgspec.Raw(_encode(value)) for name, value in sealed.told_fields.items()}
    if not fields and sealed.told:
        fields = disclosure.values(sealed.told)
    return HeldRecord(index, sealed.entry, subject, fields)


def sign_head(connection: Connection, ledger: LedgerRow, start: int, size: int, key: SigningKey, now_ms: int) -> None:
    """Sign the head over what the store gives back for the new entries, not over what it was handed."""
    growth = Growth.load(lambda level, first, count: ledgers.hashes(connection, ledger.num, level, first, count), start)
    leaves = [leaf_hash(body) for body in ledgers.entry_bodies(connection, ledger.num, start, size - start)]
    ledgers.add_nodes(connection, ledger.num, growth.extend(leaves))
    root = growth.root()
    note = sign_checkpoint(Checkpoint(ledger.origin, size, root), key)
    ledgers.set_progress(connection, ledger.num, size)
    ledgers.set_head(connection, ledger.num, size, root, note, now_ms)


__all__ = ["Entry", "KeptField", "Said", "Saying", "append", "open_circle", "say", "tell", "tellable"]
