"""Incident rates with exposure and uncertainty: a count says little until one knows how hard anyone looked.

Counts in coarse cells are Poisson, with a rate that is Gamma among cells (Clayton and Kaldor 1987): cells with little
exposure lean on the others, and every rate has a credible interval. Incidents that patrols and posts *found* are
divided by the effort of looking, because more patrols find more (Ensign and others 2018); those that were *reported*
have an exposure of their own and are never mixed with the found ones. Ground where nobody looked has no rate: unknown,
not safe.

Rates are per unit of the exposure that is given, rounded to six digits so that two machines say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import optimize, special, stats

from tansiq.errors import MalformedInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DIGITS: Final = 6
LEVEL: Final = 0.9
FLATTEST, STEEPEST = -7.0, 14.0
"""Bounds of the logarithm of the Gamma's shape: beyond them cells are all unlike, or all alike."""
ALIKE: Final = 5.0
"""So near to the upper bound, cells show no difference beyond chance."""
FEWEST: Final = 3
"""Cells with exposure that it takes to learn a prior from them."""


class Prior(Struct, frozen=True):
    """Gamma(shape, per) of the rate: mean shape / per, weighing as much as `per` units of exposure.

    `kind`: `stated` by the user; `empirical` from the cells themselves; `alike` where they show no difference beyond
    chance (the prior is then very narrow); `weak` where there is too little to learn from (Jeffreys: shape ½, per 0).
    """

    kind: str
    shape: float
    per: float


class Rates(Struct, frozen=True):
    """Of each cell: the mean rate, and the credible interval from `low` to `high`; NaN where nobody looked."""

    rate: Floats
    low: Floats
    high: Floats
    level: float
    prior: Prior


class Reports(Struct, frozen=True):
    """One party's incidents of one kind of knowledge: `counts` and `exposure` of each cell.

    For found incidents the exposure is that party's effort of looking (for example km²-hours watched); for reported
    ones the time (for example km²-hours, or inhabitants × hours).
    """

    counts: Ints
    exposure: Floats


def estimate(counts: Ints, exposure: Floats, *, prior: Prior | None = None, level: float = LEVEL) -> Rates:
    """Rates of all cells (int64[cells], float64[cells]) under a stated prior, or one learned from the cells.

    Raises MalformedInput `rates.shape` for arrays of unlike length or figures below 0, `rates.effort` for a count above
    0 where the exposure is 0, `rates.level` for a level outside of 0 to 1, `rates.prior` for a prior that is none.
    """
    _check(counts, exposure, level)
    if prior is None:
        prior = learned(counts, exposure)
    elif not (prior.shape > 0 and prior.per >= 0 and np.isfinite([prior.shape, prior.per]).all()):
        raise MalformedInput("rates.prior", shape=str(prior.shape), per=str(prior.per))
    looked = exposure > 0
    shape, per = counts + prior.shape, np.where(looked, exposure + prior.per, 1.0)
    tail = (1.0 - level) / 2.0
    unknown = np.where(looked, 1.0, np.nan)
    return Rates(
        rounded(shape / per * unknown),
        rounded(stats.gamma.ppf(tail, shape) / per * unknown),
        rounded(stats.gamma.ppf(1.0 - tail, shape) / per * unknown),
        level,
        prior,
    )


def learned(counts: Ints, exposure: Floats) -> Prior:
    """The prior under which these counts are most likely (negative binomial), by its mean and its shape.

    For every shape the mean has one best value; the shape is sought on a bounded interval, so nothing runs away where
    counts are all 0, or vary less than chance would have them.
    """
    looked = exposure > 0
    seen, effort = counts[looked].astype(float), exposure[looked]
    if len(seen) < FEWEST or seen.sum() == 0:
        return Prior("weak", 0.5, 0.0)
    effort_scale = float(effort.mean())
    effort = effort / effort_scale

    def best_mean(shape: float) -> float:
        # the slope of the likelihood in the mean falls through 0 once; between these bounds it surely does
        def slope(mean: float) -> float:
            return float((seen / mean - effort * (seen + shape) / (shape + mean * effort)).sum())

        crude = seen.sum() / effort.sum()
        lowest, highest = crude, crude
        while slope(lowest) < 0:
            lowest /= 2.0
        while slope(highest) > 0:
            highest *= 2.0
        return lowest if lowest == highest else float(optimize.brentq(slope, lowest, highest, xtol=1e-14))

    def unlikely(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        expected = best_mean(shape) * effort
        terms = special.gammaln(seen + shape) - special.gammaln(shape)
        terms += shape * np.log(shape / (shape + expected)) + seen * np.log(expected / (shape + expected))
        return -float(terms.sum())

    found = optimize.minimize_scalar(
        unlikely, bounds=(FLATTEST, STEEPEST), method="bounded", options={"xatol": 1e-7, "maxiter": 200}
    )
    alike = found.x > STEEPEST - ALIKE
    shape = float(np.exp(found.x))
    per = shape / best_mean(shape) * effort_scale
    return Prior("alike" if alike else "empirical", float(rounded(shape)), float(rounded(per)))


def together(reports: Mapping[str, Reports]) -> Reports:
    """All parties' incidents and exposures summed; parties in the order of their names."""
    names = sorted(reports)
    if not names:
        raise MalformedInput("rates.shape", cells=0)
    counts = np.sum([reports[name].counts for name in names], axis=0)
    return Reports(counts, np.sum([reports[name].exposure for name in names], axis=0))


def ranks(values: Floats) -> Ints:
    """1 for the highest; equals share the better rank; 0 where the value is unknown."""
    known = ~np.isnan(values)
    answer = np.zeros(len(values), np.int64)
    answer[known] = stats.rankdata(-values[known], method="min")
    return answer


def ranks_without(
    reports: Mapping[str, Reports], *, weight: Floats | None = None, prior: Prior | None = None
) -> dict[str, Ints]:
    """The ranks of rate × weight with each party's reports left out in turn; under "" with all of them.

    A party's effort goes with its reports, or its silence would look like safety. With one party left out of one there
    is nothing to rank: all 0. `weight` is what is exposed in each cell (1 where not given).
    """
    answer: dict[str, Ints] = {}
    for left_out in ("", *sorted(reports)):
        kept = {name: one for name, one in reports.items() if name != left_out}
        if not kept:
            answer[left_out] = np.zeros(len(reports[left_out].counts), np.int64)
            continue
        all_kept = together(kept)
        rate = estimate(all_kept.counts, all_kept.exposure, prior=prior).rate
        answer[left_out] = ranks(rate if weight is None else rounded(rate * weight))
    return answer


def rounded(values: Floats | float) -> Floats:
    """To six digits that count."""
    numbers = np.asarray(values, float)
    # by decimal text, which is exact: a power of ten from the mathematical library may differ in its last bit
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.ravel().tolist()]).reshape(numbers.shape)


def _check(counts: Ints, exposure: Floats, level: float) -> None:
    alike = counts.shape == exposure.shape and counts.ndim == 1
    if not alike or (counts < 0).any() or not np.isfinite(exposure).all() or (exposure < 0).any():
        raise MalformedInput("rates.shape", cells=len(counts))
    blind = np.flatnonzero((counts > 0) & (exposure == 0))
    if len(blind):
        raise MalformedInput("rates.effort", cell=int(blind[0]), count=int(counts[blind[0]]))
    if not 0.0 < level < 1.0:
        raise MalformedInput("rates.level", level=str(level))
