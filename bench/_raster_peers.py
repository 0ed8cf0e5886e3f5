"""The peers of travel time, in a Python environment of their own: each computes the same surface and says how long.

Run as a program by that environment's interpreter: `python _raster_peers.py PEER FOLDER` reads `cost.npy` (s/m) and
`sources.npy` from the folder, writes `PEER.npy` (s) and prints the seconds.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
import venv
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

CELL: Final = 30.0
ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".go" / "peers-reach"
PACKAGES: Final = ("xarray-spatial", "scikit-image", "scikit-fmm")
INSTALL_S: Final = 600.0
RUN_S: Final = 900.0


def install() -> dict[str, str]:
    """The peers that are there or could be installed, and their versions."""
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True, clear=True)
    for package in PACKAGES:
        if package in _versions():
            continue
        print(f"  installing {package} into {VENV.relative_to(ROOT)}", flush=True)
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", package]
        try:
            done = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired:
            print(f"  {package}: pip took longer than {INSTALL_S:.0f} s", flush=True)
            continue
        if done.returncode:
            print(f"  {package} could not be installed: {done.stderr.strip()[-300:]}", flush=True)
    found = _versions()
    return {name: found[name] for name in PACKAGES if name in found}


def _versions() -> dict[str, str]:
    place = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    return {one.name.lower(): one.version for one in distributions(path=[str(place)])}


def run(peer: str, folder: Path) -> float:
    """The seconds of a peer. Raises `RuntimeError` with what it said."""
    command = [str(VENV / "bin" / "python"), str(Path(__file__).resolve()), peer, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_S, check=False)
    if done.returncode:
        raise RuntimeError(f"{peer}: {done.stderr.strip()[-500:]}")
    return float(done.stdout)


def _xarray_spatial(cost: Any, sources: Any) -> Any:
    numpy, xarray, spatial = (importlib.import_module(name) for name in ("numpy", "xarray", "xrspatial"))
    rows, cols = cost.shape
    coords = {"y": numpy.arange(rows) * CELL, "x": numpy.arange(cols) * CELL}
    marks = numpy.zeros(cost.shape)
    marks[sources[:, 0], sources[:, 1]] = 1
    wanted = xarray.DataArray(marks, coords, ("y", "x"))
    friction = xarray.DataArray(cost, coords, ("y", "x"))
    return lambda: spatial.cost_distance(wanted, friction, connectivity=8).data


def _scikit_image(cost: Any, sources: Any) -> Any:
    graph = importlib.import_module("skimage.graph")
    paths = [tuple(one) for one in sources]
    return lambda: graph.MCP_Geometric(cost * CELL, fully_connected=True).find_costs(paths, find_all_ends=True)[0]


def _scikit_fmm(cost: Any, sources: Any) -> Any:
    numpy, fmm = importlib.import_module("numpy"), importlib.import_module("skfmm")
    phi = numpy.ones(cost.shape)
    phi[sources[:, 0], sources[:, 1]] = -1
    speed = 1.0 / cost
    return lambda: numpy.asarray(fmm.travel_time(phi, speed, dx=CELL))


def main() -> None:
    """One peer, timed, after a run on a corner that compiles what it compiles."""
    numpy = importlib.import_module("numpy")
    peer, folder = sys.argv[1], Path(sys.argv[2])
    cost, sources = numpy.load(folder / "cost.npy").astype(float), numpy.load(folder / "sources.npy")
    makers = {"xarray-spatial": _xarray_spatial, "scikit-image": _scikit_image, "scikit-fmm": _scikit_fmm}
    makers[peer](cost[:64, :64].copy(), sources[:1] % 64)()
    compute = makers[peer](cost, sources)
    began = time.perf_counter()
    found = compute()
    print(time.perf_counter() - began)
    numpy.save(folder / f"{peer}.npy", numpy.asarray(found, dtype=numpy.float32))


if __name__ == "__main__":
    main()
