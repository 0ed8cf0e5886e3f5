"""The task runner behind `./go`: sets up what is missing, then does one thing. Standard library only.

What was set up is remembered under `.go/` by the hash of what it was made from, written last, so that an
interrupted set-up is simply done again and a finished one costs next to nothing.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tools import build_web
from tools.build_web import ROOT, alone, digest, is_made, making

VENV: Final = ROOT / ".venv"
BIN: Final = VENV / "bin"
LOCK: Final = ROOT / "requirements.lock"
UV_LOCK: Final = ROOT / "tools" / "uv.lock.txt"
NOT_ROOT: Final = 5
APT_ENV: Final = {"DEBIAN_FRONTEND": "noninteractive"}
APT_WAIT: Final = ("-o", "DPkg::Lock::Timeout=300")
MOST_WORKERS: Final = 4

Command = Sequence[str | Path]


class Stop(Exception):  # noqa: N818 - not an error of the program: something is missing, and it says what
    """Something is missing that this program may not or cannot get."""


def call(command: Command, env: dict[str, str] | None = None, *, quiet: bool = False) -> int:
    """Run a command in the repository's root; where it is quiet, its words are shown only if it fails."""
    pipe, one = (subprocess.PIPE, subprocess.STDOUT) if quiet else (None, None)
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=ROOT, env={**os.environ, **(env or {})}, check=False, stdout=pipe, stderr=one)
    if quiet and done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace")[-8000:])
    return done.returncode


