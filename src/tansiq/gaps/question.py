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
    incidents count, how far travel times are followed (minutes), and under which condition of the ground the rule
    holds.

    `interval` asks for travel times in every condition. `error_m` above 0 asks for what to expect under elevation error
    of that standard deviation (m), which hangs together over `error_km`, in so many draws from a seed.
    """

    cell: Annotated[float, Meta(ge=10, le=1000)] = 30.0
    target_m: Annotated[float, Meta(ge=0, le=100)] = 1.7
    refraction: Annotated[float, Meta(ge=0, le=1)] = 0.13
    exact: bool = False
    smallest_m2: Annotated[float, Meta(ge=0, le=1e9)] = 100_000.0
    condition: Literal["fast", "nominal", "wet"] = "nominal"
    incident_days: Annotated[int, Meta(ge=7, le=3660)] = 365
    reach_minutes: Annotated[int, Meta(ge=5, le=240)] = 60
    interval: bool = False
    error_m: Annotated[float, Meta(ge=0, le=100)] = 0.0
    error_km: Annotated[float, Meta(ge=0, le=20)] = 0.15
    error_draws: Annotated[int, Meta(ge=2, le=200)] = 40
    error_seed: Annotated[int, Meta(ge=0, le=4_294_967_295)] = 0


class Scan(Struct, frozen=True, forbid_unknown_fields=True):
    """How clusters are sought: circles up to `radius_m` around zones of `zone_m` a side, up to `days` long, among the
    incidents of so many days, against so many shuffled worlds from a seed. `back`: any day may be the last of a
    cluster, for a look back; else only the present one, for an alarm.
    """

    radius_m: Annotated[int, Meta(ge=1_000, le=200_000)] = 20_000
    days: Annotated[int, Meta(ge=1, le=366)] = 14
    back: bool = False
    worlds: Annotated[int, Meta(ge=19, le=9_999)] = 999
    seed: Annotated[int, Meta(ge=0, le=4_294_967_295)] = 1
    zone_m: Annotated[int, Meta(ge=1_000, le=20_000)] = 5_000
    incident_days: Annotated[int, Meta(ge=14, le=3660)] = 365


def question(inputs: Inputs, layers: Mapping[str, str], options: Options, before: Inputs | None = None) -> str:
    """SHA-256 (hex) by which an answer can be found again: the same question has the same answer."""
    earlier = None if before is None else before.digest()
    text = msgspec.json.encode([ENGINE, inputs.digest(), earlier, dict(layers), options], order="sorted")
    return hashlib.sha256(text).hexdigest()
