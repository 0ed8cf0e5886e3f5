"""One statement as it is listed where everything about a matter is shown."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Line(Struct, frozen=True):
    """What a party said: `about` what, when (ms), and the fields that it told."""

    ref: str
    party: str
    kind: str
    about: str | None
    said: int
    fields: dict[str, Any]
