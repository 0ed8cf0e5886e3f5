"""Tiles on the workers of a Dask cluster: the same tasks, the same files between them, the same answer.

Dask brings what a cluster needs (sending tasks, moving them when a worker dies); it is no part of the plain install and
is loaded here only. Every worker must have this version of Tansiq and see the node's folder under the same path.
"""

from __future__ import annotations

import pickle
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tansiq.errors import Conflict, Unavailable
from tansiq.gaps import ENGINE
from tansiq.gaps.tiles import Job, Result, Task

if TYPE_CHECKING:
    from distributed import Client

LOCAL: Final = "local"
"""In place of an address: workers on this machine, started for the analysis and stopped after it."""

CONNECT_S: Final = 15
AHEAD: Final = 4
"""Tasks for each worker that the scheduler holds at once."""


@contextmanager
def joined(address: str, workers: int | None = None) -> Iterator[Cluster]:
    """The crew behind a scheduler's address (`tcp://host:8786`), or `local` for `workers` processes on this machine.

    Refused as `gaps.no_dask` where Dask is not installed, `gaps.no_cluster` where no scheduler answers or it has no
    worker.
    """
    try:
        import distributed  # noqa: PLC0415 - an optional part
    except ImportError as error:
        raise Unavailable("gaps.no_dask") from error
    if address == LOCAL:
        with (
            distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR"
            ) as own,
            distributed.Client(own) as client,
        ):
            yield Cluster(client)
        return
    try:
        client = distributed.Client(address, timeout=CONNECT_S)
        client.wait_for_workers(1, timeout=CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise Unavailable("gaps.no_cluster", address=address[:80]) from error
    with client:
        yield Cluster(client)


class Cluster:
    """The workers of a Dask cluster, as a `tiles.Crew`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def run(
        self, work: Callable[[Job, Task], Result], job: Job, tasks: Iterable[Task]
    ) -> Iterator[tuple[Task, Result]]:
        """As `tiles.Crew.run`. A task whose worker dies is done again by another one, three times at most."""
        from distributed import as_completed  # noqa: PLC0415 - an optional part

        path = job.folder / f"job-{secrets.token_hex(6)}"
        path.write_bytes(pickle.dumps(job))
        waiting = iter(tasks)
        under_way: dict[Any, tuple[Any, Task]] = {}

        def send(count: int) -> list[Any]:
            sent = []
            for task in islice(waiting, count):
                future = self._client.submit(do, str(path), work, task, pure=False)
                under_way[future.key] = future, task
                sent.append(future)
            return sent

        workers = max(1, len(self._client.scheduler_info()["workers"]))
        done = as_completed(send(workers * AHEAD))
        try:
            for future in done:
                result = future.result()
                done.update(send(1))
                yield under_way.pop(future.key)[1], result
        finally:
            self._client.cancel([future for future, _ in under_way.values()])
            path.unlink()


def do(path: str, work: Callable[[Job, Any], Any], task: Any) -> Any:
    """On the worker: do a task of the job that is kept at `path`.

    Refused as `gaps.cluster_folder` where it is not seen, `gaps.cluster_engine` where another version runs.
    """
    job = _job(path)
    if job.engine != ENGINE:
        raise Conflict("gaps.cluster_engine", theirs=ENGINE, ours=job.engine[:40])
    return work(job, task)


@lru_cache(maxsize=2)
def _job(path: str) -> Job:
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise Unavailable("gaps.cluster_folder", path=path[:120]) from error
    found: Job = pickle.loads(data)  # noqa: S301 - whoever may write here may send tasks to this worker as well
    return found
