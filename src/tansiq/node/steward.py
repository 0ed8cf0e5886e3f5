"""The node as its desk knows it (`tansiq.desk.steward.Steward`)."""

from __future__ import annotations

from collections.abc import Sequence

from tansiq.circles.epoch import Epoch
from tansiq.exchange.age import Identity
from tansiq.node import epochs
from tansiq.node.node import Node


class NodeSteward:
    """Sees to one node."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def proposals(self) -> list[tuple[Epoch, list[str]]]:
        """Every next epoch that is not entered yet, and who has still to sign it."""
        return epochs.proposals(self._node)

    def propose(self, circle_id: str, add: Sequence[str], remove: Sequence[str]) -> Epoch:
        """Propose the circle's next epoch and sign it; it goes to all who stay."""
        return epochs.propose_next(self._node, circle_id, add=add, remove=remove)

    def leave(self, circle_id: str) -> None:
        """Seal the own ledger of a circle for good."""
        epochs.leave(self._node, circle_id)

    def sign(self, epoch_id: str) -> Epoch:
        """Agree to a next epoch. Entering it is left to the beat: two of them at once would be in each other's way."""
        return epochs.sign_next(self._node, epoch_id)

    def refuse(self, epoch_id: str) -> Epoch:
        """Say for good that this party does not sign a next epoch."""
        return epochs.refuse_next(self._node, epoch_id)

    def identity(self) -> Identity:
        """The secret half of the bundle key."""
        self._node.folder.bundle_identity()  # a folder of an older program gets one
        return Identity.load(self._node.folder.bundle_key)
