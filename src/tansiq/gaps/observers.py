"""Posts as the kernel of sight takes them, and range rings in place of sight where there is no elevation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tansiq.gaps import bits, sight
from tansiq.gaps.bits import WORD
from tansiq.gaps.frame import cells_of
from tansiq.gaps.inputs import Post
from tansiq.gaps.sight import Footprint, Posts
from tansiq.geo.grid import Grid


def observers(grid: Grid, posts: Sequence[Post], ranges: Sequence[int]) -> Posts:
    """Posts as the kernel of sight takes them; all must lie in the frame."""
    rows, cols = cells_of(grid, (post.place for post in posts))
    heights = np.array([post.height_m for post in posts], np.float32)
    return Posts(rows.astype(np.int32), cols.astype(np.int32), heights, np.array(ranges, np.float32))


def rings(grid: Grid, posts: Posts) -> list[Footprint]:
    """All ground in range of each post: what stands in for sight where there is no elevation."""
    radii = sight.radii_of(grid.shape, grid.cell, posts)
    found = []
    for row, col, radius in zip(posts.rows.tolist(), posts.cols.tolist(), radii.tolist(), strict=True):
        row0, row1 = max(0, row - radius), min(grid.rows, row + radius + 1)
        word0, word1 = max(0, col - radius) // WORD, min(grid.cols - 1, col + radius) // WORD + 1
        y, x = (
            np.arange(row0, row1)[:, None] - row,
            np.arange(word0 * WORD, min(word1 * WORD, grid.cols))[None, :] - col,
        )
        found.append(Footprint(row0, word0, bits.pack(y * y + x * x <= radius * radius)))
    return found
