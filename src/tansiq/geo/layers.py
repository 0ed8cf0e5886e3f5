"""The layers of a node: elevation, roads, barriers, settlements and land cover as files under `layers/<digest>/`.

A layer is one normalised file and a manifest beside it. Its name is the SHA-256 of what it holds (not of how a library
packed it), so two nodes that took the same source over the same ground hold the same layer. Nothing here opens a raster
or a vector file: `geo.terrain` and `geo.vectors` do, and are loaded only where one is added or read.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tansiq.errors import Conflict, MalformedInput, NotFound, Unavailable

FOLDER: Final = "layers"
INCOMING: Final = ".incoming"
MANIFEST: Final = "manifest.json"
FORMAT: Final = "tansiq.layer/1"

LayerKind = Literal["elevation", "roads", "barriers", "settlements", "landcover"]
KINDS: Final[tuple[LayerKind, ...]] = ("elevation", "roads", "barriers", "settlements", "landcover")

MAX_FILES: Final = 400
MAX_FILE: Final = 4 << 30
"""Bytes of one file that is taken in."""

MAX_MANIFEST: Final = 1 << 20
SPARE: Final = 1 << 30
"""Bytes of disk that stay free whatever is added."""

LEFT_S: Final = 24 * 3600
"""After so long a folder in which a layer was being made is what a crash left."""

DISK: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS))
"""What a disk says that takes no more."""

LONGEST_NAME: Final = 120
SHORTEST_REF: Final = 6
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")

Extent = tuple[float, float, float, float]
"""West, south, east, north in degrees (WGS 84), rounded outward to 1e-7."""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a layer, or of files that would make one.

    `datum` is what heights are counted from, `model` whether trees and roofs are in them (`surface`) or not
    (`terrain`); both `unknown` unless stated. `unit_m` is the metre value of one step of the stored integers,
    `resolution_m` the side of a source pixel at the middle, `voids` the share of pixels without a value. `classes`
    counts features (or pixels) by class, `dropped` names attributes that were not kept, `repaired` how many outlines
    were put right, `skipped` how many features are of another kind. `caveats` are codes of the wording family `caveat`.
    """

    kind: LayerKind
    crs: str
    extent: Extent
    files: tuple[str, ...]
    caveats: tuple[str, ...] = ()
    resolution_m: float | None = None
    rows: int = 0
    cols: int = 0
    unit_m: float = 0.0
    datum: str = "unknown"
    model: Literal["surface", "terrain", "unknown"] = "unknown"
    lowest: float | None = None
    highest: float | None = None
    voids: float = 0.0
    features: int = 0
    classes: dict[str, int] = {}
    dropped: tuple[str, ...] = ()
    repaired: int = 0
    skipped: int = 0
    synthetic: bool = False


