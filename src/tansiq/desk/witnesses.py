"""Who saw which head of a ledger, for a desk."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Connection

from tansiq.circles.circle import Circle
from tansiq.exchange.acknowledgement import key_name, policy_of, witnesses
from tansiq.ledger.note import ML_DSA_COSIGNATURE
from tansiq.store import cosigned
from tansiq.store.ledgers import LedgerRow


class LedgerWitness(Struct, frozen=True):
    """A witness saw the head over `size` entries at `at` (ms). `name` is its key's name, `post_quantum` its type."""

    party: str
    name: str
    size: int
    at: int
    post_quantum: bool


def ledger_witnesses(connection: Connection, circle: Circle, ledger: LedgerRow) -> list[LedgerWitness]:
    """Each witness's cosignature over the most entries, by name."""
    policy = policy_of(connection, circle, ledger.party)
    later = {key_name(key) for key in policy.cosigners if key.key_type == ML_DSA_COSIGNATURE}
    members = {key_name(key): key.name.split("/")[0] for key in witnesses(circle)}
    return [
        LedgerWitness(
            members.get(name, name.split("+")[0].split("/")[0]),
            name.split("+")[0],
            row.size,
            row.at * 1000,
            name in later,
        )
        for name, row in sorted(cosigned.latest(connection, ledger.num).items())
    ]
