"""Searching everything that this node was told or said itself: words, filters, ranks, pages, and why each was found."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from tansiq.desk.office import HeldCircle, Office, circle_named, circles, epochs_of
from tansiq.desk.search_filling import PATIENCE_S, SLICE, behind, fill
from tansiq.desk.search_meaning import category_meant
from tansiq.desk.viewing import find as record_at
from tansiq.desk.viewing import own_fields
from tansiq.errors import MalformedInput, NotFound
from tansiq.geo.gazetteer import PlaceNames, parse_place
from tansiq.picture.projection import read_thing
from tansiq.records.kind import kind_named
from tansiq.records.values import Tlp
from tansiq.search.marks import Piece, pieces
from tansiq.search.question import RANKS, Expressions, Rank, Sought, expressions, rank_of, read_question
from tansiq.search.terms import METRES_PER_E7, squares_around
from tansiq.search.texts import ground_of, heading_of, read_fields, texts_of
from tansiq.store import pictures, search
from tansiq.store.schema import INDEX_BITS, entry_key
from tansiq.store.search import Around, Found

LONGEST: Final = 200
LARGEST_PAGE: Final = 100
USUAL_REACH: Final = 10_000
FARTHEST: Final = 200_000
_COUNTED: Final = 10_000
_NEAR: Final = RANKS.index("near")
_REFERENCE: Final = re.compile(
    r"([a-z][a-z0-9_-]{0,63})/([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12})"
)


class Question(Struct, frozen=True):
    """What is asked for. `near` is a place as an officer writes it, `within` metres of it; times are ms.

    `typing`: the last word may be only the beginning of one. `after` is the `next` of the page before.
    """

    text: str = ""
    circle: str | None = None
    kinds: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    near: str | None = None
    within: int | None = None
    typing: bool = False
    after: str | None = None
    limit: int = 20


class Hit(Struct, frozen=True):
    """A record that answers, and by which rank. `names` is what it is called, in the languages that it was said in.

    `roughly`: it may lie near the place that was asked for, or farther off; its place is not known well enough.
    """

    kind: str
    ref: str
    circle: str
    party: str
    at: int
    said: int
    exercise: bool
    tlp: Tlp
    rank: Rank
    names: dict[str, str] | None
    category: str | None
    pieces: list[Piece]
    roughly: bool = False


class Near(Struct, frozen=True):
    """The place that `near` was taken for: its position (E7), its names where it is listed, metres around it."""

    names: PlaceNames | None
    lat: int
    lon: int
    within: int


class Answer(Struct, frozen=True):
    """A page of what answers: better ranks first, within one what is newer. `next` asks for the page behind it.

    `behind` is how many records came in that are not looked through yet, counted up to ten thousand.
    """

    hits: list[Hit]
    next: str | None
    behind: int
    near: Near | None = None


class _Ranked(NamedTuple):
    """A row of the index, and the number of the rank by which it was found."""

    rank: int
    found: Found


class _Place(Struct, frozen=True):
    """How far the pages have come: the rank, and the row of the last hit in it."""

    rank: int
    row: int


def find(office: Office, question: Question) -> Answer:
    """The records that answer a question; the one that it names where it is a reference.

    Refuses one without words or filters (`search.nothing`), one that is too long (`search.too_long`), a `next` that is
    none (`search.bad_page`), a circle, kind or place that is none, and places too far around (`search.too_far`).
    """
    if len(question.text) > LONGEST:
        raise MalformedInput("search.too_long", longest=LONGEST)
    sought = read_question(question.text, typing=question.typing, category_of=category_meant)
    near = _near(question)
    around, squares = (None, []) if near is None else _around(near)
    with office.database.read() as connection:
        late = behind(connection, SLICE)
    if 0 < late < SLICE:  # what was said a moment ago is found, unless that would take long
        with contextlib.suppress(OperationalError):  # a full disk keeps nobody from finding what is there
            fill(office, patience_s=PATIENCE_S)
    with office.database.read() as connection:
        filters = [*_filters(connection, question), *squares]
        asked = expressions(sought, filters)
        if asked is None:
            raise MalformedInput("search.nothing")
        page = _named(connection, question)
        after = None
        if not page:
            page, after = _page(connection, question, sought, asked, around)
        held = {one.num: one for one in circles(connection)}
        hits = [hit for one in page if (hit := _hit(connection, office, held, one, sought, around))]
        return Answer(hits, after, behind(connection, _COUNTED), near)


def _named(connection: Connection, question: Question) -> list[_Ranked]:
    """The record whose reference (`party/id`) the question is; none where it is none, or nothing is left of it."""
    named = _REFERENCE.fullmatch(question.text.strip().lower())
    if named is None:
        return []
    for circle in dict.fromkeys(one.circle.id for one in circles(connection)):
        with contextlib.suppress(NotFound):
            _, ledger, index = record_at(connection, circle, named[1], named[2])
            row = pictures.get(connection, entry_key(ledger.num, index))
            if row is not None and read_thing(row.data).erased is None and question.circle in (None, circle):
                return [_Ranked(0, Found(0, row.entry))]
    return []


def _page(
    connection: Connection, question: Question, sought: Sequence[Sought], asked: Expressions, around: Around | None
) -> tuple[list[_Ranked], str | None]:
    limit = max(1, min(question.limit, LARGEST_PAGE))
    first, last = search.rows_between(question.since, question.until)

    def look(expression: str, start: int, count: int) -> list[Found]:
        return search.find(connection, expression, (start, last), count, around)

    reached = _place(question.after)
    # where all fit on a page they are asked for once: words that never meet would be read through for each rank
    every = look(asked.every, first, limit + 1) if reached is None else []
    if 0 < len(every) <= limit:
        return _ranked(connection, sought, every), None
    nothing_better = not every if reached is None else reached.rank == _NEAR
    ranks = asked.ranks if not nothing_better else [(_NEAR, asked.near)] if asked.near is not None else []
    found: list[_Ranked] = []
    for rank, expression in ranks:
        if len(found) > limit or (reached is not None and rank < reached.rank):
            continue
        start = max(first, reached.row + 1) if reached is not None and rank == reached.rank else first
        found += [_Ranked(rank, one) for one in look(expression, start, limit + 1 - len(found))]
    page = found[:limit]
    return page, f"{page[-1].rank}.{page[-1].found.row}" if len(found) > limit else None


def _ranked(connection: Connection, sought: Sequence[Sought], every: Sequence[Found]) -> list[_Ranked]:
    terms = search.terms_at(connection, [one.entry for one in every])
    ranks = [rank_of(sought, frozenset(terms.get(one.entry, "").split())) for one in every]
    return sorted(map(_Ranked, ranks, every), key=lambda one: (one.rank, one.found.row))


def _place(after: str | None) -> _Place | None:
    if after is None:
        return None
    rank, _, row = after.partition(".")
    if not (rank.isdecimal() and row.isdecimal() and len(rank) == 1 and len(row) <= 18 and int(rank) < len(RANKS)):
        raise MalformedInput("search.bad_page", page=after[:40])
    return _Place(int(rank), int(row))


def _filters(connection: Connection, question: Question) -> list[list[str]]:
    found = []
    if question.circle is not None:
        held = epochs_of(connection, circle_named(connection, question.circle).circle.id)
        found.append([f"c:{one.num}" for one in held])
    if question.kinds:
        found.append([f"k:{kind_named(one).name}" for one in question.kinds])
    if question.parties:
        found.append([f"p:{one}" for one in question.parties])
    return found


def _near(question: Question) -> Near | None:
    if question.near is None:
        return None
    hit = parse_place(question.near)
    if hit.lat is None or hit.lon is None:
        raise MalformedInput("search.no_position", place=question.near[:80])
    within = max(USUAL_REACH, hit.accuracy) if question.within is None else question.within
    if not 0 < within <= FARTHEST:
        raise MalformedInput("search.too_far", most=FARTHEST // 1000)
    return Near(hit.names, hit.lat, hit.lon, within)


def _around(near: Near) -> tuple[Around, list[list[str]]]:
    squares = squares_around(near.lat, near.lon, near.within)
    east = 1 / max(0.01, math.cos(math.radians(near.lat / 10_000_000)))
    return Around(near.lat, near.lon, near.within / METRES_PER_E7, east), [squares] if squares else []


def _hit(
    connection: Connection,
    office: Office,
    held: dict[int, HeldCircle],
    one: _Ranked,
    sought: Sequence[Sought],
    around: Around | None,
) -> Hit | None:
    row = pictures.get(connection, one.found.entry)
    if row is None:
        return None
    thing = read_thing(row.data)
    own: dict[str, Any] = {}
    if thing.party == office.party:
        own = own_fields(connection, row.entry >> INDEX_BITS, thing)
    fields = {**read_fields(thing.fields), **own}
    circle = held[row.circle].circle
    category, rank = fields.get("category"), RANKS[one.rank]
    return Hit(
        kind=thing.kind,
        ref=f"{thing.party}/{thing.id}",
        circle=circle.id,
        party=thing.party,
        at=thing.at,
        said=thing.said,
        exercise=circle.exercise,
        tlp=thing.label.tlp,
        rank=rank,
        names=heading_of(fields),
        category=category if isinstance(category, str) else None,
        pieces=pieces(texts_of(thing.kind, fields), _as_found(sought, rank), frozenset(own)),
        roughly=around is not None and not _surely(fields, around),
    )


def _surely(fields: Mapping[str, Any], around: Around) -> bool:
    """Whether all of the ground in which it may lie is near."""
    ground = ground_of(fields)
    if ground is None:
        return False
    away = math.hypot(ground.lat - around.lat, (ground.lon - around.lon) / around.east)
    return away + ground.reach / METRES_PER_E7 <= around.reach


def _as_found(sought: Sequence[Sought], rank: Rank) -> list[Sought]:
    """What was looked for where a record was found: names that are nearly so are none of it where there is better."""
    return [one if rank == "near" else replace(one, near=()) for one in sought]
