"""Lines on the ground and the moves between cells that they change: barriers close, roads and bridges open.

A move is the straight line between the middles of two cells, to the eight neighbours or a knight's move away. A barrier
closes every move that it touches, straight, diagonal or knight's. A road speeds the moves along it and no others, so
nobody drives at road speed beside it; a bridge is a road that barriers do not close.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tansiq.kernels import njit

MOVES: Final = np.array(
    [
        *((-1, 0), (-1, -1), (-1, 1), (-2, -1), (-2, 1), (-1, -2), (-1, 2), (0, -1)),
        *((1, 0), (1, -1), (1, 1), (2, -1), (2, 1), (1, -2), (1, 2), (0, 1)),
    ],
    np.int64,
)
"""Where a cell is entered from: row and column of the other cell against its own; from above, then from below."""

OPPOSITE: Final = np.array([8, 10, 9, 12, 11, 14, 13, 15, 0, 2, 1, 4, 3, 6, 5, 7], np.int64)
"""The same move the other way."""

CLOSED: Final = 1
ROAD: Final = 2
FREE: Final = 3
"""What a move is besides plain, two bits for each of the sixteen: FREE is the least that a move can take."""

HAIR: Final = 1e-9
"""In cells: less than any survey."""

Codes = NDArray[np.uint32]
Path = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _set(codes: Codes, row: int, col: int, move: int, code: int) -> None:
    """One move of one cell, both ways; nothing where it leads out of the frame."""
    other_row, other_col = row + MOVES[move, 0], col + MOVES[move, 1]
    rows, cols = codes.shape
    if not (0 <= row < rows and 0 <= col < cols and 0 <= other_row < rows and 0 <= other_col < cols):
        return
    keep = np.uint32(3) << np.uint32(2 * move)
    codes[row, col] = (codes[row, col] & ~keep) | (np.uint32(code) << np.uint32(2 * move))
    back = OPPOSITE[move]
    keep = np.uint32(3) << np.uint32(2 * back)
    codes[other_row, other_col] = (codes[other_row, other_col] & ~keep) | (np.uint32(code) << np.uint32(2 * back))


@njit(cache=True, nogil=True)
def _side(ax: float, ay: float, bx: float, by: float, x: float, y: float) -> float:
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax)


@njit(cache=True, nogil=True)
def _touch(ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float) -> bool:
    """Whether two segments meet, ends included; a hair apart counts as meeting: rounding opens no wall."""
    if max(ax, bx) < min(cx, dx) - HAIR or max(cx, dx) < min(ax, bx) - HAIR:
        return False
    if max(ay, by) < min(cy, dy) - HAIR or max(cy, dy) < min(ay, by) - HAIR:
        return False
    one, other = _side(ax, ay, bx, by, cx, cy), _side(ax, ay, bx, by, dx, dy)
    if min(one, other) > HAIR or max(one, other) < -HAIR:
        return False
    one, other = _side(cx, cy, dx, dy, ax, ay), _side(cx, cy, dx, dy, bx, by)
    return min(one, other) <= HAIR and max(one, other) >= -HAIR


@njit(cache=True, nogil=True)
def close(codes: Codes, path: Path, row0: int = 0, col0: int = 0) -> None:
    """Close every move that a line touches. `path`: float64[n, 2], column and row in cells, cell (r, c) at (c, r).

    `codes` may be a part of the frame that begins at (row0, col0): it gets the bits that the whole would get.
    """
    rows, cols = codes.shape
    for step in range(len(path) - 1):
        ax, ay, bx, by = path[step, 0], path[step, 1], path[step + 1, 0], path[step + 1, 1]
        top = max(row0, int(np.ceil(min(ay, by))) - 3)
        bottom = min(row0 + rows - 1, int(np.floor(max(ay, by))) + 3)
        for row in range(top, bottom + 1):
            # the part of the segment that moves of this row can reach
            first, last = 0.0, 1.0
            if by != ay:
                one, other = (row - 2.0 - ay) / (by - ay), (row + 2.0 - ay) / (by - ay)
                first, last = max(0.0, min(one, other)), min(1.0, max(one, other))
                if first > last:
                    continue
            left, right = ax + (bx - ax) * first, ax + (bx - ax) * last
            if left > right:
                left, right = right, left
            first_col, last_col = max(col0, int(np.floor(left)) - 3), min(col0 + cols - 1, int(np.ceil(right)) + 3)
            for col in range(first_col, last_col + 1):
                for move in range(8):
                    x, y = float(col + MOVES[move, 1]), float(row + MOVES[move, 0])
                    if _touch(float(col), float(row), x, y, ax, ay, bx, by):
                        _set(codes, row - row0, col - col0, move, CLOSED)


@njit(cache=True, nogil=True)
def _cells_along(path: Path, found: NDArray[np.int64]) -> int:
    """The cells along a line, neighbours by a side or a corner, into `found`; how many."""
    count = 0
    for step in range(len(path) - 1):
        ax, ay, bx, by = path[step, 0] + 0.5, path[step, 1] + 0.5, path[step + 1, 0] + 0.5, path[step + 1, 1] + 0.5
        col, row = int(np.floor(ax)), int(np.floor(ay))
        last_col, last_row = int(np.floor(bx)), int(np.floor(by))
        right, down = (1 if bx > ax else -1), (1 if by > ay else -1)
        every_x = abs(1.0 / (bx - ax)) if bx != ax else np.inf
        every_y = abs(1.0 / (by - ay)) if by != ay else np.inf
        next_x = ((col + 1 - ax) if right > 0 else (ax - col)) * every_x if bx != ax else np.inf
        next_y = ((row + 1 - ay) if down > 0 else (ay - row)) * every_y if by != ay else np.inf
        for turn in range(abs(last_col - col) + abs(last_row - row) + 1):
            if turn:
                if (next_x <= next_y and col != last_col) or row == last_row:
                    next_x += every_x
                    col += right
                else:
                    next_y += every_y
                    row += down
            if count and found[count - 1, 0] == row and found[count - 1, 1] == col:
                continue
            # a corner that can be cut is no part of the way
            if count > 1 and abs(found[count - 2, 0] - row) == 1 and abs(found[count - 2, 1] - col) == 1:
                count -= 1
            found[count, 0], found[count, 1] = row, col
            count += 1
    return count


@njit(cache=True, nogil=True)
def _move_between(down: int, right: int) -> int:
    for move in range(16):
        if MOVES[move, 0] == down and MOVES[move, 1] == right:
            return move
    return -1


@njit(cache=True, nogil=True)
def _code(codes: Codes, row: int, col: int, move: int) -> int:
    return int((codes[row, col] >> np.uint32(2 * move)) & np.uint32(3))


@njit(cache=True, nogil=True)
def lay(
    codes: Codes, road_pace: NDArray[np.float32], path: Path, pace: float, over: bool, row0: int = 0, col0: int = 0
) -> None:
    """Lay a road along a line: its moves become ROAD, its cells take `pace` (s/m) where no faster road is.

    `road_pace` is float32[rows, cols], inf without a road. Closed moves stay closed, unless `over` (a bridge). Both may
    be a part of the frame that begins at (row0, col0), as in `close`; the line is always walked from its beginning.
    """
    rows, cols = codes.shape
    most = 2
    for step in range(len(path) - 1):
        most += int(abs(path[step + 1, 0] - path[step, 0]) + abs(path[step + 1, 1] - path[step, 1])) + 4
    found = np.empty((most, 2), np.int64)
    count = _cells_along(path, found)
    for number in range(count):
        row, col = found[number, 0] - row0, found[number, 1] - col0
        if not (0 <= row < rows and 0 <= col < cols):
            continue
        road_pace[row, col] = min(road_pace[row, col], np.float32(pace))
        # to the cell before, and by a knight's move to the one before that; two straight steps are two moves
        for back in (1, 2):
            if number < back:
                continue
            before_row, before_col = found[number - back, 0] - row0, found[number - back, 1] - col0
            if not (0 <= before_row < rows and 0 <= before_col < cols):
                break
            move = _move_between(before_row - row, before_col - col)
            if move >= 0 and (over or _code(codes, row, col, move) != CLOSED):
                _set(codes, row, col, move, ROAD)


@njit(cache=True, nogil=True)
def mark(codes: Codes, unknown: NDArray[np.bool_], code: int) -> None:
    """Give every move that begins, ends or passes in an unknown cell this code, whatever it was."""
    rows, cols = codes.shape
    for row in range(rows):
        for col in range(cols):
            if not unknown[row, col]:
                continue
            for y in range(max(0, row - 2), min(rows, row + 3)):
                for x in range(max(0, col - 2), min(cols, col + 3)):
                    for move in range(16):
                        if _passes(y, x, y + MOVES[move, 0], x + MOVES[move, 1], row, col):
                            _set(codes, y, x, move, code)


@njit(cache=True, nogil=True)
def _passes(row: int, col: int, to_row: int, to_col: int, at_row: int, at_col: int) -> bool:
    """Whether a move touches a cell: its ends, those that a knight's move crosses, those that a diagonal grazes."""
    if (at_row == row and at_col == col) or (at_row == to_row and at_col == to_col):
        return True
    down, right = to_row - row, to_col - col
    if abs(down) == 1 and abs(right) == 1:
        return (at_row == row and at_col == to_col) or (at_row == to_row and at_col == col)
    if abs(down) == 2 and abs(right) == 1:
        return at_row == row + down // 2 and (at_col in (col, to_col))
    if abs(down) == 1 and abs(right) == 2:
        return at_col == col + right // 2 and (at_row in (row, to_row))
    return False
