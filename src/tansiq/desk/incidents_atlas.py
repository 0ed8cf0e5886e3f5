"""The atlas of a circle's incidents: read out of the store once, then only what came since, with every question.

It holds what this node knows: of an own report also what the others were not told, as every page of this node shows it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk.office import HeldCircle, Office, circle_named, epochs_of
from tansiq.desk.viewing import holding_back, own_fields
from tansiq.incidents.account import PRECISION_MS
from tansiq.incidents.atlas import Atlas, Spot, empty, grown
from tansiq.picture.projection import read_thing
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.report import Report
from tansiq.records.values import Names
from tansiq.store import pictures
from tansiq.store.pictures import PictureRow
from tansiq.store.schema import INDEX_BITS

KINDS: Final = ("incident", "area", "report")
MOST_CIRCLES: Final = 4
MOST_REMEMBERED: Final = 64
PAGE: Final = 5000
ASKED_AT_ONCE: Final = 10_000
READ_AT_ONCE: Final = 50_000
"""Rows that are put into an atlas together: each time its orders are made anew."""


def batched(values: Iterable[int], size: int) -> Iterator[list[int]]:
    """The values in lots: a store takes only so many at once."""
    waiting = iter(values)
    while lot := list(islice(waiting, size)):
        yield lot


class _Point(Struct, gc=False):
    lat: int
    lon: int
    accuracy: int = 0
    size: int = 0


class _When(Struct, gc=False):
    from_: int = msgspec.field(name="from")
    to: int | None = None


class _File(Struct, gc=False):
    file: str = ""


class _Fields(Struct, gc=False):
    """As much of an incident as an atlas holds."""

    category: str | None = None
    how_known: str | None = None
    place: _Point | None = None
    place_coarse: _Point | None = None
    when: _When | None = None
    when_coarse: _When | None = None
    when_precision: str | None = None
    on_behalf_of: str | None = None
    imported: _File | None = None


class _Row(Struct, gc=False):
    party: str
    id: str
    at: int
    versions: list[int]
    fields: _Fields
    erased: int | None = None


_row: Final = msgspec.json.Decoder(_Row)


class NamedArea(Struct, frozen=True):
    """An area that was told in the circle, with its ring (longitude, latitude, E7)."""

    ref: str
    names: Names | None
    ring: list[tuple[int, int]]


class _Held(Struct):
    """What is held of one circle, areas and reports by their entry; `turn` is another with everything that comes."""

    atlas: Atlas
    areas: dict[int, NamedArea] = msgspec.field(default_factory=dict)
    reports: dict[int, tuple[str, int, int]] = msgspec.field(default_factory=dict)
    seq: int = 0
    floor: int = -1
    epochs: tuple[int, ...] = ()
    turn: int = 0


class Shown(Struct, frozen=True):
    """The atlas of a circle, its areas, its epochs by number, and a number that grows with everything that comes.

    `reported` are the stretches of time (ms) for which a party issued a report.
    """

    circle: str
    atlas: Atlas
    areas: list[NamedArea]
    reported: dict[str, list[tuple[int, int]]]
    epochs: dict[int, HeldCircle]
    turn: int


Found = TypeVar("Found")


class Remembered:
    """What was worked out of atlases, each for the very turn that it was worked out for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, tuple[int, Any]] = OrderedDict()

    def of(self, key: str, turn: int, make: Callable[[], Found]) -> Found:
        """What `make` makes, kept until the atlas turns; two who ask at once may both make it."""
        with self._lock:
            held = self._held.pop(key, None)
        found = held[1] if held is not None and held[0] == turn else make()
        with self._lock:
            self._held[key] = (turn, found)
            while len(self._held) > MOST_REMEMBERED:
                self._held.popitem(last=False)
        return cast("Found", found)


