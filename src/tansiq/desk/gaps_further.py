"""Further posts and patrols at a desk: an answer at once, what makes it better or surer in the background."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from tansiq.errors import NotFound, Refused, Unavailable
from tansiq.gaps.sites import Asked, Kind, PatrolsAsked, Round, Site, check_size
from tansiq.wording import wording

if TYPE_CHECKING:
    from tansiq.desk.gaps import Run
    from tansiq.gaps.cache import Cache
    from tansiq.gaps.further import Task
    from tansiq.gaps.proof import Background
    from tansiq.gaps.rounds import Laid

KEPT: Final = 8
MOST_RUNNING: Final = 2
PROOF_S: Final = 600.0
ABANDONED_S: Final = 30.0
"""A search that nobody has asked after for so long gives its core to the next one."""

State = Literal["waiting", "running", "done", "failed", "cancelled", "proven"]


class ProofView(Struct, frozen=True):
    """How far the proof is; `share` of the best possible is proven."""

    state: State
    share: float | None


class SitingView(Struct, frozen=True):
    """What was chosen so far. `share` of the open ground they close together, `bound` of the best possible is certain.

    `closes_km2h` is what the whole analysis finds closed with them. `assumed` says what kind of post was reckoned with;
    `guarantee` which promise greedy choice keeps beforehand.
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
    closes_km2h: float | None = None


class RoundsView(Struct, frozen=True):
    """The patrols laid so far. `share` of the open ground they close together; no such patrols close more than
    `most_km2h`, so `bound` of the best possible is certain, and it may be far more.
    """

    state: State
    rounds: list[Round]
    closes_km2h: float | None = None
    share: float | None = None
    most_km2h: float | None = None
    bound: float | None = None
    code: str | None = None
    message: str | None = None


class _Search:
    """What searches have in common: a thread of its own writes, others read and stop it."""

    def __init__(self, run: Run, memory: Cache | None) -> None:
        self.id = secrets.token_hex(8)
        self._run = run
        self._memory = memory
        self._stop = threading.Event()
        self._state: State = "running"
        self._refused: Refused | None = None
        self.looked_at = time.monotonic()

    def begin(self) -> None:
        """Start it."""
        threading.Thread(target=self._work, name="further", daemon=True).start()

    @property
    def at_work(self) -> bool:
        """Whether it takes a core."""
        return self._state == "running"

    @property
    def stopped(self) -> bool:
        """Whether it was told to stop; it may take a moment to notice."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Stop it; what is found stays."""
        self._stop.set()

    def why(self, language: str) -> tuple[str | None, str | None]:
        """The code and words of what it was refused with."""
        if self._refused is None or self._state != "failed":
            return None, None
        return self._refused.code, wording(self._refused.code, self._refused.params, language).line()

    def _work(self) -> None:
        try:
            self._seek()
            self._state = "cancelled" if self._stop.is_set() else "done"
        except Refused as refused:
            self._refused, self._state = refused, "cancelled" if self._stop.is_set() else "failed"
        except Exception:
            self._refused, self._state = Unavailable("gaps.broke"), "failed"
            raise

    def _seek(self) -> None:
        raise NotImplementedError


class Siting(_Search):
    """One search for posts."""

    def __init__(self, run: Run, memory: Cache | None, asked: Asked) -> None:
        super().__init__(run, memory)
        self._asked = asked
        self._task: Task | None = None
        self._proof: Background | None = None
        self._guarantee: str | None = None
        self._looked_at: tuple[int, ...] | None = None
        self._shown: tuple[int, list[Site]] = (0, [])

    @property
    def at_work(self) -> bool:
        """Whether it takes a core."""
        return super().at_work or (self._proof is not None and self._proof.latest.state == "running")

    def stop(self) -> None:
        """Stop the search and the proof; what is chosen and proven stays."""
        super().stop()
        if self._proof is not None:
            self._proof.cancel()

    def view(self, language: str) -> SitingView:
        """How it stands, in the reader's language."""
        self.looked_at = time.monotonic()
        code, message = self.why(language)
        if self._task is None or self._proof is None or self._run.answer is None:
            waits = ProofView("waiting" if self._state == "running" else "cancelled", None)
            return SitingView(self._state, [], None, None, waits, code=code, message=message)
        from tansiq.gaps import further, siting  # noqa: PLC0415 - the engine is loaded with the first question

        known = self._proof.latest
        if known.sites != self._looked_at:
            # what blocks make of a choice and what its posts truly close differ a little: the better one stays
            value = sum(further.closed(self._task, known.sites)[1])
            if self._looked_at is None or value > self._shown[0]:
                self._shown = value, further.chosen(self._run.answer, self._task, known.sites)
            self._looked_at = known.sites
        value, sites = self._shown
        whole = self._task.open_km2h
        closed = value * self._task.cell_km2
        certain = siting.share(value, known.bound)
        states: dict[str, State] = {"running": "running", "proven": "proven", "stopped": "cancelled"}
        return SitingView(
            self._state,
            sites,
            round(min(1.0, closed / whole), 4) if whole else 1.0,
            certain,
            ProofView(states[known.state], certain),
            self._task.kind,
            self._guarantee,
            closes_km2h=round(closed, 1),
        )

    def _seek(self) -> None:
        from tansiq.desk import ground  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import further, proof  # noqa: PLC0415 - as above

        answer, question = self._run.answer, self._run.question
        if answer is None:
            return
        check_size(answer.grid.rows * answer.grid.cols)
        layers = ground.read(question.ground, answer.grid)
        made = further.task(answer, layers, self._asked, cancelled=self._stop.is_set, memory=self._memory)
        choice = further.choose(made)
        self._guarantee = choice.guarantee.code
        self._proof = proof.Background(made.problem, choice, seconds=PROOF_S)
        if self._stop.is_set():
            self._proof.cancel()
        self._task = made


