"""The proof behind the instant choice of sites: HiGHS closes the gap in the background while people already look.

The same problem as a mixed-integer program (Church and ReVelle 1974): a site is taken or not, a cell fills up to its
room by what the taken sites fill. Sites that nothing better can hold are left out beforehand. It starts from the choice
at hand, says after every step how much of the best
possible is now proven, and stops when told to. What it had proven by then stays true.

A proof that ran to its end gives the same answer each time. One that was stopped says what it knew at that moment.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from msgspec import Struct
from numpy.typing import NDArray

from tansiq.errors import MalformedInput, Unavailable
from tansiq.gaps import ceiling
from tansiq.gaps.siting import Choice, Problem, allowed, prepared, share, value_of

SLACK: Final = 1e-6
"""HiGHS counts in floats with this tolerance: its bound is taken so much higher."""
ENDED: Final = {
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInterrupt,
    highspy.HighsModelStatus.kTimeLimit,
}
WHOLE: Final = 0.999
"""Values are whole numbers: two closer than this are the same."""


class Proven(Struct, frozen=True):
    """How far the proof is: the best choice known, its value, no choice is above `bound`.

    `state` is `running`, `proven` (nothing is better) or `stopped`.
    """

    sites: tuple[int, ...]
    value: int
    bound: int
    state: str
    seconds: float

    @property
    def at_least(self) -> float:
        """The share of the best possible that `sites` is proven to reach, rounded down to 0.001."""
        return share(self.value, self.bound)


def prove(
    problem: Problem,
    choice: Choice,
    *,
    progress: Callable[[Proven], None] = lambda proven: None,
    cancelled: Callable[[], bool] = lambda: False,
    seconds: float = math.inf,
) -> Proven:
    """Improve and prove a choice until nothing is better, `cancelled()` says so or `seconds` are over.

    `progress` is called from the thread of the solver whenever the proven share rises. Raises MalformedInput
    `siting.rules` for a choice that does not keep the rules, Unavailable `siting.solver` where HiGHS fails.
    """
    if not allowed(problem, choice.sites):
        raise MalformedInput("siting.rules", sites=len(choice.sites))
    best = Proven(choice.sites, choice.value, choice.bound, "running", 0.0)
    if choice.value >= choice.bound:
        return Proven(choice.sites, choice.value, choice.value, "proven", 0.0)
    if cancelled():
        return Proven(choice.sites, choice.value, choice.bound, "stopped", 0.0)
    solver = _solver(problem, seconds, _needless(problem, choice))
    _start_from(solver, problem, choice)

    def tell(bound: float, spent: float) -> None:
        nonlocal best
        known = min(best.bound, max(best.value, _whole(bound)))
        if known < best.bound:
            best = Proven(best.sites, best.value, known, "running", round(spent, 3))
            progress(best)

    def found(event: highspy.highs.HighsCallbackEvent) -> None:
        nonlocal best
        sites = _sites(np.asarray(event.data_out.mip_solution), problem)
        value = value_of(problem, sites)
        if value > best.value and allowed(problem, sites):
            best = Proven(sites, value, best.bound, "running", round(event.data_out.running_time, 3))
            progress(best)

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        tell(-event.data_out.mip_dual_bound, event.data_out.running_time)
        if cancelled():
            event.interrupt()

    solver.cbMipImprovingSolution += found
    solver.cbMipInterrupt += look
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status not in ENDED or not info.valid:
        # a solver that never ran leaves a bound of 0 behind: it would prove anything
        raise Unavailable("siting.solver", status=status.name)
    tell(-info.mip_dual_bound, solver.getRunTime())
    if status == highspy.HighsModelStatus.kOptimal:
        sites = _sites(np.asarray(solver.getSolution().col_value), problem)
        value = value_of(problem, sites)
        if value > best.value and allowed(problem, sites):
            best = Proven(sites, value, best.bound, "running", best.seconds)
    state = "proven" if best.value >= best.bound else "stopped"
    return Proven(best.sites, best.value, best.bound, state, round(solver.getRunTime(), 3))


class Background:
    """A proof on a thread of its own: ask `latest` at any time, `cancel` it, or `wait` for its end."""

    def __init__(self, problem: Problem, choice: Choice, *, seconds: float = math.inf) -> None:
        self._stop = threading.Event()
        self._latest = Proven(choice.sites, choice.value, choice.bound, "running", 0.0)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(problem, choice, seconds), name="siting-proof", daemon=True
        )
        self._thread.start()

    @property
    def latest(self) -> Proven:
        """What is proven now; raises what ended the proof, where something did."""
        if self._failure is not None:
            raise self._failure
        return self._latest

    def cancel(self) -> None:
        """Stop at the solver's next look; what is proven stays."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> Proven:
        """Wait for the end, at most `seconds`; what is proven then."""
        self._thread.join(seconds)
        return self.latest

    def _run(self, problem: Problem, choice: Choice, seconds: float) -> None:
        try:
            self._latest = prove(problem, choice, progress=self._note, cancelled=self._stop.is_set, seconds=seconds)
        except BaseException as failure:  # it is raised again where the proof is asked for
            self._failure = failure

    def _note(self, proven: Proven) -> None:
        self._latest = proven


