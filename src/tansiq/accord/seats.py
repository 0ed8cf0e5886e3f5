"""Who sits at the table, as every reckoning of the accord needs it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Seats(Struct, frozen=True):
    """`sides` owe and are owed; `facilitators` verify, and owe nothing. `circle` is the id that signatures name."""

    sides: tuple[str, ...]
    facilitators: tuple[str, ...] = ()
    circle: str = ""

    def others(self, owing: Sequence[str]) -> tuple[str, ...]:
        """The sides that do not owe; where all of them do, each owes the others."""
        found = tuple(one for one in self.sides if one not in owing)
        return found or self.sides