class Atlases:
    """The atlases of a node's circles. One thread at a time reads on; what was read is never changed."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._turns = count(1)

    def read(self, office: Office, connection: Connection, circle_id: str) -> Shown:
        """The atlas of a circle as the store holds it now."""
        circle = circle_named(connection, circle_id).circle
        epochs = {one.num: one for one in epochs_of(connection, circle.id)}
        with self._alone:
            held = self._held.pop(circle.id, None) or _Held(empty())
            floor = pictures.floor(connection)
            if (floor, tuple(epochs)) != (held.floor, held.epochs):
                held = _Held(empty(), floor=floor, epochs=tuple(epochs))
            if _read_on(office, connection, held) or held.turn == 0:
                held.turn = next(self._turns)
            self._held[circle.id] = held
            while len(self._held) > MOST_CIRCLES:
                self._held.popitem(last=False)
            areas = [area for _, area in sorted(held.areas.items())]
            reported: dict[str, list[tuple[int, int]]] = {}
            for party, start, end in held.reports.values():
                reported.setdefault(party, []).append((start, end))
            return Shown(circle.id, held.atlas, areas, reported, epochs, held.turn)


def atlas_of(office: Office, circle_id: str) -> Shown:
    """The atlas of a circle with everything that the store holds now."""
    with office.database.read() as connection:
        return office.memory.of(Atlases).read(office, connection, circle_id)


def _read_on(office: Office, connection: Connection, held: _Held) -> bool:
    """Read what came since; answers whether anything did."""
    # what is of other kinds is not looked through again; read first, since more may come meanwhile
    last = pictures.last_seq(connection)
    if last <= held.seq:
        return False
    came = False
    spots: list[Spot] = []
    many = pictures.count(connection, held.epochs, "incident", after=held.seq, limit=PAGE + 1) > PAGE
    in_order = many or held.seq > 0
    while rows := pictures.changes(
        connection, held.epochs, after=held.seq, kinds=KINDS, limit=PAGE, in_order=in_order
    ):  # fmt: skip
        held.seq = rows[-1].seq
        came = True
        spots += _spots(office, connection, [row for row in rows if row.kind == "incident"])
        for row in rows:
            if row.kind == "area":
                _take_area(held.areas, row)
            elif row.kind == "report":
                _take_report(held.reports, row)
        if len(spots) >= READ_AT_ONCE:
            held.atlas, spots = grown(held.atlas, spots), []
    held.atlas = grown(held.atlas, spots)
    held.seq = max(held.seq, last)
    return came


def _take_area(areas: dict[int, NamedArea], row: PictureRow) -> None:
    thing = read_thing(row.data)
    areas.pop(row.entry, None)
    if thing.unreadable is None and thing.erased is None:
        area = msgspec.json.decode(thing.fields, type=Area)
        if area.ring is not None:
            ring = [(int(lon), int(lat)) for lon, lat in area.ring]
            areas[row.entry] = NamedArea(f"{thing.party}/{thing.id}", area.names, ring)


def _take_report(reports: dict[int, tuple[str, int, int]], row: PictureRow) -> None:
    thing = read_thing(row.data)
    reports.pop(row.entry, None)
    if thing.unreadable is None and thing.erased is None:
        period = msgspec.json.decode(thing.fields, type=Report).period
        if period is not None and period.to is not None:
            reports[row.entry] = (thing.party, period.from_, period.to)


def _spots(office: Office, connection: Connection, rows: Sequence[PictureRow]) -> Iterator[Spot]:
    found = [(row, _row.decode(row.data)) for row in rows]
    kept = _kept(office, connection, found)
    for row, one in found:
        fields = one.fields
        if row.entry in kept:
            own = own_fields(connection, row.entry >> INDEX_BITS, read_thing(row.data))
            if own:
                fields = _with_own(row.data, own)
        yield _spot(row, one, fields)


def _kept(office: Office, connection: Connection, found: Sequence[tuple[PictureRow, _Row]]) -> set[int]:
    """Entries of own reports of which something that is shown stayed here."""
    by_ledger: dict[int, dict[int, int]] = {}
    for row, one in found:
        if one.party == office.party:
            of = by_ledger.setdefault(row.entry >> INDEX_BITS, {})
            of.update(dict.fromkeys(one.versions, row.entry))
    return {
        of[index]
        for num, of in by_ledger.items()
        for lot in batched(of, ASKED_AT_ONCE)
        for index in holding_back(connection, num, "incident", lot)
    }


class _Whole(Struct, gc=False):
    fields: dict[str, Any]


def _with_own(data: bytes, own: Mapping[str, Any]) -> _Fields:
    told = msgspec.json.decode(data, type=_Whole).fields
    return msgspec.convert({**told, **own}, _Fields)


def _spot(row: PictureRow, one: _Row, fields: _Fields) -> Spot:
    place = fields.place or fields.place_coarse
    when = fields.when or fields.when_coarse
    end = None
    if when is not None:
        wide = PRECISION_MS.get(fields.when_precision or "minute", 0)
        end = (when.from_ if when.to is None else when.to) + max(0, wide - 1)
    return Spot(
        row.seq,
        row.entry,
        one.party,
        fields.on_behalf_of or one.party,
        one.id,
        one.at,
        None if when is None else when.from_,
        end,
        None if place is None else place.lat,
        None if place is None else place.lon,
        0 if place is None else place.size,
        0 if place is None else place.accuracy,
        fields.category,
        fields.how_known,
        one.erased is not None,
        fields.imported is not None,
    )