class Rounds(_Search):
    """One search for patrols."""

    def __init__(self, run: Run, memory: Cache | None, asked: PatrolsAsked) -> None:
        super().__init__(run, memory)
        self._asked = asked
        self._whole = 0.0
        self._cell_km2 = 0.0
        self._laid: Laid | None = None

    def view(self, language: str) -> RoundsView:
        """How it stands, in the reader's language."""
        self.looked_at = time.monotonic()
        code, message = self.why(language)
        laid = self._laid
        if laid is None:
            return RoundsView(self._state, [], code=code, message=message)
        closed = laid.value * self._cell_km2
        return RoundsView(
            self._state,
            list(laid.rounds),
            round(closed, 1),
            round(min(1.0, closed / self._whole), 4) if self._whole else 1.0,
            round(laid.ceiling * self._cell_km2, 1),
            laid.at_least,
            code,
            message,
        )

    def _seek(self) -> None:
        from tansiq.desk import ground  # noqa: PLC0415 - the engine is loaded with the first question
        from tansiq.gaps import rounds, rounds_task  # noqa: PLC0415 - as above

        answer, question = self._run.answer, self._run.question
        if answer is None:
            return
        coarse = rounds_task.ways_grid(answer.grid)
        check_size(answer.grid.rows * answer.grid.cols)
        layers = ground.read(question.ground, answer.grid)
        coarse_layers = layers if coarse == answer.grid else ground.read(question.ground, coarse)
        made = rounds_task.task(
            answer, layers, coarse, coarse_layers, self._asked, cancelled=self._stop.is_set, memory=self._memory
        )
        self._whole, self._cell_km2 = made.lacking.open_km2h, made.lacking.cell_km2
        for laid in rounds.lay(made, cancelled=self._stop.is_set):
            self._laid = laid


class Sitings:
    """The searches of a node."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Siting | Rounds] = OrderedDict()

    def start(self, run: Run, asked: Asked | PatrolsAsked, memory: Cache | None = None) -> str:
        """Begin a search on a finished analysis; refused (`further.busy`) while two others take the cores."""
        with self._lock:
            for one in self._held.values():
                if one.at_work and time.monotonic() - one.looked_at > ABANDONED_S:
                    one.stop()
            running = sum(one.at_work and not one.stopped for one in self._held.values())
            if running >= MOST_RUNNING:
                raise Unavailable("further.busy", count=running)
            made = Siting(run, memory, asked) if isinstance(asked, Asked) else Rounds(run, memory, asked)
            self._held[made.id] = made
            while len(self._held) > KEPT:
                self._held.popitem(last=False)[1].stop()
            made.begin()
        return made.id

    def posts(self, name: str) -> Siting:
        """The search for posts with this id; refused as `further.not_here`."""
        found = self._get(name)
        if not isinstance(found, Siting):
            raise NotFound("further.not_here", id=name[:40])
        return found

    def patrols(self, name: str) -> Rounds:
        """The search for patrols with this id; refused as `further.not_here`."""
        found = self._get(name)
        if not isinstance(found, Rounds):
            raise NotFound("further.not_here", id=name[:40])
        return found

    def _get(self, name: str) -> Siting | Rounds:
        with self._lock:
            if name not in self._held:
                raise NotFound("further.not_here", id=name[:40])
            return self._held[name]

    def close(self) -> None:
        """Stop every search."""
        with self._lock:
            for one in self._held.values():
                one.stop()
