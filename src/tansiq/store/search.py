"""The index of words in the store: what each record can be found by, newest first.

SQLite's FTS5 over a table of our own: which terms a record has is worked out above. A row's number says when it
happened, counted backwards, so that the newest of however many are read first and no more than a page of them. Rows of
lists only, no places of words in texts: highlights are worked out from the few records that are shown.

On PostgreSQL the same table has a column `tsvector` of the same terms and a GIN index (docs/decisions/search.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

SECOND_BITS: Final = 16
LAST_SECOND: Final = (1 << 38) - 1
_CHUNK: Final = 500
_PURGE_PAGES: Final = 400
_SETTLED: Final = 2
"""Rows that a merge changes when there is nothing left to merge."""

_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS search_doc (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL UNIQUE, lat INTEGER, "
    "lon INTEGER, terms TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_term USING fts5(terms, content='search_doc', content_rowid='id', "
    "detail=none, columnsize=0, prefix='2', tokenize=\"ascii tokenchars '~!@=:._-'\")",
    "CREATE TABLE IF NOT EXISTS search_mark (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, "
    "form INTEGER NOT NULL)",
    "INSERT OR IGNORE INTO search_mark VALUES (1, 0, 0)",
)


class Mark(NamedTuple):
    """Up to which sequence number of the picture the index goes, and the form of words that it was made of."""

    seq: int
    form: int


class Doc(NamedTuple):
    """What a thing is found by: the key of its first entry, its time (ms), its position (E7), its terms."""

    entry: int
    at: int
    position: tuple[int, int] | None
    terms: str


class Found(NamedTuple):
    """A row of the index, and the key of the thing's first entry."""

    row: int
    entry: int


class Around(NamedTuple):
    """Within some metres of a point (E7); `east` is how many units of longitude are as far as one of latitude."""

    lat: int
    lon: int
    reach: float
    east: float


def create(connection: Connection) -> None:
    """Make the tables where they are missing."""
    for statement in _TABLES:
        connection.exec_driver_sql(statement)


def mark(connection: Connection) -> Mark:
    """How far the index goes."""
    row = connection.exec_driver_sql("SELECT seq, form FROM search_mark").one()
    return Mark(int(row[0]), int(row[1]))


def set_mark(connection: Connection, new: Mark) -> None:
    """It goes as far as that now."""
    connection.exec_driver_sql("UPDATE search_mark SET seq = ?, form = ?", (new.seq, new.form))


def put(connection: Connection, docs: Sequence[Doc]) -> None:
    """Take in things, in place of what was held of them."""
    remove(connection, [doc.entry for doc in docs])
    numbers = _Numbers(connection, [doc.at for doc in docs])
    rows = [(numbers.next(doc.at), doc.entry, *(doc.position or (None, None)), doc.terms) for doc in docs]
    rows.sort()  # a segment is written in the order of its rows
    if rows:
        connection.exec_driver_sql("INSERT INTO search_doc (id, entry, lat, lon, terms) VALUES (?, ?, ?, ?, ?)", rows)
        connection.exec_driver_sql(
            "INSERT INTO search_term (rowid, terms) VALUES (?, ?)", [(row[0], row[4]) for row in rows]
        )


def remove(connection: Connection, entries: Iterable[int]) -> int:
    """Take out things by the keys of their first entries; how many were held."""
    every, count = iter(entries), 0
    while chunk := list(islice(every, _CHUNK)):
        places = ", ".join("?" * len(chunk))
        query = f"SELECT id, terms FROM search_doc WHERE entry IN ({places})"  # noqa: S608 - question marks only
        count += _take_out(connection, [tuple(row) for row in connection.exec_driver_sql(query, tuple(chunk))])
    return count


def drop(connection: Connection, first: int, last: int) -> None:
    """Take out the things whose first entry's key lies in [first, last)."""
    query = "SELECT id, terms FROM search_doc WHERE entry >= ? AND entry < ? LIMIT ?"
    while rows := connection.exec_driver_sql(query, (first, last, _CHUNK)).all():
        _take_out(connection, [tuple(row) for row in rows])


def clear(connection: Connection) -> None:
    """Take out everything; it is taken in again from the beginning."""
    connection.exec_driver_sql("INSERT INTO search_term (search_term) VALUES ('delete-all')")
    connection.exec_driver_sql("DELETE FROM search_doc")
    connection.exec_driver_sql("UPDATE search_mark SET seq = 0")


