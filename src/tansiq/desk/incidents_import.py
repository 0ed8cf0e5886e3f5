"""A file of incidents taken in: looked at first, then said in the own circle, every row a record of its own.

The whole file is said in one transaction: after a crash all of its rows are there or none. Each record holds from which
row of which file it came, so that a file, or a row, that comes again is noticed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.gate import Author, Redaction, Statement
from tansiq.desk.office import HeldCircle, Office, circles, epochs_of
from tansiq.desk.roles import acts_of, as_speaker
from tansiq.desk.saying import LabelRequest, check_asked, read_label
from tansiq.errors import Conflict, MalformedInput, NotFound, Refused
from tansiq.exchange import outbox
from tansiq.exchange.outbox import Saying
from tansiq.incidents import own_layout, rows
from tansiq.incidents.categories import category_of
from tansiq.incidents.dates import orders_of
from tansiq.incidents.layouts import OWN_MARK, Order, Reading, Role, of_persons, recognise
from tansiq.incidents.opening import open_table
from tansiq.incidents.rows import Row
from tansiq.incidents.table import Choice, Table
from tansiq.records.kind import kind_named
from tansiq.store import pictures
from tansiq.wording import wording

LOT: Final = 1000
"""Records that are sealed at once; all lots of a file stand in one transaction."""
SHOWN: Final = 50
NAMED: Final = 1000
"""Bad rows that an answer names one by one; of the others it says how many have which reason."""
SAMPLES: Final = 3
MOST_TYPES: Final = 500
PAGE: Final = 5000
IDENTIFIED: Final = frozenset({"ucdp", "acled"})
"""Layouts whose rows have an id that stays with the event."""


class ColumnView(Struct, frozen=True):
    """A column of the file: its role (None: not read), its first values, whether it speaks of a person."""

    name: str
    role: Role | None
    samples: list[str]
    person: bool


class TypeWord(Struct, frozen=True):
    """A word in the column of categories: how often, and the category it stands for, None while nobody said."""

    word: str
    count: int
    category: str | None


class BadRow(Struct, frozen=True):
    """A row that is no incident, or is one that is held already (`ref`), in the reader's words."""

    row: int
    code: str
    reason: str
    ref: str | None = None


class GoodRow(Struct, frozen=True):
    """A row as it would be said."""

    row: int
    fields: dict[str, Any]


class Look(Struct, frozen=True):
    """What a file of incidents holds and how it is read; nothing was said.

    `rows` = `good` + `held` + `bad_count`. `held` rows are in the own circle already and are not said again. `asked`
    has to be answered in `reading` before anything is kept. `reasons` counts all bad rows by reason. `above` are titles
    over the columns, which are not read.
    """

    file: str
    digest: str
    circle: str
    form: str
    sheets: list[str]
    above: list[str]
    reading: Reading
    columns: list[ColumnView]
    asked: list[Choice]
    types: list[TypeWord]
    rows: int
    good: int
    held: int
    bad_count: int
    reasons: dict[str, int]
    bad: list[BadRow]
    repeated: list[BadRow]
    first: list[GoodRow]


class Kept(Struct, frozen=True):
    """The account of an import: rows said, held before, left out as bad, and where the first and the last stand."""

    file: str
    digest: str
    circle: str
    rows: int
    said: int
    held: int
    left_out: int
    first: str | None
    last: str | None


class _Row(Struct, frozen=True, gc=False):
    """A row as JSON of its fields, what it says as a key, and its own id; or why it is none.

    Bytes and not objects: a hundred thousand of those would be walked through again and again for what can be freed.
    """

    number: int
    data: bytes = b""
    key: bytes = b""
    own: str = ""
    refused: Refused | None = None

    def fields(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.data)
        return found


class _Read(Struct, frozen=True):
    table: Table
    reading: Reading
    asked: list[Choice]
    rows: list[_Row]
    digest: str
    name: str


