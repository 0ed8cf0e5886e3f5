"""Terrain for tests: rough ground whose relief falls with its width, as real ground's does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SLOPE = 2.2
"""Of the power spectrum's root: between rolling hills and mountains."""


def rough(rows: int, cols: int, seed: int, relief: float) -> NDArray[np.float32]:
    """float32[rows, cols] of metres between 0 and `relief`."""
    size = 1 << (max(rows, cols) - 1).bit_length()
    noise = np.fft.rfft2(np.random.default_rng(seed).standard_normal((size, size)))
    waves = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    waves[0, 0] = 1.0
    ground = np.fft.irfft2(noise * waves**-SLOPE, s=(size, size))[:rows, :cols]
    ground -= ground.min()
    highest = ground.max()
    scaled: NDArray[np.float32] = (ground * (relief / highest if highest > 0 else 0.0)).astype(np.float32)
    return scaled
