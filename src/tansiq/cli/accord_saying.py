"""A word on another party's thing of the accord, on the command line."""

from __future__ import annotations

from tansiq.cli.movements_saying import answer_said
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of, only_shared_circle
from tansiq.desk.request import read_request


def give_word(which: str, verdict: str, reason: str, circle: str, as_: str, reservation: str = "") -> None:
    """Accept, decline or withdraw."""
    from tansiq.desk import accord_door as door  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    said = {
        "circle": circle or only_shared_circle(node),
        "about": which,
        "verdict": verdict,
        "reason": reason or None,
        "reservation": reservation or None,
    }
    answer_said(door.word(node.office, read_request(door.WordRequest, said), author_of(node, as_)), verdict)