def look(office: Office, data: bytes, name: str, reading: Reading | None, language: str) -> Look:
    """What the file would say in the own circle, read by `reading` or as its columns suggest; nothing is said."""
    read = _read(data, name, reading)
    with office.database.read() as connection:
        circle = own_circle(connection)
        held = _Held(connection, circle.circle.id, office.party, read.digest)
    good: list[_Row] = []
    repeated: list[tuple[int, str]] = []
    bad: list[tuple[int, Refused]] = []
    for row, ref, refused in _sorted_out(read, held):
        if refused is not None:
            bad.append((row.number, refused))
        elif ref is not None:
            repeated.append((row.number, ref))
        else:
            good.append(row)
    again = [
        BadRow(number, *_words(Conflict("incident_import.held", ref=ref), language), ref)
        for number, ref in repeated[:NAMED]
    ]
    return Look(
        file=read.name,
        digest=read.digest,
        circle=circle.circle.id,
        form=read.table.form,
        sheets=read.table.sheets,
        above=read.table.above,
        reading=read.reading,
        columns=_columns(read),
        asked=read.asked,
        types=_types(read),
        rows=len(read.rows),
        good=len(good),
        held=len(repeated),
        bad_count=len(bad),
        reasons=dict(Counter(refused.code for _, refused in bad)),
        bad=[BadRow(number, *_words(refused, language)) for number, refused in bad[:NAMED]],
        repeated=again,
        first=[GoodRow(row.number, row.fields()) for row in good[:SHOWN]],
    )


def keep(
    office: Office,
    data: bytes,
    name: str,
    reading: Reading,
    author: Author,
    *,
    digest: str = "",
    keep_good: bool = False,
) -> Kept:
    """Say every row of the file in the own circle, or nothing; with `keep_good` every row that is none is left out.

    `digest` is that of the file that was looked at. Refuses `incident_import.other_file`, `.asked`, `.bad_rows`,
    `.nothing_new`; what is held is not said again.
    """
    read = _read(data, name, reading)
    if digest and digest != read.digest:
        raise Conflict("incident_import.other_file", file=read.name)
    if read.asked:
        raise MalformedInput("incident_import.asked", what=", ".join(one.what for one in read.asked))
    check_asked(office)
    with office.database.read() as connection:
        circle = own_circle(connection)
    label_asked = LabelRequest()
    speaker = as_speaker(
        office, circle.circle.id, acts_of("incident", label_asked.tlp, label_asked.classification), author
    )
    label = read_label(label_asked, circle.circle.parties, circle.circle.exercise)
    with office.database.write() as connection:
        held = _Held(connection, circle.circle.id, office.party, read.digest)
        good, repeated, left_out = _chosen(read, held, keep_good=keep_good)
        now = office.clock()
        first = last = None
        for start in range(0, len(good), LOT):
            sayings = [
                Saying(Statement("incident", row.fields()), label, Redaction()) for row in good[start : start + LOT]
            ]
            said = outbox.say(connection, circle.num, circle.circle, office.party, sayings, speaker, office.signer, now)
            first, last = first or said[0].ref, said[-1].ref
    office.spoken(circle.num)
    return Kept(read.name, read.digest, circle.circle.id, len(read.rows), len(good), repeated, left_out, first, last)


def _chosen(read: _Read, held: _Held, *, keep_good: bool) -> tuple[list[_Row], int, int]:
    """The rows to say, how many are held already, and how many are left out."""
    good: list[_Row] = []
    bad: list[tuple[int, Refused]] = []
    repeated = 0
    for row, ref, refused in _sorted_out(read, held):
        if refused is not None:
            bad.append((row.number, refused))
        elif ref is not None:
            repeated += 1
        else:
            good.append(row)
    if bad and not keep_good:
        raise MalformedInput("incident_import.bad_rows", count=len(bad), row=bad[0][0], reason=bad[0][1].code)
    if not good:
        raise Conflict("incident_import.nothing_new", held=repeated, bad=len(bad))
    return good, repeated, len(bad)


def own_circle(connection: Connection) -> HeldCircle:
    """The party's own circle, in which nobody else is."""
    found = [one for one in circles(connection) if one.circle.private and not one.circle.exercise]
    if not found:
        raise NotFound("incident_import.no_own_circle")
    return max(found, key=lambda one: one.circle.epoch)


