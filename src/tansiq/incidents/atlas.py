"""All reports of incidents of a circle as columns, in order of time and of place: what a map, a list, a chart ask.

Half a million reports are some sixty megabytes here. Places are kept as steps of Web Mercator, two to the 26th over the
world, and as one number of both steps bit by bit in turn (Morton 1966): the reports of a tile of any zoom are one
stretch of that order, and so are those of a part of it. What has changed is marked as gone and put in anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, get_args, get_type_hints

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.records.kinds.incident import Incident

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

BITS: Final = 26
STEPS: Final = 1 << BITS
E7: Final = 1e7
NOT_TOLD: Final = -1
MOST_LAT: Final = 85.0
AFRESH: Final = 8
"""With more than one part in so many that is new, or gone, the orders are made afresh."""


def _words(field: str) -> tuple[str, ...]:
    literal = next(one for one in get_args(get_type_hints(Incident)[field]) if get_args(one))
    return tuple(get_args(literal))


CATEGORIES: Final = _words("category")
HOW_KNOWN: Final = _words("how_known")


class Spot(Struct, frozen=True, gc=False):
    """A report as the atlas takes it. `side` is whose account it is; times are ms, places E7, sizes metres.

    `start` and `end` bound when it happened, `size` is the side of the square where only that was told (0 else),
    `erased` that nothing of it stands any more, `taken_in` that it came from a file.
    """

    seq: int
    entry: int
    party: str
    side: str
    id: str
    at: int
    start: int | None = None
    end: int | None = None
    lat: int | None = None
    lon: int | None = None
    size: int = 0
    accuracy: int = 0
    category: str | None = None
    how_known: str | None = None
    erased: bool = False
    taken_in: bool = False


class Columns(Struct, frozen=True):
    """One place a report, in the order in which they came. Words are numbers, `NOT_TOLD` where nothing was told."""

    seq: Ints
    entry: Ints
    at: Ints
    start: Ints
    end: Ints
    lat: Ints
    lon: Ints
    place: Ints
    size: Ints
    accuracy: Ints
    category: NDArray[np.int8]
    how_known: NDArray[np.int8]
    party: NDArray[np.int16]
    side: NDArray[np.int16]
    id: NDArray[np.bytes_]
    erased: Bools
    taken_in: Bools

    def __len__(self) -> int:
        return len(self.seq)


class Atlas(Struct, frozen=True):
    """The reports of a circle. `names` are parties by number; `by_time` and `by_place` are places in the columns, the
    earliest first and along the order of places (only what has a place), `alive` which of them still stand, `places`
    the places in their order.
    """

    columns: Columns
    names: tuple[str, ...]
    alive: Bools
    by_time: Ints
    by_place: Ints
    places: Ints

    @property
    def count(self) -> int:
        """How many reports stand."""
        return int(self.alive.sum())

    def number(self, party: str) -> int:
        """The number of a party; `NOT_TOLD` where it told nothing."""
        return self.names.index(party) if party in self.names else NOT_TOLD

    def ref(self, row: int) -> str:
        """The reference of the report in a row."""
        return f"{self.names[int(self.columns.party[row])]}/{self.columns.id[row].decode()}"


def empty() -> Atlas:
    """Nothing was told."""
    return Atlas(_columns([], ()), (), np.zeros(0, bool), *(np.zeros(0, np.int64) for _ in range(3)))


def grown(atlas: Atlas, spots: Sequence[Spot]) -> Atlas:
    """The atlas with these reports, each in the place of what was held by its entry; the one given stays as it is."""
    if not spots:
        return atlas
    names = atlas.names + tuple(sorted({name for one in spots for name in (one.party, one.side)} - {*atlas.names}))
    fresh, before = _columns(spots, names), atlas.columns
    alive = atlas.alive & ~np.isin(before.entry, fresh.entry)
    columns = _joined(before, fresh)
    alive = np.concatenate([alive, np.ones(len(fresh), bool)])
    many = (len(fresh) + int((~alive).sum())) * AFRESH > len(columns)
    if many:
        kept = np.flatnonzero(alive)
        columns = _taken(columns, kept)
        return _ordered(columns, names)
    rows = np.arange(len(before), len(columns))
    by_time = _put_in(atlas.by_time, columns.at, rows)
    by_place = _put_in(atlas.by_place, columns.place, rows[columns.place[rows] != NOT_TOLD])
    return Atlas(columns, names, alive, by_time, by_place, columns.place[by_place])


def _ordered(columns: Columns, names: tuple[str, ...]) -> Atlas:
    placed = np.flatnonzero(columns.place != NOT_TOLD)
    by_time = np.argsort(columns.at, kind="stable")
    by_place = placed[np.argsort(columns.place[placed], kind="stable")]
    return Atlas(columns, names, np.ones(len(columns), bool), by_time, by_place, columns.place[by_place])


def _put_in(order: Ints, values: Ints, rows: Ints) -> Ints:
    """The order with further rows, each behind what is equal to it."""
    rows = rows[np.argsort(values[rows], kind="stable")]
    return np.insert(order, np.searchsorted(values[order], values[rows], side="right"), rows)


def _columns(spots: Sequence[Spot], names: Sequence[str]) -> Columns:
    number = {name: at for at, name in enumerate(names)}
    category = {name: at for at, name in enumerate(CATEGORIES)}
    how = {name: at for at, name in enumerate(HOW_KNOWN)}
    lat = np.array([0 if one.lat is None else one.lat for one in spots], np.int64)
    lon = np.array([0 if one.lon is None else one.lon for one in spots], np.int64)
    has_place = np.array([one.lat is not None and one.lon is not None for one in spots], bool)
    return Columns(
        np.array([one.seq for one in spots], np.int64),
        np.array([one.entry for one in spots], np.int64),
        np.array([one.at for one in spots], np.int64),
        np.array([NOT_TOLD if one.start is None else one.start for one in spots], np.int64),
        np.array([NOT_TOLD if one.end is None else one.end for one in spots], np.int64),
        lat,
        lon,
        np.where(has_place, place_of(lat, lon), NOT_TOLD),
        np.array([one.size for one in spots], np.int64),
        np.array([one.accuracy for one in spots], np.int64),
        np.array([category.get(one.category or "", NOT_TOLD) for one in spots], np.int8),
        np.array([how.get(one.how_known or "", NOT_TOLD) for one in spots], np.int8),
        np.array([number[one.party] for one in spots], np.int16),
        np.array([number[one.side] for one in spots], np.int16),
        np.array([one.id for one in spots], "S36"),
        np.array([one.erased for one in spots], bool),
        np.array([one.taken_in for one in spots], bool),
    )


def _joined(one: Columns, other: Columns) -> Columns:
    return Columns(*(np.concatenate([getattr(one, name), getattr(other, name)]) for name in Columns.__struct_fields__))


def _taken(columns: Columns, rows: Ints) -> Columns:
    return Columns(*(getattr(columns, name)[rows] for name in Columns.__struct_fields__))


def steps_of(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees as steps of Web Mercator from the north-west of the world, not rounded."""
    north = np.radians(np.clip(lat, -MOST_LAT, MOST_LAT))
    return (lon + 180) / 360 * STEPS, (1 - np.arcsinh(np.tan(north)) / np.pi) / 2 * STEPS


