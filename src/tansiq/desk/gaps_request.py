"""What a desk asks when it asks for gaps. Knows nothing of the engine, so a node that starts need not load it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct


class GapsRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which area of which circle, in cells of how many metres, with which options, what-if changes, and trend or not.

    `between` names two lines: the area is then the ground between them.

    `at` (ms) asks how it stood then; left out: as it stands by the newest record.
    """

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    area: Annotated[str, Meta(max_length=128)] = ""
    between: Annotated[list[Annotated[str, Meta(max_length=128)]], Meta(min_length=2, max_length=2)] | None = None
    cell: float | None = None
    options: dict[str, Any] = {}
    draft: dict[str, Any] | None = None
    trend: bool = False
    at: int | None = None


class ScanRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Clusters of incidents in which area of which circle, or between which two lines; sought how, as it stood when."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    area: Annotated[str, Meta(max_length=128)] = ""
    between: Annotated[list[Annotated[str, Meta(max_length=128)]], Meta(min_length=2, max_length=2)] | None = None
    options: dict[str, Any] = {}
    at: int | None = None