def _words(refused: Refused, language: str) -> tuple[str, str]:
    return refused.code, wording(refused.code, refused.params, language).refused


def _read(data: bytes, name: str, given: Reading | None) -> _Read:
    """The rows of a file by a mapping; what is left open stands in `asked`."""
    plain = name.replace("\\", "/").rpartition("/")[2][:120] or "file"
    how = given or Reading()
    table = open_table(data, plain, encoding=how.encoding, separator=how.separator, sheet=how.sheet)
    reading = given
    if reading is None:
        reading = recognise(table.columns)
    unknown = [one for one in reading.columns if one not in table.columns]
    if unknown:
        raise MalformedInput("incident_import.no_column", column=unknown[0][:80])
    if persons := of_persons(list(reading.columns)):
        raise MalformedInput("incident_import.person", column=persons[0][:80])
    if twice := [role for role, count in Counter(reading.columns.values()).items() if count > 1]:
        raise MalformedInput("incident_import.role_twice", role=twice[0])
    digest = hashlib.sha256(data).hexdigest()
    asked = list(table.asked)
    if reading.layout == "tansiq":
        found: Iterator[Row] = _own_rows(table)
    else:
        order, open_order = _order(table, reading)
        asked += open_order + _missing(reading)
        found = rows.read_rows(table, reading, order)
        reading = msgspec.structs.replace(reading, date_order=order)
    ids = _ids(table, reading)
    return _Read(
        table,
        reading,
        asked,
        [_from(row, digest, plain, ids[at] if ids else "", reading.layout) for at, row in enumerate(found)],
        digest,
        plain,
    )


def _ids(table: Table, reading: Reading) -> list[str]:
    column = next((one for one, role in reading.columns.items() if role == "id"), None)
    if reading.layout == "tansiq" and OWN_MARK in table.columns:
        column = OWN_MARK
    if column is None:
        return []
    at = table.columns.index(column)
    return [line.values[at].strip()[:150] if at < len(line.values) else "" for line in table.lines]


def _from(row: Row, digest: str, name: str, own_id: str, layout: str) -> _Row:
    """The row with where it comes from, and checked as its kind checks it."""
    if row.fields is None:
        return _Row(row.number, refused=row.refused)
    own = f"{layout}:{own_id}" if own_id else ""
    imported = {"file": digest, "row": row.number, "name": name, **({"id": own} if own else {})}
    fields = {**row.fields, "imported": imported}
    try:
        kind_named("incident").read(fields)
    except Refused as refused:
        return _Row(row.number, refused=refused)
    return _Row(row.number, msgspec.json.encode(fields), content_key(fields), own)


def _own_rows(table: Table) -> Iterator[Row]:
    for line in table.lines:
        try:
            if line.wrong is not None:
                raise MalformedInput("incident_row.cells", count=line.wrong, columns=len(table.columns))
            fields = own_layout.unflat(dict(zip(table.columns, line.values, strict=True)))
        except Refused as refused:
            yield Row(line.number, None, refused)
        else:
            yield Row(line.number, fields)


def _order(table: Table, reading: Reading) -> tuple[Order | None, list[Choice]]:
    """The order of dates in digits: as answered, as the rows leave only one, or asked."""
    if reading.date_order in ("dmy", "mdy"):
        return reading.date_order, []
    chosen = [table.columns.index(one) for one, role in reading.columns.items() if role in ("date", "date_end")]
    values = [line.values[at] for line in table.lines for at in chosen if at < len(line.values)]
    fitting = orders_of([*values, *([reading.all_on] if reading.all_on else [])])
    if len(fitting) == 1:
        return next(iter(fitting)), []
    return None, [Choice("date_order", ["dmy", "mdy"], "")]


def _missing(reading: Reading) -> list[Choice]:
    """Columns without which no row can be an incident."""
    roles = set(reading.columns.values())
    asked = []
    if "date" not in roles and not reading.all_on:
        asked.append(Choice("date", [], ""))
    if not ({"lat", "lon"} <= roles or roles & {"position", "place", "place_en", "place_ar", "place_ckb"}):
        asked.append(Choice("place", [], ""))
    return asked