class Manifest(Facts, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a layer is and where it came from. `file` lies beside it, with the SHA-256 `file_sha256`."""

    format: str
    digest: str
    file: str
    file_sha256: str
    name: str
    source: str
    imported: int


class Preview(Facts, frozen=True, kw_only=True):
    """What adding the files would make; nothing is kept of it."""


class Layer(Struct, frozen=True):
    """A layer that is here: its manifest and the file beside it."""

    manifest: Manifest
    path: Path


class Wanted(Struct, frozen=True):
    """What the person says about the files: `source` and `name` in own words, `area` the ring to cut to (E7).

    `datum` and `model` state what the files do not; `nodata` a value that stands for no value; `repair` allows
    crossing outlines to be put right, which is then said; `table` chooses one of several in a vector file; `imported`
    is Unix milliseconds.
    """

    kind: LayerKind
    name: str = ""
    source: str = ""
    area: tuple[tuple[int, int], ...] | None = None
    datum: str = ""
    model: Literal["surface", "terrain", ""] = ""
    nodata: float | None = None
    repair: bool = False
    table: str = ""
    imported: int = 0


def folder(node: Path) -> Path:
    """The folder of a node's layers; it may not exist yet."""
    return node / FOLDER


def listing(root: Path) -> list[Layer]:
    """Every layer, by kind and name. A folder that is none is passed over: `find` says what is wrong with it."""
    found = []
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if _DIGEST.fullmatch(path.name) and (path / MANIFEST).is_file():
            layer = _open(path)
            if layer is not None:
                found.append(layer)
    return sorted(found, key=lambda one: (KINDS.index(one.manifest.kind), one.manifest.name, one.manifest.digest))


def find(root: Path, ref: str) -> Layer:
    """The layer whose digest begins with `ref` (6 digits or more) or that alone bears this name (`layer.not_here`)."""
    layers = listing(root)
    found = [one for one in layers if len(ref) >= SHORTEST_REF and one.manifest.digest.startswith(ref)]
    found = found or [one for one in layers if one.manifest.name == ref]
    if len(found) != 1:
        raise NotFound("layer.not_here", layer=ref[:80])
    return found[0]


def drop(root: Path, ref: str) -> Manifest:
    """Take a layer away; its source can be added again."""
    layer = find(root, ref)
    doomed = root / f".gone-{secrets.token_hex(6)}"
    layer.path.parent.replace(doomed)  # a reader finds all of it or none
    shutil.rmtree(doomed, ignore_errors=True)
    return layer.manifest


def check(layer: Layer) -> bool:
    """Whether the file is byte for byte what was added."""
    return sha256_of(layer.path) == layer.manifest.file_sha256


def read_manifest(data: bytes) -> Manifest:
    """A manifest from its JSON (`layer.bad_manifest`)."""
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput("layer.bad_manifest", reason=str(error)[:120]) from error
    if found.format != FORMAT or not _DIGEST.fullmatch(found.digest) or "/" in found.file:
        raise MalformedInput("layer.bad_manifest", reason=found.format[:40])
    return found


@contextmanager
def staging(root: Path) -> Iterator[Path]:
    """An empty folder in which a layer is made; what is left of it afterwards is removed.

    What the disk does not take becomes Unavailable (`layer.not_written`).
    """
    path = root / f".making-{secrets.token_hex(6)}"
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(root)
        path.mkdir(mode=0o700)
        yield path
    except OSError as error:
        if error.errno not in DISK:
            raise
        raise not_written(error) from error
    finally:
        shutil.rmtree(path, ignore_errors=True)


def not_written(error: Exception) -> Unavailable:
    """The refusal of what a disk did not take."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Unavailable("layer.not_written", reason=reason[:120].rstrip("."))


def _sweep(root: Path) -> None:
    """Take away what a crash left of layers that were being made or dropped."""
    for path in (*root.glob(".making-*"), *root.glob(".gone-*")):
        # by the clock of the disk, which the folder's own time comes from
        if path.stat().st_mtime < time.time() - LEFT_S:
            shutil.rmtree(path, ignore_errors=True)


def settle(root: Path, made: Path, manifest: Manifest) -> Layer:
    """Give a layer that was made in `staging` its place; refused where it is here already (`layer.held`)."""
    final = root / manifest.digest
    if (final / MANIFEST).is_file():
        raise Conflict("layer.held", layer=manifest.digest[:12])
    manifest = replace(manifest, file_sha256=sha256_of(made / manifest.file))
    path = made / MANIFEST
    path.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    for one in (path, made / manifest.file):
        with one.open("rb") as handle:
            os.fsync(handle.fileno())
    if final.exists():  # a folder without a manifest is what a crash left
        shutil.rmtree(final)
    made.replace(final)
    return Layer(manifest, final / manifest.file)


def checked_files(paths: Sequence[Path]) -> list[Path]:
    """The files to take in, absolute; refused where there are none or too many, one is missing or too large."""
    if not paths or len(paths) > MAX_FILES:
        raise MalformedInput("layer.how_many", count=len(paths), limit=MAX_FILES)
    for path in paths:
        if not path.is_file():
            raise MalformedInput("layer.no_file", file=path.name[:80])
        if path.stat().st_size > MAX_FILE:
            raise MalformedInput("layer.too_large", file=path.name[:80], limit=MAX_FILE)
    return [path.resolve() for path in paths]


def check_room(root: Path, needed: int) -> None:
    """Refuse (`layer.disk_full`) where `needed` bytes would leave too little of the disk."""
    at = next(path for path in (root, *root.parents) if path.exists())
    if shutil.disk_usage(at).free < needed + SPARE:
        raise Unavailable("layer.disk_full", size=needed)


def manifest_of(preview: Preview, wanted: Wanted, digest: str, file: str) -> Manifest:
    """The manifest of a layer that was made; its file's own digest is put in by `settle`."""
    name = wanted.name.strip()[:LONGEST_NAME] or Path(preview.files[0]).stem[:LONGEST_NAME]
    facts = {field: getattr(preview, field) for field in Preview.__struct_fields__}
    return Manifest(
        format=FORMAT,
        digest=digest,
        file=file,
        file_sha256="",
        name=name,
        source=wanted.source.strip()[:LONGEST_NAME],
        imported=wanted.imported,
        **facts,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path) -> Layer | None:
    try:
        data = (path / MANIFEST).read_bytes()[:MAX_MANIFEST]
        manifest = read_manifest(data)
    except (OSError, MalformedInput):
        return None
    return Layer(manifest, path / manifest.file) if manifest.digest == path.name else None
