"""The permutation scan finds what was planted, is silent where nothing is, and deaf to habits of reporting."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy import stats

from nodes import refused
from tansiq.gaps import scan
from tansiq.gaps.scan import Cases, Cluster, Window

ZONES = 49
DAYS = 60
WINDOW = Window(radius_m=12_000.0, days=7)
SIDE = np.arange(7) * 10_000.0
X, Y = np.repeat(SIDE, 7), np.tile(SIDE, 7)


def cases(zone: np.ndarray[tuple[int], np.dtype[np.int64]], day: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Cases:
    """Incidents in a square of seven by seven zones, ten kilometres apart."""
    return Cases(zone.astype(np.int64), day.astype(np.int64), X, Y)


def quiet(seed: int, count: int = 200) -> Cases:
    """Incidents whose place and day have nothing to do with each other, with busy places and busy days."""
    chance = np.random.default_rng(seed)
    by_zone, by_day = chance.dirichlet(np.ones(ZONES)), chance.dirichlet(np.ones(DAYS))
    zone, day = chance.choice(ZONES, count, p=by_zone), chance.choice(DAYS, count, p=by_day)
    day[0] = DAYS - 1
    return cases(zone, day)


def by_trying_all(one: Cases, window: Window) -> float:
    """The highest score of all cylinders, word for word after the paper."""
    best = 0.0
    total, span = len(one.zone), int(one.day.max()) + 1
    held = np.bincount(one.zone, minlength=len(one.x))
    for middle in np.flatnonzero(held):
        apart = np.hypot(one.x - one.x[middle], one.y - one.y[middle])
        for radius in np.unique(apart[(apart <= window.radius_m) & (held > 0)]):
            inside = np.isin(one.zone, np.flatnonzero((apart <= radius) & (held > 0)))
            if inside.sum() > max(held[middle], total // 2):
                break
            for last in range(span - 1 if window.living else 0, span):
                for first in range(max(0, last - window.days + 1), last + 1):
                    during = (one.day >= first) & (one.day <= last)
                    seen, expected = int((inside & during).sum()), inside.sum() * during.sum() / total
                    if seen < 2 or seen <= expected:
                        continue
                    score = seen * np.log(seen / expected)
                    if seen < total:
                        score += (total - seen) * np.log((total - seen) / (total - expected))
                    best = max(best, score)
    return best


@pytest.mark.parametrize("living", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_likeliest_cylinder_is_that_of_trying_all(seed: int, living: bool) -> None:
    one, window = quiet(seed, 60), Window(15_000.0, 5, living)
    found = scan.scan(one, window, worlds=1)
    assert (found[0].score if found else 0.0) == pytest.approx(by_trying_all(one, window), rel=1e-5)


def planted(seed: int, living: bool = True) -> tuple[Cases, int]:
    """Quiet ground, and fifteen incidents more in four neighbouring zones within three days."""
    one = quiet(seed)
    chance = np.random.default_rng(seed + 100)
    last = DAYS - 1 if living else 30
    zone = chance.choice([16, 17, 23, 24], 15)
    day = last - chance.integers(0, 3, 15)
    day[0] = last
    return cases(np.r_[one.zone, zone], np.r_[one.day, day]), last


@pytest.mark.parametrize("living", [True, False])
def test_a_planted_cluster_is_found_where_and_when_it_is(living: bool) -> None:
    one, last = planted(1, living)
    first = scan.scan(one, Window(15_000.0, 7, living), worlds=199)[0]
    assert first.p <= 0.01
    assert len({16, 17, 23, 24} & set(first.zones)) >= 3
    assert first.last_day == last
    assert last - 4 <= first.first_day <= last - 1
    assert first.seen >= 10
    assert first.seen > 3 * first.expected


def test_where_nothing_is_p_values_are_spread_evenly() -> None:
    lowest = []
    for seed in range(120):
        found = scan.scan(quiet(seed, 120), WINDOW, worlds=99, seed=seed)
        lowest.append(found[0].p if found else 1.0)
    assert stats.kstest(lowest, "uniform").pvalue > 0.01
    assert sum(p <= 0.05 for p in lowest) <= 14


def test_a_place_that_always_reports_more_raises_no_alarm() -> None:
    chance = np.random.default_rng(5)
    zone = np.where(chance.random(600) < 0.6, 24, chance.integers(0, ZONES, 600))
    found = scan.scan(cases(zone, chance.integers(0, DAYS, 600)), WINDOW, worlds=199)
    assert not found or found[0].p > 0.05


def test_days_on_which_all_report_more_raise_no_alarm() -> None:
    chance = np.random.default_rng(9)
    day = np.where(chance.random(600) < 0.5, DAYS - 1 - chance.integers(0, 3, 600), chance.integers(0, DAYS, 600))
    found = scan.scan(cases(chance.integers(0, ZONES, 600), day), WINDOW, worlds=199)
    assert not found or found[0].p > 0.05


def test_clusters_share_no_zone_and_say_what_they_hold() -> None:
    one, _ = planted(3)
    found = scan.scan(one, WINDOW, worlds=49)
    told = [zone for cluster in found for zone in cluster.zones]
    assert len(told) == len(set(told))
    assert [cluster.score for cluster in found] == sorted((cluster.score for cluster in found), reverse=True)
    assert [cluster.p for cluster in found] == sorted(cluster.p for cluster in found)
    for cluster in found:
        inside = np.isin(one.zone, cluster.zones)
        during = (one.day >= cluster.first_day) & (one.day <= cluster.last_day)
        assert cluster.seen == (inside & during).sum()
        assert cluster.expected == pytest.approx(inside.sum() * during.sum() / len(one.zone), rel=1e-5)
        apart = np.hypot(X[list(cluster.zones)] - X[cluster.middle], Y[list(cluster.zones)] - Y[cluster.middle])
        assert apart.max() == pytest.approx(cluster.radius_m, abs=0.01)
        assert cluster.radius_m <= WINDOW.radius_m


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_seed_decides_and_threads_do_not(threads: int) -> None:
    one, _ = planted(4)
    assert scan.scan(one, WINDOW, worlds=49, seed=3, threads=threads) == scan.scan(one, WINDOW, worlds=49, seed=3)


def test_other_worlds_come_from_another_seed() -> None:
    one = quiet(2)
    ps = {scan.scan(one, WINDOW, worlds=99, seed=seed)[0].p for seed in range(6)}
    assert len(ps) > 1


def test_too_little_to_say_anything_is_no_cluster() -> None:
    none = np.zeros(0, np.int64)
    assert scan.scan(cases(none, none), WINDOW) == []
    assert scan.scan(cases(np.array([3]), np.array([4])), WINDOW) == []
    assert scan.scan(cases(np.array([3, 9]), np.array([4, 4])), WINDOW, worlds=9) == []


def test_scans_that_cannot_be_are_refused() -> None:
    one = quiet(1, 20)
    for wrong in (
        msgspec.structs.replace(one, day=one.day[1:]),
        msgspec.structs.replace(one, zone=one.zone - 49),
        msgspec.structs.replace(one, zone=one.zone + 49),
        msgspec.structs.replace(one, day=one.day - 60),
        msgspec.structs.replace(one, x=one.x * np.nan),
    ):
        with refused("scan.shape"):
            scan.scan(wrong, WINDOW)
    with refused("scan.too_large"):
        scan.scan(msgspec.structs.replace(one, day=one.day + 20_000), WINDOW)
    for window in (Window(-1.0, 3), Window(1000.0, 0), Window(float("inf"), 3)):
        with refused("scan.window"):
            scan.scan(one, window)
    for worlds in (0, 100_000):
        with refused("scan.worlds"):
            scan.scan(one, WINDOW, worlds=worlds)


def test_nine_months_of_real_incidents_are_scanned() -> None:
    """37 701 incidents of 2006 (geocausal, MIT): a test of volume, not of what they mean."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    path = Path(os.environ.get("TANSIQ_SHARED", beside)) / "data" / "iraq_incidents_2006_geocausal_mit.csv.gz"
    if not path.exists():
        pytest.skip(f"incidents not found: {path} (set TANSIQ_SHARED to the shared folder)")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    day = np.array([row["date"] for row in rows], "datetime64[D]").astype(np.int64)
    lon, lat = np.array([float(row["longitude"]) for row in rows]), np.array([float(row["latitude"]) for row in rows])
    # a plain local projection does for zones of twenty kilometres
    x, y = np.floor(lon * 92_000 / 20_000), np.floor(lat * 111_000 / 20_000)
    places, zone = np.unique(np.stack([x, y], axis=1), axis=0, return_inverse=True)
    one = Cases(zone.ravel(), day - day.min(), places[:, 0] * 20_000.0, places[:, 1] * 20_000.0)
    found: list[Cluster] = scan.scan(one, Window(60_000.0, 14), worlds=19)
    assert len(rows) == 37_701
    assert found
    assert all(0.05 <= cluster.p <= 1.0 for cluster in found)
    assert found == scan.scan(one, Window(60_000.0, 14), worlds=19, threads=1)
