"""Checks the ledger protocol's model with Spin: every property holds, and every rule left out breaks one.

For each check: `spin -a`, the C compiler, and an exhaustive search (never bitstate), in a temporary folder. What is
modelled and what the macros mean is in docs/model/README.md. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODEL: Final = ROOT / "docs" / "model"
TOOLS: Final = ("spin", "gcc")
MOST_SECONDS: Final = 300
MOST_MIB: Final = 2048
DEPTH: Final = 1_000_000


class Kind(StrEnum):
    """What a check is for; all but the first must find what they look for, or they show nothing."""

    HOLDS = "holds"
    BREAK = "break"
    LIMIT = "limit"
    REACH = "reach"


@dataclass(frozen=True)
class Check:
    """One search: a world, its macros, and what must come of it. `quick` ones are a matter of seconds."""

    name: str
    kind: Kind
    macros: str
    says: str
    quick: bool = False
    world: str = "ledger.pml"


@dataclass(frozen=True)
class Result:
    """What a search found; `found` is the assertion that failed, `complete` that every reachable state was visited."""

    found: str | None
    complete: bool
    states: int
    depth: int
    mib: float
    seconds: float
    building: float
    words: str


H, B, L, R = Kind.HOLDS, Kind.BREAK, Kind.LIMIT, Kind.REACH
CHECKS: Final = (
    Check("1-2-5-honest", H, "ENTRIES=4 RESTORE MARK_LOST P1 P2_NOBODY P1_NEVER_STOPS P5",
          "through crash, restore and a lost mark nothing is contradicted, nobody accused"),
    Check("1-two-backups", H, "ENTRIES=3 RESTORE BACKUPS=2 MARK_LOST NO_MEMBERS P1 P1_NEVER_STOPS",
          "the same where either of two backups may come back"),
    Check("1-clone", H, "ENTRIES=3 CLONE P1_CLONE P2 P5", "after the first unexpected head nothing new leaves"),
    Check("1-clone-restore", H, "ENTRIES=2 CLONE RESTORE P1_CLONE P1_OWN P2 P5",
          "the same with a backup restored; no instance contradicts itself"),
    Check("1-clone-restore-alone", H, "ENTRIES=3 CLONE RESTORE NO_MEMBERS P1_CLONE P1_OWN", "with longer histories"),
    Check("3-clone", H, "ENTRIES=3 CLONE P3", "a fork by a clone is proven by any one message between its holders"),
    Check("2-3-5-faulty-author", H, "ENTRIES=4 FAULTY_AUTHOR P2 P3 P5", "so is a fork by a liar", quick=True),
    Check("2-faulty-member", H, "ENTRIES=4 FAULTY_MEMBER RESTORE P2_NOBODY P5", "a liar convinces nobody"),
    Check("4-5-faulty-author", H, "ENTRIES=4 FAULTY_AUTHOR SLOW P2 P4 P5", "receipts hold, heads only grow",
          quick=True),
    Check("4-5-honest", H, "ENTRIES=3 SLOW RESTORE P4 P5", "receipts hold beside an author that restores"),
    Check("7-honest", H, "ENTRIES=4 RESTORE MARK_LOST P7", "with links up all hold the same"),
    Check("7-clone", H, "ENTRIES=3 CLONE P7", "or all know the fork"),
    Check("7-faulty-member", H, "ENTRIES=4 FAULTY_MEMBER RESTORE MARK_LOST P7", "a silent member delays nobody else"),
    Check("7-faulty-author", H, "ENTRIES=4 FAULTY_AUTHOR P7", "or all know the fork", quick=True),
    Check("8-bound", H, "ENTRIES=3 THIEF P8 P5 P3 TWO_WAYS", "nothing is accepted above the bound"),
    Check("8-named-bound", H, "ENTRIES=3 THIEF NAMED_BOUND P8 P8_HONEST P3 TWO_WAYS",
          "were the head named, all that counts would be honest"),
    Check("1-sealed-2-epochs", H, "EPOCHS=2 ENTRIES=2 MARK_LOST P1 SEALED",
          "no epoch is contradicted or goes on after the next began, were all marks lost", world="epochs.pml"),
    Check("1-sealed-3-epochs", H, "EPOCHS=3 ENTRIES=1 MARK_LOST P1 SEALED",
          "the same with three epochs of one entry each", world="epochs.pml"),
    Check("no-mark", B, "ENTRIES=3 RESTORE NO_MARK P1", "1 fails without the mark", quick=True),
    Check("sign-while-recovering", B, "ENTRIES=3 RESTORE SIGN_WHILE_RECOVERING P1", "1 fails", quick=True),
    Check("race-witness", B, "ENTRIES=3 SLOW RACE_WITNESS P5", "5 fails if check and persist are two steps",
          quick=True),
    Check("receipt-before-durable", B, "ENTRIES=3 SLOW RECEIPT_BEFORE_DURABLE P4", "4 fails", quick=True),
    Check("size-only", B, "ENTRIES=3 FAULTY_AUTHOR SIZE_ONLY P3", "3 fails if smaller heads are not compared"),
    Check("take-unsigned", B, "ENTRIES=3 FAULTY_MEMBER TAKE_UNSIGNED P2", "2 fails without the signature check"),
    Check("accuse-self", B, "ENTRIES=3 CLONE ACCUSE_SELF P2",
          "2 fails if a head that never left is used as evidence against oneself"),
    Check("accuse-self-honest", B, "ENTRIES=3 RESTORE BACKUPS=2 ACCUSE_SELF P2_NOBODY",
          "and so an honest author accuses itself, where a backup holds what never left"),
    Check("stop-while-recovering", B, "ENTRIES=3 RESTORE STOP_WHILE_RECOVERING P1_NEVER_STOPS",
          "an own head that is not back yet is taken for a clone's"),
    Check("mark-by-size", B, "ENTRIES=3 CLONE RESTORE MARK_BY_SIZE NO_MEMBERS P1_OWN",
          "1 fails if a longer head of another branch replaces the mark"),
    Check("show-unchecked", B, "ENTRIES=3 CLONE SHOW_UNCHECKED P1_CLONE",
          "1 fails if a stop between mark and showing is missed"),
    Check("no-gossip", B, "ENTRIES=3 FAULTY_AUTHOR NO_GOSSIP P7", "7 fails if members do not relay"),
    Check("no-bound", B, "ENTRIES=3 THIEF NO_BOUND P8", "8 fails"),
    Check("open-mark-at-entry", B, "EPOCHS=2 ENTRIES=2 MARK_LOST OPEN_MARK_AT_ENTRY P1",
          "1 fails if an old epoch can be entered anew after the marks were lost", world="epochs.pml"),
    Check("old-epoch-goes-on", B, "EPOCHS=2 ENTRIES=2 OLD_EPOCH_GOES_ON SEALED",
          "a restored node goes on in a sealed epoch", world="epochs.pml"),
    Check("clone-forks", L, "ENTRIES=3 CLONE P1", "before the first 409 a clone can fork"),
    Check("member-restores", L, "ENTRIES=3 MEMBER_RESTORE SLOW P4", "a member's restored backup forgets its receipts"),
    Check("member-shrinks", L, "ENTRIES=3 MEMBER_RESTORE P5", "and what it had accepted"),
    Check("bound-by-number", L, "ENTRIES=3 THIEF P8_HONEST", "a bound by number lets a late member take the thief's"),
    Check("recovering", R, "ENTRIES=3 RESTORE REACH_RECOVERING", "a backup older than its mark is restored"),
    Check("stopped", R, "ENTRIES=3 CLONE REACH_STOPPED", "an instance stops"),
    Check("next-epoch", R, "EPOCHS=3 ENTRIES=1 MARK_LOST REACH_NEXT_EPOCH",
          "after the marks were lost the next epoch speaks", world="epochs.pml"),
    Check("fork", R, "ENTRIES=3 CLONE REACH_FORK", "a member proves a fork"),
)  # fmt: skip  # one check a line or two, as a table


def missing() -> list[str]:
    """Which of the programs are not installed."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def search(check: Check) -> Result:
    """Generate, compile and run one search."""
    with tempfile.TemporaryDirectory(prefix="tansiq-model-") as name:
        folder = Path(name)
        for source in MODEL.glob("*.pml"):
            shutil.copy(source, folder)
        begun = time.monotonic()
        macros = [f"-D{macro}" for macro in check.macros.split()]
        made = _run(["spin", "-a", *macros, check.world], folder)
        if "Error" in made or not (folder / "pan.c").exists():
            raise SystemExit(f"check_model: {check.name}: {made[-2000:]}")
        # a search that stops at its first error is over before an optimiser would have paid
        optimise = "-O1" if check.kind is Kind.HOLDS else "-O0"
        options = (optimise, "-w", "-DSAFETY", "-DNOREDUCE", f"-DMEMLIM={MOST_MIB}")
        built = _run(["gcc", *options, "-o", "pan", "pan.c"], folder)
        if not (folder / "pan").exists():
            raise SystemExit(f"check_model: {check.name}: {built[-2000:]}")
        ready = time.monotonic()
        words = _run(["./pan", "-n", f"-m{DEPTH}"], folder, MOST_SECONDS)
        done = time.monotonic()
    return _read(words, done - ready, ready - begun)


