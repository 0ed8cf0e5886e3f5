"""What is compiled is kept, and compiled anew when anything that it calls has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tansiq
from tansiq import kernels
from tansiq.desk.gaps import compile_engine
from tansiq.kernels import is_compiled

INNER = """
from tansiq.kernels import njit
from tansiq.numbers import STEP

@njit(cache=True)
def inner(x):
    return x + STEP
"""
OUTER = """
from tansiq.kernels import njit
from tansiq.inner import (
    inner,
)

@njit(cache=True)
def outer(x):
    return inner(x) * 10
"""
ASK = "from tansiq.outer import outer; print(outer(1), sum(outer.stats.cache_hits.values()))"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A small package with our compiler in it: one kernel calls another, which takes a number from a third file."""
    folder = tmp_path / "tansiq"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "kernels.py").write_bytes((Path(tansiq.__file__).parent / "kernels.py").read_bytes())
    (folder / "numbers.py").write_text("STEP = 1\n")
    (folder / "inner.py").write_text(INNER)
    (folder / "outer.py").write_text(OUTER)
    return folder


def _ask(package: Path, **more: str) -> tuple[int, int]:
    """What the outer kernel answers in a process of its own, and how many of its versions it found compiled."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("NUMBA_", "PYTHONPATH"))}
    environment = {**plain, "PYTHONPATH": str(package.parent), **more}
    found = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    answer, hits = found.stdout.split()
    return int(answer), int(hits)


@pytest.mark.parametrize(
    ("file", "before", "after"), [("inner.py", "x + STEP", "x - STEP"), ("numbers.py", "STEP = 1", "STEP = -1")]
)
def test_a_change_below_a_kernel_compiles_it_anew(package: Path, file: str, before: str, after: str) -> None:
    assert _ask(package) == (20, 0)
    assert _ask(package) == (20, 1), "what was compiled is found again"
    text = (package / file).read_text()
    (package / file).write_text(text.replace(before, after))
    assert _ask(package) == (0, 0)
    (package / file).write_text(text)
    assert _ask(package) == (20, 1), "the older program finds its own"


def test_a_folder_of_ones_own_choice_is_taken(package: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    assert _ask(package, NUMBA_CACHE_DIR=str(chosen)) == (20, 0)
    assert _ask(package, NUMBA_CACHE_DIR=str(chosen)) == (20, 1)
    assert any(chosen.iterdir())
    assert not (package / "__pycache__" / "kernels").exists()


def test_everything_that_a_kernel_may_call_counts() -> None:
    of_index = kernels.digest_of("tansiq.movements.index")
    assert of_index != kernels.digest_of("tansiq.movements.tree")
    assert of_index == kernels.digest_of("tansiq.movements.index")


MANY = """
import sys, threading
from tansiq.desk.gaps import KERNELS, compile_engine
from tansiq.kernels import folder_of
sys.executable = sys.argv[1]
folder_of(KERNELS)
asking = [threading.Thread(target=compile_engine) for _ in range(6)]
for one in asking: one.start()
for one in asking: one.join()
print(sum(line == KERNELS for line in open(sys.argv[2]).read().split()))
"""
COMPILER = """#!/bin/sh
echo "$2" >> {calls}
sleep 0.5
for kept in "$NUMBA_CACHE_DIR/$2"-*; do touch "$kept/compiled"; done
"""


def test_many_who_wait_for_the_engine_of_gaps_start_one_compiler(tmp_path: Path) -> None:
    # the compiler itself takes a minute of processor: in its place stands a program that notes that it was started
    calls, stand_in = tmp_path / "calls", tmp_path / "compiler"
    stand_in.write_text(COMPILER.format(calls=calls))
    stand_in.chmod(0o700)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    asked = [sys.executable, "-c", MANY, str(stand_in), str(calls)]
    found = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "1"


def test_the_engine_of_gaps_is_compiled_once_and_known_to_be() -> None:
    compile_engine()
    assert is_compiled("tansiq.gaps.warm")
