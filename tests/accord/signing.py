"""Offices with real keys at the table of `negotiating`: key files and passkeys made after the specifications alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from tansiq.accord.agreed import AgreedText, digest, in_order
from tansiq.accord.signing import Signed, Standing, stand, text_of
from tansiq.accord.statement import Statement, challenge, statement_bytes
from tansiq.accord.texts import agreed_text
from tansiq.picture.told import Told
from tansiq.records.kinds.signature import Reservation
from tansiq.records.values import Texts

from .negotiating import SIDES, Negotiating

CIRCLE = "c" * 32
WHEN = 1_602_600_000_000
HOST = "localhost"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass
class KeyFile:
    """Ed25519, signing the statement as it stands."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def office(self) -> dict[str, Any]:
        return {"method": "key_file", "key": b64(self.key.public_key().public_bytes_raw())}

    def sign(self, statement: bytes) -> dict[str, Any]:
        return {"signature": b64(self.key.sign(statement))}


@dataclass
class Passkey:
    """An authenticator after Web Authentication Level 2, 6.1 and 6.3.3."""

    key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    origin: str = f"http://{HOST}:8000"
    host: str = HOST
    flags: int = 0b101
    type: str = "webauthn.get"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def office(self) -> dict[str, Any]:
        if isinstance(self.key, Ed25519PrivateKey):
            cose = {1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()}
        else:
            numbers = self.key.public_key().public_numbers()
            cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return {"method": "passkey", "key": b64(cbor2.dumps(cose)), "rp_id": HOST}

    def sign(self, statement: bytes) -> dict[str, Any]:
        wanted = base64.urlsafe_b64encode(challenge(statement)).rstrip(b"=").decode()
        said = {"type": self.type, "challenge": wanted, "origin": self.origin, "crossOrigin": False, **self.more}
        client = json.dumps(said).encode()
        data = hashlib.sha256(self.host.encode()).digest() + bytes([self.flags]) + bytes(4)
        signed = data + hashlib.sha256(client).digest()
        if isinstance(self.key, Ed25519PrivateKey):
            signature = self.key.sign(signed)
        else:
            signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return {"signature": b64(signature), "authenticator": b64(data), "client": b64(client)}


def reserve(clause: str, effect: Any = "excludes", words: str = "not us") -> Reservation:
    return Reservation(clause, effect, Texts(en=words))


class Table(Negotiating):
    """One clause that both have accepted, and an office on each side."""

    def __init__(self, **frame: Any) -> None:
        super().__init__(**frame)
        self.keys: dict[str, KeyFile | Passkey] = {"joc": KeyFile(), "mop": Passkey()}
        self.clause_ref = self.offer("joc", "words", key="one")
        self.meet()
        self.take("mop", self.clause_ref, self.clause_ref)
        self.offices = {party: self.name(party, key) for party, key in self.keys.items()}
        self.meet()

    def name(self, party: str, key: KeyFile | Passkey, **more: Any) -> str:
        fields = {"names": {"en": "Office"}, "may": ["initial", "sign"], "status": "valid", **key.office, **more}
        return self.say(party, "signatory", fields)

    def agreed(self) -> AgreedText:
        """The text that both accepted."""
        found, points = agreed_text(self.told(), SIDES, self.text)
        assert found is not None, points
        told = self.told()
        thing = told.get(self.text)
        assert thing is not None
        text = text_of(told, SIDES, thing.now.ref, [one.ref for one in in_order(found.clauses)])
        assert text is not None
        return text

    def fields(
        self,
        party: str,
        *,
        act: Any = "sign",
        text: AgreedText | None = None,
        key: KeyFile | Passkey | None = None,
        office: str | None = None,
        at: int = WHEN,
        reservations: Sequence[Reservation] = (),
        said: Sequence[Reservation] | None = None,
        circle: str = CIRCLE,
        **instead: Any,
    ) -> dict[str, Any]:
        """A signature's fields; `said` are reservations that the record names instead of those that were signed."""
        text = text or self.agreed()
        office = office or self.offices[party]
        thing = self.told().get(self.text)
        assert thing is not None
        statement = Statement(act, digest(text), circle, party, office, at, tuple(reservations))
        made = (key or self.keys[party]).sign(statement_bytes(statement))
        shown = [
            {"clause": one.clause, "effect": one.effect, "text": {"en": one.text.en}}
            for one in (reservations if said is None else said)
        ]
        return {
            "act": act,
            "digest": digest(text),
            "frame": thing.now.ref,
            "clauses": [one.ref for one in in_order(text.clauses)],
            "signatory": office,
            "at": at,
            **({"reservations": shown} if shown else {}),
            **made,
            **instead,
        }

    def sign(self, party: str, revises: str | None = None, **how: Any) -> str:
        ref = self.say(party, "signature", self.fields(party, **how), about=self.text, revises=revises)
        self.meet()
        return ref

    def standing(self, told: Told | None = None) -> Standing:
        return stand(self.told() if told is None else told, CIRCLE, SIDES, self.text)

    def looked(self, ref: str) -> Signed:
        """A signature as it was looked at."""
        return next(one for one in self.standing().signatures if one.ref == ref)