def purge(connection: Connection) -> bool:
    """One step towards an index in which nothing is left of what was taken out; False when nothing is left to do.

    What is taken out of FTS5 stands crossed out beside it until both are merged: whoever has the file could read it.
    """
    before = _changed(connection)
    connection.exec_driver_sql("INSERT INTO search_term (search_term, rank) VALUES ('merge', ?)", (-_PURGE_PAGES,))
    return _changed(connection) - before >= _SETTLED


def find(
    connection: Connection, expression: str, rows: tuple[int, int], limit: int, around: Around | None = None
) -> list[Found]:
    """The first rows in [from, to) that answer an expression of FTS5, that is the newest."""
    query = (
        "SELECT search_term.rowid, d.entry FROM search_term CROSS JOIN search_doc d ON d.id = search_term.rowid "
        "WHERE search_term MATCH ? AND search_term.rowid >= ? AND search_term.rowid < ?"
    )
    values: list[object] = [expression, *rows]
    if around is not None:
        query += " AND (d.lat - ?) * (d.lat - ?) + ((d.lon - ?) / ?) * ((d.lon - ?) / ?) <= ?"
        values += [around.lat, around.lat, around.lon, around.east, around.lon, around.east, around.reach**2]
    query += " ORDER BY search_term.rowid LIMIT ?"
    return [Found(row[0], row[1]) for row in connection.exec_driver_sql(query, (*values, limit))]


def rows_between(since: int | None, until: int | None) -> tuple[int, int]:
    """The rows [from, to) of what happened from one time to before another (ms), by whole seconds; all for None."""
    first = 0 if until is None else (LAST_SECOND - max(0, until - 1) // 1000) << SECOND_BITS
    last = (LAST_SECOND + 1) << SECOND_BITS if since is None else (LAST_SECOND - since // 1000 + 1) << SECOND_BITS
    return first, last


def count(connection: Connection) -> int:
    """How many things are held."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM search_doc").scalar_one())


def terms_at(connection: Connection, entries: Sequence[int]) -> dict[int, str]:
    """The terms of things by the keys of their first entries, at most some hundred at once."""
    places = ", ".join("?" * len(entries))
    query = f"SELECT entry, terms FROM search_doc WHERE entry IN ({places})"  # noqa: S608 - question marks only
    return {int(row[0]): str(row[1]) for row in connection.exec_driver_sql(query, tuple(entries))}


def check(connection: Connection) -> None:
    """Raise sqlite3's error where the lists are not those of the things held."""
    connection.exec_driver_sql("INSERT INTO search_term (search_term, rank) VALUES ('integrity-check', 1)")


def _take_out(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
    if rows:
        connection.exec_driver_sql(
            "INSERT INTO search_term (search_term, rowid, terms) VALUES ('delete', ?, ?)", list(rows)
        )
        connection.exec_driver_sql("DELETE FROM search_doc WHERE id = ?", [(row[0],) for row in rows])
    return len(rows)


class _Numbers:
    """Rows that are free, by second; where one second has no more, the next older one.

    Those of the times (ms) that are wanted are asked for at once.
    """

    def __init__(self, connection: Connection, wanted: Iterable[int]) -> None:
        self._connection = connection
        self._free: dict[int, int] = {}
        self._ask({_base(at) for at in wanted})

    def next(self, at: int) -> int:
        """A free row for what happened at a time (ms)."""
        base = _base(at)
        while True:
            end = base + (1 << SECOND_BITS)
            if base not in self._free:
                self._ask({base})
            if self._free[base] < end:
                self._free[base] += 1
                return self._free[base] - 1
            base = end

    def _ask(self, bases: set[int]) -> None:
        query = (
            "SELECT base.value, (SELECT max(id) FROM search_doc WHERE id >= base.value AND id < base.value + ?) "
            "FROM json_each(?) AS base"
        )
        for base, highest in self._connection.exec_driver_sql(query, (1 << SECOND_BITS, json.dumps(list(bases)))):
            self._free[base] = base if highest is None else highest + 1


def _base(at: int) -> int:
    return (LAST_SECOND - at // 1000) << SECOND_BITS


def _changed(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT total_changes()").scalar_one())
