"""Exact sight: a ray to every cell (R3), the measure of the fast kernel and the choice where it must be exact.

The ray crosses the lines between cell middles; at each crossing the terrain is interpolated between the two middles
beside it (Franklin, Ray and Mehta 1994). A hundred times slower than `gaps.sight`, with the same answers in form.
"""

from __future__ import annotations

import numpy as np
from numba import prange
from numpy.typing import NDArray

from tansiq.gaps.bits import WORD, pack
from tansiq.gaps.sight import EARTH_M, REFRACTION, WALL, Footprint, Heights, Posts, radii_of
from tansiq.kernels import njit


def footprints(
    terrain: Heights,
    cell: float,
    posts: Posts,
    *,
    target_m: float,
    refraction: float = REFRACTION,
) -> list[Footprint]:
    """The footprint of every post by rays, after the same rules as `sight.footprints`.

    `terrain` is float32[rows, cols] in metres, NaN where unknown.
    """
    radii = radii_of((terrain.shape[0], terrain.shape[1]), cell, posts)
    voids = np.isnan(terrain)
    walls = np.where(voids, WALL, terrain).astype(np.float64)
    holes = np.where(voids, -WALL, terrain).astype(np.float64)
    coefficient = (1.0 - refraction) * cell * cell / (2.0 * EARTH_M)
    answer = []
    for number, reach in enumerate(radii):
        row, col, radius = int(posts.rows[number]), int(posts.cols[number]), int(reach)
        eye = float(posts.height_m[number])
        first_row, last_row = max(0, row - radius), min(terrain.shape[0], row + radius + 1)
        word0, words = max(0, (col - radius) // WORD), -(-min(terrain.shape[1], col + radius + 1) // WORD)
        seen = _rays(walls, row, col, eye, target_m, coefficient, radius)
        blind = bool(voids[row, col])
        certain = np.zeros_like(seen) if blind else seen & ~voids
        rows, cols = slice(first_row, last_row), slice(word0 * WORD, words * WORD)
        unknown = None
        if voids[rows, max(0, col - radius) : col + radius + 1].any():
            y, x = np.ogrid[: terrain.shape[0], : terrain.shape[1]]
            disc = (y - row) ** 2 + (x - col) ** 2 <= radius * radius
            maybe = disc if blind else (_rays(holes, row, col, eye, target_m, coefficient, radius) | voids) & disc
            unknown = pack((maybe & ~certain)[rows, cols])
        answer.append(Footprint(first_row, word0, pack(certain[rows, cols]), unknown))
    return answer


@njit(cache=True, parallel=True, nogil=True)
def _rays(
    heights: NDArray[np.float64],
    row: int,
    col: int,
    eye_height: float,
    target: float,
    coefficient: float,
    radius: int,
) -> NDArray[np.bool_]:
    rows, cols = heights.shape
    out = np.zeros((rows, cols), np.bool_)
    eye = heights[row, col] + eye_height
    for y in prange(max(0, row - radius), min(rows, row + radius + 1)):
        down = y - row
        for x in range(max(0, col - radius), min(cols, col + radius + 1)):
            right = x - col
            square = down * down + right * right
            if square > radius * radius:
                continue
            steps = max(abs(down), abs(right))
            if steps <= 1:
                out[y, x] = True
                continue
            slope = (heights[y, x] + target - eye - coefficient * square) / steps
            along_y, along_x = down / steps, right / steps
            length = along_y * along_y + along_x * along_x
            free = True
            for step in range(1, steps):
                if abs(right) >= abs(down):
                    at_x = col + step * (1 if right > 0 else -1)
                    crossing = row + along_y * step
                    low = int(np.floor(crossing))
                    part = crossing - low
                    ground = heights[low, at_x]
                    if part > 0.0:
                        ground += (heights[low + 1, at_x] - ground) * part
                else:
                    at_y = row + step * (1 if down > 0 else -1)
                    crossing = col + along_x * step
                    low = int(np.floor(crossing))
                    part = crossing - low
                    ground = heights[at_y, low]
                    if part > 0.0:
                        ground += (heights[at_y, low + 1] - ground) * part
                if (ground - eye - coefficient * step * step * length) / step > slope:
                    free = False
                    break
            out[y, x] = free
    return out
