"""Speed tables: complete, in order, and never faster than their source says."""

from __future__ import annotations

import numpy as np
import pytest

from nodes import refused
from tansiq.gaps import mobility
from tansiq.gaps.mobility import CLASSES, CONDITIONS, COVERS, KMH, Gradient, Mobility

GRADIENTS = np.linspace(-0.6, 0.6, 1201)


def factor(lines: mobility.Lines, gradients: np.ndarray) -> np.ndarray:
    """The largest of the lines."""
    return np.asarray((lines[:, :1] + lines[:, 1:] * gradients).max(axis=0))


@pytest.mark.parametrize("name", CLASSES)
def test_fast_is_never_slower_than_nominal_and_wet_never_faster(name: str) -> None:
    fast, nominal, wet = (mobility.profile(name, condition) for condition in CONDITIONS)
    covers = list(COVERS)
    assert (fast.covers[covers] <= nominal.covers[covers]).all()
    assert (nominal.covers[covers] <= wet.covers[covers]).all()
    for kind in mobility.ROAD_KINDS:
        assert fast.roads[kind] <= nominal.roads[kind] <= wet.roads[kind]


@pytest.mark.parametrize("name", CLASSES)
def test_every_land_cover_is_passable_or_not_and_only_codes_without_a_class_are_unknown(name: str) -> None:
    covers = mobility.profile(name).covers
    assert not np.isnan(covers[list(COVERS)]).any()
    assert np.isnan(np.delete(covers, COVERS)).all()
    assert np.isinf(covers[mobility.WATER])
    assert np.isfinite(covers[mobility.OPEN_GROUND])


@pytest.mark.parametrize("name", CLASSES)
def test_roads_are_never_slower_than_the_ground_beside_them(name: str) -> None:
    one = CLASSES[name]
    if name != "foot":
        assert min(one.roads[kind] for kind in ("motorway", "primary", "tertiary")) >= max(one.covers.values())


def tables() -> list[tuple[str, Gradient]]:
    """All tables of gradients."""
    return [(f"{name} {at}", getattr(one, at)) for name, one in CLASSES.items() for at in ("gradient", "road_gradient")]


@pytest.mark.parametrize(("name", "table"), tables())
def test_tables_of_gradients_are_convex_so_that_their_largest_line_is_the_table(name: str, table: Gradient) -> None:
    lines = mobility.lines(table)
    assert lines.shape == (mobility.SEGMENTS, 2), name
    assert (np.diff(lines[:, 1]) >= -1e-6).all(), name
    gradients, factors = np.array(table).T
    assert np.allclose(factor(lines, gradients), factors, rtol=1e-5), name
    assert factor(lines, np.zeros(1))[0] == pytest.approx(1.0, abs=0.04), name
    assert factor(lines, GRADIENTS).min() > 0.8, name


@pytest.mark.parametrize("name", CLASSES)
def test_up_is_slower_than_down(name: str) -> None:
    one = CLASSES[name]
    lines = mobility.lines(one.gradient)
    steep = np.linspace(0.06, one.climb, 20)
    assert (factor(lines, steep) > factor(lines, -steep)).all()


def test_walking_is_tobler_s_function_and_never_faster() -> None:
    tobler = np.exp(3.5 * np.abs(GRADIENTS + 0.05)) / np.exp(3.5 * 0.05)
    slower = factor(mobility.lines(mobility.ON_FOOT), GRADIENTS) / tobler
    assert slower.min() > 0.995
    assert slower[np.abs(GRADIENTS) <= 0.3].max() < 1.10
    assert slower.max() < 1.18
    assert slower[600] < 1.04


def test_someone_on_foot_crosses_a_kilometre_of_grass_in_the_time_of_the_table() -> None:
    assert 1000 * mobility.profile("foot").covers[mobility.GRASS] == pytest.approx(1000 * KMH / 4.86)


def test_a_class_that_there_is_not_is_refused() -> None:
    with refused("reach.mobility"):
        mobility.profile("hovercraft")


def test_wet_fields_stop_what_sinks_in_and_wet_tracks_slow_more_than_paved_roads() -> None:
    wet = mobility.profile("truck", "wet")
    assert np.isinf(wet.covers[mobility.CROPS])
    dry = mobility.profile("truck")
    assert wet.roads["track"] / dry.roads["track"] > wet.roads["primary"] / dry.roads["primary"]
    assert isinstance(CLASSES["truck"], Mobility)
