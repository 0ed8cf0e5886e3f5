"""The kernels of reach: what the moves of a block take, and the sweeps that settle it.

All in one file, because a compiled kernel is kept by the date of its own file and not by those of what it calls.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tansiq.gaps import edges
from tansiq.gaps.edges import Codes
from tansiq.gaps.mobility import Lines
from tansiq.kernels import njit

BLOCK: Final = 64
"""Side of a block (cells): its times and moves together fit a core's own cache."""

HALO: Final = 2
"""How far a knight's move reaches over the edge of a block."""

TICKS: Final = 1024
"""Times are whole numbers of 1/1024 s: the same on every machine, whatever order they are added in."""

CLOSED: Final = np.float32(1e9)
"""A move that nobody makes; more than any cut-off, and with it still within 31 bits."""

IMPASSABLE: Final = np.float32(1e12)
PASSABLE: Final = np.float32(1e11)

Floats = NDArray[np.float32]
Whole = NDArray[Any]


@njit(cache=True, nogil=True)
def _near(
    pace: Floats,
    height: Floats,
    at: int,
    step: int,
    one: int,
    other: int,
    length: np.float32,
    inverse: np.float32,
    slope: Lines,
    limits: Floats,
    scale: Any,
    out: NDArray[np.int32],
) -> None:
    """A row of moves between neighbours; `one` and `other` are grazed (a straight move grazes its own two ends)."""
    p0, p1 = pace[at : at + BLOCK], pace[at + step : at + step + BLOCK]
    g0, g1 = pace[at + one : at + one + BLOCK], pace[at + other : at + other + BLOCK]
    h0, h1 = height[at : at + BLOCK], height[at + step : at + step + BLOCK]
    kind = out.dtype.type
    climb, descent = limits[0], -limits[1]
    a0, a1, a2, a3, a4 = slope[0, 0], slope[1, 0], slope[2, 0], slope[3, 0], slope[4, 0]
    b0, b1, b2, b3, b4 = slope[0, 1], slope[1, 1], slope[2, 1], slope[3, 1], slope[4, 1]
    for c in range(BLOCK):
        s = (h0[c] - h1[c]) * inverse
        f = max(a0 + b0 * s, a1 + b1 * s, a2 + b2 * s, a3 + b3 * s, a4 + b4 * s)
        took = (p0[c] + p1[c]) * length * f
        took = CLOSED if s > climb else took
        took = CLOSED if s < descent else took
        took = CLOSED if g0[c] + g1[c] > PASSABLE else took
        took = took if took < CLOSED else CLOSED
        out[c] = kind(np.int32(took + np.float32(0.5))) * kind(scale)


@njit(cache=True, nogil=True)
def _knight(
    pace: Floats,
    height: Floats,
    at: int,
    step: int,
    one: int,
    other: int,
    length: np.float32,
    inverse: np.float32,
    slope: Lines,
    limits: Floats,
    scale: Any,
    out: NDArray[np.int32],
) -> None:
    """A row of knight's moves, which pass through `one` and `other`."""
    p0, p1 = pace[at : at + BLOCK], pace[at + step : at + step + BLOCK]
    p2, p3 = pace[at + one : at + one + BLOCK], pace[at + other : at + other + BLOCK]
    h0, h1 = height[at : at + BLOCK], height[at + step : at + step + BLOCK]
    h2, h3 = height[at + one : at + one + BLOCK], height[at + other : at + other + BLOCK]
    kind = out.dtype.type
    climb, descent = limits[0], -limits[1]
    a0, a1, a2, a3, a4 = slope[0, 0], slope[1, 0], slope[2, 0], slope[3, 0], slope[4, 0]
    b0, b1, b2, b3, b4 = slope[0, 1], slope[1, 1], slope[2, 1], slope[3, 1], slope[4, 1]
    for c in range(BLOCK):
        s = (h0[c] - h1[c]) * inverse
        f = max(a0 + b0 * s, a1 + b1 * s, a2 + b2 * s, a3 + b3 * s, a4 + b4 * s)
        # ends first: the same sum whichever way the ground is turned
        took = ((p0[c] + p1[c]) + (p2[c] + p3[c])) * length * f
        # both halves, or a cliff would be climbed at the gradient of the whole
        middle = (h2[c] + h3[c]) * np.float32(0.5)
        upper, lower = (h0[c] - middle) * (inverse + inverse), (middle - h1[c]) * (inverse + inverse)
        took = CLOSED if max(upper, lower) > climb else took
        took = CLOSED if min(upper, lower) < descent else took
        took = took if took < CLOSED else CLOSED
        out[c] = kind(np.int32(took + np.float32(0.5))) * kind(scale)


