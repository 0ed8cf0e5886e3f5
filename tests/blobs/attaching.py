"""What the tests of attachments do again and again, through the doors of the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from nodes import OFFICER, ask, ledger_of
from tansiq.circles.circle import Circle
from tansiq.desk import attaching, saying, viewing
from tansiq.desk.attaching import Ready
from tansiq.node.node import Node
from tansiq.store import blobs
from tansiq.store.blobs import BlobRow
from tansiq.store.ledgers import LedgerRow


def attach(node: Node, content: bytes, ending: str) -> Ready:
    """Lay a file ready as the duty officer."""
    return attaching.lay_ready(node.office, OFFICER, content, ending)


def say_with(node: Node, circle: Circle, fields: Mapping[str, Any], *files: tuple[bytes, str], **how: Any) -> str:
    """Say a log entry with files (content, ending) attached; answers its reference."""
    ready = [attach(node, content, ending).id for content, ending in files]
    request = msgspec.structs.replace(ask(circle, "log", fields, **how), attachments=ready)
    return saying.release(node.office, request, OFFICER)[0].ref


def contents(node: Node, circle: Circle, ref: str) -> list[tuple[str, bytes]]:
    """Media type and content of everything that a record has attached; all of it must be held."""
    party, record = ref.split("/")
    found = []
    for one in viewing.record_view(node.office, circle.id, party, record).attachments:
        opened = viewing.attachment_content(node.office, circle.id, party, record, one.digest)
        found.append((opened.media, opened.content))
    return found


def lacking(node: Node, circle: Circle, party: str) -> list[tuple[LedgerRow, BlobRow]]:
    """What a node still lacks of a party's ledger."""
    ledger = ledger_of(node, circle, party)
    with node.database.read() as connection:
        return [(ledger, blob) for blob in blobs.wanted(connection, [ledger.num])]


def row_of(node: Node, circle: Circle, party: str, digest: str) -> BlobRow:
    """A named attachment as it stands in a node's store."""
    with node.database.read() as connection:
        found = blobs.find(connection, ledger_of(node, circle, party).num, digest)
    assert found is not None
    return found
