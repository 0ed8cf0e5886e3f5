"""What is not released to a circle does not influence one byte that the circle can see; and breaks of that are seen."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from simulation.released import SetUp, difference, make_set_up
from simulation.wire import scratch
from tansiq.circles import gate
from tansiq.desk import movements
from tansiq.desk import movements_door as door
from tansiq.desk import told as reading
from tansiq.desk.office import Office
from tansiq.errors import NotAllowed, NotFound
from tansiq.exchange import outbox, shelf, witness
from tansiq.exchange.publish import publish
from tansiq.ledger import disclosure
from tansiq.records.entry import DIGEST_STEP, Entry, encode_entry
from tansiq.store import ledgers

PAIRS = int(os.environ.get("TANSIQ_PAIRS", "6"))
TRIES = 12


@pytest.fixture(scope="module")
def set_up() -> Iterator[SetUp]:
    """The nodes that all lives begin with."""
    home = scratch()
    yield make_set_up(home)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Path]:
    """Where two lives have their disks."""
    home = scratch()
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.mark.parametrize("observer", ["coalition", "mop"])
@pytest.mark.parametrize("seed", range(PAIRS))
def test_unreleased_content_changes_no_byte_on_any_wire(set_up: SetUp, place: Path, seed: int, observer: str) -> None:
    assert difference(set_up, seed, observer, place) is None


def _as_many_digests_as_fields() -> AbstractContextManager[Any]:
    return patch.object(gate, "digest_count", lambda kind, needed: needed + -needed % DIGEST_STEP)


def _salt_from_the_value() -> AbstractContextManager[Any]:
    plain = disclosure.make

    def make(name: str, value: Any, salt: bytes) -> str:
        return plain(name, value, hashlib.sha256(repr(value).encode()).digest()[:16])

    return patch.object(disclosure, "make", make)


def _digests_in_the_order_of_values() -> AbstractContextManager[Any]:
    """What a sort by what is told and kept, before the digests, would come to."""
    plain = gate.seal

    def seal(kind: str, told: Any, kept: Any, *rest: Any, **how: Any) -> Any:
        sealed = plain(kind, told, kept, *rest, **how)
        turn = sum(len(repr(value)) for value in kept.values()) % len(sealed.entry.sd)
        entry = msgspec.structs.replace(sealed.entry, sd=[*sealed.entry.sd[turn:], *sealed.entry.sd[:turn]])
        return gate.Sealed(entry, encode_entry(entry), sealed.told, sealed.kept, told, kept)

    return patch.object(gate, "seal", seal)


@contextmanager
def _padded_by_all_of_it() -> Iterator[None]:
    """An entry's size after the record's and not after what is told of it, with a reader that takes such sizes."""
    plain = gate.seal

    def seal(kind: str, told: Any, kept: Any, *rest: Any, **how: Any) -> Any:
        sealed = plain(kind, told, kept, *rest, **how)
        entry = msgspec.structs.replace(sealed.entry, pad="." * len(sealed.kept))
        return gate.Sealed(entry, msgspec.json.encode(entry), sealed.told, sealed.kept, told, kept)

    own_reader = patch.object(reading, "decode_entry", lambda data: msgspec.json.decode(data, type=Entry))
    with patch.object(gate, "seal", seal), own_reader:
        yield


def _names_heads_of_other_circles() -> AbstractContextManager[Any]:
    plain = outbox.heads_seen

    def every(connection: Any, num: int) -> Any:
        return [
            head for circle in {row.circle for row in ledgers.ledgers(connection)} for head in plain(connection, circle)
        ]

    return patch.object(outbox, "heads_seen", every)


def _shows_with_an_urgent_word() -> AbstractContextManager[Any]:
    """What is urgent in one circle shows a head of every circle."""
    plain = Office.spoken

    def spoken(self: Office, circle: int, *, urgent: bool = False) -> None:
        plain(self, circle, urgent=urgent)
        if urgent:
            publish(self.database, self.signer.marks)

    return patch.object(Office, "spoken", spoken)


def _witness_admits_that_it_knows() -> AbstractContextManager[Any]:
    return patch.object(witness, "_may_see", lambda *_: True)


def _forbids_instead_of_not_finding() -> AbstractContextManager[Any]:
    """A refusal that a circle which does not exist would not get."""
    plain = shelf.visible_ledger

    def visible(connection: Any, origin_hash: str, party: str) -> Any:
        ledgers.ledger_by(connection, hash=origin_hash)
        try:
            return plain(connection, origin_hash, party)
        except NotFound as unknown:
            raise NotAllowed(unknown.code, **unknown.params) from unknown

    return patch.object(shelf, "visible_ledger", visible)


def _lists_plans_of_other_circles() -> AbstractContextManager[Any]:
    """An announcement that names whatever the node knows of near it."""
    plain = door.plan_request

    def everything(office: Office, asked: door.AnnounceRequest) -> Any:
        request = plain(office, asked)
        met = movements.check(office, movements.read_fields(dict(request.fields))).hits
        known = sorted({*request.fields["knows"], *(hit.revision for hit in met)})
        return msgspec.structs.replace(request, fields={**request.fields, "knows": known})

    return patch.object(door, "plan_request", everything)


BREAKS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "has as many digests as fields": _as_many_digests_as_fields,
    "makes the salt of the value": _salt_from_the_value,
    "orders digests by withheld values": _digests_in_the_order_of_values,
    "pads by what is withheld": _padded_by_all_of_it,
    "names heads of other circles": _names_heads_of_other_circles,
    "shows all heads with an urgent word": _shows_with_an_urgent_word,
    "lets a witness admit what it knows": _witness_admits_that_it_knows,
    "forbids instead of not finding": _forbids_instead_of_not_finding,
    "lists plans of other circles": _lists_plans_of_other_circles,
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_program_that_leaks_is_found_out(set_up: SetUp, place: Path, name: str) -> None:
    with BREAKS[name]():
        assert any(difference(set_up, seed, "coalition", place) for seed in range(TRIES)), f"a program that {name}"
