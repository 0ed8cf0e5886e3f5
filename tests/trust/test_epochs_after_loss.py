"""The next epoch and a lost disk: what was entered is never entered anew, what is over does not go on."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

from nodes import ledger_of, make_nodes, enter, meet, refused, say, shown
from tansiq.circles.circle import Circle
from tansiq.desk.office import circle_named, epochs_of
from tansiq.exchange.local import pull_all
from tansiq.exchange.outbox import Saying, program_label, say as say_in
from tansiq.circles.gate import Redaction, Statement
from tansiq.exchange.standing import own_root
from tansiq.ledger import disclosure
from tansiq.node import epochs
from tansiq.node.beat import settle
from tansiq.node.node import Node
from tansiq.store import ledgers

from nodes import OFFICER

TEXT = {"text": "at the bridge"}


def old_disk(node: Node, kept: Path) -> Node:
    """The node with an older store in place of its own; the marks were elsewhere."""
    node.close()
    for path in node.folder.path.glob("store.sqlite*"):
        path.unlink()
    shutil.copyfile(kept, node.folder.store)
    return Node(node.folder)


def second_epoch(joc: Node, mop: Node, circle: Circle) -> Circle:
    """Both agree on the next epoch and enter it."""
    proposed = epochs.propose_next(joc, circle.id)
    meet(joc, mop)
    epochs.sign_next(mop, proposed.id)
    meet(joc, mop)
    for node in (joc, mop):
        settle(node)
    meet(joc, mop)
    with joc.database.read() as connection:
        return circle_named(connection, circle.id).circle


def recover(node: Node, other: Node) -> None:
    """Take everything that the other holds, own ledgers too, as after a start."""
    from simulation.world import recover_from  # noqa: PLC0415

    recover_from(node, other)
