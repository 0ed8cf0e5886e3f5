"""Saying something about movements on the command line: who speaks, in which circle, and what is answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer

from tansiq.circles.gate import Author
from tansiq.cli.fields import parse_fields
from tansiq.cli.output import answer
from tansiq.cli.set_up import open_node
from tansiq.cli.speak import AS_HELP, CIRCLE_HELP, author_of, only_shared_circle
from tansiq.desk import saying
from tansiq.desk.request import read_request
from tansiq.desk.saying import Column, Reference, ReleaseRequest, SayRequest
from tansiq.node.node import Node
from tansiq.records.kind import kind_named

Circle = Annotated[str, typer.Option(help=CIRCLE_HELP)]
As = Annotated[str, typer.Option("--as", help=AS_HELP)]
Preview = Annotated[bool, typer.Option("--preview", help="Only show what each party would see.")]


def give_consent(which: str, verdict: str, reason: str, circle: str, as_: str) -> None:
    """Say a word on a hand-over or an answer with conditions."""
    from tansiq.desk import movements_door as door  # noqa: PLC0415 - the engine is only loaded here

    node = open_node()
    asked = read_request(door.ConsentRequest, word_on(node, which, verdict, reason, circle))
    answer_said(door.consent(node.office, asked, author_of(node, as_)), verdict)


def word_on(node: Node, which: str, verdict: str, reason: str, circle: str) -> dict[str, Any]:
    """The request for a word on another party's thing."""
    chosen = circle or only_shared_circle(node)
    return {"circle": chosen, "about": which, "verdict": verdict, "reason": reason or None}


def fields_of(node: Node, kind: str, words: list[str] | None) -> dict[str, Any]:
    """The fields of a kind from words like name=value."""
    return parse_fields(kind_named(kind), words or [], node.office.clock())


def say(
    node: Node,
    kind: str,
    fields: dict[str, Any],
    circle: str,
    as_: str,
    *,
    about: str | None = None,
    revises: str | None = None,
) -> None:
    """Say it at once, and answer its reference."""
    author: Author = author_of(node, as_)
    release = ReleaseRequest(circle or only_shared_circle(node))
    request = SayRequest(kind, fields, [release], revises, about, urgent=True)
    answer_said(saying.release(node.office, request, author)[0], "said")


def answer_columns(columns: Sequence[Column]) -> None:
    """Answer what each party would see; nothing was said."""
    answer(
        msgspec.to_builtins(columns),
        *(f"{one.party}: {'nothing' if one.fields is None else ', '.join(one.fields)}" for one in columns),
    )


def answer_said(said: Reference, word: str) -> None:
    """Answer the reference of what was said."""
    answer(msgspec.to_builtins(said), f"{word}: {said.ref} (entry {said.index} in {said.circle[:8]})")
