"""Rows of the picture: what follows from records, one row a thing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import starmap
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from tansiq.store import schema, search
from tansiq.store.roster import set_setting, setting

INSERT = "INSERT INTO picture (seq, entry, circle, kind, at, data) VALUES (?, ?, ?, ?, ?, ?)"
FLOOR = "picture_seq_floor"


class PictureRow(NamedTuple):
    """A thing in the picture: `entry` is the key of its first entry, `at` its time on the clock (ms)."""

    entry: int
    circle: int
    kind: str
    at: int
    data: bytes
    seq: int = 0


_COLUMNS = tuple(schema.picture.c[name] for name in PictureRow._fields)
"""In the order of a row's fields: half a million rows are not named one by one."""


def last_seq(connection: Connection) -> int:
    """The highest sequence number given so far."""
    highest = connection.execute(select(func.max(schema.picture.c.seq))).scalar() or 0
    return max(int(highest), floor(connection))


def floor(connection: Connection) -> int:
    """The sequence number up to which things were forgotten: where it rises, some may be gone without a row."""
    return int(setting(connection, FLOOR) or 0)


def among_newest(connection: Connection, kind: str, count: int) -> bool:
    """Whether a thing of a kind is among those that changed last."""
    newest = select(schema.picture.c.kind).order_by(schema.picture.c.seq.desc()).limit(count).subquery()
    return connection.execute(select(newest.c.kind).where(newest.c.kind == kind).limit(1)).first() is not None


def put(connection: Connection, fresh: Iterable[PictureRow], changed: Iterable[PictureRow]) -> None:
    """Write new things and things that changed; each gets the next sequence numbers."""
    # read before deleting, or the highest number would be given twice and a reader would miss the change
    seq = last_seq(connection)
    changed = list(changed)
    if changed:
        connection.exec_driver_sql("DELETE FROM picture WHERE entry = ?", [(row.entry,) for row in changed])
    values = [
        (seq + step, row.entry, row.circle, row.kind, row.at, row.data)
        for step, row in enumerate([*changed, *fresh], start=1)
    ]
    if values:
        connection.exec_driver_sql(INSERT, values)


def get(connection: Connection, entry: int) -> PictureRow | None:
    """The thing whose first entry has this key."""
    row = connection.execute(select(*_COLUMNS).where(schema.picture.c.entry == entry)).one_or_none()
    return None if row is None else PictureRow(*row)


def at(connection: Connection, seqs: Collection[int]) -> dict[int, PictureRow]:
    """The things that stand under these sequence numbers; one that has changed stands there no more."""
    query = select(*_COLUMNS).where(schema.picture.c.seq.in_(seqs))
    return {r.seq: PictureRow(r.entry, r.circle, r.kind, r.at, r.data, r.seq) for r in connection.execute(query)}


def count(connection: Connection, circles: Sequence[int], kind: str, *, after: int = 0, limit: int) -> int:
    """How many things of a kind changed after a sequence number, counted up to `limit`."""
    table = schema.picture
    within = _of(circles, in_order=after > 0)
    some = select(table.c.seq).where(within, table.c.kind == kind, table.c.seq > after).limit(limit).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar() or 0)


def _of(circles: Sequence[int], *, in_order: bool) -> ColumnElement[bool]:
    """Whether a thing is of these epochs; `in_order` where it is to be found along the numbers and not by its circle:
    of a circle that holds most of the store an index gives half a million rows to be sorted for every page.
    """
    circle = schema.picture.c.circle
    return (circle + 0 if in_order else circle).in_(circles)


def changes(
    connection: Connection,
    circles: Sequence[int],
    *,
    after: int = 0,
    until: int | None = None,
    kind: str | None = None,
    kinds: Collection[str] | None = None,
    without: str | None = None,
    limit: int = 2000,
    in_order: bool = False,
) -> list[PictureRow]:
    """Things of a circle's epochs that changed after sequence number `after`, in that order; `in_order` reads along it,
    which is the faster way where most of the store, or little after that number, is asked for.
    """
    table = schema.picture
    query = (
        select(*_COLUMNS).where(_of(circles, in_order=in_order), table.c.seq > after).order_by(table.c.seq).limit(limit)
    )
    if until is not None:
        query = query.where(table.c.at <= until)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if kinds is not None:
        query = query.where(table.c.kind.in_(kinds))
    if without is not None:
        query = query.where(table.c.kind != without)
    return list(starmap(PictureRow, connection.execute(query).all()))


def since(connection: Connection, after: int, limit: int) -> list[PictureRow]:
    """Things of all circles that changed after sequence number `after`, in that order."""
    query = select(*_COLUMNS).where(schema.picture.c.seq > after).order_by(schema.picture.c.seq).limit(limit)
    return list(starmap(PictureRow, connection.execute(query).all()))


def how_many_since(connection: Connection, after: int, limit: int) -> int:
    """How many things changed after sequence number `after`; counted up to `limit`."""
    newer = select(schema.picture.c.seq).where(schema.picture.c.seq > after).limit(limit).subquery()
    return int(connection.execute(select(func.count()).select_from(newer)).scalar_one())


def unchanged(connection: Connection, rows: Sequence[PictureRow]) -> frozenset[int]:
    """Which of these rows, by sequence number, still stand as they were read."""
    table = schema.picture
    query = select(table.c.seq).where(table.c.seq.in_([row.seq for row in rows]))
    return frozenset(int(row.seq) for row in connection.execute(query))


def all_rows(connection: Connection, first: int, last: int) -> Iterator[PictureRow]:
    """Every thing whose first entry's key lies in [first, last), by that key."""
    query = (
        select(*_COLUMNS)
        .where(schema.picture.c.entry >= first, schema.picture.c.entry < last)
        .order_by(schema.picture.c.entry)
    )
    for row in connection.execute(query):
        yield PictureRow(*row)


def drop(connection: Connection, first: int, last: int) -> None:
    """Forget the things whose first entry's key lies in [first, last); numbers go on from here."""
    set_setting(connection, FLOOR, str(last_seq(connection)))
    table = schema.picture
    connection.execute(table.delete().where(table.c.entry >= first, table.c.entry < last))
    search.drop(connection, first, last)


def clear(connection: Connection) -> None:
    """Forget the picture, to fold it again; numbers go on from here, so that no reader misses the new rows."""
    set_setting(connection, FLOOR, str(last_seq(connection)))
    connection.execute(schema.picture.delete())
    search.clear(connection)
