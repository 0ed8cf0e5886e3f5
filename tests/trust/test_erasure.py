"""Erased values are gone from every honest node, from its files too; ledgers, proofs and late comers go on."""

from __future__ import annotations

from pathlib import Path

from nodes import (
    OFFICER,
    assert_heads_hold,
    assert_rebuilds,
    enter,
    ledger_of,
    make_nodes,
    meet,
    refused,
    say,
    shared_digests,
    shown,
    tell,
)
from tansiq.desk import evidence
from tansiq.desk.erasing import erase
from tansiq.node.beat import settle
from tansiq.node.node import Node
from tansiq.records.entry import decode_entry
from tansiq.store import ledgers

SECRET = "the name that must go"
KEPT = "what was never told"


def raw(node: Node) -> bytes:
    """Every byte of the node's store on disk."""
    return b"".join(path.read_bytes() for path in node.folder.path.glob("store.sqlite*"))


def test_values_are_destroyed_everywhere_and_the_ledger_holds(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = enter(*nodes.values())
    ref = say(joc, circle, "log", {"text": SECRET, "said_by": KEPT}, withhold=["said_by"])
    say(joc, circle, "log", {"text": SECRET + " again"}, revises=ref)
    other = say(joc, circle, "log", {"text": "this one stays"})
    tell(joc, circle, ref, "said_by")
    meet(joc, mop)
    proof = evidence.prove(mop.office, circle.id, "joc", other.split("/")[1])
    assert SECRET.encode() in raw(mop)
    said = erase(joc.office, circle.id, ref.split("/")[1], "personal", OFFICER)
    with refused("record.erased"):
        erase(joc.office, circle.id, ref.split("/")[1], "personal", OFFICER)
    meet(joc, mop)
    for node in (joc, mop):
        found = shown(node, circle)[ref]
        assert found.fields == {}
        assert not found.own
        for secret in (SECRET, KEPT):
            assert secret.encode() not in raw(node)
        assert_heads_hold(node)
        assert_rebuilds(node)
    assert shared_digests(joc, circle) == shared_digests(mop, circle)
    # a late comer gets the ledger without the values, from the author and from a relay alike
    meet(mop, coalition)
    assert shared_digests(coalition, circle) == shared_digests(mop, circle)
    assert SECRET.encode() not in raw(coalition)
    assert ledger_of(coalition, circle, "joc").size == said.index + 1
    # every node answers
    for node in (mop, coalition):
        settle(node)
    meet(*nodes.values())
    for member in ("mop", "coalition"):
        ledger = ledger_of(joc, circle, member)
        with joc.database.read() as connection:
            entries = [decode_entry(body) for body in ledgers.entry_bodies(connection, ledger.num, 0, ledger.size)]
        assert [one.about for one in entries if one.type == "erased"] == [ref]
    # what was proven before still holds, and so does a new proof of another record
    assert evidence.verify(proof).fields == {"text": "this one stays"}
    again = evidence.prove(coalition.office, circle.id, "joc", other.split("/")[1])
    assert evidence.verify(again).fields == {"text": "this one stays"}


def test_missing_values_without_a_proven_erasure_are_refused(tmp_path: Path) -> None:
    nodes = make_nodes(tmp_path, "joc", "mop")
    joc, mop = nodes.values()
    circle = enter(joc, mop)
    say(joc, circle, "log", {"text": SECRET})
    own = ledger_of(joc, circle, "joc")
    with joc.database.write() as connection:
        ledgers.forget_told(connection, own.num, [own.size - 1], [own.size - 1])
    with refused("disclosure.not_delivered"):
        meet(joc, mop)
    assert ledger_of(mop, circle, "joc").size == 0
