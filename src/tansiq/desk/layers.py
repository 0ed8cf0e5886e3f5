"""Layers at a desk: files laid ready, looked at, confirmed; what is here, with its caveats in words.

What opens rasters and vector files is loaded with the first file that is looked at, never with the node. One file is
worked on at a time: two large ones together would take twice the memory and no less time.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.desk import viewing
from tansiq.desk.office import Office, circles
from tansiq.desk.people import Person
from tansiq.errors import MalformedInput, NotAllowed, NotFound, Unavailable
from tansiq.geo import layers
from tansiq.geo.layers import MAX_FILE, MAX_FILES, Layer, LayerKind, Manifest, Preview, Wanted
from tansiq.wording import wording

KEPT_S: Final = 24 * 3600
MAX_READY: Final = 16 << 30
"""Bytes of files that may wait to be confirmed, of all accounts together."""

ROLES: Final = frozenset(("planner", "administrator"))
_UPLOAD: Final = re.compile(r"[0-9a-f]{16}")
_one_at_a_time: Final = threading.Lock()


class LayerRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What files laid ready are to become; fields as in `geo.layers.Wanted`, `area` the reference of an area."""

    kind: LayerKind
    name: Annotated[str, Meta(max_length=120)] = ""
    source: Annotated[str, Meta(max_length=120)] = ""
    area: Annotated[str, Meta(max_length=120)] = ""
    datum: Annotated[str, Meta(max_length=60)] = ""
    model: Literal["surface", "terrain", ""] = ""
    nodata: float | None = None
    repair: bool = False
    table: Annotated[str, Meta(max_length=120)] = ""


class Caveat(Struct, frozen=True):
    """What to bear in mind: its code, and in words."""

    code: str
    text: str


class LayerFile(Struct, frozen=True):
    """A file laid ready."""

    name: str
    bytes: int


class LayerUpload(Struct, frozen=True):
    """Files laid ready for one layer; they wait for a day."""

    id: str
    files: list[LayerFile]


class LayerView(Struct, frozen=True):
    """A layer that is here, and its caveats in words."""

    layer: Manifest
    caveats: list[Caveat]


class LayerPreview(Struct, frozen=True):
    """What confirming would make, and its caveats in words."""

    layer: Preview
    caveats: list[Caveat]


def root(office: Office) -> Path:
    """Where the layers of a node lie."""
    return layers.folder(office.database.path.parent)


def allowed(person: Person) -> None:
    """Refuse (`layer.may_not`) where the person may not change layers."""
    if not ROLES.intersection(person.roles):
        raise NotAllowed("layer.may_not", user=person.user)


def listing(office: Office, language: str) -> list[LayerView]:
    """Every layer that is here."""
    return [LayerView(one.manifest, in_words(one.manifest.caveats, language)) for one in layers.listing(root(office))]


def one(office: Office, ref: str, language: str) -> LayerView:
    """One layer."""
    manifest = layers.find(root(office), ref).manifest
    return LayerView(manifest, in_words(manifest.caveats, language))


def drop(office: Office, ref: str) -> None:
    """Take a layer away."""
    layers.drop(root(office), ref)


def in_words(codes: tuple[str, ...], language: str) -> list[Caveat]:
    """Caveats in a language."""
    return [Caveat(code, wording(code, {}, language).refused) for code in codes]


def area_ring(office: Office, ref: str) -> tuple[tuple[int, int], ...]:
    """The outline (E7) of an area that this node holds, named party/id or by id alone (`layer.no_area`)."""
    for thing in _areas(office):
        if ref in {thing.ref, thing.id}:
            ring = (thing.own or {}).get("ring") or thing.fields.get("ring")
            if ring:
                return tuple((int(lon), int(lat)) for lon, lat in ring)
    raise NotFound("layer.no_area", area=ref[:80])


def _areas(office: Office) -> Iterator[viewing.Object]:
    with office.database.read() as connection:
        ids = list(dict.fromkeys(held.circle.id for held in circles(connection)))
    for circle in ids:
        after, more = 0, True
        while more:
            page = viewing.page(office, circle, after=after, kind="area")
            yield from page.objects
            after, more = page.seq, page.more


def place_for(office: Office, person: Person, upload: str, name: str) -> tuple[str, Path]:
    """Where the next file of an upload goes; without an upload a new one is begun."""
    _sweep(office)
    room = _room(office, person)
    if not upload:
        upload = secrets.token_hex(8)
        (room / upload).mkdir(mode=0o700)
    folder = _folder(office, person, upload)
    held = sorted(folder.iterdir())
    if len(held) >= MAX_FILES:
        raise MalformedInput("layer.how_many", count=len(held) + 1, limit=MAX_FILES)
    layers.check_room(room, 0)
    # each in a folder of its own: two tiles may bear one name
    inner = folder / f"{len(held):04}"
    inner.mkdir(mode=0o700)
    return upload, inner / plain_name(name)


