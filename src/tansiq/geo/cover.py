"""Land cover from rasters of class codes, as ESA WorldCover writes them, kept as uint8 tiles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from tansiq.errors import MalformedInput
from tansiq.geo.classes import Cover
from tansiq.geo.crs import box_of
from tansiq.geo.layers import Layer, Preview, Wanted, check_room, checked_files, manifest_of, settle, staging
from tansiq.geo.rasters import Mosaic, Writer, extent, mosaic, resolution, tiles

MARGIN_M: Final = 15_000.0
FILE: Final = "landcover.tif"
CODES: Final = frozenset(int(one) for one in Cover)
NAMED: Final = 8

Progress = Callable[[float], None]


def preview(paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Preview:
    """What these rasters would make as one layer; refused where they hold codes that are no class (`layer.classes`)."""
    return _look(paths, wanted, progress)[1]


def add(root: Path, paths: Sequence[Path], wanted: Wanted, progress: Progress = lambda _: None) -> Layer:
    """Take rasters in as one layer of land cover under `root`; refused as in `preview`."""
    whole, seen = _look(paths, wanted, progress)
    check_room(root, whole.lattice.rows * whole.lattice.cols)
    with staging(root) as made:
        with Writer(made / FILE, whole.lattice, "uint8", int(Cover.UNKNOWN), 1) as writer:
            for row, col, values in tiles(whole, wanted.nodata):
                writer.write(row, col, np.nan_to_num(values, nan=int(Cover.UNKNOWN)))
        return settle(root, made, manifest_of(seen, wanted, writer.digest, FILE))


def _look(paths: Sequence[Path], wanted: Wanted, progress: Progress) -> tuple[Mosaic, Preview]:
    files = checked_files(paths)
    whole = mosaic(files, box_of(wanted.area, MARGIN_M) if wanted.area else None)
    counted: Counter[int] = Counter()
    total = whole.lattice.rows * whole.lattice.cols
    done = 0
    for _, _, values in tiles(whole, wanted.nodata):
        codes, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        strange = [one for one in codes.tolist() if one not in CODES]
        if strange:
            named = ", ".join(f"{one:g}" for one in strange[:NAMED])
            raise MalformedInput("layer.classes", file=files[0].name[:80], codes=named)
        counted.update(dict(zip(codes.astype(int).tolist(), counts.tolist(), strict=True)))
        done += values.size
        progress(done / total)
    del counted[int(Cover.UNKNOWN)]
    known = sum(counted.values())
    if not known:
        raise MalformedInput("layer.voids_only", file=files[0].name[:80])
    voids = float(np.ceil((total - known) / total * 1e6) / 1e6)
    return whole, Preview(
        kind="landcover",
        crs=whole.lattice.crs,
        extent=extent(whole.lattice),
        files=tuple(sorted(path.name for path in files)),
        caveats=("caveat.voids",) if voids else (),
        resolution_m=round(resolution(whole.lattice), 2),
        rows=whole.lattice.rows,
        cols=whole.lattice.cols,
        unit_m=1.0,
        voids=voids,
        classes={Cover(code).name.lower(): count for code, count in sorted(counted.items())},
    )
