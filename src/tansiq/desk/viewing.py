"""What stands in the picture of a circle, and all that is known about one record."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.attachment import Opened
from tansiq.desk import attaching
from tansiq.desk.attaching import Attached
from tansiq.desk.erasures import Erasure, erasure_of
from tansiq.desk.office import HeldCircle, Office, circle_named, circles, epochs_of
from tansiq.desk.times import STAIRS, Claims
from tansiq.desk.witnesses import LedgerWitness, ledger_witnesses
from tansiq.errors import NotFound
from tansiq.exchange import outbox
from tansiq.exchange.acknowledgement import Acknowledgement, Reach, acknowledgement, reach
from tansiq.exchange.standing import standings
from tansiq.ledger import disclosure
from tansiq.picture.projection import Thing, read_thing
from tansiq.records.entry import Entry, decode_entry, record_key
from tansiq.records.kind import all_kinds
from tansiq.records.values import Label
from tansiq.store import blobs, cosigned, ledgers, notices, pictures, roster
from tansiq.store.ledgers import LedgerRow, ReceiptRow
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import INDEX_BITS, entry_key
from tansiq.wording import wording


class Object(Struct, frozen=True):
    """A thing in the picture as a desk shows it; `own` are fields that this node has not told.

    `index` is its latest entry in the ledger of that epoch, `outside` whether a claimed time of it is disproven.
    """

    seq: int
    kind: str
    ref: str
    party: str
    id: str
    circle: str
    about: str | None
    at: int
    said: int
    desk: str
    role: str
    label: Label
    exercise: bool
    fields: dict[str, Any]
    own: dict[str, Any] | None
    versions: int
    tells: int
    unreadable: str | None
    erased: bool = False
    epoch: int = 1
    index: int = 0
    outside: bool = False
    partial: bool = False
    """Whether long fields (`LONG`) were left out: the record itself has them."""


LONG: Final[Mapping[str, frozenset[str]]] = {
    "clause": frozenset({"heading", "term", "text", "note", "drawn_from"}),
    "clause_position": frozenset({"condition", "reason"}),
    "comment": frozenset({"text"}),
}
"""Fields that a page of the whole picture leaves out: an agreement of 500 clauses would be sent to every desk with
every look at anything. They are asked for with the text, the record, or the kind.
"""


CROWDED: Final = "incident"
"""The kind of which there may be so many that a desk asks for them by view and by page (`desk.incidents_map`)."""

CROWD: Final = 2000
BURST: Final = 500
"""So many at once are no news to be read one by one."""


class Page(Struct, frozen=True):
    """Objects in the order of `seq`, the highest one, and whether there are more; `apart` where reports of incidents
    were left out because there are too many to be sent whole.
    """

    seq: int
    objects: list[Object]
    more: bool
    apart: bool = False


def page(
    office: Office,
    circle_id: str,
    *,
    after: int = 0,
    until: int | None = None,
    kind: str | None = None,
    limit: int = 2000,
    whole: bool = True,
    most: int | None = None,
) -> Page:
    """What changed in a circle's picture after `after`; without long fields (`LONG`) unless they are wanted, and where
    more than `most` reports of incidents changed, without those.
    """
    with office.database.read() as connection:
        held = circle_named(connection, circle_id)
        epochs = {one.num: one for one in epochs_of(connection, held.circle.id)}
        # read first: what is left out may not come again by a number that it was given meanwhile
        newest = pictures.last_seq(connection)
        apart = most is not None and is_crowded(connection, list(epochs), after, most)
        rows = pictures.changes(
            connection,
            list(epochs),
            after=after,
            until=until,
            kind=kind,
            without=CROWDED if apart else None,
            limit=limit + 1,
            in_order=apart,
        )
        claims = Claims(connection)
        objects = [_object(connection, office, epochs[row.circle], row, claims) for row in rows[:limit]]
        if not whole and kind is None:
            objects = [_without_long(one) for one in objects]
        last = objects[-1].seq if objects else after
        more = len(rows) > limit
        return Page(max(last, newest) if apart and not more else last, objects, more, apart)


def is_crowded(connection: Connection, epochs: list[int], after: int = 0, most: int = CROWD) -> bool:
    """Whether more reports of incidents changed in these epochs after `after` than are sent whole."""
    return pictures.count(connection, epochs, CROWDED, after=after, limit=most + 1) > most


def objects_at(
    connection: Connection, office: Office, epochs: Mapping[int, HeldCircle], seqs: Sequence[int]
) -> list[Object]:
    """The things under these sequence numbers, in that order; what has changed meanwhile is not among them."""
    rows, claims = pictures.at(connection, seqs), Claims(connection)
    return [
        _object(connection, office, epochs[rows[seq].circle], rows[seq], claims)
        for seq in seqs
        if seq in rows and rows[seq].circle in epochs
    ]


def _without_long(one: Object) -> Object:
    left_out = LONG.get(one.kind)
    if not left_out:
        return one
    fields = {name: value for name, value in one.fields.items() if name not in left_out}
    return msgspec.structs.replace(one, fields=fields, partial=len(fields) < len(one.fields))


def _object(connection: Connection, office: Office, held: HeldCircle, row: PictureRow, claims: Claims) -> Object:
    thing = read_thing(row.data)
    ledger = claims.ledger(row.entry >> INDEX_BITS)
    own = None
    if thing.party == office.party:
        own = own_fields(connection, row.entry >> INDEX_BITS, thing) or None
    return Object(
        seq=row.seq,
        kind=thing.kind,
        ref=f"{thing.party}/{thing.id}",
        party=thing.party,
        id=thing.id,
        circle=held.circle.id,
        about=thing.about,
        at=thing.at,
        said=thing.said,
        desk=thing.desk,
        role=thing.role,
        label=thing.label,
        exercise=held.circle.exercise,
        fields=msgspec.json.decode(thing.fields),
        own=own,
        versions=len(thing.versions),
        tells=len(thing.tells),
        unreadable=thing.unreadable,
        erased=thing.erased is not None,
        epoch=held.circle.epoch,
        index=thing.versions[-1],
        outside=claims.any_outside(ledger, [*thing.versions, *thing.tells]),
    )


def parts(text: str) -> list[str]:
    """The disclosures in a joined text; none where they were erased."""
    return text.split("~") if text else []


def holding_back(connection: Connection, ledger: int, kind: str, indexes: Iterable[int]) -> set[int]:
    """Which of these own entries keep something of what a kind shows to this node: for most it is the author alone."""
    shown = all_kinds()[kind].field_names() if kind in all_kinds() else frozenset()
    return {
        index
        for index, text in ledgers.kept_at(connection, ledger, indexes).items()
        if any(disclosure.read(one)[0] in shown for one in parts(text))
    }


def own_fields(connection: Connection, ledger: int, thing: Thing) -> dict[str, Any]:
    """Fields of an own thing that have not been told; of several versions the latest that was not told since."""
    kept = ledgers.kept_at(connection, ledger, thing.versions)
    if not kept:
        return {}
    shown = all_kinds()[thing.kind].field_names() if thing.kind in all_kinds() else ()
    told = _told_names(connection, ledger, thing) if len(thing.versions) > 1 else {}
    fields: dict[str, Any] = {}
    for index, text in sorted(kept.items()):
        for one in parts(text):
            name, value = disclosure.read(one)
            if name in shown and told.get(name, -1) <= index:
                fields[name] = value
    return fields


def _told_names(connection: Connection, ledger: int, thing: Thing) -> dict[str, int]:
    """The latest version in which each field was told."""
    latest: dict[str, int] = {}
    for row in ledgers.told_at(connection, ledger, [*thing.versions, *thing.tells]):
        for one in parts(row.text):
            name, _ = disclosure.read(one)
            latest[name] = max(row.subject, latest.get(name, -1))
    return latest


class HistoryLine(Struct, frozen=True):
    """One entry of a thing: when it was said, by which desk, what it told, how large it is."""

    index: int
    said: int
    received: int
    desk: str
    role: str
    type: str
    told: list[str]
    size: int
    outside: bool


class Times(Struct, frozen=True):
    """The claimed time and the interval that others prove (ms). `outside`: the claim lies outside it."""

    claimed: int
    received: int
    not_before: int | None
    not_after: int | None
    outside: bool


class HeldSince(Struct, frozen=True):
    """Since when (ms) a member is known to hold the record durably; None while it is not."""

    party: str
    held_since: int | None


class Position(Struct, frozen=True):
    """Where the record stands, and what stands against its ledger: two histories, or a bound of what counts."""

    origin: str
    index: int
    size: int
    frozen: bool = False
    bound: int | None = None


class RecordView(Struct, frozen=True):
    """All that is known about one record."""

    object: Object
    history: list[HistoryLine]
    withheld: list[str]
    ledger: Position
    times: Times
    receipts: list[HeldSince]
    label: Label
    exercise: bool
    acknowledgement: Acknowledgement
    attachments: list[Attached]
    erasure: Erasure | None = None


def find(connection: Connection, circle_id: str, party: str, record: str) -> tuple[HeldCircle, LedgerRow, int]:
    """The circle, ledger and index of a record; not found where this node does not hold it."""
    epochs = epochs_of(connection, circle_named(connection, circle_id).circle.id)
    if not any(party in held.circle.parties for held in epochs):
        raise NotFound("ledger.not_here", which=party[:80])
    for held in epochs:
        if party not in held.circle.parties:
            continue
        ledger = ledgers.ledger_of(connection, held.num, party)
        index = ledgers.index_of(connection, ledger.num, record_key(record))
        if index is not None:
            return held, ledger, index
    raise NotFound("record.not_here", ref=f"{party}/{record}"[:80])


def record_view(office: Office, circle_id: str, party: str, record: str) -> RecordView:
    """Everything about one record: fields, history, both times, who holds it."""
    with office.database.read() as connection:
        held, ledger, index = find(connection, circle_id, party, record)
        row = pictures.get(connection, entry_key(ledger.num, index))
        if row is None:
            raise NotFound("record.not_here", ref=f"{party}/{record}"[:80])
        thing = read_thing(row.data)
        claims = Claims(connection)
        shown = _object(connection, office, held, row, claims)
        history = _history(connection, ledger, thing, claims)
        withheld: list[str] = []
        if ledger.own:
            withheld = list(outbox.tellable(connection, ledger, record))
        receipts = ledgers.receipts(connection, ledger.num, covering=index)
        entry = decode_entry(ledgers.entry_bodies(connection, ledger.num, index, 1)[0])
        return RecordView(
            object=shown,
            history=history,
            withheld=withheld,
            ledger=Position(ledger.origin, index, ledger.head_size, ledger.frozen, ledger.bound),
            times=_times(claims, ledger, index, entry, history),
            receipts=[
                HeldSince(member, _held_since(receipts, member)) for member in held.circle.parties if member != party
            ],
            label=thing.label,
            exercise=held.circle.exercise,
            acknowledgement=acknowledgement(connection, held.circle, ledger, thing.versions[-1]),
            attachments=attaching.attached(connection, ledger.num, [*thing.versions, *thing.tells]),
            erasure=None if thing.erased is None else erasure_of(connection, held, ledger, record, thing.erased),
        )


def attachment_content(office: Office, circle_id: str, party: str, record: str, digest: str) -> Opened:
    """What a record, in any of its versions, has attached under this digest."""
    with office.database.read() as connection:
        _, ledger, index = find(connection, circle_id, party, record)
        row = pictures.get(connection, entry_key(ledger.num, index))
        if row is None:
            raise NotFound("record.not_here", ref=f"{party}/{record}"[:80])
        thing = read_thing(row.data)
        return attaching.content_of(connection, ledger.num, [*thing.versions, *thing.tells], digest)


def _history(connection: Connection, ledger: LedgerRow, thing: Thing, claims: Claims) -> list[HistoryLine]:
    indexes = sorted([*thing.versions, *thing.tells])
    told = {row.cause: row for row in ledgers.told_at(connection, ledger.num, indexes)}
    lines = []
    for index in indexes:
        row = ledgers.entries(connection, ledger.num, index, 1)[0]
        entry = decode_entry(row.body)
        names = [disclosure.read(one)[0] for one in parts(told[index].text)] if index in told else []
        lines.append(
            HistoryLine(
                index,
                entry.at,
                row.received,
                entry.desk,
                entry.role,
                entry.type,
                names,
                len(row.body),
                claims.outside(ledger, index, entry),
            )
        )
    return lines


def _held_since(receipts: Sequence[ReceiptRow], party: str) -> int | None:
    return min((receipt.at * 1000 for receipt in receipts if receipt.party == party), default=None)


def _times(claims: Claims, ledger: LedgerRow, index: int, entry: Entry, history: Sequence[HistoryLine]) -> Times:
    """Of the first entry; `outside` counts the claims of all of them."""
    not_before, not_after = claims.bounds(ledger, index, entry)
    outside = any(line.outside for line in history)
    return Times(entry.at, history[0].received, not_before, not_after, outside)


class LedgerReceipt(Struct, frozen=True):
    """Up to which size a member holds the ledger, and since when (ms)."""

    party: str
    size: int
    at: int


class LedgerView(Struct, frozen=True):
    """A ledger's head. `age_ms` is how old the newest head is.

    `proven` are sizes with the time by which all below was held or seen by another party, the newest few; `sealed` is
    the entry that ended the ledger, `bound` how many entries count after a key was lost.
    """

    origin: str
    hash: str
    party: str
    circle: str
    own: bool
    size: int
    root: str
    checkpoint_at: int | None
    age_ms: int | None
    receipts: list[LedgerReceipt]
    frozen: bool
    epoch: int
    witnesses: list[LedgerWitness]
    reach: Reach
    proven: list[tuple[int, int]]
    sealed: int | None
    bound: int | None


def ledger_views(office: Office) -> list[LedgerView]:
    """The heads of all ledgers held, with who else holds them."""
    now = office.clock()
    views = []
    with office.database.read() as connection:
        from_num = {held.num: held.circle for held in circles(connection)}
        claims = Claims(connection)
        for row in ledgers.ledgers(connection):
            if from_num[row.circle].private:
                continue
            latest: Mapping[str, ReceiptRow] = ledgers.latest_receipts(connection, row.num)
            views.append(
                LedgerView(
                    origin=row.origin,
                    hash=row.hash,
                    party=row.party,
                    circle=from_num[row.circle].id,
                    own=row.own,
                    size=row.head_size,
                    root=base64.b64encode(row.head_root).decode(),
                    checkpoint_at=row.head_at,
                    age_ms=None if row.head_at is None else max(0, now - row.head_at),
                    receipts=[LedgerReceipt(one.party, one.size, one.at * 1000) for one in latest.values()],
                    frozen=row.frozen,
                    epoch=from_num[row.circle].epoch,
                    witnesses=ledger_witnesses(connection, from_num[row.circle], row),
                    reach=reach(connection, from_num[row.circle], row),
                    proven=claims.stairs(row)[-STAIRS:],
                    sealed=row.sealed,
                    bound=row.bound,
                )
            )
    return views


def ledger_marks(office: Office) -> bytes:
    """Heads, cosignatures, notices, attachments, standing, who is reachable: changes when a desk has to look again."""
    with office.database.read() as connection:
        marks = [
            [
                row.hash,
                row.head_size,
                [row.frozen, row.sealed, row.bound],
                *([one.party, one.size] for one in ledgers.latest_receipts(connection, row.num).values()),
                *([one.name, one.size] for one in cosigned.latest(connection, row.num).values()),
            ]
            for row in ledgers.ledgers(connection)
        ]
        newest = roster.refusals(connection, 1)
        attachments = blobs.counts(connection)
        files = [row.digest for row in notices.every(connection)]
        standing = [[one.origin, str(one.state), one.held] for one in standings(connection, office.signer.marks)]
    reachable = sorted(office.reachable().items())
    return msgspec.json.encode([marks, attachments, [row.at for row in newest], reachable, files, standing])


def refusals(office: Office, language: str) -> list[dict[str, Any]]:
    """What was refused of the peers, newest first, in words."""
    with office.database.read() as connection:
        rows = roster.refusals(connection)
    return [
        {
            "at": row.at,
            "peer": row.peer,
            "origin": row.origin,
            "code": row.code,
            "message": wording(row.code, row.params, language).line(),
        }
        for row in rows
    ]
