"""A word on another party's thing of the accord, on the command line."""

from __future__ import annotations

from tansiq.cli.movements_saying import answer_said, word_on
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of
from tansiq.desk.request import read_request


def give_word(which: str, verdict: str, reason: str, circle: str, as_: str) -> None:
    """Accept, decline or withdraw."""
    from tansiq.desk import accord_door as door  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    asked = read_request(door.WordRequest, word_on(node, which, verdict, reason, circle))
    answer_said(door.word(node.office, asked, author_of(node, as_)), verdict)
