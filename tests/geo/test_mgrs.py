"""MGRS: against known references, there and back, and at the cuts of zones and bands."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tansiq.errors import MalformedInput
from tansiq.geo.mgrs import from_mgrs, grid_cell, radius, to_mgrs

# pytest puts its own filters in place of those of the module.
pytestmark = pytest.mark.filterwarnings("ignore:Warning in .Convert_MGRS_To_Geodetic")

latitudes = st.integers(-800_000_000, 839_999_999)
longitudes = st.integers(-1_800_000_000, 1_800_000_000)
sizes = st.sampled_from([1_000, 10_000, 100_000])


def _metres(lat_a: int, lon_a: int, lat_b: int, lon_b: int) -> float:
    """Great-circle distance on a sphere, metres: good to half a percent."""
    phi_a, phi_b = math.radians(lat_a / 1e7), math.radians(lat_b / 1e7)
    lam = math.radians((lon_a - lon_b) / 1e7)
    part = math.sin((phi_a - phi_b) / 2) ** 2
    part += math.cos(phi_a) * math.cos(phi_b) * math.sin(lam / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(min(1.0, part)))


def test_a_known_point_has_its_known_reference() -> None:
    # Equator and central meridian of zone 38: easting 500 km and northing 0 by definition.
    assert to_mgrs(0, 450_000_000) == "38NNF0000000000"
    assert to_mgrs(357_761_000, 435_786_000, 1) == "38SLE76"
    assert to_mgrs(357_761_000, 435_786_000, 0) == "38SLE"


def test_the_square_of_the_interface_document_reads_as_written() -> None:
    cell = from_mgrs("38S LE 45")
    assert (cell.mgrs, cell.size) == ("38SLE45", 10_000)
    assert grid_cell(cell.lat, cell.lon, 10_000) == cell


@pytest.mark.parametrize("text", ["38SLE4567", "38S LE 45 67", "38sle4567", " 38S  LE  4567 "])
def test_spaces_and_small_letters_do_not_matter(text: str) -> None:
    assert from_mgrs(text) == from_mgrs("38SLE4567")


@given(latitudes, longitudes)
def test_there_and_back_is_within_a_metre(lat: int, lon: int) -> None:
    cell = from_mgrs(to_mgrs(lat, lon))
    # A second metre for points whose last digit falls on the edge of its square.
    assert _metres(lat, lon, cell.lat, cell.lon) < 2


@given(latitudes, longitudes, sizes)
def test_a_cell_holds_its_point(lat: int, lon: int, size: int) -> None:
    cell = grid_cell(lat, lon, size)
    digits = {1_000: 2, 10_000: 1, 100_000: 0}[size]
    assert to_mgrs(lat, lon, digits) == cell.mgrs
    # The grid stretches by up to a thousandth within its zone, and by more where a zone is cut wide (32V).
    assert _metres(lat, lon, cell.lat, cell.lon) <= radius(cell) * 1.02 + 2
    assert len(cell.mgrs) <= 9


@given(latitudes, longitudes, sizes)
def test_a_cell_is_the_same_each_time_and_made_of_whole_numbers(lat: int, lon: int, size: int) -> None:
    first, second = grid_cell(lat, lon, size), grid_cell(lat, lon, size)
    assert first == second
    assert all(type(value) is int for value in (first.lat, first.lon, first.size))


@given(
    st.integers(310_000_000, 400_000_000),
    st.integers(-3000, 3000),
    st.sampled_from([420_000_000, 480_000_000]),
)
def test_both_sides_of_a_zone_edge_have_cells_of_their_own_zone(lat: int, off: int, edge: int) -> None:
    west, east = edge // 60_000_000 + 30, edge // 60_000_000 + 31
    cell = grid_cell(lat, edge + off, 10_000)
    assert cell.mgrs.startswith(str(east if off >= 0 else west))
    assert _metres(lat, edge + off, cell.lat, cell.lon) <= radius(cell) * 1.01


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "place.mgrs_shape"),
        ("38SIE45", "place.mgrs_shape"),
        ("Makhmour", "place.mgrs_shape"),
        ("38SLE456", "place.mgrs_digits"),
        ("38S LE 4 567", "place.mgrs_digits"),
        ("38SLE123456123456", "place.mgrs_digits"),
        ("99SLE45", "place.mgrs_square"),
        ("38SAA45", "place.mgrs_square"),
    ],
)
def test_a_broken_reference_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(MalformedInput) as refusal:
        from_mgrs(text)
    assert refusal.value.code == code


def test_the_polar_caps_and_other_sizes_are_refused() -> None:
    with pytest.raises(MalformedInput) as cap:
        grid_cell(850_000_000, 0, 1_000)
    assert cap.value.code == "place.polar"
    with pytest.raises(MalformedInput) as size:
        grid_cell(350_000_000, 430_000_000, 5_000)
    assert size.value.code == "place.grid_size"
    with pytest.raises(MalformedInput) as outside:
        to_mgrs(910_000_000, 0)
    assert outside.value.code == "place.degrees_range"
