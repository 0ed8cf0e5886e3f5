"""Run by the interpreter of `.go/peers`: xarray-spatial's viewshed of a few posts, each on its own window.

FOLDER RADIUS CELL EYE TARGET CURVATURE: reads ground.npy and posts.npy, writes seen.npy and times.npy. The function
knows no curvature, so the ground is lowered by it before; that is not counted. Times are of the processor (s).
"""

import sys
import time
from pathlib import Path

import numpy as np

EARTH_M = 6_371_000.0


def main() -> None:
    """All posts of the folder."""
    import xarray  # type: ignore[import-not-found]  # noqa: PLC0415 - only in the environment of the peers
    from xrspatial import viewshed  # type: ignore[import-not-found]  # noqa: PLC0415 - likewise

    folder, radius = Path(sys.argv[1]), int(sys.argv[2])
    cell, eye, target, curvature = (float(value) for value in sys.argv[3:7])
    ground, posts = np.load(folder / "ground.npy"), np.load(folder / "posts.npy")
    away = (np.arange(2 * radius + 1) - radius) * cell
    fall = curvature * (away[:, None] ** 2 + away[None, :] ** 2) / (2 * EARTH_M)
    times, seen = [], []
    for number, (row, col) in enumerate(posts.T):
        part = ground[row - radius : row + radius + 1, col - radius : col + radius + 1] - fall
        raster = xarray.DataArray(part, dims=("y", "x"), coords={"y": -away, "x": away})
        for _ in range(2 if number == 0 else 1):
            began = time.process_time()
            found = viewshed(raster, x=0.0, y=0.0, observer_elev=eye, target_elev=target)
            took = time.process_time() - began
        times.append(took)
        seen.append(found.values > -1)
    np.save(folder / "times.npy", np.array(times))
    np.save(folder / "seen.npy", np.array(seen))


if __name__ == "__main__":
    main()
