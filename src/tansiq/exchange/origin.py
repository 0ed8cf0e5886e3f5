"""Under which path a ledger is served: the hex SHA-256 of its origin (tlog-mirror, "monitoring prefix")."""

from __future__ import annotations

import hashlib


def origin_hash(origin: str) -> str:
    """The path element of the ledger with this origin."""
    return hashlib.sha256(origin.encode()).hexdigest()
