"""A node starts without what only an analysis needs."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("rasterio", "pyogrio", "numba", "scipy", "highspy", "rapidfuzz")


@pytest.mark.parametrize("module", ["tansiq.node.server", "tansiq.cli.app", "tansiq.desk.layers"])
def test_starting_does_not_load_rasters_vectors_or_compilers(module: str) -> None:
    script = f"import json, sys, {module}; print(json.dumps(sorted(set(sys.modules) & set({HEAVY!r}))))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert json.loads(done.stdout) == []
