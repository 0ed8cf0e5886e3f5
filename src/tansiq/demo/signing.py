"""Signatures of the exercise: the offices of the scenario sign with keys in software that lie in the demo's folder.

A real signatory's key never lies on a node. These sign nothing but the exercise's own text, over the same bytes and by
the same statement as a key file does.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tansiq.accord import agreed
from tansiq.accord.signing import statement_of
from tansiq.accord.statement import statement_bytes
from tansiq.demo.nodes import write_private
from tansiq.desk.accord_board import table_of
from tansiq.desk.accord_signing import text_now
from tansiq.errors import Conflict
from tansiq.node.node import Node
from tansiq.records.kinds.signature import Signature
from tansiq.records.values import Ref

FILE: Final = "exercise-signatory.key"


def office_key(node: Node) -> str:
    """The public key (base64) of a party's office in the exercise, made where there is none."""
    return base64.b64encode(_key(node).public_key().public_bytes_raw()).decode()


def signature(node: Node, circle: str, agreement: str, fields: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The fields of a party's signature at a time (ms) under the text that all have accepted.

    Refused (`signing.open_brackets`) while a bracket is open.
    """
    with table_of(node.office, circle) as table:
        text = text_now(table, circle, agreement)
        thing = table.told.get(agreement)
    if text is None or thing is None:
        raise Conflict("signing.open_brackets", ref=agreement[:80])
    body = Signature(
        act=fields["act"],
        digest=agreed.digest(text),
        frame=Ref(thing.now.ref),
        clauses=[Ref(one.ref) for one in agreed.in_order(text.clauses)],
        signatory=fields["signatory"],
        at=at,
        origin="invented",
    )
    statement = statement_bytes(statement_of(circle, str(node.office.party), body))
    signed = base64.b64encode(_key(node).sign(statement)).decode()
    found: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(body, signature=signed))
    return {name: value for name, value in found.items() if value is not None}


def _key(node: Node) -> Ed25519PrivateKey:
    path = node.folder.path / FILE
    if not path.exists():
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        write_private(path, base64.b64encode(seed).decode())
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text(encoding="utf-8")))
