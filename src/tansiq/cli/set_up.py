"""Setting up: a node, its peers, its circles; and serving it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tansiq.circles.card import fingerprint, read_card
from tansiq.circles.circle import Circle, descriptor_digest, write_circle
from tansiq.cli.output import answer, refusals_in_words, settings
from tansiq.desk.office import circle_named, circles, parties
from tansiq.errors import MalformedInput
from tansiq.node.folder import Folder, NodeConfig
from tansiq.node.node import Node, create
from tansiq.records.values import Names, PartyId

peer = typer.Typer(name="peer", help="Other parties: hand them your card, pin theirs.", no_args_is_help=True)
circle = typer.Typer(name="circle", help="Circles: make one, enter one, list them.", no_args_is_help=True)


def open_node() -> Node:
    """The node in the folder of `--data`."""
    return Node(Folder(settings.data))


def read_file(path: Path, limit: int = 1 << 20) -> bytes:
    """A file's bytes, refused beyond `limit`."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise MalformedInput("file.unreadable", path=str(path), reason=str(error.strerror)) from error
    if len(data) > limit:
        raise MalformedInput("file.too_large", path=str(path), limit=limit)
    return data


@refusals_in_words
def init(
    party: Annotated[str, typer.Argument(help="Short id of the party: lower-case letters, digits, dashes.")],
    name_en: Annotated[str, typer.Option(help="Name in English.")] = "",
    name_ar: Annotated[str, typer.Option(help="Name in Arabic.")] = "",
    name_ckb: Annotated[str, typer.Option(help="Name in Sorani Kurdish.")] = "",
    role: Annotated[str, typer.Option(help="party, facilitator or observer.")] = "party",
    desk: Annotated[str, typer.Option(help="Where the desk listens (host:port).")] = "127.0.0.1:8600",
    peer_listen: Annotated[
        str, typer.Option("--peer", help="Where peers are answered (host:port).")
    ] = "127.0.0.1:8610",
    peer_url: Annotated[str, typer.Option(help="Under which address peers reach it (https://…).")] = "",
) -> None:
    """Make a new node: keys, store, own card."""
    values = {
        "party": party,
        "role": role,
        "names": {"en": name_en or party, "ar": name_ar or None, "ckb": name_ckb or None},
        "desk": desk,
        "peer": peer_listen,
        "peer_url": peer_url or f"https://{peer_listen}",
    }
    try:
        config = msgspec.convert(values, NodeConfig)
    except msgspec.ValidationError as error:
        raise MalformedInput("node.bad_config", path="init", reason=str(error)[:200]) from error
    folder = Folder(settings.data)
    folder.create(config)
    node = create(folder)
    card = node.own_card()
    path = settings.data / "own-card.txt"
    answer(
        {"party": party, "folder": str(settings.data), "card": str(path), "fingerprint": fingerprint(card)},
        f"Node of {party} made in {settings.data}.",
        f"Hand {path} to the other parties; read them this fingerprint: {fingerprint(card)}",
        f"Next: tansiq --data {settings.data} user add NAME --role duty_officer",
    )


@refusals_in_words
def serve() -> None:
    """Serve the node until it is told to stop."""
    from tansiq.node.server import NodeServer  # noqa: PLC0415 - the web framework is only needed here

    node = open_node()
    answer(
        {"party": node.config.party, "desk": f"http://{node.config.desk}", "peer": node.config.peer_url},
        f"{node.config.party}: desk at http://{node.config.desk}, peers at {node.config.peer_url}",
    )
    NodeServer(node).run()


@peer.command("card")
@refusals_in_words
def peer_card(out: Annotated[Path | None, typer.Argument(help="Where to write it.")] = None) -> None:
    """Write this party's card, to hand to the others."""
    node = open_node()
    signed = node.write_own_card()
    path = out or settings.data / "own-card.txt"
    path.write_bytes(signed)
    print_ = fingerprint(node.own_card())
    answer({"card": str(path), "fingerprint": print_}, f"Card written to {path}", f"Fingerprint: {print_}")


