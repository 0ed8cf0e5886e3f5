"""What a desk asks before it announces. Knows nothing of the engine, so a node that starts need not load it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct


class CheckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A plan that is not said yet; `revises` names an own plan that it would change."""

    circle: Annotated[str, Meta(min_length=6, max_length=32)]
    fields: dict[str, Any]
    revises: Annotated[str, Meta(max_length=128)] | None = None
