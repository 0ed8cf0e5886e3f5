"""`./go simulate`: lives from fresh seeds until the time is up; what breaks is said with its seed."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterable, Iterator

from simulation.schedule import Broken, run
from simulation.seats import make_template
from simulation.wire import scratch
from tansiq.exchange.tuning import tune


def lives(seeds: Iterable[int], until: float) -> tuple[int, int]:
    """Live one seed after the other until the clock says `until`; answers how many lived and how many broke."""
    home = scratch()
    lived, broken = 0, 0
    tune()
    try:
        template = make_template(home)
        for seed in seeds:
            if lived and time.time() > until:
                break
            lived += 1
            try:
                run(template, seed)
            except Broken as found:
                broken += 1
                print(found, flush=True)
            except Exception as error:  # whatever ends a life is a find
                broken += 1
                print(f"seed {seed}: {error!r}", flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return lived, broken


def every(first: int, stride: int) -> Iterator[int]:
    """Seeds for one worker of `stride`."""
    while True:
        yield first
        first += stride


def lives_of(worker: tuple[int, int, float]) -> tuple[int, int]:
    """The lives of one worker process: first seed, stride, end."""
    first, stride, until = worker
    return lives(every(first, stride), until)


def main() -> int:
    """Exit code 1 where anything broke."""
    parser = argparse.ArgumentParser(prog="./go simulate", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for how long (default 60)")
    parser.add_argument("--from", type=int, dest="first", help="the first seed (default: by chance)")
    parser.add_argument("--seed", type=int, help="live this one life again, and no other")
    asked = parser.parse_args()
    if asked.seed is not None:
        lived, broken = lives([asked.seed], 0)
    else:
        first = asked.first if asked.first is not None else secrets.randbelow(1 << 40)
        workers = os.cpu_count() or 1
        until = time.time() + asked.seconds
        print(f"from seed {first} on, {workers} at a time", flush=True)
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            done = pool.map(lives_of, [(first + number, workers, until) for number in range(workers)])
        lived, broken = (sum(numbers) for numbers in zip(*done, strict=True))
    print(f"{lived} lives, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