@peer.command("add")
@refusals_in_words
def peer_add(
    card_file: Annotated[Path, typer.Argument(help="The card that the other party handed over.")],
    expect: Annotated[str, typer.Option("--fingerprint", help="What the other party read to you.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for scripts.")] = False,
) -> None:
    """Pin another party's card."""
    data = read_file(card_file)
    card = read_card(data)
    found = fingerprint(card)
    if expect and expect.replace(" ", "").lower() != found.replace(" ", ""):
        raise MalformedInput("card.other_fingerprint", found=found, expected=expect[:60])
    if not expect and not yes:
        typer.confirm(f"{card.party} ({card.names.en or ''}), fingerprint {found}. Is this what they read?", abort=True)
    open_node().pin(data)
    answer(
        {"party": card.party, "fingerprint": found, "peer": card.peer},
        f"{card.party} pinned: {card.peer}, fingerprint {found}",
    )


@peer.command("list")
@refusals_in_words
def peer_list() -> None:
    """The roster."""
    node = open_node()
    with node.database.read() as connection:
        known = parties(connection)
    rows = [
        {
            "party": one.card.party,
            "names": one.card.names,
            "role": one.card.role,
            "peer": one.card.peer,
            "fingerprint": fingerprint(one.card),
            "self": one.card.party == node.config.party,
        }
        for one in known
    ]
    answer(
        rows,
        *(f"{row['party']:<12} {row['role']:<12} {row['peer']:<32} {row['fingerprint']}" for row in rows),
    )


@circle.command("make")
@refusals_in_words
def circle_make(
    members: Annotated[list[str], typer.Argument(help="The other members.")],
    name_en: Annotated[str, typer.Option(help="Name in English.")] = "",
    name_ar: Annotated[str, typer.Option(help="Name in Arabic.")] = "",
    name_ckb: Annotated[str, typer.Option(help="Name in Sorani Kurdish.")] = "",
    exercise: Annotated[bool, typer.Option("--exercise", help="For exercises only, for good.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to write the circle's file.")] = None,
) -> None:
    """Make a circle of pinned parties and enter it; hand the file to the other members."""
    node = open_node()
    names = Names(name_en or " · ".join(sorted({*members, node.config.party})), name_ar or None, name_ckb or None)
    made = node.make_circle(names, [PartyId(member) for member in members], exercise=exercise)
    path = out or settings.data / f"circle-{made.id[:8]}.json"
    path.write_bytes(write_circle(made) + b"\n")
    _show_circle(
        made,
        f"Circle file written to {path}: every other member enters with `tansiq circle join {path.name}`",
    )


@circle.command("join")
@refusals_in_words
def circle_join(file: Annotated[Path, typer.Argument(help="The circle's file.")]) -> None:
    """Enter a circle that another party made."""
    _show_circle(open_node().join(read_file(file)), "Entered.")


@circle.command("list")
@refusals_in_words
def circle_list() -> None:
    """The circles that this node is in."""
    node = open_node()
    with node.database.read() as connection:
        held = circles(connection)
    answer([_circle_view(one.circle) for one in held], *(_circle_line(one.circle) for one in held))


@circle.command("show")
@refusals_in_words
def circle_show(circle_id: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")]) -> None:
    """One circle with its members' keys."""
    node = open_node()
    with node.database.read() as connection:
        found = circle_named(connection, circle_id).circle
    _show_circle(found)


def _circle_view(one: Circle) -> dict[str, object]:
    return {
        "id": one.id,
        "epoch": one.epoch,
        "names": one.names,
        "members": list(one.parties),
        "exercise": one.exercise,
        "descriptor": descriptor_digest(one),
    }


def _circle_line(one: Circle) -> str:
    mark = "EXERCISE " if one.exercise else ""
    return f"{one.id}  epoch {one.epoch}  {mark}{one.names.en or ''}  ({', '.join(one.parties)})"


def _show_circle(one: Circle, *more: str) -> None:
    keys = [f"  {member.party}: log {member.log}" for member in one.members]
    answer(_circle_view(one), _circle_line(one), f"  descriptor {descriptor_digest(one)}", *keys, *more)
