"""What a desk asks of the node above it: going on in a next epoch, and the key to which bundles are encrypted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tansiq.circles.epoch import Epoch
from tansiq.exchange.age import Identity


class Steward(Protocol):
    """Sees to a node at work."""

    def proposals(self) -> list[tuple[Epoch, list[str]]]:
        """Every next epoch that is not entered yet, and who has still to sign it."""
        ...

    def propose(self, circle_id: str, add: Sequence[str], remove: Sequence[str]) -> Epoch:
        """Propose the circle's next epoch, with the keys that are pinned now, and sign it."""
        ...

    def leave(self, circle_id: str) -> None:
        """Seal the own ledger of a circle for good; those who stay go on without this party."""
        ...

    def sign(self, epoch_id: str) -> Epoch:
        """Agree to a next epoch; refused where its keys are not those that are pinned here."""
        ...

    def refuse(self, epoch_id: str) -> Epoch:
        """Say for good that this party does not sign a next epoch."""
        ...

    def identity(self) -> Identity:
        """The secret half of the bundle key."""
        ...
