"""Ground to move over: what it takes from every cell to each of sixteen neighbours, up and down apart.

A move takes its length times the mean pace (s/m) of the cells that it passes, times the factor of its gradient. It is
not possible where one of these cells is not passable, where a diagonal grazes one, where the gradient is beyond the
class (of a knight's move: of either half), and where a barrier is in the way. On roads and bridges the pace of the
road holds, in whatever ground it lies.

Unknown ground is bounded from both sides, as in `gaps.sight`: as a wall nobody passes, and as ground that is crossed at
the best pace there is. What only the second would let someone reach is unknown, not reached.

Moves are made for one block of cells at a time, when a search comes to it: they are never all held.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput
from tansiq.gaps import edges
from tansiq.gaps.edges import Codes
from tansiq.gaps.mobility import LEVEL, OPEN_GROUND, Lines, Profile
from tansiq.gaps.sweeps import BLOCK, CLOSED, HALO, IMPASSABLE, TICKS, Floats, block_moves
from tansiq.geo.grid import Grid

SLOWEST: Final = 3600.0
"""A pace (s/m) beyond which ground counts as not passable: a metre an hour."""

Mask = NDArray[np.bool_]


class Road(Struct, frozen=True):
    """A road: float64[n, 2] of eastings and northings (m) in the frame's zone, and its kind (mobility.ROAD_KINDS)."""

    path: NDArray[np.float64]
    kind: str


class Ground(Struct, frozen=True):
    """Ground made ready for one mobility class and condition.

    `pace`, `height` and `road_pace` are float32[rows + 4.., cols + 4..], whole blocks with a halo of two cells; `codes`
    are the special moves (`gaps.edges`), `loose` the same with unknown ground taken for the best there is; both have no
    cells where there are none. `unknown` is bool[rows, cols]; `least` what moves take at least, straight, diagonal and
    knight's.
    """

    rows: int
    cols: int
    cell: float
    pace: Floats
    height: Floats
    road_pace: Floats
    codes: Codes
    loose: Codes
    unknown: Mask
    slope: Lines
    road_slope: Lines
    limits: Floats
    least: NDArray[np.int32]


class Part(Struct, frozen=True):
    """Which part of a frame layers are of: their first row and column in it, and what of them is its core.

    The core begins at row `top` and column `left` of the layers (0 or 2) and has `rows` and `cols`; around it lies a
    halo of two cells, from which moves lead into it. `best` is the best pace (s/m) on the whole frame, of roads too.
    """

    row0: int
    col0: int
    height: int
    width: int
    top: int
    left: int
    rows: int
    cols: int
    best: float | None = None


def _whole(rows: int, cols: int) -> Part:
    return Part(0, 0, rows, cols, 0, 0, rows, cols)


def build(
    grid: Grid,
    terrain: Floats | None,
    profile: Profile,
    *,
    cover: NDArray[np.uint8] | None = None,
    roads: Sequence[Road] = (),
    barriers: Sequence[NDArray[np.float64]] = (),
    bridges: Sequence[Road] = (),
    part: Part | None = None,
) -> Ground:
    """The ground of a frame for a mobility class (`mobility.profile`), or of a part of it: then `grid` is the frame and
    the layers are the part's, and its moves are those that they would be in the whole.

    `terrain` is float32[rows, cols] of metres, NaN where unknown; None takes level ground (the answer must say so).
    `cover` are land cover codes, 0 and codes that the tables do not know are unknown ground; None takes open ground.
    `barriers` are lines, float64[n, 2] in metres; `bridges` the roads that lead over them: leave one out to close it.
    Raises MalformedInput `reach.shape` for a layer of another size, `reach.road` for a kind of road that there is not.
    """
    here = _whole(*grid.shape) if part is None else part
    shape = here.height, here.width
    for layer in (terrain, cover):
        if layer is not None and layer.shape != shape:
            raise MalformedInput("reach.shape", got=str(layer.shape), wanted=str(shape))
    pace = np.full(shape, profile.covers[OPEN_GROUND], np.float32) if cover is None else profile.covers[cover]
    codes = np.zeros(shape, np.uint32)
    road_pace = np.full(shape, np.inf, np.float32)
    for line in barriers:
        edges.close(codes, _in_cells(grid, line), here.row0, here.col0)
    for over, ways in ((False, roads), (True, bridges)):
        for way in ways:
            if way.kind not in profile.roads:
                raise MalformedInput("reach.road", kind=way.kind[:40], known=", ".join(profile.roads))
            path = _in_cells(grid, way.path)
            edges.lay(codes, road_pace, path, profile.roads[way.kind], over, here.row0, here.col0)
    special = bool(codes.any()) or bool(road_pace.min() < np.inf)
    return of_pace(
        pace,
        grid.cell,
        terrain,
        slope=profile.slope,
        road_slope=profile.road_slope,
        limits=(profile.climb, profile.descent),
        codes=codes if special else None,
        road_pace=road_pace if special else None,
        part=here,
    )


