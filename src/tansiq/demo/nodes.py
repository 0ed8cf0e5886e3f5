"""Three nodes in three folders that know each other and share three circles, set up as their administrators would."""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tansiq.circles.circle import Circle, write_circle
from tansiq.desk import people
from tansiq.node.folder import Folder, NodeConfig
from tansiq.node.node import Node, create
from tansiq.records.values import Names, PartyId

USER: Final = "duty"
ROLES: Final = ("duty_officer", "release_officer", "planner", "negotiator", "signatory")
"""The one account of each node may play every part of the exercise."""
FIRST_PORT: Final = 8601


@dataclass(frozen=True)
class DemoNode:
    """A node of the demo and how to sign in to it."""

    party: str
    name: str
    url: str
    user: str
    password: str
    folder: Path


def scenario_file(scenario: Path, name: str) -> Any:
    """A JSON file of the scenario."""
    return json.loads((scenario / name).read_text(encoding="utf-8"))


def make_nodes(home: Path, scenario: Path, ports: Sequence[int] | None = None) -> dict[str, Node]:
    """New folders under `home`, cards pinned all round, circles entered by every member.

    `ports` are two for each party in the order of the scenario, free ones on loopback where left out.
    """
    nodes: dict[str, Node] = {}
    parties = scenario_file(scenario, "parties.json")
    ports = free_ports(2 * len(parties)) if ports is None else ports
    passwords: dict[str, str] = {}
    for step, entry in enumerate(parties):
        party = entry["id"]
        folder = Folder(home / party)
        folder.create(
            NodeConfig(
                PartyId(party),
                entry["role"],
                Names(**entry["names"]),
                desk=f"127.0.0.1:{ports[2 * step]}",
                peer=f"127.0.0.1:{ports[2 * step + 1]}",
                peer_url=f"https://127.0.0.1:{ports[2 * step + 1]}",
                marks=str((home / "marks" / party).resolve()),
            )
        )
        nodes[party] = create(folder)
        passwords[party] = "-".join(secrets.token_hex(2) for _ in range(3))
        people.add(nodes[party].office, USER, passwords[party], "watch", list(ROLES))
    for node in nodes.values():
        for other in nodes.values():
            if other is not node:
                node.pin(other.write_own_card())
    for entry in scenario_file(scenario, "circles.json"):
        _enter_all(nodes, entry)
    write_private(home / "sign-in.json", json.dumps(passwords))
    return nodes


def write_private(path: Path, text: str) -> None:
    """A file that only its owner can read."""
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _enter_all(nodes: dict[str, Node], entry: dict[str, Any]) -> Circle:
    members = entry["members"]
    first = nodes[members[0]]
    circle = first.make_circle(Names(**entry["names"]), members, exercise=True)
    for party in members[1:]:
        nodes[party].join(write_circle(circle))
    return circle


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody listens on, the same ones every time where they are free."""
    found: list[int] = []
    port = FIRST_PORT
    while len(found) < count:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                found.append(port)
            except OSError:
                pass
        port += 1
    return found


def sign_ins(home: Path) -> list[DemoNode]:
    """The demo's nodes and how to sign in to each, in the order of the scenario."""
    passwords = json.loads((home / "sign-in.json").read_text(encoding="utf-8"))
    found = []
    for party, password in passwords.items():
        folder = Folder(home / party)
        config = folder.config()
        name = config.names.en or party
        found.append(DemoNode(party, name, f"http://{config.desk}", USER, password, folder.path))
    return found