@njit(cache=True, nogil=True)
def _special(
    height: Floats,
    road_pace: Floats,
    codes: Codes,
    at: int,
    stride: int,
    cell: float,
    road_slope: Lines,
    least: NDArray[np.int32],
    scale: Any,
    out: NDArray[np.int32],
) -> None:
    """Closed, road and free moves of a row."""
    for c in range(BLOCK):
        code = codes[at + c]
        if code == 0:
            continue
        for move in range(16):
            what = (code >> np.uint32(2 * move)) & np.uint32(3)
            if what == 0:
                continue
            down, right = edges.MOVES[move, 0], edges.MOVES[move, 1]
            square = down * down + right * right
            value = np.int64(CLOSED)
            if what == edges.FREE:
                value = np.int64(least[0 if square == 1 else 1 if square == 2 else 2])
            elif what == edges.ROAD:
                other = at + c + down * stride + right
                length = cell * np.sqrt(float(square))
                s = np.float32((height[at + c] - height[other]) / length)
                f = road_slope[0, 0] + road_slope[0, 1] * s
                for line in range(1, 5):
                    f = max(f, road_slope[line, 0] + road_slope[line, 1] * s)
                took = (road_pace[at + c] + road_pace[other]) * np.float32(length * (TICKS / 2)) * f
                value = np.int64(min(took, CLOSED) + np.float32(0.5))
            out[move * BLOCK + c] = value * scale


@njit(cache=True, nogil=True)
def block_moves(
    pace: Floats,
    height: Floats,
    road_pace: Floats,
    codes: Codes,
    stride: int,
    cell: float,
    slope: Lines,
    road_slope: Lines,
    limits: Floats,
    least: NDArray[np.int32],
    row: int,
    col: int,
    knights: bool,
    scale: Any,
    out: NDArray[np.int32],
) -> None:
    """The moves into every cell of the block at (row, col), times `scale`: [row, move, column], flat.

    Without `knights` the knight's moves are left as they were.
    """
    straight, diagonal = np.float32(cell * (TICKS / 2)), np.float32(cell * (TICKS / 2) * np.sqrt(2.0))
    knight = np.float32(cell * (TICKS / 4) * np.sqrt(5.0))
    i1 = np.float32(1.0 / cell)
    i2, i5 = np.float32(1.0 / (cell * np.sqrt(2.0))), np.float32(1.0 / (cell * np.sqrt(5.0)))
    n = BLOCK
    for line in range(BLOCK):
        at = (row + line + HALO) * stride + col + HALO
        for side in range(2):
            u = -stride if side == 0 else stride
            o = out[(line * 16 + side * 8) * n : (line * 16 + side * 8 + 8) * n]
            _near(pace, height, at, u, 0, u, straight, i1, slope, limits, scale, o[:n])
            _near(pace, height, at, u - 1, u, -1, diagonal, i2, slope, limits, scale, o[n : 2 * n])
            _near(pace, height, at, u + 1, u, 1, diagonal, i2, slope, limits, scale, o[2 * n : 3 * n])
            if knights:
                _knight(pace, height, at, 2 * u - 1, u, u - 1, knight, i5, slope, limits, scale, o[3 * n : 4 * n])
                _knight(pace, height, at, 2 * u + 1, u, u + 1, knight, i5, slope, limits, scale, o[4 * n : 5 * n])
                _knight(pace, height, at, u - 2, -1, u - 1, knight, i5, slope, limits, scale, o[5 * n : 6 * n])
                _knight(pace, height, at, u + 2, 1, u + 1, knight, i5, slope, limits, scale, o[6 * n : 7 * n])
            aside = -1 if side == 0 else 1
            _near(pace, height, at, aside, 0, aside, straight, i1, slope, limits, scale, o[7 * n : 8 * n])
        if codes.size:
            part = out[line * 16 * n : (line + 1) * 16 * n]
            _special(height, road_pace, codes, at, stride, cell, road_slope, least, scale, part)