def _whole(bound: float) -> int:
    """The whole number that a value below this float can be at most."""
    return (1 << 62) if not math.isfinite(bound) else math.floor(bound + SLACK * max(1.0, abs(bound)))


def _sites(columns: np.ndarray[tuple[int], np.dtype[np.float64]], problem: Problem) -> tuple[int, ...]:
    return tuple(np.flatnonzero(columns[: problem.cover.sites] > 0.5).tolist())


def _needless(problem: Problem, choice: Choice) -> NDArray[np.bool_]:
    """Sites that the solver need not look at: nothing better than the choice at hand holds them."""
    load = np.zeros(len(problem.room), np.int64)
    for site in choice.sites:
        span = slice(problem.cover.starts[site], problem.cover.starts[site + 1])
        load[problem.cover.cells[span]] += problem.cover.parts[span]
    needless = ceiling.needless(prepared(problem), problem.room - load, choice.value)
    needless[list(choice.sites)] = False  # the start must stay a solution
    return needless


def _solver(problem: Problem, seconds: float, needless: NDArray[np.bool_]) -> highspy.Highs:
    """The program: columns are the sites, then the cells; rows the cells, then the rules.

    The number of threads stays HiGHS's own: it has one pool in a process and fails on a second wish.
    """
    cover, rules = problem.cover, problem.rules
    sites, cells = cover.sites, len(problem.room)
    parts = np.minimum(cover.parts, problem.room[cover.cells]).astype(float)
    filled = sp.csc_matrix((parts, cover.cells, cover.starts), (cells, sites))
    lines = [np.ones(sites)]
    low, high = [0.0], [float(rules.count)]
    if rules.budget is not None:
        lines.append(problem.costs.astype(float))
        low.append(0.0)
        high.append(float(rules.budget))
    for party in range(max(len(rules.at_least), len(rules.at_most))):
        lines.append((problem.party == party).astype(float))
        low.append(float(rules.at_least[party]) if party < len(rules.at_least) else 0.0)
        high.append(float(rules.at_most[party]) if party < len(rules.at_most) else float(sites))
    matrix = sp.vstack(
        [
            sp.hstack([filled, -sp.eye_array(cells)]),
            sp.hstack([sp.csr_matrix(np.array(lines)), sp.csr_matrix((len(lines), cells))]),
        ]
    ).tocsr()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = sites + cells, cells + len(lines)
    program.col_cost_ = np.concatenate([np.zeros(sites), -problem.weights.astype(float)])
    program.col_lower_ = np.zeros(sites + cells)
    program.col_upper_ = np.concatenate([np.where(needless, 0.0, 1.0), problem.room.astype(float)])
    program.row_lower_ = np.concatenate([np.zeros(cells), low])
    program.row_upper_ = np.concatenate([np.full(cells, np.inf), high])
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    program.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * cells
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("random_seed", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", WHOLE)
    if math.isfinite(seconds):
        solver.setOptionValue("time_limit", seconds)
    solver.passModel(program)
    return solver


def _start_from(solver: highspy.Highs, problem: Problem, choice: Choice) -> None:
    """The choice at hand as the solver's first solution."""
    load = np.zeros(len(problem.room))
    taken = np.zeros(problem.cover.sites)
    taken[list(choice.sites)] = 1.0
    for site in choice.sites:
        span = slice(problem.cover.starts[site], problem.cover.starts[site + 1])
        load[problem.cover.cells[span]] += problem.cover.parts[span]
    start = highspy.HighsSolution()
    start.col_value = np.concatenate([taken, np.minimum(load, problem.room)]).tolist()
    start.value_valid = True
    solver.setSolution(start)
