"""Three parties, and the good files that come of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nodes import copy_folder, enter, ledger_of, make_nodes, meet, refused, say, take, tell
from tansiq.circles.card import PartyCard
from tansiq.circles.circle import Circle
from tansiq.desk import evidence
from tansiq.exchange import notices as exchange_notices
from tansiq.ledger import fork
from tansiq.ledger.checkpoint import Checkpoint, sign_checkpoint
from tansiq.ledger.cosignature import cosign
from tansiq.ledger.note import ED25519, NoteVerifier, parse
from tansiq.node.node import Node
from tansiq.store import cosigned, notices
from tansiq.store.cosigned import CosignedRow


@dataclass(frozen=True, repr=False)
class Court:
    """Nodes, their circles, their cards as pinned and as files, good evidence and good fork proofs by name.

    The fork proofs are about another party of the name of joc, whose card stands beside them.
    """

    nodes: dict[str, Node]
    circle: Circle
    exercise: Circle
    pinned: dict[str, PartyCard]
    cards: dict[str, bytes]
    refs: dict[str, str]
    good: dict[str, bytes]
    two_faced: dict[str, bytes]


def witnessed(node: Node, circle: Circle, by: Node, at_s: int) -> None:
    """The witness of another member cosigns this node's newest head."""
    ledger = ledger_of(node, circle, node.config.party)
    assert ledger.shown_note is not None
    body = parse(ledger.shown_note).text
    key = by.keys.witness[0]
    line = cosign(body, f"{by.config.party}/witness", key, at_s)
    with node.database.write() as connection:
        name = f"{by.config.party}/witness+{parse((body + chr(10) + line).encode()).signatures[0].key_id.hex()}"
        cosigned.add(connection, ledger.num, CosignedRow(name, ledger.shown_size, at_s, line))


def prove(node: Node, circle: Circle, ref: str, *fields: str) -> bytes:
    """The evidence file as a node has it."""
    party, _, record = ref.partition("/")
    return evidence.prove(node.office, circle.id, party, record, list(fields) or None)


def forks(home: Path) -> dict[str, bytes]:
    """Fork proofs of both kinds, by a party with two nodes on one key."""
    nodes = make_nodes(home, "joc", "mop", "coalition")
    circle = enter(*nodes.values())
    joc = nodes["joc"]
    say(joc, circle, "log", {"text": "before"})
    meet(*nodes.values())
    joc.close()
    twin, joc = Node(copy_folder(joc.folder, home / "twin", home / "twin-marks")), Node(joc.folder)
    for step in range(2):
        say(joc, circle, "log", {"text": f"to one: {step}"})
    for step in range(5):
        say(twin, circle, "log", {"text": f"to the other: {step}"})
    take(nodes["mop"], joc, circle)
    key = NoteVerifier(circle.origin(joc.config.party), ED25519, joc.keys.log[0].public)
    head = ledger_of(joc, circle, "joc")
    assert head.head_note is not None
    other = sign_checkpoint(Checkpoint(head.origin, head.head_size, bytes(32)), joc.keys.log[0])
    with refused("ledger.fork"):
        take(nodes["mop"], twin, circle)
    with nodes["mop"].database.read() as connection:
        found = [row.data for row in notices.every(connection, exchange_notices.FORK)]
    card = joc.write_own_card()
    for node in (joc, twin, nodes["mop"], nodes["coalition"]):
        node.close()
    (extension,) = found
    same = fork.encode(fork.same_size(key, head.head_note, other))
    return {"one size": same, "two sizes": extension, "card": card}


@pytest.fixture(scope="session")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """Made once: the tests only read."""
    home = tmp_path_factory.mktemp("court")
    nodes = make_nodes(home, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(joc, mop, coalition)
    exercise = enter(joc, mop, exercise=True)
    say(mop, circle, "log", {"text": "earlier, by the other side"})
    meet(*nodes.values())
    text = "at the bridge\nheld by nobody since 1970\u2028\u0007 کوردی\u200c"
    refs = {
        "full": say(joc, circle, "log", {"text": text, "lang": "en", "said_by": "x"}, withhold=["lang"]),
        "practice": say(joc, exercise, "log", {"text": "practice"}),
        "theirs": say(mop, circle, "log", {"text": "theirs"}),
    }
    witnessed(joc, circle, mop, joc.office.clock() // 1000)
    meet(joc, mop)
    say(joc, circle, "log", {"text": "more"})
    tell(joc, circle, refs["full"], "lang")
    meet(*nodes.values())
    refs["later"] = say(
        joc, circle, "incident", {"category": "shooting", "place": {"lat": 1, "lon": -2, "accuracy": 3}}
    )
    cards = {party: node.write_own_card() for party, node in nodes.items()}
    good = {
        "full": prove(joc, circle, refs["full"]),
        "full of the other side": prove(mop, circle, refs["full"]),
        "one field": prove(joc, circle, refs["full"], "said_by"),
        "no cosignature": prove(joc, circle, refs["later"]),
        "an exercise": prove(joc, exercise, refs["practice"]),
        "theirs": prove(coalition, circle, refs["theirs"]),
        "for somebody": evidence.prove(joc.office, circle.id, "joc", refs["full"].split("/")[1], None, "mediator"),
    }
    refs["early"] = say(joc, circle, "log", {"text": "witnessed before it was said, or so it seems"})
    witnessed(joc, circle, mop, 1_700_000_000)
    good["claimed outside"] = prove(joc, circle, refs["early"])
    two_faced = forks(home / "forked")
    pinned = {party: node.own_card() for party, node in nodes.items()}
    yield Court(nodes, circle, exercise, pinned, cards, refs, good, two_faced)
    for node in nodes.values():
        node.close()
