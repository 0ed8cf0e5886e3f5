"""A word on another party's thing of the accord, on the command line."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from tansiq.cli.movements_saying import As, Circle, answer_said, word_on
from tansiq.cli.output import refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import author_of
from tansiq.desk.request import read_request


@refusals_in_words
def word(
    which: Annotated[str, typer.Argument(metavar="REF", help="Another party's thing of the accord: party/id.")],
    verdict: Annotated[
        Literal["accepted", "declined", "withdrawn"], typer.Argument(help="What this party says to it.")
    ],
    reservation: Annotated[str, typer.Option(help="What is reserved; it stands next to the text.")] = "",
    reason: Annotated[str, typer.Option(help="Why it is declined, or the word taken back.")] = "",
    circle: Circle = "",
    as_: As = "",
) -> None:
    """Say a word on minutes, an understanding, a body, a commitment, … of another party, as it is held here now."""
    give_word(which, verdict, reason, circle, as_, reservation)


def give_word(which: str, verdict: str, reason: str, circle: str, as_: str, reservation: str = "") -> None:
    """Accept, decline or withdraw."""
    from tansiq.desk import accord_door as door  # noqa: PLC0415 - the table is only loaded here

    node = open_node()
    asked = read_request(
        door.WordRequest, {**word_on(node, which, verdict, reason, circle), "reservation": reservation or None}
    )
    answer_said(door.word(node.office, asked, author_of(node, as_)), verdict)
