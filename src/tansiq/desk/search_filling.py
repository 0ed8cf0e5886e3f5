"""Taking what came into the picture into the index of words: in slices, behind whoever writes.

What a thing is found by is worked out outside of any transaction; the slice and how far it goes are committed
together, so that a node that was killed goes on where it was. A thing that has changed meanwhile is left to a later
slice, so that nothing is taken in that was erased a moment ago.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk.office import Office
from tansiq.desk.viewing import holding_back, own_fields
from tansiq.picture.projection import Thing, read_thing
from tansiq.records.kind import all_kinds
from tansiq.search.terms import terms_of
from tansiq.search.texts import position_of, read_fields, texts_of
from tansiq.search.words import FORM
from tansiq.store import pictures, search
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import INDEX_BITS
from tansiq.store.search import Doc, Mark

SLICE: Final = 400
PATIENCE_S: Final = 0.03


class Slice(Struct, frozen=True):
    """Things read after a mark, and what they are found by; None for what is not looked for at all."""

    mark: Mark
    rows: list[PictureRow]
    docs: list[Doc | None]


def behind(connection: Connection, limit: int = 10_000) -> int:
    """How many things of the picture are not in the index yet; counted up to `limit`."""
    held = search.mark(connection)
    return pictures.how_many_since(connection, held.seq if held.form == FORM else 0, limit)


def fill(office: Office, *, patience_s: float | None = None) -> int:
    """Take one slice in; how many things it had, none where all are in or, with `patience_s`, somebody else writes."""
    taken = _read(office)
    if not taken.rows:
        return 0
    if patience_s is None:
        with office.database.write() as connection:
            return _take(connection, taken)
    with office.database.write_soon(patience_s) as soon:
        return 0 if soon is None else _take(soon, taken)


def fill_all(office: Office) -> int:
    """Take in everything; how many things that were."""
    total = 0
    while count := fill(office):
        total += count
    return total


def _read(office: Office) -> Slice:
    with office.database.read() as connection:
        held = search.mark(connection)
        rows = pictures.since(connection, held.seq if held.form == FORM else 0, SLICE)
        docs = list(docs_of(connection, office.party, rows))
    return Slice(held, rows, docs)


def _take(connection: Connection, taken: Slice) -> int:
    if search.mark(connection) != taken.mark:
        return len(taken.rows)  # another process was faster: there may be more
    if taken.mark.form != FORM:
        search.clear(connection)
    still = pictures.unchanged(connection, taken.rows)
    pairs = list(zip(taken.rows, taken.docs, strict=True))
    search.remove(connection, [row.entry for row, doc in pairs if doc is None])
    search.put(connection, [doc for row, doc in pairs if doc is not None and row.seq in still])
    search.set_mark(connection, Mark(taken.rows[-1].seq, FORM))
    return len(taken.rows)


def docs_of(connection: Connection, party: str, rows: Sequence[PictureRow]) -> Iterator[Doc | None]:
    """What things are found by, in their order; None for what was erased and what the program says itself."""
    kinds = all_kinds()
    things = [read_thing(row.data) for row in rows]
    withheld = _withheld(connection, party, rows, things)
    for row, thing in zip(rows, things, strict=True):
        if thing.erased is not None or thing.kind not in kinds or not kinds[thing.kind].spoken:
            yield None
            continue
        fields = {**read_fields(thing.fields), **withheld.get(row.entry, {})}
        terms = terms_of(thing.kind, thing.party, row.circle, fields, texts_of(thing.kind, fields))
        yield Doc(row.entry, row.at, position_of(fields), terms)


def _withheld(
    connection: Connection, party: str, rows: Sequence[PictureRow], things: Sequence[Thing]
) -> dict[int, dict[str, Any]]:
    """The fields that own things keep to this node, by the key of their first entry."""
    own: dict[tuple[int, str], list[tuple[int, Thing]]] = {}
    for row, thing in zip(rows, things, strict=True):
        if thing.party == party and thing.erased is None:
            own.setdefault((row.entry >> INDEX_BITS, thing.kind), []).append((row.entry, thing))
    found = {}
    for (ledger, kind), some in own.items():
        kept = holding_back(connection, ledger, kind, [index for _, thing in some for index in thing.versions])
        for entry, thing in some:
            if any(index in kept for index in thing.versions):
                found[entry] = own_fields(connection, ledger, thing)
    return found


def wrong(connection: Connection, party: str) -> int:
    """How many things are in the index otherwise than they are found by, of those that it goes as far as."""
    held = search.mark(connection)
    count, good, after = 0, 0, 0
    while rows := [row for row in pictures.since(connection, after, SLICE) if row.seq <= held.seq]:
        after = rows[-1].seq
        terms = search.terms_at(connection, [row.entry for row in rows])
        for row, doc in zip(rows, docs_of(connection, party, rows), strict=True):
            as_held, as_should = terms.get(row.entry), None if doc is None else doc.terms
            count += as_held != as_should
            good += as_held is not None
    return count + abs(search.count(connection) - good)
