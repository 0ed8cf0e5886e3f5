"""The repository's own rules, those that no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
HOSTS: Final = re.compile("|".join(re.escape(a + b) for a, b in (
    ("registry.npm", "js"), ("pypi", ".org"), ("deb.", "debian"), ("pythonhosted", ".org"), ("yarnpkg", ".com"),
)))  # fmt: skip  # written in halves, so that this file does not name them itself
OPEN: Final = re.compile(r"\b(TODO|FIXME|XXX)\b")
SUPPRESSED: Final = re.compile(
    r"(noqa: ?[A-Z0-9, ]+|type: ignore\[[^\]]*\]|svelte-ignore \S+|ts-expect-error)(?P<rest>.*)$"
)
CODE: Final = {".py", ".ts", ".svelte", ".mjs", ".css"}
LONGEST: Final = 500


def files() -> list[Path]:
    """What git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def problems(path: Path) -> list[str]:
    """What is wrong with one file."""
    if path.stat().st_size > 2 << 20:
        return [f"{path.relative_to(ROOT)}: larger than 2 MiB"]
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    found = []
    own = path == Path(__file__).resolve()
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"{path.relative_to(ROOT)}:{number}"
        if HOSTS.search(line):
            found.append(f"{where}: names a registry's host")
        if path.name == "package-lock.json" and '"resolved": "http' in line:
            found.append(f"{where}: holds a download address")
        if path.suffix in CODE and not own:
            if OPEN.search(line):
                found.append(f"{where}: left open")
            hidden = SUPPRESSED.search(line)
            if hidden and not re.search(r"\w{3}", hidden["rest"]) and path.suffix == ".py":
                found.append(f"{where}: suppressed without a reason")
    if path.suffix in CODE and text.count("\n") > LONGEST:
        print(f"note: {path.relative_to(ROOT)} has {text.count(chr(10))} lines", file=sys.stderr)
    return found


def main() -> int:
    """Print every problem; 1 where there is one."""
    found = [problem for path in files() for problem in problems(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
