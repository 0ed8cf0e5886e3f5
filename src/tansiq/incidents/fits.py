"""How well two places and two times can be one, each as far as it is known, in powers of two.

A place is a point with an accuracy, round which it lies by a normal law, or a square of the grid, in which it lies
anywhere: what is told as a square is in it, and a point a kilometre outside of one is not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

Floats = npt.NDArray[np.float64]

LEAST_ERROR_M: Final = 400.0
ACCURACY_ERRORS: Final = 2.0
"""What is stated as accuracy is so many standard errors."""
TURNED: Final = 0.02
"""By how much of its side the edge of a square of the grid may lie elsewhere than north and east have it."""
RIGHT: Final = 0.95
"""How often a place lies as near as was stated; else some `WRONG_BY` times as far off."""
WRONG_BY: Final = 4.0
LATE_MIN: Final = 20.0
VERY_LATE_MIN: Final = 150.0
SHIFTS_MIN: Final = (60.0, 180.0)
"""By which clocks are wrong: summer time, and UTC read as the time of Baghdad."""
SHIFT_POINTS: Final = -4.0
EDGE_MIN: Final = 10.0


def place_fit(
    east: Floats, north: Floats, squares: tuple[Floats, Floats], accuracies: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Points for two places so far apart (m), at most 0, and over how much ground (m²) they would fit as well.

    `squares` are their sides (m, 0 for a point), `accuracies` what was stated of points (m, 0 for a square).
    """
    wide, narrow = np.maximum(*squares), np.minimum(*squares)
    error = np.maximum(np.hypot(*accuracies) / ACCURACY_ERRORS, LEAST_ERROR_M)
    error = np.sqrt(error**2 + narrow**2 / 12 + (TURNED * wide) ** 2)
    nothing = np.zeros_like(error)
    best = _likely(nothing, wide, error) ** 2
    right = _likely(east, wide, error) * _likely(north, wide, error)
    wrong = _likely(east, wide, error * WRONG_BY) * _likely(north, wide, error * WRONG_BY)
    points: Floats = np.log2((RIGHT * right + (1 - RIGHT) * wrong) / best + 1e-12)
    return np.minimum(points, 0.0), 1 / best


def _likely(apart: Floats, wide: Floats, error: Floats) -> Floats:
    """Per metre: how likely a point with that error lies so far from the middle of a strip so wide in which it is."""
    half = np.maximum(wide, 1.0) / 2
    inside = (ndtr((half + apart) / error) - ndtr((apart - half) / error)) / (2 * half)
    normal = np.exp(-((apart / error) ** 2) / 2) / (error * np.sqrt(2 * np.pi))
    likely: Floats = np.where(wide > 0, np.maximum(inside, 0.0), normal)
    return likely


def time_fit(gap: Floats, overlap: Floats, shorter: Floats) -> tuple[Floats, Floats]:
    """Points for two times with so many minutes between them, most within twenty, some within hours, and by which wrong
    clock they would fit. Of times that last, how much of the `shorter` one lies in the other (`overlap`) counts.
    """
    late, very_late = np.exp(-gap / LATE_MIN), np.exp(-gap / VERY_LATE_MIN) * LATE_MIN / VERY_LATE_MIN
    fits: Floats = np.log2((0.9 * late + 0.1 * very_late) * (overlap + EDGE_MIN) / (shorter + EDGE_MIN))
    shifted = np.zeros_like(gap)
    for shift in SHIFTS_MIN:
        like = (np.abs(gap - shift) <= 10) & (fits < SHIFT_POINTS)
        shifted[like], fits[like] = shift, SHIFT_POINTS
    return fits, shifted
