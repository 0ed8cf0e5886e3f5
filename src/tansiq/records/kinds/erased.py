"""Erased: a party says that it destroyed the values of another's record when that was erased; `about` names it."""

from __future__ import annotations

from tansiq.records.kind import Body, Kind


class Erased(Body, frozen=True):
    """No fields of its own."""


KIND = Kind("erased", Erased, {}, {}, spoken=False)
