"""What an analysis is asked with: the records of a circle as they stand or stood, and the area by reference or name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from tansiq.desk import ground
from tansiq.desk.gaps_request import GapsRequest, ScanRequest
from tansiq.desk.office import Office, circle_named, epochs_of, taking_part
from tansiq.errors import Conflict, MalformedInput, NotFound
from tansiq.gaps import gathering as reading
from tansiq.gaps.edits import Edits, edited
from tansiq.gaps.frame import frame_of
from tansiq.gaps.gathering import Told
from tansiq.gaps.inputs import Inputs
from tansiq.gaps.question import Options, Scan, question
from tansiq.gaps.strip import ring_between
from tansiq.geo.grid import Grid
from tansiq.geo.layers import Layer
from tansiq.picture import book
from tansiq.picture.projection import Thing, Version, fold, read_thing
from tansiq.records.entry import decode_entry
from tansiq.records.kinds.area import Area
from tansiq.records.kinds.line import Line
from tansiq.records.values import Names
from tansiq.store import ledgers, pictures
from tansiq.store.schema import INDEX_BITS

WEEK_MS = 7 * 86_400_000
PAGE = 5000

Ring = Sequence[tuple[int, int]]


class Question(Struct, frozen=True):
    """Everything that an analysis starts from, and the digest by which its answer is found again."""

    inputs: Inputs
    before: Inputs | None
    options: Options
    grid: Grid
    ground: list[Layer]
    exercise: bool
    digest: str
    whatif: bool = False
    """Whether something was asked for otherwise than it was told."""


def options_of(cell: float | None, asked: Mapping[str, Any]) -> Options:
    """The options as asked for; refused as `gaps.bad_options`."""
    given = {**asked} if cell is None else {**asked, "cell": cell}
    try:
        return msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise MalformedInput("gaps.bad_options", reason=str(error)[:200]) from error


def edits_of(draft: Mapping[str, Any] | None) -> Edits:
    """The what-if changes as asked for; refused as `gaps.bad_options`."""
    try:
        return msgspec.convert(draft or {}, Edits)
    except msgspec.ValidationError as error:
        raise MalformedInput("gaps.bad_options", reason=str(error)[:200]) from error


def ask(office: Office, asked: GapsRequest, ring: Ring | None = None) -> Question:
    """The question that a request comes to. `ring` is the area where it is not one that somebody told."""
    options, edits = options_of(asked.cell, asked.options), edits_of(asked.draft)
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
        told = told_in(connection, circle.id, asked.at)
        area, ring = _ground(told, asked, ring)
        side = taking_part(connection, circle.parties)
        inputs = edited(reading.gather(told, area, side, ring, asked.at), edits)
        before = None
        if asked.trend:
            then = inputs.at - WEEK_MS
            earlier = told_in(connection, circle.id, then)
            before = reading.gather(earlier, area, inputs.parties, inputs.ring, then)
            before = msgspec.structs.replace(before, parties=inputs.parties, rule=inputs.rule)
    grid = frame_of(inputs, options.cell)
    layers = ground.of_frame(office.database.path.parent, grid)
    digest = question(inputs, ground.digests(layers), options, before)
    return Question(inputs, before, options, grid, layers, circle.exercise, digest, edits != Edits())


class ScanQuestion(Struct, frozen=True):
    """Everything that a scan for clusters starts from."""

    inputs: Inputs
    options: Scan
    exercise: bool


def ask_scan(office: Office, asked: ScanRequest, ring: Ring | None = None) -> ScanQuestion:
    """The question that a request for clusters comes to."""
    try:
        options = msgspec.convert(asked.options, Scan)
    except msgspec.ValidationError as error:
        raise MalformedInput("gaps.bad_options", reason=str(error)[:200]) from error
    with office.database.read() as connection:
        circle = circle_named(connection, asked.circle).circle
        told = told_in(connection, circle.id, asked.at)
        area, ring = _ground(told, asked, ring)
        inputs = reading.gather(told, area, taking_part(connection, circle.parties), ring, asked.at)
    return ScanQuestion(inputs, options, circle.exercise)


def _ground(told: Sequence[Told], asked: GapsRequest | ScanRequest, ring: Ring | None) -> tuple[str, Ring | None]:
    """What the area is called, and its ring where it is not one that somebody told."""
    if ring is not None:
        return asked.area, ring
    if asked.between is None:
        return area_ref(told, asked.area), None
    one, other = sorted(line_ref(told, line) for line in asked.between)
    return f"between/{one}/{other}", ring_between(reading.line_path(told, one), reading.line_path(told, other))


def told_in(connection: Connection, circle_id: str, at: int | None = None) -> list[Told]:
    """What is told in all epochs of a circle, as it stands or (ms) as it stood by claimed time."""
    epochs = [held.num for held in epochs_of(connection, circle_named(connection, circle_id).circle.id)]
    things: list[Thing] = []
    for kind in reading.KINDS:
        after = 0
        while rows := pictures.changes(connection, epochs, after=after, kind=kind, limit=PAGE):
            after = rows[-1].seq
            for row in rows:
                thing = read_thing(row.data)
                stood = thing if at is None else _as_it_stood(connection, row.entry >> INDEX_BITS, thing, at)
                if stood is not None:
                    things.append(stood)
    return reading.read_things(things)


def _as_it_stood(connection: Connection, ledger: int, thing: Thing, at: int) -> Thing | None:
    """A thing from those of its entries that claim to be no later; None where the first already is."""
    entries = {
        index: decode_entry(ledgers.entry_bodies(connection, ledger, index, 1)[0])
        for index in sorted({*thing.versions, *thing.tells})
    }
    versions = [index for index in thing.versions if entries[index].at <= at]
    tells = [index for index in thing.tells if entries[index].at <= at]
    if not versions or thing.erased is not None:
        return None
    if len(versions) == len(thing.versions) and len(tells) == len(thing.tells):
        return thing
    fields = book.told_fields(connection, ledger, versions, tells)
    return read_thing(
        fold(thing.party, [Version(index, entries[index], fields[index]) for index in versions], tells).data
    )


def area_ref(told: Sequence[Told], text: str) -> str:
    """The reference of the one area that is called so: by reference, or by its name in any language."""
    found = _named(told, "area", text)
    if len(found) > 1:
        raise Conflict("gaps.many_areas", name=text[:80], count=len(found))
    if not found:
        raise NotFound("gaps.no_area", area=text[:120])
    return found[0]


def line_ref(told: Sequence[Told], text: str) -> str:
    """The reference of the one line that is called so: by reference, or by its name in any language."""
    found = _named(told, "line", text)
    if len(found) > 1:
        raise Conflict("gaps.many_lines", name=text[:80], count=len(found))
    if not found:
        raise NotFound("gaps.no_line", line=text[:120])
    return found[0]


def _named(told: Sequence[Told], kind: str, text: str) -> list[str]:
    known = {one.ref: one.body for one in told if one.kind == kind}
    if text in known:
        return [text]
    return [ref for ref, body in known.items() if isinstance(body, Area | Line) and _called(body.names, text)]


def _called(names: Names | None, text: str) -> bool:
    wanted = text.strip().casefold()
    said = [] if names is None else [names.en, names.ar, names.ckb]
    return bool(wanted) and any(name and wanted in (name.casefold(), name.casefold().split(":")[0]) for name in said)


def read_ring(path: Path, limit: int = 4 << 20) -> tuple[str, Ring]:
    """A name and the ring of the one polygon in a GeoJSON file (degrees, WGS 84); refused as `gaps.bad_area_file`."""
    try:
        data = path.read_bytes()
        if len(data) > limit:
            raise MalformedInput("file.too_large", path=str(path), limit=limit)
        corners = _outer(msgspec.json.decode(data))
        ring = [(round(lon * 1e7), round(lat * 1e7)) for lon, lat, *_ in corners]
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, ValueError, KeyError) as error:
        raise MalformedInput("gaps.bad_area_file", path=path.name[:80], reason=str(error)[:120]) from error
    if ring[0] == ring[-1]:
        ring.pop()
    if len(ring) < 3 or any(abs(lon) > 1_800_000_000 or abs(lat) > 900_000_000 for lon, lat in ring):
        raise MalformedInput("gaps.bad_area_file", path=path.name[:80], reason="no ring of degrees")
    return f"file/{path.name[:60]}", ring


def _outer(found: Any) -> Any:
    """The outer ring of the only polygon in a GeoJSON object."""
    if found["type"] == "FeatureCollection":
        if len(found["features"]) != 1:
            raise ValueError(f"{len(found['features'])} features")
        found = found["features"][0]
    if found["type"] == "Feature":
        found = found["geometry"]
    if found["type"] == "MultiPolygon" and len(found["coordinates"]) == 1:
        return found["coordinates"][0][0]
    if found["type"] != "Polygon":
        raise ValueError(f"a {found['type']}")
    if len(found["coordinates"]) != 1:
        raise ValueError("a polygon with holes")
    return found["coordinates"][0]
