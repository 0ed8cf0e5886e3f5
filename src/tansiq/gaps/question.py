"""How an analysis is asked for, and the digest of a question. Loads no engine: a desk asks before it computes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from tansiq.gaps import ENGINE
from tansiq.gaps.inputs import Inputs


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """How an analysis is done: side of a cell (m), height of what is to be seen (m), rays to every cell or the fast
    kernel, the part of curvature that refraction takes back, the least gap that is listed (m²), the days of which
    incidents count, how far travel times are followed (minutes), and under which condition of the ground.
    """

    cell: Annotated[float, Meta(ge=10, le=1000)] = 30.0
    target_m: Annotated[float, Meta(ge=0, le=100)] = 1.7
    refraction: Annotated[float, Meta(ge=0, le=1)] = 0.13
    exact: bool = False
    smallest_m2: Annotated[float, Meta(ge=0, le=1e9)] = 100_000.0
    condition: Literal["fast", "nominal", "wet"] = "nominal"
    incident_days: Annotated[int, Meta(ge=7, le=3660)] = 365
    reach_minutes: Annotated[int, Meta(ge=5, le=240)] = 60


def question(inputs: Inputs, layers: Mapping[str, str], options: Options, before: Inputs | None = None) -> str:
    """SHA-256 (hex) by which an answer can be found again: the same question has the same answer."""
    earlier = None if before is None else before.digest()
    text = msgspec.json.encode([ENGINE, inputs.digest(), earlier, dict(layers), options], order="sorted")
    return hashlib.sha256(text).hexdigest()
