"""The ground of the demo: synthetic, marked as such, for nodes to which nobody has given a layer of their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tansiq.geo import layers, synthetic

STEP: Final = 6
"""Seconds of arc between heights, about 170 m: the synthetic hills are wider than that."""


def lay(folders: Sequence[Path], at: int) -> int:
    """Give synthetic layers to every node folder that has none, stamped `at` (ms); answers to how many."""
    bare = [folder for folder in folders if not layers.listing(layers.folder(folder))]
    if not bare:
        return 0
    made = synthetic.add(layers.folder(bare[0]), None, STEP, at)
    for folder in bare[1:]:
        for one in made:
            shutil.copytree(one.path.parent, layers.folder(folder) / one.manifest.digest)
    return len(bare)
