"""Scans for clusters at a desk: in the background, with progress and cancelling, each remembered by its question."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from tansiq.errors import Conflict, NotFound, Refused, Unavailable
from tansiq.gaps import ENGINE
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.gaps_question import ScanQuestion

KEPT: Final = 8
MOST_WAITING: Final = 4
ID_LENGTH: Final = 32

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class ScanView(Struct, frozen=True):
    """How far a scan is, and what it found once it is done; `code` and `message` say why it failed."""

    id: str
    state: State
    progress: float
    answer: dict[str, Any] | None = None
    code: str | None = None
    message: str | None = None


class Scanning:
    """One scan. Its own thread writes it; others read it and stop it."""

    def __init__(self, name: str, question: ScanQuestion) -> None:
        self.id = name
        self.stop = threading.Event()
        self.state: State = "waiting"
        self._question = question
        self._progress = 0.0
        self._refused: Refused | None = None
        self._answer: dict[str, Any] | None = None

    def view(self, language: str) -> ScanView:
        """How it stands, in the reader's language."""
        code, message = None, None
        if self._refused is not None:
            code = self._refused.code
            message = wording(code, self._refused.params, language).line()
        return ScanView(self.id, self.state, round(self._progress, 3), self._answer, code, message)

    def density(self, bandwidth_m: float | None) -> bytes:
        """The smooth picture of the incidents that count, as `gaps_draft.sheet` writes it: per cent of its highest."""
        from tansiq.desk import gaps_draft  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import clusters, picture  # noqa: PLC0415 - as above
        from tansiq.gaps.analysis import area_of  # noqa: PLC0415 - as above

        inputs = self._question.inputs
        grid, found = clusters.density_of(inputs, self._question.options, bandwidth_m)
        warp = picture.Warp(grid)
        highest = float(found.density.max(initial=0.0))
        body = {
            "bandwidth_m": found.bandwidth_m,
            "chosen": found.chosen,
            "incidents": found.incidents,
            "highest_per_km2": float(f"{highest:.6g}"),
        }
        return gaps_draft.sheet(
            body, warp, picture.EVERYTHING, picture.shares(found.density, area_of(grid, inputs.ring), warp)
        )

    def work(self) -> None:
        """Seek; once, on the thread of the scans."""
        if self.stop.is_set():
            self.state = "cancelled"
            return
        self.state = "running"
        try:
            self._seek()
            self.state = "done"
        except Refused as refused:
            stopped = self.stop.is_set() and refused.code == "gaps.stopped"
            self._refused, self.state = (None, "cancelled") if stopped else (refused, "failed")
        except Exception:
            self._refused, self.state = Unavailable("gaps.broke"), "failed"
            raise

    def _seek(self) -> None:
        from tansiq.gaps import clusters  # noqa: PLC0415 - the engine is loaded with the first question

        def step(part: float) -> None:
            if self.stop.is_set():
                raise Conflict("gaps.stopped")
            self._progress = max(self._progress, part)

        asked = self._question
        found = clusters.clusters(asked.inputs, asked.options, step)
        self._answer = {"exercise": asked.exercise, **clusters.as_json(found, asked.options)}


class Scans:
    """The scans of a node, and the one thread that works on them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Scanning] = OrderedDict()
        self._pool: ThreadPoolExecutor | None = None

    def start(self, question: ScanQuestion) -> str:
        """The id of the scan that answers a question; refused (`gaps.busy`) while too many wait."""
        text = msgspec.json.encode([ENGINE, question.inputs.digest(), question.options], order="sorted")
        name = hashlib.sha256(text).hexdigest()[:ID_LENGTH]
        with self._lock:
            held = self._held.get(name)
            if held is not None and held.state not in ("failed", "cancelled") and not held.stop.is_set():
                self._held.move_to_end(name)
                return name
            waiting = sum(one.state == "waiting" for one in self._held.values())
            if waiting >= MOST_WAITING:
                raise Unavailable("gaps.busy", count=waiting)
            made = self._held[name] = Scanning(name, question)
            self._held.move_to_end(name)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)[1].stop.set()
            if self._pool is None:
                self._pool = ThreadPoolExecutor(1, thread_name_prefix="scan")
            self._pool.submit(made.work)
        return name

    def get(self, name: str) -> Scanning:
        """The scan with this id; refused as `gaps.no_run`."""
        with self._lock:
            if name not in self._held:
                raise NotFound("gaps.no_run", id=name[:40])
            return self._held[name]

    def cancel(self, name: str) -> None:
        """Stop it; one that is done stays done."""
        one = self.get(name)
        one.stop.set()
        if one.state == "waiting":
            one.state = "cancelled"

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            for one in self._held.values():
                one.stop.set()
            pool = self._pool
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)
