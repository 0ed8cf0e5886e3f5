"""Peers from PyPI in an environment of their own, `.go/peers`: never part of what the product needs."""

from __future__ import annotations

import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
VENV: Final = ROOT / ".go" / "peers"
INSTALL_S: Final = 600.0


def python_with(*packages: str) -> Path:
    """The interpreter of an environment that holds `packages`; installs what is missing.

    Raises `RuntimeError` with what the installer said.
    """
    python = VENV / "bin" / "python"
    missing = [name for name in packages if not version(name)]
    if missing:
        print(f"  installing {' '.join(missing)} into .go/peers", flush=True)
        if not python.exists():
            venv.create(VENV, with_pip=True)
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q", *missing]
        try:
            done = subprocess.run(pip, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f"pip took longer than {INSTALL_S:.0f} s") from error
        if done.returncode:
            raise RuntimeError(f"pip could not install {' '.join(missing)}: {done.stderr.strip()[-500:]}")
    return python


def version(package: str) -> str:
    """The version of a package that is installed there, or nothing."""
    place = VENV / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    found = {one.name.lower(): one.version for one in distributions(path=[str(place)])}
    return found.get(package.lower(), "")
