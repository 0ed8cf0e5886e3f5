"""Further posts at a desk: an answer at once, the proof of it in the background, both remembered for a while."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from tansiq.errors import NotFound, Refused, Unavailable
from tansiq.gaps.sites import Asked, Kind, Site
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.gaps import Run
    from tansiq.gaps.further import Task
    from tansiq.gaps.proof import Background

KEPT: Final = 8
MOST_RUNNING: Final = 2
PROOF_S: Final = 600.0

State = Literal["waiting", "running", "done", "failed", "cancelled", "proven"]


class ProofView(Struct, frozen=True):
    """How far the proof is; `share` of the best possible is proven."""

    state: State
    share: float | None


class SitingView(Struct, frozen=True):
    """What was chosen so far. `share` of the open ground they close together, `bound` of the best possible is certain.

    `assumed` says what kind of post was reckoned with; `guarantee` which promise greedy choice keeps beforehand.
    """

    state: State
    chosen: list[Site]
    share: float | None
    bound: float | None
    proof: ProofView
    assumed: Kind | None = None
    guarantee: str | None = None
    code: str | None = None
    message: str | None = None


class Siting:
    """One search. Its own thread writes it; others read it and stop it."""

    def __init__(self, run: Run, asked: Asked) -> None:
        self.id = secrets.token_hex(8)
        self._run = run
        self._asked = asked
        self._stop = threading.Event()
        self._state: State = "running"
        self._refused: Refused | None = None
        self._task: Task | None = None
        self._proof: Background | None = None
        self._guarantee: str | None = None
        self._shown: tuple[tuple[int, ...], list[Site]] = ((), [])
        threading.Thread(target=self._work, name="further", daemon=True).start()

    @property
    def at_work(self) -> bool:
        """Whether it takes a core."""
        return self._state == "running" or (self._proof is not None and self._proof.latest.state == "running")

    def stop(self) -> None:
        """Stop the search and the proof; what is chosen and proven stays."""
        self._stop.set()
        if self._proof is not None:
            self._proof.cancel()

    def view(self, language: str) -> SitingView:
        """How it stands, in the reader's language."""
        if self._refused is not None:
            said = wording(self._refused.code, self._refused.params, language).line()
            nothing = ProofView("cancelled", None)
            return SitingView(self._state, [], None, None, nothing, code=self._refused.code, message=said)
        if self._task is None or self._proof is None or self._run.answer is None:
            return SitingView(self._state, [], None, None, ProofView("waiting", None))
        from tansiq.gaps import further  # noqa: PLC0415 - the engine is loaded with the first question

        known = self._proof.latest
        if known.sites != self._shown[0]:
            self._shown = known.sites, further.chosen(self._run.answer, self._task, known.sites)
        whole = self._task.open_km2h
        closed = known.value * self._task.cell_km2
        states: dict[str, State] = {"running": "running", "proven": "proven", "stopped": "cancelled"}
        return SitingView(
            self._state,
            self._shown[1],
            round(min(1.0, closed / whole), 4) if whole else 1.0,
            known.at_least,
            ProofView(states[known.state], known.at_least),
            self._task.kind,
            self._guarantee,
        )

    def _work(self) -> None:
        try:
            self._choose()
            self._state = "cancelled" if self._stop.is_set() and self._proof is None else "done"
        except Refused as refused:
            self._refused, self._state = refused, "failed"
        except Exception:
            self._refused, self._state = Unavailable("gaps.broke"), "failed"
            raise

    def _choose(self) -> None:
        from tansiq.desk import ground  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import further, proof  # noqa: PLC0415 - as above

        answer, question = self._run.answer, self._run.question
        if answer is None:
            return
        terrain = ground.read([one for one in question.ground if one.manifest.kind == "elevation"], answer.grid).terrain
        made = further.task(answer, terrain, self._asked)
        if self._stop.is_set():
            return
        choice = further.choose(made)
        self._guarantee = choice.guarantee.code
        self._proof = proof.Background(made.problem, choice, seconds=PROOF_S)
        if self._stop.is_set():
            self._proof.cancel()
        self._task = made


class Sitings:
    """The searches of a node."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Siting] = OrderedDict()

    def start(self, run: Run, asked: Asked) -> str:
        """Begin a search on a finished analysis; refused (`further.busy`) while two others take the cores."""
        with self._lock:
            running = sum(one.at_work for one in self._held.values())
            if running >= MOST_RUNNING:
                raise Unavailable("further.busy", count=running)
            made = Siting(run, asked)
            self._held[made.id] = made
            while len(self._held) > KEPT:
                self._held.popitem(last=False)[1].stop()
        return made.id

    def get(self, name: str) -> Siting:
        """The search with this id; refused as `further.not_here`."""
        with self._lock:
            if name not in self._held:
                raise NotFound("further.not_here", id=name[:40])
            return self._held[name]

    def close(self) -> None:
        """Stop every search."""
        with self._lock:
            for one in self._held.values():
                one.stop()