@njit(cache=True, nogil=True)
def _step(times: Whole, at: int, u: int, moves: Whole, knights: bool, best: Whole) -> bool:
    """Relax a row from the one or two rows beside it; whether any time fell."""
    kind = best.dtype.type
    n = BLOCK
    own = times[at : at + n]
    x0, x1, x2 = times[at + u : at + u + n], times[at + u - 1 : at + u - 1 + n], times[at + u + 1 : at + u + 1 + n]
    w0, w1, w2 = moves[:n], moves[n : 2 * n], moves[2 * n : 3 * n]
    fell = kind(0)
    if knights:
        far = at + 2 * u
        x3, x4 = times[far - 1 : far - 1 + n], times[far + 1 : far + 1 + n]
        x5, x6 = times[at + u - 2 : at + u - 2 + n], times[at + u + 2 : at + u + 2 + n]
        w3, w4, w5, w6 = moves[3 * n : 4 * n], moves[4 * n : 5 * n], moves[5 * n : 6 * n], moves[6 * n : 7 * n]
        for c in range(n):
            b = min(own[c], kind(x0[c] + w0[c]), kind(x1[c] + w1[c]), kind(x2[c] + w2[c]))
            far_ones = min(kind(x3[c] + w3[c]), kind(x4[c] + w4[c]), kind(x5[c] + w5[c]), kind(x6[c] + w6[c]))
            b = min(b, far_ones)
            best[c] = b
            fell |= b ^ own[c]
    else:
        for c in range(n):
            b = min(own[c], kind(x0[c] + w0[c]), kind(x1[c] + w1[c]), kind(x2[c] + w2[c]))
            best[c] = b
            fell |= b ^ own[c]
    return bool(fell != 0)


@njit(cache=True, nogil=True)
def _along(times: Whole, at: int, from_left: Whole, from_right: Whole, best: Whole) -> bool:
    """Relax a row along itself, rightward and leftward, and store it; whether any time fell."""
    kind = best.dtype.type
    own = times[at : at + BLOCK]
    last = times[at - 1]
    for c in range(BLOCK):
        last = min(best[c], kind(last + from_left[c]))
        best[c] = last
    last = times[at + BLOCK]
    for c in range(BLOCK - 1, -1, -1):
        last = min(best[c], kind(last + from_right[c]))
        best[c] = last
    fell = kind(0)
    for c in range(BLOCK):
        fell |= best[c] ^ own[c]
        own[c] = best[c]
    return bool(fell != 0)


@njit(cache=True, nogil=True)
def _sweep(
    times: Whole,
    stride: int,
    base: int,
    moves: Whole,
    knights: bool,
    best: Whole,
    todo: NDArray[np.uint8],
) -> None:
    """Sweep a block up and down until no time falls. Rows are looked at only after one of the two beside them changed.

    `todo` is uint8[2, BLOCK]: rows that a downward and an upward pass still have to look at.
    """
    n = BLOCK
    todo[:] = 1
    first = True
    while True:
        for side in range(2):
            u = -stride if side == 0 else stride
            for step in range(n):
                row = step if side == 0 else n - 1 - step
                if not todo[side, row]:
                    continue
                todo[side, row] = 0
                at = base + row * stride
                part = moves[row * 16 * n : (row + 1) * 16 * n]
                fell = _step(times, at, u, part[side * 8 * n :], knights, best)
                if not (fell or first):
                    continue
                if _along(times, at, part[7 * n : 8 * n], part[15 * n :], best):
                    for away in (1, 2):
                        if row >= away:
                            todo[1, row - away] = 1
                        if row + away < n:
                            todo[0, row + away] = 1
            first = False
        if not todo.any():
            break