def place_of(lat: Ints, lon: Ints) -> Ints:
    """Where degrees (E7) stand in the order of places."""
    x, y = (np.clip(one, 0, STEPS - 1).astype(np.int64) for one in steps_of(lat / E7, lon / E7))
    return _spread(x) | _spread(y) << 1


def apart(place: Ints) -> tuple[Ints, Ints]:
    """The steps east and south of places in that order."""
    return _gathered(place), _gathered(place >> 1)


_MASKS: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(value: Ints) -> Ints:
    """Every bit twice as far from the lowest."""
    for shift, mask in _MASKS:
        value = (value | value << shift) & mask
    return value


def _gathered(value: Ints) -> Ints:
    value = value & _MASKS[-1][1]
    for (shift, _), mask in zip(_MASKS[::-1], [one for _, one in _MASKS[-2::-1]] + [(1 << 32) - 1], strict=True):
        value = (value | value >> shift) & mask
    return value


class Chosen(Struct, frozen=True, kw_only=True):
    """Which reports are asked for: all but those that one of these keeps out.

    `since` and `until` (ms, the end is not in it) bound when it happened as the log has it, or, with `timed`, the told
    beginning: `week` those whose time lies within one week, `rough` those told more roughly, `told` both, `untold`
    those without.
    An empty word of `categories`, `how_known` stands for what was not told. `box` is west, south, east, north (E7).
    """

    since: int | None = None
    until: int | None = None
    timed: str | None = None
    categories: Collection[str] = ()
    how_known: Collection[str] = ()
    sides: Collection[str] = ()
    box: tuple[int, int, int, int] | None = None
    standing: bool = False
    """Without what was erased."""