def run(*command: str | Path, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a command; its failure ends the task with its exit code."""
    code = call(command, env, quiet=quiet)
    if code:
        raise SystemExit(code if code > 0 else 128 - code)


def say(text: str) -> None:
    """A line about what is being set up."""
    print(f"go: {text}", file=sys.stderr, flush=True)


# What is set up


def set_up_python() -> None:
    """The virtual environment, exactly as locked, with this project in it."""
    made_from = sys.version + digest([LOCK, UV_LOCK, ROOT / "pyproject.toml"])
    if is_made("python", made_from) and (BIN / "python").exists():
        return
    with alone("python"):
        if is_made("python", made_from) and (BIN / "python").exists():
            return
        say("setting up the virtual environment")
        with making("python", made_from):
            set_up_venv()
            install_locked()


def set_up_venv() -> None:
    """An empty environment with pip, made anew only for another Python or another place: others may be using it."""
    made_from = sys.version + str(ROOT)
    if is_made("venv", made_from) and (BIN / "python").exists():
        return
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        apt("python3-venv")
    with making("venv", made_from):
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)


def install_locked() -> None:
    """What the lock names and nothing else, by uv; by pip, which is slower, where uv finds no packages."""
    pip = (BIN / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q")
    run(*pip, "--require-hashes", "-r", UV_LOCK, quiet=True)
    uv = (BIN / "uv", "pip")
    here = {"VIRTUAL_ENV": str(VENV), "UV_NO_CONFIG": "1"}
    if call((*uv, "sync", "-q", "--require-hashes", LOCK, UV_LOCK), here, quiet=True):
        say("uv did not get the packages (does only pip know your package index?); trying pip")
        run(*pip, "--require-hashes", "-r", LOCK, "-r", UV_LOCK, quiet=True)
    run(*uv, "install", "-q", "--offline", "--no-deps", "--no-build-isolation", "-e", ".", env=here, quiet=True)


@functools.cache
def refresh_apt() -> None:
    """Debian's lists, once a run; where one of several sources fails, the install itself decides."""
    call(("apt-get", *APT_WAIT, "update", "-qq"), APT_ENV, quiet=True)


def apt(*packages: str) -> None:
    """Install Debian packages, where this account may."""
    names = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Stop(f"{names} is missing and only root may install it: sudo apt-get install {names}")
    say(f"installing from Debian: {names}")
    refresh_apt()
    install = ("apt-get", *APT_WAIT, "install", "-y", "-qq", "--no-install-recommends", *packages)
    run(*install, env=APT_ENV, quiet=True)


def set_up_chromium() -> None:
    """Debian's Chromium, for the browser tests and the screenshots."""
    if shutil.which("chromium") is None:
        apt("chromium")


def set_up_spin() -> None:
    """Debian's Spin and C compiler, for the model of the ledger."""
    needed = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if needed:
        apt(*needed, *(("libc6-dev",) if "gcc" in needed else ()))


def set_up_web() -> None:
    """The web app, built where the desk serves it from."""
    if not build_web.is_built():
        say("building the web app")
        run(BIN / "python", "tools/build_web.py", "bundle", quiet=True)


# Tasks


def demo(arguments: Sequence[str]) -> None:
    """Start three nodes with the 2020 scenario and print their addresses."""
    set_up_web()
    os.execv(BIN / "tansiq", ["tansiq", "demo", *arguments])  # noqa: S606 - our own program


def build(_arguments: Sequence[str]) -> None:
    """Build the web app."""
    set_up_web()


def test(arguments: Sequence[str]) -> None:
    """Run all tests, or pytest with the arguments given; pytest's closing line comes last."""
    set_up_web()
    try:
        set_up_chromium()
    except Stop as missing:
        say(f"{missing}. Without it the browser tests fail; all others run")
    try:
        set_up_spin()
    except (Stop, SystemExit) as missing:  # they cost nine tests, and no others
        why = missing if isinstance(missing, Stop) else "Debian has no spin or gcc to install"
        say(f"{why}. Without them the tests of the model are skipped; all others run")
    if not arguments:
        run(BIN / "python", "tools/build_web.py", "test", quiet=True)
    workers = str(min(MOST_WORKERS, os.cpu_count() or 1))
    run(BIN / "python", "-m", "pytest", "-n", workers, *arguments)


def check(_arguments: Sequence[str]) -> None:
    """Check format, lint, types, import contracts, the repository's own rules, the web app's types."""
    python = BIN / "python"
    steps: dict[str, tuple[str | Path, ...]] = {
        "format": (BIN / "ruff", "format", "--check", "--output-format", "concise", "."),
        "lint": (BIN / "ruff", "check", "-q", "--output-format", "concise", "."),
        "contracts": (BIN / "lint-imports", "--config", ".importlinter"),
        "repository": (python, "tools/check_repo.py"),
        "types": (BIN / "mypy",),
        "web": (python, "tools/build_web.py", "check"),
    }
    with ThreadPoolExecutor(max_workers=2) as pool:
        codes = pool.map(lambda name: call(steps[name], quiet=name != "repository"), reversed(steps))
    failed = [name for name, code in zip(reversed(steps), codes, strict=True) if code]
    if failed:
        say(f"check: failed: {', '.join(failed)}")
        raise SystemExit(1)
    print("check: clean")


def bench(arguments: Sequence[str]) -> None:
    """Measure: NAME [--quick] [--json FILE]."""
    run(BIN / "python", "-m", "bench", *arguments, env={"PYTHONPATH": "tests"})


def simulate(arguments: Sequence[str]) -> None:
    """Let simulated nodes live from new seeds: [--seconds N] [--from SEED] [--seed SEED]."""
    run(BIN / "python", "-m", "simulation", *arguments, env={"PYTHONPATH": "tests"})


def model(arguments: Sequence[str]) -> None:
    """Check the model of the ledger with Spin: [--quick] [NAME...]."""
    set_up_spin()
    run(BIN / "python", "-m", "tools.check_model", *arguments)


def network(arguments: Sequence[str]) -> None:
    """Test three nodes on the worst line there is, in network namespaces; needs root and takes minutes."""
    run(BIN / "python", "-m", "pytest", "-s", "tests/network", *arguments, env={"TANSIQ_HARSH_LINE": "1"})


def fuzz(arguments: Sequence[str]) -> None:
    """Fuzz what peers, files and people reach: NAME [--seconds N], or all; alone it says which parsers there are."""
    run(BIN / "python", "-m", "tools.fuzz", *arguments, env={"PYTHONPATH": "tests"})


def shots(arguments: Sequence[str]) -> None:
    """Take screenshots of all desks in all languages into docs/screenshots."""
    set_up_web()
    set_up_chromium()
    run(BIN / "python", "-m", "tools.shots", *arguments, env={"PYTHONPATH": "tests"})


def lock(_arguments: Sequence[str]) -> None:
    """Write the lock files anew from pyproject.toml (docs/decisions/lock-file.md)."""
    options = ("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--universal", "-q")
    uv = (BIN / "uv", "pip", "compile", "--python-version", "3.11", "--upgrade", *options)
    run(*uv, "pyproject.toml", "--group", "dev", "-o", LOCK)
    run(*uv, "tools/uv.in", "-o", UV_LOCK)


TASKS: Final[dict[str, Callable[[Sequence[str]], None]]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "simulate": simulate,
    "model": model,
    "network": network,
    "fuzz": fuzz,
    "build": build,
    "shots": shots,
    "lock": lock,
}


def main(words: Sequence[str]) -> int:
    """Set up, then do the task."""
    if not words or words[0] not in TASKS:
        for name, task in TASKS.items():
            print(f"  ./go {name:<8} {task.__doc__}")
        return 0 if words and words[0] in {"help", "-h", "--help"} else 2
    try:
        set_up_python()
        TASKS[words[0]](words[1:])
    except Stop as missing:
        say(str(missing))
        return NOT_ROOT
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
