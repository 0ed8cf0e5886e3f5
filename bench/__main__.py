"""`./go bench NAME [--quick] [--json FILE]`."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from bench._harness import report


def main() -> None:
    """Run one measurement and report it."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    parser = argparse.ArgumentParser(prog="./go bench")
    parser.add_argument("name", choices=names)
    parser.add_argument("--quick", action="store_true", help="small enough for a minute")
    parser.add_argument("--json", type=Path, help="write the rows to this file")
    asked = parser.parse_args()
    report(asked.name, import_module(f"bench.{asked.name}").measure(quick=asked.quick), asked.json)


if __name__ == "__main__":
    main()
