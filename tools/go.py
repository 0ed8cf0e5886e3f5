"""The task runner behind `./go`: sets up what is missing, then does one thing. Standard library only.

What was set up is remembered under `.go/` by the hash of what it was made from, written last, so that an
interrupted set-up is simply done again and a finished one costs next to nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
STATE: Final = ROOT / ".go"
VENV: Final = ROOT / ".venv"
BIN: Final = VENV / "bin"
WEB: Final = ROOT / "web"
LOCKS: Final = (ROOT / "requirements.lock", ROOT / "tools" / "uv.lock.txt")
PATIENT: Final = {"DEBIAN_FRONTEND": "noninteractive"}


class Stop(Exception):  # noqa: N818 - not an error of the program: something is missing, and it says what
    """Something is missing that this program may not or cannot get."""


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None, quiet: bool = False) -> None:
    """Run a command; its failure ends the task with its exit code."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env={**os.environ, **(env or {})}, check=False, stdout=subprocess.PIPE if quiet else None
    )
    if done.returncode:
        if quiet and done.stdout:
            sys.stderr.write(done.stdout.decode("utf-8", "replace")[-8000:])
        raise SystemExit(done.returncode if done.returncode > 0 else 1)


def say(text: str) -> None:
    """A line about what is being set up."""
    print(f"go: {text}", file=sys.stderr, flush=True)


def digest(files: Iterable[Path]) -> str:
    """One hash of the names and bytes of files."""
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(files):
        total.update(f"{path.relative_to(ROOT)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@contextmanager
def once(name: str, made_from: str, there: Path) -> Iterator[bool]:
    """Whether a step has to be done: it is remembered when the block ends without an error."""
    stamp = STATE / name
    if there.exists() and stamp.exists() and stamp.read_text() == made_from:
        yield False
        return
    stamp.unlink(missing_ok=True)
    yield True
    stamp.write_text(made_from)


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time: a second one waits for the first."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def set_up_python() -> None:
    """The virtual environment, exactly as locked, with this project in it."""
    with once("python", digest([*LOCKS, ROOT / "pyproject.toml"]), BIN / "tansiq") as needed:
        if not needed:
            return
        say("setting up the virtual environment")
        make_venv()
        pip = (BIN / "python", "-m", "pip", "--disable-pip-version-check")
        run(*pip, "install", "-q", "--require-hashes", "-r", LOCKS[1], quiet=True)
        target = {"VIRTUAL_ENV": str(VENV)}
        run(BIN / "uv", "pip", "sync", "-q", "--require-hashes", *LOCKS, env=target, quiet=True)
        run(BIN / "uv", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "-e", ".", env=target, quiet=True)


def make_venv() -> None:
    """An empty environment with pip; Debian keeps what that needs in a package of its own."""
    try:
        import ensurepip  # noqa: F401, PLC0415 - only to see whether it is there
    except ImportError:
        apt("python3-venv")
    shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, with_pip=True)


def apt(*packages: str) -> None:
    """Install Debian packages, where this account may."""
    names = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Stop(f"missing: {names}. As root: apt-get install {names}")
    say(f"installing Debian packages: {names}")
    run("apt-get", "update", "-qq", env=PATIENT, quiet=True)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=PATIENT, quiet=True)


def set_up_chromium() -> None:
    """Debian's Chromium, for the browser tests and the screenshots."""
    if shutil.which("chromium") is None:
        apt("chromium")


def set_up_web() -> None:
    """The web app, built where the desk serves it from."""
    skip = {"node_modules", "base"}
    files = [
        path for path in WEB.rglob("*") if path.is_file() and not skip.intersection(path.relative_to(WEB).parts[:-1])
    ]
    built = ROOT / "src" / "tansiq" / "desk" / "web" / "index.html"
    with once("web", digest([*files, ROOT / "tools" / "build_web.py"]), built) as needed:
        if needed:
            say("building the web app")
            run(BIN / "python", ROOT / "tools" / "build_web.py", "bundle", quiet=True)


def demo(arguments: Sequence[str]) -> None:
    """Three nodes with the 2020 scenario."""
    set_up_web()
    os.execv(BIN / "tansiq", ["tansiq", "demo", *arguments])  # noqa: S606 - our own program


def build(_arguments: Sequence[str]) -> None:
    """The web app."""
    set_up_web()


def test(arguments: Sequence[str]) -> None:
    """All tests; pytest's closing line comes last."""
    set_up_web()
    set_up_chromium()
    if not arguments:
        run(BIN / "python", ROOT / "tools" / "build_web.py", "test", quiet=True)
    run(BIN / "python", "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup", *arguments)


def check(_arguments: Sequence[str]) -> None:
    """Format, lint, types, import contracts, the web app's types, the repository's own rules."""
    run(BIN / "ruff", "format", "--check", "-q", ".")
    run(BIN / "ruff", "check", "-q", ".")
    run(BIN / "mypy")
    run(BIN / "lint-imports", "--config", ".importlinter", quiet=True)
    run(BIN / "python", "tools/check_repo.py")
    run(BIN / "python", "tools/build_web.py", "check", quiet=True)
    print("check: clean")


def bench(arguments: Sequence[str]) -> None:
    """One measurement: `./go bench NAME [--quick] [--json FILE]`."""
    if not arguments:
        raise Stop("which one? " + ", ".join(sorted(p.stem for p in (ROOT / "bench").glob("[a-z]*.py"))))
    run(BIN / "python", "-m", "bench", *arguments)


def shots(arguments: Sequence[str]) -> None:
    """Screenshots of the desks in the three languages, into docs/screenshots."""
    set_up_web()
    set_up_chromium()
    run(BIN / "python", "-m", "tools.shots", *arguments)


def lock(_arguments: Sequence[str]) -> None:
    """Write the lock files anew from pyproject.toml."""
    options = ("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--universal", "-q")
    uv = (BIN / "uv", "pip", "compile", "--python-version", "3.11", *options)
    run(*uv, "--upgrade", "pyproject.toml", "--group", "dev", "-o", LOCKS[0])
    run(*uv, "--upgrade", "tools/uv.in", "-o", LOCKS[1])


TASKS: Final[dict[str, Callable[[Sequence[str]], None]]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "bench": bench,
    "build": build,
    "shots": shots,
    "lock": lock,
}


def main(words: Sequence[str]) -> int:
    """Set up, then do the task."""
    if not words or words[0] not in TASKS:
        for name, task in TASKS.items():
            print(f"  ./go {name:<6} {task.__doc__}")
        return 2
    try:
        with alone():
            set_up_python()
        TASKS[words[0]](words[1:])
    except Stop as missing:
        say(str(missing))
        return 5
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
