"""Served nodes for what must not happen in the demo that the other tests share: a fork, an erasure, a next epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from nodes import PASSWORD, USER, add_officer, copy_folder, make_node, meet, say, serving, take
from tansiq.circles.circle import Circle, write_circle
from tansiq.node.node import Node
from tansiq.records.values import Names

from .desks import Desk

ROLES = ["duty_officer", "administrator"]
NAMES = {
    "joc": Names(en="Joint Operations Command", ar="قيادة العمليات المشتركة", ckb="فەرماندەیی ئۆپەراسیۆنە هاوبەشەکان"),
    "mop": Names(en="Ministry of Peshmerga", ar="وزارة البيشمركة", ckb="وەزارەتی پێشمەرگە"),
    "coalition": Names(en="Coalition", ar="التحالف", ckb="هاوپەیمانی"),
}
CIRCLE = Names(en="all three", ar="الأطراف الثلاثة", ckb="هەر سێ لایەن")


def parties(home: Path, *names: str) -> dict[str, Node]:
    """Nodes of these parties with their cards pinned all round and one account each that may do everything."""
    nodes = {}
    for name in names:
        node = make_node(home, name)
        node.folder.write_config(msgspec.structs.replace(node.folder.config(), names=NAMES[name]))
        node.close()
        nodes[name] = Node(node.folder)
        add_officer(nodes[name], roles=ROLES)
    for node in nodes.values():
        for other in nodes.values():
            if other is not node:
                node.pin(other.write_own_card())
    return nodes


def circle_of(*nodes: Node) -> Circle:
    """A circle for exercises that all enter."""
    made = nodes[0].make_circle(CIRCLE, [node.config.party for node in nodes], exercise=True)
    for node in nodes[1:]:
        node.join(write_circle(made))
    return made


@contextmanager
def at_desks(nodes: Sequence[Node]) -> Iterator[list[Desk]]:
    """The nodes served."""
    for node in nodes:
        node.close()
    with serving(*(node.folder.path for node in nodes)) as served:
        yield [Desk(node.config.party, one.url, USER, PASSWORD) for node, one in zip(nodes, served, strict=True)]


@contextmanager
def forked(home: Path) -> Iterator[list[Desk]]:
    """Three parties; the second one's folder was copied, both copies spoke, and each of the others heard one."""
    nodes = parties(home, "joc", "mop", "coalition")
    joc, mop, coalition = nodes.values()
    circle = circle_of(joc, mop, coalition)
    say(joc, circle, "log", {"text": "Line checked, all quiet.", "lang": "en"})
    say(mop, circle, "log", {"text": "Shift handed over.", "lang": "en"})
    meet(joc, mop, coalition)
    mop.close()
    twin = Node(copy_folder(mop.folder, home / "twin", home / "twin-marks"))
    mop = Node(mop.folder)
    say(mop, circle, "log", {"text": "Two shots heard near the bridge.", "lang": "en"})
    say(twin, circle, "log", {"text": "Nothing to report from the bridge.", "lang": "en"})
    take(joc, mop, circle)
    take(coalition, twin, circle)
    twin.close()
    with at_desks([joc, mop, coalition]) as desks:
        yield desks
