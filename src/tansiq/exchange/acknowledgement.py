"""What counts as acknowledged (C2SP tlog-policy): sent, held by some, held by all that the circle's policy asks for.

Without a policy of its own a circle asks for the receipts of all other members. A policy may ask for fewer, for
witnesses outside of the circle, or for keys of type ML-DSA-44: only a policy that names such a key demands one.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.circle import Circle
from tansiq.errors import MalformedInput
from tansiq.ledger import policy as policies
from tansiq.ledger.note import COSIGNATURE, NoteVerifier
from tansiq.ledger.policy import Policy
from tansiq.store import cosigned, ledgers, roster
from tansiq.store.ledgers import LedgerRow

SETTING: Final = "policy"


class Acknowledgement(Struct, frozen=True):
    """How far a record is acknowledged: by whose mirrors it is held, which witnesses saw it, what is still missing.

    `unsent` has not been shown to anybody yet, `sent` has, `held` is held by somebody, `acknowledged` satisfies the
    circle's policy.
    """

    state: Literal["unsent", "sent", "held", "acknowledged"]
    held_by: list[str]
    seen_by: list[str]
    missing: list[str]


class Reach(Struct, frozen=True):
    """The same for a whole ledger: entries below `sent` were shown, below `held` somebody holds them, and below
    `acknowledged` the circle's policy is satisfied. Who cosigned a head cosigned every entry under it, so three numbers
    say it of each.
    """

    sent: int
    held: int
    acknowledged: int


def policy_of(connection: Connection, circle: Circle, author: str) -> Policy:
    """The policy for the ledger of `author` in a circle."""
    text = roster.setting(connection, f"{SETTING}/{circle.id}")
    if text is not None:
        return policies.parse(text.encode())
    return policies.default(key.vkey for party, key in mirrors(circle) if party != author)


def set_policy(connection: Connection, circle: Circle, data: bytes | None) -> None:
    """Give a circle a policy of its own on this node, or none again."""
    name = f"{SETTING}/{circle.id}"
    if data is None:
        roster.drop_setting(connection, name)
        return
    policies.parse(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:  # names are bytes to the specification, and text to this node
        line = data.count(b"\n", 0, error.start) + 1
        raise MalformedInput("ledger_policy.character", line=line) from error
    roster.set_setting(connection, name, text)


def mirrors(circle: Circle) -> list[tuple[str, NoteVerifier]]:
    """Every member's mirror key."""
    return [
        (str(one.party), NoteVerifier(f"{one.party}/mirror", COSIGNATURE, base64.b64decode(one.mirror)))
        for one in circle.members
    ]


def witnesses(circle: Circle) -> list[NoteVerifier]:
    """Every member's witness key."""
    return [NoteVerifier(f"{one.party}/witness", COSIGNATURE, base64.b64decode(one.witness)) for one in circle.members]


def key_name(key: NoteVerifier) -> str:
    """Under which name cosignatures of a key are kept: two keys of one party are two names."""
    return f"{key.name}+{key.key_id.hex()}"


def acknowledgement(connection: Connection, circle: Circle, ledger: LedgerRow, index: int) -> Acknowledgement:
    """How far entry `index` of a ledger is acknowledged."""
    by_party = dict(mirrors(circle))
    held = {row.party for row in ledgers.receipts(connection, ledger.num, covering=index) if row.party in by_party}
    seen = {row.name for row in cosigned.covering(connection, ledger.num, index)}
    policy = policy_of(connection, circle, ledger.party)
    vkeys = [by_party[party].vkey for party in held]
    vkeys += [key.vkey for key in policy.cosigners if key_name(key) in seen]
    names: Sequence[str] = sorted({name.split("+")[0] for name in seen})
    missing = [witness.name for witness in policies.missing(policy, vkeys)]
    if index >= ledger.out_size:
        return Acknowledgement("unsent", [], [], missing)
    if policies.satisfied(policy, vkeys) and policy.quorum is not None:
        return Acknowledgement("acknowledged", sorted(held), list(names), [])
    return Acknowledgement("held" if held else "sent", sorted(held), list(names), missing)


def reach(connection: Connection, circle: Circle, ledger: LedgerRow) -> Reach:
    """How far a ledger is acknowledged, without looking at its entries."""
    by_party = dict(mirrors(circle))
    receipts = ledgers.latest_receipts(connection, ledger.num)
    sizes = {by_party[party].vkey: receipt.size for party, receipt in receipts.items() if party in by_party}
    held = max(sizes.values(), default=0)
    policy = policy_of(connection, circle, ledger.party)
    seen = cosigned.latest(connection, ledger.num)
    for key in policy.cosigners:
        if key_name(key) in seen:
            sizes[key.vkey] = max(sizes.get(key.vkey, 0), seen[key_name(key)].size)
    acknowledged = 0
    if policy.quorum is not None:
        for size in sorted(set(sizes.values()), reverse=True):
            if policies.satisfied(policy, [vkey for vkey, reached in sizes.items() if reached >= size]):
                acknowledged = size
                break
    out = ledger.out_size
    return Reach(out, min(held, out), min(acknowledged, out))
