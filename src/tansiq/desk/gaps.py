"""Analyses at a desk: one at a time in the background, with progress and cancelling, each remembered by its question.

The engine and its libraries are loaded with the first question, not with the node.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from tansiq.errors import Conflict, NotFound, Refused, Unavailable
from tansiq.kernels import is_compiled
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.gaps_question import Question
    from tansiq.gaps.answer import Answer
    from tansiq.gaps.cache import Cache
    from tansiq.gaps.expected import Expected
    from tansiq.gaps.picture import Warp

KEPT: Final = 8
"""Answers that are remembered; with the next one that which was not asked for longest goes."""

MOST_WAITING: Final = 8
ID_LENGTH: Final = 32
COMPILE_STEP_S: Final = 0.1
KERNELS: Final = "tansiq.gaps.warm"
_compiling: Final = threading.Lock()

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class RunView(Struct, frozen=True):
    """How far an analysis is; `code` and `message` say why it failed."""

    id: str
    state: State
    stage: str
    progress: float
    seconds: float
    code: str | None = None
    message: str | None = None


@dataclass
class Run:
    """One analysis. Its own thread writes it; others read it and set `stop`."""

    id: str
    question: Question
    state: State = "waiting"
    stage: str = ""
    progress: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    refused: Refused | None = None
    answer: Answer | None = None
    as_json: bytes = b""
    warp: Warp | None = None
    began: float = 0.0
    ended: float = 0.0


class Runs:
    """The analyses of a node, and the one thread that works on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()
        self._pool: ThreadPoolExecutor | None = None
        self._memory: Cache | None = None

    @property
    def memory(self) -> Cache | None:
        """What was seen from posts, kept from one analysis to the next; None before the first."""
        return self._memory

    def start(self, question: Question) -> str:
        """The id of the analysis that answers a question: one that is there already, or a new one."""
        name = question.digest[:ID_LENGTH]
        with self._lock:
            held = self._runs.get(name)
            if held is not None and held.state not in ("failed", "cancelled") and not held.stop.is_set():
                self._runs.move_to_end(name)
                return name
            waiting = sum(run.state == "waiting" for run in self._runs.values())
            if waiting >= MOST_WAITING:
                raise Unavailable("gaps.busy", count=waiting)
            self._runs.pop(name, None)
            run = self._runs[name] = Run(name, question)
            self._let_go()
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="gaps")
            self._pool.submit(self._work, run)
        return name

    def _let_go(self) -> None:
        ended = [name for name, run in self._runs.items() if run.state in ("done", "failed", "cancelled")]
        for name in ended[: max(0, len(ended) - KEPT)]:
            del self._runs[name]

    def run(self, name: str) -> Run:
        """The analysis with this id; refused as `gaps.no_run`."""
        with self._lock:
            if name not in self._runs:
                raise NotFound("gaps.no_run", id=name[:40])
            self._runs.move_to_end(name)
            return self._runs[name]

    def latest_of(self, area: str) -> Run | None:
        """The analysis of an area as it was told that was asked for last, if any is done and still held."""
        with self._lock:
            held = [run for run in self._runs.values() if run.state == "done" and not run.question.whatif]
            return next((run for run in reversed(held) if run.question.inputs.area == area), None)

    def view(self, name: str, language: str) -> RunView:
        """How far it is, in the reader's language."""
        run = self.run(name)
        seconds = 0.0 if not run.began else (run.ended or time.monotonic()) - run.began
        code, message = None, None
        if run.refused is not None:
            code, message = run.refused.code, wording(run.refused.code, run.refused.params, language).line()
        return RunView(run.id, run.state, run.stage, round(run.progress, 3), round(seconds, 2), code, message)

    def cancel(self, name: str) -> None:
        """Stop it; one that is done stays done."""
        run = self.run(name)
        run.stop.set()
        if run.state == "waiting":
            run.state = "cancelled"

    def done(self, name: str) -> Run:
        """The analysis, which must be done; refused as `gaps.not_done`, or as it failed."""
        run = self.run(name)
        if run.refused is not None and run.state == "failed":
            raise run.refused
        if run.state != "done":
            raise Conflict("gaps.not_done", id=name[:40], state=run.state)
        return run

    def picture(
        self, name: str, number: int, party: str | None, *, sight: bool = False
    ) -> tuple[bytes, tuple[float, float, float, float]]:
        """A class of hours as a PNG in Web Mercator, and its bounds in degrees; its cover, or how probable sight is."""
        from tansiq.gaps import picture  # noqa: PLC0415 - the engine is loaded with the first question

        run, answer = self._shown(name, number, party)
        warp = self.warp_of(run)
        if sight:
            return picture.png(picture.sight_colours(_expected(answer), answer.area, number, warp)), warp.bounds
        return picture.png(picture.colours(answer, number, warp, party)), warp.bounds

    def cells(self, name: str, number: int, party: str | None, *, sight: bool = False) -> bytes:
        """A class of hours as the states of its pixels, as `gaps_draft.sheet` writes them; with `sight` the states are
        per cent of the draws in which ground is seen.
        """
        from tansiq.desk import gaps_draft  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import picture  # noqa: PLC0415 - as above

        run, answer = self._shown(name, number, party)
        warp = self.warp_of(run)
        if sight:
            states = picture.chances(_expected(answer), answer.area, number, warp)
        else:
            place = None if party is None else answer.inputs.parties.index(party)
            states = warp.states(answer.cover, answer.area, number, place)
        return gaps_draft.sheet({}, warp, picture.EVERYTHING, states)

    def warp_of(self, run: Run) -> Warp:
        """Which cell lies under each pixel of an answer's pictures."""
        from tansiq.gaps import picture  # noqa: PLC0415 - the engine is loaded with the first question

        if run.warp is None:
            if run.answer is None:
                raise NotFound("gaps.no_run", id=run.id[:40])
            run.warp = picture.Warp(run.answer.grid)
        return run.warp

    def _shown(self, name: str, number: int, party: str | None) -> tuple[Run, Answer]:
        run = self.done(name)
        answer = run.answer
        if answer is None or not 0 <= number < answer.cover.classes:
            count = 0 if answer is None else answer.cover.classes
            raise NotFound("gaps.no_class", number=number, count=count)
        if party is not None and party not in answer.inputs.parties:
            raise NotFound("gaps.no_such", ref=party[:80])
        return run, answer

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            for run in self._runs.values():
                run.stop.set()
            pool = self._pool
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _work(self, run: Run) -> None:
        if run.stop.is_set():
            run.state = "cancelled"
            return
        run.state, run.began = "running", time.monotonic()
        try:
            self._answer(run)
            run.state = "done"
        except Refused as refused:
            run.refused = refused
            run.state = "cancelled" if run.stop.is_set() and refused.code == "gaps.stopped" else "failed"
        except MemoryError:
            run.refused, run.state = Unavailable("gaps.memory"), "failed"
        except Exception:
            run.refused, run.state = Unavailable("gaps.broke"), "failed"
            raise
        finally:
            run.ended = time.monotonic()

    def _answer(self, run: Run) -> None:
        from tansiq.desk import ground  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import analysis, answer, cache  # noqa: PLC0415 - as above

        asked = run.question

        def progress(stage: str, part: float) -> None:
            run.stage, run.progress = stage, part

        if self._memory is None:
            progress("compile", 0.0)
            compile_engine(run.stop)
            self._memory = None if run.stop.is_set() else cache.Cache()
        progress("ground", 0.0)
        layers = ground.read(asked.ground, asked.grid)
        found = analysis.analyse(
            asked.inputs,
            layers,
            asked.options,
            progress,
            run.stop.is_set,
            before=asked.before,
            memory=self._memory,
        )
        body: dict[str, Any] = {"exercise": asked.exercise, **answer.as_json(found, layers)}
        run.as_json = msgspec.json.encode(body)
        run.answer = found


def compile_engine(stop: threading.Event | None = None) -> None:
    """Have the engine compiled by a process of its own (see `gaps.warm`); where that fails it is compiled here.

    One process for all who ask meanwhile: they wait for it, and find the engine compiled.
    """
    stop = stop or threading.Event()
    while not _compiling.acquire(timeout=COMPILE_STEP_S):
        if stop.is_set():
            return
    try:
        if is_compiled(KERNELS):
            return
        with subprocess.Popen(
            [sys.executable, "-m", "tansiq.gaps.warm"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        ) as process:
            while process.poll() is None:
                if stop.wait(COMPILE_STEP_S):
                    process.terminate()
    finally:
        _compiling.release()


def _expected(answer: Answer) -> Expected:
    if answer.expected is None:
        raise NotFound("gaps.no_chance")
    return answer.expected


__all__ = ["Run", "RunView", "Runs", "compile_engine"]
