"""Compiles the engine into its cache, in a process of its own: `python -m tansiq.movements.warm`.

For the same reason as `tansiq.gaps.warm`: a compiler at work holds the interpreter for many seconds at a time. A node
does so after its start; what is compiled and has not changed since is not compiled again.
"""

from __future__ import annotations

import numpy as np

from tansiq.kernels import compiling
from tansiq.movements.approach import Buffer, approach
from tansiq.movements.fences import Fence, Watch
from tansiq.movements.index import Index
from tansiq.movements.volumes import Activity, Area, Corridor, Route, Volume, Window

MODULE = "tansiq.movements.warm"
WINDOW = Window(0, 60_000)
PATH = ((0, 0), (1000, 1000))
VOLUMES: tuple[Volume, ...] = (
    Area(((0, 0), (1000, 0), (0, 1000)), WINDOW),
    Corridor(PATH, 10, WINDOW),
    Route(PATH, (0, 60_000), 10),
)


def ask_everything() -> None:
    """Ask everything once, so that every kernel is called."""
    buffer = Buffer(100, 60)
    index = Index([Activity(f"a/{number}", "a", (volume,)) for number, volume in enumerate(VOLUMES)])
    index.check_and_insert(Activity("b/1", "b", VOLUMES), buffer)
    index.remove("b/1")
    approach(VOLUMES[0], VOLUMES[1], buffer)
    row = np.zeros(1, np.int64)
    Watch([Fence(str(number), one) for number, one in enumerate(VOLUMES) if not isinstance(one, Route)]).take(
        row, row + 10, row + 10, row + 5
    )


def main() -> None:
    """Compile, where that was not done before."""
    with compiling(MODULE) as needed:
        if needed:
            ask_everything()


if __name__ == "__main__":
    main()
