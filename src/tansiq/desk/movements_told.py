"""What a circle was told about movements, read out of the store for the engine: entries, and who had seen what.

Only what was told to the circle is read, also of one's own records: what a party kept to itself must not change how
things stand, or two desks would differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from tansiq.desk.gaps_question import taking_part
from tansiq.desk.office import HeldCircle, circle_named, epochs_of
from tansiq.ledger import disclosure
from tansiq.movements.told import KINDS, Ledger, Said, Told, gather
from tansiq.picture.projection import Thing, read_thing
from tansiq.records.entry import Entry, decode_entry
from tansiq.store import ledgers, pictures
from tansiq.store.ledgers import LedgerRow
from tansiq.store.schema import INDEX_BITS

PAGE: Final = 5000


class _Held(msgspec.Struct, frozen=True):
    """A ledger as held, how much of it counts, and what its party had seen of the epoch before when it opened it."""

    row: LedgerRow
    key: Ledger
    size: int
    before: dict[Ledger, int]


def read_told(connection: Connection, circle_id: str, kinds: Collection[str] = KINDS) -> Told:
    """Everything of these kinds that was told in all epochs of a circle."""
    circle = circle_named(connection, circle_id).circle
    epochs = epochs_of(connection, circle.id)
    held = _ledgers(connection, epochs)
    entries: list[Said] = []
    for kind in kinds:
        after = 0
        while rows := pictures.changes(connection, [one.num for one in epochs], after=after, kind=kind, limit=PAGE):
            after = rows[-1].seq
            for row in rows:
                entries += _entries(connection, held[row.entry >> INDEX_BITS], read_thing(row.data))
    heard: dict[str, dict[Ledger, int]] = {}
    for one in held.values():
        _join(heard.setdefault(one.key.party, {}), _last_seen(connection, one))
    sizes = {one.key: one.size for one in held.values()}
    return gather(entries, taking_part(connection, circle.parties), sizes, heard, kinds)


def _ledgers(connection: Connection, epochs: Sequence[HeldCircle]) -> dict[int, _Held]:
    found: dict[int, _Held] = {}
    for circle in sorted(epochs, key=lambda one: one.circle.epoch):
        for row in ledgers.ledgers(connection, circle.num):
            size = row.size if row.bound is None else min(row.size, row.bound)
            key = Ledger(row.party, circle.circle.epoch)
            found[row.num] = _Held(row, key, size, _opened_with(connection, row, size, circle.circle.epoch))
    return found


def _opened_with(connection: Connection, row: LedgerRow, size: int, epoch: int) -> dict[Ledger, int]:
    """The heads of the epoch before that stand in the first entry of a ledger."""
    if size == 0 or epoch == 1:
        return {}
    told = ledgers.told_at(connection, row.num, [0])
    fields = disclosure.values(told[0].text) if told and told[0].text else {}
    heads = msgspec.json.decode(fields["last"]) if "last" in fields else []
    return {Ledger(party, epoch - 1): count for party, count, _ in heads}


def _seen(one: _Held, entry: Entry) -> dict[Ledger, int]:
    return {**one.before, **{Ledger(head.party, one.key.epoch): head.size for head in entry.seen}}


def _last_seen(connection: Connection, one: _Held) -> dict[Ledger, int]:
    if one.size == 0:
        return {}
    return _seen(one, decode_entry(ledgers.entry_bodies(connection, one.row.num, one.size - 1, 1)[0]))


def _join(sizes: dict[Ledger, int], more: Mapping[Ledger, int]) -> None:
    for ledger, size in more.items():
        sizes[ledger] = max(size, sizes.get(ledger, 0))


def _entries(connection: Connection, one: _Held, thing: Thing) -> list[Said]:
    indexes = sorted({*thing.versions, *thing.tells})
    told = {row.cause: row for row in ledgers.told_at(connection, one.row.num, indexes)}
    found: list[Said] = []
    ids: dict[int, str] = {}
    for index in indexes:
        entry = decode_entry(ledgers.entry_bodies(connection, one.row.num, index, 1)[0])
        ids[index] = entry.id
        row = told.get(index)
        values = disclosure.values(row.text) if row and row.text else {}
        fields: dict[str, Any] = {name: msgspec.json.decode(value) for name, value in values.items()}
        subject = ids.get(row.subject) if row and index in thing.tells else None
        found.append(
            Said(
                one.key,
                index,
                entry.id,
                thing.id,
                thing.kind,
                thing.about,
                entry.at,
                _seen(one, entry),
                fields,
                subject,
                thing.erased is not None,
            )
        )
    return found
