"""What a node has worked out and keeps from one question to the next. It follows from the store and ends with the node.

The rooms that keep something make it with the first question: so a node that is not asked loads no engine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

Kept = TypeVar("Kept")


class Memory:
    """One object of each kind that somebody asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Callable[[], Any], Any] = {}

    def of(self, make: Callable[[], Kept]) -> Kept:
        """What `make` made when it was asked for first."""
        with self._lock:
            if make not in self._kept:
                self._kept[make] = make()
            return cast("Kept", self._kept[make])
