"""Making and reading bundles in tests, as the command line does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nodes import OFFICER
from tansiq.circles.circle import Circle
from tansiq.circles.gate import Redaction, Statement
from tansiq.desk.office import circle_named
from tansiq.exchange import bundle, bundle_reading, outbox
from tansiq.exchange.age import Identity, encrypt
from tansiq.exchange.bundle import BundleSource, Manifest
from tansiq.exchange.bundle_reading import Report
from tansiq.exchange.container import zip_stream
from tansiq.exchange.outbox import Saying, program_label
from tansiq.node.node import Node
from tansiq.store import ledgers, roster
from tansiq.store.roster import CircleRow


def say_many(node: Node, circle: Circle, count: int) -> None:
    """Many short records under one head."""
    sayings = [
        Saying(
            Statement("message", {"text": f"Ping {number}", "lang": "en"}),
            program_label(circle),
            Redaction(frozenset()),
        )
        for number in range(count)
    ]
    with node.database.write() as connection:
        num = circle_named(connection, circle.id).num
        now = node.office.clock()
        outbox.say(connection, num, circle, node.config.party, sayings, OFFICER, node.office.signer, now)
    node.publish()


def items_of(source: BundleSource) -> dict[str, bytes]:
    """Every item of a bundle, to build another one of."""
    return {name: source.read(name) for name in source.names()}


def repacked(node: Node, items: Mapping[str, bytes], path: Path) -> Path:
    """Items as a bundle for a node."""
    return encrypted(node, b"".join(zip_stream(items.items())), path)


def rows_of(node: Node, circle: Circle) -> list[CircleRow]:
    """The circle as the node's store has it."""
    with node.database.read() as connection:
        return [row for row in roster.circles(connection) if row.id == circle.id]


def make(node: Node, circle: Circle, path: Path, *to: str, new: bool = False) -> Manifest:
    """A bundle of a circle for some members, or all others; `new`: only what they gave no receipts for."""
    node.publish()
    rows = rows_of(node, circle)
    with node.database.read() as connection:
        cards = bundle.receivers(connection, [circle], node.config.party, to)
        known = bundle.known_sizes(connection, rows[0], [card.party for card in cards]) if new else {}
    return bundle.make(node.database, node.config.party, rows, cards, path, node.office.clock(), known)


@contextmanager
def opened(node: Node, path: Path) -> Iterator[BundleSource]:
    """A bundle as its receiver opens it."""
    with bundle.opened(path, Identity.load(node.folder.bundle_key), node.folder.path) as source:
        yield source


def read(node: Node, path: Path) -> Report:
    """Take in a bundle."""
    with opened(node, path) as source:
        return bundle_reading.read(node.database, source, node.office.signer, node.office.clock())


def encrypted(node: Node, plain: bytes, path: Path) -> Path:
    """Any bytes as a bundle for a node."""
    with path.open("wb") as file:
        encrypt(iter([plain]), file, [Identity.load(node.folder.bundle_key).recipient])
    return path


def plain_of(node: Node, path: Path) -> bytes:
    """What is inside a bundle."""
    target = path.with_suffix(".plain")
    with path.open("rb") as file, target.open("wb") as out:
        Identity.load(node.folder.bundle_key).decrypt(file, out)
    return target.read_bytes()


def holders(node: Node, circle: Circle, party: str) -> dict[str, int]:
    """Who gave a receipt for how much of a ledger, as a node knows it."""
    with node.database.read() as connection:
        ledger = ledgers.ledger_by(connection, origin=f"{party}/{circle.id}/{circle.epoch}")
        return {one: receipt.size for one, receipt in ledgers.latest_receipts(connection, ledger.num).items()}


def refusals(report: Report) -> dict[str, str]:
    """Ledgers that were refused, by party, with the code."""
    return {one.origin.split("/")[0]: one.refused for one in report.ledgers if one.refused is not None}
