"""The compiler of kernels, and where it keeps what it compiled.

numba keeps machine code by the text of the file in which a function stands, and does not look at the files of those
that it calls: after a change to one of them the old code would run on. So what is compiled of a module is kept in a
folder that is named after the text of the module and of everything of ours that it imports, however far. A change
anywhere below makes another folder; what lies in the old one is deleted in time.

The folders lie beside the program where it may write there, else where the user's programs keep such things;
`NUMBA_CACHE_DIR` stands for both.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

PACKAGE: Final = Path(__file__).resolve().parent
KEPT: Final = 3
"""Folders of one module that stay: other processes may run a version that is older, or newer."""

_IMPORT: Final = re.compile(r"^from (tansiq[\w.]*) import (\([^)]*\)|[^\n]*)|^import (tansiq[\w.]*)", re.MULTILINE)
STAMP: Final = "compiled"
_deciding: Final = threading.Lock()


def njit(**options: Any) -> Callable[[Function], Function]:
    """`numba.njit`, whose compiled code is kept for as long as nothing of ours that the function may call changes."""

    def compiled(function: Function) -> Function:
        import numba  # noqa: PLC0415 - a second of processor time, only where something is compiled

        settings: Any = numba.config  # numba's settings carry no types
        with _deciding:
            before = settings.CACHE_DIR
            settings.CACHE_DIR = str(folder_of(function.__module__) or before)
            try:
                return cast("Function", numba.njit(**options)(function))
            finally:
                settings.CACHE_DIR = before

    return compiled


@cache
def folder_of(module: str) -> Path | None:
    """Where what is compiled of a module is kept; None where nothing of ours can be written: then numba decides."""
    name = f"{module}-{digest_of(module)[:16]}"
    for root in _roots():
        folder = root / name
        with suppress(OSError):
            fresh = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                if fresh:
                    _let_go(root, module)
                return folder
    return None


def is_compiled(module: str) -> bool:
    """Whether all of a module and what it imports was compiled before, as it is now, and is kept."""
    folder = folder_of(module)
    return folder is not None and (folder / STAMP).exists()


@contextmanager
def compiling(module: str) -> Iterator[bool]:
    """Compile all of a module and what it imports, one process at a time; False where that was done meanwhile."""
    folder = folder_of(module)
    if folder is None:
        yield True
        return
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not (folder / STAMP).exists()
        (folder / STAMP).touch()


def _roots() -> list[Path]:
    if "NUMBA_CACHE_DIR" in os.environ:
        return [Path(os.environ["NUMBA_CACHE_DIR"])]
    found = [PACKAGE / "__pycache__" / "kernels"]
    with suppress(RuntimeError):
        cached = os.environ.get("XDG_CACHE_HOME")
        found.append((Path(cached) if cached else Path.home() / ".cache") / "tansiq" / "kernels")
    return found


def _let_go(root: Path, module: str) -> None:
    """Delete all but the newest folders of a module."""
    of_module = [one for one in root.glob(f"{module}-*") if one.name.rpartition("-")[0] == module]
    for one in sorted(of_module, key=_when, reverse=True)[KEPT:]:
        shutil.rmtree(one, ignore_errors=True)


def _when(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def digest_of(module: str) -> str:
    """SHA-256 (hex) of the text of a module and of all modules of this package that it imports, however far."""
    total = hashlib.sha256()
    for name in sorted(_below(module)):
        total.update(name.encode() + b"\0" + _text(name).encode() + b"\0")
    return total.hexdigest()


def _below(module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _file(name) is not None:
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _imports(module: str) -> list[str]:
    """What a module imports of this package when it is loaded. A name out of a package may be a module of it."""
    found: list[str] = []
    for source, names, whole in _IMPORT.findall(_text(module)):
        base = source or whole
        found.append(base)
        found += [f"{base}.{name.split()[0]}" for name in re.sub(r"#[^\n]*|[()]", "", names).split(",") if name.strip()]
    return found


@cache
def _text(module: str) -> str:
    file = _file(module)
    return "" if file is None else file.read_text(encoding="utf-8")


def _file(module: str) -> Path | None:
    path = PACKAGE.joinpath(*module.split(".")[1:])
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        if file.is_file():
            return file
    return None