def room_left(office: Office) -> int:
    """How many more bytes may be laid ready."""
    waiting = root(office) / layers.INCOMING
    held = sum(path.stat().st_size for path in waiting.rglob("*") if path.is_file()) if waiting.is_dir() else 0
    return MAX_READY - held


class Bounded:
    """Counts what is written of a file and refuses it (`layer.too_large`, `layer.uploads_full`) once it is too much."""

    def __init__(self, office: Office, name: str) -> None:
        self._left_of_file = MAX_FILE
        self._left_of_all = room_left(office)
        self._name = name[:80]

    def took(self, size: int) -> None:
        """`size` more bytes have come."""
        self._left_of_file -= size
        self._left_of_all -= size
        if self._left_of_file < 0:
            raise MalformedInput("layer.too_large", file=self._name, limit=MAX_FILE)
        if self._left_of_all < 0:
            raise Unavailable("layer.uploads_full", limit=MAX_READY)


def laid_ready(office: Office, person: Person, upload: str) -> LayerUpload:
    """The files of an upload."""
    files = _files(office, person, upload)
    return LayerUpload(upload, [LayerFile(path.name, path.stat().st_size) for path in files])


def discard(office: Office, person: Person, upload: str) -> None:
    """Take away files that were laid ready."""
    shutil.rmtree(_folder(office, person, upload), ignore_errors=True)


def preview(office: Office, person: Person, upload: str, asked: LayerRequest, language: str) -> LayerPreview:
    """What the files would make; nothing changes."""
    from tansiq.geo import taking  # noqa: PLC0415 - loads GDAL, which a node that adds no layer never needs

    files = _files(office, person, upload)
    with _one_at_a_time:
        seen = taking.preview(files, wanted(office, asked))
    return LayerPreview(seen, in_words(seen.caveats, language))


def confirm(office: Office, person: Person, upload: str, asked: LayerRequest, language: str) -> LayerView:
    """Take the files in as a layer; they no longer wait then."""
    from tansiq.geo import taking  # noqa: PLC0415 - loads GDAL, which a node that adds no layer never needs

    files = _files(office, person, upload)
    with _one_at_a_time:
        made = taking.add(root(office), files, wanted(office, asked))
    discard(office, person, upload)
    return LayerView(made.manifest, in_words(made.manifest.caveats, language))


def wanted(office: Office, asked: LayerRequest) -> Wanted:
    """A request with the outline of its area."""
    facts = msgspec.structs.asdict(asked)
    facts["area"] = area_ring(office, asked.area) if asked.area else None
    return Wanted(**facts, imported=office.clock())


def add(office: Office, files: list[Path], asked: LayerRequest, progress: Any = lambda _: None) -> Layer:
    """Take files of this machine in as a layer."""
    from tansiq.geo import taking  # noqa: PLC0415 - loads GDAL, which most commands never need

    return taking.add(root(office), files, wanted(office, asked), progress)


def synthetic(office: Office, area: str, step: int) -> list[Layer]:
    """Make synthetic layers for an exercise, over an area or the scenario's ground."""
    from tansiq.geo import synthetic as ground  # noqa: PLC0415 - loads GDAL, which most commands never need

    ring = area_ring(office, area) if area else None
    return ground.add(root(office), ring, step, office.clock())


def _room(office: Office, person: Person) -> Path:
    room = root(office) / layers.INCOMING / person.user
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    return room


def _folder(office: Office, person: Person, upload: str) -> Path:
    folder = root(office) / layers.INCOMING / person.user / upload
    if not _UPLOAD.fullmatch(upload) or not folder.is_dir():
        raise NotFound("layer.no_upload", upload=upload[:40])
    return folder


def _files(office: Office, person: Person, upload: str) -> list[Path]:
    return [path for inner in sorted(_folder(office, person, upload).iterdir()) for path in inner.iterdir()]


def _sweep(office: Office) -> None:
    """Take away what has waited for longer than a day."""
    waiting = root(office) / layers.INCOMING
    for folder in waiting.glob("*/*") if waiting.is_dir() else ():
        # by the clock of the disk, which the folder's own time comes from
        if folder.stat().st_mtime < time.time() - KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


def plain_name(name: str) -> str:
    """A name that is safe in a folder, for messages and for what it says of the source."""
    kept = "".join(letter for letter in name[-100:] if letter.isalnum() or letter in "._-").lstrip(".")
    return kept or "file"
