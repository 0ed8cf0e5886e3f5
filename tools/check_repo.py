"""The repository's own rules, those that no linter knows: what is wrong with any file that git has or would take."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OWN: Final = Path(__file__).resolve()
HOSTS: Final = re.compile("|".join(re.escape(a + b) for a, b in (
    ("npm", "js.org"), ("npm", "js.com"), ("pypi", ".org"), ("pythonhosted", ".org"), ("yarnpkg", ".com"),
    ("deb.", "debian"), ("security.", "debian"),
)))  # fmt: skip  # written in halves, so that this file does not name them itself
LOCKS: Final = {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "uv.lock"}
LOCKS_KEPT: Final = {"package-lock.json"}
OPEN: Final = re.compile(r"\b(TODO|FIXME|XXX)\b")
SUPPRESSED: Final = re.compile(
    r"(?:# *noqa(?:: *[A-Z]+[0-9]+(?:, *[A-Z]+[0-9]+)*)?|# *type: *ignore(?:\[[^\]]*\])?|# *pragma: *no cover"
    r"|svelte-ignore +\w+|@ts-(?:ignore|expect-error|nocheck)|eslint-disable[\w-]*"
    r"|pytest\.mark\.(?:skip|xfail)\b)(?P<rest>.*)"
)
REASON: Final = re.compile(r"[^\W\d_]{3}")
CODE: Final = {".py", ".ts", ".svelte", ".js", ".mjs", ".css", ".sh"}
FOREIGN: Final = {"vendor", "_vendor", "vendored", "third_party", "third-party", "thirdparty", "extern", "node_modules"}
LONGEST: Final = 500
LARGEST: Final = 2 << 20


def files() -> list[Path]:
    """What git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def problems(path: Path) -> Iterator[str]:
    """What is wrong with one file."""
    name = path.relative_to(ROOT)
    if (
        FOREIGN.intersection(name.parts[:-1])
        or path.name.endswith((".min.js", ".min.css"))
        or path.name == ".gitmodules"
    ):
        yield f"{name}: other people's source; name it in a lock file instead"
    if path.name in LOCKS - LOCKS_KEPT:
        yield f"{name}: a lock file with addresses (docs/decisions/lock-file.md)"
    if path.stat().st_size > LARGEST:
        yield f"{name}: larger than 2 MiB"
        return
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(lines, start=1):
        for problem in line_problems(path, line):
            yield f"{name}:{number}: {problem}"
    if path.suffix in CODE and len(lines) > LONGEST + 1:
        print(f"note: {name} has {len(lines) - 1} lines: what is the second subject?", file=sys.stderr)


def line_problems(path: Path, line: str) -> Iterator[str]:
    """What is wrong with one line."""
    if HOSTS.search(line):
        yield "names a registry's host"
    if path.name in LOCKS and re.search(r'"resolved": *"\w+:', line):
        yield "holds a download address"
    if path.suffix not in CODE or path == OWN:
        return
    if OPEN.search(line):
        yield "left open"
    hidden = SUPPRESSED.search(line)
    if hidden and not REASON.search(SUPPRESSED.sub(r"\g<rest>", hidden["rest"])):
        yield "suppressed without a reason on its line"


def main() -> int:
    """Print every problem; 1 where there is one."""
    found = [problem for path in files() for problem in problems(path)]
    print("\n".join(found), end="\n" if found else "", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
