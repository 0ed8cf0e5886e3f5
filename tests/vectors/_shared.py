"""Where the vectors of others are: beside the repository, or where TANSIQ_SHARED says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def vectors(name: str) -> Path:
    """The file or folder `name` of the shared vectors; skips the test when it is not there."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    path = Path(os.environ.get("TANSIQ_SHARED", beside)) / "vectors" / name
    if not path.exists():
        pytest.skip(f"vectors not found: {path} (set TANSIQ_SHARED to the shared folder)")
    return path