def _columns(read: _Read) -> list[ColumnView]:
    persons = set(of_persons(read.table.columns))
    found = []
    for at, name in enumerate(read.table.columns):
        samples: list[str] = []
        if name not in persons:
            values = (line.values[at] for line in read.table.lines[:SHOWN] if at < len(line.values))
            samples = [one[:80] for one in dict.fromkeys(values) if one][:SAMPLES]
        found.append(ColumnView(name, read.reading.columns.get(name), samples, name in persons))
    return found


def _types(read: _Read) -> list[TypeWord]:
    column = next((one for one, role in read.reading.columns.items() if role == "category"), None)
    if column is None:
        return []
    at = read.table.columns.index(column)
    words = Counter(line.values[at].strip() for line in read.table.lines if at < len(line.values))
    words.pop("", None)
    known = read.reading.types
    return [
        TypeWord(word[:200], count, known.get(word) or category_of(word))
        for word, count in words.most_common(MOST_TYPES)
    ]


def content_key(fields: Mapping[str, Any]) -> bytes:
    """The same for two incidents that say the same, wherever they come from."""
    said = {name: value for name, value in fields.items() if name != "imported"}
    return hashlib.blake2b(msgspec.json.encode(said, order="sorted"), digest_size=16).digest()


class _Said(Struct, frozen=True, gc=False):
    """As much of a thing of the picture as is needed to know it again."""

    party: str
    id: str
    fields: dict[str, Any]


_said: Final = msgspec.json.Decoder(_Said)


class _Held:
    """What the own circle holds: the rows of this very file, ids of known layouts, and what other incidents say."""

    def __init__(self, connection: Connection, circle: str, party: str, digest: str) -> None:
        self.rows: dict[int, str] = {}
        self.ids: dict[str, str] = {}
        self.content: dict[bytes, list[str]] = {}
        self.refs: set[str] = set()
        epochs = [one.num for one in epochs_of(connection, circle)]
        after = 0
        while found := pictures.changes(connection, epochs, after=after, kind="incident", limit=PAGE, in_order=True):
            after = found[-1].seq
            for row in found:
                thing = _said.decode(row.data)
                if thing.party == party:
                    self._take(f"{party}/{thing.id}", thing.fields, digest)

    def _take(self, ref: str, fields: Mapping[str, Any], digest: str) -> None:
        self.refs.add(ref)
        imported = fields.get("imported") or {}
        if imported.get("file") == digest:
            self.rows[imported["row"]] = ref
            return
        if (own := imported.get("id")) is not None:
            self.ids[own] = ref
        self.content.setdefault(content_key(fields), []).append(ref)

    def ref_of(self, row: _Row) -> str | None:
        """Which record says this row already. A record stands for one row only: equal rows of a file are all kept."""
        if (ref := self.rows.get(row.number)) is not None:
            return ref
        if row.own.startswith("tansiq:") and (ref := row.own.removeprefix("tansiq:")) in self.refs:
            return ref
        refs = self.content.get(row.key)
        return refs.pop() if refs else None

    def changed(self, row: _Row) -> str | None:
        """The record of the same event by the id of its source, which says something else."""
        return self.ids.get(row.own) if row.own.partition(":")[0] in IDENTIFIED else None


def _sorted_out(read: _Read, held: _Held) -> Iterator[tuple[_Row, str | None, Refused | None]]:
    """Every row with the record that says it already, or with why it is not taken."""
    for row in read.rows:
        if row.refused is not None:
            yield row, None, row.refused
        elif (ref := held.ref_of(row)) is not None:
            yield row, ref, None
        elif (ref := held.changed(row)) is not None:
            yield row, None, Conflict("incident_import.changed", ref=ref)
        else:
            yield row, None, None


def reading_of(text: str) -> Reading | None:
    """The mapping in a JSON text; nothing in an empty one. Refused as `incident_import.mapping`."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Reading)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("incident_import.mapping", reason=str(error)[:200]) from error