def _run(command: Sequence[str], folder: Path, timeout: float | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired as late:
        return f"took longer than {late.timeout} s"
    return done.stdout + done.stderr


def _read(words: str, seconds: float, building: float) -> Result:
    failed = re.search(r"^pan:\d+: (.*)", words, re.MULTILINE)
    errors = re.search(r"errors: (\d+)", words)
    cut_short = "Search not completed" in words or "max search depth too small" in words or "out of memory" in words
    return Result(
        found=failed[1] if failed else None,
        complete=errors is not None and not cut_short,
        states=int(_number(r"([\d.e+]+) states, stored", words)),
        depth=int(_number(r"depth reached (\d+)", words)),
        mib=_number(r"([\d.]+)\s+total actual memory", words),
        seconds=seconds,
        building=building,
        words=words,
    )


def _number(pattern: str, words: str) -> float:
    found = re.search(pattern, words)
    return float(found[1]) if found else 0.0


def as_demanded(check: Check, result: Result) -> bool:
    """Whether a property held in every reachable state, or else an assertion failed that had to fail."""
    if check.kind is Kind.HOLDS:
        return result.complete and result.found is None
    return result.found is not None and result.found.startswith("assertion violated")


def run(checks: Iterable[Check]) -> list[str]:
    """Run checks and print a row for each; answers the names of those that came out otherwise than demanded."""
    wrong = []
    print(f"{'check':<24}{'kind':<7}{'result':<12}{'states':>10}{'depth':>7}{'MiB':>6}{'s':>6}{'build':>6}  says")
    for check in checks:
        result = search(check)
        right = as_demanded(check, result)
        outcome = ("no error" if result.complete else "incomplete") if result.found is None else "violated"
        print(
            f"{check.name:<24}{check.kind:<7}{outcome if right else outcome.upper():<12}{result.states:>10}"
            f"{result.depth:>7}{result.mib:>6.0f}{result.seconds:>6.1f}{result.building:>6.1f}  {check.says}",
            flush=True,
        )
        if not right:
            wrong.append(check.name)
            print(result.words[-1500:], file=sys.stderr)
    return wrong


def main(words: Sequence[str]) -> int:
    """Run all checks, the quick ones, or those named; 1 where one came out otherwise than demanded."""
    parser = argparse.ArgumentParser(prog="model", description=main.__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args(words)
    if lacking := missing():
        print(f"model: {', '.join(lacking)} is missing (Debian: apt-get install spin gcc libc6-dev)", file=sys.stderr)
        return 2
    known = {check.name for check in CHECKS}
    if unknown := [name for name in chosen.names if name not in known]:
        print(f"model: no check is called {unknown[0]}; there are {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    begun = time.monotonic()
    wrong = run(c for c in CHECKS if (c.name in chosen.names if chosen.names else c.quick or not chosen.quick))
    print(f"model: {'all as demanded' if not wrong else 'not as demanded: ' + ', '.join(wrong)}, "
          f"{time.monotonic() - begun:.0f} s")  # fmt: skip  # one line of output
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