@njit(cache=True, nogil=True)
def _remember(times: Whole, stride: int, base: int, rim: Whole) -> None:
    """The two outer rows and columns of a block on every side."""
    place = 0
    for row in (0, 1, BLOCK - 2, BLOCK - 1):
        for col in range(BLOCK):
            rim[place] = times[base + row * stride + col]
            place += 1
    for col in (0, 1, BLOCK - 2, BLOCK - 1):
        for row in range(BLOCK):
            rim[place] = times[base + row * stride + col]
            place += 1


@njit(cache=True, nogil=True)
def _call(rim: Whole, now: Whole, earliest: Whole) -> None:
    """Of what fell on the rim, the earliest time towards each of the eight neighbours."""
    earliest[:] = np.iinfo(earliest.dtype).max
    place = 0
    for row in (0, 0, 2, 2):
        for col in range(BLOCK):
            if now[place] < rim[place]:
                aside = 0 if col < HALO else 2 if col >= BLOCK - HALO else 1
                earliest[row, 1] = min(earliest[row, 1], now[place])
                if aside != 1:
                    earliest[row, aside] = min(earliest[row, aside], now[place])
            place += 1
    for aside in (0, 0, 2, 2):
        for _ in range(BLOCK):
            if now[place] < rim[place]:
                earliest[1, aside] = min(earliest[1, aside], now[place])
            place += 1


@njit(cache=True, nogil=True)
def _moves_from(m: Any, row: int, col: int, knights: bool, scale: Any, moves: Whole) -> None:
    block_moves(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9], row, col, knights, scale, moves)


@njit(cache=True, nogil=True)
def settle(times: Whole, news: Whole, made_of: Any, knights: bool, scale: Any) -> None:
    """Sweep the block with the earliest news until there is none.

    `news`: for every block the earliest time that changed at its edge since it was swept.
    """
    never = np.iinfo(news.dtype).max
    stride = made_of[4]
    moves = np.empty(BLOCK * 16 * BLOCK, times.dtype)
    best = np.empty(BLOCK, times.dtype)
    rim, now = np.empty(8 * BLOCK, times.dtype), np.empty(8 * BLOCK, times.dtype)
    todo = np.zeros((2, BLOCK), np.uint8)
    earliest = np.empty((3, 3), times.dtype)
    down, across = news.shape
    of_row = np.empty(down, times.dtype)
    for row in range(down):
        of_row[row] = news[row].min()
    while True:
        block_row = int(np.argmin(of_row))
        if of_row[block_row] == never:
            return
        block_col = int(np.argmin(news[block_row]))
        news[block_row, block_col] = never
        of_row[block_row] = news[block_row].min()
        row, col = block_row * BLOCK, block_col * BLOCK
        base = (row + HALO) * stride + col + HALO
        _moves_from(made_of, row, col, knights, scale, moves)
        _remember(times, stride, base, rim)
        _sweep(times, stride, base, moves, knights, best, todo)
        _remember(times, stride, base, now)
        _call(rim, now, earliest)
        for y in range(max(0, block_row - 1), min(down, block_row + 2)):
            for x in range(max(0, block_col - 1), min(across, block_col + 2)):
                when = earliest[y - block_row + 1, x - block_col + 1]
                if when < news[y, x]:
                    news[y, x] = when
                    of_row[y] = min(of_row[y], when)
