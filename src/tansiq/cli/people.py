"""Accounts of the node."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tansiq.cli.output import answer, refusals_in_words
from tansiq.cli.set_up import open_node
from tansiq.desk import people

user = typer.Typer(name="user", help="Accounts of this node.", no_args_is_help=True)

PASSWORD_HELP = "The password; `-` reads one line from standard input; asked for when left out."  # noqa: S105 - help text


def read_password(given: str) -> str:
    """The password from the option, from standard input (`-`), or asked for twice."""
    if given == "-":
        return sys.stdin.readline().rstrip("\n")
    return given or str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command("add")
@refusals_in_words
def user_add(
    name: Annotated[str, typer.Argument(help="Account name: lower-case, of a post, not of a person.")],
    role: Annotated[list[str] | None, typer.Option(help=f"One or more of: {', '.join(people.ROLES)}")] = None,
    desk: Annotated[str, typer.Option(help="The desk that its records come from.")] = "watch",
    password: Annotated[str, typer.Option(help=PASSWORD_HELP)] = "",
) -> None:
    """Add an account."""
    node = open_node()
    roles = role or ["duty_officer"]
    people.add(node.office, name, read_password(password), desk, roles)
    answer({"user": name, "desk": desk, "roles": roles}, f"{name} added: {', '.join(roles)} at desk {desk}")


@user.command("passwd")
@refusals_in_words
def user_passwd(name: str, password: Annotated[str, typer.Option(help=PASSWORD_HELP)] = "") -> None:
    """Set a new password; its sessions end."""
    people.set_password(open_node().office, name, read_password(password))
    answer({"user": name}, f"{name}: new password set, open sessions ended")


@user.command("disable")
@refusals_in_words
def user_disable(name: str, undo: Annotated[bool, typer.Option("--undo", help="Open it again.")] = False) -> None:
    """Shut an account. It is not deleted, because records name it."""
    people.set_disabled(open_node().office, name, not undo)
    answer({"user": name, "disabled": not undo}, f"{name}: {'open again' if undo else 'shut, sessions ended'}")


@user.command("list")
@refusals_in_words
def user_list() -> None:
    """Every account."""
    rows = people.every(open_node().office)
    answer(
        [{"user": row.name, "desk": row.desk, "roles": row.roles, "disabled": row.disabled} for row in rows],
        *(f"{row.name:<16} {row.desk:<10} {', '.join(row.roles)}{' (shut)' if row.disabled else ''}" for row in rows),
    )
