"""Erase: the values of an earlier record of the same ledger are destroyed on every honest node.

The entry's `revises` names the record. Its digests stay, and without salt and value they say nothing.
"""

from __future__ import annotations

from typing import Literal

from tansiq.records.kind import Body, Kind


class Erase(Body, frozen=True):
    """Why, in the terms that the parties agree on; no free text, which would itself want erasing."""

    reason: Literal["personal", "agreed", "mistake", "law"] | None = None


KIND = Kind("erase", Erase, {}, {}, spoken=False)
