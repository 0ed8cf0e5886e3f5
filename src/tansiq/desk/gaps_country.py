"""An analysis in tiles from a node's records and layers, on its own threads or on a cluster."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from tansiq.desk import ground
from tansiq.desk.gaps_question import Question
from tansiq.errors import Unavailable

if TYPE_CHECKING:
    from tansiq.gaps.answer import Answer
    from tansiq.gaps.layers import Layers
    from tansiq.gaps.tiles import Crew

SPARE: Final = 1 << 30
"""Bytes of disk that stay free."""

Progress = Callable[[str, float], None]


class Plan(Struct, frozen=True):
    """How many tiles of which side (m), and what they take at most: bytes of memory on this machine, bytes of disk."""

    tiles: int
    side_m: float
    memory: int
    disk: int


class Asked(Struct, frozen=True):
    """What a person wants: the side of a tile (m, 0: as usual), how many workers (0: every core), whose cluster."""

    side_m: float = 0.0
    workers: int = 0
    cluster: str = ""


def wanted(question: Question, asked: Asked) -> bool:
    """Whether an analysis goes by tiles: where somebody asks for it, or one frame would be too large."""
    from tansiq.gaps import tiles  # noqa: PLC0415 - the engine is only loaded for an analysis

    large = question.grid.rows * question.grid.cols > tiles.LARGEST
    return large or asked.side_m > 0 or bool(asked.cluster)


def plan(question: Question, asked: Asked) -> Plan:
    """What an analysis will take; refused like `tiles.cut`."""
    from tansiq.gaps import country, covering, frame, tiles  # noqa: PLC0415 - as above

    side = asked.side_m or tiles.SIDE_M
    grid, inputs = question.grid, question.inputs
    here = frame.near(grid, inputs)
    classes = len(covering.classes_of(here)[1])
    count = len(tiles.cut(grid, side))
    workers = min(count, tiles.Threads(asked.workers or None).count)
    fields = country.count_fields(grid, here, question.options)
    times = 1 if question.before is None else 2
    memory = country.memory_of(grid, side, 0 if asked.cluster else workers, len(inputs.parties), classes)
    return Plan(count, side, memory, times * country.disk_of(grid, len(inputs.parties), classes, fields))


def answer(
    folder: Path,
    question: Question,
    asked: Asked,
    progress: Progress,
    told: Callable[[Plan], None] = lambda _: None,
) -> tuple[Answer, Layers]:
    """The answer and the lines and places that it was made with.

    Files between tasks lie in `folder` while it runs. Refused as `gaps.no_room` where they would not fit there, like
    `tiles.cut`, and like `cluster.joined`.
    """
    from tansiq.gaps import country  # noqa: PLC0415 - as above

    planned = plan(question, asked)
    told(planned)
    if shutil.disk_usage(folder).free < planned.disk + SPARE:
        raise Unavailable("gaps.no_room", size=planned.disk, path=str(folder)[:120])
    layers = ground.features(question.ground, question.grid)
    source = ground.in_parts(question.ground, question.grid)
    # a task that was under way when somebody stopped may still write: that is no reason to fail
    scratch_in = tempfile.TemporaryDirectory(prefix=".tiles-", dir=folder, ignore_cleanup_errors=True)
    with _crew(asked) as crew, scratch_in as scratch:
        way = country.Way(crew, Path(scratch), planned.side_m, asked.workers or None)
        found = country.analyse(
            question.inputs, layers, source, question.options, way, progress, before=question.before
        )
    return found, layers


@contextmanager
def _crew(asked: Asked) -> Iterator[Crew]:
    from tansiq.gaps import cluster, tiles  # noqa: PLC0415 - as above

    if not asked.cluster:
        yield tiles.Threads(asked.workers or None)
        return
    with cluster.joined(asked.cluster, asked.workers or None) as crew:
        yield crew