def chosen(atlas: Atlas, rows: Ints, asked: Chosen) -> Bools:
    """Which of these rows are asked for."""
    columns = atlas.columns
    found = atlas.alive[rows]
    if asked.standing:
        found &= ~columns.erased[rows]
    found &= _in_time(columns, rows, asked)
    for column, known, words in (
        (columns.category, CATEGORIES, asked.categories),
        (columns.how_known, HOW_KNOWN, asked.how_known),
        (columns.side, atlas.names, asked.sides),
    ):
        if words:
            wanted = [known.index(word) if word in known else NOT_TOLD for word in words if word in known or not word]
            found &= np.isin(column[rows], wanted)
    if asked.box is not None:
        west, south, east, north = asked.box
        lat, lon = columns.lat[rows], columns.lon[rows]
        found &= (columns.place[rows] != NOT_TOLD) & (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    return found


def _in_time(columns: Columns, rows: Ints, asked: Chosen) -> Bools:
    found = np.ones(len(rows), bool)
    if asked.timed is None:
        at = columns.at[rows]
    else:
        at = columns.start[rows]
        told = at != NOT_TOLD
        if asked.timed == "untold":
            return np.asarray(~told)
        found &= told
        if asked.timed != "told":
            within = week_of(at) == week_of(columns.end[rows])
            found &= within if asked.timed == "week" else ~within
    if asked.since is not None:
        found &= at >= asked.since
    if asked.until is not None:
        found &= at < asked.until
    return found


MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS
WEEK_MS: Final = 7 * DAY_MS
AHEAD_MS: Final = 180 * MINUTE_MS
MONDAY_MS: Final = 4 * DAY_MS
"""From the Thursday on which time begins to its first Monday."""


def week_of(at: Ints) -> Ints:
    """The number of the week, from Monday midnight by the clock of Baghdad, of times (ms)."""
    return (at + AHEAD_MS - MONDAY_MS) // WEEK_MS


def week_begins(number: int) -> int:
    """When a week begins (ms)."""
    return number * WEEK_MS - AHEAD_MS + MONDAY_MS


LOT: Final = 16_384


def newest(
    atlas: Atlas, asked: Chosen, limit: int, before: tuple[int, int] | None = None, among: Bools | None = None
) -> Ints:
    """Rows of the newest reports that are asked for, the later said first where times are equal.

    Only what comes `before` a time (ms) and sequence number; `among` says of each row whether it may be found.
    """
    columns, order = atlas.columns, atlas.by_time
    end = len(order)
    if before is not None:
        # of one time, those in front of the row with that number; what has changed stands where it was put in anew
        low, end = (int(np.searchsorted(columns.at[order], before[0], side=side)) for side in ("left", "right"))
        same = order[low:end]
        keep = same[columns.seq[same] < before[1]]
        order = np.concatenate([order[:low], keep])
        end = len(order)
    found: list[Ints] = []
    while end > 0 and sum(map(len, found)) < limit:
        rows = order[max(0, end - LOT) : end][::-1]
        fits = chosen(atlas, rows, asked)
        if among is not None:
            fits &= among[rows]
        found.append(rows[fits])
        end -= LOT
    return np.concatenate(found)[:limit] if found else np.zeros(0, np.int64)
