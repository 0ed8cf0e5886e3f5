"""A party's signing keys: the newest of each role, and the older ones under which its older epochs stand."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from tansiq.circles.circle import Circle
from tansiq.errors import NotAllowed
from tansiq.ledger.keys import SigningKey
from tansiq.ledger.mldsa import MlDsaKey
from tansiq.records.values import PartyId


@dataclass(frozen=True)
class Keyring:
    """Keys by role, newest first; `post_quantum` cosigns beside the mirror key where a policy asks for it."""

    party: PartyId
    log: tuple[SigningKey, ...]
    witness: tuple[SigningKey, ...]
    mirror: tuple[SigningKey, ...]
    post_quantum: MlDsaKey | None = None

    def log_of(self, circle: Circle) -> SigningKey:
        """The key under which this party's ledger of `circle` stands (`ledger.other_key` where it is not here)."""
        return self._found(self.log, circle.member(self.party).log, circle)

    def mirror_of(self, circle: Circle) -> SigningKey:
        """The key under which this party gives receipts in `circle`."""
        return self._found(self.mirror, circle.member(self.party).mirror, circle)

    def _found(self, keys: Sequence[SigningKey], public: str, circle: Circle) -> SigningKey:
        wanted = base64.b64decode(public)
        for key in keys:
            if key.public == wanted:
                return key
        raise NotAllowed("ledger.other_key", origin=circle.origin(self.party))