def of_pace(
    pace: Floats,
    cell: float,
    terrain: Floats | None = None,
    *,
    slope: Lines = LEVEL,
    road_slope: Lines = LEVEL,
    limits: tuple[float, float] = (np.inf, np.inf),
    codes: Codes | None = None,
    road_pace: Floats | None = None,
    part: Part | None = None,
) -> Ground:
    """The ground of a raster of paces: float32[rows, cols], s/m, inf where not passable, NaN where unknown.

    `slope` and `road_slope` are lines a + b s (float32[5, 2]) of which the largest multiplies the pace at gradient s;
    `limits` the steepest climb and descent. Raises MalformedInput `reach.pace` for a pace that is not above 0.
    """
    here = _whole(*pace.shape) if part is None else part
    unknown = np.isnan(pace) if terrain is None else np.isnan(pace) | np.isnan(terrain)
    if bool((pace <= 0).any()):
        raise MalformedInput("reach.pace", pace=str(float(np.nanmin(pace))))
    plain = np.where(unknown | ~(pace <= SLOWEST), IMPASSABLE, pace).astype(np.float32)
    height = np.zeros((1, 1), np.float32) if terrain is None else np.where(unknown, 0, terrain).astype(np.float32)
    no_codes = np.zeros((0, 0), np.uint32)
    held, loose = codes, no_codes
    if unknown.any():
        held = np.zeros(pace.shape, np.uint32) if codes is None else codes.copy()
        loose = held.copy()
        # roads over unknown ground too
        edges.mark(held, unknown, edges.CLOSED)
        edges.mark(loose, unknown, edges.FREE)
    return Ground(
        here.rows,
        here.cols,
        cell,
        _framed(here, plain, IMPASSABLE),
        _framed(here, np.broadcast_to(height, pace.shape), np.float32(0)),
        np.zeros((0, 0), np.float32)
        if held is None
        else _framed(
            here,
            np.full(pace.shape, IMPASSABLE) if road_pace is None else np.minimum(road_pace, IMPASSABLE),
            IMPASSABLE,
        ),
        no_codes if held is None else _framed(here, held, np.uint32(0)),
        loose if loose.size == 0 else _framed(here, loose, np.uint32(0)),
        unknown[here.top : here.top + here.rows, here.left : here.left + here.cols],
        slope,
        road_slope,
        np.array(limits, np.float32),
        _least(best_pace(plain, road_pace) if here.best is None else here.best, cell, slope, road_slope),
    )


def blocks(ground: Ground) -> tuple[int, int]:
    """How many blocks stand above and beside one another."""
    return -(-ground.rows // BLOCK), -(-ground.cols // BLOCK)


def costs(ground: Ground, *, loose: bool = False) -> NDArray[np.int32]:
    """Every move at once, in 1/1024 s: int32[rows, cols, 16], into the cell from `edges.MOVES`; for tests and looks."""
    down, across = blocks(ground)
    out = np.empty((down * BLOCK, across * BLOCK, 16), np.int32)
    scratch = np.empty(BLOCK * 16 * BLOCK, np.int32)
    codes = ground.loose if loose and ground.loose.size else ground.codes
    for row in range(0, down * BLOCK, BLOCK):
        for col in range(0, across * BLOCK, BLOCK):
            block_moves(*moves_of(ground, codes), row, col, True, np.int32(1), scratch)
            out[row : row + BLOCK, col : col + BLOCK] = scratch.reshape(BLOCK, 16, BLOCK).transpose(0, 2, 1)
    return out[: ground.rows, : ground.cols]


def moves_of(
    ground: Ground, codes: Codes
) -> tuple[Floats, Floats, Floats, Codes, int, float, Lines, Lines, Floats, NDArray[np.int32]]:
    """What `block_moves` is made from, flat."""
    return (
        ground.pace.reshape(-1),
        ground.height.reshape(-1),
        ground.road_pace.reshape(-1),
        codes.reshape(-1),
        ground.pace.shape[1],
        ground.cell,
        ground.slope,
        ground.road_slope,
        ground.limits,
        ground.least,
    )


def _in_cells(grid: Grid, path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres to columns and rows, whole numbers in the middles of cells."""
    x, y = np.asarray(path, np.float64).T
    return np.stack([(x - grid.x0) / grid.cell - 0.5, (grid.y0 - y) / grid.cell - 0.5], axis=1)


def _framed(part: Part, layer: NDArray[Any], beyond: np.generic) -> NDArray[Any]:
    down, across = -(-part.rows // BLOCK) * BLOCK + 2 * HALO, -(-part.cols // BLOCK) * BLOCK + 2 * HALO
    out = np.full((down, across), beyond, type(beyond))
    row, col = HALO - part.top, HALO - part.left
    out[row : row + part.height, col : col + part.width] = layer
    return out


def best_pace(pace: Floats, road_pace: Floats | None) -> float:
    """The best pace (s/m) anywhere on some ground, on its roads too."""
    return float(pace.min()) if road_pace is None else min(float(pace.min()), float(road_pace.min()))


def _least(best: float, cell: float, slope: Lines, road_slope: Lines) -> NDArray[np.int32]:
    """What a straight, a diagonal and a knight's move take at least, anywhere on ground with this best pace."""
    gradients = np.linspace(-2, 2, 4001)
    factor = min(float((table[:, :1] + table[:, 1:] * gradients).max(axis=0).min()) for table in (slope, road_slope))
    lengths = cell * np.sqrt([1.0, 2.0, 5.0])
    return np.minimum(lengths * best * factor * TICKS * 0.999, CLOSED).astype(np.int32)
