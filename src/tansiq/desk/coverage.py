"""A party's own coverage, computed on its own node from what it tells nobody, as cells and hours to be released.

A released cell counts as covered only where all of its ground is; a cell that is covered in part, or of which that is
not known, is not. So nothing is claimed that does not hold, and single posts do not show at the edges of cells.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from tansiq.circles.gate import MAX_RECORD
from tansiq.desk import gaps_question, ground
from tansiq.desk.office import Office, circle_named, circles
from tansiq.errors import MalformedInput, NotFound
from tansiq.gaps import ENGINE, analysis, bits, presence, timetable
from tansiq.gaps import gathering as reading
from tansiq.gaps.answer import Answer
from tansiq.gaps.frame import frame_of
from tansiq.gaps.question import Options
from tansiq.geo import grid as grids
from tansiq.geo.grid import Grid
from tansiq.records.kinds.coverage import Frame

FINE: Final = 10
"""A released cell is this many of the analysis across, but those are no finer than 30 m."""

ROOM: Final = MAX_RECORD // 2
"""Bytes of cells that surely fit into one record beside its other fields."""


def own_coverage(office: Office, circle_id: str, area: str, private_id: str, cell: int) -> dict[str, Any]:
    """The fields of a `coverage` record for an area of a circle, from own records in that and in a private circle.

    Refused as `gaps.nothing_to_release` where there is nothing to compute it from, `gaps.too_fine` where it would
    not fit into one record.
    """
    with office.database.read() as connection:
        shared = gaps_question.told_in(connection, circle_named(connection, circle_id).circle.id)
        private = private_id or next(held.circle.id for held in circles(connection) if held.circle.private)
        kept = gaps_question.told_in(connection, circle_named(connection, private).circle.id)
    ref = gaps_question.area_ref(shared, area)
    ring = reading.area_ring(shared, ref)
    # whoever the arrangement names, this is one's own coverage
    arranged = [replace(one, body=replace(one.body, parties=None)) for one in shared if one.kind == "arrangement"]
    own = [one for one in kept if one.party == office.party and one.kind in ("post", "patrol", "base")]
    if not own:
        own = [one for one in shared if one.party == office.party and one.kind in ("post", "patrol", "base")]
    found = reading.gather([*arranged, *own], ref, [office.party], ring)
    if found.based_on[office.party].told_nothing:
        raise NotFound("gaps.nothing_to_release")
    options = Options(cell=float(max(30, cell // FINE)))
    frame = frame_of(found, options.cell)
    layers = ground.read(ground.of_frame(office.database.path.parent, frame), frame)
    answer = analysis.analyse(found, layers, options)
    return _fields(answer, ref, cell)


def _fields(answer: Answer, area: str, cell: int) -> dict[str, Any]:
    stated = grids.grid_for(answer.inputs.ring, float(cell))
    layers = []
    for kind in range(answer.cover.classes):
        mask = _whole_cells(answer, kind, stated)
        week = "".join("1" if one == kind else "0" for one in answer.number.tolist())
        if mask.any():
            runs = presence.runs_of(mask)
            layers.append({"hours": msgspec.to_builtins(timetable.schedule_of(week)), "runs": runs})
    if len(msgspec.json.encode(layers)) > ROOM:
        raise MalformedInput("gaps.too_fine", cell=cell)
    based = answer.inputs.based_on[answer.inputs.parties[0]]
    return {
        "area": area,
        "frame": msgspec.to_builtins(
            Frame(stated.epsg, int(stated.x0), int(stated.y0), int(stated.cell), stated.rows, stated.cols)
        ),
        "layers": layers,
        "based_on": [name for name in ("posts", "patrols", "bases") if getattr(based, name)],
        "engine": ENGINE,
    }


def _whole_cells(answer: Answer, kind: int, stated: Grid) -> NDArray[np.bool_]:
    """The cells of a frame all of whose ground in the area is covered."""
    covered = bits.unpack(answer.cover.covered[0, kind], answer.grid.cols)
    area = bits.unpack(answer.area, answer.grid.cols)
    x, y = grids.middles(answer.grid)
    rows = np.floor((stated.y0 - y) / stated.cell).astype(np.int64)
    cols = np.floor((x - stated.x0) / stated.cell).astype(np.int64)
    row, col = np.meshgrid(rows, cols, indexing="ij")
    chosen = area & (row >= 0) & (row < stated.rows) & (col >= 0) & (col < stated.cols)
    size = stated.rows * stated.cols
    place = row[chosen] * stated.cols + col[chosen]
    whole = np.bincount(place, minlength=size)
    some = np.bincount(place, weights=covered[chosen], minlength=size)
    return np.asarray((whole > 0) & (some == whole)).reshape(stated.shape)
