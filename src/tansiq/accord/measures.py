"""What rules ask of the picture and its engines. Their own engines answer it; here is only what the question is.

An answer follows from records that were told to the circle and from the instant that is asked for, from nothing that
is a node's own: no layers of ground, no private circle, no clock.
"""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct


class AreaCover(Struct, frozen=True):
    """How much of an area is covered in each hour of the week (0: Monday 00:00 local): cells of `cells`.

    `covered` by what is known, `unknown` cells that may be covered. `refs` are the very records that were used,
    `missing` what was not there, `digest` that of inputs, engine and counts.
    """

    cells: int
    covered: tuple[int, ...]
    unknown: tuple[int, ...]
    refs: tuple[str, ...]
    missing: tuple[str, ...]
    digest: str


class AreaPresence(Struct, frozen=True):
    """In which hours of the week (168 signs 0 or 1) somebody is under way or on post somewhere in an area.

    `unknown` are hours in which somebody may be. The rest as in `AreaCover`.
    """

    hours: str
    unknown: str
    refs: tuple[str, ...]
    missing: tuple[str, ...]
    digest: str


class AskedPlan(Struct, frozen=True):
    """A party that was asked by another's plan: since when (ms), and when it answered (ms), if it did.

    `over` is when the plan was over, ended or cancelled (ms) as far as it is by then. `refs` are the very records.
    """

    plan: str
    party: str
    asked_at: int
    answered_at: int | None
    over: int | None
    refs: tuple[str, ...]


class Measures(Protocol):
    """What is asked of the engines, as of an instant (ms)."""

    def cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        """The cover of an area by anybody or by one party; None where the area is not told."""

    def presence(self, area: str, party: str | None, at: int) -> AreaPresence | None:
        """Who is under way or on post in an area; None where the area is not told."""

    def asked(self, at: int) -> tuple[AskedPlan, ...]:
        """Every party that is asked by a plan of another, by the time it was asked."""

    def ring(self, area: str, at: int) -> tuple[tuple[int, int], ...] | None:
        """The ring of an area (longitude, latitude × 10⁷); None where it is not told."""


class NothingMeasured:
    """No engine at all: what rests on one cannot be measured yet."""

    def cover(self, area: str, party: str | None, at: int) -> AreaCover | None:
        """Not known."""
        return None

    def presence(self, area: str, party: str | None, at: int) -> AreaPresence | None:
        """Not known."""
        return None

    def asked(self, at: int) -> tuple[AskedPlan, ...]:
        """Not known."""
        return ()

    def ring(self, area: str, at: int) -> tuple[tuple[int, int], ...] | None:
        """Not known."""
        return None
