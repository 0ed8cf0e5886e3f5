"""A country on a real Dask cluster: the digest is that of threads, also where a worker dies in the middle."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from nodes import refused
from tansiq.errors import Unavailable
from tansiq.gaps import country, tiles
from tansiq.gaps.analysis import analyse
from tansiq.gaps.answer import Answer
from tansiq.gaps.cluster import Cluster, joined
from tansiq.gaps.frame import frame_of
from tansiq.gaps.tiles import Job

from .country_told import rasters
from .test_country import OPTIONS, nation, nature, same

distributed: Any = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def crew() -> Iterator[Cluster]:
    with joined("local", 2) as made:
        yield made


@pytest.fixture(scope="module")
def frames() -> Answer:
    return analyse(INPUTS, LAYERS, OPTIONS)


INPUTS = nation(11, side=120)
LAYERS = nature(INPUTS, 11, voids=True)


def _on(crew: tiles.Crew, folder: Path, **how: Any) -> Answer:
    source = rasters(folder, frame_of(INPUTS, OPTIONS.cell), LAYERS)
    shown = replace(LAYERS, terrain=None, landcover=None)
    return country.analyse(INPUTS, shown, source, OPTIONS, country.Way(crew, folder, 6400.0), **how)


def test_workers_of_a_cluster_give_the_digest_of_threads_and_of_one_frame(
    crew: Cluster, frames: Answer, tmp_path: Path
) -> None:
    found = _on(crew, tmp_path)
    same(found, frames)
    assert found.digest() == _on(tiles.Threads(2), tmp_path).digest()


class Killing:
    """A crew of which a worker is killed as soon as it has done its first task."""

    def __init__(self, crew: Cluster) -> None:
        self.crew = crew
        self.killed: list[int] = []

    def run(self, work: Any, job: Job, tasks: Any) -> Iterator[Any]:
        """As the cluster does, with one worker fewer from the first answer on."""
        for done in self.crew.run(work, job, tasks):
            if not self.killed:
                pids = self.crew.run(_pid, job, range(8))
                victim = next(pid for _, pid in pids)
                os.kill(victim, signal.SIGKILL)
                self.killed.append(victim)
            yield done


def _pid(job: Job, task: int) -> int:
    time.sleep(0.05)
    return os.getpid()


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(frames: Answer, tmp_path: Path) -> None:
    with joined("local", 2) as crew:
        killing = Killing(crew)
        same(_on(killing, tmp_path), frames)
        assert killing.killed
        assert killing.killed[0] != os.getpid()


def test_a_scheduler_elsewhere_is_joined_by_its_address(frames: Answer, tmp_path: Path) -> None:
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as own,
        joined(own.scheduler_address) as crew,
    ):
        assert _on(crew, tmp_path).digest() == frames.digest()


def test_a_refusal_on_a_worker_comes_back_as_what_it_was(crew: Cluster, tmp_path: Path) -> None:
    job = replace(_job(tmp_path), engine="another/9")
    with refused("gaps.cluster_engine"):
        list(crew.run(_pid, job, [1]))


def _job(folder: Path) -> Job:
    grid = frame_of(INPUTS, OPTIONS.cell)
    source = rasters(folder, grid, LAYERS)
    return Job("-", folder, tiles.cut(grid, 6400.0), source, INPUTS, OPTIONS, (0,), None, None, (), {})


def test_a_cluster_that_does_not_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tansiq.gaps.cluster.CONNECT_S", 1)
    with refused("gaps.no_cluster"), joined("tcp://127.0.0.1:9"):
        pass
    with refused("gaps.no_cluster"), joined("no address"):
        pass


def test_without_dask_a_cluster_is_refused_and_threads_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(Unavailable) as told, joined("local"):
        pass
    assert told.value.code == "gaps.no_dask"
    assert "tansiq[cluster]" in str(told.value)
