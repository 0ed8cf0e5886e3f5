"""The best fifty of two thousand sites for ten thousand demand points: ours at once, HiGHS to the proven optimum.

The strip is 500 km long and 40 km wide, weights are log-normal, sites reach 4 to 10 km. HiGHS gets the plain program
and no help from us, on as many cores as it likes; ours has one. Times are of answers from the same arrays, without
building the cover.
"""

from __future__ import annotations

import time
from typing import Final

import highspy
import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from bench._harness import Row, median, spread
from tansiq.gaps import proof, siting

DEMAND: Final = 10_000
SITES: Final = 2000
COUNT: Final = 50
QUICK: Final = (2500, 400, 20)
LENGTH_KM: Final = 500.0
WIDTH_KM: Final = 40.0
RUNS: Final = 7
BUDGET_S: Final = 0.15
PATIENCE_S: Final = 300.0


def strip(demand: int, sites: int, count: int) -> siting.Problem:
    """The instance, by chance that repeats itself; a smaller one lies on a shorter strip."""
    chance = np.random.default_rng(5)
    length = LENGTH_KM * demand / DEMAND
    place = np.c_[chance.uniform(0, length, demand), chance.uniform(0, WIDTH_KM, demand)]
    site = np.c_[chance.uniform(0, length, sites), chance.uniform(0, WIDTH_KM, sites)]
    weights = np.round(chance.lognormal(2, 1, demand)).astype(np.int64) + 1
    reach = chance.uniform(4, 10, sites)
    tree = cKDTree(place)
    near = [np.array(tree.query_ball_point(site[one], reach[one]), np.int32) for one in range(sites)]
    starts = np.cumsum([0, *map(len, near)]).astype(np.int64)
    cells = np.concatenate(near)
    return siting.Problem(
        siting.Cover(starts, cells, np.ones(len(cells), np.int32)),
        np.ones(demand, np.int64),
        weights,
        np.ones(sites, np.int64),
        np.zeros(sites, np.int32),
        siting.Rules(count),
    )


def by_highs(problem: siting.Problem) -> tuple[float, int, bool]:
    """Seconds of HiGHS on the plain program, its value, and whether it proved that to be the best."""
    sites, cells = problem.cover.sites, len(problem.room)
    filled = sp.csc_matrix(
        (problem.cover.parts.astype(float), problem.cover.cells, problem.cover.starts), (cells, sites)
    )
    number = sp.hstack([sp.csr_matrix(np.ones((1, sites))), sp.csr_matrix((1, cells))])
    matrix = sp.vstack([sp.hstack([filled, -sp.eye_array(cells)]), number]).tocsr()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = sites + cells, cells + 1
    program.col_cost_ = np.concatenate([np.zeros(sites), -problem.weights.astype(float)])
    program.col_lower_, program.col_upper_ = np.zeros(sites + cells), np.ones(sites + cells)
    program.row_lower_ = np.concatenate([np.zeros(cells), [-np.inf]])
    program.row_upper_ = np.concatenate([np.full(cells, np.inf), [float(problem.rules.count)]])
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    program.integrality_ = [highspy.HighsVarType.kInteger] * sites + [highspy.HighsVarType.kContinuous] * cells
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", PATIENCE_S)
    solver.passModel(program)
    began = time.perf_counter()
    solver.run()
    if not solver.getInfo().valid:
        raise RuntimeError(f"HiGHS did not run: {solver.getModelStatus()}")
    took = time.perf_counter() - began
    taken = np.flatnonzero(np.asarray(solver.getSolution().col_value)[:sites] > 0.5).tolist()
    return took, siting.value_of(problem, taken), solver.getModelStatus() == highspy.HighsModelStatus.kOptimal


def measure(*, quick: bool) -> list[Row]:
    """The rows of this bench; the full one takes one to five minutes, nearly all of it HiGHS's."""
    problem = strip(*(QUICK if quick else (DEMAND, SITES, COUNT)))
    siting.choose(problem, rounds=1)  # compiled before anything is timed
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        choice = siting.choose(problem)
        times.append(time.perf_counter() - began)
    took, value, best = by_highs(problem)
    began = time.perf_counter()
    proven = proof.prove(problem, choice, seconds=PATIENCE_S)
    proof_took = time.perf_counter() - began
    if best and proven.state == "proven" and abs(proven.value - value) > 1e-4 * value:
        raise RuntimeError(f"two proven optima that differ: {proven.value} and {value}")
    optimum = max(value, proven.value)
    ended = "proven" if best or proven.state == "proven" else f"best known after {PATIENCE_S:.0f} s"
    greedy = f"greedy alone {choice.greedy_value / optimum:.4f}"
    middle = median(times)
    return [
        Row("share of optimum", "weight", choice.value, optimum, ended, choice.value / optimum, greedy),
        Row("time vs highs", "s", middle, took, "HiGHS to its end", took / middle, spread(times)),
        Row("at once, budget 0.15 s", "s", middle, BUDGET_S, "budget", BUDGET_S / middle, "choice and bound"),
        Row("share proven at once", "weight", choice.value, choice.bound, "our bound", choice.value / choice.bound),
        Row("proof that follows", "s", proof_took, took, "HiGHS alone", took / proof_took, proven.state),
    ]
