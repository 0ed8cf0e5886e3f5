"""One door for files of any kind: to look at what they would make as a layer, and to take them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tansiq.errors import MalformedInput
from tansiq.geo import cover, terrain, vectors
from tansiq.geo.layers import KINDS, Layer, Preview, Wanted, checked_files
from tansiq.geo.vector_files import is_raster

Progress = Callable[[float], None]


def preview(paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Preview:
    """What these files would make as one layer of the wanted kind; nothing is kept."""
    files = _checked(paths, wanted)
    if wanted.kind == "elevation":
        return terrain.preview(files, wanted, progress)
    if wanted.kind == "landcover" and is_raster(files[0]):
        return cover.preview(files, wanted, progress)
    return vectors.preview(files, wanted, progress)


def add(root: Path, paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Layer:
    """Take files in as one layer under `root`; a refusal leaves nothing behind."""
    files = _checked(paths, wanted)
    if wanted.kind == "elevation":
        return terrain.add(root, files, wanted, progress)
    if wanted.kind == "landcover" and is_raster(files[0]):
        return cover.add(root, files, wanted, progress)
    return vectors.add(root, files, wanted, progress)


def _checked(paths: Sequence[Path], wanted: Wanted) -> list[Path]:
    if wanted.kind not in KINDS:
        raise MalformedInput("layer.kind", kind=str(wanted.kind)[:40])
    return checked_files(paths)
