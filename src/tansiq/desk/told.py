"""What a circle was told, read out of the store for the engines: entries, and who had seen what.

Only what was told to the circle is read, also of one's own records: what a party kept to itself must not change how
things stand, or two desks would differ. What was read once is not read again: a `Mark` says how far that was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk.office import HeldCircle, circle_named, epochs_of, taking_part
from tansiq.ledger import disclosure
from tansiq.picture import projection
from tansiq.picture.told import Ledger, Said, Thing, Told, thing_from
from tansiq.records.entry import Entry, decode_entry
from tansiq.store import ledgers, pictures
from tansiq.store.ledgers import LedgerRow, ToldRow
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import INDEX_BITS

PAGE: Final = 5000


class _Held(Struct, frozen=True):
    """A ledger as held: how much of it counts, what its party had seen of the epoch before when it opened it, and what
    it has seen by the last entry that counts.
    """

    num: int
    key: Ledger
    size: int
    before: dict[Ledger, int]
    last: dict[Ledger, int]


class Mark(Struct, frozen=True):
    """How far a circle has been read."""

    seq: int
    floor: int
    parties: tuple[str, ...]
    ledgers: dict[int, _Held]


class News(Struct, frozen=True):
    """Things of a circle that are new or have changed since a mark, all of them with `anew`: then nothing that was read
    before counts, since some of it is gone.
    """

    anew: bool
    things: list[Thing]
    held: dict[Ledger, int]
    heard: dict[str, dict[Ledger, int]]
    mark: Mark


def read_told(connection: Connection, circle_id: str, kinds: Collection[str]) -> Told:
    """Everything of these kinds that was told in all epochs of a circle."""
    news = read_news(connection, circle_id, kinds)
    return Told(news.things, news.mark.parties, news.held, news.heard)


def read_news(connection: Connection, circle_id: str, kinds: Collection[str], mark: Mark | None = None) -> News:
    """What was told of these kinds in all epochs of a circle since a mark."""
    circle = circle_named(connection, circle_id).circle
    epochs = epochs_of(connection, circle.id)
    parties, floor = tuple(taking_part(connection, circle.parties)), pictures.floor(connection)
    held = _ledgers(connection, epochs, {} if mark is None else mark.ledgers)
    anew = mark is None or mark.floor != floor or mark.parties != parties or _less(held, mark.ledgers)
    seq = 0 if anew or mark is None else mark.seq
    # what is of other kinds is not looked through again; read first, since more may come while things are read
    last = pictures.last_seq(connection)
    things: list[Thing] = []
    nums = [one.num for one in epochs]
    while rows := pictures.changes(connection, nums, after=seq, kinds=kinds, limit=PAGE):
        seq = rows[-1].seq
        things += _things(connection, held, rows)
    heard: dict[str, dict[Ledger, int]] = {}
    for one in held.values():
        _join(heard.setdefault(one.key.party, {}), one.last)
    sizes = {one.key: one.size for one in held.values()}
    return News(anew, things, sizes, heard, Mark(max(seq, last), floor, parties, held))


def _less(held: Mapping[int, _Held], before: Mapping[int, _Held]) -> bool:
    """Whether less of a ledger counts now than before."""
    return any(num not in held or held[num].size < one.size for num, one in before.items())


def _ledgers(
    connection: Connection, epochs: Sequence[HeldCircle], before: Mapping[int, _Held]
) -> dict[int, _Held]:  # fmt: skip
    found: dict[int, _Held] = {}
    for circle in sorted(epochs, key=lambda one: one.circle.epoch):
        for row in ledgers.ledgers(connection, circle.num):
            size = row.size if row.bound is None else min(row.size, row.bound)
            held = before.get(row.num)
            if held is None or held.size != size:
                held = _held(connection, row, Ledger(row.party, circle.circle.epoch), size)
            found[row.num] = held
    return found


def _held(connection: Connection, row: LedgerRow, key: Ledger, size: int) -> _Held:
    before = _opened_with(connection, row, size, key.epoch)
    if size == 0:
        return _Held(row.num, key, 0, before, {})
    last = decode_entry(ledgers.entry_bodies(connection, row.num, size - 1, 1)[0])
    return _Held(row.num, key, size, before, _seen(before, key.epoch, last))


def _opened_with(connection: Connection, row: LedgerRow, size: int, epoch: int) -> dict[Ledger, int]:
    """The heads of the epoch before that stand in the first entry of a ledger."""
    if size == 0 or epoch == 1:
        return {}
    told = ledgers.told_at(connection, row.num, [0])
    fields = disclosure.values(told[0].text) if told and told[0].text else {}
    heads = msgspec.json.decode(fields["last"]) if "last" in fields else []
    return {Ledger(party, epoch - 1): count for party, count, _ in heads}


def _seen(before: Mapping[Ledger, int], epoch: int, entry: Entry) -> dict[Ledger, int]:
    return {**before, **{Ledger(head.party, epoch): head.size for head in entry.seen}}


def _join(sizes: dict[Ledger, int], more: Mapping[Ledger, int]) -> None:
    for ledger, size in more.items():
        sizes[ledger] = max(size, sizes.get(ledger, 0))


def _things(connection: Connection, held: Mapping[int, _Held], rows: Sequence[PictureRow]) -> Iterator[Thing]:
    """The things of rows of the picture, with all their entries."""
    by_ledger: dict[int, list[projection.Thing]] = {}
    for row in rows:
        by_ledger.setdefault(row.entry >> INDEX_BITS, []).append(projection.read_thing(row.data))
    for num, folded in by_ledger.items():
        indexes = sorted({index for thing in folded for index in (*thing.versions, *thing.tells)})
        told = {row.cause: row for row in ledgers.told_at(connection, num, indexes)}
        bodies = ledgers.bodies_at(connection, num, indexes)
        entries = {index: decode_entry(body) for index, body in bodies.items()}
        for thing in folded:
            found = thing_from(_said(held[num], thing, entries, told))
            if found is not None:
                yield found


def _said(
    one: _Held, thing: projection.Thing, entries: Mapping[int, Entry], told: Mapping[int, ToldRow]
) -> Iterator[Said]:  # fmt: skip
    for index in sorted({*thing.versions, *thing.tells}):
        entry, row = entries[index], told.get(index)
        values = disclosure.values(row.text) if row and row.text else {}
        fields: dict[str, Any] = {name: msgspec.json.decode(value) for name, value in values.items()}
        yield Said(
            one.key,
            index,
            entry.id,
            thing.id,
            thing.kind,
            thing.about,
            entry.at,
            _seen(one.before, one.key.epoch, entry),
            fields,
            _id_of(entries, row.subject) if row and index in thing.tells else None,
            thing.erased is not None,
            tuple(entry.blobs),
        )


def _id_of(entries: Mapping[int, Entry], index: int) -> str | None:
    entry = entries.get(index)
    return None if entry is None else entry.id
