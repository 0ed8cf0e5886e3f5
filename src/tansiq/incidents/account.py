"""A report of an incident as the engines compare it: how near its place and its time are known, and in what words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from tansiq.picture.told import Thing, Told, body_of
from tansiq.records.kinds.incident import Incident

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

PRECISION_MS: Final = {"minute": 0, "day": DAY_MS, "month": 31 * DAY_MS}
"""How long the time is in which something may have happened that is told with this precision."""

LEAST_RADIUS_M: Final = 100
DIAGONAL: Final = 0.7072
"""Of a square: half its diagonal over its side."""


class Account(Struct, frozen=True):
    """One party's report as it stands. `start` and `end` (ms) bound when it happened, `lat` and `lon` (E7) with
    `radius` (metres) where; each is None where it was not told. `coarse` says that the place is a square of the grid.
    """

    ref: str
    party: str
    said: int
    start: int | None = None
    end: int | None = None
    lat: int | None = None
    lon: int | None = None
    radius: int = 0
    coarse: bool = False
    category: str | None = None
    how_known: str | None = None
    killed: tuple[int, int] | None = None
    wounded: tuple[int, int] | None = None
    texts: tuple[str, ...] = ()
    gazetteer: str | None = None


def account_of(ref: str, party: str, said: int, body: Incident) -> Account:
    """The account that a body gives."""
    start, end = time_of(body)
    lat, lon, radius, coarse = place_of(body)
    names = [] if body.place is None or body.place.names is None else [body.place.names]
    titles = [] if body.title is None else [body.title]
    texts = [text for one in (*titles, *names) for text in (one.en, one.ar, one.ckb) if text]
    return Account(
        ref,
        party,
        said,
        start,
        end,
        lat,
        lon,
        radius,
        coarse,
        body.category,
        body.how_known,
        None if body.killed is None else (body.killed.min, body.killed.max),
        None if body.wounded is None else (body.wounded.min, body.wounded.max),
        (*texts, *([body.text] if body.text else [])),
        None if body.place is None else body.place.gazetteer,
    )


def time_of(body: Incident) -> tuple[int | None, int | None]:
    """From and to (ms) of when it happened, as far as its precision bounds it; an open end is as good as its start."""
    when = body.when or body.when_coarse
    if when is None:
        return None, None
    return when.from_, (when.from_ if when.to is None else when.to) + PRECISION_MS[body.when_precision or "minute"]


def place_of(body: Incident) -> tuple[int | None, int | None, int, bool]:
    """Latitude, longitude (E7), radius (metres) and whether that is of a square."""
    if body.place is not None:
        return body.place.lat, body.place.lon, max(body.place.accuracy, LEAST_RADIUS_M), False
    if body.place_coarse is not None:
        cell = body.place_coarse
        return cell.lat, cell.lon, int(cell.size * DIAGONAL), True
    return None, None, 0, False


def incident_of(thing: Thing) -> Incident | None:
    """The body of an incident as it stands; None where it was erased or is none."""
    return body_of(thing.now, Incident)


def owner(thing: Thing, body: Incident) -> str:
    """Whose account it is: of the party that told it by telephone, where it was entered for that one."""
    return body.on_behalf_of or thing.party


def accounts(told: Told) -> Iterator[Account]:
    """Every report of a circle that stands."""
    for thing in told.of_kind("incident"):
        body = incident_of(thing)
        if body is not None:
            yield account_of(thing.ref, owner(thing, body), thing.versions[0].said.at, body)
