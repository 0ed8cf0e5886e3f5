"""`./go fuzz NAME`: one parser, led by coverage, from the corpus of tests/fuzz; what it finds is kept there.

A find is an input on which the parser does anything but take it or refuse it, needs more than a second for 64 KiB or
more than 512 MiB. Inputs that reach new code are kept for the next run under `.go/fuzz/NAME`, which git ignores; the
input that found something is written to `tests/fuzz/corpus/NAME/found-...`, from where the tests take it from then on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CORPUS: Final = ROOT / "tests" / "fuzz" / "corpus"
GROWN: Final = ROOT / ".go" / "fuzz"
SECONDS_EACH: Final = 1
MIB: Final = 512
LARGEST: Final = 1 << 16
INSIDE: Final = "--inside"


def fuzz(name: str, finds: Path, options: list[str]) -> None:
    """Never returns: libFuzzer ends the process."""
    import atheris  # noqa: PLC0415 - only here: it takes over the process

    with atheris.instrument_imports(include=["tansiq", "fuzz", "tarfile", "tomllib"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415 - what is imported here is instrumented
        from tansiq.errors import Refused  # noqa: PLC0415 - likewise

    target = TARGETS[name]

    def one(data: bytes) -> None:
        try:
            target(data)
        except Refused:
            return
        except BaseException:
            # libFuzzer keeps what hangs or kills the process; of an exception it does not always hear in time
            (finds / "raised").write_bytes(data)
            raise

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


def run(name: str, seconds: int) -> int:
    """Fuzz in a process of its own; answers its exit code after keeping what it found."""
    grown, seeds = GROWN / name, CORPUS / name
    finds = grown / "finds"
    finds.mkdir(parents=True, exist_ok=True)
    (grown / "inputs").mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LARGEST}",
        f"-timeout={SECONDS_EACH}",
        f"-rss_limit_mb={MIB}",
        f"-artifact_prefix={finds}/",
        "-len_control=10",
        "-print_final_stats=1",
    ]
    command = [sys.executable, "-m", "tools.fuzz", INSIDE, name, str(finds), *options]
    code = subprocess.run([*command, str(grown / "inputs"), str(seeds)], cwd=ROOT, check=False).returncode
    for found in finds.iterdir():
        data = found.read_bytes()
        found.unlink()
        kept = seeds / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
        kept.write_bytes(data)
        print(f"fuzz: {name}: found something; the input is kept as {kept.relative_to(ROOT)}")
    return code


def main() -> int:
    """0 where nothing was found, 1 otherwise."""
    if sys.argv[1:2] == [INSIDE]:
        fuzz(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
    names = sorted(path.name for path in CORPUS.iterdir())
    parser = argparse.ArgumentParser(prog="./go fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)}, or all")
    parser.add_argument("--seconds", type=int, default=60, help="for each (default 60)")
    parser.add_argument("--seeds", action="store_true", help="make the seeds of the corpus anew, from real nodes")
    asked = parser.parse_args()
    if asked.seeds:
        os.execv(sys.executable, [sys.executable, "-m", "fuzz.seeds"])  # noqa: S606 - our own module
    chosen = names if asked.names == ["all"] else asked.names
    if not chosen or set(chosen) - set(names):
        print("\n".join(names))
        return 0 if not chosen else 2
    found = [name for name in chosen if run(name, asked.seconds)]
    print(f"fuzz: {len(chosen)} parsers, found something in: {', '.join(found) or 'none'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
